// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/preservation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/core/log.h"
#include "component/preservation/acceptance.h"
#include "component/preservation/alarms.h"
#include "component/preservation/cosigning.h"
#include "component/preservation/embedded.h"
#include "component/preservation/preservation_state.h"
#include "component/preservation/renewal.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/pki/timestamp.h"

enum { PATH_SIZE = 1024, SCHEMA_VERSION = 10, WATCH_PER_SECOND = 100 };

static bool wrong_configuration(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "preservation.configuration", NULL,
                     "the evidence system's configuration %s", why);
}

static bool take_accounts(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    if (config->depositor_count > PRESERVATION_DEPOSITORS_MAX) {
        return wrong_configuration("has too many depositors", err);
    }
    for (size_t i = 0; i < config->depositor_count; i++) {
        const Depositor *depositor = &config->depositors[i];
        DepositorAccount *account = &preservation->accounts[i];
        account->role = arena_text(preservation->arena, bytes_of_text(depositor->role));
        account->name = depositor->name == NULL
                            ? NULL
                            : arena_text(preservation->arena, bytes_of_text(depositor->name));
        if (account->role == NULL || (depositor->name != NULL && account->name == NULL)) {
            return error_memory(err);
        }
        if (!certificate_load(preservation->arena, depositor->certificate, &account->certificate,
                              err)) {
            return error_context(err, "depositor %zu", i);
        }
        account->fingerprint = certificate_fingerprint(&account->certificate);
    }
    preservation->account_count = config->depositor_count;
    return true;
}

static bool check_configuration(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    if (config->kek == NULL || secret_len(config->kek) != 16) {
        return wrong_configuration("has no key-encryption key of 16 bytes", err);
    }
    if (!certificate_load(preservation->arena, config->certificate, &preservation->certificate,
                          err)) {
        return error_context(err, "certificate of the log's key");
    }
    if (!sm2_public_key_equal(&preservation->certificate.public_key, config->signer->public_key)) {
        return wrong_configuration("has a certificate of another key than the log's", err);
    }
    return take_accounts(preservation, err);
}

// A log that is moved to a database leaves its files behind. Beginning another under the same name
// would fork it.
static bool refuse_second_log(const char *path, Error *err)
{
    return access(path, F_OK) != 0 ||
           wrong_configuration("names a database, but the log is in files", err);
}

static bool open_storage(Preservation *preservation, LogStorage *ret, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/log", config->directory);
    if (config->log_database == NULL || config->log_database[0] == '\0') {
        if (!log_files_open(path, 0, &preservation->files, err)) {
            return false;
        }
        *ret = log_files_storage(preservation->files);
        return true;
    }
    LogPostgresConfig database = {config->log_database, config->origin, config->random, 0};
    if (!refuse_second_log(path, err) ||
        !log_postgres_open(&database, &preservation->database, err)) {
        return false;
    }
    *ret = log_postgres_storage(preservation->database);
    return true;
}

static bool open_log(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    LogStorage storage;
    if (!open_storage(preservation, &storage, err)) {
        return false;
    }
    EvidenceLogConfig log = {
        .storage = storage,
        .origin = config->origin,
        .signer = config->signer,
        .clock = config->clock,
    };
    return evidence_log_open(&log, &preservation->log, err);
}

static bool open_store(Preservation *preservation, Error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/preservation.db", preservation->config.directory);
    const char *const migrations[SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql,
        (const char *)embedded_data_to_version_4_sql, (const char *)embedded_data_to_version_5_sql,
        (const char *)embedded_data_to_version_6_sql, (const char *)embedded_data_to_version_7_sql,
        (const char *)embedded_data_to_version_8_sql, (const char *)embedded_data_to_version_9_sql,
        (const char *)embedded_data_to_version_10_sql};
    StoreOptions options = {path, (const char *)embedded_schema_sql, SCHEMA_VERSION, migrations};
    return store_open(&options, &preservation->store, err);
}

static void put_metrics(void *component, Writer *ret)
{
    Preservation *preservation = component;
    cosigning_put_metrics(component, ret);
    alarm_put_metrics(preservation->alarms, ret);
    preservation_put_watch_metrics(component, ret);
    preservation_put_renewal_metrics(component, ret);
}

// What was accepted but not logged when the process ended. Once the log is closed it stays what it
// is: nobody was answered.
static bool finish_interrupted(Preservation *preservation, Error *err)
{
    return preservation_finish_issuances(preservation, err) &&
           (evidence_log_is_closed(preservation->log) ||
            (preservation_finish_deposits(preservation, err) &&
             preservation_finish_erasures(preservation, err)));
}

bool preservation_open(const PreservationConfig *config, Preservation **ret, Error *err)
{
    CLEANUP(preservation_cleanup) Preservation *preservation = calloc(1, sizeof *preservation);
    if (preservation == NULL) {
        return error_memory(err);
    }
    preservation->config = *config;
    if (preservation->config.stamp_interval == 0) {
        preservation->config.stamp_interval = TIME_SECOND;
    }
    if (preservation->config.check_interval == 0) {
        preservation->config.check_interval = TIME_HOUR;
    }
    if (preservation->config.watch_per_second == 0) {
        preservation->config.watch_per_second = WATCH_PER_SECOND;
    }
    if (preservation->config.watch_interval == 0) {
        preservation->config.watch_interval = TIME_DAY;
    }
    if (preservation->config.missing_after == 0) {
        preservation->config.missing_after = 30 * TIME_MINUTE;
    }
    if (preservation->config.renew_before == 0) {
        preservation->config.renew_before = 90 * TIME_DAY;
    }
    if (preservation->config.version == NULL) {
        preservation->config.version = ASSENT_VERSION;
    }
    pthread_mutex_init(&preservation->mutex, NULL);
    pthread_mutex_init(&preservation->issuances.scanning, NULL);
    preservation->issuances.unscanned = UINT64_MAX;
    preservation->arena = arena_new(ARENA_DEFAULT_LIMIT);
    preservation->service = (Service){.name = "preservation",
                                      .routes = preservation_routes,
                                      .route_count = preservation_route_count,
                                      .component = preservation,
                                      .put_metrics = put_metrics};
    if (preservation->arena == NULL) {
        return error_memory(err);
    }
    preservation_digest_program(preservation);
    if (!check_configuration(preservation, err) || !open_store(preservation, err) ||
        !preservation_check_kek(preservation, err) ||
        !preservation_open_alarms(preservation, err) || !open_log(preservation, err) ||
        !finish_interrupted(preservation, err) ||
        !deposit_groups_open(preservation, &preservation->groups, err) ||
        !preservation_begin_operation(preservation, err) ||
        !preservation_check_environment(preservation, err) ||
        !cosigning_start(preservation, &preservation->cosigning, err)) {
        return false;
    }
    *ret = preservation;
    preservation = NULL;
    return true;
}

void preservation_close(Preservation *preservation)
{
    if (preservation == NULL) {
        return;
    }
    cosigning_stop(preservation->cosigning);
    deposit_groups_close(preservation->groups);
    preservation_end_operation(preservation);
    evidence_log_close(preservation->log);
    log_files_close(preservation->files);
    log_postgres_close(preservation->database);
    alarm_board_free(preservation->alarms);
    store_close(preservation->store);
    arena_free(preservation->arena);
    pthread_mutex_destroy(&preservation->issuances.scanning);
    pthread_mutex_destroy(&preservation->mutex);
    free(preservation);
}

void preservation_cleanup(Preservation **preservation)
{
    preservation_close(*preservation);
    *preservation = NULL;
}

const Service *preservation_service(const Preservation *preservation)
{
    return &preservation->service;
}

Bytes preservation_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

const NoteKey *preservation_log_key(const Preservation *preservation)
{
    return evidence_log_key(preservation->log);
}

typedef struct {
    StampRecord record;
    Time at;
} StampWrite;

static bool write_stamp(StoreSession *session, void *context, Error *err)
{
    const StampWrite *stamp = context;
    return stamp_record_insert(session, &stamp->record, stamp->at, err);
}

// Obtain, verify and keep a stamp on the latest checkpoint.
static bool stamp_checkpoint(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    Time now = clock_now(config->clock);
    StampWrite stamp = {.at = now};
    MerkleHead head;
    Checkpoint checkpoint;
    TimestampToken token;
    if (!evidence_log_checkpoint(preservation->log, arena, &stamp.record.checkpoint, &head, err)) {
        return false;
    }
    if (head.size == preservation->stamped_size ||
        (now >= preservation->stamped && now - preservation->stamped < config->stamp_interval)) {
        return true;
    }
    if (!checkpoint_parse(arena, stamp.record.checkpoint, &checkpoint, err)) {
        return false;
    }
    Sm3Digest imprint = receipt_stamp_imprint(&checkpoint);
    if (!config->timestamp->stamp(config->timestamp, &imprint, arena, &stamp.record.token, err) ||
        !timestamp_token_parse(stamp.record.token, &token, err) ||
        !timestamp_token_verify(&token, &imprint, config->trust, config->revocation, NULL, err)) {
        return error_context(err, "time stamp on a checkpoint");
    }
    stamp.record.size = head.size;
    if (!store_write(preservation->store, write_stamp, &stamp, err)) {
        return false;
    }
    // Before the stamp was asked for, so that waiting for it does not count.
    vitals_note_offset(&preservation->vitals, now - token.time);
    preservation->stamped = now;
    preservation->stamped_size = head.size;
    return true;
}

bool preservation_tick(Preservation *preservation, Error *err)
{
    bool ok = evidence_log_publish(preservation->log, err) &&
              preservation_watch_operation(preservation, err) &&
              (preservation->config.timestamp == NULL || stamp_checkpoint(preservation, err));
    // The watch does not wait for what failed.
    Error unwatched = {0};
    if (!preservation_watch(preservation, &unwatched) && ok) {
        *err = unwatched;
        ok = false;
    }
    Error unrenewed = {0};
    if (preservation->config.timestamp != NULL && !preservation_renew(preservation, &unrenewed) &&
        ok) {
        *err = unrenewed;
        ok = false;
    }
    // Witnesses do not wait for a time-stamp authority that is down.
    Error why = {0};
    if (!cosigning_tick(preservation->cosigning, &why) && ok) {
        *err = why;
        ok = false;
    }
    return ok;
}
