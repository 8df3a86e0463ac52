// SPDX-License-Identifier: Apache-2.0
//
// Published attacks on signed PDFs, made of our own letters; the cryptography of the seals is left
// out, for these attacks are about what a signature covers.
#include "base/test/test.h"
#include "domain/document/document_sample.h"
#include "domain/document/pdf_attack_fixture.h"
#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_writer.h"

typedef struct {
    Arena *arena;
    Bytes letters[2];  // sealed once and twice
    Victim victims[2];
} Scene;

static void scene_open(Scene *scene)
{
    scene->arena = arena_new(ARENA_DEFAULT_LIMIT);
    scene->letters[0] = test_file("src/domain/document/testdata/pdf/sealed_once.pdf");
    scene->letters[1] = test_file("src/domain/document/testdata/pdf/sealed_twice.pdf");
    for (size_t i = 0; i < COUNT_OF(scene->letters); i++) {
        scene->victims[i] = attack_victim(scene->arena, scene->letters[i]);
    }
}

static void scene_close(Scene *scene)
{
    arena_free(scene->arena);
}

// The verdict over the coverage of all signatures. A file that cannot be read is not covered, nor
// is one that shows fewer signatures.
static CheckOutcome judge(Bytes pdf, size_t least)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PdfFile *file = NULL;
    size_t count = 0;
    if (!pdf_open(arena, pdf, &file, NULL)) {
        return CHECK_FAILED;
    }
    Verdict verdict = verdict_new(arena);
    (void)pdf_signatures(file, &count);
    for (size_t i = 0; i < count; i++) {
        (void)pdf_coverage_judge(&verdict, file, i);
    }
    return count < least ? CHECK_FAILED : verdict_outcome(&verdict);
}

TEST(letters_that_nobody_touched_are_covered)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CHECK_INT(judge(scene.letters[0], 1), CHECK_PASSED);
    CHECK_INT(judge(scene.letters[1], 2), CHECK_PASSED);
}

// Universal signature forgery.
TEST(no_other_byte_range_or_contents_covers_a_document)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (size_t v = 0; v < COUNT_OF(scene.victims); v++) {
        for (size_t i = 0; i < ATTACK_RANGES; i++) {
            if (judge(attack_range(&scene.victims[v], i), v + 1) != CHECK_FAILED) {
                test_fail(__FILE__, __LINE__, "letter %zu, range %zu is taken", v, i);
            }
        }
        for (size_t i = 0; i < ATTACK_CONTENTS; i++) {
            if (judge(attack_contents(&scene.victims[v], i), v + 1) != CHECK_FAILED) {
                test_fail(__FILE__, __LINE__, "letter %zu, contents %zu are taken", v, i);
            }
        }
    }
}

// Incremental saving.
TEST(no_appended_revision_changes_what_was_signed)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (size_t v = 0; v < COUNT_OF(scene.victims); v++) {
        for (size_t i = 0; i < ATTACK_PAYLOADS * ATTACK_TAILS; i++) {
            Payload payload = attack_payload(&scene.victims[v], i / ATTACK_TAILS);
            Bytes attacked = attack_appended(&scene.victims[v], &payload, i % ATTACK_TAILS);
            // What changes nothing that is shown is not covered either; only a revision that says
            // nothing at all, and ends as it should, is none.
            bool is_none = payload.number == 0 && (i % ATTACK_TAILS == 0 || i % ATTACK_TAILS == 14);
            if (!is_none && judge(attacked, v + 1) == CHECK_PASSED) {
                test_fail(__FILE__, __LINE__, "letter %zu, %s, tail %zu is taken", v, payload.name,
                          i % ATTACK_TAILS);
            }
        }
    }
}

// Signature wrapping.
TEST(no_span_can_be_moved)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (size_t v = 0; v < COUNT_OF(scene.victims); v++) {
        for (size_t i = 0; i < ATTACK_WRAPPINGS; i++) {
            CHECK_INT(judge(attack_wrapped(&scene.victims[v], i), v + 1), CHECK_FAILED);
        }
    }
}

// --- shadow documents -------------------------------------------------------------------------

// A document with two contents, of which its page names one. The other is hidden: as an object that
// nothing refers to, or as a second body of the first that no table names.
static Bytes shadow_document(Arena *arena, bool is_second_body)
{
    Error err = {0};
    Writer out = writer_new(1 << 20);
    PdfWriter writer = pdf_writer_new(arena, &out);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "<< /Type /Catalog /Pages 2 0 R >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
                      "/Resources << /XObject << /O 5 0 R >> >> >>");
    pdf_writer_object(
        &writer, pdf_writer_reserve(&writer), "<< /Length 7 >>\nstream\n/O Do q\nendstream%s",
        is_second_body ? "\nendobj\n4 0 obj\n<< /Length 7 >>\nstream\n(Eve) q\nendstream" : "");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace "
                      "/DeviceGray /Length 1 >>\nstream\n0\nendstream");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Length 7 >>\nstream\n(Eve) q\nendstream");
    PdfTrailer trailer = {.root = 1};
    CHECK_OK(pdf_writer_finish(&writer, &trailer, &err));
    Bytes pdf = arena_copy(arena, writer_bytes(&out));
    writer_free(&out);
    return pdf;
}

static Bytes sealed_shadow(Sample *sample, bool is_second_body)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(sample, "person", 0);
    sealing.reserve = 300;
    CHECK_OK(pdf_signature_prepare(sample->arena, shadow_document(sample->arena, is_second_body),
                                   &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_embed(sample->arena, prepared.pdf, &prepared.slot, sample_der(), &sealed,
                                 &err));
    return sealed;
}

// Hide, replace, and hide and replace: what was prepared before signing is shown by a table alone.
TEST(what_was_hidden_when_signed_cannot_be_shown_later)
{
    static const struct {
        const char *object;  // redefined; NULL: only the table changes
        uint32_t number;
        const char *pointed_at;  // what the entry points at in the old body
    } attacks[] = {
        {NULL, 4, "4 0 obj\n<< /Length 7 >>\nstream\n(Eve)"},
        {NULL, 4, NULL},  // freed: nothing is shown
        {NULL, 5, NULL},  // the covering picture is freed
        {"<< /Length 1 >>\nstream\n0\nendstream", 5, NULL},
        {"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R >>", 3, NULL},
    };
    Sample sample = sample_open();
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        Bytes sealed = sealed_shadow(&sample, attacks[i].pointed_at != NULL);
        CHECK_INT(judge(sealed, 1), CHECK_PASSED);
        Victim victim = attack_victim(sample.arena, sealed);
        Writer out = writer_new(1 << 22);
        writer_put(&out, sealed);
        size_t offset = out.len;
        if (attacks[i].object != NULL) {
            writer_format(&out, "%u 0 obj\n%s\nendobj\n", (unsigned)attacks[i].number,
                          attacks[i].object);
        } else if (attacks[i].pointed_at != NULL) {
            CHECK(bytes_find(sealed, bytes_of_text(attacks[i].pointed_at), 0, &offset));
        }
        size_t table = out.len;
        bool is_freed = attacks[i].object == NULL && attacks[i].pointed_at == NULL;
        writer_format(&out, "xref\n%u 1\n%010zu %05d %c \n", (unsigned)attacks[i].number,
                      is_freed ? 0 : offset, is_freed, is_freed ? 'f' : 'n');
        const Payload payload = {.root = victim.root};
        attack_trailer(&out, &victim, &payload, (long long)victim.xref, "");
        writer_format(&out, "startxref\n%zu\n%%%%EOF\n", table);
        CHECK_INT(judge(attack_kept(&victim, &out), 1), CHECK_FAILED);
    }
    sample_close(&sample);
}

// --- what one reader sees and another does not ------------------------------------------------

// A later table that says nothing has a stream beside it that replaces what the page shows.
static Bytes hidden_table(const Victim *victim)
{
    Writer out = writer_new(2 * victim->pdf.len + 4096);
    Payload payload = attack_payload(victim, 0);
    writer_put(&out, victim->pdf);
    size_t object = out.len;
    writer_format(&out, "%u 0 obj\n%s\nendobj\n", (unsigned)payload.number, payload.text);
    size_t stream = out.len;
    writer_format(&out,
                  "%u 0 obj\n<< /Type /XRef /W [1 4 2] /Index [%u 1] /Size %u /Root %u 0 R /Length "
                  "7 >>\nstream\n",
                  (unsigned)victim->size, (unsigned)payload.number, (unsigned)victim->size + 1,
                  (unsigned)victim->root);
    writer_put_u8(&out, 1);
    writer_put_u32_be(&out, (uint32_t)object);
    writer_put_u16_be(&out, 0);
    writer_put_text(&out, "\nendstream\nendobj\n");
    size_t table = attack_table(&out, 0, 0);
    attack_trailer(&out, victim, &payload, (long long)victim->xref,
                   arena_format(victim->arena, "/XRefStm %zu", stream));
    writer_format(&out, "startxref\n%zu\n%%%%EOF\n", table);
    return attack_kept(victim, &out);
}

static Bytes surrounded(const Victim *victim, const char *before, Bytes after)
{
    Writer out = writer_new(victim->pdf.len + 4096);
    writer_put_text(&out, before);
    writer_put(&out, victim->pdf);
    writer_put(&out, after);
    return attack_kept(victim, &out);
}

TEST(readers_that_differ_are_given_nothing_to_differ_about)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    const Victim *victim = &scene.victims[0];
    CHECK_INT(judge(hidden_table(victim), 1), CHECK_FAILED);
    CHECK_INT(judge(surrounded(victim, "", BYTES_LITERAL("\n\n")), 1), CHECK_FAILED);
    CHECK_INT(judge(surrounded(victim, "", BYTES_LITERAL("\0\0\0")), 1), CHECK_FAILED);
    CHECK_INT(judge(surrounded(victim, "", BYTES_LITERAL("%%EOF\n")), 1), CHECK_FAILED);
    CHECK_INT(judge(surrounded(victim, "", BYTES_LITERAL("startxref\n0\n%%EOF\n")), 1),
              CHECK_FAILED);
    // Where the offsets count from, readers do not agree.
    Error err = {0};
    PdfFile *file = NULL;
    CHECK_FAILS_WITH(pdf_open(scene.arena, surrounded(victim, "junk\n", BYTES_EMPTY), &file, &err),
                     ERROR_INPUT, "pdf.unsupported");
}

// An object of a signed revision that ends in bytes which came later, by the length of its stream.
TEST(what_was_signed_does_not_end_in_what_came_later)
{
    static const char document[] =
        "%PDF-1.7\n"
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Contents 4 0 R >>\nendobj\n"
        "4 0 obj\n<< /Length 400 >>\nstream\n";
    static const char *const marks[] = {"1 0 obj", "2 0 obj", "3 0 obj", "4 0 obj"};
    Error err = {0};
    PdfFile *file = NULL;
    const PdfObject *object = NULL;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer out = writer_new(4096);
    writer_put_text(&out, document);
    size_t start = out.len, table = out.len;
    writer_put_text(&out, "xref\n0 5\n0000000000 65535 f \n");
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        size_t at = 0;
        CHECK(bytes_find(bytes_of_text(document), bytes_of_text(marks[i]), 0, &at));
        writer_format(&out, "%010zu 00000 n \n", at);
    }
    writer_format(&out, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", table);
    writer_put_text(&out, "%");
    writer_put_repeated(&out, 'x', start + 400 - out.len);
    writer_put_text(&out, "\nendstream\nendobj\n");
    size_t later = out.len;
    writer_format(
        &out, "xref\n0 0\ntrailer\n<< /Size 5 /Root 1 0 R /Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
        table, later);
    CHECK_OK(pdf_open(arena, writer_bytes(&out), &file, &err));
    CHECK_FAILS_WITH(pdf_load(file, 4, &object, &err), ERROR_INPUT, "pdf.malformed");
}
