// SPDX-License-Identifier: Apache-2.0
#include "wasm/verifier/words.h"

#include <string.h>

#include "domain/casefile/verification.h"

static const char *outcome_word(const char *name)
{
    for (CheckOutcome outcome = CHECK_PASSED; outcome <= CHECK_FAILED; outcome++) {
        if (strcmp(check_outcome_name(outcome), name) == 0) {
            return check_outcome_chinese(outcome);
        }
    }
    return NULL;
}

static const char *area_word(const char *name)
{
    for (VerdictArea area = AREA_FORMAT; area <= AREA_POLICY; area++) {
        if (strcmp(verdict_area_name(area), name) == 0) {
            return verdict_area_chinese(area);
        }
    }
    return NULL;
}

static const char *kind_word(const char *name)
{
    for (FileKind kind = FILE_UNKNOWN; kind <= FILE_STATEMENT; kind++) {
        if (strcmp(file_kind_name(kind), name) == 0) {
            return file_kind_chinese(kind);
        }
    }
    return NULL;
}

const char *verifier_word(WordSort sort, const char *name)
{
    switch (sort) {
    case WORD_CHECK:
        return verdict_chinese(&(VerdictCheck){.code = name});
    case WORD_OUTCOME:
        return outcome_word(name);
    case WORD_AREA:
        return area_word(name);
    case WORD_KIND:
        return kind_word(name);
    default:
        return NULL;
    }
}
