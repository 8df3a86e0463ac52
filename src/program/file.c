// SPDX-License-Identifier: Apache-2.0
#include "program/file.h"

#include <dirent.h>
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

// A pipe that nobody writes to reads as empty instead of waiting for somebody; from one that
// somebody does write to everything is read.
static int open_to_read(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int flags = descriptor < 0 ? -1 : fcntl(descriptor, F_GETFL);
    if (flags >= 0 && fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

bool file_read(Arena *arena, const char *path, size_t max_size, Bytes *ret, Error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open_to_read(path);
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
    size_t len = content.len;
    *ret = arena_adopt(arena, &content);
    return ret->len == len || error_memory(err);
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

// A place that cannot be written to was badly chosen; a full or broken disk is our own trouble.
static bool unwritable(const char *what, const char *path, int number, Error *err)
{
    static const int choices[] = {ENOENT, EACCES, EPERM,        EROFS, ENOTDIR,
                                  EISDIR, EEXIST, ENAMETOOLONG, ELOOP};
    ErrorKind kind = ERROR_INTERNAL;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        kind = number == choices[i] ? ERROR_INPUT : kind;
    }
    return error_set(err, kind, "file.unwritable", NULL, "cannot %s %s: %s", what, path,
                     strerror(number));
}

bool file_write(const char *path, Bytes content, bool is_secret, Error *err)
{
    char temporary[FILE_PATH_SIZE];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (len <= 0 || (size_t)len >= sizeof temporary) {
        return unwritable("write", path, ENAMETOOLONG, err);
    }
    int descriptor =
        open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, is_secret ? 0600 : 0644);
    if (descriptor < 0) {
        return unwritable("write", path, errno, err);
    }
    int number = write_all(descriptor, content) ? 0 : errno;
    if (close(descriptor) != 0 && number == 0) {
        number = errno;
    }
    if (number == 0 && rename(temporary, path) != 0) {
        number = errno;
    }
    if (number != 0) {
        (void)unlink(temporary);
        return unwritable("write", path, number, err);
    }
    return true;
}

static bool make_one(const char *path, mode_t mode, Error *err)
{
    struct stat status;
    if (mkdir(path, mode) == 0) {
        return true;
    }
    int number = errno;
    bool is_there = number == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return is_there || unwritable("make", path, number, err);
}

bool file_make_directory(const char *path, bool is_secret, Error *err)
{
    char part[FILE_PATH_SIZE];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) {
        return unwritable("make", path, len == 0 ? ENOENT : ENAMETOOLONG, err);
    }
    memcpy(part, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] == '/') {
            part[i] = '\0';
            if (!file_exists(part) && !make_one(part, 0755, err)) {
                return false;
            }
            part[i] = '/';
        }
    }
    return make_one(path, is_secret ? 0700 : 0755, err);
}

bool file_directory_is_empty(const char *path)
{
    DIR *directory = opendir(path);
    bool is_empty = true;
    if (directory == NULL) {
        return errno == ENOENT || errno == ENOTDIR;
    }
    for (struct dirent *entry; is_empty && (entry = readdir(directory)) != NULL;) {
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    closedir(directory);
    return is_empty;
}

bool file_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
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
