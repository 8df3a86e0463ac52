// SPDX-License-Identifier: Apache-2.0
//
// Whose key signed a checkpoint, among the certificates at hand.
#ifndef ASSENT_DOMAIN_CASEFILE_EVIDENCE_LOG_KEY_H
#define ASSENT_DOMAIN_CASEFILE_EVIDENCE_LOG_KEY_H

#include "domain/evidence/checkpoint.h"
#include "domain/pki/trust.h"

// True if the checkpoint carries a signature line of this certificate's key under the log's name.
// That it holds is for receipt_check.
bool evidence_log_certificate_fits(const Certificate *certificate, const Checkpoint *checkpoint);
// Find such a certificate in the store; NULL: none.
const Certificate *evidence_log_certificate_find(const TrustStore *trust,
                                                 const Checkpoint *checkpoint);

#endif
