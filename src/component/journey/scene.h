// SPDX-License-Identifier: Apache-2.0
//
// What the tests of a journey check again and again.
#ifndef ASSENT_COMPONENT_JOURNEY_SCENE_H
#define ASSENT_COMPONENT_JOURNEY_SCENE_H

#include "base/codec/json.h"
#include "component/journey/world.h"

// One authorization in one world; each test has its own.
typedef struct {
    World world;
    const char *id, *token;
} Scene;

void scene_make(Scene *scene);
// Go on with another authorization, and providers that say yes.
void scene_open(Scene *scene);
void scene_cleanup(Scene *scene);
// Walk until the terminal is about to POST to a path under /v1/session; what it would send.
Bytes scene_walk_until(Scene *scene, const char *target);
// Walk to the end: the authorization is in force.
TerminalResult scene_walk(Scene *scene);
// POST as the terminal / as staff; the answer, which must be a success. Owned by the scene.
const json_t *scene_post(Scene *scene, const char *target, Bytes body);
const json_t *scene_get(Scene *scene, const char *target);
const json_t *scene_staff_post(Scene *scene, const char *target, Bytes body);
const json_t *scene_staff_get(Scene *scene, const char *target);
// The staff's view: {"state", "history": [...]}.
const json_t *scene_history(Scene *scene);

// Check the state by name.
void scene_check_state(Scene *scene, const char *state);
// POST as the terminal and check that it is refused with this kind and code, that the state did
// not change, and that the history ends with the refused attempt.
void scene_check_refused(Scene *scene, const char *target, Bytes body, ErrorKind kind,
                         const char *code);
// The same by staff; target as in "/queries".
void scene_check_staff_refused(Scene *scene, const char *target, Bytes body, ErrorKind kind,
                               const char *code);
// Text of a JSON body with one value replaced; `value` is stolen, NULL removes the key.
Bytes scene_changed(Scene *scene, Bytes body, const char *key, json_t *value);

#endif
