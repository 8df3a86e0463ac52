// SPDX-License-Identifier: Apache-2.0
//
// The two inner loops of SM4 and its modes, for base/crypto only. One backend runs everywhere, one
// on x86-64 with AES-NI; the choice is made at run time. All run in constant time.
#ifndef ASSENT_BASE_CRYPTO_SM4_BACKEND_H
#define ASSENT_BASE_CRYPTO_SM4_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/crypto/sm4.h"

typedef struct {
    // Put each byte of a word through the S-box, for the key schedule.
    uint32_t (*substitute)(uint32_t word);
    // Encrypt `count` blocks, each by itself; with the round keys in reverse, decrypt. `ret` may
    // be `blocks`.
    void (*encrypt)(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                    size_t count);
    // Take `count` blocks into a GHASH state: state = (state ^ block) * h for each. Numbers are
    // the two 64-bit halves of a block, read big-endian, first half first.
    void (*ghash)(const uint64_t h[2], uint64_t state[2], const uint8_t *blocks, size_t count);
} Sm4Backend;

extern const Sm4Backend SM4_PORTABLE;

// The AES-NI backend, or NULL where the CPU has none.
const Sm4Backend *sm4_backend_x86(void);
// The best backend of this CPU.
const Sm4Backend *sm4_backend(void);

static inline uint64_t sm4_load_u64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static inline void sm4_store_u64(uint8_t *ret, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        ret[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

// The carry-less product of two 64-bit polynomials: high half to ret[0], low half to ret[1].
typedef void PolynomialMultiply(uint64_t x, uint64_t y, uint64_t ret[2]);

// GHASH over a given multiplication; inlined into each backend. GCM numbers bits from the left, so
// the numbers are polynomials with their coefficients reversed: their product comes out one
// place too far right, and x^128 = x^7 + x^2 + x + 1 folds towards the right.
// Source: NIST SP 800-38D 6.3, 6.4.
static inline __attribute__((always_inline)) void sm4_ghash_over(PolynomialMultiply *multiply,
                                                                 const uint64_t h[2],
                                                                 uint64_t state[2],
                                                                 const uint8_t *blocks,
                                                                 size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t x1 = state[0] ^ sm4_load_u64(&blocks[16 * i]);
        uint64_t x0 = state[1] ^ sm4_load_u64(&blocks[16 * i + 8]);
        uint64_t high[2], low[2], middle[2];  // Karatsuba
        multiply(x1, h[0], high);
        multiply(x0, h[1], low);
        multiply(x1 ^ x0, h[0] ^ h[1], middle);
        middle[0] ^= high[0] ^ low[0];
        middle[1] ^= high[1] ^ low[1];
        uint64_t v3 = high[0], v2 = high[1] ^ middle[0], v1 = low[0] ^ middle[1], v0 = low[1];
        v3 = v3 << 1 | v2 >> 63;
        v2 = v2 << 1 | v1 >> 63;
        v1 = v1 << 1 | v0 >> 63;
        v0 = v0 << 1;
        // Fold v0, then v1: v * (1 + x + x^2 + x^7), 128 places up.
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
        v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57;
        state[0] = v3;
        state[1] = v2;
    }
}

#endif
