// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4_aead.h"

#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"

// 2^32 - 2 blocks: the counter has 32 bits. Source: NIST SP 800-38D 5.2.1.1.
#define GCM_MAX_SIZE (((uint64_t)1 << 36) - 32)

// A mode, so that sealing and opening are written once.
typedef struct {
    bool (*fits)(const Sm4AeadParameters *parameters);
    uint64_t (*max_size)(const Sm4AeadParameters *parameters);
    // Encrypt or decrypt in place.
    void (*mask)(const Sm4 *sm4, const Sm4AeadParameters *parameters, uint8_t *data, size_t len);
    // The whole tag, over the ciphertext or, for CCM, the plaintext.
    void (*tag)(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes data,
                uint8_t ret[SM4_AEAD_TAG_MAX]);
    bool tags_ciphertext;
    const char *tag_code;
} AeadMode;

// GCM

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
    return GCM_MAX_SIZE;
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
    for (size_t i = 0; i < SM4_BLOCK_SIZE; i++) {
        ret[i] ^= mask[i];
    }
    secret_wipe(mask, sizeof mask);
}

// CCM. L, the length of the length, is what the nonce leaves of 15 bytes.

static bool ccm_fits(const Sm4AeadParameters *parameters)
{
    return parameters->nonce.len >= SM4_CCM_NONCE_MIN &&
           parameters->nonce.len <= SM4_CCM_NONCE_MAX && parameters->tag_len >= SM4_CCM_TAG_MIN &&
           parameters->tag_len <= SM4_AEAD_TAG_MAX && parameters->tag_len % 2 == 0 &&
           parameters->aad.len <= UINT32_MAX;
}

static uint64_t ccm_max_size(const Sm4AeadParameters *parameters)
{
    size_t len_size = 15 - parameters->nonce.len;
    return len_size >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * len_size) - 1;
}

// Counter block: flags, nonce, number. Source: RFC 3610 2.3.
static void ccm_counter(Bytes nonce, uint8_t number, uint8_t ret[SM4_BLOCK_SIZE])
{
    memset(ret, 0, SM4_BLOCK_SIZE);
    ret[0] = (uint8_t)(15 - nonce.len - 1);
    memcpy(&ret[1], nonce.data, nonce.len);
    ret[SM4_BLOCK_SIZE - 1] = number;
}

static void ccm_mask(const Sm4 *sm4, const Sm4AeadParameters *parameters, uint8_t *data, size_t len)
{
    uint8_t counter[SM4_BLOCK_SIZE];
    ccm_counter(parameters->nonce, 1, counter);
    if (len > 0) {
        sm4_ctr(sm4, counter, bytes_of(data, len), data);
    }
}

typedef struct {
    const Sm4 *sm4;
    uint8_t state[SM4_BLOCK_SIZE];
    size_t held;  // bytes of the current block that are already in
} CbcMac;

static void mac_put(CbcMac *mac, Bytes data)
{
    for (size_t i = 0; i < data.len; i++) {
        mac->state[mac->held++] ^= data.data[i];
        if (mac->held == SM4_BLOCK_SIZE) {
            sm4_encrypt_block(mac->sm4, mac->state, mac->state);
            mac->held = 0;
        }
    }
}

// Fill up with zeros.
static void mac_pad(CbcMac *mac)
{
    if (mac->held > 0) {
        sm4_encrypt_block(mac->sm4, mac->state, mac->state);
        mac->held = 0;
    }
}

// The length of the additional data, and these. Source: RFC 3610 2.2.
static void mac_put_aad(CbcMac *mac, Bytes aad)
{
    uint8_t len[6] = {0xff, 0xfe};
    for (size_t i = 0; i < 4; i++) {
        len[2 + i] = (uint8_t)((uint64_t)aad.len >> (24 - 8 * i));
    }
    if (aad.len > 0) {
        mac_put(mac, aad.len < 0xff00 ? bytes_of(&len[4], 2) : BYTES_OF_ARRAY(len));
        mac_put(mac, aad);
        mac_pad(mac);
    }
}

static void ccm_tag(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                    uint8_t ret[SM4_AEAD_TAG_MAX])
{
    const size_t len_size = 15 - parameters->nonce.len;
    CbcMac mac = {.sm4 = sm4};
    uint8_t block[SM4_BLOCK_SIZE];
    uint64_t len = plaintext.len;
    const size_t has_aad = parameters->aad.len > 0;
    block[0] = (uint8_t)(has_aad << 6 | (parameters->tag_len - 2) / 2 << 3 | (len_size - 1));
    memcpy(&block[1], parameters->nonce.data, parameters->nonce.len);
    for (size_t i = 0; i < len_size; i++) {
        block[SM4_BLOCK_SIZE - 1 - i] = (uint8_t)(len >> 8 * i);
    }
    mac_put(&mac, BYTES_OF_ARRAY(block));
    mac_put_aad(&mac, parameters->aad);
    mac_put(&mac, plaintext);
    mac_pad(&mac);
    ccm_counter(parameters->nonce, 0, block);
    sm4_ctr(sm4, block, BYTES_OF_ARRAY(mac.state), ret);
    secret_wipe(&mac, sizeof mac);
}

// Both

static const AeadMode gcm = {gcm_fits, gcm_max_size, gcm_mask, gcm_tag, true, "sm4.gcm_tag"};
static const AeadMode ccm = {ccm_fits, ccm_max_size, ccm_mask, ccm_tag, false, "sm4.ccm_tag"};

static bool check_sizes(const AeadMode *mode, const Sm4AeadParameters *parameters, uint64_t size,
                        Error *err)
{
    if (!mode->fits(parameters)) {
        return error_set(err, ERROR_INPUT, "sm4.aead_parameters", NULL,
                         "there is no such mode with a nonce of %zu bytes and a tag of %zu",
                         parameters->nonce.len, parameters->tag_len);
    }
    return size <= mode->max_size(parameters) ||
           error_set(err, ERROR_INPUT, "sm4.aead_size", NULL,
                     "%llu bytes are more than the counter allows", (unsigned long long)size);
}

static bool limit_error(Error *err)
{
    return error_set(err, ERROR_LIMIT, "sm4.limit", NULL, "SM4 data exceed the writer's limit");
}

static bool seal(const AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                 Bytes plaintext, Writer *ret, Error *err)
{
    uint8_t tag[SM4_AEAD_TAG_MAX];
    size_t start = ret->len;
    if (!check_sizes(mode, parameters, plaintext.len, err)) {
        return false;
    }
    writer_put(ret, plaintext);
    if (ret->failed) {
        return limit_error(err);
    }
    if (!mode->tags_ciphertext) {
        mode->tag(sm4, parameters, plaintext, tag);
    }
    if (plaintext.len > 0) {
        mode->mask(sm4, parameters, &ret->data[start], plaintext.len);
    }
    if (mode->tags_ciphertext) {
        mode->tag(sm4, parameters, bytes_from(writer_bytes(ret), start), tag);
    }
    writer_put(ret, bytes_of(tag, parameters->tag_len));
    return !ret->failed || limit_error(err);
}

// The plaintext is in a buffer of its own until its tag has been compared.
static bool open(const AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                 Bytes sealed, Writer *ret, Error *err)
{
    size_t len = sealed.len < parameters->tag_len ? 0 : sealed.len - parameters->tag_len;
    Bytes ciphertext = bytes_slice(sealed, 0, len);
    uint8_t tag[SM4_AEAD_TAG_MAX];
    CLEANUP(writer_free) Writer plaintext = writer_new(len);
    if (!check_sizes(mode, parameters, len, err)) {
        return false;
    }
    writer_put(&plaintext, ciphertext);
    if (plaintext.failed) {
        return error_memory(err);
    }
    if (len > 0) {
        mode->mask(sm4, parameters, plaintext.data, len);
    }
    mode->tag(sm4, parameters, mode->tags_ciphertext ? ciphertext : writer_bytes(&plaintext), tag);
    bool is_genuine = secret_equal(bytes_from(sealed, len), bytes_of(tag, parameters->tag_len));
    secret_wipe(tag, sizeof tag);
    if (!is_genuine) {
        return error_set(err, ERROR_UNTRUSTED, mode->tag_code, NULL, "the tag does not match");
    }
    writer_put(ret, writer_bytes(&plaintext));
    return !ret->failed || limit_error(err);
}

bool sm4_gcm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err)
{
    return seal(&gcm, sm4, parameters, plaintext, ret, err);
}

bool sm4_ccm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err)
{
    return seal(&ccm, sm4, parameters, plaintext, ret, err);
}

bool sm4_gcm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err)
{
    return open(&gcm, sm4, parameters, sealed, ret, err);
}

bool sm4_ccm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err)
{
    return open(&ccm, sm4, parameters, sealed, ret, err);
}
