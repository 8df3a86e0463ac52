// SPDX-License-Identifier: Apache-2.0
#include "program/external_ca.h"

#include <stdlib.h>
#include <string.h>

#include "component/port/certification_adapter.h"
#include "component/port/certification_cmp.h"
#include "component/port/message.h"
#include "program/file.h"
#include "program/host_state.h"

#define EXTERNAL_CA_TYPE "assent.external-ca/1"

enum { EXTERNAL_CA_MAX_SIZE = 64 * 1024, NAME_SIZE = 80, ADDRESS_SIZE = 400 };

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "external_ca.malformed", NULL,
                     "the file of the external CA: %s", what);
}

// --- the file ---------------------------------------------------------------------------------

static bool read_tls(const json_t *json, Arena *arena, const char *directory, TlsFiles *ret,
                     Error *err)
{
    if (json == NULL) {
        return true;
    }
    JsonView view = json_view(json, "tls", err);
    const char *certificate = message_text(&view, arena, "certificate", ADDRESS_SIZE);
    const char *key = message_text(&view, arena, "key", ADDRESS_SIZE);
    const char *authority = message_text(&view, arena, "authority", ADDRESS_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    ret->certificate_file = file_join(arena, directory, certificate);
    ret->key_file = file_join(arena, directory, key);
    ret->authority_file = file_join(arena, directory, authority);
    return (ret->certificate_file != NULL && ret->key_file != NULL &&
            ret->authority_file != NULL) ||
           error_memory(err);
}

static bool read_issuer(Arena *arena, const char *directory, const char *name, Bytes *ret,
                        Error *err)
{
    const char *path = file_join(arena, directory, name);
    Bytes pem;
    Certificate certificate;
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, EXTERNAL_CA_MAX_SIZE, &pem, err) ||
        !certificate_load(arena, pem, &certificate, err)) {
        return error_context(err, "certificate of the external CA");
    }
    *ret = certificate.der;
    return true;
}

static bool read_secret(const char *variable, ExternalCa *ret, Error *err)
{
    if (variable[0] == '\0') {
        return true;
    }
    ret->secret = getenv(variable);
    return (ret->secret != NULL && ret->secret[0] != '\0') ||
           error_set(err, ERROR_INPUT, "external_ca.secret", NULL,
                     "the environment has no %s with the secret of the external CA", variable);
}

static bool choose(const char *text, const char *first, const char *second, bool *ret_is_first,
                   Error *err)
{
    *ret_is_first = strcmp(text, first) == 0;
    return *ret_is_first || strcmp(text, second) == 0 ||
           malformed(err, "a protocol or kind of request that there is not");
}

static bool read_fields(const json_t *json, Arena *arena, const char *directory, ExternalCa *ret,
                        Error *err)
{
    JsonView view = json_view(json, "external CA", err);
    const char *type = message_text(&view, arena, "type", NAME_SIZE);
    const char *protocol = message_text(&view, arena, "protocol", NAME_SIZE);
    const char *issuer = message_text(&view, arena, "issuer", ADDRESS_SIZE);
    const char *request = message_optional_text(&view, arena, "request", NAME_SIZE);
    const char *variable = message_optional_text(&view, arena, "secret_variable", NAME_SIZE);
    const json_t *tls = json_view_optional_object(&view, "tls");
    ret->peer.url = message_text(&view, arena, "url", ADDRESS_SIZE);
    ret->path = message_optional_text(&view, arena, "path", ADDRESS_SIZE);
    ret->policy_oid = message_text(&view, arena, "policy_oid", NAME_SIZE);
    ret->cps_uri = message_text(&view, arena, "cps_uri", ADDRESS_SIZE);
    ret->cps_version = message_text(&view, arena, "cps_version", NAME_SIZE);
    ret->reference = message_optional_text(&view, arena, "reference", NAME_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    if (strcmp(type, EXTERNAL_CA_TYPE) != 0) {
        return malformed(err, "not of type " EXTERNAL_CA_TYPE);
    }
    request = request[0] == '\0' ? "p10cr" : request;
    return choose(protocol, "cmp", "adapter", &ret->speaks_cmp, err) &&
           choose(request, "cr", "p10cr", &ret->asks_by_cr, err) &&
           read_tls(tls, arena, directory, &ret->peer.tls, err) &&
           read_issuer(arena, directory, issuer, &ret->issuer, err) &&
           read_secret(variable, ret, err);
}

bool external_ca_load(Arena *arena, const char *path, ExternalCa *ret, Error *err)
{
    const char *directory = file_directory(arena, path);
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    *ret = (ExternalCa){0};
    if (directory == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, EXTERNAL_CA_MAX_SIZE, &text, err) ||
        !json_parse(text, &json, err) || !read_fields(json, arena, directory, ret, err)) {
        return error_context(err, "%s", path);
    }
    ret->peer.takes_plain = ret->speaks_cmp;  // CMP protects itself, the contract does not
    return true;
}

// --- the host ---------------------------------------------------------------------------------

static bool make_cmp(Host *host, const ExternalCa *ca, Institution institution, Peer *peer,
                     CertificationPort *ret, Error *err)
{
    CmpAuthority *authority = arena_alloc(host->arena, sizeof(*authority));
    if (authority == NULL) {
        return error_memory(err);
    }
    *authority = (CmpAuthority){.peer = peer,
                                .path = ca->path[0] == '\0' ? "/.well-known/cmp" : ca->path,
                                .trust = host->trust,
                                .issuer = ca->issuer,
                                .asks_by_cr = ca->asks_by_cr,
                                .reference = ca->reference,
                                .secret = ca->secret,
                                .institution = institution,
                                .random = host->options.random,
                                .policy_oid = ca->policy_oid,
                                .cps_uri = ca->cps_uri,
                                .cps_version = ca->cps_version};
    *ret = certification_port_of_cmp(authority);
    return true;
}

static bool make_adapter(Host *host, const ExternalCa *ca, Institution institution, Peer *peer,
                         CertificationPort *ret, Error *err)
{
    AdapterAuthority *authority = arena_alloc(host->arena, sizeof(*authority));
    if (authority == NULL) {
        return error_memory(err);
    }
    *authority = (AdapterAuthority){.peer = peer,
                                    .path = ca->path,
                                    .trust = host->trust,
                                    .issuer = ca->issuer,
                                    .institution = institution,
                                    .policy_oid = ca->policy_oid,
                                    .cps_uri = ca->cps_uri,
                                    .cps_version = ca->cps_version};
    *ret = certification_port_of_adapter(authority);
    return true;
}

bool host_external_ca(Host *host, RegistrationConfig *config, Error *err)
{
    const char *path = host->options.deployment->places[COMPONENT_REGISTRATION].external_ca;
    ExternalCa ca;
    if (path[0] == '\0') {
        return true;
    }
    if (host->peer_count == HOST_PEERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.peers", NULL, "too many peers");
    }
    Peer **peer = &host->peers[host->peer_count];
    if (!external_ca_load(host->arena, path, &ca, err) || !peer_https(&ca.peer, peer, err)) {
        return error_context(err, "the external CA");
    }
    host->peer_count++;
    Bytes *certifier = arena_alloc(host->arena, sizeof(*certifier));
    if (certifier == NULL) {
        return error_memory(err);
    }
    *certifier = config->institution.certificate;
    config->certifiers = certifier;
    config->certifier_count = 1;
    config->log_certificate = BYTES_EMPTY;
    return ca.speaks_cmp
               ? make_cmp(host, &ca, config->institution, *peer, &config->certification, err)
               : make_adapter(host, &ca, config->institution, *peer, &config->certification, err);
}
