// SPDX-License-Identifier: Apache-2.0
//
// Certificates by CMP: the message brings the key to what was said at the enrolment.
#include <string.h>

#include "component/registration/cmp_exchange.h"
#include "domain/pki/crl.h"

enum { ANSWER_MAX_SIZE = CMP_MAX_SIZE };

// --- what is asked ----------------------------------------------------------------------------

static bool refuse_template(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "cmp.template", "RFC 9483 4.1.1", "%s", why);
}

// What a certificate says beside key and name is the profile's to decide.
static bool check_template(const KeyRequest *key, Error *err)
{
    if (!key_request_check_bare(key, err)) {
        return false;
    }
    if (key->is_crmf && key->crmf.template.serial.len > 0) {
        return refuse_template(err, "a serial number may not be asked for");
    }
    return true;
}

static bool read_key(const Exchange *exchange, KeyRequest *ret, Error *err)
{
    const CmpMessage *message = &exchange->message;
    CrmfRequest request;
    if (message->type == CMP_P10CR) {
        return key_request_parse(message->body, ret, err) && check_template(ret, err);
    }
    if (!cmp_request_parse(message, &request, err) || !key_request_parse(request.der, ret, err) ||
        !check_template(ret, err)) {
        return false;
    }
    return (message->type == CMP_KUR) == (request.old_serial.len > 0) ||
           refuse_template(err, "an old certificate belongs to a key update, and to it only");
}

// --- who may ask ------------------------------------------------------------------------------

static bool not_enrolled(Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, "cmp.not_enrolled", "JR/T 0299-2024 4 a",
                     "a certificate is issued to who was identified afresh and enrolled");
}

// A key update that the old certificate protects rests on an enrolment for its renewal.
static bool find_renewal(Exchange *exchange, const KeyRequest *key, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    EnrolmentRow *enrolment = &exchange->enrolment;
    const Certificate old = {.serial = key->crmf.old_serial};
    const char *serial = certificate_serial_text(arena, &old);
    if (serial == NULL) {
        return error_memory(err);
    }
    if (exchange->message.type != CMP_KUR) {
        return not_enrolled(err);
    }
    if (strcmp(serial, exchange->registration.serial) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "cmp.other_certificate", "RFC 4210 5.3.5",
                         "only the own certificate may be replaced");
    }
    if (!enrolment_record_find_renewal(registration->store, serial, arena, enrolment, err)) {
        return false;
    }
    if (enrolment->reference == NULL ||
        strcmp(enrolment->institution, exchange->application.caller) != 0) {
        return not_enrolled(err);
    }
    const FieldPlace place = {"enrolment", "request", enrolment->reference};
    exchange->application.authorization_id = enrolment->authorization_id;
    exchange->application.request_id = enrolment->request_id;
    return office_open(registration, &place, enrolment->request, arena,
                       &exchange->application.statement, err);
}

// --- acceptance -------------------------------------------------------------------------------

// C3 is told that the certificate reached its holder and was accepted; with that, one that it
// replaces ends. Source: JR/T 0299-2024 4 d, 6.5.
static bool hand_over(Exchange *exchange, Error *err)
{
    Registration *registration = exchange->application.registration;
    const CertificationPort *port = &registration->config.certification;
    Arena *arena = exchange->application.arena;
    RegistrationRow *row = &exchange->registration;
    const CertificationHandover handover = {
        .serial_hex = row->serial,
        .request_id = arena_format(arena, "%s-handover", row->registration_id),
        .delivered_at = exchange->now,
        .accepted_at = exchange->now,
        .manner = "confirmation"};
    if (row->delivered_at != 0) {
        return true;
    }
    if (handover.request_id == NULL) {
        return error_memory(err);
    }
    if (!port->hand_over(port, &handover, arena, err)) {
        return false;
    }
    row->delivered_at = handover.delivered_at;
    row->accepted_at = handover.accepted_at;
    return registration_record_keep_handover(registration->store, row, err);
}

// --- the answer -------------------------------------------------------------------------------

static bool join_chain(const Exchange *exchange, const RegistrationResult *result, Bytes *ret,
                       Error *err)
{
    CLEANUP(writer_free) Writer chain = writer_new(ANSWER_MAX_SIZE);
    for (size_t i = 0; i < result->chain_count; i++) {
        writer_put(&chain, result->chain[i]);
    }
    return exchange_take(exchange, &chain, ret, err);
}

static CmpStatusValue status_for(const KeyRequest *key, const Certificate *certificate)
{
    bool is_open = key->subject.len == 0 || bytes_equal(key->subject, BYTES_LITERAL("\x30\x00"));
    bool is_as_asked = (is_open || name_equal(key->subject, certificate->subject)) &&
                       !(key->is_crmf && key->crmf.template.has_validity);
    return is_as_asked ? CMP_ACCEPTED : CMP_GRANTED_WITH_MODS;
}

static bool answer(Exchange *exchange, const KeyRequest *key, CmpAnswer *ret, Error *err)
{
    static const CmpBodyType answers[] = {
        [CMP_IR] = CMP_IP, [CMP_CR] = CMP_CP, [CMP_P10CR] = CMP_CP, [CMP_KUR] = CMP_KUP};
    const CmpMessage *message = &exchange->message;
    RegistrationResult result;
    Certificate certificate;
    CLEANUP(writer_free) Writer body = writer_new(ANSWER_MAX_SIZE);
    if (!office_result(exchange->application.registration, &exchange->registration,
                       exchange->application.arena, &result, err) ||
        !certificate_parse(result.certificate, &certificate, err) ||
        !join_chain(exchange, &result, &ret->chain, err)) {
        return false;
    }
    // CA certificates may be taken on the word of a shared secret. Source: RFC 4210 5.3.4.
    const CmpResponse response = {
        .request_id = key->is_crmf ? key->crmf.request_id : CMP_NO_REQUEST_ID,
        .status = {.status = status_for(key, &certificate)},
        .certificate = result.certificate,
        .ca_certificates = message->type == CMP_IR ? ret->chain : BYTES_EMPTY};
    cmp_response_encode(&response, &body);
    ret->type = answers[message->type];
    ret->implicit_confirm = message->header.implicit_confirm;
    ret->waits = !ret->implicit_confirm;
    exchange->transaction.registration_id = exchange->registration.registration_id;
    return exchange_take(exchange, &body, &ret->body, err);
}

bool exchange_issue(Exchange *exchange, CmpAnswer *ret, Error *err)
{
    const CmpMessage *message = &exchange->message;
    KeyRequest *key = arena_alloc(exchange->application.arena, sizeof(*key));
    if (key == NULL) {
        return error_memory(err);
    }
    if (!read_key(exchange, key, err) ||
        (exchange->protection != CMP_PROTECTION_MAC && !find_renewal(exchange, key, err))) {
        return false;
    }
    return office_apply_enrolled(&exchange->application, &exchange->enrolment, message->der, key,
                                 &exchange->registration, err) &&
           (!message->header.implicit_confirm || hand_over(exchange, err)) &&
           answer(exchange, key, ret, err);
}

// --- confirmation -----------------------------------------------------------------------------

static bool check_awaited(const Exchange *exchange, Error *err)
{
    const CmpTransactionRow *transaction = &exchange->transaction;
    if (transaction->server_nonce.data == NULL || transaction->registration_id == NULL) {
        return error_set(err, ERROR_CONFLICT, "cmp.not_awaited", "RFC 4210 5.3.18",
                         "no confirmation is waited for in this transaction");
    }
    return bytes_equal(exchange->message.header.recipient_nonce, transaction->server_nonce) ||
           error_set(err, ERROR_CONFLICT, "cmp.recipient_nonce", "RFC 4210 5.1.1",
                     "the confirmation does not answer our last message");
}

// A certificate that nobody accepts is not left about.
static bool withdraw(Exchange *exchange, Error *err)
{
    if (!exchange_change_status(exchange, &exchange->registration, REASON_CESSATION_OF_OPERATION,
                                "not accepted by the client", err)) {
        return false;
    }
    exchange->transaction.server_nonce = BYTES_EMPTY;
    return true;
}

bool exchange_confirm(Exchange *exchange, CmpAnswer *ret, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    CmpConfirmation confirmation;
    RegistrationResult result;
    if (!cmp_confirmation_parse(&exchange->message, &confirmation, err) ||
        !check_awaited(exchange, err) ||
        !registration_record_find(registration->store, exchange->transaction.registration_id, arena,
                                  &exchange->registration, err) ||
        !office_result(registration, &exchange->registration, arena, &result, err)) {
        return false;
    }
    bool is_rejected = confirmation.is_empty || confirmation.status.status > CMP_GRANTED_WITH_MODS;
    if (!is_rejected && !cmp_confirmation_is_of(&confirmation, result.certificate)) {
        return withdraw(exchange, err) &&
               error_set(err, ERROR_FORBIDDEN, "cmp.hash", "RFC 4210 5.3.18",
                         "the confirmation is of another certificate, and this one is revoked");
    }
    if (!(is_rejected ? withdraw(exchange, err) : hand_over(exchange, err))) {
        return false;
    }
    exchange->transaction.server_nonce = BYTES_EMPTY;
    ret->type = CMP_PKI_CONF;
    ret->body = BYTES_LITERAL("\x05\x00");
    return true;
}
