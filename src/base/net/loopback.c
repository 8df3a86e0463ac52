// SPDX-License-Identifier: Apache-2.0
#include "base/net/loopback.h"

#include <stdlib.h>

enum { LOOPBACK_DAYS = 2 };

struct Loopback {
    HttpServer *server;
    const char *role;  // of the server
    const char *directory;
    Arena *paths;
    TlsPem authority;
    const char *authority_file;
    size_t issued;
};

HttpServer *loopback_server(Loopback *loopback)
{
    return loopback->server;
}

uint16_t loopback_port(const Loopback *loopback)
{
    return http_server_port(loopback->server);
}

void loopback_stop(Loopback *loopback)
{
    if (loopback == NULL) {
        return;
    }
    http_server_stop(loopback->server);
    tls_pem_free(&loopback->authority);
    arena_free(loopback->paths);
    free(loopback);
}

bool loopback_issue(Loopback *loopback, const char *role, const char *name, TlsFiles *ret,
                    Error *err)
{
    size_t number = loopback->issued++;
    TlsFiles files = {
        .certificate_file =
            arena_format(loopback->paths, "%s/%zu.crt", loopback->directory, number),
        .key_file = arena_format(loopback->paths, "%s/%zu.key", loopback->directory, number),
        .authority_file = loopback->authority_file,
    };
    TlsLeaf leaf = {.name = name,
                    .role = role,
                    .addresses = {"localhost", "127.0.0.1", "::1"},
                    .not_before = clock_now(clock_system()) - TIME_HOUR,
                    .days = LOOPBACK_DAYS};
    TlsPem pem;
    if (files.certificate_file == NULL || files.key_file == NULL) {
        return error_memory(err);
    }
    if (!tls_leaf_create(&loopback->authority, &leaf, &pem, err)) {
        return false;
    }
    bool saved = tls_pem_save(&pem, files.certificate_file, files.key_file, err);
    tls_pem_free(&pem);
    if (saved) {
        *ret = files;
    }
    return saved;
}

static bool start(Loopback *loopback, const Service *service, const HttpServerConfig *config,
                  Error *err)
{
    HttpServerConfig own = config == NULL ? (HttpServerConfig){0} : *config;
    loopback->authority_file = arena_format(loopback->paths, "%s/ca.crt", loopback->directory);
    own.address = "127.0.0.1";
    own.port = 0;
    return tls_authority_create("assent loopback", clock_now(clock_system()) - TIME_HOUR,
                                LOOPBACK_DAYS, &loopback->authority, err) &&
           tls_pem_save(&loopback->authority, loopback->authority_file, NULL, err) &&
           loopback_issue(loopback, service->name, "loopback", &own.tls, err) &&
           http_server_start(&own, service, &loopback->server, err);
}

bool loopback_start(const Service *service, const HttpServerConfig *config, const char *directory,
                    Loopback **ret, Error *err)
{
    Loopback *loopback = calloc(1, sizeof *loopback);
    if (loopback == NULL) {
        return error_memory(err);
    }
    loopback->role = service->name;
    loopback->paths = arena_new(1024 * 1024);
    loopback->directory =
        loopback->paths == NULL ? NULL : arena_text(loopback->paths, bytes_of_text(directory));
    if (loopback->directory == NULL) {
        loopback_stop(loopback);
        return error_memory(err);
    }
    if (!start(loopback, service, config, err)) {
        loopback_stop(loopback);
        return false;
    }
    *ret = loopback;
    return true;
}

bool loopback_peer(Loopback *loopback, const char *role, const char *name, Peer **ret, Error *err)
{
    PeerHttpsConfig config = {.server_role = loopback->role};
    config.url =
        arena_format(loopback->paths, "https://127.0.0.1:%u", http_server_port(loopback->server));
    if (config.url == NULL) {
        return error_memory(err);
    }
    return loopback_issue(loopback, role, name, &config.tls, err) && peer_https(&config, ret, err);
}
