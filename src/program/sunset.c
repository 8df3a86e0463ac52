// SPDX-License-Identifier: Apache-2.0
#include "program/sunset.h"

#include <stdio.h>
#include <string.h>

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "sunset.malformed", NULL, "a weak algorithm %s", why);
}

bool sunset_parse(const char *text, AlgorithmSunset *ret, Error *err)
{
    static const char *const names[][2] = {{"sm2", "1.2.156.10197.1.301"},
                                           {"sm3", "1.2.156.10197.1.401"},
                                           {"sha256", "2.16.840.1.101.3.4.2.1"}};
    const char *mark = strchr(text, '=');
    AlgorithmSunset sunset = {.weak_from = 0};
    if (mark == NULL || (size_t)(mark - text) >= sizeof sunset.oid ||
        !time_from_text(bytes_of_text(mark + 1), &sunset.weak_from, NULL)) {
        return malformed("is written with a time: sm3=2040-01-01T00:00:00Z", err);
    }
    (void)snprintf(sunset.oid, sizeof sunset.oid, "%.*s", (int)(mark - text), text);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(sunset.oid, names[i][0]) == 0) {
            (void)snprintf(sunset.oid, sizeof sunset.oid, "%s", names[i][1]);
        }
    }
    CLEANUP(writer_free) Writer oid = writer_new(DER_OID_TEXT_SIZE);
    if (!der_put_dotted(&oid, sunset.oid)) {
        return malformed("is sm2, sm3, sha256 or an OID such as 1.2.156.1", err);
    }
    *ret = sunset;
    return true;
}

bool sunsets_parse(Arena *arena, const char *text, AlgorithmSunset **ret, size_t *ret_count,
                   Error *err)
{
    size_t count = 0;
    AlgorithmSunset *sunsets = arena_alloc(arena, SUNSETS_MAX * sizeof *sunsets);
    if (sunsets == NULL) {
        return error_memory(err);
    }
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        size_t len = strcspn(text, " ");
        const char *one = arena_text(arena, bytes_of(text, len));
        if (one == NULL) {
            return error_memory(err);
        }
        if (count == SUNSETS_MAX) {
            return malformed("is one too many", err);
        }
        if (!sunset_parse(one, &sunsets[count++], err)) {
            return false;
        }
        text += len;
    }
    *ret = sunsets;
    *ret_count = count;
    return true;
}
