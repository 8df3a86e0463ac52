// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"
#include "domain/authorization/behaviour.h"

static const Time start = 1764057600 * TIME_SECOND;
static const uint8_t nonce[BEHAVIOUR_NONCE_SIZE] = {1, 2, 3};
static const char *const required[] = {"query", "report"};

// One letter per event, one second apart: o open, s scroll to the end, h scroll half way, q and r
// tick of query and report, Q untick of query, A tick of query by a script, c confirm, C confirm
// by a script, a re-authentication, S sign.
static Behaviour behaviour_of(const char *letters)
{
    static const struct {
        char letter;
        BehaviourKind kind;
        const char *item;
        int depth;
        bool by_script;
    } kinds[] = {
        {'o', BEHAVIOUR_OPEN, "", 0, false},       {'s', BEHAVIOUR_SCROLL, "", 100, false},
        {'h', BEHAVIOUR_SCROLL, "", 50, false},    {'q', BEHAVIOUR_TICK, "query", 0, false},
        {'r', BEHAVIOUR_TICK, "report", 0, false}, {'Q', BEHAVIOUR_UNTICK, "query", 0, false},
        {'A', BEHAVIOUR_TICK, "query", 0, true},   {'c', BEHAVIOUR_CONFIRM, "", 0, false},
        {'C', BEHAVIOUR_CONFIRM, "", 0, true},     {'a', BEHAVIOUR_REAUTHENTICATE, "", 0, false},
        {'S', BEHAVIOUR_SIGN, "", 0, false},
    };
    Behaviour behaviour = {.document_digest = {{9}}};
    memcpy(behaviour.nonce, nonce, sizeof(nonce));
    for (; letters[behaviour.count] != '\0'; behaviour.count++) {
        BehaviourEvent *event = &behaviour.events[behaviour.count];
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            if (kinds[i].letter == letters[behaviour.count]) {
                *event = (BehaviourEvent){.kind = kinds[i].kind,
                                          .depth_percent = kinds[i].depth,
                                          .is_trusted = !kinds[i].by_script,
                                          .at = start + (Time)behaviour.count * TIME_SECOND};
                memcpy(event->item, kinds[i].item, strlen(kinds[i].item) + 1);
            }
        }
        (void)snprintf(event->event_id, sizeof(event->event_id), "e-%zu", behaviour.count);
    }
    return behaviour;
}

static BehaviourRules rules_of(void)
{
    return (BehaviourRules){.nonce = nonce,
                            .document_digest = {{9}},
                            .required_items = required,
                            .required_count = COUNT_OF(required),
                            .dwell_minimum_ms = 3000,
                            .presented_at = start,
                            .now = start + TIME_MINUTE};
}

// Covers: Regulation on the Credit Reporting Industry 19; JR/T 0299-2024 Annex C; D17.
TEST(reading_ticking_confirming_and_authenticating_happen_in_order)
{
    static const struct {
        const char *letters;
        const char *code;  // "": plausible
    } cases[] = {
        {"osqrca", ""},
        {"ohsqrcaS", ""},
        {"oqsrca", ""},
        {"osqQqrca", ""},
        {"", "behaviour.not_opened"},
        {"sqrca", "behaviour.not_opened"},
        {"ohqrca", "behaviour.not_read"},
        {"oqrcsa", "behaviour.not_read"},
        {"ohqrcsa", "behaviour.not_read"},
        {"osc", "behaviour.too_fast"},
        {"osqqqqca", "behaviour.not_ticked"},
        {"osqrQca", "behaviour.not_ticked"},
        {"osArrca", "behaviour.not_by_user"},
        {"osqrCa", "behaviour.not_by_user"},
        {"osqrrr", "behaviour.not_confirmed"},
        {"osqssscra", "behaviour.order"},
        {"osqraac", "behaviour.order"},
        {"osqrrc", "behaviour.not_reauthenticated"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        const Behaviour behaviour = behaviour_of(cases[i].letters);
        const BehaviourRules rules = rules_of();
        const bool ok = behaviour_check(&behaviour, &rules, &err);
        CHECK_TEXT(err.code, cases[i].code);
        CHECK(ok == (cases[i].code[0] == '\0'));
    }
}

// Covers: D17.
TEST(events_of_another_presentation_or_document_are_a_replay)
{
    Error err = {0};
    const BehaviourRules rules = rules_of();
    Behaviour behaviour = behaviour_of("osqrca");
    behaviour.nonce[0] ^= 1;
    CHECK_FAILS_WITH(behaviour_check(&behaviour, &rules, &err), ERROR_CONFLICT,
                     "behaviour.replayed");
    behaviour = behaviour_of("osqrca");
    behaviour.document_digest.bytes[0] ^= 1;
    CHECK_FAILS_WITH(behaviour_check(&behaviour, &rules, &err), ERROR_CONFLICT,
                     "behaviour.other_document");
}

TEST(repeated_events_and_impossible_times_are_refused)
{
    Error err = {0};
    BehaviourRules rules = rules_of();
    Behaviour behaviour = behaviour_of("osqrca");
    memcpy(behaviour.events[3].event_id, behaviour.events[2].event_id, 64);
    CHECK_FAILS_WITH(behaviour_check(&behaviour, &rules, &err), ERROR_FORBIDDEN,
                     "behaviour.event_twice");
    behaviour = behaviour_of("osqrca");
    behaviour.events[3].at = start;
    CHECK_FAILS_WITH(behaviour_check(&behaviour, &rules, &err), ERROR_FORBIDDEN,
                     "behaviour.implausible_time");
    behaviour = behaviour_of("osqrca");
    behaviour.events[5].at = start + TIME_HOUR;
    CHECK_FAILS_WITH(behaviour_check(&behaviour, &rules, &err), ERROR_FORBIDDEN,
                     "behaviour.implausible_time");
    rules.now = start + TIME_HOUR;
    CHECK_OK(behaviour_check(&behaviour, &rules, &err));
}

TEST(behaviour_survives_encoding_and_parsing)
{
    Error err = {0};
    Behaviour parsed;
    const Behaviour behaviour = behaviour_of("osqrcaS");
    CLEANUP(json_cleanup) json_t *first = behaviour_to_json(&behaviour);
    CHECK_OK(behaviour_parse(first, &parsed, &err));
    CLEANUP(json_cleanup) json_t *second = behaviour_to_json(&parsed);
    CHECK(json_equal(first, second));
    json_t *event = json_array_get(json_object_get(first, "events"), 0);
    json_put_text(event, "item", "query");
    CHECK_FAILS(behaviour_parse(first, &parsed, &err), ERROR_INPUT);
    (void)json_object_del(event, "item");
    json_put_int(event, "depth_percent", 101);
    CHECK_FAILS(behaviour_parse(first, &parsed, &err), ERROR_INPUT);
}
