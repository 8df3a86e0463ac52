// SPDX-License-Identifier: Apache-2.0
//
// The Chinese words for what stands in an answer, from the tables of `assent verify`.
#ifndef ASSENT_WASM_VERIFIER_WORDS_H
#define ASSENT_WASM_VERIFIER_WORDS_H

#include "base/core/bytes.h"

typedef enum {
    WORD_CHECK,    // "path.anchor": the question that the check answers
    WORD_OUTCOME,  // "passed"
    WORD_AREA,     // "cryptography"
    WORD_KIND,     // "seal_signature"
} WordSort;

// The word for a code or name; NULL for one that is not known.
__attribute__((visibility("default"))) const char *verifier_word(WordSort sort, const char *name);

#endif
