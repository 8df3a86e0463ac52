// SPDX-License-Identifier: Apache-2.0
//
// NTP as a client asks: the packet, and asking several servers at the same moment how far our clock
// is off. Answers are not authenticated; a random number in each request keeps off everybody who
// does not see it. What the answers of several servers are worth together is not decided here.
// Source: RFC 5905 7.3, 14 (SNTP).
#ifndef ASSENT_BASE_NET_NTP_H
#define ASSENT_BASE_NET_NTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum { NTP_PACKET_SIZE = 48, NTP_MODE_CLIENT = 3, NTP_MODE_SERVER = 4, NTP_SERVERS_MAX = 8 };

typedef struct {
    uint8_t leap;     // 3: not synchronized
    uint8_t version;  // 3 or 4
    uint8_t mode;
    uint8_t stratum;  // 0: a refusal ("kiss of death"), 16: not synchronized
    Time root_delay, root_dispersion;
    uint64_t origin, receive, transmit;  // NTP time stamps: seconds since 1900 and a fraction
} NtpPacket;

void ntp_packet_encode(const NtpPacket *packet, uint8_t ret[NTP_PACKET_SIZE]);
// False when it is too short, or of another version. What may follow is passed over.
bool ntp_packet_parse(Bytes datagram, NtpPacket *ret) MUST_CHECK;
uint64_t ntp_from_time(Time time);
// Its seconds wrap every 136 years: take the moment that is nearest to `near`.
Time ntp_to_time(uint64_t ntp, Time near);

// One server's answer.
typedef struct {
    bool is_valid;
    Time offset;       // our clock minus the server's
    Time uncertainty;  // half of the way there and back, and what the server says of itself
    uint8_t stratum;
    const char *refusal;  // why it is not valid: "unreachable", "silent", "unsynchronized", ...
} NtpAnswer;

typedef struct {
    const char *const *servers;  // "address:port" or "name:port", at most NTP_SERVERS_MAX
    size_t count;
    const uint64_t *cookies;  // a random number for each
    Clock clock;              // the one to be compared
    int timeout_ms;           // for all of them together
    Time max_uncertainty;     // an answer that is less certain is not valid
} NtpQuestion;

// Ask all servers and wait for their answers; `ret` has one for each. Never fails as a whole.
void ntp_ask(const NtpQuestion *question, NtpAnswer *ret);

#endif
