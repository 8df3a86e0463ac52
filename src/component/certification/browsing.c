// SPDX-License-Identifier: Apache-2.0
#include "component/certification/browsing.h"

#include <stdlib.h>
#include <string.h>

#include "component/certification/authority.h"
#include "component/certification/issuance.h"
#include "component/certification/lists.h"
#include "component/certification/records_control.h"
#include "component/certification/records_refusals.h"
#include "component/port/message.h"

static void put_time(json_t *json, const char *key, Time at)
{
    if (at != 0) {
        json_put_time(json, key, at);
    }
}

static void put_life(json_t *json, const CertificateRow *row)
{
    message_put_text(json, "carrier", row->carrier);
    message_put_text(json, "carrier_serial", row->carrier_serial);
    message_put_text(json, "agreement", row->agreement);
    message_put_text(json, "requirements", row->requirements);
    put_time(json, "delivered_at", row->delivered_at);
    put_time(json, "accepted_at", row->accepted_at);
    if (row->state == CERTIFICATE_SUSPENDED) {
        message_put_text(json, "suspended_by", row->suspended_by);
        put_time(json, "hold_until", row->hold_until);
        put_time(json, "incident_closed_at", row->closed_at);
    }
    message_put_text(json, "predecessor", row->predecessor);
    message_put_text(json, "successor", row->successor);
}

json_t *certificate_to_json(const CertificateRow *row, Time now)
{
    CertificateState state = certificate_row_state(row, now);
    json_t *json = json_make_object();
    json_put_text(json, "serial", row->serial);
    json_put_text(json, "state", certificate_state_name(state));
    json_put_text(json, "profile", row->profile);
    json_put_text(json, "registrar", row->registrar);
    json_put_text(json, "request_id", row->request_id);
    json_put_time(json, "issued_at", row->issued_at);
    json_put_time(json, "expires_at", row->expires_at);
    if (row->revoked_at != 0) {
        json_put_int(json, "reason", row->reason);
        json_put_time(json, "revoked_at", row->revoked_at);
    }
    put_life(json, row);
    return json;
}

// --- the list ---------------------------------------------------------------------------------

static bool refuse(const char *name, Error *err)
{
    return error_set(err, ERROR_INPUT, "certification.search", NULL, "%s cannot be searched for",
                     name);
}

static const char *parameter(const ServiceRequest *request, const char *name)
{
    const char *value = service_query_parameter(request, name);
    return value == NULL ? "" : value;
}

static bool take_serial(const ServiceRequest *request, const char *name, const char **ret,
                        Error *err)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *text = serial_canonical(request->arena, parameter(request, name));
    if (text == NULL) {
        return error_memory(err);
    }
    *ret = text;
    return (strlen(text) <= 2 * SERIAL_MAX_SIZE && strspn(text, digits) == strlen(text)) ||
           refuse(name, err);
}

static bool take_time(const ServiceRequest *request, const char *name, Time *ret, Error *err)
{
    const char *text = parameter(request, name);
    return text[0] == '\0' || time_from_text(bytes_of_text(text), ret, NULL) || refuse(name, err);
}

static bool take_search(const ServiceRequest *request, CertificateSearch *ret, Error *err)
{
    CertificateState state;
    ret->state = parameter(request, "state");
    if (ret->state[0] != '\0' && !certificate_state_from_name(ret->state, &state)) {
        return refuse("state", err);
    }
    return take_serial(request, "serial", &ret->serial, err) &&
           take_serial(request, "before", &ret->before, err) &&
           take_time(request, "from", &ret->from, err) &&
           take_time(request, "until", &ret->until, err);
}

bool certification_handle_list(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    CertificateSearch search = {.now = clock_now(certification->config.institution.clock)};
    CertificateRow *rows;
    size_t count;
    if (!take_search(request, &search, err) ||
        !certificate_browse(certification->store, &search, request->arena, &rows, &count, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, certificate_to_json(&rows[i], search.now));
    }
    json_put(json, "certificates", list);
    json_put_bool(json, "has_more", count == BROWSING_PAGE_SIZE);
    return service_reply_json(response, request->arena, 200, json, err);
}

// --- one certificate --------------------------------------------------------------------------

static void add_time(json_t *history, const char *event, Time at)
{
    if (at != 0) {
        json_t *entry = json_make_object();
        json_put_text(entry, "event", event);
        json_put_time(entry, "at", at);
        json_array_append_new(history, entry);
    }
}

static void add_event(json_t *history, const char *event, Time at, const Sm3Digest *digest)
{
    json_t *entry = json_make_object();
    json_put_text(entry, "event", event);
    json_put_time(entry, "at", at);
    json_put_hex(entry, "digest", sm3_bytes(digest));
    json_array_append_new(history, entry);
}

// When somebody signed a kept statement, and the digest of what it says.
static bool open_statement(const Certification *certification, const FieldPlace *place,
                           Bytes sealed, Arena *arena, Statement *ret, Error *err)
{
    Bytes text;
    return certification_open(certification, place, sealed, arena, &text, err) &&
           statement_parse(arena, text, ret, err);
}

static bool add_beginning(const Certification *certification, const CertificateRow *row,
                          Arena *arena, json_t *history, Error *err)
{
    const FieldPlace asked = {"certificate", "request", row->serial};
    bool is_draft = issuance_is_draft(row);  // in no one's hands before it is logged
    Bytes issued;
    Statement request, issue;
    if (row->erased_at != 0) {
        add_time(history, "ISSUED", row->issued_at);
        add_time(history, "ERASED", row->erased_at);
        return true;
    }
    if (!open_statement(certification, &asked, row->request, arena, &request, err) ||
        (!is_draft && (!issuance_statement(certification, row, arena, &issued, err) ||
                       !statement_parse(arena, issued, &issue, err)))) {
        return error_context(err, "certificate %s", row->serial);
    }
    add_event(history, "REQUESTED", request.signed_at, &row->request_digest);
    if (!is_draft) {
        Sm3Digest digest = sm3_digest(issue.payload);
        add_event(history, "ISSUED", row->issued_at, &digest);
    }
    return true;
}

static bool add_handover(const Certification *certification, const CertificateRow *row,
                         Arena *arena, json_t *history, Error *err)
{
    CertificateRow successor = {0};
    if (row->successor[0] != '\0' &&
        !certificate_record_get(certification->store, row->successor, arena, &successor, err)) {
        return false;
    }
    add_time(history, "DELIVERED", row->delivered_at);
    add_time(history, "ACCEPTED", row->accepted_at);
    add_time(history, "UPDATED", successor.issued_at);
    return true;
}

static Time time_of(const json_t *entry)
{
    Time at = 0;
    const char *text = json_string_value(json_object_get(entry, "at"));
    return text != NULL && time_from_text(bytes_of_text(text), &at, NULL) ? at : 0;
}

// In the order of time; what happened at one time stays as it was put.
static json_t *sorted(const json_t *history)
{
    json_t *ret = json_array();
    for (size_t i = 0; i < json_array_size(history); i++) {
        json_t *entry = json_array_get(history, i);
        size_t at = json_array_size(ret);
        while (at > 0 && time_of(json_array_get(ret, at - 1)) > time_of(entry)) {
            at--;
        }
        json_array_insert(ret, at, entry);
    }
    return ret;
}

// What officers proposed and answered about it.
static bool add_controls(const Certification *certification, const char *serial, Arena *arena,
                         json_t *history, Error *err)
{
    ControlRow *rows;
    size_t count;
    if (!control_record_list(certification->store, serial, arena, &rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < 2 * count; i++) {
        const ControlRow *row = &rows[i / 2];
        bool is_answer = i % 2 == 1;
        if (is_answer && row->decided_at == 0) {
            continue;
        }
        add_time(history, is_answer ? row->state : "PROPOSED",
                 is_answer ? row->decided_at : row->created_at);
        json_t *entry = json_array_get(history, json_array_size(history) - 1);
        json_put_text(entry, "operation", row->action);
        json_put_text(entry, "officer", is_answer ? row->decider : row->proposer);
        json_put_text(entry, "control_id", row->control_id);
    }
    return true;
}

static void add_refusals(const CertificateRefusal *refusals, size_t count, json_t *history)
{
    for (size_t i = 0; i < count; i++) {
        add_time(history, "REFUSED", refusals[i].created_at);
        json_t *entry = json_array_get(history, json_array_size(history) - 1);
        json_put_text(entry, "operation", refusals[i].operation);
        json_put_text(entry, "code", refusals[i].refusal);
        message_put_text(entry, "requester", refusals[i].requester);
        message_put_text(entry, "request_id", refusals[i].request_id);
    }
}

static void add_changes(const CertificateChange *changes, size_t count, json_t *history)
{
    for (size_t i = 0; i < count; i++) {
        const CertificateChange *change = &changes[i];
        bool resumes = change->state == CERTIFICATE_ACTIVE;
        add_event(history, resumes ? "RESUMED" : certificate_state_name(change->state), change->at,
                  &change->request_digest);
        json_t *entry = json_array_get(history, json_array_size(history) - 1);
        json_put_int(entry, "reason", change->reason);
        json_put_text(entry, "request_id", change->request_id);
        json_put_text(entry, "requester", change->requester);
    }
}

bool certification_handle_history(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    Time now = clock_now(certification->config.institution.clock);
    Arena *arena = request->arena;
    const char *serial = serial_canonical(arena, service_path_parameter(request, "serial"));
    CertificateRow row;
    CertificateChange *changes;
    CertificateRefusal *refusals;
    size_t count, refused;
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!authority_end_suspensions(certification, err) ||
        !certificate_record_get(certification->store, serial, arena, &row, err) ||
        !certificate_changes(certification->store, serial, arena, &changes, &count, err) ||
        !certificate_refusals(certification->store, serial, arena, &refusals, &refused, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = certificate_to_json(&row, now);
    CLEANUP(json_cleanup) json_t *history = json_array();
    if (!add_beginning(certification, &row, arena, history, err) ||
        !add_handover(certification, &row, arena, history, err) ||
        !add_controls(certification, serial, arena, history, err)) {
        return false;
    }
    add_changes(changes, count, history);
    add_refusals(refusals, refused, history);
    bool is_over = certificate_row_state(&row, now) == CERTIFICATE_EXPIRED;
    add_time(history, "EXPIRED", is_over ? row.expires_at : 0);
    json_put(json, "history", sorted(history));
    return service_reply_json(response, arena, 200, json, err);
}

// --- all of them ------------------------------------------------------------------------------

// The complete list as it is; asking does not make a new one.
static bool add_list(const Certification *certification, Time now, Arena *arena, json_t *json,
                     Error *err)
{
    ListState state = {0};
    Bytes der;
    Crl crl;
    if (!list_record_state(certification->store, LIST_COMPLETE, now, &state, err)) {
        return false;
    }
    ListRow *row = &state.newest;
    if (row->number == 0) {
        return true;
    }
    if (row->entries < 0) {  // made by an older version
        if (!list_record_load(certification->store, row->number, arena, &der, err) ||
            !crl_parse(der, &crl, err)) {
            return error_context(err, "the revocation list");
        }
        row->entries = (int64_t)crl.entry_count;
    }
    json_t *list = json_make_object();
    json_put(json, "revocation_list", list);
    json_put_int(list, "number", row->number);
    json_put_time(list, "this_update", row->created_at - row->created_at % TIME_SECOND);
    json_put_time(list, "next_update", row->expires_at - row->expires_at % TIME_SECOND);
    json_put_int(list, "entries", row->entries);
    // There are changes that it does not know; the next one who fetches a list gets a new one.
    json_put_bool(list, "is_current", !state.has_newer_change);
    return true;
}

bool certification_handle_summary(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    const CertificationConfig *config = &certification->config;
    const Rules *rules = certification_rules(certification);
    int64_t counts[CERTIFICATE_STATE_COUNT];
    Time now = clock_now(config->institution.clock);
    if (!certificate_count(certification->store, now, counts, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *states = json_make_object(), *registrars = json_array();
    for (size_t i = 0; i < CERTIFICATE_STATE_COUNT; i++) {
        json_put_int(states, certificate_state_name((CertificateState)i), counts[i]);
    }
    for (size_t i = 0; i < rules->registrar_count; i++) {
        json_t *registrar = json_make_object();
        json_put_text(registrar, "name", rules->registrars[i].name);
        json_put_text(registrar, "agreement", rules->registrars[i].agreement);
        json_put_text(registrar, "requirements", rules->registrars[i].requirements);
        json_array_append_new(registrars, registrar);
    }
    json_put(json, "states", states);
    json_put(json, "registrars", registrars);
    if (!add_list(certification, now, request->arena, json, err)) {
        return false;
    }
    return service_reply_json(response, request->arena, 200, json, err);
}

// --- refusals ---------------------------------------------------------------------------------

static bool take_before(const ServiceRequest *request, int64_t *ret, Error *err)
{
    const char *text = parameter(request, "before");
    char *end = NULL;
    *ret = text[0] == '\0' ? 0 : strtoll(text, &end, 10);
    return text[0] == '\0' || (*end == '\0' && *ret > 0) || refuse("before", err);
}

bool certification_handle_refusals(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    int64_t before;
    json_t *refusals = NULL, *counted = NULL;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    if (!take_before(request, &before, err) ||
        !certification_record_list_refusals(certification->store, before, &refusals, err)) {
        return false;
    }
    json_put(json, "refusals", refusals);
    if (!refusal_tally_list(certification->refusals, &counted, err)) {
        return false;
    }
    json_put(json, "counted", counted);
    return service_reply_json(response, request->arena, 200, json, err);
}
