// SPDX-License-Identifier: Apache-2.0
//
// The key management as C3 and its own officers call it.
#include "component/keymanagement/keymanagement.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/keymanagement/embedded.h"
#include "component/keymanagement/keeper.h"
#include "domain/pki/enveloped_key.h"
#include "domain/pki/pki_fixture.h"
#include "domain/privacy/dictionary.h"

static Error err;

typedef enum { OFFICER_A, OFFICER_B, OFFICER_A_AGAIN, STRANGER, OFFICERS } Officer;

typedef struct {
    FixturePki pki;
    Arena *arena;
    FixtureIdentity km, c3, officers[OFFICERS], judge, renewed, other_person;
    Sm2PrivateKey *storage;
    Signer storage_key;
    Secret *field_key;
    Time now;
    Bytes certifiers[1], officer_list[3], judicial[2];
    KeyManagementConfig config;
    KeyManagement *keeper;
    Peer *certification, *staff;
    KeyManagementPort port;
} Scene;

static void issue(Scene *scene, CertificateProfile profile, uint8_t serial, const char *name,
                  FixtureIdentity *ret)
{
    CertificateTemplate template = fixture_template(profile, bytes_of(&serial, 1), &scene->pki.ca);
    CHECK_OK(fixture_issue(scene->arena, template, name, &scene->pki.ca, ret, &err));
}

static void start(Scene *scene)
{
    CHECK_OK(keymanagement_start(&scene->config, &scene->keeper, &err));
    const Service *service = keymanagement_service(scene->keeper);
    Clock clock = clock_manual(&scene->now);
    CHECK_OK(peer_local(service, "certification", "ca-a", clock, &scene->certification, &err));
    CHECK_OK(peer_local(service, "keymanagement_operator", "km", clock, &scene->staff, &err));
    scene->port = key_management_port_of_peer(
        scene->certification, (Institution){&scene->c3.signer, scene->c3.certificate.der, clock});
}

static void stop(Scene *scene)
{
    peer_free(scene->certification);
    peer_free(scene->staff);
    keymanagement_stop(scene->keeper);
    scene->certification = scene->staff = NULL;
    scene->keeper = NULL;
}

static void cleanup(Scene *scene)
{
    FixtureIdentity *const identities[] = {
        &scene->km,          &scene->c3,          &scene->officers[0],
        &scene->officers[1], &scene->officers[2], &scene->officers[3],
        &scene->judge,       &scene->renewed,     &scene->other_person};
    stop(scene);
    for (size_t i = 0; i < COUNT_OF(identities); i++) {
        fixture_identity_free(identities[i]);
    }
    secret_free(scene->field_key);
    sm2_private_key_free(scene->storage);
    fixture_pki_free(&scene->pki);
}

static void make_identities(Scene *scene)
{
    issue(scene, PROFILE_COMPONENT, 0x51, "KM", &scene->km);
    issue(scene, PROFILE_COMPONENT, 0x52, "C3", &scene->c3);
    issue(scene, PROFILE_COMPONENT, 0x53, "Officer A", &scene->officers[OFFICER_A]);
    issue(scene, PROFILE_COMPONENT, 0x54, "Officer B", &scene->officers[OFFICER_B]);
    CHECK_OK(sm2_key_generate(random_system(), &scene->officers[OFFICER_A_AGAIN].key, &err));
    issue(scene, PROFILE_COMPONENT, 0x55, "Officer A", &scene->officers[OFFICER_A_AGAIN]);
    issue(scene, PROFILE_COMPONENT, 0x56, "Stranger", &scene->officers[STRANGER]);
    issue(scene, PROFILE_ENCRYPTION, 0x57, "Court", &scene->judge);
    CHECK_OK(sm2_key_generate(random_system(), &scene->renewed.key, &err));
    issue(scene, PROFILE_PERSON, 0x58, "张三", &scene->renewed);
    issue(scene, PROFILE_PERSON, 0x59, "李四", &scene->other_person);
}

static void make(Scene *scene)
{
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    scene->arena = scene->pki.arena;
    scene->now = FIXTURE_NOW;
    make_identities(scene);
    CHECK_OK(sm2_key_generate(random_system(), &scene->storage, &err));
    CHECK_OK(secret_generate(16, &scene->field_key, &err));
    scene->storage_key = signer_of_key(scene->storage);
    scene->certifiers[0] = scene->c3.certificate.der;
    for (size_t i = 0; i < COUNT_OF(scene->officer_list); i++) {
        scene->officer_list[i] = scene->officers[i].certificate.der;
    }
    scene->judicial[0] = scene->judge.certificate.der;
    scene->judicial[1] = scene->c3.certificate.der;  // listed, but not for encryption
    scene->config = (KeyManagementConfig){
        .institution = {&scene->km.signer, scene->km.certificate.der, clock_manual(&scene->now)},
        .storage_key = &scene->storage_key,
        .field_key = scene->field_key,
        .certifiers = scene->certifiers,
        .certifier_count = 1,
        .officers = scene->officer_list,
        .officer_count = COUNT_OF(scene->officer_list),
        .judicial = scene->judicial,
        .judicial_count = COUNT_OF(scene->judicial),
        .trust = scene->pki.trust,
        .revocation = REVOCATION_REQUIRED,
        .store_path = arena_format(scene->arena, "%s/keymanagement.db", test_directory()),
        .random = random_system(),
    };
    start(scene);
}

static KeyPairResult result_of(Scene *scene, Bytes text)
{
    Statement statement;
    KeyPairResult result;
    CHECK_OK(statement_parse(scene->arena, text, &statement, &err));
    CHECK_OK(statement_verify_signature(&statement, KEY_PAIR_TYPE, &err));
    CHECK_BYTES(statement.signer.der, scene->km.certificate.der);
    CHECK_OK(key_pair_result_parse(statement.payload, scene->arena, &result, &err));
    return result;
}

static bool ask(Scene *scene, const char *request_id, const FixtureIdentity *person, Bytes *ret)
{
    const KeyPairRequest request = {request_id, person->certificate.der};
    return scene->port.issue(&scene->port, &request, scene->arena, ret, &err);
}

static KeyPairResult issue_pair(Scene *scene, const char *request_id)
{
    Bytes text;
    CHECK_OK(ask(scene, request_id, &scene->pki.person, &text));
    return result_of(scene, text);
}

// Open an envelope; true when the key in it is the announced one.
static bool opens(Bytes der, const Signer *recipient, const Sm2PublicKey *wanted)
{
    EnvelopedKey envelope;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return enveloped_key_parse(der, &envelope, &err) &&
           enveloped_key_open(&envelope, recipient, &key, &err) &&
           sm2_public_key_equal(sm2_public_key(key), wanted);
}

// Covers: GM/T 0015-2012 annex C.
TEST(a_pair_is_given_out_in_an_envelope_for_its_person_only)
{
    Bytes text, again;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    CHECK_OK(ask(&scene, "r-1", &scene.pki.person, &text));
    KeyPairResult pair = result_of(&scene, text);
    CHECK_TEXT(pair.request_id, "r-1");
    CHECK(opens(pair.enveloped_key, &scene.pki.person.signer, &pair.public_key));
    CHECK(!opens(pair.enveloped_key, &scene.c3.signer, &pair.public_key));
    CHECK(!opens(pair.enveloped_key, &scene.storage_key, &pair.public_key));
    // The same again, also after a restart; another person under the same id is refused.
    stop(&scene);
    start(&scene);
    CHECK_OK(ask(&scene, "r-1", &scene.pki.person, &again));
    CHECK_BYTES(again, text);
    CHECK_FAILS_WITH(ask(&scene, "r-1", &scene.other_person, &again), ERROR_CONFLICT,
                     "keymanagement.request_reused");
    KeyPairResult next = issue_pair(&scene, "r-2");
    CHECK(!sm2_public_key_equal(&next.public_key, &pair.public_key));
}

TEST(nobody_but_a_certifier_gets_a_pair_and_only_for_a_signing_certificate)
{
    Bytes text;
    PeerResponse response;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    CHECK_FAILS_WITH(ask(&scene, "r-1", &scene.judge, &text), ERROR_UNTRUSTED, "path.key_usage");
    CLEANUP(fixture_identity_free) FixtureIdentity root = {0};
    CertificateTemplate own = fixture_template(PROFILE_ROOT_CA, test_hex("01"), NULL);
    CHECK_OK(fixture_issue(scene.arena, own, "Somebody", NULL, &root, &err));
    CHECK(!ask(&scene, "r-1", &root, &text));
    scene.port.institution.signer = &scene.officers[STRANGER].signer;
    scene.port.institution.certificate = scene.officers[STRANGER].certificate.der;
    CHECK_FAILS_WITH(ask(&scene, "r-1", &scene.pki.person, &text), ERROR_FORBIDDEN,
                     "partner.unknown");
    const PeerRequest request = {.method = "POST", .target = "/v1/pairs"};
    CHECK_FAILS_WITH(peer_call(scene.staff, &request, scene.arena, &response, &err),
                     ERROR_FORBIDDEN, "service.role_not_allowed");
}

TEST(the_pool_is_filled_and_used_up_first)
{
    int64_t count;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    stop(&scene);
    scene.config.pool_size = 3;
    start(&scene);
    CHECK_OK(keymanagement_tick(scene.keeper, &err));
    CHECK_OK(key_pair_record_count_pooled(scene.keeper->store, &count, &err));
    CHECK_INT(count, 3);
    issue_pair(&scene, "r-1");
    CHECK_OK(key_pair_record_count_pooled(scene.keeper->store, &count, &err));
    CHECK_INT(count, 2);
    CHECK_OK(keymanagement_tick(scene.keeper, &err));
    CHECK_OK(key_pair_record_count_pooled(scene.keeper->store, &count, &err));
    CHECK_INT(count, 3);
}

// --- recovery ---------------------------------------------------------------------------------

static bool state(Scene *scene, Officer officer, const char *type, const char *target,
                  const json_t *payload, json_t **ret)
{
    const FixtureIdentity *who = &scene->officers[officer];
    Institution institution = {&who->signer, who->certificate.der, clock_manual(&scene->now)};
    Bytes text;
    PeerResponse response;
    err = (Error){0};
    CHECK_OK(institution_state(&institution, type, payload, scene->arena, &text, &err));
    PeerRequest request = {
        .method = "POST", .target = target, .content_type = "application/json", .body = text};
    return peer_call(scene->staff, &request, scene->arena, &response, &err) &&
           json_parse(response.body, ret, &err);
}

static KeyRecovery recovery_of(const KeyPairResult *pair, const char *recipient,
                               const FixtureIdentity *identity)
{
    return (KeyRecovery){"case-1",      pair->key_id, "刑事诉讼法第一百五十四条",
                         "2026-京-001", recipient,    identity->certificate.der};
}

static bool request_recovery(Scene *scene, Officer officer, const KeyRecovery *recovery)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *payload = key_recovery_to_json(recovery);
    return state(scene, officer, KEY_RECOVERY_TYPE, "/v1/recoveries", payload, &reply);
}

static bool answer(Scene *scene, Officer officer, const KeyRecovery *recovery, bool is_confirmed,
                   json_t **ret)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *payload = key_recovery_to_json(recovery);
    CHECK_OK(json_text(scene->arena, payload, &text, &err));
    const KeyRecoveryAnswer told = {recovery->request_id, sm3_digest(text), is_confirmed};
    CLEANUP(json_cleanup) json_t *json = key_recovery_answer_to_json(&told);
    const char *target =
        arena_format(scene->arena, "/v1/recoveries/%s/answer", recovery->request_id);
    return state(scene, officer, KEY_RECOVERY_ANSWER_TYPE, target, json, ret);
}

static Bytes enveloped(Scene *scene, const json_t *reply)
{
    Bytes der;
    const char *text = json_string_value(json_object_get(reply, "enveloped_key"));
    CHECK(text != NULL);
    CHECK_OK(base64_decode_arena(scene->arena, bytes_of_text(text), &der, &err));
    return der;
}

// Covers: GB/T 22081-2016 9.2.3.
TEST(a_recovery_takes_two_officers_and_reaches_only_the_recipient)
{
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *again = NULL;
    make(&scene);
    KeyPairResult pair = issue_pair(&scene, "r-1");
    KeyRecovery recovery = recovery_of(&pair, KEY_RECIPIENT_HOLDER, &scene.renewed);
    CHECK_OK(request_recovery(&scene, OFFICER_A, &recovery));
    CHECK_FAILS_WITH(answer(&scene, OFFICER_A, &recovery, true, &reply), ERROR_FORBIDDEN,
                     "keymanagement.same_officer");
    CHECK_FAILS_WITH(answer(&scene, OFFICER_A_AGAIN, &recovery, true, &reply), ERROR_FORBIDDEN,
                     "keymanagement.same_officer");
    CHECK_FAILS_WITH(answer(&scene, STRANGER, &recovery, true, &reply), ERROR_FORBIDDEN,
                     "partner.unknown");
    CHECK_OK(answer(&scene, OFFICER_B, &recovery, true, &reply));
    Bytes der = enveloped(&scene, reply);
    CHECK(opens(der, &scene.renewed.signer, &pair.public_key));
    CHECK(!opens(der, &scene.pki.person.signer, &pair.public_key));
    CHECK(!opens(der, &scene.officers[OFFICER_B].signer, &pair.public_key));
    CHECK_OK(answer(&scene, OFFICER_B, &recovery, true, &again));
    CHECK_BYTES(enveloped(&scene, again), der);
    json_cleanup(&again);
    CHECK_FAILS_WITH(answer(&scene, OFFICER_A, &recovery, false, &again), ERROR_CONFLICT,
                     "keymanagement.closed");
}

TEST(what_is_confirmed_is_what_was_asked_for_to_the_byte)
{
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(json_cleanup) json_t *reply = NULL;
    make(&scene);
    KeyPairResult pair = issue_pair(&scene, "r-1");
    KeyRecovery recovery = recovery_of(&pair, KEY_RECIPIENT_HOLDER, &scene.renewed);
    CHECK_OK(request_recovery(&scene, OFFICER_A, &recovery));
    KeyRecovery other = recovery;
    other.legal_ground = "另一依据";
    CHECK_FAILS_WITH(answer(&scene, OFFICER_B, &other, true, &reply), ERROR_INPUT,
                     "keymanagement.other_request");
    CHECK_FAILS_WITH(request_recovery(&scene, OFFICER_B, &other), ERROR_CONFLICT,
                     "keymanagement.request_reused");
    CHECK_OK(answer(&scene, OFFICER_B, &recovery, false, &reply));
    CHECK(json_object_get(reply, "enveloped_key") == NULL);
    json_cleanup(&reply);
    CHECK_FAILS_WITH(answer(&scene, OFFICER_B, &recovery, true, &reply), ERROR_CONFLICT,
                     "keymanagement.closed");
}

TEST(a_recovered_key_goes_to_the_same_person_or_to_a_listed_recipient)
{
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(json_cleanup) json_t *reply = NULL;
    make(&scene);
    KeyPairResult pair = issue_pair(&scene, "r-1");
    const struct {
        const char *recipient;
        const FixtureIdentity *identity;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {KEY_RECIPIENT_HOLDER, &scene.other_person, ERROR_FORBIDDEN, "keymanagement.recipient"},
        {KEY_RECIPIENT_HOLDER, &scene.judge, ERROR_UNTRUSTED, "path.key_usage"},
        {KEY_RECIPIENT_JUDICIAL, &scene.renewed, ERROR_FORBIDDEN, "keymanagement.recipient"},
        {KEY_RECIPIENT_JUDICIAL, &scene.c3, ERROR_UNTRUSTED, "keymanagement.certificate"},
        {"anybody", &scene.judge, ERROR_INPUT, "json.field"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        KeyRecovery recovery = recovery_of(&pair, rows[i].recipient, rows[i].identity);
        CHECK_FAILS_WITH(request_recovery(&scene, OFFICER_A, &recovery), rows[i].kind,
                         rows[i].code);
    }
    KeyRecovery unknown = recovery_of(&pair, KEY_RECIPIENT_JUDICIAL, &scene.judge);
    unknown.key_id = "none";
    CHECK_FAILS_WITH(request_recovery(&scene, OFFICER_A, &unknown), ERROR_NOT_FOUND,
                     "keymanagement.unknown");
    unknown.legal_ground = "";
    CHECK_FAILS_WITH(request_recovery(&scene, OFFICER_A, &unknown), ERROR_INPUT, "json.field");
    KeyRecovery recovery = recovery_of(&pair, KEY_RECIPIENT_JUDICIAL, &scene.judge);
    CHECK_OK(request_recovery(&scene, OFFICER_B, &recovery));
    CHECK_OK(answer(&scene, OFFICER_A, &recovery, true, &reply));
    CHECK(opens(enveloped(&scene, reply), &scene.judge.signer, &pair.public_key));
}

// --- the end, and the record ------------------------------------------------------------------

TEST(an_archived_key_can_be_recovered_until_its_time_is_over)
{
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(json_cleanup) json_t *reply = NULL;
    Bytes text;
    KeyPairRow row;
    make(&scene);
    KeyPairResult pair = issue_pair(&scene, "r-1");
    CHECK_FAILS_WITH(scene.port.archive(&scene.port, "none", scene.arena, &err), ERROR_NOT_FOUND,
                     "keymanagement.unknown");
    CHECK_OK(scene.port.archive(&scene.port, pair.key_id, scene.arena, &err));
    CHECK_OK(scene.port.archive(&scene.port, pair.key_id, scene.arena, &err));
    CHECK_OK(keymanagement_tick(scene.keeper, &err));
    KeyRecovery recovery = recovery_of(&pair, KEY_RECIPIENT_HOLDER, &scene.renewed);
    CHECK_OK(request_recovery(&scene, OFFICER_A, &recovery));
    CHECK_OK(answer(&scene, OFFICER_B, &recovery, true, &reply));
    scene.now += scene.keeper->config.archive_period + TIME_DAY;
    CHECK_OK(keymanagement_tick(scene.keeper, &err));
    CHECK_OK(key_pair_record_find(scene.keeper->store, pair.key_id, scene.arena, &row, &err));
    CHECK_TEXT(row.state, "destroyed");
    CHECK_INT(row.key.len, 0);
    CHECK_FAILS_WITH(ask(&scene, "r-1", &scene.pki.person, &text), ERROR_NOT_FOUND,
                     "keymanagement.destroyed");
}

typedef struct {
    size_t count;
    Sm3Digest previous;
    char events[512];
} Chain;

static void follow(Scene *scene, const json_t *item, Chain *chain)
{
    Bytes text;
    Statement statement;
    Sm3Digest stated;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    const char *given = json_string_value(json_object_get(item, "statement"));
    CHECK_OK(base64_decode_arena(scene->arena, bytes_of_text(given), &text, &err));
    CHECK_OK(statement_parse(scene->arena, text, &statement, &err));
    CHECK_OK(statement_verify(&statement, KEY_EVENT_TYPE, scene->pki.trust, REVOCATION_REQUIRED,
                              scene->now, &err));
    CHECK_OK(json_parse(statement.payload, &payload, &err));
    JsonView view = json_view(payload, "event", &err);
    json_view_hex(&view, "previous", stated.bytes, SM3_SIZE);
    CHECK(sm3_digest_equal(&stated, &chain->previous));
    CHECK_INT(json_view_int(&view, "number", 1, 100), (int64_t)chain->count + 1);
    size_t used = strlen(chain->events);
    snprintf(&chain->events[used], sizeof chain->events - used, "%s ",
             json_view_text(&view, "event", 64));
    chain->previous = sm3_digest(text);
    chain->count++;
}

// Covers: GB/T 22081-2016 12.4.
TEST(every_step_is_signed_and_names_the_one_before)
{
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *events = NULL;
    PeerResponse response;
    Chain chain = {0};
    size_t i;
    json_t *item;
    make(&scene);
    KeyPairResult pair = issue_pair(&scene, "r-1");
    KeyRecovery recovery = recovery_of(&pair, KEY_RECIPIENT_HOLDER, &scene.renewed);
    CHECK_OK(request_recovery(&scene, OFFICER_A, &recovery));
    CHECK_OK(answer(&scene, OFFICER_B, &recovery, true, &reply));
    CHECK_OK(scene.port.archive(&scene.port, pair.key_id, scene.arena, &err));
    const PeerRequest request = {.method = "GET", .target = "/v1/events?after=0"};
    CHECK_OK(peer_call(scene.staff, &request, scene.arena, &response, &err));
    CHECK_OK(json_parse(response.body, &events, &err));
    json_array_foreach(json_object_get(events, "events"), i, item)
    {
        follow(&scene, item, &chain);
    }
    CHECK_TEXT(chain.events, "made issued recovery_requested recovered archived ");
}

TEST(the_storage_key_of_another_system_gives_no_key_out)
{
    Bytes text;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    stop(&scene);
    scene.config.pool_size = 1;
    start(&scene);
    CHECK_OK(keymanagement_tick(scene.keeper, &err));
    stop(&scene);
    scene.config.storage_key = &scene.pki.ca.signer;
    start(&scene);
    CHECK_FAILS_WITH(ask(&scene, "r-1", &scene.pki.person, &text), ERROR_UNTRUSTED,
                     "enveloped_key.decryption");
}

TEST(one_officer_alone_is_no_configuration)
{
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    stop(&scene);
    scene.config.officer_count = 1;
    CHECK_FAILS_WITH(keymanagement_start(&scene.config, &scene.keeper, &err), ERROR_INPUT,
                     "keymanagement.config");
    scene.keeper = NULL;
}

TEST(every_stored_column_is_in_the_data_dictionary)
{
    CHECK_OK(data_dictionary_check_schema(bytes_of(embedded_schema_sql, embedded_schema_sql_size),
                                          &err));
}

TEST(the_description_is_json)
{
    CLEANUP(json_cleanup) json_t *description = NULL;
    CHECK_OK(json_parse(keymanagement_openapi(), &description, &err));
}
