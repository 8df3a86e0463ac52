// SPDX-License-Identifier: Apache-2.0
//
// assent witness: what a court, a notary or a CA runs.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/core/log.h"
#include "base/net/http_server.h"
#include "component/witness/log_door.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/file.h"
#include "program/serve.h"
#include "program/witness_arguments.h"
#include "program/witness_home.h"

enum { WORKERS = 4 };

static int print_key(const NoteKey *key)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(NOTE_KEY_TEXT_MAX);
    if (!note_key_encode(key, &text, &err)) {
        return command_fail(&err);
    }
    printf("%.*s\n", (int)text.len, (const char *)text.data);
    return EXIT_VALID;
}

static int run_init(const WitnessArguments *arguments, Arena *arena)
{
    Error err = {0};
    NoteKey logs[WITNESS_LOGS_MAX], key;
    if (arguments->directory == NULL || arguments->name == NULL || arguments->log_count == 0) {
        return command_usage("witness");
    }
    if (!witness_arguments_logs(arena, arguments, logs, &err) ||
        !witness_home_create(arena, arguments->directory, arguments->name, logs,
                             arguments->log_count, &key, &err)) {
        return command_fail(&err);
    }
    return print_key(&key);
}

static int run_key(const WitnessArguments *arguments, Arena *arena)
{
    Error err = {0};
    NoteKey key;
    if (arguments->directory == NULL) {
        return command_usage("witness");
    }
    return witness_home_key(arena, arguments->directory, &key, &err) ? print_key(&key)
                                                                     : command_fail(&err);
}

// --- serve ------------------------------------------------------------------------------------

// Looks at logs and at other witnesses by itself, on a thread of its own.
typedef struct {
    const WitnessHome *home;
    Peer *doors[WITNESS_URLS_MAX], *others[WITNESS_URLS_MAX];
    size_t door_count, other_count;
    Time interval;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool runs, stopping;
} Follower;

static void note(const char *event, const NoteKey *log, const Error *err)
{
    LOG(LOG_WARNING, event, log_text("log", log->name), log_text("code", err->code));
}

static void follow_log(const Follower *follower, const NoteKey *log)
{
    Witness *witness = follower->home->witness;
    for (size_t i = 0; i < follower->door_count; i++) {
        Error err = {0};
        // A door shows one log; of the others it says nothing.
        if (!witness_follow(witness, log, follower->doors[i], &err) &&
            strcmp(err.code, "checkpoint.origin") != 0) {
            note("witness.follow_failed", log, &err);
        }
        for (size_t k = 0; k < follower->other_count; k++) {
            err = (Error){0};
            if (!witness_compare(witness, log, follower->others[k], follower->doors[i], &err)) {
                note("witness.compare_failed", log, &err);
            }
        }
    }
}

static void *follow(void *argument)
{
    Follower *follower = argument;
    pthread_mutex_lock(&follower->mutex);
    while (!follower->stopping) {
        pthread_mutex_unlock(&follower->mutex);
        for (size_t i = 0; i < follower->home->log_count; i++) {
            follow_log(follower, &follower->home->logs[i]);
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += (time_t)(follower->interval / TIME_SECOND);
        pthread_mutex_lock(&follower->mutex);
        int waited = 0;
        while (!follower->stopping && waited == 0) {
            waited = pthread_cond_timedwait(&follower->wake, &follower->mutex, &until);
        }
    }
    pthread_mutex_unlock(&follower->mutex);
    return NULL;
}

static bool connect_all(const WitnessArguments *arguments, const char *const *urls, size_t count,
                        Peer **ret, size_t *ret_count, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!witness_arguments_connect(arguments, urls[i], &ret[i], err)) {
            return false;
        }
        (*ret_count)++;
    }
    return true;
}

static bool start_follower(const WitnessArguments *arguments, Follower *follower, Error *err)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&follower->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&follower->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    follower->interval = arguments->interval;
    if (!connect_all(arguments, arguments->follow, arguments->follow_count, follower->doors,
                     &follower->door_count, err) ||
        !connect_all(arguments, arguments->others, arguments->other_count, follower->others,
                     &follower->other_count, err)) {
        return false;
    }
    follower->runs =
        follower->door_count > 0 && pthread_create(&follower->thread, NULL, follow, follower) == 0;
    return true;
}

static void stop_follower(Follower *follower)
{
    if (follower->runs) {
        pthread_mutex_lock(&follower->mutex);
        follower->stopping = true;
        pthread_cond_signal(&follower->wake);
        pthread_mutex_unlock(&follower->mutex);
        pthread_join(follower->thread, NULL);
    }
    for (size_t i = 0; i < WITNESS_URLS_MAX; i++) {
        peer_free(follower->doors[i]);
        peer_free(follower->others[i]);
    }
}

static bool start_server(const WitnessArguments *arguments, const WitnessHome *home, Arena *arena,
                         HttpServer **ret, Error *err)
{
    HttpServerConfig config = {.tls = arguments->tls,
                               .is_public = arguments->tls.certificate_file == NULL,
                               .client_certificate_optional = true,
                               .workers = WORKERS,
                               .clock = clock_system(),
                               .openapi_json = witness_openapi()};
    return listen_parse(arena, arguments->listen, &config.address, &config.port, err) &&
           http_server_start(&config, witness_service(home->witness), ret, err);
}

static int run_serve(const WitnessArguments *arguments, Arena *arena)
{
    Error err = {0};
    WitnessHome home = {0};
    Follower follower = {.home = &home};
    HttpServer *server = NULL;
    // Whoever compares needs the hashes of the log, which only its door has.
    if (arguments->directory == NULL || arguments->listen == NULL ||
        (arguments->other_count > 0 && arguments->follow_count == 0)) {
        return command_usage("witness");
    }
    serve_block_signals();
    bool ok = witness_home_open(arena, arguments->directory, clock_system(), &home, &err) &&
              start_server(arguments, &home, arena, &server, &err) &&
              start_follower(arguments, &follower, &err);
    if (ok) {
        LOG(LOG_INFO, "serve.listening", log_text("component", "witness"),
            log_text("key", home.note_key.name), log_number("port", http_server_port(server)));
        LOG(LOG_INFO, "serve.draining", log_number("signal", serve_wait_for_signal()));
    }
    stop_follower(&follower);
    http_server_stop(server);
    witness_home_close(&home);
    return ok ? EXIT_VALID : command_fail(&err);
}

// --- compare ----------------------------------------------------------------------------------

typedef struct {
    const WitnessArguments *arguments;
    LogDoor door;
    Checkpoint seen[WITNESS_URLS_MAX];
    size_t seen_count;
} Comparison;

static bool ask_witness(Comparison *comparison, const char *url, Error *err)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    const LogDoor *door = &comparison->door;
    const char *target = log_door_witness_target(door->arena, door->log);
    if (target == NULL) {
        return error_memory(err);
    }
    if (!witness_arguments_connect(comparison->arguments, url, &peer, err)) {
        return false;
    }
    LogDoor other = {peer, door->log, door->arena};
    Checkpoint *seen = &comparison->seen[comparison->seen_count];
    if (!log_door_checkpoint(&other, target, seen, err)) {
        return error_context(err, "%s", url);
    }
    printf("%s: %llu\n", url, (unsigned long long)seen->head.size);
    comparison->seen_count++;
    return true;
}

static int keep_proof(const Comparison *comparison, const ForkProof *fork)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(FORK_PROOF_MAX_BYTES);
    if (!fork_proof_encode(fork, &text, &err) ||
        !file_write(comparison->arguments->out, writer_bytes(&text), false, &err)) {
        return command_fail(&err);
    }
    printf("two histories: %llu and %llu entries contradict each other; the proof is in %s\n",
           (unsigned long long)fork->older.head.size, (unsigned long long)fork->newer.head.size,
           comparison->arguments->out);
    return EXIT_INVALID;
}

static int compare_pairs(const Comparison *comparison)
{
    Error undecided = {0};
    for (size_t i = 0; i < comparison->seen_count; i++) {
        for (size_t k = i + 1; k < comparison->seen_count; k++) {
            Error err = {0};
            ForkProof fork;
            bool found;
            if (!log_door_find_fork(&comparison->door, &comparison->seen[i], &comparison->seen[k],
                                    &found, &fork, &err)) {
                undecided = err;
            } else if (found) {
                return keep_proof(comparison, &fork);
            }
        }
    }
    if (undecided.kind != ERROR_NONE) {
        (void)command_fail(&undecided);
        return EXIT_UNDECIDED;
    }
    printf("one history\n");
    return EXIT_VALID;
}

static int run_compare(const WitnessArguments *arguments, Arena *arena)
{
    Error err = {0};
    NoteKey logs[WITNESS_LOGS_MAX];
    CLEANUP(peer_cleanup) Peer *door = NULL;
    Comparison *comparison = arena_alloc(arena, sizeof *comparison);
    if (arguments->log_count != 1 || arguments->door == NULL || arguments->other_count == 0) {
        return command_usage("witness");
    }
    if (comparison == NULL || !witness_arguments_logs(arena, arguments, logs, &err) ||
        !witness_arguments_connect(arguments, arguments->door, &door, &err)) {
        return command_fail(&err);
    }
    *comparison = (Comparison){.arguments = arguments, .door = {door, &logs[0], arena}};
    if (log_door_checkpoint(&comparison->door, "/v1/checkpoint", &comparison->seen[0], &err)) {
        printf("%s: %llu\n", arguments->door, (unsigned long long)comparison->seen[0].head.size);
        comparison->seen_count = 1;
    } else {
        return command_fail(&err);
    }
    for (size_t i = 0; i < arguments->other_count && comparison->seen_count < WITNESS_URLS_MAX;
         i++) {
        if (!ask_witness(comparison, arguments->others[i], &err)) {
            return command_fail(&err);
        }
    }
    return compare_pairs(comparison);
}

int command_witness(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const WitnessArguments *arguments, Arena *arena);
        bool takes_urls;
    } rows[] = {{"init", run_init, false},
                {"key", run_key, false},
                {"serve", run_serve, false},
                {"compare", run_compare, true}};
    WitnessArguments arguments;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; argc > 1 && arena != NULL && i < COUNT_OF(rows); i++) {
        if (strcmp(argv[1], rows[i].name) == 0 &&
            witness_arguments_take(argc - 1, argv + 1, rows[i].takes_urls, &arguments)) {
            return rows[i].run(&arguments, arena);
        }
    }
    return command_usage("witness");
}
