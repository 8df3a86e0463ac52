// SPDX-License-Identifier: Apache-2.0
//
// How often one network address may ask for what costs something: a bucket of tokens for each
// address that is refilled at a steady rate. Of IPv6 the first 64 bits count, which is what one
// subscriber has. Memory is fixed: when the table is full the address that is owed least is
// forgotten.
#ifndef ASSENT_BASE_NET_ADDRESS_LIMIT_H
#define ASSENT_BASE_NET_ADDRESS_LIMIT_H

#include <stdint.h>

#include "base/core/error.h"
#include "base/core/time.h"

typedef struct AddressLimit AddressLimit;

// `per_second` requests in the long run, `burst` at once (both 1 to 1000000). Fails with
// ERROR_INPUT "address_limit.rate".
bool address_limit_new(uint32_t per_second, uint32_t burst, AddressLimit **ret,
                       Error *err) MUST_CHECK;
// NULL is harmless.
void address_limit_free(AddressLimit *limit);
// Count one request at `now` (monotonic). Thread-safe. What is not a numeric address ("", NULL)
// shares one bucket. Fails with ERROR_LIMIT "address_limit.exceeded"; answer it with status 429.
bool address_limit_take(AddressLimit *limit, const char *address, Time now, Error *err) MUST_CHECK;

#endif
