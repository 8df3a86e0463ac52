// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/json.h"
#include "domain/authorization/behaviour.h"

static const struct {
    const char *name;
    const char *chinese;
} kind_names[BEHAVIOUR_COUNT] = {
    [BEHAVIOUR_OPEN] = {"OPEN", "打开协议"},
    [BEHAVIOUR_SCROLL] = {"SCROLL", "阅读至"},
    [BEHAVIOUR_TICK] = {"TICK", "勾选"},
    [BEHAVIOUR_UNTICK] = {"UNTICK", "取消勾选"},
    [BEHAVIOUR_CONFIRM] = {"CONFIRM", "确认同意并签署"},
    [BEHAVIOUR_REAUTHENTICATE] = {"REAUTHENTICATE", "输入验证码再次验证身份"},
    [BEHAVIOUR_SIGN] = {"SIGN", "签署"},
};

const char *behaviour_kind_name(BehaviourKind kind)
{
    return kind_names[kind].name;
}

const char *behaviour_kind_chinese(BehaviourKind kind)
{
    return kind_names[kind].chinese;
}

static json_t *event_to_json(const BehaviourEvent *event)
{
    json_t *object = json_make_object();
    json_put_text(object, "kind", behaviour_kind_name(event->kind));
    json_put_text(object, "event_id", event->event_id);
    if (event->item[0] != '\0') {
        json_put_text(object, "item", event->item);
    }
    json_put_int(object, "depth_percent", event->depth_percent);
    json_put_bool(object, "trusted", event->is_trusted);
    json_put_time(object, "at", event->at);
    return object;
}

json_t *behaviour_to_json(const Behaviour *behaviour)
{
    json_t *object = json_make_object();
    json_t *events = json_array();
    for (size_t i = 0; i < behaviour->count; i++) {
        (void)json_array_append_new(events, event_to_json(&behaviour->events[i]));
    }
    json_put_hex(object, "nonce", BYTES_OF_ARRAY(behaviour->nonce));
    json_put_hex(object, "document_digest", sm3_bytes(&behaviour->document_digest));
    json_put(object, "events", events);
    if (json_array_size(events) != behaviour->count) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static bool kind_from_name(const char *name, BehaviourKind *ret)
{
    for (size_t i = 0; i < BEHAVIOUR_COUNT; i++) {
        if (strcmp(kind_names[i].name, name) == 0) {
            *ret = (BehaviourKind)i;
            return true;
        }
    }
    return false;
}

static bool event_parse(const json_t *value, BehaviourEvent *ret, Error *err)
{
    JsonView view = json_view(value, "event", err);
    const char *kind = json_view_text(&view, "kind", 32);
    const char *event_id = json_view_text(&view, "event_id", sizeof(ret->event_id) - 1);
    const char *item = json_view_optional_text(&view, "item", sizeof(ret->item) - 1);
    ret->depth_percent = (int)json_view_int(&view, "depth_percent", 0, 100);
    ret->is_trusted = json_view_bool(&view, "trusted");
    ret->at = json_view_time(&view, "at");
    if (!view.failed && !kind_from_name(kind, &ret->kind)) {
        json_view_fail(&view, "kind", "is no known kind of event");
    }
    const bool is_tick = ret->kind == BEHAVIOUR_TICK || ret->kind == BEHAVIOUR_UNTICK;
    if (!view.failed && is_tick != (item != NULL)) {
        json_view_fail(&view, "item", "is given without a tick, or missing");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(ret->event_id, event_id, strlen(event_id) + 1);
    if (item != NULL) {
        memcpy(ret->item, item, strlen(item) + 1);
    }
    return true;
}

bool behaviour_parse(const json_t *value, Behaviour *ret, Error *err)
{
    *ret = (Behaviour){0};
    JsonView view = json_view(value, "behaviour", err);
    json_view_hex(&view, "nonce", ret->nonce, sizeof(ret->nonce));
    json_view_hex(&view, "document_digest", ret->document_digest.bytes, SM3_SIZE);
    const json_t *events = json_view_array(&view, "events", BEHAVIOUR_EVENTS_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    for (; ret->count < json_array_size(events); ret->count++) {
        if (!event_parse(json_array_get(events, ret->count), &ret->events[ret->count], err)) {
            return error_context(err, "event %zu", ret->count);
        }
    }
    return true;
}
