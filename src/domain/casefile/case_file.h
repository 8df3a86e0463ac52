// SPDX-License-Identifier: Apache-2.0
//
// Case file: one archive with everything that proves an authorization, to be judged offline by
// anybody (case_verify.h). A zip of files in a fixed order, deflated where that saves a quarter:
//
//     manifest.json   {"type":"assent.case/2", "profile":"court", "authorization_id", "created_at",
//                      "packed_sm3",
//                      "files":[{"path","size_bytes","sm3"}...]}: every other file but the next two
//     manifest.sig    statement of type CASE_MANIFEST_TYPE by the institution; its payload is
//                     manifest.json as it stands
//     manifest.tst    time-stamp token over the SM3 of manifest.sig
//     01_reports/ ... 09_legal/, verify/README.txt
//
// "packed_sm3" is over all deflated files as they lie in the archive, one after another: one
// content has many deflated forms, and no byte of the archive may be without meaning. Files of the
// former type, which has no such member and stores everything, are read too.
//
// The same parts give the same bytes.
// Source: JR/T 0299-2024 8.3, 8.4; Electronic Signature Law 5, 6, 8.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_FILE_H
#define ASSENT_DOMAIN_CASEFILE_CASE_FILE_H

#include "base/codec/zip.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"

#define CASE_TYPE "assent.case/2"
#define CASE_TYPE_STORED "assent.case/1"
#define CASE_PROFILE_COURT "court"
#define CASE_MANIFEST_TYPE "assent.case-manifest/1"
#define CASE_MEDIA_TYPE "application/zip"

enum { CASE_MAX_SIZE = 64 * 1024 * 1024, CASE_MAX_LIST = 64, CASE_ID_SIZE = 64 };

// The files of which there is one. case_part_path tells where each lies.
typedef enum {
    CASE_REPORT_A_PDF,
    CASE_REPORT_A_JSON,  // JSON: statement of the report's issuer
    CASE_REPORT_B_PDF,
    CASE_REPORT_B_JSON,
    CASE_REPORT_C_PDF,
    CASE_REPORT_C_JSON,
    CASE_AGREEMENT,      // the sealed PDF
    CASE_SIGNATURE,      // in copies without it: its seal signature, DER
    CASE_TEMPLATE,       // source of the letter after substitution, as its digest covers it
    CASE_OFFER,          // what the institution asked for, JSON
    CASE_AUTHORIZATION,  // what the person agreed to, JSON
    CASE_TICKS,          // {"query":true, "purpose_02":true, ...}
    CASE_DECISION,       // statement: the identity decision
    CASE_PERSON,         // the person with the salt of all commitments, JSON
    CASE_FIELDS,         // commitments to the person's fields (domain/privacy/person_field.h)
    CASE_CONSENTS,       // {"consents":[...]}
    CASE_PROOF,          // of an exemption from measures: challenge and the old key's signature,
    CASE_PROOF_CERTIFICATE,  // its certificate, DER,
    CASE_PROOF_CARRIER,      // the registry's statement of its carrier, and
    CASE_PROOF_CRL,          // the list that was believed, DER
    CASE_CERTIFICATE,        // of the person, DER
    CASE_CRL,                // of its issuer at the time of signing, DER; or, where that is large,
    CASE_OCSP,               // its issuer's OCSP response then, DER
    CASE_INSTITUTIONS,       // lists and OCSP responses for those of institutions, PEM
    CASE_CSR,                // PKCS#10, DER
    CASE_ISSUE,              // C3's statement of the issue
    CASE_REGISTRATION,       // C2's answer to the registration, JSON
    CASE_SEAL,               // SESeal, DER
    CASE_SEAL_CHOICE,        // by name or by hand, JSON
    CASE_PRESENTATION,       // {"nonce", "presented_at", "dwell_minimum_ms"}: how it was shown
    CASE_BEHAVIOUR,          // what the person did, JSON
    CASE_DESTRUCTION,        // statement by the person's key: its last; or
    CASE_KEY_USE,  // statement by the person's key: that it signed this and stays in a token
    CASE_STAMP,    // time-stamp token inside the seal signature, DER
    CASE_M6_SUBMISSION,
    CASE_M6_RECEIPT,
    CASE_M7_SUBMISSION,
    CASE_M7_RECEIPT,
    CASE_M8_SUBMISSION,
    CASE_M8_RECEIPT,
    CASE_LOG_HISTORY,      // how the log grew between the receipts (domain/evidence/log_history.h)
    CASE_CHECKPOINT,       // newest cosigned checkpoint of the log, when the file was made
    CASE_LOG_CERTIFICATE,  // of the evidence log, DER
    CASE_PLATFORM,         // what the institution says of its systems and partners, JSON
    CASE_HISTORY,          // every step and refused attempt, one JSON object per line
    CASE_README,           // case_readme(): how to verify, for whoever opens the archive
    CASE_PART_COUNT
} CasePart;

// The files of which there are several, numbered from 001.
typedef enum {
    CASE_MEASURES,  // 03_identity/measures/001.json
    CASE_NOTICES,   // 03_identity/notices/001.txt: the texts that were on the screen
    CASE_OPENINGS,  // 03_identity/opened/001.json: in copies, fields of the person
    CASE_CHAIN,     // 04_certificate/chain-001.cer: issuer first
    CASE_LIST_COUNT
} CaseList;

// "02_agreement/agreement.pdf"
const char *case_part_path(CasePart part);
// True if a case without this file is incomplete. Source: JR/T 0299-2024 8.3.
bool case_part_is_required(CasePart part);

// How a case file is verified, in Chinese and English; goes into it as CASE_README.
Bytes case_readme(void);

// What a case file is made of; everything is borrowed. Empty: there is no such file.
typedef struct {
    char authorization_id[CASE_ID_SIZE];
    Time created_at;
    Bytes parts[CASE_PART_COUNT];
    Bytes lists[CASE_LIST_COUNT][CASE_MAX_LIST];
    size_t list_counts[CASE_LIST_COUNT];
} CaseContent;

// Compute manifest.json, to be signed as a statement and then stamped. Appends to `ret`. Fails
// with ERROR_INPUT "case.content" (no authorization id, an empty list item).
bool case_manifest_encode(Arena *arena, const CaseContent *content, Writer *ret,
                          Error *err) MUST_CHECK;
// What a time stamp is asked for: SM3 of manifest.sig.
Sm3Digest case_manifest_imprint(Bytes manifest_signature);
// Put the archive together; appends it to `ret`. The signature's payload must be this content's
// manifest: fails with ERROR_INPUT "case.manifest" otherwise, or as zip_encode does.
bool case_file_encode(Arena *arena, const CaseContent *content, Bytes manifest_signature,
                      Bytes manifest_stamp, Writer *ret, Error *err) MUST_CHECK;

// A parsed case file or copy (case_copy.h); everything borrows the archive or is in the arena.
typedef struct {
    Zip zip;
    bool is_copy;
    Bytes manifest, manifest_signature, manifest_stamp;  // of a copy: of the whole file
    CaseContent content;
    bool is_withheld[CASE_PART_COUNT];   // of the whole file, and not in the copy
    Sm3Digest digests[CASE_PART_COUNT];  // of the parts that are there or withheld
} CaseFile;

// Parse an archive strictly: the one encoding that its files have, every file known,
// listed exactly once, in the order of the archive, with its size and digest; none besides. A
// copy's files and withheld files together are those of the whole file's manifest. Says nothing
// about signatures. Fails with ERROR_INPUT "case.archive" (or as zip_parse does), "case.manifest",
// "case.type" (a type or profile that is not this one: not malformed), "case.files" (missing,
// extra, twice, other order); ERROR_UNTRUSTED "case.digest" (also of the deflated forms);
// ERROR_LIMIT.
bool case_file_parse(Arena *arena, Bytes archive, CaseFile *ret, Error *err) MUST_CHECK;
// True if the bytes are a zip archive that has, or in its damaged state seems to have, a manifest.
bool case_file_resembles(Bytes bytes);

#endif
