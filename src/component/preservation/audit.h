// SPDX-License-Identifier: Apache-2.0
//
// The audit: whether everything that C5 keeps is still what the log says. Somebody who may write to
// the database can change a row; he cannot change the log, to which each is compared here:
//
//   log.damaged            a tile or entry bundle is not what the signed checkpoint covers
//   audit.deposit_missing  the log has a deposit that the database has not
//   audit.deposit_changed  a deposit's record, payload or receipt is not what was logged
//   audit.deposit_unlogged the database has more logged deposits than the log
//   audit.payload_missing  a payload is gone, and the log has no tombstone for it
//   audit.payload_back     the log says that a payload was erased, and it is there (a backup from
//                          before was restored): erase it again
//   audit.custody          a row of the custody chain does not follow from the one before, or rows
//                          that a self-check anchored are gone
//   audit.environment      a self-check is not what was logged
//   audit.authorization    rows of authorizations are gone or older than deposits of theirs, so
//   that
//                          another chain could begin under the same number
//   audit.hold             a legal hold was set or lifted without a custody row
//
// Source: requirements E08, E11, E14, E21.
#ifndef ASSENT_COMPONENT_PRESERVATION_AUDIT_H
#define ASSENT_COMPONENT_PRESERVATION_AUDIT_H

#include "component/preservation/preservation.h"

enum { AUDIT_FINDINGS_MAX = 100 };

typedef struct {
    const char *code;  // static
    int64_t where;     // index in the log, or id of the row
} AuditFinding;

typedef struct {
    uint64_t entries, deposits, payloads, custody_rows, environments;  // compared
    uint64_t finding_count;  // also those that did not fit
    AuditFinding findings[AUDIT_FINDINGS_MAX];
} AuditResult;

// Compare everything. Deposits may come in meanwhile; those are left for the next time. Findings
// are no failure. Fails as store and log do.
bool preservation_audit(Preservation *preservation, AuditResult *ret, Error *err) MUST_CHECK;

#endif
