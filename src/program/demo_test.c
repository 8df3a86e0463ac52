// SPDX-License-Identifier: Apache-2.0
//
// The main job, as a newcomer runs it.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/file.h"
#include "program/process_fixture.h"

enum { SERVE_SECONDS = 60 };

static const char *in_directory(const char *name)
{
    static char paths[8][256];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", test_directory(), name);
    return path;
}

static Bytes read_whole(Arena *arena, const char *path)
{
    Error err = {0};
    Bytes content = BYTES_EMPTY;
    CHECK_OK(file_read(arena, path, FILE_MAX_SIZE, &content, &err));
    return content;
}

// Covers: JR/T 0299-2024 4 a-h; A01, F10, K20
TEST(the_demo_ends_with_a_case_file_that_verifies)
{
    static const char *const results[] = {
        "out/agreement.pdf",  "out/report-a.pdf",           "out/report-b.pdf",  "out/report-c.pdf",
        "out/report-a.json",  "out/report-b.json",          "out/report-c.json", "out/case.zip",
        "out/trust/root.pem", "out/trust/witnesses.policy",
    };
    const char *log = in_directory("log");
    const char *out = in_directory("out");
    const char *arguments[] = {"demo", "--out", out, NULL};
    int code = process_run(log, arguments);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (code != 0) {
        Bytes text = read_whole(arena, log);
        test_fail(__FILE__, __LINE__, "exit %d:\n%.*s", code, (int)text.len,
                  (const char *)text.data);
    }
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        CHECK(file_exists(in_directory(results[i])));
    }
    const char *case_file = in_directory("out/case.zip");
    const char *trust = in_directory("out/trust");
    const char *verify[] = {"verify", case_file, "--trust", trust, NULL};
    CHECK_INT(process_run(log, verify), 0);
    // What the witnesses cosigned is in the case file, and asked for by the trust.
    CHECK(process_wait_for_text(log, "cosigned by court, notary, ca, the last at ", TIME_SECOND));
}

// Covers: ISO 32000-2 12.8.4.3; ETSI EN 319 142-1 5.4.2
TEST(what_the_demo_seals_stands_on_the_root_alone_when_every_certificate_has_expired)
{
    static const char *const names[] = {"out/agreement.pdf", "out/report-a.pdf", "out/report-b.pdf",
                                        "out/report-c.pdf"};
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *log = in_directory("log"), *out = in_directory("out");
    const char *demo[] = {"demo", "--out", out, NULL};
    CHECK_INT(process_run(log, demo), 0);
    const char *roots = in_directory("roots");
    CHECK_OK(file_make_directory(roots, false, &err));
    CHECK_OK(file_write(in_directory("roots/root.pem"),
                        read_whole(arena, in_directory("out/trust/root.pem")), false, &err));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *file = in_directory(names[i]);
        const char *verify[] = {"verify", file, "--trust", roots, "--at", "2126-01-01T00:00:00Z",
                                NULL};
        CHECK_INT(process_run(log, verify), 0);
    }
}

static int run_demo_with(const char *from, const char *to, Arena *arena)
{
    Error err = {0};
    Bytes applicant = test_file("examples/applicant.json");
    CLEANUP(writer_free) Writer changed = writer_new(FILE_MAX_SIZE);
    size_t at = 0;
    CHECK(bytes_find(applicant, bytes_of_text(from), 0, &at));
    writer_put(&changed, bytes_slice(applicant, 0, at));
    writer_put_text(&changed, to);
    writer_put(&changed, bytes_from(applicant, at + strlen(from)));
    const char *path = in_directory("applicant.json");
    CHECK_OK(file_write(path, writer_bytes(&changed), false, &err));
    const char *log = in_directory("log");
    const char *out = in_directory("out");
    const char *arguments[] = {"demo", "--applicant", path, "--out", out, NULL};
    int code = process_run(log, arguments);
    Bytes text = read_whole(arena, log);
    // Whatever happens, the log says nothing about the person.
    size_t found;
    CHECK(!bytes_find(text, BYTES_LITERAL("999999199001010016"), 0, &found));
    CHECK(!bytes_find(text, BYTES_LITERAL("张明远"), 0, &found));
    return code;
}

// Covers: Civil Code 17; B23
TEST(the_demo_refuses_a_minor)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_INT(run_demo_with("999999199001010016", "999999201008150011", arena), 1);
}

// Covers: GB 11643-1999; B20
TEST(the_demo_refuses_an_id_number_with_a_wrong_check_digit)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_INT(run_demo_with("999999199001010016", "999999199001010017", arena), 64);
}

// Covers: JR/T 0299-2024 5.2.1; B04
TEST(the_demo_refuses_a_person_with_one_measure_too_few)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_INT(run_demo_with("\"face\",\n    \"bank_card\"", "\"face\"", arena), 1);
}

TEST(the_demo_that_stays_up_says_where_to_look_with_a_mouse)
{
    static const char *const says[] = {"/terminal#t=", "/console\n",
                                       "/verify\n",    "/phone\n",
                                       "officer",      "assent terminal --url https://127.0.0.1:"};
    const char *log = in_directory("log");
    const char *out = in_directory("out");
    const char *arguments[] = {"demo", "--serve", "--out", out, NULL};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    process_use_pages();
    pid_t process = process_start(log, arguments);
    CHECK(process_wait_for_text(log, "stop with Ctrl-C", SERVE_SECONDS * TIME_SECOND));
    CHECK_INT(process_stop(process, SIGINT), 0);
    process_use_no_pages();
    Bytes text = read_whole(arena, log);
    for (size_t i = 0; i < COUNT_OF(says); i++) {
        size_t at;
        CHECK(bytes_find(text, bytes_of_text(says[i]), 0, &at));
    }
}
