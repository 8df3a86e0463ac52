// SPDX-License-Identifier: Apache-2.0
//
// Witnesses: those that stand in for a court, a notary and a CA beside the sandbox, and whom C5
// asks.
#include <stdlib.h>
#include <string.h>

#include "program/file.h"
#include "program/host_state.h"

enum {
    WITNESS_CONNECT_MS = 1000,
    WITNESS_CALL_MS = 3000,
    WITNESS_ANSWER_BYTES = 64 * 1024,
    WITNESS_WORKERS = 2,
};

static bool start_witness(Host *host, const WitnessPlace *place, Error *err)
{
    HostWitness *witness = &host->witnesses[host->witness_count];
    HttpServerConfig config = {
        .is_public = true, .workers = WITNESS_WORKERS, .clock = host->options.clock};
    if (!witness_home_open(host->arena, place->directory, host->options.clock, &witness->home,
                           err)) {
        return error_context(err, "%s", place->directory);
    }
    host->witness_count++;
    config.openapi_json = witness_openapi();
    return listen_parse(host->arena, place->listen, &config.address, &config.port, err) &&
           http_server_start(&config, witness_service(witness->home.witness), &witness->server,
                             err);
}

bool host_witnesses_start(Host *host, Error *err)
{
    const ComponentPlace *place = &host->options.deployment->places[COMPONENT_SANDBOX];
    host->witnesses = calloc(place->witness_count + 1, sizeof *host->witnesses);
    if (host->witnesses == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < place->witness_count; i++) {
        if (!start_witness(host, &place->witnesses[i], err)) {
            return false;
        }
    }
    return true;
}

void host_witnesses_stop(Host *host)
{
    for (size_t i = 0; i < host->witness_count; i++) {
        http_server_stop(host->witnesses[i].server);
        witness_home_close(&host->witnesses[i].home);
    }
    free(host->witnesses);
    host->witnesses = NULL;
    host->witness_count = 0;
}

// One that runs here listens where the kernel let it.
static const char *url_of(Host *host, const WitnessNode *node)
{
    for (size_t i = 0; i < host->witness_count; i++) {
        if (note_key_equal(&host->witnesses[i].home.note_key, &node->key)) {
            return arena_format(host->arena, "http://127.0.0.1:%u",
                                http_server_port(host->witnesses[i].server));
        }
    }
    return node->url;
}

static bool connect_witness(Host *host, const WitnessNode *node, Peer **ret, Error *err)
{
    PeerHttpsConfig config = {
        .url = url_of(host, node),
        .takes_plain = true,
        .tls = {.certificate_file = host_path(host, COMPONENT_PRESERVATION, "tls.pem"),
                .key_file = host_path(host, COMPONENT_PRESERVATION, "tls.key"),
                .authority_file = host->options.deployment->transport_authority},
        .connect_timeout_ms = WITNESS_CONNECT_MS,
        .timeout_ms = WITNESS_CALL_MS,
        .max_response_bytes = WITNESS_ANSWER_BYTES};
    if (config.url == NULL) {
        return error_memory(err);
    }
    if (!node->is_witness || config.url[0] == '\0') {
        return true;
    }
    if (host->peer_count == HOST_PEERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.peers", NULL, "too many peers");
    }
    if (!peer_https(&config, &host->peers[host->peer_count], err)) {
        return error_context(err, "witness %s", node->name);
    }
    *ret = host->peers[host->peer_count++];
    return true;
}

bool host_witness_policy(Host *host, PreservationConfig *config, Error *err)
{
    Bytes text;
    const char *path = host->options.deployment->places[COMPONENT_PRESERVATION].witness_policy;
    if (path[0] == '\0') {
        return true;
    }
    if (!file_read(host->arena, path, WITNESS_POLICY_MAX_BYTES, &text, err) ||
        !witness_policy_parse(host->arena, text, &config->witnesses, err)) {
        return error_context(err, "%s", path);
    }
    size_t count = config->witnesses->node_count;
    Peer **peers = arena_alloc(host->arena, (count + 1) * sizeof *peers);
    if (peers == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        peers[i] = NULL;
        if (!connect_witness(host, &config->witnesses->nodes[i], &peers[i], err)) {
            return false;
        }
    }
    config->witness_peers = peers;
    return true;
}
