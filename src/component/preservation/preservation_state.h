// SPDX-License-Identifier: Apache-2.0
//
// What C5's handlers work on.
#ifndef ASSENT_COMPONENT_PRESERVATION_PRESERVATION_STATE_H
#define ASSENT_COMPONENT_PRESERVATION_PRESERVATION_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "component/alarm/vitals.h"
#include "component/preservation/issuances.h"
#include "component/preservation/log_postgres.h"
#include "component/preservation/preservation.h"
#include "component/preservation/records_keeping.h"
#include "component/preservation/renewal.h"
#include "domain/evidence/log_files.h"
#include "domain/evidence/receipt.h"

// The role of the evidence provider's own staff; the bank's is another and has no business here.
#define PRESERVATION_STAFF "preservation_operator"

enum { CALLER_NAME_MAX = 200, DEPOSITS_LISTED_MAX = 2048, IN_FLIGHT_ROWS = 256 };

// An account that may deposit.
typedef struct {
    const char *role;
    const char *name;  // NULL: any of the role
    Certificate certificate;
    Sm3Digest fingerprint;  // of that certificate
    Sm3Digest trusted;      // fingerprint of the signer that was judged last, and when
    Time trusted_at;        // under the mutex
} DepositorAccount;

typedef struct InFlight InFlight;            // intake.h
typedef struct DepositGroups DepositGroups;  // acceptance.h

struct Preservation {
    PreservationConfig config;
    Arena *arena;  // of the accounts
    DepositorAccount accounts[PRESERVATION_DEPOSITORS_MAX];
    size_t account_count;
    Certificate certificate;
    LogFiles *files;  // or NULL and
    LogPostgres *database;
    EvidenceLog *log;
    Store *store;
    pthread_mutex_t mutex;
    InFlight *in_flight[IN_FLIGHT_ROWS];
    DepositGroups *groups;
    IssuanceIntake issuances;
    Time stamped;
    uint64_t stamped_size;
    Sm3Digest program;                // SM3 of the running program's file
    bool knows_program, has_settled;  // has_settled: since the last self-check; of the ticker
    int64_t operation;                // row of this run; as what follows, of the ticker
    OperationRecord stopped;          // the run before, if any
    Time seen;                        // noted last
    atomic_llong checked;             // the last self-check
    atomic_uint damaged;              // how often something kept was not what was logged
    Renewing renewing;                // of the ticker
    AlarmBoard *alarms;
    Vitals vitals;
    atomic_ullong watched;        // entries, since opening
    atomic_llong watch_finished;  // the last round
    Time chains_watched, behind;  // of the ticker; behind: the late round's beginning
    struct Cosigning *cosigning;  // cosigning.h; NULL: no witnesses
    Service service;
};

extern const Route preservation_routes[];
extern const size_t preservation_route_count;

// deposits.c, deposit_batches.c, finish_deposits.c
RouteHandler preservation_handle_deposit, preservation_handle_batch;
// Log whatever was accepted but not logged when the process ended.
bool preservation_finish_deposits(Preservation *preservation, Error *err) MUST_CHECK;

// environment.c
void preservation_digest_program(Preservation *preservation);
// Source: requirement E13.
bool preservation_check_kek(Preservation *preservation, Error *err) MUST_CHECK;
bool preservation_begin_operation(Preservation *preservation, Error *err) MUST_CHECK;
void preservation_end_operation(Preservation *preservation);
bool preservation_watch_operation(Preservation *preservation, Error *err) MUST_CHECK;

// The self-check of preservation.h; ret_index receives its place in the log.
bool preservation_log_environment(Preservation *preservation, uint64_t *ret_index,
                                  Error *err) MUST_CHECK;

// evidence.c. Fail with ERROR_CONFLICT "log.closed" once the log has a successor.
bool preservation_refuse_closed(const Preservation *preservation, Error *err) MUST_CHECK;
// Find the account of a caller. Fails with ERROR_FORBIDDEN "preservation.depositor".
bool preservation_find_account(Preservation *preservation, const ServiceCaller *caller,
                               DepositorAccount **ret, Error *err) MUST_CHECK;
// Make the receipt of a logged entry against the latest checkpoint.
bool preservation_make_receipt(Preservation *preservation, uint64_t index, Bytes entry,
                               Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
// The receipt of a deposit that is logged: the same whenever it is asked for.
bool preservation_receipt_of(Preservation *preservation, const DepositRecord *record, Arena *arena,
                             Bytes *ret, Error *err) MUST_CHECK;

// The same by a proof that is at hand.
bool preservation_encode_receipt(const DepositRecord *record, const MerkleProof *proof,
                                 Arena *arena, Bytes *ret, Error *err) MUST_CHECK;

// A deposit as it was taken in, checked against what the log holds.
typedef struct {
    Bytes statement;
    Bytes salt;
    Deposit deposit;
} OpenedDeposit;

// Decrypt, and re-hash against the entry and the entry against the log. Fails with
// ERROR_NOT_FOUND "preservation.erased", ERROR_UNTRUSTED "preservation.damaged".
bool preservation_open_deposit(Preservation *preservation, const DepositRecord *record,
                               Arena *arena, OpenedDeposit *ret, Error *err) MUST_CHECK;
// Record an access durably. Fails as the store does: then the access must not happen.
bool preservation_record_access(Preservation *preservation, const ServiceRequest *request,
                                CustodyRecord *record, Error *err) MUST_CHECK;
// Refuse, and record the attempt: ERROR_FORBIDDEN "preservation.not_yours". To somebody who
// deposited nothing of an authorization it makes no difference whether it exists. Returns false.
// Source: requirement E23.
bool preservation_deny(Preservation *preservation, const ServiceRequest *request,
                       const char *authorization, Error *err);
// "role/name" of a caller, for records.
const char *preservation_caller_name(Arena *arena, const ServiceCaller *caller);

// reading.c, verification.c
RouteHandler preservation_handle_list, preservation_handle_opening,
    preservation_handle_completeness, preservation_handle_custody, preservation_handle_verification;
// disposal.c, audit.c, alarms.c
RouteHandler preservation_handle_hold, preservation_handle_retention, preservation_handle_erase,
    preservation_handle_disposals, preservation_handle_audit, preservation_handle_alarms,
    preservation_handle_acknowledgement, preservation_handle_damages;
// Log the tombstones of what was erased before the process ended.
bool preservation_finish_erasures(Preservation *preservation, Error *err) MUST_CHECK;
// report.c: report C. Source: JR/T 0299-2024 8.4 c, Annex C.
RouteHandler preservation_handle_report;
// browsing.c: what the evidence provider's staff look at; no personal data, no authorization's id.
RouteHandler preservation_handle_summary, preservation_handle_checkpoints,
    preservation_handle_deposits;
// public.c: what anybody may see
// The decimal {index} of the path. Fails with ERROR_INPUT.
bool preservation_take_index(const ServiceRequest *request, uint64_t *ret, Error *err) MUST_CHECK;
RouteHandler preservation_handle_checkpoint, preservation_handle_cosigned,
    preservation_handle_cosignatures, preservation_handle_tile, preservation_handle_receipt,
    preservation_handle_consistency, preservation_handle_key, preservation_handle_environment;

#endif
