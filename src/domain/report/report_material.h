// SPDX-License-Identifier: Apache-2.0
//
// What is handed in to be examined, and what the reports have in common in telling about it.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_MATERIAL_H
#define ASSENT_DOMAIN_REPORT_REPORT_MATERIAL_H

#include "domain/identity/decision.h"
#include "domain/report/report_model.h"

enum { REPORT_MAX_MATERIALS = 32 };

// Names under which C1 hands in and C5 keeps.
#define MATERIAL_AGREEMENT "agreement.pdf"
#define MATERIAL_DECISION "decision.json"
#define MATERIAL_BEHAVIOUR "behaviour.json"
#define MATERIAL_CRL "revocation.crl"

typedef struct {
    const char *name;
    const char *media_type;
    Bytes content;
} ReportMaterial;

// The person as registered, with the salt that opens the decision's commitment.
typedef struct {
    const char *name;  // NULL: not handed in
    const char *id_number;
    const char *salt;  // as text, of the session
} ReportHolder;

// What the applicant for a report says.
typedef struct {
    const char *applicant;  // name of the institution
    Time applied_at;
    const char *authorization_id;
    const char *business;  // name of the business
    const char *content;   // what is to be verified
    ReportHolder holder;
    const ReportMaterial *materials;
    size_t material_count;
} ReportApplication;

// Find a material by name; NULL: none.
const ReportMaterial *report_material_find(const ReportApplication *application, const char *name);
// Add a material to the newest attachment.
void report_add_material(Report *report, const ReportMaterial *material, const char *description);
// The SM3 of bytes that live, unchanged, as long as the report; computed once.
Sm3Digest report_digest(Report *report, Bytes content);

// Texts in the arena; "" on exhaustion.
const char *report_time_text(Arena *arena, Time time);   // "2026-11-25 16:00:00（北京时间）"
const char *report_clock_text(Arena *arena, Time time);  // the same without the note, for tables
const char *report_date_text(Arena *arena, Time time);   // "2026年11月25日"
const char *report_digest_text(Arena *arena, const Sm3Digest *digest);
// The number with its middle hidden, unless the requester may see it.
const char *report_id_text(Arena *arena, const ReportRequester *requester, const char *id_number);

// Add the table of measures, key "measures": means, family, provider, time, result.
void report_add_measures(Report *report, const IdentityDecision *decision);
// Add what an exemption from further measures rests on, keys "exemption.*"; nothing when there is
// none. Source: JR/T 0299-2024 5.2.2, 8.3 a.
void report_add_exemption(Report *report, const IdentityDecision *decision);
// Add the table of all checks, key "checks".
void report_add_checks(Report *report, const Verdict *verdict);

#endif
