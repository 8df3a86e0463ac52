// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <string.h>

#include "base/test/test.h"
#include "component/certification/world_test.h"
#include "domain/pki/crl.h"
#include "domain/pki/path.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

enum { SUSPEND = 6, RESUME = 8, REVOKE = 1 };

static Error err;

// Issue a certificate of the person; its serial number as text.
static const char *issue(World *world, const char *request_id, Certificate *ret)
{
    CertificationRequest request = world_request(world, request_id, PERSON, "张三");
    CertificationResult result = world_issue(world, &request);
    CHECK_OK(certificate_parse(result.certificate, ret, &err));
    const char *serial = certificate_serial_text(world->arena, ret);
    CHECK(serial != NULL);
    return serial;
}

static bool change(World *world, const char *serial, int reason)
{
    const CertificationRevocation revocation = {
        .serial_hex = serial,
        .reason = reason,
        .request_id =
            arena_format(world->arena, "c-%s-%d-%lld", serial, reason, (long long)world->now),
        .justification = "test",
        .evidence = reason == RESUME ? world_decision(world, "decision-2") : BYTES_EMPTY};
    return world->port.revoke(&world->port, &revocation, world->arena, &err);
}

static Crl list_of(World *world)
{
    const PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse response;
    Crl crl;
    Certificate issuer;
    CHECK_OK(world_call(world, "", &request, &response, &err));
    CHECK_TEXT(response.content_type, "application/pkix-crl");
    CHECK_OK(crl_parse(response.body, &crl, &err));
    CHECK_OK(certificate_parse(world->issuing.certificate, &issuer, &err));
    CHECK_OK(crl_verify(&crl, &issuer, &err));
    return crl;
}

static uint64_t number_of(const Crl *crl)
{
    uint64_t number = 0;
    for (size_t i = 0; i < crl->number.len; i++) {
        number = number << 8 | crl->number.data[i];
    }
    return number;
}

static bool state_is(World *world, const char *serial, const char *state)
{
    const PeerRequest request = {
        .method = "GET", .target = arena_format(world->arena, "/v1/certificates/%s", serial)};
    PeerResponse response;
    size_t offset;
    CHECK_OK(world_call(world, "certification_operator", &request, &response, &err));
    const char *wanted = arena_format(world->arena, "\"state\":\"%s\"", state);
    return bytes_find(response.body, bytes_of_text(wanted), 0, &offset);
}

// Covers: JR/T 0299-2024 6.5.
TEST(a_revoked_certificate_is_on_the_next_list_with_its_reason)
{
    World *world = world_open();
    Certificate certificate, other;
    Revocation entry;
    const char *serial = issue(world, "r-1", &certificate);
    issue(world, "r-2", &other);
    Crl before = list_of(world);
    CHECK_INT(before.entry_count, 0);
    world->now += TIME_MINUTE;
    CHECK_OK(change(world, serial, REVOKE));
    Crl after = list_of(world);
    CHECK_INT(number_of(&after), number_of(&before) + 1);
    CHECK(crl_find(&after, certificate.serial, &entry));
    CHECK_INT(entry.reason, REASON_KEY_COMPROMISE);
    CHECK_INT(entry.revoked_at, world->now);
    CHECK(!crl_find(&after, other.serial, &entry));
    CHECK(state_is(world, serial, "REVOKED"));
    world_close(world);
}

// Covers: C11.
TEST(a_suspended_certificate_is_on_hold_until_it_is_resumed)
{
    World *world = world_open();
    Certificate certificate;
    Revocation entry;
    const char *serial = issue(world, "r-1", &certificate);
    CHECK_OK(change(world, serial, SUSPEND));
    Crl held = list_of(world);
    CHECK(crl_find(&held, certificate.serial, &entry));
    CHECK_INT(entry.reason, REASON_CERTIFICATE_HOLD);
    CHECK(state_is(world, serial, "SUSPENDED"));
    CHECK_OK(change(world, serial, RESUME));
    Crl lifted = list_of(world);
    CHECK(!crl_find(&lifted, certificate.serial, &entry));
    CHECK(state_is(world, serial, "ACTIVE"));
    world_close(world);
}

TEST(a_revocation_after_a_suspension_counts_from_the_suspension)
{
    World *world = world_open();
    Certificate certificate;
    Revocation entry;
    const char *serial = issue(world, "r-1", &certificate);
    world->now += TIME_MINUTE;
    Time suspended_at = world->now;
    CHECK_OK(change(world, serial, SUSPEND));
    world->now += TIME_HOUR;
    CHECK_OK(change(world, serial, REVOKE));
    Crl crl = list_of(world);
    CHECK(crl_find(&crl, certificate.serial, &entry));
    CHECK_INT(entry.reason, REASON_KEY_COMPROMISE);
    CHECK_INT(entry.revoked_at, suspended_at);
    world_close(world);
}

TEST(an_expired_certificate_is_changed_no_more_and_stays_on_the_list)
{
    World *world = world_open();
    Certificate first, second;
    Revocation entry;
    const char *revoked = issue(world, "r-1", &first);
    const char *expired = issue(world, "r-2", &second);
    CHECK_OK(change(world, revoked, REVOKE));
    world->now += 2 * TIME_DAY;
    CHECK(state_is(world, expired, "EXPIRED"));
    CHECK_FAILS_WITH(change(world, expired, REVOKE), ERROR_CONFLICT, "certificate.state");
    Crl crl = list_of(world);
    CHECK(crl_find(&crl, first.serial, &entry));
    world_close(world);
}

TEST(a_repeated_change_is_made_once)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    CHECK_OK(change(world, serial, SUSPEND));
    Crl first = list_of(world);
    CHECK_OK(change(world, serial, SUSPEND));
    Crl second = list_of(world);
    CHECK_INT(number_of(&second), number_of(&first));
    CertificationRevocation reused = {
        .serial_hex = serial,
        .reason = REVOKE,
        .request_id =
            arena_format(world->arena, "c-%s-%d-%lld", serial, SUSPEND, (long long)world->now),
        .justification = "test"};
    CHECK_FAILS_WITH(world->port.revoke(&world->port, &reused, world->arena, &err), ERROR_CONFLICT,
                     "certification.request_reused");
    world_close(world);
}

TEST(only_the_registrar_that_applied_changes_a_certificate)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    CHECK_FAILS_WITH(change(world, "00FF", REVOKE), ERROR_NOT_FOUND, "certificate.unknown");
    world->port.institution.signer = &world->authority.signer;
    world->port.institution.certificate = world->authority.certificate;
    CHECK_FAILS_WITH(change(world, serial, REVOKE), ERROR_FORBIDDEN, "certificate.other_registrar");
    world->port.institution.signer = &world->stranger.signer;
    world->port.institution.certificate = world->stranger.certificate;
    CHECK_FAILS_WITH(change(world, serial, REVOKE), ERROR_FORBIDDEN, "partner.unknown");
    CHECK(state_is(world, serial, "ISSUED"));
    world_close(world);
}

TEST(a_list_is_kept_until_half_of_its_life_is_over)
{
    World *world = world_open();
    Crl first = list_of(world);
    CHECK_INT(first.next_update - first.this_update, TIME_DAY);
    world->now += TIME_HOUR;
    Crl same = list_of(world);
    CHECK_BYTES(same.der, first.der);
    world->now += 12 * TIME_HOUR;
    Crl next = list_of(world);
    CHECK_INT(number_of(&next), number_of(&first) + 1);
    CHECK_INT(next.this_update, world->now);
    world_close(world);
}

TEST(the_number_of_lists_grows_over_a_restart)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    Crl first = list_of(world);
    world_stop(world);
    world_start(world);
    Crl same = list_of(world);
    CHECK_BYTES(same.der, first.der);
    CHECK_OK(change(world, serial, REVOKE));
    Crl next = list_of(world);
    CHECK_INT(number_of(&next), number_of(&first) + 1);
    world_close(world);
}

TEST(the_path_of_a_revoked_certificate_fails_from_then_on)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    Time before = world->now;
    world->now += TIME_MINUTE;
    CHECK_OK(change(world, serial, REVOKE));
    TrustStore *trust = trust_store_new(world->arena);
    Crl crl = list_of(world);
    CHECK_OK(trust_store_add_anchors(trust, world->issuing.certificate, &err));
    CHECK_OK(trust_store_add_crls(trust, crl.der, &err));
    PathPolicy policy = {.trust = trust,
                         .at = world->now,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_REQUIRED};
    CHECK_FAILS_WITH(path_verify(&policy, &certificate, &err), ERROR_UNTRUSTED, "path.revocation");
    policy.at = before;
    CHECK_OK(path_verify(&policy, &certificate, &err));
    world_close(world);
}

TEST(a_certificate_is_shown_to_its_registrar_and_the_operator)
{
    static const char *const roles[] = {"registration", "certification_operator"};
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    const PeerRequest request = {
        .method = "GET", .target = arena_format(world->arena, "/v1/certificates/%s", serial)};
    PeerResponse response;
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        CHECK_OK(world_call(world, roles[i], &request, &response, &err));
    }
    CHECK_FAILS_WITH(world_call(world, "business", &request, &response, &err), ERROR_FORBIDDEN,
                     "service.role_not_allowed");
    CLEANUP(peer_cleanup) Peer *other = NULL;
    CHECK_OK(peer_local(certification_service(world->certification), "registration", "ra-2",
                        clock_manual(&world->now), &other, &err));
    CHECK_FAILS_WITH(peer_call(other, &request, world->arena, &response, &err), ERROR_FORBIDDEN,
                     "certificate.other_registrar");
    world_close(world);
}

enum { THREADS = 4, PER_THREAD = 5 };

typedef struct {
    World *world;
    int index;
    int issued;
} Worker;

static void *work(void *context)
{
    Worker *worker = context;
    Error own = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (int i = 0; arena != NULL && i < PER_THREAD; i++) {
        Bytes list;
        worker->issued +=
            authority_revocation_list(worker->world->certification, arena, &list, &own) ? 1 : 0;
    }
    arena_free(arena);
    return NULL;
}

TEST(many_who_ask_for_a_new_list_get_one)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, "r-1", &certificate);
    Crl first = list_of(world);
    CHECK_OK(change(world, serial, REVOKE));
    Worker workers[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (Worker){world, i, 0};
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(workers[i].issued, PER_THREAD);
    }
    Crl next = list_of(world);
    CHECK_INT(number_of(&next), number_of(&first) + 1);
    world_close(world);
}
