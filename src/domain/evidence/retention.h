// SPDX-License-Identifier: Apache-2.0
//
// Retention: how long the payloads of an authorization have to be kept, counted from its last
// deposit. The log and its digests stay for ever.
#ifndef ASSENT_DOMAIN_EVIDENCE_RETENTION_H
#define ASSENT_DOMAIN_EVIDENCE_RETENTION_H

#include <stdbool.h>

#include "base/core/time.h"

typedef enum {
    RETENTION_STANDARD,   // 10 years. Source: Anti-Money Laundering Law 34.
    RETENTION_REFUSED,    // 5 years: an application that came to nothing
    RETENTION_EXTENDED,   // 20 years, the outer limit of civil claims. Source: Civil Code 188.
    RETENTION_PERMANENT,  // until the class is changed
    RETENTION_CLASS_COUNT
} RetentionClass;

const char *retention_class_name(RetentionClass class);  // "standard"
// Find a class by its name; false when there is none.
bool retention_class_find(const char *name, RetentionClass *ret);
// The first moment at which what was deposited last at `last` may go; TIME_MAX for ever.
Time retention_until(RetentionClass class, Time last);

#endif
