// SPDX-License-Identifier: Apache-2.0
//
// What keeps C5's evidence for long: how its log is called, which may succeed another, and when,
// because of what, and by whose stamps time stamps are renewed.
#include <string.h>

#include "program/host_state.h"
#include "program/init.h"
#include "program/sunset.h"

enum { RENEWAL_CONNECT_MS = 3000, RENEWAL_CALL_MS = 15000, RENEWAL_ANSWER_BYTES = 64 * 1024 };

// "http://host:port" and "/path" of a URL.
static bool split_url(Host *host, const char *url, const char **ret_base, const char **ret_path,
                      Error *err)
{
    const char *mark = strstr(url, "://");
    const char *path = mark == NULL ? NULL : strchr(mark + 3, '/');
    size_t len = path == NULL ? strlen(url) : (size_t)(path - url);
    *ret_base = arena_text(host->arena, bytes_of(url, len));
    *ret_path = path == NULL ? "/" : path;
    return *ret_base != NULL || error_memory(err);
}

static bool connect_authority(Host *host, const char *url, TimestampPort *ret, Error *err)
{
    const char *path;
    PeerHttpsConfig config = {
        .takes_plain = true,
        .tls = {.certificate_file = host_path(host, COMPONENT_PRESERVATION, "tls.pem"),
                .key_file = host_path(host, COMPONENT_PRESERVATION, "tls.key"),
                .authority_file = host->options.deployment->transport_authority},
        .connect_timeout_ms = RENEWAL_CONNECT_MS,
        .timeout_ms = RENEWAL_CALL_MS,
        .max_response_bytes = RENEWAL_ANSWER_BYTES};
    if (host->peer_count == HOST_PEERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.peers", NULL, "too many peers");
    }
    if (!split_url(host, url, &config.url, &path, err) ||
        !peer_https(&config, &host->peers[host->peer_count], err)) {
        return error_context(err, "renewal_authority");
    }
    *ret = timestamp_port_of_peer(host->peers[host->peer_count++], host->options.random);
    ret->target = path;
    return true;
}

bool host_long_life(Host *host, PreservationConfig *config, Error *err)
{
    const ComponentPlace *place = &host->options.deployment->places[COMPONENT_PRESERVATION];
    AlgorithmSunset *sunsets;
    bool has_name = place->long_life.log_origin[0] != '\0';
    config->origin = has_name ? place->long_life.log_origin : INIT_LOG_ORIGIN;
    config->renew_before = place->long_life.renew_before_days * TIME_DAY;
    if (!sunsets_parse(host->arena, place->long_life.weak, &sunsets, &config->sunset_count, err)) {
        return error_context(err, "preservation: weak");
    }
    config->sunsets = sunsets;
    if (place->long_life.renewal_authority[0] == '\0') {
        return true;
    }
    config->renewal = &host->preservation_renewal;
    return connect_authority(host, place->long_life.renewal_authority, &host->preservation_renewal,
                             err);
}
