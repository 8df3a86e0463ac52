// SPDX-License-Identifier: Apache-2.0
//
// Within the store module: the table of given answers.
#ifndef ASSENT_BASE_STORE_IDEMPOTENCY_SCHEMA_H
#define ASSENT_BASE_STORE_IDEMPOTENCY_SCHEMA_H

extern const char idempotency_schema[];

#endif
