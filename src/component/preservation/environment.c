// SPDX-License-Identifier: Apache-2.0
//
// What the evidence system knows about itself: the self-check of its environment, which the log
// keeps, and when it was in operation.
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/alarms.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"

// The system is noted to be running so often; what is not noted for the longer time is an
// interruption, also when the process lived on.
static const Time NOTE_INTERVAL = 10 * TIME_SECOND;
static const Time INTERRUPTION_LEAST = TIME_MINUTE;
enum { KEY_ID_SIZE = 8 };

// --- operation --------------------------------------------------------------------------------

typedef struct {
    OperationRecord last;
    Time now;
    int64_t id;
    bool is_end;
} OperationWrite;

static bool begin_in_store(StoreSession *session, void *context, Error *err)
{
    OperationWrite *write = context;
    return operation_record_last(session, &write->last, err) &&
           operation_record_begin(session, write->now, &write->id, err);
}

static bool note_in_store(StoreSession *session, void *context, Error *err)
{
    const OperationWrite *write = context;
    return operation_record_seen(session, write->id, write->now, write->is_end, err);
}

bool preservation_begin_operation(Preservation *preservation, Error *err)
{
    OperationWrite write = {.now = clock_now(preservation->config.clock)};
    if (!store_write(preservation->store, begin_in_store, &write, err)) {
        return false;
    }
    preservation->operation = write.id;
    preservation->stopped = write.last;
    preservation->seen = write.now;
    return true;
}

void preservation_end_operation(Preservation *preservation)
{
    OperationWrite write = {.now = clock_now(preservation->config.clock),
                            .id = preservation->operation,
                            .is_end = true};
    Error err = {0};
    if (preservation->operation != 0 &&
        !store_write(preservation->store, note_in_store, &write, &err)) {
        // Then it looks like a crash, which is the safe side.
        LOG(LOG_WARNING, "operation.not_noted", log_text("code", err.code));
    }
}

static bool note_operation(Preservation *preservation, Time now, Error *err)
{
    Time unseen = now - preservation->seen;
    if (unseen >= 0 && unseen < NOTE_INTERVAL) {
        return true;
    }
    if (unseen >= INTERRUPTION_LEAST) {
        return preservation_begin_operation(preservation, err) &&
               preservation_check_environment(preservation, err);
    }
    OperationWrite write = {.now = now, .id = preservation->operation};
    preservation->seen = now;
    return store_write(preservation->store, note_in_store, &write, err);
}

bool preservation_watch_operation(Preservation *preservation, Error *err)
{
    Time now = clock_now(preservation->config.clock);
    Time checked = atomic_load(&preservation->checked);
    bool is_due = now < checked || now - checked >= preservation->config.check_interval;
    return note_operation(preservation, now, err) &&
           (!is_due || preservation_check_environment(preservation, err));
}

// --- self-check -------------------------------------------------------------------------------

void preservation_digest_program(Preservation *preservation)
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

typedef struct {
    EnvironmentRecord record;
    Sm3Digest custody;
    uint8_t salt[COMMITMENT_SALT_SIZE];
} EnvironmentCheck;

static bool read_custody_head(StoreSession *session, void *context, Error *err)
{
    EnvironmentCheck *check = context;
    return custody_record_head(session, &check->record.custody_id, &check->custody, err);
}

static bool write_environment(StoreSession *session, void *context, Error *err)
{
    const EnvironmentCheck *check = context;
    return environment_record_insert(session, &check->record, err);
}

static void describe_program(const Preservation *preservation, json_t *record)
{
    struct utsname system;
    json_put_text(record, "version", preservation->config.version);
    if (preservation->knows_program) {
        json_put_hex(record, "program_sm3", sm3_bytes(&preservation->program));
    }
    if (uname(&system) == 0) {
        json_put_text(record, "system", system.sysname);
        json_put_text(record, "release", system.release);
        json_put_text(record, "machine", system.machine);
    }
}

// Our own measurement where there is one, and what the kernel knows of the clock's discipline.
static void describe_clock(const PreservationConfig *config, json_t *record)
{
    Time offset;
    struct timex kernel = {0};
    if (config->clock_offset != NULL && config->clock_offset(config->clock_offset_state, &offset)) {
        json_put_int(record, "clock_offset_us", offset);
    }
    int state = adjtimex(&kernel);
    json_put_bool(record, "clock_synchronised", state >= 0 && state != TIME_ERROR);
    if (state >= 0) {
        json_put_int(record, "clock_max_error_us", kernel.maxerror);
    }
}

static void describe_disk(const PreservationConfig *config, json_t *record)
{
    struct statvfs disk;
    json_t *object = json_make_object();
    bool is_known = statvfs(config->directory, &disk) == 0;
    json_put_bool(
        object, "writable",
        is_known && (disk.f_flag & ST_RDONLY) == 0 && access(config->directory, W_OK) == 0);
    if (is_known) {
        json_put_int(object, "total_bytes", (int64_t)(disk.f_blocks * disk.f_frsize));
        json_put_int(object, "free_bytes", (int64_t)(disk.f_bavail * disk.f_frsize));
    }
    json_put(record, "disk", object);
}

// Who may deposit, and with which certificate. Source: requirement E02, step 6-a.
static void describe_accounts(const Preservation *preservation, json_t *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < preservation->account_count; i++) {
        const DepositorAccount *account = &preservation->accounts[i];
        Sm3Digest fingerprint = certificate_fingerprint(&account->certificate);
        json_t *object = json_make_object();
        json_put_text(object, "role", account->role);
        if (account->name != NULL) {
            json_put_text(object, "name", account->name);
        }
        json_put_hex(object, "certificate_sm3", sm3_bytes(&fingerprint));
        json_array_append_new(list, object);
    }
    json_put(record, "depositors", list);
}

static void describe_operation(const Preservation *preservation, Time now, json_t *record)
{
    const OperationRecord *stopped = &preservation->stopped;
    if (stopped->id == 0) {
        return;
    }
    json_t *object = json_make_object();
    json_put_time(object, "from", stopped->seen);
    json_put_time(object, "until", preservation->seen > now ? now : preservation->seen);
    json_put_bool(object, "in_order", stopped->is_ended);
    json_put(record, "interruption", object);
}

// Tells keys apart without telling anything of the key.
static void describe_key(const PreservationConfig *config, json_t *record)
{
    Sm3Digest id = sm3_hmac(secret_expose(config->kek), BYTES_LITERAL("assent key id"));
    json_put_hex(record, "key_id", bytes_of(id.bytes, KEY_ID_SIZE));
}

typedef struct {
    Arena *arena;
    bool found;
    Bytes record;
    uint64_t log_index;
} LatestRead;

static bool read_latest(StoreSession *session, void *context, Error *err)
{
    LatestRead *read = context;
    return environment_record_latest(session, read->arena, &read->found, &read->record,
                                     &read->log_index, err);
}

bool preservation_check_kek(Preservation *preservation, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *before = NULL;
    CLEANUP(json_cleanup) json_t *now = json_make_object();
    LatestRead read = {.arena = arena};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!store_read(preservation->store, read_latest, &read, err)) {
        return false;
    }
    // A self-check that cannot be read is for the audit.
    if (!read.found || !json_parse(read.record, &before, NULL)) {
        return true;
    }
    describe_key(&preservation->config, now);
    const json_t *id = json_object_get(before, "key_id");
    return id == NULL || json_equal(id, json_object_get(now, "key_id")) == 1 ||
           error_set(err, ERROR_UNTRUSTED, "preservation.kek", "JR/T 0299-2024 9",
                     "the key-encryption key is another one than that of the last self-check: "
                     "nothing that was deposited could be opened");
}

static bool describe_environment(Preservation *preservation, EnvironmentCheck *check, Arena *arena,
                                 Error *err)
{
    CLEANUP(json_cleanup) json_t *record = json_make_object();
    json_put_time(record, "time", check->record.at);
    describe_program(preservation, record);
    describe_clock(&preservation->config, record);
    describe_disk(&preservation->config, record);
    describe_accounts(preservation, record);
    describe_operation(preservation, check->record.at, record);
    describe_key(&preservation->config, record);
    // Anchors every custody record up to now in the log.
    json_put_hex(record, "custody_head", sm3_bytes(&check->custody));
    if (!preservation_describe_alarms(preservation, arena, record, err)) {
        return false;
    }
    return json_text(arena, record, &check->record.record, err);
}

bool preservation_log_environment(Preservation *preservation, uint64_t *ret_index, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EnvironmentCheck check = {.record.at = clock_now(config->clock)};
    if (arena == NULL) {
        return error_memory(err);
    }
    check.record.salt = BYTES_OF_ARRAY(check.salt);
    if (!random_fill(config->random, check.salt, sizeof check.salt, err) ||
        !store_read(preservation->store, read_custody_head, &check, err) ||
        !describe_environment(preservation, &check, arena, err)) {
        return false;
    }
    EvidenceEntry entry = {.kind = ENTRY_ENVIRONMENT, .received = check.record.at};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!commitment_compute(check.record.salt, &check.record.record, 1, &entry.commitment, err) ||
        !entry_encode(&entry, &text, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    if (!evidence_log_append(preservation->log, &bytes, 1, &check.record.log_index, err) ||
        !store_write(preservation->store, write_environment, &check, err)) {
        return false;
    }
    atomic_store(&preservation->checked, check.record.at);
    *ret_index = check.record.log_index;
    return true;
}

bool preservation_check_environment(Preservation *preservation, Error *err)
{
    uint64_t index;
    // A closed log takes no self-checks any more.
    return evidence_log_is_closed(preservation->log) ||
           preservation_log_environment(preservation, &index, err);
}
