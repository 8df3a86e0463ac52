// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/trust_material.h"

#include <stdlib.h>
#include <string.h>

#include "domain/judgement/trust_certificates.h"
#include "domain/judgement/trust_witnesses.h"

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), ending_len = strlen(ending);
    return len > ending_len && strcmp(name + len - ending_len, ending) == 0;
}

bool trust_material_is_named(const char *name)
{
    return trust_certificates_are_named(name) || ends_with(name, ".crl") ||
           ends_with(name, ".ors") || trust_witnesses_are_named(name);
}

static TrustKind kind_of(const char *name, TrustKind kind)
{
    if (kind != TRUST_BY_NAME) {
        return kind;
    }
    return ends_with(name, ".crl")   ? TRUST_LIST
           : ends_with(name, ".ors") ? TRUST_OCSP
                                     : TRUST_BY_NAME;
}

size_t trust_material_max_size(const char *name, TrustKind kind)
{
    return kind_of(name, kind) == TRUST_LIST ? TRUST_LIST_MAX_SIZE : TRUST_MATERIAL_MAX_SIZE;
}

static bool check_size(const TrustFile *file, Error *err)
{
    size_t most = trust_material_max_size(file->name, file->kind);
    return file->content.len <= most || error_set(err, ERROR_LIMIT, "file.too_large", NULL,
                                                  "%s is over %zu bytes", file->name, most);
}

// Certificates are added before, all together.
static bool add_content(TrustStore *trust, const TrustFile *file, Error *err)
{
    switch (kind_of(file->name, file->kind)) {
    case TRUST_LIST:
        return trust_store_add_crls(trust, file->content, err);
    case TRUST_OCSP:
        return trust_store_add_ocsp(trust, file->content, err);
    case TRUST_ANCHORS:
    case TRUST_CERTIFICATES:
    case TRUST_BY_NAME:
        break;
    }
    return true;
}

static bool add_file(TrustStore *trust, const TrustFile *file, Error *err)
{
    return add_content(trust, file, err) || error_context(err, "%s", file->name);
}

static int compare_names(const void *a, const void *b)
{
    const TrustFile *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

bool trust_material_load(Arena *arena, const TrustFile *files, size_t count, TrustStore **ret,
                         TrustReading *reading, Error *err)
{
    TrustStore *trust = trust_store_new(arena);
    const TrustFile **sorted = arena_alloc(arena, (count + 1) * sizeof *sorted);
    size_t named = 0;
    if (count > TRUST_MATERIAL_MAX_FILES) {
        return error_set(err, ERROR_LIMIT, "trust.too_large", NULL, "over %d files of trust",
                         TRUST_MATERIAL_MAX_FILES);
    }
    if (trust == NULL || sorted == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (files[i].kind != TRUST_BY_NAME || trust_material_is_named(files[i].name)) {
            sorted[named++] = &files[i];
        }
    }
    qsort(sorted, named, sizeof *sorted, compare_names);
    trust_store_take_foreign(trust);
    for (size_t i = 0; i < named; i++) {
        if (!check_size(sorted[i], err)) {
            return false;
        }
    }
    if (!trust_certificates_add(trust, arena, sorted, named, reading, err)) {
        return false;
    }
    for (size_t i = 0; i < named; i++) {
        if (!add_file(trust, sorted[i], err)) {
            return false;
        }
    }
    *ret = trust;
    return true;
}
