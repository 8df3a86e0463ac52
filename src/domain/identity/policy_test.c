// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/identity/policy.h"

static const Time now = 1764057600 * TIME_SECOND;
static const Sm3Digest person = {{7}};

static IdentityPolicy default_policy(void)
{
    Error err = {0};
    IdentityPolicy policy;
    CHECK_OK(identity_policy_default(&policy, &err));
    return policy;
}

static json_t *default_json(void)
{
    json_t *root = NULL;
    CHECK(json_parse(test_file("src/domain/identity/data/identity_policy.json"), &root, NULL));
    return root;
}

static bool parse_changed(json_t *root, IdentityPolicy *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(POLICY_SIZE_MAX);
    CHECK(json_write(root, &text, NULL));
    return identity_policy_parse(writer_bytes(&text), ret, err);
}

// Covers: JR/T 0299-2024 5.2.1; B02.
TEST(policies_that_undo_the_mechanism_are_refused)
{
    static const struct {
        const char *part, *key, *value;  // key NULL: the part itself is taken out
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"mandatory", NULL, NULL, ERROR_FORBIDDEN, "policy.id_document_missing"},
        {"mandatory", "family", "\"biometric\"", ERROR_FORBIDDEN, "policy.id_document_missing"},
        {"mandatory", "authenticity", "false", ERROR_FORBIDDEN, "policy.authenticity_missing"},
        {"additional", "minimum", "1", ERROR_FORBIDDEN, "policy.too_few_measures"},
        {"additional", "families", "[\"biometric\",\"operator\",\"captcha\"]", ERROR_FORBIDDEN,
         "policy.captcha_is_no_factor"},
        {"additional", "families", "[\"biometric\",\"operator\"]", ERROR_FORBIDDEN,
         "policy.no_path_without_face"},
        {"additional", "minimum", "4", ERROR_FORBIDDEN, "policy.no_path_without_face"},
        {"additional", "families", "[\"id_document\",\"operator\"]", ERROR_INPUT,
         "policy.family_unknown"},
        {"additional", "possession", "[\"bank_card\"]", ERROR_FORBIDDEN,
         "policy.possession_missing"},
        {"exemption", "carriers", "[\"SOFTWARE\"]", ERROR_FORBIDDEN, "policy.carrier_not_accepted"},
        {"exemption", "carriers", "[\"PHONE\"]", ERROR_FORBIDDEN, "policy.carrier_not_accepted"},
        {"face", "threshold", "4999", ERROR_INPUT, "json.field"},
        {"lifetime", "decision_seconds", "86400", ERROR_INPUT, "json.field"},
        {"limits", "none", "0", ERROR_INPUT, "json.unknown_field"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        IdentityPolicy policy;
        CLEANUP(json_cleanup) json_t *root = default_json();
        if (cases[i].key == NULL) {
            CHECK_INT(json_object_del(root, cases[i].part), 0);
        } else {
            json_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
            CHECK_INT(
                json_object_set_new(json_object_get(root, cases[i].part), cases[i].key, value), 0);
        }
        CHECK_FAILS(parse_changed(root, &policy, &err), cases[i].kind);
        if (strcmp(cases[i].code, "json.field") != 0) {
            CHECK_TEXT(err.code, cases[i].code);
        }
    }
}

TEST(every_truncated_policy_is_refused)
{
    const Bytes text = test_file("src/domain/identity/data/identity_policy.json");
    for (size_t len = 0; len + 2 < text.len; len++) {
        Error err = {0};
        IdentityPolicy policy;
        CHECK_FAILS(identity_policy_parse(bytes_slice(text, 0, len), &policy, &err), ERROR_INPUT);
    }
}

TEST(policy_digest_depends_on_content_and_not_on_layout)
{
    Error err = {0};
    const IdentityPolicy first = default_policy();
    IdentityPolicy second;
    CLEANUP(json_cleanup) json_t *root = default_json();
    CHECK_OK(parse_changed(root, &second, &err));
    CHECK(sm3_digest_equal(&first.digest, &second.digest));
    json_put_text(root, "version", "1.0.1");
    CHECK_OK(parse_changed(root, &second, &err));
    CHECK(!sm3_digest_equal(&first.digest, &second.digest));
}

// One letter per measure: D document, d document without authenticity, F face, B bank card,
// b bank card without the code, O operator with the same phone as B, P operator with another
// phone, p operator with no code confirmed, C certificate.
static Measure measure_of(char letter, MeasureResult result, Time at)
{
    static const struct {
        char letter;
        FactorFamily family;
        const char *means;
        bool needed, confirmed;
        uint8_t phone;
    } kinds[] = {
        {'D', FAMILY_ID_DOCUMENT, "id_card_check", false, false, 0},
        {'d', FAMILY_ID_DOCUMENT, "id_card_check", false, false, 0},
        {'F', FAMILY_BIOMETRIC, "liveness_face", false, false, 0},
        {'G', FAMILY_BIOMETRIC, "fingerprint", false, false, 0},
        {'B', FAMILY_BANK_CARD, "bank_card_4", true, true, 1},
        {'b', FAMILY_BANK_CARD, "bank_card_4", true, false, 1},
        {'O', FAMILY_OPERATOR, "operator_3", true, true, 1},
        {'P', FAMILY_OPERATOR, "operator_3", true, true, 2},
        {'p', FAMILY_OPERATOR, "operator_3", true, false, 2},
        {'C', FAMILY_CERTIFICATE, "certificate_challenge", false, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].letter == letter) {
            Measure measure = {.family = kinds[i].family,
                               .person = person,
                               .result = result,
                               .provider = "p",
                               .occurred_at = at,
                               .possession_needed = kinds[i].needed,
                               .possession_confirmed = kinds[i].confirmed,
                               .possession = {{kinds[i].phone}}};
            memcpy(measure.means, kinds[i].means, strlen(kinds[i].means) + 1);
            measure.authenticity = (Authenticity){letter == 'D', "chip", "", RESULT_PASS};
            return measure;
        }
    }
    test_fail(__FILE__, __LINE__, "unknown letter %c", letter);
}

static MeasureResult result_of(char letter)
{
    static const char letters[] = "+-?!~%x";  // in the order of MeasureResult
    const char *found = strchr(letters, letter);
    CHECK(found != NULL && letter != '\0');
    return (MeasureResult)(found - letters);
}

static IdentityEvaluation evaluate(const char *text, const IdentityPolicy *policy)
{
    Measure measures[16];
    size_t count = 0;
    for (; text[0] != '\0'; text += 2) {
        measures[count] = measure_of(text[0], result_of(text[1]), now + (Time)count);
        count++;
    }
    return identity_policy_evaluate(policy, &person, measures, count, now + TIME_MINUTE);
}

// Covers: JR/T 0299-2024 5.2.1; B04.
TEST(one_plus_two_is_judged_by_families)
{
    static const struct {
        const char *measures;  // measure, result: + pass, - fail, ? no record, ! input invalid,
                               // ~ unavailable, % limited, x risk
        IdentityOutcome outcome;
        const char *reason;
    } cases[] = {
        {"D+F+B+", IDENTITY_PASS, "identity.passed"},
        {"D+B+P+", IDENTITY_PASS, "identity.passed"},
        {"D+B+C+", IDENTITY_PASS, "identity.passed"},
        {"D+F+O+B+", IDENTITY_PASS, "identity.passed"},
        {"D+F+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+F+G+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+B+O+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+F+b+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+F+p+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"", IDENTITY_INCOMPLETE, "identity.id_document_missing"},
        {"F+B+P+", IDENTITY_INCOMPLETE, "identity.id_document_missing"},
        {"d+F+B+", IDENTITY_INCOMPLETE, "identity.id_document_unavailable"},
        {"D-F+B+", IDENTITY_FAIL, "identity.id_document_failed"},
        {"D?F+B+", IDENTITY_MANUAL, "identity.id_document_no_record"},
        {"D~F+B+", IDENTITY_INCOMPLETE, "identity.id_document_unavailable"},
        {"D%F+B+", IDENTITY_INCOMPLETE, "identity.id_document_unavailable"},
        {"D!F+B+", IDENTITY_INCOMPLETE, "identity.document_retake"},
        {"D+F-B+P+", IDENTITY_FAIL, "identity.measure_failed"},
        {"D+F+B+P-", IDENTITY_FAIL, "identity.measure_failed"},
        {"D+F?B+", IDENTITY_MANUAL, "identity.no_record"},
        {"D+F?B+P+", IDENTITY_PASS, "identity.passed"},
        {"D+F~B+", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+F~B+P+", IDENTITY_PASS, "identity.passed"},
        {"D+F%B%", IDENTITY_INCOMPLETE, "identity.too_few_families"},
        {"D+FxB+P+", IDENTITY_FAIL, "identity.risk_rejected"},
        // The latest of one means stands.
        {"D+F-B+F+", IDENTITY_PASS, "identity.passed"},
        {"D+F+B+F-", IDENTITY_FAIL, "identity.measure_failed"},
        {"D-D+F+B+", IDENTITY_PASS, "identity.passed"},
        {"D+F+B+D-", IDENTITY_FAIL, "identity.id_document_failed"},
    };
    const IdentityPolicy policy = default_policy();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const IdentityEvaluation result = evaluate(cases[i].measures, &policy);
        CHECK_TEXT(result.reasons[0], cases[i].reason);
        CHECK_INT(result.outcome, cases[i].outcome);
        CHECK(strcmp(identity_reason_chinese(result.reasons[0]), result.reasons[0]) != 0);
    }
}

// Covers: B09.
TEST(shared_phone_is_named_as_the_reason)
{
    const IdentityPolicy policy = default_policy();
    const IdentityEvaluation result = evaluate("D+B+O+", &policy);
    CHECK_INT(result.reason_count, 2);
    CHECK_TEXT(result.reasons[1], "identity.possession_shared");
    CHECK(result.family_counted[FAMILY_BANK_CARD]);
    CHECK(!result.family_counted[FAMILY_OPERATOR]);
}

TEST(mismatch_that_is_not_final_still_does_not_count)
{
    IdentityPolicy policy = default_policy();
    policy.mismatch_is_final = false;
    CHECK_INT(evaluate("D+F-B+P+", &policy).outcome, IDENTITY_PASS);
    CHECK_INT(evaluate("D+F-B+", &policy).outcome, IDENTITY_FAIL);
    CHECK_INT(evaluate("D-F+B+P+", &policy).outcome, IDENTITY_FAIL);
}

// Covers: B03.
TEST(document_with_a_forgery_alarm_fails)
{
    const IdentityPolicy policy = default_policy();
    Measure measures[] = {measure_of('D', RESULT_PASS, now), measure_of('F', RESULT_PASS, now),
                          measure_of('B', RESULT_PASS, now)};
    measures[0].authenticity.result = RESULT_FAIL;
    const IdentityEvaluation failed =
        identity_policy_evaluate(&policy, &person, measures, COUNT_OF(measures), now);
    CHECK_INT(failed.outcome, IDENTITY_FAIL);
    CHECK_TEXT(failed.reasons[0], "identity.document_not_genuine");
    measures[0].authenticity.result = RESULT_INPUT_INVALID;
    const IdentityEvaluation retake =
        identity_policy_evaluate(&policy, &person, measures, COUNT_OF(measures), now);
    CHECK_TEXT(retake.reasons[0], "identity.document_retake");
}

// Covers: B10.
TEST(measure_of_another_person_fails_all)
{
    const IdentityPolicy policy = default_policy();
    Measure measures[] = {measure_of('D', RESULT_PASS, now), measure_of('F', RESULT_PASS, now),
                          measure_of('B', RESULT_PASS, now)};
    measures[2].person.bytes[5] = 1;
    const IdentityEvaluation result =
        identity_policy_evaluate(&policy, &person, measures, COUNT_OF(measures), now);
    CHECK_INT(result.outcome, IDENTITY_FAIL);
    CHECK_TEXT(result.reasons[0], "identity.other_person");
}

TEST(stale_measures_and_those_from_the_future_do_not_count)
{
    const IdentityPolicy policy = default_policy();
    Measure measures[] = {measure_of('D', RESULT_PASS, now), measure_of('F', RESULT_PASS, now),
                          measure_of('B', RESULT_PASS, now)};
    const size_t count = COUNT_OF(measures);
    const Time last = now + policy.measure_lifetime;
    CHECK_INT(identity_policy_evaluate(&policy, &person, measures, count, last).outcome,
              IDENTITY_PASS);
    CHECK_INT(identity_policy_evaluate(&policy, &person, measures, count, last + 1).outcome,
              IDENTITY_INCOMPLETE);
    CHECK_INT(identity_policy_evaluate(&policy, &person, measures, count, now - TIME_HOUR).outcome,
              IDENTITY_INCOMPLETE);
}

// Covers: B17.
TEST(sixth_face_try_in_three_minutes_is_blocked_and_cools_down)
{
    Error err = {0};
    const IdentityPolicy policy = default_policy();
    Time past[5];
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        past[i] = now + (Time)i * 30 * TIME_SECOND;
        CHECK_OK(attempt_limit_check(&policy.face_per_device, past, i, past[i], &err));
    }
    const Time last = past[4];
    CHECK_FAILS_WITH(attempt_limit_check(&policy.face_per_device, past, 5, last + 1, &err),
                     ERROR_LIMIT, "identity.too_many_tries");
    CHECK_FAILS(
        attempt_limit_check(&policy.face_per_device, past, 5, last + 30 * TIME_MINUTE - 1, &err),
        ERROR_LIMIT);
    CHECK_OK(attempt_limit_check(&policy.face_per_device, past, 5, last + 30 * TIME_MINUTE, &err));
}

TEST(slow_face_tries_are_not_blocked)
{
    Error err = {0};
    const IdentityPolicy policy = default_policy();
    Time past[10];
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        past[i] = now + (Time)i * 46 * TIME_SECOND;
        CHECK_OK(attempt_limit_check(&policy.face_per_device, past, i, past[i], &err));
    }
}

// Covers: B18.
TEST(fourth_card_check_within_a_day_is_blocked)
{
    Error err = {0};
    const IdentityPolicy policy = default_policy();
    const Time past[] = {now, now + TIME_HOUR, now + 2 * TIME_HOUR};
    CHECK_OK(attempt_limit_check(&policy.card_per_card, past, 2, now + 3 * TIME_HOUR, &err));
    CHECK_FAILS(attempt_limit_check(&policy.card_per_card, past, 3, now + 3 * TIME_HOUR, &err),
                ERROR_LIMIT);
    CHECK_FAILS(attempt_limit_check(&policy.card_per_card, past, 3, now + TIME_DAY - 1, &err),
                ERROR_LIMIT);
    CHECK_OK(attempt_limit_check(&policy.card_per_card, past, 3, now + TIME_DAY, &err));
}

// Covers: Anti-Money Laundering Law 32; B28.
TEST(measures_of_partners_whose_assessment_is_over_do_not_count)
{
    IdentityPolicy policy = default_policy();
    policy.partners[0] = (PartnerAssessment){"p", now + TIME_HOUR};
    policy.partner_count = 1;
    CHECK_INT(evaluate("D+F+B+", &policy).outcome, IDENTITY_PASS);
    policy.partners[0].assessed_until = now;
    const IdentityEvaluation over = evaluate("D+F+B+", &policy);
    CHECK_INT(over.outcome, IDENTITY_INCOMPLETE);
    CHECK_TEXT(over.reasons[1], "identity.partner_not_assessed");
    policy.partners[0] = (PartnerAssessment){"q", now + TIME_HOUR};
    CHECK_INT(evaluate("D+F+B+", &policy).outcome, IDENTITY_INCOMPLETE);
}

TEST(partners_are_read_from_the_policy)
{
    Error err = {0};
    IdentityPolicy policy;
    CLEANUP(json_cleanup) json_t *root = default_json();
    json_put(root, "partners",
             json_loads("[{\"provider\":\"police\",\"assessed_until\":"
                        "\"2027-01-01T00:00:00Z\"}]",
                        0, NULL));
    CHECK_OK(parse_changed(root, &policy, &err));
    CHECK_INT(policy.partner_count, 1);
    CHECK_TEXT(policy.partners[0].provider, "police");
    json_put(root, "partners", json_loads("[{\"provider\":\"police\"}]", 0, NULL));
    CHECK_FAILS(parse_changed(root, &policy, &err), ERROR_INPUT);
}
