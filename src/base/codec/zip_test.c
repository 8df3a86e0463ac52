// SPDX-License-Identifier: Apache-2.0
#include "base/codec/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"

// Offsets in an archive of one entry "a" with one byte of content: the local header, the
// directory, the end record.
enum { LOCAL = 0, CENTRAL = 32, END = 79, TINY_SIZE = 101 };

// BYTES_LITERAL for static data.
#define LITERAL(text)                             \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const ZipEntry three[] = {
    {LITERAL("00_index.txt"), LITERAL("index"), {NULL, 0}},
    {LITERAL("02_agreement/\xe6\x8e\x88\xe6\x9d\x83.pdf"), LITERAL("%PDF\0\xff"), {NULL, 0}},
    {LITERAL("empty"), LITERAL(""), {NULL, 0}},
};

static Arena *arena_big(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK(arena != NULL);
    return arena;
}

static Writer encoded(const ZipEntry *entries, size_t count)
{
    Error err = {0};
    Writer writer = writer_new(1 << 20);
    CHECK_OK(zip_encode(entries, count, &writer, &err));
    return writer;
}

static Writer encoded_tiny(void)
{
    Writer writer = encoded(&(ZipEntry){BYTES_LITERAL("a"), BYTES_LITERAL("x"), BYTES_EMPTY}, 1);
    CHECK_INT(writer.len, TINY_SIZE);
    return writer;
}

static void check_same(const Zip *zip, const ZipEntry *entries, size_t count)
{
    CHECK_INT(zip->count, count);
    for (size_t i = 0; i < count; i++) {
        CHECK_BYTES(zip->entries[i].name, entries[i].name);
        CHECK_BYTES(zip->entries[i].content, entries[i].content);
    }
}

// Covers: PKWARE APPNOTE 6.3.10 4.3.
TEST(an_archive_is_read_as_it_was_written)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t count = 0; count <= COUNT_OF(three); count++) {
        CLEANUP(writer_free) Writer writer = encoded(three, count);
        Zip zip;
        CHECK_OK(zip_parse(arena, writer_bytes(&writer), &zip, &err));
        check_same(&zip, three, count);
        CHECK(zip.is_canonical);
    }
}

TEST(the_same_entries_give_the_same_known_bytes)
{
    CLEANUP(writer_free) Writer writer = encoded_tiny();
    CHECK_BYTES(writer_bytes(&writer),
                test_hex("504b0304 1400 0008 0000 0000 2100 8316dc8c 01000000 01000000 0100 0000"
                         "61 78"
                         "504b0102 1400 1400 0008 0000 0000 2100 8316dc8c 01000000 01000000 0100"
                         "0000 0000 0000 0000 00000000 00000000 61"
                         "504b0506 0000 0000 0100 0100 2f000000 20000000 0000"));
}

TEST(an_entry_is_found_by_its_name)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    CLEANUP(writer_free) Writer writer = encoded(three, COUNT_OF(three));
    Zip zip;
    Bytes content = BYTES_EMPTY;
    CHECK_OK(zip_parse(arena, writer_bytes(&writer), &zip, &err));
    CHECK_OK(zip_get(&zip, "00_index.txt", &content, &err));
    CHECK_BYTES(content, BYTES_LITERAL("index"));
    CHECK(zip_find(&zip, "empty", &content));
    CHECK_INT(content.len, 0);
    CHECK(!zip_find(&zip, "00_index", &content));
    CHECK(!zip_find(&zip, "", &content));
    CHECK_FAILS_WITH(zip_get(&zip, "absent", &content, &err), ERROR_NOT_FOUND, "zip.entry_missing");
}

// testdata/python.zip: written by Python 3's zipfile with ZIP_STORED and Unix attributes.
TEST(a_plain_archive_of_another_program_is_read)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Zip zip;
    Bytes content;
    CHECK_OK(zip_parse(arena, test_file("src/base/codec/testdata/python.zip"), &zip, &err));
    CHECK_INT(zip.count, 3);
    CHECK(!zip.is_canonical);
    CHECK_OK(
        zip_get(&zip, "02_agreement/\xe6\x8e\x88\xe6\x9d\x83\xe4\xb9\xa6.txt", &content, &err));
    CHECK_BYTES(content, BYTES_LITERAL("\xe5\x90\x8c\xe6\x84\x8f\n"));
}

TEST(unzip_accepts_our_archives)
{
    if (system("command -v unzip >/dev/null") != 0) {
        test_skip("unzip is not installed");
    }
    CLEANUP(writer_free) Writer writer = encoded(three, COUNT_OF(three));
    char path[200], command[300];
    snprintf(path, sizeof path, "%s/ours.zip", test_directory());
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK_INT(fwrite(writer.data, 1, writer.len, file), writer.len);
    fclose(file);
    snprintf(command, sizeof command, "unzip -tqq %s", path);
    CHECK_INT(system(command), 0);
}

TEST(every_truncation_of_an_archive_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    CLEANUP(writer_free) Writer writer = encoded(three, COUNT_OF(three));
    for (size_t len = 0; len < writer.len; len++) {
        Error err;
        Zip zip;
        CHECK_FAILS(zip_parse(arena, bytes_of(writer.data, len), &zip, &err), ERROR_INPUT);
        CHECK_FAILS(
            zip_parse(arena, bytes_from(writer_bytes(&writer), writer.len - len), &zip, &err),
            ERROR_INPUT);
    }
}

TEST(every_bit_flip_is_refused_or_changes_nothing_that_is_read)
{
    CLEANUP(writer_free) Writer writer = encoded(three, COUNT_OF(three));
    size_t harmless = 0;
    for (size_t bit = 0; bit < 8 * writer.len; bit++) {
        Error err;
        Zip zip;
        CLEANUP(arena_cleanup) Arena *arena = arena_big();
        writer.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (zip_parse(arena, writer_bytes(&writer), &zip, &err)) {
            check_same(&zip, three, COUNT_OF(three));
            CHECK(!zip.is_canonical);
            harmless++;
        }
        writer.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    // Per entry: the version that made it (8), internal attributes (16), DOS attributes (4), and
    // the reserved second byte of the attributes (8).
    CHECK_INT(harmless, 3 * (8 + 16 + 4 + 8));
}

TEST(bytes_around_or_between_the_parts_are_refused)
{
    static const size_t places[] = {LOCAL, LOCAL + 31, CENTRAL, END, TINY_SIZE};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    CLEANUP(writer_free) Writer tiny = encoded_tiny();
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        Error err;
        Zip zip;
        CLEANUP(writer_free) Writer longer = writer_new(1000);
        writer_put(&longer, bytes_slice(writer_bytes(&tiny), 0, places[i]));
        writer_put_u8(&longer, 'x');
        writer_put(&longer, bytes_from(writer_bytes(&tiny), places[i]));
        CHECK_FAILS(zip_parse(arena, writer_bytes(&longer), &zip, &err), ERROR_INPUT);
    }
}

// Prefix and gap with offsets that were corrected for them.
TEST(hidden_bytes_are_refused_though_every_offset_is_right)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t place = LOCAL; place <= CENTRAL; place += CENTRAL) {
        Error err;
        Zip zip;
        CLEANUP(writer_free) Writer tiny = encoded_tiny();
        writer_patch(&tiny, END + 16, BYTES_LITERAL("\x21"));
        writer_patch(&tiny, CENTRAL + 42, place == LOCAL ? BYTES_LITERAL("\1") : BYTES_LITERAL(""));
        CLEANUP(writer_free) Writer longer = writer_new(1000);
        writer_put(&longer, bytes_slice(writer_bytes(&tiny), 0, place));
        writer_put_u8(&longer, 'x');
        writer_put(&longer, bytes_from(writer_bytes(&tiny), place));
        CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&longer), &zip, &err), ERROR_INPUT,
                         "zip.malformed");
    }
}

TEST(what_is_not_plain_is_refused)
{
    static const struct {
        size_t local, central;  // offsets of the field in each header; 0: not there
        Bytes value;
        const char *code;
    } cases[] = {
        {LOCAL + 4, CENTRAL + 6, LITERAL("\x2d\0"), "zip.unsupported"},    // ZIP64
        {LOCAL + 6, CENTRAL + 8, LITERAL("\x01\x08"), "zip.unsupported"},  // encrypted
        {LOCAL + 6, CENTRAL + 8, LITERAL("\x08\x08"), "zip.unsupported"},  // descriptor
        {LOCAL + 8, CENTRAL + 10, LITERAL("\x08\0"), "zip.malformed"},     // deflated, and is not
        {LOCAL + 8, CENTRAL + 10, LITERAL("\x09\0"), "zip.unsupported"},   // Deflate64
        {LOCAL + 28, CENTRAL + 30, LITERAL("\1\0"), "zip.unsupported"},    // extra field
        {LOCAL + 14, CENTRAL + 16, LITERAL("\0\0\0\0"), "zip.checksum"},   // CRC-32
        {LOCAL + 18, CENTRAL + 20, LITERAL("\2\0\0\0"), "zip.malformed"},  // sizes differ
        {LOCAL + 18, CENTRAL + 20, LITERAL("\2\0\0\0\2\0\0\0"), "zip.malformed"},
        {LOCAL + 18, CENTRAL + 20, LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff"), "zip.malformed"},
        {0, CENTRAL + 4, LITERAL("\x14\x0a"), "zip.unsupported"},  // another host
        {0, CENTRAL + 4, LITERAL("\x14\x03\0\0"), "zip.unsupported"},
        {0, CENTRAL + 12, LITERAL("\1"), "zip.malformed"},      // time differs
        {0, CENTRAL + 32, LITERAL("\1"), "zip.malformed"},      // comment
        {0, CENTRAL + 34, LITERAL("\1"), "zip.malformed"},      // disk
        {0, CENTRAL + 38, LITERAL("\x10"), "zip.unsupported"},  // folder
        {0, CENTRAL + 41, LITERAL("\xa1"), "zip.unsupported"},  // Unix on DOS
        {0, CENTRAL + 42, LITERAL("\1"), "zip.malformed"},      // offset
        {0, END + 4, LITERAL("\1"), "zip.malformed"},
        {0, END + 8, LITERAL("\2"), "zip.malformed"},
        {0, END + 8, LITERAL("\2\0\2"), "zip.malformed"},
        {0, END + 8, LITERAL("\0\0\0"), "zip.malformed"},
        {0, END + 20, LITERAL("\1"), "zip.malformed"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err;
        Zip zip;
        CLEANUP(writer_free) Writer tiny = encoded_tiny();
        if (cases[i].local != 0) {
            writer_patch(&tiny, cases[i].local, cases[i].value);
        }
        writer_patch(&tiny, cases[i].central, cases[i].value);
        CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&tiny), &zip, &err), ERROR_INPUT,
                         cases[i].code);
    }
}

TEST(a_link_is_refused_and_a_regular_file_is_not)
{
    static const struct {
        const char *attributes;
        bool accepted;
    } cases[] = {{"\xa4\x81", true}, {"\xff\xa1", false}, {"\xed\x41", false}, {"\xa4\x01", true}};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err;
        Zip zip;
        CLEANUP(writer_free) Writer tiny = encoded_tiny();
        writer_patch(&tiny, CENTRAL + 5, BYTES_LITERAL("\3"));
        writer_patch(&tiny, CENTRAL + 40, bytes_of(cases[i].attributes, 2));
        CHECK(zip_parse(arena, writer_bytes(&tiny), &zip, &err) == cases[i].accepted);
    }
}

TEST(a_too_high_count_is_a_limit)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    CLEANUP(writer_free) Writer tiny = encoded_tiny();
    Error err;
    Zip zip;
    writer_patch(&tiny, END + 8, BYTES_LITERAL("\xff\xff\xff\xff"));
    CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&tiny), &zip, &err), ERROR_LIMIT,
                     "zip.too_large");
}

TEST(a_name_that_is_no_plain_relative_path_is_refused)
{
    char long_name[ZIP_MAX_NAME + 2];
    memset(long_name, 'n', sizeof long_name);
    long_name[ZIP_MAX_NAME + 1] = '\0';
    const char *const names[] = {"",    "/",    "/a",     "a/",   "a//b",      ".",
                                 "..",  "../a", "a/../b", "a/..", "./a",       "a\\b",
                                 "c:a", "a\nb", "a\x7f",  "\xff", "a\xc0\xaf", long_name};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Error err;
        CLEANUP(writer_free) Writer writer = writer_new(1000);
        const ZipEntry entry = {bytes_of_text(names[i]), BYTES_EMPTY, BYTES_EMPTY};
        CHECK_FAILS_WITH(zip_encode(&entry, 1, &writer, &err), ERROR_INPUT, "zip.name");
        CHECK_INT(writer.len, 0);
    }
    CLEANUP(writer_free)
    Writer fits = encoded(&(ZipEntry){bytes_of_text(long_name + 1), BYTES_EMPTY, BYTES_EMPTY}, 1);
    CHECK(fits.len > 0);
}

TEST(names_that_collide_are_refused)
{
    static const char *const pairs[][3] = {
        {"a", "b", "a"}, {"a", "a.b", "a/b"}, {"x/y/z", "x/y", "b"}, {"x/y/z", "c", "x"}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        Error err;
        CLEANUP(writer_free) Writer writer = writer_new(1000);
        ZipEntry entries[3];
        for (size_t k = 0; k < 3; k++) {
            entries[k] = (ZipEntry){bytes_of_text(pairs[i][k]), BYTES_EMPTY, BYTES_EMPTY};
        }
        CHECK_FAILS_WITH(zip_encode(entries, 3, &writer, &err), ERROR_INPUT, "zip.name");
    }
}

TEST(the_reader_holds_names_to_the_same_rules)
{
    static const char *const names[] = {"/", ".", "\\", "\n", "\xff"};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Error err;
        Zip zip;
        CLEANUP(writer_free) Writer tiny = encoded_tiny();
        writer_patch(&tiny, LOCAL + 30, bytes_of_text(names[i]));
        writer_patch(&tiny, CENTRAL + 46, bytes_of_text(names[i]));
        CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&tiny), &zip, &err), ERROR_INPUT,
                         "zip.name");
    }
    Error err;
    Zip zip;
    const ZipEntry two[] = {{BYTES_LITERAL("a"), BYTES_EMPTY, BYTES_EMPTY},
                            {BYTES_LITERAL("b"), BYTES_EMPTY, BYTES_EMPTY}};
    CLEANUP(writer_free) Writer twice = encoded(two, 2);
    writer_patch(&twice, 31 + 30, BYTES_LITERAL("a"));
    writer_patch(&twice, 62 + 47 + 46, BYTES_LITERAL("a"));
    CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&twice), &zip, &err), ERROR_INPUT, "zip.name");
}

TEST(a_name_beyond_ascii_has_to_be_marked_as_utf8)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    CLEANUP(writer_free)
    Writer writer = encoded(&(ZipEntry){BYTES_LITERAL("\xc2\xb7"), BYTES_EMPTY, BYTES_EMPTY}, 1);
    Error err;
    Zip zip;
    CHECK_OK(zip_parse(arena, writer_bytes(&writer), &zip, &err));
    writer_patch(&writer, 7, BYTES_LITERAL("\0"));
    writer_patch(&writer, 32 + 9, BYTES_LITERAL("\0"));
    CHECK_FAILS_WITH(zip_parse(arena, writer_bytes(&writer), &zip, &err), ERROR_INPUT, "zip.name");
}

TEST(the_writers_limits_are_kept)
{
    Error err;
    static ZipEntry many[ZIP_MAX_ENTRIES + 1];
    CLEANUP(writer_free) Writer writer = writer_new(1000);
    CHECK_FAILS_WITH(zip_encode(many, COUNT_OF(many), &writer, &err), ERROR_LIMIT, "zip.too_large");
    const ZipEntry huge = {BYTES_LITERAL("huge"), bytes_of("", UINT32_MAX), BYTES_EMPTY};
    CHECK_FAILS_WITH(zip_encode(&huge, 1, &writer, &err), ERROR_LIMIT, "zip.too_large");
    static const uint8_t content[2000];
    const ZipEntry large = {BYTES_LITERAL("large"), BYTES_OF_ARRAY(content), BYTES_EMPTY};
    CHECK_FAILS_WITH(zip_encode(&large, 1, &writer, &err), ERROR_LIMIT, "zip.too_large");
}
