// SPDX-License-Identifier: Apache-2.0
//
// The test harness. A test file holds TEST(sentence_that_would_become_false) { ... } blocks;
// they register themselves and run in file order. A failed CHECK ends its test.
// Run a test program with words as arguments to run only tests whose names contain one of them.
#ifndef ASSENT_BASE_TEST_TEST_H
#define ASSENT_BASE_TEST_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/bytes.h"
#include "base/core/error.h"

typedef void TestFunction(void);

typedef struct TestCase TestCase;
struct TestCase {
    const char *file;
    const char *name;
    TestFunction *function;
    TestCase *next;
};

void test_register(TestCase *test);
// Report a failed check of the running test and leave it. Does not return.
_Noreturn void test_fail(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);
// Leave the running test as skipped; the reason is printed.
_Noreturn void test_skip(const char *reason);

#define TEST(name_)                                                         \
    static void test_##name_(void);                                         \
    __attribute__((constructor)) static void test_register_##name_(void)    \
    {                                                                       \
        static TestCase test_case = {__FILE__, #name_, test_##name_, NULL}; \
        test_register(&test_case);                                          \
    }                                                                       \
    static void test_##name_(void)

#define CHECK(condition)                                            \
    do {                                                            \
        if (!(condition)) {                                         \
            test_fail(__FILE__, __LINE__, "CHECK(%s)", #condition); \
        }                                                           \
    } while (0)

// Check that a fallible call succeeds; prints the Error `err` in scope when it does not.
#define CHECK_OK(call)                                                      \
    do {                                                                    \
        if (!(call)) {                                                      \
            test_fail(__FILE__, __LINE__, "CHECK_OK(%s): %s %s: %s", #call, \
                      error_kind_name(err.kind), err.code, err.text);       \
        }                                                                   \
    } while (0)

// Check that a fallible call fails with this kind (and, below, this code) in `err` in scope.
#define CHECK_FAILS(call, wanted_kind)                                               \
    do {                                                                             \
        err = (Error){0};                                                            \
        if (call) {                                                                  \
            test_fail(__FILE__, __LINE__, "%s succeeded", #call);                    \
        } else if (err.kind != (wanted_kind)) {                                      \
            test_fail(__FILE__, __LINE__, "%s failed with %s %s: %s, not %s", #call, \
                      error_kind_name(err.kind), err.code, err.text, #wanted_kind);  \
        }                                                                            \
    } while (0)

#define CHECK_FAILS_WITH(call, wanted_kind, wanted_code) \
    do {                                                 \
        CHECK_FAILS(call, wanted_kind);                  \
        CHECK_TEXT(err.code, wanted_code);               \
    } while (0)

#define CHECK_INT(actual, expected)                                                         \
    do {                                                                                    \
        long long test_actual = (long long)(actual), test_expected = (long long)(expected); \
        if (test_actual != test_expected) {                                                 \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %lld", #actual, test_actual,     \
                      test_expected);                                                       \
        }                                                                                   \
    } while (0)

#define CHECK_TEXT(actual, expected) test_check_text(__FILE__, __LINE__, #actual, actual, expected)
#define CHECK_BYTES(actual, expected) \
    test_check_bytes(__FILE__, __LINE__, #actual, actual, expected)

void test_check_text(const char *file, int line, const char *what, const char *actual,
                     const char *expected);
void test_check_bytes(const char *file, int line, const char *what, Bytes actual, Bytes expected);

// Read a file of the source tree (path relative to the repository's top) whole; the bytes live
// until the process ends. Fails the test when the file cannot be read.
Bytes test_file(const char *path);
// Decode hexadecimal (spaces and line breaks ignored); the bytes live until the process ends.
Bytes test_hex(const char *hex);
// Create an empty directory for the running test, removed when the test ends. Lives until then.
const char *test_directory(void);
// Run a function in a child process and return its result, 0 to 127, which is also its exit code:
// for what cannot be undone in a process. The test fails when the child ends in another way.
int test_in_child(int (*run)(void));

#endif
