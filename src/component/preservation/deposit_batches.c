// SPDX-License-Identifier: Apache-2.0
//
// Many submissions in one request: what can be done for all of them side by side is.
#include <string.h>

#include "base/codec/hex.h"
#include "component/preservation/acceptance.h"
#include "domain/pki/statement_many.h"

// The submissions of a request, in base64.
typedef struct {
    size_t count;
    Bytes encoded[DEPOSIT_BATCH_MAX];
} Batch;

// Read a request of exactly the canonical form without building a tree of it, which would be a copy
// of every submission. False, with nothing decided, for anything else.
static bool read_canonical(Bytes body, Batch *ret)
{
    Bytes begin = BYTES_LITERAL("{\"submissions\":[\""), between = BYTES_LITERAL("\",\"");
    bool more = bytes_start_with(body, begin);
    Bytes rest = bytes_from(body, more ? begin.len : 0);
    ret->count = 0;
    while (more && ret->count < DEPOSIT_BATCH_MAX) {
        size_t len, escape;
        if (!bytes_find(rest, BYTES_LITERAL("\""), 0, &len)) {
            return false;
        }
        Bytes encoded = bytes_slice(rest, 0, len);
        // Some write a slash with an escape.
        if (bytes_find(encoded, BYTES_LITERAL("\\"), 0, &escape)) {
            return false;
        }
        ret->encoded[ret->count++] = encoded;
        rest = bytes_from(rest, len);
        more = bytes_start_with(rest, between);
        rest = bytes_from(rest, more ? between.len : 0);
    }
    return ret->count > 0 && bytes_equal(rest, BYTES_LITERAL("\"]}"));
}

// The texts are borrowed from *ret_json.
static bool read_json(const ServiceRequest *request, Batch *ret, json_t **ret_json, Error *err)
{
    if (!service_request_json(request, ret_json, err)) {
        return false;
    }
    JsonView view = json_view(*ret_json, "batch", err);
    const json_t *submissions = json_view_array(&view, "submissions", DEPOSIT_BATCH_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    ret->count = json_array_size(submissions);
    for (size_t i = 0; i < ret->count; i++) {
        const char *text = json_string_value(json_array_get(submissions, i));
        // One that is no text is refused in its turn, as one that is empty.
        ret->encoded[i] = text == NULL ? BYTES_EMPTY : bytes_of_text(text);
    }
    return true;
}

// Parse the submissions from `first` on, up to one that fails. Returns how many are parsed.
static size_t parse_from(const Batch *batch, size_t first, Acceptance *ret, Error *err)
{
    for (size_t i = 0; first + i < batch->count; i++) {
        Bytes encoded = batch->encoded[first + i];
        ret[i].is_refused = false;
        if (encoded.len == 0) {
            error_set(err, ERROR_INPUT, "preservation.batch", NULL,
                      "submission %zu is not base64 text", first + i);
            return i;
        }
        if (!base64_decode_arena(ret[i].arena, encoded, &ret[i].body, err) ||
            !acceptance_parse(&ret[i], err)) {
            return i;
        }
    }
    return batch->count - first;
}

// How many hold from the first on. With fewer than `count`, `err` tells what is wrong with the
// next.
static size_t verify_all(const Acceptance *acceptances, size_t count, Error *err)
{
    const Statement *statements[DEPOSIT_BATCH_MAX];
    bool holds[DEPOSIT_BATCH_MAX];
    Error why = {0};
    for (size_t i = 0; i < count; i++) {
        statements[i] = &acceptances[i].statement;
    }
    if (!statement_verify_signatures(statements, count, DEPOSIT_TYPE, holds, &why)) {
        *err = why;
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        // One after the other where something is wrong: also for what it is.
        if (!holds[i] && !statement_verify_signature(statements[i], DEPOSIT_TYPE, &why)) {
            *err = why;
            return i;
        }
    }
    return count;
}

// Read and check the submissions from `first` on, up to one that fails. Returns how many are fine.
static size_t read_from(const Batch *batch, size_t first, Acceptance *ret, Error *err)
{
    size_t parsed = parse_from(batch, first, ret, err);
    size_t verified = verify_all(ret, parsed, err);
    for (size_t i = 0; i < verified; i++) {
        Error why = {0};
        if (!acceptance_check(&ret[i], &why)) {
            *err = why;
            return i;
        }
    }
    return verified;
}

// Prepare the submissions from `first` on, up to one that fails. Returns how many are prepared.
static size_t prepare_from(const Batch *batch, size_t first, Acceptance *ret, Error *err)
{
    size_t read = read_from(batch, first, ret, err);
    Error why = {0};
    if (!acceptance_commit(ret, read, &why)) {
        *err = why;
        return 0;
    }
    for (size_t i = 0; i < read; i++) {
        if (!acceptance_seal(&ret[i], &why)) {
            // What failed behind it has its turn again, or is not reached.
            *err = why;
            return i;
        }
    }
    if (first + read < batch->count && ret[read].is_refused) {
        acceptance_log_refusal(&ret[read], err);
    }
    return read;
}

// In order: one that fails leaves those before it accepted, and repeating the whole batch gives
// the same receipts for them.
static bool take_in_all(const Batch *batch, Acceptance *acceptances, Error *err)
{
    size_t done = 0;
    while (done < batch->count) {
        Error why = {0};
        size_t prepared = prepare_from(batch, done, &acceptances[done], &why);
        size_t taken = acceptance_take_in(&acceptances[done], prepared, &why);
        done += taken;
        // A deposit that is in the batch twice waits for itself.
        bool goes_on =
            taken > 0 && taken == prepared && strcmp(why.code, "preservation.in_progress") == 0;
        if (done < batch->count && !goes_on) {
            *err = why;
            return error_context(err, "submission %zu", done);
        }
    }
    return true;
}

static bool reply(const Batch *batch, const Acceptance *acceptances, Arena *arena,
                  ServiceResponse *response, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(batch->count * RECEIPT_MAX_BYTES + 64);
    writer_put_text(&text, "{\"receipts\":[");
    for (size_t i = 0; i < batch->count; i++) {
        Bytes receipt;
        writer_put_text(&text, i == 0 ? "" : ",");
        if (!acceptance_receipt(&acceptances[i], &receipt, err) ||
            !json_write_text(receipt, &text, err)) {
            return false;
        }
    }
    writer_put_text(&text, "]}");
    Bytes body = arena_adopt(arena, &text);
    if (body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "application/json", body);
    return true;
}

bool preservation_handle_batch(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Batch *batch = arena_alloc(request->arena, sizeof *batch);
    if (!preservation_refuse_closed(component, err)) {
        return false;
    }
    if (batch == NULL) {
        return error_memory(err);
    }
    bool is_json = strcmp(request->content_type, "application/json") == 0;
    if (!(is_json && read_canonical(request->body, batch)) &&
        !read_json(request, batch, &json, err)) {
        return false;
    }
    Acceptance *acceptances =
        arena_alloc(request->arena, batch->count * sizeof *acceptances + sizeof *acceptances);
    if (acceptances == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < batch->count; i++) {
        acceptances[i] =
            (Acceptance){.preservation = component, .request = request, .arena = request->arena};
    }
    return take_in_all(batch, acceptances, err) &&
           reply(batch, acceptances, request->arena, response, err);
}
