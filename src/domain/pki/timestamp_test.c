// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/timestamp.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

#define POLICY BYTES_LITERAL("\x2a\x03\x04\x05")

static TimestampRequest request_of(const char *text)
{
    Sm3Digest digest = sm3_digest(bytes_of_text(text));
    TimestampRequest request = timestamp_request_over(&digest, true);
    request.nonce = BYTES_LITERAL("\x00\x91\x02\x03\x04\x05\x06\x07");
    return request;
}

static const Sm3Digest *digest_of(const TimestampRequest *request)
{
    static Sm3Digest digest;
    memcpy(digest.bytes, request->imprint.octets, SM3_SIZE);
    return &digest;
}

static Bytes token_of(const FixturePki *pki, const TimestampRequest *request, Time time)
{
    Error err = {0};
    const TimestampTemplate template = {.request = request,
                                        .policy = POLICY,
                                        .serial = BYTES_LITERAL("\x01\x02"),
                                        .time = time,
                                        .accuracy_ms = 1500,
                                        .tsa = &pki->timestamp.certificate};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &pki->timestamp.signer, &der, &err));
    return arena_copy(pki->arena, writer_bytes(&der));
}

// Covers: RFC 3161 2.4.1.
TEST(request_survives_the_round_trip)
{
    Error err = {0};
    TimestampRequest request = request_of("signature");
    request.policy = POLICY;
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_request_encode(&request, &der);
    TimestampRequest parsed;
    CHECK_OK(timestamp_request_parse(writer_bytes(&der), &parsed, &err));
    CHECK(timestamp_imprint_equal(&parsed.imprint, &request.imprint));
    CHECK_BYTES(parsed.policy, POLICY);
    CHECK_BYTES(parsed.nonce, request.nonce);
    CHECK(parsed.wants_certificate);
}

// Covers: RFC 3161 2.4.1, 2.4.2.
TEST(an_imprint_of_common_clients_comes_back_as_it_was_asked_for)
{
    static const struct {
        const char *algorithm;
        size_t size;
        const char *name;
    } rows[] = {
        {"300a 06082a811ccf55018311", 32, "SM3"},
        {"300c 06082a811ccf55018311 0500", 32, "SM3"},
        {"300b 0609608648016503040201", 32, "SHA-256"},
        {"300d 0609608648016503040201 0500", 32, "SHA-256"},
        {"300d 0609608648016503040202 0500", 48, "SHA-384"},
        {"300d 0609608648016503040203 0500", 64, "SHA-512"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t digest[IMPRINT_MAX_SIZE];
        memset(digest, (int)i + 1, sizeof digest);
        CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
        size_t whole = der_begin(&der, DER_SEQUENCE);
        der_put_u64(&der, 1);
        size_t start = der.len;
        size_t imprint = der_begin(&der, DER_SEQUENCE);
        writer_put(&der, test_hex(rows[i].algorithm));
        der_put(&der, DER_OCTET_STRING, bytes_of(digest, rows[i].size));
        der_end(&der, imprint);
        Bytes wanted = arena_copy(pki.arena, bytes_from(writer_bytes(&der), start));
        der_end(&der, whole);
        TimestampRequest request;
        CHECK_OK(timestamp_request_parse(writer_bytes(&der), &request, &err));
        CHECK_TEXT(timestamp_imprint_name(request.imprint.algorithm), rows[i].name);
        CHECK_BYTES(timestamp_imprint_bytes(&request.imprint), bytes_of(digest, rows[i].size));
        TimestampToken token;
        CHECK_OK(timestamp_token_parse(token_of(&pki, &request, FIXTURE_NOW), &token, &err));
        CHECK_OK(timestamp_token_match(&token, &request, &err));
        CHECK(bytes_find(token.signed_data.content, wanted, 0, &start));
    }
}

TEST(the_same_octets_under_another_algorithm_are_another_imprint)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature"), other = request;
    other.imprint.algorithm = IMPRINT_SHA256;
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(token_of(&pki, &other, FIXTURE_NOW), &token, &err));
    CHECK_FAILS_WITH(timestamp_token_match(&token, &request, &err), ERROR_UNTRUSTED,
                     "timestamp.imprint");
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&request), pki.trust,
                                            REVOCATION_REQUIRED, NULL, &err),
                     ERROR_UNTRUSTED, "timestamp.imprint");
}

// Covers: RFC 3161 2.4.2.
TEST(requests_that_cannot_be_answered_name_the_failure)
{
    static const struct {
        const char *hex;
        TimestampFailure failure;
    } rows[] = {
        {"", TIMESTAMP_BAD_DATA_FORMAT},
        {"3005 020101 3000", TIMESTAMP_BAD_DATA_FORMAT},
        // version 2
        {"3033 020102 302e 300a 06082a811ccf55018311 0420"
         "0000000000000000000000000000000000000000000000000000000000000000",
         TIMESTAMP_BAD_REQUEST},
        // SHA-1, MD5, SHA-224, SM3 with parameters
        {"3026 020101 3021 3009 06052b0e03021a 0500 0414 0000000000000000000000000000000000000000",
         TIMESTAMP_BAD_ALGORITHM},
        {"3025 020101 3020 300c 06082a864886f70d0205 0500 0410 00000000000000000000000000000000",
         TIMESTAMP_BAD_ALGORITHM},
        {"3032 020101 302d 300d 0609608648016503040204 0500 041c"
         "00000000000000000000000000000000000000000000000000000000",
         TIMESTAMP_BAD_ALGORITHM},
        {"3036 020101 3031 300d 06082a811ccf55018311 020105 0420"
         "0000000000000000000000000000000000000000000000000000000000000000",
         TIMESTAMP_BAD_ALGORITHM},
        // SHA-512 with 32 octets
        {"3036 020101 3031 300d 0609608648016503040203 0500 0420"
         "0000000000000000000000000000000000000000000000000000000000000000",
         TIMESTAMP_BAD_DATA_FORMAT},
        // SM3 with 31 octets
        {"3032 020101 302d 300a 06082a811ccf55018311 041f"
         "00000000000000000000000000000000000000000000000000000000000000",
         TIMESTAMP_BAD_DATA_FORMAT},
        // an extension
        {"3040 020101 302e 300a 06082a811ccf55018311 0420"
         "0000000000000000000000000000000000000000000000000000000000000000"
         "a00b 3009 0603 2a0304 0402 0500",
         TIMESTAMP_UNACCEPTED_EXTENSION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        TimestampRequest request;
        CHECK_FAILS(timestamp_request_parse(test_hex(rows[i].hex), &request, &err), ERROR_INPUT);
        CHECK_INT(timestamp_failure_of(&err), rows[i].failure);
        CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
        timestamp_rejection_encode(rows[i].failure, &der);
        TimestampResponse response;
        CHECK_OK(timestamp_response_parse(writer_bytes(&der), &response, &err));
        CHECK_INT(response.status, TIMESTAMP_REJECTION);
        CHECK_INT(response.failures, 1 << rows[i].failure);
        CHECK_INT(response.token.len, 0);
        TimestampToken token;
        CHECK_FAILS_WITH(timestamp_token_parse(writer_bytes(&der), &token, &err), ERROR_INPUT,
                         "timestamp.malformed");
    }
}

// Covers: RFC 3161 2.4.2; GB/T 20520.
TEST(token_says_what_was_stamped_and_when)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    Bytes der = token_of(&pki, &request, FIXTURE_NOW + 123456);
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(der, &token, &err));
    CHECK_INT(token.version, 1);
    CHECK_INT(token.time, FIXTURE_NOW + 123456);
    CHECK_INT(token.accuracy_us, 1500000);
    CHECK_BYTES(token.policy, POLICY);
    CHECK_BYTES(token.serial, test_hex("0102"));
    CHECK_OK(timestamp_token_match(&token, &request, &err));
    CHECK_OK(timestamp_token_verify(&token, digest_of(&request), pki.trust, REVOCATION_REQUIRED,
                                    NULL, &err));
    CLEANUP(writer_free) Writer response = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_response_encode(der, &response);
    CHECK_OK(timestamp_token_parse(writer_bytes(&response), &token, &err));
    CHECK_BYTES(token.der, der);
    Verdict verdict = verdict_new(pki.arena);
    CHECK(timestamp_token_check(&token, digest_of(&request), pki.trust, REVOCATION_REQUIRED, NULL,
                                &verdict));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        CHECK(strcmp(verdict_chinese(check), check->detail) != 0);
    }
}

TEST(token_of_a_vendor_with_outer_type_of_gm_is_read)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    // The same TSTInfo, wrapped by a GM/T 0010 signer as plain data.
    TimestampRequest request = request_of("signature");
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(token_of(&pki, &request, FIXTURE_NOW), &token, &err));
    const SignedDataTemplate template = {.dialect = SIGNED_DATA_GM,
                                         .content = token.signed_data.content,
                                         .has_attributes = true,
                                         .signer = &pki.timestamp.certificate};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(signed_data_build(&template, &pki.timestamp.signer, &der, &err));
    CHECK_OK(timestamp_token_parse(writer_bytes(&der), &token, &err));
    CHECK_OK(timestamp_token_verify(&token, digest_of(&request), pki.trust, REVOCATION_REQUIRED,
                                    NULL, &err));
}

TEST(token_without_certificate_needs_the_known_one)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    request.wants_certificate = false;
    request.nonce = BYTES_EMPTY;
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(token_of(&pki, &request, FIXTURE_NOW), &token, &err));
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&request), pki.trust,
                                            REVOCATION_REQUIRED, NULL, &err),
                     ERROR_UNTRUSTED, "timestamp.certificate");
    CHECK_OK(timestamp_token_verify(&token, digest_of(&request), pki.trust, REVOCATION_REQUIRED,
                                    &pki.timestamp.certificate, &err));
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&request), pki.trust,
                                            REVOCATION_REQUIRED, &pki.person.certificate, &err),
                     ERROR_UNTRUSTED, "timestamp.signature");
}

TEST(token_for_something_else_is_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(token_of(&pki, &request, FIXTURE_NOW), &token, &err));
    TimestampRequest other = request_of("another signature");
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&other), pki.trust,
                                            REVOCATION_REQUIRED, NULL, &err),
                     ERROR_UNTRUSTED, "timestamp.imprint");
    CHECK_FAILS_WITH(timestamp_token_match(&token, &other, &err), ERROR_UNTRUSTED,
                     "timestamp.imprint");
    other = request;
    other.nonce = BYTES_LITERAL("\x01");
    CHECK_FAILS_WITH(timestamp_token_match(&token, &other, &err), ERROR_UNTRUSTED,
                     "timestamp.nonce");
    other = request;
    other.policy = BYTES_LITERAL("\x2a\x03");
    CHECK_FAILS_WITH(timestamp_token_match(&token, &other, &err), ERROR_UNTRUSTED,
                     "timestamp.policy");
    const TimestampTemplate template = {.request = &other,
                                        .policy = POLICY,
                                        .serial = BYTES_LITERAL("\x01"),
                                        .time = FIXTURE_NOW,
                                        .tsa = &pki.timestamp.certificate};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_FAILS_WITH(timestamp_token_build(&template, &pki.timestamp.signer, &der, &err),
                     ERROR_INPUT, "timestamp.policy");
    CHECK_INT(timestamp_failure_of(&err), TIMESTAMP_UNACCEPTED_POLICY);
}

// Covers: RFC 3161 2.3.
TEST(only_a_certificate_for_time_stamps_stamps)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    const TimestampTemplate template = {.request = &request,
                                        .policy = POLICY,
                                        .serial = BYTES_LITERAL("\x01"),
                                        .time = FIXTURE_NOW,
                                        .tsa = &pki.component.certificate};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &pki.component.signer, &der, &err));
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(writer_bytes(&der), &token, &err));
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&request), pki.trust,
                                            REVOCATION_REQUIRED, NULL, &err),
                     ERROR_UNTRUSTED, "path.extended_key_usage");
    Verdict verdict = verdict_new(pki.arena);
    CHECK(!timestamp_token_check(&token, digest_of(&request), pki.trust, REVOCATION_REQUIRED, NULL,
                                 &verdict));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
}

TEST(the_stamp_is_judged_at_its_own_time)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    TimestampToken token;
    Bytes der = token_of(&pki, &request, FIXTURE_NOW + 5000 * TIME_DAY);
    CHECK_OK(timestamp_token_parse(der, &token, &err));
    CHECK_FAILS_WITH(timestamp_token_verify(&token, digest_of(&request), pki.trust,
                                            REVOCATION_NOT_NEEDED, NULL, &err),
                     ERROR_UNTRUSTED, "path.validity");
}

typedef struct {
    const FixturePki *pki;
    const TimestampRequest *request;
} StampContext;

static bool parses(Bytes der, const void *context)
{
    (void)context;
    TimestampToken token;
    return timestamp_token_parse(der, &token, NULL);
}

static bool verifies(Bytes der, const void *context)
{
    const StampContext *stamp = context;
    TimestampToken token;
    return timestamp_token_parse(der, &token, NULL) && token.time == FIXTURE_NOW &&
           timestamp_token_verify(&token, digest_of(stamp->request), stamp->pki->trust,
                                  REVOCATION_REQUIRED, &stamp->pki->timestamp.certificate, NULL);
}

TEST(damaged_tokens_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    request.wants_certificate = false;
    Bytes der = token_of(&pki, &request, FIXTURE_NOW);
    const StampContext context = {&pki, &request};
    CHECK(verifies(der, &context));
    CHECK_INT(mutation_truncations(der, parses, NULL), 0);
    // What is accepted differs only in the unsigned version numbers and digestAlgorithms.
    CHECK(mutation_bit_flips(der, 1, verifies, &context) <= 80);
}

TEST(malformed_contents_of_a_token_are_refused)
{
    static const struct {
        const char *find;
        const char *put;
    } rows[] = {
        {"020101 0604 2a030405", "020103 0604 2a030405"},                      // version 3
        {"32303236313132353038303030305a", "32303236313332353038303030305a"},  // month 13
        {"020101 8002 01f4", "020101 8002 03e8"},                              // 1000 milliseconds
        {"020101 8002 01f4", "020101 8102 0000"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TimestampRequest request = request_of("signature");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes der = token_of(&pki, &request, FIXTURE_NOW);
        Bytes find = test_hex(rows[i].find);
        size_t at = 0;
        CHECK(bytes_find(der, find, 0, &at));
        memcpy((uint8_t *)(uintptr_t)der.data + at, test_hex(rows[i].put).data, find.len);
        TimestampToken token;
        CHECK_FAILS_WITH(timestamp_token_parse(der, &token, &err), ERROR_INPUT,
                         "timestamp.malformed");
    }
}

TEST(sm3_under_the_name_of_a_content_type_is_known_and_told)
{
    Bytes der = test_hex(
        "302f300b 06092a811ccf5506010402 0420"
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    Reader reader = reader_of(der);
    TimestampImprint imprint = timestamp_imprint_read(&reader), made;
    Error err = {0};
    CHECK(reader_done(&reader));
    CHECK_INT(imprint.algorithm, IMPRINT_SM3);
    CHECK(imprint.is_misnamed);
    CHECK_OK(timestamp_imprint_make(IMPRINT_SM3, BYTES_LITERAL("abc"), &made, &err));
    CHECK(!made.is_misnamed && timestamp_imprint_equal(&imprint, &made));
    CHECK_FAILS_WITH(timestamp_imprint_make(IMPRINT_UNKNOWN, BYTES_LITERAL("abc"), &made, &err),
                     ERROR_INPUT, "timestamp.algorithm");
}
