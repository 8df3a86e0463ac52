// SPDX-License-Identifier: Apache-2.0
//
// What C2 keeps of enrolments and of CMP. The only other place with SQL beside records.h.
#ifndef ASSENT_COMPONENT_REGISTRATION_ENROLMENT_RECORDS_H
#define ASSENT_COMPONENT_REGISTRATION_ENROLMENT_RECORDS_H

#include "component/registration/records.h"

// A secret that was given out. Texts and bytes that are read lie in the arena.
typedef struct {
    const char *reference;
    const char *registration_id;  // of the registration that it becomes
    const char *institution;      // transport name of who asked for it
    const char *request_id;
    Sm3Digest request_digest;  // of the statement's payload
    const char *authorization_id;
    const char *decision_id;
    const char *renews;  // serial number of the certificate that it is to replace; "": none
    Bytes request;       // C1's statement, sealed
    Bytes secret;        // sealed
    Time created_at, expires_at;
    int64_t failures;  // messages whose protection did not hold
    Bytes message;     // the PKIMessage that became the application, sealed; empty before
    Time used_at;
} EnrolmentRow;

// Without one, ret->reference is NULL.
bool enrolment_record_find(Store *store, const char *reference, Arena *arena, EnrolmentRow *ret,
                           Error *err) MUST_CHECK;
bool enrolment_record_find_registration(Store *store, const char *registration_id, Arena *arena,
                                        EnrolmentRow *ret, Error *err) MUST_CHECK;
// The newest for the renewal of this certificate.
bool enrolment_record_find_renewal(Store *store, const char *serial, Arena *arena,
                                   EnrolmentRow *ret, Error *err) MUST_CHECK;
// Insert a new one, which has its decision for itself from now on; nothing when there is one for
// this registration already. Fails with ERROR_CONFLICT "registration.decision_used", or
// "registration.request_reused" when an application was made under its number.
bool enrolment_record_insert(Store *store, const EnrolmentRow *row, Error *err) MUST_CHECK;
// Count a message whose protection did not hold.
bool enrolment_record_count_failure(Store *store, const char *reference, Error *err) MUST_CHECK;
// Make the application: insert the registration and keep the message (sealed), in one write.
// Nothing when the same registration is there already. Fails as registration_record_insert does.
bool enrolment_record_use(Store *store, const EnrolmentRow *enrolment, const RegistrationRow *row,
                          Bytes message, Error *err) MUST_CHECK;

// A message whose protection held.
typedef struct {
    Sm3Digest digest;  // of the whole message
    Bytes transaction_id;
    const char *owner;  // whose secret or certificate protects it
    Bytes sender_nonce;
    Bytes answer;  // sealed; without data when there is none yet
    Time created_at;
    Time erase_at;  // from when on a repetition is refused, or does nothing, without this row
} CmpMessageRow;

typedef struct {
    bool is_found;
    const char *owner;
    const char *registration_id;  // NULL before something was issued
    Bytes server_nonce;           // without data: no confirmation is waited for
} CmpTransactionRow;

// *ret_found: the message has been taken before; ret_answer has no data when it was not answered.
bool cmp_record_find(Store *store, const Sm3Digest *digest, Arena *arena, bool *ret_found,
                     Bytes *ret_answer, Error *err) MUST_CHECK;
bool cmp_record_find_transaction(Store *store, Bytes transaction_id, Arena *arena,
                                 CmpTransactionRow *ret, Error *err) MUST_CHECK;
// Take a new message; the first of a transaction begins it. Nothing when it was taken before.
// Fails with ERROR_CONFLICT "cmp.transaction_in_use" (the first of one that exists),
// "cmp.nonce_reused".
bool cmp_record_begin(Store *store, const CmpMessageRow *row, bool is_first, Error *err) MUST_CHECK;
// Keep the answer to a message, and what the transaction has come to, unless it has an answer.
bool cmp_record_answer(Store *store, const CmpMessageRow *row, const CmpTransactionRow *transaction,
                       Error *err) MUST_CHECK;

#endif
