// SPDX-License-Identifier: Apache-2.0
//
// What may be changed after a signature, by what it says: certified documents and locks.
#include "domain/document/pdf_permission.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/document/pdf_coverage.h"

enum { MOST_OBJECTS = 16, FIRST_NEW = 14 };

// A file under construction.
typedef struct {
    Writer out;
    size_t offsets[2 * MOST_OBJECTS];
    const char *trailer;  // more of the next one; NULL: nothing
} Builder;

static void put_object(Builder *builder, unsigned number, const char *text)
{
    builder->offsets[number] = builder->out.len;
    writer_format(&builder->out, "%u 0 obj\n%s\nendobj\n", number, text);
}

static size_t put_table(Builder *builder, size_t previous)
{
    size_t at = builder->out.len;
    writer_put_text(&builder->out, "xref\n");
    for (size_t i = 1; i < COUNT_OF(builder->offsets); i++) {
        if (builder->offsets[i] != 0) {
            writer_format(&builder->out, "%zu 1\n%010zu 00000 n \n", i, builder->offsets[i]);
        }
    }
    writer_format(&builder->out, "trailer\n<< /Size %zu /Root 1 0 R", COUNT_OF(builder->offsets));
    if (previous != 0) {
        writer_format(&builder->out, " /Prev %zu", previous);
    }
    writer_put_text(&builder->out, builder->trailer != NULL ? builder->trailer : "");
    writer_format(&builder->out, " >>\nstartxref\n%zu\n%%%%EOF\n", at);
    memset(builder->offsets, 0, sizeof builder->offsets);
    return at;
}

#define PAGE "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << "

// The objects of the document as it is signed; the signature is object 9.
static void put_document(Builder *builder, const char *perms, const char *reference,
                         const char *lock)
{
    char text[1024];
    writer_put_text(&builder->out, "%PDF-1.7\n");
    snprintf(text, sizeof text,
             "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s /Names << /A 11 0 R >> >>", perms);
    put_object(builder, 1, text);
    put_object(builder, 2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    put_object(builder, 3,
               PAGE "/Font << /F 10 0 R >> >> /Annots [6 0 R 7 0 R 8 0 R 12 0 R 13 0 R] >>");
    put_object(builder, 4, "<< /Length 12 >>\nstream\n/F (Bob) Tj \nendstream");
    put_object(builder, 5,
               "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> >> "
               ">>");
    put_object(builder, 6,
               "<< /FT /Tx /T (name) /V (old) /Subtype /Widget /Rect [0 0 9 9] /AP << /N 11 0 R >> "
               ">>");
    put_object(builder, 7, "<< /FT /Tx /T (other) /Subtype /Widget /Rect [0 9 9 18] >>");
    snprintf(text, sizeof text,
             "<< /FT /Sig /T (sig) /V 9 0 R /Subtype /Widget /Rect [0 0 0 0] %s >>", lock);
    put_object(builder, 8, text);
    put_object(builder, 10, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    put_object(builder, 11, "<< /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream");
    put_object(builder, 12, "<< /Subtype /Link /Rect [0 0 9 9] >>");
    put_object(builder, 13, "<< /FT /Sig /T (empty) /Subtype /Widget /Rect [50 50 90 90] >>");
    snprintf(text, sizeof text,
             "<< /Type /Sig /SubFilter /x %s /ByteRange [0 1000000000 1000000000 1000000000] "
             "/Contents <3003020105> >>",
             reference);
    put_object(builder, 9, text);
}

static size_t sign(Builder *builder)
{
    size_t xref = put_table(builder, 0), at = 0, range = 0, end = 0;
    char text[64];
    Bytes pdf = writer_bytes(&builder->out);
    CHECK(bytes_find(pdf, BYTES_LITERAL("<3003"), 0, &at));
    CHECK(bytes_find(pdf, BYTES_LITERAL("[0 1000000000"), 0, &range));
    CHECK(bytes_find(pdf, BYTES_LITERAL("> >>"), at, &end));
    snprintf(text, sizeof text, "[0 %010zu %010zu %010zu]", at, end + 1, pdf.len - end - 1);
    writer_patch(&builder->out, range, bytes_of_text(text));
    return xref;
}

// The worst outcome for later revisions.
static int judge(Bytes pdf)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    PdfFile *file = NULL;
    size_t count = 0;
    int worst = -1;
    CHECK_OK(pdf_open(arena, pdf, &file, &err));
    Verdict verdict = verdict_new(arena);
    const PdfSignature *signatures = pdf_signatures(file, &count);
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(signatures[i].field_name, "sig")) {
            (void)pdf_coverage_judge(&verdict, file, i);
        }
    }
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        bool is_it = strcmp(check->code, "pdf_coverage.later_revisions") == 0;
        if (!is_it && check->outcome == CHECK_FAILED) {
            test_fail(__FILE__, __LINE__, "%s: %s", check->code, check->detail);
        }
        worst = is_it && (int)check->outcome > worst ? (int)check->outcome : worst;
    }
    return worst;
}

typedef struct {
    unsigned number;
    const char *text;
} Change;

#define CERTIFIED "/Perms << /DocMDP 9 0 R >>"
#define DOC_MDP(p) "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P " #p " >> >>]"
#define FIELD_MDP(action, fields)                                                    \
    "/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /" action \
    " /Fields [" fields "] >> >>]"
#define OLD_FIELD "<< /FT /Tx /T (name) /V (old) /Subtype /Widget /Rect [0 0 9 9] /AP << /N "
#define ANNOTS(list) PAGE "/Font << /F 10 0 R >> >> /Annots [" list "] >>"

// Each of a permission: none, 1, 2, 3. I: informed, U: unknown, F: failed.
static const struct {
    const char *name, *outcomes;
    Change changes[4];
} rows[] = {
    {"nothing", "IIII", {{0, NULL}}},
    {"what was there, once more",
     "IIII",
     {{2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
      {10, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}}},
    {"what nothing refers to", "UUUU", {{14, "<< /Type /Font >>"}}},
    {"flags of the form that show nothing",
     "UUUU",
     {{5, "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R] /DR << /Font << /F 10 0 R >> >> >>"}}},
    {"a store",
     "IIII",
     {{1,
       "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s /Names << /A 11 0 R >> /DSS << >> "
       ">>"}}},
    {"a store that is none",
     "FFFF",
     {{1,
       "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s /Names << /A 11 0 R >> /DSS << /JS "
       "(x) >> >>"}}},
    {"permissions gone",
     "FFFF",
     {{1,
       "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Names << /A 11 0 R >> /Perms << >> "
       ">>"}}},
    {"an open action",
     "FFFF",
     {{1,
       "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s /Names << /A 11 0 R >> /OpenAction "
       "<< /S /JavaScript /JS (x) >> >>"}}},
    {"a field filled in",
     "UFII",
     {{6, OLD_FIELD "14 0 R >> >>"},
      {14, "<< /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nx\nendstream"},
      {6,
       "<< /FT /Tx /T (name) /V (new) /Subtype /Widget /Rect [0 0 9 9] /AP << /N 14 0 R >> "
       ">>"}}},
    {"a field filled in without a look",
     "UFII",
     {{7, "<< /FT /Tx /T (other) /V (x) /Subtype /Widget /Rect [0 9 9 18] >>"}}},
    {"a field filled in and locked",
     "UFII",
     {{7, "<< /FT /Tx /T (other) /V (x) /Ff 1 /Subtype /Widget /Rect [0 9 9 18] >>"}}},
    {"a field made a password",
     "FFFF",
     {{7, "<< /FT /Tx /T (other) /V (x) /Ff 8192 /Subtype /Widget /Rect [0 9 9 18] >>"}}},
    {"a look without a value",
     "FFFF",
     {{6, OLD_FIELD "14 0 R >> >>"},
      {14, "<< /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nx\nendstream"}}},
    {"a look redefined",
     "FFFF",
     {{11, "<< /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nx\nendstream"}}},
    {"a field enlarged",
     "FFFF",
     {{7, "<< /FT /Tx /T (other) /V (x) /Subtype /Widget /Rect [0 9 500 800] >>"}}},
    {"a font of the same name",
     "FFFF",
     {{10, "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /BaseFont /Helvetica >>"}}},
    {"a page's content", "FFFF", {{4, "<< /Length 12 >>\nstream\n/F (Eve) Tj \nendstream"}}},
    {"a page rotated",
     "FFFF",
     {{3,
       PAGE "/Font << /F 10 0 R >> >> /Rotate 180 /Annots [6 0 R 7 0 R 8 0 R 12 0 R 13 0 R] >>"}}},
    {"a page added",
     "FFFF",
     {{2, "<< /Type /Pages /Kids [3 0 R 14 0 R] /Count 2 >>"},
      {14, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"}}},
    {"a free text (evil annotation)",
     "FFFU",
     {{3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 300] /Contents (Eve) >>"}}},
    {"a direct stamp",
     "FFFU",
     {{3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R << /Subtype /Stamp /Rect [0 0 9 9] >>")}}},
    {"an annotation removed", "FFFU", {{3, ANNOTS("6 0 R 7 0 R 8 0 R 13 0 R")}}},
    {"an annotation changed",
     "FFFU",
     {{12, "<< /Subtype /FreeText /Rect [0 0 300 300] /Contents (Eve) >>"}}},
    {"a field's widget removed", "FFFU", {{3, ANNOTS("7 0 R 8 0 R 12 0 R 13 0 R")}}},
    {"an empty field signed",
     "IFII",
     {{13,
       "<< /FT /Sig /T (empty) /V 14 0 R /Subtype /Widget /Rect [50 50 90 90] /AP << /N 11 0 "
       "R >> >>"},
      {14, "<< /Type /Sig /SubFilter /x >>"}}},
    {"an empty field signed and moved (sneaky signature)",
     "FFFF",
     {{13,
       "<< /FT /Sig /T (empty) /V 14 0 R /Subtype /Widget /Rect [0 0 500 800] /AP << /N 11 0 "
       "R >> >>"},
      {14, "<< /Type /Sig /SubFilter /x >>"}}},
    {"an invisible signature added",
     "IFII",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14, "<< /FT /Sig /T (n) /V 15 0 R /Subtype /Widget /Rect [0 0 0 0] >>"},
      {15, "<< /Type /Sig /SubFilter /x >>"}}},
    {"a small visible signature added (sneaky signature)",
     "IFUU",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14,
       "<< /FT /Sig /T (n) /V 15 0 R /Subtype /Widget /Rect [0 0 90 90] /AP << /N 11 0 R >> "
       ">>"},
      {15, "<< /Type /Sig /SubFilter /x >>"}}},
    {"a visible field added that nobody signed (sneaky signature)",
     "FFFF",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14, "<< /FT /Sig /T (n) /Subtype /Widget /Rect [0 0 90 90] /AP << /N 11 0 R >> >>"}}},
    {"a field with colours but without a look added that nobody signed",
     "FFFF",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14, "<< /FT /Sig /T (n) /Subtype /Widget /Rect [0 0 90 90] /MK << /BG [1] >> >>"}}},
    {"a signature over the page added (sneaky signature)",
     "UFUU",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {3, ANNOTS("6 0 R 7 0 R 8 0 R 12 0 R 13 0 R 14 0 R")},
      {14,
       "<< /FT /Sig /T (n) /V 15 0 R /Subtype /Widget /Rect [0 0 590 840] /AP << /N 11 0 R >> "
       ">>"},
      {15, "<< /Type /Sig /SubFilter /x >>"}}},
    {"a text field added",
     "FFFF",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R 14 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> "
       ">> >>"},
      {14, "<< /FT /Tx /T (n) /V (Eve) /Subtype /Widget /Rect [0 0 90 90] >>"}}},
    {"a field removed",
     "FFFF",
     {{5, "<< /Fields [7 0 R 8 0 R 13 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R >> >> >>"}}},
    {"appearances needed",
     "FFFF",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R] /SigFlags 3 /NeedAppearances true /DR << /Font "
       "<< /F 10 0 R >> >> >>"}}},
    {"another font for fields",
     "FFFF",
     {{5, "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R] /SigFlags 3 /DR << /Font << /F 11 0 R >> >> >>"}}},
    {"more fonts for fields",
     "UUUU",
     {{5,
       "<< /Fields [6 0 R 7 0 R 8 0 R 13 0 R] /SigFlags 3 /DR << /Font << /F 10 0 R /G 10 0 R "
       ">> >> >>"}}},
};

static Bytes changed(Builder *builder, const Change *changes, const char *perms, size_t xref)
{
    char text[1024];
    for (size_t i = 0; i < COUNT_OF(rows[0].changes) && changes[i].text != NULL; i++) {
        const char *mark = strstr(changes[i].text, "%s");
        int before = mark == NULL ? (int)strlen(changes[i].text) : (int)(mark - changes[i].text);
        snprintf(text, sizeof text, "%.*s%s%s", before, changes[i].text, mark == NULL ? "" : perms,
                 mark == NULL ? "" : mark + 2);
        // What is defined twice is so in one object only.
        bool is_again = false;
        for (size_t k = i + 1; k < COUNT_OF(rows[0].changes) && changes[k].text != NULL; k++) {
            is_again = is_again || changes[k].number == changes[i].number;
        }
        if (!is_again) {
            put_object(builder, changes[i].number, text);
        }
    }
    (void)put_table(builder, xref);
    CHECK(!builder->out.failed);
    return writer_bytes(&builder->out);
}

static int outcome_of(char letter)
{
    return letter == 'I' ? CHECK_INFORMED : letter == 'U' ? CHECK_UNKNOWN : CHECK_FAILED;
}

// Covers: ISO 32000-2 12.8.2.2.
TEST(a_change_is_judged_by_what_the_certification_permits)
{
    static const char *const references[] = {"", DOC_MDP(1), DOC_MDP(2), DOC_MDP(3)};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t p = 0; p < COUNT_OF(references); p++) {
            Builder builder = {.out = writer_new(1 << 20)};
            const char *perms = p == 0 ? "" : CERTIFIED;
            put_document(&builder, perms, references[p], "");
            size_t xref = sign(&builder);
            CHECK_INT(judge(writer_bytes(&builder.out)), CHECK_PASSED);
            int outcome = judge(changed(&builder, rows[i].changes, perms, xref));
            if (outcome != outcome_of(rows[i].outcomes[p])) {
                test_fail(__FILE__, __LINE__, "%s, permission %zu: %d", rows[i].name, p, outcome);
            }
            writer_free(&builder.out);
        }
    }
}

// Covers: ISO 32000-2 12.8.2.4, 12.7.5.5.
TEST(a_locked_field_is_not_filled_in)
{
    static const Change fill[4] = {
        {7, "<< /FT /Tx /T (other) /V (x) /Subtype /Widget /Rect [0 9 9 18] >>"}};
    static const struct {
        const char *reference, *lock;
        CheckOutcome outcome;
    } locks[] = {
        {FIELD_MDP("All", ""), "", CHECK_FAILED},
        {FIELD_MDP("Include", "(other)"), "", CHECK_FAILED},
        {FIELD_MDP("Include", "(oth)"), "", CHECK_UNKNOWN},
        {FIELD_MDP("Include", "(name)"), "", CHECK_UNKNOWN},
        {FIELD_MDP("Exclude", "(name)"), "", CHECK_FAILED},
        {FIELD_MDP("Exclude", "(other)"), "", CHECK_UNKNOWN},
        {"", "/Lock << /Action /All >>", CHECK_FAILED},
        {"", "/Lock << /Action /Include /Fields [(name)] /P 1 >>", CHECK_FAILED},
        {"", "/Lock << /Action /Include /Fields [(name)] /P 2 >>", CHECK_INFORMED},
    };
    for (size_t i = 0; i < COUNT_OF(locks); i++) {
        Builder builder = {.out = writer_new(1 << 20)};
        put_document(&builder, "", locks[i].reference, locks[i].lock);
        size_t xref = sign(&builder);
        int outcome = judge(changed(&builder, fill, "", xref));
        if (outcome != (int)locks[i].outcome) {
            test_fail(__FILE__, __LINE__, "lock %zu: %d", i, outcome);
        }
        writer_free(&builder.out);
    }
}

// Dates and producers change with every writing; no rule says who may change the title.
TEST(document_information_that_changed_later_is_told_or_undecided)
{
    static const struct {
        const char *information;
        CheckOutcome outcome;
    } rows_of_information[] = {
        {" /Info << /ModDate (D:20260101) /Producer (x) >>", CHECK_INFORMED},
        {" /Info << /Title (Eve) >>", CHECK_UNKNOWN},
        {" /Info << /Author (Eve) /ModDate (D:20260101) >>", CHECK_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(rows_of_information); i++) {
        Builder builder = {.out = writer_new(1 << 20)};
        put_document(&builder, "", "", "");
        size_t xref = sign(&builder);
        builder.trailer = rows_of_information[i].information;
        int outcome = judge(changed(&builder, rows[0].changes, "", xref));
        if (outcome != (int)rows_of_information[i].outcome) {
            test_fail(__FILE__, __LINE__, "information %zu: %d", i, outcome);
        }
        writer_free(&builder.out);
    }
}

// Some write the value into the field instead of naming an object.
TEST(a_signature_may_stand_in_its_field)
{
    Builder builder = {.out = writer_new(1 << 20)};
    writer_put_text(&builder.out, "%PDF-1.7\n");
    put_object(&builder, 1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>");
    put_object(&builder, 2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    put_object(&builder, 3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>");
    put_object(&builder, 4,
               "<< /FT /Sig /T (sig) /V << /Type /Sig /SubFilter /x /ByteRange [0 1000000000 "
               "1000000000 1000000000] /Contents <3003020105> >> >>");
    (void)sign(&builder);
    CHECK_INT(judge(writer_bytes(&builder.out)), CHECK_PASSED);
    writer_free(&builder.out);
}
