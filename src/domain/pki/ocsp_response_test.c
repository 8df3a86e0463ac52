// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/ocsp_response.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/ocsp_fixture.h"

static Error err;

static bool parses(Bytes der, const void *context)
{
    (void)context;
    OcspResponse response;
    return ocsp_response_parse(der, &response, NULL);
}

static bool parses_and_verifies(Bytes der, const void *issuer)
{
    OcspResponse response;
    return ocsp_response_parse(der, &response, NULL) &&
           ocsp_response_verify(&response, issuer, NULL, NULL, NULL);
}

typedef struct {
    FixturePki pki;
    FixtureIdentity responder;
} World;

static void world_free(World *world)
{
    fixture_identity_free(&world->responder);
    fixture_pki_free(&world->pki);
}

static void world_make(World *world)
{
    CHECK_OK(fixture_pki_make(&world->pki, &err));
    CHECK_OK(fixture_responder(&world->pki, &world->pki.ca, &world->responder, &err));
}

static OcspResponse respond(const World *world, const FixtureIdentity *responder,
                            const OcspAnswer *answers, size_t count)
{
    Bytes der;
    OcspResponse response;
    CHECK_OK(fixture_ocsp_response(world->pki.arena, responder, answers, count, &der, &err));
    CHECK_OK(ocsp_response_parse(der, &response, &err));
    return response;
}

static OcspAnswer suspended(const World *world, Bytes serial)
{
    OcspAnswer answer = fixture_ocsp_answer(&world->pki, serial);
    answer.status = OCSP_REVOKED;
    answer.revoked_at = FIXTURE_NOW - 2 * TIME_HOUR;
    answer.reason = REASON_CERTIFICATE_HOLD;
    return answer;
}

// Covers: RFC 6960 4.2.
TEST(a_response_says_of_each_certificate_what_was_put_in)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer answers[] = {fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03")),
                            suspended(&world, BYTES_LITERAL("\x04")),
                            suspended(&world, BYTES_LITERAL("\x05")),
                            fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x06"))};
    answers[2].reason = REASON_UNSPECIFIED;
    answers[2].next_update = 0;
    answers[3].status = OCSP_UNKNOWN;
    answers[3].archive_cutoff = FIXTURE_NOW - 100 * TIME_DAY;
    OcspResponse response = respond(&world, &world.responder, answers, COUNT_OF(answers));
    CHECK_INT(response.status, OCSP_SUCCESSFUL);
    CHECK_INT(response.produced_at, FIXTURE_NOW - TIME_HOUR);
    CHECK_INT(response.answer_count, COUNT_OF(answers));
    uint8_t identifier[KEY_IDENTIFIER_SIZE];
    CHECK_OK(key_identifier(&world.responder.certificate.public_key, identifier, &err));
    CHECK_BYTES(response.responder_key, BYTES_OF_ARRAY(identifier));
    size_t position = 0;
    OcspAnswer found;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        CHECK(ocsp_response_next(&response, &position, &found));
        CHECK_BYTES(found.id.der, answers[i].id.der);
        CHECK_INT(found.status, answers[i].status);
        CHECK_INT(found.revoked_at, answers[i].revoked_at);
        CHECK_INT(found.reason, answers[i].reason);
        CHECK_INT(found.this_update, answers[i].this_update);
        CHECK_INT(found.next_update, answers[i].next_update);
        CHECK_INT(found.archive_cutoff, answers[i].archive_cutoff);
    }
    CHECK(!ocsp_response_next(&response, &position, &found));
    CHECK_OK(ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err));
}

// Covers: RFC 6960 4.2.1.
TEST(error_responses_have_a_status_and_nothing_else)
{
    static const struct {
        OcspResponseStatus status;
        const char *der, *name;
    } rows[] = {
        {OCSP_MALFORMED_REQUEST, "30030a0101", "malformedRequest"},
        {OCSP_INTERNAL_ERROR, "30030a0102", "internalError"},
        {OCSP_TRY_LATER, "30030a0103", "tryLater"},
        {OCSP_SIGNATURE_REQUIRED, "30030a0105", "sigRequired"},
        {OCSP_UNAUTHORIZED, "30030a0106", "unauthorized"},
    };
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer der = writer_new(64);
        OcspResponse response;
        ocsp_error_encode(rows[i].status, &der);
        CHECK_BYTES(writer_bytes(&der), test_hex(rows[i].der));
        CHECK_OK(ocsp_response_parse(writer_bytes(&der), &response, &err));
        CHECK_INT(response.status, rows[i].status);
        CHECK_TEXT(ocsp_response_status_name(response.status), rows[i].name);
        CHECK_FAILS_WITH(
            ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err),
            ERROR_UNTRUSTED, "ocsp.status");
    }
    // Success without an answer, an error with something after it, numbers that mean nothing.
    static const char *const bad[] = {"30030a0100", "30050a01010500", "30030a0104",
                                      "30030a0107", "30040a020001",   "3000"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!parses(test_hex(bad[i]), NULL));
    }
}

TEST(damaged_responses_are_refused)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer answer = suspended(&world, BYTES_LITERAL("\x03"));
    OcspResponse response = respond(&world, &world.responder, &answer, 1);
    const Certificate *issuer = &world.pki.ca.certificate;
    CHECK(parses_and_verifies(response.der, issuer));
    CHECK_INT(mutation_truncations(response.der, parses, NULL), 0);
    CHECK_INT(mutation_bit_flips(response.der, 1, parses_and_verifies, issuer), 0);
}

// Covers: RFC 6960 4.2.2.2.
TEST(the_issuer_answers_and_whom_it_delegates)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    const Certificate *issuer = &world.pki.ca.certificate;
    Certificate responder;
    OcspResponse response = respond(&world, &world.pki.ca, &answer, 1);
    CHECK_OK(ocsp_response_verify(&response, issuer, NULL, &responder, &err));
    CHECK(certificate_equal(&responder, issuer));
    response = respond(&world, &world.responder, &answer, 1);
    CHECK_OK(ocsp_response_verify(&response, issuer, NULL, &responder, &err));
    CHECK(certificate_equal(&responder, &world.responder.certificate));
    // The root above the issuer, and a certificate of the issuer that is for something else.
    const FixtureIdentity *const others[] = {&world.pki.root, &world.pki.person,
                                             &world.pki.timestamp};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        response = respond(&world, others[i], &answer, 1);
        CHECK_FAILS_WITH(ocsp_response_verify(&response, issuer, NULL, NULL, &err), ERROR_UNTRUSTED,
                         "ocsp.responder");
    }
}

// Covers: RFC 6960 4.2.2.2.
TEST(a_delegate_of_another_issuer_answers_nothing)
{
    CLEANUP(world_free) World world = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity of_root = {0}, of_person = {0};
    world_make(&world);
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    CHECK_OK(fixture_responder(&world.pki, &world.pki.root, &of_root, &err));
    OcspResponse response = respond(&world, &of_root, &answer, 1);
    CHECK_FAILS_WITH(ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err),
                     ERROR_UNTRUSTED, "ocsp.responder");
    // A certificate that names the issuer but was signed with a key of somebody else's.
    FixtureIdentity false_ca = world.pki.person;
    false_ca.certificate = world.pki.ca.certificate;
    false_ca.certificate.public_key = world.pki.person.certificate.public_key;
    CHECK_OK(fixture_responder(&world.pki, &false_ca, &of_person, &err));
    response = respond(&world, &of_person, &answer, 1);
    CHECK_FAILS_WITH(ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err),
                     ERROR_UNTRUSTED, "ocsp.responder");
}

TEST(a_delegate_answers_only_while_its_certificate_is_valid)
{
    CLEANUP(world_free) World world = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity expired = {0};
    world_make(&world);
    CertificateTemplate template =
        fixture_template(PROFILE_OCSP, BYTES_LITERAL("\x21"), &world.pki.ca);
    template.not_after = FIXTURE_NOW - TIME_DAY;
    CHECK_OK(fixture_issue(world.pki.arena, template, "Old OCSP", &world.pki.ca, &expired, &err));
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    OcspResponse response = respond(&world, &expired, &answer, 1);
    CHECK_FAILS_WITH(ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err),
                     ERROR_UNTRUSTED, "ocsp.responder");
    answer.this_update = FIXTURE_NOW - 2 * TIME_DAY;
    response = respond(&world, &expired, &answer, 1);
    CHECK_OK(ocsp_response_verify(&response, &world.pki.ca.certificate, NULL, NULL, &err));
}

TEST(a_responder_that_did_not_come_along_is_looked_up)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    const OcspResponseTemplate template = {.responder = &world.responder.certificate,
                                           .omits_certificate = true,
                                           .produced_at = FIXTURE_NOW,
                                           .answers = &answer,
                                           .answer_count = 1,
                                           .nonce = BYTES_LITERAL("n")};
    CLEANUP(writer_free) Writer der = writer_new(OCSP_RESPONSE_MAX_SIZE);
    OcspResponse response;
    CHECK_OK(ocsp_response_build(&template, &world.responder.signer, &der, &err));
    CHECK_OK(ocsp_response_parse(writer_bytes(&der), &response, &err));
    CHECK_INT(response.certificates.len, 0);
    CHECK_BYTES(response.nonce, BYTES_LITERAL("n"));
    const Certificate *issuer = &world.pki.ca.certificate;
    CHECK_FAILS_WITH(ocsp_response_verify(&response, issuer, world.pki.trust, NULL, &err),
                     ERROR_UNTRUSTED, "ocsp.responder");
    CHECK_OK(trust_store_add_certificates(world.pki.trust, world.responder.certificate.der, &err));
    CHECK_OK(ocsp_response_verify(&response, issuer, world.pki.trust, NULL, &err));
    response.unknown_critical = OID_SM3;
    CHECK_FAILS_WITH(ocsp_response_verify(&response, issuer, world.pki.trust, NULL, &err),
                     ERROR_UNTRUSTED, "ocsp.critical_extension");
}

// Covers: RFC 6960 3.2; RFC 9654 2.1.
TEST(a_response_answers_a_request_with_its_nonce_and_every_certificate)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    Arena *arena = world.pki.arena;
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    OcspResponse response = respond(&world, &world.responder, &answer, 1);
    const Bytes ids[] = {answer.id.der, fixture_ocsp_id(arena, &world.pki.ca.certificate,
                                                        OCSP_HASH_SM3, BYTES_LITERAL("\x04"))};
    const struct {
        size_t count;
        Bytes nonce;
        const char *code;
    } rows[] = {{1, BYTES_EMPTY, NULL},
                {2, BYTES_EMPTY, "ocsp.certificate"},
                {1, BYTES_LITERAL("mine"), "ocsp.nonce"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer der = writer_new(OCSP_REQUEST_MAX_SIZE);
        OcspRequest request;
        ocsp_request_encode(ids, rows[i].count, rows[i].nonce, &der);
        CHECK_OK(ocsp_request_parse(writer_bytes(&der), &request, &err));
        if (rows[i].code == NULL) {
            CHECK_OK(ocsp_response_match(&response, &request, &err));
        } else {
            CHECK_FAILS_WITH(ocsp_response_match(&response, &request, &err), ERROR_UNTRUSTED,
                             rows[i].code);
        }
    }
}

// Covers: RFC 6960 3.2, 4.2.2.1.
TEST(an_answer_speaks_for_the_time_between_its_updates)
{
    OcspAnswer answer = {.this_update = 100 * TIME_DAY, .next_update = 107 * TIME_DAY};
    CHECK(!ocsp_answer_is_current(&answer, 100 * TIME_DAY - 1));
    CHECK(ocsp_answer_is_current(&answer, 100 * TIME_DAY));
    CHECK(ocsp_answer_is_current(&answer, 107 * TIME_DAY));
    CHECK(!ocsp_answer_is_current(&answer, 107 * TIME_DAY + 1));
    answer.next_update = 0;
    CHECK(ocsp_answer_is_current(&answer, 100 * TIME_DAY + OCSP_AGE_MAX));
    CHECK(!ocsp_answer_is_current(&answer, 100 * TIME_DAY + OCSP_AGE_MAX + 1));
}

TEST(contradictory_templates_are_refused)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer answer = fixture_ocsp_answer(&world.pki, BYTES_LITERAL("\x03"));
    OcspResponseTemplate template = {.responder = &world.responder.certificate, .answers = &answer};
    CLEANUP(writer_free) Writer der = writer_new(OCSP_RESPONSE_MAX_SIZE);
    CHECK_FAILS_WITH(ocsp_response_build(&template, &world.responder.signer, &der, &err),
                     ERROR_INPUT, "ocsp_template.answers");
    template.answer_count = 1;
    CHECK_FAILS_WITH(ocsp_response_build(&template, &world.pki.ca.signer, &der, &err), ERROR_INPUT,
                     "ocsp_template.signer");
    answer.next_update = answer.this_update - TIME_SECOND;
    CHECK_FAILS_WITH(ocsp_response_build(&template, &world.responder.signer, &der, &err),
                     ERROR_INPUT, "ocsp_template.times");
}
