// SPDX-License-Identifier: Apache-2.0
//
// The signature on a certificate, a request, a revocation list or an OCSP response. SM2 with SM3 is
// ours; others are read only where a function says so, to judge what others show.
#ifndef ASSENT_DOMAIN_PKI_OBJECT_SIGNATURE_H
#define ASSENT_DOMAIN_PKI_OBJECT_SIGNATURE_H

#include "base/crypto/sm2.h"

// Views borrow the DER that the object was parsed from.
typedef struct {
    Bytes algorithm;   // whole AlgorithmIdentifier
    Bytes value;       // octets of the BIT STRING
    bool is_foreign;   // not SM2 with SM3
    Sm2Signature sm2;  // unless it is foreign
} ObjectSignature;

#endif
