// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4.h"
#include "base/sm4/sm4_backend.h"

// 2^32 - 2 blocks: the counter has 32 bits. Source: NIST SP 800-38D 5.2.1.1.
#define GCM_MAX_SIZE (((uint64_t)1 << 36) - 32)

typedef struct {
    GhashKey key;
    uint64_t state[2];
    const Sm4Backend *backend;
} Ghash;

static void ghash_put_padded(Ghash *ghash, Bytes data)
{
    size_t whole = data.len / SM4_BLOCK_SIZE;
    size_t left = data.len % SM4_BLOCK_SIZE;
    if (whole > 0) {
        ghash->backend->ghash(&ghash->key, ghash->state, data.data, whole);
    }
    if (left > 0) {
        uint8_t last[SM4_BLOCK_SIZE] = {0};
        memcpy(last, &data.data[whole * SM4_BLOCK_SIZE], left);
        ghash->backend->ghash(&ghash->key, ghash->state, last, 1);
    }
}

// Source: NIST SP 800-38D 7.1 steps 2 and 3: J0 = nonce || 1.
static void start_counter(const uint8_t nonce[SM4_GCM_NONCE_SIZE], uint8_t number,
                          uint8_t ret[SM4_BLOCK_SIZE])
{
    memset(ret, 0, SM4_BLOCK_SIZE);
    memcpy(ret, nonce, SM4_GCM_NONCE_SIZE);
    ret[SM4_BLOCK_SIZE - 1] = number;
}

static void compute_tag(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                        Bytes ciphertext, uint8_t ret[SM4_GCM_TAG_SIZE])
{
    // The hash key and the mask of the tag are encrypted together.
    uint8_t blocks[2 * SM4_BLOCK_SIZE] = {0};
    uint8_t *block = blocks, *mask = &blocks[SM4_BLOCK_SIZE];
    Ghash ghash = {.backend = sm4_backend()};
    start_counter(nonce, 1, mask);
    ghash.backend->encrypt(sm4->round_keys, blocks, blocks, 2);
    ghash.backend->ghash_init(&ghash.key, block);
    ghash_put_padded(&ghash, aad);
    ghash_put_padded(&ghash, ciphertext);
    sm4_store_u64(block, (uint64_t)aad.len * 8);
    sm4_store_u64(&block[8], (uint64_t)ciphertext.len * 8);
    ghash_put_padded(&ghash, bytes_of(block, SM4_BLOCK_SIZE));
    sm4_store_u64(ret, ghash.state[0] ^ sm4_load_u64(mask));
    sm4_store_u64(&ret[8], ghash.state[1] ^ sm4_load_u64(&mask[8]));
    secret_wipe(&ghash, sizeof ghash);
    secret_wipe(blocks, sizeof blocks);
}

void sm4_gcm_seal(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                  Bytes plaintext, Writer *ret)
{
    size_t start = ret->len;
    ret->failed |= plaintext.len > GCM_MAX_SIZE;
    writer_put(ret, plaintext);
    if (ret->failed) {
        return;
    }
    uint8_t counter[SM4_BLOCK_SIZE], tag[SM4_GCM_TAG_SIZE];
    start_counter(nonce, 2, counter);
    Bytes written = bytes_from(writer_bytes(ret), start);
    if (plaintext.len > 0) {
        sm4_ctr(sm4, counter, written, &ret->data[start]);
    }
    compute_tag(sm4, nonce, aad, written, tag);
    writer_put(ret, BYTES_OF_ARRAY(tag));
}

bool sm4_gcm_open(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad, Bytes sealed,
                  Writer *ret, Error *err)
{
    uint8_t counter[SM4_BLOCK_SIZE], tag[SM4_GCM_TAG_SIZE];
    size_t len = sealed.len < SM4_GCM_TAG_SIZE ? 0 : sealed.len - SM4_GCM_TAG_SIZE;
    Bytes ciphertext = bytes_slice(sealed, 0, len);
    compute_tag(sm4, nonce, aad, ciphertext, tag);
    if (len > GCM_MAX_SIZE || !secret_equal(bytes_from(sealed, len), BYTES_OF_ARRAY(tag))) {
        return error_set(err, ERROR_UNTRUSTED, "sm4.gcm_tag", "NIST SP 800-38D 7.2",
                         "the SM4-GCM tag does not match");
    }
    size_t start = ret->len;
    writer_put(ret, ciphertext);
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "sm4.limit", NULL,
                         "plaintext exceeds the writer's limit");
    }
    start_counter(nonce, 2, counter);
    if (len > 0) {
        sm4_ctr(sm4, counter, ciphertext, &ret->data[start]);
    }
    return true;
}
