// SPDX-License-Identifier: Apache-2.0
//
// Masking: what of a personal field is shown to whom.
#ifndef ASSENT_DOMAIN_PRIVACY_MASK_H
#define ASSENT_DOMAIN_PRIVACY_MASK_H

#include <stdbool.h>

#include "base/core/bytes.h"
#include "base/core/error.h"

typedef enum {
    MASK_NAME,
    MASK_ID_NUMBER,
    MASK_PHONE,
    MASK_BANK_CARD,
    MASK_ADDRESS,
    MASK_FIELD_COUNT
} MaskField;

// Who looks at the screen.
typedef enum {
    AUDIENCE_SELF,      // the person, authenticated, on the person's own device
    AUDIENCE_OPERATOR,  // staff of the institution
    AUDIENCE_PUBLIC,    // anybody else, for example the verification page
    AUDIENCE_COUNT
} Audience;

// How one field is masked: so many characters stay at each end, the others become '*'. At
// least one character is always hidden, whatever the length.
typedef struct {
    unsigned keep_first;
    unsigned keep_last;
} MaskRule;

// The default rule of a field for an audience.
// Source: JR/T 0171-2020 Annex A; practice for the values.
MaskRule mask_rule(MaskField field, Audience audience);

// Append the masked form of `value` (UTF-8; characters are counted, not bytes). A name of two
// characters keeps the first one only. An address is cut after the district (区, 县, 旗 or 市)
// when it names one. Fails with ERROR_INPUT on invalid UTF-8.
bool mask_value(MaskField field, Audience audience, Bytes value, Writer *ret,
                Error *err) MUST_CHECK;
// mask_value with a rule of the caller's own.
bool mask_with_rule(MaskRule rule, Bytes value, Writer *ret, Error *err) MUST_CHECK;

#endif
