// SPDX-License-Identifier: Apache-2.0
//
// The sealing service at work: what its handlers share.
#ifndef ASSENT_COMPONENT_SEALING_MAKER_H
#define ASSENT_COMPONENT_SEALING_MAKER_H

#include "base/store/store.h"
#include "component/port/sealing.h"
#include "component/sealing/sealing.h"

struct Sealing {
    SealingConfig config;
    Certificate certificate;
    Store *store;
    Service service;
};

// A seal that was made, in the clear.
typedef struct {
    const char *id;
    const char *kind;
    Bytes seal;
    Time created_at;
} IssuedSeal;

// Carry out an order of `institution`, or give back the seal that was made for it before.
// Fails with ERROR_CONFLICT "sealing.order_changed" when the same request id came with another
// order, as order_check does, and as the store does.
// Source: GB/T 38540-2020 6.2.
bool maker_carry_out(Sealing *sealing, const char *institution, const SealOrder *order,
                     Arena *arena, IssuedSeal *ret, Error *err) MUST_CHECK;
// Get a seal by its id, for the institution that ordered it (NULL: for anyone). Fails with
// ERROR_NOT_FOUND "sealing.unknown".
bool maker_get(Sealing *sealing, const char *institution, const char *id, Arena *arena,
               IssuedSeal *ret, Error *err) MUST_CHECK;

extern const Route sealing_routes[];
extern const size_t sealing_route_count;

#endif
