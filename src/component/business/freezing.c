// SPDX-License-Identifier: Apache-2.0
#include "component/business/freezing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/business/alarms.h"
#include "component/business/outages.h"
#include "component/business/routes.h"
#include "component/business/signing.h"
#include "component/business/step.h"
#include "domain/evidence/receipt.h"

static const char freeze_artifact[] = "freeze";

static const char unfreezing_artifact[] = "unfreezing";
static const char frozen_alarm[] = "authorization.frozen";

enum { WATCH_BATCH = 20, DAMAGE_PAGES_MAX = 50, NOTE_SIZE = 2000, FIRST_SECONDS = 10 };

// --- is it what was signed? -------------------------------------------------------------------

// Outages are no damage: nobody can say then what is there.
static bool is_outage(const Error *err)
{
    return err->kind == ERROR_UNAVAILABLE || strcmp(err->code, "memory") == 0 ||
           strcmp(err->code, "store.io") == 0 || strcmp(err->code, "session.concurrent") == 0;
}

static bool letter_holds(Work *work, bool *ret, Error *err)
{
    Bytes letter;
    Sm3Digest kept, found;
    Error why = {0};
    if (!work_get(work, "signed_agreement", &letter, &why) ||
        !signing_get_signed_digest(work, &kept, &why)) {
        if (is_outage(&why)) {
            *err = why;
            return false;
        }
        *ret = false;
        return true;
    }
    found = sm3_digest(letter);
    *ret = sm3_digest_equal(&kept, &found);
    return true;
}

static bool is_in_force(const Work *work)
{
    return work->row.state == STATE_ACTIVE || work->row.state == STATE_DISPUTED;
}

// C5 is to have it too, a little later.
static bool note_for_evidence(Work *work, const char *prefix, size_t number, Error *err)
{
    work->outbox.subject = arena_format(work->arena, "%s%zu", prefix, number);
    work->outbox_change = OUTBOX_PUT;
    return work->outbox.subject != NULL || error_memory(err);
}

static bool freeze(Work *work, const char *code, Error *err)
{
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    size_t count;
    json_put_time(kept, "frozen_at", work->now);
    json_put_text(kept, "code", code);
    json_put_text(kept, "from", authorization_state_name(work->row.state));
    shelf_find(&work->shelf, freeze_artifact, &count);
    if (!work_apply(work, EVENT_FREEZE, err) ||
        !work_put_json(work, freeze_artifact, (int64_t)count, json_incref(kept), err) ||
        !work_note(work, "freeze", "ok", code, err) ||
        !note_for_evidence(work, FREEZE_SUBJECT, count, err) || !work_commit(work, err)) {
        return false;
    }
    atomic_fetch_add(&work->business->frozen, 1);
    business_raise(work->business, frozen_alarm, work->row.authorization_id, code);
    LOG(LOG_ERROR, "authorization.frozen", log_text("severity", "critical"), log_text("code", code),
        log_text("authorization", work->row.authorization_id));
    return true;
}

bool freezing_check(Work *work, Error *err)
{
    bool holds;
    return !is_in_force(work) || (letter_holds(work, &holds, err) &&
                                  (holds || freeze(work, "freeze.letter_changed", err)));
}

bool freezing_guard(Work *work, Error *err)
{
    bool holds;
    Bytes letter;
    Error why = {0};
    if (!letter_holds(work, &holds, err)) {
        return false;
    }
    if (holds) {
        return true;
    }
    // A letter that was never there is no damage.
    if (!work_get(work, "signed_agreement", &letter, &why) &&
        strcmp(why.code, "session.order") == 0 && work->row.state < STATE_SIGNED) {
        *err = why;
        return false;
    }
    if (is_in_force(work)) {
        if (!freeze(work, "freeze.letter_changed", err)) {
            return false;
        }
    } else if (work->row.state != STATE_FROZEN) {
        business_raise(work->business, "letter.damaged", work->row.authorization_id, "");
    }
    return error_set(err, ERROR_UNTRUSTED, "letter.damaged", "JR/T 0299-2024 8.1",
                     "the letter that is kept is not the one that was signed");
}

bool freezing_add_event(Work *work, const char *subject, Deposit *deposit, Error *err)
{
    bool is_freeze = strncmp(subject, FREEZE_SUBJECT, strlen(FREEZE_SUBJECT)) == 0;
    const char *number = strchr(subject, '/') + 1;
    Bytes text;
    bool found;
    Time at;
    CLEANUP(json_cleanup) json_t *kept = NULL;
    if (!work_find_at(work, is_freeze ? freeze_artifact : unfreezing_artifact,
                      strtoll(number, NULL, 10), &text, &found, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_INTERNAL, "freeze.stored", NULL, "there is no such freezing");
    }
    if (!json_parse(text, &kept, err)) {
        return false;
    }
    const char *when =
        json_string_value(json_object_get(kept, is_freeze ? "frozen_at" : "unfrozen_at"));
    const char *code = is_freeze ? json_string_value(json_object_get(kept, "code")) : "";
    const char *by = json_string_value(json_object_get(kept, "by"));
    if (when == NULL || code == NULL || !time_from_text(bytes_of_text(when), &at, err)) {
        return error_set(err, ERROR_INTERNAL, "freeze.stored", NULL, "a freezing is damaged");
    }
    deposit_add_event(deposit, at, is_freeze ? "authorization.freeze" : "authorization.unfreeze",
                      "ok", arena_text(work->arena, bytes_of_text(code)));
    if (by != NULL) {
        deposit->events[deposit->event_count - 1].actor =
            arena_text(work->arena, bytes_of_text(by));
    }
    return true;
}

typedef struct {
    const Work *work;
    uint64_t index;
} ReceiptNote;

static bool write_index(StoreSession *session, void *context, Error *err)
{
    const ReceiptNote *note = context;
    return alarm_note_logged(session, frozen_alarm, note->work->row.authorization_id, note->index,
                             err);
}

bool freezing_note_receipt(Work *work, Bytes receipt, Error *err)
{
    Receipt parsed;
    ReceiptNote note = {.work = work};
    if (!receipt_parse(work->arena, receipt, &parsed, err)) {
        return error_context(err, "receipt for a freezing");
    }
    note.index = parsed.index;
    return store_write(work->business->store, write_index, &note, err);
}

// --- watch ------------------------------------------------------------------------------------

// Freeze what is in force if C5 says so (code) or, without a code, if the letter does not hold.
static bool look_at(Business *business, const char *id, const char *code, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ServiceRequest request = {.method = "", .path = "", .arena = arena, .request_id = "watch"};
    Work work;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!work_begin_by_id(business, &request, id, &work, err)) {
        return false;
    }
    return code == NULL ? freezing_check(&work, err)
                        : !is_in_force(&work) || freeze(&work, code, err);
}

typedef struct {
    const char *after;
    SessionRow rows[WATCH_BATCH];
    size_t count;
} InForceRead;

static bool read_in_force(StoreSession *session, void *context, Error *err)
{
    InForceRead *read = context;
    return records_list_in_force(session, read->after, WATCH_BATCH, read->rows, &read->count, err);
}

// How many letters are due, by the pace and the time since the last call.
static Time letters_due(Business *business, Time now)
{
    const BusinessWatch *watch = &business->config.watch;
    Time elapsed = FIRST_SECONDS * TIME_SECOND;
    bool is_first = business->letters_watched == 0;
    if (!is_first && now - business->letters_watched < elapsed) {
        elapsed = now - business->letters_watched;
    }
    business->letters_watched = now;
    if (is_first || (business->round_is_done && (now < business->round_began ||
                                                 now - business->round_began >= watch->round))) {
        business->round_began = now;
        business->round_is_done = false;
        business->is_behind = false;
    }
    return business->round_is_done ? 0 : watch->letters_per_second * elapsed / TIME_SECOND;
}

// A round that is not through in its time promises what it does not keep.
static bool watch_pace(Business *business, Time now, Error *err)
{
    static const AlarmCase behind = {"watch.behind", 0, "", ""};
    if (business->round_is_done) {
        return business->is_behind || alarm_clear(business->alarms, &behind, err);
    }
    if (!business->is_behind && now - business->round_began > business->config.watch.round) {
        business->is_behind = true;
        alarm_raise(business->alarms, &behind);
    }
    return true;
}

static bool watch_batch(Business *business, Error *err)
{
    InForceRead read = {.after = business->watched};
    if (!store_read(business->store, read_in_force, &read, err)) {
        return false;
    }
    for (size_t i = 0; i < read.count; i++) {
        Error why = {0};
        if (!look_at(business, read.rows[i].authorization_id, NULL, &why)) {
            LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
        }
    }
    snprintf(business->watched, sizeof business->watched, "%s",
             read.count < WATCH_BATCH ? "" : read.rows[read.count - 1].authorization_id);
    business->round_is_done = read.count < WATCH_BATCH;
    return true;
}

static bool watch_letters(Business *business, Error *err)
{
    Time now = clock_now(business->config.clock);
    for (Time due = letters_due(business, now); due > 0 && !business->round_is_done;
         due -= WATCH_BATCH) {
        if (!watch_batch(business, err)) {
            return false;
        }
    }
    return watch_pace(business, now, err);
}

// Call for each authorization that C5 names; `one` NULL: freeze each, else tell whether it is
// there.
static bool ask_damages(Business *business, const char *one, bool *ret_found, Error *err)
{
    const PreservationPort *port = &business->config.preservation;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PreservationDamages *page = arena == NULL ? NULL : arena_alloc(arena, sizeof *page);
    if (page == NULL) {
        return error_memory(err);
    }
    *ret_found = false;
    page->last = 0;
    for (int pages = 0; pages < DAMAGE_PAGES_MAX; pages++) {
        if (!outage_judge(business, OUTAGE_PRESERVATION,
                          port->damages(port, page->last, arena, page, err), err)) {
            return false;
        }
        for (size_t i = 0; i < page->count; i++) {
            Error why = {0};
            *ret_found = *ret_found || (one != NULL && strcmp(page->authorizations[i], one) == 0);
            if (one == NULL &&
                !look_at(business, page->authorizations[i], "freeze.evidence_damaged", &why)) {
                LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
            }
        }
        if (!page->has_more) {
            return true;
        }
    }
    return error_set(err, ERROR_UNAVAILABLE, "freeze.too_much_damage", NULL,
                     "the evidence system names more damage than can be looked through");
}

bool freezing_watch(Business *business, Error *err)
{
    bool found;
    return watch_letters(business, err) && (business->config.preservation.damages == NULL ||
                                            ask_damages(business, NULL, &found, err));
}

void freezing_put_metrics(void *component, Writer *ret)
{
    Business *business = component;
    writer_format(
        ret,
        "# HELP assent_authorizations_frozen_total Authorizations frozen since the start.\n"
        "# TYPE assent_authorizations_frozen_total counter\n"
        "assent_authorizations_frozen_total %llu\n",
        (unsigned long long)atomic_load(&business->frozen));
}

// --- unfreezing -------------------------------------------------------------------------------

static bool check_restored(Work *work, Error *err)
{
    Business *business = work->business;
    bool holds, is_damaged = false;
    if (work->row.state != STATE_FROZEN) {
        return error_set(err, ERROR_CONFLICT, "freeze.not_frozen", NULL,
                         "the authorization is not frozen");
    }
    if (!letter_holds(work, &holds, err) ||
        (business->config.preservation.damages != NULL &&
         !ask_damages(business, work->row.authorization_id, &is_damaged, err))) {
        return false;
    }
    return (holds && !is_damaged) ||
           error_set(err, ERROR_CONFLICT, "freeze.damaged", NULL, "%s",
                     holds ? "the evidence system still has an open alarm about it"
                           : "the letter is still not what was signed");
}

// An objection that was open is open again.
static bool was_disputed(Work *work, bool *ret, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!work_get(work, freeze_artifact, &text, err) || !json_parse(text, &json, err)) {
        return false;
    }
    const char *from = json_string_value(json_object_get(json, "from"));
    *ret = from == NULL || strcmp(from, authorization_state_name(STATE_DISPUTED)) == 0;
    return true;
}

static bool unfreeze(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    JsonView view = json_view(body, "unfreezing", err);
    const char *note = json_view_text(&view, "note", NOTE_SIZE);
    bool disputed;
    if (!json_view_done(&view) || !check_restored(work, err) ||
        !was_disputed(work, &disputed, err) || !work_apply(work, EVENT_UNFREEZE, err) ||
        (disputed && !work_apply(work, EVENT_DISPUTE, err))) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    size_t count;
    const char *actor;
    if (!work_actor(work, &actor, err)) {
        return false;
    }
    json_put_time(kept, "unfrozen_at", work->now);
    json_put_text(kept, "note", note);
    if (actor != NULL) {
        json_put_text(kept, "by", actor);
    }
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    shelf_find(&work->shelf, unfreezing_artifact, &count);
    if (!work_put_json(work, unfreezing_artifact, (int64_t)count, json_incref(kept), err) ||
        !work_note(work, "unfreeze", "ok", "", err) ||
        !note_for_evidence(work, UNFREEZING_SUBJECT, count, err) ||
        !service_reply_json(response, work->arena, 200, reply, err) ||
        !answer_keep(work, response, err) || !work_commit(work, err)) {
        return false;
    }
    business_settle(work->business, frozen_alarm, work->row.authorization_id);
    return true;
}

bool handle_unfreezing(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    static const Step step = {"unfreeze", 0, NULL, unfreeze, NULL};
    return step_run_by_id(&step, component, request, response, err);
}
