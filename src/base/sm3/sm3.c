// SPDX-License-Identifier: Apache-2.0
#include "base/sm3/sm3.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/secret/secret.h"
#include "base/sm3/sm3_backend.h"

enum { SM3_LENGTH_SIZE = 8 };

const Sm3Backend *sm3_backend(void)
{
    const Sm3Backend *avx512 = cpu_has(CPU_AVX512) ? sm3_backend_avx512() : NULL;
    const Sm3Backend *avx2 = cpu_has(CPU_AVX2) ? sm3_backend_avx2() : NULL;
    return avx512 != NULL ? avx512 : avx2 != NULL ? avx2 : &SM3_PORTABLE;
}

static void compress(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    sm3_backend()->compress(state, blocks, count);
}

static inline void store_u32_be(uint8_t *bytes, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof value);
}

// Source: GB/T 32905-2016 4.1.
void sm3_start(Sm3 *sm3)
{
    *sm3 = (Sm3){.state = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa,
                           0xe38dee4d, 0xb0fb0e4e}};
}

void sm3_update(Sm3 *sm3, Bytes data)
{
    if (data.len == 0) {
        return;
    }
    size_t held = sm3->total_bytes % SM3_BLOCK_SIZE;
    sm3->total_bytes += data.len;
    if (held > 0) {
        size_t room = SM3_BLOCK_SIZE - held;
        size_t taken = data.len < room ? data.len : room;
        memcpy(&sm3->block[held], data.data, taken);
        if (taken < room) {
            return;
        }
        compress(sm3->state, sm3->block, 1);
        data = bytes_from(data, taken);
    }
    size_t whole = data.len - data.len % SM3_BLOCK_SIZE;
    if (whole > 0) {
        compress(sm3->state, data.data, whole / SM3_BLOCK_SIZE);
    }
    if (data.len > whole) {
        memcpy(sm3->block, &data.data[whole], data.len - whole);
    }
}

size_t sm3_pad(uint8_t ret[2 * SM3_BLOCK_SIZE], const uint8_t *rest, uint64_t total_bytes)
{
    size_t held = total_bytes % SM3_BLOCK_SIZE;
    size_t padded = held < SM3_BLOCK_SIZE - SM3_LENGTH_SIZE ? SM3_BLOCK_SIZE : 2 * SM3_BLOCK_SIZE;
    if (held > 0) {
        memcpy(ret, rest, held);
    }
    memset(&ret[held], 0, padded - held);
    ret[held] = 0x80;
    store_u32_be(&ret[padded - 8], (uint32_t)(total_bytes >> 29));
    store_u32_be(&ret[padded - 4], (uint32_t)(total_bytes << 3));
    return padded / SM3_BLOCK_SIZE;
}

void sm3_end(Sm3Ending *ret, uint64_t total_bytes)
{
    const size_t held = total_bytes % SM3_BLOCK_SIZE;
    *ret = (Sm3Ending){
        .whole = (size_t)(total_bytes / SM3_BLOCK_SIZE),
        .count = held < SM3_BLOCK_SIZE - SM3_LENGTH_SIZE ? 1 : 2,
        .lens = {held, 0},
    };
    ret->words[0][held / 4] = 0x80000000U >> 8 * (held % 4);
    ret->words[ret->count - 1][14] = (uint32_t)(total_bytes >> 29);
    ret->words[ret->count - 1][15] = (uint32_t)(total_bytes << 3);
}

void sm3_finish(Sm3 *sm3, Sm3Digest *ret)
{
    uint8_t last[2 * SM3_BLOCK_SIZE];
    size_t count = sm3_pad(last, sm3->block, sm3->total_bytes);
    compress(sm3->state, last, count);
    for (size_t i = 0; i < 8; i++) {
        store_u32_be(&ret->bytes[4 * i], sm3->state[i]);
    }
    secret_wipe(last, sizeof last);
    secret_wipe(sm3, sizeof *sm3);
}

Sm3Digest sm3_digest(Bytes message)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, message);
    sm3_finish(&sm3, &digest);
    return digest;
}

Bytes sm3_bytes(const Sm3Digest *digest)
{
    return BYTES_OF_ARRAY(digest->bytes);
}

bool sm3_digest_equal(const Sm3Digest *a, const Sm3Digest *b)
{
    return secret_equal(sm3_bytes(a), sm3_bytes(b));
}

static void start_padded(Sm3 *sm3, const uint8_t key_block[SM3_BLOCK_SIZE], uint8_t pad)
{
    uint8_t padded[SM3_BLOCK_SIZE];
    for (size_t i = 0; i < sizeof padded; i++) {
        padded[i] = key_block[i] ^ pad;
    }
    sm3_start(sm3);
    sm3_update(sm3, BYTES_OF_ARRAY(padded));
    secret_wipe(padded, sizeof padded);
}

void sm3_hmac_start(Sm3Hmac *hmac, Bytes key)
{
    uint8_t key_block[SM3_BLOCK_SIZE] = {0};
    if (key.len > SM3_BLOCK_SIZE) {
        Sm3Digest hashed = sm3_digest(key);
        memcpy(key_block, hashed.bytes, sizeof hashed.bytes);
        secret_wipe(&hashed, sizeof hashed);
    } else if (key.len > 0) {
        memcpy(key_block, key.data, key.len);
    }
    start_padded(&hmac->inner, key_block, 0x36);
    start_padded(&hmac->outer, key_block, 0x5c);
    secret_wipe(key_block, sizeof key_block);
}

void sm3_hmac_update(Sm3Hmac *hmac, Bytes data)
{
    sm3_update(&hmac->inner, data);
}

void sm3_hmac_finish(Sm3Hmac *hmac, Sm3Digest *ret)
{
    Sm3Digest inner;
    sm3_finish(&hmac->inner, &inner);
    sm3_update(&hmac->outer, sm3_bytes(&inner));
    sm3_finish(&hmac->outer, ret);
    secret_wipe(&inner, sizeof inner);
}

Sm3Digest sm3_hmac(Bytes key, Bytes message)
{
    Sm3Hmac hmac;
    Sm3Digest digest;
    sm3_hmac_start(&hmac, key);
    sm3_hmac_update(&hmac, message);
    sm3_hmac_finish(&hmac, &digest);
    return digest;
}
