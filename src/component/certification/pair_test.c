// SPDX-License-Identifier: Apache-2.0
//
// Pairs of certificates, with a stand-in for the key management that can misbehave.
#include <stdio.h>

#include "base/test/test.h"
#include "component/certification/pairs.h"
#include "component/certification/records_pair.h"
#include "component/certification/world_test.h"
#include "domain/pki/enveloped_key.h"
#include "domain/pki/path.h"

enum { SUSPEND = 6, RESUME = 8, REVOKE = 1 };

static Error err;

typedef enum { HONEST, OTHER_REQUEST, OTHER_KEY, SIGNING_KEY, STRANGER, DOWN } Manner;

// What the port's peer points to.
typedef struct {
    World *world;
    Manner manner;
    unsigned archived;
    char key_id[40];
} Manager;

static bool make_pair(Manager *manager, const Certificate *signing, Arena *arena,
                      KeyPairResult *ret, Error *failure)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    if (!sm2_key_generate(random_system(), &key, failure) ||
        !enveloped_key_seal(key, &signing->public_key, random_system(), &envelope, failure)) {
        return false;
    }
    ret->key_id = manager->key_id;
    ret->public_key = manager->manner == OTHER_KEY     ? *manager->world->stranger.signer.public_key
                      : manager->manner == SIGNING_KEY ? signing->public_key
                                                       : *sm2_public_key(key);
    ret->enveloped_key = arena_copy(arena, writer_bytes(&envelope));
    return true;
}

static bool issue_pair(const KeyManagementPort *port, const KeyPairRequest *request, Arena *arena,
                       Bytes *ret_statement, Error *failure)
{
    Manager *manager = (void *)port->peer;
    World *world = manager->world;
    Certificate signing;
    KeyPairResult result = {.issued_at = world->now};
    const Party *party = manager->manner == STRANGER ? &world->registrar : &world->stranger;
    const Institution institution = {&party->signer, party->certificate, clock_manual(&world->now)};
    if (manager->manner == DOWN) {
        return error_set(failure, ERROR_UNAVAILABLE, "test.down", NULL, "down");
    }
    snprintf(manager->key_id, sizeof manager->key_id, "key-%.30s", request->request_id);
    if (!certificate_parse(request->signing_certificate, &signing, failure) ||
        !make_pair(manager, &signing, arena, &result, failure)) {
        return false;
    }
    result.request_id = manager->manner == OTHER_REQUEST ? "another" : request->request_id;
    CLEANUP(json_cleanup) json_t *payload = key_pair_result_to_json(&result);
    return institution_state(&institution, KEY_PAIR_TYPE, payload, arena, ret_statement, failure);
}

static bool archive(const KeyManagementPort *port, const char *key_id, Arena *arena, Error *failure)
{
    Manager *manager = (void *)port->peer;
    (void)arena;
    if (manager->manner == DOWN) {
        return error_set(failure, ERROR_UNAVAILABLE, "test.down", NULL, "down");
    }
    CHECK_TEXT(key_id, manager->key_id);
    manager->archived++;
    return true;
}

static World *open_with(Manager *manager)
{
    World *world = world_open();
    *manager = (Manager){.world = world};
    world_stop(world);
    world->config.key_management = (KeyManagementPort){issue_pair, archive, (void *)manager, {0}};
    world->config.key_manager = world->stranger.certificate;
    world_start(world);
    return world;
}

static CertificationRequest request_of(World *world)
{
    CertificationRequest request =
        world_request(world, "r-1", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "张三");
    request.profile = "dual";
    return request;
}

// Both certificates of a pair, and their serial numbers.
typedef struct {
    Certificate sign, encryption;
    const char *sign_serial, *encryption_serial;
} Pair;

static Pair issue(World *world)
{
    Pair pair;
    CertificationRequest request = request_of(world);
    CertificationResult result = world_issue(world, &request);
    CHECK_OK(certificate_parse(result.certificate, &pair.sign, &err));
    CHECK_OK(certificate_parse(result.encryption_certificate, &pair.encryption, &err));
    pair.sign_serial = certificate_serial_text(world->arena, &pair.sign);
    pair.encryption_serial = certificate_serial_text(world->arena, &pair.encryption);
    return pair;
}

// Covers: GM/T 0015-2012 annex C.
TEST(a_pair_is_of_one_subject_with_each_key_for_its_own_purpose)
{
    Manager manager;
    EnvelopedKey envelope;
    Bytes der;
    World *world = open_with(&manager);
    Pair pair = issue(world);
    CHECK_BYTES(pair.encryption.subject, pair.sign.subject);
    CHECK_BYTES(pair.encryption.issuer, pair.sign.issuer);
    CHECK_INT(pair.sign.key_usage, USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION);
    CHECK_INT(pair.encryption.key_usage,
              USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT);
    CHECK(pair.sign.key_usage_is_critical && pair.encryption.key_usage_is_critical);
    CHECK(pair.encryption.not_after == pair.sign.not_after);
    CHECK_OK(world->port.enveloped_key(&world->port, pair.sign_serial, world->arena, &der, &err));
    CHECK_OK(enveloped_key_parse(der, &envelope, &err));
    CHECK(sm2_public_key_equal(&envelope.public_key, &pair.encryption.public_key));
    CHECK_FAILS_WITH(
        world->port.enveloped_key(&world->port, pair.encryption_serial, world->arena, &der, &err),
        ERROR_NOT_FOUND, "certificate.no_pair");
    world_close(world);
}

TEST(the_same_request_gives_the_same_pair_also_after_a_restart)
{
    Manager manager;
    World *world = open_with(&manager);
    CertificationRequest request = request_of(world);
    CertificationResult first = world_issue(world, &request);
    world_stop(world);
    world_start(world);
    CertificationResult again = world_issue(world, &request);
    CHECK_BYTES(again.certificate, first.certificate);
    CHECK_BYTES(again.encryption_certificate, first.encryption_certificate);
    world_close(world);
}

TEST(what_the_key_management_says_is_looked_at)
{
    const struct {
        Manner manner;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {OTHER_REQUEST, ERROR_UNTRUSTED, "certification.key_management"},
        {OTHER_KEY, ERROR_UNTRUSTED, "certification.key_management"},
        {SIGNING_KEY, ERROR_UNTRUSTED, "certification.key_management"},
        {STRANGER, ERROR_FORBIDDEN, "partner.unknown"},
        {DOWN, ERROR_UNAVAILABLE, "test.down"},
    };
    Manager manager;
    World *world = open_with(&manager);
    CertificationRequest request = request_of(world);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CertificationResult result;
        Bytes statement;
        manager.manner = rows[i].manner;
        CHECK_FAILS_WITH(
            world->port.issue(&world->port, &request, world->arena, &result, &statement, &err),
            rows[i].kind, rows[i].code);
    }
    // Nothing was issued by that: the request is answered when the key management is itself again.
    manager.manner = HONEST;
    issue(world);
    world_close(world);
}

TEST(without_a_key_management_no_pair_is_issued)
{
    CertificationResult result;
    Bytes statement;
    World *world = world_open();
    CertificationRequest request = request_of(world);
    CHECK_FAILS_WITH(
        world->port.issue(&world->port, &request, world->arena, &result, &statement, &err),
        ERROR_UNAVAILABLE, "certification.no_key_management");
    request.profile = "personal";
    result = world_issue(world, &request);
    CHECK_INT(result.encryption_certificate.len, 0);
    world_close(world);
}

static bool change(World *world, const char *serial, int reason)
{
    static unsigned count;
    CertificationRevocation revocation = {
        .serial_hex = serial,
        .reason = reason,
        .request_id = arena_format(world->arena, "change-%u", ++count),
        .justification = "test",
    };
    if (reason == RESUME) {
        revocation.evidence = world_decision(world, revocation.request_id);
    }
    return world->port.revoke(&world->port, &revocation, world->arena, &err);
}

static void check_both(World *world, const Pair *pair, const char *state, bool is_listed)
{
    const char *const serials[] = {pair->sign_serial, pair->encryption_serial};
    const Certificate *const certificates[] = {&pair->sign, &pair->encryption};
    for (size_t i = 0; i < COUNT_OF(serials); i++) {
        CertificateRow row;
        Revocation entry;
        Bytes der;
        Crl crl;
        CHECK_OK(certificate_record_get(world->certification->store, serials[i], world->arena, &row,
                                        &err));
        CHECK_TEXT(certificate_state_name(row.state), state);
        CHECK_OK(authority_revocation_list(world->certification, world->arena, &der, &err));
        CHECK_OK(crl_parse(der, &crl, &err));
        CHECK(crl_find(&crl, certificates[i]->serial, &entry) == is_listed);
    }
}

// Covers: JR/T 0299-2024 6.5.
TEST(both_are_suspended_resumed_and_revoked_together)
{
    Manager manager;
    World *world = open_with(&manager);
    Pair pair = issue(world);
    check_both(world, &pair, "ACTIVE", false);
    CHECK_OK(change(world, pair.sign_serial, SUSPEND));
    check_both(world, &pair, "SUSPENDED", true);
    CHECK_OK(change(world, pair.sign_serial, RESUME));
    check_both(world, &pair, "ACTIVE", false);
    CHECK_FAILS_WITH(change(world, pair.encryption_serial, REVOKE), ERROR_CONFLICT,
                     "certificate.second_of_pair");
    check_both(world, &pair, "ACTIVE", false);
    CHECK_OK(change(world, pair.sign_serial, REVOKE));
    check_both(world, &pair, "REVOKED", true);
    world_close(world);
}

static Crl list_of(World *world, const char *target)
{
    const PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    Crl crl;
    CHECK_OK(world_call(world, "", &request, &response, &err));
    CHECK_OK(crl_parse(response.body, &crl, &err));
    return crl;
}

// Covers: RFC 5280 5.2.4.
TEST(a_delta_list_tells_of_both)
{
    Manager manager;
    Revocation entry;
    World *world = open_with(&manager);
    world_stop(world);
    world->config.delta_lifetime = TIME_HOUR;
    world_start(world);
    Pair pair = issue(world);
    list_of(world, "/v1/crl");
    CHECK_INT(list_of(world, "/v1/crl/delta").entry_count, 0);
    world->now += TIME_MINUTE;
    CHECK_OK(change(world, pair.sign_serial, REVOKE));
    Crl delta = list_of(world, "/v1/crl/delta");
    CHECK_INT(delta.entry_count, 2);
    CHECK(crl_find(&delta, pair.sign.serial, &entry));
    CHECK(crl_find(&delta, pair.encryption.serial, &entry));
    world_close(world);
}

TEST(a_suspension_that_lasted_too_long_revokes_both)
{
    Manager manager;
    World *world = open_with(&manager);
    Pair pair = issue(world);
    CHECK_OK(change(world, pair.sign_serial, SUSPEND));
    world->now += 31 * TIME_DAY;
    CHECK_OK(certification_tick(world->certification, &err));
    check_both(world, &pair, "REVOKED", true);
    world_close(world);
}

TEST(the_key_management_is_told_of_a_revocation_until_it_knows)
{
    Manager manager;
    World *world = open_with(&manager);
    Pair pair = issue(world);
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_INT(manager.archived, 0);
    CHECK_OK(change(world, pair.sign_serial, REVOKE));
    manager.manner = DOWN;
    CHECK_FAILS(certification_tick(world->certification, &err), ERROR_UNAVAILABLE);
    manager.manner = HONEST;
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_INT(manager.archived, 1);
    world_close(world);
}
