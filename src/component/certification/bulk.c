// SPDX-License-Identifier: Apache-2.0
#include "component/certification/bulk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "component/certification/authority.h"

// So many wait for one group of commits; fewer than the signers let wait (signer_batch.h), with
// room for what else is asked for.
enum { BULK_THREADS = 128, THREAD_ARENA_SIZE = 64 * 1024 * 1024, ERROR_MAX_SIZE = 8 * 1024 };

// One line and what became of it.
typedef struct {
    Bytes request;
    Writer answer;
} BulkLine;

typedef struct {
    Certification *certification;
    const char *caller;
    BulkLine *lines;
    size_t count;
    atomic_size_t next;  // the first line that nobody works on
} Bulk;

static void put_refusal(const Error *refusal, Writer *ret)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *error = json_make_object();
    json_put_text(error, "code", refusal->code);
    json_put_text(error, "kind", error_kind_name(refusal->kind));
    json_put_text(error, "message", refusal->text);
    json_put_text(error, "clause", refusal->clause);
    json_put(json, "error", error);
    ret->failed = !json_write(json, ret, NULL) || ret->failed;
}

static void issue_line(Bulk *bulk, BulkLine *line, Arena *arena)
{
    Error err = {0};
    Bytes statement;
    AuthorityRequest asked = {.arena = arena,
                              .caller = bulk->caller,
                              .statement = line->request,
                              .serial = "",
                              .operation = OPERATION_ISSUE,
                              .request_id = "",
                              .requester = requester_name(REQUESTER_REGISTRAR)};
    if (authority_issue(bulk->certification, &asked, &statement, &err)) {
        line->answer = writer_new(statement.len);
        writer_put(&line->answer, statement);
        return;
    }
    authority_note_refusal(bulk->certification, &asked, &err);
    line->answer = writer_new(ERROR_MAX_SIZE);
    put_refusal(&err, &line->answer);
}

// Several at a time, so that they meet in groups of signatures and commits.
static void *work(void *argument)
{
    Bulk *bulk = argument;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(THREAD_ARENA_SIZE);
    while (arena != NULL) {
        size_t i = atomic_fetch_add(&bulk->next, 1);
        if (i >= bulk->count) {
            break;
        }
        issue_line(bulk, &bulk->lines[i], arena);
        arena_reset(arena);
    }
    return NULL;
}

static bool refuse(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "certification.bulk", NULL, "the body %s", why);
}

// The last line may end without a line feed.
static bool split(Bytes body, Arena *arena, Bulk *ret, Error *err)
{
    ret->lines = arena_alloc(arena, BULK_MAX_REQUESTS * sizeof *ret->lines);
    if (ret->lines == NULL) {
        return error_memory(err);
    }
    while (body.len > 0) {
        size_t end = body.len;
        (void)bytes_find(body, BYTES_LITERAL("\n"), 0, &end);
        if (end == 0 || ret->count == BULK_MAX_REQUESTS) {
            return refuse(err, end == 0 ? "has an empty line" : "has more than 512 requests");
        }
        ret->lines[ret->count++] = (BulkLine){.request = bytes_slice(body, 0, end)};
        body = bytes_from(body, end + 1);
    }
    return ret->count > 0 || refuse(err, "is empty");
}

static void run(Bulk *bulk)
{
    pthread_t threads[BULK_THREADS];
    size_t started = 0;
    while (started + 1 < BULK_THREADS && started + 1 < bulk->count &&
           pthread_create(&threads[started], NULL, work, bulk) == 0) {
        started++;
    }
    (void)work(bulk);  // this one helps
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

static bool join_answers(const Bulk *bulk, Arena *arena, Bytes *ret, Error *err)
{
    size_t size = 0;
    bool failed = false;
    for (size_t i = 0; i < bulk->count; i++) {
        size += bulk->lines[i].answer.len + 1;
        failed = failed || bulk->lines[i].answer.failed || bulk->lines[i].answer.len == 0;
    }
    CLEANUP(writer_free) Writer joined = writer_new(size);
    for (size_t i = 0; i < bulk->count; i++) {
        writer_put(&joined, writer_bytes(&bulk->lines[i].answer));
        writer_put_u8(&joined, '\n');
        writer_free(&bulk->lines[i].answer);
    }
    *ret = arena_copy(arena, writer_bytes(&joined));
    return (!failed && !joined.failed && ret->data != NULL) || error_memory(err);
}

bool certification_handle_bulk(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Bulk bulk = {.certification = component, .caller = request->caller.name};
    Bytes answers;
    if (strcmp(request->content_type, BULK_MEDIA_TYPE) != 0) {
        return refuse(err, "has to be " BULK_MEDIA_TYPE);
    }
    if (!split(request->body, request->arena, &bulk, err)) {
        return false;
    }
    pthread_mutex_lock(&bulk.certification->bulk_mutex);
    run(&bulk);
    pthread_mutex_unlock(&bulk.certification->bulk_mutex);
    if (!join_answers(&bulk, request->arena, &answers, err)) {
        return false;
    }
    service_reply_bytes(response, 200, BULK_MEDIA_TYPE, answers);
    return true;
}
