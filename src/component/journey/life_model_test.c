// SPDX-License-Identifier: Apache-2.0
//
// The life of certificates against a model: the real C2 and C3 do what a few lines here say they
// must, for every state, operation and requester, and for long random walks with crashes. After
// each step state, history and revocation list of every certificate are compared.
//
// The model knows nothing of lifecycle.c; it is written after the standard.
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "component/journey/life_world.h"

enum {
    CERTIFICATES_MAX = 512,
    WALKED_MAX = 40,
    STEPS = 300,
    PERSONS = 4,
    SUSPENDS = 6,
    RESUMES = 8,
    SUPERSEDED = 4,
    ENDED = 5
};

typedef enum { ISSUED, DELIVERED, ACTIVE, UPDATED, SUSPENDED, REVOKED, EXPIRED, STATES } ModelState;
typedef enum { HOLDER, REGISTRAR, RISK, AUTHORITY, COURT, REQUESTERS } ModelRequester;
typedef enum { DELIVER, ACCEPT, UPDATE, SUSPEND, RESUME, CLOSE, REVOKE, OPERATIONS } ModelOperation;

static const char *const state_names[] = {"ISSUED",    "DELIVERED", "ACTIVE", "UPDATED",
                                          "SUSPENDED", "REVOKED",   "EXPIRED"};
static const char *const requester_names[] = {"holder", "registrar", "risk", "authority", "court"};

// One certificate as it has to be.
typedef struct {
    int person;
    const char *registration_id, *serial;
    Certificate certificate;
    bool is_delivered, is_accepted, is_suspended, is_revoked;
    bool incident_is_open;  // of the present suspension
    ModelRequester suspended_by;
    int reason;
    Time revoked_at, hold_until, expires_at;
    int before, after;  // of an update; -1: none
    int suspensions, resumptions, revocations, refusals;
} Model;

typedef struct {
    LifeWorld life;
    Model all[CERTIFICATES_MAX];
    int count;
    int done[OPERATIONS];
    unsigned random;
} Walk;

static Error err;

// --- the model --------------------------------------------------------------------------------

static Time now_of(const Walk *walk)
{
    return walk->life.reports.world.now;
}

static ModelState state_of(const Walk *walk, const Model *model)
{
    return model->is_revoked                  ? REVOKED
           : now_of(walk) > model->expires_at ? EXPIRED
           : model->is_suspended              ? SUSPENDED
           : model->after >= 0                ? UPDATED
           : model->is_accepted               ? ACTIVE
           : model->is_delivered              ? DELIVERED
                                              : ISSUED;
}

static void revoke(Walk *walk, Model *model, int reason, Time at)
{
    model->is_revoked = true;
    model->is_suspended = false;
    model->hold_until = 0;
    model->reason = reason;
    model->revoked_at = model->revoked_at == 0 ? at : model->revoked_at;
    model->revocations++;
    if (!model->is_accepted && model->before >= 0) {
        walk->all[model->before].after = -1;  // the update is undone
    }
}

// What the clock does.
static void pass_time(Walk *walk, Time by)
{
    walk->life.reports.world.now += by;
    for (int i = 0; i < walk->count; i++) {
        Model *model = &walk->all[i];
        if (model->is_suspended && model->hold_until != 0 && model->hold_until <= now_of(walk)) {
            revoke(walk, model, ENDED, model->hold_until);
        }
    }
}

static bool may_ask(ModelOperation operation, ModelRequester requester)
{
    switch (operation) {
    case SUSPEND:
        return requester != COURT;
    case RESUME:
        return requester == HOLDER || requester == AUTHORITY;
    case REVOKE:
        return requester != RISK;
    default:
        return true;
    }
}

static bool is_possible(const Walk *walk, const Model *model, ModelOperation operation)
{
    ModelState state = state_of(walk, model);
    bool holds = state < SUSPENDED;
    switch (operation) {
    case DELIVER:
        return state == ISSUED;
    case ACCEPT:
        return state == ISSUED || state == DELIVERED;
    case UPDATE:
        return state == ACTIVE;
    case SUSPEND:
        return holds;
    case RESUME:
        return state == SUSPENDED;
    case CLOSE:
        return state == SUSPENDED && model->incident_is_open;
    default:
        return holds || state == SUSPENDED;
    }
}

// With which code it has to be refused; NULL: it is done.
static const char *refusal_of(const Walk *walk, const Model *model, ModelOperation operation,
                              ModelRequester requester, bool closes)
{
    if (!may_ask(operation, requester)) {
        return "certificate.requester";
    }
    if (!is_possible(walk, model, operation)) {
        return "certificate.state";
    }
    bool is_closed = !model->incident_is_open || requester == AUTHORITY ||
                     (model->suspended_by == RISK && closes);
    return operation == RESUME && !is_closed ? "certificate.incident_open" : NULL;
}

static void accept(Walk *walk, Model *model)
{
    model->is_delivered = model->is_accepted = true;
    Model *before = model->before < 0 ? NULL : &walk->all[model->before];
    if (before != NULL && state_of(walk, before) < REVOKED) {
        revoke(walk, before, SUPERSEDED, now_of(walk));
    }
}

static void suspend(const Walk *walk, Model *model, ModelRequester requester)
{
    Time until = now_of(walk) + 30 * TIME_DAY;
    model->is_suspended = true;
    model->incident_is_open = requester == RISK || requester == AUTHORITY;
    model->suspended_by = requester;
    model->reason = SUSPENDS;
    model->revoked_at = now_of(walk);
    model->hold_until = until <= model->expires_at ? until : 0;
    model->suspensions++;
}

static void apply(Walk *walk, Model *model, ModelOperation operation, ModelRequester requester)
{
    if (operation == DELIVER) {
        model->is_delivered = true;
    } else if (operation == ACCEPT) {
        accept(walk, model);
    } else if (operation == SUSPEND) {
        suspend(walk, model, requester);
    } else if (operation == RESUME) {
        model->is_suspended = model->incident_is_open = false;
        model->is_delivered = model->is_accepted = true;
        model->revoked_at = model->hold_until = 0;
        model->resumptions++;
    } else if (operation == CLOSE) {
        model->incident_is_open = false;
    } else if (operation == REVOKE) {
        revoke(walk, model, 1, now_of(walk));
    }
}

// --- the real thing ---------------------------------------------------------------------------

static Arena *arena_of(Walk *walk)
{
    return walk->life.reports.world.arena;
}

// The next call from C2 to C3 is lost at times; then C2 crashes, comes back and is asked again.
static void recover(Walk *walk, const char *code)
{
    if (strcmp(code, "life.crash") == 0) {
        walk->life.crash = LIFE_NO_CRASH;
        life_restart_c2(&walk->life);
    }
}

static bool apply_for(Walk *walk, const RegistrationRequest *request, RegistrationResult *ret)
{
    LifeWorld *life = &walk->life;
    bool done = life->c2.apply(&life->c2, request, arena_of(walk), ret, &err);
    if (!done && life->crash != LIFE_NO_CRASH) {
        recover(walk, err.code);
        done = life->c2.apply(&life->c2, request, arena_of(walk), ret, &err);
    }
    return done;
}

// *ret_is_done, and the new certificate is in the model.
static bool issue(Walk *walk, int person, int before)
{
    Model *model = &walk->all[walk->count];
    RegistrationResult result;
    RegistrationRequest request =
        life_request(&walk->life, person, before < 0 ? "" : walk->all[before].serial);
    if (!apply_for(walk, &request, &result)) {
        return false;
    }
    *model = (Model){
        .person = person, .registration_id = result.registration_id, .before = before, .after = -1};
    CHECK_OK(certificate_parse(result.certificate, &model->certificate, &err));
    model->serial = certificate_serial_text(arena_of(walk), &model->certificate);
    model->expires_at = model->certificate.not_after;
    if (before >= 0) {
        walk->all[before].after = walk->count;
    }
    walk->count++;
    return true;
}

static bool hand_over(Walk *walk, const Model *model, bool is_accepted)
{
    LifeWorld *life = &walk->life;
    const CertificationHandover handover = {
        .serial_hex = model->serial,
        .request_id = arena_format(arena_of(walk), "handover-%u", ++life->serial),
        .delivered_at = now_of(walk),
        .accepted_at = is_accepted ? now_of(walk) : 0,
        .manner = is_accepted ? "confirmation" : ""};
    bool done = life->c3.hand_over(&life->c3, &handover, arena_of(walk), &err);
    life->refused += done ? 0 : 1;
    return done;
}

static bool ask_c2(Walk *walk, const Model *model, int reason, ModelRequester requester,
                   bool closes)
{
    LifeWorld *life = &walk->life;
    RegistrationStatusChange change = {
        .registration_id = model->registration_id,
        .request_id = arena_format(arena_of(walk), "change-%u", ++life->serial),
        .reason = reason,
        .justification = "test",
        .holder_salt = life_holder_salt(life, model->person),
        .requester = requester_names[requester],
        .incident = closes ? "closed" : "",
    };
    if (reason == RESUMES) {
        change.decision = life_decision(life, model->person);
    }
    bool done = life->c2.change_status(&life->c2, &change, arena_of(walk), &err);
    if (!done && life->crash != LIFE_NO_CRASH) {
        recover(walk, err.code);
        done = life->c2.change_status(&life->c2, &change, arena_of(walk), &err);
    }
    return done;
}

static bool ask_officers(Walk *walk, const Model *model, ModelOperation operation,
                         ModelRequester requester)
{
    static const char *const actions[OPERATIONS] = {[SUSPEND] = "suspend",
                                                    [RESUME] = "resume",
                                                    [CLOSE] = "close_incident",
                                                    [REVOKE] = "revoke"};
    json_t *more = json_make_object();
    if (operation == REVOKE) {
        json_put_text(more, "requester", requester_names[requester]);
        json_put_int(more, "reason", 1);
        json_put_base64(more, "evidence", BYTES_LITERAL("order"));
    } else if (operation == RESUME) {
        json_put_base64(more, "evidence", life_decision(&walk->life, model->person));
    }
    return life_control(&walk->life, actions[operation], model->serial, more, &err);
}

static bool perform(Walk *walk, Model *model, ModelOperation operation, ModelRequester requester,
                    bool closes)
{
    static const int reasons[OPERATIONS] = {[SUSPEND] = SUSPENDS, [RESUME] = RESUMES, [REVOKE] = 1};
    switch (operation) {
    case DELIVER:
    case ACCEPT:
        return hand_over(walk, model, operation == ACCEPT);
    case UPDATE:
        return issue(walk, model->person, (int)(model - walk->all));
    case CLOSE:
        return ask_officers(walk, model, operation, AUTHORITY);
    default:
        return requester < AUTHORITY ? ask_c2(walk, model, reasons[operation], requester, closes)
                                     : ask_officers(walk, model, operation, requester);
    }
}

// --- comparing --------------------------------------------------------------------------------

static int events_of(const json_t *history, const char *event)
{
    int count = 0;
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *entry = json_array_get(history, i);
        count += strcmp(json_string_value(json_object_get(entry, "event")), event) == 0 ? 1 : 0;
    }
    return count;
}

static void compare_history(Walk *walk, const Model *model)
{
    CLEANUP(json_cleanup) json_t *json = life_history(&walk->life, model->serial);
    const json_t *history = json_object_get(json, "history");
    ModelState state = state_of(walk, model);
    CHECK_TEXT(json_string_value(json_object_get(json, "state")), state_names[state]);
    CHECK_INT(events_of(history, "ISSUED"), 1);
    CHECK_INT(events_of(history, "DELIVERED"), model->is_delivered ? 1 : 0);
    CHECK_INT(events_of(history, "ACCEPTED"), model->is_accepted ? 1 : 0);
    CHECK_INT(events_of(history, "UPDATED"), model->after >= 0 ? 1 : 0);
    CHECK_INT(events_of(history, "SUSPENDED"), model->suspensions);
    CHECK_INT(events_of(history, "RESUMED"), model->resumptions);
    CHECK_INT(events_of(history, "REVOKED"), model->revocations);
    CHECK_INT(events_of(history, "EXPIRED"), state == EXPIRED ? 1 : 0);
    CHECK_INT(events_of(history, "REFUSED"), model->refusals);
}

// All certificates, or those from `first` on; the list in any case as a whole.
static void compare(Walk *walk, int first)
{
    Crl crl = life_list(&walk->life);
    size_t listed = 0;
    for (int i = 0; i < walk->count; i++) {
        const Model *model = &walk->all[i];
        bool is_listed = model->is_suspended || model->is_revoked;
        Revocation entry;
        if (i >= first) {
            compare_history(walk, model);
        }
        CHECK(crl_find(&crl, model->certificate.serial, &entry) == is_listed);
        if (is_listed) {
            CHECK_INT(entry.reason, model->reason);
            CHECK_INT(entry.revoked_at, model->revoked_at / TIME_SECOND * TIME_SECOND);
            listed++;
        }
    }
    CHECK_INT(crl.entry_count, listed);
}

// Do one thing in both worlds, and see that they agree on what came of it.
static void step(Walk *walk, Model *model, ModelOperation operation, ModelRequester requester,
                 bool closes)
{
    const char *wanted = refusal_of(walk, model, operation, requester, closes);
    walk->life.refused = 0;
    bool done = perform(walk, model, operation, requester, closes);
    walk->life.crash = LIFE_NO_CRASH;
    CHECK_TEXT(done ? "" : err.code, wanted == NULL ? "" : wanted);
    walk->done[operation] += done ? 1 : 0;
    if (done && operation != UPDATE) {
        apply(walk, model, operation, requester);
    }
    // What C3 refused is in the history of the certificate that the request was about.
    model->refusals += operation == UPDATE ? 0 : (int)walk->life.refused;
}

static Walk *walk_open(unsigned seed)
{
    Walk *walk = calloc(1, sizeof *walk);
    CHECK(walk != NULL);
    walk->random = seed;
    life_open(&walk->life);
    return walk;
}

static void walk_close(Walk *walk)
{
    life_close(&walk->life);
    free(walk);
}

// --- all pairs --------------------------------------------------------------------------------

// Bring a certificate into a state that is reached by asking.
static void bring(Walk *walk, Model *model, ModelState state)
{
    if (state == DELIVERED) {
        step(walk, model, DELIVER, REGISTRAR, false);
    } else if (state == ACTIVE || state == UPDATED) {
        step(walk, model, ACCEPT, HOLDER, false);
    } else if (state == SUSPENDED) {
        step(walk, model, SUSPEND, HOLDER, false);
    } else if (state == REVOKED) {
        step(walk, model, REVOKE, HOLDER, false);
    }
    if (state == UPDATED) {
        step(walk, model, UPDATE, HOLDER, false);
    }
}

// Courts and officers do not ask for all that the others do; there is no such door.
static bool has_door(ModelOperation operation, ModelRequester requester)
{
    return requester < AUTHORITY || operation == REVOKE ||
           (requester == AUTHORITY && operation >= SUSPEND);
}

static void try_all(Walk *walk, ModelState state, ModelOperation operation)
{
    for (int requester = 0; requester < REQUESTERS; requester++) {
        if (has_door(operation, (ModelRequester)requester)) {
            int first = walk->count;
            CHECK_OK(issue(walk, requester % PERSONS, -1));
            bring(walk, &walk->all[first], state);
            CHECK_INT(state_of(walk, &walk->all[first]), state);
            step(walk, &walk->all[first], operation, (ModelRequester)requester, false);
            compare(walk, first);
        }
    }
}

// Covers: JR/T 0299-2024 6.5; C09.
TEST(every_operation_by_everybody_from_every_state_does_what_the_model_says)
{
    Walk *walk = walk_open(0);
    for (int i = 0; i < EXPIRED * OPERATIONS; i++) {
        try_all(walk, (ModelState)(i / OPERATIONS), (ModelOperation)(i % OPERATIONS));
    }
    walk_close(walk);
}

// Covers: JR/T 0299-2024 6.5.
TEST(what_has_expired_is_changed_by_nobody)
{
    Walk *walk = walk_open(0);
    for (int i = 0; i < OPERATIONS * REQUESTERS; i++) {
        CHECK_OK(issue(walk, i % PERSONS, -1));
        bring(walk, &walk->all[i], (ModelState)(i % SUSPENDED));
    }
    int count = walk->count;
    pass_time(walk, 366 * TIME_DAY);
    for (int i = 0; i < OPERATIONS * REQUESTERS; i++) {
        ModelOperation operation = (ModelOperation)(i / REQUESTERS);
        ModelRequester requester = (ModelRequester)(i % REQUESTERS);
        if (has_door(operation, requester)) {
            step(walk, &walk->all[i], operation, requester, false);
        }
    }
    CHECK_INT(walk->count, count);
    compare(walk, 0);
    walk_close(walk);
}

// --- random walks -----------------------------------------------------------------------------

static unsigned draw(Walk *walk, unsigned limit)
{
    walk->random ^= walk->random << 13;
    walk->random ^= walk->random >> 17;
    walk->random ^= walk->random << 5;
    return walk->random % limit;
}

static void one_step(Walk *walk)
{
    static const Time spans[] = {TIME_MINUTE, TIME_MINUTE, TIME_HOUR, TIME_DAY, 16 * TIME_DAY};
    unsigned what = draw(walk, 10);
    if (walk->count == 0 || (what < 2 && walk->count < WALKED_MAX / 2)) {
        CHECK_OK(issue(walk, (int)draw(walk, PERSONS), -1));
        return;
    }
    if (what == 2) {
        pass_time(walk, spans[draw(walk, COUNT_OF(spans))]);
        return;
    }
    Model *model = &walk->all[draw(walk, (unsigned)walk->count)];
    ModelOperation operation = (ModelOperation)draw(walk, OPERATIONS);
    ModelRequester requester = (ModelRequester)draw(walk, REQUESTERS);
    // What is revoked is out of the game.
    operation = operation == REVOKE && draw(walk, 2) == 0 ? ACCEPT : operation;
    if (requester == COURT && operation != REVOKE) {
        requester = AUTHORITY;
    }
    if (operation == UPDATE && walk->count == WALKED_MAX) {
        return;
    }
    walk->life.crash = (LifeCrash)draw(walk, 3);
    step(walk, model, operation, requester, draw(walk, 2) == 1);
}

// Covers: C09; C11.
TEST(a_random_walk_with_crashes_between_the_two_writes_stays_with_the_model)
{
    Walk *walk = walk_open(2463534242U);
    for (int i = 0; i < STEPS; i++) {
        one_step(walk);
        compare(walk, 0);
    }
    for (int operation = 0; operation < OPERATIONS; operation++) {
        CHECK(walk->done[operation] > 1);
    }
    walk_close(walk);
}
