// SPDX-License-Identifier: Apache-2.0
//
// Many signatures in one JSON file: what `assent sm2 verify --batch` reads.
#ifndef ASSENT_PROGRAM_SM2_BATCH_H
#define ASSENT_PROGRAM_SM2_BATCH_H

#include "base/codec/json.h"
#include "base/crypto/sm2.h"
#include "program/sm_keys.h"

enum { SM2_BATCH_MAX_CASES = 100000, SM2_BATCH_MAX_SIZE = 64 * 1024 * 1024 };

typedef enum {
    CASE_READY,      // key, e and signature are there to be verified
    CASE_INVALID,    // the key or the signature is none, so nothing can be valid
    CASE_MALFORMED,  // the case does not say what is to be verified
} Sm2CaseState;

typedef enum {
    EXPECTED_NOTHING,  // of a case that does not say: valid
    EXPECTED_VALID,
    EXPECTED_INVALID,
    EXPECTED_EITHER,
} Sm2CaseExpectation;

typedef struct {
    const json_t *source;  // borrowed
    Sm2CaseState state;
    Sm2CaseExpectation expected;
    const char *reason;  // why it is not CASE_READY; in the arena
    Sm2PublicKey key;
    Sm3Digest e;
    Sm2Signature signature;
} Sm2Case;

// What holds for cases that do not say otherwise.
typedef struct {
    Bytes id;
    bool has_no_z;
    SmSignatureForm form;
} Sm2CaseDefaults;

typedef struct {
    Sm2Case *cases;
    size_t count;
} Sm2Batch;

// Read [case...], {"cases": [case...]} or {"testGroups": [{..., "tests": [case...]}...]}, in which
// a case takes from its group what it lacks. A key is a text, or an object with "uncompressed" or
// with "wx" and "wy"; fields that say nothing about validity ("flags", "comment") are passed over.
// What is wrong with one case is its state. The batch lives in the arena and borrows the JSON.
// Fails with ERROR_INPUT "file.batch" when it is none of these or has no case, ERROR_LIMIT
// "file.batch" when there are too many cases.
bool sm2_batch_load(Arena *arena, const json_t *root, const Sm2CaseDefaults *defaults,
                    Sm2Batch *ret, Error *err) MUST_CHECK;

// True for a verdict that the case allows.
bool sm2_case_allows(const Sm2Case *item, bool is_valid);

#endif
