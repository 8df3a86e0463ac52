// SPDX-License-Identifier: Apache-2.0
//
// The inside of an HTTP server, shared by its own files only.
//
// The loop thread owns every connection except while its phase is HTTP_HANDLING: then one worker
// owns `input`, `head`, `body`, `route`, `refusal`, `caller`, `output` and `closes`. The two queues
// hand it over and back.
#ifndef ASSENT_BASE_NET_HTTP_STATE_H
#define ASSENT_BASE_NET_HTTP_STATE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/net/http_metrics.h"
#include "base/net/http_parser.h"
#include "base/net/http_server.h"
#include "base/net/http_transport.h"

enum { HTTP_CHANNEL_SIZE = 64 };

typedef enum {
    HTTP_HANDSHAKE,
    HTTP_READING_HEAD,
    HTTP_READING_BODY,
    HTTP_HANDLING,
    HTTP_WRITING,
    HTTP_LINGERING,  // answered and finished; taking what the client still sends, for a moment
} HttpPhase;

typedef struct HttpConnection HttpConnection;
struct HttpConnection {
    HttpServer *server;
    HttpConnection *previous, *next;  // all connections
    HttpConnection *next_queued;      // in one of the two queues
    HttpTransport transport;
    struct event readable, writable;
    bool reading_paused;  // `readable` is taken out of the loop
    HttpPhase phase;
    Time deadline;     // of the present phase, monotonic
    Time last_active;  // monotonic
    TlsIdentity caller;
    char address[INET6_ADDRSTRLEN];   // of the client; "" when unknown
    char channel[HTTP_CHANNEL_SIZE];  // as in ServiceRequest; "" without a certificate

    Writer input;     // the head of the present request, and what follows it
    size_t scanned;   // of input; the head's length once complete
    size_t consumed;  // of input by the present request: head and what it held of the body
    HttpHead head;
    const Route *route;  // NULL: one of the server's own, or refused
    Writer body;
    size_t charged;  // to the server's body budget
    Error refusal;   // kind ERROR_NONE: to be handled
    bool unread;     // a refused request left bytes behind that nobody will parse
    Time received;   // wall clock
    Time complete;   // monotonic, when the request was handed to the workers

    Writer output;  // the whole response
    size_t written;
    bool closes;  // after this response
};

typedef struct {
    HttpConnection *first, *last;
} HttpQueue;

struct HttpServer {
    const Service *service;
    HttpServerConfig config;  // with the defaults filled in
    HttpMetrics metrics;
    bool plain;  // no TLS
    uint16_t port;
    int listener_fd;
    int wake_fd;
    struct event_base *base;
    struct event listener, wake, sweep;
    HttpConnection *connections;
    size_t connection_count;
    size_t body_bytes;  // held by all connections
    Time drain_deadline;
    bool draining;  // the loop's view of `stopping`
    uint64_t request_id_key;
    atomic_ullong request_id_count;
    atomic_bool stopping;

    pthread_t loop_thread;
    pthread_t *worker_threads;
    size_t worker_count;

    pthread_mutex_t lock;  // of everything below
    pthread_cond_t work_arrived;
    HttpQueue work, finished;
    bool wake_sent;
    bool workers_stop;
    SSL_CTX *tls;  // NULL: plain
};

void http_queue_put(HttpQueue *queue, HttpConnection *connection);
HttpConnection *http_queue_take(HttpQueue *queue);

// Loop thread (http_connection.c). Take over a new socket with the address of its other end.
void http_connection_open(HttpServer *server, int fd, const struct sockaddr *address);
// The response is in `output`: send it.
void http_connection_respond(HttpConnection *connection);
// Close what is past its deadline.
void http_connection_sweep(HttpConnection *connection, Time now);
// The server is stopping: close now if no request is under way.
void http_connection_drain(HttpConnection *connection);
void http_connection_close(HttpConnection *connection);
// Make room by closing the connection that has been idle longest; false when none is idle.
bool http_connection_evict_idle(HttpServer *server) MUST_CHECK;

// The present phase ends so many milliseconds from now.
void http_connection_set_deadline(HttpConnection *connection, int after_ms);

// Loop thread (http_intake.c). Take bytes from the socket; the connection's phase says what of.
// Afterwards it is still reading, or handed to the workers (to be handled or refused).
void http_intake_take(HttpConnection *connection, Bytes part);
// Look whether the input holds a complete head, and act on it.
void http_intake_continue(HttpConnection *connection);

// Loop thread: hand a connection to the workers.
void http_workers_submit(HttpServer *server, HttpConnection *connection);
// A worker thread's main function; `state` is the HttpServer.
void *http_worker_main(void *state);

// Worker thread (http_exchange.c): answer connection->head and body into connection->output.
void http_exchange_run(HttpServer *server, HttpConnection *connection, Arena *arena);

// One of the server's own resources (http_builtin.c); false when the path is none of them.
bool http_builtin_is(Bytes path);
void http_builtin_answer(HttpServer *server, ServiceRequest *request, ServiceResponse *response);

#endif
