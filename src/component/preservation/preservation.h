// SPDX-License-Identifier: Apache-2.0
//
// C5, the evidence system: takes deposits of C1 and C2 into the evidence log, answers with
// receipts that verify offline, keeps payloads encrypted and erasable, and records every access.
// Source: JR/T 0299-2024 5 (C5), 8.
#ifndef ASSENT_COMPONENT_PRESERVATION_PRESERVATION_H
#define ASSENT_COMPONENT_PRESERVATION_PRESERVATION_H

#include "base/crypto/signer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "component/alarm/vitals.h"
#include "component/port/report_issuer.h"
#include "component/port/timestamp.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/evidence_record.h"
#include "domain/evidence/witness_policy.h"
#include "domain/pki/path.h"

enum { PRESERVATION_DEPOSITORS_MAX = 64 };

// An institution that may deposit. C1 (role "business") deposits M6, M8 and OTHER, C2 (role
// "registration") deposits M7.
typedef struct {
    const char *role;   // of its TLS certificate
    const char *name;   // of its TLS certificate; NULL: any of the role
    Bytes certificate;  // DER of its statement certificate; a renewed one has the same subject
} Depositor;

// Everything is borrowed until preservation_close, except `depositors`, which are copied.
typedef struct {
    const char *directory;     // exists; holds "log/" and "preservation.db"
    const char *log_database;  // connection string (log_postgres.h), for the log; NULL, "": "log/"
    const char *origin;        // name of the log, "evidence.example.cn/log1"
    const Signer *signer;      // the log's key
    Bytes certificate;         // DER of the certificate of that key
    const Secret *kek;         // 16 bytes, wraps the data keys, used for nothing else
    const TrustStore *trust;   // judges depositors' certificates and time stamps
    RevocationRule revocation;
    const Depositor *depositors;
    size_t depositor_count;
    const TimestampPort *timestamp;  // stamps checkpoints; NULL: they stay unstamped
    Time stamp_interval;             // at most one stamp per interval; 0 means one second
    // Renewal of stamps (renewal.h): who stamps then, NULL means `timestamp`; how long before the
    // end of what they depend on, 0 means 90 days; and which algorithms end when.
    const TimestampPort *renewal;
    Time renew_before;
    const AlgorithmSunset *sunsets;
    size_t sunset_count;
    const WitnessPolicy *witnesses;  // who cosigns checkpoints, and how many; NULL: nobody
    // How each is reached, at the places of witnesses->nodes; NULL: not. A call of theirs should
    // not take more than a few seconds.
    Peer *const *witness_peers;
    ReportIssuer *reports;  // issues report C; NULL: none is issued
    Clock clock;
    Random random;
    Time check_interval;  // between self-checks of the environment; 0 means one hour
    // The watch (alarms.h): entries hashed again in each call of preservation_tick, 0 means 100;
    // time from the beginning of one round to that of the next, in which it should be through, 0
    // means one day; how long a chain may stand still before its end, 0 means 30 minutes.
    unsigned watch_per_second;
    Time watch_interval, missing_after;
    VitalLimits vitals;
    const char *version;  // for the self-check; NULL: of this program
    // Our clock minus the true time, measured elsewhere; NULL: unknown. For the self-check.
    bool (*clock_offset)(void *state, Time *ret);
    void *clock_offset_state;
} PreservationConfig;

typedef struct Preservation Preservation;

// Open the log and the store, finish what a crash interrupted, and log a self-check of the
// environment. Fails as evidence_log_open and store_open do, with ERROR_INPUT on a wrong
// configuration, and ERROR_UNTRUSTED "preservation.kek" when the store was made under another key.
bool preservation_open(const PreservationConfig *config, Preservation **ret, Error *err) MUST_CHECK;
// Close. NULL is harmless. No request may be running.
void preservation_close(Preservation *preservation);
void preservation_cleanup(Preservation **preservation);

// What is served; valid until preservation_close.
const Service *preservation_service(const Preservation *preservation);
// OpenAPI description of it.
Bytes preservation_openapi(void);
// The key that receipts verify with.
const NoteKey *preservation_log_key(const Preservation *preservation);

// Periodic work: publish the log's files, time-stamp the latest checkpoint when it is due, renew
// stamps before they end, have witnesses cosign it, note that the system is in operation, check the
// environment when that is due, hash some of what is kept again. Call about once a second. A
// failure is worth a log line; the next call tries again.
bool preservation_tick(Preservation *preservation, Error *err) MUST_CHECK;
// Log a self-check of the environment: version, digest of the program, clock, disk, the accounts,
// the last interruption, and the head of the custody chain, which this anchors.
// Source: requirements E12, E13, E14; done at opening, at each report and every check_interval.
bool preservation_check_environment(Preservation *preservation, Error *err) MUST_CHECK;
// Re-hash everything that is kept against the log, see audit.h, and fail with ERROR_UNTRUSTED
// "preservation.damaged" (or "log.damaged") naming the first finding.
// Source: requirements E08, E11, E21.
bool preservation_fsck(Preservation *preservation, Error *err) MUST_CHECK;

#endif
