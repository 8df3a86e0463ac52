// SPDX-License-Identifier: Apache-2.0
#include "domain/verdict/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const VerdictCheck check_empty = {"verdict.empty",       AREA_FORMAT, CHECK_FAILED, "", "",
                                         "nothing was checked", NULL};
static const VerdictCheck check_exhausted = {"verdict.exhausted",
                                             AREA_FORMAT,
                                             CHECK_FAILED,
                                             "",
                                             "",
                                             "memory ran out during the verification",
                                             NULL};

Verdict verdict_new(Arena *arena)
{
    return (Verdict){.arena = arena, .subject = ""};
}

const char *verdict_enter(Verdict *verdict, const char *name)
{
    const char *previous = verdict->subject;
    const char *separator = previous[0] == '\0' ? "" : "/";
    char *subject = arena_format(verdict->arena, "%s%s%s", previous, separator, name);
    if (subject == NULL) {
        verdict->exhausted = true;
    } else {
        verdict->subject = subject;
    }
    return previous;
}

void verdict_leave(Verdict *verdict, const char *previous_subject)
{
    verdict->subject = previous_subject;
}

// A detail may quote hostile input or be an Error's text that was cut within a character.
static void make_printable(char *text)
{
    json_t *utf8 = json_string(text);
    for (char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && utf8 == NULL)) {
            *c = '?';
        }
    }
    json_decref(utf8);
}

// Append a check whose texts live as long as the arena.
static void append(Verdict *verdict, const VerdictCheck *check)
{
    VerdictCheck *added = arena_alloc(verdict->arena, sizeof *added);
    if (added == NULL) {
        verdict->exhausted = true;
        return;
    }
    *added = *check;
    added->next = NULL;
    if (verdict->last == NULL) {
        verdict->first = added;
    } else {
        verdict->last->next = added;
    }
    verdict->last = added;
    verdict->count++;
}

static PRINTF_LIKE(2, 0) char *format_detail(Verdict *verdict, const char *format,
                                             va_list arguments)
{
    char *formatted = NULL;
    int len = vasprintf(&formatted, format, arguments);
    if (len < 0) {
        verdict->exhausted = true;
        return NULL;
    }
    char *detail = arena_text(verdict->arena, bytes_of(formatted, (size_t)len));
    free(formatted);
    if (detail == NULL) {
        verdict->exhausted = true;
        return NULL;
    }
    make_printable(detail);
    return detail;
}

void verdict_add(Verdict *verdict, VerdictArea area, CheckOutcome outcome, const char *code,
                 const char *clause, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *detail = format_detail(verdict, format, arguments);
    va_end(arguments);
    if (detail != NULL) {
        append(verdict, &(VerdictCheck){code, area, outcome, clause == NULL ? "" : clause,
                                        verdict->subject, detail, NULL});
    }
}

bool verdict_require(Verdict *verdict, bool condition, VerdictArea area, const char *code,
                     const char *clause, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *detail = format_detail(verdict, format, arguments);
    va_end(arguments);
    if (detail != NULL) {
        append(verdict,
               &(VerdictCheck){code, area, condition ? CHECK_PASSED : CHECK_FAILED,
                               clause == NULL ? "" : clause, verdict->subject, detail, NULL});
    }
    return condition;
}

bool verdict_take(Verdict *verdict, bool ok, VerdictArea area, const char *code, const char *clause,
                  const Error *err)
{
    if (ok) {
        verdict_add(verdict, area, CHECK_PASSED, code, clause, "holds");
        return true;
    }
    bool decides = err == NULL || (err->kind != ERROR_UNAVAILABLE && err->kind != ERROR_INTERNAL);
    const char *broken = clause;
    if (err != NULL && err->clause[0] != '\0') {
        broken = arena_text(verdict->arena, bytes_of_text(err->clause));
        if (broken == NULL) {
            verdict->exhausted = true;
            return false;
        }
    }
    verdict_add(verdict, area, decides ? CHECK_FAILED : CHECK_UNKNOWN, code, broken, "%s",
                err == NULL ? "does not hold" : err->text);
    return false;
}

static CheckOutcome worse(CheckOutcome so_far, CheckOutcome outcome)
{
    if (outcome == CHECK_FAILED || so_far == CHECK_FAILED) {
        return CHECK_FAILED;
    }
    return outcome == CHECK_UNKNOWN ? CHECK_UNKNOWN : so_far;
}

CheckOutcome verdict_outcome(const Verdict *verdict)
{
    if (verdict->exhausted || verdict->count == 0) {
        return CHECK_FAILED;
    }
    CheckOutcome outcome = CHECK_PASSED;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        outcome = worse(outcome, check->outcome);
    }
    return outcome;
}

CheckOutcome verdict_area_outcome(const Verdict *verdict, VerdictArea area)
{
    CheckOutcome outcome = verdict->exhausted ? CHECK_FAILED : CHECK_PASSED;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (check->area == area) {
            outcome = worse(outcome, check->outcome);
        }
    }
    return outcome;
}

const VerdictCheck *verdict_reason(const Verdict *verdict)
{
    CheckOutcome outcome = verdict_outcome(verdict);
    if (outcome == CHECK_PASSED) {
        return NULL;
    }
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (check->outcome == outcome) {
            return check;
        }
    }
    return verdict->exhausted ? &check_exhausted : &check_empty;
}

const char *verdict_area_name(VerdictArea area)
{
    static const char *const names[] = {
        [AREA_FORMAT] = "format",     [AREA_CRYPTOGRAPHY] = "cryptography",
        [AREA_COVERAGE] = "coverage", [AREA_TRUST] = "trust",
        [AREA_TIME] = "time",         [AREA_COMPLETENESS] = "completeness",
        [AREA_POLICY] = "policy",
    };
    return (unsigned)area < COUNT_OF(names) ? names[area] : "";
}

const char *check_outcome_name(CheckOutcome outcome)
{
    static const char *const names[] = {
        [CHECK_PASSED] = "passed",
        [CHECK_INFORMED] = "informed",
        [CHECK_UNKNOWN] = "unknown",
        [CHECK_FAILED] = "failed",
    };
    return (unsigned)outcome < COUNT_OF(names) ? names[outcome] : "";
}

int verdict_exit_code(const Verdict *verdict)
{
    CheckOutcome outcome = verdict_outcome(verdict);
    return outcome == CHECK_FAILED ? 1 : outcome == CHECK_UNKNOWN ? 2 : 0;
}

static bool area_has_checks(const Verdict *verdict, VerdictArea area)
{
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (check->area == area) {
            return true;
        }
    }
    return false;
}

static json_t *check_to_json(const VerdictCheck *check)
{
    json_t *object = json_make_object();
    json_put_text(object, "code", check->code);
    json_put_text(object, "area", verdict_area_name(check->area));
    json_put_text(object, "outcome", check_outcome_name(check->outcome));
    json_put_text(object, "clause", check->clause);
    json_put_text(object, "subject", check->subject);
    json_put_text(object, "detail", check->detail);
    return object;
}

json_t *verdict_to_json(const Verdict *verdict)
{
    CLEANUP(json_cleanup) json_t *checks = json_array();
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (json_array_append_new(checks, check_to_json(check)) != 0) {
            return NULL;
        }
    }
    json_t *areas = json_make_object();
    for (VerdictArea area = AREA_FORMAT; area <= AREA_POLICY; area++) {
        if (area_has_checks(verdict, area)) {
            json_put_text(areas, verdict_area_name(area),
                          check_outcome_name(verdict_area_outcome(verdict, area)));
        }
    }
    json_t *object = json_make_object();
    json_put_text(object, "outcome", check_outcome_name(verdict_outcome(verdict)));
    json_put(object, "areas", areas);
    json_put(object, "checks", json_incref(checks));
    return object;
}
