// SPDX-License-Identifier: Apache-2.0
//
// One order for a seal as it comes over the line, and what it has to be to be carried out.
#ifndef ASSENT_COMPONENT_SEALING_ORDER_H
#define ASSENT_COMPONENT_SEALING_ORDER_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "component/port/sealing.h"
#include "component/sealing/sealing.h"
#include "domain/pki/certificate.h"
#include "domain/seal/seal.h"

// Read an order; views live in the arena. Fails with ERROR_INPUT.
bool order_parse(const json_t *json, Arena *arena, SealOrder *ret, Error *err) MUST_CHECK;

// Check an order at `now`: its period, its picture, and its certificate, which has to be valid,
// not revoked and able to sign. Fails with ERROR_INPUT "sealing.order" or as path_verify does.
bool order_check(const SealOrder *order, const SealingConfig *config, Time now,
                 Error *err) MUST_CHECK;

// The seal that an order asks for. `certificate_list` has room for one and outlives the plan.
SealPlan order_plan(const SealOrder *order, const char *vendor_id, const char *seal_id, Time now,
                    Bytes *certificate_list);

// True if a seal is what the order asks for: the same request was carried out before.
bool order_is_carried_out_by(const SealOrder *order, const Seal *seal);

#endif
