// SPDX-License-Identifier: Apache-2.0
//
// A person who already has a certificate, in a world where such certificates identify.
#ifndef ASSENT_COMPONENT_JOURNEY_HOLDER_SCENE_H
#define ASSENT_COMPONENT_JOURNEY_HOLDER_SCENE_H

#include "base/codec/json.h"
#include "component/journey/report_world.h"

// The person's old certificate, and who may say where its key lies.
typedef struct {
    ReportWorld reports;
    FixtureIdentity holder, registry, other;
    TerminalCertificate certificate;
    bool status_is_down;
    Bytes crl;
    const char *id, *token;
} HolderScene;

// What the tests change about certificate and statement.
typedef struct {
    const char *name;
    const char *carrier;  // NULL: no statement
    Time carrier_until, certificate_until;
    const char *holder_name, *holder_number;
    bool is_revoked, has_other_key, has_unknown_ca, states_other, has_unknown_registry;
    ErrorKind kind;
    const char *code;
} HolderPlan;

void holder_scene_make(HolderScene *scene);
void holder_scene_cleanup(HolderScene *scene);
World *holder_world(HolderScene *scene);
// Give the person a certificate, with a new key, and open an authorization: "certificate" is then
// the only measure that the terminal takes.
void holder_scene_prepare(HolderScene *scene, const HolderPlan *how);
// The staff's view of the authorization; the caller owns it.
json_t *holder_scene_view(HolderScene *scene);
// Check the state and the last entry of the history.
void holder_scene_check_state(HolderScene *scene, const char *state, const char *event,
                              const char *code);

#endif
