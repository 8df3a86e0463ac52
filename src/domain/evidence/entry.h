// SPDX-License-Identifier: Apache-2.0
//
// Entries: what the log holds. One line of canonical JSON without personal data: digests, salted
// commitments, who deposited, when it came. Erasing the salt and the payload leaves them true
// and meaningless.
#ifndef ASSENT_DOMAIN_EVIDENCE_ENTRY_H
#define ASSENT_DOMAIN_EVIDENCE_ENTRY_H

#include "domain/evidence/deposit.h"
#include "domain/evidence/merkle.h"
#include "domain/verdict/verdict.h"

enum { ENTRY_TEXT_MAX = 2048, ENTRY_CODE_MAX = 64, ENTRY_SEALED_MAX = 640 };

typedef enum {
    ENTRY_DEPOSIT,      // "assent.entry/1"
    ENTRY_REFUSAL,      // "assent.refusal/1": an attempt that was refused, with its code
    ENTRY_ERASURE,      // "assent.erasure/1": the payload of `subject` is gone
    ENTRY_ENVIRONMENT,  // "assent.environment/1": `commitment` is of the self-check record
    ENTRY_ISSUANCE,     // "assent.issuance/1": a certificate was issued, issuance.h
    ENTRY_RENEWAL,  // "assent.renewal/1": `part_count` stamps were renewed by the time-stamp token
                    // of which `commitment` is the SM3
    ENTRY_CLOSING,  // "assent.closing/1", succession.h: nothing follows it
    ENTRY_SUCCESSION,  // "assent.succession/1", the first of a log that succeeds another
} EntryKind;

// Fields of all kinds; those that a kind does not have stay zero.
typedef struct {
    EntryKind kind;
    Time received;
    Sm3Digest authorization;  // salted commitment of the authorization id, the same for all
    Sm3Digest commitment;     // deposits of one authorization; commitment.h over the parts
    uint64_t part_count;
    Sm3Digest submission;  // deposit_submission_digest
    Sm3Digest depositor;   // SM3 of the certificate that signed the submission
    DepositStage stage;
    int64_t sequence;
    bool is_batch;
    bool has_previous;
    Sm3Digest previous;
    const char *code;  // of a refusal, "deposit.order"
    uint64_t subject;  // index of the entry that an erasure is about
    const char *log;   // of a closing: key of the successor; of a succession: of the predecessor,
    Bytes checkpoint;  // its last checkpoint, and the root of its tree over SHA-256
    Sm3Digest sha256;
    Sm3Digest label;  // of an issuance, whose `depositor` is the certification system
    Bytes sealed;
} EvidenceEntry;

// Append the canonical JSON. Fails with ERROR_INPUT or ERROR_INTERNAL (memory).
bool entry_encode(const EvidenceEntry *entry, Writer *ret, Error *err) MUST_CHECK;
// Parse one entry; `code` and `sealed` are in the arena. Fails with ERROR_INPUT "entry.malformed"
// or as json.h.
bool entry_parse(Arena *arena, Bytes text, EvidenceEntry *ret, Error *err) MUST_CHECK;

// HMAC-SM3 of the authorization id under the authorization's salt.
Sm3Digest entry_authorization(Bytes salt, const char *authorization_id);

// Judge whether the deposits of one authorization, in log order, are complete and linked:
//   entry_chain.identity, .certificate, .signing   M6, M7 and M8 are there
//   entry_chain.order                              in that order, sequences without a gap
//   entry_chain.links                              each names the one before
//   entry_chain.authorization                      all are of one authorization
// Returns true when no check failed.
// Source: JR/T 0299-2024 8.3 a-c.
bool entry_chain_check(const EvidenceEntry *entries, size_t count, Verdict *verdict);

#endif
