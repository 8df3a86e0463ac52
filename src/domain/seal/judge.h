// SPDX-License-Identifier: Apache-2.0
//
// The parts of a seal's judgement that the judgement of a seal signature runs too.
#ifndef ASSENT_DOMAIN_SEAL_JUDGE_H
#define ASSENT_DOMAIN_SEAL_JUDGE_H

#include "domain/pki/timestamp.h"
#include "domain/seal/exit.h"
#include "domain/seal/seal_verify.h"

// Report the deviations that a seal's and its maker certificate's bytes show.
void seal_judge_dialects(Judgement *judgement, const Seal *seal);

// Exits b to d of 6.3 for a parsed seal at the moment `at`. The maker's certificate is parsed
// already. False when an exit was taken.
bool seal_judge(Judgement *judgement, const Seal *seal, const Certificate *maker,
                const SealPolicy *policy, Time at);
// A time stamp on a signature value.
typedef struct {
    Bytes der;
    Bytes value;  // octets of the signature value, as received
    const SealPolicy *policy;
} SealStamp;

// Read a stamp and add its checks to `checks`. Fails with ERROR_INPUT when it cannot be read.
bool seal_stamp_check(const SealStamp *stamp, TimestampToken *ret, Verdict *checks,
                      Error *err) MUST_CHECK;

// Whether the seal lists a signer's certificate.
typedef struct {
    const Seal *seal;
    const Certificate *certificate;
    bool accept_z;
} SealListed;

// Report exit c of 7.3, or the like of 7.2 a.
bool seal_judge_listing(Judgement *judgement, const Exit *which, const SealListed *listed);
// Report exit d of 6.3, or another like it, and what has expired since.
bool seal_judge_period(Judgement *judgement, const Exit *which, const Seal *seal, Time at);

#endif
