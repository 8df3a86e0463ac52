// SPDX-License-Identifier: Apache-2.0
#include "component/journey/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "component/journey/world_ports.h"
#include "domain/pki/ocsp_fixture.h"

enum {
    WORLD_ARENA_SIZE = 1024 * 1024 * 1024,
    RECORDED_MAX_SIZE = 16 * 1024 * 1024,
    READING_SECONDS = 20,
    RETRY_MS = 2000,
};

// --- calling C1 across a boundary -------------------------------------------------------------

typedef struct {
    Peer base;
    World *world;
    const char *role, *name;
} BoundaryPeer;

static void record(World *world, const PeerRequest *request, const Error *err)
{
    writer_format(&world->targets, "%s\n", request->target);
    if (err->kind != ERROR_NONE) {
        writer_format(&world->errors, "%s|%s|%s\n", err->code, err->clause, err->text);
        world->last_error = *err;
    }
}

static bool stop(World *world, const PeerRequest *request, Error *err)
{
    world->stopped_body = arena_copy(world->arena, request->body);
    return error_set(err, ERROR_FORBIDDEN, "world.stopped", NULL, "stopped by the test");
}

static bool boundary_call(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                          Error *err)
{
    BoundaryPeer *boundary = (BoundaryPeer *)self;
    World *world = boundary->world;
    CLEANUP(peer_cleanup) Peer *inside = NULL;
    Error local = {0};
    Error *failure = err == NULL ? &local : err;
    *failure = (Error){0};
    if (world->stops_before != NULL && strcmp(request->method, "POST") == 0 &&
        strcmp(request->target, world->stops_before) == 0) {
        return stop(world, request, failure);
    }
    unsigned crossing;
    bool ok = world_enter(world, &crossing, failure) &&
              peer_local(business_service(world->business), boundary->role, boundary->name,
                         clock_manual(&world->now), &inside, failure) &&
              peer_call(inside, request, arena, ret, failure) &&
              world_leave(world, crossing, failure);
    record(world, request, failure);
    if (ok && world->tamper != NULL) {
        world->tamper(world, request->target, &ret->body);
    }
    // A crash in the middle of a request is seen from outside as an answer that never comes.
    if (world->interruption.has_struck && world->interruption.reopens) {
        world->interruption.reopens = false;
        Error restart = {0};
        if (!world_restart_business(world, &restart)) {
            *failure = restart;
            return false;
        }
    }
    return ok;
}

static void boundary_release(Peer *self)
{
    free(self);
}

static bool boundary_new(World *world, const char *role, const char *name, Peer **ret, Error *err)
{
    BoundaryPeer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        return error_memory(err);
    }
    *peer = (BoundaryPeer){{boundary_call, boundary_release}, world, role, name};
    *ret = &peer->base;
    return true;
}

// --- the person -------------------------------------------------------------------------------

static bool person_ask(void *state, const TerminalQuestion *question, bool *ret_yes, Error *err)
{
    World *world = state;
    (void)err;
    *ret_yes = world->declines == NULL || strcmp(world->declines, question->id) != 0;
    return true;
}

static bool person_read(void *state, Bytes pdf, Bytes text, Error *err)
{
    (void)text;
    World *world = state;
    world->now += world->reading_seconds * TIME_SECOND;
    return bytes_start_with(pdf, BYTES_LITERAL("%PDF-")) ||
           error_set(err, ERROR_UNTRUSTED, "world.no_pdf", NULL, "nothing to read");
}

void world_code(const World *world, char ret[TERMINAL_CODE_SIZE])
{
    static const char mark[] = "验证码 ";
    const char *place = strstr(world->message, mark);
    snprintf(ret, TERMINAL_CODE_SIZE, "%s", place == NULL ? "" : place + strlen(mark));
}

static bool person_code(void *state, const char *purpose, char ret[TERMINAL_CODE_SIZE], Error *err)
{
    const World *world = state;
    (void)err;
    if (strcmp(purpose, "bank_card") == 0) {
        snprintf(ret, TERMINAL_CODE_SIZE, "%s", WORLD_BANK_CODE);
    } else {
        world_code(world, ret);
    }
    return true;
}

static void make_person(World *world)
{
    world->person = (TerminalPerson){
        .name = WORLD_NAME,
        .id_number = WORLD_ID_NUMBER,
        .phone = WORLD_PHONE,
        .document_from = "2020-01-01",
        .document_until = "2040-01-01",
        .bank_card = WORLD_BANK_CARD,
        .device = "device-1",
        .measures = {"id_card", "face", "operator"},
        .measure_count = 3,
        .document_image = BYTES_LITERAL("\x89PNG\r\n\x1a\nimage of a card"),
        .face_image = BYTES_LITERAL("\xff\xd8\xffimage of a face"),
        .state = world,
        .ask = person_ask,
        .read = person_read,
        .code = person_code,
    };
}

// --- making -----------------------------------------------------------------------------------

bool world_institution(World *world, uint8_t serial, const char *organization, const char *name,
                       FixtureIdentity *ret, Error *err)
{
    Arena *arena = world->pki.arena;
    const NameAttribute subject[] = {
        {OID_COUNTRY, "CN"}, {OID_ORGANIZATION, organization}, {OID_COMMON_NAME, name}};
    CertificateTemplate template =
        fixture_template(PROFILE_COMPONENT, bytes_of(&serial, 1), &world->pki.root);
    // fixture_issue makes the key; the certificate is then made again with the right subject.
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    if (!fixture_issue(arena, template, name, &world->pki.root, ret, err) ||
        !name_build(arena, subject, COUNT_OF(subject), &template.subject, err)) {
        return false;
    }
    template.public_key = sm2_public_key(ret->key);
    return certificate_issue(&template, &world->pki.root.signer, &der, err) &&
           certificate_load(arena, writer_bytes(&der), &ret->certificate, err);
}

static bool make_identities(World *world, Error *err)
{
    const struct {
        const char *organization, *name;
        FixtureIdentity *identity;
    } rows[] = {{WORLD_BANK, "Bank C1", &world->c1},
                {WORLD_BANK, "Bank C2", &world->c2},
                {WORLD_AUTHORITY, "CA C3", &world->c3},
                {"示范存证科技有限公司", "Evidence C5", &world->c5}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!world_institution(world, (uint8_t)(40 + i), rows[i].organization, rows[i].name,
                               rows[i].identity, err)) {
            return false;
        }
    }
    static const uint8_t serial[] = {50};
    CertificateTemplate maker =
        fixture_template(PROFILE_SEAL_MAKER, BYTES_OF_ARRAY(serial), &world->pki.root);
    return fixture_issue(world->pki.arena, maker, "Test Seal Maker", &world->pki.root,
                         &world->pki.seal_maker, err) &&
           fixture_responder(&world->pki, &world->pki.ca, &world->responder, err);
}

static bool make_secrets(World *world, Error *err)
{
    static const uint8_t key[32] = {7, 6, 5, 4, 3, 2, 1};
    return secret_new(bytes_of(key, 16), &world->field_key, err) &&
           secret_new(bytes_of(key, 32), &world->index_key, err) &&
           secret_new(bytes_of(key + 1, 16), &world->kek, err);
}

static bool start_preservation(World *world, Error *err)
{
    char *directory = arena_format(world->arena, "%s/c5", world->directory);
    if (directory == NULL) {
        return error_memory(err);
    }
    if (mkdir(directory, 0700) != 0) {
        return error_set(err, ERROR_INTERNAL, "world.directory", NULL, "cannot make a directory");
    }
    world->depositors[0] = (Depositor){"business", "bank", world->c1.certificate.der};
    world->depositors[1] = (Depositor){"registration", NULL, world->c2.certificate.der};
    world->depositors[2] = (Depositor){"certification", NULL, world->c3.certificate.der};
    world->preservation_config = (PreservationConfig){
        .directory = directory,
        .origin = "evidence.example.cn/log1",
        .signer = &world->c5.signer,
        .certificate = world->c5.certificate.der,
        .kek = world->kek,
        .trust = world->pki.trust,
        .revocation = REVOCATION_REQUIRED,
        .depositors = world->depositors,
        .depositor_count = COUNT_OF(world->depositors),
        .clock = clock_manual(&world->now),
        .random = random_system(),
        .version = "test",
    };
    if (!preservation_open(&world->preservation_config, &world->preservation, err)) {
        return false;
    }
    const Service *service = preservation_service(world->preservation);
    Clock clock = clock_manual(&world->now);
    return peer_local(service, "business", "bank", clock, &world->c5_for_c1, err) &&
           peer_local(service, "registration", "bank-ra", clock, &world->c5_for_c2, err) &&
           peer_local(service, "certification", "ca", clock, &world->c5_for_c3, err);
}

static BusinessProfile make_profile(void)
{
    return (BusinessProfile){
        .party = {WORLD_BANK, WORLD_PARTY_USCC, "400-000-0000"},
        .address = "示范市示范路1号",
        .hotline = "400-000-0000",
        .sources = {{"示范征信中心（金融信用信息基础数据库）", WORLD_SOURCE_USCC, ""}},
        .source_count = 1,
        .product = "个人消费贷款",
        .channel = "手机银行",
        .region = "中国大陆",
        .ca_name = "示范电子认证服务有限公司",
        .cps_url = "https://ca.example.cn/cps",
        .evidence_provider = "示范存证科技有限公司",
        .evidence_contact = "400-000-0002",
        .verifiers = "公民身份信息核查机构、示范身份核验有限公司",
        .complaint_office = "中国人民银行示范市分行",
        .court = "",
    };
}

static bool start_business(World *world, bool batch_deposits, Error *err)
{
    char *path = arena_format(world->arena, "%s/c1.db", world->directory);
    if (path == NULL) {
        return error_memory(err);
    }
    world->profile = make_profile();
    world->config = (BusinessConfig){
        .institution = {&world->c1.signer, world->c1.certificate.der, clock_manual(&world->now)},
        .trust = world->pki.trust,
        .store_path = path,
        .field_key = world->field_key,
        .index_key = world->index_key,
        .random = random_system(),
        .clock = clock_manual(&world->now),
        .profile = &world->profile,
        .fonts = &world->fonts,
        .mock_persons_allowed = true,
        .batch_deposits = batch_deposits,
        .dwell_minimum_ms = 10000,
        .log_certificate = world->c5.certificate.der,
    };
    world_set_ports(world, &world->config);
    return business_start(&world->config, &world->business, err) &&
           boundary_new(world, "operator", "alice", &world->staff, err) &&
           boundary_new(world, "terminal", "phone", &world->terminal, err);
}

bool world_make(World *world, const char *directory, bool batch_deposits, Error *err)
{
    *world = (World){.now = FIXTURE_NOW,
                     .directory = directory,
                     .answers = world_answers_pass(),
                     .reading_seconds = READING_SECONDS};
    world->arena = arena_new(WORLD_ARENA_SIZE);
    world->errors = writer_new(RECORDED_MAX_SIZE);
    world->targets = writer_new(RECORDED_MAX_SIZE);
    world->replies = json_array();
    make_person(world);
    return (world->arena != NULL || error_memory(err)) && fixture_pki_make(&world->pki, err) &&
           make_identities(world, err) && make_secrets(world, err) &&
           font_family_open(NULL, &world->fonts, err) && start_preservation(world, err) &&
           start_business(world, batch_deposits, err);
}

void world_free(World *world)
{
    peer_cleanup(&world->staff);
    peer_cleanup(&world->terminal);
    business_stop(world->business);
    peer_cleanup(&world->c5_for_c1);
    peer_cleanup(&world->c5_for_c2);
    peer_cleanup(&world->c5_for_c3);
    preservation_cleanup(&world->preservation);
    font_family_close(&world->fonts);
    secret_free(world->field_key);
    secret_free(world->index_key);
    secret_free(world->kek);
    fixture_identity_free(&world->c1);
    fixture_identity_free(&world->c2);
    fixture_identity_free(&world->c3);
    fixture_identity_free(&world->c5);
    fixture_identity_free(&world->responder);
    fixture_pki_free(&world->pki);
    json_decref(world->replies);
    writer_free(&world->errors);
    writer_free(&world->targets);
    arena_free(world->arena);
}

bool world_restart_business(World *world, Error *err)
{
    business_stop(world->business);
    world->business = NULL;
    return business_start(&world->config, &world->business, err);
}

// --- what happens in it -----------------------------------------------------------------------

bool world_send(World *world, const char *token, const char *target, Bytes body,
                const char *idempotency_key, Bytes *ret, Error *err)
{
    PeerRequest request = {.method = body.len == 0 ? "GET" : "POST",
                           .target = target,
                           .idempotency_key = idempotency_key,
                           .body = body,
                           .actor = world->actor};
    if (body.len > 0) {
        request.content_type = "application/json";
    }
    if (token != NULL) {
        request.authorization = arena_format(world->arena, "Bearer %s", token);
    }
    PeerResponse response;
    Peer *peer = token == NULL ? world->staff : world->terminal;
    if (!peer_call(peer, &request, world->arena, &response, err)) {
        return false;
    }
    *ret = response.body;
    return true;
}

bool world_call(World *world, const char *token, const char *target, const char *body,
                const char *idempotency_key, Bytes *ret, Error *err)
{
    return world_send(world, token, target, bytes_of_text(body), idempotency_key, ret, err);
}

bool world_open(World *world, const char **ret_id, const char **ret_token, Error *err)
{
    static const char offer[] =
        "{\"offer\":{\"business\":\"个人消费贷款申请 A-0001\",\"scope\":{\"query\":true,\"report\":"
        "true},\"purposes\":[\"02\",\"01\"],\"report_items\":[\"基本信息\",\"借贷信息\"],"
        "\"term\":{\"starts_at\":\"2026-11-25T00:00:00Z\",\"end\":\"settled\",\"ends_at\":"
        "\"2027-11-25T00:00:00Z\"},\"frequency\":{\"count\":2,\"period\":\"quarter\"}}}";
    Bytes reply;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!world_send(world, NULL, "/v1/authorizations", BYTES_LITERAL(offer), NULL, &reply, err) ||
        !json_parse(reply, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "opened", err);
    *ret_id =
        arena_text(world->arena, bytes_of_text(json_view_text(&view, "authorization_id", 64)));
    *ret_token = arena_text(world->arena, bytes_of_text(json_view_text(&view, "token", 128)));
    json_view_time(&view, "expires_at");
    return json_view_done(&view) && ((*ret_id != NULL && *ret_token != NULL) || error_memory(err));
}

bool world_walk(World *world, const char *token, TerminalResult *ret, Error *err)
{
    TerminalConfig config = {.business = world->terminal,
                             .token = token,
                             .person = &world->person,
                             .clock = clock_manual(&world->now),
                             .random = random_system(),
                             .retry_ms = RETRY_MS,
                             .key_token = world->key_token};
    return terminal_run(&config, world->arena, ret, err);
}

bool world_walk_until(World *world, const char *token, const char *target, Bytes *ret_body,
                      Error *err)
{
    TerminalResult result;
    Error stopped = {0};
    world->stops_before = target;
    bool is_through = world_walk(world, token, &result, &stopped);
    world->stops_before = NULL;
    if (is_through || strcmp(stopped.code, "world.stopped") != 0) {
        *err = stopped;
        return error_context(err, "before %s", target);
    }
    *ret_body = world->stopped_body;
    return true;
}
