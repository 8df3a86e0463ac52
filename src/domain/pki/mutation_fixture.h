// SPDX-License-Identifier: Apache-2.0
//
// Hostile variations of an encoded object, for tests. Each variation stands in a buffer of its
// exact size, so that a sanitizer sees any read past its end.
#ifndef ASSENT_DOMAIN_PKI_MUTATION_FIXTURE_H
#define ASSENT_DOMAIN_PKI_MUTATION_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "base/core/bytes.h"

typedef bool AcceptFunction(Bytes bytes, const void *context);

static inline bool mutation_accepts(Bytes original, size_t len, size_t flipped_bit,
                                    AcceptFunction *accepts, const void *context)
{
    uint8_t *copy = malloc(len + (len == 0 ? 1 : 0));
    if (copy == NULL) {
        abort();
    }
    if (len > 0) {
        memcpy(copy, original.data, len);
    }
    if (flipped_bit != SIZE_MAX) {
        copy[flipped_bit / 8] = (uint8_t)(copy[flipped_bit / 8] ^ 1u << flipped_bit % 8);
    }
    bool accepted = accepts(bytes_of(copy, len), context);
    free(copy);
    return accepted;
}

// How many proper prefixes are accepted.
static inline size_t mutation_truncations(Bytes original, AcceptFunction *accepts,
                                          const void *context)
{
    size_t accepted = 0;
    for (size_t len = 0; len < original.len; len++) {
        accepted += mutation_accepts(original, len, SIZE_MAX, accepts, context) ? 1 : 0;
    }
    return accepted;
}

// How many copies with one flipped bit are accepted; every `step`-th bit is tried.
static inline size_t mutation_bit_flips(Bytes original, size_t step, AcceptFunction *accepts,
                                        const void *context)
{
    size_t accepted = 0;
    for (size_t bit = 0; bit < original.len * 8; bit += step) {
        accepted += mutation_accepts(original, original.len, bit, accepts, context) ? 1 : 0;
    }
    return accepted;
}

#endif
