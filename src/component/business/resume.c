// SPDX-License-Identifier: Apache-2.0
//
// Taking up what a crash or an outage left between signature and effect.
#include "base/core/log.h"
#include "component/business/alarms.h"
#include "component/business/freezing.h"
#include "component/business/outbox.h"
#include "component/business/signing.h"
#include "component/business/watching.h"

enum { RESUME_BATCH = 64, SETTLE_SECONDS = 5 };

typedef struct {
    SessionRow rows[RESUME_BATCH];
    size_t count;
} ResumeContext;

static bool unfinished_read(StoreSession *session, void *context, Error *err)
{
    ResumeContext *resume = context;
    return records_list_unfinished(session, RESUME_BATCH, resume->rows, &resume->count, err);
}

static bool resume_one(Business *business, const SessionRow *row, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    ServiceRequest request = {.method = "", .path = "", .arena = arena, .request_id = "resume"};
    Work work;
    return work_begin_by_id(business, &request, row->authorization_id, &work, err) &&
           deposits_complete(&work, err);
}

bool business_resume(Business *business, size_t *ret_count, Error *err)
{
    ResumeContext resume = {.count = 0};
    *ret_count = 0;
    if (!store_read(business->store, unfinished_read, &resume, err)) {
        return false;
    }
    Time now = clock_now(business->config.clock);
    bool has_failed = false, outbox_failed = true;
    for (size_t i = 0; i < resume.count; i++) {
        // What was signed a moment ago is still in the hands of its own request.
        if (now - resume.rows[i].updated_at < SETTLE_SECONDS * TIME_SECOND) {
            continue;
        }
        Error failure = {0};
        if (resume_one(business, &resume.rows[i], &failure)) {
            ++*ret_count;
            business_settle(business, "deposit.failed", resume.rows[i].authorization_id);
        } else {
            has_failed = true;
            business_note_refusal(business, resume.rows[i].authorization_id, &failure);
            LOG(LOG_WARNING, "business.resume_failed", log_text("code", failure.code));
        }
    }
    bool ok = outbox_deposit(business, &outbox_failed, err);
    atomic_store(&business->is_degraded, has_failed || outbox_failed);
    // Whoever cannot be asked about damage is asked again; queries look at the letter themselves.
    Error why = {0};
    if (!freezing_watch(business, &why)) {
        LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
    }
    if (!watching_round(business, &why)) {
        LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
    }
    return ok;
}

bool business_is_degraded(const Business *business)
{
    return atomic_load(&business->is_degraded);
}
