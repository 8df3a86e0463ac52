// SPDX-License-Identifier: Apache-2.0
//
// The sockets of ntp.h.
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net/ntp.h"

enum { DATAGRAM_MAX = 512, HOST_MAX = 256, STRATUM_MAX = 15, LEAP_UNKNOWN = 3 };

typedef struct {
    int fd;  // -1: not asked, or answered
    uint64_t cookie;
    Time sent;         // by the clock that is compared
    Time sent_steady;  // by one that nobody sets meanwhile
} Asked;

// "host:port" into its parts; an IPv6 address stands in brackets.
static bool split_server(const char *server, char host[HOST_MAX], const char **ret_port)
{
    const char *colon = strrchr(server, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - server);
    bool in_brackets = len > 2 && server[0] == '[' && server[len - 1] == ']';
    size_t skip = in_brackets ? 1 : 0;
    if (len == 0 || len >= HOST_MAX || colon[1] == '\0') {
        return false;
    }
    memcpy(host, server + skip, len - 2 * skip);
    host[len - 2 * skip] = '\0';
    *ret_port = colon + 1;
    return true;
}

static int connect_to(const char *server)
{
    char host[HOST_MAX];
    const char *port = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *address = NULL;
    if (!split_server(server, host, &port) || getaddrinfo(host, port, &hints, &address) != 0) {
        return -1;
    }
    int fd = socket(address->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(address);
    return fd;
}

// The time in the request is the random number: servers send it back, and learn nothing of us.
static bool send_query(const NtpQuestion *question, size_t i, Asked *ret)
{
    uint8_t packet[NTP_PACKET_SIZE];
    NtpPacket query = {.version = 4, .mode = NTP_MODE_CLIENT, .transmit = question->cookies[i]};
    ntp_packet_encode(&query, packet);
    *ret = (Asked){.fd = connect_to(question->servers[i]), .cookie = question->cookies[i]};
    if (ret->fd < 0) {
        return false;
    }
    ret->sent = clock_now(question->clock);
    ret->sent_steady = clock_monotonic();
    if (send(ret->fd, packet, sizeof packet, 0) != (ssize_t)sizeof packet) {
        (void)close(ret->fd);
        ret->fd = -1;
        return false;
    }
    return true;
}

static const char *refusal_of(const NtpPacket *packet)
{
    if (packet->stratum == 0) {
        return "refused";
    }
    if (packet->leap == LEAP_UNKNOWN || packet->stratum > STRATUM_MAX || packet->transmit == 0) {
        return "unsynchronized";
    }
    return NULL;
}

// Source: RFC 5905 8, with the clock's own progress measured by the steady one.
static NtpAnswer judge(const NtpQuestion *question, const Asked *asked, const NtpPacket *packet)
{
    NtpAnswer answer = {.stratum = packet->stratum, .refusal = refusal_of(packet)};
    if (answer.refusal != NULL) {
        return answer;
    }
    Time round_trip = clock_monotonic() - asked->sent_steady;
    Time received = ntp_to_time(packet->receive, asked->sent);
    Time transmitted = ntp_to_time(packet->transmit, asked->sent);
    Time delay = round_trip - (transmitted - received);
    if (transmitted < received || delay < 0) {
        answer.refusal = "implausible";
        return answer;
    }
    answer.offset = (asked->sent - received + asked->sent + round_trip - transmitted) / 2;
    answer.uncertainty = (delay + packet->root_delay) / 2 + packet->root_dispersion;
    answer.is_valid = answer.uncertainty <= question->max_uncertainty;
    answer.refusal = answer.is_valid ? NULL : "uncertain";
    return answer;
}

// Take what has come; what does not carry the random number back was not asked for.
static void take_answer(const NtpQuestion *question, Asked *asked, NtpAnswer *ret)
{
    uint8_t datagram[DATAGRAM_MAX];
    NtpPacket packet;
    ssize_t len = recv(asked->fd, datagram, sizeof datagram, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (len >= 0 && (!ntp_packet_parse(bytes_of(datagram, (size_t)len), &packet) ||
                     packet.mode != NTP_MODE_SERVER || packet.origin != asked->cookie)) {
        return;
    }
    *ret = len < 0 ? (NtpAnswer){.refusal = "unreachable"} : judge(question, asked, &packet);
    (void)close(asked->fd);
    asked->fd = -1;
}

static bool wait_for_some(const NtpQuestion *question, Asked *asked, Time deadline, NtpAnswer *ret)
{
    struct pollfd waiting[NTP_SERVERS_MAX];
    size_t open = 0;
    Time left = deadline - clock_monotonic();
    for (size_t i = 0; i < question->count; i++) {
        waiting[i] = (struct pollfd){.fd = asked[i].fd, .events = POLLIN};
        open += asked[i].fd >= 0 ? 1 : 0;
    }
    if (open == 0 || left <= 0 ||
        poll(waiting, question->count, (int)(left / TIME_MILLISECOND) + 1) < 0) {
        return false;
    }
    for (size_t i = 0; i < question->count; i++) {
        if (asked[i].fd >= 0 && waiting[i].revents != 0) {
            take_answer(question, &asked[i], &ret[i]);
        }
    }
    return true;
}

void ntp_ask(const NtpQuestion *question, NtpAnswer *ret)
{
    Asked asked[NTP_SERVERS_MAX];
    for (size_t i = 0; i < question->count; i++) {
        bool is_sent = send_query(question, i, &asked[i]);
        ret[i] = (NtpAnswer){.refusal = is_sent ? "silent" : "unreachable"};
    }
    Time deadline = clock_monotonic() + question->timeout_ms * TIME_MILLISECOND;
    while (wait_for_some(question, asked, deadline, ret)) {
    }
    for (size_t i = 0; i < question->count; i++) {
        if (asked[i].fd >= 0) {
            (void)close(asked[i].fd);
        }
    }
}
