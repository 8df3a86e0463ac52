// SPDX-License-Identifier: Apache-2.0
#include "program/trust_directory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "program/file.h"

static bool read_file(Arena *arena, const char *directory, const char *name, TrustFile *ret,
                      Error *err)
{
    const char *path = file_join(arena, directory, name);
    if (path == NULL) {
        return error_memory(err);
    }
    *ret = (TrustFile){.name = path};
    return file_read(arena, path, trust_material_max_size(path, TRUST_BY_NAME), &ret->content, err);
}

static bool read_files(DIR *directory, Arena *arena, const char *path, TrustFile *files,
                       size_t *ret_count, Error *err)
{
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!trust_material_is_named(entry->d_name)) {
            continue;
        }
        if (count == TRUST_MATERIAL_MAX_FILES) {
            return error_set(err, ERROR_LIMIT, "trust.too_large", NULL, "over %d files of trust",
                             TRUST_MATERIAL_MAX_FILES);
        }
        if (!read_file(arena, path, entry->d_name, &files[count], err)) {
            return false;
        }
        count++;
    }
    *ret_count = count;
    return true;
}

bool trust_directory_read(Arena *arena, const char *path, const TrustFile **ret, size_t *ret_count,
                          Error *err)
{
    TrustFile *files = arena_alloc(arena, TRUST_MATERIAL_MAX_FILES * sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "file.unreadable", NULL, "cannot read %s: %s", path,
                         strerror(errno));
    }
    bool ok = read_files(directory, arena, path, files, ret_count, err);
    closedir(directory);
    *ret = files;
    return ok;
}

bool trust_directory_load(Arena *arena, const char *path, TrustStore **ret, Error *err)
{
    const TrustFile *files = NULL;
    size_t count = 0;
    TrustReading reading = {0};
    if (!trust_directory_read(arena, path, &files, &count, err) ||
        !trust_material_load(arena, files, count, ret, &reading, err)) {
        return false;
    }
    // Who serves with a part of its trust would not know what it lacks.
    return reading.skipped == 0 || error_set(err, ERROR_INPUT, "trust.unreadable", NULL,
                                             "%s: a certificate cannot be read", reading.first);
}
