// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/alarms.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"

enum { CUSTODY_PAGE = 256 };

typedef struct {
    Preservation *preservation;
    AuditResult *result;
    uint64_t size;        // of the log when the audit began
    uint8_t *tombstones;  // one bit for each entry: its payload was erased
} Audit;

static void find_of(Audit *audit, const char *code, int64_t where, const char *authorization)
{
    AuditResult *result = audit->result;
    if (result->finding_count < AUDIT_FINDINGS_MAX) {
        result->findings[result->finding_count] = (AuditFinding){code, where};
    }
    result->finding_count++;
    atomic_fetch_add(&audit->preservation->damaged, 1);
    LOG(LOG_ERROR, "evidence.damaged", log_text("code", code), log_number("where", where));
    // The watch and whoever opens a deposit call what is wrong with it by one code.
    bool is_deposit = strcmp(code, "audit.deposit_missing") == 0 ||
                      strcmp(code, "audit.deposit_changed") == 0 ||
                      strncmp(code, "audit.payload", strlen("audit.payload")) == 0;
    preservation_raise_alarm(audit->preservation, is_deposit ? "evidence.damaged" : code, where,
                             authorization, code);
}

static void find(Audit *audit, const char *code, int64_t where)
{
    find_of(audit, code, where, "");
}

// --- the log, and the deposits it has ---------------------------------------------------------

typedef struct {
    uint64_t index;
    Arena *arena;
    bool found;
    DepositRecord record;
} DepositRead;

static bool read_deposit(StoreSession *session, void *context, Error *err)
{
    DepositRead *read = context;
    return deposit_record_find_index(session, read->index, read->arena, &read->found, &read->record,
                                     err);
}

// The receipt that would be given is signed, and of this entry.
static bool receipt_holds(const Audit *audit, const DepositRecord *record, Arena *arena)
{
    Receipt receipt;
    Bytes text;
    const ReceiptTrust trust = {.log_key = evidence_log_key(audit->preservation->log)};
    Verdict verdict = verdict_new(arena);
    return preservation_receipt_of(audit->preservation, record, arena, &text, NULL) &&
           receipt_parse(arena, text, &receipt, NULL) && receipt.index == record->log_index &&
           bytes_equal(receipt.entry, record->entry) && receipt_check(&receipt, &trust, &verdict);
}

static bool is_buried(const Audit *audit, uint64_t index)
{
    return (audit->tombstones[index / 8] & (1U << (index % 8))) != 0;
}

static bool audit_deposit(Audit *audit, uint64_t index, Bytes logged, Arena *arena, Error *err)
{
    DepositRead read = {.index = index, .arena = arena};
    if (!store_read(audit->preservation->store, read_deposit, &read, err)) {
        return false;
    }
    audit->result->deposits++;
    if (!read.found) {
        find(audit, "audit.deposit_missing", (int64_t)index);
        return true;
    }
    if (!bytes_equal(read.record.entry, logged) || !receipt_holds(audit, &read.record, arena)) {
        find_of(audit, "audit.deposit_changed", (int64_t)index, read.record.authorization);
        return true;
    }
    if (read.record.wrapped_key.len == 0) {
        if (!is_buried(audit, index)) {
            find_of(audit, "audit.payload_missing", (int64_t)index, read.record.authorization);
        }
        return true;
    }
    if (is_buried(audit, index)) {
        find_of(audit, "audit.payload_back", (int64_t)index, read.record.authorization);
    }
    OpenedDeposit opened;
    Error why = {0};
    audit->result->payloads++;
    if (!preservation_open_deposit(audit->preservation, &read.record, arena, &opened, &why)) {
        if (why.kind == ERROR_INTERNAL || why.kind == ERROR_UNAVAILABLE) {
            *err = why;
            return false;
        }
        find_of(audit, "audit.deposit_changed", (int64_t)index, read.record.authorization);
    }
    return true;
}

// One pass for the tombstones, one for what they are about.
static bool audit_entry(Audit *audit, uint64_t index, bool for_tombstones, Arena *arena, Error *err)
{
    Bytes logged;
    EvidenceEntry entry;
    if (!evidence_log_entry(audit->preservation->log, index, arena, &logged, err) ||
        !entry_parse(arena, logged, &entry, err)) {
        return error_context(err, "log entry %llu", (unsigned long long)index);
    }
    if (for_tombstones && entry.kind == ENTRY_ERASURE && entry.subject < audit->size) {
        audit->tombstones[entry.subject / 8] |= (uint8_t)(1U << (entry.subject % 8));
    }
    return for_tombstones || entry.kind != ENTRY_DEPOSIT ||
           audit_deposit(audit, index, logged, arena, err);
}

static bool audit_entries(Audit *audit, bool for_tombstones, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    for (uint64_t i = 0; i < audit->size; i++) {
        arena_reset(arena);
        if (!audit_entry(audit, i, for_tombstones, arena, err)) {
            return false;
        }
    }
    audit->result->entries = audit->size;
    return true;
}

// --- custody, self-checks, holds --------------------------------------------------------------

typedef struct {
    int64_t after;
    Sm3Digest before;
    CustodyLink links[CUSTODY_PAGE];
    size_t count;
} CustodyRead;

static bool read_links(StoreSession *session, void *context, Error *err)
{
    CustodyRead *read = context;
    return custody_record_links(session, read->after, CUSTODY_PAGE, &read->before, read->links,
                                &read->count, err);
}

static bool audit_custody(Audit *audit, Error *err)
{
    CustodyRead read = {0};
    do {
        if (!store_read(audit->preservation->store, read_links, &read, err)) {
            return false;
        }
        for (size_t i = 0; i < read.count; i++) {
            const CustodyLink *link = &read.links[i];
            if (!sm3_digest_equal(&link->digest, &link->expected)) {
                find(audit, "audit.custody", link->id);
            }
            read.after = link->id;
        }
        audit->result->custody_rows += read.count;
    } while (read.count == CUSTODY_PAGE);
    return true;
}

typedef struct {
    int64_t after;
    Arena *arena;
    EnvironmentRecord record;
} EnvironmentRead;

static bool read_environment(StoreSession *session, void *context, Error *err)
{
    EnvironmentRead *read = context;
    return environment_record_next(session, read->after, read->arena, &read->record, err);
}

// The head of the custody chain that a self-check named.
static bool read_head(const EnvironmentRecord *record, Sm3Digest *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(writer_free) Writer head = writer_new(SM3_SIZE);
    const char *text = json_parse(record->record, &json, NULL)
                           ? json_string_value(json_object_get(json, "custody_head"))
                           : NULL;
    if (text == NULL || !hex_decode(bytes_of_text(text), &head, NULL) || head.len != SM3_SIZE) {
        return false;
    }
    memcpy(ret->bytes, head.data, SM3_SIZE);
    return true;
}

static bool environment_is_logged(Audit *audit, const EnvironmentRecord *record, Arena *arena)
{
    Bytes logged;
    EvidenceEntry entry;
    Sm3Digest commitment;
    return evidence_log_entry(audit->preservation->log, record->log_index, arena, &logged, NULL) &&
           entry_parse(arena, logged, &entry, NULL) && entry.kind == ENTRY_ENVIRONMENT &&
           commitment_compute(record->salt, &record->record, 1, &commitment, NULL) &&
           sm3_digest_equal(&commitment, &entry.commitment);
}

static bool audit_environments(Audit *audit, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EnvironmentRead read = {.arena = arena};
    if (arena == NULL) {
        return error_memory(err);
    }
    do {
        Sm3Digest head;
        arena_reset(arena);
        if (!store_read(audit->preservation->store, read_environment, &read, err)) {
            return false;
        }
        if (read.record.id == 0) {
            break;
        }
        audit->result->environments++;
        if (!environment_is_logged(audit, &read.record, arena)) {
            find(audit, "audit.environment", read.record.id);
        } else if (read.record.custody_id != 0 &&
                   (!read.record.has_anchor || !read_head(&read.record, &head) ||
                    !sm3_digest_equal(&head, &read.record.anchor))) {
            find(audit, "audit.custody", read.record.custody_id);
        }
        read.after = read.record.id;
    } while (true);
    return true;
}

typedef struct {
    int64_t wrong_holds, behind;
    uint64_t logged;
} CountsRead;

static bool read_counts(StoreSession *session, void *context, Error *err)
{
    CountsRead *read = context;
    return authorization_record_count_wrong_holds(session, &read->wrong_holds, err) &&
           authorization_record_count_behind(session, &read->behind, err) &&
           deposit_record_count_logged(session, &read->logged, err);
}

static bool audit_counts(Audit *audit, const CountsRead *begin, Error *err)
{
    CountsRead now = {0};
    if (!store_read(audit->preservation->store, read_counts, &now, err)) {
        return false;
    }
    if (now.wrong_holds > 0) {
        find(audit, "audit.hold", now.wrong_holds);
    }
    if (now.behind > 0) {
        find(audit, "audit.authorization", now.behind);
    }
    // Counted before the log was, so that nothing that came in meanwhile is among them.
    if (begin->logged > audit->result->deposits) {
        find(audit, "audit.deposit_unlogged", (int64_t)(begin->logged - audit->result->deposits));
    }
    return true;
}

static bool audit_all(Audit *audit, const CountsRead *begin, Error *err)
{
    LogCheck check;
    Error why = {0};
    if (!evidence_log_fsck(audit->preservation->log, &check, &why)) {
        if (why.kind != ERROR_UNTRUSTED) {
            *err = why;
            return false;
        }
        // Without the log there is nothing to compare with.
        find(audit, "log.damaged", (int64_t)check.first_damaged_index);
        return true;
    }
    return audit_entries(audit, true, err) && audit_entries(audit, false, err) &&
           audit_custody(audit, err) && audit_environments(audit, err) &&
           audit_counts(audit, begin, err);
}

bool preservation_audit(Preservation *preservation, AuditResult *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Audit audit = {.preservation = preservation, .result = ret};
    CountsRead begin = {0};
    Bytes note;
    MerkleHead head;
    *ret = (AuditResult){0};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!store_read(preservation->store, read_counts, &begin, err) ||
        !evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    audit.size = head.size;
    audit.tombstones = calloc(1, head.size / 8 + 1);
    if (audit.tombstones == NULL) {
        return error_memory(err);
    }
    bool ok = audit_all(&audit, &begin, err);
    free(audit.tombstones);
    return ok;
}

bool preservation_fsck(Preservation *preservation, Error *err)
{
    AuditResult result;
    if (!preservation_audit(preservation, &result, err)) {
        return false;
    }
    if (result.finding_count == 0) {
        return true;
    }
    const AuditFinding *first = &result.findings[0];
    return error_set(
        err, ERROR_UNTRUSTED,
        strcmp(first->code, "log.damaged") == 0 ? "log.damaged" : "preservation.damaged",
        "JR/T 0299-2024 8.1", "%llu findings; the first is %s at %lld",
        (unsigned long long)result.finding_count, first->code, (long long)first->where);
}

bool preservation_handle_audit(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    AuditResult *result = arena_alloc(request->arena, sizeof *result);
    CustodyRecord custody = {.action = "audit", .purpose = "", .authorization = ""};
    if (result == NULL) {
        return error_memory(err);
    }
    if (!preservation_record_access(preservation, request, &custody, err) ||
        !preservation_audit(preservation, result, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *findings = json_array();
    size_t kept = result->finding_count < AUDIT_FINDINGS_MAX ? (size_t)result->finding_count
                                                             : AUDIT_FINDINGS_MAX;
    for (size_t i = 0; i < kept; i++) {
        json_t *finding = json_make_object();
        json_put_text(finding, "code", result->findings[i].code);
        json_put_int(finding, "where", result->findings[i].where);
        json_array_append_new(findings, finding);
    }
    json_put_bool(reply, "intact", result->finding_count == 0);
    json_put_int(reply, "entries", (int64_t)result->entries);
    json_put_int(reply, "deposits", (int64_t)result->deposits);
    json_put_int(reply, "payloads", (int64_t)result->payloads);
    json_put_int(reply, "custody_rows", (int64_t)result->custody_rows);
    json_put_int(reply, "self_checks", (int64_t)result->environments);
    json_put_int(reply, "finding_count", (int64_t)result->finding_count);
    json_put(reply, "findings", findings);
    return service_reply_json(response, request->arena, 200, reply, err);
}
