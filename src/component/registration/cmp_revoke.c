// SPDX-License-Identifier: Apache-2.0
//
// Revocation by the holder: of the certificate that came of the secret, or that signs the message.
#include "base/codec/hex.h"
#include "component/registration/cmp_exchange.h"

enum { REASON_RESUME = 8, STATUS_MAX_SIZE = 1024 };

bool exchange_change_status(Exchange *exchange, const RegistrationRow *row, int reason,
                            const char *justification, Error *err)
{
    const Application *application = &exchange->application;
    Registration *registration = application->registration;
    const char *digest = hex_text(application->arena, sm3_bytes(&exchange->digest));
    const char *name =
        digest == NULL ? NULL
                       : arena_format(application->arena, "%s/%s", digest, row->registration_id);
    const char *id = name == NULL ? NULL : office_id(application, "assent.cmp-status-id/1", name);
    if (id == NULL) {
        return error_memory(err);
    }
    const FieldPlace place = {"status_request", "request", id};
    StatusRow status = {.id = id,
                        .registration_id = row->registration_id,
                        .request_digest = exchange->digest,
                        .reason = reason,
                        .created_at = exchange->now};
    const CertificationPort *port = &registration->config.certification;
    const CertificationRevocation revocation = {.serial_hex = row->serial,
                                                .reason = reason,
                                                .request_id = id,
                                                .justification = justification,
                                                .requester = "holder"};
    if (!office_seal(registration, &place, exchange->message.der, application->arena,
                     &status.request, err) ||
        !registration_record_insert_status(registration->store, &status, err) ||
        !port->revoke(port, &revocation, application->arena, err)) {
        return false;
    }
    status.updated_at = clock_now(registration->config.institution.clock);
    return registration_record_finish_status(registration->store, &status, err);
}

static bool check_own(const Exchange *exchange, const CmpRevocation *revocation, Error *err)
{
    const RegistrationRow *row = &exchange->registration;
    RegistrationResult result;
    Certificate certificate;
    if (row->registration_id != NULL && row->issue.data != NULL) {
        if (!office_result(exchange->application.registration, row, exchange->application.arena,
                           &result, err) ||
            !certificate_parse(result.certificate, &certificate, err)) {
            return false;
        }
        if (bytes_equal(certificate.serial, revocation->serial) &&
            name_matches(certificate.issuer, revocation->issuer)) {
            return true;
        }
    }
    return error_set(err, ERROR_FORBIDDEN, "cmp.other_certificate", "RFC 4210 5.3.9",
                     "only the own certificate may be revoked");
}

bool exchange_revoke(Exchange *exchange, CmpAnswer *ret, Error *err)
{
    static const CmpStatus accepted = {.status = CMP_ACCEPTED};
    CmpRevocation revocation;
    CLEANUP(writer_free) Writer body = writer_new(STATUS_MAX_SIZE);
    if (!cmp_revocation_parse(&exchange->message, &revocation, err) ||
        !check_own(exchange, &revocation, err)) {
        return false;
    }
    if (revocation.reason == REASON_RESUME) {
        return error_set(err, ERROR_FORBIDDEN, "cmp.resumption", "JR/T 0299-2024 6.5",
                         "to resume a certificate the person has to be identified afresh");
    }
    if (!exchange_change_status(exchange, &exchange->registration, revocation.reason,
                                "asked for by the holder", err)) {
        return false;
    }
    cmp_revocation_status_encode(&accepted, &body);
    ret->type = CMP_RP;
    return exchange_take(exchange, &body, &ret->body, err);
}
