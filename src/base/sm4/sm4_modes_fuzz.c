// SPDX-License-Identifier: Apache-2.0
//
// Every mode gives what it is defined to give, block by block with the portable cipher and, for
// GCM, a multiplication bit by bit; and what was sealed opens, unless a bit was turned.
#include <stdlib.h>
#include <string.h>

#include "base/sm4/sm4_backend.h"

enum { HEAD_SIZE = SM4_KEY_SIZE + SM4_BLOCK_SIZE + 2, LIMIT = 1 << 17 };

typedef struct {
    Sm4 sm4;
    const uint8_t *iv;
    Bytes aad;
    Bytes plaintext;
} Input;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void encrypt(const Input *input, const uint8_t *block, uint8_t ret[SM4_BLOCK_SIZE])
{
    SM4_PORTABLE.encrypt(input->sm4.round_keys, block, ret, 1);
}

static void add(uint8_t ret[SM4_BLOCK_SIZE], const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len && i < SM4_BLOCK_SIZE; i++) {
        ret[i] ^= data[i];
    }
}

// Counter mode of which `width` bytes count. Source: NIST SP 800-38A 6.5, 800-38D 6.5.
static void count_and_add(const Input *input, uint8_t counter[SM4_BLOCK_SIZE], size_t width,
                          Writer *ret)
{
    size_t start = ret->len, len = input->plaintext.len;
    for (size_t done = 0; done < len; done += SM4_BLOCK_SIZE) {
        writer_put(ret, bytes_of(counter, SM4_BLOCK_SIZE));
        for (size_t i = 0; i < width && ++counter[SM4_BLOCK_SIZE - 1 - i] == 0; i++) {
        }
    }
    check(!ret->failed);
    if (len > 0) {
        uint8_t *stream = &ret->data[start];
        SM4_PORTABLE.encrypt(input->sm4.round_keys, stream, stream,
                             (ret->len - start) / SM4_BLOCK_SIZE);
    }
    ret->len = start + len;
    for (size_t i = 0; i < len; i++) {
        ret->data[start + i] ^= input->plaintext.data[i];
    }
}

static void check_ctr(const Input *input)
{
    uint8_t counter[SM4_BLOCK_SIZE];
    CLEANUP(writer_free) Writer expected = writer_new(LIMIT);
    CLEANUP(writer_free) Writer actual = writer_new(LIMIT);
    memcpy(counter, input->iv, sizeof counter);
    count_and_add(input, counter, SM4_BLOCK_SIZE, &expected);
    writer_put(&actual, input->plaintext);
    sm4_ctr(&input->sm4, input->iv, writer_bytes(&actual), actual.data);
    check(bytes_equal(writer_bytes(&actual), writer_bytes(&expected)));
}

static void check_cbc(const Input *input)
{
    Error err = {0};
    uint8_t chain[SM4_BLOCK_SIZE];
    CLEANUP(writer_free) Writer padded = writer_new(LIMIT);
    CLEANUP(writer_free) Writer expected = writer_new(LIMIT);
    CLEANUP(writer_free) Writer actual = writer_new(LIMIT);
    CLEANUP(writer_free) Writer back = writer_new(LIMIT);
    size_t padding = SM4_BLOCK_SIZE - input->plaintext.len % SM4_BLOCK_SIZE;
    writer_put(&padded, input->plaintext);
    writer_put_repeated(&padded, (uint8_t)padding, padding);
    memcpy(chain, input->iv, sizeof chain);
    for (size_t done = 0; done < padded.len; done += SM4_BLOCK_SIZE) {
        add(chain, &padded.data[done], SM4_BLOCK_SIZE);
        encrypt(input, chain, chain);
        writer_put(&expected, BYTES_OF_ARRAY(chain));
    }
    sm4_cbc_encrypt(&input->sm4, input->iv, input->plaintext, &actual);
    check(bytes_equal(writer_bytes(&actual), writer_bytes(&expected)));
    check(sm4_cbc_decrypt(&input->sm4, input->iv, writer_bytes(&actual), &back, &err));
    check(bytes_equal(writer_bytes(&back), input->plaintext));
}

// x * y in GF(2^128). Source: NIST SP 800-38D 6.3.
static void multiply(uint8_t x[SM4_BLOCK_SIZE], const uint8_t y[SM4_BLOCK_SIZE])
{
    uint8_t z[SM4_BLOCK_SIZE] = {0}, v[SM4_BLOCK_SIZE];
    memcpy(v, y, sizeof v);
    for (size_t i = 0; i < 128; i++) {
        if ((x[i / 8] >> (7 - i % 8) & 1) != 0) {
            add(z, v, sizeof v);
        }
        bool low = (v[15] & 1) != 0;
        for (size_t j = 15; j > 0; j--) {
            v[j] = (uint8_t)(v[j] >> 1 | v[j - 1] << 7);
        }
        v[0] = (uint8_t)(v[0] >> 1 ^ (low ? 0xe1 : 0));
    }
    memcpy(x, z, sizeof z);
}

static void hash(uint8_t state[SM4_BLOCK_SIZE], const uint8_t h[SM4_BLOCK_SIZE], Bytes data)
{
    for (size_t done = 0; done < data.len; done += SM4_BLOCK_SIZE) {
        add(state, &data.data[done], data.len - done);
        multiply(state, h);
    }
}

static void put_u64(uint8_t ret[8], uint64_t value)
{
    for (size_t i = 0; i < 8; i++) {
        ret[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

// Source: NIST SP 800-38D 7.1.
static void seal_gcm(const Input *input, Writer *ret)
{
    uint8_t h[SM4_BLOCK_SIZE] = {0}, counter[SM4_BLOCK_SIZE] = {0}, state[SM4_BLOCK_SIZE] = {0};
    uint8_t lengths[SM4_BLOCK_SIZE], mask[SM4_BLOCK_SIZE];
    encrypt(input, h, h);
    memcpy(counter, input->iv, SM4_GCM_NONCE_SIZE);
    counter[SM4_BLOCK_SIZE - 1] = 1;
    encrypt(input, counter, mask);
    counter[SM4_BLOCK_SIZE - 1] = 2;
    count_and_add(input, counter, 4, ret);
    hash(state, h, input->aad);
    hash(state, h, writer_bytes(ret));
    put_u64(lengths, input->aad.len * 8);
    put_u64(&lengths[8], input->plaintext.len * 8);
    hash(state, h, BYTES_OF_ARRAY(lengths));
    add(state, mask, sizeof mask);
    writer_put(ret, BYTES_OF_ARRAY(state));
}

static void chain_padded(const Input *input, uint8_t state[SM4_BLOCK_SIZE], Bytes data)
{
    for (size_t done = 0; done < data.len; done += SM4_BLOCK_SIZE) {
        add(state, &data.data[done], data.len - done);
        encrypt(input, state, state);
    }
}

// With a nonce of 12 bytes the length has 3, and the tag has 16 bytes. Source: RFC 3610 2.2 to 2.4.
static void seal_ccm(const Input *input, Writer *ret)
{
    size_t len = input->plaintext.len;
    bool has_aad = input->aad.len > 0;
    uint8_t state[SM4_BLOCK_SIZE] = {0}, counter[SM4_BLOCK_SIZE] = {2}, mask[SM4_BLOCK_SIZE];
    memcpy(&state[1], input->iv, 12);
    memcpy(&counter[1], input->iv, 12);
    state[0] = (uint8_t)((has_aad ? 0x40 : 0) | 7 << 3 | 2);
    state[13] = (uint8_t)(len >> 16);
    state[14] = (uint8_t)(len >> 8);
    state[15] = (uint8_t)len;
    encrypt(input, state, state);
    CLEANUP(writer_free) Writer aad = writer_new(LIMIT);
    writer_put_u16_be(&aad, (uint16_t)input->aad.len);
    writer_put(&aad, input->aad);
    chain_padded(input, state, has_aad ? writer_bytes(&aad) : BYTES_EMPTY);
    chain_padded(input, state, input->plaintext);
    encrypt(input, counter, mask);
    counter[SM4_BLOCK_SIZE - 1] = 1;
    count_and_add(input, counter, 3, ret);
    add(state, mask, sizeof mask);
    writer_put(ret, BYTES_OF_ARRAY(state));
}

static void check_aead(const Input *input, bool gcm, size_t damaged_bit)
{
    Error err = {0};
    CLEANUP(writer_free) Writer expected = writer_new(LIMIT);
    CLEANUP(writer_free) Writer actual = writer_new(LIMIT);
    CLEANUP(writer_free) Writer back = writer_new(LIMIT);
    (gcm ? seal_gcm : seal_ccm)(input, &expected);
    (gcm ? sm4_gcm_seal : sm4_ccm_seal)(&input->sm4, input->iv, input->aad, input->plaintext,
                                        &actual);
    check(bytes_equal(writer_bytes(&actual), writer_bytes(&expected)));
    check((gcm ? sm4_gcm_open : sm4_ccm_open)(&input->sm4, input->iv, input->aad,
                                              writer_bytes(&actual), &back, &err));
    check(bytes_equal(writer_bytes(&back), input->plaintext));
    size_t len = back.len;
    size_t bit = damaged_bit % (8 * actual.len);
    actual.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    check(!(gcm ? sm4_gcm_open : sm4_ccm_open)(&input->sm4, input->iv, input->aad,
                                               writer_bytes(&actual), &back, &err));
    check(err.kind == ERROR_UNTRUSTED && back.len == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD_SIZE) {
        return 0;
    }
    Bytes rest = bytes_of(&data[HEAD_SIZE], size - HEAD_SIZE);
    size_t aad_len = data[HEAD_SIZE - 2] * rest.len / 512;
    Input input = {.iv = &data[SM4_KEY_SIZE],
                   .aad = bytes_slice(rest, 0, aad_len),
                   .plaintext = bytes_from(rest, aad_len)};
    if (input.aad.len >= 0xff00 || input.plaintext.len > LIMIT / 2) {
        return 0;
    }
    sm4_init(&input.sm4, data);
    check_ctr(&input);
    check_cbc(&input);
    check_aead(&input, true, (size_t)data[HEAD_SIZE - 1] * 31);
    check_aead(&input, false, (size_t)data[HEAD_SIZE - 1] * 31);
    return 0;
}
