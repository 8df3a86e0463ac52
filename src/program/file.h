// SPDX-License-Identifier: Apache-2.0
//
// Files of a deployment and of the command line.
#ifndef ASSENT_PROGRAM_FILE_H
#define ASSENT_PROGRAM_FILE_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { FILE_MAX_SIZE = 64 * 1024 * 1024, FILE_PATH_SIZE = 512 };

// Read a whole file into the arena; "-" is standard input. Fails with ERROR_NOT_FOUND
// "file.unreadable" or ERROR_LIMIT "file.too_large" (over max_size).
bool file_read(Arena *arena, const char *path, size_t max_size, Bytes *ret, Error *err) MUST_CHECK;
// Write a file through a temporary one, so that it is there whole or not at all, and sync it. Fails
// with "file.unwritable": ERROR_INPUT for a place that cannot be written to, else ERROR_INTERNAL.
bool file_write(const char *path, Bytes content, bool is_secret, Error *err) MUST_CHECK;
// Make a directory and its parents; one that is there already is fine. Fails as file_write does.
bool file_make_directory(const char *path, bool is_secret, Error *err) MUST_CHECK;
bool file_exists(const char *path);
bool file_is_directory(const char *path);
// True for a directory without entries, and for none at all.
bool file_directory_is_empty(const char *path);
// Join two path components in the arena. NULL when exhausted.
const char *file_join(Arena *arena, const char *directory, const char *name) MUST_CHECK;
// The directory part of a path, "." when there is none.
const char *file_directory(Arena *arena, const char *path) MUST_CHECK;

#endif
