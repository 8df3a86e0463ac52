// SPDX-License-Identifier: Apache-2.0
#include "component/port/message.h"
#include "base/test/test.h"
#include "component/port/certification.h"
#include "component/port/holder.h"
#include "component/port/registration.h"

static const RegistrationRequest sample_request = {
    .request_id = "a-1",
    .authorization_id = "11111111-2222-4333-8444-555555555555",
    .decision = {(const uint8_t *)"{\"a\":1}", 7},
    .csr = {(const uint8_t *)"csr", 3},
    .holder_name = "张三",
    .holder_salt = "00ff",
    .holder_index = "aa55",
    .notice_id = "certificate_application",
    .notice_version = "1",
    .notice_digest = {{1, 2, 3}},
    .notice_acknowledged_at = 1764057600 * TIME_SECOND,
    .storage = STORAGE_TERMINAL,
    .scenario = {{9}},
};

static Bytes text_of(Arena *arena, json_t *json)
{
    Error err = {0};
    Bytes text = BYTES_EMPTY;
    CHECK_OK(json_text(arena, json, &text, &err));
    json_decref(json);
    return text;
}

// Covers: JR/T 0299-2024 4 a (M1).
TEST(registration_request_survives_encoding_and_parsing)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    RegistrationRequest parsed;
    Bytes text = text_of(arena, registration_request_to_json(&sample_request));
    CHECK_OK(registration_request_parse(text, arena, &parsed, &err));
    CHECK_BYTES(text_of(arena, registration_request_to_json(&parsed)), text);
}

TEST(registration_request_with_an_unknown_storage_or_field_is_refused)
{
    Error err;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    RegistrationRequest parsed, other = sample_request;
    other.storage = "cloud";
    Bytes text = text_of(arena, registration_request_to_json(&other));
    CHECK_FAILS(registration_request_parse(text, arena, &parsed, &err), ERROR_INPUT);
    json_t *json = registration_request_to_json(&sample_request);
    json_put_text(json, "extra", "x");
    text = text_of(arena, json);
    CHECK_FAILS(registration_request_parse(text, arena, &parsed, &err), ERROR_INPUT);
}

TEST(every_truncated_registration_request_is_refused)
{
    Error err;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = text_of(arena, registration_request_to_json(&sample_request));
    for (size_t len = 0; len < text.len; len++) {
        RegistrationRequest parsed;
        CHECK_FAILS(registration_request_parse(bytes_slice(text, 0, len), arena, &parsed, &err),
                    ERROR_INPUT);
    }
}

// Covers: JR/T 0299-2024 4 c (M3).
TEST(certification_result_survives_encoding_and_parsing)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CertificationResult result = {.request_id = "r",
                                  .certificate = BYTES_LITERAL("c"),
                                  .chain = {BYTES_LITERAL("i")},
                                  .chain_count = 1,
                                  .profile = "scenario",
                                  .policy_oid = "1.2.3",
                                  .cps_uri = "https://ca.example/cps",
                                  .cps_version = "1.0",
                                  .issued_at = 1764057600 * TIME_SECOND};
    CertificationResult parsed;
    Bytes text = text_of(arena, certification_result_to_json(&result));
    CHECK_OK(certification_result_parse(text, arena, &parsed, &err));
    CHECK_BYTES(text_of(arena, certification_result_to_json(&parsed)), text);
}

static Bytes written(Arena *arena, const CertificationResult *result)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(MESSAGE_STATEMENT_SIZE);
    CHECK_OK(certification_result_write(result, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

TEST(a_receipt_put_into_the_text_of_a_result_gives_the_text_of_a_result_with_it)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    // What a text holds is never taken for the place.
    CertificationResult result = {.request_id = "\",\"issued_at\":",
                                  .certificate = BYTES_LITERAL("c"),
                                  .profile = "scenario",
                                  .policy_oid = "1.2.3",
                                  .cps_uri = "https://ca.example/,\"issued_at\":",
                                  .cps_version = "1.0",
                                  .encryption_certificate = BYTES_LITERAL("e")};
    Bytes draft = text_of(arena, certification_result_to_json(&result));
    Bytes text;
    result.receipt = BYTES_LITERAL("assent.receipt/1\nentry");
    result.salt = (Sm3Digest){{7}};
    CHECK_OK(
        certification_result_add_receipt(draft, result.receipt, &result.salt, arena, &text, &err));
    CHECK_BYTES(text, text_of(arena, certification_result_to_json(&result)));
    CHECK_BYTES(written(arena, &result), text);
    result.receipt = BYTES_EMPTY;
    result.encryption_certificate = BYTES_EMPTY;
    result.chain[0] = BYTES_LITERAL("i");
    result.chain[1] = BYTES_LITERAL("j");
    for (result.chain_count = 0; result.chain_count <= 2; result.chain_count++) {
        CHECK_BYTES(written(arena, &result), text_of(arena, certification_result_to_json(&result)));
    }
    result.receipt = BYTES_LITERAL("assent.receipt/1\nentry");
    CHECK_FAILS_WITH(certification_result_add_receipt(BYTES_LITERAL("{}"), result.receipt,
                                                      &result.salt, arena, &text, &err),
                     ERROR_INTERNAL, "certification.draft");
    CHECK_FAILS_WITH(
        certification_result_add_receipt(draft, BYTES_EMPTY, &result.salt, arena, &text, &err),
        ERROR_INTERNAL, "certification.draft");
}

TEST(a_result_keeps_the_receipt_of_its_issue_and_an_empty_one_is_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CertificationResult result = {.request_id = "r",
                                  .certificate = BYTES_LITERAL("c"),
                                  .profile = "scenario",
                                  .policy_oid = "1.2.3",
                                  .cps_uri = "https://ca.example/cps",
                                  .cps_version = "1.0",
                                  .receipt = BYTES_LITERAL("receipt"),
                                  .salt = {{7}}};
    CertificationResult parsed;
    Bytes text = text_of(arena, certification_result_to_json(&result));
    CHECK_OK(certification_result_parse(text, arena, &parsed, &err));
    CHECK_BYTES(parsed.receipt, result.receipt);
    CHECK(sm3_digest_equal(&parsed.salt, &result.salt));
    json_t *json = certification_result_to_json(&result);
    json_put_text(json_object_get(json, "issuance"), "receipt", "");
    CHECK_FAILS(certification_result_parse(text_of(arena, json), arena, &parsed, &err),
                ERROR_INPUT);
}

TEST(a_request_names_a_whole_secret_or_none)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static const uint8_t secret[32] = {1};
    CertificationRequest request = {.request_id = "r",
                                    .profile = "scenario",
                                    .csr = BYTES_LITERAL("csr"),
                                    .common_name = "张三",
                                    .serial_number = "aa55",
                                    .holder_secret = BYTES_OF_ARRAY(secret)};
    CertificationRequest parsed;
    Bytes text = text_of(arena, certification_request_to_json(&request));
    CHECK_OK(certification_request_parse(text, arena, &parsed, &err));
    CHECK_BYTES(parsed.holder_secret, request.holder_secret);
    request.holder_secret = bytes_slice(request.holder_secret, 0, 31);
    text = text_of(arena, certification_request_to_json(&request));
    CHECK_FAILS(certification_request_parse(text, arena, &parsed, &err), ERROR_INPUT);
    request.holder_secret = BYTES_EMPTY;
    text = text_of(arena, certification_request_to_json(&request));
    CHECK_OK(certification_request_parse(text, arena, &parsed, &err));
    CHECK_INT(parsed.holder_secret.len, 0);
}

TEST(what_is_asked_of_a_holders_certificates_survives_encoding_and_only_whole)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static const uint8_t secret[32] = {3};
    HolderIssuance issuance = {7, "0A1B", "registration-1", "authorization-1"};
    HolderIssuances list = {BYTES_OF_ARRAY(secret), &issuance, 1}, parsed_list;
    HolderObjection objection = {"o-1", "aa55", 7, BYTES_LITERAL("receipt")}, parsed_objection;
    Bytes text = text_of(arena, holder_issuances_to_json(&list));
    CHECK_OK(holder_issuances_parse(text, arena, &parsed_list, &err));
    CHECK_BYTES(text_of(arena, holder_issuances_to_json(&parsed_list)), text);
    for (size_t len = 0; len < text.len; len++) {
        CHECK_FAILS(holder_issuances_parse(bytes_slice(text, 0, len), arena, &parsed_list, &err),
                    ERROR_INPUT);
    }
    text = text_of(arena, holder_objection_to_json(&objection));
    CHECK_OK(holder_objection_parse(text, arena, &parsed_objection, &err));
    CHECK_BYTES(text_of(arena, holder_objection_to_json(&parsed_objection)), text);
    for (size_t len = 0; len < text.len; len++) {
        CHECK_FAILS(
            holder_objection_parse(bytes_slice(text, 0, len), arena, &parsed_objection, &err),
            ERROR_INPUT);
    }
}

// Covers: JR/T 0299-2024 6.5.
TEST(changes_of_status_and_handovers_survive_encoding_and_parsing)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const CertificationRevocation revocation = {.serial_hex = "0A",
                                                .reason = 8,
                                                .request_id = "r",
                                                .justification = "j",
                                                .requester = "holder",
                                                .incident = "closed",
                                                .evidence = BYTES_LITERAL("decision")};
    const CertificationHandover handover = {.serial_hex = "0A",
                                            .request_id = "r",
                                            .delivered_at = 1764057600 * TIME_SECOND,
                                            .accepted_at = 1764057601 * TIME_SECOND,
                                            .manner = "first_use"};
    const RegistrationStatusChange change = {.registration_id = "a",
                                             .request_id = "r",
                                             .reason = 8,
                                             .justification = "j",
                                             .decision = BYTES_LITERAL("decision"),
                                             .holder_salt = "00",
                                             .requester = "holder",
                                             .incident = "closed",
                                             .evidence = BYTES_LITERAL("e"),
                                             .identified_in = "b",
                                             .holder_index = "aa"};
    CertificationRevocation revoked;
    CertificationHandover handed;
    RegistrationStatusChange changed;
    Bytes text = text_of(arena, certification_revocation_to_json(&revocation));
    CHECK_OK(certification_revocation_parse(text, arena, &revoked, &err));
    CHECK_BYTES(text_of(arena, certification_revocation_to_json(&revoked)), text);
    text = text_of(arena, certification_handover_to_json(&handover));
    CHECK_OK(certification_handover_parse(text, arena, &handed, &err));
    CHECK_BYTES(text_of(arena, certification_handover_to_json(&handed)), text);
    text = text_of(arena, registration_status_to_json(&change));
    CHECK_OK(registration_status_parse(text, arena, &changed, &err));
    CHECK_BYTES(text_of(arena, registration_status_to_json(&changed)), text);
}

TEST(who_asks_is_filled_in_by_what_is_asked)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (int reason = 0; reason <= 10; reason++) {
        const CertificationRevocation revocation = {
            .serial_hex = "0A", .reason = reason, .request_id = "r", .justification = "j"};
        const RegistrationStatusChange change = {
            .registration_id = "a", .request_id = "r", .reason = reason, .justification = "j"};
        CertificationRevocation revoked;
        RegistrationStatusChange changed;
        Bytes text = text_of(arena, certification_revocation_to_json(&revocation));
        CHECK_OK(certification_revocation_parse(text, arena, &revoked, &err));
        CHECK_TEXT(revoked.requester, reason == 8 ? "holder" : "registrar");
        text = text_of(arena, registration_status_to_json(&change));
        CHECK_OK(registration_status_parse(text, arena, &changed, &err));
        CHECK_TEXT(changed.requester, reason == 8 ? "holder" : "registrar");
    }
}

TEST(a_handover_without_a_manner_that_there_is_was_not_accepted)
{
    Error err;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CertificationHandover parsed, handover = {.serial_hex = "0A",
                                              .request_id = "r",
                                              .delivered_at = 1764057600 * TIME_SECOND,
                                              .accepted_at = 1764057601 * TIME_SECOND,
                                              .manner = "telepathy"};
    Bytes text = text_of(arena, certification_handover_to_json(&handover));
    CHECK_FAILS(certification_handover_parse(text, arena, &parsed, &err), ERROR_INPUT);
    json_t *json = certification_handover_to_json(&handover);
    json_object_del(json, "manner");
    text = text_of(arena, json);
    CHECK_FAILS(certification_handover_parse(text, arena, &parsed, &err), ERROR_INPUT);
}
