// SPDX-License-Identifier: Apache-2.0
#include "component/witness/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"

enum { ANCHOR_MAX_BYTES = 64 * 1024, PATH_SIZE = 1024 };

static bool damaged(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "witness.anchor", NULL,
                     "the anchor of the memory is damaged");
}

static bool read_whole(const char *path, Writer *ret, bool *ret_found, Error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t block[4096];
    ssize_t n = 0;
    *ret_found = file >= 0;
    if (file < 0) {
        return errno == ENOENT || error_set(err, ERROR_INTERNAL, "witness.anchor", NULL,
                                            "cannot read %s: %s", path, strerror(errno));
    }
    while ((n = read(file, block, sizeof block)) > 0) {
        writer_put(ret, bytes_of(block, (size_t)n));
    }
    close(file);
    return (n == 0 && !ret->failed) || damaged(err);
}

static bool take_word(Bytes *text, const char *end_mark, Bytes *ret)
{
    size_t end;
    if (!bytes_find(*text, bytes_of_text(end_mark), 0, &end) || end == 0) {
        return false;
    }
    *ret = bytes_slice(*text, 0, end);
    *text = bytes_from(*text, end + 1);
    return true;
}

static bool take_line(Bytes *text, Arena *arena, AnchorLine *ret)
{
    Bytes origin, size, root, decoded;
    if (!take_word(text, " ", &origin) || !take_word(text, " ", &size) ||
        !take_word(text, "\n", &root) || !proof_text_parse_size(size, &ret->head.size) ||
        !base64_decode_arena(arena, root, &decoded, NULL) || decoded.len != SM3_SIZE) {
        return false;
    }
    memcpy(ret->head.root.bytes, decoded.data, SM3_SIZE);
    ret->origin = arena_text(arena, origin);
    return ret->origin != NULL;
}

bool anchor_read(const char *path, Arena *arena, bool *ret_found, AnchorLine *ret,
                 size_t *ret_count, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(ANCHOR_MAX_BYTES);
    if (!read_whole(path, &content, ret_found, err)) {
        return false;
    }
    Bytes text = writer_bytes(&content);
    size_t count = 0;
    while (text.len > 0) {
        if (count == ANCHOR_LINES_MAX || !take_line(&text, arena, &ret[count])) {
            return damaged(err);
        }
        count++;
    }
    *ret_count = count;
    return true;
}

static bool write_all(int file, Bytes content)
{
    while (content.len > 0) {
        ssize_t n = write(file, content.data, content.len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        content = bytes_from(content, n > 0 ? (size_t)n : 0);
    }
    return fsync(file) == 0;
}

static bool sync_directory(const char *path)
{
    char copy[PATH_SIZE];
    snprintf(copy, sizeof copy, "%s", path);
    int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0) {
        close(directory);
    }
    return ok;
}

bool anchor_write(const char *path, const AnchorLine *lines, size_t count, Error *err)
{
    char temporary[PATH_SIZE];
    CLEANUP(writer_free) Writer content = writer_new(ANCHOR_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        writer_format(&content, "%s %llu ", lines[i].origin,
                      (unsigned long long)lines[i].head.size);
        base64_encode(sm3_bytes(&lines[i].head.root), &content);
        writer_put_text(&content, "\n");
    }
    if (content.failed ||
        snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        return error_memory(err);
    }
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = file >= 0 && write_all(file, writer_bytes(&content));
    int failure = errno;
    if (file >= 0) {
        close(file);
    }
    ok = ok && rename(temporary, path) == 0 && sync_directory(path);
    return ok || error_set(err, ERROR_INTERNAL, "witness.anchor", NULL, "cannot write %s: %s",
                           temporary, strerror(failure));
}
