// SPDX-License-Identifier: Apache-2.0
//
// The names under which a basis has the facts of report A, for writing and for reading.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_BASIS_INSIDE_H
#define ASSENT_DOMAIN_REPORT_REPORT_BASIS_INSIDE_H

#include "domain/report/report_a.h"

enum { REPORT_BUSINESS_COUNT = 12, REPORT_A_PLACES = 9 + REPORT_A_RECEIPTS };

extern const char *const report_business_keys[REPORT_BUSINESS_COUNT];
// Where each of them stands, in the order of the keys.
void report_business_places(ReportBusiness *business, const char **ret[REPORT_BUSINESS_COUNT]);

typedef struct {
    const char *name;
    Bytes *place;
} ReportAPlace;

// Where each material of report A stands.
void report_a_places(ReportAFacts *facts, ReportAPlace ret[REPORT_A_PLACES]);

#endif
