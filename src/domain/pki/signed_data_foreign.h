// SPDX-License-Identifier: Apache-2.0
//
// Signatures of other algorithms than SM2 with SM3 in SignedData, to judge what others made.
// Used by signed_data_verify.
#ifndef ASSENT_DOMAIN_PKI_SIGNED_DATA_FOREIGN_H
#define ASSENT_DOMAIN_PKI_SIGNED_DATA_FOREIGN_H

#include "domain/pki/signed_data.h"

// True if the digest that is claimed is that of the content by an algorithm (OID), any that is
// known. Fails with ERROR_UNTRUSTED "signed_data.digest", ERROR_UNAVAILABLE
// "signed_data.unsupported".
bool signed_data_foreign_digest_is(Bytes algorithm, Bytes content, Bytes claimed,
                                   Error *err) MUST_CHECK;

// Verify the signature of a message that is_foreign: over its attributes (signed_attributes_put),
// or over the content where there are none. Who signed, the message digest and the other
// attributes are checked already.
// Fails with ERROR_UNTRUSTED "signed_data.signature"; ERROR_UNAVAILABLE when that decides nothing:
// "signed_data.unsupported" (algorithm or key), "signed_data.weak_algorithm" (it holds over SHA-1
// or MD5).
bool signed_data_foreign_verify(const SignedData *signed_data, const Certificate *signer,
                                Bytes content, Error *err) MUST_CHECK;

#endif
