// SPDX-License-Identifier: Apache-2.0
//
// The stand-ins of a world: what C1 reaches through its ports.
#ifndef ASSENT_COMPONENT_JOURNEY_WORLD_PORTS_H
#define ASSENT_COMPONENT_JOURNEY_WORLD_PORTS_H

#include "component/journey/world.h"

// Put stand-ins for everything that C1 asks into its configuration, and the real C5.
void world_set_ports(World *world, BusinessConfig *ret);
// C5 alone, and what C3 says of certificates.
void world_set_preservation(World *world, BusinessConfig *ret);
void world_set_status(World *world, BusinessConfig *ret);
// Answers with which every measure passes.
WorldAnswers world_answers_pass(void);

// Pass a boundary: enter before an effect, leave behind it with the number of the crossing. Fail
// with ERROR_UNAVAILABLE "world.interrupted" when it is this crossing's turn.
bool world_enter(World *world, unsigned *ret_crossing, Error *err) MUST_CHECK;
bool world_leave(World *world, unsigned crossing, Error *err) MUST_CHECK;

#endif
