// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/payload.h"

#include "base/secret/crypto_state.h"
#include "base/sm4/sm4.h"

static const uint8_t VERSION = 1;

// What is drawn for one payload, in one call of the system: half a microsecond each.
typedef struct {
    uint8_t key[PAYLOAD_KEY_SIZE];
    uint8_t nonce[SM4_GCM_NONCE_SIZE], key_nonce[SM4_GCM_NONCE_SIZE];
} Drawn;

// version || nonce || ciphertext || tag, with the record and what the key is for as extra data.
static bool seal(const uint8_t key[SM4_KEY_SIZE], const uint8_t nonce[SM4_GCM_NONCE_SIZE],
                 const char *use, Bytes record_id, Bytes plaintext, Writer *ret)
{
    CLEANUP(writer_free) Writer aad = writer_new(1024);
    writer_format(&aad, "assent.payload/1 %s ", use);
    writer_put(&aad, record_id);
    writer_put_u8(ret, VERSION);
    writer_put(ret, bytes_of(nonce, SM4_GCM_NONCE_SIZE));
    if (aad.failed || ret->failed) {
        return false;
    }
    Sm4 sm4;
    sm4_init(&sm4, key);
    sm4_gcm_seal(&sm4, nonce, writer_bytes(&aad), plaintext, ret);
    sm4_wipe(&sm4);
    return !ret->failed;
}

static bool open_sealed(const uint8_t key[SM4_KEY_SIZE], const char *use, Bytes record_id,
                        Bytes sealed, Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer aad = writer_new(1024);
    writer_format(&aad, "assent.payload/1 %s ", use);
    writer_put(&aad, record_id);
    if (aad.failed) {
        return error_memory(err);
    }
    Reader reader = reader_of(sealed);
    uint8_t version = reader_u8(&reader);
    Bytes nonce = reader_bytes(&reader, SM4_GCM_NONCE_SIZE);
    bool ok = false;
    Error why = {0};
    if (crypto_state_check(&why) && !reader.failed && version == VERSION) {
        Sm4 sm4;
        sm4_init(&sm4, key);
        ok = sm4_gcm_open(&sm4, nonce.data, writer_bytes(&aad), reader.rest, ret, &why);
        sm4_wipe(&sm4);
    }
    if (!ok && why.kind == ERROR_INTERNAL) {
        *err = why;
        return false;
    }
    return ok || error_set(err, ERROR_UNTRUSTED, "payload.sealed", NULL,
                           "a sealed %s does not open", use);
}

static bool check_kek(const Secret *kek, Error *err)
{
    return secret_len(kek) == SM4_KEY_SIZE || error_set(err, ERROR_INTERNAL, "payload.kek", NULL,
                                                        "the key-encryption key has a wrong size");
}

bool payload_seal(const Secret *kek, Random random, Bytes record_id, Bytes payload,
                  Writer *ret_sealed, Writer *ret_wrapped, Error *err)
{
    if (!check_kek(kek, err)) {
        return false;
    }
    Drawn drawn;
    if (!random_fill(random, (uint8_t *)&drawn, sizeof drawn, err)) {
        return false;
    }
    bool ok = seal(drawn.key, drawn.nonce, "payload", record_id, payload, ret_sealed) &&
              seal(secret_expose(kek).data, drawn.key_nonce, "key", record_id,
                   BYTES_OF_ARRAY(drawn.key), ret_wrapped);
    secret_wipe(&drawn, sizeof drawn);
    return ok || error_memory(err);
}

bool payload_open(const Secret *kek, Bytes record_id, Bytes sealed, Bytes wrapped, Writer *ret,
                  Error *err)
{
    if (!check_kek(kek, err)) {
        return false;
    }
    // writer_free wipes.
    CLEANUP(writer_free) Writer key = writer_new(PAYLOAD_KEY_SIZE);
    if (!open_sealed(secret_expose(kek).data, "key", record_id, wrapped, &key, err)) {
        return false;
    }
    if (key.len != PAYLOAD_KEY_SIZE) {
        return error_set(err, ERROR_UNTRUSTED, "payload.sealed", NULL, "a data key is too short");
    }
    return open_sealed(key.data, "payload", record_id, sealed, ret, err);
}
