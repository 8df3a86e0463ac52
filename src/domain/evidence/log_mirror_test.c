// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"

#define PUBLISHED "src/domain/evidence/testdata/log/"

static void read_text(const char *path, char *ret, size_t size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t len = fread(ret, 1, size - 1, file);
    fclose(file);
    ret[strcspn(ret, "\n") < len ? strcspn(ret, "\n") : len] = '\0';
}

static NoteKey published_key(void)
{
    char text[NOTE_KEY_TEXT_MAX + 1] = "";
    NoteKey key;
    Error err = {0};
    read_text(PUBLISHED "key.txt", text, sizeof text);
    CHECK_OK(note_key_parse(bytes_of_text(text), &key, &err));
    return key;
}

// The files were made by OpenSSL and a few lines after docs/evidence-log.md, not by this program.
TEST(a_log_that_another_implementation_wrote_is_read_and_checked)
{
    Error err = {0};
    NoteKey key = published_key();
    CLEANUP(log_mirror_cleanup) LogMirror *mirror = NULL;
    CLEANUP(evidence_log_cleanup) EvidenceLog *log = NULL;
    CHECK_OK(log_mirror_open(PUBLISHED "public", &mirror, &err));
    LogStorage storage = log_mirror_storage(mirror);
    CHECK_OK(evidence_log_open_reading(&storage, &key, &log, &err));
    LogCheck check;
    CHECK_OK(evidence_log_fsck(log, &check, &err));
    CHECK_INT(check.entries, 300);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (uint64_t i = 0; i < 300; i++) {
        char text[32];
        Bytes entry;
        CHECK_OK(evidence_log_entry(log, i, arena, &entry, &err));
        CHECK_BYTES(entry, entry_text(text, i));
    }
}

TEST(this_program_writes_the_tiles_that_another_implementation_wrote)
{
    static const char *const files[] = {"tile/entries/000", "tile/entries/001.p/44", "tile/0/000",
                                        "tile/0/001.p/44", "tile/1/000.p/1"};
    Bench bench = new_bench();
    open_log(&bench, test_directory());
    append_many(&bench, 0, 300);
    Error err = {0};
    CHECK_OK(evidence_log_publish(bench.log, &err));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char command[1400];
        snprintf(command, sizeof command, "cmp -s '%s/public/%s' '" PUBLISHED "public/%s'",
                 test_directory(), files[i], files[i]);
        CHECK_INT(system(command), 0);
    }
    end_bench(&bench);
}

// Covers: E11.
TEST(a_log_in_use_is_checked_with_what_its_journal_has_beyond_the_files)
{
    Bench bench = new_bench();
    Error err = {0};
    open_log(&bench, test_directory());
    append_many(&bench, 0, 300);
    CHECK_OK(evidence_log_publish(bench.log, &err));
    append_many(&bench, 300, 400);
    CLEANUP(log_mirror_cleanup) LogMirror *mirror = NULL;
    CLEANUP(evidence_log_cleanup) EvidenceLog *log = NULL;
    CHECK_OK(log_mirror_open(test_directory(), &mirror, &err));
    LogStorage storage = log_mirror_storage(mirror);
    CHECK_OK(evidence_log_open_reading(&storage, evidence_log_key(bench.log), &log, &err));
    LogCheck check;
    CHECK_OK(evidence_log_fsck(log, &check, &err));
    CHECK_INT(check.entries, 700);
    uint64_t index;
    Bytes entry = BYTES_LITERAL("entry");
    CHECK_FAILS_WITH(evidence_log_append(log, &entry, 1, &index, &err), ERROR_UNAVAILABLE,
                     "log.broken");
    append_range(&bench, 700, 1);
    end_bench(&bench);
}

TEST(another_key_or_no_log_at_all_is_told)
{
    Error err = {0};
    Bench bench = new_bench();
    open_log(&bench, test_directory());
    append_range(&bench, 0, 3);
    close_log(&bench);
    NoteKey key = published_key();
    CLEANUP(log_mirror_cleanup) LogMirror *mirror = NULL;
    CHECK_OK(log_mirror_open(test_directory(), &mirror, &err));
    LogStorage storage = log_mirror_storage(mirror);
    EvidenceLog *log = NULL;
    CHECK_FAILS_WITH(evidence_log_open_reading(&storage, &key, &log, &err), ERROR_UNTRUSTED,
                     "checkpoint.signature");
    LogMirror *none = NULL;
    CHECK_FAILS_WITH(log_mirror_open("src", &none, &err), ERROR_NOT_FOUND, "log.missing");
    CHECK_FAILS_WITH(log_mirror_open("nowhere", &none, &err), ERROR_NOT_FOUND, "log.missing");
    end_bench(&bench);
}
