// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/sealed_field.h"

#include "base/secret/crypto_state.h"
#include "base/sm4/sm4.h"

enum { SEALED_FIELD_VERSION = 1, FIELD_PLACE_LIMIT = 4096 };

static void field_place_put(Writer *writer, const char *part)
{
    const Bytes bytes = bytes_of_text(part);
    writer_put_u32_be(writer, (uint32_t)bytes.len);
    writer_put(writer, bytes);
}

// The additional data: each part with its length, so that "a","bc" and "ab","c" differ.
static bool field_place_encode(const FieldPlace *place, Writer *ret, Error *err)
{
    writer_put_u8(ret, SEALED_FIELD_VERSION);
    field_place_put(ret, place->table);
    field_place_put(ret, place->column);
    field_place_put(ret, place->record_id);
    return ret->failed ? error_memory(err) : true;
}

static bool field_key_expand(const Secret *key, Sm4 *ret, Error *err)
{
    if (secret_len(key) != SM4_KEY_SIZE) {
        return error_set(err, ERROR_INTERNAL, "sealed_field.key", NULL,
                         "a field key has %d bytes, not %zu", SM4_KEY_SIZE, secret_len(key));
    }
    sm4_init(ret, secret_expose(key).data);
    return true;
}

bool sealed_field_seal(const Secret *key, Random random, const FieldPlace *place, Bytes plaintext,
                       Writer *ret, Error *err)
{
    if (plaintext.len > SEALED_FIELD_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "sealed_field.size", NULL,
                         "a field of %zu bytes is too long to seal", plaintext.len);
    }
    uint8_t nonce[SM4_GCM_NONCE_SIZE];
    CLEANUP(writer_free) Writer aad = writer_new(FIELD_PLACE_LIMIT);
    Sm4 sm4;
    if (!random_fill(random, nonce, sizeof(nonce), err) || !field_place_encode(place, &aad, err) ||
        !field_key_expand(key, &sm4, err)) {
        return false;
    }
    writer_expect(ret, plaintext.len + SEALED_FIELD_OVERHEAD);
    writer_put_u8(ret, SEALED_FIELD_VERSION);
    writer_put(ret, BYTES_OF_ARRAY(nonce));
    sm4_gcm_seal(&sm4, nonce, writer_bytes(&aad), plaintext, ret);
    sm4_wipe(&sm4);
    return ret->failed ? error_memory(err) : true;
}

bool sealed_field_open(const Secret *key, const FieldPlace *place, Bytes sealed, Writer *ret,
                       Error *err)
{
    Reader reader = reader_of(sealed);
    const uint8_t version = reader_u8(&reader);
    const Bytes nonce = reader_bytes(&reader, SM4_GCM_NONCE_SIZE);
    if (reader.failed || version != SEALED_FIELD_VERSION || reader.rest.len < SM4_GCM_TAG_SIZE) {
        return error_set(err, ERROR_UNTRUSTED, "sealed_field.malformed", NULL,
                         "a sealed field of %s.%s is malformed", place->table, place->column);
    }
    CLEANUP(writer_free) Writer aad = writer_new(FIELD_PLACE_LIMIT);
    Sm4 sm4;
    if (!crypto_state_check(err) || !field_place_encode(place, &aad, err) ||
        !field_key_expand(key, &sm4, err)) {
        return false;
    }
    const bool ok = sm4_gcm_open(&sm4, nonce.data, writer_bytes(&aad), reader.rest, ret, err);
    sm4_wipe(&sm4);
    return ok || error_context(err, "sealed field of %s.%s", place->table, place->column);
}
