// SPDX-License-Identifier: Apache-2.0
//
// The judgement of who signed, of whatever kind the signature is. Used inside domain/casefile.
#ifndef ASSENT_DOMAIN_CASEFILE_SIGNER_JUDGING_H
#define ASSENT_DOMAIN_CASEFILE_SIGNER_JUDGING_H

#include "domain/casefile/verification.h"

// A signer at a moment.
typedef struct {
    const Certificate *certificate;
    const TrustStore *trust;
    Time claimed;  // when the signer says that it signed; 0: it does not say
    Time stamped;  // a time stamp or what stands for one shows this; 0: none
} JudgedSigner;

// Judge the chain at the stamped, else the claimed time (path.*), whether there is anything on the
// signer's status (verify.revocation), and, where there is no stamp, whether the certificate still
// is in force (verify.claimed_time). Takes the time into the facts.
void signer_judge(const JudgedSigner *signer, const VerificationPolicy *policy, Verdict *verdict,
                  FileFacts *facts);

#endif
