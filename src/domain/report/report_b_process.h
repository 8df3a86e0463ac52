// SPDX-License-Identifier: Apache-2.0
#ifndef ASSENT_DOMAIN_REPORT_REPORT_B_PROCESS_H
#define ASSENT_DOMAIN_REPORT_REPORT_B_PROCESS_H

#include "domain/report/report_b.h"

// Attachment 3 of report B: every step with its inputs, its algorithm, its values, and the
// command by which openssl repeats it. Source: JR/T 0299-2024 Annex B, attachment 3.
void report_b_add_process(Report *report, const ReportBFacts *facts,
                          const ReportBFindings *findings, const Verdict *verdict);

// Its parts about the time stamp's signature, and about the chain of the signer's certificate.
void report_b_add_stamp_signature(Report *report, const ReportBFindings *findings);
void report_b_add_chain(Report *report, const TrustStore *trust, const ReportBFindings *findings);
// "tail -c +K FILE | head -c N > OUT": cuts a range out of a file with everybody's tools.
const char *report_cut_command(Arena *arena, const char *file, Bytes whole, Bytes part,
                               const char *out);

#endif
