// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_files.h"
#include "program/file.h"
#include "program/keys.h"
#include "program/shell_fixture.h"

// The directory of an evidence system that is not running: its log's key, and `count` entries.
static void make_home(Arena *arena, const char *name, unsigned count)
{
    Error err = {0};
    const char *directory = file_join(arena, test_directory(), name);
    const KeyOrder order = {.profile = PROFILE_COMPONENT,
                            .organization = "Evidence",
                            .common_name = name,
                            .now = clock_now(clock_system()),
                            .days = 30};
    KeyPair key = {.key = NULL};
    LogFiles *files = NULL;
    EvidenceLog *log = NULL;
    CHECK_OK(file_make_directory(directory, true, &err));
    CHECK_OK(key_pair_create(arena, directory, "log", &order, NULL, &key, &err));
    if (count > 0) {
        CHECK_OK(log_files_open(file_join(arena, directory, "log"), 0, &files, &err));
        const EvidenceLogConfig config = {.storage = log_files_storage(files),
                                          .origin = "log.example/1",
                                          .signer = &key.signer,
                                          .clock = clock_system()};
        CHECK_OK(evidence_log_open(&config, &log, &err));
        for (unsigned i = 0; i < count; i++) {
            uint64_t index;
            Bytes entry = bytes_of_text(arena_format(arena, "entry %u", i));
            CHECK_OK(evidence_log_append(log, &entry, 1, &index, &err));
        }
        evidence_log_close(log);
        log_files_close(files);
    }
    key_pair_free(&key);
}

// Covers: E20.
TEST(a_log_is_succeeded_by_one_with_another_key_and_both_show_it)
{
    static const ShellCase cases[] = {
        {"$A log prove old/log --index 1 --json >before; $A log check-inclusion before >o", 0, ""},
        {"$A log succeed old new --origin log.example/2 >key", 0, ""},
        {"cut -d+ -f1 key", 0, "log.example/2\n"},
        {"cmp old/log/public/succession new/log/public/succession", 0, ""},
        {"$A log check-succession new/log/public/succession --key old/log.pem | tail -1 | cmp - "
         "key",
         0, ""},
        {"$A log check-succession new/log/public/succession --key new/log.pem 2>&1 | "
         "grep -c succession.log",
         0, "1\n"},
        // Given again, it goes on from wherever it was.
        {"rm old/log/public/succession; $A log succeed old new --origin log.example/2 | cmp - key",
         0, ""},
        {"$A log check-succession old/log/public/succession --key old/log.pem >o", 0, ""},
        // Both are whole, the old proof holds still.
        {"$A log fsck old/log --key old/log.pem >o && $A log fsck new/log --key key >o", 0, ""},
        {"$A log check-inclusion before >o", 0, ""},
        // The old entries are in the tree over SHA-256 whose root the successor states.
        {"$A log prove old/log --hash sha256 --index 1 --json >p && $A log check-inclusion p >o", 0,
         ""},
        {"$A log prove old/log --hash sha256 --index 1 | sed -n 's/^root *//p' >r; "
         "$A log check-succession old/log/public/succession --key old/log.pem | grep -c -f r",
         0, "1\n"},
        // And it has no other successor.
        {"$A log succeed old third --origin log.example/3 2>&1 | grep -c log.closed", 0, "1\n"},
        {"$A log succeed new new --origin log.example/2 >o 2>&1; test $? != 0", 0, ""},
        {"$A log succeed old new 2>o", 64, ""},
        {"$A log check-succession old/log/public/checkpoint --key old/log.pem 2>o", 64, ""},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    make_home(arena, "old", 300);
    make_home(arena, "new", 0);
    make_home(arena, "third", 0);
    shell_check(cases, COUNT_OF(cases));
}
