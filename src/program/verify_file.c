// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "program/file.h"
#include "program/trust_directory.h"
#include "program/verify.h"

enum { OWN_CHAIN_MAX = 32 };

static bool add_file(Arena *arena, const char *path, TrustKind kind, TrustFile *ret, Error *err)
{
    *ret = (TrustFile){.name = path, .kind = kind};
    return file_read(arena, path, trust_material_max_size(path, kind), &ret->content, err);
}

// A directory of trust, or a file of anchors (or of what its name says).
static bool add_trust(Arena *arena, const char *path, TrustFile *files, size_t *file_count,
                      Error *err)
{
    TrustFile file;
    const TrustFile *found = &file;
    size_t count = 1;
    if (file_is_directory(path)) {
        if (!trust_directory_read(arena, path, &found, &count, err)) {
            return false;
        }
    } else if (!add_file(arena, path, trust_material_is_named(path) ? TRUST_BY_NAME : TRUST_ANCHORS,
                         &file, err)) {
        return false;
    }
    if (count > TRUST_MATERIAL_MAX_FILES - *file_count) {
        return error_set(err, ERROR_LIMIT, "trust.too_large", NULL, "over %d files of trust",
                         TRUST_MATERIAL_MAX_FILES);
    }
    for (size_t i = 0; i < count; i++) {
        files[(*file_count)++] = found[i];
    }
    return true;
}

// What was named as trust, or else what lies beside the file.
static bool read_trust(Arena *arena, const char *path, const VerifyMaterial *material,
                       TrustFile *files, size_t *file_count, Error *err)
{
    if (material->trust_count == 0 && strcmp(path, "-") != 0) {
        const char *beside = file_directory(arena, path);
        beside = beside == NULL ? NULL : file_join(arena, beside, "trust");
        if (beside == NULL) {
            return error_memory(err);
        }
        return !file_exists(beside) || add_trust(arena, beside, files, file_count, err);
    }
    for (size_t i = 0; i < material->trust_count; i++) {
        if (!add_trust(arena, material->trust[i], files, file_count, err)) {
            return false;
        }
    }
    return true;
}

static bool add_files(Arena *arena, const char *const *paths, size_t count, TrustKind kind,
                      TrustFile *files, size_t *file_count, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!add_file(arena, paths[i], kind, &files[(*file_count)++], err)) {
            return false;
        }
    }
    return true;
}

// What a PEM file has after the certificate in question helps to build its chain; what cannot be
// read there is passed over.
static void add_own_chain(Arena *arena, const char *path, Bytes content, TrustFile *files,
                          size_t *file_count)
{
    Bytes der;
    for (size_t i = 0; i <= OWN_CHAIN_MAX; i++) {
        if (!pem_decode_next(arena, "CERTIFICATE", &content, &der, NULL)) {
            return;
        }
        Reader block = reader_of(der);
        (void)der_element(&block, DER_SEQUENCE);
        if (i > 0 && reader_done(&block)) {
            files[(*file_count)++] = (TrustFile){path, der, TRUST_CERTIFICATES};
        }
    }
}

// What is trusted, and what was named besides.
static bool read_material(Arena *arena, const char *path, const VerifyMaterial *material,
                          JudgementRequest *ret, Error *err)
{
    TrustFile *files = arena_alloc(arena, (TRUST_MATERIAL_MAX_FILES + material->untrusted_count +
                                           material->list_count + material->answer_count) *
                                              sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    ret->trust = files;
    if (pem_is_pem(ret->content) && file_recognise(ret->content) == FILE_CERTIFICATE) {
        add_own_chain(arena, path, ret->content, files, &ret->trust_count);
    }
    return read_trust(arena, path, material, files, &ret->trust_count, err) &&
           add_files(arena, material->untrusted, material->untrusted_count, TRUST_CERTIFICATES,
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
    if (!read_original(arena, material, &request, err) ||
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
    if (!read_material(arena, path, material, &request, err)) {
        return false;
    }
    *ret = request;
    return true;
}
