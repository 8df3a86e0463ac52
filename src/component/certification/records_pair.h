// SPDX-License-Identifier: Apache-2.0
//
// Which certificates are pairs. With records.c the only place with SQL. That a change of the one's
// status changes the other's is in the schema: whoever changes it, and in the same transaction.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_PAIR_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_PAIR_H

#include "component/certification/records.h"

// Texts and bytes that are read are in the arena.
typedef struct {
    const char *serial;             // of the signing certificate
    const char *encryption_serial;  // of its companion
    const char *key_id;             // of the key management
    Bytes envelope;                 // sealed
} PairRow;

// What certificate_record_insert inserts beside a signing certificate.
struct CertificatePair {
    PairRow row;
    CertificateRow encryption;
};

// Within a session, after the signing certificate. Fails with ERROR_CONFLICT
// "certification.key_used".
bool pair_record_insert(StoreSession *session, const CertificatePair *pair, Error *err) MUST_CHECK;
// Within a session: fail with ERROR_CONFLICT "certificate.second_of_pair" when the certificate is
// the companion of another one, whose status is the one to change.
bool pair_record_check_first(StoreSession *session, const char *serial, Error *err) MUST_CHECK;
// Fail with ERROR_UNAVAILABLE "certification.not_logged" when the certificate is the companion of
// one whose issue is not in the evidence log yet: they are logged and handed out together.
bool pair_record_check_logged(Store *store, const char *serial, Error *err) MUST_CHECK;
// By the signing certificate; without one ret->serial is NULL.
bool pair_record_find(Store *store, const char *serial, Arena *arena, PairRow *ret,
                      Error *err) MUST_CHECK;
// Pairs that are revoked and of which the key management was not told, without their envelopes.
bool pair_record_list_untold(Store *store, Arena *arena, PairRow *ret, size_t max,
                             size_t *ret_count, Error *err) MUST_CHECK;
bool pair_record_note_told(Store *store, const char *serial, Time now, Error *err) MUST_CHECK;

#endif
