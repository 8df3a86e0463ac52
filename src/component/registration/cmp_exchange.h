// SPDX-License-Identifier: Apache-2.0
//
// C2 as a server of CMP: one message on its way from the door to its answer. What a message asks
// for becomes an ordinary application or change of status of office.h.
#ifndef ASSENT_COMPONENT_REGISTRATION_CMP_EXCHANGE_H
#define ASSENT_COMPONENT_REGISTRATION_CMP_EXCHANGE_H

#include "component/registration/office.h"
#include "domain/pki/cmp_body.h"
#include "domain/pki/cmp_protection.h"

enum {
    CMP_NONCE_SIZE = 16,    // of ours, and at least of theirs
    CMP_FAILURES_MAX = 10,  // messages that a wrong secret may protect
};

typedef struct {
    Application application;  // what the message becomes, for the record of a refusal
    CmpMessage message;
    Sm3Digest digest;  // of the message
    Time now;
    CmpProtectionKind protection;
    const char *owner;       // whose secret or certificate protects it
    EnrolmentRow enrolment;  // CMP_PROTECTION_MAC
    Bytes secret;
    RegistrationRow registration;  // of the certificate: the signer's, or the enrolment's if any
    CmpTransactionRow transaction;
} Exchange;

// What is answered.
typedef struct {
    CmpBodyType type;
    Bytes body;
    bool implicit_confirm;
    bool waits;   // for a confirmation
    Bytes chain;  // certificates for extraCerts, one after the other
} CmpAnswer;

// POST /.well-known/cmp. Answers every message by a message, status 200; HTTP errors are for what
// is no CMP at all. Source: RFC 6712 3; RFC 9811 3.
RouteHandler registration_handle_cmp;

// Find out who protects a message and verify it. Fails with ERROR_UNTRUSTED "cmp.protection",
// "cmp.signer", "cmp.signer_revoked", or ERROR_INPUT "cmp.algorithm".
bool exchange_authenticate(Exchange *exchange, Error *err) MUST_CHECK;

// ir, cr, p10cr and kur, under the secret of an enrolment; kur also under the certificate that an
// enrolment is to replace. Fails as office_apply_enrolled does, and with ERROR_FORBIDDEN
// "cmp.not_enrolled", "key_request.extension", "cmp.other_certificate", ERROR_INPUT "cmp.template".
bool exchange_issue(Exchange *exchange, CmpAnswer *ret, Error *err) MUST_CHECK;
// certConf: C3 is told of the acceptance; a certificate that is not the one that was sent, or is
// not accepted, is revoked. Fails with ERROR_CONFLICT "cmp.not_awaited", "cmp.recipient_nonce",
// ERROR_FORBIDDEN "cmp.hash".
bool exchange_confirm(Exchange *exchange, CmpAnswer *ret, Error *err) MUST_CHECK;
// rr, of the own certificate only. Fails with ERROR_FORBIDDEN "cmp.other_certificate",
// "cmp.resumption".
bool exchange_revoke(Exchange *exchange, CmpAnswer *ret, Error *err) MUST_CHECK;
// Have a certificate's status changed for a reason, on the word of the exchange's message.
bool exchange_change_status(Exchange *exchange, const RegistrationRow *row, int reason,
                            const char *justification, Error *err) MUST_CHECK;

// Copy what a writer holds into the exchange's arena.
bool exchange_take(const Exchange *exchange, Writer *writer, Bytes *ret, Error *err) MUST_CHECK;

// The PKIStatusInfo of a refusal; its text is in the arena.
CmpStatus cmp_status_of(const Error *refusal, Arena *arena);

#endif
