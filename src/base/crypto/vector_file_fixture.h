// SPDX-License-Identifier: Apache-2.0
//
// For the tests of base/crypto only: the vector files of testdata/vectors, a line a case.
#ifndef ASSENT_BASE_CRYPTO_VECTOR_FILE_FIXTURE_H
#define ASSENT_BASE_CRYPTO_VECTOR_FILE_FIXTURE_H

#include "base/core/bytes.h"

enum { VECTOR_FIELDS_MAX = 10 };

typedef struct {
    int line;
    size_t count;
    const char *words[VECTOR_FIELDS_MAX];
} Vector;

// The bytes of a field; "-" is empty.
Bytes vector_bytes(const Vector *vector, size_t index);
bool vector_is(const Vector *vector, size_t index, const char *word);
// Call `check` for each case of a file; fails the test unless it has at least `least` cases.
void vector_each(const char *name, int least, void (*check)(const Vector *vector));

// A failed check that says which line it was.
#define CHECK_VECTOR(vector, condition)                                              \
    do {                                                                             \
        if (!(condition)) {                                                          \
            test_fail(__FILE__, __LINE__, "line %d (%s): CHECK(%s)", (vector)->line, \
                      (vector)->words[(vector)->count > 1], #condition);             \
        }                                                                            \
    } while (0)

#endif
