// SPDX-License-Identifier: Apache-2.0
#include "domain/verdict/verdict.h"

#include <string.h>

#include "base/test/test.h"

static Arena *arena_big(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK(arena != NULL);
    return arena;
}

static void add(Verdict *verdict, VerdictArea area, CheckOutcome outcome, const char *code)
{
    verdict_add(verdict, area, outcome, code, "X 1.2", "detail of %s", code);
}

TEST(a_verdict_without_checks_has_failed)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
    CHECK_INT(verdict_exit_code(&verdict), 1);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verdict.empty");
}

TEST(the_worst_check_decides)
{
    static const struct {
        CheckOutcome outcomes[3];
        CheckOutcome verdict;
        int exit_code;
    } cases[] = {
        {{CHECK_PASSED, CHECK_INFORMED, CHECK_PASSED}, CHECK_PASSED, 0},
        {{CHECK_INFORMED, CHECK_INFORMED, CHECK_INFORMED}, CHECK_PASSED, 0},
        {{CHECK_PASSED, CHECK_UNKNOWN, CHECK_INFORMED}, CHECK_UNKNOWN, 2},
        {{CHECK_UNKNOWN, CHECK_FAILED, CHECK_UNKNOWN}, CHECK_FAILED, 1},
        {{CHECK_FAILED, CHECK_PASSED, CHECK_UNKNOWN}, CHECK_FAILED, 1},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Verdict verdict = verdict_new(arena);
        for (size_t k = 0; k < 3; k++) {
            add(&verdict, AREA_TRUST, cases[i].outcomes[k], "x.y");
        }
        CHECK_INT(verdict_outcome(&verdict), cases[i].verdict);
        CHECK_INT(verdict_area_outcome(&verdict, AREA_TRUST), cases[i].verdict);
        CHECK_INT(verdict_area_outcome(&verdict, AREA_TIME), CHECK_PASSED);
        CHECK_INT(verdict_exit_code(&verdict), cases[i].exit_code);
        const VerdictCheck *reason = verdict_reason(&verdict);
        CHECK((reason == NULL) == (cases[i].verdict == CHECK_PASSED));
        CHECK(reason == NULL || reason->outcome == cases[i].verdict);
    }
}

TEST(the_reason_is_the_first_check_that_decides)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    add(&verdict, AREA_TRUST, CHECK_UNKNOWN, "a.a");
    add(&verdict, AREA_TRUST, CHECK_FAILED, "b.b");
    add(&verdict, AREA_TRUST, CHECK_FAILED, "c.c");
    CHECK_TEXT(verdict_reason(&verdict)->code, "b.b");
    CHECK_INT(verdict.count, 3);
}

TEST(an_exhausted_verdict_has_failed)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(600);
    Verdict verdict = verdict_new(arena);
    for (int i = 0; i < 20; i++) {
        add(&verdict, AREA_TRUST, CHECK_PASSED, "a.a");
    }
    CHECK(verdict.exhausted);
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
    CHECK_INT(verdict_area_outcome(&verdict, AREA_TIME), CHECK_FAILED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verdict.exhausted");
}

TEST(subjects_nest)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    const char *outer = verdict_enter(&verdict, "agreement.pdf");
    const char *inner = verdict_enter(&verdict, "signature 1");
    add(&verdict, AREA_TRUST, CHECK_FAILED, "a.a");
    CHECK_TEXT(verdict.first->subject, "agreement.pdf/signature 1");
    verdict_leave(&verdict, inner);
    CHECK_TEXT(verdict.subject, "agreement.pdf");
    verdict_leave(&verdict, outer);
    CHECK_TEXT(verdict.subject, "");
}

TEST(a_call_that_decides_nothing_is_unknown)
{
    static const struct {
        ErrorKind kind;
        CheckOutcome outcome;
    } cases[] = {
        {ERROR_INPUT, CHECK_FAILED},        {ERROR_UNTRUSTED, CHECK_FAILED},
        {ERROR_CONFLICT, CHECK_FAILED},     {ERROR_LIMIT, CHECK_FAILED},
        {ERROR_UNAVAILABLE, CHECK_UNKNOWN}, {ERROR_INTERNAL, CHECK_UNKNOWN},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Verdict verdict = verdict_new(arena);
        Error err = {0};
        error_set(&err, cases[i].kind, "x.y", "Y 3", "the thing is odd");
        CHECK(!verdict_take(&verdict, false, AREA_TIME, "a.a", "X 1", &err));
        err = (Error){0};
        CHECK_INT(verdict.first->outcome, cases[i].outcome);
        CHECK_TEXT(verdict.first->clause, "Y 3");
        CHECK_TEXT(verdict.first->detail, "the thing is odd");
    }
    Verdict verdict = verdict_new(arena);
    CHECK(verdict_take(&verdict, true, AREA_TIME, "a.a", "X 1", NULL));
    CHECK_INT(verdict.first->outcome, CHECK_PASSED);
    CHECK(!verdict_take(&verdict, false, AREA_TIME, "a.a", "X 1", NULL));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
}

TEST(a_required_condition_is_returned)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    CHECK(verdict_require(&verdict, true, AREA_TIME, "a.a", NULL, "fine"));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    CHECK(!verdict_require(&verdict, false, AREA_TIME, "a.a", NULL, "not fine"));
    CHECK_TEXT(verdict_reason(&verdict)->detail, "not fine");
    CHECK_TEXT(verdict_reason(&verdict)->clause, "");
}

TEST(a_detail_is_printable_whatever_it_quotes)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    verdict_add(&verdict, AREA_TIME, CHECK_PASSED, "a.a", "", "%s", "\xe4\xb8\xad\n\x1b[0m");
    verdict_add(&verdict, AREA_TIME, CHECK_PASSED, "a.a", "", "%s", "x\xe4\xb8");
    CHECK_TEXT(verdict.first->detail, "\xe4\xb8\xad??[0m");
    CHECK_TEXT(verdict.first->next->detail, "x??");
}

TEST(a_verdict_as_json_lists_every_check)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_big();
    Verdict verdict = verdict_new(arena);
    verdict_enter(&verdict, "s");
    add(&verdict, AREA_FORMAT, CHECK_PASSED, "a.a");
    add(&verdict, AREA_TRUST, CHECK_UNKNOWN, "b.b");
    CLEANUP(json_cleanup) json_t *json = verdict_to_json(&verdict);
    Bytes text;
    CHECK_OK(json_text(arena, json, &text, &err));
    CHECK(
        bytes_equal_text(text,
                         "{\"areas\":{\"format\":\"passed\",\"trust\":\"unknown\"},\"checks\":["
                         "{\"area\":\"format\",\"clause\":\"X 1.2\",\"code\":\"a.a\","
                         "\"detail\":\"detail of a.a\",\"outcome\":\"passed\",\"subject\":\"s\"},"
                         "{\"area\":\"trust\",\"clause\":\"X 1.2\",\"code\":\"b.b\","
                         "\"detail\":\"detail of b.b\",\"outcome\":\"unknown\",\"subject\":\"s\"}],"
                         "\"outcome\":\"unknown\"}"));
}
