// SPDX-License-Identifier: Apache-2.0
//
// Give the program a file that was made to hurt, and see that it is never valid, never a crash, and
// never more than 2 seconds of the processor or 256 MB of memory. Include base/test/test.h first:
// only test files may.
#ifndef ASSENT_PROGRAM_MALFORMED_FIXTURE_H
#define ASSENT_PROGRAM_MALFORMED_FIXTURE_H

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/core/bytes.h"
#include "program/process_fixture.h"

#define CPU_MAX (2 * TIME_SECOND)
enum { MEMORY_MAX_KB = 256 * 1024, MILLION = 1000000, LARGE = 24 * 1024 * 1024 };

// A sanitizer's own memory and time say nothing about the program.
#if defined(__SANITIZE_ADDRESS__)
enum { IS_MEASURED = false };
#else
enum { IS_MEASURED = true };
#endif

static inline void judge(const char *name, const char *path)
{
    char log[512];
    int status = 0;
    struct rusage used = {0};
    snprintf(log, sizeof log, "%s/log", test_directory());
    const char *arguments[] = {"verify", "--summary", path, NULL};
    pid_t process = process_start(log, arguments);
    CHECK(wait4(process, &status, 0, &used) == process);
    Time cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * TIME_SECOND + used.ru_utime.tv_usec +
               used.ru_stime.tv_usec;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code != 1 && code != 2 && code != 64) {
        test_fail(__FILE__, __LINE__, "%s: exit code %d", name, code);
    }
    if (IS_MEASURED && (cpu > CPU_MAX || used.ru_maxrss > MEMORY_MAX_KB)) {
        test_fail(__FILE__, __LINE__, "%s: %lld ms, %ld KB", name,
                  (long long)(cpu / TIME_MILLISECOND), used.ru_maxrss);
    }
}

// In memory: hundreds of megabytes need not go through a disk.
static inline void judge_bytes(const char *name, Bytes content)
{
    char path[64];
    int descriptor = memfd_create("file", 0);
    CHECK(descriptor >= 0);
    while (content.len > 0) {
        ssize_t written = write(descriptor, content.data, content.len);
        CHECK(written > 0);
        content = bytes_from(content, (size_t)written);
    }
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), descriptor);
    judge(name, path);
    CHECK_INT(close(descriptor), 0);
}

#endif
