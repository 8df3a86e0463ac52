// SPDX-License-Identifier: Apache-2.0
#include "domain/ceremony/share.h"

#include <string.h>

#include "base/codec/json.h"
#include "base/crypto/pbkdf2.h"
#include "base/secret/secret.h"
#include "base/sm4/sm4.h"

#define SHARE_TYPE "assent.ca-key-share/1"

enum { SALT_SIZE = 16, ITERATIONS = 200000, SEALED_SIZE = SHAMIR_SIZE + SM4_GCM_TAG_SIZE };

// What of the file is not secret but has to be the same when it is opened.
typedef struct {
    KeyShare share;
    uint8_t salt[SALT_SIZE], nonce[SM4_GCM_NONCE_SIZE], sealed[SEALED_SIZE];
    int64_t iterations;
} ShareFile;

static bool derive(const ShareFile *file, Bytes passphrase, Sm4 *ret, Error *err)
{
    uint8_t key[SM4_KEY_SIZE];
    bool derived = pbkdf2_derive(PBKDF2_HMAC_SM3, passphrase, BYTES_OF_ARRAY(file->salt),
                                 (uint64_t)file->iterations, key, sizeof key, err);
    if (derived) {
        sm4_init(ret, key);
    }
    secret_wipe(key, sizeof key);
    return derived;
}

static void put_head(const ShareFile *file, json_t *json)
{
    json_put_text(json, "type", SHARE_TYPE);
    json_put_hex(json, "root", sm3_bytes(&file->share.root));
    json_put_int(json, "threshold", (int64_t)file->share.threshold);
    json_put_int(json, "count", (int64_t)file->share.count);
    json_put_int(json, "index", file->share.share.index);
    json_put_int(json, "iterations", file->iterations);
    json_put_hex(json, "salt", BYTES_OF_ARRAY(file->salt));
    json_put_hex(json, "nonce", BYTES_OF_ARRAY(file->nonce));
}

// The head is authenticated with the share.
static bool head_text(const ShareFile *file, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    put_head(file, json);
    return json_write(json, ret, err);
}

static bool check_passphrase(Bytes passphrase, Error *err)
{
    return (passphrase.len >= PASSPHRASE_MIN && passphrase.len <= PASSPHRASE_MAX) ||
           error_set(err, ERROR_INPUT, "share.passphrase", "GB/T 22081-2016 9.4.3",
                     "a passphrase has %d to %d bytes", PASSPHRASE_MIN, PASSPHRASE_MAX);
}

bool share_seal(const KeyShare *share, Bytes passphrase, Random random, Writer *ret, Error *err)
{
    ShareFile file = {.share = *share, .iterations = ITERATIONS};
    Sm4 sm4;
    CLEANUP(writer_free) Writer head = writer_new(SHARE_MAX_SIZE);
    CLEANUP(writer_free) Writer sealed = writer_new(SEALED_SIZE);
    if (!check_passphrase(passphrase, err) ||
        !random_fill(random, file.salt, sizeof file.salt, err) ||
        !random_fill(random, file.nonce, sizeof file.nonce, err) ||
        !derive(&file, passphrase, &sm4, err) || !head_text(&file, &head, err)) {
        return false;
    }
    sm4_gcm_seal(&sm4, file.nonce, writer_bytes(&head), BYTES_OF_ARRAY(share->share.bytes),
                 &sealed);
    secret_wipe(&sm4, sizeof sm4);
    secret_wipe(&file.share.share, sizeof file.share.share.bytes);
    file.share.share.index = share->share.index;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    put_head(&file, json);
    json_put_hex(json, "sealed", writer_bytes(&sealed));
    if (sealed.failed || !json_write(json, ret, err)) {
        return sealed.failed ? error_memory(err) : false;
    }
    writer_put_u8(ret, '\n');
    return !ret->failed || error_memory(err);
}

static bool parse(Bytes text, ShareFile *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (text.len > SHARE_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "share.malformed", NULL, "the share is too long");
    }
    if (!json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "share", err);
    const char *type = json_view_text(&view, "type", 64);
    json_view_hex(&view, "root", ret->share.root.bytes, SM3_SIZE);
    ret->share.threshold = (size_t)json_view_int(&view, "threshold", 2, SHAMIR_MAX_SHARES);
    ret->share.count = (size_t)json_view_int(&view, "count", 2, SHAMIR_MAX_SHARES);
    ret->share.share.index = (uint8_t)json_view_int(&view, "index", 1, SHAMIR_MAX_SHARES);
    ret->iterations = json_view_int(&view, "iterations", 1, PBKDF2_MAX_ITERATIONS);
    json_view_hex(&view, "salt", ret->salt, sizeof ret->salt);
    json_view_hex(&view, "nonce", ret->nonce, sizeof ret->nonce);
    json_view_hex(&view, "sealed", ret->sealed, sizeof ret->sealed);
    bool is_share = strcmp(type, SHARE_TYPE) == 0;
    return json_view_done(&view) && (is_share || error_set(err, ERROR_INPUT, "share.malformed",
                                                           NULL, "this is no share of a CA's key"));
}

bool share_peek(Bytes text, KeyShare *ret, Error *err)
{
    ShareFile file = {0};
    if (!parse(text, &file, err)) {
        return false;
    }
    *ret = file.share;
    return true;
}

bool share_open(Bytes text, Bytes passphrase, KeyShare *ret, Error *err)
{
    ShareFile file = {0};
    Sm4 sm4;
    CLEANUP(writer_free) Writer head = writer_new(SHARE_MAX_SIZE);
    CLEANUP(writer_free) Writer opened = writer_new(SHAMIR_SIZE);
    if (!parse(text, &file, err) || !derive(&file, passphrase, &sm4, err) ||
        !head_text(&file, &head, err)) {
        return false;
    }
    bool is_open = sm4_gcm_open(&sm4, file.nonce, writer_bytes(&head), BYTES_OF_ARRAY(file.sealed),
                                &opened, NULL);
    secret_wipe(&sm4, sizeof sm4);
    if (!is_open || opened.len != SHAMIR_SIZE) {
        return error_set(err, ERROR_FORBIDDEN, "share.sealed", NULL,
                         "the share does not open: another passphrase, or it was changed");
    }
    memcpy(file.share.share.bytes, opened.data, SHAMIR_SIZE);
    secret_wipe(opened.data, opened.len);
    *ret = file.share;
    secret_wipe(&file, sizeof file);
    return true;
}
