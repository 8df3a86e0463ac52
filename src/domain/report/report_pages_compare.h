// SPDX-License-Identifier: Apache-2.0
//
// Whether sealed pages are those that a report gives when it is typeset again.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_PAGES_COMPARE_H
#define ASSENT_DOMAIN_REPORT_REPORT_PAGES_COMPARE_H

#include "domain/report/report_model.h"

//   report.identical          PASSED   what was sealed begins with the very bytes
//   report.pages_differ       FAILED   typeset with the same means, it is something else
//   report.other_typesetting  UNKNOWN  typeset with other fonts or another version: other bytes,
//                                      which says nothing
typedef struct {
    CheckOutcome outcome;
    const char *code;
    const char *place;              // "page 3", or what lies outside of the pages' contents
    const char *stated, *computed;  // the means, when they differ; else ""
} ReportPagesFound;

// Typeset the report again and compare. Texts live in the report's arena. Fails as report_typeset
// does.
bool report_pages_compare(const Report *report, const Sm3Digest *json_digest,
                          const FontFamily *fonts, Bytes sealed, ReportPagesFound *ret,
                          Error *err) MUST_CHECK;

#endif
