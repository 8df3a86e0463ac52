// SPDX-License-Identifier: Apache-2.0
#include "component/business/work.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/business/access.h"
#include "component/business/alarms.h"
#include "domain/privacy/sealed_field.h"

enum {
    ARTIFACT_MAX_SIZE = 8 * 1024 * 1024,
    RIVALS_MAX = 16,
    REVISIONS_MAX = 200,  // of an unsigned session: nobody fills the store by trying
    ACTOR_MAX = 63,
    REFUSALS_MAX = 240,  // no refusal is noted beyond this revision
};

Sm3Digest token_digest(Bytes token)
{
    return sm3_hmac(BYTES_LITERAL("assent-session-token/1"), token);
}

static bool bearer_token(const ServiceRequest *request, Bytes *ret, Error *err)
{
    static const char scheme[] = "Bearer ";
    Bytes header = bytes_of_text(service_header(request, "authorization"));
    Bytes token = bytes_from(header, sizeof scheme - 1);
    if (!bytes_start_with(header, BYTES_LITERAL("Bearer ")) || token.len < 20 || token.len > 128) {
        return error_set(err, ERROR_FORBIDDEN, "session.token", NULL,
                         "the request carries no session token");
    }
    *ret = token;
    return true;
}

typedef struct {
    const char *authorization_id;  // NULL: find by token
    Sm3Digest digest;
    Work *work;
} BeginContext;

static bool begin_read(StoreSession *session, void *context, Error *err)
{
    BeginContext *begin = context;
    Work *work = begin->work;
    bool ok = begin->authorization_id == NULL
                  ? records_get_by_token(session, &begin->digest, &work->row, err)
                  : records_get_session(session, begin->authorization_id, &work->row, err);
    return ok && shelf_load(session, work->row.authorization_id, work->arena, &work->shelf, err);
}

static Work work_new(Business *business, const ServiceRequest *request)
{
    return (Work){.business = business,
                  .request = request,
                  .arena = request->arena,
                  .now = clock_now(business->config.clock)};
}

bool work_begin_own(Business *business, const ServiceRequest *request, Work *ret, Error *err)
{
    Bytes token;
    if (!bearer_token(request, &token, err)) {
        return false;
    }
    *ret = work_new(business, request);
    BeginContext begin = {.digest = token_digest(token), .work = ret};
    if (!store_read(business->store, begin_read, &begin, err)) {
        return false;
    }
    ret->stored = ret->row;
    bool unsigned_yet = ret->row.state < STATE_SIGNED;
    if (unsigned_yet && ret->now > ret->row.expires_at) {
        return error_set(err, ERROR_CONFLICT, "session.expired", NULL,
                         "the session has expired; please begin again");
    }
    if (unsigned_yet && ret->row.revision >= REVISIONS_MAX) {
        return error_set(err, ERROR_LIMIT, "session.too_many_tries", NULL,
                         "too much was tried in this session; please begin again");
    }
    return true;
}

bool work_begin(Business *business, const ServiceRequest *request, Work *ret, Error *err)
{
    Work own;
    const char *named = service_path_parameter(request, "id");
    if (!work_begin_own(business, request, &own, err)) {
        return false;
    }
    if (named == NULL) {
        *ret = own;
        return true;
    }
    return access_check(&own, named, err) && work_begin_by_id(business, request, named, ret, err);
}

bool work_begin_by_id(Business *business, const ServiceRequest *request,
                      const char *authorization_id, Work *ret, Error *err)
{
    *ret = work_new(business, request);
    BeginContext begin = {.authorization_id = authorization_id, .work = ret};
    if (!store_read(business->store, begin_read, &begin, err)) {
        return false;
    }
    ret->stored = ret->row;
    return true;
}

void work_begin_new(Business *business, const ServiceRequest *request, Work *ret)
{
    *ret = work_new(business, request);
    ret->is_new = true;
}

bool work_apply(Work *work, AuthorizationEvent event, Error *err)
{
    return authorization_state_next(work->row.state, event, &work->row.state, err);
}

bool work_put(Work *work, const char *name, int64_t sequence, Bytes content, Error *err)
{
    if (work->artifact_count == WORK_MAX_ARTIFACTS) {
        return error_set(err, ERROR_INTERNAL, "work.too_many", NULL, "too many artifacts at once");
    }
    work->artifacts[work->artifact_count++] = (ArtifactRow){
        .name = name, .sequence = sequence, .content = content, .created_at = work->now};
    return true;
}

bool work_put_json(Work *work, const char *name, int64_t sequence, json_t *value, Error *err)
{
    CLEANUP(json_cleanup) json_t *owned = value;
    Bytes text;
    return json_text(work->arena, owned, &text, err) && work_put(work, name, sequence, text, err);
}

bool work_drop(Work *work, const char *name, Error *err)
{
    size_t kept = 0;
    if (work->drop_count == WORK_MAX_DROPS) {
        return error_set(err, ERROR_INTERNAL, "work.too_many", NULL, "too many removals at once");
    }
    for (size_t i = 0; i < work->artifact_count; i++) {
        if (strcmp(work->artifacts[i].name, name) != 0) {
            work->artifacts[kept++] = work->artifacts[i];
        }
    }
    work->artifact_count = kept;
    work->drops[work->drop_count++] = name;
    shelf_remove(&work->shelf, name);
    return true;
}

static FieldPlace place_of(const Work *work, char record_id[200], const char *name,
                           int64_t sequence)
{
    snprintf(record_id, 200, "%s/%s/%lld", work->row.authorization_id, name, (long long)sequence);
    return (FieldPlace){"artifact", "content", record_id};
}

typedef struct {
    const Work *work;
    ArtifactRow *row;
} LargeContext;

static bool large_read(StoreSession *session, void *context, Error *err)
{
    const LargeContext *large = context;
    return records_get_large(session, large->row->large_id, large->work->arena,
                             &large->row->content, err);
}

// What is kept is not what was. A damaged letter is for freezing.h to tell.
static bool damaged(const Work *work, const char *name, Error *err)
{
    if (err->kind == ERROR_UNTRUSTED && strcmp(name, "signed_agreement") != 0) {
        business_raise(work->business, "record.damaged", work->row.authorization_id, err->code);
        return error_set(err, ERROR_UNTRUSTED, "record.damaged", "JR/T 0299-2024 7.4",
                         "the stored artifact %s is not what was kept", name);
    }
    return error_context(err, "stored artifact %s", name);
}

// Make the content of an item clear, if it is not yet.
static bool open_item(const Work *work, ShelfItem *item, Error *err)
{
    char record_id[200];
    ArtifactRow *row = &item->row;
    LargeContext large = {work, row};
    if (item->is_clear) {
        return true;
    }
    FieldPlace place = place_of(work, record_id, row->name, row->sequence);
    CLEANUP(writer_free) Writer clear = writer_new(ARTIFACT_MAX_SIZE);
    if (row->large_id != 0 && !store_read(work->business->store, large_read, &large, err)) {
        return false;
    }
    if (!sealed_field_open(work->business->config.field_key, &place, row->content, &clear, err)) {
        return damaged(work, row->name, err);
    }
    size_t len = clear.len;
    Bytes content = arena_adopt(work->arena, &clear);
    if (content.len != len) {
        return error_memory(err);
    }
    row->content = content;
    item->is_clear = true;
    return true;
}

// The latest of this name that this work collected.
static const ArtifactRow *find_collected(const Work *work, const char *name)
{
    for (size_t i = work->artifact_count; i-- > 0;) {
        if (strcmp(work->artifacts[i].name, name) == 0) {
            return &work->artifacts[i];
        }
    }
    return NULL;
}

bool work_find(Work *work, const char *name, Bytes *ret, bool *ret_found, Error *err)
{
    size_t count;
    const ArtifactRow *collected = find_collected(work, name);
    if (collected != NULL) {
        *ret = collected->content;
        *ret_found = true;
        return true;
    }
    ShelfItem *items = shelf_find(&work->shelf, name, &count);
    if (count > 0 && !open_item(work, &items[count - 1], err)) {
        return false;
    }
    *ret_found = count > 0;
    *ret = count > 0 ? items[count - 1].row.content : BYTES_EMPTY;
    return true;
}

bool work_find_at(Work *work, const char *name, int64_t sequence, Bytes *ret, bool *ret_found,
                  Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, name, &rows, &count, err)) {
        return false;
    }
    *ret_found = false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].sequence == sequence) {
            *ret = rows[i].content;
            *ret_found = true;
        }
    }
    return true;
}

bool work_get(Work *work, const char *name, Bytes *ret, Error *err)
{
    bool found;
    if (!work_find(work, name, ret, &found, err)) {
        return false;
    }
    return found || error_set(err, ERROR_CONFLICT, "session.order", NULL,
                              "an earlier step is missing: there is no %s yet", name);
}

bool work_list(Work *work, const char *name, ArtifactRow **ret, size_t *ret_count, Error *err)
{
    size_t count;
    Shelf all = {.count = 0};
    ShelfItem *items = shelf_find(&work->shelf, name, &count);
    for (size_t i = 0; i < count; i++) {
        if (!open_item(work, &items[i], err) || !shelf_put(&all, work->arena, &items[i].row, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < work->artifact_count; i++) {
        const ArtifactRow *row = &work->artifacts[i];
        if ((name == NULL || strcmp(row->name, name) == 0) &&
            !shelf_put(&all, work->arena, row, err)) {
            return false;
        }
    }
    ArtifactRow *rows = arena_alloc(work->arena, all.count * sizeof *rows);
    if (rows == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < all.count; i++) {
        rows[i] = all.items[i].row;
    }
    *ret = rows;
    *ret_count = all.count;
    return true;
}

void work_count_attempt(Work *work, const char *kind, const Sm3Digest *subject_index)
{
    if (work->attempt_count < WORK_MAX_ATTEMPTS) {
        work->attempts[work->attempt_count++] = (WorkAttempt){kind, *subject_index};
    }
}

// Seal what is to be written; the work keeps the clear form, which it may need again.
static bool seal_artifacts(const Work *work, ArtifactRow *ret, Error *err)
{
    for (size_t i = 0; i < work->artifact_count; i++) {
        char record_id[200];
        ret[i] = work->artifacts[i];
        FieldPlace place = place_of(work, record_id, ret[i].name, ret[i].sequence);
        CLEANUP(writer_free) Writer sealed = writer_new(ARTIFACT_MAX_SIZE + 64);
        if (!sealed_field_seal(work->business->config.field_key, work->business->config.random,
                               &place, ret[i].content, &sealed, err)) {
            return false;
        }
        ret[i].content = arena_adopt(work->arena, &sealed);
        if (ret[i].content.len == 0) {
            return error_memory(err);
        }
    }
    return true;
}

static bool cancel_rivals(StoreSession *session, const Work *work, Error *err)
{
    SessionRow rivals[RIVALS_MAX];
    size_t count;
    if (!records_list_rivals(session, &work->row, RIVALS_MAX, rivals, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        rivals[i].updated_at = work->now;
        if (!authorization_state_next(rivals[i].state, EVENT_CANCEL, &rivals[i].state, err) ||
            !records_update_session(session, &rivals[i], err)) {
            return false;
        }
    }
    return true;
}

typedef struct {
    const Work *work;
    ArtifactRow sealed[WORK_MAX_ARTIFACTS];
} CommitContext;

static bool change_outbox(StoreSession *session, const Work *work, Error *err)
{
    switch (work->outbox_change) {
    case OUTBOX_PUT:
        return records_put_outbox(session, work->row.authorization_id, work->outbox.subject,
                                  work->now, err);
    case OUTBOX_ASSIGN:
        return records_assign_outbox(session, &work->outbox, err);
    case OUTBOX_REMOVE:
        return records_remove_outbox(session, &work->outbox, err);
    default:
        return true;
    }
}

static bool commit_write(StoreSession *session, void *context, Error *err)
{
    const CommitContext *commit = context;
    const Work *work = commit->work;
    SessionRow row = work->row;
    row.updated_at = work->now;
    if (!(work->is_new ? records_insert_session(session, &row, err)
                       : records_update_session(session, &row, err))) {
        return false;
    }
    for (size_t i = 0; i < work->drop_count; i++) {
        if (!records_drop_artifacts(session, row.authorization_id, work->drops[i], err)) {
            return false;
        }
    }
    for (size_t i = 0; i < work->artifact_count; i++) {
        if (!records_put_artifact(session, row.authorization_id, &commit->sealed[i], err)) {
            return false;
        }
    }
    for (size_t i = 0; i < work->attempt_count; i++) {
        if (!records_add_attempt(session, work->attempts[i].kind, &work->attempts[i].subject_index,
                                 work->now, err)) {
            return false;
        }
    }
    return (!work->cancels_rivals || cancel_rivals(session, work, err)) &&
           change_outbox(session, work, err);
}

// What was written a moment ago need not be read and opened again.
static bool shelve(Work *work, Error *err)
{
    for (size_t i = 0; i < work->artifact_count; i++) {
        if (!shelf_put(&work->shelf, work->arena, &work->artifacts[i], err)) {
            return false;
        }
    }
    work->artifact_count = 0;
    return true;
}

bool work_commit(Work *work, Error *err)
{
    CommitContext commit = {.work = work};
    if (!seal_artifacts(work, commit.sealed, err) ||
        !store_write(work->business->store, commit_write, &commit, err)) {
        return false;
    }
    work->row.revision += work->is_new ? 0 : 1;
    work->row.updated_at = work->now;
    work->stored = work->row;
    work->is_new = false;
    work->attempt_count = 0;
    work->drop_count = 0;
    work->cancels_rivals = false;
    work->outbox_change = OUTBOX_NONE;
    return shelve(work, err);
}

bool work_actor(const Work *work, const char **ret, Error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    const ServiceRequest *request = work->request;
    const char *role = request->caller.role;
    // Nobody else than the console knows who is logged in there.
    const char *actor = role != NULL && strcmp(role, "operator") == 0
                            ? service_header(request, "x-assent-actor")
                            : NULL;
    if (actor != NULL && (actor[0] == '\0' || strlen(actor) > ACTOR_MAX ||
                          strspn(actor, allowed) != strlen(actor))) {
        return error_set(err, ERROR_INPUT, "session.actor", NULL,
                         "who acts is no account: lower-case letters, digits and . - _, at most %d",
                         ACTOR_MAX);
    }
    *ret = actor;
    return true;
}

bool work_note(Work *work, const char *event, const char *outcome, const char *code, Error *err)
{
    const char *actor = NULL;
    if (!work_actor(work, &actor, err)) {
        return false;
    }
    json_t *entry = json_make_object();
    if (actor != NULL) {
        json_put_text(entry, "by", actor);
    }
    json_put_text(entry, "event", event);
    json_put_text(entry, "outcome", outcome);
    json_put_text(entry, "code", code);
    json_put_time(entry, "at", clock_now(work->business->config.clock));
    // The revision to come orders the history; several notes of one request follow each other.
    int64_t revision = work->row.revision + (work->is_new ? 0 : 1);
    int64_t sequence = revision * WORK_MAX_ARTIFACTS + (int64_t)work->artifact_count;
    return work_put_json(work, "history", sequence, entry, err);
}

bool work_note_refusal(Work *work, const char *event, const char *code, Error *err)
{
    work->is_refused = true;
    return work_note(work, event, "refused", code, err);
}

bool work_refuse(Work *work, const char *event, Error *err)
{
    bool is_verdict = err->kind != ERROR_UNAVAILABLE && err->kind != ERROR_INTERNAL &&
                      strcmp(err->code, "session.concurrent") != 0;
    if (!is_verdict || work->is_refused || work->is_new) {
        return false;
    }
    if (work->stored.revision >= REFUSALS_MAX) {
        LOG(LOG_WARNING, "session.refused", log_text("step", event), log_text("code", err->code));
        return false;
    }
    // Nothing of the step takes effect but that it was tried.
    work->row = work->stored;
    work->artifact_count = 0;
    work->drop_count = 0;
    work->cancels_rivals = false;
    work->outbox_change = OUTBOX_NONE;
    Error failure = {0};
    if (!work_note_refusal(work, event, err->code, &failure) || !work_commit(work, &failure)) {
        *err = failure;
        return error_context(err, "the refusal itself could not be recorded");
    }
    return false;
}
