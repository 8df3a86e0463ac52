// SPDX-License-Identifier: Apache-2.0
#include "component/registration/scene_test.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/evidence/submission.h"
#include "domain/identity/person.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"

static Error err;

#define SALT BYTES_LITERAL("0123456789abcdef")

// --- keys and certificates --------------------------------------------------------------------

static void make_key(Party *party)
{
    CHECK_OK(sm2_key_generate(random_system(), &party->key, &err));
    party->signer = signer_of_key(party->key);
}

static Bytes issue(Scene *scene, CertificateTemplate *template, const NameAttribute *name,
                   size_t name_count, const Party *issuer)
{
    uint8_t serial[16];
    Certificate parsed;
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(certificate_serial_generate(random_system(), serial, &err));
    CHECK_OK(name_build(scene->arena, name, name_count, &template->subject, &err));
    template->serial = BYTES_OF_ARRAY(serial);
    if (issuer->certificate.len > 0) {
        CHECK_OK(certificate_parse(issuer->certificate, &parsed, &err));
        template->issuer = &parsed;
    }
    CHECK_OK(certificate_issue(template, &issuer->signer, &der, &err));
    return arena_copy(scene->arena, writer_bytes(&der));
}

static void certify(Scene *scene, Party *party, const Party *issuer, CertificateProfile profile)
{
    const NameAttribute name[] = {
        {OID_COUNTRY, "CN"},
        {OID_COMMON_NAME, arena_format(scene->arena, "Party %td", (char *)party - (char *)scene)}};
    make_key(party);
    CertificateTemplate template = {.profile = profile,
                                    .public_key = party->signer.public_key,
                                    .not_before = SCENE_START - 3650 * TIME_DAY,
                                    .not_after = SCENE_START + 3650 * TIME_DAY};
    party->certificate = issue(scene, &template, name, COUNT_OF(name), issuer);
}

Bytes scene_state(Scene *scene, const Party *party, const char *type, Bytes payload)
{
    const StatementTemplate template = {.type = type,
                                        .payload = payload,
                                        .signed_at = scene->now,
                                        .certificate = party->certificate};
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(statement_sign(&template, &party->signer, &statement, &err));
    return arena_copy(scene->arena, writer_bytes(&statement));
}

// --- C3 ---------------------------------------------------------------------------------------

static Scene *scene_of(FakeCertifier *certifier)
{
    return (Scene *)((char *)certifier - offsetof(Scene, certification));
}

static Bytes fake_issue_new(Scene *scene, const CertificationRequest *request)
{
    const FakeCertifier *fake = &scene->certification;
    const char *common_name = fake->names_somebody_else ? "李四" : request->common_name;
    const NameAttribute name[] = {{OID_COUNTRY, "CN"},
                                  {OID_SERIAL_NUMBER, request->serial_number},
                                  {OID_COMMON_NAME, common_name}};
    KeyRequest key;
    CHECK_OK(key_request_parse(request->csr, &key, &err));
    CHECK_OK(key_request_verify_possession(&key, &err));
    CertificateTemplate template = {.profile = PROFILE_PERSON,
                                    .public_key = &key.public_key,
                                    .not_before = scene->now,
                                    .not_after = scene->now + TIME_DAY};
    CertificationResult result = {
        .request_id = fake->answers_other_request ? "other" : request->request_id,
        .certificate = issue(scene, &template, name, COUNT_OF(name), &scene->issuing),
        .chain = {scene->issuing.certificate},
        .chain_count = 1,
        .profile = request->profile,
        .policy_oid = "1.2.3",
        .cps_uri = "https://ca.example/v1/cps",
        .cps_version = "1.0",
        .issued_at = scene->now,
    };
    CLEANUP(json_cleanup) json_t *json = certification_result_to_json(&result);
    Bytes payload;
    CHECK_OK(json_text(scene->arena, json, &payload, &err));
    return scene_state(scene, fake->signs_as_stranger ? &scene->stranger : &scene->certifier,
                       CERTIFICATION_ISSUED_TYPE, payload);
}

static bool fake_issue(const CertificationPort *port, const CertificationRequest *request,
                       Arena *arena, CertificationResult *ret, Bytes *ret_statement, Error *failure)
{
    FakeCertifier *fake = (FakeCertifier *)(void *)port->peer;
    Arena *own = scene_of(fake)->arena;
    size_t i = 0;
    Statement statement;
    while (i < fake->count && strcmp(fake->request_ids[i], request->request_id) != 0) {
        i++;
    }
    fake->calls++;
    fake->last = *request;
    fake->last.request_id = arena_text(own, bytes_of_text(request->request_id));
    fake->last.profile = arena_text(own, bytes_of_text(request->profile));
    fake->last.serial_number = arena_text(own, bytes_of_text(request->serial_number));
    fake->last.renews = arena_text(own, bytes_of_text(request->renews));
    if (fake->refuses != NULL) {
        return error_set(failure, ERROR_CONFLICT, fake->refuses, NULL, "refused");
    }
    if (i == fake->count) {
        CHECK(fake->count < SCENE_ISSUES_MAX);
        fake->request_ids[i] = arena_text(own, bytes_of_text(request->request_id));
        fake->statements[i] = fake_issue_new(scene_of(fake), request);
        fake->count++;
    }
    if (fake->answer_is_lost) {
        return error_set(failure, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer");
    }
    *ret_statement = fake->statements[i];
    return statement_parse(arena, fake->statements[i], &statement, failure) &&
           certification_result_parse(statement.payload, arena, ret, failure);
}

static bool fake_revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                        Arena *arena, Error *failure)
{
    FakeCertifier *fake = (FakeCertifier *)(void *)port->peer;
    Arena *own = scene_of(fake)->arena;
    (void)arena;
    fake->revocations++;
    fake->last_revocation = *revocation;
    fake->last_revocation.serial_hex = arena_text(own, bytes_of_text(revocation->serial_hex));
    fake->last_revocation.request_id = arena_text(own, bytes_of_text(revocation->request_id));
    return !fake->answer_is_lost ||
           error_set(failure, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer");
}

static bool fake_hand_over(const CertificationPort *port, const CertificationHandover *handover,
                           Arena *arena, Error *failure)
{
    FakeCertifier *fake = (FakeCertifier *)(void *)port->peer;
    Arena *own = scene_of(fake)->arena;
    (void)arena;
    fake->handovers++;
    fake->last_handover = *handover;
    fake->last_handover.serial_hex = arena_text(own, bytes_of_text(handover->serial_hex));
    fake->last_handover.request_id = arena_text(own, bytes_of_text(handover->request_id));
    if (fake->refuses != NULL) {
        return error_set(failure, ERROR_CONFLICT, fake->refuses, NULL, "refused");
    }
    return !fake->answer_is_lost ||
           error_set(failure, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer");
}

CertificationPort scene_certification_port(FakeCertifier *certifier)
{
    return (CertificationPort){.issue = fake_issue,
                               .revoke = fake_revoke,
                               .hand_over = fake_hand_over,
                               .peer = (Peer *)(void *)certifier};
}

// --- C5 ---------------------------------------------------------------------------------------

// A log of one entry, which is about this submission.
static Bytes receipt_for(Scene *scene, const Sm3Digest *submission, Arena *arena)
{
    const EvidenceEntry entry = {.kind = ENTRY_DEPOSIT,
                                 .received = SCENE_START,
                                 .part_count = 1,
                                 .submission = *submission,
                                 .stage = DEPOSIT_M7,
                                 .code = ""};
    NoteKey key;
    Receipt receipt = {0};
    CLEANUP(writer_free) Writer entry_text = writer_new(ENTRY_TEXT_MAX);
    CLEANUP(writer_free) Writer checkpoint = writer_new(RECEIPT_MAX_BYTES);
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(entry_encode(&entry, &entry_text, &err));
    receipt.entry = writer_bytes(&entry_text);
    const MerkleHead head = {1, merkle_leaf_hash(receipt.entry)};
    CHECK_OK(note_key_new("log.example", NOTE_SM2, scene->stranger.signer.public_key, &key, &err));
    CHECK_OK(checkpoint_sign(&head, &key, &scene->stranger.signer, &checkpoint, &err));
    receipt.checkpoint.note.whole = writer_bytes(&checkpoint);
    CHECK_OK(receipt_encode(&receipt, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

static bool fake_deposit(const PreservationPort *port, Bytes submission, Arena *arena,
                         Bytes *ret_receipt, Error *failure)
{
    FakePreserver *fake = (FakePreserver *)(void *)port->peer;
    Scene *scene = (Scene *)((char *)fake - offsetof(Scene, preservation));
    size_t i = 0;
    fake->calls++;
    if (fake->is_down) {
        return error_set(failure, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "down");
    }
    while (i < fake->count && !bytes_equal(fake->submissions[i], submission)) {
        i++;
    }
    if (i == fake->count) {
        CHECK(fake->count < SCENE_SUBMISSIONS_MAX);
        fake->submissions[fake->count++] = arena_copy(scene->arena, submission);
    }
    Submission parts;
    CHECK_OK(submission_parse(submission, &parts, &err));
    Sm3Digest digest = deposit_submission_digest(parts.statement);
    if (fake->gives_other_receipt) {
        digest.bytes[0] ^= 1;
    }
    *ret_receipt = receipt_for(scene, &digest, arena);
    return true;
}

PreservationPort scene_preservation_port(FakePreserver *preserver)
{
    return (PreservationPort){.deposit = fake_deposit, .peer = (Peer *)(void *)preserver};
}

// --- the scene --------------------------------------------------------------------------------

void scene_start(Scene *scene)
{
    CHECK_OK(registration_start(&scene->config, &scene->registration, &err));
    CHECK_OK(peer_local(registration_service(scene->registration), "business", "bank",
                        clock_manual(&scene->now), &scene->peer, &err));
    Institution business = {&scene->business.signer, scene->business.certificate,
                            clock_manual(&scene->now)};
    scene->port = registration_port_of_peer(scene->peer, business);
}

void scene_stop(Scene *scene)
{
    peer_free(scene->peer);
    registration_stop(scene->registration);
    scene->peer = NULL;
    scene->registration = NULL;
}

void scene_identify(Scene *scene, const char *decision_id)
{
    Sm3Digest salt = person_name_salt(SALT);
    scene->decision = (IdentityDecision){
        .authorization_id = "authorization-1",
        .holder_name = person_name_commitment("张三", sm3_bytes(&salt)),
        .policy_id = "one-plus-x",
        .policy_version = "1.0.0",
        .outcome = IDENTITY_PASS,
        .reasons = {"identity.passed"},
        .reason_count = 1,
        .issued_at = scene->now - TIME_MINUTE,
        .expires_at = scene->now + 30 * TIME_MINUTE,
    };
    snprintf(scene->decision.id, sizeof scene->decision.id, "%s", decision_id);
}

static void fill_config(Scene *scene)
{
    scene->applicants[0] = scene->business.certificate;
    scene->applicants[1] = scene->other_business.certificate;
    scene->certifiers[0] = scene->certifier.certificate;
    scene->config = (RegistrationConfig){
        .institution = {&scene->office.signer, scene->office.certificate,
                        clock_manual(&scene->now)},
        .trust = scene->trust,
        .applicants = scene->applicants,
        .applicant_count = COUNT_OF(scene->applicants),
        .certifiers = scene->certifiers,
        .certifier_count = COUNT_OF(scene->certifiers),
        .certification = scene_certification_port(&scene->certification),
        .preservation = scene_preservation_port(&scene->preservation),
        .store_path = arena_format(scene->arena, "%s/registration.db", test_directory()),
        .field_key = scene->field_key,
        .random = random_system(),
    };
}

Scene *scene_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Scene *scene = arena_alloc(arena, sizeof(*scene));
    CHECK(scene != NULL);
    *scene = (Scene){.arena = arena, .now = SCENE_START + 100 * TIME_DAY};
    certify(scene, &scene->root, &scene->root, PROFILE_ROOT_CA);
    certify(scene, &scene->issuing, &scene->root, PROFILE_ISSUING_CA);
    certify(scene, &scene->business, &scene->issuing, PROFILE_COMPONENT);
    certify(scene, &scene->other_business, &scene->issuing, PROFILE_COMPONENT);
    certify(scene, &scene->certifier, &scene->issuing, PROFILE_COMPONENT);
    certify(scene, &scene->office, &scene->issuing, PROFILE_COMPONENT);
    certify(scene, &scene->stranger, &scene->issuing, PROFILE_COMPONENT);
    make_key(&scene->holder);
    scene->trust = trust_store_new(arena);
    CHECK_OK(trust_store_add_anchors(scene->trust, scene->root.certificate, &err));
    CHECK_OK(secret_generate(16, &scene->field_key, &err));
    scene_identify(scene, "decision-1");
    fill_config(scene);
    scene_start(scene);
    return scene;
}

void scene_close(Scene *scene)
{
    Party *parties[] = {&scene->root,           &scene->issuing,   &scene->business,
                        &scene->other_business, &scene->certifier, &scene->office,
                        &scene->stranger,       &scene->holder};
    scene_stop(scene);
    unlink(scene->config.store_path);  // a test may open one scene after the other
    for (size_t i = 0; i < COUNT_OF(parties); i++) {
        sm2_private_key_free(parties[i]->key);
    }
    secret_free(scene->field_key);
    arena_free(scene->arena);
}

void scene_new_key(Scene *scene)
{
    sm2_private_key_free(scene->holder.key);
    make_key(&scene->holder);
}

// --- messages ---------------------------------------------------------------------------------

Bytes scene_decision(Scene *scene, const Party *party)
{
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CHECK_OK(identity_decision_encode(&scene->decision, &payload, &err));
    return scene_state(scene, party, IDENTITY_DECISION_TYPE, writer_bytes(&payload));
}

Bytes scene_csr(Scene *scene, const char *name)
{
    const NameAttribute attributes[] = {{OID_COMMON_NAME, name}};
    Bytes subject;
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(name_build(scene->arena, attributes, name == NULL ? 0 : 1, &subject, &err));
    CHECK_OK(csr_build(subject, &scene->holder.signer, &csr, &err));
    return arena_copy(scene->arena, writer_bytes(&csr));
}

RegistrationRequest scene_request(Scene *scene, const char *request_id)
{
    Sm3Digest salt = person_name_salt(SALT);
    return (RegistrationRequest){
        .request_id = request_id,
        .authorization_id = "authorization-1",
        .decision = scene_decision(scene, &scene->business),
        .csr = scene_csr(scene, NULL),
        .holder_name = "张三",
        .holder_salt = hex_text(scene->arena, sm3_bytes(&salt)),
        .holder_index = SCENE_HOLDER,
        .notice_id = "certificate_application",
        .notice_version = "1",
        .notice_digest = sm3_digest(BYTES_LITERAL("notice")),
        .notice_acknowledged_at = scene->now - 2 * TIME_MINUTE,
        .storage = STORAGE_TERMINAL,
        .scenario = sm3_digest(BYTES_LITERAL("loan 1")),
    };
}

Bytes scene_destruction(Scene *scene, Bytes certificate, Time destroyed_at)
{
    const Party holder = {scene->holder.key, scene->holder.signer, certificate};
    const Sm3Digest digest = sm3_digest(BYTES_LITERAL("what was signed"));
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    Bytes payload;
    json_put_time(json, "destroyed_at", destroyed_at);
    json_put_int(json, "signatures", 1);
    json_put_hex(json, "signed_digest", sm3_bytes(&digest));
    CHECK_OK(json_text(scene->arena, json, &payload, &err));
    return scene_state(scene, &holder, KEY_DESTRUCTION_TYPE, payload);
}
