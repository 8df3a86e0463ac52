// SPDX-License-Identifier: Apache-2.0
#include "base/net/ntp.h"

#include <string.h>

enum { FRACTION_BITS = 32, SHORT_BITS = 16 };

#define NTP_UNIX_SECONDS 2208988800ULL  // from 1900 to 1970

static void put_u32(uint8_t *ret, uint32_t value)
{
    for (int i = 3; i >= 0; i--) {
        ret[i] = (uint8_t)value;
        value >>= 8;
    }
}

static void put_u64(uint8_t *ret, uint64_t value)
{
    put_u32(ret, (uint32_t)(value >> 32));
    put_u32(ret + 4, (uint32_t)value);
}

// 16 bits of seconds and 16 of a fraction.
static uint32_t short_of(Time time)
{
    return (uint32_t)(((uint64_t)time << SHORT_BITS) / (uint64_t)TIME_SECOND);
}

static Time read_short(Reader *reader)
{
    return (Time)(((uint64_t)reader_u32_be(reader) * (uint64_t)TIME_SECOND) >> SHORT_BITS);
}

static uint64_t read_u64(Reader *reader)
{
    uint64_t high = reader_u32_be(reader);
    return high << 32 | reader_u32_be(reader);
}

void ntp_packet_encode(const NtpPacket *packet, uint8_t ret[NTP_PACKET_SIZE])
{
    memset(ret, 0, NTP_PACKET_SIZE);
    ret[0] = (uint8_t)(packet->leap << 6 | packet->version << 3 | packet->mode);
    ret[1] = packet->stratum;
    put_u32(ret + 4, short_of(packet->root_delay));
    put_u32(ret + 8, short_of(packet->root_dispersion));
    put_u64(ret + 24, packet->origin);
    put_u64(ret + 32, packet->receive);
    put_u64(ret + 40, packet->transmit);
}

bool ntp_packet_parse(Bytes datagram, NtpPacket *ret)
{
    Reader reader = reader_of(datagram);
    uint8_t first = reader_u8(&reader);
    NtpPacket packet = {.leap = first >> 6, .version = first >> 3 & 7, .mode = first & 7};
    packet.stratum = reader_u8(&reader);
    (void)reader_bytes(&reader, 2);  // poll, precision
    packet.root_delay = read_short(&reader);
    packet.root_dispersion = read_short(&reader);
    (void)reader_bytes(&reader, 12);  // reference identifier and time
    packet.origin = read_u64(&reader);
    packet.receive = read_u64(&reader);
    packet.transmit = read_u64(&reader);
    if (reader.failed || packet.version < 3 || packet.version > 4) {
        return false;
    }
    *ret = packet;
    return true;
}

uint64_t ntp_from_time(Time time)
{
    Time seconds = time / TIME_SECOND - (time % TIME_SECOND < 0 ? 1 : 0);
    uint64_t fraction = (uint64_t)(time - seconds * TIME_SECOND);
    uint64_t since_1900 = ((uint64_t)seconds + NTP_UNIX_SECONDS) & UINT32_MAX;
    return since_1900 << FRACTION_BITS | (fraction << FRACTION_BITS) / (uint64_t)TIME_SECOND;
}

Time ntp_to_time(uint64_t ntp, Time near)
{
    uint64_t nearby = ntp_from_time(near);
    // The difference of the seconds, read as a signed number, is the shorter way round.
    int32_t seconds = (int32_t)((uint32_t)(ntp >> 32) - (uint32_t)(nearby >> 32));
    Time fraction = (Time)(((ntp & UINT32_MAX) * (uint64_t)TIME_SECOND) >> FRACTION_BITS);
    Time near_seconds = near / TIME_SECOND - (near % TIME_SECOND < 0 ? 1 : 0);
    return (near_seconds + seconds) * TIME_SECOND + fraction;
}
