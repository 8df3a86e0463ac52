// SPDX-License-Identifier: Apache-2.0
#include "domain/document/template_source.h"

#include <string.h>

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

Bytes template_trim(Bytes text)
{
    while (text.len > 0 && is_blank(text.data[0])) {
        text = bytes_from(text, 1);
    }
    while (text.len > 0 && is_blank(text.data[text.len - 1])) {
        text = bytes_slice(text, 0, text.len - 1);
    }
    return text;
}

// "@key rest", "| label | rest" and "[name] rest" have a head; false when the line is not so.
static bool split_head(Bytes line, TemplateLine *ret)
{
    static const struct {
        char open;
        const char *close;
        TemplateLineKind kind;
    } forms[] = {{'@', " ", LINE_DIRECTIVE}, {'|', "|", LINE_FIELD}, {'[', "]", LINE_TICK}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        size_t end = 0;
        if (line.data[0] != (uint8_t)forms[i].open) {
            continue;
        }
        if (!bytes_find(line, bytes_of_text(forms[i].close), 1, &end)) {
            end = line.len;
        }
        ret->kind = forms[i].kind;
        ret->head = template_trim(bytes_slice(line, 1, end - 1));
        ret->text = end < line.len ? template_trim(bytes_from(line, end + 1)) : BYTES_EMPTY;
        return true;
    }
    return false;
}

static void classify(Bytes line, TemplateLine *ret)
{
    static const struct {
        const char *prefix;
        TemplateLineKind kind;
    } marks[] = {
        {"### ", LINE_SUBHEADING}, {"## ", LINE_HEADING}, {"# ", LINE_TITLE},
        {"~ ", LINE_SUBTITLE},     {"! ", LINE_CALLOUT},  {"> ", LINE_NOTE},
        {"- ", LINE_BULLET},
    };
    ret->kind = line.len == 0 || line.data[0] == ';' ? LINE_EMPTY : LINE_PARAGRAPH;
    ret->head = BYTES_EMPTY;
    ret->text = line;
    if (ret->kind == LINE_EMPTY || split_head(line, ret)) {
        return;
    }
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        Bytes prefix = bytes_of_text(marks[i].prefix);
        if (bytes_start_with(line, prefix)) {
            ret->kind = marks[i].kind;
            ret->text = template_trim(bytes_from(line, prefix.len));
            return;
        }
    }
}

bool template_next_line(Bytes *rest, size_t *number, TemplateLine *ret)
{
    if (rest->len == 0) {
        return false;
    }
    size_t end = 0;
    bool has_end = bytes_find(*rest, BYTES_LITERAL("\n"), 0, &end);
    Bytes line = has_end ? bytes_slice(*rest, 0, end) : *rest;
    *rest = has_end ? bytes_from(*rest, end + 1) : BYTES_EMPTY;
    classify(template_trim(line), ret);
    ret->number = ++*number;
    return true;
}

size_t template_split(Bytes text, Bytes parts[TEMPLATE_MAX_PARTS])
{
    size_t count = 0, end = 0;
    while (count + 1 < TEMPLATE_MAX_PARTS && bytes_find(text, BYTES_LITERAL("|"), 0, &end)) {
        parts[count++] = template_trim(bytes_slice(text, 0, end));
        text = bytes_from(text, end + 1);
    }
    parts[count++] = template_trim(text);
    return count;
}

// Nothing that a parameter brings along may act as markup.
static bool parameter_is_plain(const char *text)
{
    Bytes bytes = bytes_of_text(text);
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] < 0x20 || strchr("*{}$|[]", bytes.data[i]) != NULL) {
            return false;
        }
    }
    return bytes.len > 0 && bytes.len <= 600;
}

static const AgreementValue *value_find(const AgreementValue *values, size_t count, Bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(name, values[i].name)) {
            return &values[i];
        }
    }
    return NULL;
}

// Every declared parameter is given, and every given one is declared.
static bool parameters_check(Bytes source, const AgreementValue *parameters, size_t count,
                             Error *err)
{
    size_t number = 0, declared = 0;
    TemplateLine line;
    for (Bytes rest = source; template_next_line(&rest, &number, &line);) {
        Bytes parts[TEMPLATE_MAX_PARTS];
        if (line.kind != LINE_DIRECTIVE || !bytes_equal_text(line.head, "parameter")) {
            continue;
        }
        (void)template_split(line.text, parts);
        const AgreementValue *given = value_find(parameters, count, parts[0]);
        if (given == NULL || given->text == NULL) {
            return error_set(err, ERROR_INPUT, "template.parameter_missing", NULL,
                             "the template needs the parameter \"%.*s\"", (int)parts[0].len,
                             (const char *)parts[0].data);
        }
        if (!parameter_is_plain(given->text)) {
            return error_set(err, ERROR_INPUT, "template.parameter_malformed", NULL,
                             "the parameter \"%s\" is empty, too long, or has characters that "
                             "mean something in templates",
                             given->name);
        }
        declared++;
    }
    if (declared != count) {
        return error_set(err, ERROR_INPUT, "template.parameter_unknown", NULL,
                         "%zu parameters are given and %zu declared", count, declared);
    }
    return true;
}

bool template_substitute(Bytes source, const AgreementValue *parameters, size_t count, Writer *ret,
                         Error *err)
{
    if (source.len > TEMPLATE_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "template.too_large", NULL,
                         "the template is longer than %d bytes", TEMPLATE_MAX_SIZE);
    }
    if (!parameters_check(source, parameters, count, err)) {
        return false;
    }
    Bytes rest = source;
    for (size_t start = 0; bytes_find(rest, BYTES_LITERAL("${"), 0, &start);) {
        size_t end = 0;
        if (!bytes_find(rest, BYTES_LITERAL("}"), start, &end)) {
            return error_set(err, ERROR_INPUT, "template.malformed", NULL,
                             "a parameter in the template has no end");
        }
        Bytes name = bytes_slice(rest, start + 2, end - start - 2);
        const AgreementValue *given = value_find(parameters, count, name);
        writer_put(ret, bytes_slice(rest, 0, start));
        if (given == NULL) {
            return error_set(err, ERROR_INPUT, "template.parameter_missing", NULL,
                             "the template uses the undeclared parameter \"%.*s\"",
                             (int)(name.len > 60 ? 60 : name.len), (const char *)name.data);
        }
        writer_put_text(ret, given->text);
        rest = bytes_from(rest, end + 1);
    }
    writer_put(ret, rest);
    return ret->failed ? error_memory(err) : true;
}

// "name" or "name:width" between the braces.
static void parse_slot(Bytes inside, TemplatePart *ret)
{
    size_t colon = 0;
    ret->text = BYTES_EMPTY;
    ret->slot = inside;
    ret->width_em = 0;
    if (bytes_find(inside, BYTES_LITERAL(":"), 0, &colon)) {
        ret->slot = bytes_slice(inside, 0, colon);
        for (size_t i = colon + 1; i < inside.len && i < colon + 3; i++) {
            ret->width_em = ret->width_em * 10 + (inside.data[i] - '0');
        }
    }
}

bool template_next_part(Bytes *rest, bool *is_bold, TemplatePart *ret)
{
    while (bytes_start_with(*rest, BYTES_LITERAL("**"))) {
        *is_bold = !*is_bold;
        *rest = bytes_from(*rest, 2);
    }
    if (rest->len == 0) {
        return false;
    }
    size_t end = 0;
    ret->is_bold = *is_bold;
    if (bytes_start_with(*rest, BYTES_LITERAL("{{")) &&
        bytes_find(*rest, BYTES_LITERAL("}}"), 2, &end)) {
        parse_slot(bytes_slice(*rest, 2, end - 2), ret);
        *rest = bytes_from(*rest, end + 2);
        return true;
    }
    size_t bold = rest->len, slot = rest->len;
    (void)bytes_find(*rest, BYTES_LITERAL("**"), 0, &bold);
    (void)bytes_find(*rest, BYTES_LITERAL("{{"), 1, &slot);
    end = bold < slot ? bold : slot;
    *ret = (TemplatePart){.text = bytes_slice(*rest, 0, end), .is_bold = *is_bold};
    *rest = bytes_from(*rest, end);
    return true;
}
