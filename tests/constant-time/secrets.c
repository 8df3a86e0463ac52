// SPDX-License-Identifier: Apache-2.0
//
// Runs every operation under valgrind's memcheck with its secrets marked as undefined: memcheck
// then reports each branch and each address that depends on them, wherever it is (Adam Langley's
// ctgrind). Decisions that are meant to be public are listed in decisions.supp. Starts itself again
// under valgrind.
//
//     constant_time_secrets DECISIONS-FILE LOG-FILE
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

#include "operation.h"

void operation_conceal(const void *data, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(data, len);
}

void operation_reveal(const void *data, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(data, len);
}

// How many places in the code memcheck complains of.
static unsigned long count_leaks(const Operation *operation)
{
    uint8_t secret[OPERATION_SECRET_MAX];
    Material material;
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(i * 151 + 89);
    }
    unsigned long before = VALGRIND_COUNT_ERRORS;
    operation_prepare(operation, secret, &material);
    uint8_t undefined = 0;
    bool is_memcheck = VALGRIND_GET_VBITS(material.secret, &undefined, 1) == 1;
    operation_must(!is_memcheck || undefined == 0xff);
    operation->run(&material);
    operation_release(&material);
    return VALGRIND_COUNT_ERRORS - before;
}

static int check(const Operation *operations, bool leaky, int *ret_failed)
{
    int count = 0;
    for (; operations[count].name != NULL; count++) {
        const char *name = operations[count].name;
        unsigned long leaks = count_leaks(&operations[count]);
        if ((leaks > 0) == leaky) {
            printf("ok   %s%s\n", name, leaky ? " is caught" : "");
        } else {
            printf("    %lu branches or addresses depend on secrets\n", leaks);
            printf("FAIL %s\n", name);
            ++*ret_failed;
        }
    }
    return count;
}

static int start_again(char **argv)
{
    char suppressions[1024], log[1024];
    snprintf(suppressions, sizeof suppressions, "--suppressions=%s", argv[1]);
    snprintf(log, sizeof log, "--log-file=%s", argv[2]);
    execlp("valgrind", "valgrind", "--quiet", "--error-limit=no", "--num-callers=30", suppressions,
           log, argv[0], argv[1], argv[2], (char *)NULL);
    printf("    cannot start valgrind\nFAIL constant time\n0 passed, 1 failed, 0 skipped\n");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: constant_time_secrets DECISIONS-FILE LOG-FILE\n", stderr);
        return 64;
    }
    if (RUNNING_ON_VALGRIND == 0) {
        return start_again(argv);
    }
    int failed = 0;
    int count = check(OPERATIONS_LEAKY, true, &failed);
    count += check(OPERATIONS_SM2, false, &failed);
    count += check(OPERATIONS_EXCHANGE, false, &failed);
    count += check(OPERATIONS_BATCH, false, &failed);
    count += check(OPERATIONS_SYMMETRIC, false, &failed);
    if (failed > 0) {
        printf("    see %s\n", argv[2]);
    }
    printf("%d passed, %d failed, 0 skipped\n", count - failed, failed);
    return failed == 0 ? 0 : 1;
}
