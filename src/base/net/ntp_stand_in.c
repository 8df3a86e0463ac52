// SPDX-License-Identifier: Apache-2.0
#include "base/net/ntp_stand_in.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 512, PORT_TEXT = 8, STRATUM = 2 };

struct NtpStandIn {
    int fd, stop_fd;
    uint16_t port;
    Clock clock;
    pthread_t thread;
    pthread_mutex_t lock;
    NtpBehaviour behaviour;
};

static void answer(NtpStandIn *server, const NtpPacket *query, const struct sockaddr *to,
                   socklen_t to_len)
{
    uint8_t packet[NTP_PACKET_SIZE];
    pthread_mutex_lock(&server->lock);
    NtpBehaviour behaviour = server->behaviour;
    pthread_mutex_unlock(&server->lock);
    uint64_t now = ntp_from_time(clock_now(server->clock) + behaviour.offset);
    NtpPacket reply = {.leap = behaviour.is_unsynchronized ? 3 : 0,
                       .version = query->version,
                       .mode = NTP_MODE_SERVER,
                       .stratum = behaviour.refuses ? 0 : STRATUM,
                       .root_dispersion = behaviour.root_dispersion,
                       .origin = behaviour.forgets_origin ? 1 : query->transmit,
                       .receive = now,
                       .transmit = now};
    ntp_packet_encode(&reply, packet);
    if (!behaviour.is_silent) {
        (void)sendto(server->fd, packet, sizeof packet, 0, to, to_len);
    }
}

static void *serve(void *argument)
{
    NtpStandIn *server = argument;
    struct pollfd waiting[] = {{.fd = server->fd, .events = POLLIN},
                               {.fd = server->stop_fd, .events = POLLIN}};
    while (waiting[1].revents == 0) {
        uint8_t datagram[DATAGRAM_MAX];
        struct sockaddr_storage from;
        socklen_t from_len = sizeof from;
        NtpPacket query;
        (void)poll(waiting, 2, -1);
        ssize_t len = recvfrom(server->fd, datagram, sizeof datagram, MSG_DONTWAIT,
                               (struct sockaddr *)&from, &from_len);
        if (len > 0 && ntp_packet_parse(bytes_of(datagram, (size_t)len), &query) &&
            query.mode == NTP_MODE_CLIENT) {
            answer(server, &query, (struct sockaddr *)&from, from_len);
        }
    }
    return NULL;
}

static bool open_socket(NtpStandIn *server, const char *address, uint16_t port, Error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;
    char text[PORT_TEXT];
    (void)snprintf(text, sizeof text, "%u", port);
    if (getaddrinfo(address, text, &hints, &found) != 0) {
        return error_set(err, ERROR_INPUT, "ntp.address", NULL, "\"%s\" is not a numeric address",
                         address);
    }
    server->fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool opened = server->fd >= 0 && bind(server->fd, found->ai_addr, found->ai_addrlen) == 0 &&
                  getsockname(server->fd, (struct sockaddr *)&bound, &bound_len) == 0;
    freeaddrinfo(found);
    if (!opened) {
        return error_set(err, ERROR_UNAVAILABLE, "ntp.listen", NULL,
                         "cannot listen on %s port %u: %s", address, port, strerror(errno));
    }
    server->port =
        ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&bound)->sin_port
                                         : ((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
    return true;
}

static void release(NtpStandIn *server)
{
    if (server->fd >= 0) {
        (void)close(server->fd);
    }
    if (server->stop_fd >= 0) {
        (void)close(server->stop_fd);
    }
    pthread_mutex_destroy(&server->lock);
    free(server);
}

bool ntp_stand_in_start(const char *address, uint16_t port, Clock clock, NtpStandIn **ret,
                        Error *err)
{
    NtpStandIn *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return error_memory(err);
    }
    server->fd = -1;
    server->clock = clock;
    server->stop_fd = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&server->lock, NULL);
    if (!open_socket(server, address, port, err)) {
        release(server);
        return false;
    }
    if (server->stop_fd < 0 || pthread_create(&server->thread, NULL, serve, server) != 0) {
        release(server);
        return error_set(err, ERROR_INTERNAL, "ntp.thread", NULL, "cannot start a thread");
    }
    *ret = server;
    return true;
}

uint16_t ntp_stand_in_port(const NtpStandIn *server)
{
    return server->port;
}

void ntp_stand_in_behave(NtpStandIn *server, const NtpBehaviour *behaviour)
{
    pthread_mutex_lock(&server->lock);
    server->behaviour = *behaviour;
    pthread_mutex_unlock(&server->lock);
}

void ntp_stand_in_stop(NtpStandIn *server)
{
    if (server == NULL) {
        return;
    }
    const uint64_t one = 1;
    ssize_t written = write(server->stop_fd, &one, sizeof one);
    (void)written;
    (void)pthread_join(server->thread, NULL);
    release(server);
}
