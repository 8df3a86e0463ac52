// SPDX-License-Identifier: Apache-2.0
//
// Certificates that were issued, as certification systems report them before they hand them out.
// They are durable in the log first and then in the store, by which labels are found: what the
// store lacks after an interruption is read from the log again (issuance_scan.c). Nothing here says
// whose certificates they are.
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/intake.h"
#include "domain/evidence/issuance.h"
#include "domain/pki/statement.h"

enum { SEARCH_MAX = 64, REPLY_MAX_SIZE = 32 * 1024 * 1024 };

// One statement on its way in.
struct IssuanceReport {
    Preservation *preservation;
    Arena *arena;
    Time received;
    uint64_t size_before;  // of the log
    uint64_t settled;      // size of the log up to which all issuances have rows
    Sm3Digest depositor;
    Issuance *issuances;
    LoggedIssuance *rows;
    Sm3Digest *labels;  // sorted
    size_t count;
    IssuanceReport *next;
};

// --- what was sent ----------------------------------------------------------------------------

static bool take_statement(IssuanceReport *report, const ServiceRequest *request, Error *err)
{
    Preservation *preservation = report->preservation;
    DepositorAccount *account;
    Statement statement;
    if (!preservation_find_account(preservation, &request->caller, &account, err) ||
        !statement_parse(request->arena, request->body, &statement, err) ||
        !statement_verify_signature(&statement, ISSUANCE_TYPE, err) ||
        !preservation_check_depositor(preservation, account, &statement.signer, report->received,
                                      err)) {
        return false;
    }
    report->depositor = certificate_fingerprint(&statement.signer);
    return issuances_parse(request->arena, statement.payload, &report->issuances, &report->count,
                           err);
}

Sm3Digest preservation_issuance_digest(const Sm3Digest *commitment, Bytes sealed)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(commitment));
    sm3_update(&sm3, sealed);
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool make_row(const IssuanceReport *report, const Issuance *issuance, LoggedIssuance *ret,
                     Error *err)
{
    EvidenceEntry entry = {.kind = ENTRY_ISSUANCE,
                           .received = report->received,
                           .commitment = issuance->commitment,
                           .depositor = report->depositor,
                           .label = issuance->label,
                           .sealed = issuance->sealed};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!entry_encode(&entry, &text, err)) {
        return false;
    }
    *ret = (LoggedIssuance){
        .label = issuance->label,
        .digest = preservation_issuance_digest(&issuance->commitment, issuance->sealed),
        .entry = arena_copy(report->arena, writer_bytes(&text)),
        .size_before = report->size_before,
        .received = report->received};
    return ret->entry.data != NULL || error_memory(err);
}

static bool make_rows(IssuanceReport *report, Error *err)
{
    Bytes note;
    MerkleHead head;
    size_t count = report->count;
    if (!evidence_log_checkpoint(report->preservation->log, report->arena, &note, &head, err)) {
        return false;
    }
    report->size_before = head.size;
    report->rows = arena_alloc(report->arena, count * sizeof *report->rows);
    if (report->rows == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!make_row(report, &report->issuances[i], &report->rows[i], err)) {
            return false;
        }
    }
    return true;
}

// --- logging and keeping ----------------------------------------------------------------------

static int compare_labels(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(Sm3Digest));
}

static bool sort_labels(IssuanceReport *report, Error *err)
{
    report->labels = arena_alloc(report->arena, report->count * sizeof *report->labels);
    if (report->labels == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < report->count; i++) {
        report->labels[i] = report->rows[i].label;
    }
    qsort(report->labels, report->count, sizeof *report->labels, compare_labels);
    return true;
}

static bool is_twice_in(const IssuanceReport *report)
{
    for (size_t i = 1; i < report->count; i++) {
        if (compare_labels(&report->labels[i - 1], &report->labels[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool overlap(const IssuanceReport *a, const IssuanceReport *b)
{
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        int order = compare_labels(&a->labels[i], &b->labels[j]);
        if (order == 0) {
            return true;
        }
        i += order < 0 ? 1 : 0;
        j += order > 0 ? 1 : 0;
    }
    return false;
}

// Nobody else takes in the same labels meanwhile; one label twice in a statement is refused so,
// too.
static bool enter(IssuanceReport *report, Error *err)
{
    Preservation *preservation = report->preservation;
    if (!sort_labels(report, err)) {
        return false;
    }
    bool is_free = !is_twice_in(report);
    pthread_mutex_lock(&preservation->mutex);
    for (const IssuanceReport *other = preservation->issuances.reports; other != NULL;
         other = other->next) {
        is_free = is_free && !overlap(report, other);
    }
    if (is_free) {
        report->next = preservation->issuances.reports;
        preservation->issuances.reports = report;
    }
    pthread_mutex_unlock(&preservation->mutex);
    return is_free || error_set(err, ERROR_UNAVAILABLE, "preservation.in_progress", NULL,
                                "the same issuance is being taken in");
}

static void leave(const IssuanceReport *report)
{
    Preservation *preservation = report->preservation;
    pthread_mutex_lock(&preservation->mutex);
    IssuanceReport **at = &preservation->issuances.reports;
    while (*at != report) {
        at = &(*at)->next;
    }
    *at = report->next;
    pthread_mutex_unlock(&preservation->mutex);
}

// Up to this size of the log everything has its row: whoever began before it has stored what it
// logged, and what is logged from now on comes after it.
static uint64_t settled_size(Preservation *preservation)
{
    uint64_t settled = UINT64_MAX;
    pthread_mutex_lock(&preservation->mutex);
    for (const IssuanceReport *report = preservation->issuances.reports; report != NULL;
         report = report->next) {
        settled = report->size_before < settled ? report->size_before : settled;
    }
    pthread_mutex_unlock(&preservation->mutex);
    // Afterwards: who fails is here before it is no longer there.
    pthread_mutex_lock(&preservation->issuances.scanning);
    uint64_t lost = preservation->issuances.unscanned;
    pthread_mutex_unlock(&preservation->issuances.scanning);
    return lost < settled ? lost : settled;
}

static bool find_known(StoreSession *session, void *context, Error *err)
{
    IssuanceReport *report = context;
    for (size_t i = 0; i < report->count; i++) {
        LoggedIssuance *row = &report->rows[i];
        LoggedIssuance before;
        bool found;
        if (!logged_issuance_find(session, &row->label, report->arena, &found, &before, err)) {
            return false;
        }
        if (found && !sm3_digest_equal(&before.digest, &row->digest)) {
            return error_set(err, ERROR_CONFLICT, "issuance.label_used", NULL,
                             "another certificate is logged under this label");
        }
        *row = found ? before : *row;
    }
    return true;
}

// What is new goes into the log as one group.
static bool append_new(IssuanceReport *report, bool *ret_has_new, Error *err)
{
    Bytes entries[ISSUANCE_BATCH_MAX];
    size_t count = 0;
    uint64_t index = 0;
    for (size_t i = 0; i < report->count; i++) {
        if (!report->rows[i].is_logged) {
            entries[count++] = report->rows[i].entry;
        }
    }
    *ret_has_new = count > 0;
    if (count > 0 && !evidence_log_append(report->preservation->log, entries, count, &index, err)) {
        return false;
    }
    for (size_t i = 0; i < report->count; i++) {
        if (!report->rows[i].is_logged) {
            report->rows[i].log_index = index++;
        }
    }
    return true;
}

static bool keep_new(StoreSession *session, void *context, Error *err)
{
    const IssuanceReport *report = context;
    for (size_t i = 0; i < report->count; i++) {
        if (!report->rows[i].is_logged && !logged_issuance_insert(session, &report->rows[i], err)) {
            return false;
        }
    }
    return logged_issuance_note_scanned(session, report->settled, err);
}

static bool take_in_entered(IssuanceReport *report, Error *err)
{
    Store *store = report->preservation->store;
    bool has_new;
    if (!preservation_recover_issuances(report->preservation, err) ||
        !store_read(store, find_known, report, err) || !append_new(report, &has_new, err)) {
        return false;
    }
    report->settled = settled_size(report->preservation);
    if (has_new && !store_write(store, keep_new, report, err)) {
        preservation_lose_issuances(report->preservation, report->size_before);
        return false;
    }
    return true;
}

static bool take_in(IssuanceReport *report, Error *err)
{
    if (!enter(report, err)) {
        return false;
    }
    bool ok = take_in_entered(report, err);
    leave(report);
    return ok;
}

// --- answering --------------------------------------------------------------------------------

static bool make_receipt(Preservation *preservation, const LoggedIssuance *row, Arena *arena,
                         Bytes *ret, Error *err)
{
    Bytes entry = row->entry;  // at hand, when it was logged just now
    return (entry.len > 0 ||
            evidence_log_entry(preservation->log, row->log_index, arena, &entry, err)) &&
           preservation_make_receipt(preservation, row->log_index, entry, arena, ret, err);
}

// The array of the receipts, written as it comes.
static bool reply_receipts(const IssuanceReport *report, ServiceResponse *response, Error *err)
{
    CLEANUP(writer_free) Writer reply = writer_new(REPLY_MAX_SIZE);
    writer_put_text(&reply, "{\"receipts\":[");
    for (size_t i = 0; i < report->count; i++) {
        Bytes receipt;
        if (i > 0) {
            writer_put_u8(&reply, ',');
        }
        if (!make_receipt(report->preservation, &report->rows[i], report->arena, &receipt, err) ||
            !json_write_text(receipt, &reply, err)) {
            return false;
        }
    }
    writer_put_text(&reply, "]}");
    Bytes body = arena_adopt(report->arena, &reply);
    if (body.len == 0) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "application/json", body);
    return true;
}

bool preservation_handle_issuances(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    IssuanceReport report = {
        .preservation = component, .arena = request->arena, .received = request->received};
    if (!preservation_refuse_closed(component, err)) {
        return false;
    }
    if (!take_statement(&report, request, err) || !make_rows(&report, err) ||
        !take_in(&report, err)) {
        LOG(LOG_WARNING, "issuance.refused", log_text("code", err->code));
        return false;
    }
    return reply_receipts(&report, response, err);
}

typedef struct {
    Arena *arena;
    Sm3Digest label;
    bool found;
    LoggedIssuance row;
} Search;

static bool run_search(StoreSession *session, void *context, Error *err)
{
    Search *search = context;
    return logged_issuance_find(session, &search->label, search->arena, &search->found,
                                &search->row, err);
}

static bool parse_label(const json_t *value, Sm3Digest *ret, Error *err)
{
    CLEANUP(writer_free) Writer label = writer_new(SM3_SIZE);
    Bytes text = bytes_of(json_string_value(value), json_string_length(value));
    if (!json_is_string(value) || !hex_decode(text, &label, NULL) || label.len != SM3_SIZE) {
        return error_set(err, ERROR_INPUT, "issuance.label", NULL,
                         "a label is 64 hexadecimal digits");
    }
    memcpy(ret->bytes, label.data, SM3_SIZE);
    return true;
}

// The receipt of each label that is logged, null for each that is not, in the order asked.
bool preservation_handle_issuance_search(void *component, const ServiceRequest *request,
                                         ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "search", err);
    const json_t *labels = json_view_array(&view, "labels", SEARCH_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *receipts = json_array();
    json_put(reply, "receipts", receipts);
    for (size_t i = 0; i < json_array_size(labels); i++) {
        Search search = {.arena = request->arena};
        Bytes receipt;
        if (!parse_label(json_array_get(labels, i), &search.label, err) ||
            !store_read(preservation->store, run_search, &search, err)) {
            return false;
        }
        bool is_there = search.found && search.row.is_logged;
        if (is_there && !make_receipt(preservation, &search.row, request->arena, &receipt, err)) {
            return false;
        }
        json_array_append_new(receipts, is_there
                                            ? json_stringn((const char *)receipt.data, receipt.len)
                                            : json_null());
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}
