// SPDX-License-Identifier: Apache-2.0
#include "wasm/verifier/request.h"

#include <string.h>

static bool refuse(Error *err)
{
    return error_set(err, ERROR_INPUT, "verifier.request", NULL,
                     "what the page handed over is no request");
}

static Bytes take(Reader *reader)
{
    return reader_bytes(reader, reader_u32_be(reader));
}

static bool take_name(Reader *reader, Arena *arena, const char **ret, Error *err)
{
    Bytes name = take(reader);
    if (reader->failed || (name.len > 0 && memchr(name.data, 0, name.len) != NULL)) {
        return refuse(err);
    }
    *ret = arena_text(arena, name);
    return *ret != NULL || error_memory(err);
}

static bool take_trust(Reader *reader, Arena *arena, JudgementRequest *request, Error *err)
{
    TrustFile *files = arena_alloc(arena, TRUST_MATERIAL_MAX_FILES * sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    request->trust = files;
    while (reader->rest.len > 0) {
        TrustFile *file = &files[request->trust_count];
        if (request->trust_count == TRUST_MATERIAL_MAX_FILES) {
            return error_set(err, ERROR_LIMIT, "trust.too_large", NULL, "over %d files of trust",
                             TRUST_MATERIAL_MAX_FILES);
        }
        *file = (TrustFile){.kind = TRUST_BY_NAME};
        if (!take_name(reader, arena, &file->name, err)) {
            return false;
        }
        file->content = take(reader);
        request->trust_count++;
    }
    return !reader->failed || refuse(err);
}

bool verifier_request_parse(Arena *arena, Bytes bytes, JudgementRequest *ret, Error *err)
{
    Reader reader = reader_of(bytes);
    JudgementRequest request = {.name = NULL};
    if (!take_name(&reader, arena, &request.name, err)) {
        return false;
    }
    request.content = take(&reader);
    Bytes at = take(&reader);
    if (reader.failed) {
        return refuse(err);
    }
    if (!time_from_text(at, &request.at, NULL)) {
        return error_set(err, ERROR_INPUT, "verifier.time", NULL,
                         "the time is not of the form 2026-11-25T08:00:00Z");
    }
    if (!take_trust(&reader, arena, &request, err)) {
        return false;
    }
    *ret = request;
    return true;
}

static bool answer_failure(const Error *failure, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *results = json_array();
    if (results == NULL ||
        json_array_append_new(results, judgement_failure_to_json("", failure)) != 0) {
        return error_memory(err);
    }
    return judgement_put_json(results, NULL, ret, err);
}

bool verifier_answer(Bytes bytes, Writer *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    JudgementRequest request;
    Error failure = {0};
    if (arena == NULL) {
        return error_memory(err);
    }
    return verifier_request_parse(arena, bytes, &request, &failure)
               ? judgement_answer(&request, ret, err)
               : answer_failure(&failure, ret, err);
}
