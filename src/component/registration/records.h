// SPDX-License-Identifier: Apache-2.0
//
// What C2 keeps. The only place with SQL.
#ifndef ASSENT_COMPONENT_REGISTRATION_RECORDS_H
#define ASSENT_COMPONENT_REGISTRATION_RECORDS_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "base/store/store.h"

enum {
    REGISTRATION_SCHEMA_VERSION = 7,
    REGISTRATION_REFUSALS_MAX = 100,
    REGISTRATION_DECISION_MAX = 3,  // applications under one decision, all but the last revoked
};

// One application. Texts and bytes that are read lie in the arena; what has not happened yet is
// empty or zero.
typedef struct {
    const char *registration_id;
    const char *institution;  // transport name of who applied
    const char *request_id;
    Sm3Digest request_digest;  // of the statement's payload
    const char *authorization_id;
    const char *decision_id;
    Sm3Digest key_digest;
    Bytes request;    // sealed
    Time created_at;  // checked and accepted
    const char *serial;
    Bytes issue;  // sealed
    Time forwarded_at, issued_at;
    Bytes completion_digest;
    Bytes submission;  // sealed
    Bytes receipt;
    Time deposited_at;
    const char *renews;   // serial number of the certificate to be replaced; "": none
    const char *refusal;  // code with which C3 refused it when last asked; "": it did not
    Time delivered_at, accepted_at;  // as C3 was told; 0: not yet
} RegistrationRow;

// Without one, ret->registration_id is NULL.
bool registration_record_find(Store *store, const char *registration_id, Arena *arena,
                              RegistrationRow *ret, Error *err) MUST_CHECK;
// The institution's (NULL: anybody's) registration that led to this certificate; without one, as
// above.
bool registration_record_find_serial(Store *store, const char *institution, const char *serial,
                                     Arena *arena, RegistrationRow *ret, Error *err) MUST_CHECK;
// Insert an accepted application, which consumes its decision and its key; *ret_raced when the
// same application was inserted in the meantime. With it goes the holder (records_holder.h), unless
// it is there or has no institution. A decision serves again when every registration
// made under it was revoked by C3 and never completed: its key was lost before it signed. Fails
// with ERROR_CONFLICT "registration.decision_used" or "registration.key_used", ERROR_LIMIT
// "registration.too_many" for more than REGISTRATION_DECISION_MAX.
typedef struct HolderRow HolderRow;
bool registration_record_insert(Store *store, const RegistrationRow *row, const HolderRow *holder,
                                bool *ret_raced, Error *err) MUST_CHECK;
// The same within a write that does more.
bool registration_insert_in(StoreSession *session, const RegistrationRow *row, bool *ret_raced,
                            Error *err) MUST_CHECK;
// Within a session: a decision serves one change of status, or one application whose key is not
// lost (`registration_id`; NULL: a change, or an enrolment). Fails as the insertions do.
bool registration_record_check_decision(StoreSession *session, const char *decision_id,
                                        const char *registration_id, Error *err) MUST_CHECK;
// Keep serial, issue, forwarded_at and issued_at, unless there is an issue already, and take its
// number (records_holder.h). Fails as holder_take_number_in does.
typedef struct HolderNumber HolderNumber;
bool registration_record_keep_issue(Store *store, const RegistrationRow *row,
                                    const HolderNumber *number, Error *err) MUST_CHECK;
// Keep that C3 refused it.
bool registration_record_keep_rejection(Store *store, const RegistrationRow *row,
                                        Error *err) MUST_CHECK;
// Keep delivered_at and accepted_at.
bool registration_record_keep_handover(Store *store, const RegistrationRow *row,
                                       Error *err) MUST_CHECK;
// Keep completion_digest and submission, unless there is a submission already: *ret_raced. Fails
// with ERROR_CONFLICT "registration.superseded" when another was registered in its place.
bool registration_record_keep_submission(Store *store, const RegistrationRow *row, bool *ret_raced,
                                         Error *err) MUST_CHECK;
// Keep receipt and deposited_at, unless there is a receipt already.
bool registration_record_keep_receipt(Store *store, const RegistrationRow *row,
                                      Error *err) MUST_CHECK;

// One change of status that was asked for.
typedef struct {
    const char *id;
    const char *registration_id;
    Sm3Digest request_digest;
    const char *decision_id;  // NULL: none is needed
    int reason;
    Bytes request;  // sealed
    Time created_at;
    Time updated_at;  // when C3 had made it; 0: not yet
} StatusRow;

// Without one, ret->id is NULL. Only digest and updated_at are read.
bool registration_record_find_status(Store *store, const char *id, Arena *arena, StatusRow *ret,
                                     Error *err) MUST_CHECK;
// Insert a change, which consumes its decision; nothing when it is there already. Fails with
// ERROR_CONFLICT "registration.decision_used".
bool registration_record_insert_status(Store *store, const StatusRow *row, Error *err) MUST_CHECK;
// The reason of the last change that C3 made, -1 when there was none.
bool registration_record_last_status(Store *store, const char *registration_id, int *ret_reason,
                                     Error *err) MUST_CHECK;
// Keep that C3 made a change.
bool registration_record_finish_status(Store *store, const StatusRow *row, Error *err) MUST_CHECK;

// A registration whose key was lost, and which another one replaced.
typedef struct {
    const char *serial;
    Time revoked_at;
} ReplacedRow;

// Those under the same decision that were revoked before this one was made, in order, at most
// REGISTRATION_DECISION_MAX of them into `ret`.
bool registration_record_list_replaced(Store *store, const RegistrationRow *row, Arena *arena,
                                       ReplacedRow *ret, size_t *ret_count, Error *err) MUST_CHECK;

// One refused attempt.
typedef struct {
    const char *institution;
    const char *authorization_id;  // "" when the request could not be believed
    const char *request_id;
    const char *refusal;  // code of the error
    Time created_at;
} RefusalRow;

bool registration_record_add_refusal(Store *store, const RefusalRow *row, Error *err) MUST_CHECK;
// The refusals for one authorization in order, at most REGISTRATION_REFUSALS_MAX.
bool registration_record_list_refusals(Store *store, const char *authorization_id, Arena *arena,
                                       RefusalRow **ret, size_t *ret_count, Error *err) MUST_CHECK;

#endif
