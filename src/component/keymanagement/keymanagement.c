// SPDX-License-Identifier: Apache-2.0
#include "component/keymanagement/keymanagement.h"

#include <stdlib.h>

#include "component/keymanagement/embedded.h"
#include "component/keymanagement/keeper.h"

#define ARCHIVE_PERIOD_DEFAULT (5 * 366 * TIME_DAY)

enum { START_ARENA_SIZE = 4 * 1024 * 1024, OFFICERS_MIN = 2 };

static bool check_config(const KeyManagementConfig *config, Error *err)
{
    Certificate own;
    const char *rule = NULL;
    if (!certificate_parse(config->institution.certificate, &own, err)) {
        rule = "the certificate is malformed";
    } else if (!sm2_public_key_equal(&own.public_key, config->institution.signer->public_key)) {
        rule = "the certificate belongs to another key";
    } else if (config->storage_key == NULL || config->storage_key->decrypt == NULL) {
        rule = "the storage key is not for decryption";
    } else if (config->officer_count == 1 || config->officer_count > KEYMANAGEMENT_PARTNERS_MAX) {
        rule = "a recovery takes two officers, or is not possible at all";
    } else if (config->certifier_count > KEYMANAGEMENT_PARTNERS_MAX ||
               config->judicial_count > KEYMANAGEMENT_PARTNERS_MAX) {
        rule = "there are too many partners";
    }
    _Static_assert(OFFICERS_MIN == 2, "the rule above says two");
    return rule == NULL ||
           error_set(err, ERROR_INPUT, "keymanagement.config", "GB/T 22081-2016 9.2.3", "%s", rule);
}

static bool load(KeyManagement *keeper, Error *err)
{
    const KeyManagementConfig *config = &keeper->config;
    Clock clock = config->institution.clock;
    StoreOptions options = {.path = config->store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = KEYMANAGEMENT_SCHEMA_VERSION};
    return check_config(config, err) &&
           partners_pin(keeper->arena, config->certifiers, config->certifier_count, clock,
                        &keeper->certifiers, err) &&
           partners_pin(keeper->arena, config->officers, config->officer_count, clock,
                        &keeper->officers, err) &&
           store_open(&options, &keeper->store, err) && service_check(&keeper->service, err);
}

bool keymanagement_start(const KeyManagementConfig *config, KeyManagement **ret, Error *err)
{
    KeyManagement *keeper = calloc(1, sizeof *keeper);
    Arena *arena = arena_new(START_ARENA_SIZE);
    if (keeper == NULL || arena == NULL) {
        free(keeper);
        arena_free(arena);
        return error_memory(err);
    }
    keeper->arena = arena;
    keeper->config = *config;
    if (config->archive_period == 0) {
        keeper->config.archive_period = ARCHIVE_PERIOD_DEFAULT;
    }
    keeper->service = (Service){.name = "keymanagement",
                                .routes = keymanagement_routes,
                                .route_count = keymanagement_route_count,
                                .component = keeper};
    if (!load(keeper, err)) {
        keymanagement_stop(keeper);
        return error_context(err, "starting the key management");
    }
    *ret = keeper;
    return true;
}

void keymanagement_stop(KeyManagement *keeper)
{
    if (keeper == NULL) {
        return;
    }
    store_close(keeper->store);
    arena_free(keeper->arena);
    free(keeper);
}

const Service *keymanagement_service(const KeyManagement *keeper)
{
    return &keeper->service;
}

Bytes keymanagement_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

// --- the clock --------------------------------------------------------------------------------

static bool fill_pool(KeyManagement *keeper, Error *err)
{
    int64_t count;
    if (!key_pair_record_count_pooled(keeper->store, &count, err)) {
        return false;
    }
    for (; count < (int64_t)keeper->config.pool_size; count++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(START_ARENA_SIZE);
        if (arena == NULL) {
            return error_memory(err);
        }
        if (!keeper_make(keeper, arena, err)) {
            return false;
        }
    }
    return true;
}

static bool destroy_old(KeyManagement *keeper, Error *err)
{
    Time before = clock_now(keeper->config.institution.clock) - keeper->config.archive_period;
    for (;;) {
        KeyPairRow row;
        CLEANUP(arena_cleanup) Arena *arena = arena_new(START_ARENA_SIZE);
        if (arena == NULL) {
            return error_memory(err);
        }
        if (!key_pair_record_find_archived(keeper->store, before, arena, &row, err)) {
            return false;
        }
        if (row.key_id == NULL) {
            return true;
        }
        Deed deed = {.kind = DEED_DESTROY, .pair = &row};
        const KeyEvent event = {"destroyed", row.key_id, "", sm3_digest(BYTES_EMPTY)};
        if (!keeper_do(keeper, &deed, &event, arena, err)) {
            return false;
        }
    }
}

bool keymanagement_tick(KeyManagement *keeper, Error *err)
{
    return fill_pool(keeper, err) && destroy_old(keeper, err);
}
