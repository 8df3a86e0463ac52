// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/core/log.h"
#include "base/net/http_state.h"

enum { ACCEPTS_PER_TURN = 64, BACKLOG = 1024, MAX_WORKERS = 256, SWEEP_MS = 250 };

static void fill_size(size_t *field, size_t otherwise)
{
    *field = *field == 0 ? otherwise : *field;
}

static void fill_timeout(int *field, int otherwise_ms)
{
    *field = *field <= 0 ? otherwise_ms : *field;
}

static void fill_defaults(HttpServerConfig *config)
{
    HttpServerLimits *limits = &config->limits;
    fill_size(&config->workers, 4);
    fill_size(&limits->header_bytes, 16 * 1024);
    fill_size(&limits->body_budget_bytes, 64 * 1024 * 1024);
    fill_size(&limits->arena_bytes, ARENA_DEFAULT_LIMIT);
    fill_size(&limits->connections, 1024);
    fill_timeout(&limits->idle_timeout_ms, 60 * 1000);
    fill_timeout(&limits->request_timeout_ms, 20 * 1000);
    fill_timeout(&limits->write_timeout_ms, 20 * 1000);
    fill_timeout(&limits->drain_timeout_ms, 10 * 1000);
    config->workers = config->workers > MAX_WORKERS ? MAX_WORKERS : config->workers;
    if (config->clock.now == NULL) {
        config->clock = clock_system();
    }
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
        return (ntohl(four->sin_addr.s_addr) >> 24) == 127;
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static bool listen_at(HttpServer *server, const struct addrinfo *address, Error *err)
{
    const int one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;
    // Accepted sockets inherit TCP_NODELAY; without it every second small response waits 40 ms.
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &bound_len) != 0) {
        int failure = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return error_set(err, ERROR_UNAVAILABLE, "http_server.listen", NULL,
                         "cannot listen on %s port %u: %s", server->config.address,
                         server->config.port, strerror(failure));
    }
    server->listener_fd = fd;
    server->port =
        ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&bound)->sin_port
                                         : ((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
    return true;
}

static bool open_listener(HttpServer *server, Error *err)
{
    const HttpServerConfig *config = &server->config;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    char port[8];
    CLEANUP(writer_free) Writer text = writer_new(sizeof port);
    writer_format(&text, "%u", config->port);
    writer_put_u8(&text, '\0');
    if (config->address == NULL || text.failed ||
        getaddrinfo(config->address, (const char *)text.data, &hints, &address) != 0) {
        return error_set(err, ERROR_INPUT, "http_server.address", NULL,
                         "\"%s\" is not a numeric address",
                         config->address == NULL ? "" : config->address);
    }
    bool opened = false;
    if (server->plain && !server->config.is_public && !is_loopback(address->ai_addr)) {
        error_set(err, ERROR_INPUT, "http_server.plain", NULL,
                  "a server without TLS may only listen on a loopback address");
    } else {
        opened = listen_at(server, address, err);
    }
    freeaddrinfo(address);
    return opened;
}

static void on_listener(evutil_socket_t fd, short what, void *state)
{
    HttpServer *server = state;
    (void)what;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        struct sockaddr_storage from = {0};
        socklen_t from_len = sizeof from;
        int accepted =
            accept4(fd, (struct sockaddr *)&from, &from_len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                // Nothing to accept with: wait for the next sweep instead of spinning.
                (void)event_del(&server->listener);
            }
            return;
        }
        if (server->connection_count >= server->config.limits.connections &&
            !http_connection_evict_idle(server)) {
            (void)close(accepted);
            continue;
        }
        http_connection_open(server, accepted, (struct sockaddr *)&from);
    }
}

static void begin_drain(HttpServer *server)
{
    server->draining = true;
    server->drain_deadline =
        clock_monotonic() + server->config.limits.drain_timeout_ms * TIME_MILLISECOND;
    (void)event_del(&server->listener);
    (void)close(server->listener_fd);
    server->listener_fd = -1;
    for (HttpConnection *each = server->connections, *next; each != NULL; each = next) {
        next = each->next;
        http_connection_drain(each);
    }
    if (server->connection_count == 0) {
        (void)event_base_loopbreak(server->base);
    }
}

static void on_wake(evutil_socket_t fd, short what, void *state)
{
    HttpServer *server = state;
    uint64_t count = 0;
    ssize_t len = read(fd, &count, sizeof count);
    (void)len;
    (void)what;
    pthread_mutex_lock(&server->lock);
    HttpQueue finished = server->finished;
    server->finished = (HttpQueue){NULL, NULL};
    server->wake_sent = false;
    pthread_mutex_unlock(&server->lock);
    for (HttpConnection *each = http_queue_take(&finished); each != NULL;
         each = http_queue_take(&finished)) {
        http_connection_respond(each);
    }
    if (atomic_load(&server->stopping) && !server->draining) {
        begin_drain(server);
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *state)
{
    HttpServer *server = state;
    (void)fd;
    (void)what;
    Time now = clock_monotonic();
    if (server->draining && now >= server->drain_deadline) {
        now = INT64_MAX;  // everybody's deadline
    }
    for (HttpConnection *each = server->connections, *next; each != NULL; each = next) {
        next = each->next;
        http_connection_sweep(each, now);
    }
    if (!server->draining) {
        (void)event_add(&server->listener, NULL);
    }
}

static void *loop_main(void *state)
{
    HttpServer *server = state;
    (void)event_base_dispatch(server->base);
    return NULL;
}

static struct event_base *new_loop(void)
{
    struct event_config *config = event_config_new();
    if (config == NULL) {
        return NULL;
    }
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static int sweep_interval_ms(const HttpServerLimits *limits)
{
    const int timeouts[] = {limits->idle_timeout_ms, limits->request_timeout_ms,
                            limits->write_timeout_ms, limits->drain_timeout_ms};
    int interval = SWEEP_MS;
    for (size_t i = 0; i < COUNT_OF(timeouts); i++) {
        int quarter = timeouts[i] / 4 + 1;
        interval = quarter < interval ? quarter : interval;
    }
    return interval;
}

static bool open_loop(HttpServer *server, Error *err)
{
    server->base = new_loop();
    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->base == NULL || server->wake_fd < 0) {
        return error_set(err, ERROR_INTERNAL, "http_server.loop", NULL,
                         "cannot make an event loop");
    }
    struct timeval interval = {0, sweep_interval_ms(&server->config.limits) * 1000};
    bool added =
        event_assign(&server->listener, server->base, server->listener_fd, EV_READ | EV_PERSIST,
                     on_listener, server) == 0 &&
        event_assign(&server->wake, server->base, server->wake_fd, EV_READ | EV_PERSIST, on_wake,
                     server) == 0 &&
        event_assign(&server->sweep, server->base, -1, EV_PERSIST, on_sweep, server) == 0 &&
        event_add(&server->listener, NULL) == 0 && event_add(&server->wake, NULL) == 0 &&
        event_add(&server->sweep, &interval) == 0;
    return added ? true
                 : error_set(err, ERROR_INTERNAL, "http_server.loop", NULL, "cannot add events");
}

// Threads of a server take no signals: those belong to the program, and a broken connection is an
// error of a write, not a reason to end.
static bool start_threads(HttpServer *server, Error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = true;
    while (started && server->worker_count < server->config.workers) {
        started = pthread_create(&server->worker_threads[server->worker_count], NULL,
                                 http_worker_main, server) == 0;
        server->worker_count += started ? 1 : 0;
    }
    started = started && pthread_create(&server->loop_thread, NULL, loop_main, server) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started ? true
                   : error_set(err, ERROR_INTERNAL, "http_server.threads", NULL,
                               "cannot start the threads of a server");
}

static void stop_workers(HttpServer *server)
{
    pthread_mutex_lock(&server->lock);
    server->workers_stop = true;
    pthread_mutex_unlock(&server->lock);
    pthread_cond_broadcast(&server->work_arrived);
    for (size_t i = 0; i < server->worker_count; i++) {
        (void)pthread_join(server->worker_threads[i], NULL);
    }
}

static void release(HttpServer *server)
{
    stop_workers(server);
    while (server->connections != NULL) {
        http_connection_close(server->connections);
    }
    if (server->listener_fd >= 0) {
        (void)close(server->listener_fd);
    }
    if (server->wake_fd >= 0) {
        (void)close(server->wake_fd);
    }
    if (server->base != NULL) {
        event_base_free(server->base);
    }
    SSL_CTX_free(server->tls);
    http_metrics_free(&server->metrics);
    pthread_cond_destroy(&server->work_arrived);
    pthread_mutex_destroy(&server->lock);
    free(server->worker_threads);
    free(server);
}

static bool set_up(HttpServer *server, Error *err)
{
    const HttpServerConfig *config = &server->config;
    server->worker_threads = calloc(config->workers, sizeof *server->worker_threads);
    if (server->worker_threads == NULL || !http_metrics_init(&server->metrics, server->service)) {
        return error_memory(err);
    }
    if (RAND_bytes((unsigned char *)&server->request_id_key, sizeof server->request_id_key) != 1) {
        return error_set(err, ERROR_INTERNAL, "http_server.random", NULL, "no randomness");
    }
    server->plain = config->tls.certificate_file == NULL && config->tls.key_file == NULL &&
                    config->tls.authority_file == NULL;
    if (!server->plain && config->is_public) {
        return error_set(err, ERROR_INPUT, "http_server.public", NULL,
                         "a public server has no TLS");
    }
    if (!server->plain &&
        !tls_server_context(&config->tls, config->client_certificate_optional, &server->tls, err)) {
        return false;
    }
    return open_listener(server, err) && open_loop(server, err) && start_threads(server, err);
}

bool http_server_start(const HttpServerConfig *config, const Service *service, HttpServer **ret,
                       Error *err)
{
    if (!service_check(service, err)) {
        return false;
    }
    HttpServer *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return error_memory(err);
    }
    server->service = service;
    server->config = *config;
    server->listener_fd = -1;
    server->wake_fd = -1;
    fill_defaults(&server->config);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->work_arrived, NULL);
    if (!set_up(server, err)) {
        release(server);
        return false;
    }
    LOG(LOG_INFO, "http.ready", log_text("service", service->name),
        log_text("address", config->address), log_number("port", server->port),
        log_text("tls", server->plain ? "off" : "on"),
        log_text("public", server->config.is_public ? "yes" : "no"));
    *ret = server;
    return true;
}

uint16_t http_server_port(const HttpServer *server)
{
    return server->port;
}

bool http_server_reload(HttpServer *server, const TlsFiles *tls, Error *err)
{
    SSL_CTX *fresh = NULL;
    if (server->plain) {
        return error_set(err, ERROR_INPUT, "http_server.plain", NULL, "this server has no TLS");
    }
    if (!tls_server_context(tls, server->config.client_certificate_optional, &fresh, err)) {
        return false;
    }
    pthread_mutex_lock(&server->lock);
    SSL_CTX *old = server->tls;
    server->tls = fresh;
    pthread_mutex_unlock(&server->lock);
    SSL_CTX_free(old);
    return true;
}

void http_server_stop(HttpServer *server)
{
    if (server == NULL) {
        return;
    }
    const uint64_t one = 1;
    atomic_store(&server->stopping, true);
    ssize_t written = write(server->wake_fd, &one, sizeof one);
    (void)written;
    (void)pthread_join(server->loop_thread, NULL);
    LOG(LOG_INFO, "http.stopped", log_text("service", server->service->name),
        log_number("port", server->port));
    release(server);
}
