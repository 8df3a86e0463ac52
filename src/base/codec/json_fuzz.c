// SPDX-License-Identifier: Apache-2.0
//
// What is accepted has one canonical text, which parses to itself; the quick parser reads what
// jansson reads.
#include <stdlib.h>

#include "base/codec/json.h"
#include "base/codec/json_plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(Bytes text)
{
    CLEANUP(json_cleanup) json_t *value = json_plain_parse(text);
    if (value != NULL) {
        CLEANUP(json_cleanup)
        json_t *other = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
        if (!json_equal(value, other)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    compare(bytes_of(data, size));
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
