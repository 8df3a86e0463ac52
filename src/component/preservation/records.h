// SPDX-License-Identifier: Apache-2.0
//
// What C5 keeps in its store. The only place with SQL. Each runs in a store_read or store_write.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_H

#include "base/store/store.h"
#include "domain/evidence/deposit.h"

enum { AUTHORIZATION_SALT_SIZE = 16, RECORD_NAME_SIZE = 16 };

typedef struct {
    const char *id;
    uint8_t salt[AUTHORIZATION_SALT_SIZE];
    bool is_held;  // legal hold: nothing of it is erased
    DepositChain chain;
} AuthorizationRecord;

// A signed checkpoint that receipts are against.
typedef struct {
    uint64_t size;
    Bytes note;
} CheckpointRecord;

typedef struct {
    int64_t id;
    const char *authorization;
    DepositStage stage;
    int64_t sequence;
    const char *depositor;
    Sm3Digest submission;
    Bytes entry;
    uint64_t size_before;
    bool is_logged;
    uint64_t log_index;
    Bytes receipt;                // of a deposit from before receipts followed from `checkpoint`
    CheckpointRecord checkpoint;  // without it
    uint8_t record_name[RECORD_NAME_SIZE];  // what the payload is bound to
    Bytes wrapped_key;                      // empty: erased
    Time received;
    int64_t custody;  // row of the custody chain that tells of it; not read back
} DepositRecord;

typedef struct {
    uint64_t size;
    Bytes checkpoint;
    Bytes token;
} StampRecord;

// Find; *ret_found tells whether there is one. Copies go to the arena.
bool authorization_record_find(StoreSession *session, const char *id, Arena *arena, bool *ret_found,
                               AuthorizationRecord *ret, Error *err) MUST_CHECK;
bool authorization_record_insert(StoreSession *session, const AuthorizationRecord *record, Time now,
                                 Error *err) MUST_CHECK;
bool authorization_record_update_chain(StoreSession *session, const AuthorizationRecord *record,
                                       Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND.
bool authorization_record_hold(StoreSession *session, const char *id, bool is_held,
                               Error *err) MUST_CHECK;

// Which deposit of a depositor it is; borrowed.
typedef struct {
    const char *authorization;
    DepositStage stage;
    int64_t sequence;
} DepositPlace;

bool deposit_record_find(StoreSession *session, const DepositPlace *place, Arena *arena,
                         bool *ret_found, DepositRecord *ret, Error *err) MUST_CHECK;
bool deposit_record_find_index(StoreSession *session, uint64_t log_index, Arena *arena,
                               bool *ret_found, DepositRecord *ret, Error *err) MUST_CHECK;
// The highest id of a row; 0 when there is none.
bool deposit_record_last_id(StoreSession *session, int64_t *ret, Error *err) MUST_CHECK;
// Insert under record->id with its sealed payload.
bool deposit_record_insert(StoreSession *session, const DepositRecord *record, Bytes sealed,
                           Error *err) MUST_CHECK;
// Note record->log_index and the size of its checkpoint, which checkpoint_record_insert keeps.
bool deposit_record_set_logged(StoreSession *session, const DepositRecord *record,
                               Error *err) MUST_CHECK;
// Keeping it again is harmless.
bool checkpoint_record_insert(StoreSession *session, const CheckpointRecord *record,
                              Error *err) MUST_CHECK;
// The deposits of an authorization in log order, at most `max`; those not logged yet are left out.
bool deposit_record_list(StoreSession *session, const char *authorization, size_t max, Arena *arena,
                         DepositRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;
// Whether somebody deposited anything of an authorization.
bool deposit_record_has_depositor(StoreSession *session, const char *authorization,
                                  const char *depositor, bool *ret, Error *err) MUST_CHECK;
// The smallest size_before of those accepted but not logged.
bool deposit_record_first_pending(StoreSession *session, bool *ret_found, uint64_t *ret_size,
                                  Error *err) MUST_CHECK;
// The next accepted but not logged deposit with an id above `after`.
bool deposit_record_next_pending(StoreSession *session, int64_t after, Arena *arena,
                                 bool *ret_found, DepositRecord *ret, Error *err) MUST_CHECK;
// The next logged deposit with a log index of at least `from`.
bool deposit_record_next_logged(StoreSession *session, uint64_t from, Arena *arena, bool *ret_found,
                                DepositRecord *ret, Error *err) MUST_CHECK;
// Destroy the data keys and payloads of an authorization, and with them the salts of their
// commitments; ret_indexes receives the log indexes of what is gone.
bool deposit_record_erase(StoreSession *session, const char *authorization, Arena *arena,
                          uint64_t **ret_indexes, size_t *ret_count, Error *err) MUST_CHECK;
bool payload_record_get(StoreSession *session, int64_t deposit, Arena *arena, Bytes *ret,
                        Error *err) MUST_CHECK;

// One issued certificate.
typedef struct {
    Sm3Digest label;
    Sm3Digest digest;  // of what is logged under the label
    Bytes entry;       // of what a program before left to be logged; else empty
    uint64_t size_before;
    bool is_logged;
    uint64_t log_index;
    Time received;
} LoggedIssuance;

bool logged_issuance_find(StoreSession *session, const Sm3Digest *label, Arena *arena,
                          bool *ret_found, LoggedIssuance *ret, Error *err) MUST_CHECK;
// Insert what is logged; a label that is there keeps the row that it has.
bool logged_issuance_insert(StoreSession *session, const LoggedIssuance *row,
                            Error *err) MUST_CHECK;
// Up to which size of the log all issuances have rows. 0 when nothing was noted and there are no
// rows; *ret_is_noted tells whether anything was.
bool logged_issuance_scanned(StoreSession *session, bool *ret_is_noted, uint64_t *ret_log_size,
                             Error *err) MUST_CHECK;
bool logged_issuance_note_scanned(StoreSession *session, uint64_t log_size, Error *err) MUST_CHECK;
bool logged_issuance_set_logged(StoreSession *session, const LoggedIssuance *row,
                                Error *err) MUST_CHECK;
// The next accepted but not logged one with a label above `after`.
bool logged_issuance_next_pending(StoreSession *session, const Sm3Digest *after, Arena *arena,
                                  bool *ret_found, LoggedIssuance *ret, Error *err) MUST_CHECK;

// The latest record; *ret_found tells whether there is one.
bool environment_record_latest(StoreSession *session, Arena *arena, bool *ret_found, Bytes *ret,
                               uint64_t *ret_log_index, Error *err) MUST_CHECK;

bool stamp_record_insert(StoreSession *session, const StampRecord *record, Time at,
                         Error *err) MUST_CHECK;
// The first stamped checkpoint that covers `size` entries.
bool stamp_record_find(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                       StampRecord *ret, Error *err) MUST_CHECK;

#endif
