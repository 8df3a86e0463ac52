// SPDX-License-Identifier: Apache-2.0
//
// A time-stamp authority of another maker and of other algorithms (ECDSA with SHA-256, made with
// libcrypto), for tests of what outlives SM2 and SM3.
#ifndef ASSENT_DOMAIN_EVIDENCE_AUTHORITY_FIXTURE_H
#define ASSENT_DOMAIN_EVIDENCE_AUTHORITY_FIXTURE_H

#include <openssl/ec.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "domain/pki/timestamp.h"

typedef struct {
    EVP_PKEY *key;
    X509 *certificate;
    Time now;
} FixtureAuthority;

static inline void fixture_authority_free(FixtureAuthority *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
    *authority = (FixtureAuthority){0};
}

static inline bool fixture_authority_extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

// A self-signed certificate; free it with fixture_authority_free, also after a failure.
static inline bool fixture_authority_make(Time not_before, Time not_after, FixtureAuthority *ret)
{
    ret->key = EVP_EC_gen("P-256");
    ret->certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(ret->certificate);
    return ret->key != NULL && X509_set_version(ret->certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(ret->certificate), 77) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"Foreign Stamp", -1, -1, 0) == 1 &&
           X509_set_issuer_name(ret->certificate, name) == 1 &&
           X509_set_pubkey(ret->certificate, ret->key) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(ret->certificate), not_before / TIME_SECOND) &&
           ASN1_TIME_set(X509_getm_notAfter(ret->certificate), not_after / TIME_SECOND) &&
           fixture_authority_extend(ret->certificate, NID_key_usage, "critical,digitalSignature") &&
           fixture_authority_extend(ret->certificate, NID_ext_key_usage, "critical,timeStamping") &&
           X509_sign(ret->certificate, ret->key, EVP_sha256()) > 0;
}

static inline ASN1_INTEGER *fixture_authority_serial(TS_RESP_CTX *context, void *data)
{
    (void)context;
    (void)data;
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    return serial != NULL && ASN1_INTEGER_set(serial, 4711) == 1 ? serial : NULL;
}

static inline int fixture_authority_time(TS_RESP_CTX *context, void *data, long *seconds,
                                         long *microseconds)
{
    (void)context;
    *seconds = ((const FixtureAuthority *)data)->now / TIME_SECOND;
    *microseconds = 0;
    return 1;
}

// Stamp an imprint at authority->now; the token is in the arena, empty after a failure.
static inline Bytes fixture_authority_stamp(FixtureAuthority *authority, Arena *arena,
                                            const TimestampImprint *imprint)
{
    CLEANUP(writer_free) Writer query = writer_new(TIMESTAMP_MAX_SIZE);
    const TimestampRequest request = {.imprint = *imprint, .wants_certificate = true};
    timestamp_request_encode(&request, &query);
    BIO *bio = BIO_new_mem_buf(query.data, (int)query.len);
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4.5", 1);
    TS_RESP_CTX_set_serial_cb(context, fixture_authority_serial, NULL);
    TS_RESP_CTX_set_time_cb(context, fixture_authority_time, authority);
    Bytes token = BYTES_EMPTY;
    TS_RESP *response = NULL;
    if (TS_RESP_CTX_set_signer_cert(context, authority->certificate) == 1 &&
        TS_RESP_CTX_set_signer_key(context, authority->key) == 1 &&
        TS_RESP_CTX_set_signer_digest(context, EVP_sha256()) == 1 &&
        TS_RESP_CTX_set_ess_cert_id_digest(context, EVP_sha256()) == 1 &&
        TS_RESP_CTX_set_def_policy(context, policy) == 1 &&
        TS_RESP_CTX_add_md(context, EVP_sha256()) == 1 &&
        (response = TS_RESP_create_response(context, bio)) != NULL &&
        TS_RESP_get_token(response) != NULL) {
        unsigned char *der = NULL;
        int len = i2d_PKCS7(TS_RESP_get_token(response), &der);
        token = len > 0 ? arena_copy(arena, bytes_of(der, (size_t)len)) : BYTES_EMPTY;
        OPENSSL_free(der);
    }
    TS_RESP_free(response);
    TS_RESP_CTX_free(context);
    ASN1_OBJECT_free(policy);
    BIO_free(bio);
    return token;
}

#endif
