// SPDX-License-Identifier: Apache-2.0
#include "program/host.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/core/log.h"
#include "base/crypto/self_test.h"
#include "base/secret/crypto_state.h"
#include "program/file.h"
#include "program/host_state.h"

enum {
    HOST_ARENA_SIZE = 64 * 1024 * 1024,
    DEFAULT_WORKERS = 8,
    // Deposits wait for their group: with more of them waiting, groups are larger.
    PRESERVATION_WORKERS = 64,
    TICK_SECONDS = 1,
    RESUME_TICKS = 10,
};

// --- what components load ---------------------------------------------------------------------

const char *host_path(Host *host, ComponentId id, const char *name)
{
    return deployment_file(host->arena, host->options.deployment, id, name);
}

bool host_secret(Host *host, ComponentId id, const char *name, const Secret **ret, Error *err)
{
    if (host->secret_count == HOST_SECRETS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.keys", NULL, "too many secrets");
    }
    const char *directory = host->options.deployment->places[id].directory;
    Secret **secret = &host->secrets[host->secret_count];
    if (!secret_file_load(host->arena, directory, name, secret, err)) {
        return false;
    }
    host->secret_count++;
    *ret = *secret;
    return true;
}

bool host_partner(Host *host, ComponentId id, const char *name, Bytes *ret, Error *err)
{
    char *path = arena_format(host->arena, "%s/partners/%s-%s.pem",
                              host->options.deployment->directory, component_name(id), name);
    Bytes pem;
    Certificate certificate;
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(host->arena, path, TRUST_MATERIAL_MAX_SIZE, &pem, err) ||
        !certificate_load(host->arena, pem, &certificate, err)) {
        return error_context(err, "%s", path);
    }
    *ret = certificate.der;
    return true;
}

Institution host_institution(const Host *host, const KeyPair *pair)
{
    return (Institution){&pair->signer, pair->certificate.der, host->options.clock};
}

// --- links ------------------------------------------------------------------------------------

static const char *host_url(const Host *host, Arena *arena, ComponentId id)
{
    return host->servers[id] != NULL
               ? arena_format(arena, "https://127.0.0.1:%u", host_port(host, id))
               : host->options.deployment->places[id].url;
}

bool host_link(Host *host, ComponentId from, ComponentId to, Peer **ret, Error *err)
{
    if (host->peer_count == HOST_PEERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.peers", NULL, "too many peers");
    }
    Peer **peer = &host->peers[host->peer_count];
    const char *name = arena_format(host->arena, "%s-1", component_name(from));
    bool is_outside = to == COMPONENT_SANDBOX || host->services[to] == NULL;
    if (name == NULL) {
        return error_memory(err);
    }
    bool ok = is_outside ? deployment_connect(host->options.deployment, to,
                                              host_url(host, host->arena, to), component_name(from),
                                              peer, err)
                         : peer_local(host->services[to], component_name(from), name,
                                      host->options.clock, peer, err);
    if (!ok) {
        return error_context(err, "link from %s to %s", component_name(from), component_name(to));
    }
    host->peer_count++;
    *ret = *peer;
    return true;
}

bool host_connect(const Host *host, ComponentId id, const char *role, Peer **ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *url = arena == NULL ? NULL : host_url(host, arena, id);
    return url != NULL ? deployment_connect(host->options.deployment, id, url, role, ret, err)
                       : error_memory(err);
}

// --- servers ----------------------------------------------------------------------------------

static bool business_owes(void *business)
{
    return business_is_degraded(business);
}

// Whoever checks a certificate or wants a stamp has no certificate of ours, and a list fetched over
// TLS would need another list first: what is signed itself is also had without TLS.
static bool listen_publicly(Host *host, ComponentId id, const HttpServerConfig *base, Error *err)
{
    const char *listen = host->options.deployment->places[id].public_listen;
    HttpServerConfig config = *base;
    if (listen[0] == '\0') {
        return true;
    }
    config.tls = (TlsFiles){NULL, NULL, NULL};
    config.is_public = true;
    return (listen_parse(host->arena, listen, &config.address, &config.port, err) &&
            http_server_start(&config, host->services[id], &host->public_servers[id], err)) ||
           error_context(err, "public_listen");
}

static bool listen_on(Host *host, ComponentId id, Error *err)
{
    HttpServerConfig config = {
        .tls = {.certificate_file = host_path(host, id, "tls.pem"),
                .key_file = host_path(host, id, "tls.key"),
                .authority_file = host->options.deployment->transport_authority},
        .client_certificate_optional = true,
        .workers = host->options.workers != 0     ? host->options.workers
                   : id == COMPONENT_PRESERVATION ? PRESERVATION_WORKERS
                                                  : DEFAULT_WORKERS,
        .clock = host->options.clock,
        .openapi_json = host->openapi[id],
        .is_ready = host_components[id].is_ready,
        .is_degraded = id == COMPONENT_BUSINESS ? business_owes : NULL,
    };
    const char *listen = host->options.deployment->places[id].listen;
    return listen_parse(host->arena, listen, &config.address, &config.port, err) &&
           http_server_start(&config, host->services[id], &host->servers[id], err) &&
           listen_publicly(host, id, &config, err);
}

bool host_runs(const Host *host, ComponentId id)
{
    return host->servers[id] != NULL;
}

uint16_t host_port(const Host *host, ComponentId id)
{
    return http_server_port(host->servers[id]);
}

uint16_t host_public_port(const Host *host, ComponentId id)
{
    return host->public_servers[id] == NULL ? 0 : http_server_port(host->public_servers[id]);
}

// What a busy moment took would stay with the process: each thread's heap, and pages of the fonts.
static void give_memory_back(Host *host)
{
    if (host->fonts_open) {
        font_family_trim(&host->fonts);
    }
    (void)malloc_trim(0);
}

// Once a second what the components want done beside requests: publish and stamp the log, end
// suspensions, take up authorizations whose evidence could not be deposited.
static void *tick(void *argument)
{
    Host *host = argument;
    pthread_mutex_lock(&host->mutex);
    for (unsigned count = 1; !host->stopping; count++) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += TICK_SECONDS;
        pthread_cond_timedwait(&host->wake, &host->mutex, &until);
        if (host->stopping) {
            break;
        }
        pthread_mutex_unlock(&host->mutex);
        Error err = {0};
        size_t resumed = 0;
        if (host->preservation != NULL && !preservation_tick(host->preservation, &err)) {
            LOG(LOG_WARNING, "preservation.tick_failed", log_text("code", err.code));
        }
        if (host->keymanagement != NULL && !keymanagement_tick(host->keymanagement, &err)) {
            LOG(LOG_WARNING, "keymanagement.tick_failed", log_text("code", err.code));
        }
        if (host->certification != NULL && !certification_tick(host->certification, &err)) {
            LOG(LOG_WARNING, "certification.tick_failed", log_text("code", err.code));
        }
        if (host->registration != NULL && !registration_tick(host->registration, &err)) {
            LOG(LOG_WARNING, "registration.tick_failed", log_text("code", err.code));
        }
        if (host->timestamp != NULL && !timestamp_authority_tick(host->timestamp, &err)) {
            LOG(LOG_WARNING, "timestamp.tick_failed", log_text("code", err.code));
        }
        if (host->business != NULL && count % RESUME_TICKS == 0 &&
            !business_resume(host->business, &resumed, &err)) {
            LOG(LOG_WARNING, "business.resume_failed", log_text("code", err.code));
        }
        if (count % RESUME_TICKS == 0) {
            give_memory_back(host);
        }
        pthread_mutex_lock(&host->mutex);
    }
    pthread_mutex_unlock(&host->mutex);
    return NULL;
}

static bool start_ticker(Host *host, Error *err)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&host->mutex, NULL);
    // A wall clock that is set back would let it wait for as long.
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&host->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&host->ticker, NULL, tick, host) != 0) {
        return error_set(err, ERROR_INTERNAL, "host.thread", NULL, "cannot start a thread");
    }
    host->ticker_runs = true;
    return true;
}

static bool start_components(Host *host, Error *err)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        ComponentId id = (ComponentId)i;
        if (host->options.runs[i] &&
            (!host_components[i].start(host, err) || !listen_on(host, id, err))) {
            return error_context(err, "%s", component_name(id));
        }
    }
    return start_ticker(host, err);
}

bool host_start(const HostOptions *options, Host **ret, Error *err)
{
    // The program has tested itself already; whoever calls this otherwise gets it here.
    if (crypto_state() != CRYPTO_READY && !crypto_self_test(err)) {
        return false;
    }
    Host *host = calloc(1, sizeof *host);
    TrustStore *trust = NULL;
    if (host == NULL) {
        return error_memory(err);
    }
    host->options = *options;
    host_keymanagement_decide(host);
    host->arena = arena_new(HOST_ARENA_SIZE);
    bool ok = host->arena != NULL
                  ? trust_directory_load(host->arena, options->deployment->trust, &trust, err)
                  : error_memory(err);
    host->trust = trust;
    if (ok && trust_store_anchor_count(trust) == 0) {
        ok = error_set(err, ERROR_INPUT, "host.no_anchor", NULL,
                       "%s holds no root certificate: nothing could be believed",
                       options->deployment->trust);
    }
    if (!ok || !host_random(host, err) || !host_portal_decide(host, err) ||
        !start_components(host, err)) {
        host_stop(host);
        return false;
    }
    *ret = host;
    return true;
}

static void stop_ticker(Host *host)
{
    if (host->ticker_runs) {
        pthread_mutex_lock(&host->mutex);
        host->stopping = true;
        pthread_cond_signal(&host->wake);
        pthread_mutex_unlock(&host->mutex);
        pthread_join(host->ticker, NULL);
    }
}

void host_stop(Host *host)
{
    if (host == NULL) {
        return;
    }
    stop_ticker(host);
    // Callers stop before those they call, so that what is in flight can finish.
    for (size_t i = COMPONENT_COUNT; i-- > 0;) {
        http_server_stop(host->public_servers[i]);
        http_server_stop(host->servers[i]);
        if (host->options.runs[i]) {
            host_components[i].stop(host);
        }
    }
    for (size_t i = 0; i < host->issuer_count; i++) {
        report_issuer_stop(host->issuers[i]);
    }
    for (size_t i = 0; i < host->peer_count; i++) {
        peer_free(host->peers[i]);
    }
    host_keys_free(host);
    for (size_t i = 0; i < host->secret_count; i++) {
        secret_free(host->secrets[i]);
    }
    if (host->fonts_open) {
        font_family_close(&host->fonts);
    }
    arena_free(host->arena);
    free(host);
}
