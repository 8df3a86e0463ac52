// SPDX-License-Identifier: Apache-2.0
#include "base/net/net_fixture.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/core/log.h"
#include "base/test/test.h"

enum { LARGE_BYTES = 1024 * 1024 };

__attribute__((constructor)) static void quiet(void)
{
    log_set_level(LOG_ERROR);
}

static bool describe(void *component, const ServiceRequest *request, ServiceResponse *response,
                     Error *err)
{
    Fixture *fixture = component;
    pthread_mutex_lock(&fixture->lock);
    fixture->calls++;
    pthread_mutex_unlock(&fixture->lock);
    const char *id = service_path_parameter(request, "id");
    const char *query = service_query_parameter(request, "q");
    const char *authorization = service_header(request, "authorization");
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "authorization", authorization == NULL ? "-" : authorization);
    if (strcmp(request->caller.role, SERVICE_PUBLIC) == 0) {
        json_put_text(body, "address", request->address);
    }
    json_put_text(body, "role", request->caller.role);
    json_put_text(body, "name", request->caller.name);
    json_put_text(body, "id", id == NULL ? "-" : id);
    json_put_text(body, "q", query == NULL ? "-" : query);
    json_put_text(body, "type", request->content_type);
    json_put_text(body, "key", request->idempotency_key == NULL ? "-" : request->idempotency_key);
    json_put_text(body, "request_id", request->request_id);
    json_put_int(body, "length", (int64_t)request->body.len);
    return service_reply_json(response, request->arena, 201, body, err);
}

static bool echo_json(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    (void)component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    return service_request_json(request, &body, err) &&
           service_reply_json(response, request->arena, 200, body, err);
}

static bool wait_at_gate(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Fixture *fixture = component;
    (void)request;
    (void)err;
    pthread_mutex_lock(&fixture->lock);
    fixture->waiting++;
    pthread_cond_broadcast(&fixture->changed);
    while (!fixture->gate_open) {
        pthread_cond_wait(&fixture->changed, &fixture->lock);
    }
    fixture->waiting--;
    pthread_mutex_unlock(&fixture->lock);
    service_reply_bytes(response, 200, "text/plain", BYTES_LITERAL("waited"));
    return true;
}

static bool fail_as_asked(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    (void)component;
    (void)response;
    ErrorKind kind = error_kind_from_name(service_path_parameter(request, "kind"));
    return error_set(err, kind, "fixture.failed", "JR/T 0299-2024 7.1",
                     "\"quoted\" \\ and \xe4\xb8\xad");
}

static bool reply_large(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    (void)component;
    uint8_t *data = arena_alloc(request->arena, LARGE_BYTES);
    if (data == NULL) {
        return error_memory(err);
    }
    memset(data, 'x', LARGE_BYTES);
    service_reply_bytes(response, 200, NULL, bytes_of(data, LARGE_BYTES));
    return true;
}

static bool reply_nothing(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    (void)component;
    (void)request;
    response->status = 204;
    return service_reply_header(response, "Cache-Control", "max-age=60", err);
}

static const Route routes[] = {
    {"GET", "/v1/open", {SERVICE_ANYONE}, 0, describe},
    {"GET", "/v1/things/{id}", {"business", "registration"}, 0, describe},
    {"DELETE", "/v1/things/{id}", {"business"}, 0, reply_nothing},
    {"POST", "/v1/bodies", {"business"}, 65536, describe},
    {"PUT", "/v1/big", {"business"}, 4 * 1024 * 1024, describe},
    {"POST", "/v1/json", {"business"}, 65536, echo_json},
    {"POST", "/v1/wait", {"business"}, 0, wait_at_gate},
    {"GET", "/v1/errors/{kind}", {"business"}, 0, fail_as_asked},
    {"GET", "/v1/large", {"business"}, 0, reply_large},
    {"GET", "/v1/list", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, describe},
    {"POST", "/v1/query", {SERVICE_ANYONE, SERVICE_PUBLIC}, 65536, describe},
};

void fixture_init(Fixture *fixture, Service *ret)
{
    *fixture = (Fixture){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    *ret = (Service){"sandbox", routes, COUNT_OF(routes), fixture, NULL, NULL};
}

void fixture_open_gate(Fixture *fixture)
{
    pthread_mutex_lock(&fixture->lock);
    fixture->gate_open = true;
    pthread_cond_broadcast(&fixture->changed);
    pthread_mutex_unlock(&fixture->lock);
}

void fixture_await_waiting(Fixture *fixture, int count)
{
    pthread_mutex_lock(&fixture->lock);
    while (fixture->waiting < count) {
        pthread_cond_wait(&fixture->changed, &fixture->lock);
    }
    pthread_mutex_unlock(&fixture->lock);
}

static bool raw_handshake(RawClient *client, const TlsFiles *files)
{
    Error err = {0};
    if (!tls_client_context(files, NULL, &client->context, &err)) {
        test_fail(__FILE__, __LINE__, "%s", err.text);
    }
    client->ssl = SSL_new(client->context);
    CHECK(client->ssl != NULL && SSL_set_fd(client->ssl, client->fd) == 1);
    return SSL_connect(client->ssl) == 1;
}

bool raw_connect(RawClient *client, uint16_t port, const TlsFiles *files)
{
    const int one = 1;
    const struct timeval patience = {10, 0};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *client = (RawClient){socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), NULL, NULL};
    CHECK(client->fd >= 0);
    (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        return false;
    }
    return files == NULL || raw_handshake(client, files);
}

bool raw_send(RawClient *client, Bytes bytes)
{
    size_t sent = 0;
    while (sent < bytes.len) {
        Bytes rest = bytes_from(bytes, sent);
        size_t len = 0;
        if (client->ssl == NULL) {
            ssize_t moved = send(client->fd, rest.data, rest.len, MSG_NOSIGNAL);
            len = moved > 0 ? (size_t)moved : 0;
        } else if (SSL_write_ex(client->ssl, rest.data, rest.len, &len) != 1) {
            len = 0;
        }
        if (len == 0) {
            return false;
        }
        sent += len;
    }
    return true;
}

// -1: broken, 0: announced end, otherwise bytes read.
static int read_some(RawClient *client, char *ret, size_t size)
{
    size_t len = 0;
    if (client->ssl == NULL) {
        return (int)recv(client->fd, ret, size, 0);
    }
    if (SSL_read_ex(client->ssl, ret, size, &len) == 1) {
        return (int)len;
    }
    return SSL_get_error(client->ssl, 0) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

bool raw_receive(RawClient *client, const char *until, char *ret, size_t size)
{
    size_t len = 0;
    ret[0] = '\0';
    while (len < size - 1) {
        int got = read_some(client, ret + len, size - 1 - len);
        if (got <= 0) {
            return got == 0;
        }
        len += (size_t)got;
        ret[len] = '\0';
        if (until != NULL && strstr(ret, until) != NULL) {
            return true;
        }
    }
    return false;
}

void raw_close(RawClient *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    (void)close(client->fd);
    *client = (RawClient){-1, NULL, NULL};
}
