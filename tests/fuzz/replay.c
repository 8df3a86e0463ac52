// SPDX-License-Identifier: Apache-2.0
//
// Stands in for libFuzzer in ordinary builds: feeds a fuzz target every file of its corpus, and of
// each file a few hundred mutations that are the same in every run. Each input has a heap block of
// its own size, so that AddressSanitizer sees a read past its end.
//
//     <target>_replay corpus-folder-or-file...
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MUTATIONS = 256, MAX_SIZE = 1 << 20, MAX_INSERTED = 8 };

// What is being fed, for the message when the target aborts.
static char running[512];

static void report_abort(int number)
{
    (void)number;
    static const char head[] = "    stopped by ";
    (void)!write(STDOUT_FILENO, head, sizeof head - 1);
    (void)!write(STDOUT_FILENO, running, strlen(running));
    (void)!write(STDOUT_FILENO, "\n", 1);
    _exit(1);
}

static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void feed(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    if (exact == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(exact, data, size);
    }
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

// Change `data` in one of five ways: flip a bit, set a byte, cut the end, cut a piece out, repeat
// a piece. Returns the new size, at most MAX_INSERTED more.
static size_t mutate(uint8_t *data, size_t size, uint64_t *state)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x20, 0x30, 0x7f, 0x80, 0x84, 0xff};
    if (size == 0) {
        data[0] = (uint8_t)draw(state);
        return 1;
    }
    size_t at = (size_t)(draw(state) % size);
    size_t len = 1 + (size_t)(draw(state) % MAX_INSERTED);
    len = len > size - at ? size - at : len;
    switch (draw(state) % 5) {
    case 0:
        data[at] = (uint8_t)(data[at] ^ 1U << draw(state) % 8);
        return size;
    case 1:
        data[at] = edges[draw(state) % sizeof edges];
        return size;
    case 2:
        return at;
    case 3:
        memmove(data + at, data + at + len, size - at - len);
        return size - len;
    default:
        memmove(data + at + len, data + at, size - at);
        return size + len;
    }
}

static void feed_mutations(const uint8_t *data, size_t size, const char *path)
{
    enum { MAX_CHANGES = 3 };
    uint8_t *changed = malloc(size + MAX_CHANGES * MAX_INSERTED);
    if (changed == NULL) {
        abort();
    }
    uint64_t state = 0x9e3779b97f4a7c15U ^ size;
    for (int i = 0; i < MUTATIONS; i++) {
        snprintf(running, sizeof running, "mutation %d of %s", i, path);
        memcpy(changed, data, size);
        size_t changed_size = size;
        for (uint64_t changes = 1 + draw(&state) % MAX_CHANGES; changes > 0; changes--) {
            changed_size = mutate(changed, changed_size, &state);
        }
        feed(changed, changed_size);
    }
    free(changed);
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(MAX_SIZE);
    if (file == NULL || data == NULL) {
        printf("    cannot read %s\n", path);
        exit(1);
    }
    size_t size = fread(data, 1, MAX_SIZE, file);
    fclose(file);
    snprintf(running, sizeof running, "%s", path);
    feed(data, size);
    feed_mutations(data, size, path);
    free(data);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

// Returns how many files were fed.
static size_t replay_folder(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0 && errno == ENOENT) {
        return 0;
    }
    if (count < 0) {
        replay_file(path);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char full[1024];
        snprintf(full, sizeof full, "%s/%s", path, entries[i]->d_name);
        replay_file(full);
        free(entries[i]);
    }
    free(entries);
    return (size_t)count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    signal(SIGABRT, report_abort);
    signal(SIGSEGV, report_abort);
    for (int i = 1; i < argc; i++) {
        count += replay_folder(argv[i]);
    }
    if (count == 0) {
        printf("    skipped: no corpus\n0 passed, 0 failed, 1 skipped\n");
        return 0;
    }
    printf("1 passed, 0 failed, 0 skipped\n");
    return 0;
}
