// SPDX-License-Identifier: Apache-2.0
//
// Asking a deployment where something is.
#include <stdlib.h>
#include <string.h>

#include "program/deployment.h"
#include "program/file.h"

static const char *const component_names[COMPONENT_COUNT] = {
    [COMPONENT_SANDBOX] = "sandbox",
    [COMPONENT_TIMESTAMP] = "timestamp",
    [COMPONENT_KEYMANAGEMENT] = "keymanagement",
    [COMPONENT_CERTIFICATION] = "certification",
    [COMPONENT_PRESERVATION] = "preservation",
    [COMPONENT_SEALING] = "sealing",
    [COMPONENT_REGISTRATION] = "registration",
    [COMPONENT_BUSINESS] = "business",
    [COMPONENT_PORTAL] = "portal",
    [COMPONENT_CERTIFICATION_PORTAL] = "certification_portal",
    [COMPONENT_PRESERVATION_PORTAL] = "preservation_portal",
};

const ComponentPlace deployment_nowhere = {.listen = "",
                                           .url = "",
                                           .directory = "",
                                           .public_listen = "",
                                           .public_url = "",
                                           .time_listen = "",
                                           .witness_policy = "",
                                           .log_storage = "",
                                           .log_database = "",
                                           .long_life = {"", 0, "", ""},
                                           .external_ca = "",
                                           .pages = ""};

const char *component_name(ComponentId id)
{
    return component_names[id];
}

bool component_from_name(const char *name, ComponentId *ret)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (strcmp(component_names[i], name) == 0) {
            *ret = (ComponentId)i;
            return true;
        }
    }
    return false;
}

bool component_is_portal(ComponentId id)
{
    return id == COMPONENT_PORTAL || id == COMPONENT_CERTIFICATION_PORTAL ||
           id == COMPONENT_PRESERVATION_PORTAL;
}

bool deployment_has(const Deployment *deployment, ComponentId id)
{
    return deployment->places[id].listen[0] != '\0';
}

KeyPlace deployment_key(const Deployment *deployment, ComponentId id, const char *name)
{
    const ComponentPlace *place = &deployment->places[id];
    for (size_t i = 0; i < place->key_count; i++) {
        if (strcmp(place->keys[i].name, name) == 0) {
            return place->keys[i];
        }
    }
    return (KeyPlace){.name = name, .holder = KEY_IN_FILE, .library = "", .password_variable = ""};
}

const char *deployment_file(Arena *arena, const Deployment *deployment, ComponentId id,
                            const char *name)
{
    return file_join(arena, deployment->places[id].directory, name);
}

bool deployment_connect(const Deployment *deployment, ComponentId id, const char *url,
                        const char *role, Peer **ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ComponentId own;
    if (arena == NULL) {
        return error_memory(err);
    }
    const char *directory = component_from_name(role, &own)
                                ? deployment->places[own].directory
                                : file_join(arena, deployment->directory, role);
    if (directory == NULL) {
        return error_memory(err);
    }
    PeerHttpsConfig config = {
        .url = url == NULL ? deployment->places[id].url : url,
        .tls = {.certificate_file = file_join(arena, directory, "tls.pem"),
                .key_file = file_join(arena, directory, "tls.key"),
                .authority_file = deployment->transport_authority},
        .server_role = component_name(id),
    };
    if (config.tls.certificate_file == NULL || config.tls.key_file == NULL) {
        return error_memory(err);
    }
    return peer_https(&config, ret, err) || error_context(err, "peer %s", component_name(id));
}

bool listen_parse(Arena *arena, const char *listen, const char **ret_address, uint16_t *ret_port,
                  Error *err)
{
    const char *colon = strrchr(listen, ':');
    char *end = NULL;
    unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
    if (colon == NULL || end == colon + 1 || *end != '\0' || port > 65535) {
        return error_set(err, ERROR_INPUT, "deployment.listen", NULL,
                         "\"%s\" is not of the form address:port", listen);
    }
    *ret_address = arena_text(arena, bytes_of(listen, (size_t)(colon - listen)));
    *ret_port = (uint16_t)port;
    return *ret_address != NULL || error_memory(err);
}
