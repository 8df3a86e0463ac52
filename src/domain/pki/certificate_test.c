// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate.h"

#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

static bool parses(Bytes der, const void *context)
{
    (void)context;
    Certificate certificate;
    return certificate_parse(der, &certificate, NULL);
}

static bool parses_and_verifies(Bytes der, const void *context)
{
    Certificate certificate;
    return certificate_parse(der, &certificate, NULL) &&
           certificate_verify_signature(&certificate, context, NULL);
}

TEST(every_truncated_certificate_is_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CHECK_INT(mutation_truncations(pki.person.certificate.der, parses, NULL), 0);
}

TEST(every_flipped_bit_of_a_certificate_is_noticed)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Certificate *ca = &pki.ca.certificate;
    CHECK(parses_and_verifies(pki.timestamp.certificate.der, ca));
    CHECK_INT(mutation_bit_flips(pki.timestamp.certificate.der, 1, parses_and_verifies, ca), 0);
}

// What the field writes and assent does not.
typedef struct {
    bool null_parameters;       // SM2-with-SM3 with NULL: annex D of GM/T 0015-2012
    bool key_algorithm_is_sm2;  // 1.2.156.10197.1.301 as key algorithm: annex C
    bool explicit_false;        // critical FALSE and cA FALSE written out
    bool unique_identifiers;    // must be readable
    bool extension_twice;
    uint8_t version;
    const char *not_before;  // UTCTime
    const char *serial_hex;  // INTEGER content
    bool other_inner_algorithm;
} Quirks;

#define NO_QUIRKS .version = 2, .not_before = "260101000000Z", .serial_hex = "01"

static void put_algorithm(Writer *writer, Bytes oid, bool null_parameters)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid);
    if (null_parameters) {
        der_put_null(writer);
    }
    der_end(writer, mark);
}

static void put_quirky_extensions(Writer *writer, const Quirks *quirks)
{
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(3));
    size_t extensions = der_begin(writer, DER_SEQUENCE);
    for (int i = 0; i < (quirks->extension_twice ? 2 : 1); i++) {
        size_t extension = der_begin(writer, DER_SEQUENCE);
        der_put_oid(writer, OID_BASIC_CONSTRAINTS);
        if (quirks->explicit_false) {
            der_put_boolean(writer, false);
        }
        der_put(writer, DER_OCTET_STRING,
                quirks->explicit_false ? BYTES_LITERAL("\x30\x03\x01\x01\x00")
                                       : BYTES_LITERAL("\x30\x00"));
        der_end(writer, extension);
    }
    der_end(writer, extensions);
    der_end(writer, wrapper);
}

static void put_quirky_key(Writer *writer, const Quirks *quirks, const Sm2PublicKey *key)
{
    size_t info = der_begin(writer, DER_SEQUENCE);
    size_t algorithm = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, quirks->key_algorithm_is_sm2 ? OID_SM2 : OID_EC_PUBLIC_KEY);
    if (!quirks->key_algorithm_is_sm2) {
        der_put_oid(writer, OID_SM2);
    }
    der_end(writer, algorithm);
    der_put_bit_string(writer, sm2_public_key_bytes(key));
    der_end(writer, info);
}

static void put_quirky_tbs(Writer *writer, const Quirks *quirks, const FixtureIdentity *signer)
{
    size_t tbs = der_begin(writer, DER_SEQUENCE);
    size_t version = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    der_put_u64(writer, quirks->version);
    der_end(writer, version);
    der_put(writer, DER_INTEGER, test_hex(quirks->serial_hex));
    put_algorithm(writer, quirks->other_inner_algorithm ? OID_SM2_SIGN : OID_SM2_WITH_SM3,
                  quirks->null_parameters);
    writer_put(writer, signer->certificate.subject);
    size_t validity = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, DER_UTC_TIME, quirks->not_before);
    der_put_text(writer, DER_UTC_TIME, "361231235959Z");
    der_end(writer, validity);
    writer_put(writer, signer->certificate.subject);
    put_quirky_key(writer, quirks, &signer->certificate.public_key);
    if (quirks->unique_identifiers) {
        der_put(writer, DER_CONTEXT(1), BYTES_LITERAL("\x00\x01"));
        der_put(writer, DER_CONTEXT(2), BYTES_LITERAL("\x00\x02"));
    }
    put_quirky_extensions(writer, quirks);
    der_end(writer, tbs);
}

static void put_quirky(Writer *writer, const Quirks *quirks, const FixtureIdentity *signer)
{
    Error err = {0};
    CLEANUP(writer_free) Writer tbs = writer_new(CERTIFICATE_MAX_SIZE);
    put_quirky_tbs(&tbs, quirks, signer);
    uint8_t signature[SM2_SIGNATURE_DER_MAX];
    size_t len = 0;
    CHECK_OK(signer_sign_der(&signer->signer, writer_bytes(&tbs), signature, &len, &err));
    size_t mark = der_begin(writer, DER_SEQUENCE);
    writer_put(writer, writer_bytes(&tbs));
    put_algorithm(writer, OID_SM2_WITH_SM3, quirks->null_parameters);
    der_put_bit_string(writer, bytes_of(signature, len));
    der_end(writer, mark);
    CHECK(!writer->failed);
}

// Covers: GM/T 0015-2012 annexes C and D.
TEST(what_the_field_writes_is_read)
{
    static const Quirks accepted[] = {
        {NO_QUIRKS},
        {NO_QUIRKS, .null_parameters = true},
        {NO_QUIRKS, .key_algorithm_is_sm2 = true},
        {NO_QUIRKS, .explicit_false = true},
        {NO_QUIRKS, .unique_identifiers = true},
        {.version = 2, .not_before = "260101000000Z", .serial_hex = "00"},
        {.version = 2,
         .not_before = "260101000000Z",
         .serial_hex = "7fffffffffffffffffffffffffffffffffffffff"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
        put_quirky(&der, &accepted[i], &pki.person);
        Certificate certificate;
        CHECK_OK(certificate_parse(writer_bytes(&der), &certificate, &err));
        CHECK(!certificate.is_ca);
        CHECK_OK(certificate_verify_signature(&certificate, &pki.person.certificate, &err));
    }
}

// Covers: RFC 5280 4.1.
TEST(what_no_certificate_may_have_is_refused)
{
    static const Quirks refused[] = {
        {NO_QUIRKS, .extension_twice = true},
        {NO_QUIRKS, .other_inner_algorithm = true},
        {.version = 0, .not_before = "260101000000Z", .serial_hex = "01"},
        {.version = 2, .not_before = "2601010000Z", .serial_hex = "01"},
        {.version = 2, .not_before = "260101000000Z", .serial_hex = "ff"},
        {.version = 2,
         .not_before = "260101000000Z",
         .serial_hex = "010000000000000000000000000000000000000000"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
        put_quirky(&der, &refused[i], &pki.person);
        Certificate certificate;
        CHECK_FAILS_WITH(certificate_parse(writer_bytes(&der), &certificate, &err), ERROR_INPUT,
                         "certificate.malformed");
    }
}

TEST(other_algorithms_are_named_when_they_are_refused)
{
    static const struct {
        const char *file;
        const char *oid;
    } samples[] = {{"ecdsa.pem", "1.2.840.10045.4.3.2"}, {"rsa.pem", "1.2.840.113549.1.1.11"}};
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        Certificate certificate;
        Bytes pem = test_file(arena_format(arena, "src/domain/pki/testdata/%s", samples[i].file));
        CHECK_FAILS_WITH(certificate_load(arena, pem, &certificate, &err), ERROR_INPUT,
                         "certificate.algorithm");
        CHECK(bytes_find(bytes_of_text(err.text), bytes_of_text(samples[i].oid), 0, &(size_t){0}));
    }
}

TEST(a_key_that_is_no_point_of_the_curve_is_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes der = arena_copy(pki.arena, pki.person.certificate.der);
    size_t at = 0;
    CHECK(bytes_find(der, sm2_public_key_bytes(&pki.person.certificate.public_key), 0, &at));
    ((uint8_t *)(uintptr_t)der.data)[at + 40] ^= 1;
    Certificate certificate;
    CHECK_FAILS_WITH(certificate_parse(der, &certificate, &err), ERROR_INPUT, "certificate.key");
}

TEST(pem_and_der_give_the_same_certificate)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer pem = writer_new(CERTIFICATE_MAX_SIZE);
    pem_encode("CERTIFICATE", pki.person.certificate.der, &pem);
    Certificate certificate;
    CHECK_OK(certificate_load(pki.arena, writer_bytes(&pem), &certificate, &err));
    CHECK(certificate_equal(&certificate, &pki.person.certificate));
}

// Covers: RFC 5280 4.1.2.5.
TEST(a_certificate_is_valid_through_its_last_second)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Certificate *person = &pki.person.certificate;
    CHECK(!certificate_is_valid_at(person, person->not_before - 1));
    CHECK(certificate_is_valid_at(person, person->not_before));
    CHECK(certificate_is_valid_at(person, person->not_after + TIME_SECOND - 1));
    CHECK(!certificate_is_valid_at(person, person->not_after + TIME_SECOND));
}

// Covers: GM/T 0015-2012 annex A.
TEST(identify_code_is_found_in_each_form_of_the_field)
{
    static const struct {
        const char *hex;
        const char *number;
    } samples[] = {
        {"a014 1312 393939393939313939303031303130303136", "999999199001010016"},
        {"8012 393939393939313939303031303130303136", "999999199001010016"},
        {"1312 393939393939313939303031303130303136", "999999199001010016"},
        {"a206 1304 45303031", "E001"},
        {"0c01 31", "1"},
        {"a014 0412 393939393939313939303031303130303136", NULL},
        {"3000", NULL},
        {"8012 39", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        Certificate certificate = {.identify_code = test_hex(samples[i].hex)};
        Bytes number = BYTES_EMPTY;
        CHECK(certificate_find_identify_code(&certificate, &number) == (samples[i].number != NULL));
        CHECK(samples[i].number == NULL || bytes_equal_text(number, samples[i].number));
    }
}
