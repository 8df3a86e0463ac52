// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records_lists.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/store/sql.h"
#include "component/certification/lifecycle.h"

enum { ROW_ARENA_SIZE = 65536, ROWS_BETWEEN_RESETS = 64, LISTS_ERASED_AT_ONCE = 64 };

// --- partitions -------------------------------------------------------------------------------

typedef struct {
    int64_t id;  // 0: look for the time
    Time issued_at;
    Time window;
    ListPartition *ret;
    bool found;
} PartitionSearch;

static bool take_partition(SqlStatement *row, PartitionSearch *search, Error *err)
{
    search->found = sql_next(row);
    if (search->found) {
        search->ret->id = sql_int(row);
        search->ret->begins_at = sql_time(row);
        search->ret->ends_at = sql_time(row);
    }
    return sql_done(row, err);
}

static bool run_find_partition(StoreSession *session, void *context, Error *err)
{
    PartitionSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT id, begins_at, ends_at FROM list_partition"
                                   " WHERE begins_at <= ? AND ends_at > ?");
    sql_bind_time(&row, search->issued_at);
    sql_bind_time(&row, search->issued_at);
    return take_partition(&row, search, err);
}

static bool run_get_partition(StoreSession *session, void *context, Error *err)
{
    PartitionSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT id, begins_at, ends_at FROM list_partition WHERE id = ?");
    sql_bind_int(&row, search->id);
    return take_partition(&row, search, err);
}

static bool last_end(StoreSession *session, Time before, Time *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session, "SELECT coalesce(max(ends_at), 0) FROM list_partition WHERE ends_at <= ?");
    sql_bind_time(&row, before);
    if (sql_next(&row)) {
        *ret = sql_time(&row);
    }
    return sql_done(&row, err);
}

static bool run_take_partition(StoreSession *session, void *context, Error *err)
{
    PartitionSearch *search = context;
    Time end = 0;
    if (!run_find_partition(session, search, err) || search->found) {
        return search->found;
    }
    if (!last_end(session, search->issued_at, &end, err)) {
        return false;
    }
    Time begin = search->issued_at - search->issued_at % search->window;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "INSERT INTO list_partition (begins_at, ends_at) VALUES (?, ?)");
    sql_bind_time(&put, begin < end ? end : begin);
    sql_bind_time(&put, begin + search->window);
    return sql_run(&put, err) && run_find_partition(session, search, err);
}

bool list_partition_find(Store *store, Time issued_at, ListPartition *ret, bool *ret_found,
                         Error *err)
{
    PartitionSearch search = {.issued_at = issued_at, .ret = ret};
    if (!store_read(store, run_find_partition, &search, err)) {
        return false;
    }
    *ret_found = search.found;
    return true;
}

bool list_partition_take(Store *store, Time issued_at, Time window, ListPartition *ret, Error *err)
{
    PartitionSearch search = {.issued_at = issued_at, .window = window, .ret = ret};
    return store_write(store, run_take_partition, &search, err);
}

bool list_partition_get(Store *store, int64_t id, ListPartition *ret, Error *err)
{
    PartitionSearch search = {.id = id, .ret = ret};
    if (!store_read(store, run_get_partition, &search, err)) {
        return false;
    }
    return search.found || error_set(err, ERROR_NOT_FOUND, "certification.partition_unknown", NULL,
                                     "there is no revocation list of this number");
}

// --- what there is ----------------------------------------------------------------------------

#define LIST_COLUMNS "scope, number, base, change_id, entries, created_at, expires_at"

static void take_list(SqlStatement *row, ListRow *ret)
{
    ret->scope = sql_int(row);
    ret->number = sql_int(row);
    ret->base = sql_int(row);
    ret->change_id = sql_int(row);
    ret->entries = sql_optional_int(row, -1);
    ret->created_at = sql_time(row);
    ret->expires_at = sql_time(row);
}

static bool get_newest(StoreSession *session, int64_t scope, ListRow *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT " LIST_COLUMNS
                                            " FROM revocation_list WHERE scope = ?"
                                            " ORDER BY number DESC LIMIT 1");
    sql_bind_int(&row, scope);
    if (sql_next(&row)) {
        take_list(&row, ret);
    }
    return sql_done(&row, err);
}

// Relying parties may hold any complete list that is in force; the oldest one is what a delta list
// has to start from.
static bool get_base(StoreSession *session, Time now, ListRow *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT " LIST_COLUMNS
                                            " FROM revocation_list WHERE scope = 0"
                                            " AND expires_at > ? ORDER BY number LIMIT 1");
    sql_bind_time(&row, now);
    if (sql_next(&row)) {
        take_list(&row, ret);
    }
    return sql_done(&row, err);
}

static bool get_number(StoreSession *session, const char *sql, int64_t *ret, Error *err)
{
    CLEANUP(sql_end) SqlStatement row = sql_prepare(session, sql);
    if (sql_next(&row)) {
        *ret = sql_int(&row);
    }
    return sql_done(&row, err);
}

static bool get_newest_change(StoreSession *session, int64_t *ret, Error *err)
{
    return get_number(session, "SELECT coalesce(max(id), 0) FROM status_change", ret, err);
}

static bool is_changed(StoreSession *session, const ListPartition *partition, int64_t change_id,
                       bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    // The changes first: they are few.
                    "SELECT 1 FROM status_change CROSS JOIN certificate USING (serial)"
                    " WHERE status_change.id > ? AND issued_at >= ? AND issued_at < ? LIMIT 1");
    sql_bind_int(&row, change_id);
    sql_bind_time(&row, partition->begins_at);
    sql_bind_time(&row, partition->ends_at);
    *ret = sql_next(&row);
    return sql_done(&row, err);
}

typedef struct {
    int64_t scope;
    Time now;
    ListState *ret;
} StateLookUp;

static bool run_state(StoreSession *session, void *context, Error *err)
{
    const StateLookUp *look_up = context;
    ListState *ret = look_up->ret;
    *ret = (ListState){0};
    if (!get_newest(session, look_up->scope, &ret->newest, err) ||
        !get_newest_change(session, &ret->newest_change_id, err) ||
        (look_up->scope == LIST_DELTA && !get_base(session, look_up->now, &ret->base, err))) {
        return false;
    }
    ret->has_newer_change = ret->newest.change_id != ret->newest_change_id;
    if (look_up->scope <= 0 || !ret->has_newer_change || ret->newest.number == 0) {
        return true;
    }
    ListPartition partition = {0};
    PartitionSearch search = {.id = look_up->scope, .ret = &partition};
    return run_get_partition(session, &search, err) && search.found &&
           is_changed(session, &partition, ret->newest.change_id, &ret->has_newer_change, err);
}

bool list_record_state(Store *store, int64_t scope, Time now, ListState *ret, Error *err)
{
    StateLookUp look_up = {scope, now, ret};
    return store_read(store, run_state, &look_up, err);
}

typedef struct {
    int64_t number;
    Arena *arena;
    Bytes *ret;
} Load;

static bool run_load(StoreSession *session, void *context, Error *err)
{
    const Load *load = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT list FROM revocation_list WHERE number = ?");
    sql_bind_int(&row, load->number);
    if (sql_next(&row)) {
        *load->ret = sql_bytes(&row, load->arena);
    }
    return sql_done(&row, err);
}

bool list_record_load(Store *store, int64_t number, Arena *arena, Bytes *ret, Error *err)
{
    Load load = {number, arena, ret};
    *ret = BYTES_EMPTY;
    if (!store_read(store, run_load, &load, err)) {
        return false;
    }
    return ret->len > 0 || error_set(err, ERROR_NOT_FOUND, "certification.list_unknown", NULL,
                                     "there is no revocation list of this number");
}

// --- the next list ----------------------------------------------------------------------------

// Rows become entries one by one; only one of them is in memory.
typedef struct {
    SqlStatement rows;
    Arena *arena;
    size_t row_count;
    uint8_t serial[SERIAL_MAX_SIZE + 1];
} EntryRows;

static bool decode_serial(EntryRows *rows, const char *hex, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer bytes = writer_new(sizeof rows->serial);
    if (!hex_decode(bytes_of_text(hex), &bytes, err)) {
        return false;
    }
    memcpy(rows->serial, bytes.data, bytes.len);
    *ret = bytes_of(rows->serial, bytes.len);
    return true;
}

static bool next_entry(void *context, CrlEntry *ret, bool *ret_end, Error *err)
{
    EntryRows *rows = context;
    *ret_end = !sql_next(&rows->rows);
    if (*ret_end) {
        return sql_done(&rows->rows, err);
    }
    if (rows->row_count++ % ROWS_BETWEEN_RESETS == 0) {
        arena_reset(rows->arena);
    }
    const char *serial = sql_text(&rows->rows, rows->arena);
    CertificateState state;
    bool known = certificate_state_from_name(sql_text(&rows->rows, rows->arena), &state);
    *ret = (CrlEntry){.revocation.reason = (RevocationReason)sql_int(&rows->rows)};
    ret->revocation.revoked_at = sql_time(&rows->rows);
    Time changed_at = sql_time(&rows->rows);
    if (state == CERTIFICATE_ACTIVE) {
        ret->revocation.reason = REASON_REMOVE_FROM_CRL;  // suspended, and resumed since
        ret->revocation.revoked_at = changed_at;
    }
    if (rows->rows.failed) {
        return sql_done(&rows->rows, err);
    }
    return known ? decode_serial(rows, serial, &ret->revocation.serial, err)
                 : error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                             "a certificate is stored with an unknown state");
}

#define ENTRY_COLUMNS "SELECT serial, state, reason, revoked_at, revoked_at FROM certificate"

static SqlStatement entry_rows(StoreSession *session, int64_t scope, const ListRow *base,
                               const ListPartition *partition)
{
    if (scope == LIST_DELTA) {
        SqlStatement rows = sql_prepare(
            session,
            "WITH change (serial, at) AS (SELECT serial, created_at FROM status_change WHERE id > "
            "?1"
            // What became of the first of a pair became of the second.
            " UNION ALL SELECT encryption_serial, created_at FROM status_change"
            " JOIN pair USING (serial) WHERE id > ?1)"
            " SELECT serial, state, certificate.reason, revoked_at, max(at)"
            " FROM change JOIN certificate USING (serial) GROUP BY serial ORDER BY serial");
        sql_bind_int(&rows, base->change_id);
        return rows;
    }
    if (scope == LIST_COMPLETE) {
        return sql_prepare(session, ENTRY_COLUMNS " WHERE state <> 'ACTIVE' ORDER BY serial");
    }
    SqlStatement rows = sql_prepare(session, ENTRY_COLUMNS
                                    " WHERE state <> 'ACTIVE' AND issued_at >= ?"
                                    " AND issued_at < ? ORDER BY serial");
    sql_bind_time(&rows, partition->begins_at);
    sql_bind_time(&rows, partition->ends_at);
    return rows;
}

typedef struct {
    int64_t scope;
    const ListRow *base;
    ListBuilder *build;
    void *context;
} Building;

static bool run_build(StoreSession *session, void *context, Error *err)
{
    const Building *building = context;
    ListRow row = {.scope = building->scope,
                   .base = building->scope == LIST_DELTA ? building->base->number : 0};
    ListPartition partition = {0};
    PartitionSearch search = {.id = building->scope, .ret = &partition};
    if ((building->scope > 0 && !run_get_partition(session, &search, err)) ||
        !get_number(session, "SELECT coalesce(max(number), 0) + 1 FROM revocation_list",
                    &row.number, err) ||
        !get_newest_change(session, &row.change_id, err)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ROW_ARENA_SIZE);
    if (arena == NULL) {
        return error_memory(err);
    }
    EntryRows rows = {.rows = entry_rows(session, building->scope, building->base, &partition),
                      .arena = arena};
    const RevocationSource source = {next_entry, &rows};
    bool built = building->build(building->context, &source, &row, err);
    sql_end(&rows.rows);
    return built;
}

bool list_record_build(Store *store, int64_t scope, const ListRow *base, ListBuilder *build,
                       void *context, Error *err)
{
    Building building = {scope, base, build, context};
    return store_read(store, run_build, &building, err);
}

typedef struct {
    const ListRow *row;
    Bytes der;
} Insertion;

// Only what nobody may rely on any more, and never the newest of a scope: the numbers go on from
// there. A few each time, for the writer is waited for.
static bool erase_superseded(StoreSession *session, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "DELETE FROM revocation_list WHERE number IN (SELECT number FROM"
                    " revocation_list AS old INDEXED BY revocation_list_by_end WHERE expires_at < ?"
                    " AND EXISTS (SELECT 1 FROM revocation_list AS newer WHERE newer.scope ="
                    " old.scope AND newer.number > old.number) LIMIT ?)");
    sql_bind_time(&put, now - LIST_KEPT_AFTER_END);
    sql_bind_int(&put, LISTS_ERASED_AT_ONCE);
    return sql_run(&put, err);
}

static bool run_insert(StoreSession *session, void *context, Error *err)
{
    const Insertion *insertion = context;
    const ListRow *row = insertion->row;
    if (!erase_superseded(session, row->created_at, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "INSERT INTO revocation_list (" LIST_COLUMNS
                                            ", list) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    sql_bind_int(&put, row->scope);
    sql_bind_int(&put, row->number);
    sql_bind_int(&put, row->base);
    sql_bind_int(&put, row->change_id);
    sql_bind_int(&put, row->entries);
    sql_bind_time(&put, row->created_at);
    sql_bind_time(&put, row->expires_at);
    sql_bind_bytes(&put, insertion->der);
    return sql_run(&put, err);
}

bool list_record_insert(Store *store, const ListRow *row, Bytes der, bool *ret_raced, Error *err)
{
    Insertion insertion = {row, der};
    Error failure = {0};
    bool inserted = store_write(store, run_insert, &insertion, &failure);
    *ret_raced = !inserted && strcmp(failure.code, "store.duplicate") == 0;
    if (!inserted && !*ret_raced) {
        *err = failure;
        return false;
    }
    return true;
}
