// SPDX-License-Identifier: Apache-2.0
//
// The SQL of the portal: doors, that is, which device opened which person's link.
#ifndef ASSENT_COMPONENT_PORTAL_RECORDS_H
#define ASSENT_COMPONENT_PORTAL_RECORDS_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "base/store/store.h"

enum { PORTAL_SCHEMA_VERSION = 1, DOORS_PER_DEVICE_MAX = 64 };

typedef struct {
    Sm3Digest token;
    Sm3Digest device;
    const char *reference;  // what the page calls it: not secret, of no use without the cookie
    Bytes sealed_token;
    Time opened_at;
} Door;

// Note that a device opens a link. *ret_is_ours: false when another device did so before; nothing
// is changed then. The same device may repeat it.
bool portal_records_open(Store *store, const Door *door, bool *ret_is_ours, Error *err) MUST_CHECK;
// The doors of a device, newest first, at most DOORS_PER_DEVICE_MAX.
bool portal_records_list(Store *store, const Sm3Digest *device, Arena *arena,
                         Door ret[DOORS_PER_DEVICE_MAX], size_t *ret_count, Error *err) MUST_CHECK;

#endif
