// SPDX-License-Identifier: Apache-2.0
#include "domain/document/agreement_template.h"

#include <stdlib.h>
#include <string.h>

#include "domain/document/agreement_inside.h"
#include "domain/document/embedded.h"
#include "domain/document/template_lint.h"
#include "domain/document/template_source.h"

enum { TEMPLATE_ARENA = 64 * 1024 * 1024 };

// Characters that values are made of most often, embedded once and for all.
#define FREQUENT_CHARACTERS                                                                   \
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrst" \
    "uvwxyz{|}~✓×—·（）：，。年月日时分秒至居民身份证个人消费贷款信用卡经营住房"

Bytes agreement_builtin_source(void)
{
    return bytes_of(embedded_templates_credit_authorization_txt,
                    embedded_templates_credit_authorization_txt_size);
}

static bool lint(AgreementTemplate *template, Bytes source, Error *err)
{
    const LintFinding *findings = NULL;
    size_t count = template_lint(template->arena, source, &findings);
    if (count == 0) {
        return true;
    }
    if (findings == NULL) {
        return error_memory(err);
    }
    return error_set(err, ERROR_INPUT, "template.unfair", findings[0].clause,
                     "%zu findings; the first: %s (line %zu)", count, findings[0].code,
                     findings[0].line);
}

// Each field and tick has exactly one tick box, or at least one place.
static bool slots_check(const AgreementTemplate *template, Error *err)
{
    for (size_t i = 0; i < template->field_count; i++) {
        const AgreementField *field = &template->fields[i];
        size_t places = 0;
        for (size_t p = 0; p < template->layout.page_count; p++) {
            const LaidPage *page = &template->layout.pages[p];
            for (size_t s = 0; s < page->slot_count; s++) {
                places += strcmp(page->slots[s].name, field->name) == 0;
            }
        }
        if (places == 0 || (field->is_tick && places != 1)) {
            return error_set(err, ERROR_INPUT, "template.malformed", NULL,
                             "the field \"%s\" has %zu places", field->name, places);
        }
    }
    return true;
}

static bool fixed_part_write(AgreementTemplate *template, Error *err)
{
    CLEANUP(writer_free) Writer out = writer_new(TEMPLATE_ARENA / 2);
    Characters extra;
    if (!characters_decode(template->arena, BYTES_LITERAL(FREQUENT_CHARACTERS), &extra, err)) {
        return false;
    }
    PdfWriter writer = pdf_writer_new(template->arena, &out);
    if (!layout_write_objects(&writer, &template->layout, &template->fonts, extra, true,
                              &template->objects, err)) {
        return false;
    }
    template->fixed = arena_copy(template->arena, writer_bytes(&out));
    if (out.failed || template->fixed.data == NULL) {
        return error_memory(err);
    }
    template->offsets = writer.offsets;
    template->offset_count = writer.offset_count;
    template->next_number = writer.next_number;
    return true;
}

static bool load(AgreementTemplate *template, Bytes source, Error *err)
{
    template->digest = sm3_digest(source);
    template->source = arena_copy(template->arena, source);
    if (template->source.data == NULL) {
        return error_memory(err);
    }
    if (!agreement_parse(template, source, err) || !lint(template, source, err) ||
        !document_typeset(template->document, &template->fonts, &template->layout, err) ||
        !slots_check(template, err) || !fixed_part_write(template, err)) {
        return false;
    }
    template->seal_place = template->layout.anchors[0].place;
    return true;
}

bool agreement_template_load(const FontFamily *fonts, Bytes source,
                             const AgreementValue *parameters, size_t count,
                             AgreementTemplate **ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(4 * TEMPLATE_MAX_SIZE);
    if (!template_substitute(source, parameters, count, &text, err)) {
        return false;
    }
    Arena *arena = arena_new(TEMPLATE_ARENA);
    AgreementTemplate *template = arena == NULL ? NULL : arena_alloc(arena, sizeof *template);
    if (template == NULL) {
        arena_free(arena);
        return error_memory(err);
    }
    template->arena = arena;
    template->fonts = *fonts;
    if (!load(template, writer_bytes(&text), err)) {
        arena_free(arena);
        return false;
    }
    *ret = template;
    return true;
}

void agreement_template_free(AgreementTemplate *template)
{
    if (template != NULL) {
        arena_free(template->arena);
    }
}

const char *agreement_template_id(const AgreementTemplate *template)
{
    return template->id;
}

const char *agreement_template_version(const AgreementTemplate *template)
{
    return template->version;
}

const char *agreement_template_title(const AgreementTemplate *template)
{
    return template->title;
}

Sm3Digest agreement_template_digest(const AgreementTemplate *template)
{
    return template->digest;
}

Bytes agreement_template_source(const AgreementTemplate *template)
{
    return template->source;
}

Bytes agreement_template_text(const AgreementTemplate *template)
{
    return template->text;
}

const AgreementField *agreement_template_fields(const AgreementTemplate *template,
                                                size_t *ret_count)
{
    *ret_count = template->field_count;
    return template->fields;
}

PagePlace agreement_seal_place(const AgreementTemplate *template)
{
    return template->seal_place;
}
