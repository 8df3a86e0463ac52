// SPDX-License-Identifier: Apache-2.0
//
// Receipts: what a depositor gets back, a text that proves offline and years later that the
// entry is in the log (C2SP tlog-proof in the profile of docs/evidence-log.md):
//
//     assent.receipt/1
//     entry {canonical JSON}
//     stamp <base64 of a time-stamp token over the SM3 of the checkpoint's text>   (optional)
//     renewal <base64 of an evidence record over that text that begins with the stamp>   (optional)
//     index <decimal>
//     <base64 hash>            one line each, leaf side first
//                              an empty line
//     <checkpoint>             with the log's signature and any cosignatures
#ifndef ASSENT_DOMAIN_EVIDENCE_RECEIPT_H
#define ASSENT_DOMAIN_EVIDENCE_RECEIPT_H

#include "domain/evidence/checkpoint.h"
#include "domain/evidence/witness_policy.h"
#include "domain/pki/path.h"

enum { RECEIPT_MAX_BYTES = 256 * 1024 };
#define RECEIPT_MEDIA_TYPE "application/vnd.assent.receipt"

typedef struct {
    Bytes entry;    // as logged
    Bytes stamp;    // time-stamp token, DER; or empty
    Bytes renewal;  // evidence record, DER, see receipt_renewal.h; or empty, as without a stamp
    uint64_t index;
    MerkleProof proof;
    Checkpoint checkpoint;
} Receipt;

// Append a receipt; only checkpoint.note.whole of the checkpoint is used. Fails with ERROR_INPUT
// when the entry has control characters: what is logged by C5 is one line of canonical JSON.
bool receipt_encode(const Receipt *receipt, Writer *ret, Error *err) MUST_CHECK;
// Parse one receipt that fills `text`; borrows it. Fails with ERROR_INPUT "receipt.malformed" or
// as checkpoint_parse does.
bool receipt_parse(Arena *arena, Bytes text, Receipt *ret, Error *err) MUST_CHECK;

// What a receipt is verified against.
typedef struct {
    const NoteKey *log_key;              // of the log; or NULL, then log_certificate
    const Certificate *log_certificate;  // of the evidence institution, judged by trust
    WitnessRules witnesses;
    const TrustStore *trust;  // for certificate and stamp; NULL: those stay undecided
    RevocationRule revocation;
    Time at;  // when there is no stamp: the moment to judge the certificate
} ReceiptTrust;

// Judge a receipt and add every check to the verdict:
//   receipt.inclusion    the entry gives the root of the checkpoint
//   receipt.checkpoint   the log's key signed the checkpoint
//   receipt.certificate  the log's key is that of a certificate, judged by "path.*"
//   receipt.witnesses    as many known witnesses as the rules ask for cosigned; see
//                        witness_rules_check
//   receipt.stamp        the time stamp covers the checkpoint, judged by "timestamp.*"
// Returns true when no check failed and none is unknown.
bool receipt_check(const Receipt *receipt, const ReceiptTrust *trust, Verdict *verdict);
// The same in short. Fails with ERROR_UNTRUSTED, or ERROR_UNAVAILABLE when undecided.
bool receipt_verify(const Receipt *receipt, const ReceiptTrust *trust, Error *err) MUST_CHECK;

// What a time stamp on a checkpoint covers: SM3 of the signed text.
Sm3Digest receipt_stamp_imprint(const Checkpoint *checkpoint);

#endif
