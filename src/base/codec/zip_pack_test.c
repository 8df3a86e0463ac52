// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/zip.h"
#include "base/test/test.h"

enum { LINES = 40 };

// Two files that deflate and one that does not.
typedef struct {
    Arena *arena;
    ZipEntry entries[3];
    Writer archive;
} Packed;

static void packed_open(Packed *packed)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(4096);
    packed->arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (int i = 0; i < LINES; i++) {
        writer_format(&text, "line %d of a text that says the same\n", i);
    }
    packed->entries[0] = (ZipEntry){BYTES_LITERAL("text"),
                                    arena_copy(packed->arena, writer_bytes(&text)), BYTES_EMPTY};
    packed->entries[1] = (ZipEntry){BYTES_LITERAL("short"), BYTES_LITERAL("x"), BYTES_EMPTY};
    packed->entries[2] = (ZipEntry){BYTES_LITERAL("zeros"),
                                    bytes_of(arena_alloc(packed->arena, 3000), 3000), BYTES_EMPTY};
    packed->archive = writer_new(1 << 16);
    for (size_t i = 0; i < COUNT_OF(packed->entries); i++) {
        CHECK_OK(zip_pack(packed->arena, &packed->entries[i], &err));
    }
    CHECK_OK(zip_encode(packed->entries, COUNT_OF(packed->entries), &packed->archive, &err));
}

static void packed_close(Packed *packed)
{
    writer_free(&packed->archive);
    arena_free(packed->arena);
}

static bool reads_same(const Packed *packed, const Zip *zip)
{
    bool same = zip->count == COUNT_OF(packed->entries);
    for (size_t i = 0; same && i < zip->count; i++) {
        same = bytes_equal(zip->entries[i].name, packed->entries[i].name) &&
               bytes_equal(zip->entries[i].content, packed->entries[i].content);
    }
    return same;
}

// Covers: PKWARE APPNOTE 6.3.10 4.4.5.
TEST(deflated_files_are_read_as_they_were_written)
{
    Error err = {0};
    CLEANUP(packed_close) Packed packed = {0};
    Zip zip;
    packed_open(&packed);
    CHECK(packed.entries[0].packed.len > 0 && packed.entries[2].packed.len > 0);
    CHECK_INT(packed.entries[1].packed.len, 0);
    CHECK(packed.archive.len < 600);
    CHECK_OK(zip_parse(packed.arena, writer_bytes(&packed.archive), &zip, &err));
    CHECK(reads_same(&packed, &zip));
    CHECK_BYTES(zip.entries[0].packed, packed.entries[0].packed);
    CHECK_INT(zip.entries[1].packed.len, 0);
}

TEST(unzip_accepts_our_deflated_files)
{
    if (system("command -v unzip >/dev/null") != 0) {
        test_skip("unzip is not installed");
    }
    CLEANUP(packed_close) Packed packed = {0};
    char path[200], command[300];
    packed_open(&packed);
    snprintf(path, sizeof path, "%s/packed.zip", test_directory());
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK_INT(fwrite(packed.archive.data, 1, packed.archive.len, file), packed.archive.len);
    fclose(file);
    snprintf(command, sizeof command, "unzip -tqq %s", path);
    CHECK_INT(system(command), 0);
}

TEST(every_bit_flip_in_deflated_files_is_refused_or_changes_no_content)
{
    CLEANUP(packed_close) Packed packed = {0};
    size_t accepted = 0;
    packed_open(&packed);
    for (size_t bit = 0; bit < 8 * packed.archive.len; bit++) {
        Error err = {0};
        Zip zip;
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        packed.archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (zip_parse(arena, writer_bytes(&packed.archive), &zip, &err)) {
            CHECK(reads_same(&packed, &zip));
            accepted++;
        }
        packed.archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(accepted > 0);  // so a reader who holds to the bytes has to compare them
}

// An archive of one file whose packed bytes are these, said to give `size` bytes.
static bool reads_packed(Bytes packed, Bytes content)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 16);
    Zip zip;
    const ZipEntry entry = {BYTES_LITERAL("a"), content, packed};
    CHECK_OK(zip_encode(&entry, 1, &archive, &err));
    return zip_parse(arena, writer_bytes(&archive), &zip, &err);
}

TEST(a_stream_has_to_give_the_whole_file_and_end_there)
{
    // "aaaa" in one fixed block, and the same cut, followed by a byte, and without its end.
    CHECK(reads_packed(test_hex("4b4c4c4c0400"), BYTES_LITERAL("aaaa")));
    CHECK(!reads_packed(test_hex("4b4c4c4c0400"), BYTES_LITERAL("aaa")));
    CHECK(!reads_packed(test_hex("4b4c4c4c0400"), BYTES_LITERAL("aaaaa")));
    CHECK(!reads_packed(test_hex("4b4c4c4c04"), BYTES_LITERAL("aaaa")));
    CHECK(!reads_packed(test_hex("4b4c4c4c040000"), BYTES_LITERAL("aaaa")));
    CHECK(!reads_packed(test_hex("4a4c4c4c0400"), BYTES_LITERAL("aaaa")));
}

TEST(a_size_that_deflating_cannot_give_is_refused)
{
    CLEANUP(packed_close) Packed packed = {0};
    packed_open(&packed);
    Bytes zeros = bytes_of(arena_alloc(packed.arena, 1033 * 16), 1033 * 16);
    CHECK(!reads_packed(bytes_slice(packed.entries[2].packed, 0, 8), zeros));
}

TEST(what_inflates_to_more_than_the_limit_is_refused)
{
    Error err = {0};
    CLEANUP(packed_close) Packed packed = {0};
    Zip zip;
    packed_open(&packed);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 20);
    const uint32_t claimed = ZIP_MAX_INFLATED + 1;
    const uint8_t size[4] = {(uint8_t)claimed, (uint8_t)(claimed >> 8), (uint8_t)(claimed >> 16),
                             (uint8_t)(claimed >> 24)};
    ZipEntry entry = packed.entries[2];
    entry.packed = bytes_of(arena_alloc(packed.arena, claimed / 1000), claimed / 1000);
    CHECK_OK(zip_encode(&entry, 1, &archive, &err));
    const size_t central = 30 + entry.name.len + entry.packed.len;
    writer_patch(&archive, 22, BYTES_OF_ARRAY(size));
    writer_patch(&archive, central + 24, BYTES_OF_ARRAY(size));
    CHECK_FAILS_WITH(zip_parse(packed.arena, writer_bytes(&archive), &zip, &err), ERROR_LIMIT,
                     "zip.too_large");
}
