// SPDX-License-Identifier: Apache-2.0
//
// What the module exports. An instance judges one file and is thrown away with its memory, so that
// nothing of one file can be there for the next; verifier.mjs does so.
//
//     verifier_room(size)          memory for a request (request.h), 0 when there is none
//     verifier_judge(request, len) where the answer lies, 0 when there was no memory for it
//     verifier_len()               the length of the answer
//     verifier_word(sort, name)    the Chinese word for what stands in an answer (words.h), 0 when
//                                  there is none; both are texts that end with a zero
#include <stdlib.h>

#include "wasm/verifier/request.h"
#include "wasm/verifier/words.h"

#define EXPORT __attribute__((visibility("default")))

static Writer answer;

EXPORT uint8_t *verifier_room(size_t size);
EXPORT const uint8_t *verifier_judge(const uint8_t *request, size_t len);
EXPORT size_t verifier_len(void);

uint8_t *verifier_room(size_t size)
{
    return malloc(size);
}

const uint8_t *verifier_judge(const uint8_t *request, size_t len)
{
    writer_free(&answer);
    answer = writer_new(JUDGEMENT_ARENA_SIZE);
    return verifier_answer(bytes_of(request, len), &answer, NULL) ? answer.data : NULL;
}

size_t verifier_len(void)
{
    return answer.len;
}
