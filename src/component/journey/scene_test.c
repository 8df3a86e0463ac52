// SPDX-License-Identifier: Apache-2.0
#include "component/journey/scene.h"

#include <string.h>

#include "base/test/test.h"
#include "component/journey/world_ports.h"

void scene_make(Scene *scene)
{
    Error err = {0};
    CHECK_OK(world_make(&scene->world, test_directory(), false, &err));
    CHECK_OK(world_open(&scene->world, &scene->id, &scene->token, &err));
}

void scene_open(Scene *scene)
{
    Error err = {0};
    scene->world.answers = world_answers_pass();
    CHECK_OK(world_open(&scene->world, &scene->id, &scene->token, &err));
}

void scene_cleanup(Scene *scene)
{
    world_free(&scene->world);
}

Bytes scene_walk_until(Scene *scene, const char *target)
{
    Error err = {0};
    Bytes body;
    CHECK_OK(world_walk_until(&scene->world, scene->token, target, &body, &err));
    return body;
}

TerminalResult scene_walk(Scene *scene)
{
    Error err = {0};
    TerminalResult result;
    CHECK_OK(world_walk(&scene->world, scene->token, &result, &err));
    return result;
}

static const json_t *call(Scene *scene, const char *token, const char *target, Bytes body)
{
    Error err = {0};
    Bytes reply;
    json_t *json;
    CHECK_OK(world_send(&scene->world, token, target, body, NULL, &reply, &err));
    CHECK_OK(json_parse(reply, &json, &err));
    json_array_append_new(scene->world.replies, json);
    return json;
}

const json_t *scene_post(Scene *scene, const char *target, Bytes body)
{
    return call(scene, scene->token, target, body);
}

const json_t *scene_get(Scene *scene, const char *target)
{
    return call(scene, scene->token, target, BYTES_EMPTY);
}

const json_t *scene_staff_get(Scene *scene, const char *target)
{
    return call(scene, NULL, target, BYTES_EMPTY);
}

static const char *staff_target(Scene *scene, const char *target)
{
    const char *path =
        arena_format(scene->world.arena, "/v1/authorizations/%s%s", scene->id, target);
    CHECK(path != NULL);
    return path;
}

const json_t *scene_staff_post(Scene *scene, const char *target, Bytes body)
{
    return call(scene, NULL, staff_target(scene, target), body);
}

const json_t *scene_history(Scene *scene)
{
    return call(scene, NULL, staff_target(scene, ""), BYTES_EMPTY);
}

static const char *state_of(Scene *scene)
{
    return json_string_value(json_object_get(scene_history(scene), "state"));
}

void scene_check_state(Scene *scene, const char *state)
{
    CHECK_TEXT(state_of(scene), state);
}

static void check_last_entry(Scene *scene, const char *code)
{
    const json_t *history = json_object_get(scene_history(scene), "history");
    CHECK(json_array_size(history) > 0);
    const json_t *entry = json_array_get(history, json_array_size(history) - 1);
    CHECK_TEXT(json_string_value(json_object_get(entry, "outcome")), "refused");
    CHECK_TEXT(json_string_value(json_object_get(entry, "code")), code);
}

static void check_refused(Scene *scene, const char *token, const char *target, Bytes body,
                          ErrorKind kind, const char *code)
{
    Error err = {0};
    Bytes reply;
    const char *before = state_of(scene);
    bool is_refused = !world_send(&scene->world, token, target, body, NULL, &reply, &err);
    if (!is_refused || err.kind != kind || strcmp(err.code, code) != 0) {
        test_fail(__FILE__, __LINE__, "%s with %.*s gave %s %s (%s), not %s", target,
                  (int)(body.len < 200 ? body.len : 200), (const char *)body.data,
                  error_kind_name(err.kind), err.code, err.text, code);
    }
    CHECK_TEXT(state_of(scene), before);
}

void scene_check_refused(Scene *scene, const char *target, Bytes body, ErrorKind kind,
                         const char *code)
{
    check_refused(scene, scene->token, target, body, kind, code);
    check_last_entry(scene, code);
}

void scene_check_staff_refused(Scene *scene, const char *target, Bytes body, ErrorKind kind,
                               const char *code)
{
    check_refused(scene, NULL, staff_target(scene, target), body, kind, code);
    check_last_entry(scene, code);
}

Bytes scene_changed(Scene *scene, Bytes body, const char *key, json_t *value)
{
    Error err = {0};
    Bytes changed;
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(body, &json, &err));
    if (value == NULL) {
        json_object_del(json, key);
    } else {
        json_object_set_new(json, key, value);
    }
    CHECK_OK(json_text(scene->world.arena, json, &changed, &err));
    return changed;
}
