// SPDX-License-Identifier: Apache-2.0
#include "component/keymanagement/keeper.h"

#include <string.h>

#include "base/codec/hex.h"

enum { FIELD_MAX_SIZE = 256 * 1024, RACES_MAX = 64 };

bool keeper_seal(const KeyManagement *keeper, const FieldPlace *place, Bytes plain, Arena *arena,
                 Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer sealed = writer_new(FIELD_MAX_SIZE + SEALED_FIELD_OVERHEAD);
    if (!sealed_field_seal(keeper->config.field_key, keeper->config.random, place, plain, &sealed,
                           err)) {
        return false;
    }
    *ret = arena_adopt(arena, &sealed);
    return ret->len > 0 || error_memory(err);
}

bool keeper_open(const KeyManagement *keeper, const FieldPlace *place, Bytes sealed, Arena *arena,
                 Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer clear = writer_new(FIELD_MAX_SIZE);
    if (!sealed_field_open(keeper->config.field_key, place, sealed, &clear, err)) {
        return error_context(err, "what the key management keeps");
    }
    *ret = arena_adopt(arena, &clear);
    return ret->len > 0 || error_memory(err);
}

const char *keeper_fingerprint(Arena *arena, const Certificate *certificate)
{
    Sm3Digest digest = certificate_fingerprint(certificate);
    return hex_text(arena, sm3_bytes(&digest));
}

static const char *event_record_id(Arena *arena, int64_t id)
{
    return arena_format(arena, "%lld", (long long)id);
}

// The digest of the last event's statement, and the id for the next.
static bool find_previous(KeyManagement *keeper, Arena *arena, Sm3Digest *ret, int64_t *ret_id,
                          Error *err)
{
    EventRow last;
    Bytes text;
    *ret = (Sm3Digest){0};
    if (!event_record_last(keeper->store, arena, &last, err)) {
        return false;
    }
    *ret_id = last.id + 1;
    if (last.id == 0) {
        return true;
    }
    const FieldPlace place = {"key_event", "statement", event_record_id(arena, last.id)};
    if (place.record_id == NULL) {
        return error_memory(err);
    }
    if (!keeper_open(keeper, &place, last.statement, arena, &text, err)) {
        return false;
    }
    *ret = sm3_digest(text);
    return true;
}

static bool sign_event(KeyManagement *keeper, const KeyEvent *event, Arena *arena, EventRow *ret,
                       Error *err)
{
    Sm3Digest previous;
    Bytes text;
    if (!find_previous(keeper, arena, &previous, &ret->id, err)) {
        return false;
    }
    ret->key_id = event->key_id;
    ret->created_at = clock_now(keeper->config.institution.clock);
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_int(payload, "number", ret->id);
    json_put_text(payload, "event", event->event);
    json_put_text(payload, "key_id", event->key_id);
    json_put_text(payload, "actor", event->actor);
    json_put_hex(payload, "subject", sm3_bytes(&event->subject));
    json_put_time(payload, "at", ret->created_at);
    json_put_hex(payload, "previous", sm3_bytes(&previous));
    const FieldPlace place = {"key_event", "statement", event_record_id(arena, ret->id)};
    if (place.record_id == NULL) {
        return error_memory(err);
    }
    return institution_state(&keeper->config.institution, KEY_EVENT_TYPE, payload, arena, &text,
                             err) &&
           keeper_seal(keeper, &place, text, arena, &ret->statement, err);
}

bool keeper_do(KeyManagement *keeper, Deed *deed, const KeyEvent *event, Arena *arena, Error *err)
{
    Error ignored = {0};
    Error *failure = err == NULL ? &ignored : err;
    // Whoever comes second signs again, behind the first.
    for (int i = 0; i < RACES_MAX; i++) {
        if (!sign_event(keeper, event, arena, &deed->event, failure)) {
            return false;
        }
        if (deed_record_do(keeper->store, deed, failure)) {
            return true;
        }
        if (strcmp(failure->code, "store.duplicate") != 0) {
            return false;
        }
        EventRow last;
        if (!event_record_last(keeper->store, arena, &last, failure)) {
            return false;
        }
        if (last.id < deed->event.id) {
            // The place was free: what is there already is what the deed brings.
            return error_set(failure, ERROR_CONFLICT, "keymanagement.raced", NULL,
                             "somebody else did it at the same time");
        }
    }
    return error_set(failure, ERROR_UNAVAILABLE, "keymanagement.busy", NULL,
                     "too many did something at the same time");
}
