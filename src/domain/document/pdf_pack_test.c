// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_pack.h"

#include <string.h>

#include <zlib.h>

#include "base/test/test.h"

enum { CONTENT_MAX = 70000 };

// Contents from one byte repeated to noise, of lengths around zlib's blocks and windows.
TEST(what_is_packed_inflates_to_itself_within_the_bound)
{
    static const size_t lengths[] = {0, 1, 2, 255, 4096, 32768, 65535, 65536, CONTENT_MAX};
    static const PdfPacking packings[] = {PDF_PACK_TEXT, PDF_PACK_OUTLINES, PDF_PACK_PICTURE};
    static uint8_t content[CONTENT_MAX], back[CONTENT_MAX];
    for (size_t kind = 0; kind < 2; kind++) {
        uint32_t state = 1;
        for (size_t i = 0; i < CONTENT_MAX; i++) {
            state = state * 1664525 + 1013904223;
            content[i] = kind == 0 ? 'a' : (uint8_t)(state >> 24);
        }
        for (size_t i = 0; i < COUNT_OF(lengths) * COUNT_OF(packings); i++) {
            Error err = {0};
            Bytes bytes = bytes_of(content, lengths[i % COUNT_OF(lengths)]);
            PdfPacking packing = packings[i / COUNT_OF(lengths)];
            CLEANUP(writer_free) Writer packed = writer_new(pdf_pack_bound(bytes));
            CLEANUP(writer_free) Writer again = writer_new(pdf_pack_bound(bytes));
            CHECK_OK(pdf_pack(bytes, packing, &packed, &err));
            CHECK_OK(pdf_pack(bytes, packing, &again, &err));
            CHECK_BYTES(writer_bytes(&packed), writer_bytes(&again));
            uLongf len = sizeof back;
            CHECK_INT(uncompress(back, &len, packed.data, packed.len), Z_OK);
            CHECK_BYTES(bytes_of(back, len), bytes);
        }
    }
}
