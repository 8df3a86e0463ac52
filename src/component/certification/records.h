// SPDX-License-Identifier: Apache-2.0
//
// What C3 keeps. The only place with SQL.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_H

#include "base/core/arena.h"
#include "base/sm3/sm3.h"
#include "base/store/store.h"
#include "component/certification/lifecycle.h"
#include "domain/pki/crl.h"

enum { CERTIFICATION_SCHEMA_VERSION = 2 };

// One certificate. Texts and bytes that are read lie in the arena.
typedef struct {
    const char *serial;  // upper-case hexadecimal
    const char *registrar;
    const char *institution;  // transport name of who asked
    const char *request_id;
    Sm3Digest request_digest;  // of the request's payload
    Sm3Digest subject_index;
    Sm3Digest key_digest;
    const char *profile;
    CertificateState state;  // as stored, never EXPIRED
    int reason;
    Bytes request, issue;  // sealed
    Time issued_at, expires_at;
    Time revoked_at;  // since when it is not to be relied on; 0: it is
} CertificateRow;

// Find what answered a registrar's request before; without one, ret->serial is NULL.
bool certificate_record_find_request(Store *store, const char *registrar, const char *request_id,
                                     Arena *arena, CertificateRow *ret, Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND "certificate.unknown".
bool certificate_record_get(Store *store, const char *serial, Arena *arena, CertificateRow *ret,
                            Error *err) MUST_CHECK;

// Insert a certificate and, when it is new, its subject; or find that the same request was
// answered in the meantime: then *ret_raced, and nothing is written.
//
// holder_digest  of the holder's name: another name under one subject is refused.
//
// Fails with ERROR_CONFLICT "certification.subject_taken", "certification.key_used".
bool certificate_record_insert(Store *store, const CertificateRow *row,
                               const Sm3Digest *holder_digest, bool *ret_raced,
                               Error *err) MUST_CHECK;

// One change of status.
typedef struct {
    const char *serial;
    const char *registrar;
    const char *request_id;
    Sm3Digest request_digest;
    int reason;
    Bytes request;  // sealed
    Time now;
} StatusChange;

// Change the status as certificate_state_next allows; the same request again changes nothing.
// *ret is the certificate afterwards. Fails as authority_change_status does, and with
// ERROR_CONFLICT "certification.request_reused".
bool certificate_record_change(Store *store, const StatusChange *change, Arena *arena,
                               CertificateRow *ret, Error *err) MUST_CHECK;

// The newest revocation list and what there is to put into the next one, on one snapshot.
typedef struct {
    uint64_t number;  // 0: there is none yet
    Bytes list;
    int64_t change_id;  // newest change it knows
    Time created_at, expires_at;
    int64_t newest_change_id;
    Revocation *entries;  // revoked and suspended certificates, only when the list is not current
    size_t entry_count;
} RevocationListRow;

// `stale_before`: a list made before then is not current.
bool certificate_record_get_list(Store *store, Time stale_before, Arena *arena,
                                 RevocationListRow *ret, Error *err) MUST_CHECK;
// Keep a list; *ret_raced when there is another of its number.
bool certificate_record_insert_list(Store *store, const RevocationListRow *row, bool *ret_raced,
                                    Error *err) MUST_CHECK;

#endif
