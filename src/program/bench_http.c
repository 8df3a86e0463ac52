// SPDX-License-Identifier: Apache-2.0
#include "program/bench_http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_ROOM = 8192, HEAD_ROOM = 512 };

static bool broken(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "bench.connection", NULL, "the connection broke");
}

bool bench_http_connect(BenchHttp *client, uint16_t port, Error *err)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int on = 1;
    for (size_t i = 0; i < BENCH_HTTP_CONNECTIONS; i++) {
        int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        client->sockets[i] = connection;
        if (connection < 0 ||
            connect(connection, (const struct sockaddr *)&address, sizeof address) != 0 ||
            setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
            return broken(err);
        }
    }
    return true;
}

void bench_http_close(BenchHttp *client)
{
    for (size_t i = 0; i < BENCH_HTTP_CONNECTIONS; i++) {
        if (client->sockets[i] > 0) {
            close(client->sockets[i]);
        }
    }
}

bool bench_http_request(const char *path, const char *media_type, Bytes body, Arena *arena,
                        Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(HEAD_ROOM + body.len);
    writer_format(&text,
                  "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: %s\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  path, media_type, body.len);
    writer_put(&text, body);
    *ret = arena_copy(arena, writer_bytes(&text));
    return ret->data != NULL || error_memory(err);
}

// The length of a response's body, and where it begins; false while its head is not there.
static bool read_head(Bytes received, size_t *ret_offset, size_t *ret_len)
{
    size_t at, end;
    if (!bytes_find(received, BYTES_LITERAL("\r\n\r\n"), 0, &end) ||
        !bytes_find(received, BYTES_LITERAL("Content-Length: "), 0, &at)) {
        return false;
    }
    *ret_offset = end + 4;
    *ret_len = strtoul((const char *)received.data + at + 16, NULL, 10);
    return true;
}

static bool take_answer(int connection, BenchHttpCheck *check, Error *err)
{
    uint8_t answer[ANSWER_ROOM];
    size_t have = 0, offset = 0, len = ANSWER_ROOM;
    while (have < offset + len) {
        ssize_t part =
            have < sizeof answer ? recv(connection, answer + have, sizeof answer - have, 0) : 0;
        if (part <= 0) {
            return broken(err);
        }
        have += (size_t)part;
        if (offset == 0) {
            (void)read_head(bytes_of(answer, have), &offset, &len);
        }
    }
    return check(bytes_of(answer + offset, len), err);
}

bool bench_http_turn(BenchHttp *client, Bytes request, BenchHttpCheck *check, Error *err)
{
    size_t turn = client->turn;
    int connection = client->sockets[turn];
    client->turn = (turn + 1) % BENCH_HTTP_CONNECTIONS;
    if (client->is_asked[turn] && !take_answer(connection, check, err)) {
        return false;
    }
    client->is_asked[turn] = true;
    return send(connection, request.data, request.len, MSG_NOSIGNAL) == (ssize_t)request.len ||
           broken(err);
}
