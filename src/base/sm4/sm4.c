// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"

enum { CTR_BATCH = 32 };

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

void sm4_reverse_keys(const Sm4 *sm4, Sm4 *ret)
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
    sm4_reverse_keys(sm4, &reversed);
    sm4_backend()->encrypt(reversed.round_keys, block, ret, 1);
    sm4_wipe(&reversed);
}

const Sm4Backend *sm4_backend(void)
{
    const Sm4Backend *avx512 = cpu_has(CPU_GFNI) ? sm4_backend_avx512() : NULL;
    const Sm4Backend *aesni = cpu_has(CPU_AESNI | CPU_AVX2) ? sm4_backend_aesni() : NULL;
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

void sm4_ctr(const Sm4 *sm4, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    sm4_ctr_with(sm4_backend(), sm4->round_keys, counter, data, ret);
}

void sm4_ctr_with(const Sm4Backend *backend, const uint32_t round_keys[32],
                  const uint8_t counter[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    if (backend->ctr != NULL) {
        backend->ctr(round_keys, counter, data, ret);
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
        backend->encrypt(round_keys, stream, stream, count);
        sm4_add(&ret[done], &data.data[done], stream, len);
    }
    secret_wipe(stream, sizeof stream);
}

void sm4_chain(const Sm4 *sm4, uint8_t chain[SM4_BLOCK_SIZE], const uint8_t *blocks, uint8_t *ret,
               size_t count)
{
    sm4_chain_with(sm4_backend(), sm4, chain, (Bytes){blocks, count * SM4_BLOCK_SIZE}, ret);
}

void sm4_chain_with(const Sm4Backend *backend, const Sm4 *sm4, uint8_t chain[SM4_BLOCK_SIZE],
                    Bytes blocks, uint8_t *ret)
{
    if (backend->chain != NULL) {
        backend->chain(sm4->round_keys, chain, blocks.data, ret, blocks.len / SM4_BLOCK_SIZE);
        return;
    }
    for (size_t done = 0; done < blocks.len; done += SM4_BLOCK_SIZE) {
        sm4_add(chain, chain, &blocks.data[done], SM4_BLOCK_SIZE);
        backend->encrypt(sm4->round_keys, chain, chain, 1);
        if (ret != NULL) {
            memcpy(&ret[done], chain, SM4_BLOCK_SIZE);
        }
    }
}
