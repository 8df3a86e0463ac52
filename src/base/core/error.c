// SPDX-License-Identifier: Apache-2.0
#include "base/core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef error_set
#undef error_memory
#undef error_context

typedef struct {
    const char *name;
    int http_status;
    int exit_code;
} ErrorKindRow;

static const ErrorKindRow error_kind_table[] = {
    [ERROR_NONE] = {"NONE", 200, 0},           [ERROR_INPUT] = {"INPUT", 400, 64},
    [ERROR_FORBIDDEN] = {"FORBIDDEN", 403, 1}, [ERROR_NOT_FOUND] = {"NOT_FOUND", 404, 1},
    [ERROR_CONFLICT] = {"CONFLICT", 409, 1},   [ERROR_UNTRUSTED] = {"UNTRUSTED", 422, 1},
    [ERROR_LIMIT] = {"LIMIT", 413, 1},         [ERROR_UNAVAILABLE] = {"UNAVAILABLE", 503, 2},
    [ERROR_INTERNAL] = {"INTERNAL", 500, 70},
};

static const ErrorKindRow *error_kind_row(ErrorKind kind)
{
    bool known = (unsigned)kind < COUNT_OF(error_kind_table);
    return &error_kind_table[known ? kind : ERROR_INTERNAL];
}

bool error_set(Error *err, ErrorKind kind, const char *code, const char *clause, const char *format,
               ...)
{
    if (err == NULL) {
        return false;
    }
    err->kind = kind;
    snprintf(err->code, sizeof err->code, "%s", code);
    snprintf(err->clause, sizeof err->clause, "%s", clause == NULL ? "" : clause);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    return false;
}

bool error_memory(Error *err)
{
    return error_set(err, ERROR_INTERNAL, "memory", NULL, "out of memory");
}

bool error_context(Error *err, const char *format, ...)
{
    if (err == NULL) {
        return false;
    }
    char joined[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(joined, sizeof joined, format, arguments);
    va_end(arguments);
    if (len >= 0 && (size_t)len < sizeof joined) {
        snprintf(joined + len, sizeof joined - (size_t)len, ": %.300s", err->text);
    }
    memcpy(err->text, joined, sizeof joined);
    return false;
}

const char *error_kind_name(ErrorKind kind)
{
    return error_kind_row(kind)->name;
}

int error_kind_http_status(ErrorKind kind)
{
    return error_kind_row(kind)->http_status;
}

int error_kind_exit_code(ErrorKind kind)
{
    return error_kind_row(kind)->exit_code;
}

ErrorKind error_kind_from_name(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(error_kind_table); i++) {
        if (strcmp(error_kind_table[i].name, name) == 0) {
            return (ErrorKind)i;
        }
    }
    return ERROR_INTERNAL;
}
