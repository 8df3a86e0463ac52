// SPDX-License-Identifier: Apache-2.0
//
// Verify an issued report: both forms, who issued it, and that they belong together.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_VERIFY_H
#define ASSENT_DOMAIN_REPORT_REPORT_VERIFY_H

#include "domain/pki/trust.h"
#include "domain/report/report_model.h"

// What a report says of itself, in the arena of the verdict. "" as long as it is not readable.
typedef struct {
    ReportKind kind;
    const char *set_id, *case_number, *requester_role, *issuer;
    const char *outcome;  // of its conclusion, "passed"; `reason` its stable code
    const char *reason;
    Time date;
} ReportSummary;

// Find which kind of report a statement's type names. False: none.
bool report_kind_of_type(const char *type, ReportKind *ret);

// Judge the JSON form (a statement) and, unless `pdf` is empty, the pages:
//   statement.*, path.*       the statement holds, its signer leads to an anchor
//   report.content            its payload is a report of the kind that its type names
//   (the checks of report B)  the pages are sealed, stamped and unchanged
//   report.twin               the seal on the pages names the digest of the payload
//   report.issuer_seal        the seal is the issuer's
// A report that finds something bad is a good report: its outcome is in `ret`.
// Returns true when no check failed and none is unknown.
bool report_check(Bytes statement, Bytes pdf, const TrustStore *trust, Time now, Verdict *verdict,
                  ReportSummary *ret);

#endif
