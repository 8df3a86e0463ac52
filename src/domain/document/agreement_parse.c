// SPDX-License-Identifier: Apache-2.0
//
// From a template's source to a document with slots.
#include <stdlib.h>
#include <string.h>

#include "domain/document/agreement_inside.h"
#include "domain/document/template_source.h"

enum { MAX_SPANS = 64, SEAL_MAX_POINTS = 300 };

typedef struct {
    AgreementTemplate *template;
    Document *document;
    Writer text;  // what a terminal shows
    const char *header, *footer;
    bool has_seal;
    Error *err;
} Parsing;

static bool malformed(const Parsing *parsing, const TemplateLine *line, const char *what)
{
    return error_set(parsing->err, ERROR_INPUT, "template.malformed", NULL, "line %zu: %s",
                     line->number, what);
}

static char *text_of(const Parsing *parsing, Bytes bytes)
{
    return arena_text(parsing->template->arena, bytes);
}

static const AgreementField *field_find(const AgreementTemplate *template, Bytes name)
{
    for (size_t i = 0; i < template->field_count; i++) {
        if (bytes_equal_text(name, template->fields[i].name)) {
            return &template->fields[i];
        }
    }
    return NULL;
}

static bool name_is_valid(Bytes name)
{
    bool valid = name.len > 0 && name.len <= 40;
    for (size_t i = 0; valid && i < name.len; i++) {
        uint8_t c = name.data[i];
        valid = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return valid;
}

// "@field name | label" and "@tick name | group | required or optional | label".
static bool add_field(Parsing *parsing, const TemplateLine *line, bool is_tick)
{
    AgreementTemplate *template = parsing->template;
    Bytes parts[TEMPLATE_MAX_PARTS];
    size_t count = template_split(line->text, parts);
    if (count != (is_tick ? 4 : 2) || !name_is_valid(parts[0]) ||
        field_find(template, parts[0]) != NULL || template->field_count == TEMPLATE_MAX_FIELDS) {
        return malformed(parsing, line, "a field needs a new name and a label");
    }
    bool required = is_tick && bytes_equal_text(parts[2], "required");
    if (is_tick && !required && !bytes_equal_text(parts[2], "optional")) {
        return malformed(parsing, line, "a tick is required or optional");
    }
    AgreementField *field = &template->fields[template->field_count++];
    *field = (AgreementField){
        .name = text_of(parsing, parts[0]),
        .label = text_of(parsing, parts[count - 1]),
        .is_tick = is_tick,
        .is_required = required,
        .is_sensitive = is_tick && bytes_equal_text(parts[1], "sensitive"),
        .group = is_tick ? text_of(parsing, parts[1]) : NULL,
    };
    bool complete =
        field->name != NULL && field->label != NULL && (field->group != NULL || !is_tick);
    return complete || error_memory(parsing->err);
}

static bool add_seal(Parsing *parsing, const TemplateLine *line)
{
    Bytes parts[TEMPLATE_MAX_PARTS];
    bool well_formed = template_split(line->text, parts) == 4 && !parsing->has_seal;
    char *name = well_formed ? text_of(parsing, parts[0]) : NULL;
    char *caption = well_formed ? text_of(parsing, parts[1]) : NULL;
    char *width = well_formed ? text_of(parsing, parts[2]) : NULL;
    char *height = well_formed ? text_of(parsing, parts[3]) : NULL;
    if (name == NULL || caption == NULL || width == NULL || height == NULL) {
        return malformed(parsing, line, "one @seal with name, caption, width and height");
    }
    long points[2] = {strtol(width, NULL, 10), strtol(height, NULL, 10)};
    if (points[0] < 20 || points[0] > SEAL_MAX_POINTS || points[1] < 20 ||
        points[1] > SEAL_MAX_POINTS) {
        return malformed(parsing, line, "a seal place is 20 to 300 points wide and high");
    }
    parsing->has_seal = true;
    document_add_seal_place(parsing->document, name, caption, (double)points[0], (double)points[1]);
    return true;
}

static bool add_directive(Parsing *parsing, const TemplateLine *line)
{
    AgreementTemplate *template = parsing->template;
    const struct {
        const char *key;
        const char **ret;
    } texts[] = {
        {"id", &template->id},
        {"version", &template->version},
        {"header", &parsing->header},
        {"footer", &parsing->footer},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (bytes_equal_text(line->head, texts[i].key)) {
            *texts[i].ret = text_of(parsing, line->text);
            return *texts[i].ret != NULL || error_memory(parsing->err);
        }
    }
    static const char *const for_others[] = {"parameter", "clause", "language", "effective"};
    for (size_t i = 0; i < COUNT_OF(for_others); i++) {
        if (bytes_equal_text(line->head, for_others[i])) {
            return true;
        }
    }
    if (bytes_equal_text(line->head, "field") || bytes_equal_text(line->head, "tick")) {
        return add_field(parsing, line, bytes_equal_text(line->head, "tick"));
    }
    if (bytes_equal_text(line->head, "seal")) {
        return add_seal(parsing, line);
    }
    return malformed(parsing, line, "unknown directive");
}

// Running text as spans; bold throughout when `all_bold`.
static bool spans_parse(Parsing *parsing, const TemplateLine *line, bool all_bold, Span *spans,
                        size_t *ret_count)
{
    Bytes rest = line->text;
    bool is_bold = false;
    TemplatePart part;
    size_t count = 0;
    while (template_next_part(&rest, &is_bold, &part)) {
        if (count == MAX_SPANS) {
            return malformed(parsing, line, "too many changes between bold and plain");
        }
        Span *span = &spans[count++];
        *span = (Span){.is_bold = part.is_bold || all_bold, .width_em = part.width_em};
        if (part.slot.len > 0) {
            const AgreementField *field = field_find(parsing->template, part.slot);
            if (field == NULL || field->is_tick) {
                return malformed(parsing, line, "a slot for an undeclared field");
            }
            span->slot = field->name;
        } else if ((span->text = text_of(parsing, part.text)) == NULL) {
            return error_memory(parsing->err);
        }
    }
    if (is_bold) {
        return malformed(parsing, line, "bold text without an end");
    }
    *ret_count = count;
    return true;
}

static bool block_of(Parsing *parsing, const TemplateLine *line, Block *ret)
{
    static const struct {
        TemplateLineKind line;
        BlockKind block;
        int level;
    } kinds[] = {
        {LINE_TITLE, BLOCK_TITLE, 0},     {LINE_SUBTITLE, BLOCK_SUBTITLE, 0},
        {LINE_HEADING, BLOCK_HEADING, 1}, {LINE_SUBHEADING, BLOCK_HEADING, 2},
        {LINE_CALLOUT, BLOCK_CALLOUT, 0}, {LINE_NOTE, BLOCK_NOTE, 0},
        {LINE_BULLET, BLOCK_BULLET, 1},   {LINE_FIELD, BLOCK_FIELD, 0},
        {LINE_TICK, BLOCK_TICK, 0},       {LINE_PARAGRAPH, BLOCK_PARAGRAPH, 0},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].line == line->kind) {
            ret->kind = kinds[i].block;
            ret->level = kinds[i].level;
        }
    }
    if (line->kind == LINE_FIELD && (ret->label = text_of(parsing, line->head)) == NULL) {
        return error_memory(parsing->err);
    }
    if (line->kind == LINE_TICK) {
        const AgreementField *field = field_find(parsing->template, line->head);
        if (field == NULL || !field->is_tick) {
            return malformed(parsing, line, "an undeclared tick");
        }
        ret->tick = TICK_SLOT;
        ret->name = field->name;
    }
    return true;
}

// The same line for a terminal: headings and rows without their marks, ticks with an empty box.
static void text_add(Parsing *parsing, const TemplateLine *line)
{
    Writer *out = &parsing->text;
    if (line->kind == LINE_TICK) {
        writer_put_text(out, "[{{");
        writer_put(out, line->head);
        writer_put_text(out, "}}] ");
    } else if (line->kind == LINE_FIELD) {
        writer_put(out, line->head);
        writer_put_text(out, "：");
    } else if (line->kind == LINE_BULLET) {
        writer_put_text(out, "· ");
    } else if (line->kind == LINE_HEADING || line->kind == LINE_SUBHEADING) {
        writer_put_text(out, "\n");
    }
    writer_put(out, line->text);
    writer_put_text(out, "\n");
}

static bool add_line(Parsing *parsing, const TemplateLine *line)
{
    if (line->kind == LINE_EMPTY) {
        return true;
    }
    if (line->kind == LINE_DIRECTIVE) {
        return add_directive(parsing, line);
    }
    Span spans[MAX_SPANS];
    Block block = {.spans = spans};
    bool all_bold = line->kind == LINE_TITLE || line->kind == LINE_HEADING ||
                    line->kind == LINE_SUBHEADING || line->kind == LINE_CALLOUT;
    if (!block_of(parsing, line, &block) ||
        !spans_parse(parsing, line, all_bold, spans, &block.span_count)) {
        return false;
    }
    if (line->kind == LINE_TITLE) {
        parsing->template->title = text_of(parsing, line->text);
        parsing->document->title = parsing->template->title;
    }
    document_add_spans(parsing->document, &block);
    text_add(parsing, line);
    return true;
}

static bool finish(Parsing *parsing)
{
    AgreementTemplate *template = parsing->template;
    if (template->id == NULL || template->version == NULL || template->title == NULL ||
        !parsing->has_seal) {
        return error_set(parsing->err, ERROR_INPUT, "template.malformed", NULL,
                         "the template lacks @id, @version, a title or @seal");
    }
    document_set_header(parsing->document, parsing->header);
    document_set_footer(parsing->document, parsing->footer);
    template->document = parsing->document;
    template->text = arena_copy(template->arena, writer_bytes(&parsing->text));
    bool complete =
        !parsing->text.failed && template->text.data != NULL && !parsing->document->failed;
    return complete || error_memory(parsing->err);
}

bool agreement_parse(AgreementTemplate *template, Bytes source, Error *err)
{
    Parsing parsing = {.template = template, .text = writer_new(2 * TEMPLATE_MAX_SIZE), .err = err};
    parsing.document = document_new(template->arena, "", false);
    template->fields = arena_alloc(template->arena, TEMPLATE_MAX_FIELDS * sizeof(AgreementField));
    bool ok = (parsing.document != NULL && template->fields != NULL) || error_memory(err);
    size_t number = 0;
    TemplateLine line;
    for (Bytes rest = source; ok && template_next_line(&rest, &number, &line);) {
        ok = add_line(&parsing, &line);
    }
    ok = ok && finish(&parsing);
    writer_free(&parsing.text);
    return ok;
}
