// SPDX-License-Identifier: Apache-2.0
//
// Deflating for archives; apart from the reading, which is also where nothing is written.
#include <zlib.h>

#include "base/codec/zip.h"

enum { WINDOW_BITS = 15, MEMORY_LEVEL = 9 };

bool zip_pack(Arena *arena, ZipEntry *entry, Error *err)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)entry->content.data,
                       .avail_in = (uInt)entry->content.len};
    entry->packed = BYTES_EMPTY;
    if (entry->content.len < 2 || entry->content.len >= UINT32_MAX) {
        return true;
    }
    uint8_t *packed = arena_alloc(arena, entry->content.len - 1);
    if (packed == NULL || deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -WINDOW_BITS,
                                       MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        return error_memory(err);
    }
    stream.next_out = packed;
    stream.avail_out = (uInt)entry->content.len - 1;
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END) {
        entry->packed = bytes_of(packed, entry->content.len - 1 - stream.avail_out);
    }
    (void)deflateEnd(&stream);  // data that did not fit are an error to it, and none here
    return true;
}
