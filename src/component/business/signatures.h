// SPDX-License-Identifier: Apache-2.0
//
// Signatures: who signed what among the steps of the mechanism.
#ifndef ASSENT_COMPONENT_BUSINESS_SIGNATURES_H
#define ASSENT_COMPONENT_BUSINESS_SIGNATURES_H

#include "component/business/work.h"

// Add "signatures" to a reply: [{"step": "M6", "signer", "at", "digest", "index"?}], those of the
// steps that have been made. signer is a certificate's name or the log's, "" for the person.
bool signatures_put(Work *work, json_t *reply, Error *err) MUST_CHECK;

#endif
