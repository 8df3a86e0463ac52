// SPDX-License-Identifier: Apache-2.0
//
// The door of a witness. Nobody has to say who he is: what counts is the log's signature.
// Source: C2SP tlog-witness.
#include <string.h>

#include "base/codec/hex.h"
#include "component/witness/witness_state.h"

static bool reply_size(ServiceResponse *response, Arena *arena, uint64_t size, Error *err)
{
    const char *text = arena_format(arena, "%llu\n", (unsigned long long)size);
    if (text == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 409, WITNESS_SIZE_TYPE, bytes_of_text(text));
    return true;
}

static bool handle_add_checkpoint(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    CheckpointSubmission submission;
    WitnessAnswer answer;
    if (!checkpoint_submission_parse(request->arena, request->body, &submission, err) ||
        !witness_take(component, &submission, request->arena, &answer, err)) {
        return false;
    }
    switch (answer.outcome) {
    case WITNESS_COSIGNED:
        service_reply_bytes(response, 200, "text/plain; charset=utf-8", answer.line);
        return true;
    case WITNESS_OTHER_SIZE:
        return reply_size(response, request->arena, answer.size, err);
    case WITNESS_FORKED:
        if (submission.checkpoint.head.size == answer.size) {
            return reply_size(response, request->arena, answer.size, err);
        }
        break;
    case WITNESS_UNPROVEN:
        break;
    }
    response->status = 422;
    return error_set(err, ERROR_UNTRUSTED, "witness.unproven", "C2SP tlog-witness",
                     "the checkpoint is not proven to extend the one that was cosigned last");
}

// What was cosigned last, with a cosignature of now: that it still is the largest that was seen.
static bool handle_checkpoint(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    Witness *witness = component;
    WitnessedRecord record;
    Checkpoint checkpoint;
    const char *origin = service_query_parameter(request, "log");
    const NoteKey *log = origin == NULL ? NULL : witness_find_log(witness, bytes_of_text(origin));
    if (log == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "witness.log", "C2SP tlog-witness",
                         "this witness does not know the log");
    }
    if (!witness_recall(witness, log, request->arena, &record, err)) {
        return false;
    }
    if (record.checkpoint.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "witness.nothing", NULL,
                         "nothing of this log is cosigned yet");
    }
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    writer_put(&note, record.checkpoint);
    if (!checkpoint_parse(request->arena, record.checkpoint, &checkpoint, err) ||
        (record.stop == WITNESS_RUNS &&
         !checkpoint_cosign(&checkpoint, &witness->key, witness->config.signer, record.cosigned_at,
                            &note, err))) {
        return false;
    }
    Bytes body = arena_copy(request->arena, writer_bytes(&note));
    if (body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "text/plain; charset=utf-8", body);
    return service_reply_header(response, "Cache-Control", "no-cache", err);
}

static bool put_key(json_t *list, const NoteKey *key, Error *err)
{
    char text[NOTE_KEY_TEXT_MAX + 1] = "";
    CLEANUP(writer_free) Writer encoded = writer_new(NOTE_KEY_TEXT_MAX);
    if (!note_key_encode(key, &encoded, err)) {
        return false;
    }
    memcpy(text, encoded.data, encoded.len);
    return json_array_append_new(list, json_string(text)) == 0 || error_memory(err);
}

static bool handle_key(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    const Witness *witness = component;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    CLEANUP(json_cleanup) json_t *own = json_array();
    json_t *logs = json_array();
    bool ok = put_key(own, &witness->key, err);
    for (size_t i = 0; ok && i < witness->log_count; i++) {
        ok = put_key(logs, &witness->logs[i], err);
    }
    json_put(reply, "logs", logs);
    json_put(reply, "key", json_incref(json_array_get(own, 0)));
    return ok && service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    Arena *arena;
    ForkRecord *forks;
    size_t count;
} ForksRead;

static bool read_forks(StoreSession *session, void *context, Error *err)
{
    ForksRead *read = context;
    return fork_record_list(session, WITNESS_FORKS_LISTED_MAX, read->arena, read->forks,
                            &read->count, err);
}

static bool handle_forks(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Witness *witness = component;
    ForksRead read = {.arena = request->arena};
    read.forks = arena_alloc(request->arena, WITNESS_FORKS_LISTED_MAX * sizeof *read.forks);
    if (read.forks == NULL) {
        return error_memory(err);
    }
    if (!store_read(witness->store, read_forks, &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        const ForkRecord *fork = &read.forks[i];
        json_t *object = json_make_object();
        json_put_hex(object, "digest", sm3_bytes(&fork->digest));
        json_put_text(object, "log", fork->origin);
        json_put_time(object, "found_at", fork->found_at);
        json_put(object, "proof", json_stringn((const char *)fork->proof.data, fork->proof.len));
        json_array_append_new(list, object);
    }
    json_put(reply, "forks", list);
    return service_reply_json(response, request->arena, 200, reply, err);
}

#define ANYBODY                        \
    {                                  \
        SERVICE_ANYONE, SERVICE_PUBLIC \
    }

const Route witness_routes[] = {
    {"POST", "/add-checkpoint", ANYBODY, CHECKPOINT_SUBMISSION_MAX_BYTES, handle_add_checkpoint},
    {"GET", "/v1/checkpoint", ANYBODY, 0, handle_checkpoint},
    {"GET", "/v1/key", ANYBODY, 0, handle_key},
    {"GET", "/v1/forks", ANYBODY, 0, handle_forks},
};
const size_t witness_route_count = COUNT_OF(witness_routes);
