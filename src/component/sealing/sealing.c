// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/sealing.h"

#include <stdlib.h>

#include "component/sealing/embedded.h"
#include "component/sealing/maker.h"
#include "component/sealing/records.h"

#define MAX_VALIDITY_DEFAULT (5 * 366 * TIME_DAY)

static bool check_config(Sealing *sealing, Error *err)
{
    const SealingConfig *config = &sealing->config;
    const char *rule = NULL;
    if (!certificate_parse(config->certificate, &sealing->certificate, err)) {
        rule = "the seal maker's certificate is malformed";
    } else if (!sm2_public_key_equal(&sealing->certificate.public_key, config->maker->public_key)) {
        rule = "the seal maker's certificate belongs to another key";
    } else if ((sealing->certificate.key_usage &
                (USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION)) == 0) {
        rule = "the seal maker's certificate may not sign";
    } else if (config->chain_count > SEALING_MAX_CHAIN) {
        rule = "the chain is too long";
    } else if (config->storage_key != NULL && config->storage_key->decrypt == NULL) {
        rule = "the storage key is not for decryption";
    }
    return rule == NULL ||
           error_set(err, ERROR_INPUT, "sealing.config", "GB/T 38540-2020 6.2", "%s", rule);
}

bool sealing_start(const SealingConfig *config, Sealing **ret, Error *err)
{
    Sealing *sealing = calloc(1, sizeof(*sealing));
    if (sealing == NULL) {
        return error_memory(err);
    }
    sealing->config = *config;
    if (config->max_validity == 0) {
        sealing->config.max_validity = MAX_VALIDITY_DEFAULT;
    }
    sealing->service = (Service){.name = "sealing",
                                 .routes = sealing_routes,
                                 .route_count = sealing_route_count,
                                 .component = sealing};
    const char *const migrations[SEALING_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql};
    StoreOptions options = {.path = config->store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = SEALING_SCHEMA_VERSION,
                            .migrations = migrations};
    if (!check_config(sealing, err) || !store_open(&options, &sealing->store, err) ||
        !service_check(&sealing->service, err)) {
        sealing_stop(sealing);
        return error_context(err, "starting the sealing service");
    }
    *ret = sealing;
    return true;
}

void sealing_stop(Sealing *sealing)
{
    if (sealing == NULL) {
        return;
    }
    store_close(sealing->store);
    free(sealing);
}

const Service *sealing_service(const Sealing *sealing)
{
    return &sealing->service;
}

Bytes sealing_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}
