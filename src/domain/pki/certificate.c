// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate.h"

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/signed_object.h"

enum { VERSION_3 = 2 };

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
    for (uint8_t number = 1; number <= 2; number++) {
        if (der_peek(tbs) == DER_CONTEXT(number)) {
            der_any(tbs);
        }
    }
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(3)) {
        Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(3));
        Reader extensions = der_enter(&wrapper, DER_SEQUENCE);
        if (!reader_done(&wrapper) || extensions.rest.len == 0 ||
            !extension_read_all(certificate, extensions)) {
            return false;
        }
    }
    return reader_done(tbs);
}

static bool read_head(Certificate *certificate, const SignedObject *object, Reader *tbs)
{
    Reader version = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
    bool is_version_3 = der_u64(&version) == VERSION_3 && reader_done(&version);
    certificate->serial = der_integer(tbs);
    Bytes algorithm = der_element(tbs, DER_SEQUENCE).whole;
    certificate->issuer = der_element(tbs, DER_SEQUENCE).whole;
    Reader validity = der_enter(tbs, DER_SEQUENCE);
    certificate->not_before = der_time(&validity);
    certificate->not_after = der_time(&validity);
    certificate->subject = der_element(tbs, DER_SEQUENCE).whole;
    return !tbs->failed && is_version_3 && reader_done(&validity) &&
           certificate->serial.len <= SERIAL_MAX_SIZE && certificate->serial.data[0] < 0x80 &&
           bytes_equal(algorithm, object->algorithm) && name_is_valid(certificate->issuer) &&
           name_is_valid(certificate->subject);
}

bool certificate_parse(Bytes der, Certificate *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(&certificate_kind, der, &object, err)) {
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
    if (!read_head(&certificate, &object, tbs)) {
        return signed_object_malformed(&certificate_kind, "the part before the key", err);
    }
    if (!public_key_info_read(&certificate_kind, tbs, &certificate.public_key, err)) {
        return false;
    }
    if (!read_tail(&certificate, tbs)) {
        return signed_object_malformed(&certificate_kind, "the list of extensions", err);
    }
    *ret = certificate;
    return true;
}

bool certificate_load(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "CERTIFICATE", der_or_pem, &der, err) &&
           certificate_parse(der, ret, err);
}

bool certificate_verify_signature(const Certificate *certificate, const Sm2PublicKey *issuer_key,
                                  Error *err)
{
    if (!sm2_verify(issuer_key, certificate->tbs, &certificate->signature)) {
        return error_set(err, ERROR_UNTRUSTED, "certificate.signature", "RFC 5280 6.1.3 (a)(1)",
                         "the signature on the certificate does not hold");
    }
    return true;
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
