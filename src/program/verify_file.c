// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "program/file.h"
#include "program/trust_directory.h"
#include "program/verify.h"

static bool read_trust(Arena *arena, const char *path, const char *directory, JudgementRequest *ret,
                       Error *err)
{
    if (directory == NULL && strcmp(path, "-") != 0) {
        const char *beside = file_directory(arena, path);
        beside = beside == NULL ? NULL : file_join(arena, beside, "trust");
        if (beside == NULL) {
            return error_memory(err);
        }
        directory = file_exists(beside) ? beside : NULL;
    }
    return directory == NULL ||
           trust_directory_read(arena, directory, &ret->trust, &ret->trust_count, err);
}

bool verify_read(Arena *arena, const char *path, const char *trust_directory, JudgementRequest *ret,
                 Error *err)
{
    JudgementRequest request = {.name = path};
    Error unread = {0};
    if (!read_trust(arena, path, trust_directory, &request, err)) {
        return false;
    }
    if (!file_read(arena, path, JUDGEMENT_MAX_SIZE, &request.content, &unread)) {
        if (unread.kind != ERROR_LIMIT) {
            return error_set(err, unread.kind, unread.code, NULL, "%s", unread.text);
        }
        request.is_too_large = true;
    }
    *ret = request;
    return true;
}
