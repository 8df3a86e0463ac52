// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_coverage.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/document_sample.h"
#include "domain/document/pdf_writer.h"

// A sealed document that the attacks begin with.
typedef struct {
    Sample sample;
    Bytes pdf;  // sealed once
    PdfSlot slot;
} Scene;

static Bytes seal(Scene *scene, Bytes pdf, const char *name, size_t step)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(&scene->sample, name, step);
    sealing.reserve = 300;
    CHECK_OK(pdf_signature_prepare(scene->sample.arena, pdf, &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_embed(scene->sample.arena, prepared.pdf, &prepared.slot, sample_der(),
                                 &sealed, &err));
    scene->slot = prepared.slot;
    return sealed;
}

static Scene scene_open(void)
{
    Scene scene = {.sample = sample_open()};
    scene.pdf = seal(&scene, sample_pdf(&scene.sample), "person", 0);
    return scene;
}

static void scene_close(Scene *scene)
{
    sample_close(&scene->sample);
}

// The code of the first failed check of a signature; "" when all passed; the error's code when the
// file cannot be opened.
static const char *judge(Scene *scene, Bytes pdf, size_t index)
{
    static char code[ERROR_CODE_SIZE];
    Error err = {0};
    PdfFile *file = NULL;
    code[0] = 0;
    if (!pdf_open(scene->sample.arena, pdf, &file, &err)) {
        return memcpy(code, err.code, sizeof code);
    }
    Verdict verdict = verdict_new(scene->sample.arena);
    bool sound = pdf_coverage_judge(&verdict, file, index);
    sound = pdf_coverage_judge_content(&verdict, file) && sound;
    sound = pdf_coverage_judge_picture(&verdict, file, index, scene->sample.picture) && sound;
    const VerdictCheck *reason = verdict_reason(&verdict);
    CHECK(sound == (reason == NULL));
    if (reason != NULL) {
        CHECK_INT(reason->area, AREA_COVERAGE);
        snprintf(code, sizeof code, "%s", reason->code);
    }
    return code;
}

// A copy with `from` replaced by `to` (same length) at its last occurrence.
static Bytes replaced(Scene *scene, Bytes pdf, const char *from, const char *to)
{
    size_t offset = 0;
    CHECK_INT(strlen(from), strlen(to));
    CHECK(bytes_find_last(pdf, bytes_of_text(from), &offset));
    Writer out = writer_new(pdf.len);
    writer_put(&out, pdf);
    writer_patch(&out, offset, bytes_of_text(to));
    Bytes copy = arena_copy(scene->sample.arena, writer_bytes(&out));
    writer_free(&out);
    return copy;
}

// A copy with one more revision that defines these objects.
typedef struct {
    uint32_t number;  // 0: a new one
    const char *text;
} Redefinition;

static Bytes appended(Scene *scene, Bytes pdf, const Redefinition *objects, size_t count)
{
    Error err = {0};
    PdfFile *file = NULL;
    size_t revisions = 0;
    Writer out = writer_new(1 << 22);
    CHECK_OK(pdf_open(scene->sample.arena, pdf, &file, &err));
    const PdfRevision *last = pdf_revisions(file, &revisions) + revisions - 1;
    writer_put(&out, pdf);
    PdfWriter writer = pdf_writer_continue(scene->sample.arena, &out, pdf_size(file));
    for (size_t i = 0; i < count; i++) {
        uint32_t number = objects[i].number;
        pdf_writer_object(&writer, number == 0 ? pdf_writer_reserve(&writer) : number, "%s",
                          objects[i].text);
    }
    PdfTrailer trailer = {
        .root = (uint32_t)pdf_entry(last->trailer, "Root")->integer,
        .info = (uint32_t)pdf_entry(last->trailer, "Info")->integer,
        .first_id = bytes_of("0123456789abcdef", 16),
        .last_id = bytes_of("0123456789abcdef", 16),
        .has_previous = true,
        .previous_xref = last->xref_offset,
    };
    CHECK_OK(pdf_writer_finish(&writer, &trailer, &err));
    Bytes copy = arena_copy(scene->sample.arena, writer_bytes(&out));
    writer_free(&out);
    return copy;
}

// Covers: GB/T 38540-2020 7.2; ISO 32000-1 12.8.1; D21.
TEST(sealed_document_is_covered)
{
    Scene scene = scene_open();
    CHECK_TEXT(judge(&scene, scene.pdf, 0), "");
    Bytes twice = seal(&scene, scene.pdf, "bank", 1);
    Bytes thrice = seal(&scene, twice, "witness", 2);
    for (size_t i = 0; i < 3; i++) {
        CHECK_TEXT(judge(&scene, thrice, i), "");
    }
    CHECK_TEXT(judge(&scene, thrice, 3), "pdf_coverage.field");
    scene_close(&scene);
}

TEST(changed_byte_range_or_contents_is_refused)
{
    static const struct {
        const char *from, *to, *code;
    } attacks[] = {
        {"/ByteRange [0", "/ByteRangx [0", "pdf_coverage.byte_range"},
        {"/ByteRange [0", "/ByteRange [1", "pdf_coverage.byte_range"},
        {"/ByteRange [0 ", "/ByteRange [0.", "pdf_coverage.byte_range"},
        {"/ByteRange [0 ", "/ByteRange [-1", "pdf_coverage.byte_range"},
        {"/Contents <", "/Contentz <", "pdf_coverage.contents"},
        {"/Contents <30", "/Contents <  ", "pdf_coverage.contents"},
        {"/Contents <30", "/Contents <00", "pdf_coverage.contents_padding"},
        {"/Contents <300a", "/Contents <30ff", "pdf_coverage.contents_padding"},
        {"/Contents <300a", "/Contents <30Aa", "pdf_coverage.contents"},
        {"/Type /Sig /Filter", "/Type /Sog /Filter", "pdf_coverage.field"},
        {"00> >>", "01> >>", "pdf_coverage.contents_padding"},
        {"/FT /Sig", "/FT /Btn", "pdf_coverage.field"},
        // drawn in another way than ours: only its signature tells
        {"/F 132", "/F 134", ""},
        {"/Seal Do Q", "/Seal Do  ", ""},
        {"/BM /Multiply", "/BM /Normal  ", ""},
        {"/Predictor 15", "/Predictor 12", "pdf_coverage.picture"},
    };
    Scene scene = scene_open();
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        const char *code =
            judge(&scene, replaced(&scene, scene.pdf, attacks[i].from, attacks[i].to), 0);
        if (strcmp(code, attacks[i].code) != 0) {
            test_fail(__FILE__, __LINE__, "attack %zu gives %s, not %s", i, code, attacks[i].code);
        }
    }
    scene_close(&scene);
}

TEST(gap_larger_than_the_signature_value_is_refused)
{
    // Signature wrapping: the second span begins later, and other bytes stand in the gap.
    Scene scene = scene_open();
    char range[64], wider[64];
    const uint64_t *r = scene.slot.byte_range;
    snprintf(range, sizeof range, "[0 %u %u %u", (unsigned)r[1], (unsigned)r[2], (unsigned)r[3]);
    snprintf(wider, sizeof wider, "[0 %u %u %u", (unsigned)r[1], (unsigned)r[2] + 1,
             (unsigned)r[3] - 1);
    CHECK_TEXT(judge(&scene, replaced(&scene, scene.pdf, range, wider), 0),
               "pdf_coverage.contents");
    snprintf(wider, sizeof wider, "[0 %u %u %u", (unsigned)r[1], (unsigned)r[2],
             (unsigned)r[3] - 1);
    CHECK_TEXT(judge(&scene, replaced(&scene, scene.pdf, range, wider), 0), "pdf_coverage.end");
    scene_close(&scene);
}

TEST(later_revision_that_is_no_pure_signature_is_refused)
{
    Scene scene = scene_open();
    Error err = {0};
    PdfFile *file = NULL;
    const uint32_t *pages = NULL;
    size_t count = 0;
    CHECK_OK(pdf_open(scene.sample.arena, scene.pdf, &file, &err));
    (void)pdf_pages(file, &pages, &count);
    uint32_t catalog =
        (uint32_t)pdf_entry(pdf_revisions(file, &count)[count - 1].trailer, "Root")->integer;
    uint32_t field = pdf_signatures(file, &count)[0].field_number;
    const Redefinition attacks[] = {
        // an incremental update that replaces what is shown
        {pages[0], "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Resources << >> >>"},
        // a new catalog
        {catalog, "<< /Type /Catalog /Pages 3 0 R >>"},
        // a new title
        {2, "<< /Title (another) >>"},
        // the field's own value is taken away
        {field, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (person) /V null >>"},
        // a new object that nothing refers to yet
        {0, "(harmless?)"},
    };
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        const char *code = judge(&scene, appended(&scene, scene.pdf, &attacks[i], 1), 0);
        if (strncmp(code, "pdf_coverage.", 13) != 0 && strcmp(code, "pdf.malformed") != 0) {
            test_fail(__FILE__, __LINE__, "attack %zu gives \"%s\"", i, code);
        }
    }
    scene_close(&scene);
}

TEST(signature_that_also_changes_the_page_is_refused)
{
    // Evil annotation: the second signer brings more than a signature. What is another about the
    // second signature alone is its own, and judged with it.
    Scene scene = scene_open();
    Bytes twice = seal(&scene, scene.pdf, "bank", 1);
    CHECK_TEXT(judge(&scene, twice, 0), "");
    static const struct {
        const char *from, *to, *first, *second;
    } attacks[] = {
        {"/F 132", "/F 164", "", ""},
        {"/Rect [", "/Rekt [", "", ""},
        {"/BM /Multiply", "/BM /Normal  ", "", ""},
        {"/MediaBox [0 0 595.28", "/MediaBox [9 0 595.28", "pdf_coverage.later_revisions", ""},
        {"/T (bank)", "/Tx (ban)", "", "pdf_coverage.field"},
        {"/Subtype /Widget", "/Subtype /Stamp ", "pdf_coverage.later_revisions", ""},
        {"/Fields [", "/Felds [ ", "pdf_coverage.field", "pdf_coverage.field"},
    };
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        Bytes attacked = replaced(&scene, twice, attacks[i].from, attacks[i].to);
        char first[ERROR_CODE_SIZE];
        snprintf(first, sizeof first, "%s", judge(&scene, attacked, 0));
        const char *second = judge(&scene, attacked, 1);
        if (strcmp(first, attacks[i].first) != 0 || strcmp(second, attacks[i].second) != 0) {
            test_fail(__FILE__, __LINE__, "attack %zu gives \"%s\" and \"%s\"", i, first, second);
        }
    }
    scene_close(&scene);
}

TEST(bytes_after_the_end_are_refused)
{
    Scene scene = scene_open();
    Writer out = writer_new(1 << 22);
    writer_put(&out, scene.pdf);
    writer_put_text(&out, "x");
    CHECK_TEXT(judge(&scene, writer_bytes(&out), 0), "pdf.malformed");
    writer_free(&out);
    scene_close(&scene);
}

// A document of one page with more in its catalog, on its page and beside them.
static Bytes document_with(Scene *scene, const char *catalog, const char *page, const char *more)
{
    Error err = {0};
    Writer out = writer_new(1 << 22);
    PdfWriter writer = pdf_writer_new(scene->sample.arena, &out);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "<< /Type /Catalog /Pages 2 0 R %s >>",
                      catalog);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
    pdf_writer_object(&writer, pdf_writer_reserve(&writer),
                      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>", page);
    pdf_writer_object(&writer, pdf_writer_reserve(&writer), "%s", more);
    PdfTrailer trailer = {.root = 1};
    CHECK_OK(pdf_writer_finish(&writer, &trailer, &err));
    Bytes pdf = arena_copy(scene->sample.arena, writer_bytes(&out));
    writer_free(&out);
    return pdf;
}

// The worst outcome of a code; -1: it was not judged.
static int outcome_of(const Verdict *verdict, const char *code)
{
    int worst = -1;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        worst = strcmp(check->code, code) == 0 && (int)check->outcome > worst ? (int)check->outcome
                                                                              : worst;
    }
    return worst;
}

// What was hidden when it was signed is signed too; hidden later, it is an attack.
TEST(object_hidden_between_objects_is_told_when_signed_and_refused_when_later)
{
    Scene scene = scene_open();
    Error err = {0};
    PdfFile *file = NULL;
    Bytes pdf = document_with(&scene, "/A 4 0 R", "", "<< >>\nendobj\n9 0 obj\n(hidden)");
    Bytes sealed = seal(&scene, pdf, "person", 0);
    CHECK_TEXT(judge(&scene, sealed, 0), "");
    CHECK_OK(pdf_open(scene.sample.arena, sealed, &file, &err));
    Verdict verdict = verdict_new(scene.sample.arena);
    CHECK(pdf_coverage_judge(&verdict, file, 0));
    CHECK_INT(outcome_of(&verdict, "pdf_coverage.definitions"), CHECK_INFORMED);
    const Redefinition later = {0, "(new)\nendobj\n9 0 obj\n(hidden)"};
    CHECK_TEXT(judge(&scene, appended(&scene, scene.pdf, &later, 1), 0),
               "pdf_coverage.definitions");
    scene_close(&scene);
}

static const struct {
    const char *catalog, *page, *more, *name;
    CheckOutcome outcome;
} dangerous[] = {
    {"/OpenAction 4 0 R", "", "<< /S /JavaScript /JS (1) >>", "active_content", CHECK_UNKNOWN},
    {"/A 4 0 R", "/AA << >>", "<< >>", "active_content", CHECK_UNKNOWN},
    {"/AcroForm << /Fields [] /XFA 4 0 R >>", "", "<< >>", "active_content", CHECK_UNKNOWN},
    {"/A 4 0 R", "", "<< /S /Launch /F (x) >>", "active_content", CHECK_UNKNOWN},
    {"/A 4 0 R", "", "<< /S /SetOCGState >>", "active_content", CHECK_UNKNOWN},
    {"/A 4 0 R", "", "<< /S /URI >>", "actions", CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /S /GoToR /F (x) >>", "actions", CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /S /SubmitForm >>", "actions", CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /Length 0 /F (x) >>\nstream\n\nendstream", "external", CHECK_UNKNOWN},
    {"/A 4 0 R", "", "<< /Length 0 /Ref << >> >>\nstream\n\nendstream", "external", CHECK_UNKNOWN},
    {"/Names << /EmbeddedFiles 4 0 R >>", "", "<< >>", "attachments", CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /Type /Filespec /F (x) >>", "attachments", CHECK_INFORMED},
    {"/OCProperties << >> /A 4 0 R", "", "<< >>", "optional_content", CHECK_UNKNOWN},
    {"/A 4 0 R", "/Resources << /Properties << /A << /Type /OCG >> >> >>", "<< >>",
     "optional_content", CHECK_UNKNOWN},
    {"/A 4 0 R /AcroForm << /Fields [] /NeedAppearances true >>", "", "<< >>", "form",
     CHECK_INFORMED},
    {"/A 4 0 R /AcroForm << /Fields [] /CO [] >>", "", "<< >>", "form", CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "fonts",
     CHECK_INFORMED},
    {"/A 4 0 R", "", "<< /Subtype /TrueType /BaseFont /Arial >>", "fonts", CHECK_INFORMED},
    {"", "/Annots [4 0 R]", "<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] >>", "annotations",
     CHECK_INFORMED},
    {"", "", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "unused", CHECK_INFORMED},
    {"", "", "<< /Type /Catalog /Pages 2 0 R >>", "unused", CHECK_INFORMED},
};

TEST(dangerous_constructs_are_refused_before_they_are_sealed)
{
    Scene scene = scene_open();
    PdfSealing sealing = sample_sealing(&scene.sample, "person", 0);
    PdfPrepared prepared;
    Error err = {0};
    Bytes plain = document_with(&scene, "/A 4 0 R", "", "<< >>");
    CHECK_OK(pdf_signature_prepare(scene.sample.arena, plain, &sealing, &prepared, &err));
    for (size_t i = 0; i < COUNT_OF(dangerous); i++) {
        Bytes pdf =
            document_with(&scene, dangerous[i].catalog, dangerous[i].page, dangerous[i].more);
        char code[ERROR_CODE_SIZE];
        snprintf(code, sizeof code, "pdf_seal.%s", dangerous[i].name);
        bool ok = pdf_signature_prepare(scene.sample.arena, pdf, &sealing, &prepared, &err);
        if (ok || strcmp(err.code, code) != 0) {
            test_fail(__FILE__, __LINE__, "case %zu gives %s", i, ok ? "success" : err.code);
        }
    }
    scene_close(&scene);
}

TEST(dangerous_constructs_are_told_of_what_others_signed)
{
    Scene scene = scene_open();
    for (size_t i = 0; i < COUNT_OF(dangerous); i++) {
        Error err = {0};
        PdfFile *file = NULL;
        char code[ERROR_CODE_SIZE];
        Verdict verdict = verdict_new(scene.sample.arena);
        snprintf(code, sizeof code, "pdf_coverage.%s", dangerous[i].name);
        Bytes pdf =
            document_with(&scene, dangerous[i].catalog, dangerous[i].page, dangerous[i].more);
        CHECK_OK(pdf_open(scene.sample.arena, pdf, &file, &err));
        bool sound = pdf_coverage_judge_content(&verdict, file);
        if (outcome_of(&verdict, code) != (int)dangerous[i].outcome ||
            sound != (dangerous[i].outcome == CHECK_INFORMED)) {
            test_fail(__FILE__, __LINE__, "case %zu gives %d", i, outcome_of(&verdict, code));
        }
    }
    scene_close(&scene);
}

TEST(another_picture_than_the_seal_s_is_refused)
{
    Error err = {0};
    Scene scene = scene_open();
    Writer other = writer_new(1 << 20);
    PdfFile *file = NULL;
    CHECK_OK(seal_picture_draw_name(&scene.sample.fonts, "李四", 60, &other, &err));
    CHECK_OK(pdf_open(scene.sample.arena, scene.pdf, &file, &err));
    Verdict verdict = verdict_new(scene.sample.arena);
    CHECK(pdf_coverage_judge_picture(&verdict, file, 0, scene.sample.picture));
    CHECK(!pdf_coverage_judge_picture(&verdict, file, 0, writer_bytes(&other)));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
    Verdict unknown = verdict_new(scene.sample.arena);
    CHECK(!pdf_coverage_judge_picture(&unknown, file, 0, BYTES_LITERAL("GIF89a")));
    CHECK_INT(verdict_outcome(&unknown), CHECK_UNKNOWN);
    writer_free(&other);
    scene_close(&scene);
}

TEST(files_sealed_by_earlier_versions_stay_sound)
{
    static const struct {
        const char *path;
        size_t signatures;
    } files[] = {
        {"src/domain/document/testdata/pdf/unsealed.pdf", 0},
        {"src/domain/document/testdata/pdf/sealed_once.pdf", 1},
        {"src/domain/document/testdata/pdf/sealed_twice.pdf", 2},
    };
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        PdfFile *file = NULL;
        size_t count = 0;
        CHECK_OK(pdf_open(arena, test_file(files[i].path), &file, &err));
        (void)pdf_signatures(file, &count);
        CHECK_INT(count, files[i].signatures);
        Verdict verdict = verdict_new(arena);
        CHECK(pdf_coverage_judge_content(&verdict, file));
        for (size_t k = 0; k < count; k++) {
            CHECK(pdf_coverage_judge(&verdict, file, k));
        }
    }
    arena_free(arena);
}
