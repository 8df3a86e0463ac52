// SPDX-License-Identifier: Apache-2.0
//
// Runs every operation with different secrets one instruction at a time and compares the addresses
// of the instructions: they have to be the same ones in the same order. Unlike memcheck this runs
// what the CPU runs, AVX-512 too, on the level that ASSENT_CPU names; unlike memcheck it sees only
// the secrets that it tries, and not the addresses of data.
//
//     constant_time_trace [SECRETS [WORD-IN-THE-NAME...]]
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/core/cpu.h"
#include "operation.h"

enum { STEPS_MAX = 1 << 24 };

// The addresses of one run.
typedef struct {
    unsigned long *steps;
    size_t count;
} Trace;

void operation_conceal(const void *data, size_t len)
{
    (void)data, (void)len;
}

void operation_reveal(const void *data, size_t len)
{
    (void)data, (void)len;
}

// The first secret is all zeros, the others are pseudo-random.
static void make_secret(size_t number, uint8_t ret[OPERATION_SECRET_MAX])
{
    uint64_t state = 0x9e3779b97f4a7c15 * number;
    for (size_t i = 0; i < OPERATION_SECRET_MAX; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ret[i] = (uint8_t)(state >> 32);
    }
}

// In the child: what happens between the two stops is traced.
static _Noreturn void be_traced(const Operation *operation, size_t secret_number)
{
    static Material material;
    uint8_t secret[OPERATION_SECRET_MAX];
    make_secret(secret_number, secret);
    operation_prepare(operation, secret, &material);
    // Once before, so that nothing is done for the first time.
    operation->run(&material);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
        _exit(1);
    }
    raise(SIGSTOP);
    operation->run(&material);
    raise(SIGSTOP);
    _exit(0);
}

static bool waits_stopped(pid_t child, int signal)
{
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

static bool take_trace(const Operation *operation, size_t secret_number, Trace *ret)
{
    pid_t child = fork();
    if (child == 0) {
        be_traced(operation, secret_number);
    }
    ret->count = 0;
    bool good = child > 0 && waits_stopped(child, SIGSTOP);
    while (good && ret->count < STEPS_MAX) {
        good = ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0;
        if (!good || !waits_stopped(child, SIGTRAP)) {
            break;
        }
        long address =
            ptrace(PTRACE_PEEKUSER, child, (void *)offsetof(struct user_regs_struct, rip), NULL);
        ret->steps[ret->count++] = (unsigned long)address;
    }
    kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    return good && ret->count > 0 && ret->count < STEPS_MAX;
}

extern const char __executable_start[];

// Where two traces part: the last address that both have, for addr2line.
static void print_parting(const Trace *a, const Trace *b)
{
    size_t i = 0;
    while (i < a->count && i < b->count && a->steps[i] == b->steps[i]) {
        i++;
    }
    unsigned long last = i > 0 ? a->steps[i - 1] : 0;
    printf("    they part after %zu of %zu and %zu instructions, behind 0x%lx\n", i, a->count,
           b->count, last - (unsigned long)__executable_start);
}

// Returns true if the operation does as expected.
static bool check(const Operation *operation, bool leaky, size_t secrets, Trace traces[2])
{
    bool same = true;
    if (!take_trace(operation, 0, &traces[0])) {
        printf("    the operation cannot be traced\nFAIL %s\n", operation->name);
        return false;
    }
    for (size_t i = 1; i < secrets && same; i++) {
        same = take_trace(operation, i, &traces[1]) && traces[0].count == traces[1].count &&
               memcmp(traces[0].steps, traces[1].steps,
                      traces[0].count * sizeof traces[0].steps[0]) == 0;
    }
    if (!same && !leaky) {
        print_parting(&traces[0], &traces[1]);
    }
    printf("%s %s: %zu instructions\n", same != leaky ? "ok  " : "FAIL", operation->name,
           traces[0].count);
    fflush(stdout);
    return same != leaky;
}

static bool is_wanted(const char *name, int words, char **word)
{
    bool wanted = words <= 0;
    for (int i = 0; i < words; i++) {
        wanted = wanted || strstr(name, word[i]) != NULL;
    }
    return wanted;
}

int main(int argc, char **argv)
{
    // The leaky index takes no branch, so it is not for this program to see.
    static const Operation *const tables[] = {OPERATIONS_LEAKY, OPERATIONS_SM2, OPERATIONS_EXCHANGE,
                                              OPERATIONS_BATCH, OPERATIONS_SYMMETRIC};
    size_t secrets = argc > 1 ? strtoul(argv[1], NULL, 10) : 2;
    const char *level = getenv("ASSENT_CPU");
    Trace traces[2];
    int count = 0, failed = 0;
    for (size_t i = 0; i < 2; i++) {
        traces[i].steps = malloc(STEPS_MAX * sizeof traces[i].steps[0]);
        operation_must(traces[i].steps != NULL);
    }
    printf("%s, level %s, %zu secrets\n", cpu_name(), level != NULL ? level : "best", secrets);
    fflush(stdout);
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const Operation *operation = tables[i]; operation->name != NULL; operation++) {
            bool unseen = i == 0 && strstr(operation->name, "index") != NULL;
            if (!unseen && operation->public_part == PUBLIC_NOTHING &&
                is_wanted(operation->name, argc - 2, &argv[2])) {
                failed += !check(operation, i == 0, secrets, traces);
                count++;
            }
        }
    }
    printf("%d passed, %d failed, 0 skipped\n", count - failed, failed);
    return failed == 0 ? 0 : 1;
}
