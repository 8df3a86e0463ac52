// SPDX-License-Identifier: Apache-2.0
//
// Dangerous constructs: what can make a signed document look or act differently elsewhere or
// later. Every object in force is searched, whether it is reachable or not.
#include "domain/document/pdf_coverage.h"

#include "domain/document/pdf_file.h"

typedef enum { FOUND_ACTIVE, FOUND_EXTERNAL, FOUND_OPTIONAL, FOUND_FONT, FOUND_KINDS } FoundKind;

typedef struct {
    PdfFile *file;
    uint32_t first[FOUND_KINDS];  // number of the first object with it, 0: none
    uint32_t number;              // being searched
    Error err;
} Search;

static const struct {
    const char *key;
    FoundKind kind;
} banned_keys[] = {
    {"OpenAction", FOUND_ACTIVE},
    {"AA", FOUND_ACTIVE},
    {"JS", FOUND_ACTIVE},
    {"JavaScript", FOUND_ACTIVE},
    {"XFA", FOUND_ACTIVE},
    {"RichMediaContent", FOUND_ACTIVE},
    {"Collection", FOUND_ACTIVE},
    {"URI", FOUND_ACTIVE},
    {"Launch", FOUND_ACTIVE},
    {"PresSteps", FOUND_ACTIVE},
    {"EF", FOUND_EXTERNAL},
    {"EmbeddedFiles", FOUND_EXTERNAL},
    {"FFilter", FOUND_EXTERNAL},
    {"Ref", FOUND_EXTERNAL},
    {"OPI", FOUND_EXTERNAL},
    {"AF", FOUND_EXTERNAL},
    {"OCProperties", FOUND_OPTIONAL},
    {"OC", FOUND_OPTIONAL},
    {"OCGs", FOUND_OPTIONAL},
    {"Alternates", FOUND_OPTIONAL},
};

static const char *const actions[] = {
    "JavaScript",
    "Launch",
    "URI",
    "GoTo",
    "GoToR",
    "GoToE",
    "SubmitForm",
    "ImportData",
    "ResetForm",
    "Rendition",
    "RichMediaExecute",
    "Movie",
    "Sound",
    "Named",
    "Hide",
    "SetOCGState",
    "Trans",
    "GoTo3DView",
    "Thread",
};

static void found(Search *search, FoundKind kind)
{
    if (search->first[kind] == 0) {
        search->first[kind] = search->number;
    }
}

// A font of any kind but Type 0 (whose descendant counts) and Type 3 carries its program.
static bool font_is_embedded(Search *search, const PdfObject *font)
{
    const PdfObject *descriptor = NULL;
    const PdfObject *subtype = pdf_entry(font, "Subtype");
    if (pdf_is_name(subtype, "Type0") || pdf_is_name(subtype, "Type3")) {
        return true;
    }
    return pdf_get(search->file, font, "FontDescriptor", &descriptor, &search->err) &&
           (pdf_entry(descriptor, "FontFile") != NULL ||
            pdf_entry(descriptor, "FontFile2") != NULL ||
            pdf_entry(descriptor, "FontFile3") != NULL);
}

static void search_dictionary(Search *search, const PdfObject *dictionary)
{
    const PdfObject *type = pdf_entry(dictionary, "Type");
    for (size_t i = 0; i < COUNT_OF(banned_keys); i++) {
        if (pdf_entry(dictionary, banned_keys[i].key) != NULL) {
            found(search, banned_keys[i].kind);
        }
    }
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        if (pdf_is_name(pdf_entry(dictionary, "S"), actions[i])) {
            found(search, FOUND_ACTIVE);
        }
    }
    if (dictionary->kind == PDF_STREAM && pdf_entry(dictionary, "F") != NULL) {
        found(search, FOUND_EXTERNAL);
    }
    if (pdf_is_name(type, "Filespec")) {
        found(search, FOUND_EXTERNAL);
    }
    if (pdf_is_name(type, "OCG") || pdf_is_name(type, "OCMD")) {
        found(search, FOUND_OPTIONAL);
    }
    bool is_font = pdf_is_name(type, "Font") || pdf_entry(dictionary, "BaseFont") != NULL;
    if (is_font && !font_is_embedded(search, dictionary)) {
        found(search, FOUND_FONT);
    }
}

static void search_object(Search *search, const PdfObject *object)
{
    // The parser has bounded the depth.
    if (object->kind == PDF_ARRAY) {
        for (size_t i = 0; i < object->count; i++) {
            search_object(search, object->items[i]);
        }
    } else if (object->kind == PDF_DICTIONARY || object->kind == PDF_STREAM) {
        search_dictionary(search, object);
        for (size_t i = 0; i < object->count; i++) {
            search_object(search, object->entries[i].value);
        }
    }
}

static bool search_all(Search *search)
{
    for (uint32_t number = 1; number < search->file->size; number++) {
        const PdfObject *object = NULL;
        search->number = number;
        if (!pdf_load(search->file, number, &object, &search->err)) {
            return false;
        }
        if (object != NULL) {
            search_object(search, object);
        }
    }
    return true;
}

// Annotations other than signature widgets can cover or change what is seen.
static bool annotations_are_seals(PdfFile *file, Error *err)
{
    for (size_t p = 0; p < file->page_count; p++) {
        const PdfObject *annotations = NULL;
        if (!pdf_get(file, file->pages[p], "Annots", &annotations, err)) {
            return false;
        }
        if (annotations->kind != PDF_ARRAY) {
            if (annotations->kind != PDF_NULL) {
                return false;
            }
            continue;
        }
        for (size_t i = 0; i < annotations->count; i++) {
            const PdfObject *annotation = NULL;
            if (!pdf_resolve(file, annotations->items[i], &annotation, err) ||
                !pdf_is_name(pdf_entry(annotation, "Subtype"), "Widget") ||
                !pdf_is_name(pdf_entry(annotation, "FT"), "Sig")) {
                return false;
            }
        }
    }
    return true;
}

bool pdf_coverage_judge_content(Verdict *verdict, PdfFile *file)
{
    static const struct {
        const char *code, *clause, *detail;
    } checks[FOUND_KINDS] = {
        {"pdf_coverage.active_content", "ISO 32000-1 12.6", "no actions and no scripts"},
        {"pdf_coverage.external", "ISO 32000-1 7.11", "no external or embedded files"},
        {"pdf_coverage.optional_content", "ISO 32000-1 8.11", "no content that can be hidden"},
        {"pdf_coverage.fonts", "ISO 32000-1 9.9", "all fonts are embedded"},
    };
    Search search = {.file = file};
    bool sound = search_all(&search);
    if (!sound) {
        verdict_add(verdict, AREA_COVERAGE, CHECK_FAILED, "pdf_coverage.readable", "ISO 32000-1 7",
                    "%s", search.err.text);
    }
    for (size_t i = 0; i < FOUND_KINDS; i++) {
        bool clean = search.first[i] == 0;
        sound = clean && sound;
        verdict_add(verdict, AREA_COVERAGE, clean ? CHECK_PASSED : CHECK_FAILED, checks[i].code,
                    checks[i].clause, clean ? "%s" : "not true: %s (object %u)", checks[i].detail,
                    (unsigned)search.first[i]);
    }
    Error err = {0};
    bool only_seals = verdict_require(verdict, annotations_are_seals(file, &err), AREA_COVERAGE,
                                      "pdf_coverage.annotations", "ISO 32000-1 12.5",
                                      "pages carry no annotations but signatures");
    return only_seals && sound;
}
