// SPDX-License-Identifier: Apache-2.0
//
// What C3 keeps of what happens to a certificate after its issue. The only place with SQL.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_CHANGE_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_CHANGE_H

#include "component/certification/records.h"

// One change of status.
typedef struct {
    const char *serial;
    const char *registrar;  // who signed for it; "": the CA itself
    const char *request_id;
    Sm3Digest request_digest;
    int reason;
    Requester requester;
    const Sm3Digest *decision;  // to resume: of the fresh identity decision, which it uses up
    bool closes_incident;       // of a suspension by the risk engine
    Time max_suspension;        // to suspend: after this it becomes a revocation
    Bytes request;              // sealed
    Time now;
} StatusChange;

// Change the status as certificate_state_next allows; the same request again changes nothing.
// *ret is the certificate afterwards. Fails as authority_change_status does, and with
// ERROR_CONFLICT "certification.request_reused".
bool certificate_record_change(Store *store, const StatusChange *change, Arena *arena,
                               CertificateRow *ret, Error *err) MUST_CHECK;

// The same within a session.
bool certificate_record_change_within(StoreSession *session, const StatusChange *change,
                                      Arena *arena, CertificateRow *ret, Error *err) MUST_CHECK;

// Within a session: close the incident for which CA or risk engine suspended a certificate, so that
// its holder may have it resumed. Fails with ERROR_CONFLICT "certificate.state" when none is open.
bool certificate_record_close_incident(StoreSession *session, const char *serial, Time now,
                                       Error *err) MUST_CHECK;

// Turn suspensions whose time is over by `now` into revocations, each with a change of its own.
bool certificate_record_end_suspensions(Store *store, Time now, Error *err) MUST_CHECK;

// How a certificate came to its holder.
typedef struct {
    const char *serial;
    const char *registrar;
    const char *request_id;
    Sm3Digest request_digest;
    Time delivered_at;
    Time accepted_at;          // 0: not yet
    const char *manner;        // "first_use", "confirmation"; "": not accepted yet
    bool revokes_predecessor;  // when it is accepted
    Bytes request;             // sealed
    Time now;
} Handover;

// Keep that a certificate was delivered, and accepted. The same again changes nothing. Fails with
// ERROR_NOT_FOUND "certificate.unknown", ERROR_FORBIDDEN "certificate.other_registrar",
// ERROR_CONFLICT "certificate.state", "certification.request_reused".
bool certificate_record_hand_over(Store *store, const Handover *handover, Arena *arena,
                                  CertificateRow *ret, Error *err) MUST_CHECK;

// Something that was asked for and refused. What is not known is "".
typedef struct {
    const char *operation;
    const char *caller;
    const char *serial;
    const char *request_id;
    const char *requester;
    const char *refusal;  // code of the error
    Time created_at;
} CertificateRefusal;

bool certificate_record_add_refusal(Store *store, const CertificateRefusal *row,
                                    Error *err) MUST_CHECK;

#endif
