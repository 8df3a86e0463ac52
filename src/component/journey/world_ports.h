// SPDX-License-Identifier: Apache-2.0
//
// The stand-ins of a world: what C1 reaches through its ports.
#ifndef ASSENT_COMPONENT_JOURNEY_WORLD_PORTS_H
#define ASSENT_COMPONENT_JOURNEY_WORLD_PORTS_H

#include "component/journey/world.h"

// Put stand-ins for everything that C1 asks into its configuration, and the real C5.
void world_set_ports(World *world, BusinessConfig *ret);
// Answers with which every measure passes.
WorldAnswers world_answers_pass(void);

// Pass a boundary: call before an effect with is_after false, and behind it with true. Fails with
// ERROR_UNAVAILABLE "world.interrupted" when it is this crossing's turn.
bool world_cross(World *world, bool is_after, Error *err) MUST_CHECK;

#endif
