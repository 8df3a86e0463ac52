// SPDX-License-Identifier: Apache-2.0
//
// One file judged, and how the judgement is told: bytes, trust anchors and a time go in, JSON or
// lines for people come out. No file, clock or network is touched, so `assent verify` and the
// verifier in a browser are this same code and give the same bytes.
#ifndef ASSENT_DOMAIN_JUDGEMENT_JUDGEMENT_H
#define ASSENT_DOMAIN_JUDGEMENT_JUDGEMENT_H

#include "base/codec/json.h"
#include "domain/casefile/verification.h"
#include "domain/judgement/trust_material.h"

enum {
    JUDGEMENT_MAX_SIZE = 64 * 1024 * 1024,     // of a file
    JUDGEMENT_ARENA_SIZE = 192 * 1024 * 1024,  // for one file
    JUDGEMENT_NOT_READ = 64,                   // exit codes beside those of a verdict
    JUDGEMENT_FAULT = 70,
};

// One file with everything that judges it. Borrowed.
typedef struct {
    const char *name;
    Bytes content;
    bool is_too_large;  // over JUDGEMENT_MAX_SIZE; its content was not even read
    const TrustFile *trust;
    size_t trust_count;
    Time at;
    bool is_strict;  // undecided where nothing tells whether a certificate had been revoked
    const CertificatePurpose *purpose;  // see VerificationPolicy
    PathDemands demands;
    const Bytes *original;
    Bytes original_digest;
    Bytes evidence_record;
    const AlgorithmSunset *sunsets;
    size_t sunset_count;
} JudgementRequest;

typedef struct {
    const char *name;  // of the file, as it was given; borrowed
    FileFacts facts;
    Verdict verdict;
} Judgement;

typedef struct {
    bool is_english;
    bool is_summary;  // only what did not pass, and the verdict
} JudgementStyle;

// Judge a file. Everything of the result is in the arena or borrowed from the request. A file that
// is too large cannot be decided (verify.unsupported). Fails as trust_material_load does.
bool judgement_make(Arena *arena, const JudgementRequest *request, Judgement *ret,
                    Error *err) MUST_CHECK;

// {"file", "kind", "outcome", "coverage", "verdict":{...}, facts...}; the caller owns the result.
json_t *judgement_to_json(const Judgement *judgement);
// {"file", "kind":"unknown", "outcome":"error", "exit_code", "error":{"code","message"}}: a file
// that could not be judged because it, or its trust, could not be read.
json_t *judgement_failure_to_json(const char *name, const Error *err);
// JUDGEMENT_FAULT for our own trouble, else JUDGEMENT_NOT_READ.
int judgement_failure_code(const Error *err);
// Append {"files":[...]} and a line feed; `failure`, unless NULL, is added as "error":
// {"code","message"}. `results` is borrowed. Fails as json_write does.
bool judgement_put_json(json_t *results, const Error *failure, Writer *ret, Error *err) MUST_CHECK;
// Append one line for each check: outcome, question, subject, clause, detail; then the verdict,
// and the coverage of the document as a verdict of its own.
void judgement_put_text(const Judgement *judgement, const JudgementStyle *style, Writer *ret);

// Append the bytes that `assent verify --json` prints for this file, this trust directory and
// this time. What cannot be judged is an answer too, never a valid one. Fails as json_write does.
bool judgement_answer(const JudgementRequest *request, Writer *ret, Error *err) MUST_CHECK;

#endif
