// SPDX-License-Identifier: Apache-2.0
#include "component/business/outages.h"

#include <string.h>

#include "base/core/log.h"

enum { FAILURES_MIN = 3 };

static const char *const codes[OUTAGES_COUNT] = {
    [OUTAGE_PRESERVATION] = "outage.preservation",
    [OUTAGE_REGISTRATION] = "outage.registration",
    [OUTAGE_IDENTITY] = "outage.identity",
    [OUTAGE_SEALING] = "outage.sealing",
    [OUTAGE_NOTIFICATION] = "outage.notification",
    [OUTAGE_SIGNING] = "outage.signing",
    [OUTAGE_BUREAU] = "outage.bureau",
};

// Steps in which one of them is asked, and nobody else.
static const struct {
    const char *event;
    OutageKind kind;
} steps[] = {
    {"certify", OUTAGE_REGISTRATION},
    {"present", OUTAGE_SEALING},
    {"activate", OUTAGE_NOTIFICATION},
    {"query", OUTAGE_BUREAU},
};

const char *outage_code(OutageKind kind)
{
    return codes[kind];
}

// What is to be done about the alarm.
typedef enum { LEAVE, RAISE, CLEAR } Doing;

static Doing count(Business *business, OutageKind kind, bool has_failed, Time now)
{
    Outage *outage = &business->outages[kind];
    Time after = business->config.watch.outage_after;
    Doing doing = LEAVE;
    pthread_mutex_lock(&business->mutex);
    bool was_told = outage->failures >= FAILURES_MIN && outage->since == 0;
    if (!has_failed) {
        // An alarm of before a restart is cleared by the first answer.
        bool is_first = outage->failures == 0 && outage->since == 0;
        doing = was_told || is_first ? CLEAR : LEAVE;
        *outage = (Outage){0, now};
    } else if (!was_told) {
        outage->since = outage->failures == 0 ? now : outage->since;
        outage->failures++;
        if (outage->failures >= FAILURES_MIN && now - outage->since >= after) {
            outage->since = 0;
            doing = RAISE;
        }
    }
    pthread_mutex_unlock(&business->mutex);
    return doing;
}

void outage_note(Business *business, OutageKind kind, bool has_failed)
{
    const AlarmCase what = {codes[kind], 0, "", ""};
    Doing doing = count(business, kind, has_failed, clock_now(business->config.clock));
    Error why = {0};
    if (doing == RAISE) {
        alarm_raise(business->alarms, &what);
    } else if (doing == CLEAR && !alarm_clear(business->alarms, &what, &why)) {
        LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
    }
}

bool outage_judge(Business *business, OutageKind kind, bool ok, const Error *err)
{
    bool has_failed = !ok && err->kind == ERROR_UNAVAILABLE;
    // Our own failures say nothing of them.
    if (ok || (err->kind != ERROR_INTERNAL && strcmp(err->code, "memory") != 0)) {
        outage_note(business, kind, has_failed);
    }
    return ok;
}

bool outage_judge_step(Business *business, const char *event, bool ok, const Error *err)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        // What is refused may have been refused before anybody was asked.
        if (strcmp(steps[i].event, event) == 0 && (ok || err->kind == ERROR_UNAVAILABLE)) {
            return outage_judge(business, steps[i].kind, ok, err);
        }
    }
    return ok;
}
