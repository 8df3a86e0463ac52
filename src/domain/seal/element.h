// SPDX-License-Identifier: Apache-2.0
//
// The elements that seals and seal signatures share: extension data, signature values, texts.
#ifndef ASSENT_DOMAIN_SEAL_ELEMENT_H
#define ASSENT_DOMAIN_SEAL_ELEMENT_H

#include <stdbool.h>

#include "base/core/bytes.h"
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

// Read a BIT STRING with the DER of one SM2 signature; sets reader->failed. Returns the DER.
Bytes signature_value_read(Reader *reader, Sm2Signature *ret);

// Read an OBJECT IDENTIFIER that has to be SM2-with-SM3; sets reader->failed.
void signature_algorithm_read(Reader *reader);

// True for printable ASCII only, the part of IA5String that is accepted.
bool text_is_printable_ascii(Bytes text);
// True for well-formed UTF-8 without overlong forms, surrogates and control characters.
bool text_is_utf8(Bytes text);

#endif
