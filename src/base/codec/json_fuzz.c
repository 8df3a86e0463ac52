// SPDX-License-Identifier: Apache-2.0
//
// What is accepted has one canonical text, which parses to itself.
#include <stdlib.h>

#include "base/codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(json_cleanup) json_t *first = NULL;
    CLEANUP(json_cleanup) json_t *second = NULL;
    CLEANUP(writer_free) Writer once = writer_new(SIZE_MAX / 2);
    CLEANUP(writer_free) Writer twice = writer_new(SIZE_MAX / 2);
    Error err;
    if (!json_parse(bytes_of(data, size), &first, &err)) {
        return 0;
    }
    if (!json_write(first, &once, &err) || !json_parse(writer_bytes(&once), &second, &err) ||
        !json_write(second, &twice, &err) ||
        !bytes_equal(writer_bytes(&once), writer_bytes(&twice))) {
        abort();
    }
    return 0;
}
