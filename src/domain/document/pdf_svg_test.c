// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_svg.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/document_sample.h"

enum { PLACES_MAX = 4000 };

typedef struct {
    double x[PLACES_MAX], y[PLACES_MAX];
    size_t count;
} Places;

static bool draw(Arena *arena, Bytes pdf, size_t page, Bytes *ret, Error *err)
{
    PdfFile *file;
    CLEANUP(writer_free) Writer svg = writer_new(PDF_SVG_MAX_SIZE);
    if (!pdf_open(arena, pdf, &file, err) || !pdf_page_svg(arena, file, page, &svg, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&svg));
    return true;
}

static bool has_text(Bytes bytes, const char *text)
{
    size_t at;
    return bytes_find(bytes, bytes_of_text(text), 0, &at);
}

// Where our SVG places glyphs, y from the top as poppler counts.
static Places our_places(Arena *arena, Bytes svg)
{
    Places places = {.count = 0};
    const char *at = arena_text(arena, svg);
    while ((at = strstr(at, "<use ")) != NULL && places.count < PLACES_MAX) {
        double m[6] = {0};
        CHECK_INT(sscanf(strstr(at, "matrix("), "matrix(%lf %lf %lf %lf %lf %lf", &m[0], &m[1],
                         &m[2], &m[3], &m[4], &m[5]),
                  6);
        places.x[places.count] = m[4] / 1000;
        places.y[places.count++] = 841.89 - m[5] / 1000;
        at++;
    }
    return places;
}

static Places poppler_places(Bytes pdf)
{
    Places places = {.count = 0};
    const char *at = oracle_run(test_directory(), pdf,
                                "pdftocairo -svg -noshrink -nocenter -f 1 -l 1", "- 2>&1");
    CHECK(at != NULL);
    while ((at = strstr(at, "<use ")) != NULL && places.count < PLACES_MAX) {
        const char *x = strstr(at, " x=\""), *y = strstr(at, " y=\"");
        if (x != NULL && y != NULL) {
            places.x[places.count] = strtod(x + 4, NULL);
            places.y[places.count++] = strtod(y + 4, NULL);
        }
        at++;
    }
    return places;
}

static bool is_near(double a, double b)
{
    return a - b < 0.05 && b - a < 0.05;
}

// Every glyph that poppler shows stands where ours does, and there are no others. Blank ones,
// which poppler leaves out, are the only ones that may be missing there.
TEST(glyphs_stand_where_another_reader_shows_them)
{
    Error err = {0};
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample), svg;
    CHECK_OK(draw(sample.arena, pdf, 0, &svg, &err));
    Places ours = our_places(sample.arena, svg), theirs = poppler_places(pdf);
    CHECK(theirs.count > 10);
    CHECK(ours.count >= theirs.count);
    for (size_t i = 0; i < theirs.count; i++) {
        size_t found = 0;
        for (size_t k = 0; k < ours.count; k++) {
            found += is_near(ours.x[k], theirs.x[i]) && is_near(ours.y[k], theirs.y[i]) ? 1 : 0;
        }
        CHECK_INT(found, 1);
    }
    sample_close(&sample);
}

TEST(a_sealed_page_shows_the_picture_of_its_seal)
{
    Error err = {0};
    Sample sample = sample_open();
    PdfSealing sealing = sample_sealing(&sample, "person", 0);
    PdfPrepared prepared;
    Bytes sealed, svg, plain;
    CHECK_OK(draw(sample.arena, sample_pdf(&sample), 0, &plain, &err));
    CHECK(!has_text(plain, "<image"));
    CHECK_OK(pdf_signature_prepare(sample.arena, sample_pdf(&sample), &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_embed(sample.arena, prepared.pdf, &prepared.slot, sample_der(), &sealed,
                                 &err));
    CHECK_OK(draw(sample.arena, sealed, 0, &svg, &err));
    CHECK(has_text(svg, "<image") && has_text(svg, "data:image/png;base64,iVBORw0KGgo"));
    sample_close(&sample);
}

TEST(a_picture_of_a_page_holds_nothing_that_acts_or_loads)
{
    Error err = {0};
    Sample sample = sample_open();
    Bytes svg;
    CHECK_OK(draw(sample.arena, sample_pdf(&sample), 0, &svg, &err));
    static const char *const never[] = {"<script", "http://", "https://",
                                        "onload",  "<a ",     "foreignObject"};
    for (size_t i = 0; i < COUNT_OF(never); i++) {
        bool is_namespace = strcmp(never[i], "http://") == 0;
        size_t at = 0;
        size_t from = is_namespace ? 60 : 0;  // the namespace is a name, nothing is loaded from it
        CHECK(!bytes_find(svg, bytes_of_text(never[i]), from, &at));
    }
    sample_close(&sample);
}

TEST(a_page_that_is_not_there_is_not_found)
{
    Error err = {0};
    Sample sample = sample_open();
    Bytes svg;
    CHECK_FAILS_WITH(draw(sample.arena, sample_pdf(&sample), 1, &svg, &err), ERROR_NOT_FOUND,
                     "pdf_svg.no_page");
    sample_close(&sample);
}

// A file with one content stream of its own, beside that of the sample.
static Bytes with_content(Sample *sample, const char *content)
{
    char text[1200];
    size_t len = strlen(content);
    int head = snprintf(text, sizeof text,
                        "%%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
                        "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n"
                        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R"
                        "/Resources<<>>>>\nendobj\n");
    size_t fourth = (size_t)head;
    int body = snprintf(&text[fourth], sizeof text - fourth,
                        "4 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", len, content);
    size_t table = fourth + (size_t)body;
    const char *second = strstr(text, "2 0 obj"), *third = strstr(text, "3 0 obj");
    snprintf(&text[table], sizeof text - table,
             "xref\n0 5\n0000000000 65535 f \n%010zu 00000 n \n%010zu 00000 n \n%010zu 00000 n \n"
             "%010zu 00000 n \ntrailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
             (size_t)9, (size_t)(second - text), (size_t)(third - text), fourth, table);
    return arena_copy(sample->arena, bytes_of_text(text));
}

TEST(what_is_not_understood_is_refused_and_not_left_out)
{
    Sample sample = sample_open();
    static const char *const contents[] = {
        "/Sh0 sh", "/X Do", "0 0 10 10 re W n", "BT /None 12 Tf ET", "BT (x) Tj ET",
        "1 g 5",   "Q",     "1 2 3 rg 4 4 m s", "/Ghost gs",         "0.5 0.5 0.5 0.5 k"};
    Error err = {0};
    Bytes svg;
    CHECK_OK(draw(sample.arena, with_content(&sample, "0.5 g 10 10 20 20 re f"), 0, &svg, &err));
    CHECK(has_text(svg, "fill=\"#808080\""));
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        CHECK_FAILS_WITH(draw(sample.arena, with_content(&sample, contents[i]), 0, &svg, &err),
                         ERROR_INPUT, "pdf_svg.unsupported");
    }
    sample_close(&sample);
}

TEST(a_damaged_file_is_drawn_or_refused)
{
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample);
    uint8_t *damaged = arena_alloc(sample.arena, pdf.len);
    CHECK(damaged != NULL);
    memcpy(damaged, pdf.data, pdf.len);
    for (size_t at = 0; at < pdf.len; at += 41) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Error err = {0};
        Bytes svg = BYTES_EMPTY;
        damaged[at] ^= (uint8_t)(1U << at % 8);
        bool drawn = draw(arena, bytes_of(damaged, pdf.len), 0, &svg, &err);
        CHECK(drawn || err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT ||
              err.kind == ERROR_NOT_FOUND);
        damaged[at] = pdf.data[at];
    }
    sample_close(&sample);
}
