// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "base/net/ntp.h"

// What is read of a packet is what is written again, but for what rounding takes from fractions.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    NtpPacket packet, again;
    uint8_t encoded[NTP_PACKET_SIZE];
    if (!ntp_packet_parse(bytes_of(data, size), &packet)) {
        return 0;
    }
    ntp_packet_encode(&packet, encoded);
    if (!ntp_packet_parse(BYTES_OF_ARRAY(encoded), &again) || packet.leap != again.leap ||
        packet.origin != again.origin || packet.receive != again.receive ||
        packet.transmit != again.transmit || again.root_delay > packet.root_delay) {
        abort();
    }
    Time time = ntp_to_time(packet.transmit, 1795593600 * TIME_SECOND);
    if (ntp_from_time(time) >> 32 != packet.transmit >> 32) {
        abort();
    }
    return 0;
}
