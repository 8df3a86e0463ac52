// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/store/journal.h"
#include "domain/evidence/log_syncer.h"

enum { FOLDER_MAX = 512, EARLY_BYTES = 64 * 1024 };

struct LogFiles {
    char folder[FOLDER_MAX];
    size_t segment_bytes;
    int public;
    LogSyncer *syncer;  // NULL: none
    Journal *journal;   // NULL until loaded
    bool knows_size;
    uint64_t size;
};

static bool io_failed(const char *what, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "log_files.io", NULL, "cannot %s: %s", what,
                     strerror(errno));
}

static bool sync_directory(int directory)
{
    return fsync(directory) == 0;
}

// Make a folder durably; one that is there already is fine.
static bool make_directory(const char *path)
{
    char parent[FOLDER_MAX + 16];
    if (mkdir(path, 0755) != 0) {
        return errno == EEXIST;
    }
    snprintf(parent, sizeof parent, "%s/..", path);
    int directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = directory >= 0 && sync_directory(directory);
    if (directory >= 0) {
        close(directory);
    }
    return ok;
}

// Create the folders on the way to a file. `path` is one of ours: tile_path or a fixed name.
static bool make_parents(int root, const char *path)
{
    char part[TILE_PATH_SIZE];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (mkdirat(root, part, 0755) != 0 && errno != EEXIST) {
            return false;
        }
    }
    return true;
}

static bool files_load(void *state, LogReplay *replay, void *replay_state, Error *err)
{
    LogFiles *files = state;
    return journal_open(files->folder, files->segment_bytes, replay, replay_state, &files->journal,
                        err);
}

static bool files_commit(void *state, uint64_t expected_size, uint64_t new_size, Bytes record,
                         Error *err)
{
    LogFiles *files = state;
    if (files->knows_size && files->size != expected_size) {
        return error_set(err, ERROR_CONFLICT, "log_files.size", NULL,
                         "the log has %llu entries, not %llu", (unsigned long long)files->size,
                         (unsigned long long)expected_size);
    }
    if (!journal_append(files->journal, record, err)) {
        return false;
    }
    files->knows_size = true;
    files->size = new_size;
    return true;
}

static bool files_snapshot(void *state, uint64_t size, Bytes record, Error *err)
{
    LogFiles *files = state;
    // The tiles are written without waiting; from here on they have to stand alone.
    if (syncfs(files->public) != 0) {
        return io_failed("sync the log's files", err);
    }
    if (!journal_rotate(files->journal, record, err)) {
        return false;
    }
    files->knows_size = true;
    files->size = size;
    return true;
}

static bool read_file(int file, Writer *ret, Error *err)
{
    uint8_t block[64 * 1024];
    for (;;) {
        ssize_t n = read(file, block, sizeof block);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return io_failed("read a file of the log", err);
        }
        if (n == 0) {
            return ret->failed ? error_memory(err) : true;
        }
        writer_put(ret, bytes_of(block, (size_t)n));
    }
}

static bool files_read(void *state, const char *path, Writer *ret, Error *err)
{
    LogFiles *files = state;
    int file = openat(files->public, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT ? error_set(err, ERROR_NOT_FOUND, "log_files.missing", NULL,
                                           "the log has no file %s", path)
                               : io_failed("open a file of the log", err);
    }
    bool ok = read_file(file, ret, err);
    close(file);
    return ok;
}

static bool write_all(int file, Bytes bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(file, bytes.data, bytes.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        bytes = bytes_from(bytes, (size_t)n);
    }
    return true;
}

static bool write_file(const LogFiles *files, const char *path, Bytes content, bool durable,
                       Error *err)
{
    char unfinished[TILE_PATH_SIZE + 8];
    snprintf(unfinished, sizeof unfinished, "%s.new", path);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int file = openat(files->public, unfinished, flags, 0644);
    if (file < 0 && errno == ENOENT) {
        if (!make_parents(files->public, path)) {
            return io_failed("create a folder of the log", err);
        }
        file = openat(files->public, unfinished, flags, 0644);
    }
    if (file < 0 && errno == EEXIST && unlinkat(files->public, unfinished, 0) == 0) {
        // Left behind by a crash, after which it may be the finished file too: never written into.
        file = openat(files->public, unfinished, flags, 0644);
    }
    if (file < 0) {
        return io_failed("create a file of the log", err);
    }
    bool ok = write_all(file, content) && (!durable || fdatasync(file) == 0);
    if (ok && content.len >= EARLY_BYTES) {
        // Let the disk begin with it, so that the next snapshot has less to wait for.
        (void)sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    close(file);
    if (!ok || renameat(files->public, unfinished, files->public, path) != 0 ||
        (durable && !sync_directory(files->public))) {
        return io_failed("write a file of the log", err);
    }
    log_syncer_note(files->syncer, content.len);
    return true;
}

static bool has_content(int file, Bytes content)
{
    uint8_t block[16 * 1024];
    struct stat status;
    if (fstat(file, &status) != 0 || (uint64_t)status.st_size != content.len) {
        return false;
    }
    while (content.len > 0) {
        ssize_t n = read(file, block, sizeof block);
        if (n <= 0 ||
            !bytes_equal(bytes_slice(content, 0, (size_t)n), bytes_of(block, (size_t)n))) {
            return false;
        }
        content = bytes_from(content, (size_t)n);
    }
    return true;
}

// True when the file is there as it is to be. It may be durable, and a snapshot rest on it: written
// anew it would not be.
static bool is_there(const LogFiles *files, const char *path, Bytes content)
{
    int file = openat(files->public, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    bool same = has_content(file, content);
    close(file);
    return same;
}

// What is durable is the checkpoint: an instance that was overtaken must not put back an older one.
// Tiles have one content for each name, whoever writes them.
static bool files_write(void *state, const char *path, Bytes content, bool durable, Error *err)
{
    const LogFiles *files = state;
    if (!durable) {
        return is_there(files, path, content) || write_file(files, path, content, false, err);
    }
    if (!journal_hold(files->journal, err)) {
        return false;
    }
    bool ok = write_file(files, path, content, true, err);
    journal_release(files->journal);
    return ok;
}

static bool is_kept(const char *file_name, const unsigned *keep, size_t keep_count)
{
    char width[16];
    for (size_t i = 0; i < keep_count; i++) {
        snprintf(width, sizeof width, "%u", keep[i]);
        if (strcmp(width, file_name) == 0) {
            return true;
        }
    }
    return false;
}

static void drop_partials(const LogFiles *files, const char *full_path, const unsigned *keep,
                          size_t keep_count)
{
    char folder[TILE_PATH_SIZE + 4];
    snprintf(folder, sizeof folder, "%s.p", full_path);
    int directory = openat(files->public, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = directory < 0 ? NULL : fdopendir(directory);
    if (listing == NULL) {
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] != '.' && !is_kept(entry->d_name, keep, keep_count)) {
            unlinkat(directory, entry->d_name, 0);
        }
    }
    closedir(listing);
    // Only succeeds when nothing is left.
    unlinkat(files->public, folder, AT_REMOVEDIR);
}

static void files_drop_partials(void *state, const char *full_path, const unsigned *keep,
                                size_t keep_count)
{
    const LogFiles *files = state;
    // Another instance, which went on, may need them.
    if (journal_hold(files->journal, NULL)) {
        drop_partials(files, full_path, keep, keep_count);
        journal_release(files->journal);
    }
}

bool log_files_open(const char *directory, size_t segment_bytes, LogFiles **ret, Error *err)
{
    char public[FOLDER_MAX + 8];
    if (strlen(directory) >= FOLDER_MAX) {
        return error_set(err, ERROR_INPUT, "log_files.path", NULL, "the log's path is too long");
    }
    snprintf(public, sizeof public, "%s/public", directory);
    if (!make_directory(directory) || !make_directory(public)) {
        return io_failed("create the log's folder", err);
    }
    CLEANUP(log_files_cleanup) LogFiles *files = calloc(1, sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    snprintf(files->folder, sizeof files->folder, "%s", directory);
    files->segment_bytes = segment_bytes == 0 ? JOURNAL_SEGMENT_DEFAULT : segment_bytes;
    if (files->segment_bytes < JOURNAL_SEGMENT_MIN) {
        files->segment_bytes = JOURNAL_SEGMENT_MIN;
    }
    files->public = open(public, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->public < 0) {
        return io_failed("open the log's folder", err);
    }
    files->syncer = log_syncer_new(public);
    *ret = files;
    files = NULL;
    return true;
}

void log_files_close(LogFiles *files)
{
    if (files == NULL) {
        return;
    }
    log_syncer_free(files->syncer);
    journal_close(files->journal);
    if (files->public > 0) {
        close(files->public);
    }
    free(files);
}

void log_files_cleanup(LogFiles **files)
{
    log_files_close(*files);
    *files = NULL;
}

LogStorage log_files_storage(LogFiles *files)
{
    return (LogStorage){
        .state = files,
        .record_limit_bytes = files->segment_bytes / 2 - JOURNAL_RECORD_OVERHEAD,
        .load = files_load,
        .commit = files_commit,
        .snapshot = files_snapshot,
        .read = files_read,
        .write = files_write,
        .drop_partials = files_drop_partials,
    };
}
