// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_reader.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/document_sample.h"
#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_writer.h"

// A file of three objects with these texts for catalog and page, and a fourth.
static Bytes small_pdf(Arena *arena, const char *catalog, const char *page, const char *other)
{
    Writer out = writer_new(1 << 20);
    Error err = {0};
    PdfWriter writer = pdf_writer_new(arena, &out);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "<< /Type /Catalog /Pages 2 0 R %s >>",
                      catalog);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>", page);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "%s", other);
    PdfTrailer trailer = {.root = 1};
    CHECK_OK(pdf_writer_finish(&writer, &trailer, &err));
    Bytes copy = arena_copy(arena, writer_bytes(&out));
    writer_free(&out);
    return copy;
}

TEST(objects_are_read_as_they_are_written)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes pdf = small_pdf(arena, "", "",
                          "<< /I -12 /R 1.5 /S (a\\(b\\)\\101\\n) /H <6162> /N /a#20b "
                          "/A [true null 3 0 R] >>");
    PdfFile *file = NULL;
    const PdfObject *object = NULL;
    CHECK_OK(pdf_open(arena, pdf, &file, &err));
    CHECK_OK(pdf_load(file, 4, &object, &err));
    CHECK_INT(pdf_entry(object, "I")->integer, -12);
    CHECK_INT((int)(pdf_entry(object, "R")->real * 10), 15);
    CHECK_BYTES(pdf_entry(object, "S")->bytes, BYTES_LITERAL("a(b)A\n"));
    CHECK_BYTES(pdf_entry(object, "H")->bytes, BYTES_LITERAL("ab"));
    CHECK(pdf_is_name(pdf_entry(object, "N"), "a b"));
    const PdfObject *array = pdf_entry(object, "A");
    CHECK_INT(array->count, 3);
    CHECK(array->items[0]->boolean);
    CHECK_INT(array->items[1]->kind, PDF_NULL);
    CHECK_INT(array->items[2]->kind, PDF_REFERENCE);
    CHECK_OK(pdf_load(file, 99, &object, &err));
    CHECK(object == NULL);
    CHECK_INT(pdf_size(file), 5);
    arena_free(arena);
}

TEST(hostile_objects_are_refused)
{
    char deep[300] = "";
    for (int i = 0; i < 100; i++) {
        strcat(deep, "[");
    }
    const struct {
        const char *catalog, *page, *code;
    } cases[] = {
        {"/A 1 /A 2", "", "pdf.malformed"},  // a key twice
        {"/A <61g>", "", "pdf.malformed"},
        {"/A (open", "", "pdf.malformed"},
        {"/A 1.2.3", "", "pdf.malformed"},
        {"/A /#00", "", "pdf.malformed"},
        {deep, "", "pdf.malformed"},
        {"/A 99999999999999999999", "", "pdf.malformed"},
        {"/AcroForm << /Fields [<< >>] >>", "", "pdf.malformed"},
        {"/AcroForm << /Fields 3 >>", "", "pdf.malformed"},
    };
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        PdfFile *file = NULL;
        Bytes pdf = small_pdf(arena, cases[i].catalog, cases[i].page, "null");
        if (pdf_open(arena, pdf, &file, &err) || strcmp(err.code, cases[i].code) != 0) {
            test_fail(__FILE__, __LINE__, "case %zu gives \"%s\"", i, err.code);
        }
    }
    arena_free(arena);
}

TEST(nesting_and_circles_are_bounded)
{
    char deep[400] = "/A ";
    for (int i = 0; i < 60; i++) {
        strcat(deep, "[");
    }
    for (int i = 0; i < 60; i++) {
        strcat(deep, "]");
    }
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PdfFile *file = NULL;
    CHECK_FAILS_WITH(pdf_open(arena, small_pdf(arena, deep, "", "null"), &file, &err), ERROR_LIMIT,
                     "pdf.too_deep");
    // an object that refers to itself
    CHECK_FAILS_WITH(pdf_open(arena, small_pdf(arena, "/AcroForm 4 0 R", "", "4 0 R"), &file, &err),
                     ERROR_INPUT, "pdf.malformed");
    // a field that is its own child
    CHECK_FAILS_WITH(
        pdf_open(arena,
                 small_pdf(arena, "/AcroForm << /Fields [4 0 R] >>", "", "<< /Kids [4 0 R] >>"),
                 &file, &err),
        ERROR_LIMIT, "pdf.too_deep");
    arena_free(arena);
}

TEST(stream_that_inflates_without_end_is_refused)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Writer zeros = writer_new(80 << 20), out = writer_new(1 << 20);
    writer_put_repeated(&zeros, 0, 70 << 20);
    PdfWriter writer = pdf_writer_new(arena, &out);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "<< /Type /Catalog /Pages 2 0 R >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "<< /Type /Page /Parent 2 0 R >>");
    pdf_writer_stream(&writer, pdf_writer_reserve(&writer), "", writer_bytes(&zeros),
                      PDF_PACK_TEXT);
    pdf_writer_stream(&writer, pdf_writer_reserve(&writer), "", BYTES_LITERAL("short text"),
                      PDF_PACK_TEXT);
    PdfTrailer trailer = {.root = 1};
    CHECK_OK(pdf_writer_finish(&writer, &trailer, &err));
    PdfFile *file = NULL;
    const PdfObject *stream = NULL;
    Bytes plain;
    CHECK_OK(pdf_open(arena, writer_bytes(&out), &file, &err));
    CHECK_OK(pdf_load(file, 5, &stream, &err));
    CHECK_OK(pdf_stream_decode(file, stream, &plain, &err));
    CHECK_BYTES(plain, BYTES_LITERAL("short text"));
    CHECK_OK(pdf_load(file, 4, &stream, &err));
    CHECK_FAILS_WITH(pdf_stream_decode(file, stream, &plain, &err), ERROR_LIMIT,
                     "pdf.inflates_too_much");
    writer_free(&zeros);
    writer_free(&out);
    arena_free(arena);
}

TEST(predicted_stream_is_decoded)
{
    Error err = {0};
    Sample sample = sample_open();
    PdfPrepared prepared;
    PdfFile *file = NULL;
    const PdfObject *object = NULL;
    Bytes pixels;
    PdfSealing sealing = sample_sealing(&sample, "person", 0);
    CHECK_OK(pdf_signature_prepare(sample.arena, sample_pdf(&sample), &sealing, &prepared, &err));
    CHECK_OK(pdf_open(sample.arena, prepared.pdf, &file, &err));
    for (uint32_t number = 1; number < pdf_size(file); number++) {
        CHECK_OK(pdf_load(file, number, &object, &err));
        if (pdf_is_name(pdf_entry(object, "Subtype"), "Image")) {
            break;
        }
    }
    CHECK_OK(pdf_stream_decode(file, object, &pixels, &err));
    CHECK_INT(pixels.len, 60 * 60 * 3);
    CHECK_INT(pixels.data[0], 255);
    sample_close(&sample);
}

// Open and judge; true when everything passes.
static bool is_sound(Arena *arena, Bytes pdf)
{
    PdfFile *file = NULL;
    size_t count = 0;
    if (!pdf_open(arena, pdf, &file, NULL)) {
        return false;
    }
    Verdict verdict = verdict_new(arena);
    (void)pdf_signatures(file, &count);
    bool sound = count > 0 && pdf_coverage_judge_content(&verdict, file);
    for (size_t i = 0; i < count; i++) {
        sound = pdf_coverage_judge(&verdict, file, i) && sound;
    }
    return sound;
}

static Bytes sealed_sample(Sample *sample)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(sample, "person", 0);
    sealing.reserve = 64;
    CHECK_OK(pdf_signature_prepare(sample->arena, sample_pdf(sample), &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_embed(sample->arena, prepared.pdf, &prepared.slot, sample_der(), &sealed,
                                 &err));
    return sealed;
}

TEST(every_truncation_of_a_sealed_file_is_refused)
{
    Sample sample = sample_open();
    Bytes pdf = sealed_sample(&sample);
    CHECK(is_sound(sample.arena, pdf));
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t len = 0; len < pdf.len; len += len + 700 < pdf.len ? 37 : 1) {
        CHECK(!is_sound(arena, bytes_slice(pdf, 0, len)));
        arena_reset(arena);
    }
    arena_free(arena);
    sample_close(&sample);
}

TEST(flipped_bits_never_crash_the_reader)
{
    Sample sample = sample_open();
    Bytes pdf = sealed_sample(&sample);
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Writer copy = writer_new(pdf.len);
    writer_put(&copy, pdf);
    size_t sound = 0;
    for (size_t i = 0; i < pdf.len; i += 29) {
        copy.data[i] ^= (uint8_t)(1U << (i % 7));
        sound += is_sound(arena, writer_bytes(&copy));
        copy.data[i] = pdf.data[i];
        arena_reset(arena);
    }
    CHECK(sound < pdf.len / 29);
    writer_free(&copy);
    arena_free(arena);
    sample_close(&sample);
}

TEST(cross_reference_and_object_streams_are_read)
{
    // qpdf moves the objects of our own file into object streams.
    Error err = {0};
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample);
    char command[600], path[512];
    snprintf(path, sizeof path, "%s/packed.pdf", test_directory());
    snprintf(command, sizeof command, "--object-streams=generate '%s' 2>&1", path);
    CHECK(oracle_run(test_directory(), pdf, "qpdf", command) != NULL);
    FILE *stream = fopen(path, "rb");
    CHECK(stream != NULL);
    static uint8_t packed[1 << 20];
    size_t len = fread(packed, 1, sizeof packed, stream);
    CHECK_INT(fclose(stream), 0);
    PdfFile *file = NULL;
    const uint32_t *numbers = NULL;
    size_t count = 0;
    CHECK_OK(pdf_open(sample.arena, bytes_of(packed, len), &file, &err));
    CHECK(pdf_revisions(file, &count)[0].is_stream);
    CHECK_INT(count, 1);
    const PdfObject *const *pages = pdf_pages(file, &numbers, &count);
    CHECK_INT(count, 1);
    CHECK(pdf_entry(pages[0], "MediaBox") != NULL);
    CHECK_INT(pages[0]->offset, 0);
    Verdict verdict = verdict_new(sample.arena);
    CHECK(pdf_coverage_judge_content(&verdict, file));
    PdfPrepared prepared;
    PdfSealing sealing = sample_sealing(&sample, "person", 0);
    CHECK_FAILS_WITH(
        pdf_signature_prepare(sample.arena, bytes_of(packed, len), &sealing, &prepared, &err),
        ERROR_INPUT, "pdf.unsupported");
    for (size_t i = 0; i < len; i += 3) {
        Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        uint8_t kept = packed[i];
        packed[i] ^= (uint8_t)(1U << (i % 8));
        (void)is_sound(arena, bytes_of(packed, len));
        packed[i] = kept;
        arena_free(arena);
    }
    sample_close(&sample);
}
