// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/timestamp.h"

#include <stdlib.h>

#include "component/timestamp/authority.h"
#include "component/timestamp/embedded.h"
#include "component/timestamp/records.h"
#include "domain/pki/oid.h"

enum { SERIAL_BLOCK_DEFAULT = 65536, ANONYMOUS_PER_SECOND_DEFAULT = 200 };

static bool refuse_config(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "timestamp_authority.config", "RFC 3161 2.3", "%s", rule);
}

static bool check_config(TimestampAuthority *authority, Error *err)
{
    const TimestampAuthorityConfig *config = &authority->config;
    if (!certificate_parse(config->certificate, &authority->certificate, err)) {
        return refuse_config(err, "the TSA's certificate is malformed");
    }
    if (!sm2_public_key_equal(&authority->certificate.public_key, config->signer->public_key)) {
        return refuse_config(err, "the TSA's certificate belongs to another key");
    }
    if (!certificate_has_sole_extended_key_usage(&authority->certificate, OID_USE_TIMESTAMPING) ||
        !authority->certificate.extended_key_usage_is_critical) {
        return refuse_config(err, "the TSA's certificate is not for time stamps alone");
    }
    if (config->policy.len == 0 || config->chain_count > TIMESTAMP_AUTHORITY_MAX_CHAIN) {
        return refuse_config(err, "the TSA needs a policy and at most 4 chain certificates");
    }
    return true;
}

static bool open_sources(TimestampAuthority *authority, Error *err)
{
    TimestampAuthorityConfig *config = &authority->config;
    TimeSourcesConfig sources = {.servers = config->time_servers,
                                 .count = config->time_server_count,
                                 .clock = config->clock.clock,
                                 .random = config->random,
                                 .interval = config->time_interval,
                                 .max_spread = config->clock.max_offset};
    if (config->time_server_count == 0) {
        return true;
    }
    if (!time_sources_start(&sources, &authority->sources, err)) {
        return false;
    }
    authority->reference = time_sources_reference(authority->sources);
    config->clock.reference = &authority->reference;
    return true;
}

static bool open_store(TimestampAuthority *authority, Error *err)
{
    TimestampAuthorityConfig *config = &authority->config;
    const char *const migrations[TIMESTAMP_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql};
    StoreOptions options = {.path = config->store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = TIMESTAMP_SCHEMA_VERSION,
                            .migrations = migrations};
    size_t block = config->serial_block == 0 ? SERIAL_BLOCK_DEFAULT : config->serial_block;
    if (!store_open(&options, &authority->store, err) ||
        !refusal_tally_new(authority->store, &authority->refusals, err) ||
        !store_read(authority->store, timestamp_records_latest_time, &config->clock.not_before,
                    err)) {
        return false;
    }
    authority->has_serials =
        serial_source_start(&authority->serials, authority->store, config->random, block, err);
    if (!authority->has_serials) {
        return false;
    }
    authority->serials.archive_age = config->keeps_archive ? config->archive_age : 0;
    authority->has_gate = clock_gate_start(&authority->gate, &config->clock, err);
    return authority->has_gate;
}

// Strangers may have twice a second's share at once.
static bool open_limit(TimestampAuthority *authority, Error *err)
{
    const TimestampAuthorityConfig *config = &authority->config;
    uint32_t rate = config->anonymous_per_second == 0 ? ANONYMOUS_PER_SECOND_DEFAULT
                                                      : config->anonymous_per_second;
    return !config->stamps_for_anybody || address_limit_new(rate, rate * 2, &authority->limit, err);
}

bool timestamp_authority_start(const TimestampAuthorityConfig *config, TimestampAuthority **ret,
                               Error *err)
{
    TimestampAuthority *authority = calloc(1, sizeof(*authority));
    if (authority == NULL) {
        return error_memory(err);
    }
    authority->config = *config;
    authority->service = (Service){.name = "timestamp",
                                   .routes = timestamp_routes,
                                   .route_count = timestamp_route_count,
                                   .component = authority};
    if (!check_config(authority, err) || !open_limit(authority, err) ||
        !open_sources(authority, err) || !open_store(authority, err) ||
        !service_check(&authority->service, err)) {
        timestamp_authority_stop(authority);
        return error_context(err, "starting the time-stamp authority");
    }
    *ret = authority;
    return true;
}

void timestamp_authority_stop(TimestampAuthority *authority)
{
    if (authority == NULL) {
        return;
    }
    if (authority->has_gate) {
        clock_gate_stop(&authority->gate);
    }
    if (authority->has_serials) {
        serial_source_stop(&authority->serials);
    }
    time_sources_stop(authority->sources);
    refusal_tally_free(authority->refusals);
    store_close(authority->store);
    address_limit_free(authority->limit);
    free(authority);
}

bool timestamp_authority_tick(TimestampAuthority *authority, Error *err)
{
    return refusal_tally_flush(authority->refusals, err);
}

const Service *timestamp_authority_service(const TimestampAuthority *authority)
{
    return &authority->service;
}

Bytes timestamp_authority_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

bool timestamp_authority_is_ready(void *component)
{
    TimestampAuthority *authority = component;
    Time now;
    return clock_gate_take(&authority->gate, &now, NULL) &&
           certificate_is_valid_at(&authority->certificate, now);
}
