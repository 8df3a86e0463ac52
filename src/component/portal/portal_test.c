// SPDX-License-Identifier: Apache-2.0
#include "component/portal/portal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "base/core/attributes.h"
#include "base/crypto/sm2.h"
#include "base/net/service_dispatch.h"
#include "base/sm4/sm4.h"
#include "base/test/test.h"
#include "component/portal/staff.h"

enum { HEADERS_MAX = 8 };

#define ORIGIN "https://bank.example:8447"
#define TOKEN "0123456789abcdef0123456789abcdef"

// C1's stand-in: notes what arrives, and knows one token.
typedef struct {
    Peer peer;
    char target[256], authorization[128], body[1024], content_type[64], actor[64];
    unsigned calls;
} Upstream;

static bool upstream_call(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                          Error *err)
{
    (void)arena;
    Upstream *upstream = (Upstream *)(void *)self;
    upstream->calls++;
    snprintf(upstream->target, sizeof upstream->target, "%s %s", request->method, request->target);
    snprintf(upstream->authorization, sizeof upstream->authorization, "%s",
             request->authorization == NULL ? "" : request->authorization);
    snprintf(upstream->actor, sizeof upstream->actor, "%s",
             request->actor == NULL ? "" : request->actor);
    snprintf(upstream->content_type, sizeof upstream->content_type, "%s",
             request->content_type == NULL ? "" : request->content_type);
    snprintf(upstream->body, sizeof upstream->body, "%.*s", (int)request->body.len,
             request->body.len == 0 ? "" : (const char *)request->body.data);
    if (request->authorization != NULL && strcmp(request->authorization, "Bearer " TOKEN) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "session.unknown", NULL, "no such session");
    }
    *ret = (PeerResponse){.status = 200,
                          .content_type = "application/json",
                          .body = BYTES_LITERAL("{\"state\":\"CREATED\"}")};
    return true;
}

typedef struct {
    Arena *arena;
    Upstream terminal, operator;
    Secret *field_key;
    PortalConfig config;
    Portal *portal;
    Time now;
    char pages[256], store[256];
    const char *otp_secret;  // hexadecimal
    // What the browser sends with each request, and the last answer.
    const char *cookie, *origin, *session, *actor;
    ServiceResponse answer;
} Scene;

static Time scene_time(void *state)
{
    return ((Scene *)state)->now;
}

static void write_text(const char *directory, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

static Bytes make_staff(Scene *scene)
{
    Error err = {0};
    Bytes text;
    json_t *officer = NULL, *auditor = NULL;
    const char *otp;
    PortalStaff members[2] = {{"li.officer", "李专员", "officer", "correct horse battery"},
                              {"zhao.auditor", "赵审计", "auditor", "another long password"}};
    CHECK_OK(portal_staff_create(&members[0], random_system(), scene->arena, &officer, &otp, &err));
    CHECK(strncmp(otp, "otpauth://totp/assent:li.officer?secret=", 40) == 0);
    scene->otp_secret =
        arena_format(scene->arena, "%s", json_string_value(json_object_get(officer, "otp")));
    CHECK_OK(portal_staff_create(&members[1], random_system(), scene->arena, &auditor, &otp, &err));
    // One secret for both keeps the tests short.
    json_object_set_new(auditor, "otp", json_string(scene->otp_secret));
    CLEANUP(json_cleanup) json_t *list = json_array();
    json_array_append_new(list, officer);
    json_array_append_new(list, auditor);
    CHECK_OK(json_text(scene->arena, list, &text, &err));
    return text;
}

static void scene_prepare(Scene *scene)
{
    Error err = {0};
    uint8_t key[SM4_KEY_SIZE] = {7};
    char directory[300];
    *scene = (Scene){.arena = arena_new(ARENA_DEFAULT_LIMIT),
                     .terminal.peer = {.call = upstream_call},
                     .operator.peer = {.call = upstream_call},
                     .now = 1800000000 * TIME_SECOND,
                     .origin = ORIGIN};
    snprintf(scene->pages, sizeof scene->pages, "%s/pages", test_directory());
    snprintf(scene->store, sizeof scene->store, "%s/portal.db", test_directory());
    snprintf(directory, sizeof directory, "%s/assets", scene->pages);
    mkdir(scene->pages, 0700);
    mkdir(directory, 0700);
    write_text(scene->pages, "index.html", "<!doctype html>");
    write_text(scene->pages, "notes.txt", "not a page");
    write_text(directory, "main.js", "export {};");
    CHECK_OK(secret_new(BYTES_OF_ARRAY(key), &scene->field_key, &err));
    scene->config = (PortalConfig){.pages = scene->pages,
                                   .trust = test_directory(),
                                   .terminal = &scene->terminal.peer,
                                   .operator= & scene->operator.peer,
                                   .store_path = scene->store,
                                   .field_key = scene->field_key,
                                   .staff = make_staff(scene),
                                   .random = random_system(),
                                   .clock = {scene_time, scene}};
}

static void scene_run(Scene *scene)
{
    Error err = {0};
    CHECK_OK(portal_start(&scene->config, &scene->portal, &err));
}

static void scene_start(Scene *scene)
{
    scene_prepare(scene);
    scene_run(scene);
}

static void scene_stop(Scene *scene)
{
    portal_stop(scene->portal);
    secret_free(scene->field_key);
    arena_free(scene->arena);
    remove(scene->store);
}

static int ask(Scene *scene, const char *method, const char *target, const char *type, Bytes body)
{
    Error err = {0};
    ServiceParameter headers[HEADERS_MAX] = {{"host", "bank.example:8447"}};
    ServiceRequest request = {.method = method,
                              .content_type = type,
                              .body = body,
                              .caller = {"", "", "", ""},
                              .request_id = "test",
                              .headers = headers,
                              .header_count = 1,
                              .arena = scene->arena};
    const ServiceParameter optional[] = {{"origin", scene->origin},
                                         {"cookie", scene->cookie},
                                         {"x-assent-session", scene->session},
                                         {"x-assent-actor", scene->actor}};
    for (size_t i = 0; i < COUNT_OF(optional); i++) {
        if (optional[i].value != NULL) {
            headers[request.header_count++] = optional[i];
        }
    }
    const Service *service = portal_service(scene->portal);
    CHECK_OK(service_parse_target(service, &request, bytes_of_text(target), &err));
    service_dispatch(service, &request, &scene->answer);
    return scene->answer.status;
}

static int get(Scene *scene, const char *target)
{
    return ask(scene, "GET", target, "", BYTES_EMPTY);
}

static int post(Scene *scene, const char *target, const char *json)
{
    return ask(scene, "POST", target, "application/json", bytes_of_text(json));
}

static const char *answer_header(const Scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->answer.header_count; i++) {
        if (strcmp(scene->answer.headers[i].name, name) == 0) {
            return scene->answer.headers[i].value;
        }
    }
    return "";
}

// Keep the cookie of the last answer, as a browser does.
static void take_cookie(Scene *scene)
{
    const char *set = answer_header(scene, "Set-Cookie");
    CHECK(strstr(set, "; Path=/; Secure; HttpOnly; SameSite=Strict") != NULL);
    scene->cookie = arena_format(scene->arena, "theme=dark; %.*s", (int)strcspn(set, ";"), set);
}

static void check_code(const Scene *scene, const char *code)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *body = NULL;
    CHECK_OK(json_parse(scene->answer.body, &body, &err));
    CHECK_TEXT(json_string_value(json_object_get(json_object_get(body, "error"), "code")), code);
}

static void open_door(Scene *scene)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *body = NULL;
    CHECK_INT(post(scene, "/v1/door", "{\"token\":\"" TOKEN "\"}"), 200);
    take_cookie(scene);
    CHECK_OK(json_parse(scene->answer.body, &body, &err));
    scene->session =
        arena_format(scene->arena, "%s", json_string_value(json_object_get(body, "reference")));
}

// Seal a body as a page does; `context` is what it is bound to.
static Bytes seal(Scene *scene, const char *context, const char *json)
{
    static const uint8_t key[SM4_KEY_SIZE] = {1, 2, 3}, nonce[SM4_GCM_NONCE_SIZE] = {4, 5, 6};
    Error err = {0};
    CLEANUP(json_cleanup) json_t *offered = NULL;
    CLEANUP(writer_free) Writer point = writer_new(SM2_POINT_SIZE);
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer sealed = writer_new(4096);
    Sm2PublicKey public_key;
    Sm4 sm4;
    Bytes text;
    CHECK_INT(get(scene, "/v1/envelope-key"), 200);
    CHECK_OK(json_parse(scene->answer.body, &offered, &err));
    const char *hex = json_string_value(json_object_get(offered, "public_key"));
    CHECK_OK(hex_decode(bytes_of_text(hex), &point, &err));
    CHECK_OK(sm2_public_key_new(writer_bytes(&point), &public_key, &err));
    CHECK_OK(sm2_encrypt(&public_key, random_system(), BYTES_OF_ARRAY(key), &cipher, &err));
    sm4_init(&sm4, key);
    writer_put(&sealed, BYTES_OF_ARRAY(nonce));
    sm4_gcm_seal(&sm4, nonce, bytes_of_text(context), bytes_of_text(json), &sealed);
    CLEANUP(json_cleanup) json_t *envelope = json_make_object();
    json_put_text(envelope, "key_id", json_string_value(json_object_get(offered, "key_id")));
    json_put_base64(envelope, "key", writer_bytes(&cipher));
    json_put_base64(envelope, "sealed", writer_bytes(&sealed));
    CHECK_OK(json_text(scene->arena, envelope, &text, &err));
    return text;
}

static int post_sealed(Scene *scene, const char *target, const char *json)
{
    Bytes body = seal(scene, arena_format(scene->arena, "POST %s", target), json);
    return ask(scene, "POST", target, "application/vnd.assent.envelope+json", body);
}

static int log_in(Scene *scene, const char *user, const char *password, const char *code)
{
    char *json = arena_format(scene->arena, "{\"user\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}",
                              user, password, code);
    return post_sealed(scene, "/v1/console/login", json);
}

static const char *present_code(Scene *scene)
{
    Error err = {0};
    char code[7];
    CLEANUP(writer_free) Writer secret = writer_new(STAFF_OTP_SIZE);
    CHECK_OK(hex_decode(bytes_of_text(scene->otp_secret), &secret, &err));
    otp_code(writer_bytes(&secret).data, (uint64_t)(scene->now / TIME_SECOND) / 30, code);
    return arena_format(scene->arena, "%s", code);
}

TEST(a_page_comes_with_a_policy_that_lets_nothing_foreign_run)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(get(&scene, "/"), 200);
    CHECK_TEXT(scene.answer.content_type, "text/html; charset=utf-8");
    CHECK(strstr(answer_header(&scene, "Content-Security-Policy"), "default-src 'none'") != NULL);
    CHECK(strstr(answer_header(&scene, "Content-Security-Policy"), "unsafe-inline") == NULL);
    CHECK_INT(get(&scene, "/index"), 200);
    CHECK_INT(get(&scene, "/assets/main.js"), 200);
    CHECK_TEXT(scene.answer.content_type, "text/javascript; charset=utf-8");
    CHECK_INT(get(&scene, "/assets/notes.txt"), 404);
    CHECK_INT(get(&scene, "/nothing"), 404);
    CHECK_TEXT(answer_header(&scene, "Referrer-Policy"), "no-referrer");
    scene_stop(&scene);
}

TEST(the_anchors_are_offered_and_nothing_beside_them)
{
    Scene scene;
    scene_start(&scene);
    write_text(test_directory(), "root.pem", "-----BEGIN CERTIFICATE-----");
    write_text(test_directory(), "root.key", "secret");
    size_t at;
    CHECK_INT(get(&scene, "/v1/trust"), 200);
    CHECK(bytes_find(scene.answer.body, BYTES_LITERAL("\"root.pem\""), 0, &at));
    CHECK(!bytes_find(scene.answer.body, BYTES_LITERAL("root.key"), 0, &at));
    scene_stop(&scene);
}

TEST(a_link_works_on_the_device_that_opened_it_first)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    CHECK_INT(get(&scene, "/v1/session"), 200);
    CHECK_TEXT(scene.terminal.target, "GET /v1/session");
    CHECK_TEXT(scene.terminal.authorization, "Bearer " TOKEN);
    // Again on the same device, then on another one.
    CHECK_INT(post(&scene, "/v1/door", "{\"token\":\"" TOKEN "\"}"), 200);
    const char *kept = scene.cookie;
    scene.cookie = NULL;
    CHECK_INT(post(&scene, "/v1/door", "{\"token\":\"" TOKEN "\"}"), 403);
    check_code(&scene, "portal.other_device");
    CHECK_INT(get(&scene, "/v1/session"), 403);
    check_code(&scene, "portal.no_session");
    scene.cookie = kept;
    scene.session = "0000000000000000";
    CHECK_INT(get(&scene, "/v1/session"), 403);
    scene_stop(&scene);
}

TEST(a_link_that_the_business_system_does_not_know_opens_nothing)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(post(&scene, "/v1/door", "{\"token\":\"ffff\"}"), 403);
    check_code(&scene, "session.unknown");
    unsigned calls = scene.terminal.calls;
    CHECK_INT(post(&scene, "/v1/door", "{\"token\":\"no/token\"}"), 403);
    CHECK_INT(scene.terminal.calls, calls);
    scene_stop(&scene);
}

TEST(the_links_of_a_device_are_listed_without_their_tokens)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(get(&scene, "/v1/door"), 200);
    CHECK(bytes_equal_text(scene.answer.body, "{\"sessions\":[]}"));
    open_door(&scene);
    size_t at;
    CHECK_INT(get(&scene, "/v1/door"), 200);
    CHECK(bytes_find(scene.answer.body, bytes_of_text(scene.session), 0, &at));
    CHECK(!bytes_find(scene.answer.body, BYTES_LITERAL(TOKEN), 0, &at));
    scene_stop(&scene);
}

TEST(another_sites_request_is_refused_before_anything_else)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    unsigned calls = scene.terminal.calls;
    const char *const origins[] = {NULL, "https://evil.example", "http://bank.example:8447",
                                   "https://bank.example", "null"};
    for (size_t i = 0; i < COUNT_OF(origins); i++) {
        scene.origin = origins[i];
        CHECK_INT(post(&scene, "/v1/session/withdrawal", "{}"), 403);
        check_code(&scene, "portal.origin");
    }
    CHECK_INT(scene.terminal.calls, calls);
    scene_stop(&scene);
}

TEST(sensitive_fields_pass_only_in_an_envelope)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    CHECK_INT(post(&scene, "/v1/session/person", "{\"name\":\"x\"}"), 400);
    check_code(&scene, "portal.envelope_missing");
    CHECK_INT(post_sealed(&scene, "/v1/session/person", "{\"name\":\"x\"}"), 200);
    CHECK_TEXT(scene.terminal.body, "{\"name\":\"x\"}");
    CHECK_TEXT(scene.terminal.content_type, "application/json");
    scene_stop(&scene);
}

TEST(an_envelope_opens_for_its_own_request_only)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    Bytes body = seal(&scene, "POST /v1/session/measures/code", "{\"code\":\"123456\"}");
    CHECK_INT(ask(&scene, "POST", "/v1/session/activation/code",
                  "application/vnd.assent.envelope+json", body),
              422);
    scene_stop(&scene);
}

TEST(an_envelope_for_a_former_key_is_told_so)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    const char *json =
        "{\"key_id\":\"0011223344556677\",\"key\":\"AAAA\","
        "\"sealed\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    CHECK_INT(ask(&scene, "POST", "/v1/session/person", "application/vnd.assent.envelope+json",
                  bytes_of_text(json)),
              409);
    check_code(&scene, "portal.envelope_key");
    scene_stop(&scene);
}

// Source of the vectors: RFC 4226 appendix D.
TEST(one_time_codes_are_those_of_rfc_4226)
{
    static const uint8_t secret[STAFF_OTP_SIZE] = "12345678901234567890";
    static const char *const expected[] = {"755224", "287082", "359152", "969429", "338314",
                                           "254676", "287922", "162583", "399871", "520489"};
    for (uint64_t i = 0; i < COUNT_OF(expected); i++) {
        char code[7];
        otp_code(secret, i, code);
        CHECK_TEXT(code, expected[i]);
    }
}

// Covers: K16; GB/T 22081-2016 9.4.2.
TEST(password_and_code_together_open_the_console)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(get(&scene, "/v1/console/authorizations"), 403);
    check_code(&scene, "portal.login");
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", "000000"), 403);
    check_code(&scene, "portal.login_failed");
    CHECK_INT(log_in(&scene, "li.officer", "wrong password here", present_code(&scene)), 403);
    CHECK_INT(log_in(&scene, "nobody", "correct horse battery", present_code(&scene)), 403);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    CHECK_INT(get(&scene, "/v1/console/authorizations?before=2026"), 200);
    CHECK_TEXT(scene.operator.target, "GET /v1/authorizations?before=2026");
    CHECK_INT(post(&scene, "/v1/console/authorizations/a-1/reports", "{\"x\":1}"), 200);
    CHECK_TEXT(scene.operator.target, "POST /v1/authorizations/a-1/reports");
    CHECK_TEXT(scene.operator.body, "{\"x\":1}");
    scene_stop(&scene);
}

TEST(the_business_system_is_told_who_acts_and_a_browser_cannot_say_otherwise)
{
    Scene scene;
    scene_start(&scene);
    open_door(&scene);
    scene.actor = "somebody.else";
    CHECK_INT(get(&scene, "/v1/session"), 200);
    CHECK_TEXT(scene.terminal.actor, "");
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    CHECK_INT(get(&scene, "/v1/console/authorizations"), 200);
    CHECK_TEXT(scene.operator.actor, "li.officer");
    CHECK_INT(post(&scene, "/v1/console/authorizations/a-1/reports", "{\"x\":1}"), 200);
    CHECK_TEXT(scene.operator.actor, "li.officer");
    CHECK_INT(get(&scene, "/v1/console/metrics"), 200);
    CHECK_TEXT(scene.operator.target, "GET /metrics");
    scene_stop(&scene);
}

TEST(a_one_time_code_works_once)
{
    Scene scene;
    scene_start(&scene);
    const char *code = present_code(&scene);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", code), 200);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", code), 403);
    scene_stop(&scene);
}

// Covers: K16; GB/T 22081-2016 9.4.2.
TEST(five_wrong_attempts_lock_a_user_for_a_while)
{
    Scene scene;
    scene_start(&scene);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(log_in(&scene, "li.officer", "wrong password here", "000000"), 403);
    }
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 413);
    check_code(&scene, "portal.login_locked");
    scene.now += 16 * TIME_MINUTE;
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    scene_stop(&scene);
}

// Covers: K16; GB/T 22081-2016 9.4.2.
TEST(a_session_ends_when_idle_and_by_logging_out)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(get(&scene, "/v1/console/me"), 200);  // nobody, and that is no refusal
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    scene.now += 14 * TIME_MINUTE;
    CHECK_INT(get(&scene, "/v1/console/me"), 200);
    scene.now += 16 * TIME_MINUTE;
    CHECK_INT(get(&scene, "/v1/console/me"), 403);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    CHECK_INT(ask(&scene, "POST", "/v1/console/logout", "", BYTES_EMPTY), 204);
    CHECK_INT(get(&scene, "/v1/console/me"), 403);
    scene_stop(&scene);
}

TEST(a_session_ends_after_a_working_day_however_busy_it_was)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    for (int quarter = 0; quarter < 8 * 4; quarter++) {
        scene.now += 15 * TIME_MINUTE;
        CHECK_INT(get(&scene, "/v1/console/me"), 200);
    }
    scene.now += TIME_SECOND;
    CHECK_INT(get(&scene, "/v1/console/me"), 403);
    check_code(&scene, "portal.login");
    scene_stop(&scene);
}

TEST(how_long_a_session_lasts_is_configured)
{
    Scene scene;
    scene_prepare(&scene);
    scene.config.session_idle = 2 * TIME_MINUTE;
    scene.config.session_age = 3 * TIME_MINUTE;
    scene_run(&scene);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    scene.now += 2 * TIME_MINUTE;
    CHECK_INT(get(&scene, "/v1/console/me"), 200);
    scene.now += TIME_MINUTE + TIME_SECOND;
    CHECK_INT(get(&scene, "/v1/console/me"), 403);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    scene.now += 2 * TIME_MINUTE + TIME_SECOND;
    CHECK_INT(get(&scene, "/v1/console/me"), 403);
    scene_stop(&scene);
}

TEST(an_open_page_hears_of_changes_and_does_not_keep_the_session_alive)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(get(&scene, "/v1/console/events"), 403);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    size_t at;
    CHECK_INT(get(&scene, "/v1/console/events"), 200);
    CHECK_TEXT(scene.answer.content_type, "text/event-stream");
    CHECK(bytes_find(scene.answer.body, BYTES_LITERAL("event: changed\n"), 0, &at));
    scene.now += 10 * TIME_MINUTE;
    CHECK_INT(get(&scene, "/v1/console/events"), 200);
    scene.now += 6 * TIME_MINUTE;
    CHECK_INT(get(&scene, "/v1/console/events"), 403);
    scene_stop(&scene);
}

TEST(each_institution_has_its_own_pages_and_routes)
{
    static const struct {
        PortalInstitution institution;
        const char *own, *page, *foreign_page, *foreign;
    } rows[] = {
        {PORTAL_CERTIFICATION, "/v1/console/certificates", "/ca", "/console",
         "/v1/console/deposits"},
        {PORTAL_PRESERVATION, "/v1/console/deposits", "/evidence", "/ca",
         "/v1/console/authorizations"},
        {PORTAL_BUSINESS, "/v1/console/authorizations", "/console", "/evidence",
         "/v1/console/certificates"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Scene scene;
        scene_prepare(&scene);
        scene.config.institution = rows[i].institution;
        write_text(scene.pages, "ca.html", "<!doctype html>");
        write_text(scene.pages, "evidence.html", "<!doctype html>");
        write_text(scene.pages, "console.html", "<!doctype html>");
        scene_run(&scene);
        CHECK_INT(get(&scene, "/"), 200);
        CHECK_INT(get(&scene, rows[i].page), 200);
        CHECK_INT(get(&scene, rows[i].foreign_page), 404);
        CHECK_INT(get(&scene, rows[i].own), 403);
        check_code(&scene, "portal.login");
        CHECK_INT(get(&scene, rows[i].foreign), 404);
        CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
        take_cookie(&scene);
        CHECK_INT(get(&scene, rows[i].own), 200);
        CHECK_TEXT(scene.operator.actor, "li.officer");
        scene_stop(&scene);
    }
}

TEST(a_value_of_a_query_stays_one_value)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(log_in(&scene, "li.officer", "correct horse battery", present_code(&scene)), 200);
    take_cookie(&scene);
    CHECK_INT(get(&scene, "/v1/console/authorizations?before=a%26state%3Db%20%25"), 200);
    CHECK_TEXT(scene.operator.target, "GET /v1/authorizations?before=a%26state%3Db%20%25");
    scene_stop(&scene);
}

TEST(without_a_sandbox_there_is_no_phone_and_no_code_to_look_at)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(post(&scene, "/v1/sandbox/inbox", "{}"), 404);
    CHECK_INT(get(&scene, "/v1/sandbox/staff"), 404);
    scene_stop(&scene);
}

TEST(an_auditor_looks_and_does_not_act)
{
    Scene scene;
    scene_start(&scene);
    CHECK_INT(log_in(&scene, "zhao.auditor", "another long password", present_code(&scene)), 200);
    take_cookie(&scene);
    CHECK_INT(get(&scene, "/v1/console/authorizations/a-1"), 200);
    CHECK_INT(post(&scene, "/v1/console/authorizations/a-1/reports", "{}"), 403);
    check_code(&scene, "portal.role");
    scene_stop(&scene);
}
