// SPDX-License-Identifier: Apache-2.0
//
// A batch from anywhere is refused as a whole or judged case by case; a case that is not ready says
// why, and one that does not say what to verify is never as expected.
#include <stdlib.h>

#include "program/sm2_batch.h"

enum { FUZZ_ARENA_SIZE = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(FUZZ_ARENA_SIZE);
    CLEANUP(json_cleanup) json_t *root = NULL;
    Sm2CaseDefaults defaults = {.id = SM2_DEFAULT_ID};
    Sm2Batch batch;
    require(arena != NULL);
    if (!json_parse(bytes_of(data, size), &root, &err)) {
        return 0;
    }
    if (!sm2_batch_load(arena, root, &defaults, &batch, &err)) {
        require(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT || err.kind == ERROR_INTERNAL);
        return 0;
    }
    require(batch.count > 0 && batch.count <= SM2_BATCH_MAX_CASES);
    for (size_t i = 0; i < batch.count; i++) {
        const Sm2Case *item = &batch.cases[i];
        Sm2PublicKey key;
        require((item->reason == NULL) == (item->state == CASE_READY));
        require(item->state != CASE_MALFORMED ||
                (!sm2_case_allows(item, true) && !sm2_case_allows(item, false)));
        require(item->state != CASE_READY ||
                sm2_public_key_new(sm2_public_key_bytes(&item->key), &key, &err));
    }
    return 0;
}
