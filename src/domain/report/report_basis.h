// SPDX-License-Identifier: Apache-2.0
//
// Basis: what a report was computed from, as the member "basis" of its JSON form, so that anybody
// who has the case file computes the same report again.
//
//     {"materials":[{"name","media_type","sm3"}...],  what was examined, by digest, in order
//      "enclosed":[{"content":base64}...],            what of it lies in no case file
//      "application":{...}, "holder":bool,            what the applicant said
//      "facts":{...}}                                 what only the issuer knows: on its word
//
// Contents are looked up by digest, so a basis can name other bytes than those of the report only
// by breaking SM3. The person is not repeated here: it is read from the case file.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_BASIS_H
#define ASSENT_DOMAIN_REPORT_REPORT_BASIS_H

#include "domain/report/report_a.h"
#include "domain/report/report_b.h"
#include "domain/report/report_c.h"

enum { REPORT_MAX_ENCLOSED_LIST = 16 * 1024, REPORT_MAX_SOURCES = 1024, REPORT_MAX_MISSING = 64 };

// Names under which a basis lists what is no material of an application.
#define BASIS_ISSUE "issue.json"
#define BASIS_LOG_CERTIFICATE "log.cer"
#define BASIS_LIST "list.crl"

// Set the basis of a report. Memory that runs out fails the report.
void report_a_set_basis(Report *report, const ReportAFacts *facts);
// The lists of `issuer`, by which the seal was judged, are enclosed up to REPORT_MAX_ENCLOSED_LIST.
void report_b_set_basis(Report *report, const ReportBFacts *facts, Bytes issuer);
void report_c_set_basis(Report *report, const ReportCFacts *facts);

// What is at hand to compute a report again. Borrowed.
typedef struct {
    const Bytes *files;  // contents of a case file, in any order
    size_t file_count;
    Bytes history;  // one JSON object a line; empty: withheld
    Bytes person;   // JSON of the person with the salt; empty: withheld
    const TrustStore *trust;
} ReportSources;

// A report that was computed again.
typedef struct {
    ReportKind kind;
    Report *report;                           // NULL when something is missing
    const char *missing[REPORT_MAX_MISSING];  // by name: what could not be found
    size_t missing_count;
} ReportRecomputed;

// Compute the report again of which `payload` is the JSON form. Fails with ERROR_INPUT
// "report.content" when it is none, or as report_a_make, report_b_make and report_c_make.
// Source: JR/T 0299-2024 8.4.
bool report_recompute(Bytes payload, const ReportSources *sources, Arena *arena,
                      ReportRecomputed *ret, Error *err) MUST_CHECK;

// The first member in which two JSON values differ, in order of their keys.
typedef struct {
    const char *path;               // "$.sections[3].blocks[0].value"
    const char *stated, *computed;  // both values as JSON, "" for a member that is not there
} ReportDifference;

// Find it. False when they are the same, or *ret.path is NULL when the arena is exhausted.
bool report_find_difference(const json_t *stated, const json_t *computed, Arena *arena,
                            ReportDifference *ret);

#endif
