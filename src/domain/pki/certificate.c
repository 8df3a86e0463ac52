// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/foreign.h"
#include "domain/pki/extension.h"
#include "domain/pki/signed_object.h"

enum { VERSION_3 = 3 };

static const SignedObjectKind certificate_kind = {
    .noun = "certificate",
    .malformed_code = "certificate.malformed",
    .algorithm_code = "certificate.algorithm",
    .key_code = "certificate.key",
    .clause = "GM/T 0015-2012",
    .max_size = CERTIFICATE_MAX_SIZE,
};

// Read the optional fields after the key: the unique identifiers, which nobody may write but
// everybody has to read, and the extensions.
static bool read_tail(Certificate *certificate, Reader *tbs)
{
    for (uint8_t number = 1; number <= 2 && certificate->version > 1; number++) {
        if (der_peek(tbs) == DER_CONTEXT(number)) {
            der_any(tbs);
        }
    }
    if (certificate->version == VERSION_3 && der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(3)) {
        Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(3));
        Reader extensions = der_enter(&wrapper, DER_SEQUENCE);
        if (!reader_done(&wrapper) || extensions.rest.len == 0 ||
            !extension_read_all(certificate, extensions)) {
            return false;
        }
    }
    return reader_done(tbs);
}

// Version 1 is not written. Only what is judged for others may be of another version than 3.
static int read_version(const SignedObjectKind *kind, Reader *tbs)
{
    uint64_t version = 0;
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
        version = der_u64(&wrapper);
        tbs->failed = tbs->failed || !reader_done(&wrapper) || version < 1 || version > 2;
    }
    tbs->failed = tbs->failed || (version + 1 != VERSION_3 && !kind->takes_foreign);
    return (int)version + 1;
}

static bool serial_is_readable(const SignedObjectKind *kind, Bytes serial)
{
    return kind->takes_foreign || (serial.len <= SERIAL_MAX_SIZE && serial.data[0] < 0x80);
}

static bool read_head(const SignedObjectKind *kind, Certificate *certificate,
                      const SignedObject *object, Reader *tbs)
{
    certificate->version = read_version(kind, tbs);
    certificate->serial = der_integer(tbs);
    Bytes algorithm = der_element(tbs, DER_SEQUENCE).whole;
    certificate->issuer = der_element(tbs, DER_SEQUENCE).whole;
    Reader validity = der_enter(tbs, DER_SEQUENCE);
    certificate->not_before = der_time(&validity);
    certificate->not_after = der_time(&validity);
    certificate->subject = der_element(tbs, DER_SEQUENCE).whole;
    return !tbs->failed && reader_done(&validity) &&
           serial_is_readable(kind, certificate->serial) &&
           bytes_equal(algorithm, object->signature.algorithm) &&
           name_is_valid(certificate->issuer) && name_is_valid(certificate->subject);
}

static bool read_key(const SignedObjectKind *kind, Reader *tbs, Certificate *certificate,
                     Error *err)
{
    Reader element = *tbs;
    certificate->public_key_info = der_element(tbs, DER_SEQUENCE).whole;
    certificate->has_foreign_key =
        kind->takes_foreign && !public_key_info_is_sm2(certificate->public_key_info);
    return certificate->has_foreign_key ||
           public_key_info_read(kind, &element, &certificate->public_key, err);
}

static bool parse(const SignedObjectKind *kind, Bytes der, Certificate *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(kind, der, &object, err)) {
        return false;
    }
    Certificate certificate = {.der = der,
                               .tbs = object.signed_der,
                               .path_len = -1,
                               .require_explicit_policy = -1,
                               .inhibit_policy_mapping = -1,
                               .inhibit_any_policy = -1,
                               .signature = object.signature};
    Reader *tbs = &object.signed_content;
    if (!read_head(kind, &certificate, &object, tbs)) {
        return signed_object_malformed(kind, "the part before the key", err);
    }
    if (!read_key(kind, tbs, &certificate, err)) {
        return false;
    }
    if (!read_tail(&certificate, tbs)) {
        return signed_object_malformed(kind, "the list of extensions", err);
    }
    *ret = certificate;
    return true;
}

bool certificate_parse(Bytes der, Certificate *ret, Error *err)
{
    return parse(&certificate_kind, der, ret, err);
}

bool certificate_parse_any(Bytes der, Certificate *ret, Error *err)
{
    SignedObjectKind kind = certificate_kind;
    kind.takes_foreign = true;
    return parse(&kind, der, ret, err);
}

bool certificate_load(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "CERTIFICATE", der_or_pem, &der, err) &&
           certificate_parse(der, ret, err);
}

bool certificate_load_any(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "CERTIFICATE", der_or_pem, &der, err) &&
           certificate_parse_any(der, ret, err);
}

static bool verify_signed(const Certificate *signer, Bytes signed_der,
                          const ObjectSignature *signature, bool takes_weak, Error *err)
{
    if (signature->is_foreign && signer->has_foreign_key && takes_weak) {
        const ForeignSignature judged = {.key_info = signer->public_key_info,
                                         .algorithm = signature->algorithm,
                                         .value = signature->value};
        bool is_weak;
        return foreign_signature_judge(&judged, signed_der, &is_weak, err);
    }
    if (signature->is_foreign && signer->has_foreign_key) {
        return foreign_signature_verify(signer->public_key_info, signature->algorithm,
                                        signature->value, signed_der, err);
    }
    return (!signature->is_foreign && !signer->has_foreign_key &&
            sm2_verify(&signer->public_key, signed_der, &signature->sm2)) ||
           error_set(err, ERROR_UNTRUSTED, "signature.invalid", "RFC 5280 4.1.1.3",
                     "the signature does not hold");
}

bool certificate_verify_signed(const Certificate *signer, Bytes signed_der,
                               const ObjectSignature *signature, Error *err)
{
    return verify_signed(signer, signed_der, signature, false, err);
}

bool certificate_judge_signed(const Certificate *signer, Bytes signed_der,
                              const ObjectSignature *signature, Error *err)
{
    return verify_signed(signer, signed_der, signature, true, err);
}

static bool verify_signature(const Certificate *certificate, const Certificate *issuer,
                             bool takes_weak, Error *err)
{
    Error why = {0};
    if (verify_signed(issuer, certificate->tbs, &certificate->signature, takes_weak, &why)) {
        return true;
    }
    bool is_broken = strcmp(why.code, "signature.invalid") == 0;
    return error_set(err, why.kind, is_broken ? "certificate.signature" : why.code,
                     "RFC 5280 6.1.3 (a)(1)", "on the certificate: %s", why.text);
}

bool certificate_verify_signature(const Certificate *certificate, const Certificate *issuer,
                                  Error *err)
{
    return verify_signature(certificate, issuer, false, err);
}

bool certificate_judge_signature(const Certificate *certificate, const Certificate *issuer,
                                 Error *err)
{
    return verify_signature(certificate, issuer, true, err);
}

bool certificate_has_key_of(const Certificate *a, const Certificate *b)
{
    return a->has_foreign_key == b->has_foreign_key &&
           (a->has_foreign_key ? bytes_equal(a->public_key_info, b->public_key_info)
                               : sm2_public_key_equal(&a->public_key, &b->public_key));
}

bool certificate_is_self_issued(const Certificate *certificate)
{
    return name_matches(certificate->issuer, certificate->subject);
}

bool certificate_equal(const Certificate *a, const Certificate *b)
{
    return bytes_equal(a->der, b->der);
}

bool certificate_is_valid_at(const Certificate *certificate, Time at)
{
    // notAfter names a whole second, and the certificate is valid through it.
    return certificate->not_before <= at && at < certificate->not_after + TIME_SECOND;
}

Sm3Digest certificate_fingerprint(const Certificate *certificate)
{
    return sm3_digest(certificate->der);
}

bool certificate_is_for_encryption(const Certificate *certificate)
{
    return (certificate->key_usage & (USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT |
                                      USAGE_ENCIPHER_ONLY | USAGE_DECIPHER_ONLY)) != 0;
}
