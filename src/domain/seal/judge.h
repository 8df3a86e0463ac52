// SPDX-License-Identifier: Apache-2.0
//
// The parts of a seal's judgement that the judgement of a seal signature runs too.
#ifndef ASSENT_DOMAIN_SEAL_JUDGE_H
#define ASSENT_DOMAIN_SEAL_JUDGE_H

#include "domain/seal/exit.h"
#include "domain/seal/seal_verify.h"

// Report the deviations that a seal's and its maker certificate's bytes show.
void seal_judge_dialects(Judgement *judgement, const Seal *seal);
// Report one accepted deviation.
void judge_dialect(Judgement *judgement, const char *code, const char *sentence);
// Report "seal_signature.dialect_null_parameters" or its like when the certificate names
// SM2-with-SM3 with NULL parameters.
void judge_null_parameters(Judgement *judgement, const char *code, Bytes certificate);

// Exits b to d of 6.3 for a parsed seal at the moment `at`. The maker's certificate is parsed
// already. False when an exit was taken.
bool seal_judge(Judgement *judgement, const Seal *seal, const Certificate *maker,
                const SealPolicy *policy, Time at);
// Report exit d of 6.3, or another like it, and what has expired since.
bool seal_judge_period(Judgement *judgement, const Exit *which, const Seal *seal, Time at);

#endif
