// SPDX-License-Identifier: Apache-2.0
//
// CertID: the half of ocsp.h that requests and responses share.
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/digest.h"
#include "domain/pki/ocsp.h"
#include "domain/pki/ocsp_oid.h"
#include "domain/pki/signed_object.h"

static bool hash_sm3(Bytes message, uint8_t *ret, Error *err)
{
    (void)err;
    Sm3Digest digest = sm3_digest(message);
    memcpy(ret, digest.bytes, sizeof digest.bytes);
    return true;
}

static bool hash_sha1(Bytes message, uint8_t *ret, Error *err)
{
    return sha1_digest(message, ret, err);
}

static bool hash_sha256(Bytes message, uint8_t *ret, Error *err)
{
    return sha256_digest(message, ret, err);
}

static bool hash_sha384(Bytes message, uint8_t *ret, Error *err)
{
    return sha384_digest(message, ret, err);
}

static bool hash_sha512(Bytes message, uint8_t *ret, Error *err)
{
    return sha512_digest(message, ret, err);
}

typedef struct {
    Bytes oid;
    size_t size;
    bool (*compute)(Bytes message, uint8_t *ret, Error *err);
} HashRow;

static HashRow hash_row(OcspHash hash)
{
    const HashRow rows[OCSP_HASH_UNKNOWN] = {
        [OCSP_HASH_SM3] = {OID_SM3, SM3_SIZE, hash_sm3},
        [OCSP_HASH_SHA1] = {OID_SHA1, SHA1_SIZE, hash_sha1},
        [OCSP_HASH_SHA256] = {OID_SHA256, SHA256_SIZE, hash_sha256},
        [OCSP_HASH_SHA384] = {OID_SHA384, SHA384_SIZE, hash_sha384},
        [OCSP_HASH_SHA512] = {OID_SHA512, SHA512_SIZE, hash_sha512},
    };
    return hash < OCSP_HASH_UNKNOWN ? rows[hash] : (HashRow){0};
}

Bytes ocsp_key_bits(const Certificate *certificate)
{
    if (!certificate->has_foreign_key) {
        return sm2_public_key_bytes(&certificate->public_key);
    }
    Reader whole = reader_of(certificate->public_key_info);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    der_element(&info, DER_SEQUENCE);
    return der_bit_string_octets(&info);
}

static bool hash_name_and_key(Bytes name, const Certificate *issuer, OcspHash hash, OcspIssuer *ret,
                              Error *err)
{
    HashRow row = hash_row(hash);
    OcspIssuer hashed = {.hash = hash, .size = row.size};
    if (row.compute == NULL) {
        return error_set(err, ERROR_INTERNAL, "ocsp.hash", "RFC 6960 4.1.1",
                         "there is no such hash of an issuer");
    }
    if (!row.compute(name, hashed.name, err) ||
        !row.compute(ocsp_key_bits(issuer), hashed.key, err)) {
        return false;
    }
    *ret = hashed;
    return true;
}

bool ocsp_issuer_hash(const Certificate *issuer, OcspHash hash, OcspIssuer *ret, Error *err)
{
    return hash_name_and_key(issuer->subject, issuer, hash, ret, err);
}

void ocsp_certificate_id_put(const OcspIssuer *issuer, Bytes serial, Writer *ret)
{
    size_t id = der_begin(ret, DER_SEQUENCE);
    size_t algorithm = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, hash_row(issuer->hash).oid);
    der_put_null(ret);  // written by everybody, and compared by some
    der_end(ret, algorithm);
    der_put(ret, DER_OCTET_STRING, bytes_of(issuer->name, issuer->size));
    der_put(ret, DER_OCTET_STRING, bytes_of(issuer->key, issuer->size));
    der_put(ret, DER_INTEGER, serial);
    der_end(ret, id);
}

static OcspHash hash_of(const Algorithm *algorithm)
{
    for (OcspHash hash = 0; hash < OCSP_HASH_UNKNOWN; hash++) {
        if (algorithm_is(algorithm, hash_row(hash).oid)) {
            return hash;
        }
    }
    return OCSP_HASH_UNKNOWN;
}

OcspCertificateId ocsp_certificate_id_read(Reader *reader)
{
    DerElement element = der_element(reader, DER_SEQUENCE);
    Reader content = reader_of(element.content);
    Algorithm algorithm = algorithm_read(&content);
    OcspCertificateId id = {.der = element.whole, .hash = hash_of(&algorithm)};
    id.issuer_name_hash = der_octet_string(&content);
    id.issuer_key_hash = der_octet_string(&content);
    id.serial = der_integer(&content);
    size_t size = hash_row(id.hash).size;
    bool has_size = id.hash == OCSP_HASH_UNKNOWN ||
                    (id.issuer_name_hash.len == size && id.issuer_key_hash.len == size);
    if (!reader_done(&content) || !has_size) {
        reader->failed = true;
        return (OcspCertificateId){.hash = OCSP_HASH_UNKNOWN};
    }
    return id;
}

bool ocsp_certificate_id_is_by(const OcspCertificateId *id, const OcspIssuer *issuer)
{
    return id->hash == issuer->hash &&
           bytes_equal(id->issuer_name_hash, bytes_of(issuer->name, issuer->size)) &&
           bytes_equal(id->issuer_key_hash, bytes_of(issuer->key, issuer->size));
}

bool ocsp_certificate_id_names(const OcspCertificateId *id, const Certificate *certificate,
                               const Certificate *issuer)
{
    OcspIssuer hashed;
    return bytes_equal(id->serial, certificate->serial) &&
           hash_name_and_key(certificate->issuer, issuer, id->hash, &hashed, NULL) &&
           ocsp_certificate_id_is_by(id, &hashed);
}
