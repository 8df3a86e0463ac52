// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/enveloped_key.h"

#include <string.h>

#include "base/crypto/sm2_form.h"
#include "base/sm4/sm4.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum {
    PADDED_BEHIND = SM2_SCALAR_SIZE + SM4_BLOCK_SIZE,
    PADDED_BEFORE = 2 * SM2_SCALAR_SIZE,
    WRAPPED_MAX_SIZE = 512,
};

static const char clause[] = "GM/T 0009-2012 7.4";

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "enveloped_key.malformed", clause,
                     "%s of the enveloped key is malformed", what);
}

static bool is_size_of_scalar(size_t len)
{
    return len == SM2_SCALAR_SIZE || len == PADDED_BEHIND || len == PADDED_BEFORE;
}

static bool require_sm4(const Algorithm *algorithm, Error *err)
{
    if (algorithm_is(algorithm, OID_SM4_ECB) || algorithm_is(algorithm, OID_SM4)) {
        return true;
    }
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(algorithm->oid, dotted);
    return error_set(err, ERROR_INPUT, "enveloped_key.algorithm", clause,
                     "the enveloped key is encrypted with %s, not SM4 in ECB mode", dotted);
}

bool enveloped_key_parse_content(Bytes content, EnvelopedKey *ret, Error *err)
{
    Reader reader = reader_of(content);
    Algorithm algorithm = algorithm_read(&reader);
    EnvelopedKey envelope = {.wrapped_key = der_element(&reader, DER_SEQUENCE).whole};
    Bytes point = der_bit_string_octets(&reader);
    envelope.encrypted_scalar = der_bit_string_octets(&reader);
    if (!reader_done(&reader) || content.len > ENVELOPED_KEY_MAX_SIZE) {
        return malformed(err, "the structure");
    }
    if (!require_sm4(&algorithm, err)) {
        return false;
    }
    if (!sm2_public_key_new(point, &envelope.public_key, NULL)) {
        return malformed(err, "the public key");
    }
    if (!is_size_of_scalar(envelope.encrypted_scalar.len)) {
        return malformed(err, "the encrypted private key");
    }
    // As a check of form only, so that a bad one is not held against the recipient's device.
    CLEANUP(writer_free) Writer raw = writer_new(WRAPPED_MAX_SIZE);
    if (!sm2_cipher_to_raw(envelope.wrapped_key, SM2_C1C3C2, &raw, NULL)) {
        return malformed(err, "the encrypted key for SM4");
    }
    *ret = envelope;
    return true;
}

bool enveloped_key_parse(Bytes der, EnvelopedKey *ret, Error *err)
{
    Reader reader = reader_of(der);
    DerElement whole = der_element(&reader, DER_SEQUENCE);
    return reader_done(&reader) ? enveloped_key_parse_content(whole.content, ret, err)
                                : malformed(err, "the outer structure");
}

static void decrypt_blocks(const Sm4 *sm4, Bytes encrypted, uint8_t *ret)
{
    for (size_t at = 0; at < encrypted.len; at += SM4_BLOCK_SIZE) {
        sm4_decrypt_block(sm4, &encrypted.data[at], &ret[at]);
    }
}

static bool is_all(const uint8_t *bytes, size_t len, uint8_t value)
{
    uint8_t differing = 0;
    for (size_t i = 0; i < len; i++) {
        differing = (uint8_t)(differing | (bytes[i] ^ value));
    }
    return differing == 0;
}

// Decrypt to `scalar`. False when what surrounds the 32 bytes is no padding.
static bool decrypt_scalar(const Sm4 *sm4, Bytes encrypted, uint8_t scalar[SM2_SCALAR_SIZE])
{
    uint8_t plain[PADDED_BEFORE];
    bool is_padded = true;
    // Devices' structures have 64 bytes; some encrypt only the half that holds the key.
    if (encrypted.len == PADDED_BEFORE && is_all(encrypted.data, SM2_SCALAR_SIZE, 0)) {
        encrypted = bytes_from(encrypted, SM2_SCALAR_SIZE);
    }
    decrypt_blocks(sm4, encrypted, plain);
    size_t at = encrypted.len == PADDED_BEFORE ? SM2_SCALAR_SIZE : 0;
    if (encrypted.len == PADDED_BEFORE) {
        is_padded = is_all(plain, SM2_SCALAR_SIZE, 0);
    } else if (encrypted.len == PADDED_BEHIND) {
        is_padded = is_all(&plain[SM2_SCALAR_SIZE], SM4_BLOCK_SIZE, SM4_BLOCK_SIZE);
    }
    memcpy(scalar, &plain[at], SM2_SCALAR_SIZE);
    secret_wipe(plain, sizeof plain);
    return is_padded;
}

static bool unwrap(const EnvelopedKey *envelope, const Signer *recipient, Sm4 *ret, Error *err)
{
    CLEANUP(writer_free) Writer key = writer_new(WRAPPED_MAX_SIZE);
    Error reason = {0};
    if (!signer_decrypt(recipient, envelope->wrapped_key, &key, &reason)) {
        bool is_about_the_data = reason.kind == ERROR_UNTRUSTED || reason.kind == ERROR_INPUT;
        *err = reason;
        return is_about_the_data
                   ? error_set(err, ERROR_UNTRUSTED, "enveloped_key.decryption", clause,
                               "the enveloped key is not for this key, or was altered")
                   : false;
    }
    if (key.len != SM4_KEY_SIZE) {
        return error_set(err, ERROR_UNTRUSTED, "enveloped_key.decryption", clause,
                         "the enveloped key is encrypted with a key of %zu bytes", key.len);
    }
    sm4_init(ret, key.data);
    return true;
}

bool enveloped_key_open(const EnvelopedKey *envelope, const Signer *recipient, Sm2PrivateKey **ret,
                        Error *err)
{
    Sm4 sm4;
    Error ignored = {0};
    uint8_t scalar[SM2_SCALAR_SIZE];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    if (!unwrap(envelope, recipient, &sm4, err == NULL ? &ignored : err)) {
        return false;
    }
    bool is_key = decrypt_scalar(&sm4, envelope->encrypted_scalar, scalar) &&
                  sm2_private_key_new(BYTES_OF_ARRAY(scalar), &key, NULL) &&
                  sm2_public_key_equal(sm2_public_key(key), &envelope->public_key);
    secret_wipe(scalar, sizeof scalar);
    sm4_wipe(&sm4);
    if (!is_key) {
        return error_set(err, ERROR_UNTRUSTED, "enveloped_key.pair", clause,
                         "the private key in the envelope is not the one of its public key");
    }
    *ret = key;
    key = NULL;
    return true;
}

// The fields before which all is known: the algorithm, the wrapped key, the public key.
static void put_fields(Writer *writer, Bytes wrapped, const Sm2PublicKey *public_key,
                       Bytes encrypted)
{
    size_t whole = der_begin(writer, DER_SEQUENCE);
    size_t algorithm = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, OID_SM4_ECB);
    der_put_null(writer);
    der_end(writer, algorithm);
    writer_put(writer, wrapped);
    der_put_bit_string(writer, sm2_public_key_bytes(public_key));
    der_put_bit_string(writer, encrypted);
    der_end(writer, whole);
}

bool enveloped_key_seal(const Sm2PrivateKey *key, const Sm2PublicKey *recipient, Random random,
                        Writer *ret, Error *err)
{
    Sm4 sm4;
    uint8_t drawn[SM4_KEY_SIZE], encrypted[SM2_SCALAR_SIZE];
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    CLEANUP(writer_free) Writer wrapped = writer_new(WRAPPED_MAX_SIZE);
    if (!sm2_private_key_scalar(key, &scalar, err) ||
        !random_fill(random, drawn, sizeof drawn, err)) {
        return false;
    }
    bool is_wrapped = sm2_encrypt(recipient, random, BYTES_OF_ARRAY(drawn), &wrapped, err);
    sm4_init(&sm4, drawn);
    secret_wipe(drawn, sizeof drawn);
    for (size_t at = 0; at < SM2_SCALAR_SIZE; at += SM4_BLOCK_SIZE) {
        sm4_encrypt_block(&sm4, &secret_expose(scalar).data[at], &encrypted[at]);
    }
    sm4_wipe(&sm4);
    if (!is_wrapped) {
        return false;
    }
    put_fields(ret, writer_bytes(&wrapped), sm2_public_key(key), BYTES_OF_ARRAY(encrypted));
    return !ret->failed || error_set(err, ERROR_LIMIT, "enveloped_key.limit", NULL,
                                     "the enveloped key exceeds the writer's limit");
}
