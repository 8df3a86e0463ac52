// SPDX-License-Identifier: Apache-2.0
//
// Distinguished names (X.501 RDNSequence). A name is the view of a whole DER element, so that it
// can be copied into what is issued without change.
#ifndef ASSENT_DOMAIN_PKI_NAME_H
#define ASSENT_DOMAIN_PKI_NAME_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { NAME_MAX_ATTRIBUTES = 32 };

// One attribute to write: COUNTRY, SERIAL_NUMBER as PrintableString, EMAIL as IA5String, all
// else as UTF8String.
typedef struct {
    Bytes oid;         // OID_COMMON_NAME ...
    const char *text;  // UTF-8
} NameAttribute;

// Append a Name, one attribute per RDN in the given order (C first, CN last).
// Source: GM/T 0015-2012 annex B.
void name_encode(const NameAttribute *attributes, size_t count, Writer *ret);
// name_encode into the arena. Fails with ERROR_LIMIT when the arena is exhausted.
bool name_build(Arena *arena, const NameAttribute *attributes, size_t count, Bytes *ret,
                Error *err) MUST_CHECK;

// True if `name` is a well-formed Name of at most NAME_MAX_ATTRIBUTES attributes.
bool name_is_valid(Bytes name);
// True if both names have the same attributes in the same order; the string type of a value
// (PrintableString, UTF8String) does not matter, its characters do.
bool name_equal(Bytes a, Bytes b);
// The same for names that chain certificates, where spaces at the edges of a text do not matter
// either, nor how many there are between words, nor the case of ASCII letters.
// Source: RFC 5280 7.1.
bool name_matches(Bytes a, Bytes b);
// name_matches of two names that may each go on below their Name: `relative` is the content of one
// RelativeDistinguishedName, or empty. Source: RFC 5280 4.2.1.13.
bool name_matches_joined(Bytes a, Bytes a_relative, Bytes b, Bytes b_relative);
// True if `name` begins with names that match all of `base`: it lies in that subtree.
bool name_is_within(Bytes name, Bytes base);
// The value of the first attribute with this OID, borrowed. False if there is none or it is no
// UTF-8 compatible string.
bool name_find(Bytes name, Bytes oid, Bytes *ret);
// name_find of the common name as arena text; "" when there is none. NULL on exhaustion.
const char *name_common_name(Arena *arena, Bytes name) MUST_CHECK;
// Append RFC 4514 text, last RDN first: "CN=...,O=...,C=CN".
void name_to_text(Bytes name, Writer *ret);

#endif
