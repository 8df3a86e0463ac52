// SPDX-License-Identifier: Apache-2.0
//
// A small test PKI: root, issuing CA, one certificate of each profile, empty revocation lists.
// For tests and benches of any module only; keys are derived from names, so nothing here is
// secret and every run gives the same certificates (but for signature nonces).
#ifndef ASSENT_DOMAIN_PKI_PKI_FIXTURE_H
#define ASSENT_DOMAIN_PKI_PKI_FIXTURE_H

#include "domain/pki/certificate_template.h"
#include "domain/pki/crl_template.h"
#include "domain/pki/oid.h"
#include "domain/pki/path.h"

// 2026-11-25T08:00:00Z: certificates are valid 300 days before and 3000 after, lists from a day
// before to a week after.
#define FIXTURE_NOW ((Time)1795593600 * TIME_SECOND)

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Certificate certificate;
} FixtureIdentity;

typedef struct {
    Arena *arena;
    FixtureIdentity root, ca, person, component, seal_maker, timestamp;
    TrustStore *trust;  // anchor: root; material: ca; lists of both
} FixturePki;

// A template for an identity of the fixture, to be changed before fixture_issue.
static inline CertificateTemplate fixture_template(CertificateProfile profile, Bytes serial,
                                                   const FixtureIdentity *issuer)
{
    return (CertificateTemplate){
        .profile = profile,
        .serial = serial,
        .issuer = issuer == NULL ? NULL : &issuer->certificate,
        .not_before = FIXTURE_NOW - 300 * TIME_DAY,
        .not_after = FIXTURE_NOW + 3000 * TIME_DAY,
    };
}

// Issue a certificate for a key derived from `common_name`. `ret->key` is freed by
// fixture_identity_free.
static inline bool fixture_issue(Arena *arena, CertificateTemplate template,
                                 const char *common_name, const FixtureIdentity *issuer,
                                 FixtureIdentity *ret, Error *err)
{
    Sm3Digest scalar = sm3_digest(bytes_of_text(common_name));
    scalar.bytes[0] = 0x01;  // below the order of the curve
    if (ret->key == NULL && !sm2_private_key_new(sm3_bytes(&scalar), &ret->key, err)) {
        return false;
    }
    ret->signer = signer_of_key(ret->key);
    const NameAttribute name[] = {
        {OID_COUNTRY, "CN"}, {OID_ORGANIZATION, "Assent Test"}, {OID_COMMON_NAME, common_name}};
    if (!name_build(arena, name, COUNT_OF(name), &template.subject, err)) {
        return false;
    }
    template.public_key = sm2_public_key(ret->key);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    return certificate_issue(&template, issuer == NULL ? &ret->signer : &issuer->signer, &der,
                             err) &&
           certificate_load(arena, writer_bytes(&der), &ret->certificate, err);
}

static inline void fixture_identity_free(FixtureIdentity *identity)
{
    sm2_private_key_free(identity->key);
    *identity = (FixtureIdentity){0};
}

// Build a list of `issuer` valid around FIXTURE_NOW and give its DER in the arena.
static inline bool fixture_crl(Arena *arena, const FixtureIdentity *issuer, uint64_t number,
                               const Revocation *entries, size_t entry_count, Bytes *ret,
                               Error *err)
{
    const CrlTemplate template = {.issuer = &issuer->certificate,
                                  .this_update = FIXTURE_NOW - TIME_DAY,
                                  .next_update = FIXTURE_NOW + 7 * TIME_DAY,
                                  .number = number,
                                  .entries = entries,
                                  .entry_count = entry_count};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    if (!crl_build(&template, &issuer->signer, &der, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&der));
    return ret->data != NULL ? true : error_memory(err);
}

static inline void fixture_pki_free(FixturePki *pki)
{
    FixtureIdentity *const identities[] = {&pki->root,      &pki->ca,         &pki->person,
                                           &pki->component, &pki->seal_maker, &pki->timestamp};
    for (size_t i = 0; i < COUNT_OF(identities); i++) {
        fixture_identity_free(identities[i]);
    }
    arena_free(pki->arena);
    *pki = (FixturePki){0};
}

static inline bool fixture_issue_all(FixturePki *pki, Error *err)
{
    const struct {
        CertificateProfile profile;
        FixtureIdentity *identity;
        const FixtureIdentity *issuer;
        const char *name;
    } rows[] = {
        {PROFILE_ROOT_CA, &pki->root, NULL, "Test Root"},
        {PROFILE_ISSUING_CA, &pki->ca, &pki->root, "Test CA"},
        {PROFILE_PERSON, &pki->person, &pki->ca, "张三"},
        {PROFILE_COMPONENT, &pki->component, &pki->ca, "Test Component"},
        {PROFILE_SEAL_MAKER, &pki->seal_maker, &pki->ca, "Test Seal Maker"},
        {PROFILE_TIMESTAMP, &pki->timestamp, &pki->ca, "Test TSA"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t serial = (uint8_t)(i + 1);
        CertificateTemplate template =
            fixture_template(rows[i].profile, bytes_of(&serial, 1), rows[i].issuer);
        if (!fixture_issue(pki->arena, template, rows[i].name, rows[i].issuer, rows[i].identity,
                           err)) {
            return false;
        }
    }
    return true;
}

// Make everything. Free it with fixture_pki_free, also after a failure:
//     CLEANUP(fixture_pki_free) FixturePki pki = {0};
//     CHECK_OK(fixture_pki_make(&pki, &err));
static inline bool fixture_pki_make(FixturePki *pki, Error *err)
{
    Bytes crls[2];
    pki->arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (pki->arena == NULL) {
        return error_memory(err);
    }
    pki->trust = trust_store_new(pki->arena);
    return fixture_issue_all(pki, err) &&
           fixture_crl(pki->arena, &pki->root, 1, NULL, 0, &crls[0], err) &&
           fixture_crl(pki->arena, &pki->ca, 1, NULL, 0, &crls[1], err) &&
           trust_store_add_anchors(pki->trust, pki->root.certificate.der, err) &&
           trust_store_add_certificates(pki->trust, pki->ca.certificate.der, err) &&
           trust_store_add_crls(pki->trust, crls[0], err) &&
           trust_store_add_crls(pki->trust, crls[1], err);
}

#endif
