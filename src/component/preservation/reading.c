// SPDX-License-Identifier: Apache-2.0
//
// Reading what was deposited. Every access is recorded before it is
// answered (requirement E14); a depositor sees only its own payloads (requirement E23).
#include <string.h>

#include "component/preservation/preservation_state.h"
#include "domain/evidence/entry.h"
#include "domain/verdict/verdict.h"

enum { PURPOSE_MAX = 200 };

typedef struct {
    const char *authorization;
    Arena *arena;
    DepositRecord *records;
    size_t count;
    bool is_known;
    AuthorizationRecord row;
} ListRead;

static bool read_list(StoreSession *session, void *context, Error *err)
{
    ListRead *read = context;
    return authorization_record_find(session, read->authorization, read->arena, &read->is_known,
                                     &read->row, err) &&
           deposit_record_list(session, read->authorization, DEPOSITS_LISTED_MAX, read->arena,
                               &read->records, &read->count, err);
}

static bool is_operator(const ServiceRequest *request)
{
    return strcmp(request->caller.role, PRESERVATION_STAFF) == 0;
}

static bool is_own(const ServiceRequest *request, const DepositRecord *record)
{
    return is_operator(request) ||
           strcmp(record->depositor, preservation_caller_name(request->arena, &request->caller)) ==
               0;
}

static bool not_found(Error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "preservation.authorization", NULL,
                     "nothing is deposited for this authorization");
}

static bool has_own(const ServiceRequest *request, const ListRead *read)
{
    for (size_t i = 0; i < read->count; i++) {
        if (is_own(request, &read->records[i])) {
            return true;
        }
    }
    return false;
}

// Read the deposits of the authorization in the path and record the access.
static bool list_deposits(Preservation *preservation, const ServiceRequest *request,
                          const char *action, ListRead *read, Error *err)
{
    const char *purpose = service_query_parameter(request, "purpose");
    read->authorization = service_path_parameter(request, "authorization");
    read->arena = request->arena;
    if (purpose != NULL && strlen(purpose) > PURPOSE_MAX) {
        return error_set(err, ERROR_INPUT, "preservation.purpose", NULL,
                         "the purpose is longer than %d bytes", PURPOSE_MAX);
    }
    if (!store_read(preservation->store, read_list, read, err)) {
        return false;
    }
    if (!is_operator(request) && !has_own(request, read)) {
        return preservation_deny(preservation, request, read->authorization, err);
    }
    if (!read->is_known) {
        return not_found(err);
    }
    CustodyRecord custody = {.action = action,
                             .purpose = purpose == NULL ? "" : purpose,
                             .authorization = read->authorization};
    return preservation_record_access(preservation, request, &custody, err);
}

static json_t *deposit_to_json(const DepositRecord *record)
{
    json_t *object = json_make_object();
    json_put_text(object, "stage", deposit_stage_name(record->stage));
    json_put_int(object, "sequence", record->sequence);
    json_put_int(object, "index", (int64_t)record->log_index);
    json_put_text(object, "depositor", record->depositor);
    json_put_time(object, "received", record->received);
    json_put_hex(object, "submission", sm3_bytes(&record->submission));
    json_put_bool(object, "erased", record->wrapped_key.len == 0);
    return object;
}

bool preservation_handle_list(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    ListRead read = {0};
    if (!list_deposits(component, request, "list", &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "authorization", read.authorization);
    json_put_bool(reply, "held", read.row.is_held);
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        if (is_own(request, &read.records[i])) {
            json_array_append_new(list, deposit_to_json(&read.records[i]));
        }
    }
    json_put(reply, "deposits", list);
    return service_reply_json(response, request->arena, 200, reply, err);
}

// Source: requirement E15, JR/T 0299-2024 8.3.
bool preservation_handle_completeness(void *component, const ServiceRequest *request,
                                      ServiceResponse *response, Error *err)
{
    ListRead read = {0};
    if (!list_deposits(component, request, "completeness", &read, err)) {
        return false;
    }
    EvidenceEntry *entries = arena_alloc(request->arena, (read.count + 1) * sizeof *entries);
    if (entries == NULL) {
        return error_memory(err);
    }
    bool has[4] = {false};
    for (size_t i = 0; i < read.count; i++) {
        if (!entry_parse(request->arena, read.records[i].entry, &entries[i], err)) {
            return false;
        }
        has[entries[i].stage] = true;
    }
    Verdict verdict = verdict_new(request->arena);
    bool complete = entry_chain_check(entries, read.count, &verdict);
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_bool(reply, "complete", complete);
    json_t *missing = json_array();
    for (DepositStage stage = DEPOSIT_M6; stage <= DEPOSIT_M8; stage++) {
        if (!has[stage]) {
            json_array_append_new(missing, json_string(deposit_stage_name(stage)));
        }
    }
    json_put(reply, "missing", missing);
    json_put(reply, "verdict", verdict_to_json(&verdict));
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    uint64_t index;
    Arena *arena;
    bool found;
    DepositRecord record;
} IndexRead;

static bool read_index(StoreSession *session, void *context, Error *err)
{
    IndexRead *read = context;
    return deposit_record_find_index(session, read->index, read->arena, &read->found, &read->record,
                                     err);
}

// How much of a deposit somebody sees.
typedef enum {
    VIEW_MASKED,  // what it is made of, without what it says of anybody
    VIEW_FULL,    // the statement as sent and the salt
} OpeningView;

// The provider's own staff see a masked view unless they ask for the full one, which the custody
// record tells apart. Source: JR/T 0299-2024 9 b; requirement E18.
static bool take_view(const ServiceRequest *request, OpeningView *ret, Error *err)
{
    const char *view = service_query_parameter(request, "view");
    bool is_full = view == NULL ? !is_operator(request) : strcmp(view, "full") == 0;
    if (view != NULL && !is_full && strcmp(view, "masked") != 0) {
        return error_set(err, ERROR_INPUT, "preservation.view", NULL,
                         "the view is neither masked nor full");
    }
    *ret = is_full ? VIEW_FULL : VIEW_MASKED;
    return true;
}

static void put_masked(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0') {
        json_put_text(object, key, "***");
    }
}

// Times, kinds and digests; texts that may tell of a person are only said to be there.
static json_t *events_masked(const Deposit *deposit)
{
    json_t *list = json_array();
    for (size_t i = 0; i < deposit->event_count; i++) {
        const DepositEvent *event = &deposit->events[i];
        json_t *object = json_make_object();
        json_put_time(object, "time", event->time);
        json_put_text(object, "type", event->type);
        json_put_text(object, "outcome", event->outcome);
        put_masked(object, "actor", event->actor);
        put_masked(object, "device", event->device);
        put_masked(object, "address", event->address);
        put_masked(object, "detail", event->detail);
        if (event->has_digest) {
            json_put_text(object, "digest_alg", "SM3");
            json_put_hex(object, "digest", sm3_bytes(&event->digest));
        }
        json_array_append_new(list, object);
    }
    return list;
}

// Who computed the digest: the client alone, or C5 as well because it has the bytes. They are
// digested as they are. Source: requirement E02, step 6-c; E19.
static json_t *items_masked(const Deposit *deposit)
{
    json_t *list = json_array();
    for (size_t i = 0; i < deposit->item_count; i++) {
        const DepositItem *item = &deposit->items[i];
        json_t *object = json_make_object();
        json_put_text(object, "name", item->name);
        json_put_text(object, "media_type", item->media_type);
        json_put_int(object, "size", (int64_t)item->size_bytes);
        json_put_text(object, "digest_alg", "SM3");
        json_put_hex(object, "digest", sm3_bytes(&item->digest));
        json_put_text(object, "canonicalisation", "none");
        json_put_text(object, "computed_by", item->has_content ? "both" : "client");
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *opening_to_json(const DepositRecord *record, const OpenedDeposit *opened,
                               Bytes receipt, OpeningView view)
{
    json_t *reply = deposit_to_json(record);
    json_put(reply, "entry", json_stringn((const char *)record->entry.data, record->entry.len));
    json_put(reply, "receipt", json_stringn((const char *)receipt.data, receipt.len));
    json_put_text(reply, "view", view == VIEW_FULL ? "full" : "masked");
    json_put_text(reply, "system", opened->deposit.system);
    json_put_text(reply, "system_version", opened->deposit.system_version);
    json_put_text(reply, "mode", opened->deposit.is_batch ? "batch" : "staged");
    json_put(reply, "events", events_masked(&opened->deposit));
    json_put(reply, "items", items_masked(&opened->deposit));
    if (view == VIEW_FULL) {
        json_put_hex(reply, "salt", opened->salt);
        json_put_base64(reply, "statement", opened->statement);
    }
    return reply;
}

// One deposit: for a case file or a report in full, the statement as sent, the salt that opens the
// commitment, the entry and the receipt.
bool preservation_handle_opening(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    IndexRead read = {.arena = request->arena};
    OpeningView view;
    const char *purpose = service_query_parameter(request, "purpose");
    if (purpose == NULL || purpose[0] == '\0' || strlen(purpose) > PURPOSE_MAX) {
        return error_set(err, ERROR_INPUT, "preservation.purpose", "JR/T 0299-2024 9",
                         "opening a deposit needs a purpose of at most %d bytes", PURPOSE_MAX);
    }
    if (!take_view(request, &view, err) || !preservation_take_index(request, &read.index, err) ||
        !store_read(preservation->store, read_index, &read, err)) {
        return false;
    }
    if (!read.found) {
        return error_set(err, ERROR_NOT_FOUND, "preservation.index", NULL,
                         "no deposit has this index");
    }
    if (!is_own(request, &read.record)) {
        return preservation_deny(preservation, request, read.record.authorization, err);
    }
    CustodyRecord custody = {.action = view == VIEW_FULL ? "open" : "open_masked",
                             .purpose = purpose,
                             .authorization = read.record.authorization,
                             .has_subject = true,
                             .subject = read.index};
    OpenedDeposit opened;
    Bytes receipt;
    if (!preservation_record_access(preservation, request, &custody, err) ||
        !preservation_open_deposit(preservation, &read.record, request->arena, &opened, err) ||
        !preservation_receipt_of(preservation, &read.record, request->arena, &receipt, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = opening_to_json(&read.record, &opened, receipt, view);
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    const char *authorization;
    Arena *arena;
    CustodyRecord *records;
    size_t count;
} CustodyRead;

static bool read_custody(StoreSession *session, void *context, Error *err)
{
    CustodyRead *read = context;
    return custody_record_list(session, read->authorization, DEPOSITS_LISTED_MAX, read->arena,
                               &read->records, &read->count, err);
}

bool preservation_handle_custody(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CustodyRead read = {.authorization = service_path_parameter(request, "authorization"),
                        .arena = request->arena};
    // Looking at who looked is an access too.
    CustodyRecord custody = {
        .action = "custody", .purpose = "", .authorization = read.authorization};
    if (!store_read(preservation->store, read_custody, &read, err) ||
        !preservation_record_access(preservation, request, &custody, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        const CustodyRecord *record = &read.records[i];
        json_t *object = json_make_object();
        json_put_time(object, "at", record->at);
        json_put_text(object, "caller", record->caller);
        json_put_text(object, "action", record->action);
        json_put_text(object, "purpose", record->purpose);
        if (record->has_subject) {
            json_put_int(object, "index", (int64_t)record->subject);
        }
        json_put_hex(object, "digest", sm3_bytes(&record->digest));
        json_array_append_new(list, object);
    }
    json_put(reply, "custody", list);
    return service_reply_json(response, request->arena, 200, reply, err);
}
