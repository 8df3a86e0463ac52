// SPDX-License-Identifier: Apache-2.0
//
// Which algorithm is not to be relied on from when, as people write it: sm3=2040-01-01T00:00:00Z.
#ifndef ASSENT_PROGRAM_SUNSET_H
#define ASSENT_PROGRAM_SUNSET_H

#include "base/core/arena.h"
#include "domain/evidence/evidence_record.h"

enum { SUNSETS_MAX = 16 };  // in one text

// Parse NAME=TIME; the name is sm2, sm3, sha256 or an OID. Fails with ERROR_INPUT
// "sunset.malformed".
bool sunset_parse(const char *text, AlgorithmSunset *ret, Error *err) MUST_CHECK;
// Parse any number of them with blanks between, up to SUNSETS_MAX; in the arena. Fails the same
// way.
bool sunsets_parse(Arena *arena, const char *text, AlgorithmSunset **ret, size_t *ret_count,
                   Error *err) MUST_CHECK;

#endif
