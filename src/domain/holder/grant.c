// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/grant.h"

#include <string.h>

#include "base/codec/hex.h"

enum { TEXT_MAX_SIZE = 512, ID_BYTES = (GRANT_KEY_ID_SIZE - 1) / 2, PARSING_SIZE = 16 * 1024 };

static const char clause[] = "JR/T 0299-2024 4 d, 4 e";

void grant_key_id(const Sm2PublicKey *grant_key, char ret[GRANT_KEY_ID_SIZE])
{
    Sm3 sm3;
    Sm3Digest digest;
    static const char digits[] = "0123456789abcdef";
    sm3_start(&sm3);
    sm3_update(&sm3, BYTES_LITERAL("assent-kept-key/1"));
    sm3_update(&sm3, sm2_public_key_bytes(grant_key));
    sm3_finish(&sm3, &digest);
    for (size_t i = 0; i < ID_BYTES; i++) {
        ret[2 * i] = digits[digest.bytes[i] >> 4];
        ret[2 * i + 1] = digits[digest.bytes[i] & 0xf];
    }
    ret[GRANT_KEY_ID_SIZE - 1] = '\0';
}

// What is signed. The texts are those of the JSON.
static void put_signed_text(Writer *writer, const char *key_id, const char *digest,
                            const char *expires_at)
{
    writer_format(writer, "assent-signing-grant/1\n%s\n%s\n%s", key_id, digest, expires_at);
}

bool grant_sign(const Grant *grant, const Signer *grant_key, json_t **ret, Error *err)
{
    char key_id[GRANT_KEY_ID_SIZE], expires_at[TIME_TEXT_SIZE];
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    CLEANUP(writer_free) Writer digest = writer_new(2 * SM3_SIZE + 1);
    CLEANUP(writer_free) Writer text = writer_new(TEXT_MAX_SIZE);
    grant_key_id(grant_key->public_key, key_id);
    time_to_text(grant->expires_at, expires_at);
    hex_encode(sm3_bytes(&grant->digest), &digest);
    writer_put_u8(&digest, 0);
    put_signed_text(&text, key_id, (const char *)digest.data, expires_at);
    if (digest.failed || text.failed) {
        return error_memory(err);
    }
    if (!signer_sign_der(grant_key, writer_bytes(&text), der, &len, err)) {
        return false;
    }
    json_t *json = json_make_object();
    json_put_text(json, "key_id", key_id);
    json_put_text(json, "digest", (const char *)digest.data);
    json_put_text(json, "expires_at", expires_at);
    json_put_base64(json, "signature", bytes_of(der, len));
    *ret = json;
    return true;
}

// As it came over the line.
typedef struct {
    const char *key_id, *digest_text, *expires_text;
    Sm3Digest digest;
    Time expires_at;
    Sm2Signature signature;
} ReceivedGrant;

static bool parse(const json_t *json, Arena *arena, ReceivedGrant *ret, Error *err)
{
    JsonView view = json_view(json, "grant", err);
    ret->key_id = json_view_text(&view, "key_id", GRANT_KEY_ID_SIZE);
    ret->digest_text = json_view_text(&view, "digest", 2 * SM3_SIZE);
    ret->expires_text = json_view_text(&view, "expires_at", TIME_TEXT_SIZE);
    json_view_hex(&view, "digest", ret->digest.bytes, SM3_SIZE);
    ret->expires_at = json_view_time(&view, "expires_at");
    Bytes der = json_view_base64(&view, arena, "signature", SM2_SIGNATURE_DER_MAX);
    return json_view_done(&view) && sm2_signature_parse(der, &ret->signature, err);
}

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_UNTRUSTED, code, clause, "%s", rule);
}

bool grant_check(const json_t *json, const Sm2PublicKey *grant_key, const Sm3Digest *digest,
                 Time now, Error *err)
{
    char key_id[GRANT_KEY_ID_SIZE];
    ReceivedGrant grant;
    CLEANUP(writer_free) Writer text = writer_new(TEXT_MAX_SIZE);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(PARSING_SIZE);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!parse(json, arena, &grant, err)) {
        return false;
    }
    put_signed_text(&text, grant.key_id, grant.digest_text, grant.expires_text);
    if (text.failed || !sm2_verify(grant_key, writer_bytes(&text), &grant.signature)) {
        return refuse(err, "grant.signature", "the grant is not signed with the grant key");
    }
    grant_key_id(grant_key, key_id);
    if (strcmp(key_id, grant.key_id) != 0) {
        return refuse(err, "grant.other_key", "the grant is for another key");
    }
    if (!sm3_digest_equal(&grant.digest, digest)) {
        return refuse(err, "grant.other_digest", "the grant is for something else to be signed");
    }
    return (now <= grant.expires_at && grant.expires_at <= now + GRANT_MAX_LIFE) ||
           error_set(err, ERROR_CONFLICT, "grant.expired", clause,
                     "the grant is not for now: it ends at %s", grant.expires_text);
}
