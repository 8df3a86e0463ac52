// SPDX-License-Identifier: Apache-2.0
//
// What was issued in a person's name, whoever had it issued: the person sees it, nobody else does,
// and what the person objects to is suspended. The log is the real C5's.
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/journey/scene.h"

#define ISSUANCES "/v1/session/issuances"
#define ACCESS "/v1/session/authorizations/access"

static Error err;
static const uint8_t secret_bytes[ISSUANCE_SECRET_SIZE] = {8, 1, 6};
#define SECRET BYTES_OF_ARRAY(secret_bytes)

// C2 as a stand-in: it has a secret for everybody, knows some numbers, and is told of objections.
typedef struct {
    bool knows_nobody, is_down, refuses;
    HolderIssuance known[4];
    size_t known_count;
    const char *asked_for;
    size_t objections;
    HolderObjection last;
    World *world;
} FakeOffice;

static FakeOffice office;  // of the test that runs

static bool fake_list(const HolderPort *port, const char *holder_index, Arena *arena,
                      HolderIssuances *ret, Error *failure)
{
    (void)port, (void)arena;
    office.asked_for = arena_text(office.world->arena, bytes_of_text(holder_index));
    *ret = (HolderIssuances){SECRET, office.known, office.known_count};
    return !office.knows_nobody ||
           error_set(failure, ERROR_NOT_FOUND, "holder.unknown", NULL, "nobody");
}

static bool fake_object(const HolderPort *port, const HolderObjection *objection, Arena *arena,
                        Error *failure)
{
    (void)port, (void)arena;
    if (office.refuses) {
        return error_set(failure, ERROR_CONFLICT, "certificate.state", NULL, "revoked before");
    }
    office.objections++;
    office.last = *objection;
    office.last.request_id = arena_text(office.world->arena, bytes_of_text(objection->request_id));
    office.last.receipt = arena_copy(office.world->arena, objection->receipt);
    return !office.is_down ||
           error_set(failure, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer");
}

static void start(Scene *scene)
{
    scene_make(scene);
    World *world = &scene->world;
    office = (FakeOffice){.world = world};
    Institution c1 = world->config.institution;
    world->config.holders = (HolderPort){.list = fake_list, .object = fake_object};
    world->config.transparency = transparency_port_of_peer(world->c5_for_c1, c1);
    CHECK_OK(world_restart_business(world, &err));
}

// C3 logs a certificate as the person's number.
static void log_record(World *world, uint64_t number, const IssuanceRecord *record)
{
    Institution c3 = {&world->c3.signer, world->c3.certificate.der, clock_manual(&world->now)};
    TransparencyPort port = transparency_port_of_peer(world->c5_for_c3, c3);
    Issuance issuance;
    Bytes receipt;
    CHECK_OK(issuance_seal(world->arena, SECRET, number, record, &issuance, &err));
    CHECK_OK(port.append(&port, &issuance, 1, world->arena, &receipt, &err));
}

static const char *log_certificate(World *world, uint64_t number, Bytes der)
{
    Certificate certificate;
    IssuanceRecord record;
    CHECK_OK(certificate_parse(der, &certificate, &err));
    CHECK_OK(
        issuance_record_of(world->arena, &certificate, &world->pki.ca.certificate, &record, &err));
    log_record(world, number, &record);
    return record.serial;
}

// What somebody else had issued.
static void log_foreign(World *world, uint64_t number, const char *serial)
{
    IssuanceRecord record = {.issuer_name = "Other CA", .serial = serial};
    log_record(world, number, &record);
}

static void open_access(Scene *scene)
{
    char code[TERMINAL_CODE_SIZE];
    scene_post(scene, ACCESS, BYTES_LITERAL("{}"));
    world_code(&scene->world, code);
    scene_post(scene, ACCESS "/code",
               bytes_of_text(arena_format(scene->world.arena, "{\"code\":\"%s\"}", code)));
}

static const json_t *certificate_at(Scene *scene, size_t i)
{
    return json_array_get(json_object_get(scene_get(scene, ISSUANCES), "certificates"), i);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static bool send(Scene *scene, const char *target, Bytes body)
{
    Bytes reply;
    return world_send(&scene->world, scene->token, target, body, NULL, &reply, &err);
}

// Covers: PIPL 45.
TEST(the_person_sees_what_was_issued_and_what_nobody_here_applied_for_is_marked)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    TerminalResult result = scene_walk(&scene);
    const char *serial = log_certificate(&scene.world, 0, result.certificate);
    log_foreign(&scene.world, 2, "0BAD");  // and a number that was never logged before it
    open_access(&scene);
    const json_t *list = json_object_get(scene_get(&scene, ISSUANCES), "certificates");
    CHECK_INT(json_array_size(list), 2);
    const json_t *foreign = certificate_at(&scene, 0), *own = certificate_at(&scene, 1);
    CHECK_TEXT(text_of(foreign, "serial"), "0BAD");
    CHECK_TEXT(text_of(foreign, "issuer"), "Other CA");
    CHECK(json_is_false(json_object_get(foreign, "is_known")));
    CHECK_TEXT(text_of(foreign, "authorization_id"), "");
    CHECK_TEXT(text_of(own, "serial"), serial);
    CHECK(json_is_true(json_object_get(own, "is_known")));
    CHECK_TEXT(text_of(own, "authorization_id"), scene.id);
    CHECK_TEXT(text_of(own, "status"), "VALID");
    CHECK_INT(strlen(office.asked_for), 32);
}

TEST(the_terminal_can_verify_each_receipt_by_itself)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    log_foreign(&scene.world, 0, "0BAD");
    open_access(&scene);
    const json_t *reply = scene_get(&scene, ISSUANCES);
    const json_t *item = json_array_get(json_object_get(reply, "certificates"), 0);
    CLEANUP(writer_free) Writer secret = writer_new(ISSUANCE_SECRET_SIZE);
    Bytes receipt, der;
    Certificate log;
    Issuance issuance;
    IssuanceRecord record;
    Time received;
    Arena *arena = scene.world.arena;
    CHECK_OK(hex_decode(bytes_of_text(text_of(reply, "secret")), &secret, &err));
    CHECK_OK(base64_decode_arena(arena, bytes_of_text(text_of(item, "receipt")), &receipt, &err));
    CHECK_OK(
        base64_decode_arena(arena, bytes_of_text(text_of(reply, "log_certificate")), &der, &err));
    CHECK_OK(certificate_parse(der, &log, &err));
    CHECK_OK(issuance_receipt_verify(arena, receipt, &log.public_key, &issuance, &received, &err));
    CHECK_OK(issuance_open(arena, writer_bytes(&secret), 0, &issuance, &record, &err));
    CHECK_TEXT(record.serial, "0BAD");
}

TEST(without_a_confirmed_code_nothing_is_shown_or_suspended)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    log_foreign(&scene.world, 0, "0BAD");
    CHECK_FAILS_WITH(send(&scene, ISSUANCES, BYTES_EMPTY), ERROR_FORBIDDEN, "access.not_open");
    CHECK_FAILS_WITH(send(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}")), ERROR_FORBIDDEN,
                     "access.not_open");
    open_access(&scene);
    scene_get(&scene, ISSUANCES);
    scene.world.now += 11 * TIME_MINUTE;
    CHECK_FAILS_WITH(send(&scene, ISSUANCES, BYTES_EMPTY), ERROR_FORBIDDEN, "access.not_open");
    CHECK_INT(office.objections, 0);
}

TEST(who_never_had_a_certificate_sees_an_empty_list)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    office.knows_nobody = true;
    open_access(&scene);
    const json_t *reply = scene_get(&scene, ISSUANCES);
    CHECK_INT(json_array_size(json_object_get(reply, "certificates")), 0);
    CHECK(json_object_get(reply, "secret") == NULL);
    CHECK_FAILS_WITH(send(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}")), ERROR_NOT_FOUND,
                     "issuances.unknown");
}

// Covers: JR/T 0299-2024 6.5.
TEST(an_objection_suspends_the_certificate_and_is_evidence)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    log_foreign(&scene.world, 0, "0BAD");
    open_access(&scene);
    const json_t *reply = scene_post(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}"));
    CHECK_TEXT(text_of(reply, "serial"), "0BAD");
    CHECK_TEXT(text_of(reply, "status"), "SUSPENDED");
    CHECK_INT(office.objections, 1);
    CHECK_INT(office.last.number, 0);
    const json_t *history = json_object_get(scene_history(&scene), "history");
    const json_t *last = json_array_get(history, json_array_size(history) - 1);
    CHECK_TEXT(text_of(last, "event"), "object_certificate");
    CHECK_TEXT(text_of(last, "code"), "0BAD");
    // The evidence of it goes to C5 a little later.
    size_t count;
    scene.world.now += TIME_MINUTE;
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    PeerRequest deposits = {.method = "GET",
                            .target = arena_format(scene.world.arena, "/v1/deposits/%s", scene.id)};
    PeerResponse response;
    size_t at;
    CHECK_OK(peer_call(scene.world.c5_for_c1, &deposits, scene.world.arena, &response, &err));
    CHECK(bytes_find(response.body, BYTES_LITERAL("OTHER"), 0, &at));
}

TEST(an_objection_whose_answer_was_lost_is_made_once)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    log_foreign(&scene.world, 0, "0BAD");
    open_access(&scene);
    office.is_down = true;
    CHECK_FAILS(send(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}")), ERROR_UNAVAILABLE);
    const char *first = office.last.request_id;
    office.is_down = false;
    scene_post(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}"));
    CHECK_TEXT(office.last.request_id, first);
    scene_post(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}"));
    CHECK(strcmp(office.last.request_id, first) != 0);
    office.refuses = true;
    CHECK_FAILS_WITH(send(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}")), ERROR_CONFLICT,
                     "certificate.state");
}

TEST(a_number_that_is_not_in_the_log_or_no_number_is_refused)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    start(&scene);
    scene_walk(&scene);
    open_access(&scene);
    CHECK_FAILS_WITH(send(&scene, ISSUANCES "/0/objection", BYTES_LITERAL("{}")), ERROR_NOT_FOUND,
                     "issuances.unknown");
    static const char *const wrong[] = {"-1", "1x", "2048", "99999", "0x1"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const char *target = arena_format(scene.world.arena, ISSUANCES "/%s/objection", wrong[i]);
        CHECK_FAILS_WITH(send(&scene, target, BYTES_LITERAL("{}")), ERROR_INPUT,
                         "issuances.number");
    }
    CHECK_INT(office.objections, 0);
}
