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

enum { CERTIFICATION_SCHEMA_VERSION = 11 };

// What is kept of a certificate until its issue is in the evidence log.
typedef struct {
    Bytes text;    // the record of issue, not signed yet; sealed
    Bytes secret;  // that the label follows from; sealed
    Sm3Digest secret_digest;
    bool is_own_secret;  // made here: one that is there already goes before
} IssuanceDraft;

typedef struct CertificatePair CertificatePair;

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
    CertificateState state;  // as stored: ACTIVE, SUSPENDED or REVOKED
    int reason;
    Bytes request, issue;        // sealed; issue is empty until it is logged
    Bytes completion;            // sealed: what makes of issue the signed record, else it is that
    const IssuanceDraft *draft;  // to be inserted; NULL: none
    Time issued_at, expires_at;
    Time revoked_at;                       // since when it is not to be relied on; 0: it is
    const char *carrier, *carrier_serial;  // where the key lies, and in which piece; "": not known
    const char *agreement, *requirements;  // under which the registrar applied
    Time delivered_at, accepted_at;        // 0: not yet
    const char *suspended_by;              // requester of the last suspension; "": none
    Time hold_until;                       // when the suspension becomes a revocation; 0: never
    Time closed_at;                        // of the incident of the last suspension; 0: it is open
    const char *predecessor, *successor;   // serial numbers of an update; "": none
    Time erased_at;                        // of request and issue, when their time was over
    const CertificatePair *pair;           // to be inserted with it (records_pair.h); NULL: none
} CertificateRow;

// The state that a row means at `now`.
CertificateState certificate_row_state(const CertificateRow *row, Time now);

// Find what answered a registrar's request before; without one, ret->serial is NULL.
bool certificate_record_find_request(Store *store, const char *registrar, const char *request_id,
                                     Arena *arena, CertificateRow *ret, Error *err) MUST_CHECK;
// Within a session. Fails with ERROR_NOT_FOUND "certificate.unknown".
bool certificate_record_read(StoreSession *session, const char *serial, Arena *arena,
                             CertificateRow *ret, Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND "certificate.unknown".
bool certificate_record_get(Store *store, const char *serial, Arena *arena, CertificateRow *ret,
                            Error *err) MUST_CHECK;

// Insert a certificate with its draft and, when it is new, its subject; or find that the same
// request was answered in the meantime: then `raced`, and nothing is written. holder_digest is of
// the holder's name: another name under one subject is refused.
//
// A predecessor gets it as its successor. Fails with ERROR_CONFLICT "certification.subject_taken",
// "certification.key_used", "certification.holder_secret"; and for the predecessor with
// ERROR_NOT_FOUND "certificate.unknown", ERROR_FORBIDDEN "certification.renewal", ERROR_CONFLICT
// "certificate.state".
typedef struct {
    const CertificateRow *row;
    const Sm3Digest *holder_digest;
    bool raced;             // the same request was answered in the meantime
    uint64_t number;        // of the subject's certificates, when there is a draft
    bool has_other_secret;  // the subject's labels follow from another secret than the draft's
    bool ok;                // of many
    Error err;              // then, unless ok
} CertificateInsertion;
bool certificate_record_insert(Store *store, CertificateInsertion *insertion,
                               Error *err) MUST_CHECK;
// The same for many, in one transaction unless one fails: each fails for itself.
void certificate_record_insert_all(Store *store, CertificateInsertion *insertions, size_t count);

// How one issue stands in the evidence log.
typedef struct {
    const char *serial;
    Sm3Digest subject_index;
    uint64_t number;  // of the subject's certificates
    Bytes draft;      // sealed
    Bytes secret;     // sealed
} IssuanceRow;

// Before the certificate, in the same transaction: find or insert its subject, which belongs to one
// person, known to one registrar by one name, and has one secret for ever. Fills in number and
// has_other_secret.
bool subject_record_take(StoreSession *session, CertificateInsertion *insertion,
                         Error *err) MUST_CHECK;
// Without a draft of this serial number, ret->serial is NULL.
bool issuance_record_find(Store *store, const char *serial, Arena *arena, IssuanceRow *ret,
                          Error *err) MUST_CHECK;
// Keep what completes the draft (sealed), which is a draft no more; *ret_raced when it is none.
bool issuance_record_finish(Store *store, const char *serial, Bytes completion, bool *ret_raced,
                            Error *err) MUST_CHECK;
// The same for many in one transaction.
typedef struct {
    const char *serial;
    Bytes completion;
    bool raced;
} IssuanceFinishing;
bool issuance_record_finish_all(Store *store, IssuanceFinishing *finishings, size_t count,
                                Error *err) MUST_CHECK;

// Within a session: insert a row alone, after looking that its key is new.
bool certificate_record_insert_within(StoreSession *session, const CertificateRow *row,
                                      Error *err) MUST_CHECK;

#endif
