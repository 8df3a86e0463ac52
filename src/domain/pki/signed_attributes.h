// SPDX-License-Identifier: Apache-2.0
//
// The signed attributes of a signer. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_SIGNED_ATTRIBUTES_H
#define ASSENT_DOMAIN_PKI_SIGNED_ATTRIBUTES_H

#include "base/codec/der.h"
#include "domain/pki/signed_data.h"

enum { SIGNED_ATTRIBUTES_MAX_COUNT = 64 };

// Read them from the whole element ([0], or SET OF) into the fields that keep them; those that are
// not known are passed over. False unless contentType and messageDigest are there, each attribute
// at most once where it is known. Source: RFC 5652 5.3.
bool signed_attributes_read(SignedData *ret, DerElement element) MUST_CHECK;

// Append the DER of the SET OF that was signed, from the element as received: with its order, or
// sorted as DER asks. Sets writer->failed when there are more than the most to be sorted.
void signed_attributes_put(Bytes element, bool is_sorted, Writer *ret);

#endif
