// SPDX-License-Identifier: Apache-2.0
//
// The set of reports A, B and C about one authorization, for one case: A is C1's own, B and C are
// asked for. A set that was issued is kept and handed out again unchanged.
#ifndef ASSENT_COMPONENT_BUSINESS_REPORT_H
#define ASSENT_COMPONENT_BUSINESS_REPORT_H

#include "component/business/work.h"
#include "component/port/report.h"

// Make report A from what C1 keeps. Source: JR/T 0299-2024 8.4 a, Annex A.
bool business_report_a(Work *work, const ReportRequest *request, const ReportRequester *requester,
                       IssuedReport *ret, Error *err) MUST_CHECK;

// Fill in who applies, and the person (materials are the caller's).
bool business_report_application(Work *work, ReportApplication *ret, Error *err) MUST_CHECK;

#endif
