// SPDX-License-Identifier: Apache-2.0
//
// How evidence ends: legal hold, retention, and erasing. Erasing destroys key and payload; the
// entry of the deposit, and a tombstone that names it, stay in the log, and every proof stays true.
#include <stdio.h>
#include <string.h>

#include "component/preservation/preservation_state.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/retention.h"

enum { REASON_MAX = 200 };

typedef struct {
    Preservation *preservation;
    const char *authorization;
    bool flag;  // of a hold: held; of an erasure: before the retention is over
    RetentionClass retention;
    CustodyRecord custody;
    Arena *arena;
    uint64_t *indexes;
    size_t count;
} Disposal;

static bool not_found(Error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "preservation.authorization", NULL,
                     "nothing is deposited for this authorization");
}

static bool hold_in_store(StoreSession *session, void *context, Error *err)
{
    Disposal *disposal = context;
    return authorization_record_hold(session, disposal->authorization, disposal->flag, err) &&
           custody_record_append(session, &disposal->custody, err);
}

static bool retain_in_store(StoreSession *session, void *context, Error *err)
{
    Disposal *disposal = context;
    return authorization_record_set_retention(session, disposal->authorization, disposal->retention,
                                              err) &&
           custody_record_append(session, &disposal->custody, err);
}

// Nothing goes while it is held, nor before its time unless that is what was asked for.
static bool check_disposable(StoreSession *session, const Disposal *disposal, Error *err)
{
    bool known;
    AuthorizationRecord row;
    int64_t class = RETENTION_STANDARD;
    Time last = 0;
    if (!authorization_record_find(session, disposal->authorization, disposal->arena, &known, &row,
                                   err) ||
        !authorization_record_retention(session, disposal->authorization, &class, &last, err)) {
        return false;
    }
    if (!known) {
        return not_found(err);
    }
    if (row.is_held) {
        return error_set(err, ERROR_CONFLICT, "preservation.held", NULL,
                         "the authorization is under legal hold");
    }
    bool is_over = class >= 0 && class < RETENTION_CLASS_COUNT &&
                   disposal->custody.at >= retention_until((RetentionClass) class, last);
    return is_over || disposal->flag ||
           error_set(err, ERROR_CONFLICT, "preservation.retained", "Anti-Money Laundering Law 34",
                     "the retention of the authorization is not over");
}

static bool erase_in_store(StoreSession *session, void *context, Error *err)
{
    Disposal *disposal = context;
    return check_disposable(session, disposal, err) &&
           deposit_record_erase(session, disposal->authorization, disposal->arena,
                                &disposal->indexes, &disposal->count, err) &&
           custody_record_append(session, &disposal->custody, err);
}

// --- tombstones -------------------------------------------------------------------------------

typedef struct {
    uint64_t subject, tombstone;
} Burial;

static bool bury_in_store(StoreSession *session, void *context, Error *err)
{
    const Burial *burial = context;
    return deposit_record_set_tombstone(session, burial->subject, burial->tombstone, err);
}

// The log says that the payload of this entry is gone.
static bool bury(Preservation *preservation, uint64_t subject, Time now, Error *err)
{
    EvidenceEntry entry = {.kind = ENTRY_ERASURE, .received = now, .subject = subject};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    Burial burial = {.subject = subject};
    if (!entry_encode(&entry, &text, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    return evidence_log_append(preservation->log, &bytes, 1, &burial.tombstone, err) &&
           store_write(preservation->store, bury_in_store, &burial, err);
}

static bool erase(Disposal *disposal, Error *err)
{
    Preservation *preservation = disposal->preservation;
    if (!store_write(preservation->store, erase_in_store, disposal, err)) {
        return false;
    }
    for (size_t i = 0; i < disposal->count; i++) {
        if (!bury(preservation, disposal->indexes[i], disposal->custody.at, err)) {
            return false;
        }
    }
    return true;
}

typedef struct {
    Arena *arena;
    int64_t id;
    uint64_t log_index;
    const char *authorization;
    bool was_asked;
} UnburiedRead;

static bool read_unburied(StoreSession *session, void *context, Error *err)
{
    UnburiedRead *read = context;
    bool early = false;
    if (!deposit_record_next_unburied(session, read->id, read->arena, &read->id, &read->log_index,
                                      &read->authorization, err)) {
        return false;
    }
    if (read->id == 0) {
        return true;
    }
    if (!custody_record_has(session, read->authorization, "erase", &read->was_asked, err) ||
        !custody_record_has(session, read->authorization, "erase_early", &early, err)) {
        return false;
    }
    read->was_asked = read->was_asked || early;
    return true;
}

bool preservation_finish_erasures(Preservation *preservation, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    UnburiedRead read = {.arena = arena};
    do {
        arena_reset(arena);
        if (!store_read(preservation->store, read_unburied, &read, err)) {
            return false;
        }
        // What is gone though nobody asked for it gets no tombstone: the audit finds it.
        if (read.id != 0 && read.was_asked &&
            !bury(preservation, read.log_index, clock_now(preservation->config.clock), err)) {
            return error_context(err, "finishing an interrupted erasure");
        }
    } while (read.id != 0);
    return true;
}

// --- routes -----------------------------------------------------------------------------------

typedef struct {
    const char *action, *otherwise;  // by the flag
    const char *flag;                // member of the body; NULL: none
    bool flag_is_optional;
    bool has_class;
} DisposalRules;

// Read the body into a disposal with its custody row.
static bool take_disposal(Preservation *preservation, const ServiceRequest *request,
                          const DisposalRules *rules, Disposal *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, rules->action, err);
    const char *reason =
        arena_text(request->arena, bytes_of_text(json_view_text(&view, "reason", REASON_MAX)));
    *ret = (Disposal){.preservation = preservation, .arena = request->arena};
    if (rules->flag != NULL) {
        ret->flag = rules->flag_is_optional ? json_view_optional_bool(&view, rules->flag, false)
                                            : json_view_bool(&view, rules->flag);
    }
    if (rules->has_class &&
        !retention_class_find(json_view_text(&view, "class", 16), &ret->retention) &&
        !view.failed) {
        json_view_fail(&view, "class", "is no retention class");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    ret->authorization = service_path_parameter(request, "authorization");
    ret->custody = (CustodyRecord){
        .at = request->received,
        .caller = preservation_caller_name(request->arena, &request->caller),
        .action = ret->flag || rules->otherwise == NULL ? rules->action : rules->otherwise,
        .purpose = rules->has_class ? arena_format(request->arena, "%s: %s",
                                                   retention_class_name(ret->retention), reason)
                                    : reason,
        .authorization = ret->authorization,
    };
    return (reason != NULL && ret->custody.purpose != NULL) || error_memory(err);
}

// Source: requirement E17.
bool preservation_handle_hold(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    static const DisposalRules rules = {.action = "hold", .otherwise = "release", .flag = "held"};
    Preservation *preservation = component;
    Disposal disposal;
    if (!take_disposal(preservation, request, &rules, &disposal, err) ||
        !store_write(preservation->store, hold_in_store, &disposal, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_bool(reply, "held", disposal.flag);
    return service_reply_json(response, request->arena, 200, reply, err);
}

// Source: requirement E17.
bool preservation_handle_retention(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    static const DisposalRules rules = {.action = "retain", .has_class = true};
    Preservation *preservation = component;
    Disposal disposal;
    if (!take_disposal(preservation, request, &rules, &disposal, err) ||
        !store_write(preservation->store, retain_in_store, &disposal, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "retention", retention_class_name(disposal.retention));
    return service_reply_json(response, request->arena, 200, reply, err);
}

// Source: requirement E17.
bool preservation_handle_erase(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    static const DisposalRules rules = {.action = "erase_early",
                                        .otherwise = "erase",
                                        .flag = "before_expiry",
                                        .flag_is_optional = true};
    Preservation *preservation = component;
    Disposal disposal;
    if (!preservation_refuse_closed(component, err)) {
        return false;
    }
    if (!take_disposal(preservation, request, &rules, &disposal, err) || !erase(&disposal, err) ||
        !store_checkpoint(preservation->store, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_int(reply, "erased", (int64_t)disposal.count);
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    const char *after;
    Time before;
    Arena *arena;
    const char *found;
} OldRead;

static bool read_old(StoreSession *session, void *context, Error *err)
{
    OldRead *read = context;
    return authorization_record_next_old(session, read->after, read->before, read->arena,
                                         &read->found, err);
}

// Erase the next that has come to its end; *ret_id receives its id, "" when there was none.
static bool dispose_next(Disposal *disposal, Time before, char ret_id[DEPOSIT_ID_MAX + 1],
                         int64_t *erased, int64_t *held, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    OldRead read = {.after = ret_id, .before = before, .arena = arena};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!store_read(disposal->preservation->store, read_old, &read, err)) {
        return false;
    }
    snprintf(ret_id, DEPOSIT_ID_MAX + 1, "%s", read.found == NULL ? "" : read.found);
    if (read.found == NULL) {
        return true;
    }
    disposal->arena = arena;
    disposal->authorization = disposal->custody.authorization = ret_id;
    Error why = {0};
    if (erase(disposal, &why)) {
        (*erased)++;
    } else if (strcmp(why.code, "preservation.held") == 0) {
        (*held)++;
    } else if (strcmp(why.code, "preservation.retained") != 0) {
        *err = why;
        return false;
    }
    return true;
}

static bool dispose_all(Disposal *disposal, int64_t *erased, int64_t *held, Error *err)
{
    // Nothing that began later than this can have come to its end in any class.
    Time before = disposal->custody.at - retention_until(RETENTION_REFUSED, 0);
    char id[DEPOSIT_ID_MAX + 1] = "";
    do {
        if (!dispose_next(disposal, before, id, erased, held, err)) {
            return false;
        }
    } while (id[0] != '\0');
    return true;
}

// Erase whatever has come to its end and is not held. Source: requirement E17.
bool preservation_handle_disposals(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    static const DisposalRules rules = {.action = "erase"};
    Preservation *preservation = component;
    Disposal disposal;
    if (!preservation_refuse_closed(component, err)) {
        return false;
    }
    if (!take_disposal(preservation, request, &rules, &disposal, err)) {
        return false;
    }
    int64_t erased = 0, held = 0;
    if (!dispose_all(&disposal, &erased, &held, err) ||
        !store_checkpoint(preservation->store, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_int(reply, "erased", erased);
    json_put_int(reply, "held", held);
    return service_reply_json(response, request->arena, 200, reply, err);
}
