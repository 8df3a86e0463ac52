// SPDX-License-Identifier: Apache-2.0
//
// A certificate on its way to its holder, its update, and who may ask for what.
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/test/test.h"
#include "component/certification/embedded.h"
#include "component/certification/records_change.h"
#include "component/certification/world_test.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

static Error err;

static CertificationRequest request_of(World *world, const char *request_id)
{
    CertificationRequest request = world_request(world, request_id, PERSON, "张三");
    request.profile = "personal";
    return request;
}

static const char *issue(World *world, const CertificationRequest *request)
{
    CertificationResult result = world_issue(world, request);
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    return certificate_serial_text(world->arena, &certificate);
}

static bool try_issue(World *world, const CertificationRequest *request)
{
    CertificationResult result;
    Bytes statement;
    return world->port.issue(&world->port, request, world->arena, &result, &statement, &err);
}

static CertificationHandover handover_of(World *world, const char *serial, const char *manner)
{
    return (CertificationHandover){
        .serial_hex = serial,
        .request_id = arena_format(world->arena, "handover-%s-%s", serial, manner),
        .delivered_at = world->now,
        .accepted_at = manner[0] == '\0' ? 0 : world->now,
        .manner = manner};
}

static bool hand_over(World *world, const CertificationHandover *handover)
{
    return world->port.hand_over(&world->port, handover, world->arena, &err);
}

static void accept(World *world, const char *serial)
{
    CertificationHandover handover = handover_of(world, serial, "confirmation");
    CHECK_OK(hand_over(world, &handover));
}

static CertificateRow row_of(World *world, const char *serial)
{
    CertificateRow row;
    CHECK_OK(certificate_record_get(world->certification->store, serial, world->arena, &row, &err));
    return row;
}

static CertificateState state_of(World *world, const char *serial)
{
    CertificateRow row = row_of(world, serial);
    return certificate_row_state(&row, world->now);
}

static bool end(World *world, const char *serial, int reason)
{
    const CertificationRevocation change = {
        .serial_hex = serial,
        .reason = reason,
        .request_id = arena_format(world->arena, "c-%s-%d", serial, reason),
        .justification = "test"};
    return world->port.revoke(&world->port, &change, world->arena, &err);
}

// Covers: JR/T 0299-2024 4 d, 6.5.
TEST(delivery_and_acceptance_are_kept_with_their_times_and_once)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    const char *serial = issue(world, &request);
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    world->now += TIME_MINUTE;
    CertificationHandover delivered = handover_of(world, serial, "");
    CHECK_OK(hand_over(world, &delivered));
    CHECK_INT(state_of(world, serial), CERTIFICATE_DELIVERED);
    world->now += TIME_MINUTE;
    CertificationHandover used = handover_of(world, serial, "first_use");
    CHECK_OK(hand_over(world, &used));
    CHECK_OK(hand_over(world, &used));
    CertificateRow row = row_of(world, serial);
    CHECK_INT(certificate_row_state(&row, world->now), CERTIFICATE_ACTIVE);
    CHECK_INT(row.delivered_at, delivered.delivered_at);
    CHECK_INT(row.accepted_at, used.accepted_at);
    CertificationHandover other = used;
    other.delivered_at -= TIME_SECOND;
    CHECK_FAILS_WITH(hand_over(world, &other), ERROR_CONFLICT, "certification.request_reused");
    CertificationHandover late = handover_of(world, serial, "confirmation");
    CHECK_FAILS_WITH(hand_over(world, &late), ERROR_CONFLICT, "certificate.state");
    world_close(world);
}

TEST(a_handover_before_the_issue_or_of_anothers_certificate_is_refused)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    const char *serial = issue(world, &request);
    CertificationHandover early = handover_of(world, serial, "confirmation");
    early.accepted_at -= TIME_HOUR;
    CHECK_FAILS_WITH(hand_over(world, &early), ERROR_INPUT, "certificate.handover");
    CertificationHandover handover = handover_of(world, serial, "confirmation");
    world->port.institution.signer = &world->authority.signer;
    world->port.institution.certificate = world->authority.certificate;
    CHECK_FAILS_WITH(hand_over(world, &handover), ERROR_FORBIDDEN, "certificate.other_registrar");
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    world_close(world);
}

// Covers: JR/T 0299-2024 6.5 (update).
TEST(an_update_links_both_and_ends_the_old_one_when_the_new_one_is_accepted)
{
    World *world = world_open();
    CertificationRequest first = request_of(world, "r-1"), second = request_of(world, "r-2");
    const char *old = issue(world, &first);
    accept(world, old);
    second.renews = old;
    const char *serial = issue(world, &second);
    CertificateRow before = row_of(world, old), after = row_of(world, serial);
    CHECK_TEXT(before.successor, serial);
    CHECK_TEXT(after.predecessor, old);
    CHECK_INT(state_of(world, old), CERTIFICATE_UPDATED);
    CHECK(sm3_digest_equal(&before.subject_index, &after.subject_index));
    CHECK(!sm3_digest_equal(&before.key_digest, &after.key_digest));
    world->now += TIME_MINUTE;
    accept(world, serial);
    before = row_of(world, old);
    CHECK_INT(before.state, CERTIFICATE_REVOKED);
    CHECK_INT(before.reason, REASON_SUPERSEDED);
    CHECK_INT(before.revoked_at, world->now);
    CHECK_INT(state_of(world, serial), CERTIFICATE_ACTIVE);
    world_close(world);
}

TEST(by_its_profile_an_updated_certificate_is_left_to_expire)
{
    World *world = world_open();
    const char *text = arena_text(
        world->arena, bytes_of(embedded_data_profiles_json, embedded_data_profiles_json_size));
    const char *last = strstr(strstr(text, "\"personal\""), "\"revoke\"");
    CHECK(last != NULL);
    world_stop(world);
    world->config.profiles = bytes_of_text(arena_format(
        world->arena, "%.*s\"expire\"%s", (int)(last - text), text, last + strlen("\"revoke\"")));
    unlink(world->config.store_path);
    world_start(world);
    CertificationRequest first = request_of(world, "r-1"), second = request_of(world, "r-2");
    const char *old = issue(world, &first);
    accept(world, old);
    second.renews = old;
    accept(world, issue(world, &second));
    CHECK_INT(state_of(world, old), CERTIFICATE_UPDATED);
    world->now += 366 * TIME_DAY;
    CHECK_INT(state_of(world, old), CERTIFICATE_EXPIRED);
    world_close(world);
}

TEST(what_cannot_be_updated_is_refused_and_stays_as_it_is)
{
    World *world = world_open();
    CertificationRequest first = request_of(world, "r-1");
    const char *old = issue(world, &first);
    CertificationRequest again = request_of(world, "r-2");
    again.renews = old;
    CHECK_FAILS_WITH(try_issue(world, &again), ERROR_CONFLICT,
                     "certificate.state");  // not accepted
    accept(world, old);
    again.renews = "00FF";
    CHECK_FAILS_WITH(try_issue(world, &again), ERROR_NOT_FOUND, "certificate.unknown");
    again.renews = old;
    again.csr = first.csr;
    CHECK_FAILS_WITH(try_issue(world, &again), ERROR_CONFLICT, "certification.key_used");
    CertificationRequest stranger =
        world_request(world, "r-3", "11111111111111111111111111111111", "李四");
    stranger.profile = "personal";
    stranger.renews = old;
    CHECK_FAILS_WITH(try_issue(world, &stranger), ERROR_FORBIDDEN, "certification.renewal");
    CertificationRequest scenario = world_request(world, "r-4", PERSON, "张三");
    scenario.renews = old;
    CHECK_FAILS_WITH(try_issue(world, &scenario), ERROR_FORBIDDEN, "certification.renewal");
    CHECK_OK(end(world, old, REASON_CERTIFICATE_HOLD));
    CertificationRequest held = request_of(world, "r-5");
    held.renews = old;
    CHECK_FAILS_WITH(try_issue(world, &held), ERROR_CONFLICT, "certificate.state");
    CHECK_INT(state_of(world, old), CERTIFICATE_SUSPENDED);
    CHECK_TEXT(row_of(world, old).successor, "");
    world_close(world);
}

TEST(one_certificate_is_updated_once)
{
    World *world = world_open();
    CertificationRequest first = request_of(world, "r-1"), second = request_of(world, "r-2"),
                         third = request_of(world, "r-3");
    const char *old = issue(world, &first);
    accept(world, old);
    second.renews = third.renews = old;
    issue(world, &second);
    CHECK_FAILS_WITH(try_issue(world, &third), ERROR_CONFLICT, "certificate.state");
    world_close(world);
}

// Covers: JR/T 0299-2024 6.6 a; C16.
TEST(where_a_key_lies_is_held_to_the_profile_and_recorded)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    request.carrier = "token";
    CHECK_FAILS_WITH(try_issue(world, &request), ERROR_INPUT, "certification.carrier");
    request.carrier_serial = "SN-0001";
    const char *serial = issue(world, &request);
    CertificateRow row = row_of(world, serial);
    CHECK_TEXT(row.carrier, "token");
    CHECK_TEXT(row.carrier_serial, "SN-0001");
    CHECK_TEXT(row.agreement, "RA-2026-001");
    CHECK_TEXT(row.requirements, "1.0");
    CertificationRequest scenario = world_request(world, "r-2", PERSON, "张三");
    scenario.carrier = "token";
    scenario.carrier_serial = "SN-0001";
    CHECK_FAILS_WITH(try_issue(world, &scenario), ERROR_FORBIDDEN, "certification.carrier");
    scenario.carrier = NULL;
    scenario.carrier_serial = NULL;
    CHECK_FAILS_WITH(try_issue(world, &scenario), ERROR_FORBIDDEN, "certification.carrier");
    world_close(world);
}

// Covers: C05.
TEST(a_registrar_without_contract_or_version_of_requirements_does_not_start)
{
    World *world = world_open();
    world_stop(world);
    Certification *certification = NULL;
    world->registrars[1].agreement = "";
    CHECK_FAILS_WITH(certification_start(&world->config, &certification, &err), ERROR_INPUT,
                     "certification.registrar");
    world->registrars[1].agreement = "RA-2026-002";
    world->registrars[1].requirements = NULL;
    CHECK_FAILS_WITH(certification_start(&world->config, &certification, &err), ERROR_INPUT,
                     "certification.registrar");
    world->registrars[1].requirements = "1.0";
    world_start(world);
    world_close(world);
}

TEST(what_was_refused_is_in_the_history)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    const char *serial = issue(world, &request);
    CHECK_OK(end(world, serial, REASON_KEY_COMPROMISE));
    CHECK_FAILS_WITH(end(world, serial, REASON_SUPERSEDED), ERROR_CONFLICT, "certificate.state");
    const PeerRequest look = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/certificates/%s/history", serial)};
    PeerResponse response;
    size_t at;
    CHECK_OK(world_call(world, "certification_operator", &look, &response, &err));
    CHECK(bytes_find(response.body,
                     BYTES_LITERAL("\"code\":\"certificate.state\",\"event\":\"REFUSED\""), 0,
                     &at));
    CHECK(bytes_find(response.body, BYTES_LITERAL("\"operation\":\"revoke\""), 0, &at));
    world_close(world);
}

enum { THREADS = 4, TRIES = 6 };

typedef struct {
    World *world;
    const CertificationRequest *requests;
    int issued, taken;
    Arena *arena;
} Worker;

static void *work(void *context)
{
    Worker *worker = context;
    for (int i = 0; i < TRIES; i++) {
        CertificationResult result;
        Bytes statement;
        Error own;
        bool done = worker->world->port.issue(&worker->world->port, &worker->requests[i],
                                              worker->arena, &result, &statement, &own);
        worker->issued += done ? 1 : 0;
        worker->taken += !done && strcmp(own.code, "certification.subject_taken") == 0 ? 1 : 0;
    }
    return NULL;
}

// Covers: C04.
TEST(one_subject_goes_to_one_person_whoever_asks_at_the_same_time)
{
    static const char *const names[THREADS] = {"张三", "李四", "王五", "赵六"};
    World *world = world_open();
    Worker workers[THREADS];
    pthread_t threads[THREADS];
    CertificationRequest requests[THREADS][TRIES];
    int winners = 0;
    for (int i = 0; i < THREADS; i++) {
        for (int k = 0; k < TRIES; k++) {
            requests[i][k] = request_of(world, arena_format(world->arena, "t-%d-%d", i, k));
            requests[i][k].common_name = names[i];
        }
        workers[i] = (Worker){world, requests[i], 0, 0, arena_new(ARENA_DEFAULT_LIMIT)};
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        arena_free(workers[i].arena);
        CHECK_INT(workers[i].issued + workers[i].taken, TRIES);
        CHECK(workers[i].issued == 0 || workers[i].issued == TRIES);
        winners += workers[i].issued == TRIES ? 1 : 0;
    }
    CHECK_INT(winners, 1);
    world_close(world);
}
