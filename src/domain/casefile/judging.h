// SPDX-License-Identifier: Apache-2.0
//
// What the judgements of this module share.
#ifndef ASSENT_DOMAIN_CASEFILE_JUDGING_H
#define ASSENT_DOMAIN_CASEFILE_JUDGING_H

#include "domain/casefile/verification.h"
#include "domain/evidence/receipt.h"

// True when nothing that was added after `before` (NULL: anything) failed or is unknown.
bool verdict_passed_since(const Verdict *verdict, const VerdictCheck *before);
// Add verify.format, or verify.unsupported (UNKNOWN) when the error says that the thing is well
// formed but not of a kind that is judged here, or larger than what is read here.
void add_format_failure(Verdict *verdict, const Error *err);
// The same, naming the algorithm whose identifier stands in `content`.
void add_parse_failure(Verdict *verdict, Bytes content, const Error *err);
// Printable text of bytes in the verdict's arena; `otherwise` when there is none.
const char *text_of_bytes(Verdict *verdict, Bytes bytes, const char *otherwise);
// The common name in a Name, without control characters; NULL on exhaustion.
const char *text_of_name(Verdict *verdict, Bytes name);
// Take the names and the serial number of a signer's certificate.
void facts_take_signer(FileFacts *facts, const Certificate *signer, Verdict *verdict);

// The name of a message's type by its OID ("EnvelopedData of GM/T 0010"); NULL when it is none.
const char *message_type_name(Bytes oid);
// Report the SignedDataDeviation bits of a message, each INFORMED as "verify.dialect_...", but for
// a set of digests that lacks the signer's: "verify.digest_set", UNKNOWN.
void message_deviations_report(Verdict *verdict, unsigned deviations);
// What is known of a signature message from outside of it.
typedef struct {
    Bytes detached;  // its content, when it has none inside; data are NULL when that was not given
    Time claimed;    // when it says that it was signed, where the message does not; 0: nothing
    Time proven;     // it is known to be older than this; 0: nothing is known
} BesideMessage;

// Judge a signature message of either dialect and any algorithms, each of its signers apart.
void signed_data_judge(Bytes der, const BesideMessage *beside, const VerificationPolicy *policy,
                       Verdict *verdict, FileFacts *facts);

// Judge an OCSP response: who signed it, for when, and what it says.
void ocsp_response_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                         FileFacts *facts);

// Judge an evidence record by itself, over policy->original.
void evidence_record_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                           FileFacts *facts);
// Judge the renewals of a receipt's time stamp, if it has any; *ret_time as receipt_renewal_check.
void receipt_renewal_judge(const Receipt *receipt, const VerificationPolicy *policy, Time *ret_time,
                           Verdict *verdict);
// The time as of which a file is judged: that of the first stamp of its evidence record when that
// holds, else policy->at; adds verify.record or verify.algorithm where there is something to say.
Time long_life_judge(Bytes content, FileKind kind, const VerificationPolicy *policy,
                     Verdict *verdict);

// Judge a fork proof: that the two checkpoints contradict each other, and whose key signed them.
void fork_proof_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                      FileFacts *facts);

#endif
