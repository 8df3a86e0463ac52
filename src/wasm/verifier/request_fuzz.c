// SPDX-License-Identifier: Apache-2.0
//
// Whatever a page hands over gets an answer, and without trust never a valid one.
#include <stdlib.h>

#include "wasm/verifier/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer answer = writer_new(JUDGEMENT_ARENA_SIZE);
    JudgementRequest request = {.name = NULL};
    Error err = {0};
    size_t at;
    bool is_request =
        arena != NULL && verifier_request_parse(arena, bytes_of(data, size), &request, &err);
    if (!verifier_answer(bytes_of(data, size), &answer, &err) || answer.len == 0) {
        abort();
    }
    bool is_valid = bytes_find(writer_bytes(&answer), BYTES_LITERAL("\"exit_code\":0,"), 0, &at);
    if (is_valid && (!is_request || request.trust_count == 0)) {
        abort();
    }
    return 0;
}
