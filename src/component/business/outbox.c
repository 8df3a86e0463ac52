// SPDX-License-Identifier: Apache-2.0
#include "component/business/outbox.h"

#include <string.h>

#include "base/core/log.h"
#include "component/business/alarms.h"
#include "component/business/deposits.h"
#include "component/business/freezing.h"
#include "component/business/issuances.h"
#include "component/business/objection.h"
#include "component/business/report_deposit.h"

static const char use_prefix[] = "use/";
static const char submission_artifact[] = "other_submission";
static const char receipt_artifact[] = "other_receipt";

enum {
    OUTBOX_BATCH = 32,
    // Of one authorization: the next ones stay in the record of uses alone, so that no flood of
    // queries makes an authorization too large to be read and withdrawn.
    SUBMISSIONS_MAX = 2000,
};

// What happened a moment ago may still be in the hands of its own request.
#define SETTLE_TIME (5 * TIME_SECOND)

const char *outbox_use_subject(Arena *arena, const char *query_id)
{
    return arena_format(arena, "%s%s", use_prefix, query_id);
}

typedef struct {
    Work *work;
    const OutboxRow *row;
    bool found;
    UseRow use;
} OutboxContext;

static bool use_read(StoreSession *session, void *context, Error *err)
{
    OutboxContext *outbox = context;
    return records_find_use(session, outbox->row->authorization_id,
                            outbox->row->subject + strlen(use_prefix), outbox->work->arena,
                            &outbox->found, &outbox->use, err);
}

static int64_t next_sequence(const Work *work)
{
    size_t count;
    const ShelfItem *items = shelf_find(&work->shelf, submission_artifact, &count);
    return count > 0 ? items[count - 1].row.sequence + 1 : 0;
}

static bool add_use(Work *work, const OutboxRow *row, Deposit *deposit, Error *err)
{
    OutboxContext outbox = {.work = work, .row = row};
    if (!store_read(work->business->store, use_read, &outbox, err)) {
        return false;
    }
    if (!outbox.found) {
        return error_set(err, ERROR_INTERNAL, "outbox.use", NULL, "there is no such use");
    }
    const char *detail = arena_format(work->arena, "query %s for purpose %s", outbox.use.query_id,
                                      outbox.use.purpose);
    if (detail == NULL) {
        return error_memory(err);
    }
    deposit_add_event(deposit, outbox.use.used_at, "authorization.use", outbox.use.outcome, detail);
    deposit->events[deposit->event_count - 1].actor = outbox.use.operator_name;
    return true;
}

static bool add_withdrawal(Work *work, Deposit *deposit, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!work_get(work, OUTBOX_WITHDRAWAL, &text, err) || !json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, OUTBOX_WITHDRAWAL, err);
    Time withdrawn_at = json_view_time(&view, "withdrawn_at");
    deposit_add_event(deposit, withdrawn_at, "authorization.withdrawal", "ok", "");
    return json_view_done(&view);
}

static bool is_report(const OutboxRow *row)
{
    return strncmp(row->subject, REPORT_DEPOSIT_SUBJECT, strlen(REPORT_DEPOSIT_SUBJECT)) == 0;
}

static bool add_subject(Work *work, const OutboxRow *row, Deposit *deposit, Error *err)
{
    if (strncmp(row->subject, use_prefix, strlen(use_prefix)) == 0) {
        return add_use(work, row, deposit, err);
    }
    if (is_report(row)) {
        return report_deposit_fill(work, row->subject, deposit, err);
    }
    if (strncmp(row->subject, CERTIFICATE_OBJECTION_SUBJECT,
                strlen(CERTIFICATE_OBJECTION_SUBJECT)) == 0) {
        return issuances_add_event(work, row->subject, deposit, err);
    }
    if (strncmp(row->subject, FREEZE_SUBJECT, strlen(FREEZE_SUBJECT)) == 0 ||
        strncmp(row->subject, UNFREEZING_SUBJECT, strlen(UNFREEZING_SUBJECT)) == 0) {
        return freezing_add_event(work, row->subject, deposit, err);
    }
    return strcmp(row->subject, OUTBOX_WITHDRAWAL) == 0
               ? add_withdrawal(work, deposit, err)
               : objection_add_event(work, row->subject, deposit, err);
}

// Make and store the submission of a row under the next sequence.
static bool make_submission(Work *work, OutboxRow *row, Bytes *ret, Error *err)
{
    Deposit deposit;
    work->outbox = *row;
    if (!deposit_begin(work, DEPOSIT_OTHER, &deposit, err) ||
        !add_subject(work, row, &deposit, err)) {
        return false;
    }
    row->sequence = next_sequence(work);
    deposit.sequence = row->sequence;
    deposit.is_batch = false;
    work->outbox = *row;
    work->outbox_change = OUTBOX_ASSIGN;
    return deposit_sign(work, &deposit, ret, err) &&
           work_put(work, submission_artifact, row->sequence, *ret, err) && work_commit(work, err);
}

// The submission that was made of a row before a crash or an outage.
static bool load_submission(Work *work, const OutboxRow *row, Bytes *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, submission_artifact, &rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].sequence == row->sequence) {
            *ret = rows[i].content;
            return true;
        }
    }
    return error_set(err, ERROR_INTERNAL, "outbox.submission", NULL, "a submission is missing");
}

static bool deposit_row(Business *business, OutboxRow *row, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Work work;
    Bytes submission, receipt;
    ServiceRequest request = {.method = "", .path = "", .arena = arena, .request_id = "outbox"};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!work_begin_by_id(business, &request, row->authorization_id, &work, err)) {
        return false;
    }
    if (row->sequence < 0 && next_sequence(&work) >= SUBMISSIONS_MAX && !is_report(row)) {
        LOG(LOG_WARNING, "business.outbox_full", log_text("authorization", row->authorization_id));
        work.outbox = *row;
        work.outbox_change = OUTBOX_REMOVE;
        return work_commit(&work, err);
    }
    if (!(row->sequence < 0 ? make_submission(&work, row, &submission, err)
                            : load_submission(&work, row, &submission, err)) ||
        !deposit_send(&work, &(Submission){.statement = submission}, &receipt, err)) {
        return false;
    }
    work.outbox = *row;
    work.outbox_change = OUTBOX_REMOVE;
    return work_put(&work, receipt_artifact, row->sequence, receipt, err) &&
           (!is_report(row) ||
            report_deposit_keep(&work, row->subject, submission, receipt, err)) &&
           work_commit(&work, err) &&
           (strncmp(row->subject, FREEZE_SUBJECT, strlen(FREEZE_SUBJECT)) != 0 ||
            freezing_note_receipt(&work, receipt, err));
}

typedef struct {
    Arena *arena;
    Time now;
    OutboxRow rows[OUTBOX_BATCH];
    size_t count;
    const OutboxRow *row;
} ListContext;

static bool list_read(StoreSession *session, void *context, Error *err)
{
    ListContext *list = context;
    return records_list_outbox(session, list->now - SETTLE_TIME, OUTBOX_BATCH, list->arena,
                               list->rows, &list->count, err);
}

static bool postpone_write(StoreSession *session, void *context, Error *err)
{
    ListContext *list = context;
    return records_postpone_outbox(session, list->row, list->now, err);
}

bool outbox_deposit(Business *business, bool *ret_failed, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ListContext list = {.arena = arena, .now = clock_now(business->config.clock)};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!store_read(business->store, list_read, &list, err)) {
        return false;
    }
    *ret_failed = false;
    for (size_t i = 0; i < list.count; i++) {
        Error failure = {0};
        if (deposit_row(business, &list.rows[i], &failure)) {
            business_settle(business, "deposit.failed", list.rows[i].authorization_id);
            continue;
        }
        business_note_refusal(business, list.rows[i].authorization_id, &failure);
        *ret_failed = true;
        LOG(LOG_WARNING, "business.outbox_failed", log_text("code", failure.code));
        list.row = &list.rows[i];
        if (!store_write(business->store, postpone_write, &list, err)) {
            return false;
        }
        if (failure.kind == ERROR_UNAVAILABLE) {
            break;  // so are the others
        }
    }
    return true;
}
