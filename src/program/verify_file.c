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

static bool add_files(Arena *arena, const char *const *paths, size_t count, TrustKind kind,
                      TrustFile *files, size_t *file_count, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        TrustFile *file = &files[(*file_count)++];
        *file = (TrustFile){.name = paths[i], .kind = kind};
        if (!file_read(arena, paths[i], trust_material_max_size(paths[i], kind), &file->content,
                       err)) {
            return false;
        }
    }
    return true;
}

// What the directory of trust holds, and what was named besides.
static bool read_material(Arena *arena, const char *path, const VerifyMaterial *material,
                          JudgementRequest *ret, Error *err)
{
    if (!read_trust(arena, path, material->trust_directory, ret, err)) {
        return false;
    }
    size_t count = ret->trust_count;
    TrustFile *files = arena_alloc(arena, (count + material->untrusted_count +
                                           material->list_count + material->answer_count + 1) *
                                              sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        files[i] = ret->trust[i];
    }
    ret->trust = files;
    return add_files(arena, material->untrusted, material->untrusted_count, TRUST_CERTIFICATES,
                     files, &ret->trust_count, err) &&
           add_files(arena, material->lists, material->list_count, TRUST_LIST, files,
                     &ret->trust_count, err) &&
           add_files(arena, material->answers, material->answer_count, TRUST_OCSP, files,
                     &ret->trust_count, err);
}

// An original without any bytes is one too.
static bool read_original(Arena *arena, const VerifyMaterial *material, JudgementRequest *ret,
                          Error *err)
{
    if (material->original == NULL) {
        return true;
    }
    Bytes *original = arena_alloc(arena, sizeof *original);
    if (original == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, material->original, JUDGEMENT_MAX_SIZE, original, err)) {
        return false;
    }
    if (original->len == 0) {
        *original = BYTES_LITERAL("");
    }
    ret->original = original;
    return true;
}

bool verify_read(Arena *arena, const char *path, const VerifyMaterial *material,
                 JudgementRequest *ret, Error *err)
{
    JudgementRequest request = {.name = path};
    Error unread = {0};
    if (!read_material(arena, path, material, &request, err) ||
        !read_original(arena, material, &request, err) ||
        (material->evidence_record != NULL &&
         !file_read(arena, material->evidence_record, EVIDENCE_RECORD_MAX_BYTES,
                    &request.evidence_record, err))) {
        return false;
    }
    if (material->evidence_record != NULL && request.evidence_record.len == 0) {
        return error_set(err, ERROR_INPUT, "evidence_record.malformed", "RFC 4998 3.1",
                         "%s is empty", material->evidence_record);
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
