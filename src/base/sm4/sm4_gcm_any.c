// SPDX-License-Identifier: Apache-2.0
//
// GCM with any nonce, one step after the other; what sm4_gcm.c does fused is for the usual one.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_aead_mode.h"
#include "base/sm4/sm4_backend.h"

typedef struct {
    const Sm4Backend *backend;
    GhashKey key;
    uint64_t state[2];
} Ghash;

static void ghash_start(Ghash *ghash, const Sm4 *sm4)
{
    uint8_t h[SM4_BLOCK_SIZE] = {0};
    *ghash = (Ghash){.backend = sm4_backend()};
    sm4_encrypt_block(sm4, h, h);
    ghash->backend->ghash_init(&ghash->key, h);
    secret_wipe(h, sizeof h);
}

static void ghash_put_padded(Ghash *ghash, Bytes data)
{
    size_t whole = data.len / SM4_BLOCK_SIZE, left = data.len % SM4_BLOCK_SIZE;
    if (whole > 0) {
        ghash->backend->ghash(&ghash->key, ghash->state, data.data, whole);
    }
    if (left > 0) {
        uint8_t last[SM4_BLOCK_SIZE] = {0};
        memcpy(last, &data.data[whole * SM4_BLOCK_SIZE], left);
        ghash->backend->ghash(&ghash->key, ghash->state, last, 1);
    }
}

// End with the block of two lengths.
static void ghash_finish(Ghash *ghash, uint64_t first_len, uint64_t second_len,
                         uint8_t ret[SM4_BLOCK_SIZE])
{
    sm4_store_u64(ret, first_len * 8);
    sm4_store_u64(&ret[8], second_len * 8);
    ghash->backend->ghash(&ghash->key, ghash->state, ret, 1);
    sm4_store_u64(ret, ghash->state[0]);
    sm4_store_u64(&ret[8], ghash->state[1]);
    secret_wipe(ghash, sizeof *ghash);
}

// J0. Source: NIST SP 800-38D 7.1 step 2.
static void gcm_first_counter(const Sm4 *sm4, Bytes nonce, uint8_t ret[SM4_BLOCK_SIZE])
{
    if (nonce.len == SM4_GCM_NONCE_SIZE) {
        memset(ret, 0, SM4_BLOCK_SIZE);
        memcpy(ret, nonce.data, nonce.len);
        ret[SM4_BLOCK_SIZE - 1] = 1;
        return;
    }
    Ghash ghash;
    ghash_start(&ghash, sm4);
    ghash_put_padded(&ghash, nonce);
    ghash_finish(&ghash, 0, nonce.len, ret);
}

static bool gcm_fits(const Sm4AeadParameters *parameters)
{
    return parameters->nonce.len >= 1 && parameters->nonce.len <= SM4_GCM_NONCE_MAX &&
           parameters->tag_len >= SM4_GCM_TAG_MIN && parameters->tag_len <= SM4_AEAD_TAG_MAX;
}

static uint64_t gcm_max_size(const Sm4AeadParameters *parameters)
{
    (void)parameters;
    return SM4_GCM_MAX_SIZE;
}

// Only the last 32 bits of the counter count, and a J0 from GHASH may have them wrap at once; so
// the data are cut where they do, because sm4_ctr counts in 128.
static void gcm_mask(const Sm4 *sm4, const Sm4AeadParameters *parameters, uint8_t *data, size_t len)
{
    uint8_t counter[SM4_BLOCK_SIZE];
    gcm_first_counter(sm4, parameters->nonce, counter);
    uint64_t low = sm4_load_u64(&counter[8]);
    uint64_t upper = low & 0xffffffff00000000;
    uint32_t number = (uint32_t)low + 1;
    uint64_t until_wrap = (((uint64_t)1 << 32) - number) * SM4_BLOCK_SIZE;
    size_t first = len < until_wrap ? len : (size_t)until_wrap;
    sm4_store_u64(&counter[8], upper | number);
    if (first > 0) {
        sm4_ctr(sm4, counter, bytes_of(data, first), data);
    }
    sm4_store_u64(&counter[8], upper);
    if (len > first) {
        sm4_ctr(sm4, counter, bytes_of(&data[first], len - first), &data[first]);
    }
}

static void gcm_tag(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes ciphertext,
                    uint8_t ret[SM4_AEAD_TAG_MAX])
{
    uint8_t mask[SM4_BLOCK_SIZE];
    Ghash ghash;
    gcm_first_counter(sm4, parameters->nonce, mask);
    sm4_encrypt_block(sm4, mask, mask);
    ghash_start(&ghash, sm4);
    ghash_put_padded(&ghash, parameters->aad);
    ghash_put_padded(&ghash, ciphertext);
    ghash_finish(&ghash, parameters->aad.len, ciphertext.len, ret);
    sm4_add(ret, ret, mask, SM4_BLOCK_SIZE);
    secret_wipe(mask, sizeof mask);
}

static const Sm4AeadMode gcm = {gcm_fits,      gcm_max_size,         gcm_mask, gcm_tag, true,
                                "sm4.gcm_tag", "NIST SP 800-38D 7.2"};

bool sm4_gcm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err)
{
    return sm4_aead_seal(&gcm, sm4, parameters, plaintext, ret, err);
}

bool sm4_gcm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err)
{
    return sm4_aead_open(&gcm, sm4, parameters, sealed, ret, err);
}
