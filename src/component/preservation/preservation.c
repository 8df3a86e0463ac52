// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/preservation.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/core/log.h"
#include "component/preservation/embedded.h"
#include "component/preservation/preservation_state.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/pki/timestamp.h"

enum { PATH_SIZE = 1024, SCHEMA_VERSION = 3 };

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

static bool open_log(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/log", config->directory);
    if (!log_files_open(path, 0, &preservation->files, err)) {
        return false;
    }
    EvidenceLogConfig log = {
        .storage = log_files_storage(preservation->files),
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
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql};
    StoreOptions options = {path, (const char *)embedded_schema_sql, SCHEMA_VERSION, migrations};
    return store_open(&options, &preservation->store, err);
}

// Digest of the file that is running, for the self-check.
static void digest_program(Preservation *preservation)
{
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    Sm3 sm3;
    uint8_t block[64 * 1024];
    ssize_t n;
    sm3_start(&sm3);
    while ((n = read(file, block, sizeof block)) > 0) {
        sm3_update(&sm3, bytes_of(block, (size_t)n));
    }
    close(file);
    sm3_finish(&sm3, &preservation->program);
    preservation->knows_program = n == 0;
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
    if (preservation->config.version == NULL) {
        preservation->config.version = ASSENT_VERSION;
    }
    pthread_mutex_init(&preservation->mutex, NULL);
    preservation->arena = arena_new(ARENA_DEFAULT_LIMIT);
    preservation->service = (Service){.name = "preservation",
                                      .routes = preservation_routes,
                                      .route_count = preservation_route_count,
                                      .component = preservation};
    if (preservation->arena == NULL) {
        return error_memory(err);
    }
    digest_program(preservation);
    if (!check_configuration(preservation, err) || !open_store(preservation, err) ||
        !open_log(preservation, err) || !preservation_finish_deposits(preservation, err) ||
        !preservation_finish_issuances(preservation, err) ||
        !preservation_check_environment(preservation, err)) {
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
    evidence_log_close(preservation->log);
    log_files_close(preservation->files);
    store_close(preservation->store);
    arena_free(preservation->arena);
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
    preservation->stamped = now;
    preservation->stamped_size = head.size;
    return true;
}

bool preservation_tick(Preservation *preservation, Error *err)
{
    return evidence_log_publish(preservation->log, err) &&
           (preservation->config.timestamp == NULL || stamp_checkpoint(preservation, err));
}

typedef struct {
    Time at;
    Sm3Digest custody;
    Bytes record;
    uint8_t salt[COMMITMENT_SALT_SIZE];
    uint64_t log_index;
} EnvironmentCheck;

static bool read_custody_head(StoreSession *session, void *context, Error *err)
{
    EnvironmentCheck *check = context;
    return custody_record_head(session, &check->custody, err);
}

static bool write_environment(StoreSession *session, void *context, Error *err)
{
    const EnvironmentCheck *check = context;
    return environment_record_insert(session, check->at, check->record, BYTES_OF_ARRAY(check->salt),
                                     check->log_index, err);
}

static bool describe_environment(const Preservation *preservation, EnvironmentCheck *check,
                                 Arena *arena, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    struct utsname system;
    CLEANUP(json_cleanup) json_t *record = json_make_object();
    json_put_time(record, "time", check->at);
    json_put_text(record, "version", config->version);
    if (preservation->knows_program) {
        json_put_hex(record, "program_sm3", sm3_bytes(&preservation->program));
    }
    if (uname(&system) == 0) {
        json_put_text(record, "system", system.sysname);
        json_put_text(record, "release", system.release);
        json_put_text(record, "machine", system.machine);
    }
    Time offset;
    if (config->clock_offset != NULL && config->clock_offset(config->clock_offset_state, &offset)) {
        json_put_int(record, "clock_offset_us", offset);
    }
    // Anchors every custody record up to now in the log.
    json_put_hex(record, "custody_head", sm3_bytes(&check->custody));
    return json_text(arena, record, &check->record, err);
}

bool preservation_check_environment(Preservation *preservation, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EnvironmentCheck check = {.at = clock_now(config->clock)};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!random_fill(config->random, check.salt, sizeof check.salt, err) ||
        !store_read(preservation->store, read_custody_head, &check, err) ||
        !describe_environment(preservation, &check, arena, err)) {
        return false;
    }
    EvidenceEntry entry = {.kind = ENTRY_ENVIRONMENT, .received = check.at};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!commitment_compute(BYTES_OF_ARRAY(check.salt), &check.record, 1, &entry.commitment, err) ||
        !entry_encode(&entry, &text, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    return evidence_log_append(preservation->log, &bytes, 1, &check.log_index, err) &&
           store_write(preservation->store, write_environment, &check, err);
}

typedef struct {
    uint64_t from;
    Arena *arena;
    bool found;
    DepositRecord record;
} FsckRead;

static bool read_next_logged(StoreSession *session, void *context, Error *err)
{
    FsckRead *read = context;
    return deposit_record_next_logged(session, read->from, read->arena, &read->found, &read->record,
                                      err);
}

bool preservation_fsck(Preservation *preservation, Error *err)
{
    LogCheck check;
    if (!evidence_log_fsck(preservation->log, &check, err)) {
        LOG(LOG_ERROR, "evidence.damaged", log_text("file", check.damaged[0]));
        return false;
    }
    FsckRead read = {.found = true};
    while (read.found) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        OpenedDeposit opened;
        if (arena == NULL) {
            return error_memory(err);
        }
        read.arena = arena;
        if (!store_read(preservation->store, read_next_logged, &read, err)) {
            return false;
        }
        if (read.found && read.record.wrapped_key.len > 0 &&
            !preservation_open_deposit(preservation, &read.record, arena, &opened, err)) {
            return false;
        }
        read.from = read.record.log_index + 1;
    }
    return true;
}
