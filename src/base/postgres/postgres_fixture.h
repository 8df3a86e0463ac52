// SPDX-License-Identifier: Apache-2.0
//
// A PostgreSQL server of the test's own, on a Unix socket in a temporary directory.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_BASE_POSTGRES_POSTGRES_FIXTURE_H
#define ASSENT_BASE_POSTGRES_POSTGRES_FIXTURE_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/postgres/postgres.h"

#define SERVER_PROGRAMS "/usr/lib/postgresql/15/bin"

typedef struct {
    char directory[64];
    char connection[160];
    pid_t process;  // 0: it does not run
} DatabaseServer;

static inline void server_pause(void)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    nanosleep(&pause, NULL);
}

// How a program of the server is begun: never as root, which it refuses, and it ends with us.
static inline const char *server_user(void)
{
    return getuid() == 0 ? "setpriv --reuid=nobody --regid=nogroup --clear-groups --pdeathsig QUIT"
                         : "setpriv --pdeathsig QUIT";
}

static inline void server_shell(const char *command)
{
    if (system(command) != 0) {
        test_fail(__FILE__, __LINE__, "failed: %s", command);
    }
}

// End it at once, without a checkpoint: SIGQUIT takes its children along, SIGKILL leaves them to
// notice by themselves.
static inline void server_kill(DatabaseServer *server, int signal)
{
    if (server->process != 0) {
        kill(server->process, signal);
        waitpid(server->process, NULL, 0);
        server->process = 0;
    }
}

static inline void server_spawn(DatabaseServer *server, const char *options)
{
    char command[512];
    snprintf(command, sizeof command,
             "exec %s " SERVER_PROGRAMS
             "/postgres -D %s/data -k %s -c listen_addresses= %s"
             " >>%s/log 2>&1",
             server_user(), server->directory, server->directory, options, server->directory);
    fflush(stdout);
    server->process = fork();
    CHECK(server->process >= 0);
    if (server->process == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
}

// Begin it, anew while processes of a killed one still hold its memory, and wait until it answers.
static inline void server_start(DatabaseServer *server, const char *options)
{
    Error err = {0};
    server_spawn(server, options);
    for (unsigned tries = 0; tries < 1000; tries++) {
        CLEANUP(postgres_cleanup) Postgres *postgres = NULL;
        CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
        CHECK_OK(postgres_open(server->connection, &postgres, &err));
        if (postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err) ||
            strcmp(err.code, "postgres.fsync") == 0) {
            return;
        }
        if (waitpid(server->process, NULL, WNOHANG) == server->process) {
            server_spawn(server, options);
        }
        server_pause();
    }
    CHECK_OK(false);
}

// Make a server. The test is skipped where PostgreSQL is not installed.
static inline void server_make(DatabaseServer *server)
{
    char command[512];
    const char *root = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    if (access(SERVER_PROGRAMS "/postgres", X_OK) != 0 ||
        access(SERVER_PROGRAMS "/initdb", X_OK) != 0) {
        test_skip("PostgreSQL is not installed (tools/setup test)");
    }
    snprintf(server->directory, sizeof server->directory, "%s/assent-sql-XXXXXX", root);
    CHECK(mkdtemp(server->directory) != NULL);
    snprintf(server->connection, sizeof server->connection, "host=%s user=assent dbname=postgres",
             server->directory);
    snprintf(command, sizeof command, "%s%s", getuid() == 0 ? "chown nobody:nogroup " : "true ",
             server->directory);
    server_shell(command);
    snprintf(command, sizeof command,
             "%s " SERVER_PROGRAMS
             "/initdb -D %s/data -U assent -A trust -E UTF8 --locale=C.UTF-8"
             " --no-sync >%s/log 2>&1",
             server_user(), server->directory, server->directory);
    server_shell(command);
    server_start(server, "");
}

static inline void server_end(DatabaseServer *server)
{
    char command[128];
    if (server->directory[0] != '\0') {
        server_kill(server, SIGQUIT);
        snprintf(command, sizeof command, "rm -rf %s", server->directory);
        server_shell(command);
    }
}

#endif
