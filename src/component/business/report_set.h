// SPDX-License-Identifier: Apache-2.0
//
// Making a set of reports: A from C1, B from C3, C from C5, under one set id. The three are made at
// the same time, for none needs what another says.
#ifndef ASSENT_COMPONENT_BUSINESS_REPORT_SET_H
#define ASSENT_COMPONENT_BUSINESS_REPORT_SET_H

#include "component/business/report.h"
#include "domain/report/report_verify.h"

#define REPORT_SET_ARTIFACT "report_set"

// Everything is in the work's arena.
typedef struct {
    ReportRequest request;
    const ReportRequester *requester;
    IssuedReport reports[REPORT_KINDS];
    ReportSummary summaries[REPORT_KINDS];
} ReportSet;

// Make the set that `ret` asks for (case number, role, requester), and check each report as anybody
// would before it is kept. Fails as the ports do, the first failure in the order A, B, C, or with
// ERROR_UNTRUSTED "report.not_verified". Source: JR/T 0299-2024 8.4.
bool report_set_make(Work *work, ReportSet *ret, Error *err) MUST_CHECK;
// Find a kept set by one of its texts; *ret_json stays NULL when there is none. *ret_count is how
// many are kept.
bool report_set_find(Work *work, const char *key, const char *value, json_t **ret_json,
                     int64_t *ret_sequence, size_t *ret_count, Error *err) MUST_CHECK;

#endif
