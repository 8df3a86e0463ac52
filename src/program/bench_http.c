// SPDX-License-Identifier: Apache-2.0
#include "program/bench_http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_ROOM = 256 * 1024, HEAD_ROOM = 512 };

static bool broken(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "bench.connection", NULL, "the connection broke");
}

bool bench_http_connect(BenchHttp *client, uint16_t port, Error *err)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int on = 1;
    client->connections = client->connections == 0 ? BENCH_HTTP_CONNECTIONS : client->connections;
    for (size_t i = 0; i < client->connections; i++) {
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

bool bench_https_connect(BenchHttp *client, uint16_t port, const TlsFiles *files, Error *err)
{
    SSL_CTX *context = NULL;
    if (!bench_http_connect(client, port, err) || !tls_client_context(files, NULL, &context, err)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < client->connections; i++) {
        client->tls[i] = SSL_new(context);
        ok = client->tls[i] != NULL && SSL_set_fd(client->tls[i], client->sockets[i]) == 1 &&
             SSL_connect(client->tls[i]) == 1;
    }
    SSL_CTX_free(context);
    return ok || broken(err);
}

void bench_http_close(BenchHttp *client)
{
    for (size_t i = 0; i < BENCH_HTTP_CONNECTIONS; i++) {
        SSL_free(client->tls[i]);
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

static ssize_t receive(BenchHttp *client, size_t turn, uint8_t *ret, size_t room)
{
    return client->tls[turn] != NULL ? SSL_read(client->tls[turn], ret, (int)room)
                                     : recv(client->sockets[turn], ret, room, 0);
}

static bool transmit(BenchHttp *client, size_t turn, Bytes request)
{
    size_t done = 0;
    while (done < request.len) {
        Bytes rest = bytes_from(request, done);
        ssize_t part = client->tls[turn] != NULL
                           ? SSL_write(client->tls[turn], rest.data, (int)rest.len)
                           : send(client->sockets[turn], rest.data, rest.len, MSG_NOSIGNAL);
        if (part <= 0) {
            return false;
        }
        done += (size_t)part;
    }
    return true;
}

static bool take_answer(BenchHttp *client, size_t turn, BenchHttpCheck *check, Error *err)
{
    uint8_t answer[ANSWER_ROOM];
    size_t have = 0, offset = 0, len = ANSWER_ROOM;
    while (have < offset + len) {
        ssize_t part =
            have < sizeof answer ? receive(client, turn, answer + have, sizeof answer - have) : 0;
        if (part <= 0) {
            return broken(err);
        }
        have += (size_t)part;
        if (offset == 0) {
            (void)read_head(bytes_of(answer, have), &offset, &len);
        }
    }
    Bytes body = bytes_of(answer + offset, len);
    if (!bytes_start_with(bytes_of(answer, have), BYTES_LITERAL("HTTP/1.1 2"))) {
        return error_set(err, ERROR_INTERNAL, "bench.answer", NULL, "%.*s",
                         (int)(len < ERROR_TEXT_SIZE ? len : ERROR_TEXT_SIZE),
                         (const char *)body.data);
    }
    return check(body, err);
}

bool bench_http_turn(BenchHttp *client, Bytes request, BenchHttpCheck *check, Error *err)
{
    client->took = 0;
    size_t turn = client->turn;
    client->turn = (turn + 1) % client->connections;
    if (client->is_asked[turn]) {
        if (!take_answer(client, turn, check, err)) {
            return false;
        }
        client->took = clock_monotonic() - client->asked_at[turn];
    }
    client->is_asked[turn] = true;
    client->asked_at[turn] = clock_monotonic();
    return transmit(client, turn, request) || broken(err);
}
