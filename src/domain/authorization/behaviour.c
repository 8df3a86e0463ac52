// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/behaviour.h"

#include <string.h>

#include "base/secret/secret.h"

#define BEHAVIOUR_CLAUSE "Regulation on the Credit Reporting Industry 19"

enum { DEPTH_FULL = 100 };

static bool behaviour_refuse(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_FORBIDDEN, code, BEHAVIOUR_CLAUSE, "%s", why);
}

// Index of the last event of a kind (and item, unless NULL); -1 when there is none.
static int last_of(const Behaviour *behaviour, BehaviourKind kind, const char *item)
{
    int last = -1;
    for (size_t i = 0; i < behaviour->count; i++) {
        const BehaviourEvent *event = &behaviour->events[i];
        if (event->kind == kind && (item == NULL || strcmp(event->item, item) == 0)) {
            last = (int)i;
        }
    }
    return last;
}

static bool check_binding(const Behaviour *behaviour, const BehaviourRules *rules, Error *err)
{
    if (!secret_equal(BYTES_OF_ARRAY(behaviour->nonce),
                      bytes_of(rules->nonce, BEHAVIOUR_NONCE_SIZE))) {
        return error_set(err, ERROR_CONFLICT, "behaviour.replayed", BEHAVIOUR_CLAUSE,
                         "the events belong to another presentation");
    }
    return sm3_digest_equal(&behaviour->document_digest, &rules->document_digest) ||
           error_set(err, ERROR_CONFLICT, "behaviour.other_document", BEHAVIOUR_CLAUSE,
                     "the events belong to another document");
}

static bool is_repeated(const Behaviour *behaviour, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(behaviour->events[i].event_id, behaviour->events[index].event_id) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_sequence(const Behaviour *behaviour, const BehaviourRules *rules, Error *err)
{
    if (behaviour->count == 0 || behaviour->events[0].kind != BEHAVIOUR_OPEN) {
        return behaviour_refuse(err, "behaviour.not_opened", "the document was not opened first");
    }
    for (size_t i = 1; i < behaviour->count; i++) {
        if (is_repeated(behaviour, i)) {
            return behaviour_refuse(err, "behaviour.event_twice", "an event occurs twice");
        }
        if (behaviour->events[i].at < behaviour->events[i - 1].at) {
            return behaviour_refuse(err, "behaviour.implausible_time",
                                    "the events are not in the order of their times");
        }
    }
    // The terminal's clock may be wrong, but not the length of what it measured.
    const Time spent = behaviour->events[behaviour->count - 1].at - behaviour->events[0].at;
    return spent <= rules->now - rules->presented_at + TIME_MINUTE ||
           behaviour_refuse(err, "behaviour.implausible_time",
                            "the events took longer than the presentation");
}

static bool check_read(const Behaviour *behaviour, int confirmed, int64_t dwell_minimum_ms,
                       Error *err)
{
    int depth = 0;
    for (int i = 0; i < confirmed; i++) {
        const BehaviourEvent *event = &behaviour->events[i];
        depth = event->kind == BEHAVIOUR_SCROLL && event->depth_percent > depth
                    ? event->depth_percent
                    : depth;
    }
    if (depth < DEPTH_FULL) {
        return behaviour_refuse(err, "behaviour.not_read", "the document was not read to its end");
    }
    const Time dwell = behaviour->events[confirmed].at - behaviour->events[0].at;
    return dwell >= dwell_minimum_ms * TIME_MILLISECOND ||
           behaviour_refuse(err, "behaviour.too_fast", "the document was open too short a time");
}

static bool check_tick(const Behaviour *behaviour, int confirmed, const char *item, Error *err)
{
    const int tick = last_of(behaviour, BEHAVIOUR_TICK, item);
    if (tick < 0 || tick < last_of(behaviour, BEHAVIOUR_UNTICK, item)) {
        return behaviour_refuse(err, "behaviour.not_ticked", "a required item is not ticked");
    }
    if (!behaviour->events[tick].is_trusted) {
        return behaviour_refuse(err, "behaviour.not_by_user",
                                "a required item was not ticked by the person");
    }
    return tick < confirmed ||
           behaviour_refuse(err, "behaviour.order", "an item was ticked after confirming");
}

bool behaviour_check(const Behaviour *behaviour, const BehaviourRules *rules, Error *err)
{
    if (!check_binding(behaviour, rules, err) || !check_sequence(behaviour, rules, err)) {
        return false;
    }
    const int confirmed = last_of(behaviour, BEHAVIOUR_CONFIRM, NULL);
    if (confirmed < 0) {
        return behaviour_refuse(err, "behaviour.not_confirmed", "the person has not confirmed");
    }
    if (!behaviour->events[confirmed].is_trusted) {
        return behaviour_refuse(err, "behaviour.not_by_user",
                                "the confirmation was not made by the person");
    }
    if (!check_read(behaviour, confirmed, rules->dwell_minimum_ms, err)) {
        return false;
    }
    for (size_t i = 0; i < rules->required_count; i++) {
        if (!check_tick(behaviour, confirmed, rules->required_items[i], err)) {
            return false;
        }
    }
    const int authenticated = last_of(behaviour, BEHAVIOUR_REAUTHENTICATE, NULL);
    if (authenticated < 0) {
        return behaviour_refuse(err, "behaviour.not_reauthenticated",
                                "the person has not authenticated again");
    }
    return authenticated > confirmed ||
           behaviour_refuse(err, "behaviour.order", "the person authenticated before confirming");
}
