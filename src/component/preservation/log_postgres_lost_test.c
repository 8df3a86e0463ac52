// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a commit whose connection breaks at the worst moments.
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/test/test.h"

#include "base/postgres/postgres_fixture.h"
#include "component/preservation/log_postgres.h"
#include "domain/evidence/log_storage_fixture.h"

// --- a relay in front of the server that breaks connections ------------------------------------

typedef enum {
    RELAY_HONEST,
    LOSE_QUESTION,  // the next statement that moves the log on never arrives
    LOSE_ANSWER,    // it takes effect, and nobody hears of it
} RelayMode;

typedef struct {
    char place[80];  // of the server's socket
    char door[96];   // our own
    int listener;
    atomic_int mode;  // honest again after a loss
    atomic_int lost;  // so often
} Relay;

typedef struct {
    Relay *relay;
    int client, server;
} RelayLine;

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", path);
    int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line >= 0 && connect(line, (struct sockaddr *)&address, sizeof address) != 0) {
        close(line);
        return -1;
    }
    return line;
}

// Pass on what has come from one side. False when the connection is to end.
static bool pass_on(RelayLine *line, bool is_question, bool *losing)
{
    const Bytes moving = BYTES_LITERAL("WITH grown AS");
    uint8_t block[64 * 1024];
    size_t at;
    ssize_t n = read(is_question ? line->client : line->server, block, sizeof block);
    if (n <= 0 || (*losing && !is_question)) {
        // An answer has come, so the statement has had its effect.
        return false;
    }
    if (is_question && bytes_find(bytes_of(block, (size_t)n), moving, 0, &at)) {
        int mode = atomic_exchange(&line->relay->mode, RELAY_HONEST);
        *losing = mode == LOSE_ANSWER;
        atomic_fetch_add(&line->relay->lost, mode != RELAY_HONEST);
        if (mode == LOSE_QUESTION) {
            return false;
        }
    }
    return send(is_question ? line->server : line->client, block, (size_t)n, MSG_NOSIGNAL) == n;
}

static void *relay_line(void *argument)
{
    RelayLine *line = argument;
    bool goes_on = line->server >= 0, losing = false;
    while (goes_on) {
        struct pollfd ends[] = {{.fd = line->client, .events = POLLIN},
                                {.fd = line->server, .events = POLLIN}};
        goes_on = poll(ends, 2, -1) > 0 && (ends[0].revents == 0 || pass_on(line, true, &losing)) &&
                  (ends[1].revents == 0 || pass_on(line, false, &losing));
    }
    close(line->client);
    close(line->server);
    free(line);
    return NULL;
}

static void *relay_run(void *argument)
{
    Relay *relay = argument;
    for (;;) {
        int client = accept(relay->listener, NULL, NULL);
        RelayLine *line = client < 0 ? NULL : malloc(sizeof *line);
        pthread_t thread;
        if (line == NULL) {
            return NULL;
        }
        *line = (RelayLine){relay, client, connect_to(relay->place)};
        if (pthread_create(&thread, NULL, relay_line, line) != 0) {
            return NULL;
        }
        pthread_detach(thread);
    }
}

static void relay_start(Relay *relay, const char *place, pthread_t *ret)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(relay->place, sizeof relay->place, "%s", place);
    snprintf(relay->door, sizeof relay->door, "%s", test_directory());
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", relay->door);
    relay->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(relay->listener >= 0);
    CHECK_INT(bind(relay->listener, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_INT(listen(relay->listener, 8), 0);
    CHECK_INT(pthread_create(ret, NULL, relay_run, relay), 0);
}

// --- the log behind it ------------------------------------------------------------------------

static size_t count_records(const char *connection)
{
    Error err = {0};
    StorageRecords records = {.count = 0};
    CLEANUP(log_postgres_cleanup) LogPostgres *log = NULL;
    LogPostgresConfig config = {connection, "lost", random_system(), 0};
    CHECK_OK(log_postgres_open(&config, &log, &err));
    LogStorage storage = log_postgres_storage(log);
    CHECK_OK(storage.load(storage.state, storage_take, &records, &err));
    return records.count;
}

static void check_losses(Relay *relay, const char *behind, const char *direct)
{
    Error err = {0};
    StorageRecords records = {.count = 0};
    CLEANUP(log_postgres_cleanup) LogPostgres *log = NULL;
    LogPostgresConfig config = {behind, "lost", random_system(), 60000};
    CHECK_OK(log_postgres_open(&config, &log, &err));
    LogStorage storage = log_postgres_storage(log);
    CHECK_OK(storage.load(storage.state, storage_take, &records, &err));
    CHECK_OK(storage.snapshot(storage.state, 0, BYTES_LITERAL("start"), &err));
    for (uint64_t i = 0; i < 6; i++) {
        atomic_store(&relay->mode, i % 2 == 0 ? LOSE_ANSWER : LOSE_QUESTION);
        CHECK_OK(storage.commit(storage.state, i, i + 1, BYTES_LITERAL("once"), &err));
        CHECK_INT(relay->lost, i + 1);
        CHECK_INT(count_records(direct), i + 2);
    }
    atomic_store(&relay->mode, LOSE_ANSWER);
    CHECK_OK(storage.snapshot(storage.state, 6, BYTES_LITERAL("again"), &err));
    CHECK_INT(count_records(direct), 1);
    CHECK_OK(storage.commit(storage.state, 6, 7, BYTES_LITERAL("last"), &err));
    CHECK_INT(count_records(direct), 2);
}

TEST(a_commit_whose_question_or_answer_is_lost_takes_effect_exactly_once)
{
    static Relay relay;
    DatabaseServer server = {"", "", 0};
    char behind[160];
    pthread_t thread;
    server_make(&server);
    relay_start(&relay, server.directory, &thread);
    snprintf(behind, sizeof behind, "host=%s user=assent dbname=postgres", relay.door);
    check_losses(&relay, behind, server.connection);
    shutdown(relay.listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(relay.listener);
    server_end(&server);
}
