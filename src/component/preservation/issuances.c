// SPDX-License-Identifier: Apache-2.0
//
// Certificates that were issued, as certification systems report them before they hand them out.
// The order is that of deposits: first durable in the store, then in the log, then noted. Nothing
// here says whose certificates they are.
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/preservation_state.h"
#include "domain/evidence/issuance.h"
#include "domain/pki/statement.h"

enum { SEARCH_MAX = 64 };

// One statement on its way in.
typedef struct {
    Preservation *preservation;
    Arena *arena;
    Time received;
    uint64_t size_before;
    Sm3Digest depositor;
    Issuance *issuances;
    LoggedIssuance *rows;
    bool *is_fresh;
    InFlight *flights;
    size_t count, entered;
} Reporting;

// --- what was sent ----------------------------------------------------------------------------

static bool take_statement(Reporting *reporting, const ServiceRequest *request, Error *err)
{
    Preservation *preservation = reporting->preservation;
    DepositorAccount *account;
    Statement statement;
    if (!preservation_find_account(preservation, &request->caller, &account, err) ||
        !statement_parse(request->arena, request->body, &statement, err) ||
        !statement_verify_signature(&statement, ISSUANCE_TYPE, err) ||
        !preservation_check_depositor(preservation, account, &statement.signer, reporting->received,
                                      err)) {
        return false;
    }
    reporting->depositor = certificate_fingerprint(&statement.signer);
    return issuances_parse(request->arena, statement.payload, &reporting->issuances,
                           &reporting->count, err);
}

static Sm3Digest digest_of(const Issuance *issuance)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&issuance->commitment));
    sm3_update(&sm3, issuance->sealed);
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool make_row(const Reporting *reporting, const Issuance *issuance, LoggedIssuance *ret,
                     Error *err)
{
    EvidenceEntry entry = {.kind = ENTRY_ISSUANCE,
                           .received = reporting->received,
                           .commitment = issuance->commitment,
                           .depositor = reporting->depositor,
                           .label = issuance->label,
                           .sealed = issuance->sealed};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!entry_encode(&entry, &text, err)) {
        return false;
    }
    *ret = (LoggedIssuance){.label = issuance->label,
                            .digest = digest_of(issuance),
                            .entry = arena_copy(reporting->arena, writer_bytes(&text)),
                            .size_before = reporting->size_before,
                            .received = reporting->received};
    return ret->entry.data != NULL || error_memory(err);
}

static bool make_rows(Reporting *reporting, Error *err)
{
    Bytes note;
    MerkleHead head;
    size_t count = reporting->count;
    if (!evidence_log_checkpoint(reporting->preservation->log, reporting->arena, &note, &head,
                                 err)) {
        return false;
    }
    reporting->size_before = head.size;
    reporting->rows = arena_alloc(reporting->arena, count * sizeof *reporting->rows);
    reporting->is_fresh = arena_alloc(reporting->arena, count * sizeof *reporting->is_fresh);
    reporting->flights = arena_alloc(reporting->arena, count * sizeof *reporting->flights);
    if (reporting->rows == NULL || reporting->is_fresh == NULL || reporting->flights == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!make_row(reporting, &reporting->issuances[i], &reporting->rows[i], err)) {
            return false;
        }
    }
    return true;
}

// --- keeping and logging ----------------------------------------------------------------------

static bool accept_in_store(StoreSession *session, void *context, Error *err)
{
    Reporting *reporting = context;
    for (size_t i = 0; i < reporting->count; i++) {
        LoggedIssuance *row = &reporting->rows[i];
        LoggedIssuance before;
        bool found;
        if (!logged_issuance_find(session, &row->label, reporting->arena, &found, &before, err)) {
            return false;
        }
        if (found && !sm3_digest_equal(&before.digest, &row->digest)) {
            return error_set(err, ERROR_CONFLICT, "issuance.label_used", NULL,
                             "another certificate is logged under this label");
        }
        if (!found && !logged_issuance_insert(session, row, err)) {
            return false;
        }
        reporting->is_fresh[i] = !found;
        *row = found ? before : *row;
    }
    return true;
}

// What was accepted just now goes into the log as one group.
static bool append_fresh(Reporting *reporting, Error *err)
{
    Bytes entries[ISSUANCE_BATCH_MAX];
    size_t count = 0;
    uint64_t index = 0;
    for (size_t i = 0; i < reporting->count; i++) {
        if (reporting->is_fresh[i]) {
            entries[count++] = reporting->rows[i].entry;
        }
    }
    if (count > 0 &&
        !evidence_log_append(reporting->preservation->log, entries, count, &index, err)) {
        return false;
    }
    for (size_t i = 0; i < reporting->count; i++) {
        reporting->rows[i].log_index =
            reporting->is_fresh[i] ? index++ : reporting->rows[i].log_index;
    }
    return true;
}

// What was accepted before an interruption may be in the log or not.
static bool finish_row(Preservation *preservation, LoggedIssuance *row, Error *err)
{
    bool found;
    return preservation_find_entry(preservation, row->entry, row->size_before, &found,
                                   &row->log_index, err) &&
           (found || evidence_log_append(preservation->log, &row->entry, 1, &row->log_index, err));
}

static bool note_logged(StoreSession *session, void *context, Error *err)
{
    const Reporting *reporting = context;
    for (size_t i = 0; i < reporting->count; i++) {
        if (!reporting->rows[i].is_logged &&
            !logged_issuance_set_logged(session, &reporting->rows[i], err)) {
            return false;
        }
    }
    return true;
}

static bool bring_into_log(Reporting *reporting, Error *err)
{
    Preservation *preservation = reporting->preservation;
    bool is_complete = true;
    if (!store_write(preservation->store, accept_in_store, reporting, err) ||
        !append_fresh(reporting, err)) {
        return false;
    }
    for (size_t i = 0; i < reporting->count; i++) {
        LoggedIssuance *row = &reporting->rows[i];
        is_complete = is_complete && row->is_logged;
        if (!row->is_logged && !reporting->is_fresh[i] && !finish_row(preservation, row, err)) {
            return false;
        }
    }
    return is_complete || store_write(preservation->store, note_logged, reporting, err);
}

// Nobody else takes in the same labels meanwhile; one label twice in a statement is refused so,
// too.
static bool take_in(Reporting *reporting, Error *err)
{
    bool ok = true;
    while (ok && reporting->entered < reporting->count) {
        InFlight *self = &reporting->flights[reporting->entered];
        *self = (InFlight){.submission = reporting->rows[reporting->entered].label};
        ok = preservation_enter_flight(reporting->preservation, self, err);
        reporting->entered += ok ? 1 : 0;
    }
    ok = ok && bring_into_log(reporting, err);
    while (reporting->entered > 0) {
        preservation_leave_flight(reporting->preservation,
                                  &reporting->flights[--reporting->entered]);
    }
    return ok;
}

// --- answering --------------------------------------------------------------------------------

static bool make_receipt(Preservation *preservation, const LoggedIssuance *row, Arena *arena,
                         Bytes *ret, Error *err)
{
    Bytes entry;
    return evidence_log_entry(preservation->log, row->log_index, arena, &entry, err) &&
           preservation_make_receipt(preservation, row->log_index, entry, arena, ret, err);
}

bool preservation_handle_issuances(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    Reporting reporting = {
        .preservation = component, .arena = request->arena, .received = request->received};
    if (!take_statement(&reporting, request, err) || !make_rows(&reporting, err) ||
        !take_in(&reporting, err)) {
        LOG(LOG_WARNING, "issuance.refused", log_text("code", err->code));
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *receipts = json_array();
    json_put(reply, "receipts", receipts);
    for (size_t i = 0; i < reporting.count; i++) {
        Bytes receipt;
        if (!make_receipt(component, &reporting.rows[i], request->arena, &receipt, err)) {
            return false;
        }
        json_array_append_new(receipts, json_stringn((const char *)receipt.data, receipt.len));
    }
    return service_reply_json(response, request->arena, 200, reply, err);
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

// --- after a crash ----------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    Sm3Digest after;
    bool found;
    LoggedIssuance row;
} Pending;

static bool read_pending(StoreSession *session, void *context, Error *err)
{
    Pending *pending = context;
    return logged_issuance_next_pending(session, &pending->after, pending->arena, &pending->found,
                                        &pending->row, err);
}

static bool note_finished(StoreSession *session, void *context, Error *err)
{
    const Pending *pending = context;
    return logged_issuance_set_logged(session, &pending->row, err);
}

bool preservation_finish_issuances(Preservation *preservation, Error *err)
{
    Pending pending = {.found = true};
    while (pending.found) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        if (arena == NULL) {
            return error_memory(err);
        }
        pending.arena = arena;
        if (!store_read(preservation->store, read_pending, &pending, err)) {
            return false;
        }
        if (pending.found && (!finish_row(preservation, &pending.row, err) ||
                              !store_write(preservation->store, note_finished, &pending, err))) {
            return error_context(err, "finishing an interrupted issuance");
        }
        pending.after = pending.row.label;
    }
    return true;
}
