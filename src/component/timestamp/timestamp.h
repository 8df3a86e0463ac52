// SPDX-License-Identifier: Apache-2.0
//
// TSA: the time-stamp authority (RFC 3161 over HTTP, SM3 imprints, SM2 signatures). It knows
// neither what is stamped nor for whom, and it says nothing about the time when it is not sure.
#ifndef ASSENT_COMPONENT_TIMESTAMP_TIMESTAMP_H
#define ASSENT_COMPONENT_TIMESTAMP_TIMESTAMP_H

#include "base/crypto/signer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "component/timestamp/clock_gate.h"

typedef struct TimestampAuthority TimestampAuthority;

enum { TIMESTAMP_AUTHORITY_MAX_CHAIN = 4 };

// Everything is borrowed until timestamp_authority_stop.
typedef struct {
    const Signer *signer;
    Bytes certificate;  // DER; of the signer, timeStamping its critical sole extended usage
    Bytes chain[TIMESTAMP_AUTHORITY_MAX_CHAIN];  // DER certificates above it, for those who ask
    size_t chain_count;
    Bytes policy;                   // OID of the stamping policy, content octets
    uint32_t accuracy_ms;           // stated in tokens; 0: not stated
    const char *store_path;         // the database file of the serial numbers
    bool stamps_for_anybody;        // also for callers without a certificate
    uint32_t anonymous_per_second;  // of those, for one network address [200]
    Random random;
    ClockGateConfig clock;  // not_before is filled by the store, reference by the time servers
    const char *const *time_servers;  // "address:port", compared with the clock; NULL: none are
    size_t time_server_count;
    Time time_interval;   // between two comparisons; 0: a default
    bool keeps_archive;   // every token is stored, durably, before it is given out
    Time archive_age;     // and dropped after so long; 0: never
    size_t serial_block;  // serial numbers taken from the store at a time [65536]
} TimestampAuthorityConfig;

// Open the store and reserve serial numbers. Fails with ERROR_INPUT "timestamp_authority.config"
// (certificate malformed, not for stamping, or not the signer's) or as the store does.
bool timestamp_authority_start(const TimestampAuthorityConfig *config, TimestampAuthority **ret,
                               Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void timestamp_authority_stop(TimestampAuthority *authority);
// What has to happen though nobody asks: what was refused is written down. Called once a second.
bool timestamp_authority_tick(TimestampAuthority *authority, Error *err) MUST_CHECK;
// The routes, to be served or called locally. Lives as long as the authority.
const Service *timestamp_authority_service(const TimestampAuthority *authority);
// OpenAPI description, JSON.
Bytes timestamp_authority_openapi(void);
// For HttpServerConfig.is_ready: the clock may be stamped and the certificate is valid.
bool timestamp_authority_is_ready(void *authority);

#endif
