// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/net/ntp.h"
#include "base/net/peer.h"
#include "base/test/test.h"
#include "component/sandbox/sandbox.h"
#include "domain/identity/adapter.h"

static Time now = 1764057600 * TIME_SECOND;

static void do_not_wait(void *state, int64_t milliseconds)
{
    *(int64_t *)state += milliseconds;
}

// The sandbox with a caller in the role of C1.
typedef struct {
    Sandbox *sandbox;
    Peer *peer;
    Arena *arena;
    int64_t waited_ms;
} Bench;

static void bench_open(Bench *bench, bool unlisted_persons_match)
{
    Error err = {0};
    const SandboxConfig config = {.script = test_file("examples/sandbox.json"),
                                  .unlisted_persons_match = unlisted_persons_match,
                                  .clock = clock_manual(&now),
                                  .random = random_system(),
                                  .wait = do_not_wait,
                                  .wait_state = &bench->waited_ms};
    CHECK_OK(sandbox_start(&config, &bench->sandbox, &err));
    CHECK_OK(peer_local(sandbox_service(bench->sandbox), "business", "bank", clock_manual(&now),
                        &bench->peer, &err));
    bench->arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK(bench->arena != NULL);
}

static void bench_close(Bench *bench)
{
    peer_free(bench->peer);
    sandbox_stop(bench->sandbox);
    arena_free(bench->arena);
}

static bool post(void *state, const char *path, Bytes body, Arena *arena, int *ret_status,
                 Bytes *ret_body, Error *err)
{
    Bench *bench = state;
    const PeerRequest request = {
        .method = "POST", .target = path, .content_type = "application/json", .body = body};
    PeerResponse response;
    if (!peer_call(bench->peer, &request, arena, &response, err)) {
        return false;
    }
    *ret_status = response.status;
    *ret_body = response.body;
    return true;
}

// A person of the script by name, as JSON.
static json_t *person_named(const char *name, json_t **ret_script)
{
    size_t i = 0;
    json_t *person = NULL;
    CHECK(json_parse(test_file("examples/sandbox.json"), ret_script, NULL));
    json_array_foreach(json_object_get(*ret_script, "persons"), i, person)
    {
        if (strcmp(json_string_value(json_object_get(person, "name")), name) == 0) {
            return person;
        }
    }
    test_fail(__FILE__, __LINE__, "nobody is called %s", name);
}

static const char *text_at(const json_t *person, const char *key)
{
    const char *text = json_string_value(json_object_get(person, key));
    CHECK(text != NULL);
    return text;
}

// What a test changes about what the person claims; NULL: the truth.
typedef struct {
    const char *name, *phone, *bank_card;
} Claim;

static Measure ask(Bench *bench, const char *adapter, const char *name, const Claim *claim)
{
    Error err = {0};
    Measure measure;
    Person person;
    CLEANUP(json_cleanup) json_t *script = NULL;
    const json_t *truth = person_named(name, &script);
    const ProviderPort port = {post, bench};
    CHECK_OK(person_new(bytes_of_text(claim->name != NULL ? claim->name : name),
                        bytes_of_text(text_at(truth, "id_number")), true, now, &person, &err));
    const MeasureInput input = {
        .person = &person,
        .validity = {.from = {2020, 5, 6}, .until = {2040, 5, 6}},
        .phone = claim->phone != NULL ? claim->phone : text_at(truth, "phone"),
        .bank_card = claim->bank_card != NULL ? claim->bank_card : text_at(truth, "bank_card"),
        .document_image = BYTES_LITERAL("document"),
        .face_image = BYTES_LITERAL("face"),
        .liveness_nonce = "nonce",
        .liveness_actions = "blink,nod"};
    const MeasureRules rules = {.salt = BYTES_LITERAL("0123456789abcdef"),
                                .face_threshold = 7000,
                                .liveness_threshold = 7000,
                                .clock = clock_manual(&now),
                                .random = random_system()};
    CHECK_OK(provider_adapter_ask(provider_adapter_find(adapter), &port, &input, &rules,
                                  bench->arena, &measure, &err));
    return measure;
}

#define POLICE "police.id_card_check"
#define FACE "face.liveness_compare"
#define BANK "bank.four_elements"
#define OPERATOR "operator.three_elements"
#define VIRTUAL "operator.virtual_three_elements"

// Covers: JR/T 0299-2024 5.2.1 a, b.
TEST(each_person_of_the_script_meets_the_fate_written_there)
{
    static const struct {
        const char *name, *adapter;
        MeasureResult result;
        const char *code;
    } cases[] = {
        {"张明远", POLICE, RESULT_PASS, "01"},
        {"张明远", "agency.id_card_check", RESULT_PASS, "00"},
        {"张明远", FACE, RESULT_PASS, "200"},
        {"张明远", BANK, RESULT_PASS, "0"},
        {"张明远", OPERATOR, RESULT_PASS, "0"},
        {"李䶮", POLICE, RESULT_PASS, "01"},
        {"王𠅤", POLICE, RESULT_PASS, "01"},
        {"王𠅤", BANK, RESULT_PASS, "0"},
        {"阿依古丽·买买提", POLICE, RESULT_PASS, "01"},
        {"钱若水", POLICE, RESULT_FAIL, "02"},
        {"孙不二", POLICE, RESULT_NO_RECORD, "03"},
        {"周面面", FACE, RESULT_FAIL, "204"},
        {"吴差之", FACE, RESULT_FAIL, "200"},
        {"郑傀儡", FACE, RESULT_RISK_REJECT, "205"},
        {"冯卡卡", BANK, RESULT_FAIL, "-6"},
        {"褚遗失", BANK, RESULT_RISK_REJECT, "-13"},
        {"卫电讯", OPERATOR, RESULT_FAIL, "-4"},
        {"蒋空号", OPERATOR, RESULT_NO_RECORD, "-9"},
        {"沈迟迟", POLICE, RESULT_UNAVAILABLE, NULL},
        {"韩胡言", POLICE, RESULT_UNAVAILABLE, NULL},
        {"杨五百", POLICE, RESULT_UNAVAILABLE, NULL},
        {"朱错位", POLICE, RESULT_UNAVAILABLE, "provider.other_request"},
        {"许虚拟", VIRTUAL, RESULT_PASS, "1"},
        {"何两机", OPERATOR, RESULT_PASS, "0"},
    };
    static const Claim truth;
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const Measure measure = ask(&bench, cases[i].adapter, cases[i].name, &truth);
        CHECK_INT(measure.result, cases[i].result);
        CHECK(cases[i].code == NULL || strcmp(measure.raw_code, cases[i].code) == 0);
        CHECK_INT(measure_counts(&measure),
                  measure.result == RESULT_PASS && !measure.possession_needed);
    }
    CHECK(bench.waited_ms >= 20000);
}

TEST(wrong_claims_get_the_codes_of_the_house)
{
    static const struct {
        const char *adapter;
        Claim claim;
        MeasureResult result;
        const char *code;
    } cases[] = {
        {POLICE, {.name = "张明"}, RESULT_FAIL, "02"},
        {"agency.id_card_check", {.name = "张明"}, RESULT_FAIL, "03"},
        {FACE, {.name = "张明"}, RESULT_FAIL, "201"},
        {BANK, {.name = "张明"}, RESULT_FAIL, "-2"},
        {BANK, {.phone = "13800000099"}, RESULT_FAIL, "-6"},
        {BANK, {.bank_card = "6225768888888888"}, RESULT_FAIL, "-9"},
        {OPERATOR, {.name = "张明"}, RESULT_FAIL, "-8"},
        {OPERATOR, {.phone = "13800000099"}, RESULT_FAIL, "-4"},
        {VIRTUAL, {.phone = "17000000099"}, RESULT_FAIL, "0"},
    };
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const Measure measure = ask(&bench, cases[i].adapter, "张明远", &cases[i].claim);
        CHECK_TEXT(measure.raw_code, cases[i].code);
        CHECK_INT(measure.result, cases[i].result);
    }
}

// Covers: JR/T 0299-2024 5.2.1 a.
TEST(copied_card_fails_and_reflecting_card_is_to_be_taken_again)
{
    static const Claim truth;
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    const Measure copied = ask(&bench, POLICE, "秦复印", &truth);
    CHECK_INT(copied.authenticity.result, RESULT_FAIL);
    CHECK_TEXT(copied.authenticity.alarms, "copy");
    const Measure reflecting = ask(&bench, POLICE, "尤反光", &truth);
    CHECK_INT(reflecting.authenticity.result, RESULT_INPUT_INVALID);
}

static json_t *read_inbox(Bench *bench, const char *phone)
{
    Error err = {0};
    json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "phone", phone);
    json_put_int(body, "after", 0);
    const PeerRequest request = {.method = "POST", .target = "/operator/v1/inbox"};
    CHECK_OK(peer_call_json(bench->peer, &request, body, bench->arena, &reply, &err));
    return reply;
}

// Read the last code that came to a phone, as the terminal does.
static void read_code(Bench *bench, const char *phone, char ret[7])
{
    CLEANUP(json_cleanup) json_t *reply = read_inbox(bench, phone);
    const json_t *messages = json_object_get(reply, "messages");
    CHECK(json_array_size(messages) > 0);
    const char *code = json_string_value(
        json_object_get(json_array_get(messages, json_array_size(messages) - 1), "code"));
    CHECK_INT(strlen(code), 6);
    memcpy(ret, code, 7);
}

TEST(code_of_the_bank_reaches_the_reserved_phone_and_works_once)
{
    Error err = {0};
    char code[7];
    const char *code_id = NULL;
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    CLEANUP(json_cleanup) json_t *script = NULL;
    const json_t *person = person_named("何两机", &script);
    const ProviderPort port = {post, &bench};
    MeasureInput input = {.phone = text_at(person, "phone"),
                          .bank_card = text_at(person, "bank_card")};
    CHECK_FAILS_WITH(bank_code_send(&port, &input, random_system(), bench.arena, &code_id, &err),
                     ERROR_FORBIDDEN, "measure.code_refused");
    input.phone = text_at(person, "bank_phone");
    CHECK_OK(bank_code_send(&port, &input, random_system(), bench.arena, &code_id, &err));
    read_code(&bench, input.phone, code);

    Measure measure = {.possession_needed = true};
    char wrong[7];
    memcpy(wrong, code, sizeof(wrong));
    wrong[0] = wrong[0] == '9' ? '0' : '9';
    CHECK_FAILS_WITH(bank_code_confirm(&port, code_id, wrong, bench.arena, &measure, &err),
                     ERROR_FORBIDDEN, "measure.code_wrong");
    CHECK_OK(bank_code_confirm(&port, code_id, code, bench.arena, &measure, &err));
    CHECK(measure.possession_confirmed);
    CHECK_FAILS_WITH(bank_code_confirm(&port, code_id, code, bench.arena, &measure, &err),
                     ERROR_CONFLICT, "measure.code_expired");
}

TEST(message_is_delivered_to_its_phone_only)
{
    Error err = {0};
    char code[7];
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    CLEANUP(json_cleanup) json_t *message = json_make_object();
    CLEANUP(json_cleanup) json_t *accepted = NULL;
    json_put_text(message, "phone", "13800000001");
    json_put_text(message, "text", "文件摘要12345678的验证码为654321。");
    const PeerRequest send = {.method = "POST", .target = "/operator/v1/messages"};
    CHECK_OK(peer_call_json(bench.peer, &send, message, bench.arena, &accepted, &err));
    read_code(&bench, "13800000001", code);
    CHECK_TEXT(code, "654321");
    CLEANUP(json_cleanup) json_t *other = read_inbox(&bench, "13800000002");
    CHECK_INT(json_array_size(json_object_get(other, "messages")), 0);
}

static json_t *bureau_query(const char *query_id, const char *name, const char *id_number)
{
    json_t *query = json_make_object();
    json_put_text(query, "query_id", query_id);
    json_put_text(query, "authorization_id", "a-1");
    json_put_text(query, "purpose", "02");
    json_put_text(query, "party", "91999999MA00000B12");
    json_put_text(query, "name", name);
    json_put_text(query, "id_number", id_number);
    return query;
}

static const PeerRequest bureau = {.method = "POST", .target = "/bureau/v1/credit-reports"};

TEST(bureau_reports_once_per_query_and_logs_who_asked)
{
    Error err = {0};
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    CLEANUP(json_cleanup) json_t *script = NULL;
    const json_t *person = person_named("吕逾期", &script);
    CLEANUP(json_cleanup)
    json_t *query = bureau_query("q-1", text_at(person, "name"), text_at(person, "id_number"));
    CLEANUP(json_cleanup) json_t *first = NULL;
    CLEANUP(json_cleanup) json_t *second = NULL;
    CLEANUP(json_cleanup) json_t *other = NULL;
    CLEANUP(json_cleanup) json_t *log = NULL;
    CHECK_OK(peer_call_json(bench.peer, &bureau, query, bench.arena, &first, &err));
    CHECK_INT(json_array_size(json_object_get(first, "accounts")), 4);
    CHECK_OK(peer_call_json(bench.peer, &bureau, query, bench.arena, &second, &err));
    CHECK(json_equal(first, second));
    json_put_text(query, "purpose", "01");
    CHECK_FAILS_WITH(peer_call_json(bench.peer, &bureau, query, bench.arena, &other, &err),
                     ERROR_CONFLICT, "bureau.other_query");
    const PeerRequest read = {.method = "GET", .target = "/bureau/v1/queries"};
    CHECK_OK(peer_call_json(bench.peer, &read, NULL, bench.arena, &log, &err));
    CHECK_INT(json_array_size(json_object_get(log, "queries")), 1);
}

TEST(bureau_refuses_unknown_persons_wrong_names_and_malformed_queries)
{
    static const struct {
        const char *name, *id_number, *key, *value;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"某某", "999999199001010999", NULL, NULL, ERROR_NOT_FOUND, "bureau.no_record"},
        {"某某", NULL, NULL, NULL, ERROR_FORBIDDEN, "bureau.name_mismatch"},
        {"张明远", NULL, "purpose", "2", ERROR_INPUT, NULL},
        {"张明远", NULL, "extra", "x", ERROR_INPUT, "json.unknown_field"},
        {"施缓缓", NULL, NULL, NULL, ERROR_UNAVAILABLE, "sandbox.timeout"},
    };
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CLEANUP(json_cleanup) json_t *script = NULL;
        CLEANUP(json_cleanup) json_t *reply = NULL;
        const json_t *person =
            person_named(strcmp(cases[i].name, "施缓缓") == 0 ? "施缓缓" : "张明远", &script);
        const char *id_number =
            cases[i].id_number != NULL ? cases[i].id_number : text_at(person, "id_number");
        CLEANUP(json_cleanup) json_t *query = bureau_query("q", cases[i].name, id_number);
        if (cases[i].key != NULL) {
            json_put_text(query, cases[i].key, cases[i].value);
        }
        CHECK_FAILS(peer_call_json(bench.peer, &bureau, query, bench.arena, &reply, &err),
                    cases[i].kind);
        CHECK(cases[i].code == NULL || strcmp(err.code, cases[i].code) == 0);
    }
}

TEST(nobody_but_the_business_system_may_ask_providers)
{
    Error err = {0};
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    CLEANUP(peer_cleanup) Peer *stranger = NULL;
    CLEANUP(json_cleanup) json_t *query = bureau_query("q", "张明远", "999999199001010016");
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CHECK_OK(peer_local(sandbox_service(bench.sandbox), "preservation", "x", clock_manual(&now),
                        &stranger, &err));
    CHECK_FAILS(peer_call_json(stranger, &bureau, query, bench.arena, &reply, &err),
                ERROR_FORBIDDEN);
}

TEST(unlisted_persons_pass_only_when_the_configuration_says_so)
{
    CLEANUP(bench_close) Bench closed = {0};
    CLEANUP(bench_close) Bench open = {0};
    bench_open(&closed, false);
    bench_open(&open, true);
    CLEANUP(json_cleanup) json_t *query = bureau_query("q", "某某", "999999199001010999");
    CLEANUP(json_cleanup) json_t *reply = NULL;
    Error err = {0};
    CHECK_FAILS(peer_call_json(closed.peer, &bureau, query, closed.arena, &reply, &err),
                ERROR_NOT_FOUND);
    CHECK_OK(peer_call_json(open.peer, &bureau, query, open.arena, &reply, &err));
}

TEST(scripts_with_real_persons_or_unknown_words_are_refused)
{
    static const struct {
        const char *script, *code;
    } cases[] = {
        {"{}", NULL},
        {"{\"type\":\"assent.sandbox/1\",\"persons\":[{\"name\":\"甲乙\",\"id_number\":"
         "\"11010519491231002X\",\"phone\":\"13800000001\"}]}",
         "sandbox.person_not_fictitious"},
        {"{\"type\":\"assent.sandbox/1\",\"persons\":[{\"name\":\"甲乙\",\"id_number\":"
         "\"999999199001010016\",\"phone\":\"1\",\"answers\":{\"oracle\":{}}}]}",
         "sandbox.provider"},
        {"{\"type\":\"assent.sandbox/1\",\"persons\":[{\"name\":\"甲乙\",\"id_number\":"
         "\"999999199001010016\",\"phone\":\"1\",\"answers\":{\"bank\":{\"fault\":\"fire\"}}}]}",
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Sandbox *sandbox = NULL;
        const SandboxConfig config = {.script = bytes_of_text(cases[i].script),
                                      .clock = clock_system(),
                                      .random = random_system()};
        CHECK_FAILS(sandbox_start(&config, &sandbox, &err), ERROR_INPUT);
        CHECK(cases[i].code == NULL || strcmp(err.code, cases[i].code) == 0);
        CHECK(sandbox == NULL);
    }
}

// The example persons are what they are said to be.
TEST(example_persons_are_well_formed)
{
    size_t i = 0;
    json_t *person = NULL;
    CLEANUP(json_cleanup) json_t *script = NULL;
    CHECK(json_parse(test_file("examples/sandbox.json"), &script, NULL));
    json_array_foreach(json_object_get(script, "persons"), i, person)
    {
        Error err = {0};
        Person parsed;
        bool luhn_holds = false;
        CHECK_OK(person_new(bytes_of_text(text_at(person, "name")),
                            bytes_of_text(text_at(person, "id_number")), true, now, &parsed, &err));
        CHECK(parsed.is_mock);
        CHECK_OK(bank_card_check(bytes_of_text(text_at(person, "bank_card")), &luhn_holds, &err));
        CHECK(luhn_holds);
    }
    CHECK(i >= 12);
}

TEST(the_time_server_lies_when_it_is_told_to)
{
    Error err = {0};
    Sandbox *sandbox = NULL;
    Peer *peer = NULL;
    PeerResponse response;
    char name[32];
    const char *servers[] = {name};
    const uint64_t cookies[] = {42};
    NtpAnswer answer;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const SandboxConfig config = {.script = test_file("examples/sandbox.json"),
                                  .clock = clock_system(),
                                  .random = random_system(),
                                  .time_address = "127.0.0.1"};
    CHECK_OK(sandbox_start(&config, &sandbox, &err));
    CHECK_OK(peer_local(sandbox_service(sandbox), "operator", "o", clock_system(), &peer, &err));
    snprintf(name, sizeof name, "127.0.0.1:%u", sandbox_time_port(sandbox));
    NtpQuestion question = {servers, 1, cookies, clock_system(), 5000, TIME_SECOND};
    ntp_ask(&question, &answer);
    CHECK(answer.is_valid && answer.offset < TIME_SECOND);
    PeerRequest request = {.method = "POST",
                           .target = "/time/v1/behaviour",
                           .content_type = "application/json",
                           .body = BYTES_LITERAL("{\"offset_ms\":-60000}")};
    CHECK_OK(peer_call(peer, &request, arena, &response, &err));
    ntp_ask(&question, &answer);
    CHECK(answer.is_valid && answer.offset > 50 * TIME_SECOND);
    peer_free(peer);
    sandbox_stop(sandbox);
}

TEST(openapi_names_every_route)
{
    CLEANUP(json_cleanup) json_t *document = NULL;
    CHECK(json_parse(sandbox_openapi(), &document, NULL));
    CLEANUP(bench_close) Bench bench = {0};
    bench_open(&bench, false);
    const Service *service = sandbox_service(bench.sandbox);
    for (size_t i = 0; i < service->route_count; i++) {
        const json_t *path =
            json_object_get(json_object_get(document, "paths"), service->routes[i].pattern);
        CHECK(path != NULL);
        CHECK(json_object_get(
                  path, strcmp(service->routes[i].method, "GET") == 0 ? "get" : "post") != NULL);
    }
}
