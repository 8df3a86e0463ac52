// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/identity/adapter.h"

// A provider that answers with a text in which @ is replaced by the id of the request.
typedef struct {
    const char *answer;
    const char *id_key;  // where the request carries its id
    int status;
    ErrorKind failure;
    char seen[4096];
    char path[64];
} FakeProvider;

static bool fake_post(void *state, const char *path, Bytes body, Arena *arena, int *ret_status,
                      Bytes *ret_body, Error *err)
{
    FakeProvider *fake = state;
    (void)snprintf(fake->path, sizeof(fake->path), "%s", path);
    (void)snprintf(fake->seen, sizeof(fake->seen), "%.*s", (int)body.len, (const char *)body.data);
    if (fake->failure != ERROR_NONE) {
        return error_set(err, fake->failure, "peer.timeout", NULL, "no answer");
    }
    CLEANUP(json_cleanup) json_t *request = NULL;
    CHECK(json_parse(body, &request, NULL));
    const char *id = json_string_value(json_object_get(request, fake->id_key));
    CLEANUP(writer_free) Writer answer = writer_new(4096);
    for (const char *c = fake->answer; *c != '\0'; c++) {
        if (*c == '@') {
            writer_put_text(&answer, id);
        } else {
            writer_put_u8(&answer, (uint8_t)*c);
        }
    }
    *ret_status = fake->status;
    *ret_body = arena_copy(arena, writer_bytes(&answer));
    return true;
}

static Measure ask(const char *adapter_name, FakeProvider *fake)
{
    Error err = {0};
    static Time now = 1764057600 * TIME_SECOND;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Person person;
    CHECK_OK(person_new(BYTES_LITERAL("䶮𠅤"), BYTES_LITERAL("999999199001010016"), true, now,
                        &person, &err));
    const ProviderPort port = {fake_post, fake};
    const MeasureInput input = {
        .person = &person,
        .validity = {.from = {2020, 1, 1}, .until = {2040, 1, 1}},
        .phone = "13800000000",
        .bank_card = "6225768888888888",
        .document_image = BYTES_LITERAL("image"),
        .face_image = BYTES_LITERAL("face"),
        .liveness_nonce = "n",
        .liveness_actions = "blink",
    };
    const MeasureRules rules = {.salt = BYTES_LITERAL("0123456789abcdef"),
                                .face_threshold = 7000,
                                .liveness_threshold = 7000,
                                .clock = clock_manual(&now),
                                .random = random_system()};
    Measure measure;
    CHECK_OK(provider_adapter_ask(provider_adapter_find(adapter_name), &port, &input, &rules, arena,
                                  &measure, &err));
    const Sm3Digest wanted = person_commitment(&person, rules.salt);
    CHECK(sm3_digest_equal(&measure.person, &wanted));
    return measure;
}

#define POLICE "police.id_card_check"
#define POLICE_ANSWER(code, alarms)                                                   \
    "{\"returnCode\":\"90000\",\"requestId\":\"@\",\"data\":{\"checkResult\":\"" code \
    "\",\"antiForgery\":{\"method\":\"image-forensics\",\"alarms\":\"" alarms "\"}}}"
#define FACE_ANSWER(code, sub_code, similarity, risk)                  \
    "{\"code\":" code ",\"request_no\":\"@\",\"sub_code\":\"" sub_code \
    "\",\"similarity\":" similarity ",\"liveness_risk\":" risk ",\"charged\":true}"
#define BANK_ANSWER(code) "{\"Response\":{\"Seq\":\"@\",\"Result\":\"" code "\"}}"
#define OPERATOR_ANSWER(code) "{\"serialNo\":\"@\",\"resultCode\":\"" code "\"}"
#define VIRTUAL_ANSWER(code) "{\"Code\":\"OK\",\"OutId\":\"@\",\"IsConsistent\":" code "}"
#define AGENCY_ANSWER(code)                            \
    "{\"biz_no\":\"@\",\"result\":\"" code             \
    "\",\"warnings\":\"00000000\",\"warning_method\":" \
    "\"x\"}"

static const struct {
    const char *adapter, *id_key, *answer;
    MeasureResult result;
    const char *code, *meaning;
} answer_cases[] = {
    {POLICE, "requestId", POLICE_ANSWER("00", "00000000"), RESULT_PASS, "00",
     "match_without_photo"},
    {POLICE, "requestId", POLICE_ANSWER("01", "00000000"), RESULT_PASS, "01", "match_with_photo"},
    {POLICE, "requestId", POLICE_ANSWER("02", "00000000"), RESULT_FAIL, "02", "name_differs"},
    {POLICE, "requestId", POLICE_ANSWER("03", "00000000"), RESULT_NO_RECORD, "03",
     "number_does_not_exist"},
    {POLICE, "requestId", POLICE_ANSWER("-5", "00000000"), RESULT_INPUT_INVALID, "-5",
     "number_format"},
    {POLICE, "requestId", POLICE_ANSWER("-9", "00000000"), RESULT_UNAVAILABLE, "-9", "other"},
    {POLICE, "requestId", POLICE_ANSWER("0", "00000000"), RESULT_UNAVAILABLE, "0", "unknown_code"},
    {POLICE, "requestId", "{\"returnCode\":\"90001\",\"requestId\":\"@\"}", RESULT_UNAVAILABLE,
     "90001", "system_busy"},
    {"agency.id_card_check", "biz_no", AGENCY_ANSWER("00"), RESULT_PASS, "00", "match_with_photo"},
    {"agency.id_card_check", "biz_no", AGENCY_ANSWER("01"), RESULT_PASS, "01",
     "match_without_photo"},
    {"agency.id_card_check", "biz_no", AGENCY_ANSWER("02"), RESULT_NO_RECORD, "02",
     "not_in_the_source"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "200", "70", "30"), RESULT_PASS, "200",
     "same_person"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "200", "69.99", "1"), RESULT_FAIL,
     "200", "score_below_threshold"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "200", "\"99\"", "30.01"),
     RESULT_RISK_REJECT, "200", "liveness_below_threshold"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "200", "null", "1"),
     RESULT_UNAVAILABLE, "200", "score_missing"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "205", "99", "1"), RESULT_RISK_REJECT,
     "205", "liveness_risk"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("0", "203", "99", "1"), RESULT_NO_RECORD,
     "203", "no_usable_photo"},
    {"face.liveness_compare", "request_no", FACE_ANSWER("418", "200", "99", "1"),
     RESULT_RATE_LIMITED, "418", "too_many_failures_today"},
    {"bank.four_elements", "Seq", BANK_ANSWER("0"), RESULT_PASS, "0", "match"},
    {"bank.four_elements", "Seq", BANK_ANSWER("-13"), RESULT_RISK_REJECT, "-13", "reported_lost"},
    {"bank.four_elements", "Seq", BANK_ANSWER("-18"), RESULT_UNAVAILABLE, "-18", "busy"},
    {"bank.four_elements", "Seq", BANK_ANSWER("-19"), RESULT_RATE_LIMITED, "-19",
     "limit_until_tomorrow"},
    {"operator.three_elements", "serialNo", OPERATOR_ANSWER("0"), RESULT_PASS, "0", "match"},
    {"operator.three_elements", "serialNo", OPERATOR_ANSWER("-4"), RESULT_FAIL, "-4", "mismatch"},
    {"operator.three_elements", "serialNo", OPERATOR_ANSWER("-9"), RESULT_NO_RECORD, "-9",
     "no_record"},
    {"operator.three_elements", "serialNo", OPERATOR_ANSWER("-13"), RESULT_UNAVAILABLE, "-13",
     "range_not_supported"},
    // The same digits, the other meaning.
    {"operator.virtual_three_elements", "OutId", VIRTUAL_ANSWER("0"), RESULT_FAIL, "0", "mismatch"},
    {"operator.virtual_three_elements", "OutId", VIRTUAL_ANSWER("1"), RESULT_PASS, "1", "match"},
    {"operator.virtual_three_elements", "OutId", VIRTUAL_ANSWER("2"), RESULT_NO_RECORD, "2",
     "no_record"},
};

// Covers: JR/T 0299-2024 5.2.1 a, b; B12, B14, B16.
TEST(answers_are_judged_by_the_table_of_their_own_adapter)
{
    for (size_t i = 0; i < COUNT_OF(answer_cases); i++) {
        FakeProvider fake = {
            .answer = answer_cases[i].answer, .id_key = answer_cases[i].id_key, .status = 200};
        const Measure measure = ask(answer_cases[i].adapter, &fake);
        CHECK_TEXT(measure.raw_code, answer_cases[i].code);
        CHECK_TEXT(measure.raw_message, answer_cases[i].meaning);
        CHECK_INT(measure.result, answer_cases[i].result);
    }
}

// Covers: JR/T 0299-2024 5.2.1 a; B03.
TEST(authenticity_alarms_fail_or_ask_for_another_picture)
{
    static const struct {
        const char *answer;
        MeasureResult result;
        const char *alarms;
    } cases[] = {
        {POLICE_ANSWER("01", "00000000"), RESULT_PASS, ""},
        {POLICE_ANSWER("01", "01000000"), RESULT_FAIL, "copy"},
        {POLICE_ANSWER("01", "00100000"), RESULT_FAIL, "temporary"},
        {POLICE_ANSWER("01", "00010000"), RESULT_FAIL, "reshot"},
        {POLICE_ANSWER("01", "00001000"), RESULT_FAIL, "edited"},
        {POLICE_ANSWER("01", "10000000"), RESULT_INPUT_INVALID, "border"},
        {POLICE_ANSWER("01", "00000100"), RESULT_INPUT_INVALID, "occluded"},
        {POLICE_ANSWER("01", "00000010"), RESULT_INPUT_INVALID, "reflection"},
        {POLICE_ANSWER("01", "00000001"), RESULT_INPUT_INVALID, "quality"},
        {POLICE_ANSWER("01", "10010100"), RESULT_FAIL, "border,reshot,occluded"},
        {POLICE_ANSWER("01", "11111111"), RESULT_FAIL,
         "border,copy,temporary,reshot,edited,occluded,reflection,quality"},
        {POLICE_ANSWER("01", "0000000"), RESULT_UNAVAILABLE, ""},
        {POLICE_ANSWER("01", "0000000x"), RESULT_UNAVAILABLE, ""},
        {"{\"returnCode\":\"90000\",\"requestId\":\"@\",\"data\":{\"checkResult\":\"01\"}}",
         RESULT_UNAVAILABLE, ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FakeProvider fake = {.answer = cases[i].answer, .id_key = "requestId", .status = 200};
        const Measure measure = ask(POLICE, &fake);
        CHECK(measure.authenticity.is_present);
        CHECK_INT(measure.authenticity.result, cases[i].result);
        CHECK_TEXT(measure.authenticity.alarms, cases[i].alarms);
        CHECK(measure_counts(&measure) == (cases[i].result == RESULT_PASS));
    }
}

// Covers: B13.
TEST(outage_time_out_nonsense_and_answers_to_others_never_pass)
{
    static const struct {
        FakeProvider fake;
        MeasureResult result;
        const char *code;
    } cases[] = {
        {{.failure = ERROR_UNAVAILABLE}, RESULT_UNAVAILABLE, "peer.timeout"},
        {{.failure = ERROR_FORBIDDEN}, RESULT_UNAVAILABLE, "peer.timeout"},
        {{.failure = ERROR_LIMIT}, RESULT_RATE_LIMITED, "peer.timeout"},
        {{.answer = BANK_ANSWER("0"), .status = 500}, RESULT_UNAVAILABLE, "provider.status"},
        {{.answer = BANK_ANSWER("0"), .status = 302}, RESULT_UNAVAILABLE, "provider.status"},
        {{.answer = BANK_ANSWER("0"), .status = 429}, RESULT_RATE_LIMITED, "provider.rate"},
        {{.answer = "", .status = 200}, RESULT_UNAVAILABLE, "provider.garbage"},
        {{.answer = "<html>ok</html>", .status = 200}, RESULT_UNAVAILABLE, "provider.garbage"},
        {{.answer = "[]", .status = 200}, RESULT_UNAVAILABLE, "provider.other_request"},
        {{.answer = "{\"Response\":{\"Seq\":\"somebody\",\"Result\":\"0\"}}", .status = 200},
         RESULT_UNAVAILABLE,
         "provider.other_request"},
        {{.answer = "{\"Response\":{\"Result\":\"0\"}}", .status = 200},
         RESULT_UNAVAILABLE,
         "provider.other_request"},
        {{.answer = "{\"Response\":{\"Seq\":\"@\"}}", .status = 200},
         RESULT_UNAVAILABLE,
         "missing"},
        {{.answer = "{\"Response\":{\"Seq\":\"@\",\"Result\":true}}", .status = 200},
         RESULT_UNAVAILABLE,
         "missing"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FakeProvider fake = cases[i].fake;
        fake.id_key = "Seq";
        const Measure measure = ask("bank.four_elements", &fake);
        CHECK_INT(measure.result, cases[i].result);
        CHECK_TEXT(measure.raw_code, cases[i].code);
        CHECK(!measure_counts(&measure));
    }
}

// Covers: JR/T 0299-2024 5.1; B01.
TEST(each_provider_gets_only_what_it_needs)
{
    static const struct {
        const char *adapter, *path;
        bool card, phone, face;
    } cases[] = {
        {POLICE, "/police/v1/id-card-check", false, false, false},
        {"agency.id_card_check", "/agency/v1/id-card-check", false, false, false},
        {"face.liveness_compare", "/face/v1/liveness-compare", false, false, true},
        {"bank.four_elements", "/bank/v1/four-elements", true, true, false},
        {"operator.three_elements", "/operator/v1/three-elements", false, true, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FakeProvider fake = {.answer = "", .status = 200, .id_key = "-"};
        (void)ask(cases[i].adapter, &fake);
        CHECK_TEXT(fake.path, cases[i].path);
        CHECK((strstr(fake.seen, "6225768888888888") != NULL) == cases[i].card);
        CHECK((strstr(fake.seen, "13800000000") != NULL) == cases[i].phone);
        CHECK((strstr(fake.seen, "ZmFjZQ==") != NULL) == cases[i].face);
    }
}

TEST(input_that_is_missing_is_refused_before_anything_is_asked)
{
    Error err = {0};
    FakeProvider fake = {.answer = "", .status = 200, .id_key = "-"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Person person = {.name = "张三", .id_number = "999999199001010016"};
    const ProviderPort port = {fake_post, &fake};
    const MeasureInput input = {.person = &person, .phone = "13800000000"};
    const MeasureRules rules = {
        .salt = BYTES_LITERAL("salt"), .clock = clock_system(), .random = random_system()};
    Measure measure;
    CHECK_FAILS_WITH(provider_adapter_ask(provider_adapter_find("bank.four_elements"), &port,
                                          &input, &rules, arena, &measure, &err),
                     ERROR_INPUT, "measure.input_missing");
    CHECK_TEXT(fake.path, "");
}

// Covers: B22.
TEST(virtual_operators_are_asked_at_their_own_interface)
{
    CHECK_TEXT(provider_adapter_name(provider_adapter_for_phone(PHONE_VIRTUAL)),
               "operator.virtual_three_elements");
    CHECK_TEXT(provider_adapter_name(provider_adapter_for_phone(PHONE_MOBILE)),
               "operator.three_elements");
    CHECK(provider_adapter_find("captcha") == NULL);
}

// Covers: B19.
TEST(bank_code_confirms_possession_only_when_the_bank_agrees)
{
    static const struct {
        const char *answer;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"{\"Response\":{\"Result\":\"0\",\"OtpId\":\"o-1\"}}", ERROR_NONE, NULL},
        {"{\"Response\":{\"Result\":\"0\",\"OtpId\":\"o-2\"}}", ERROR_UNAVAILABLE,
         "provider.garbage"},
        {"{\"Response\":{\"Result\":\"1\",\"OtpId\":\"o-1\"}}", ERROR_FORBIDDEN,
         "measure.code_wrong"},
        {"{\"Response\":{\"Result\":\"2\"}}", ERROR_CONFLICT, "measure.code_expired"},
        {"{\"Response\":{\"Result\":\"3\"}}", ERROR_LIMIT, "measure.code_tries"},
        {"{\"Response\":{\"Result\":\"7\"}}", ERROR_UNAVAILABLE, "provider.garbage"},
        {"{}", ERROR_UNAVAILABLE, "provider.garbage"},
        {"nonsense", ERROR_UNAVAILABLE, "provider.garbage"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Measure measure = {.possession_needed = true};
        FakeProvider fake = {.answer = cases[i].answer, .status = 200, .id_key = "OtpId"};
        const ProviderPort port = {fake_post, &fake};
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        const bool ok = bank_code_confirm(&port, "o-1", "123456", arena, &measure, &err);
        CHECK_INT(err.kind, cases[i].kind);
        CHECK(ok == (cases[i].kind == ERROR_NONE));
        CHECK(measure.possession_confirmed == ok);
        CHECK(ok || strcmp(err.code, cases[i].code) == 0);
    }
}

TEST(bank_code_is_sent_to_the_reserved_phone)
{
    Error err = {0};
    const char *code_id = NULL;
    FakeProvider fake = {.answer = "{\"Response\":{\"Result\":\"0\",\"OtpId\":\"o-9\"}}",
                         .status = 200,
                         .id_key = "Seq"};
    const ProviderPort port = {fake_post, &fake};
    const MeasureInput input = {.phone = "13800000000", .bank_card = "6225768888888888"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(bank_code_send(&port, &input, random_system(), arena, &code_id, &err));
    CHECK_TEXT(code_id, "o-9");
    CHECK(strstr(fake.seen, "13800000000") != NULL);
    fake.answer = "{\"Response\":{\"Result\":\"9\"}}";
    CHECK_FAILS_WITH(bank_code_send(&port, &input, random_system(), arena, &code_id, &err),
                     ERROR_FORBIDDEN, "measure.code_refused");
}
