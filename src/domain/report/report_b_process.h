// SPDX-License-Identifier: Apache-2.0
#ifndef ASSENT_DOMAIN_REPORT_REPORT_B_PROCESS_H
#define ASSENT_DOMAIN_REPORT_REPORT_B_PROCESS_H

#include "domain/report/report_b.h"

// Attachment 3 of report B: every step with its inputs, its algorithm, its values, and the
// command by which openssl repeats it. Source: JR/T 0299-2024 Annex B, attachment 3.
void report_b_add_process(Report *report, const ReportBFindings *findings, const Verdict *verdict);

#endif
