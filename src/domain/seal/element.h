// SPDX-License-Identifier: Apache-2.0
//
// The elements that seals and seal signatures share, in the shapes that products write. What is not
// the standard's shape is taken and noted as a dialect (SealDialect bits in *dialects); each sets
// reader->failed when the element is none of the shapes.
#ifndef ASSENT_DOMAIN_SEAL_ELEMENT_H
#define ASSENT_DOMAIN_SEAL_ELEMENT_H

#include <stdbool.h>

#include "base/core/bytes.h"
#include "base/core/time.h"
#include "base/crypto/sm2.h"

// What the extensions of one object said.
typedef struct {
    Bytes content;  // of the SEQUENCE OF ExtData
    bool has_critical;
    unsigned dialects;  // SealDialect bits that were met
} ExtensionData;

// Read one SEQUENCE OF ExtData and set reader->failed when it is malformed.
// Source: GB/T 38540-2020 6.1.
void extension_data_read(Reader *reader, ExtensionData *ret);
// The same in [0], EXPLICIT as the standard has it or IMPLICIT.
void extension_data_read_tagged(Reader *reader, ExtensionData *ret);

// Read a text of the given type or of another string type.
Bytes text_read(Reader *reader, uint8_t tag, unsigned *dialects);
// Read UTCTime or GeneralizedTime, of which `tag` is the standard's; fractions and offsets are
// dialects.
Time moment_read(Reader *reader, uint8_t tag, unsigned *dialects);
// Read a certificate in an OCTET STRING, in a BIT STRING or bare: its DER.
Bytes certificate_octets_read(Reader *reader, unsigned *dialects);
// Read the octets of a digest: a BIT STRING, or an OCTET STRING.
Bytes digest_octets_read(Reader *reader, unsigned *dialects);

// Read a BIT STRING with the DER of one SM2 signature, or what is written for it. Returns the
// octets of the value as received.
Bytes signature_value_read(Reader *reader, Sm2Signature *ret, unsigned *dialects);
// Read the OBJECT IDENTIFIER of SM2-with-SM3, or what is written for it. Another algorithm's is
// given back, and nothing fails; empty otherwise.
Bytes signature_algorithm_read(Reader *reader, unsigned *dialects);
// Read a time stamp in [0] and a BIT STRING, or in what is written for them. Empty, and nothing
// fails, when nothing is left.
Bytes stamp_read(Reader *reader, unsigned *dialects);

// True for printable ASCII only, the part of IA5String that is meant.
bool text_is_printable_ascii(Bytes text);
// True for well-formed UTF-8 without overlong forms, surrogates and control characters.
bool text_is_utf8(Bytes text);

#endif
