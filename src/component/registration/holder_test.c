// SPDX-License-Identifier: Apache-2.0
//
// C2 hands on nothing that is not logged as the person's, tells the person what was issued, and has
// suspended what the person objects to.
#include "component/registration/holder.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/registration/scene_test.h"
#include "domain/evidence/issuance.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/crl.h"

static Error err;

// How C3's stand-in goes wrong.
typedef enum {
    HONEST,
    NOT_LOGGED,
    OTHER_LOG,
    OTHER_CERTIFICATE,
    COMPANION,
    NUMBER_AGAIN,
    NUMBER_FAR
} Fault;

typedef struct {
    Scene *scene;
    CertificationPort inner;
    Fault fault;
    uint64_t next;
    Bytes secret;  // as it was told last
    Bytes receipt;
    HolderPort port;
} Logger;

static Logger logger;  // of the test that runs

static Bytes receipt_of(const Issuance *issuance, const Party *log)
{
    EvidenceEntry entry = {.kind = ENTRY_ISSUANCE,
                           .received = logger.scene->now,
                           .label = issuance->label,
                           .commitment = issuance->commitment,
                           .sealed = issuance->sealed};
    NoteKey key;
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer receipt = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(entry_encode(&entry, &text, &err));
    Receipt made = {.entry = writer_bytes(&text)};
    MerkleHead head = {1, merkle_leaf_hash(made.entry)};
    CHECK_OK(note_key_new("log.example", NOTE_SM2, log->signer.public_key, &key, &err));
    CHECK_OK(checkpoint_sign(&head, &key, &log->signer, &note, &err));
    made.checkpoint.note.whole = writer_bytes(&note);
    CHECK_OK(receipt_encode(&made, &receipt, &err));
    return arena_copy(logger.scene->arena, writer_bytes(&receipt));
}

// A receipt for a certificate of this serial number and digest as the person's number.
static Bytes log_record(Bytes secret, uint64_t number, const IssuanceRecord *record,
                        const Party *log)
{
    Issuance issuance;
    CHECK_OK(issuance_seal(logger.scene->arena, secret, number, record, &issuance, &err));
    return receipt_of(&issuance, log);
}

static void add_receipt(const CertificationRequest *request, CertificationResult *result)
{
    Scene *scene = logger.scene;
    Certificate certificate, issuer;
    IssuanceRecord record;
    uint64_t number = logger.fault == NUMBER_AGAIN ? 0 : logger.next;
    number += logger.fault == NUMBER_FAR ? 1000 : 0;
    CHECK_OK(certificate_parse(result->certificate, &certificate, &err));
    CHECK_OK(certificate_parse(scene->issuing.certificate, &issuer, &err));
    CHECK_OK(issuance_record_of(scene->arena, &certificate, &issuer, &record, &err));
    if (logger.fault == OTHER_CERTIFICATE) {
        record.serial = "0BAD";
    }
    if (logger.fault == COMPANION) {
        record.encryption_serial = "0BAD";
    }
    const Party *log = logger.fault == OTHER_LOG ? &scene->stranger : &scene->office;
    logger.next = number + 1;
    logger.receipt = log_record(request->holder_secret, number, &record, log);
    result->receipt = logger.fault == NOT_LOGGED ? BYTES_EMPTY : logger.receipt;
    result->salt = issuance_salt(request->holder_secret, number);
}

static bool logging_issue(const CertificationPort *port, const CertificationRequest *request,
                          Arena *arena, CertificationResult *ret, Bytes *ret_statement,
                          Error *failure)
{
    (void)port;
    Bytes payload;
    CHECK_INT(request->holder_secret.len, ISSUANCE_SECRET_SIZE);
    logger.secret = arena_copy(logger.scene->arena, request->holder_secret);
    if (!logger.inner.issue(&logger.inner, request, arena, ret, ret_statement, failure)) {
        return false;
    }
    add_receipt(request, ret);
    CLEANUP(json_cleanup) json_t *json = certification_result_to_json(ret);
    CHECK_OK(json_text(arena, json, &payload, &err));
    *ret_statement =
        scene_state(logger.scene, &logger.scene->certifier, CERTIFICATION_ISSUED_TYPE, payload);
    return true;
}

static bool passed_revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                          Arena *arena, Error *failure)
{
    (void)port;
    return logger.inner.revoke(&logger.inner, revocation, arena, failure);
}

// The log's key is the office's own: any will do.
static Scene *open_logging(void)
{
    Scene *scene = scene_open();
    logger = (Logger){.scene = scene, .inner = scene->config.certification};
    scene_stop(scene);
    scene->config.certification.issue = logging_issue;
    scene->config.certification.revoke = passed_revoke;
    scene->config.log_certificate = scene->office.certificate;
    scene_start(scene);
    Institution business = {&scene->business.signer, scene->business.certificate,
                            clock_manual(&scene->now)};
    logger.port = holder_port_of_peer(scene->peer, business);
    return scene;
}

static bool apply(Scene *scene, const char *request_id, RegistrationResult *ret)
{
    scene_new_key(scene);
    snprintf(scene->decision.id, sizeof scene->decision.id, "decision-%s", request_id);
    RegistrationRequest request = scene_request(scene, request_id);
    return scene->port.apply(&scene->port, &request, scene->arena, ret, &err);
}

TEST(a_person_has_one_secret_and_certificates_with_numbers_in_order)
{
    Scene *scene = open_logging();
    RegistrationResult first, second;
    CHECK_OK(apply(scene, "r-1", &first));
    Bytes secret = logger.secret;
    CHECK_OK(apply(scene, "r-2", &second));
    CHECK_BYTES(logger.secret, secret);
    HolderIssuances issuances;
    CHECK_OK(logger.port.list(&logger.port, SCENE_HOLDER, scene->arena, &issuances, &err));
    CHECK_BYTES(issuances.secret, secret);
    CHECK_INT(issuances.count, 2);
    CHECK_INT(issuances.issuances[0].number, 1);
    CHECK_TEXT(issuances.issuances[0].registration_id, second.registration_id);
    CHECK_TEXT(issuances.issuances[1].registration_id, first.registration_id);
    CHECK_TEXT(issuances.issuances[1].authorization_id, "authorization-1");
    // What goes to C5 with M7 must not give the secret away.
    size_t at;
    CHECK(
        !bytes_find(first.issue_statement, bytes_of_text(hex_text(scene->arena, secret)), 0, &at));
    scene_close(scene);
}

// Covers: JR/T 0299-2024 6.2.
TEST(what_is_not_logged_as_this_certificate_of_this_person_is_not_handed_on)
{
    static const struct {
        Fault fault;
        const char *code;
    } cases[] = {
        {NOT_LOGGED, "registration.not_logged"},      {OTHER_LOG, "checkpoint.signature"},
        {OTHER_CERTIFICATE, "registration.issuance"}, {COMPANION, "registration.issuance"},
        {NUMBER_AGAIN, "registration.issuance"},      {NUMBER_FAR, "registration.issuance"}};
    Scene *scene = open_logging();
    RegistrationResult result;
    CHECK_OK(apply(scene, "r-0", &result));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t next = logger.next;
        const char *id = arena_format(scene->arena, "r-%zu", i + 1);
        logger.fault = cases[i].fault;
        CHECK_FAILS_WITH(apply(scene, id, &result), ERROR_UNTRUSTED, cases[i].code);
        logger.next = next;
    }
    logger.fault = HONEST;
    HolderIssuances issuances;
    CHECK_OK(logger.port.list(&logger.port, SCENE_HOLDER, scene->arena, &issuances, &err));
    CHECK_INT(issuances.count, 1);
    scene_close(scene);
}

TEST(a_pseudonym_is_one_institutions_and_a_stranger_learns_nothing)
{
    Scene *scene = open_logging();
    RegistrationResult result;
    HolderIssuances issuances;
    CHECK_FAILS_WITH(logger.port.list(&logger.port, SCENE_HOLDER, scene->arena, &issuances, &err),
                     ERROR_NOT_FOUND, "holder.unknown");
    CHECK_OK(apply(scene, "r-1", &result));
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    CHECK_OK(peer_local(registration_service(scene->registration), "business", "other",
                        clock_manual(&scene->now), &peer, &err));
    Institution other = {&scene->other_business.signer, scene->other_business.certificate,
                         clock_manual(&scene->now)};
    HolderPort port = holder_port_of_peer(peer, other);
    CHECK_FAILS_WITH(port.list(&port, SCENE_HOLDER, scene->arena, &issuances, &err),
                     ERROR_FORBIDDEN, "registration.other_institution");
    Institution stranger = {&scene->stranger.signer, scene->stranger.certificate,
                            clock_manual(&scene->now)};
    port = holder_port_of_peer(scene->peer, stranger);
    CHECK_FAILS_WITH(port.list(&port, SCENE_HOLDER, scene->arena, &issuances, &err),
                     ERROR_FORBIDDEN, "partner.unknown");
    scene_close(scene);
}

// --- objections -------------------------------------------------------------------------------

static bool object(const char *request_id, uint64_t number, Bytes receipt)
{
    HolderObjection objection = {request_id, SCENE_HOLDER, number, receipt};
    return logger.port.object(&logger.port, &objection, logger.scene->arena, &err);
}

// Covers: JR/T 0299-2024 6.5.
TEST(what_the_person_objects_to_is_suspended_once)
{
    Scene *scene = open_logging();
    RegistrationResult result;
    Certificate certificate;
    CHECK_OK(apply(scene, "r-1", &result));
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    scene->certification.answer_is_lost = true;
    CHECK_FAILS(object("o-1", 0, logger.receipt), ERROR_UNAVAILABLE);
    scene->certification.answer_is_lost = false;
    CHECK_OK(object("o-1", 0, logger.receipt));
    CHECK_OK(object("o-1", 0, logger.receipt));
    const CertificationRevocation *last = &scene->certification.last_revocation;
    CHECK_INT(scene->certification.revocations, 2);  // the one of which nothing was heard, too
    CHECK_TEXT(last->serial_hex, certificate_serial_text(scene->arena, &certificate));
    CHECK_INT(last->reason, REASON_CERTIFICATE_HOLD);
    scene_close(scene);
}

TEST(a_certificate_that_nobody_here_applied_for_is_suspended_as_well)
{
    Scene *scene = open_logging();
    RegistrationResult result;
    CHECK_OK(apply(scene, "r-1", &result));
    IssuanceRecord record = {.issuer_name = "CA", .serial = "0BAD"};
    Bytes receipt = log_record(logger.secret, 1, &record, &scene->office);
    CHECK_OK(object("o-1", 1, receipt));
    CHECK_TEXT(scene->certification.last_revocation.serial_hex, "0BAD");
    scene_close(scene);
}

TEST(an_objection_without_proof_that_the_certificate_is_the_persons_suspends_nothing)
{
    Scene *scene = open_logging();
    RegistrationResult result;
    CHECK_OK(apply(scene, "r-1", &result));
    IssuanceRecord record = {.issuer_name = "CA", .serial = "0BAD"};
    static const uint8_t other[ISSUANCE_SECRET_SIZE] = {1};
    Bytes others = log_record(BYTES_OF_ARRAY(other), 0, &record, &scene->office);
    Bytes unsigned_by_log = log_record(logger.secret, 1, &record, &scene->stranger);
    CHECK_FAILS_WITH(object("o-1", 0, others), ERROR_UNTRUSTED, "issuance.label");
    CHECK_FAILS(object("o-2", 1, unsigned_by_log), ERROR_UNTRUSTED);
    CHECK_FAILS_WITH(object("o-3", 1, logger.receipt), ERROR_UNTRUSTED, "issuance.label");
    CHECK_INT(scene->certification.revocations, 0);
    CHECK_OK(object("o-4", 0, logger.receipt));
    Bytes second = log_record(logger.secret, 1, &record, &scene->office);
    CHECK_FAILS_WITH(object("o-4", 1, second), ERROR_CONFLICT, "registration.request_reused");
    scene_close(scene);
}
