// SPDX-License-Identifier: Apache-2.0
//
// assent serve: run components until SIGTERM or SIGINT, then drain and exit 0.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/core/log.h"
#include "base/crypto/self_test.h"
#include "base/secret/crypto_state.h"
#include "program/command.h"
#include "program/host.h"
#include "program/serve.h"

typedef struct {
    const char *configuration;
    bool runs[COMPONENT_COUNT];
    bool runs_any;
    bool runs_all;
    bool names_portal;
} ServeArguments;

static bool parse_arguments(int argc, char **argv, ServeArguments *ret)
{
    for (int i = 1; i < argc; i++) {
        ComponentId id;
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            ret->configuration = argv[++i];
        } else if (strcmp(argv[i], "--all") == 0) {
            for (size_t j = 0; j < COMPONENT_COUNT; j++) {
                ret->runs[j] = true;
            }
            ret->runs_all = true;
            ret->runs_any = true;
        } else if (component_from_name(argv[i], &id)) {
            ret->runs[id] = true;
            ret->runs_any = true;
            ret->names_portal = ret->names_portal || component_is_portal(id);
        } else {
            return false;
        }
    }
    return ret->runs_any && ret->configuration != NULL;
}

static sigset_t awaited_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    return signals;
}

void serve_block_signals(void)
{
    sigset_t signals = awaited_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

// On demand, GB/T 37092 7.10. A failure is not the end of the process: it goes on to answer, that
// it can do nothing.
static void test_on_demand(void)
{
    Error err = {0};
    bool holds = crypto_self_test(&err);
    LOG(holds ? LOG_INFO : LOG_ERROR, "crypto.self_test",
        log_text("state", crypto_state_name(crypto_state())), log_text("code", err.code));
}

int serve_wait_for_signal(void)
{
    sigset_t signals = awaited_signals();
    int received = 0;
    while (sigwait(&signals, &received) == 0 && received == SIGUSR1) {
        test_on_demand();
    }
    return received;
}

static int serve(const ServeArguments *arguments)
{
    Error err = {0};
    Host *host = NULL;
    Deployment deployment;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return EXIT_FAULT;
    }
    HostOptions options = {.deployment = &deployment,
                           .needs_portal = arguments->names_portal,
                           .clock = clock_system(),
                           .random = random_system()};
    memcpy(options.runs, arguments->runs, sizeof options.runs);
    Time begun = clock_monotonic();
    if (!deployment_load(arena, arguments->configuration, &deployment, &err)) {
        return command_fail(&err);
    }
    // Where real persons authorize, "all" does not mean the stand-ins for the outside world.
    if (arguments->runs_all && !deployment.is_sandbox) {
        options.runs[COMPONENT_SANDBOX] = false;
    }
    if (!host_start(&options, &host, &err)) {
        return command_fail(&err);
    }
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (host_runs(host, (ComponentId)i)) {
            LOG(LOG_INFO, "serve.listening", log_text("component", component_name((ComponentId)i)),
                log_number("port", host_port(host, (ComponentId)i)));
        }
    }
    LOG(LOG_INFO, "serve.ready",
        log_number("milliseconds", (clock_monotonic() - begun) / TIME_MILLISECOND));
    LOG(LOG_INFO, "serve.draining", log_number("signal", serve_wait_for_signal()));
    host_stop(host);
    LOG(LOG_INFO, "serve.stopped", log_number("exit", EXIT_VALID));
    return EXIT_VALID;
}

int command_serve(int argc, char **argv)
{
    ServeArguments arguments = {0};
    if (!parse_arguments(argc, argv, &arguments)) {
        return command_usage("serve");
    }
    // Before the first thread is made, so that only the wait below receives them.
    serve_block_signals();
    return serve(&arguments);
}
