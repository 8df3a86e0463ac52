// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_ROOM_SIZE ((uint64_t)1 << 30)

typedef enum { TEST_PASSED = 1, TEST_FAILED, TEST_SKIPPED } TestOutcome;

static TestCase *first_test;
static TestCase **last_test = &first_test;
static jmp_buf test_exit;
static char directory[64];

void test_register(TestCase *test)
{
    *last_test = test;
    last_test = &test->next;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("    %s:%d: ", file, line);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    longjmp(test_exit, TEST_FAILED);
}

void test_skip(const char *reason)
{
    printf("    skipped: %s\n", reason);
    longjmp(test_exit, TEST_SKIPPED);
}

void test_check_text(const char *file, int line, const char *what, const char *actual,
                     const char *expected)
{
    if (actual == NULL || strcmp(actual, expected) != 0) {
        test_fail(file, line, "%s is \"%s\", not \"%s\"", what, actual == NULL ? "NULL" : actual,
                  expected);
    }
}

static void print_hex(const char *label, Bytes bytes)
{
    printf("    %s (%zu bytes): ", label, bytes.len);
    for (size_t i = 0; i < bytes.len && i < 96; i++) {
        printf("%02x", bytes.data[i]);
    }
    printf("\n");
}

void test_check_bytes(const char *file, int line, const char *what, Bytes actual, Bytes expected)
{
    if (!bytes_equal(actual, expected)) {
        print_hex("actual  ", actual);
        print_hex("expected", expected);
        test_fail(file, line, "%s differs", what);
    }
}

// What tests are given lives until the process ends, and stays reachable for the leak checker.
typedef struct Kept Kept;
struct Kept {
    Kept *next;
    uint8_t data[];
};
static Kept *kept;

static uint8_t *keep(size_t size)
{
    Kept *block = calloc(1, sizeof *block + size + 1);
    if (block == NULL) {
        test_fail(__FILE__, __LINE__, "out of memory");
    }
    block->next = kept;
    kept = block;
    return block->data;
}

Bytes test_file(const char *path)
{
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", ASSENT_SOURCE_DIR, path);
    FILE *file = fopen(full, "rb");
    if (file == NULL) {
        test_fail(__FILE__, __LINE__, "cannot open %s", full);
    }
    fseek(file, 0, SEEK_END);
    size_t len = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = keep(len);
    size_t got = fread(data, 1, len, file);
    fclose(file);
    if (got != len) {
        test_fail(__FILE__, __LINE__, "cannot read %s", full);
    }
    return bytes_of(data, len);
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c | 0x20);
    return found == NULL ? -1 : (int)(found - digits);
}

Bytes test_hex(const char *hex)
{
    uint8_t *data = keep(strlen(hex) / 2);
    size_t digits = 0;
    for (const char *c = hex; *c != '\0'; c++) {
        if (*c == ' ' || *c == '\n') {
            continue;
        }
        int value = hex_value(*c);
        if (value < 0) {
            test_fail(__FILE__, __LINE__, "not hexadecimal: %s", hex);
        }
        uint8_t *byte = &data[digits / 2];
        *byte = (uint8_t)(digits % 2 == 0 ? value << 4 : *byte | value);
        digits++;
    }
    return bytes_of(data, digits / 2);
}

// Tests commit often and none needs the disk: in memory, where there is room, they wait for
// nothing.
static const char *directory_root(void)
{
    static const char memory[] = "/dev/shm";
    struct statvfs space;
    bool has_room = statvfs(memory, &space) == 0 &&
                    (uint64_t)space.f_bavail * space.f_frsize >= MEMORY_ROOM_SIZE &&
                    access(memory, W_OK | X_OK) == 0;
    return has_room ? memory : "/tmp";
}

const char *test_directory(void)
{
    if (directory[0] == '\0') {
        snprintf(directory, sizeof directory, "%s/assent-test-XXXXXX", directory_root());
        if (mkdtemp(directory) == NULL) {
            directory[0] = '\0';
            test_fail(__FILE__, __LINE__, "cannot create a directory under %s", directory_root());
        }
    }
    return directory;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static TestOutcome run_test(const TestCase *test)
{
    // volatile: its value must survive the longjmp
    volatile TestOutcome outcome = TEST_PASSED;
    int jumped = setjmp(test_exit);
    if (jumped == 0) {
        test->function();
    } else {
        outcome = (TestOutcome)jumped;
    }
    if (directory[0] != '\0') {
        nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        directory[0] = '\0';
    }
    return outcome;
}

static bool is_wanted(const TestCase *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strstr(test->name, argv[i]) != NULL || strstr(test->file, argv[i]) != NULL) {
            return true;
        }
    }
    return argc <= 1;
}

int main(int argc, char **argv)
{
    static const char *const labels[] = {
        [TEST_PASSED] = "ok  ", [TEST_FAILED] = "FAIL", [TEST_SKIPPED] = "skip"};
    int counts[4] = {0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const TestCase *test = first_test; test != NULL; test = test->next) {
        if (is_wanted(test, argc, argv)) {
            TestOutcome outcome = run_test(test);
            counts[outcome]++;
            printf("%s %s\n", labels[outcome], test->name);
        }
    }
    printf("%d passed, %d failed, %d skipped\n", counts[TEST_PASSED], counts[TEST_FAILED],
           counts[TEST_SKIPPED]);
    return counts[TEST_FAILED] > 0 || counts[TEST_PASSED] + counts[TEST_SKIPPED] == 0;
}

int test_in_child(int (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        _exit(run());
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}
