// SPDX-License-Identifier: Apache-2.0
//
// The key management within a host, and the way from C3 to it.
#include "base/core/log.h"
#include "program/file.h"
#include "program/host_state.h"

enum { KEY_POOL_SIZE = 8 };

void host_keymanagement_decide(Host *host)
{
    bool *runs = &host->options.runs[COMPONENT_KEYMANAGEMENT];
    if (*runs && !deployment_has(host->options.deployment, COMPONENT_KEYMANAGEMENT)) {
        LOG(LOG_WARNING, "keymanagement.left_out", log_text("code", "host.no_section"));
        *runs = false;
    }
}

// partners/keymanagement-KIND-1.pem and so on, as far as there are any.
static bool load_numbered(Host *host, const char *kind, const Bytes **ret, size_t *ret_count,
                          Error *err)
{
    const char *directory = host->options.deployment->directory;
    Bytes *list = arena_alloc(host->arena, KEYMANAGEMENT_PARTNERS_MAX * sizeof *list);
    size_t count = 0;
    for (; list != NULL && count < KEYMANAGEMENT_PARTNERS_MAX; count++) {
        const char *name = arena_format(host->arena, "%s-%zu", kind, count + 1);
        const char *path =
            arena_format(host->arena, "%s/partners/keymanagement-%s.pem", directory, name);
        if (name == NULL || path == NULL) {
            return error_memory(err);
        }
        if (!file_exists(path)) {
            break;
        }
        if (!host_partner(host, COMPONENT_KEYMANAGEMENT, name, &list[count], err)) {
            return false;
        }
    }
    *ret = list;
    *ret_count = count;
    return list != NULL || error_memory(err);
}

bool host_keymanagement_start(Host *host, Error *err)
{
    const KeyPair *sign, *store;
    const Secret *field;
    Bytes *certifier = arena_alloc(host->arena, sizeof *certifier);
    if (certifier == NULL) {
        return error_memory(err);
    }
    if (!host_key(host, COMPONENT_KEYMANAGEMENT, "sign", &sign, err) ||
        !host_encryption_key(host, COMPONENT_KEYMANAGEMENT, "store", &store, err) ||
        !host_secret(host, COMPONENT_KEYMANAGEMENT, "field", &field, err) ||
        !host_partner(host, COMPONENT_CERTIFICATION, "sign", certifier, err)) {
        return false;
    }
    KeyManagementConfig config = {
        .institution = host_institution(host, sign),
        .storage_key = &store->signer,
        .field_key = field,
        .certifiers = certifier,
        .certifier_count = 1,
        .trust = host->trust,
        .revocation = REVOCATION_IF_GIVEN,
        .store_path = host_path(host, COMPONENT_KEYMANAGEMENT, "keymanagement.db"),
        .random = host->options.random,
        .pool_size = KEY_POOL_SIZE,
    };
    if (!load_numbered(host, "officer", &config.officers, &config.officer_count, err) ||
        !load_numbered(host, "judicial", &config.judicial, &config.judicial_count, err) ||
        !keymanagement_start(&config, &host->keymanagement, err)) {
        return false;
    }
    host->services[COMPONENT_KEYMANAGEMENT] = keymanagement_service(host->keymanagement);
    host->openapi[COMPONENT_KEYMANAGEMENT] = keymanagement_openapi();
    return true;
}

void host_keymanagement_stop(Host *host)
{
    keymanagement_stop(host->keymanagement);
}

bool host_keymanagement_link(Host *host, const KeyPair *sign, CertificationConfig *config,
                             Error *err)
{
    Peer *peer;
    if (!deployment_has(host->options.deployment, COMPONENT_KEYMANAGEMENT)) {
        return true;
    }
    if (!host_partner(host, COMPONENT_KEYMANAGEMENT, "sign", &config->key_manager, err) ||
        !host_link(host, COMPONENT_CERTIFICATION, COMPONENT_KEYMANAGEMENT, &peer, err)) {
        return false;
    }
    config->key_management = key_management_port_of_peer(peer, host_institution(host, sign));
    return true;
}
