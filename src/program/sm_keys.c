// SPDX-License-Identifier: Apache-2.0
#include "program/sm_keys.h"

#include <stdlib.h>

#include "base/codec/pem.h"
#include "base/crypto/key.h"
#include "base/crypto/sm2_form.h"
#include "domain/pki/certificate.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"
#include "program/sm_data.h"

static const SignedObjectKind public_key_kind = {
    .noun = "public key",
    .malformed_code = "sm2.public_key",
    .algorithm_code = "sm2.public_key",
    .key_code = "sm2.public_key",
    .clause = "GM/T 0009-2012 7.1",
};

Bytes sm_key_password(void)
{
    return bytes_of_text(getenv("ASSENT_KEY_PASSWORD"));
}

// PKCS#8 around an ECPrivateKey, which key_pem_parse reads; that checks the curve if it is named.
static void wrap_ec_private_key(Bytes der, Writer *ret)
{
    size_t info = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, 0);
    size_t algorithm = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_EC_PUBLIC_KEY);
    der_put_oid(ret, OID_SM2);
    der_end(ret, algorithm);
    der_put(ret, DER_OCTET_STRING, der);
    der_end(ret, info);
}

// PrivateKeyInfo begins with INTEGER 0, ECPrivateKey with 1, EncryptedPrivateKeyInfo with neither.
static bool parse_private_der(Bytes der, Sm2PrivateKey **ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    bool is_encrypted = der_peek(&content) == DER_SEQUENCE;
    bool is_ec = !is_encrypted && der_u64(&content) == 1;
    CLEANUP(writer_free) Writer info = writer_new(KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    if (whole.failed || content.failed || whole.rest.len > 0) {
        return error_set(err, ERROR_INPUT, "key.malformed", "RFC 5958 2",
                         "the private key is not 32 bytes, PKCS#8 or SEC 1");
    }
    if (is_ec) {
        wrap_ec_private_key(der, &info);
    } else {
        writer_put(&info, der);
    }
    pem_encode(is_encrypted ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY", writer_bytes(&info), &pem);
    if (info.failed || pem.failed) {
        return error_set(err, ERROR_INPUT, "key.malformed", "RFC 5958 2", "the key is too large");
    }
    return key_pem_parse(writer_bytes(&pem), sm_key_password(), ret, err);
}

static bool parse_private_pem(Arena *arena, Bytes pem, Sm2PrivateKey **ret, Error *err)
{
    static const char *const labels[] = {"EC PRIVATE KEY", "SM2 PRIVATE KEY"};
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        Bytes rest = pem, der;
        if (pem_decode_next(arena, labels[i], &rest, &der, err)) {
            return parse_private_der(der, ret, err);
        }
        if (err->kind != ERROR_NOT_FOUND) {
            return false;
        }
    }
    return key_pem_parse(pem, sm_key_password(), ret, err);
}

bool sm_private_key_load(SmArguments *arguments, SmOption option, Sm2PrivateKey **ret, Error *err)
{
    Bytes content;
    if (!sm_value_text(arguments, arguments->values[option], &content, err)) {
        return false;
    }
    if (pem_is_pem(content)) {
        return parse_private_pem(arguments->arena, content, ret, err);
    }
    if (sm_is_hex(content) && !sm_hex_decode(arguments->arena, content, &content, err)) {
        return error_context(err, "the private key");
    }
    bool is_scalar = content.len == SM2_SCALAR_SIZE;
    return is_scalar ? sm2_private_key_new(content, ret, err)
                     : parse_private_der(content, ret, err);
}

static bool parse_public_der(Arena *arena, Bytes der, Sm2PublicKey *ret, Error *err)
{
    Reader info = reader_of(der), whole = info;
    Certificate certificate;
    // A certificate begins with the SEQUENCE that is signed, and that with its version or number.
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Reader first = der_enter(&content, DER_SEQUENCE);
    if (!first.failed && der_peek(&first) != DER_OID) {
        if (!certificate_load(arena, der, &certificate, err)) {
            return false;
        }
        *ret = certificate.public_key;
        return true;
    }
    return public_key_info_read(&public_key_kind, &info, ret, err) &&
           (reader_done(&info) ||
            error_set(err, ERROR_INPUT, "sm2.public_key", "GM/T 0009-2012 7.1",
                      "something follows the public key"));
}

static bool parse_public_pem(Arena *arena, Bytes pem, Sm2PublicKey *ret, Error *err)
{
    static const char *const labels[] = {"PUBLIC KEY", "CERTIFICATE"};
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        Bytes rest = pem, der;
        if (pem_decode_next(arena, labels[i], &rest, &der, err)) {
            return parse_public_der(arena, der, ret, err);
        }
        if (err->kind != ERROR_NOT_FOUND) {
            return false;
        }
    }
    return error_set(err, ERROR_INPUT, "sm2.public_key", "RFC 7468 13",
                     "the PEM text has neither a PUBLIC KEY nor a CERTIFICATE");
}

bool sm_public_key_parse(Arena *arena, Bytes content, Sm2PublicKey *ret, Error *err)
{
    Error discarded = {0};
    err = err == NULL ? &discarded : err;
    if (pem_is_pem(content)) {
        return parse_public_pem(arena, content, ret, err);
    }
    if (sm_is_hex(content) && !sm_hex_decode(arena, content, &content, err)) {
        return error_context(err, "the public key");
    }
    bool is_der = content.len > SM2_POINT_SIZE && content.data[0] == DER_SEQUENCE;
    return is_der ? parse_public_der(arena, content, ret, err)
                  : sm2_public_key_decode(content, ret, err);
}

bool sm_public_key_load(SmArguments *arguments, SmOption option, Sm2PublicKey *ret, Error *err)
{
    Bytes content;
    return sm_value_text(arguments, arguments->values[option], &content, err) &&
           sm_public_key_parse(arguments->arena, content, ret, err);
}

bool sm_signature_parse(Bytes encoded, SmSignatureForm form, Sm2Signature *ret, Error *err)
{
    if (form == SM_FORM_RAW) {
        return sm2_signature_parse_raw(encoded, ret, err);
    }
    if (sm2_signature_parse(encoded, ret, err)) {
        return true;
    }
    return form == SM_FORM_ANY && encoded.len == SM2_SIGNATURE_RAW_SIZE &&
           sm2_signature_parse_raw(encoded, ret, err);
}

bool sm_id(SmArguments *arguments, SmOption text, SmOption hex, Bytes *ret, Error *err)
{
    if (!sm_at_most_one(arguments, SM_SET(text) | SM_SET(hex), err)) {
        return false;
    }
    if (sm_has(arguments, hex)) {
        return sm_option_hex(arguments, hex, ret, err);
    }
    *ret = sm_has(arguments, text) ? bytes_of_text(arguments->values[text]) : SM2_DEFAULT_ID;
    return true;
}
