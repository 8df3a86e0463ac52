// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/notice.h"

#include <string.h>

#include "base/codec/json.h"
#include "domain/authorization/embedded.h"

enum { NOTICE_TEXT_MAX = 8192, NOTICE_FILLED_MAX = 16384 };

// Without these nobody may be asked for anything.
static const struct {
    const char *id;
    const char *clause;
} notices_required[] = {
    {"privacy", "PIPL 17"},
    {"certificate_application", "JR/T 0299-2024 6.3"},
    {"evidence", "PIPL 23"},
};

static bool notice_refuse(Error *err, const char *code, const char *clause, const char *why)
{
    return error_set(err, ERROR_FORBIDDEN, code, clause, "the notices %s", why);
}

static const char *keep(JsonView *view, const char *key, size_t max_bytes, Arena *arena)
{
    const char *text = arena_text(arena, bytes_of_text(json_view_text(view, key, max_bytes)));
    if (text == NULL && !view->failed) {
        view->failed = true;
        (void)error_memory(view->err);
    }
    return text == NULL ? "" : text;
}

// The text is a list of paragraphs, so that it can be read in the file.
static bool notice_text(const json_t *paragraphs, Arena *arena, const char **ret, Error *err)
{
    size_t i = 0;
    const json_t *paragraph = NULL;
    CLEANUP(writer_free) Writer text = writer_new(NOTICE_TEXT_MAX);
    json_array_foreach(paragraphs, i, paragraph)
    {
        if (!json_is_string(paragraph) || json_string_length(paragraph) == 0) {
            return error_set(err, ERROR_INPUT, "notice.text", NULL,
                             "a paragraph of a notice is no text");
        }
        writer_put_text(&text, i > 0 ? "\n" : "");
        writer_put_text(&text, json_string_value(paragraph));
    }
    if (text.failed || text.len == 0) {
        return error_set(err, ERROR_INPUT, "notice.text", NULL,
                         "a notice is empty or longer than %d bytes", NOTICE_TEXT_MAX);
    }
    *ret = arena_text(arena, writer_bytes(&text));
    return *ret != NULL || error_memory(err);
}

static bool notice_parse(const json_t *value, Arena *arena, Notice *ret, Error *err)
{
    JsonView view = json_view(value, "notice", err);
    ret->id = keep(&view, "id", 63, arena);
    ret->version = keep(&view, "version", 31, arena);
    ret->title = keep(&view, "title", 120, arena);
    ret->clause = keep(&view, "clause", 120, arena);
    const json_t *paragraphs = json_view_array(&view, "text", 32);
    ret->needs_consent = json_view_bool(&view, "needs_consent");
    ret->is_sensitive = json_view_bool(&view, "sensitive");
    ret->is_required = json_view_bool(&view, "required");
    const bool is_ticked = json_view_optional_bool(&view, "ticked", false);
    const json_t *covers = json_view_array(&view, "covers", 16);
    if (!json_view_done(&view) || !notice_text(paragraphs, arena, &ret->text, err)) {
        return false;
    }
    if (is_ticked) {
        return notice_refuse(err, "notice.pre_ticked", "PIPL 14", "have a tick set beforehand");
    }
    if (ret->is_sensitive && !ret->needs_consent) {
        return notice_refuse(err, "notice.bundled", "PIPL 29",
                             "take sensitive information without a consent");
    }
    // One consent for one sensitive item; with others beside it, it would not be separate.
    if (ret->is_sensitive && json_array_size(covers) != 1) {
        return notice_refuse(err, "notice.bundled", "PIPL 29",
                             "bundle sensitive information with something else");
    }
    return true;
}

// A sensitive item that another notice covers too would be consented to by the way.
static bool covers_check(const json_t *notices, Error *err)
{
    size_t i = 0;
    const json_t *sensitive = NULL;
    json_array_foreach(notices, i, sensitive)
    {
        const char *item =
            json_string_value(json_array_get(json_object_get(sensitive, "covers"), 0));
        if (!json_is_true(json_object_get(sensitive, "sensitive")) || item == NULL) {
            continue;
        }
        for (size_t j = 0; j < json_array_size(notices); j++) {
            const json_t *other = json_object_get(json_array_get(notices, j), "covers");
            for (size_t k = 0; j != i && k < json_array_size(other); k++) {
                const char *name = json_string_value(json_array_get(other, k));
                if (name == NULL || strcmp(name, item) == 0) {
                    return notice_refuse(err, "notice.bundled", "PIPL 29",
                                         "cover sensitive information twice");
                }
            }
        }
    }
    return true;
}

static bool catalogue_check(const NoticeCatalogue *catalogue, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(notices_required); i++) {
        if (notice_find(catalogue, notices_required[i].id) == NULL) {
            return error_set(err, ERROR_FORBIDDEN, "notice.missing", notices_required[i].clause,
                             "the notice \"%s\" is missing", notices_required[i].id);
        }
    }
    for (size_t i = 0; i < catalogue->count; i++) {
        if (notice_find(catalogue, catalogue->notices[i].id) != &catalogue->notices[i]) {
            return error_set(err, ERROR_INPUT, "notice.twice", NULL, "a notice occurs twice");
        }
    }
    return true;
}

static bool catalogue_read(const json_t *root, Arena *arena, NoticeCatalogue *ret, Error *err)
{
    JsonView view = json_view(root, "notices", err);
    const char *type = json_view_text(&view, "type", 64);
    const json_t *values = json_view_array(&view, "notices", NOTICES_MAX);
    if (!view.failed && strcmp(type, "assent.notices/1") != 0) {
        json_view_fail(&view, "type", "is not assent.notices/1");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    Notice *notices = arena_alloc(arena, NOTICES_MAX * sizeof(*notices));
    if (notices == NULL) {
        return error_memory(err);
    }
    ret->notices = notices;
    for (; ret->count < json_array_size(values); ret->count++) {
        if (!notice_parse(json_array_get(values, ret->count), arena, &notices[ret->count], err)) {
            return false;
        }
    }
    return covers_check(values, err) && catalogue_check(ret, err);
}

bool notice_catalogue_parse(Bytes json, Arena *arena, NoticeCatalogue *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    NoticeCatalogue catalogue = {0};
    if (!json_parse(json, &root, err) || !catalogue_read(root, arena, &catalogue, err)) {
        return error_context(err, "notices");
    }
    *ret = catalogue;
    return true;
}

bool notice_catalogue_default(Arena *arena, NoticeCatalogue *ret, Error *err)
{
    return notice_catalogue_parse(
        bytes_of(embedded_data_notices_json, embedded_data_notices_json_size), arena, ret, err);
}

const Notice *notice_find(const NoticeCatalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->notices[i].id, id) == 0) {
            return &catalogue->notices[i];
        }
    }
    return NULL;
}

static const char *blank_value(const NoticeBlank *blanks, size_t count, Bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(name, blanks[i].name)) {
            return blanks[i].value;
        }
    }
    return NULL;
}

bool notice_fill(const Notice *notice, const NoticeBlank *blanks, size_t blank_count, Arena *arena,
                 Bytes *ret_text, Error *err)
{
    const Bytes text = bytes_of_text(notice->text);
    CLEANUP(writer_free) Writer filled = writer_new(NOTICE_FILLED_MAX);
    size_t done = 0;
    size_t open = 0;
    size_t close = 0;
    while (bytes_find(text, BYTES_LITERAL("{"), done, &open)) {
        const bool is_closed = bytes_find(text, BYTES_LITERAL("}"), open, &close);
        const char *value = is_closed ? blank_value(blanks, blank_count,
                                                    bytes_slice(text, open + 1, close - open - 1))
                                      : NULL;
        if (value == NULL || value[0] == '\0') {
            return error_set(err, ERROR_INPUT, "notice.blank", NULL,
                             "a blank of the notice \"%s\" has no value", notice->id);
        }
        writer_put(&filled, bytes_slice(text, done, open - done));
        writer_put_text(&filled, value);
        done = close + 1;
    }
    writer_put(&filled, bytes_from(text, done));
    if (filled.failed) {
        return error_set(err, ERROR_LIMIT, "notice.too_long", NULL,
                         "the filled notice \"%s\" is too long", notice->id);
    }
    *ret_text = arena_copy(arena, writer_bytes(&filled));
    return ret_text->len > 0 || error_memory(err);
}
