// SPDX-License-Identifier: Apache-2.0
#include "component/journey/holder_scene.h"

#include "base/test/test.h"
#include "domain/identity/exemption.h"

World *holder_world(HolderScene *scene)
{
    return &scene->reports.world;
}

static Arena *arena_of(HolderScene *scene)
{
    return holder_world(scene)->pki.arena;
}

static bool status_crl(const StatusPort *port, Arena *arena, Bytes *ret, Error *err)
{
    const HolderScene *scene = (const void *)port->peer;
    if (scene->status_is_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C3 is down");
    }
    *ret = arena_copy(arena, scene->crl);
    return true;
}

// The list of the issuing CA, newer than the fixture's; with or without the holder.
static void make_list(HolderScene *scene, bool is_revoked)
{
    Error err = {0};
    World *world = holder_world(scene);
    const Revocation entry = {.serial = scene->holder.certificate.serial,
                              .revoked_at = world->now - TIME_HOUR,
                              .reason = 1};
    const CrlTemplate template = {.issuer = &world->pki.ca.certificate,
                                  .this_update = world->now - TIME_MINUTE,
                                  .next_update = world->now + TIME_DAY,
                                  .number = 9,
                                  .entries = &entry,
                                  .entry_count = is_revoked ? 1 : 0};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CHECK_OK(crl_build(&template, &world->pki.ca.signer, &der, &err));
    scene->crl = arena_copy(arena_of(scene), writer_bytes(&der));
}

void holder_scene_make(HolderScene *scene)
{
    Error err = {0};
    World *world = holder_world(scene);
    static const uint8_t registry_serial[] = {71}, other_serial[] = {72};
    CHECK_OK(report_world_make(&scene->reports, test_directory(), &err));
    CHECK_OK(fixture_issue(
        arena_of(scene),
        fixture_template(PROFILE_COMPONENT, BYTES_OF_ARRAY(registry_serial), &world->pki.root),
        "Carrier Registry", &world->pki.root, &scene->registry, &err));
    CHECK_OK(fixture_issue(arena_of(scene),
                           fixture_template(PROFILE_ROOT_CA, BYTES_OF_ARRAY(other_serial), NULL),
                           "Other Root", NULL, &scene->other, &err));
    TrustStore *registries = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(registries, scene->registry.certificate.der, &err));
    world->config.authorities = world->pki.trust;
    world->config.registries = registries;
    world->config.status = (StatusPort){.crl = status_crl, .peer = (void *)scene};
    CHECK_OK(world_restart_business(world, &err));
}

void holder_scene_cleanup(HolderScene *scene)
{
    fixture_identity_free(&scene->holder);
    fixture_identity_free(&scene->registry);
    fixture_identity_free(&scene->other);
    report_world_free(&scene->reports);
}

// Issue the old certificate, for a key that every call has anew.
static void issue_holder(HolderScene *scene, const HolderPlan *how)
{
    Error err = {0};
    World *world = holder_world(scene);
    static const uint8_t serial[] = {73};
    const FixtureIdentity *issuer = how->has_unknown_ca ? &scene->other : &world->pki.ca;
    const NameAttribute subject[] = {
        {OID_COUNTRY, "CN"},
        {OID_SERIAL_NUMBER, how->holder_number == NULL ? WORLD_ID_NUMBER : how->holder_number},
        {OID_COMMON_NAME, how->holder_name == NULL ? WORLD_NAME : how->holder_name}};
    CertificateTemplate template = fixture_template(PROFILE_PERSON, BYTES_OF_ARRAY(serial), issuer);
    template.not_after = how->certificate_until == 0 ? template.not_after : how->certificate_until;
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    fixture_identity_free(&scene->holder);
    CHECK_OK(sm2_key_generate(random_system(), &scene->holder.key, &err));
    scene->holder.signer = signer_of_key(scene->holder.key);
    CHECK_OK(name_build(arena_of(scene), subject, COUNT_OF(subject), &template.subject, &err));
    template.public_key = sm2_public_key(scene->holder.key);
    CHECK_OK(certificate_issue(&template, &issuer->signer, &der, &err));
    CHECK_OK(
        certificate_load(arena_of(scene), writer_bytes(&der), &scene->holder.certificate, &err));
}

static Bytes state_carrier(HolderScene *scene, const HolderPlan *how)
{
    Error err = {0};
    Bytes text;
    World *world = holder_world(scene);
    const FixtureIdentity *registry = how->has_unknown_registry ? &world->c1 : &scene->registry;
    Sm3Digest fingerprint = certificate_fingerprint(
        how->states_other ? &world->pki.person.certificate : &scene->holder.certificate);
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "carrier", how->carrier);
    json_put_text(payload, "model", "UK-1");
    json_put_hex(payload, "certificate", sm3_bytes(&fingerprint));
    json_put_time(payload, "valid_until",
                  how->carrier_until == 0 ? world->now + TIME_DAY : how->carrier_until);
    CHECK_OK(json_text(world->arena, payload, &text, &err));
    const StatementTemplate template = {KEY_CARRIER_TYPE, text, world->now,
                                        registry->certificate.der};
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(statement_sign(&template, &registry->signer, &statement, &err));
    return arena_copy(world->arena, writer_bytes(&statement));
}

void holder_scene_prepare(HolderScene *scene, const HolderPlan *how)
{
    Error err = {0};
    World *world = holder_world(scene);
    issue_holder(scene, how);
    make_list(scene, how->is_revoked);
    scene->certificate = (TerminalCertificate){
        .certificate = scene->holder.certificate.der,
        .signer = how->has_other_key ? &world->pki.person.signer : &scene->holder.signer,
        .carrier_statement = how->carrier == NULL ? BYTES_EMPTY : state_carrier(scene, how)};
    world->person.certificate = &scene->certificate;
    world->person.measures[0] = "certificate";
    world->person.measure_count = 1;
    CHECK_OK(world_open(world, &scene->id, &scene->token, &err));
}

json_t *holder_scene_view(HolderScene *scene)
{
    Error err = {0};
    Bytes reply;
    json_t *json = NULL;
    const char *target =
        arena_format(holder_world(scene)->arena, "/v1/authorizations/%s", scene->id);
    CHECK_OK(world_call(holder_world(scene), NULL, target, NULL, NULL, &reply, &err));
    CHECK_OK(json_parse(reply, &json, &err));
    return json;
}

void holder_scene_check_state(HolderScene *scene, const char *state, const char *event,
                              const char *code)
{
    CLEANUP(json_cleanup) json_t *view = holder_scene_view(scene);
    const json_t *history = json_object_get(view, "history");
    const json_t *last = json_array_get(history, json_array_size(history) - 1);
    CHECK_TEXT(json_string_value(json_object_get(view, "state")), state);
    CHECK_TEXT(json_string_value(json_object_get(last, "event")), event);
    CHECK_TEXT(json_string_value(json_object_get(last, "code")), code);
}
