// SPDX-License-Identifier: Apache-2.0
//
// The inner loops of SM4 and its modes, for the SM core only. One backend runs everywhere, the
// others on x86-64 CPUs that can; the choice is made at run time. All run in constant time.
#ifndef ASSENT_BASE_SM4_SM4_BACKEND_H
#define ASSENT_BASE_SM4_SM4_BACKEND_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/sm4/sm4.h"

// Multiples of a GHASH key in a backend's own form. Secret.
typedef struct {
    _Alignas(64) uint64_t powers[32];
} GhashKey;

// A message in GCM under way. Secret.
typedef struct {
    const uint32_t *round_keys;
    GhashKey key;
    uint64_t state[2];                // of GHASH
    uint8_t counter[SM4_BLOCK_SIZE];  // of the next block
} Sm4Gcm;

// What the fused GCM functions take at a time.
enum { SM4_GCM_CHUNK_SIZE = 64 * SM4_BLOCK_SIZE };

typedef struct {
    // Put each byte of a word through the S-box, for the key schedule.
    uint32_t (*substitute)(uint32_t word);
    // Encrypt `count` blocks, each by itself; with the round keys in reverse, decrypt. `ret` may
    // be `blocks`.
    void (*encrypt)(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                    size_t count);
    // As sm4_ctr. NULL when there is nothing better than encrypting counters and adding them.
    void (*ctr)(const uint32_t round_keys[32], const uint8_t counter[SM4_BLOCK_SIZE], Bytes data,
                uint8_t *ret);
    // As sm4_chain. NULL when there is nothing better than encrypting block after block.
    void (*chain)(const uint32_t round_keys[32], uint8_t chain[SM4_BLOCK_SIZE],
                  const uint8_t *blocks, uint8_t *ret, size_t count);
    // Prepare h = the encrypted zero block.
    void (*ghash_init)(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE]);
    // Take `count` blocks into a GHASH state: state = (state ^ block) * h for each. The state is
    // the two 64-bit halves of a block, read big-endian, first half first.
    void (*ghash)(const GhashKey *key, uint64_t state[2], const uint8_t *blocks, size_t count);
    // Encrypt or decrypt whole chunks of a message and take the ciphertext into its GHASH state,
    // both at once. `ret` may be `data`. NULL when there is nothing better than one after the
    // other.
    void (*gcm_encrypt)(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks);
    void (*gcm_decrypt)(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks);
} Sm4Backend;

extern const Sm4Backend SM4_PORTABLE;

// With AES-NI, PCLMULQDQ and AVX2; NULL where the CPU has none.
const Sm4Backend *sm4_backend_aesni(void);
// With AVX-512, GFNI and VPCLMULQDQ; NULL where the CPU has none.
const Sm4Backend *sm4_backend_avx512(void);
// The best backend of this CPU.
const Sm4Backend *sm4_backend(void);

// Take `count` blocks into a chain: chain = encrypt(chain ^ block) for each. `ret` gets each chain,
// as in CBC encryption, and may be `blocks`; NULL when only the last one counts, as in a MAC.
void sm4_chain(const Sm4 *sm4, uint8_t chain[SM4_BLOCK_SIZE], const uint8_t *blocks, uint8_t *ret,
               size_t count);
// The same with a given backend, as the functions that follow.
void sm4_chain_with(const Sm4Backend *backend, const Sm4 *sm4, uint8_t chain[SM4_BLOCK_SIZE],
                    Bytes blocks, uint8_t *ret);
void sm4_ctr_with(const Sm4Backend *backend, const uint32_t round_keys[32],
                  const uint8_t counter[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret);

// A whole message to be encrypted or decrypted in GCM.
typedef struct {
    const Sm4 *sm4;
    const uint8_t *nonce;
    Bytes aad;
    Bytes data;
    bool encrypts;
} Sm4GcmMessage;

// Writes as many bytes as the data has, which may be there, and the tag that belongs to them.
void sm4_gcm_run(const Sm4Backend *backend, const Sm4GcmMessage *message, uint8_t *ret,
                 uint8_t ret_tag[SM4_GCM_TAG_SIZE]);

// The key for decryption: the round keys in reverse. Wipe it.
void sm4_reverse_keys(const Sm4 *sm4, Sm4 *ret);

// ret = a ^ b, in words as far as they go; `ret` may be either.
static inline void sm4_add(uint8_t *ret, const uint8_t *a, const uint8_t *b, size_t len)
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

static inline uint64_t sm4_load_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

static inline void sm4_store_u64(uint8_t *ret, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(ret, &value, sizeof value);
}

// h times x for the backends that compute in POLYVAL's way. Source: RFC 8452 appendix A.
static inline void sm4_ghash_times_x(const uint8_t h[SM4_BLOCK_SIZE], uint64_t *ret_high,
                                     uint64_t *ret_low)
{
    uint64_t high = sm4_load_u64(h), low = sm4_load_u64(&h[8]);
    uint64_t over = 0 - (high >> 63);
    *ret_high = (high << 1 | low >> 63) ^ (over & 0xc200000000000000);
    *ret_low = low << 1 ^ (over & 1);
}

#endif
