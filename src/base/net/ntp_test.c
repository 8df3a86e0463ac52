// SPDX-License-Identifier: Apache-2.0
#include "base/net/ntp.h"

#include <stdio.h>
#include <string.h>

#include "base/net/ntp_stand_in.h"
#include "base/test/test.h"

TEST(a_packet_survives_the_round_trip)
{
    uint8_t packet[NTP_PACKET_SIZE];
    NtpPacket back;
    NtpPacket sent = {.leap = 1,
                      .version = 4,
                      .mode = NTP_MODE_SERVER,
                      .stratum = 3,
                      .root_delay = TIME_SECOND / 2,
                      .root_dispersion = TIME_SECOND / 4,
                      .origin = 0x0123456789abcdef,
                      .receive = 0xfedcba9876543210,
                      .transmit = 42};
    ntp_packet_encode(&sent, packet);
    CHECK(ntp_packet_parse(BYTES_OF_ARRAY(packet), &back));
    CHECK_INT(back.leap, 1);
    CHECK_INT(back.stratum, 3);
    CHECK_INT(back.root_delay, TIME_SECOND / 2);
    CHECK_INT(back.root_dispersion, TIME_SECOND / 4);
    CHECK(back.origin == sent.origin && back.receive == sent.receive && back.transmit == 42);
    for (size_t len = 0; len < sizeof packet; len++) {
        CHECK(!ntp_packet_parse(bytes_of(packet, len), &back));
    }
    packet[0] = 0x14;  // version 2
    CHECK(!ntp_packet_parse(BYTES_OF_ARRAY(packet), &back));
}

// Covers: RFC 5905 6.
TEST(time_goes_there_and_back_also_over_the_end_of_an_era)
{
    static const Time times[] = {0,
                                 1,
                                 1795593600 * TIME_SECOND + 123456,
                                 2085978495 * TIME_SECOND + 999999,  // 2036, the last second
                                 2085978496 * TIME_SECOND,
                                 4000000000 * TIME_SECOND};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        Time back = ntp_to_time(ntp_from_time(times[i]), times[i] + 400 * TIME_DAY);
        CHECK(back == times[i] || back == times[i] - 1);  // a fraction is rounded down
    }
    CHECK_INT(ntp_from_time(0) >> 32, 2208988800);
}

typedef struct {
    NtpStandIn *server;
    char name[64];
    Time now;
} Site;

static NtpAnswer ask(const Site *site, int timeout_ms)
{
    const char *servers[] = {site->name};
    const uint64_t cookies[] = {0x1122334455667788};
    NtpAnswer answer;
    NtpQuestion question = {.servers = servers,
                            .count = 1,
                            .cookies = cookies,
                            .clock = clock_system(),
                            .timeout_ms = timeout_ms,
                            .max_uncertainty = TIME_SECOND};
    ntp_ask(&question, &answer);
    return answer;
}

static void site_open(Site *site)
{
    Error err = {0};
    CHECK_OK(ntp_stand_in_start("127.0.0.1", 0, clock_system(), &site->server, &err));
    snprintf(site->name, sizeof site->name, "127.0.0.1:%u", ntp_stand_in_port(site->server));
}

TEST(the_offset_of_our_clock_is_measured)
{
    Site site;
    site_open(&site);
    NtpAnswer answer = ask(&site, 5000);
    CHECK(answer.is_valid);
    CHECK_INT(answer.stratum, 2);
    CHECK(answer.offset > -TIME_SECOND / 5 && answer.offset < TIME_SECOND / 5);
    NtpBehaviour ahead = {.offset = -TIME_HOUR};  // the server is behind, so we are ahead
    ntp_stand_in_behave(site.server, &ahead);
    answer = ask(&site, 5000);
    CHECK(answer.is_valid);
    CHECK(answer.offset > TIME_HOUR - TIME_SECOND && answer.offset < TIME_HOUR + TIME_SECOND);
    ntp_stand_in_stop(site.server);
}

TEST(answers_that_prove_nothing_are_not_valid)
{
    static const struct {
        NtpBehaviour behaviour;
        const char *refusal;
    } rows[] = {
        {{.is_unsynchronized = true}, "unsynchronized"},
        {{.refuses = true}, "refused"},
        {{.root_dispersion = 2 * TIME_SECOND}, "uncertain"},
        {{.is_silent = true}, "silent"},
        {{.forgets_origin = true}, "silent"},
    };
    Site site;
    site_open(&site);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ntp_stand_in_behave(site.server, &rows[i].behaviour);
        NtpAnswer answer = ask(&site, strcmp(rows[i].refusal, "silent") == 0 ? 50 : 5000);
        CHECK(!answer.is_valid);
        CHECK_TEXT(answer.refusal, rows[i].refusal);
    }
    ntp_stand_in_stop(site.server);
    CHECK_TEXT(ask(&site, 5000).refusal, "unreachable");
    static const char *const none[] = {"", "127.0.0.1", ":123", "127.0.0.1:", "[::1:123"};
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        snprintf(site.name, sizeof site.name, "%s", none[i]);
        CHECK_TEXT(ask(&site, 50).refusal, "unreachable");
    }
}
