// SPDX-License-Identifier: Apache-2.0
//
// SM3 (GB/T 32905-2016), HMAC-SM3 and the key derivation function of GB/T 32918.4 5.4.3.
#ifndef ASSENT_BASE_SM3_SM3_H
#define ASSENT_BASE_SM3_SM3_H

#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"

enum { SM3_SIZE = 32, SM3_BLOCK_SIZE = 64 };

typedef struct {
    uint8_t bytes[SM3_SIZE];
} Sm3Digest;

// A running hash. May be copied to fork it.
typedef struct {
    uint32_t state[8];
    uint64_t total_bytes;
    uint8_t block[SM3_BLOCK_SIZE];
} Sm3;

void sm3_start(Sm3 *sm3);
void sm3_update(Sm3 *sm3, Bytes data);
void sm3_finish(Sm3 *sm3, Sm3Digest *ret);
// Hash one message.
Sm3Digest sm3_digest(Bytes message);
// Hash `count` messages, each as sm3_digest does, side by side where the CPU can: many times faster
// than one by one. Fastest where 32 or more messages of one length follow each other.
// ret  `count` digests, in the order of the messages.
void sm3_digest_many(const Bytes *messages, Sm3Digest *ret, size_t count);
// View a digest.
Bytes sm3_bytes(const Sm3Digest *digest);
bool sm3_digest_equal(const Sm3Digest *a, const Sm3Digest *b);

// HMAC-SM3 of one message (RFC 2104 with SM3).
Sm3Digest sm3_hmac(Bytes key, Bytes message);

// HMAC-SM3 of `count` messages, each with its own key. Side by side, as sm3_digest_many, when all
// keys and messages have at most SM3_BLOCK_SIZE bytes.
void sm3_hmac_many(const Bytes *keys, const Bytes *messages, Sm3Digest *ret, size_t count);

// A running HMAC-SM3. May be copied to fork it; holds key material, so wipe it.
typedef struct {
    Sm3 inner;
    Sm3 outer;
} Sm3Hmac;

void sm3_hmac_start(Sm3Hmac *hmac, Bytes key);
void sm3_hmac_update(Sm3Hmac *hmac, Bytes data);
void sm3_hmac_finish(Sm3Hmac *hmac, Sm3Digest *ret);

// Derive ret_len bytes from Z: SM3(Z || 1) || SM3(Z || 2) || ... Source: GB/T 32918.4 5.4.3.
void sm3_kdf(Bytes z, uint8_t *ret, size_t ret_len);

#endif
