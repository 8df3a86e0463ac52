// SPDX-License-Identifier: Apache-2.0
#include "component/terminal/journey.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RETRY_PAUSE_FIRST_MS = 1, RETRY_PAUSE_MAX_MS = 128 };

static void pause_ms(long milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

// An answer that did not come may be repeated: C1 recognises the idempotency key.
static bool call_until(Journey *journey, const PeerRequest *request, PeerResponse *ret, Error *err)
{
    long pause = RETRY_PAUSE_FIRST_MS;
    Time until = clock_monotonic() + journey->config->retry_ms * TIME_MILLISECOND;
    for (;;) {
        *err = (Error){0};
        if (peer_call(journey->config->business, request, journey->arena, ret, err)) {
            return true;
        }
        bool may_repeat =
            err->kind == ERROR_UNAVAILABLE || strcmp(err->code, "session.concurrent") == 0;
        if (!may_repeat || clock_monotonic() >= until) {
            return false;
        }
        pause_ms(pause);
        pause = pause < RETRY_PAUSE_MAX_MS ? 2 * pause : pause;
    }
}

static bool fill_request(Journey *journey, PeerRequest *request, Error *err)
{
    request->authorization = arena_format(journey->arena, "Bearer %s", journey->config->token);
    request->idempotency_key =
        arena_format(journey->arena, "%s-%u", journey->run_id, journey->next_key++);
    return (request->authorization != NULL && request->idempotency_key != NULL) ||
           error_memory(err);
}

bool journey_call(Journey *journey, const char *method, const char *target, const json_t *body,
                  json_t **ret, Error *err)
{
    PeerRequest request = {.method = method, .target = target};
    PeerResponse response;
    if (body != NULL) {
        request.content_type = "application/json";
        if (!json_text(journey->arena, body, &request.body, err)) {
            return false;
        }
    }
    return fill_request(journey, &request, err) && call_until(journey, &request, &response, err) &&
           json_parse(response.body, ret, err);
}

bool journey_fetch(Journey *journey, const char *target, Bytes *ret, Error *err)
{
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    if (!fill_request(journey, &request, err) || !call_until(journey, &request, &response, err)) {
        return false;
    }
    *ret = response.body;
    return true;
}

bool journey_note(Journey *journey, BehaviourKind kind, const char *item, int depth_percent,
                  Error *err)
{
    Behaviour *behaviour = &journey->behaviour;
    if (behaviour->count == BEHAVIOUR_EVENTS_MAX) {
        return error_set(err, ERROR_LIMIT, "terminal.behaviour", NULL, "too many events");
    }
    BehaviourEvent *event = &behaviour->events[behaviour->count];
    *event = (BehaviourEvent){.kind = kind,
                              .depth_percent = depth_percent,
                              .is_trusted = true,
                              .at = clock_now(journey->config->clock)};
    // Events of one microsecond would not be in order any more.
    if (behaviour->count > 0 && event->at <= behaviour->events[behaviour->count - 1].at) {
        event->at = behaviour->events[behaviour->count - 1].at + 1;
    }
    snprintf(event->item, sizeof event->item, "%s", item);
    snprintf(event->event_id, sizeof event->event_id, "%.36s-e%zu", journey->run_id,
             behaviour->count);
    behaviour->count++;
    return true;
}

bool journey_take_state(Journey *journey, const char *name, Error *err)
{
    return authorization_state_from_name(name, &journey->state) ||
           error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                     "the business system answered with an unknown state");
}

void journey_destroy_key(Journey *journey)
{
    sm2_private_key_free(journey->key);
    journey->key = NULL;
}
