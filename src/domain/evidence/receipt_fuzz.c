// SPDX-License-Identifier: Apache-2.0
//
// A receipt that parses is written back byte for byte; so is the checkpoint in it.
#include <stdlib.h>

#include "domain/evidence/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(2 * RECEIPT_MAX_BYTES);
    Receipt receipt;
    Error err;
    if (arena == NULL || !receipt_parse(arena, bytes_of(data, size), &receipt, &err)) {
        return 0;
    }
    if (!receipt_encode(&receipt, &again, &err) ||
        !bytes_equal(writer_bytes(&again), bytes_of(data, size))) {
        abort();
    }
    const ReceiptTrust nobody = {.log_key = NULL};
    if (receipt_verify(&receipt, &nobody, &err)) {
        abort();
    }
    return 0;
}
