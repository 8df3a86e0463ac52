// SPDX-License-Identifier: Apache-2.0
//
// Whatever DER reads, it reads the same again from its own encoding.
#include <stdlib.h>

#include "base/codec/der.h"

static void walk(Reader *reader, int depth)
{
    while (!reader->failed && reader->rest.len > 0) {
        DerElement element = der_any(reader);
        if (reader->failed) {
            return;
        }
        CLEANUP(writer_free) Writer writer = writer_new(element.whole.len);
        der_put(&writer, element.tag, element.content);
        if (!bytes_equal(writer_bytes(&writer), element.whole)) {
            abort();
        }
        if ((element.tag & 0x20) != 0 && depth < 32) {
            Reader inner = reader_of(element.content);
            walk(&inner, depth + 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader reader = reader_of(bytes_of(data, size));
    walk(&reader, 0);
    return 0;
}
