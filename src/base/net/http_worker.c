// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "base/net/http_state.h"

void http_queue_put(HttpQueue *queue, HttpConnection *connection)
{
    connection->next_queued = NULL;
    if (queue->last == NULL) {
        queue->first = connection;
    } else {
        queue->last->next_queued = connection;
    }
    queue->last = connection;
}

HttpConnection *http_queue_take(HttpQueue *queue)
{
    HttpConnection *connection = queue->first;
    if (connection != NULL) {
        queue->first = connection->next_queued;
        queue->last = queue->first == NULL ? NULL : queue->last;
        connection->next_queued = NULL;
    }
    return connection;
}

void http_workers_submit(HttpServer *server, HttpConnection *connection)
{
    pthread_mutex_lock(&server->lock);
    http_queue_put(&server->work, connection);
    pthread_mutex_unlock(&server->lock);
    pthread_cond_signal(&server->work_arrived);
}

// Wait for work; NULL when the workers have to end.
static HttpConnection *next_work(HttpServer *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->work.first == NULL && !server->workers_stop) {
        pthread_cond_wait(&server->work_arrived, &server->lock);
    }
    HttpConnection *connection = http_queue_take(&server->work);
    pthread_mutex_unlock(&server->lock);
    return connection;
}

static void hand_back(HttpServer *server, HttpConnection *connection)
{
    pthread_mutex_lock(&server->lock);
    http_queue_put(&server->finished, connection);
    bool wake = !server->wake_sent;
    server->wake_sent = true;
    pthread_mutex_unlock(&server->lock);
    const uint64_t one = 1;
    if (wake) {
        ssize_t written = write(server->wake_fd, &one, sizeof one);
        (void)written;  // the counter of an eventfd that is woken once per drain cannot overflow
    }
}

void *http_worker_main(void *state)
{
    HttpServer *server = state;
    Arena *arena = NULL;
    for (HttpConnection *connection = next_work(server); connection != NULL;
         connection = next_work(server)) {
        if (arena == NULL) {
            arena = arena_new(server->config.limits.arena_bytes);
        }
        if (arena != NULL) {
            http_exchange_run(server, connection, arena);
            arena_reset(arena);
        }
        // Without an arena the output stays empty, and the connection is closed.
        hand_back(server, connection);
    }
    arena_free(arena);
    return NULL;
}
