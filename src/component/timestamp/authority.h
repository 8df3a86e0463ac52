// SPDX-License-Identifier: Apache-2.0
//
// What the TSA's handlers work on.
#ifndef ASSENT_COMPONENT_TIMESTAMP_AUTHORITY_H
#define ASSENT_COMPONENT_TIMESTAMP_AUTHORITY_H

#include "base/net/address_limit.h"
#include "base/store/refusal_tally.h"
#include "component/timestamp/serial.h"
#include "component/timestamp/time_sources.h"
#include "component/timestamp/timestamp.h"
#include "domain/pki/certificate.h"

struct TimestampAuthority {
    TimestampAuthorityConfig config;
    Certificate certificate;
    Store *store;
    SerialSource serials;
    ClockGate gate;
    bool has_serials, has_gate;
    TimeSources *sources;  // NULL: none
    ClockReference reference;
    RefusalTally *refusals;
    AddressLimit *limit;  // of callers without a certificate; NULL: they get nothing
    Service service;
};

extern const Route timestamp_routes[];
extern const size_t timestamp_route_count;

#endif
