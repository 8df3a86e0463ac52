// SPDX-License-Identifier: Apache-2.0
//
// What the demo leaves, damaged in many ways: never valid, never a crash.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/case_file.h"
#include "domain/judgement/judgement.h"
#include "program/file.h"
#include "program/process_fixture.h"
#include "program/trust_directory.h"

enum { FLIPS = 40, CUTS = 12, MOVES = 8 };

typedef struct {
    Arena *arena;
    VerificationPolicy policy;
    Bytes agreement, report, archive;
    CaseFile file;
} Outcome;

static const char *in_directory(Arena *arena, const char *name)
{
    return arena_format(arena, "%s/%s", test_directory(), name);
}

static Bytes read_whole(Arena *arena, const char *name)
{
    Error err = {0};
    Bytes content = BYTES_EMPTY;
    CHECK_OK(file_read(arena, in_directory(arena, name), FILE_MAX_SIZE, &content, &err));
    return content;
}

static void outcome_make(Outcome *ret)
{
    Error err = {0};
    TrustStore *trust = NULL;
    *ret = (Outcome){.arena = arena_new(JUDGEMENT_ARENA_SIZE)};
    const char *arguments[] = {"demo", "--out", in_directory(ret->arena, "out"), NULL};
    CHECK_INT(process_run(in_directory(ret->arena, "log"), arguments), 0);
    ret->agreement = read_whole(ret->arena, "out/agreement.pdf");
    ret->report = read_whole(ret->arena, "out/report-a.pdf");
    ret->archive = read_whole(ret->arena, "out/case.zip");
    CHECK_OK(case_file_parse(ret->arena, ret->archive, &ret->file, &err));
    CHECK_OK(trust_directory_load(ret->arena, in_directory(ret->arena, "out/trust"), &trust, &err));
    ret->policy = (VerificationPolicy){
        .trust = trust, .at = clock_now(clock_system()), .institutions = REVOCATION_IF_GIVEN};
}

static bool is_valid(const Outcome *outcome, Bytes content)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(JUDGEMENT_ARENA_SIZE);
    Verdict verdict = verdict_new(arena);
    FileFacts facts;
    bool passed = file_verify(content, &outcome->policy, &verdict, &facts);
    CHECK_INT(verdict_exit_code(&verdict) == 0, passed);
    return passed;
}

// A copy of `content` in which `put` stands at `at` instead of `len` bytes.
static Bytes spliced(Arena *arena, Bytes content, size_t at, size_t len, Bytes put)
{
    CLEANUP(writer_free) Writer writer = writer_new(JUDGEMENT_ARENA_SIZE);
    writer_put(&writer, bytes_slice(content, 0, at));
    writer_put(&writer, put);
    writer_put(&writer, bytes_from(content, at + len));
    return arena_copy(arena, writer_bytes(&writer));
}

static void refuse(const Outcome *outcome, Bytes content, const char *what, size_t at)
{
    if (is_valid(outcome, content)) {
        test_fail(__FILE__, __LINE__, "still valid after %s at %zu of %zu", what, at, content.len);
    }
}

// A receipt without its witnesses' lines. Who does not know a witness passes its line over,
// whatever stands in it (C2SP signed-note), so these are not what a damage has to be seen in.
static Bytes without_witnesses(Arena *arena, Bytes receipt)
{
    size_t head = 0, text = 0, line = 0;
    CHECK(bytes_find(receipt, BYTES_LITERAL("\n\n"), 0, &head));
    CHECK(bytes_find(receipt, BYTES_LITERAL("\n\n"), head + 2, &text));
    CHECK(bytes_find(receipt, BYTES_LITERAL("\n"), text + 2, &line));
    return arena_copy(arena, bytes_slice(receipt, 0, line + 1));
}

// Damage `content` all over.
static void damage(const Outcome *outcome, Bytes content)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(JUDGEMENT_ARENA_SIZE);
    for (size_t i = 0; i < FLIPS; i++) {
        size_t at = (content.len - 1) * i / (FLIPS - 1);
        uint8_t changed = (uint8_t)(content.data[at] ^ (1U << i % 8));
        refuse(outcome, spliced(arena, content, at, 1, bytes_of(&changed, 1)), "a flip", at);
        arena_reset(arena);
    }
    for (size_t i = 0; i < CUTS; i++) {
        size_t at = i < CUTS / 2 ? content.len - 1 - i : content.len * (i - CUTS / 2) / CUTS;
        refuse(outcome, bytes_slice(content, 0, at), "a cut", at);
    }
    for (size_t i = 0; i < MOVES; i++) {
        size_t at = content.len * i / MOVES, len = 1 + content.len / 50;
        Bytes part = bytes_slice(content, at, len);
        refuse(outcome, spliced(arena, content, at, 0, part), "a repetition", at);
        refuse(outcome, spliced(arena, content, at, part.len, BYTES_EMPTY), "an omission", at);
        arena_reset(arena);
    }
    refuse(outcome, spliced(arena, content, content.len, 0, BYTES_LITERAL("x")), "an addition", 0);
    refuse(outcome, spliced(arena, content, 0, 0, BYTES_LITERAL("x")), "a prefix", 0);
}

TEST(what_the_demo_leaves_is_not_valid_once_it_is_damaged)
{
    static const CasePart parts[] = {
        CASE_REPORT_A_JSON, CASE_DECISION, CASE_CERTIFICATE, CASE_SEAL, CASE_STAMP,
    };
    Outcome outcome;
    outcome_make(&outcome);
    CHECK(is_valid(&outcome, outcome.report));
    CHECK(is_valid(&outcome, outcome.archive));
    damage(&outcome, outcome.agreement);
    damage(&outcome, outcome.report);
    damage(&outcome, outcome.archive);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        damage(&outcome, outcome.file.content.parts[parts[i]]);
    }
    damage(&outcome, without_witnesses(outcome.arena, outcome.file.content.parts[CASE_M6_RECEIPT]));
    arena_free(outcome.arena);
}
