// SPDX-License-Identifier: Apache-2.0
//
// The nonces of sixteen signatures at a time: HMAC-SM3 as three blocks in the lanes of SM3.
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"
#include "base/sm3/sm3_backend.h"

enum { MESSAGE_SIZE = SM2_NONCE_RANDOM_SIZE + SM3_SIZE };
_Static_assert((int)MESSAGE_SIZE + 9 <= (int)SM3_BLOCK_SIZE, "one block takes it all");

// The states and next blocks of up to sixteen HMACs.
typedef struct {
    Sm3Lanes states;
    uint8_t blocks[SM3_MAX_LANES][SM3_BLOCK_SIZE];
    const uint8_t *views[SM3_MAX_LANES];
} Hmacs;

static void load_state(Hmacs *hmacs, size_t lane, const Sm3 *sm3)
{
    for (size_t i = 0; i < 8; i++) {
        hmacs->states.words[i][lane] = sm3->state[i];
    }
}

static void store_digest(const Hmacs *hmacs, size_t lane, uint8_t ret[SM3_SIZE])
{
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(hmacs->states.words[i][lane]);
        memcpy(&ret[4 * i], &word, sizeof word);
    }
}

// One HMAC as the interface gives it, for machines without lanes.
static void derive_alone(const Sm2PrivateKey *key, const uint8_t fresh[SM2_NONCE_RANDOM_SIZE],
                         const Sm3Digest *e, uint8_t ret[SM3_SIZE])
{
    Sm3Hmac hmac = key->nonce_hmac;
    Sm3Digest derived;
    sm3_hmac_update(&hmac, bytes_of(fresh, SM2_NONCE_RANDOM_SIZE));
    sm3_hmac_update(&hmac, sm3_bytes(e));
    sm3_hmac_finish(&hmac, &derived);
    memcpy(ret, derived.bytes, SM3_SIZE);
    secret_wipe(&derived, sizeof derived);
}

// Write a block that follows the block of the key in one of HMAC's two hashes.
static void store_block(uint8_t ret[SM3_BLOCK_SIZE], const uint8_t *message, size_t len)
{
    uint8_t padded[2 * SM3_BLOCK_SIZE];
    (void)sm3_pad(padded, message, SM3_BLOCK_SIZE + len);
    memcpy(ret, padded, SM3_BLOCK_SIZE);
    secret_wipe(padded, sizeof padded);
}

// Inner and outer hash are one block each after the key's.
static void derive_side_by_side(const Sm2PrivateKey *const *keys,
                                const uint8_t (*fresh)[SM2_NONCE_RANDOM_SIZE], const Sm3Digest *e,
                                size_t count, uint8_t (*ret)[SM3_SIZE])
{
    const Sm3Backend *backend = sm3_backend();
    Hmacs hmacs;
    for (size_t i = 0; i < SM3_MAX_LANES; i++) {
        size_t source = i < count ? i : 0;
        uint8_t message[MESSAGE_SIZE];
        hmacs.views[i] = hmacs.blocks[i];
        load_state(&hmacs, i, &keys[source]->nonce_hmac.inner);
        memcpy(message, fresh[source], SM2_NONCE_RANDOM_SIZE);
        memcpy(&message[SM2_NONCE_RANDOM_SIZE], e[source].bytes, SM3_SIZE);
        store_block(hmacs.blocks[i], message, sizeof message);
        secret_wipe(message, sizeof message);
    }
    backend->compress_lanes(&hmacs.states, hmacs.views, 1);
    for (size_t i = 0; i < SM3_MAX_LANES; i++) {
        uint8_t digest[SM3_SIZE];
        store_digest(&hmacs, i, digest);
        store_block(hmacs.blocks[i], digest, sizeof digest);
        load_state(&hmacs, i, &keys[i < count ? i : 0]->nonce_hmac.outer);
        secret_wipe(digest, sizeof digest);
    }
    backend->compress_lanes(&hmacs.states, hmacs.views, 1);
    for (size_t i = 0; i < count; i++) {
        store_digest(&hmacs, i, ret[i]);
    }
    secret_wipe(&hmacs, sizeof hmacs);
}

void sm2_batch_nonces(const Sm2PrivateKey *const *keys,
                      const uint8_t (*fresh)[SM2_NONCE_RANDOM_SIZE], const Sm3Digest *e,
                      size_t count, Scalar *ret)
{
    uint8_t derived[SM3_MAX_LANES][SM3_SIZE];
    bool side_by_side = sm3_backend()->lane_count == SM3_MAX_LANES;
    for (size_t done = 0; done < count; done += SM3_MAX_LANES) {
        size_t left = count - done;
        size_t some = left < SM3_MAX_LANES ? left : SM3_MAX_LANES;
        if (side_by_side) {
            derive_side_by_side(&keys[done], &fresh[done], &e[done], some, derived);
        }
        for (size_t i = 0; i < some; i++) {
            if (!side_by_side) {
                derive_alone(keys[done + i], fresh[done + i], &e[done + i], derived[i]);
            }
            Scalar *k = &ret[done + i];
            uint64_t usable = scalar_load(k, derived[i]);
            for (size_t j = 0; j < LIMBS_COUNT; j++) {
                k->limbs[j] &= usable;
            }
        }
    }
    secret_wipe(derived, sizeof derived);
}
