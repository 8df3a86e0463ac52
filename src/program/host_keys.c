// SPDX-License-Identifier: Apache-2.0
//
// The private keys of a host's components, wherever the deployment says they are.
#include <stdlib.h>
#include <string.h>

#include "program/host_state.h"

static bool find_device(Host *host, const char *library, SdfDevice **ret, Error *err)
{
    for (size_t i = 0; i < host->device_count; i++) {
        if (strcmp(host->devices[i].library, library) == 0) {
            *ret = host->devices[i].device;
            return true;
        }
    }
    if (host->device_count == HOST_DEVICES_MAX) {
        return error_set(err, ERROR_INPUT, "host.devices", NULL, "more than %d devices",
                         HOST_DEVICES_MAX);
    }
    HostDevice *place = &host->devices[host->device_count];
    place->library = library;
    if (!sdf_device_open(&(SdfConfig){.library = library}, &place->device, err)) {
        return error_context(err, "%s", library);
    }
    host->device_count++;
    *ret = place->device;
    return true;
}

static bool find_source(Host *host, const KeyPlace *place, SdfKeyUse use, KeySource *ret,
                        Error *err)
{
    *ret = (KeySource){.is_batch = place->holder == KEY_IN_BATCH, .random = host->options.random};
    if (place->holder != KEY_IN_DEVICE) {
        return true;
    }
    const char *password =
        place->password_variable[0] == '\0' ? "" : getenv(place->password_variable);
    if (password == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "host.password", NULL,
                         "the password of key \"%s\" is not in %s", place->name,
                         place->password_variable);
    }
    ret->key = (SdfKeyConfig){use, place->index, bytes_of_text(password)};
    return find_device(host, place->library, &ret->device, err);
}

static bool load_key(Host *host, ComponentId id, const char *name, SdfKeyUse use,
                     const KeyPair **ret, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    KeyPlace place = deployment_key(deployment, id, name);
    KeySource source;
    if (host->key_count == HOST_KEYS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.keys", NULL, "too many keys");
    }
    KeyPair *pair = &host->keys[host->key_count];
    if (!find_source(host, &place, use, &source, err) ||
        !key_pair_load(host->arena, deployment->places[id].directory, name, &source, pair, err)) {
        return false;
    }
    host->key_count++;
    *ret = pair;
    return true;
}

bool host_key(Host *host, ComponentId id, const char *name, const KeyPair **ret, Error *err)
{
    return load_key(host, id, name, SDF_SIGN_KEY, ret, err);
}

bool host_encryption_key(Host *host, ComponentId id, const char *name, const KeyPair **ret,
                         Error *err)
{
    return load_key(host, id, name, SDF_ENCRYPTION_KEY, ret, err);
}

bool host_random(Host *host, Error *err)
{
    // Two windows of the health test: a bad source is to be found before anything is made of it.
    uint8_t drawn[1024];
    SdfDevice *device;
    const char *library = host->options.deployment->random_library;
    if (library[0] == '\0') {
        return true;
    }
    if (!find_device(host, library, &device, err)) {
        return error_context(err, "random_library");
    }
    host->options.random = sdf_random(device);
    bool filled = random_fill(host->options.random, drawn, sizeof drawn, err);
    secret_wipe(drawn, sizeof drawn);
    return filled || error_context(err, "random_library %s", library);
}

void host_keys_free(Host *host)
{
    for (size_t i = 0; i < host->key_count; i++) {
        key_pair_free(&host->keys[i]);
    }
    for (size_t i = 0; i < host->device_count; i++) {
        sdf_device_close(host->devices[i].device);
    }
}
