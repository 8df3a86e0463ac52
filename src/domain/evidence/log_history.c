// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_history.h"

#include "domain/evidence/proof_text.h"

static const char first_line[] = "assent.log-history/1";
static const char log_word[] = "log ", step_word[] = "step ";

enum { ORIGIN_MAX = 255 };

static bool malformed(const char *what, Error *err)
{
    return error_set(err, ERROR_INPUT, "log_history.malformed", "docs/case-file.md",
                     "a log's history %s", what);
}

static bool step_follows(const LogHistory *history, const LogStep *step)
{
    uint64_t last = history->count == 0 ? 1 : history->steps[history->count - 1].to;
    return step->from >= last && step->to > step->from;
}

bool log_history_encode(const LogHistory *history, Writer *ret, Error *err)
{
    LogHistory done = {.count = 0};
    if (history->count == 0 || history->origin.len == 0 || history->origin.len > ORIGIN_MAX) {
        return malformed("is of no log or of no size", err);
    }
    writer_format(ret, "%s\n%s", first_line, log_word);
    writer_put(ret, history->origin);
    writer_put_text(ret, "\n");
    for (size_t i = 0; i < history->count; i++) {
        const LogStep *step = &history->steps[i];
        if (!step_follows(&done, step)) {
            return malformed("has steps in no order", err);
        }
        done.steps[done.count++].to = step->to;
        writer_format(ret, "%s%llu %llu\n", step_word, (unsigned long long)step->from,
                      (unsigned long long)step->to);
        proof_text_put(&step->proof, ret);
    }
    return ret->failed ? error_memory(err) : true;
}

static bool take_word(Bytes *text, const char *word, Bytes *ret)
{
    Bytes line;
    if (!proof_text_take_line(text, &line) || !bytes_start_with(line, bytes_of_text(word))) {
        return false;
    }
    *ret = bytes_from(line, bytes_of_text(word).len);
    return true;
}

static bool parse_sizes(Bytes sizes, LogStep *ret)
{
    size_t space;
    return bytes_find(sizes, BYTES_LITERAL(" "), 0, &space) &&
           proof_text_parse_size(bytes_slice(sizes, 0, space), &ret->from) &&
           proof_text_parse_size(bytes_from(sizes, space + 1), &ret->to);
}

static bool take_step(Arena *arena, Bytes *text, LogHistory *history, Error *err)
{
    Bytes sizes;
    if (history->count == LOG_HISTORY_MAX_STEPS) {
        return malformed("has too many steps", err);
    }
    LogStep *step = &history->steps[history->count];
    if (!take_word(text, step_word, &sizes) || !parse_sizes(sizes, step) ||
        !step_follows(history, step)) {
        return malformed("has a line that is no step, or is out of order", err);
    }
    const char *why = proof_text_take(arena, text, MERKLE_PROOF_MAX, &step->proof);
    if (why != NULL) {
        return malformed(why, err);
    }
    history->count++;
    return true;
}

bool log_history_parse(Arena *arena, Bytes text, LogHistory *ret, Error *err)
{
    Bytes line;
    if (text.len > LOG_HISTORY_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "log_history.size", NULL,
                         "a log's history is longer than %d bytes", LOG_HISTORY_MAX_BYTES);
    }
    LogHistory history = {.count = 0};
    if (!proof_text_take_line(&text, &line) || !bytes_equal_text(line, first_line) ||
        !take_word(&text, log_word, &history.origin) || history.origin.len == 0 ||
        history.origin.len > ORIGIN_MAX) {
        return malformed("does not begin with its name and that of a log", err);
    }
    do {
        if (!take_step(arena, &text, &history, err)) {
            return false;
        }
    } while (text.len > 0);
    *ret = history;
    return true;
}

const LogStep *log_history_find(const LogHistory *history, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < history->count; i++) {
        if (history->steps[i].from == from && history->steps[i].to == to) {
            return &history->steps[i];
        }
    }
    return NULL;
}
