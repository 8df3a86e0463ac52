// SPDX-License-Identifier: Apache-2.0
//
// What recovery would write (the tiles that fill while the journal is replayed) is kept in memory.
#include "domain/evidence/log_mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/store/journal.h"
#include "domain/evidence/evidence_log_state.h"

// A file that recovery made.
typedef struct MirrorFile MirrorFile;
struct MirrorFile {
    char path[TILE_PATH_SIZE];
    Writer content;
    MirrorFile *next;
};

struct LogMirror {
    char *directory;
    int public;
    bool has_journal;
    MirrorFile *files;
};

static bool io_failed(const char *what, const char *name, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "log_mirror.io", NULL, "cannot %s %s: %s", what, name,
                     strerror(errno));
}

static bool read_all(int file, const char *path, Writer *ret, Error *err)
{
    uint8_t block[16 * 1024];
    for (;;) {
        ssize_t n = read(file, block, sizeof block);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return io_failed("read", path, err);
        }
        if (n == 0) {
            return true;
        }
        writer_put(ret, bytes_of(block, (size_t)n));
        if (ret->failed) {
            return error_set(err, ERROR_LIMIT, "log_mirror.size", NULL,
                             "the log's file %s is too long", path);
        }
    }
}

static bool mirror_read(void *state, const char *path, Writer *ret, Error *err)
{
    const LogMirror *mirror = state;
    for (const MirrorFile *file = mirror->files; file != NULL; file = file->next) {
        if (strcmp(file->path, path) == 0) {
            writer_put(ret, writer_bytes(&file->content));
            return ret->failed ? error_memory(err) : true;
        }
    }
    int file = openat(mirror->public, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? error_set(err, ERROR_NOT_FOUND, "log_files.missing", NULL,
                               "the log has no file %s", path)
                   : io_failed("open", path, err);
    }
    bool ok = read_all(file, path, ret, err);
    close(file);
    return ok;
}

static bool mirror_write(void *state, const char *path, Bytes content, bool durable, Error *err)
{
    LogMirror *mirror = state;
    (void)durable;
    MirrorFile *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return error_memory(err);
    }
    memcpy(file->path, path, strnlen(path, sizeof file->path - 1));
    file->content = writer_new(content.len);
    writer_put(&file->content, content);
    file->next = mirror->files;
    mirror->files = file;
    return file->content.failed ? error_memory(err) : true;
}

// The public part alone stands for a log that was just snapshot.
static bool load_checkpoint(LogMirror *mirror, LogReplay *replay, void *replay_state, Error *err)
{
    CLEANUP(writer_free) Writer record = writer_new(1 + NOTE_MAX_BYTES);
    writer_put_u8(&record, RECORD_SNAPSHOT);
    return mirror_read(mirror, "checkpoint", &record, err) &&
           replay(replay_state, writer_bytes(&record), err);
}

static bool mirror_load(void *state, LogReplay *replay, void *replay_state, Error *err)
{
    LogMirror *mirror = state;
    return mirror->has_journal ? journal_read(mirror->directory, replay, replay_state, err)
                               : load_checkpoint(mirror, replay, replay_state, err);
}

static bool read_only(Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, "log_mirror.read_only", NULL,
                     "the evidence log is open for reading only");
}

static bool mirror_commit(void *state, uint64_t expected_size, uint64_t new_size, Bytes record,
                          Error *err)
{
    (void)state, (void)expected_size, (void)new_size, (void)record;
    return read_only(err);
}

static bool mirror_snapshot(void *state, uint64_t size, Bytes record, Error *err)
{
    (void)state, (void)size, (void)record;
    return read_only(err);
}

static void mirror_drop_partials(void *state, const char *full_path, const unsigned *keep,
                                 size_t keep_count)
{
    (void)state, (void)full_path, (void)keep, (void)keep_count;
}

bool log_mirror_open(const char *directory, LogMirror **ret, Error *err)
{
    CLEANUP(log_mirror_cleanup) LogMirror *mirror = calloc(1, sizeof *mirror);
    if (mirror == NULL) {
        return error_memory(err);
    }
    mirror->public = -1;
    mirror->directory = strdup(directory);
    if (mirror->directory == NULL) {
        return error_memory(err);
    }
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        mirror->public = openat(folder, "public", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        mirror->has_journal = mirror->public >= 0;
        if (mirror->has_journal) {
            close(folder);
        } else {
            mirror->public = folder;
        }
    }
    if (mirror->public < 0 ||
        (!mirror->has_journal && faccessat(mirror->public, "checkpoint", R_OK, 0) != 0)) {
        return error_set(err, ERROR_NOT_FOUND, "log.missing", NULL,
                         "there is no evidence log in %s", directory);
    }
    *ret = mirror;
    mirror = NULL;
    return true;
}

void log_mirror_close(LogMirror *mirror)
{
    if (mirror == NULL) {
        return;
    }
    while (mirror->files != NULL) {
        MirrorFile *next = mirror->files->next;
        writer_free(&mirror->files->content);
        free(mirror->files);
        mirror->files = next;
    }
    if (mirror->public >= 0) {
        close(mirror->public);
    }
    free(mirror->directory);
    free(mirror);
}

void log_mirror_cleanup(LogMirror **mirror)
{
    log_mirror_close(*mirror);
    *mirror = NULL;
}

bool log_mirror_has_journal(const LogMirror *mirror)
{
    return mirror->has_journal;
}

LogStorage log_mirror_storage(LogMirror *mirror)
{
    return (LogStorage){
        .state = mirror,
        .record_limit_bytes = JOURNAL_SEGMENT_DEFAULT,
        .load = mirror_load,
        .commit = mirror_commit,
        .snapshot = mirror_snapshot,
        .read = mirror_read,
        .write = mirror_write,
        .drop_partials = mirror_drop_partials,
    };
}
