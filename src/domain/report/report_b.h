// SPDX-License-Identifier: Apache-2.0
//
// Report B, 个人征信电子授权电子签章验证报告: the certification institution verifies the sealed
// file that was handed in, now and from its bytes, and says what it found, good or bad. The
// process is attached so that somebody with openssl can follow every step.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_B_H
#define ASSENT_DOMAIN_REPORT_REPORT_B_H

#include "domain/report/report_material.h"
#include "domain/seal/seal_signature_verify.h"

// What C3's own records say of the certificate that sealed the file.
typedef struct {
    bool is_ours;       // it names C3's CA as its issuer
    bool is_known;      // C3 has a record of having issued it
    const char *state;  // now: "有效", "已注销", ...; "" when not known
} ReportIssuance;

typedef struct {
    ReportHead head;  // with the issuer's licence
    const char *licence_holder;
    Time licence_from, licence_until;      // 0: not stated
    const ReportApplication *application;  // MATERIAL_AGREEMENT is what is verified
    const TrustStore *trust;               // anchors, chain, lists of C3 and of the TSA
    const ReportIssuance *issuance;        // NULL: not looked up
} ReportBFacts;

// Has the file been changed since it was sealed?
typedef enum { CHANGED_NO, CHANGED_YES, CHANGED_UNDECIDED } ReportChanged;

// What was found in the file. Views borrow the application.
typedef struct {
    bool is_readable;  // a PDF with at least one seal signature
    Bytes pdf;
    uint64_t byte_range[4];
    size_t contents_offset, contents_len;
    Bytes der;
    bool has_signature;  // der is a seal signature: the next are valid
    SealSignature signature;
    bool has_certificate;
    Certificate certificate;
    bool has_digest;
    Sm3Digest digest;  // computed over byte_range
    bool digest_equal, value_holds;
    bool is_listed;  // the certificate is in the list of the seal that was signed
    SealSignatureFindings seal;
    bool has_stamp;  // the seal signature holds a time stamp that can be read
    TimestampToken stamp;
    CheckOutcome stamp_outcome;  // judged by itself: PASSED makes its time the verified one
    size_t signature_count;
    ReportChanged changed;
    const char *changed_reason;  // code of the check that shows it, or ""
    CheckOutcome outcome;        // is the seal on the file valid
    const char *reason;          // code of the deciding check, or ""
} ReportBFindings;

// Find the certificate with which the material was sealed, to look it up: nothing is verified.
// False when there is none that can be read.
bool report_b_find_certificate(const ReportApplication *application, Arena *arena,
                               Certificate *ret);

// The outcome of "seal valid" stands under the key "seal.valid", of "changed" under
// "seal.changed": "否", "是" or "无法判定" with the reason.
//
// Verify the material: adds every check to the verdict, never fails on bad material.
// Source: GB/T 38540-2020 7.3.
void report_b_verify(const ReportBFacts *facts, Verdict *verdict, ReportBFindings *ret);

// The time of a time stamp that holds, for people; "" when there is none.
const char *report_b_verified_time(Arena *arena, const ReportBFindings *findings);

// Verify and compute the report. Fails with ERROR_INPUT "report.material_missing" when nothing
// was handed in under MATERIAL_AGREEMENT, ERROR_LIMIT when the arena is exhausted.
// Source: JR/T 0299-2024 8.4 b, Annex B.
bool report_b_make(const ReportBFacts *facts, Arena *arena, Report **ret, Error *err) MUST_CHECK;

#endif
