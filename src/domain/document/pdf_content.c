// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_content.h"

#include "domain/document/pdf_file.h"

typedef struct {
    PdfFile *file;
    PdfContent *found;
    uint32_t number;     // being searched
    bool *reached;       // by number
    uint32_t *to_visit;  // numbers, a stack
    size_t visit_count;
    Error *err;
} Search;

static const struct {
    const char *key;
    PdfContentKind kind;
} keys[] = {
    {"JS", PDF_CONTENT_SCRIPT},
    {"JavaScript", PDF_CONTENT_SCRIPT},
    {"AA", PDF_CONTENT_SCRIPT},
    {"XFA", PDF_CONTENT_SCRIPT},
    {"RichMediaContent", PDF_CONTENT_SCRIPT},
    {"PresSteps", PDF_CONTENT_SCRIPT},
    {"Launch", PDF_CONTENT_SCRIPT},
    {"OpenAction", PDF_CONTENT_ACTION},
    {"URI", PDF_CONTENT_ACTION},
    {"FFilter", PDF_CONTENT_EXTERNAL},
    {"OPI", PDF_CONTENT_EXTERNAL},
    {"EF", PDF_CONTENT_ATTACHMENT},
    {"EmbeddedFiles", PDF_CONTENT_ATTACHMENT},
    {"AF", PDF_CONTENT_ATTACHMENT},
    {"Collection", PDF_CONTENT_ATTACHMENT},
    {"OCProperties", PDF_CONTENT_OPTIONAL},
    {"OC", PDF_CONTENT_OPTIONAL},
    {"OCGs", PDF_CONTENT_OPTIONAL},
    {"Alternates", PDF_CONTENT_OPTIONAL},
    {"CO", PDF_CONTENT_FORM},
};

// Types of actions, by what they can do.
static const struct {
    const char *name;
    PdfContentKind kind;
} actions[] = {
    {"JavaScript", PDF_CONTENT_SCRIPT}, {"Launch", PDF_CONTENT_SCRIPT},
    {"ImportData", PDF_CONTENT_SCRIPT}, {"ResetForm", PDF_CONTENT_SCRIPT},
    {"Rendition", PDF_CONTENT_SCRIPT},  {"RichMediaExecute", PDF_CONTENT_SCRIPT},
    {"Movie", PDF_CONTENT_SCRIPT},      {"Sound", PDF_CONTENT_SCRIPT},
    {"Hide", PDF_CONTENT_SCRIPT},       {"SetOCGState", PDF_CONTENT_SCRIPT},
    {"GoTo3DView", PDF_CONTENT_SCRIPT}, {"SubmitForm", PDF_CONTENT_ACTION},
    {"URI", PDF_CONTENT_ACTION},        {"GoTo", PDF_CONTENT_ACTION},
    {"GoToR", PDF_CONTENT_ACTION},      {"GoToE", PDF_CONTENT_ACTION},
    {"Named", PDF_CONTENT_ACTION},      {"Trans", PDF_CONTENT_ACTION},
    {"Thread", PDF_CONTENT_ACTION},
};

static const struct {
    const char *name, *clause, *rule;
} kinds[PDF_CONTENT_KINDS] = {
    [PDF_CONTENT_SCRIPT] = {"active_content", "ISO 32000-1 12.6",
                            "no scripts and nothing that acts by itself"},
    [PDF_CONTENT_ACTION] = {"actions", "ISO 32000-1 12.6", "no links and no other actions"},
    [PDF_CONTENT_EXTERNAL] = {"external", "ISO 32000-1 7.11", "nothing shown lies in other files"},
    [PDF_CONTENT_ATTACHMENT] = {"attachments", "ISO 32000-1 7.11.4", "no embedded files"},
    [PDF_CONTENT_OPTIONAL] = {"optional_content", "ISO 32000-1 8.11",
                              "no content that can be hidden"},
    [PDF_CONTENT_FORM] = {"form", "ISO 32000-1 12.7.3", "no fields that readers draw or compute"},
    [PDF_CONTENT_FONT] = {"fonts", "ISO 32000-1 9.9", "all fonts are embedded"},
    [PDF_CONTENT_ANNOTATION] = {"annotations", "ISO 32000-1 12.5",
                                "pages carry no annotations but signatures"},
    [PDF_CONTENT_UNUSED] = {"unused", "ISO 32000-1 7.7", "no pages or drawings are out of use"},
};

const char *pdf_content_name(PdfContentKind kind)
{
    return kinds[kind].name;
}

const char *pdf_content_rule(PdfContentKind kind)
{
    return kinds[kind].rule;
}

const char *pdf_content_clause(PdfContentKind kind)
{
    return kinds[kind].clause;
}

static void found(Search *search, PdfContentKind kind)
{
    if (search->found->first[kind] == 0) {
        search->found->first[kind] = search->number;
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
    return pdf_get(search->file, font, "FontDescriptor", &descriptor, NULL) &&
           (pdf_entry(descriptor, "FontFile") != NULL ||
            pdf_entry(descriptor, "FontFile2") != NULL ||
            pdf_entry(descriptor, "FontFile3") != NULL);
}

static bool is_true(const PdfObject *object)
{
    return object != NULL && object->kind == PDF_BOOLEAN && object->boolean;
}

static void search_dictionary(Search *search, const PdfObject *dictionary)
{
    const PdfObject *type = pdf_entry(dictionary, "Type"), *action = pdf_entry(dictionary, "S");
    for (size_t i = 0; i < dictionary->count; i++) {
        Bytes key = dictionary->entries[i].key;
        for (size_t k = 0; key.len > 0 && k < COUNT_OF(keys); k++) {
            if (key.data[0] == (uint8_t)keys[k].key[0] && bytes_equal_text(key, keys[k].key)) {
                found(search, keys[k].kind);
            }
        }
    }
    for (size_t i = 0; action != NULL && i < COUNT_OF(actions); i++) {
        if (pdf_is_name(action, actions[i].name)) {
            found(search, actions[i].kind);
        }
    }
    const PdfObject *reference = pdf_entry(dictionary, "Ref");
    bool is_file = dictionary->kind == PDF_STREAM && pdf_entry(dictionary, "F") != NULL;
    // A structure element may have an entry of this name too; a drawing that is one of another
    // file's pages has a dictionary there.
    bool is_other = reference != NULL && dictionary->kind == PDF_STREAM;
    if (is_file || is_other) {
        found(search, PDF_CONTENT_EXTERNAL);
    }
    if (pdf_is_name(type, "Filespec")) {
        found(search, PDF_CONTENT_ATTACHMENT);
    }
    if (pdf_is_name(type, "OCG") || pdf_is_name(type, "OCMD")) {
        found(search, PDF_CONTENT_OPTIONAL);
    }
    if (is_true(pdf_entry(dictionary, "NeedAppearances"))) {
        found(search, PDF_CONTENT_FORM);
    }
    bool is_font = pdf_is_name(type, "Font") || pdf_entry(dictionary, "BaseFont") != NULL;
    if (is_font && !font_is_embedded(search, dictionary)) {
        found(search, PDF_CONTENT_FONT);
    }
}

// Note that something refers to an object.
static void reach(Search *search, const PdfObject *reference)
{
    int64_t number = reference->integer;
    if (number > 0 && number < search->file->size && !search->reached[number]) {
        search->reached[number] = true;
        search->to_visit[search->visit_count++] = (uint32_t)number;
    }
}

// Visit what an object consists of: to look for dangerous things in it, or for what it refers to.
static void visit(Search *search, const PdfObject *object, bool is_reaching)
{
    // The parser has bounded the depth.
    if (object->kind == PDF_REFERENCE && is_reaching) {
        reach(search, object);
    } else if (object->kind == PDF_ARRAY) {
        for (size_t i = 0; i < object->count; i++) {
            visit(search, object->items[i], is_reaching);
        }
    } else if (object->kind == PDF_DICTIONARY || object->kind == PDF_STREAM) {
        if (!is_reaching) {
            search_dictionary(search, object);
        }
        for (size_t i = 0; i < object->count; i++) {
            visit(search, object->entries[i].value, is_reaching);
        }
    }
}

static bool reach_all(Search *search)
{
    const PdfRevision *last = &search->file->revisions[search->file->revision_count - 1];
    visit(search, last->trailer, true);
    while (search->visit_count > 0) {
        const PdfObject *object = NULL;
        uint32_t number = search->to_visit[--search->visit_count];
        if (!pdf_load(search->file, number, &object, search->err)) {
            return false;
        }
        if (object != NULL) {
            visit(search, object, true);
        }
    }
    return true;
}

// Something that could be shown, were it not that nothing refers to it.
static bool could_be_shown(const PdfObject *object)
{
    static const char *const types[] = {"Page", "Pages", "Catalog", "XObject", "Annot"};
    const PdfObject *type = pdf_entry(object, "Type");
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (pdf_is_name(type, types[i])) {
            return true;
        }
    }
    return false;
}

static bool search_all(Search *search)
{
    for (uint32_t number = 1; number < search->file->size; number++) {
        const PdfObject *object = NULL;
        Error err = {0};
        search->number = number;
        if (!pdf_load(search->file, number, &object, &err)) {
            // What nothing refers to need not be readable, unless it is the last straw.
            if (search->reached[number] || err.kind != ERROR_INPUT) {
                return error_set(search->err, err.kind, err.code, err.clause, "%s", err.text);
            }
            continue;
        }
        if (object != NULL) {
            visit(search, object, false);
            if (!search->reached[number] && could_be_shown(object)) {
                found(search, PDF_CONTENT_UNUSED);
            }
        }
    }
    return true;
}

// Annotations other than signature widgets can cover or change what is seen.
static bool search_annotations(Search *search)
{
    PdfFile *file = search->file;
    for (size_t p = 0; p < file->page_count; p++) {
        const PdfObject *annotations = NULL;
        search->number = file->page_numbers[p];
        if (!pdf_get(file, file->pages[p], "Annots", &annotations, search->err)) {
            return false;
        }
        bool is_other = annotations->kind != PDF_ARRAY && annotations->kind != PDF_NULL;
        for (size_t i = 0; annotations->kind == PDF_ARRAY && i < annotations->count; i++) {
            const PdfObject *annotation = NULL;
            if (!pdf_resolve(file, annotations->items[i], &annotation, search->err)) {
                return false;
            }
            is_other = is_other || !pdf_is_name(pdf_entry(annotation, "Subtype"), "Widget") ||
                       !pdf_is_name(pdf_entry(annotation, "FT"), "Sig");
        }
        if (is_other) {
            found(search, PDF_CONTENT_ANNOTATION);
        }
    }
    return true;
}

bool pdf_content_search(PdfFile *file, PdfContent *ret, Error *err)
{
    PdfContent content = {0};
    Search search = {.file = file,
                     .found = &content,
                     .reached = arena_alloc(file->arena, file->size * sizeof(bool)),
                     .to_visit = arena_alloc(file->arena, file->size * sizeof(uint32_t)),
                     .err = err};
    if (search.reached == NULL || search.to_visit == NULL) {
        return error_memory(err);
    }
    if (!reach_all(&search) || !search_all(&search) || !search_annotations(&search)) {
        return false;
    }
    *ret = content;
    return true;
}

bool pdf_content_check_sealable(PdfFile *file, Error *err)
{
    static const char *const codes[PDF_CONTENT_KINDS] = {
        [PDF_CONTENT_SCRIPT] = "pdf_seal.active_content",
        [PDF_CONTENT_ACTION] = "pdf_seal.actions",
        [PDF_CONTENT_EXTERNAL] = "pdf_seal.external",
        [PDF_CONTENT_ATTACHMENT] = "pdf_seal.attachments",
        [PDF_CONTENT_OPTIONAL] = "pdf_seal.optional_content",
        [PDF_CONTENT_FORM] = "pdf_seal.form",
        [PDF_CONTENT_FONT] = "pdf_seal.fonts",
        [PDF_CONTENT_ANNOTATION] = "pdf_seal.annotations",
        [PDF_CONTENT_UNUSED] = "pdf_seal.unused",
    };
    PdfContent content;
    if (!pdf_content_search(file, &content, err)) {
        return false;
    }
    for (size_t kind = 0; kind < PDF_CONTENT_KINDS; kind++) {
        if (content.first[kind] != 0) {
            return error_set(err, ERROR_INPUT, codes[kind], kinds[kind].clause,
                             "a PDF whose look may change is not sealed: %s, but object %u",
                             kinds[kind].rule, (unsigned)content.first[kind]);
        }
    }
    return true;
}
