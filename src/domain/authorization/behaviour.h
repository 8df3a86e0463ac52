// SPDX-License-Identifier: Apache-2.0
//
// Behaviour: the events of reading and signing on the person's screen, bound to a nonce of the
// server, and whether together they show a person who could read what was signed.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_BEHAVIOUR_H
#define ASSENT_DOMAIN_AUTHORIZATION_BEHAVIOUR_H

#include <jansson.h>

#include "base/core/time.h"
#include "base/sm3/sm3.h"

typedef enum {
    BEHAVIOUR_OPEN,
    BEHAVIOUR_SCROLL,  // depth reached, in percent of the document
    BEHAVIOUR_TICK,    // of one item, by the person
    BEHAVIOUR_UNTICK,
    BEHAVIOUR_CONFIRM,         // the button "agree and sign"
    BEHAVIOUR_REAUTHENTICATE,  // one-time code entered
    BEHAVIOUR_SIGN,
    BEHAVIOUR_COUNT
} BehaviourKind;

enum { BEHAVIOUR_EVENTS_MAX = 256, BEHAVIOUR_NONCE_SIZE = 16 };

typedef struct {
    BehaviourKind kind;
    char event_id[64];  // unique within the session
    char item[64];      // what was ticked; "" otherwise
    int depth_percent;  // for SCROLL
    bool is_trusted;    // the browser says that a user caused it (Event.isTrusted)
    Time at;            // the terminal's clock
} BehaviourEvent;

typedef struct {
    uint8_t nonce[BEHAVIOUR_NONCE_SIZE];  // the server's, one per presentation
    Sm3Digest document_digest;            // what was shown
    BehaviourEvent events[BEHAVIOUR_EVENTS_MAX];
    size_t count;
} Behaviour;

// What the server expects.
typedef struct {
    const uint8_t *nonce;  // BEHAVIOUR_NONCE_SIZE bytes
    Sm3Digest document_digest;
    const char *const *required_items;  // every one must end ticked
    size_t required_count;
    int64_t dwell_minimum_ms;  // between OPEN and CONFIRM
    Time presented_at, now;    // the server's clock
} BehaviourRules;

// Check that the events are whole and in order: opened first, read to the end, every required
// item ticked by the person after opening, confirmed after the ticks, re-authenticated after
// confirming, no event twice, times rising, and no longer than the server's own interval (plus
// a minute of skew).
// Fails with ERROR_CONFLICT "behaviour.replayed" (other nonce), "behaviour.other_document";
// ERROR_FORBIDDEN "behaviour.not_opened", "behaviour.not_read", "behaviour.too_fast",
// "behaviour.not_ticked", "behaviour.not_by_user", "behaviour.not_confirmed",
// "behaviour.not_reauthenticated", "behaviour.order", "behaviour.event_twice",
// "behaviour.implausible_time".
// Source: Regulation on the Credit Reporting Industry 19; Civil Code 496; JR/T 0299-2024 Annex C.
bool behaviour_check(const Behaviour *behaviour, const BehaviourRules *rules,
                     Error *err) MUST_CHECK;

const char *behaviour_kind_name(BehaviourKind kind);     // "SCROLL"
const char *behaviour_kind_chinese(BehaviourKind kind);  // "阅读至"
// {nonce, document_digest, events:[{kind, event_id, item, depth_percent, trusted, at}]}.
json_t *behaviour_to_json(const Behaviour *behaviour);
// Strict inverse; *ret is undefined after a failure. Fails with ERROR_INPUT.
bool behaviour_parse(const json_t *value, Behaviour *ret, Error *err) MUST_CHECK;

#endif
