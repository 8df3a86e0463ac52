// SPDX-License-Identifier: Apache-2.0
//
// Messages of SM2 as other products write them.
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_form.h"
#include "base/test/test.h"
#include "domain/pki/oid.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/signed_data.h"

#define CONTENT BYTES_LITERAL("authorization")

// How one product writes; zero is GM/T 0010's way, without attributes.
typedef struct {
    bool is_cms, has_cms_data, has_cms_algorithm, has_null, is_raw, is_bare, has_key_identifier;
    bool has_unsorted_attributes, is_signed_sorted, has_no_digests, has_other_digests;
    uint64_t version;  // 0: 1
    unsigned deviations;
    size_t signers;  // 0: 1
} Shape;

static void put_algorithm(Writer *writer, Bytes oid, bool has_null)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid);
    if (has_null) {
        der_put_null(writer);
    }
    der_end(writer, mark);
}

static void put_attribute(Writer *writer, Bytes oid, uint8_t tag, Bytes value)
{
    size_t attribute = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid);
    size_t values = der_begin(writer, DER_SET);
    der_put(writer, tag, value);
    der_end(writer, values);
    der_end(writer, attribute);
}

// messageDigest is longer than contentType, so DER has it last.
static void put_attributes(Writer *writer, const Shape *shape, bool is_sorted)
{
    Sm3Digest digest = sm3_digest(CONTENT);
    Bytes type = shape->has_cms_data || shape->is_cms ? OID_CMS_DATA : OID_GM_DATA;
    for (int i = 0; i < 2; i++) {
        if ((i == 0) == is_sorted) {
            put_attribute(writer, OID_CONTENT_TYPE, DER_OID, type);
        } else {
            put_attribute(writer, OID_MESSAGE_DIGEST, DER_OCTET_STRING, sm3_bytes(&digest));
        }
    }
}

static void put_signer(Writer *writer, const FixturePki *pki, const Shape *shape)
{
    Error err = {0};
    Sm2Signature value;
    uint8_t octets[SM2_SIGNATURE_DER_MAX];
    CLEANUP(writer_free) Writer to_sign = writer_new(4096);
    const Certificate *certificate = &pki->person.certificate;
    size_t signer = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, shape->version == 0 ? 1 : shape->version);
    if (shape->has_key_identifier) {
        der_put(writer, DER_CONTEXT(0), certificate->subject_key_identifier);
    } else {
        size_t identifier = der_begin(writer, DER_SEQUENCE);
        writer_put(writer, certificate->issuer);
        der_put(writer, DER_INTEGER, certificate->serial);
        der_end(writer, identifier);
    }
    put_algorithm(writer, OID_SM3, shape->has_null);
    if (shape->has_unsorted_attributes) {
        size_t attributes = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
        put_attributes(writer, shape, false);
        der_end(writer, attributes);
        size_t set = der_begin(&to_sign, DER_SET);
        put_attributes(&to_sign, shape, shape->is_signed_sorted);
        der_end(&to_sign, set);
    } else {
        writer_put(&to_sign, CONTENT);
    }
    put_algorithm(writer,
                  shape->has_cms_algorithm || shape->is_cms ? OID_SM2_WITH_SM3 : OID_SM2_SIGN,
                  shape->has_null);
    CHECK_OK(signer_sign(&pki->person.signer, writer_bytes(&to_sign), &value, &err));
    size_t len = SM2_SIGNATURE_RAW_SIZE;
    if (shape->is_raw) {
        sm2_signature_encode_raw(&value, octets);
    } else {
        len = sm2_signature_encode(&value, octets);
    }
    der_put(writer, DER_OCTET_STRING, bytes_of(octets, len));
    der_end(writer, signer);
}

static Bytes make(const FixturePki *pki, const Shape *shape)
{
    CLEANUP(writer_free) Writer der = writer_new(65536);
    size_t info = der_begin(&der, DER_SEQUENCE);
    der_put_oid(&der, shape->is_cms ? OID_CMS_SIGNED_DATA : OID_GM_SIGNED_DATA);
    size_t wrapper = der_begin(&der, DER_CONTEXT_CONSTRUCTED(0));
    size_t body = der_begin(&der, DER_SEQUENCE);
    der_put_u64(&der, shape->version == 0 ? 1 : shape->version);
    size_t digests = der_begin(&der, DER_SET);
    if (!shape->has_no_digests) {
        put_algorithm(&der, shape->has_other_digests ? OID_SHA256 : OID_SM3, false);
    }
    der_end(&der, digests);
    size_t content = der_begin(&der, DER_SEQUENCE);
    der_put_oid(&der, shape->has_cms_data || shape->is_cms ? OID_CMS_DATA : OID_GM_DATA);
    size_t inner = der_begin(&der, DER_CONTEXT_CONSTRUCTED(0));
    der_put(&der, shape->is_bare ? DER_UTF8_STRING : DER_OCTET_STRING, CONTENT);
    der_end(&der, inner);
    der_end(&der, content);
    der_put(&der, DER_CONTEXT_CONSTRUCTED(0), pki->person.certificate.der);
    size_t signers = der_begin(&der, DER_SET);
    for (size_t i = 0; i < (shape->signers == 0 ? 1 : shape->signers); i++) {
        put_signer(&der, pki, shape);
    }
    der_end(&der, signers);
    der_end(&der, body);
    der_end(&der, wrapper);
    der_end(&der, info);
    CHECK(!der.failed);
    return arena_copy(pki->arena, writer_bytes(&der));
}

// Covers: GM/T 0010-2012 8; RFC 5652 5.
TEST(every_dialect_of_a_message_holds_and_its_deviations_are_known)
{
    static const Shape shapes[] = {
        {0},
        {.is_cms = true},
        {.has_cms_data = true, .deviations = SIGNED_DATA_OTHER_CONTENT},
        {.has_cms_algorithm = true, .deviations = SIGNED_DATA_OTHER_ALGORITHM},
        {.has_null = true, .deviations = SIGNED_DATA_NULL_PARAMETERS},
        {.is_raw = true, .deviations = SIGNED_DATA_RAW_SIGNATURE},
        {.is_bare = true, .deviations = SIGNED_DATA_BARE_CONTENT},
        {.has_key_identifier = true, .deviations = SIGNED_DATA_KEY_IDENTIFIER},
        {.version = 3, .deviations = SIGNED_DATA_OTHER_VERSION},
        {.has_no_digests = true, .deviations = SIGNED_DATA_UNNAMED_DIGEST},
        {.has_other_digests = true, .deviations = SIGNED_DATA_OTHER_DIGESTS},
        {.has_unsorted_attributes = true, .deviations = SIGNED_DATA_UNSORTED_ATTRIBUTES},
        {.has_unsorted_attributes = true,
         .is_signed_sorted = true,
         .deviations = SIGNED_DATA_UNSORTED_ATTRIBUTES},
        {.is_cms = true, .signers = 3},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        Bytes der = make(&pki, &shapes[i]);
        SignedData message;
        Certificate signer;
        CHECK_OK(signed_data_read(der, &message, &err));
        CHECK_INT(message.deviations, shapes[i].deviations);
        CHECK(!message.is_foreign);
        CHECK_INT(message.signer_count, shapes[i].signers == 0 ? 1 : shapes[i].signers);
        for (size_t k = 0; k < message.signer_count; k++) {
            CHECK_OK(signed_data_take_signer(&message, k, &err));
            CHECK_OK(signed_data_signer_certificate(&message, &signer, &err));
            CHECK_OK(signed_data_verify(&message, &signer, BYTES_EMPTY, &err));
            SignedData changed = message;
            changed.content = BYTES_LITERAL("Authorization");
            CHECK_FAILS(signed_data_verify(&changed, &signer, BYTES_EMPTY, &err), ERROR_UNTRUSTED);
        }
        CHECK_FAILS(signed_data_take_signer(&message, message.signer_count, &err), ERROR_INPUT);
    }
}

TEST(what_is_ours_stays_strict)
{
    static const Shape shapes[] = {
        {.is_raw = true},         {.is_bare = true}, {.has_key_identifier = true},
        {.has_no_digests = true}, {.signers = 2},    {.has_other_digests = true},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        SignedData message;
        CHECK_FAILS(signed_data_parse(make(&pki, &shapes[i]), &message, &err), ERROR_INPUT);
    }
}

TEST(too_many_signers_are_a_limit)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Shape shape = {.signers = SIGNED_DATA_MAX_SIGNERS + 1};
    SignedData message;
    CHECK_FAILS_WITH(signed_data_read(make(&pki, &shape), &message, &err), ERROR_LIMIT,
                     "signed_data.signers");
}
