// SPDX-License-Identifier: Apache-2.0
//
// Errors without their sentences, which take printf: JavaScript gets the kind and the code.
#include "base/core/error.h"

#include <stddef.h>

#undef error_set
#undef error_memory
#undef error_context

bool error_set(Error *err, ErrorKind kind, const char *code, const char *clause, const char *format,
               ...)
{
    (void)clause;
    (void)format;
    if (err == NULL) {
        return false;
    }
    err->kind = kind;
    size_t len = 0;
    for (; len < sizeof err->code - 1 && code[len] != '\0'; len++) {
        err->code[len] = code[len];
    }
    err->code[len] = '\0';
    err->clause[0] = '\0';
    err->text[0] = '\0';
    return false;
}

bool error_memory(Error *err)
{
    return error_set(err, ERROR_INTERNAL, "memory", NULL, "");
}

bool error_context(Error *err, const char *format, ...)
{
    (void)err;
    (void)format;
    return false;
}
