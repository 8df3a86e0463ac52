// SPDX-License-Identifier: Apache-2.0
//
// The entries of a revocation list. Used inside domain/pki.
// Source: RFC 5280 5.1.2.6, 5.3.
#ifndef ASSENT_DOMAIN_PKI_CRL_ENTRY_H
#define ASSENT_DOMAIN_PKI_CRL_ENTRY_H

#include "domain/pki/crl.h"

// What any of the entries has. Add up over all of them.
typedef struct {
    bool has_extensions;
    bool has_issuer;         // certificateIssuer
    bool has_removal;        // removeFromCRL
    Bytes unknown_critical;  // OID of the first critical extension that is not known
} CrlEntryTraits;

// Take one entry; certificate_issuer is set only when this very entry names one. False when it is
// malformed.
bool crl_entry_read(Reader *entries, CrlEntry *ret, CrlEntryTraits *traits);
// Append an entry. The reason unspecified is left out, as RFC 5280 5.3.1 asks.
void crl_entry_put(Writer *ret, const CrlEntry *entry);

#endif
