// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"

enum { CTR_BATCH = 16 };

// Source: GB/T 32907-2016 7.3.
static const uint32_t system_parameters[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
static const uint32_t fixed_parameters[32] = {
    0x00070e15, 0x1c232a31, 0x383f464d, 0x545b6269, 0x70777e85, 0x8c939aa1, 0xa8afb6bd, 0xc4cbd2d9,
    0xe0e7eef5, 0xfc030a11, 0x181f262d, 0x343b4249, 0x50575e65, 0x6c737a81, 0x888f969d, 0xa4abb2b9,
    0xc0c7ced5, 0xdce3eaf1, 0xf8ff060d, 0x141b2229, 0x30373e45, 0x4c535a61, 0x686f767d, 0x848b9299,
    0xa0a7aeb5, 0xbcc3cad1, 0xd8dfe6ed, 0xf4fb0209, 0x10171e25, 0x2c333a41, 0x484f565d, 0x646b7279,
};

void sm4_init(Sm4 *sm4, const uint8_t key[SM4_KEY_SIZE])
{
    const Sm4Backend *backend = sm4_backend();
    uint32_t k[4];
    for (size_t i = 0; i < 4; i++) {
        memcpy(&k[i], &key[4 * i], sizeof k[i]);
        k[i] = __builtin_bswap32(k[i]) ^ system_parameters[i];
    }
    for (size_t i = 0; i < 32; i++) {
        uint32_t b = backend->substitute(k[1] ^ k[2] ^ k[3] ^ fixed_parameters[i]);
        uint32_t next = k[0] ^ b ^ (b << 13 | b >> 19) ^ (b << 23 | b >> 9);
        sm4->round_keys[i] = next;
        k[0] = k[1];
        k[1] = k[2];
        k[2] = k[3];
        k[3] = next;
    }
    secret_wipe(k, sizeof k);
}

void sm4_wipe(Sm4 *sm4)
{
    secret_wipe(sm4, sizeof *sm4);
}

static void reverse_keys(const Sm4 *sm4, Sm4 *ret)
{
    for (size_t i = 0; i < 32; i++) {
        ret->round_keys[i] = sm4->round_keys[31 - i];
    }
}

void sm4_encrypt_block(const Sm4 *sm4, const uint8_t block[SM4_BLOCK_SIZE],
                       uint8_t ret[SM4_BLOCK_SIZE])
{
    sm4_backend()->encrypt(sm4->round_keys, block, ret, 1);
}

void sm4_decrypt_block(const Sm4 *sm4, const uint8_t block[SM4_BLOCK_SIZE],
                       uint8_t ret[SM4_BLOCK_SIZE])
{
    Sm4 reversed;
    reverse_keys(sm4, &reversed);
    sm4_backend()->encrypt(reversed.round_keys, block, ret, 1);
    sm4_wipe(&reversed);
}

const Sm4Backend *sm4_backend(void)
{
    const Sm4Backend *avx512 = cpu_has(CPU_GFNI) ? sm4_backend_avx512() : NULL;
    const Sm4Backend *aesni = cpu_has(CPU_AESNI) ? sm4_backend_aesni() : NULL;
    return avx512 != NULL ? avx512 : aesni != NULL ? aesni : &SM4_PORTABLE;
}

// Write `count` counter blocks from high || low on, and step the counter past them.
static void fill_counters(uint64_t *high, uint64_t *low, uint8_t *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sm4_store_u64(&ret[16 * i], *high);
        sm4_store_u64(&ret[16 * i + 8], *low);
        *low += 1;
        *high += *low == 0;
    }
}

// ret = a ^ b, in words as far as they go.
static void add_bytes(uint8_t *ret, const uint8_t *a, const uint8_t *b, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t x, y;
        memcpy(&x, &a[i], sizeof x);
        memcpy(&y, &b[i], sizeof y);
        x ^= y;
        memcpy(&ret[i], &x, sizeof x);
    }
    for (; i < len; i++) {
        ret[i] = a[i] ^ b[i];
    }
}

void sm4_ctr(const Sm4 *sm4, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    const Sm4Backend *backend = sm4_backend();
    if (backend->ctr != NULL) {
        backend->ctr(sm4->round_keys, counter, data, ret);
        return;
    }
    uint64_t high = sm4_load_u64(counter);
    uint64_t low = sm4_load_u64(&counter[8]);
    uint8_t stream[CTR_BATCH * SM4_BLOCK_SIZE];
    for (size_t done = 0; done < data.len; done += sizeof stream) {
        size_t left = data.len - done;
        size_t len = left < sizeof stream ? left : sizeof stream;
        size_t count = (len + SM4_BLOCK_SIZE - 1) / SM4_BLOCK_SIZE;
        fill_counters(&high, &low, stream, count);
        backend->encrypt(sm4->round_keys, stream, stream, count);
        add_bytes(&ret[done], &data.data[done], stream, len);
    }
    secret_wipe(stream, sizeof stream);
}

void sm4_cbc_encrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes plaintext, Writer *ret)
{
    const Sm4Backend *backend = sm4_backend();
    uint8_t chain[SM4_BLOCK_SIZE];
    memcpy(chain, iv, sizeof chain);
    size_t padding = SM4_BLOCK_SIZE - plaintext.len % SM4_BLOCK_SIZE;
    for (size_t done = 0; done < plaintext.len + padding; done += SM4_BLOCK_SIZE) {
        for (size_t i = 0; i < SM4_BLOCK_SIZE; i++) {
            bool is_padding = done + i >= plaintext.len;
            chain[i] ^= is_padding ? (uint8_t)padding : plaintext.data[done + i];
        }
        backend->encrypt(sm4->round_keys, chain, chain, 1);
        writer_put(ret, BYTES_OF_ARRAY(chain));
    }
}

// The length of the PKCS#7 padding, 0 when it is wrong; looks at all bytes of the last block.
static size_t padding_len(const uint8_t last[SM4_BLOCK_SIZE])
{
    unsigned padding = last[SM4_BLOCK_SIZE - 1];
    unsigned wrong = (padding - 1) >> 4;  // not 1 to 16
    for (unsigned i = 0; i < SM4_BLOCK_SIZE; i++) {
        unsigned inside = 0U - ((SM4_BLOCK_SIZE - 1 - i - padding) >> 31);
        wrong |= inside & (last[i] ^ padding);
    }
    return wrong == 0 ? padding : 0;
}

bool sm4_cbc_decrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes ciphertext,
                     Writer *ret, Error *err)
{
    if (ciphertext.len == 0 || ciphertext.len % SM4_BLOCK_SIZE != 0) {
        return error_set(err, ERROR_INPUT, "sm4.cbc_length", NULL,
                         "%zu bytes are not whole SM4 blocks", ciphertext.len);
    }
    CLEANUP(writer_free) Writer plaintext = writer_new(ciphertext.len);
    writer_put(&plaintext, ciphertext);
    if (plaintext.failed) {
        return error_memory(err);
    }
    Sm4 reversed;
    reverse_keys(sm4, &reversed);
    sm4_backend()->encrypt(reversed.round_keys, plaintext.data, plaintext.data,
                           ciphertext.len / SM4_BLOCK_SIZE);
    sm4_wipe(&reversed);
    for (size_t i = 0; i < ciphertext.len; i++) {
        plaintext.data[i] ^= i < SM4_BLOCK_SIZE ? iv[i] : ciphertext.data[i - SM4_BLOCK_SIZE];
    }
    size_t padding = padding_len(&plaintext.data[ciphertext.len - SM4_BLOCK_SIZE]);
    if (padding == 0) {
        return error_set(err, ERROR_INPUT, "sm4.cbc_padding", "GB/T 17964-2021 6",
                         "the padding of the SM4-CBC plaintext is wrong");
    }
    writer_put(ret, bytes_of(plaintext.data, ciphertext.len - padding));
    return !ret->failed ||
           error_set(err, ERROR_LIMIT, "sm4.limit", NULL, "plaintext exceeds the writer's limit");
}
