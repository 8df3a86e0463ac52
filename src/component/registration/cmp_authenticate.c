// SPDX-License-Identifier: Apache-2.0
//
// Who protects a message: somebody with the secret of an enrolment, or with a certificate that was
// issued through this registration system and is active.
#include <string.h>

#include "component/registration/cmp_exchange.h"
#include "domain/pki/certificate.h"

enum { REASON_RESUME = 8 };

static bool not_protected(Error *err)
{
    // The same for an unknown reference, an exhausted one and a wrong secret.
    return error_set(err, ERROR_UNTRUSTED, "cmp.protection", "RFC 4210 5.1.3",
                     "the protection of the message does not hold");
}

// --- by a secret ------------------------------------------------------------------------------

static bool find_enrolment(Exchange *exchange, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    const char *reference = arena_text(arena, exchange->message.header.sender_key);
    if (reference == NULL) {
        return error_memory(err);
    }
    if (!enrolment_record_find(registration->store, reference, arena, &exchange->enrolment, err)) {
        return false;
    }
    // Of an exhausted secret nothing more is written down: its reference may be anybody's.
    if (exchange->enrolment.reference == NULL || exchange->enrolment.failures >= CMP_FAILURES_MAX) {
        return not_protected(err);
    }
    exchange->application.caller = exchange->enrolment.institution;
    exchange->application.authorization_id = exchange->enrolment.authorization_id;
    exchange->application.request_id = exchange->enrolment.request_id;
    return true;
}

static bool open_enrolment(Exchange *exchange, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    const EnrolmentRow *enrolment = &exchange->enrolment;
    const FieldPlace secret = {"enrolment", "secret", enrolment->reference};
    const FieldPlace request = {"enrolment", "request", enrolment->reference};
    return office_open(registration, &secret, enrolment->secret, arena, &exchange->secret, err) &&
           office_open(registration, &request, enrolment->request, arena,
                       &exchange->application.statement, err);
}

static bool verify_mac(Exchange *exchange, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    const EnrolmentRow *enrolment = &exchange->enrolment;
    Error failure = {0};
    if (!find_enrolment(exchange, err) || !open_enrolment(exchange, err)) {
        return false;
    }
    if (!cmp_verify_mac(&exchange->message, exchange->secret, &failure)) {
        *err = failure;
        if (failure.kind == ERROR_UNTRUSTED &&
            !enrolment_record_count_failure(registration->store, enrolment->reference, &failure)) {
            *err = failure;  // what cannot be counted is not tried
        }
        return false;
    }
    exchange->owner = arena_format(arena, "reference:%s", enrolment->reference);
    return (exchange->owner != NULL || error_memory(err)) &&
           registration_record_find(registration->store, enrolment->registration_id, arena,
                                    &exchange->registration, err);
}

// --- by a signature ---------------------------------------------------------------------------

// The certificate with senderKID for its key, or the first. Source: RFC 9483 3.3.
static bool find_signer(const CmpMessage *message, Certificate *ret)
{
    Reader certificates = reader_of(message->extra_certificates);
    bool found = false;
    for (Bytes der; cmp_next_certificate(&certificates, &der);) {
        Certificate certificate;
        if (!certificate_parse(der, &certificate, NULL)) {
            continue;
        }
        bool is_named = message->header.sender_key.len > 0 &&
                        bytes_equal(certificate.subject_key_identifier, message->header.sender_key);
        if (!found || is_named) {
            *ret = certificate;
            found = true;
        }
        if (is_named) {
            break;
        }
    }
    return found;
}

static bool not_trusted(Error *err, const char *why)
{
    return error_set(err, ERROR_UNTRUSTED, "cmp.signer", "RFC 4210 5.1.3.3", "%s", why);
}

// One of those that were issued through here; what C3 issued was verified then.
static bool find_own(Exchange *exchange, const Certificate *signer, Error *err)
{
    Registration *registration = exchange->application.registration;
    Arena *arena = exchange->application.arena;
    RegistrationRow *row = &exchange->registration;
    RegistrationResult result;
    const char *serial = certificate_serial_text(arena, signer);
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!registration_record_find_serial(registration->store, NULL, serial, arena, row, err)) {
        return false;
    }
    if (row->registration_id == NULL) {
        return not_trusted(err, "the signer's certificate was not issued through here");
    }
    if (!office_result(registration, row, arena, &result, err)) {
        return false;
    }
    return bytes_equal(result.certificate, signer->der) ||
           not_trusted(err, "the signer's certificate was not issued through here");
}

static bool check_active(Exchange *exchange, const Certificate *signer, Error *err)
{
    int reason = -1;
    if (!certificate_is_valid_at(signer, exchange->now)) {
        return not_trusted(err, "the signer's certificate has expired");
    }
    if (!registration_record_last_status(exchange->application.registration->store,
                                         exchange->registration.registration_id, &reason, err)) {
        return false;
    }
    return reason == -1 || reason == REASON_RESUME ||
           error_set(err, ERROR_UNTRUSTED, "cmp.signer_revoked", "RFC 4210 5.1.3.3",
                     "the signer's certificate is revoked or suspended");
}

static bool verify_signature(Exchange *exchange, Error *err)
{
    Certificate signer;
    if (!find_signer(&exchange->message, &signer)) {
        return not_trusted(err, "the message does not bring the signer's certificate");
    }
    if (!find_own(exchange, &signer, err) ||
        !cmp_verify_signature(&exchange->message, &signer.public_key, err) ||
        !check_active(exchange, &signer, err)) {
        return false;
    }
    const RegistrationRow *row = &exchange->registration;
    exchange->application.caller = row->institution;
    exchange->application.authorization_id = row->authorization_id;
    exchange->application.request_id = row->request_id;
    exchange->owner = arena_format(exchange->application.arena, "certificate:%s", row->serial);
    return exchange->owner != NULL || error_memory(err);
}

bool exchange_authenticate(Exchange *exchange, Error *err)
{
    exchange->protection = cmp_protection_kind(&exchange->message);
    switch (exchange->protection) {
    case CMP_PROTECTION_MAC:
        return verify_mac(exchange, err);
    case CMP_PROTECTION_SIGNATURE:
        return verify_signature(exchange, err);
    case CMP_PROTECTION_NONE:
        return error_set(err, ERROR_UNTRUSTED, "cmp.protection", "RFC 4210 5.1.3",
                         "the message is not protected");
    default:
        return error_set(err, ERROR_INPUT, "cmp.algorithm", "RFC 4210 5.1.3",
                         "the message is protected by an algorithm that is not taken here");
    }
}
