// SPDX-License-Identifier: Apache-2.0
//
// Signatures of other algorithms than SM2 with SM3 in SignedData, to judge what others made.
// Used by signed_data_verify.
#ifndef ASSENT_DOMAIN_PKI_SIGNED_DATA_FOREIGN_H
#define ASSENT_DOMAIN_PKI_SIGNED_DATA_FOREIGN_H

#include "domain/pki/signed_data.h"

// Verify the signature of a message that is_foreign: over its attributes (signed_attributes_put),
// or over the content where there are none. Who signed, the message digest and the other
// attributes are checked already.
// Fails with ERROR_UNTRUSTED "signed_data.signature", ERROR_INPUT "signed_data.algorithm" when the
// algorithm is not judged here.
bool signed_data_foreign_verify(const SignedData *signed_data, const Certificate *signer,
                                Bytes content, Error *err) MUST_CHECK;

#endif
