// SPDX-License-Identifier: Apache-2.0
//
// Runs the same cases on every level of the CPU and holds the results to one another and to OpenSSL
// and libgcrypt. A disagreement prints seed, case and all fields, and ends the run.
//
//     differential [--seed N] [--from CASE] [--count N]
//
// Each level is a process of its own (the choice is made before main), which writes its records
// into a pipe.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../oracle/gcrypt.h"
#include "base/core/cpu.h"
#include "record.h"

enum { SUBJECTS_MAX = 32 };

static const struct {
    const char *name;
    unsigned features;
} levels[] = {
    {"portable", 0},
    {"x86", CPU_ADX | CPU_AVX2 | CPU_AESNI},
    {"avx512", CPU_ADX | CPU_AVX2 | CPU_AESNI | CPU_AVX512 | CPU_IFMA | CPU_GFNI},
};

typedef struct {
    uint64_t seed, from, count;
    bool is_worker;
} Options;

typedef struct {
    const Subject *all[SUBJECTS_MAX];
    size_t count;
    unsigned weight;
    uint64_t run[SUBJECTS_MAX], by_openssl[SUBJECTS_MAX], by_gcrypt[SUBJECTS_MAX];
} Subjects;

static Subjects collect(void)
{
    static const Subject *const tables[] = {SUBJECTS_SM2,   SUBJECTS_EXCHANGE, SUBJECTS_BATCH,
                                            SUBJECTS_CURVE, SUBJECTS_ENCODING, SUBJECTS_SYMMETRIC};
    Subjects subjects = {0};
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const Subject *subject = tables[i]; subject->name != NULL; subject++) {
            record_must(subjects.count < SUBJECTS_MAX);
            subjects.all[subjects.count++] = subject;
            subjects.weight += subject->weight;
        }
    }
    return subjects;
}

// The subject of a case; the first thing that is drawn.
static size_t choose(const Subjects *subjects, Draw *draw)
{
    size_t at = draw_below(draw, subjects->weight);
    for (size_t i = 0;; i++) {
        if (at < subjects->all[i]->weight) {
            return i;
        }
        at -= subjects->all[i]->weight;
    }
}

static int work(const Subjects *subjects, const Options *options)
{
    CLEANUP(writer_free) Writer record = writer_new(RECORD_SIZE_MAX);
    for (uint64_t i = 0; i < options->count; i++) {
        Draw draw = draw_start(options->seed, options->from + i);
        size_t subject = choose(subjects, &draw);
        record.len = 0;
        subjects->all[subject]->run(&draw, &record);
        record_must(!record.failed);
        uint32_t size = (uint32_t)record.len;
        if (fwrite(&size, sizeof size, 1, stdout) != 1 ||
            fwrite(record.data, 1, record.len, stdout) != record.len) {
            return 1;
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

static FILE *start_worker(const char *program, const char *level, const Options *options)
{
    char command[1024];
    snprintf(command, sizeof command,
             "ASSENT_CPU=%s exec '%s' --worker --seed %" PRIu64 " --from %" PRIu64
             " --count %" PRIu64,
             level, program, options->seed, options->from, options->count);
    return popen(command, "r");
}

static bool read_record(FILE *worker, Writer *ret)
{
    static uint8_t buffer[RECORD_SIZE_MAX];
    uint32_t size = 0;
    ret->len = 0;
    if (fread(&size, sizeof size, 1, worker) != 1 || size > sizeof buffer ||
        fread(buffer, 1, size, worker) != size) {
        return false;
    }
    writer_put(ret, bytes_of(buffer, size));
    return !ret->failed;
}

static void print_record(const Subject *subject, Bytes bytes)
{
    Record record = record_parse(bytes);
    char names[256], *rest = names;
    snprintf(names, sizeof names, "%s", subject->fields);
    for (size_t i = 0; i < record.count; i++) {
        const char *name = strsep(&rest, " ");
        printf("    %s ", name != NULL ? name : "?");
        for (size_t j = 0; j < record.fields[i].len; j++) {
            printf("%02x", record.fields[i].data[j]);
        }
        putchar('\n');
    }
}

static bool complain(const Options *options, uint64_t number, const char *who,
                     const Subject *subject)
{
    printf("    %s disagrees about %s: seed %" PRIu64 ", case %" PRIu64 " (--seed %" PRIu64
           " --from %" PRIu64 " --count 1)\n",
           who, subject->name, options->seed, number, options->seed, number);
    return false;
}

static bool ask_oracles(Subjects *subjects, size_t index, const Record *record,
                        const char **ret_who)
{
    const Subject *subject = subjects->all[index];
    OracleAnswer openssl = subject->openssl != NULL ? subject->openssl(record) : ORACLE_HAS_NONE;
    OracleAnswer gcrypt = subject->gcrypt != NULL ? subject->gcrypt(record) : ORACLE_HAS_NONE;
    subjects->by_openssl[index] += openssl == ORACLE_AGREES;
    subjects->by_gcrypt[index] += gcrypt == ORACLE_AGREES;
    subjects->run[index]++;
    *ret_who = openssl == ORACLE_DISAGREES ? "OpenSSL" : "libgcrypt";
    return openssl != ORACLE_DISAGREES && gcrypt != ORACLE_DISAGREES;
}

static bool compare_case(Subjects *subjects, const Options *options, uint64_t number,
                         FILE *const workers[COUNT_OF(levels)])
{
    static Writer first, other;
    first.limit = other.limit = RECORD_SIZE_MAX;
    Draw draw = draw_start(options->seed, number);
    size_t index = choose(subjects, &draw);
    const Subject *subject = subjects->all[index];
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        Writer *record = i == 0 ? &first : &other;
        if (workers[i] == NULL) {
            continue;
        }
        if (!read_record(workers[i], record)) {
            return complain(options, number, levels[i].name, subject);
        }
        if (i > 0 && !bytes_equal(writer_bytes(&first), writer_bytes(&other))) {
            print_record(subject, writer_bytes(&first));
            print_record(subject, writer_bytes(&other));
            return complain(options, number, levels[i].name, subject);
        }
    }
    const char *who = NULL;
    Record record = record_parse(writer_bytes(&first));
    if (!ask_oracles(subjects, index, &record, &who)) {
        print_record(subject, writer_bytes(&first));
        return complain(options, number, who, subject);
    }
    return true;
}

// Prints what was compared. Returns how many levels this CPU lacks.
static int report(const Subjects *subjects)
{
    int lacking = 0;
    for (size_t i = 0; i < subjects->count; i++) {
        printf("ok   %s: %" PRIu64 " cases, OpenSSL agrees with %" PRIu64
               ", libgcrypt with %" PRIu64 "\n",
               subjects->all[i]->name, subjects->run[i], subjects->by_openssl[i],
               subjects->by_gcrypt[i]);
    }
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (!cpu_could(levels[i].features)) {
            printf("skip %s: this CPU lacks it\n", levels[i].name);
            lacking++;
        }
    }
    return lacking;
}

static int compare(Subjects *subjects, const Options *options)
{
    char program[512] = "";
    FILE *workers[COUNT_OF(levels)] = {0};
    bool good = readlink("/proc/self/exe", program, sizeof program - 1) > 0;
    gcrypt_oracle_start();
    for (size_t i = 0; i < COUNT_OF(levels) && good; i++) {
        if (cpu_could(levels[i].features)) {
            workers[i] = start_worker(program, levels[i].name, options);
            good = workers[i] != NULL;
        }
    }
    for (uint64_t i = 0; i < options->count && good; i++) {
        good = compare_case(subjects, options, options->from + i, workers);
    }
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        bool ended_well = workers[i] == NULL || pclose(workers[i]) == 0;
        good = good && ended_well;
    }
    if (!good) {
        printf("FAIL differential\n0 passed, 1 failed, 0 skipped\n");
        return 1;
    }
    int lacking = report(subjects);
    printf("%zu passed, 0 failed, %d skipped\n", subjects->count, lacking);
    return 0;
}

static bool parse(int argc, char **argv, Options *ret)
{
    for (int i = 1; i < argc; i++) {
        uint64_t *number = strcmp(argv[i], "--seed") == 0    ? &ret->seed
                           : strcmp(argv[i], "--from") == 0  ? &ret->from
                           : strcmp(argv[i], "--count") == 0 ? &ret->count
                                                             : NULL;
        if (number != NULL && i + 1 < argc) {
            *number = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--worker") == 0) {
            ret->is_worker = true;
        } else {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    Options options = {.seed = 1, .count = 3000};
    if (!parse(argc, argv, &options)) {
        fputs("usage: differential [--seed N] [--from CASE] [--count N]\n", stderr);
        return 64;
    }
    Subjects subjects = collect();
    return options.is_worker ? work(&subjects, &options) : compare(&subjects, &options);
}
