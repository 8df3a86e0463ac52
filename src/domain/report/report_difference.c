// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/report/report_basis.h"

static const char *value_text(Arena *arena, const json_t *value)
{
    CLEANUP(json_cleanup) json_t *wrapped = json_array();
    Bytes text;
    if (value == NULL) {
        return "";
    }
    // Only objects and arrays have a canonical text, so the value is one's only member.
    json_array_append(wrapped, (json_t *)(uintptr_t)value);
    if (!json_text(arena, wrapped, &text, NULL)) {
        return "";
    }
    const char *copy = arena_text(arena, bytes_slice(text, 1, text.len - 2));
    return copy == NULL ? "" : copy;
}

static bool found(const char *path, const json_t *stated, const json_t *computed, Arena *arena,
                  ReportDifference *ret)
{
    *ret = (ReportDifference){path, value_text(arena, stated), value_text(arena, computed)};
    return true;
}

static bool walk(const char *path, const json_t *stated, const json_t *computed, Arena *arena,
                 ReportDifference *ret);

static bool walk_array(const char *path, const json_t *stated, const json_t *computed, Arena *arena,
                       ReportDifference *ret)
{
    size_t count = json_array_size(stated), other = json_array_size(computed);
    for (size_t i = 0; i < count || i < other; i++) {
        if (walk(path == NULL ? NULL : arena_format(arena, "%s[%zu]", path, i),
                 json_array_get(stated, i), json_array_get(computed, i), arena, ret)) {
            return true;
        }
    }
    return false;
}

// The smallest of the keys of both that is greater than `last`.
static const char *next_key(const json_t *stated, const json_t *computed, const char *last)
{
    const json_t *const objects[] = {stated, computed};
    const char *next = NULL;
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        json_t *object = (json_t *)(uintptr_t)objects[i];
        for (void *at = json_object_iter(object); at != NULL;
             at = json_object_iter_next(object, at)) {
            const char *key = json_object_iter_key(at);
            if ((last == NULL || strcmp(key, last) > 0) &&
                (next == NULL || strcmp(key, next) < 0)) {
                next = key;
            }
        }
    }
    return next;
}

static bool walk_object(const char *path, const json_t *stated, const json_t *computed,
                        Arena *arena, ReportDifference *ret)
{
    for (const char *key = next_key(stated, computed, NULL); key != NULL;
         key = next_key(stated, computed, key)) {
        if (walk(path == NULL ? NULL : arena_format(arena, "%s.%s", path, key),
                 json_object_get(stated, key), json_object_get(computed, key), arena, ret)) {
            return true;
        }
    }
    return false;
}

static bool walk(const char *path, const json_t *stated, const json_t *computed, Arena *arena,
                 ReportDifference *ret)
{
    if (json_equal(stated, computed)) {
        return false;
    }
    if (json_is_array(stated) && json_is_array(computed)) {
        return walk_array(path, stated, computed, arena, ret);
    }
    if (json_is_object(stated) && json_is_object(computed)) {
        return walk_object(path, stated, computed, arena, ret);
    }
    return found(path, stated, computed, arena, ret);
}

bool report_find_difference(const json_t *stated, const json_t *computed, Arena *arena,
                            ReportDifference *ret)
{
    return walk("$", stated, computed, arena, ret);
}
