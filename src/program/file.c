// SPDX-License-Identifier: Apache-2.0
#include "program/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool unreadable(const char *path, Error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "file.unreadable", NULL, "cannot read %s: %s", path,
                     strerror(errno));
}

static bool read_all(int descriptor, size_t max_size, Writer *content, const char *path, Error *err)
{
    uint8_t buffer[16384];
    for (;;) {
        ssize_t got = read(descriptor, buffer, sizeof buffer);
        if (got < 0) {
            return unreadable(path, err);
        }
        if (got == 0) {
            return true;
        }
        writer_put(content, bytes_of(buffer, (size_t)got));
        if (content->failed) {
            return error_set(err, ERROR_LIMIT, "file.too_large", NULL, "%s is over %zu bytes", path,
                             max_size);
        }
    }
}

bool file_read(Arena *arena, const char *path, size_t max_size, Bytes *ret, Error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return unreadable(path, err);
    }
    CLEANUP(writer_free) Writer content = writer_new(max_size);
    bool ok = read_all(descriptor, max_size, &content, path, err);
    if (!is_stdin) {
        close(descriptor);
    }
    if (!ok) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&content));
    return ret->len == content.len || error_memory(err);
}

static bool write_all(int descriptor, Bytes content)
{
    while (content.len > 0) {
        ssize_t written = write(descriptor, content.data, content.len);
        if (written <= 0) {
            return false;
        }
        content = bytes_from(content, (size_t)written);
    }
    return fsync(descriptor) == 0;
}

bool file_write(const char *path, Bytes content, bool is_secret, Error *err)
{
    char temporary[FILE_PATH_SIZE];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    bool fits = len > 0 && (size_t)len < sizeof temporary;
    int descriptor = fits ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                 is_secret ? 0600 : 0644)
                          : -1;
    bool ok = descriptor >= 0 && write_all(descriptor, content);
    if (descriptor >= 0) {
        ok = close(descriptor) == 0 && ok;
    }
    if (!ok || rename(temporary, path) != 0) {
        return error_set(err, ERROR_INTERNAL, "file.unwritable", NULL, "cannot write %s: %s", path,
                         strerror(errno));
    }
    return true;
}

bool file_make_directory(const char *path, bool is_secret, Error *err)
{
    if (mkdir(path, is_secret ? 0700 : 0755) != 0 && errno != EEXIST) {
        return error_set(err, ERROR_INTERNAL, "file.unwritable", NULL, "cannot make %s: %s", path,
                         strerror(errno));
    }
    return true;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

const char *file_join(Arena *arena, const char *directory, const char *name)
{
    return name[0] == '/' ? arena_text(arena, bytes_of_text(name))
                          : arena_format(arena, "%s/%s", directory, name);
}

const char *file_directory(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? "." : arena_text(arena, bytes_of(path, (size_t)(slash - path)));
}
