// SPDX-License-Identifier: Apache-2.0
//
// The model: a file's content is durable after fsync or fdatasync of it, a directory's entries
// after fsync of the directory, everything after syncfs. Until then each sector of each write, and
// each change of an entry, may have happened or not. That is less than any file system promises.
#include "domain/evidence/power_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/test/test.h"

enum { SECTOR = 512, PATH_SIZE = 1024 };

// One write that is not synced, and what it went over.
typedef struct PendingWrite PendingWrite;
struct PendingWrite {
    ino_t file;
    off_t offset;
    size_t len;
    uint8_t *old;
    PendingWrite *next;  // the one before it
};

// What an entry of a directory was, from the durable state on.
typedef struct Entry Entry;
struct Entry {
    char path[PATH_SIZE];
    ino_t *versions;  // 0: not there
    size_t count;
    bool is_directory;
    Entry *next;
};

static struct {
    bool is_armed;
    char folder[PATH_SIZE], stash[PATH_SIZE];
    uint64_t changes, limit;
    PendingWrite *writes;
    Entry *entries;
    atomic_uint syncs;
} power;

static long real_openat(int directory, const char *path, int flags, mode_t mode)
{
    return syscall(SYS_openat, directory, path, flags, mode);
}

// The path of what is open. False when it is not below the folder.
static bool watched_path(int file, char ret[PATH_SIZE])
{
    char link[64];
    if (!power.is_armed) {
        return false;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t len = readlink(link, ret, PATH_SIZE - 1);
    ret[len < 0 ? 0 : len] = '\0';
    size_t folder = strlen(power.folder);
    return strncmp(ret, power.folder, folder) == 0 && (ret[folder] == '/' || ret[folder] == '\0');
}

static bool watched_name(int directory, const char *name, char ret[PATH_SIZE])
{
    char base[PATH_SIZE];
    if (!power.is_armed) {
        return false;
    }
    if (name[0] == '/') {
        snprintf(ret, PATH_SIZE, "%s", name);
    } else if (watched_path(directory, base)) {
        CHECK(snprintf(ret, PATH_SIZE, "%s/%s", base, name) < PATH_SIZE);
    } else {
        return false;
    }
    return strncmp(ret, power.folder, strlen(power.folder)) == 0;
}

// Count one change; false when the power is gone before it.
static bool has_power(void)
{
    power.changes++;
    if (power_is_off()) {
        errno = EIO;
        return false;
    }
    return true;
}

static ino_t inode_of(const char *path, bool *ret_is_directory)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return 0;
    }
    if (ret_is_directory != NULL) {
        *ret_is_directory = S_ISDIR(status.st_mode);
    }
    return status.st_ino;
}

static void stash_name(ino_t inode, char ret[PATH_SIZE])
{
    CHECK(snprintf(ret, PATH_SIZE, "%.900s/%llu", power.stash, (unsigned long long)inode) <
          PATH_SIZE);
}

// Keep a file alive whatever becomes of its names.
static void keep(const char *path, ino_t inode)
{
    char name[PATH_SIZE];
    stash_name(inode, name);
    CHECK(link(path, name) == 0 || errno == EEXIST);
}

static void add_version(Entry *entry, ino_t inode)
{
    entry->versions = realloc(entry->versions, (entry->count + 1) * sizeof *entry->versions);
    CHECK(entry->versions != NULL);
    entry->versions[entry->count++] = inode;
}

// The entry, beginning with what it is now.
static Entry *entry_of(const char *path)
{
    for (Entry *entry = power.entries; entry != NULL; entry = entry->next) {
        if (strcmp(entry->path, path) == 0) {
            return entry;
        }
    }
    Entry *entry = calloc(1, sizeof *entry);
    CHECK(entry != NULL);
    snprintf(entry->path, sizeof entry->path, "%s", path);
    ino_t inode = inode_of(path, &entry->is_directory);
    if (inode != 0 && !entry->is_directory) {
        keep(path, inode);
    }
    add_version(entry, inode);
    entry->next = power.entries;
    power.entries = entry;
    return entry;
}

static void note_entry(Entry *entry)
{
    ino_t inode = inode_of(entry->path, &entry->is_directory);
    if (inode != 0 && !entry->is_directory) {
        keep(entry->path, inode);
    }
    add_version(entry, inode);
}

static void forget_writes(ino_t file, bool all)
{
    PendingWrite **at = &power.writes;
    while (*at != NULL) {
        PendingWrite *write = *at;
        if (all || write->file == file) {
            *at = write->next;
            free(write->old);
            free(write);
        } else {
            at = &write->next;
        }
    }
}

static void settle_entries(const char *directory, bool all)
{
    size_t len = strlen(directory);
    for (Entry *entry = power.entries; entry != NULL; entry = entry->next) {
        bool is_in = strncmp(entry->path, directory, len) == 0 && entry->path[len] == '/' &&
                     strchr(entry->path + len + 1, '/') == NULL;
        if (all || is_in) {
            entry->versions[0] = entry->versions[entry->count - 1];
            entry->count = 1;
        }
    }
}

static void note_write(int file, off_t offset, size_t len)
{
    struct stat status;
    PendingWrite *write = calloc(1, sizeof *write);
    CHECK(write != NULL && fstat(file, &status) == 0);
    *write = (PendingWrite){status.st_ino, offset, len, calloc(1, len + 1), power.writes};
    CHECK(write->old != NULL);
    char path[64], name[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    stash_name(status.st_ino, name);
    // A file that was opened as it was has not been kept yet; one without names is lost anyway.
    CHECK(linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST ||
          errno == ENOENT);
    long reading = real_openat(AT_FDCWD, path, O_RDONLY, 0);
    CHECK(reading >= 0 && pread((int)reading, write->old, len, offset) >= 0);
    close((int)reading);
    power.writes = write;
}

// The calls

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    char name[PATH_SIZE];
    if ((flags & O_CREAT) == 0 || !watched_name(directory, path, name)) {
        return (int)real_openat(directory, path, flags, mode);
    }
    if (!has_power()) {
        return -1;
    }
    Entry *entry = entry_of(name);
    bool is_new = inode_of(name, NULL) == 0;
    int file = (int)real_openat(directory, path, flags, mode);
    if (is_new) {
        note_entry(entry);
    }
    return file;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return openat(AT_FDCWD, path, flags, mode);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    char path[PATH_SIZE];
    size_t len = 0;
    for (int i = 0; i < count; i++) {
        len += parts[i].iov_len;
    }
    if (watched_path(file, path)) {
        bool is_on = has_power();
        note_write(file, offset, len);
        if (!is_on) {
            // The one that the power failed in may still be half there.
            (void)syscall(SYS_pwritev, file, parts, count, offset, 0);
            errno = EIO;
            return -1;
        }
    }
    return syscall(SYS_pwritev, file, parts, count, offset, 0);
}

ssize_t pwrite(int file, const void *bytes, size_t len, off_t offset)
{
    const struct iovec part = {(void *)(uintptr_t)bytes, len};
    return pwritev(file, &part, 1, offset);
}

ssize_t write(int file, const void *bytes, size_t len)
{
    char path[PATH_SIZE];
    if (watched_path(file, path)) {
        off_t offset = lseek(file, 0, SEEK_CUR);
        ssize_t written = pwrite(file, bytes, len, offset);
        if (written > 0) {
            CHECK(lseek(file, offset + written, SEEK_SET) >= 0);
        }
        return written;
    }
    return syscall(SYS_write, file, bytes, len);
}

static int sync_file(int file, long number)
{
    char path[PATH_SIZE];
    struct stat status;
    if (watched_path(file, path)) {
        if (!has_power()) {
            return -1;
        }
        CHECK(fstat(file, &status) == 0);
        if (S_ISDIR(status.st_mode)) {
            settle_entries(path, false);
        } else {
            forget_writes(status.st_ino, false);
        }
        // The real disk has to do nothing for the model.
        return 0;
    }
    return (int)syscall(number, file);
}

int fsync(int file)
{
    return sync_file(file, SYS_fsync);
}

int fdatasync(int file)
{
    return sync_file(file, SYS_fdatasync);
}

int syncfs(int file)
{
    char path[PATH_SIZE];
    atomic_fetch_add(&power.syncs, 1);
    if (watched_path(file, path)) {
        if (!has_power()) {
            return -1;
        }
        forget_writes(0, true);
        settle_entries("", true);
        return 0;
    }
    return (int)syscall(SYS_syncfs, file);
}

int renameat2(int from, const char *old, int to, const char *name, unsigned flags)
{
    char source[PATH_SIZE], target[PATH_SIZE];
    if (watched_name(from, old, source) && watched_name(to, name, target)) {
        if (!has_power()) {
            return -1;
        }
        Entry *left = entry_of(source), *entered = entry_of(target);
        long result = syscall(SYS_renameat2, from, old, to, name, flags);
        if (result == 0) {
            note_entry(left);
            note_entry(entered);
        }
        return (int)result;
    }
    return (int)syscall(SYS_renameat2, from, old, to, name, flags);
}

int renameat(int from, const char *old, int to, const char *name)
{
    return renameat2(from, old, to, name, 0);
}

int unlinkat(int directory, const char *path, int flags)
{
    char name[PATH_SIZE];
    if (watched_name(directory, path, name)) {
        if (!has_power()) {
            return -1;
        }
        // A folder that is removed is empty: whether it is there makes no difference.
        Entry *entry = flags == 0 ? entry_of(name) : NULL;
        long result = syscall(SYS_unlinkat, directory, path, flags);
        if (result == 0 && entry != NULL) {
            note_entry(entry);
        }
        return (int)result;
    }
    return (int)syscall(SYS_unlinkat, directory, path, flags);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    char name[PATH_SIZE];
    if (watched_name(directory, path, name)) {
        if (!has_power()) {
            return -1;
        }
        bool is_new = inode_of(name, NULL) == 0;
        Entry *entry = entry_of(name);
        long result = syscall(SYS_mkdirat, directory, path, mode);
        if (result == 0 && is_new) {
            note_entry(entry);
        }
        return (int)result;
    }
    return (int)syscall(SYS_mkdirat, directory, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

// Power

void power_arm(const char *folder, const char *stash, uint64_t changes)
{
    CHECK(!power.is_armed && power.writes == NULL && power.entries == NULL);
    CHECK(mkdir(stash, 0755) == 0 || errno == EEXIST);
    snprintf(power.folder, sizeof power.folder, "%s", folder);
    snprintf(power.stash, sizeof power.stash, "%s", stash);
    power.changes = 0;
    power.limit = changes;
    power.is_armed = true;
}

bool power_is_off(void)
{
    return power.is_armed && power.changes > power.limit;
}

uint64_t power_changes(void)
{
    return power.changes;
}

unsigned power_syncs(void)
{
    return atomic_load(&power.syncs);
}

// SplitMix64.
static uint64_t next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

// Put back what a write went over, all of it, nothing, or some sectors. The newest comes first.
static void undo_write(const PendingWrite *write, uint64_t *seed)
{
    char name[PATH_SIZE];
    uint64_t mode = next(seed) % 3;
    stash_name(write->file, name);
    int file = (int)real_openat(AT_FDCWD, name, O_WRONLY, 0);
    if (file < 0) {
        return;
    }
    for (size_t done = 0; done < write->len;) {
        off_t at = write->offset + (off_t)done;
        size_t some = SECTOR - (size_t)(at % SECTOR);
        some = some < write->len - done ? some : write->len - done;
        if (mode == 0 || (mode == 1 && next(seed) % 2 == 0)) {
            CHECK(syscall(SYS_pwrite64, file, write->old + done, some, at) == (long)some);
        }
        done += some;
    }
    close(file);
}

static void choose_entry(const Entry *entry, uint64_t *seed)
{
    ino_t chosen = entry->versions[next(seed) % entry->count];
    if (chosen == entry->versions[entry->count - 1]) {
        return;
    }
    if (entry->is_directory) {
        if (chosen == 0) {
            nftw(entry->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        }
        return;
    }
    (void)unlink(entry->path);
    if (chosen != 0) {
        char name[PATH_SIZE];
        stash_name(chosen, name);
        // A folder that did not come to be has no entries.
        CHECK(link(name, entry->path) == 0 || errno == ENOENT);
    }
}

void power_lose(uint64_t seed)
{
    power.is_armed = false;
    for (const PendingWrite *write = power.writes; write != NULL; write = write->next) {
        undo_write(write, &seed);
    }
    forget_writes(0, true);
    for (unsigned directories = 0; directories < 2; directories++) {
        for (const Entry *entry = power.entries; entry != NULL; entry = entry->next) {
            if (entry->is_directory == (directories == 1)) {
                choose_entry(entry, &seed);
            }
        }
    }
    while (power.entries != NULL) {
        Entry *entry = power.entries;
        power.entries = entry->next;
        free(entry->versions);
        free(entry);
    }
    nftw(power.stash, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

// The model itself, on a file and its name.
TEST(what_was_not_synced_may_be_lost_and_what_was_is_kept)
{
    unsigned lost_bytes = 0, lost_names = 0;
    char folder[600], stash[600], path[700];
    snprintf(folder, sizeof folder, "%s/disk", test_directory());
    snprintf(stash, sizeof stash, "%s/stash", test_directory());
    CHECK_INT(mkdir(folder, 0755), 0);
    for (unsigned round = 0; round < 60; round++) {
        power_arm(folder, stash, 1000);
        snprintf(path, sizeof path, "%s/file%u", folder, round);
        int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
        CHECK(file >= 0 && pwrite(file, "kept", 4, 0) == 4 && fdatasync(file) == 0);
        CHECK(pwrite(file, "lost", 4, SECTOR) == 4);
        int directory = open(folder, O_RDONLY | O_DIRECTORY);
        if (round % 2 == 0) {
            CHECK_INT(fsync(directory), 0);
        }
        close(directory);
        close(file);
        power_lose(round);
        uint8_t bytes[SECTOR + 4] = {0};
        file = open(path, O_RDONLY);
        CHECK(file >= 0 || round % 2 == 1);
        lost_names += file < 0;
        if (file >= 0) {
            CHECK(read(file, bytes, sizeof bytes) >= 4 && memcmp(bytes, "kept", 4) == 0);
            lost_bytes += memcmp(&bytes[SECTOR], "lost", 4) != 0;
            close(file);
        }
    }
    CHECK(lost_names > 5 && lost_names < 25 && lost_bytes > 10 && lost_bytes < 50);
}
