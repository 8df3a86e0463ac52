// SPDX-License-Identifier: Apache-2.0
//
// Time stamps of whoever made them. Used inside domain/casefile.
#ifndef ASSENT_DOMAIN_CASEFILE_STAMP_JUDGING_H
#define ASSENT_DOMAIN_CASEFILE_STAMP_JUDGING_H

#include "domain/casefile/verification.h"
#include "domain/pki/timestamp.h"

// Judge the time stamp on the signature of a message, if there is one, as verify.stamp. Returns its
// time when it holds, else 0. Nothing protects that there is one: a stamp that cannot be relied on
// is told and not used, but one that is for something else was put there and fails. Source: RFC
// 3161 appendix A.
Time signature_stamp_judge(const SignedData *message, const TrustStore *trust,
                           const VerificationPolicy *policy, Verdict *verdict);

// Judge a token or a response by itself, over the original where it is given.
void stamp_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                 FileFacts *facts);

// True if a token is of a time that is not yet, by more than clocks differ.
bool stamp_is_to_come(const TimestampToken *token, const VerificationPolicy *policy);
// Add timestamp.moment, UNKNOWN, when a token is of a time that is not yet.
void stamp_judge_moment(const TimestampToken *token, const VerificationPolicy *policy,
                        Verdict *verdict);

#endif
