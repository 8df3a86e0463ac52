// SPDX-License-Identifier: Apache-2.0
//
// What is taken is written, taken again, and written the same; what is refused says where.
#include <stdlib.h>

#include "base/core/bytes.h"
#include "wasm/json/jansson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put_part(const char *part, size_t len, void *writer)
{
    writer_put(writer, bytes_of(part, len));
    return 0;
}

// False when the text is refused.
static bool rewrite(Bytes text, Writer *ret)
{
    json_error_t failure = {0};
    json_t *value = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &failure);
    if (value == NULL) {
        if (failure.line < 1 || failure.column < 0 || failure.code == json_error_unknown) {
            abort();
        }
        return false;
    }
    if (json_dump_callback(value, put_part, ret, JSON_COMPACT | JSON_SORT_KEYS) != 0) {
        abort();
    }
    json_decref(value);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(writer_free) Writer first = writer_new(SIZE_MAX / 4);
    CLEANUP(writer_free) Writer second = writer_new(SIZE_MAX / 4);
    if (rewrite(bytes_of(data, size), &first) &&
        (!rewrite(writer_bytes(&first), &second) ||
         !bytes_equal(writer_bytes(&first), writer_bytes(&second)))) {
        abort();
    }
    return 0;
}
