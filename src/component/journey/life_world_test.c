// SPDX-License-Identifier: Apache-2.0
#include "component/journey/life_world.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "domain/identity/decision.h"
#include "domain/pki/crl.h"
#include "domain/pki/csr.h"

static Error err;

static Arena *arena_of(LifeWorld *life)
{
    return life->reports.world.arena;
}

// --- C2 to C3 ---------------------------------------------------------------------------------

// True if the call was lost before it was made.
static bool lost_before(LifeWorld *life, Error *ret_err)
{
    return life->crash == LIFE_CRASH_BEFORE &&
           !error_set(ret_err, ERROR_UNAVAILABLE, "life.crash", NULL, "lost before");
}

// What C3 answered, unless the answer is lost.
static bool pass_answer(LifeWorld *life, bool done, Error *ret_err)
{
    life->refused += done ? 0 : 1;
    return life->crash == LIFE_CRASH_AFTER
               ? error_set(ret_err, ERROR_UNAVAILABLE, "life.crash", NULL, "lost after")
               : done;
}

static bool issue(const CertificationPort *port, const CertificationRequest *request, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *ret_err)
{
    LifeWorld *life = (void *)port->peer;
    return !lost_before(life, ret_err) &&
           pass_answer(life, life->c3.issue(&life->c3, request, arena, ret, ret_statement, ret_err),
                       ret_err);
}

static bool revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                   Arena *arena, Error *ret_err)
{
    LifeWorld *life = (void *)port->peer;
    return !lost_before(life, ret_err) &&
           pass_answer(life, life->c3.revoke(&life->c3, revocation, arena, ret_err), ret_err);
}

static bool hand_over(const CertificationPort *port, const CertificationHandover *handover,
                      Arena *arena, Error *ret_err)
{
    LifeWorld *life = (void *)port->peer;
    return !lost_before(life, ret_err) &&
           pass_answer(life, life->c3.hand_over(&life->c3, handover, arena, ret_err), ret_err);
}

// --- open and close ---------------------------------------------------------------------------

static void start_c2(LifeWorld *life)
{
    World *world = &life->reports.world;
    Institution bank = {&world->c1.signer, world->c1.certificate.der, clock_manual(&world->now)};
    CHECK_OK(registration_start(&life->config, &life->registration, &err));
    CHECK_OK(peer_local(registration_service(life->registration), "business", "bank",
                        clock_manual(&world->now), &life->bank, &err));
    life->c2 = registration_port_of_peer(life->bank, bank);
}

static void stop_c2(LifeWorld *life)
{
    peer_free(life->bank);
    registration_stop(life->registration);
    life->bank = NULL;
    life->registration = NULL;
}

void life_restart_c2(LifeWorld *life)
{
    stop_c2(life);
    start_c2(life);
}

static void fill_config(LifeWorld *life)
{
    World *world = &life->reports.world;
    Bytes *partners = arena_alloc(world->arena, 2 * sizeof *partners);
    CHECK(partners != NULL);
    partners[0] = world->c1.certificate.der;
    partners[1] = life->reports.c3.certificate.der;
    Institution office = {&world->c2.signer, world->c2.certificate.der, clock_manual(&world->now)};
    life->c3 = certification_port_of_peer(life->reports.c3_for_c2, office);
    life->config = (RegistrationConfig){
        .institution = office,
        .trust = world->pki.trust,
        .applicants = &partners[0],
        .applicant_count = 1,
        .certifiers = &partners[1],
        .certifier_count = 1,
        .certification = {.issue = issue,
                          .revoke = revoke,
                          .hand_over = hand_over,
                          .peer = (void *)life},
        .preservation = preservation_port_of_peer(world->c5_for_c2),
        .store_path = arena_format(world->arena, "%s/c2.db", world->directory),
        .field_key = world->field_key,
        .random = random_system(),
    };
}

void life_open(LifeWorld *life)
{
    *life = (LifeWorld){0};
    CHECK_OK(report_world_make(&life->reports, test_directory(), &err));
    const Service *c3 = certification_service(life->reports.certification);
    Clock clock = clock_manual(&life->reports.world.now);
    CHECK_OK(peer_local(c3, "certification_operator", "ca-portal", clock, &life->staff, &err));
    CHECK_OK(peer_local(c3, "", "", clock, &life->anyone, &err));
    fill_config(life);
    start_c2(life);
}

void life_close(LifeWorld *life)
{
    stop_c2(life);
    peer_free(life->staff);
    peer_free(life->anyone);
    report_world_free(&life->reports);
}

// --- what is asked ----------------------------------------------------------------------------

static const char *name_of(int person)
{
    static const char *const names[] = {"张三", "张三", "李四", "欧阳春䶮"};
    return names[person % (int)COUNT_OF(names)];
}

static Sm3Digest salt_of(int person)
{
    const uint8_t secret[17] = {[16] = (uint8_t)person};
    return person_name_salt(BYTES_OF_ARRAY(secret));
}

const char *life_holder_salt(LifeWorld *life, int person)
{
    Sm3Digest salt = salt_of(person);
    return hex_text(arena_of(life), sm3_bytes(&salt));
}

Bytes life_decision(LifeWorld *life, int person)
{
    World *world = &life->reports.world;
    Sm3Digest salt = salt_of(person);
    IdentityDecision *decision = arena_alloc(world->arena, sizeof *decision);
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    CHECK(decision != NULL);
    *decision = (IdentityDecision){
        .authorization_id = "authorization-1",
        .holder_name = person_name_commitment(name_of(person), sm3_bytes(&salt)),
        .policy_id = "one-plus-x",
        .policy_version = "1.0.0",
        .outcome = IDENTITY_PASS,
        .reasons = {"identity.passed"},
        .reason_count = 1,
        .issued_at = world->now - TIME_MINUTE,
        .expires_at = world->now + 30 * TIME_MINUTE,
    };
    snprintf(decision->id, sizeof decision->id, "decision-%u", ++life->serial);
    CHECK_OK(identity_decision_encode(decision, &payload, &err));
    const StatementTemplate template = {.type = IDENTITY_DECISION_TYPE,
                                        .payload = writer_bytes(&payload),
                                        .signed_at = world->now,
                                        .certificate = world->c1.certificate.der};
    CHECK_OK(statement_sign(&template, &world->c1.signer, &statement, &err));
    return arena_copy(world->arena, writer_bytes(&statement));
}

static Bytes new_csr(LifeWorld *life)
{
    Bytes subject;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    Signer signer = signer_of_key(key);
    CHECK_OK(name_build(arena_of(life), NULL, 0, &subject, &err));
    CHECK_OK(csr_build(subject, &signer, &csr, &err));
    return arena_copy(arena_of(life), writer_bytes(&csr));
}

RegistrationRequest life_request(LifeWorld *life, int person, const char *renews)
{
    Arena *arena = arena_of(life);
    return (RegistrationRequest){
        .request_id = arena_format(arena, "application-%u", ++life->serial),
        .authorization_id = "authorization-1",
        .decision = life_decision(life, person),
        .csr = new_csr(life),
        .holder_name = name_of(person),
        .holder_salt = life_holder_salt(life, person),
        .holder_index = arena_format(arena, "%032x", 0xabc000 + (unsigned)person),
        .notice_id = "certificate_application",
        .notice_version = "1",
        .notice_digest = sm3_digest(BYTES_LITERAL("notice")),
        .notice_acknowledged_at = life->reports.world.now,
        .storage = STORAGE_TOKEN,
        .scenario = sm3_digest(BYTES_LITERAL("loan 1")),
        .carrier_serial = arena_format(arena, "SN-%u", life->serial),
        .renews = renews,
    };
}

static bool post(LifeWorld *life, const char *actor, const char *target, const json_t *body,
                 json_t **ret, Error *ret_err)
{
    PeerRequest request = {
        .method = "POST", .target = target, .content_type = "application/json", .actor = actor};
    PeerResponse response;
    CHECK_OK(json_text(arena_of(life), body, &request.body, &err));
    return peer_call(life->staff, &request, arena_of(life), &response, ret_err) &&
           json_parse(response.body, ret, ret_err);
}

bool life_control(LifeWorld *life, const char *action, const char *serial, json_t *more,
                  Error *ret_err)
{
    CLEANUP(json_cleanup) json_t *body = more == NULL ? json_make_object() : more;
    CLEANUP(json_cleanup) json_t *proposed = NULL;
    CLEANUP(json_cleanup) json_t *confirmed = NULL;
    CLEANUP(json_cleanup) json_t *nothing = json_make_object();
    json_put_text(body, "request_id", arena_format(arena_of(life), "p-%u", ++life->serial));
    json_put_text(body, "action", action);
    json_put_text(body, "justification", "test");
    json_put_text(body, "serial", serial);
    if (!post(life, "li", "/v1/controls", body, &proposed, ret_err)) {
        return false;
    }
    const char *id = json_string_value(json_object_get(proposed, "control_id"));
    return post(life, "wang", arena_format(arena_of(life), "/v1/controls/%s/confirmation", id),
                nothing, &confirmed, ret_err);
}

// --- what is seen -----------------------------------------------------------------------------

json_t *life_history(LifeWorld *life, const char *serial)
{
    const PeerRequest request = {
        .method = "GET",
        .target = arena_format(arena_of(life), "/v1/certificates/%s/history", serial)};
    PeerResponse response;
    json_t *json = NULL;
    CHECK_OK(peer_call(life->staff, &request, arena_of(life), &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    return json;
}

Crl life_list(LifeWorld *life)
{
    const PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse response;
    Crl crl;
    CHECK_OK(peer_call(life->anyone, &request, arena_of(life), &response, &err));
    CHECK_OK(crl_parse(response.body, &crl, &err));
    CHECK_OK(crl_verify(&crl, &life->reports.world.pki.ca.certificate, &err));
    return crl;
}
