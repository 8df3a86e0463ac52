// SPDX-License-Identifier: Apache-2.0
//
// assent sm2 verify --batch
#include <stdio.h>
#include <string.h>

#include "base/crypto/sm2_batch.h"
#include "program/command.h"
#include "program/sm2_batch.h"
#include "program/sm2_command.h"
#include "program/sm_data.h"

enum { LINE_MAX_SIZE = 64 * 1024 };

typedef struct {
    size_t valid;
    size_t invalid;
    size_t malformed;
    size_t mismatches;
} Tally;

// Verify what is ready, all in one call; ret_valid has one answer for each case of the batch.
static bool verify_all(Arena *arena, const Sm2Batch *batch, bool *ret_valid, Error *err)
{
    Sm2Claim *claims = arena_alloc(arena, batch->count * sizeof *claims);
    bool *answers = arena_alloc(arena, batch->count * sizeof *answers);
    size_t ready = 0, taken = 0;
    if (claims == NULL || answers == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < batch->count; i++) {
        const Sm2Case *item = &batch->cases[i];
        if (item->state == CASE_READY) {
            claims[ready++] = (Sm2Claim){&item->key, &item->e, &item->signature};
        }
    }
    sm2_verify_many(claims, ready, answers);
    for (size_t i = 0; i < batch->count; i++) {
        ret_valid[i] = batch->cases[i].state == CASE_READY && answers[taken++];
    }
    return true;
}

static const char *verdict_name(const Sm2Case *item, bool is_valid)
{
    return item->state == CASE_MALFORMED ? "malformed" : is_valid ? "valid" : "invalid";
}

static void copy_field(json_t *line, const json_t *source, const char *name)
{
    json_t *value = json_object_get(source, name);
    if (json_is_string(value) || json_is_integer(value)) {
        json_put(line, name, json_incref(value));
    }
}

static json_t *case_line(const Sm2Case *item, size_t number, bool is_valid)
{
    static const char *const expectations[] = {[EXPECTED_VALID] = "valid",
                                               [EXPECTED_INVALID] = "invalid",
                                               [EXPECTED_EITHER] = "acceptable"};
    json_t *line = json_make_object();
    json_put_int(line, "case", (int64_t)number);
    copy_field(line, item->source, "tcId");
    copy_field(line, item->source, "name");
    json_put_text(line, "verdict", verdict_name(item, is_valid));
    if (item->expected != EXPECTED_NOTHING) {
        json_put_text(line, "expected", expectations[item->expected]);
    }
    json_put_bool(line, "ok", sm2_case_allows(item, is_valid));
    if (item->state != CASE_READY) {
        json_put_text(line, "reason", item->reason);
    } else if (!is_valid) {
        json_put_text(line, "reason", "the signature is not by this key over this message");
    }
    return line;
}

static bool print_line(json_t *line, Error *err)
{
    CLEANUP(json_cleanup) json_t *owned = line;
    CLEANUP(writer_free) Writer text = writer_new(LINE_MAX_SIZE);
    if (!json_write(owned, &text, err)) {
        return false;
    }
    writer_put_text(&text, "\n");
    return (!text.failed && fwrite(text.data, 1, text.len, stdout) == text.len) ||
           error_set(err, ERROR_INTERNAL, "sm.output", NULL, "cannot write the result");
}

static bool print_cases(const Sm2Batch *batch, const bool *valid, bool is_quiet, Tally *ret,
                        Error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        const Sm2Case *item = &batch->cases[i];
        bool allowed = sm2_case_allows(item, valid[i]);
        ret->malformed += item->state == CASE_MALFORMED;
        ret->valid += valid[i];
        ret->invalid += item->state != CASE_MALFORMED && !valid[i];
        ret->mismatches += !allowed;
        if ((!is_quiet || !allowed) && !print_line(case_line(item, i + 1, valid[i]), err)) {
            return false;
        }
    }
    return true;
}

static bool print_tally(const Tally *tally, size_t count, Error *err)
{
    json_t *line = json_make_object();
    json_put_int(line, "cases", (int64_t)count);
    json_put_int(line, "valid", (int64_t)tally->valid);
    json_put_int(line, "invalid", (int64_t)tally->invalid);
    json_put_int(line, "malformed", (int64_t)tally->malformed);
    json_put_int(line, "mismatches", (int64_t)tally->mismatches);
    return print_line(line, err);
}

static bool read_batch(SmArguments *arguments, json_t **ret, Error *err)
{
    Bytes text;
    const char *path = arguments->values[SM_BATCH];
    if (!sm_read(arguments, path, SM2_BATCH_MAX_SIZE, &text, err)) {
        return false;
    }
    Error failure = {0};
    return json_parse(text, ret, &failure) ||
           error_set(err, failure.kind, "file.batch", NULL, "%s: %s", path, failure.text);
}

// Options for one signature say nothing about many.
static bool check_options(const SmArguments *arguments, Error *err)
{
    static const SmOption single[] = {SM_KEY,  SM_PUB, SM_SIG,    SM_MSG,
                                      SM_TEXT, SM_IN,  SM_DIGEST, SM_IN_HEX};
    for (size_t i = 0; i < COUNT_OF(single); i++) {
        if (!sm_at_most_one(arguments, SM_SET(SM_BATCH) | SM_SET(single[i]), err)) {
            return false;
        }
    }
    return arguments->operand_count == 0 ||
           sm_usage(err, "--batch takes no message: %s", arguments->operands[0]);
}

bool sm2_command_batch(SmArguments *arguments, int *ret_code, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    Sm2CaseDefaults defaults = {.has_no_z = sm_has(arguments, SM_NO_Z),
                                .form = sm_has(arguments, SM_RAW)   ? SM_FORM_RAW
                                        : sm_has(arguments, SM_DER) ? SM_FORM_DER
                                                                    : SM_FORM_ANY};
    Sm2Batch batch;
    Tally tally = {0};
    if (!check_options(arguments, err) ||
        !sm_at_most_one(arguments, SM_SET(SM_RAW) | SM_SET(SM_DER), err) ||
        !sm_id(arguments, SM_ID, SM_ID_HEX, &defaults.id, err) ||
        !read_batch(arguments, &root, err) ||
        !sm2_batch_load(arguments->arena, root, &defaults, &batch, err)) {
        return false;
    }
    bool *valid = arena_alloc(arguments->arena, batch.count);
    if (valid == NULL) {
        return error_memory(err);
    }
    if (!verify_all(arguments->arena, &batch, valid, err) ||
        !print_cases(&batch, valid, sm_has(arguments, SM_QUIET), &tally, err) ||
        !print_tally(&tally, batch.count, err)) {
        return false;
    }
    *ret_code = tally.mismatches == 0 ? EXIT_VALID : EXIT_INVALID;
    return true;
}
