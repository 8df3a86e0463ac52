// SPDX-License-Identifier: Apache-2.0
//
// An NTP server that can lie, for tests and the sandbox. It answers on a loopback port from a
// thread of its own; what it says can be changed at any time.
#ifndef ASSENT_BASE_NET_NTP_STAND_IN_H
#define ASSENT_BASE_NET_NTP_STAND_IN_H

#include "base/net/ntp.h"

typedef struct NtpStandIn NtpStandIn;

// How it answers; all zero: truthfully.
typedef struct {
    Time offset;             // what it adds to the true time
    bool is_silent;          // takes requests and says nothing
    bool is_unsynchronized;  // leap indicator 3
    bool refuses;            // "kiss of death"
    bool forgets_origin;     // as a forger who has not seen the request
    Time root_dispersion;
} NtpBehaviour;

// Listen on a numeric address and port (0: any). The clock is what it takes for true. Fails with
// ERROR_UNAVAILABLE "ntp.listen", ERROR_INPUT for an address that is none.
bool ntp_stand_in_start(const char *address, uint16_t port, Clock clock, NtpStandIn **ret,
                        Error *err) MUST_CHECK;
uint16_t ntp_stand_in_port(const NtpStandIn *server);
void ntp_stand_in_behave(NtpStandIn *server, const NtpBehaviour *behaviour);
// NULL is harmless.
void ntp_stand_in_stop(NtpStandIn *server);

#endif
