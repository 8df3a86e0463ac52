// SPDX-License-Identifier: Apache-2.0
//
// Files that are made to cost: each is judged, or refused, in little time and bounded memory.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "base/test/test.h"
#include "domain/document/pdf_change.h"
#include "domain/document/pdf_coverage.h"

enum { MOST_SECONDS = 2, COMMON_OBJECTS = 5 };

// A file under construction, with a classic table at its end.
typedef struct {
    Writer out;
    size_t *offsets;
    uint32_t size;
} Builder;

static const char *const common[COMMON_OBJECTS] = {
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> /X 6 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /Annots [4 0 R] >>",
    "<< /FT /Sig /T (x) /V 5 0 R /Subtype /Widget >>",
    "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /Contents <3000> >>",
};

static Builder builder_new(uint32_t size)
{
    Builder builder = {
        .out = writer_new(64 << 20), .offsets = calloc(size, sizeof(size_t)), .size = size};
    CHECK(builder.offsets != NULL);
    writer_put_text(&builder.out, "%PDF-1.7\n");
    return builder;
}

static void begin(Builder *builder, uint32_t number)
{
    builder->offsets[number] = builder->out.len;
    writer_format(&builder->out, "%u 0 obj\n", (unsigned)number);
}

static void end(Builder *builder)
{
    writer_put_text(&builder->out, "\nendobj\n");
}

static void put_common(Builder *builder)
{
    for (uint32_t i = 0; i < COMMON_OBJECTS; i++) {
        begin(builder, i + 1);
        writer_put_text(&builder->out, common[i]);
        end(builder);
    }
}

static void put_table(Builder *builder)
{
    size_t at = builder->out.len;
    writer_format(&builder->out, "xref\n0 %u\n", (unsigned)builder->size);
    for (uint32_t i = 0; i < builder->size; i++) {
        bool is_there = builder->offsets[i] != 0;
        writer_format(&builder->out, "%010zu 00000 %c \n", builder->offsets[i],
                      is_there ? 'n' : 'f');
    }
    writer_format(&builder->out, "trailer\n<< /Size %u /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
                  (unsigned)builder->size, at);
}

// Judge what was built within the limits; never does it hold.
static void judge(Builder *builder)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(192 << 20);
    Error err = {0};
    PdfFile *file = NULL;
    size_t count = 0;
    clock_t start = clock();
    CHECK(!builder->out.failed);
    if (pdf_open(arena, writer_bytes(&builder->out), &file, &err)) {
        Verdict verdict = verdict_new(arena);
        bool sound = pdf_coverage_judge_content(&verdict, file);
        (void)pdf_signatures(file, &count);
        for (size_t i = 0; i < count; i++) {
            sound = pdf_coverage_judge(&verdict, file, i) && sound;
        }
        CHECK(!sound);
    } else {
        CHECK(err.code[0] != '\0');
    }
    CHECK((double)(clock() - start) / CLOCKS_PER_SEC < MOST_SECONDS);
    writer_free(&builder->out);
    free(builder->offsets);
}

static void repeat(Writer *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        writer_put_text(out, text);
    }
}

TEST(large_and_deep_objects_are_bounded)
{
    static const struct {
        const char *before, *repeated;
        size_t count;
        const char *after;
    } rows[] = {
        {"[", "1 ", 2000000, "]"},
        {"", "[", 2000000, ""},
        {"", "<< /A ", 500000, ""},
        {"(", "(", 2000000, ""},
        {"<", "3080", 1000000, ">"},
        {"", "% comment\n", 500000, "null"},
        {"[", "<< /A 1 /B 2 /C 3 /D 4 /E 5 >>", 100000, "]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Builder builder = builder_new(7);
        put_common(&builder);
        begin(&builder, 6);
        writer_put_text(&builder.out, rows[i].before);
        repeat(&builder.out, rows[i].repeated, rows[i].count);
        writer_put_text(&builder.out, rows[i].after);
        end(&builder);
        put_table(&builder);
        judge(&builder);
    }
}

TEST(dictionaries_of_many_keys_are_bounded)
{
    Builder builder = builder_new(7);
    put_common(&builder);
    begin(&builder, 6);
    writer_put_text(&builder.out, "[");
    for (int i = 0; i < 1000; i++) {
        writer_put_text(&builder.out, "<<");
        for (int k = 0; k < 500; k++) {
            writer_format(&builder.out, "/k%d 1", k);
        }
        writer_put_text(&builder.out, ">>");
    }
    writer_put_text(&builder.out, "]");
    end(&builder);
    put_table(&builder);
    judge(&builder);
}

// Each object begins inside the one before, so that what is read is the square of the file.
TEST(overlapping_objects_are_bounded)
{
    static const char *const openings[] = {"(", "%", "", "(x) ["};
    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        Builder builder = builder_new(60000);
        put_common(&builder);
        for (uint32_t number = 6; number < builder.size; number++) {
            builder.offsets[number] = builder.out.len;
            writer_format(&builder.out, "%u 0 obj %s", (unsigned)number, openings[i]);
        }
        repeat(&builder.out, ")", builder.size);
        writer_put_text(&builder.out, "\nnull endobj\n");
        put_table(&builder);
        judge(&builder);
    }
}

TEST(many_objects_and_long_chains_are_bounded)
{
    Builder builder = builder_new(PDF_MAX_OBJECTS);
    put_common(&builder);
    for (uint32_t number = 6; number < builder.size; number++) {
        begin(&builder, number);
        writer_format(&builder.out, "[%u 0 R]", (unsigned)number + 1);
        end(&builder);
    }
    put_table(&builder);
    judge(&builder);
}

// --- streams ----------------------------------------------------------------------------------

static void put_packed(Builder *builder, uint32_t number, const char *entries, Bytes plain)
{
    uLongf len = compressBound((uLong)plain.len);
    uint8_t *packed = malloc(len);
    CHECK(packed != NULL && compress2(packed, &len, plain.data, (uLong)plain.len, 9) == Z_OK);
    begin(builder, number);
    writer_format(&builder->out, "<< %s /Filter /FlateDecode /Length %lu >>\nstream\n", entries,
                  (unsigned long)len);
    writer_put(&builder->out, bytes_of(packed, len));
    writer_put_text(&builder->out, "\nendstream");
    end(builder);
    free(packed);
}

// A table as a stream, of all objects up to `number`, its own.
static void put_stream_table(Builder *builder, uint32_t number, size_t previous)
{
    char entries[160];
    Writer rows = writer_new(32 << 20);
    size_t at = builder->out.len;
    builder->offsets[number] = at;
    for (uint32_t i = 0; i <= number; i++) {
        writer_put_u8(&rows, builder->offsets[i] != 0);
        writer_put_u32_be(&rows, (uint32_t)builder->offsets[i]);
        writer_put_u16_be(&rows, 0);
    }
    snprintf(entries, sizeof entries, "/Type /XRef /W [1 4 2] /Size %u /Root 1 0 R",
             (unsigned)number + 1);
    size_t len = strlen(entries);
    if (previous != 0) {
        snprintf(entries + len, sizeof entries - len, " /Prev %zu", previous);
    }
    put_packed(builder, number, entries, writer_bytes(&rows));
    writer_format(&builder->out, "startxref\n%zu\n%%%%EOF\n", at);
    writer_free(&rows);
}

TEST(tables_that_inflate_are_bounded)
{
    Builder builder = builder_new(190001);
    size_t previous = 0;
    put_common(&builder);
    for (int revision = 0; revision < 30; revision++) {
        size_t at = builder.out.len;
        put_stream_table(&builder, 190000, previous);
        previous = at;
        memset(builder.offsets, 0, builder.size * sizeof(size_t));
    }
    judge(&builder);
}

TEST(streams_that_inflate_are_bounded)
{
    static const char *const entries[] = {
        "/Type /XRef /W [1 4 2] /Size 10 /Root 1 0 R",
        "/Type /XRef /W [1 4 2] /Size 10 /Root 1 0 R /DecodeParms << /Predictor 12 /Columns 6 >>",
        "/Type /XRef /W [1 4 2] /Size 10 /Root 1 0 R /DecodeParms << /Predictor 15 /Columns 65536 "
        "/Colors 4 >>",
        "/Type /XRef /W [1 4 2] /Size 10 /Root 1 0 R /DecodeParms << /Predictor 12 /Columns "
        "9999999999 >>",
    };
    Writer zeros = writer_new(64 << 20);
    writer_put_repeated(&zeros, 0, 60 << 20);
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        Builder builder = builder_new(10);
        put_common(&builder);
        size_t at = builder.out.len;
        put_packed(&builder, 9, entries[i], writer_bytes(&zeros));
        writer_format(&builder.out, "startxref\n%zu\n%%%%EOF\n", at);
        judge(&builder);
    }
    writer_free(&zeros);
}

// Pages, fields and annotations without end.
TEST(trees_without_end_are_bounded)
{
    static const char *const catalogs[] = {
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>",
        "<< /Type /Catalog /Pages 3 0 R >>",
    };
    for (size_t i = 0; i < COUNT_OF(catalogs); i++) {
        Builder builder = builder_new(5);
        begin(&builder, 1);
        writer_put_text(&builder.out, catalogs[i]);
        end(&builder);
        begin(&builder, 2);
        writer_put_text(&builder.out, "<< /Type /Pages /Kids [4 0 R] >>");
        end(&builder);
        begin(&builder, 3);
        writer_put_text(&builder.out, "<< /Type /Pages /T (x) /Kids [");
        repeat(&builder.out, "3 0 R ", 200000);
        writer_put_text(&builder.out, "] >>");
        end(&builder);
        begin(&builder, 4);
        writer_put_text(&builder.out, "<< /Type /Page /Annots [");
        repeat(&builder.out, "<< /Subtype /Link >> ", 100000);
        writer_put_text(&builder.out, "] >>");
        end(&builder);
        put_table(&builder);
        judge(&builder);
    }
}

static void put_large_dictionaries(Builder *builder, uint32_t first, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        begin(builder, first + i);
        writer_put_text(&builder->out, "<< ");
        for (int key = 0; key < 500; key++) {
            writer_format(&builder->out, "/K%d 1 ", key);
        }
        writer_put_text(&builder->out, ">>");
        end(builder);
    }
}

// A file whose catalog leads to large dictionaries, which its second revision writes again.
static void put_written_again(Builder *builder, uint32_t first, size_t count)
{
    put_common(builder);
    begin(builder, COMMON_OBJECTS + 1);
    writer_put_text(&builder->out, "[");
    for (uint32_t i = 0; i < count; i++) {
        writer_format(&builder->out, "%u 0 R ", (unsigned)(first + i));
    }
    writer_put_text(&builder->out, "]");
    end(builder);
    put_large_dictionaries(builder, first, count);
    size_t table = builder->out.len;
    put_table(builder);
    put_large_dictionaries(builder, first, count);
    size_t at = builder->out.len;
    writer_format(&builder->out, "xref\n%u %zu\n", (unsigned)first, count);
    for (uint32_t i = 0; i < count; i++) {
        writer_format(&builder->out, "%010zu 00000 n \n", builder->offsets[first + i]);
    }
    writer_format(&builder->out,
                  "trailer\n<< /Size %u /Root 1 0 R /Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
                  (unsigned)builder->size, table, at);
}

// What was signed is compared with what is there now once for each signature.
TEST(comparing_for_many_signatures_is_bounded)
{
    enum { FIRST = COMMON_OBJECTS + 2, COUNT = 100, ROUNDS = 500 };
    Error err = {0};
    PdfFile *file = NULL;
    PdfChanges changes = {0};
    size_t round = 0;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(192 << 20);
    Builder builder = builder_new(FIRST + COUNT);
    put_written_again(&builder, FIRST, COUNT);
    CHECK(!builder.out.failed);
    CHECK_OK(pdf_open(arena, writer_bytes(&builder.out), &file, &err));
    while (round < ROUNDS && pdf_changes_find(file, 1, &changes, &err)) {
        CHECK(changes.kinds[PDF_CHANGE_OTHER].what == NULL);
        round++;
    }
    CHECK(round > 64 && round < ROUNDS);
    CHECK(err.kind == ERROR_LIMIT && strcmp(err.code, "pdf.too_many_objects") == 0);
    writer_free(&builder.out);
    free(builder.offsets);
}
