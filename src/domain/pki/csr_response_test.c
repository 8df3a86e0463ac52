// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/csr_response.h"

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

// A person's pair: the signing certificate of the fixture, and one for encryption.
typedef struct {
    FixturePki pki;
    FixtureIdentity encryption;
    Writer envelope;
    CsrResponseTemplate template;
} Pair;

static void pair_cleanup(Pair *pair)
{
    fixture_identity_free(&pair->encryption);
    writer_free(&pair->envelope);
    fixture_pki_free(&pair->pki);
}

static void make_pair(Pair *pair)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&pair->pki, &err));
    CertificateTemplate template =
        fixture_template(PROFILE_ENCRYPTION, test_hex("21"), &pair->pki.ca);
    CHECK_OK(fixture_issue(pair->pki.arena, template, "张三的加密", &pair->pki.ca,
                           &pair->encryption, &err));
    pair->envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    CHECK_OK(enveloped_key_seal(pair->encryption.key, pair->pki.person.signer.public_key,
                                random_system(), &pair->envelope, &err));
    pair->template = (CsrResponseTemplate){
        .sign = {{pair->pki.person.certificate.der, pair->pki.ca.certificate.der}, 2},
        .enveloped_key = writer_bytes(&pair->envelope),
        .encryption = {{pair->encryption.certificate.der}, 1},
    };
}

static bool parses(Bytes der, const void *context)
{
    CsrResponse response;
    (void)context;
    return csr_response_parse(der, &response, NULL);
}

static void check_is_the_pair(const Pair *pair, Bytes der)
{
    Error err = {0};
    CsrResponse response;
    Certificate found;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(csr_response_parse(der, &response, &err));
    CHECK(response.has_pair);
    CHECK(csr_response_find(&response.sign, pair->pki.person.signer.public_key, &found));
    CHECK_BYTES(found.der, pair->pki.person.certificate.der);
    CHECK_OK(enveloped_key_open(&response.enveloped_key, &pair->pki.person.signer, &key, &err));
    CHECK(csr_response_find(&response.encryption, sm2_public_key(key), &found));
    CHECK_BYTES(found.der, pair->encryption.certificate.der);
    CHECK(!csr_response_find(&response.encryption, pair->pki.person.signer.public_key, &found));
}

// Covers: GM/T 0092-2020 8, annex A.
TEST(a_response_brings_both_certificates_and_the_key)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    make_pair(&pair);
    CHECK_OK(csr_response_build(&pair.template, &der, &err));
    check_is_the_pair(&pair, writer_bytes(&der));
    CHECK_INT(mutation_truncations(writer_bytes(&der), parses, NULL), 0);
    writer_put_u8(&der, 0);
    CsrResponse response;
    CHECK_FAILS_WITH(csr_response_parse(writer_bytes(&der), &response, &err), ERROR_INPUT,
                     "csr_response.malformed");
}

TEST(a_response_without_a_pair_brings_one_certificate)
{
    Error err = {0};
    CsrResponse response;
    CLEANUP(pair_cleanup) Pair pair = {0};
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    make_pair(&pair);
    pair.template.sign.count = 1;
    pair.template.enveloped_key = BYTES_EMPTY;
    pair.template.encryption.count = 0;
    CHECK_OK(csr_response_build(&pair.template, &der, &err));
    CHECK_OK(csr_response_parse(writer_bytes(&der), &response, &err));
    CHECK(!response.has_pair && response.sign.count == 1 && response.encryption.count == 0);
}

// The same response with [0] and [1] tagged in another way.
static Bytes retagged(const Pair *pair, bool envelope_is_implicit, bool set_is_explicit)
{
    Writer *der = arena_alloc(pair->pki.arena, sizeof *der);
    *der = writer_new(CSR_RESPONSE_MAX_SIZE);
    Reader reader = reader_of(pair->template.enveloped_key);
    Bytes content = der_element(&reader, DER_SEQUENCE).content;
    size_t whole = der_begin(der, DER_SEQUENCE);
    der_put(der, DER_SET, pair->template.sign.certificates[0]);
    der_put(der, DER_CONTEXT_CONSTRUCTED(0),
            envelope_is_implicit ? content : pair->template.enveloped_key);
    size_t tag = der_begin(der, DER_CONTEXT_CONSTRUCTED(1));
    if (set_is_explicit) {
        der_put(der, DER_SET, pair->template.encryption.certificates[0]);
    } else {
        writer_put(der, pair->template.encryption.certificates[0]);
    }
    der_end(der, tag);
    der_end(der, whole);
    return arena_adopt(pair->pki.arena, der);
}

TEST(both_ways_of_tagging_are_read)
{
    CLEANUP(pair_cleanup) Pair pair = {0};
    make_pair(&pair);
    for (int way = 0; way < 4; way++) {
        check_is_the_pair(&pair, retagged(&pair, (way & 1) != 0, (way & 2) != 0));
    }
}

TEST(half_a_pair_is_neither_written_nor_read)
{
    Error err = {0};
    CsrResponse response;
    CLEANUP(pair_cleanup) Pair pair = {0};
    CLEANUP(writer_free) Writer none = writer_new(CSR_RESPONSE_MAX_SIZE);
    CLEANUP(writer_free) Writer half = writer_new(CSR_RESPONSE_MAX_SIZE);
    make_pair(&pair);
    pair.template.encryption.count = 0;
    CHECK_FAILS_WITH(csr_response_build(&pair.template, &none, &err), ERROR_INPUT,
                     "csr_response.template");
    pair.template.encryption.count = 1;
    pair.template.sign.count = 0;
    CHECK_FAILS_WITH(csr_response_build(&pair.template, &none, &err), ERROR_INPUT,
                     "csr_response.template");
    size_t whole = der_begin(&half, DER_SEQUENCE);
    der_put(&half, DER_SET, pair.template.sign.certificates[0]);
    der_put(&half, DER_CONTEXT_CONSTRUCTED(0), pair.template.enveloped_key);
    der_end(&half, whole);
    CHECK_FAILS_WITH(csr_response_parse(writer_bytes(&half), &response, &err), ERROR_INPUT,
                     "csr_response.malformed");
}

// What is altered on the way either does not parse, or no longer is what it was: a certificate that
// does not verify, an envelope that does not open.
static bool is_unaltered_for(Bytes der, const void *context)
{
    const Pair *pair = context;
    CsrResponse response;
    Certificate found;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return csr_response_parse(der, &response, NULL) && response.has_pair &&
           csr_response_find(&response.sign, pair->pki.person.signer.public_key, &found) &&
           certificate_verify_signature(&found, &pair->pki.ca.certificate, NULL) &&
           enveloped_key_open(&response.enveloped_key, &pair->pki.person.signer, &key, NULL) &&
           csr_response_find(&response.encryption, sm2_public_key(key), &found) &&
           certificate_verify_signature(&found, &pair->pki.ca.certificate, NULL);
}

TEST(no_flipped_bit_goes_unnoticed)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    make_pair(&pair);
    pair.template.sign.count = 1;
    CHECK_OK(csr_response_build(&pair.template, &der, &err));
    CHECK(is_unaltered_for(writer_bytes(&der), &pair));
    CHECK_INT(mutation_bit_flips(writer_bytes(&der), 3, is_unaltered_for, &pair), 0);
}

// Covers: GM/T 0015-2012 annex C.
TEST(a_key_of_a_pair_serves_its_own_purpose_only)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    make_pair(&pair);
    PathPolicy policy = {.trust = pair.pki.trust,
                         .at = FIXTURE_NOW,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_REQUIRED};
    const Certificate *sign = &pair.pki.person.certificate;
    const Certificate *encryption = &pair.encryption.certificate;
    CHECK_INT(encryption->key_usage,
              USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT);
    CHECK(encryption->key_usage_is_critical && certificate_is_for_encryption(encryption));
    CHECK_OK(path_verify(&policy, sign, &err));
    CHECK_FAILS_WITH(path_verify(&policy, encryption, &err), ERROR_UNTRUSTED, "path.key_usage");
    policy.purpose = PURPOSE_ENCRYPTION;
    CHECK_OK(path_verify(&policy, encryption, &err));
    CHECK_FAILS_WITH(path_verify(&policy, sign, &err), ERROR_UNTRUSTED, "path.key_usage");
}
