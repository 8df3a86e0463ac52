// SPDX-License-Identifier: Apache-2.0
#include "program/process_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/test/test.h"
#include "program/file.h"

enum { ARGUMENTS_MAX = 24, PORTS_TOGETHER = 18, POLL_MS = 5 };

pid_t process_start(const char *log, const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX] = {(char *)(uintptr_t)ASSENT_BINARY};
    for (size_t i = 0; arguments[i] != NULL && i + 2 < ARGUMENTS_MAX; i++) {
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    }
    pid_t process = fork();
    if (process == 0) {
        // A test that fails leaves its processes to this.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(descriptor, STDOUT_FILENO);
        dup2(descriptor, STDERR_FILENO);
        close_range(STDERR_FILENO + 1, ~0U, 0);
        execv(ASSENT_BINARY, argv);
        _exit(127);
    }
    return process;
}

static int wait_for_end(pid_t process)
{
    int status = 0;
    if (process < 0 || waitpid(process, &status, 0) != process) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int process_run(const char *log, const char *const *arguments)
{
    return wait_for_end(process_start(log, arguments));
}

int process_stop(pid_t process, int signal)
{
    if (process <= 0 || kill(process, signal) != 0) {
        return -1;
    }
    return wait_for_end(process);
}

static bool port_answers(uint16_t port)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool answers = connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
    close(descriptor);
    return answers;
}

bool process_wait_for_port(uint16_t port, Time timeout)
{
    Time until = clock_monotonic() + timeout;
    while (clock_monotonic() < until) {
        if (port_answers(port)) {
            return true;
        }
        nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
    }
    return false;
}

static bool log_has(const char *log, const char *text)
{
    Error err = {0};
    Bytes said;
    size_t at;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    return file_read(arena, log, FILE_MAX_SIZE, &said, &err) &&
           bytes_find(said, bytes_of_text(text), 0, &at);
}

bool process_wait_for_text(const char *log, const char *text, Time timeout)
{
    Time until = clock_monotonic() + timeout;
    while (!log_has(log, text)) {
        if (clock_monotonic() >= until) {
            return false;
        }
        nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
    }
    return true;
}

uint16_t process_free_ports(void)
{
    // Spread by process, so that test programs side by side do not choose the same, and below the
    // ports that the system gives to outgoing connections: those do not answer and yet are taken.
    for (uint32_t base = 10000 + (uint32_t)getpid() % 1000 * 20; base < 32000;
         base += PORTS_TOGETHER) {
        bool free = true;
        for (uint32_t i = 0; i < PORTS_TOGETHER && free; i++) {
            free = !port_answers((uint16_t)(base + i));
        }
        if (free) {
            return (uint16_t)base;
        }
    }
    return 0;
}

void process_use_pages(void)
{
    static const char *const names[] = {"index", "terminal", "console", "verify", "phone"};
    Error err = {0};
    char path[FILE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/pages", test_directory());
    setenv("ASSENT_PAGES", path, 1);
    CHECK_OK(file_make_directory(path, false, &err));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char page[FILE_PATH_SIZE];
        snprintf(page, sizeof page, "web/%s.html", names[i]);
        snprintf(path, sizeof path, "%s/pages/%s.html", test_directory(), names[i]);
        CHECK_OK(file_write(path, test_file(page), false, &err));
    }
}

void process_use_no_pages(void)
{
    setenv("ASSENT_PAGES", "/nonexistent", 1);
}
