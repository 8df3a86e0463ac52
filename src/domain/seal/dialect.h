// SPDX-License-Identifier: Apache-2.0
//
// How deviations that were met and accepted are told: each INFORMED, with a code of its own.
#ifndef ASSENT_DOMAIN_SEAL_DIALECT_H
#define ASSENT_DOMAIN_SEAL_DIALECT_H

#include "domain/seal/exit.h"
#include "domain/seal/seal.h"

// Report the SealDialect bits of a seal, or of a seal signature outside its seal, as
// "seal.dialect_..." or "seal_signature.dialect_...".
void dialects_report(Judgement *judgement, unsigned dialects, bool is_signature);

// Report `code` ("seal_signature.dialect_null_parameters" or its like) when the certificate names
// SM2-with-SM3 with NULL parameters.
void dialect_report_null_parameters(Judgement *judgement, const char *code, Bytes certificate);

#endif
