// SPDX-License-Identifier: Apache-2.0
//
// The door of CMP against a client that does as it likes.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/port/certification_cmp.h"
#include "component/registration/cmp_exchange.h"
#include "component/registration/scene_test.h"
#include "domain/evidence/submission.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/oid.h"

static Error err;

// What a message is made of; changed by a test before it is sent.
typedef struct {
    Scene *scene;
    Enrolment enrolment;
    CmpHeader header;
    CmpProtector protector;
    uint8_t numbers[4][16];  // transaction, nonce, salt, count of messages
    Bytes certificate;
    CmpMessage answer;
} Client;

// --- the client -------------------------------------------------------------------------------

static void enrol(Client *client, const char *decision_id)
{
    Scene *scene = client->scene;
    scene_identify(scene, decision_id);
    RegistrationRequest request = scene_request(scene, decision_id);
    request.csr = BYTES_EMPTY;
    CHECK_OK(enrolment_ask(&scene->port, &request, scene->arena, &client->enrolment, &err));
    client->protector.secret = bytes_of_text(client->enrolment.secret);
    client->header.sender_key = bytes_of_text(client->enrolment.reference);
}

static void begin(Client *client)
{
    client->numbers[0][15]++;
    client->header.transaction_id = BYTES_OF_ARRAY(client->numbers[0]);
    client->header.recipient_nonce = BYTES_EMPTY;
}

static Client client_open(void)
{
    static const Bytes nobody = {(const uint8_t *)"\xa4\x02\x30\x00", 4};
    Client client = {.scene = scene_open()};
    client.header =
        (CmpHeader){.version = 2, .sender = nobody, .recipient = nobody, .has_time = true};
    client.protector = (CmpProtector){.kind = CMP_PROTECTION_MAC,
                                      .mac = {.owf = CMP_SM3,
                                              .mac = CMP_SM3,
                                              .salt = BYTES_LITERAL("salt salt salt"),
                                              .rounds = 100}};
    enrol(&client, "decision-1");
    return client;
}

static Bytes make(Client *client, CmpBodyType type, Bytes body)
{
    CLEANUP(writer_free) Writer message = writer_new(CMP_MAX_SIZE);
    client->numbers[1][15]++;
    client->header.sender_nonce = BYTES_OF_ARRAY(client->numbers[1]);
    client->header.time = client->scene->now;
    CHECK_OK(cmp_message_build(&client->header, type, body, &client->protector, &message, &err));
    return arena_copy(client->scene->arena, writer_bytes(&message));
}

static Bytes post(Client *client, Bytes message)
{
    PeerRequest request = {.method = "POST",
                           .target = "/v1/cmp",
                           .content_type = "application/pkixcmp",
                           .body = message};
    PeerResponse response;
    CHECK_OK(peer_call(client->scene->peer, &request, client->scene->arena, &response, &err));
    CHECK_TEXT(response.content_type, "application/pkixcmp");
    return response.body;
}

static void send_bytes(Client *client, Bytes message)
{
    CHECK_OK(cmp_message_parse(post(client, message), &client->answer, &err));
}

static void send_message(Client *client, CmpBodyType type, Bytes body)
{
    send_bytes(client, make(client, type, body));
}

// A CertReqMessages for scene->holder with this name (NULL: none).
static Bytes request_body(Client *client, const char *name)
{
    const NameAttribute attributes[] = {{OID_COMMON_NAME, name}};
    CrmfDraft draft = {.possession = &client->scene->holder.signer};
    CLEANUP(writer_free) Writer request = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer body = writer_new(CRMF_MAX_SIZE);
    if (name != NULL) {
        CHECK_OK(name_build(client->scene->arena, attributes, 1, &draft.subject, &err));
    }
    CHECK_OK(crmf_request_build(&draft, &request, &err));
    cmp_request_encode(writer_bytes(&request), &body);
    return arena_copy(client->scene->arena, writer_bytes(&body));
}

static Bytes confirmation_body(Client *client, Sm3Digest digest, CmpStatusValue status)
{
    const CmpConfirmation confirmation = {.hash = sm3_bytes(&digest), .status = {.status = status}};
    CLEANUP(writer_free) Writer body = writer_new(1024);
    cmp_confirmation_encode(&confirmation, &body);
    return arena_copy(client->scene->arena, writer_bytes(&body));
}

static Bytes revocation_body(Client *client, Bytes certificate_der, int reason)
{
    Certificate certificate;
    CLEANUP(writer_free) Writer body = writer_new(4096);
    CHECK_OK(certificate_parse(certificate_der, &certificate, &err));
    const CmpRevocation revocation = {certificate.issuer, certificate.serial, reason};
    cmp_revocation_encode(&revocation, &body);
    return arena_copy(client->scene->arena, writer_bytes(&body));
}

// --- what it gets -----------------------------------------------------------------------------

static uint32_t failures(const Client *client)
{
    const CmpMessage *answer = &client->answer;
    CmpResponse response;
    CmpStatus status;
    if (answer->type == CMP_ERROR) {
        CHECK_OK(cmp_error_parse(answer, &status, &err));
    } else if (answer->type == CMP_RP) {
        CHECK_OK(cmp_revocation_status_parse(answer, &status, &err));
    } else {
        CHECK_OK(cmp_response_parse(answer, &response, &err));
        status = response.status;
    }
    CHECK_INT(status.status, CMP_REJECTION);
    return status.failures;
}

#define CHECK_REFUSED(client, failure) CHECK_INT(failures(client), 1 << (failure))

static void check_protected(const Client *client)
{
    CHECK_OK(cmp_verify_mac(&client->answer, client->protector.secret, &err));
    CHECK_BYTES(client->answer.header.recipient_nonce, client->header.sender_nonce);
    CHECK_BYTES(client->answer.header.transaction_id, client->header.transaction_id);
}

static void get_certificate(Client *client)
{
    CmpResponse response;
    begin(client);
    send_message(client, CMP_IR, request_body(client, "张三"));
    check_protected(client);
    CHECK_INT(client->answer.type, CMP_IP);
    CHECK_OK(cmp_response_parse(&client->answer, &response, &err));
    client->certificate = response.certificate;
    client->header.recipient_nonce = client->answer.header.sender_nonce;
}

static const char *refusals(Client *client)
{
    RefusalRow *rows;
    size_t count;
    Scene *scene = client->scene;
    const char *text = "";
    CHECK_OK(registration_record_list_refusals(scene->registration->store, "authorization-1",
                                               scene->arena, &rows, &count, &err));
    for (size_t i = 0; i < count; i++) {
        text = arena_format(scene->arena, "%s%s;", text, rows[i].refusal);
    }
    return text;
}

static void restart(Client *client)
{
    scene_stop(client->scene);
    scene_start(client->scene);
}

// --- tests ------------------------------------------------------------------------------------

// Covers: RFC 4210 5.3; JR/T 0299-2024 4 a to d.
TEST(an_enrolled_person_gets_a_certificate_and_confirms_it)
{
    Client client = client_open();
    const FakeCertifier *c3 = &client.scene->certification;
    Certificate certificate;
    get_certificate(&client);
    CHECK_OK(certificate_parse(client.certificate, &certificate, &err));
    CHECK(sm2_public_key_equal(&certificate.public_key, client.scene->holder.signer.public_key));
    CHECK_TEXT(c3->last.request_id, client.enrolment.registration_id);
    CHECK_TEXT(c3->last.serial_number, SCENE_HOLDER);
    CHECK(!client.answer.header.implicit_confirm);
    send_message(&client, CMP_CERT_CONF,
                 confirmation_body(&client, sm3_digest(client.certificate), CMP_ACCEPTED));
    check_protected(&client);
    CHECK_INT(client.answer.type, CMP_PKI_CONF);
    CHECK_INT(c3->revocations, 0);
    CHECK_INT(c3->handovers, 1);
    CHECK_TEXT(c3->last_handover.manner, "confirmation");
    CHECK_TEXT(refusals(&client), "");
    scene_close(client.scene);
}

TEST(a_certificate_that_is_not_accepted_is_revoked)
{
    for (int i = 0; i < 3; i++) {
        Client client = client_open();
        get_certificate(&client);
        Bytes body =
            i == 0   ? confirmation_body(&client, sm3_digest(BYTES_LITERAL("other")), CMP_ACCEPTED)
            : i == 1 ? confirmation_body(&client, sm3_digest(client.certificate), CMP_REJECTION)
                     : BYTES_LITERAL("\x30\x00");
        send_message(&client, CMP_CERT_CONF, body);
        check_protected(&client);
        CHECK_INT(client.scene->certification.revocations, 1);
        CHECK_INT(client.scene->certification.last_revocation.reason, 5);
        if (i == 0) {
            CHECK_REFUSED(&client, CMP_BAD_CERT_ID);
            CHECK_TEXT(refusals(&client), "cmp.hash;");
        } else {
            CHECK_INT(client.answer.type, CMP_PKI_CONF);
        }
        client.header.recipient_nonce = client.answer.header.sender_nonce;
        send_message(&client, CMP_CERT_CONF,
                     confirmation_body(&client, sm3_digest(client.certificate), CMP_ACCEPTED));
        CHECK_REFUSED(&client, CMP_CERT_CONFIRMED);
        scene_close(client.scene);
    }
}

TEST(implicit_confirmation_is_granted_where_it_is_asked_for)
{
    Client client = client_open();
    client.header.implicit_confirm = true;
    get_certificate(&client);
    CHECK(client.answer.header.implicit_confirm);
    send_message(&client, CMP_CERT_CONF,
                 confirmation_body(&client, sm3_digest(BYTES_LITERAL("other")), CMP_ACCEPTED));
    CHECK_REFUSED(&client, CMP_CERT_CONFIRMED);
    CHECK_INT(client.scene->certification.revocations, 0);
    scene_close(client.scene);
}

TEST(a_repeated_message_gets_the_same_answer_also_after_a_restart)
{
    Client client = client_open();
    begin(&client);
    Bytes message = make(&client, CMP_IR, request_body(&client, "张三"));
    Bytes first = post(&client, message);
    CHECK_BYTES(post(&client, message), first);
    restart(&client);
    client.scene->now += TIME_HOUR;
    CHECK_BYTES(post(&client, message), first);
    CHECK_INT(client.scene->certification.calls, 1);
    // One bit of it changed is another message, and not the client's.
    uint8_t *changed = arena_alloc(client.scene->arena, message.len);
    memcpy(changed, message.data, message.len);
    changed[message.len - 1] ^= 1;
    send_bytes(&client, bytes_of(changed, message.len));
    CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);
    begin(&client);
    message = make(&client, CMP_IR, request_body(&client, "李四"));
    first = post(&client, message);
    CHECK_BYTES(post(&client, message), first);
    CHECK_TEXT(refusals(&client), "cmp.protection;registration.subject;");
    scene_close(client.scene);
}

// Covers: RFC 4210 5.1.1.
// How often the staff of C2 is shown this code of what came from nobody who is known.
static int64_t counted(Client *client, const char *code)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const json_t *row;
    size_t i;
    PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    CHECK_OK(peer_local(registration_service(client->scene->registration), "operator", "auditor",
                        clock_manual(&client->scene->now), &peer, &err));
    CHECK_OK(peer_call_json(peer, &request, NULL, client->scene->arena, &json, &err));
    json_array_foreach(json_object_get(json, "counted"), i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "code")), code) == 0) {
            return json_integer_value(json_object_get(row, "count"));
        }
    }
    return 0;
}

TEST(what_nobody_who_is_known_sent_and_what_is_sent_again_is_counted)
{
    Client client = client_open();
    begin(&client);
    Bytes message = make(&client, CMP_IR, request_body(&client, NULL));
    (void)post(&client, message);
    CHECK_INT(counted(&client, "cmp.repeated"), 0);
    for (int i = 0; i < 3; i++) {
        (void)post(&client, message);
    }
    CHECK_INT(counted(&client, "cmp.repeated"), 3);
    CHECK_INT(client.scene->certification.calls, 1);
    (void)post(&client, BYTES_LITERAL("no message"));
    restart(&client);
    CHECK_INT(counted(&client, "cmp.malformed"), 1);
    CHECK_INT(counted(&client, "cmp.repeated"), 3);
    scene_close(client.scene);
}

TEST(numbers_of_other_messages_are_refused)
{
    Client client = client_open();
    get_certificate(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_TRANSACTION_ID_IN_USE);
    begin(&client);
    client.numbers[1][15] -= 2;
    send_message(&client, CMP_GENM, BYTES_LITERAL("\x30\x00"));
    CHECK_REFUSED(&client, CMP_BAD_SENDER_NONCE);
    client.header.transaction_id = BYTES_EMPTY;
    send_message(&client, CMP_GENM, BYTES_LITERAL("\x30\x00"));
    CHECK_REFUSED(&client, CMP_BAD_REQUEST);
    CHECK_TEXT(refusals(&client), "cmp.transaction_in_use;cmp.nonce_reused;cmp.transaction;");
    scene_close(client.scene);
}

TEST(a_confirmation_answers_the_message_before_it)
{
    Client client = client_open();
    get_certificate(&client);
    Bytes body = confirmation_body(&client, sm3_digest(client.certificate), CMP_ACCEPTED);
    Bytes nonce = client.header.recipient_nonce;
    client.header.recipient_nonce = BYTES_LITERAL("0123456789abcdef");
    send_message(&client, CMP_CERT_CONF, body);
    CHECK_REFUSED(&client, CMP_BAD_RECIPIENT_NONCE);
    client.header.recipient_nonce = nonce;
    begin(&client);
    send_message(&client, CMP_CERT_CONF, body);
    CHECK_REFUSED(&client, CMP_BAD_REQUEST);
    client.numbers[0][15] -= 2;
    begin(&client);
    client.header.recipient_nonce = nonce;
    send_message(&client, CMP_CERT_CONF, body);
    CHECK_INT(client.answer.type, CMP_PKI_CONF);
    CHECK_INT(client.scene->certification.revocations, 0);
    scene_close(client.scene);
}

TEST(messages_of_another_time_are_refused)
{
    Client client = client_open();
    begin(&client);
    Bytes message = make(&client, CMP_IR, request_body(&client, NULL));
    client.scene->now += 5 * TIME_MINUTE + TIME_SECOND;
    send_bytes(&client, message);
    CHECK_REFUSED(&client, CMP_BAD_TIME);
    client.scene->now -= 10 * TIME_MINUTE + 2 * TIME_SECOND;
    send_bytes(&client, message);
    CHECK_REFUSED(&client, CMP_BAD_TIME);
    CHECK_TEXT(refusals(&client), "cmp.time;cmp.time;");
    CHECK_INT(client.scene->certification.calls, 0);
    scene_close(client.scene);
}

TEST(a_wrong_secret_is_tried_a_few_times_only)
{
    Client client = client_open();
    Bytes secret = client.protector.secret;
    client.protector.secret = BYTES_LITERAL("guess");
    for (int i = 0; i < CMP_FAILURES_MAX; i++) {
        begin(&client);
        send_message(&client, CMP_IR, request_body(&client, NULL));
        CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);
        CHECK_INT(cmp_protection_kind(&client.answer), CMP_PROTECTION_NONE);
    }
    const char *noted = refusals(&client);
    CHECK_INT(strlen(noted), CMP_FAILURES_MAX * strlen("cmp.protection;"));
    client.protector.secret = secret;
    begin(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);
    CHECK_TEXT(refusals(&client), noted);
    CHECK_INT(client.scene->certification.calls, 0);
    scene_close(client.scene);
}

TEST(nobody_without_a_secret_is_heard)
{
    Client client = client_open();
    client.header.sender_key = BYTES_LITERAL("0011223344556677");
    begin(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);
    client.protector.kind = CMP_PROTECTION_NONE;
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);
    client.protector = (CmpProtector){.kind = CMP_PROTECTION_SIGNATURE,
                                      .signer = &client.scene->stranger.signer,
                                      .certificates = client.scene->stranger.certificate};
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_SIGNER_NOT_TRUSTED);
    client.protector.certificates = BYTES_EMPTY;
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_SIGNER_NOT_TRUSTED);
    CHECK_INT(client.scene->certification.calls, 0);
    scene_close(client.scene);
}

TEST(what_is_no_message_is_answered_by_an_error_message)
{
    Client client = client_open();
    send_bytes(&client, BYTES_LITERAL("hello"));
    CHECK_REFUSED(&client, CMP_BAD_DATA_FORMAT);
    begin(&client);
    Bytes whole = make(&client, CMP_IR, request_body(&client, NULL));
    send_bytes(&client, bytes_slice(whole, 0, whole.len - 1));
    CHECK_REFUSED(&client, CMP_BAD_DATA_FORMAT);
    client.header.version = 1;
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_UNSUPPORTED_VERSION);
    client.header.version = 2;
    client.protector.mac.rounds = 99;
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_BAD_ALG);
    client.protector.mac.rounds = 100;
    send_message(&client, CMP_POLL_REQ, BYTES_LITERAL("\x30\x00"));
    CHECK_REFUSED(&client, CMP_BAD_REQUEST);
    begin(&client);
    send_message(&client, CMP_IP, BYTES_LITERAL("\x30\x00"));
    CHECK_REFUSED(&client, CMP_BAD_REQUEST);
    PeerRequest request = {.method = "POST",
                           .target = "/.well-known/cmp",
                           .content_type = "application/json",
                           .body = whole};
    PeerResponse response;
    CHECK_FAILS_WITH(peer_call(client.scene->peer, &request, client.scene->arena, &response, &err),
                     ERROR_INPUT, "cmp.content_type");
    CHECK_INT(client.scene->certification.calls, 0);
    scene_close(client.scene);
}

TEST(strangers_may_not_send_without_end)
{
    Client client = client_open();
    CLEANUP(peer_cleanup) Peer *stranger = NULL;
    PeerRequest request = {.method = "POST",
                           .target = "/v1/cmp",
                           .content_type = "Application/PKIXCMP; charset=binary",
                           .body = BYTES_LITERAL("hello")};
    PeerResponse response;
    bool is_heard = true;
    int count = 0;
    CHECK_OK(peer_local(registration_service(client.scene->registration), SERVICE_PUBLIC, "",
                        clock_system(), &stranger, &err));
    while (is_heard && count++ < 100000) {
        is_heard = peer_call(stranger, &request, client.scene->arena, &response, &err);
    }
    CHECK(count > 100);
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_TEXT(err.code, "address_limit.exceeded");
    begin(&client);  // nobody else is kept from it
    send_message(&client, CMP_GENM, BYTES_LITERAL("\x30\x00"));
    CHECK_INT(client.answer.type, CMP_GENP);
    scene_close(client.scene);
}

TEST(a_secret_has_an_end)
{
    Client client = client_open();
    client.scene->now += 30 * TIME_MINUTE;
    begin(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_NOT_AUTHORIZED);
    CHECK_TEXT(refusals(&client), "enrolment.expired;");
    CHECK_INT(client.scene->certification.calls, 0);
    scene_close(client.scene);
}

TEST(a_key_that_was_certified_before_is_refused)
{
    Client client = client_open();
    get_certificate(&client);
    enrol(&client, "decision-2");
    begin(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_DUPLICATE_CERT_REQ);
    scene_new_key(client.scene);
    get_certificate(&client);
    CHECK_INT(client.scene->certification.count, 2);
    scene_close(client.scene);
}

// C3 does not answer: the client is told to come again, and nothing is issued twice.
TEST(an_outage_of_c3_delays_and_no_more)
{
    Client client = client_open();
    client.scene->certification.answer_is_lost = true;
    begin(&client);
    Bytes message = make(&client, CMP_IR, request_body(&client, NULL));
    send_bytes(&client, message);
    CHECK_REFUSED(&client, CMP_SYSTEM_UNAVAIL);
    CHECK_TEXT(refusals(&client), "");
    restart(&client);
    client.scene->certification.answer_is_lost = false;
    send_bytes(&client, message);
    CHECK_INT(client.answer.type, CMP_IP);
    CHECK_INT(client.scene->certification.count, 1);
    begin(&client);  // and with a new message for the same key
    send_message(&client, CMP_CR, request_body(&client, NULL));
    CHECK_INT(client.answer.type, CMP_CP);
    CHECK_INT(client.scene->certification.count, 1);
    scene_close(client.scene);
}

static void sign_as_holder(Client *client)
{
    client->protector = (CmpProtector){.kind = CMP_PROTECTION_SIGNATURE,
                                       .signer = &client->scene->holder.signer,
                                       .certificates = client->certificate};
    client->header.sender_key = BYTES_EMPTY;
}

static Bytes update_body(Client *client, Bytes old_der)
{
    Certificate old;
    CHECK_OK(certificate_parse(old_der, &old, &err));
    const CrmfDraft draft = {.possession = &client->scene->holder.signer,
                             .old_issuer = old.issuer,
                             .old_serial = old.serial};
    CLEANUP(writer_free) Writer request = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer body = writer_new(CRMF_MAX_SIZE);
    CHECK_OK(crmf_request_build(&draft, &request, &err));
    cmp_request_encode(writer_bytes(&request), &body);
    return arena_copy(client->scene->arena, writer_bytes(&body));
}

// The person, identified afresh, has the renewal of this certificate prepared.
static bool enrol_renewal(Client *client, const char *decision_id)
{
    Enrolment enrolment;
    Certificate old;
    CHECK_OK(certificate_parse(client->certificate, &old, &err));
    scene_identify(client->scene, decision_id);
    RegistrationRequest request = scene_request(client->scene, decision_id);
    request.csr = BYTES_EMPTY;
    request.renews = certificate_serial_text(client->scene->arena, &old);
    return enrolment_ask(&client->scene->port, &request, client->scene->arena, &enrolment, &err);
}

// Covers: RFC 4210 5.3.5; JR/T 0299-2024 6.5.
TEST(a_holder_updates_the_key_with_a_signature_by_the_old_one)
{
    Client client = client_open();
    const FakeCertifier *c3 = &client.scene->certification;
    CmpResponse response;
    get_certificate(&client);
    Party old = client.scene->holder;
    client.scene->holder.key = NULL;
    scene_new_key(client.scene);
    client.protector = (CmpProtector){.kind = CMP_PROTECTION_SIGNATURE,
                                      .signer = &old.signer,
                                      .certificates = client.certificate};
    begin(&client);
    send_message(&client, CMP_KUR, update_body(&client, client.certificate));
    CHECK_REFUSED(&client, CMP_NOT_AUTHORIZED);  // not identified afresh
    CHECK(enrol_renewal(&client, "decision-2"));
    begin(&client);
    send_message(&client, CMP_KUR, update_body(&client, client.scene->office.certificate));
    CHECK_REFUSED(&client, CMP_BAD_CERT_ID);
    begin(&client);
    send_message(&client, CMP_KUR, update_body(&client, client.certificate));
    CHECK_INT(client.answer.type, CMP_KUP);
    CHECK_OK(cmp_response_parse(&client.answer, &response, &err));
    CHECK_INT(c3->count, 2);
    CHECK(c3->last.renews[0] != '\0');
    CHECK_INT(c3->handovers, 0);
    client.header.recipient_nonce = client.answer.header.sender_nonce;
    send_message(&client, CMP_CERT_CONF,
                 confirmation_body(&client, sm3_digest(response.certificate), CMP_ACCEPTED));
    CHECK_INT(client.answer.type, CMP_PKI_CONF);
    CHECK_INT(c3->handovers, 1);
    begin(&client);
    scene_new_key(client.scene);
    send_message(&client, CMP_KUR, update_body(&client, client.certificate));
    CHECK_REFUSED(&client, CMP_NOT_AUTHORIZED);  // one renewal, one key
    sm2_private_key_free(old.key);
    scene_close(client.scene);
}

// Covers: RFC 4210 5.1.3.3, 5.3.9.
TEST(a_holder_revokes_with_a_signature_by_the_certificate)
{
    Client client = client_open();
    Certificate office;
    get_certificate(&client);
    CHECK_OK(certificate_parse(client.scene->office.certificate, &office, &err));
    sign_as_holder(&client);
    begin(&client);
    send_message(&client, CMP_RR, revocation_body(&client, client.scene->office.certificate, 1));
    CHECK_REFUSED(&client, CMP_BAD_CERT_ID);
    CHECK_OK(cmp_verify_signature(&client.answer, &office.public_key, &err));
    begin(&client);
    send_message(&client, CMP_RR, revocation_body(&client, client.certificate, 8));
    CHECK_REFUSED(&client, CMP_NOT_AUTHORIZED);
    begin(&client);
    send_message(&client, CMP_RR, revocation_body(&client, client.certificate, 1));
    CHECK_INT(client.answer.type, CMP_RP);
    CHECK_INT(client.scene->certification.revocations, 1);
    CHECK_INT(client.scene->certification.last_revocation.reason, 1);
    begin(&client);
    send_message(&client, CMP_RR, revocation_body(&client, client.certificate, 1));
    CHECK_REFUSED(&client, CMP_CERT_REVOKED);
    begin(&client);
    send_message(&client, CMP_IR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_CERT_REVOKED);
    CHECK_INT(client.scene->certification.revocations, 1);
    scene_close(client.scene);
}

static bool count_transactions(StoreSession *session, void *ret, Error *ret_err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT (SELECT count(*) FROM cmp_transaction) * 100 +"
                                   " (SELECT count(*) FROM cmp_message)");
    *(int64_t *)ret = sql_next(&row) ? sql_int(&row) : -1;
    return sql_done(&row, ret_err);
}

// How many transactions and messages are kept.
static void check_kept(Client *client, int64_t transactions, int64_t messages)
{
    int64_t count = 0;
    CHECK_OK(store_read(client->scene->registration->store, count_transactions, &count, &err));
    CHECK_INT(count, 100 * transactions + messages);
}

// A message of a newly enrolled person, which is kept though its key was certified before.
static void send_another(Client *client, const char *decision_id)
{
    enrol(client, decision_id);
    begin(client);
    send_message(client, CMP_IR, request_body(client, "张三"));
    CHECK_REFUSED(client, CMP_DUPLICATE_CERT_REQ);
}

TEST(a_transaction_is_erased_when_a_repetition_is_refused_without_it)
{
    Client client = client_open();
    const FakeCertifier *c3 = &client.scene->certification;
    get_certificate(&client);
    send_message(&client, CMP_CERT_CONF,
                 confirmation_body(&client, sm3_digest(client.certificate), CMP_ACCEPTED));
    begin(&client);
    Bytes timely = make(&client, CMP_RR, revocation_body(&client, client.certificate, 6));
    Bytes answer = post(&client, timely);
    client.header.has_time = false;
    begin(&client);
    (void)post(&client, make(&client, CMP_RR, revocation_body(&client, client.certificate, 8)));
    client.header.has_time = true;
    check_kept(&client, 3, 4);
    size_t revocations = c3->revocations, calls = c3->calls;
    CHECK_INT(revocations, 1);
    client.scene->now += 30 * TIME_DAY - TIME_MINUTE;
    send_another(&client, "decision-2");
    check_kept(&client, 4, 5);
    client.scene->now += 2 * TIME_MINUTE;
    send_another(&client, "decision-3");
    // What did not tell its time is there, and the two of this month.
    check_kept(&client, 3, 3);
    CHECK(!bytes_equal(post(&client, timely), answer));
    CHECK_INT(c3->revocations, revocations);
    CHECK_INT(c3->calls, calls);
    scene_close(client.scene);
}

TEST(a_certificate_is_no_enrolment)
{
    Client client = client_open();
    get_certificate(&client);
    sign_as_holder(&client);
    scene_new_key(client.scene);
    client.protector.signer = &client.scene->holder.signer;
    begin(&client);
    send_message(&client, CMP_CR, request_body(&client, NULL));
    CHECK_REFUSED(&client, CMP_BAD_MESSAGE_CHECK);  // another key than the certificate's
    CHECK_INT(client.scene->certification.count, 1);
    scene_close(client.scene);
}

// --- enrolments -------------------------------------------------------------------------------

static bool ask(Client *client, const char *request_id, Enrolment *ret)
{
    RegistrationRequest request = scene_request(client->scene, request_id);
    request.csr = BYTES_EMPTY;
    return enrolment_ask(&client->scene->port, &request, client->scene->arena, ret, &err);
}

TEST(an_enrolment_asked_for_again_is_the_same_until_it_is_used)
{
    Client client = client_open();
    Scene *scene = client.scene;
    Enrolment again;
    RegistrationRequest request = scene_request(scene, "decision-1");
    request.csr = BYTES_EMPTY;
    CHECK_OK(enrolment_ask(&scene->port, &request, scene->arena, &client.enrolment, &err)
                 ? true
                 : strcmp(err.code, "registration.request_reused") == 0);
    scene_identify(scene, "decision-2");
    request = scene_request(scene, "r-2");
    request.csr = BYTES_EMPTY;
    CHECK_OK(enrolment_ask(&scene->port, &request, scene->arena, &client.enrolment, &err));
    CHECK_OK(enrolment_ask(&scene->port, &request, scene->arena, &again, &err));
    CHECK_TEXT(again.secret, client.enrolment.secret);
    CHECK_TEXT(again.reference, client.enrolment.reference);
    CHECK_INT(strlen(again.secret), 32);
    client.protector.secret = bytes_of_text(again.secret);
    client.header.sender_key = bytes_of_text(again.reference);
    get_certificate(&client);
    CHECK_FAILS_WITH(enrolment_ask(&scene->port, &request, scene->arena, &again, &err),
                     ERROR_CONFLICT, "enrolment.used");
    scene_close(scene);
}

TEST(a_decision_serves_one_enrolment_or_one_application)
{
    Client client = client_open();
    Enrolment enrolment;
    RegistrationResult result;
    CHECK(!ask(&client, "r-2", &enrolment));
    CHECK_TEXT(err.code, "registration.decision_used");
    RegistrationRequest request = scene_request(client.scene, "r-3");
    CHECK_FAILS_WITH(
        client.scene->port.apply(&client.scene->port, &request, client.scene->arena, &result, &err),
        ERROR_CONFLICT, "registration.decision_used");
    scene_identify(client.scene, "decision-2");
    request = scene_request(client.scene, "r-4");
    CHECK_OK(client.scene->port.apply(&client.scene->port, &request, client.scene->arena, &result,
                                      &err));
    CHECK(!ask(&client, "r-5", &enrolment));
    CHECK_TEXT(err.code, "registration.decision_used");
    CHECK(!ask(&client, "r-4", &enrolment));
    CHECK_TEXT(err.code, "registration.request_reused");
    scene_close(client.scene);
}

TEST(an_enrolment_is_checked_like_an_application)
{
    Client client = client_open();
    Enrolment enrolment;
    scene_identify(client.scene, "decision-2");
    client.scene->decision.outcome = IDENTITY_FAIL;
    CHECK(!ask(&client, "r-2", &enrolment));
    CHECK_TEXT(err.code, "decision.not_passed");
    scene_identify(client.scene, "decision-3");
    client.scene->decision.expires_at = client.scene->now;
    CHECK(!ask(&client, "r-3", &enrolment));
    CHECK_TEXT(err.code, "decision.expired");
    client.scene->port.institution.signer = &client.scene->stranger.signer;
    client.scene->port.institution.certificate = client.scene->stranger.certificate;
    scene_identify(client.scene, "decision-4");
    CHECK(!ask(&client, "r-4", &enrolment));
    CHECK_TEXT(err.code, "partner.unknown");
    scene_close(client.scene);
}

// The secret, the name and the answer are in the store, but nobody reads them there.
TEST(nothing_personal_lies_open_in_the_store)
{
    Client client = client_open();
    size_t at;
    get_certificate(&client);
    scene_stop(client.scene);
    static uint8_t content[1 << 20];
    FILE *store = fopen(client.scene->config.store_path, "rb");
    CHECK(store != NULL);
    Bytes file = bytes_of(content, fread(content, 1, sizeof content, store));
    fclose(store);
    CHECK(bytes_find(file, bytes_of_text(client.enrolment.reference), 0, &at));
    CHECK(!bytes_find(file, bytes_of_text(client.enrolment.secret), 0, &at));
    CHECK(!bytes_find(file, BYTES_LITERAL("张三"), 0, &at));
    CHECK(!bytes_find(file, client.certificate, 0, &at));
    scene_start(client.scene);
    scene_close(client.scene);
}

// Covers: JR/T 0299-2024 4 g, 8.3 b.
TEST(a_registration_by_cmp_is_completed_with_the_message_that_brought_the_key)
{
    Client client = client_open();
    Scene *scene = client.scene;
    Bytes receipt;
    Submission submission;
    Statement statement;
    size_t at;
    get_certificate(&client);
    const RegistrationCompletion completion = {.registration_id = client.enrolment.registration_id,
                                               .delivered_at = scene->now,
                                               .mode = "staged",
                                               .previous = ""};
    CHECK_OK(scene->port.complete(&scene->port, &completion, scene->arena, &receipt, &err));
    CHECK_OK(submission_parse(scene->preservation.submissions[0], &submission, &err));
    CHECK_OK(statement_parse(scene->arena, submission.statement, &statement, &err));
    CHECK(bytes_find(statement.payload, BYTES_LITERAL("request.pkixcmp"), 0, &at));
    CHECK(!bytes_find(statement.payload, BYTES_LITERAL("request.csr"), 0, &at));
    scene_close(scene);
}

// --- this door as somebody's external CA ------------------------------------------------------

// Covers: RFC 4210 5.3; RFC 9483 4.
TEST(another_registration_system_may_ask_here_as_it_asks_any_ca)
{
    for (int i = 0; i < 2; i++) {
        Client client = client_open();
        Scene *scene = client.scene;
        const CmpAuthority authority = {
            .peer = scene->peer,
            .path = "/v1/cmp",
            .trust = scene->trust,
            .issuer = scene->issuing.certificate,
            .reference = client.enrolment.reference,
            .secret = client.enrolment.secret,
            .institution = {&scene->other_business.signer, scene->other_business.certificate,
                            clock_manual(&scene->now)},
            .random = random_system(),
            .policy_oid = "1.2.3",
            .cps_uri = "https://ca.example/cps",
            .cps_version = "1"};
        const CertificationPort port = certification_port_of_cmp(&authority);
        const CertificationRequest asked = {.request_id = "registration-1",
                                            .profile = "personal",
                                            .csr = scene_csr(scene, "张三"),
                                            .common_name = "张三",
                                            .serial_number = i == 0 ? SCENE_HOLDER : "other"};
        CertificationResult result;
        Bytes record;
        if (i == 1) {  // it asked for another person: what is given is sent back
            CHECK_FAILS_WITH(port.issue(&port, &asked, scene->arena, &result, &record, &err),
                             ERROR_UNTRUSTED, "external_ca.certificate");
            CHECK_INT(scene->certification.revocations, 1);
            scene_close(scene);
            continue;
        }
        Certificate certificate;
        CHECK_OK(port.issue(&port, &asked, scene->arena, &result, &record, &err));
        CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
        CHECK_INT(scene->certification.handovers, 1);
        const CertificationRevocation revocation = {
            .serial_hex = certificate_serial_text(scene->arena, &certificate), .reason = 4};
        CHECK_OK(port.revoke(&port, &revocation, scene->arena, &err));
        CHECK_INT(scene->certification.last_revocation.reason, 4);
        scene_close(scene);
    }
}
