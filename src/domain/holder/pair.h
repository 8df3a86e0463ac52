// SPDX-License-Identifier: Apache-2.0
//
// What a terminal owes the person whose pair of certificates arrives: that the signing certificate
// is the one of its key, that the companion is the same person's and for encryption only, and that
// the key that came along is the companion's.
#ifndef ASSENT_DOMAIN_HOLDER_PAIR_H
#define ASSENT_DOMAIN_HOLDER_PAIR_H

#include "domain/pki/csr_response.h"

// Views borrow the response.
typedef struct {
    Certificate sign, encryption;
    EnvelopedKey enveloped_key;  // whose public key is the companion's
} HolderPair;

// Check a CSRResponse for the person's signing key. Fails with ERROR_UNTRUSTED
// "terminal.other_certificate" (not for this key), "terminal.other_pair" (the companion is another
// subject's or issuer's, may sign, or the key is not its own), ERROR_INPUT "terminal.no_pair", or
// as csr_response_parse does. Source: GM/T 0015-2012 annex C; GM/T 0092-2020 8.
bool holder_pair_check(Bytes response, const Sm2PublicKey *signing_key, HolderPair *ret,
                       Error *err) MUST_CHECK;
// Open the companion's private key with the signing key, where that can decrypt; a token does it
// inside. The caller frees *ret. Fails as enveloped_key_open does.
bool holder_pair_open(const HolderPair *pair, const Signer *signing_key, Sm2PrivateKey **ret,
                      Error *err) MUST_CHECK;

#endif
