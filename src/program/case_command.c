// SPDX-License-Identifier: Apache-2.0
//
// assent case: what can be done with a case file, offline and without a key.
#include <stdio.h>
#include <string.h>

#include "domain/casefile/case_copy.h"
#include "program/command.h"
#include "program/file.h"

enum { CASE_ARENA_SIZE = 256 * 1024 * 1024 };

static void print_withheld(const CaseFile *copy)
{
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (copy->is_withheld[part]) {
            printf("withheld  %s\n", case_part_path((CasePart)part));
        }
    }
}

// Make the copy, read it again, and write it.
static bool mask(Arena *arena, const char *path, const CaseDisclosure *disclosure, const char *out,
                 Error *err)
{
    Bytes archive;
    CaseFile *file = arena_alloc(arena, sizeof *file);
    CaseFile *read_back = arena_alloc(arena, sizeof *read_back);
    CLEANUP(writer_free) Writer copy = writer_new(CASE_MAX_SIZE);
    if (file == NULL || read_back == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, FILE_MAX_SIZE, &archive, err)) {
        return false;
    }
    if (!case_file_parse(arena, archive, file, err) ||
        !case_copy_make(arena, file, disclosure, &copy, err) ||
        !case_file_parse(arena, writer_bytes(&copy), read_back, err)) {
        return error_context(err, "%s", path);
    }
    if (!file_write(out, writer_bytes(&copy), true, err)) {
        return false;
    }
    print_withheld(read_back);
    return true;
}

int command_case(int argc, char **argv)
{
    const char *out = NULL, *show = NULL;
    const CommandOption options[] = {{"--out", &out}, {"--show", &show}};
    CaseDisclosure disclosure = case_disclosure_default();
    Error err = {0};
    if (argc < 3 || strcmp(argv[1], "mask") != 0 ||
        !command_take_options(argc - 2, argv + 2, options, COUNT_OF(options)) || out == NULL) {
        return command_usage(argv[0]);
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(CASE_ARENA_SIZE);
    bool ok = arena == NULL ? error_memory(&err)
                            : (show == NULL ||
                               case_disclosure_parse(bytes_of_text(show), &disclosure, &err)) &&
                                  mask(arena, argv[2], &disclosure, out, &err);
    return ok ? EXIT_VALID : command_fail(&err);
}
