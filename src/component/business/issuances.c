// SPDX-License-Identifier: Apache-2.0
#include "component/business/issuances.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/access.h"
#include "component/business/certificate.h"
#include "component/business/deposits.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/evidence/issuance.h"
#include "domain/pki/crl.h"

static const char objection_artifact[] = "certificate_objection";

enum {
    NUMBERS_MAX = 2048,    // that are looked for
    OBJECTIONS_MAX = 100,  // of one session
    SERIAL_SIZE = 80,
};

// One certificate as the log has it.
typedef struct {
    uint64_t number;
    Bytes receipt;
    IssuanceRecord record;
    Time logged_at;
} Found;

// One look into the log. Everything is in the work's arena.
typedef struct {
    Work *work;
    Sm2PublicKey log_key;
    HolderIssuances known;  // by C2
    Found *found;
    size_t count;
    Crl list;
    bool has_list;
} Search;

// --- looking ----------------------------------------------------------------------------------

static bool take_receipt(Search *search, uint64_t number, Bytes receipt, Error *err)
{
    Found *found = &search->found[search->count];
    Issuance issuance;
    *found = (Found){.number = number, .receipt = receipt};
    if (!issuance_receipt_verify(search->work->arena, receipt, &search->log_key, &issuance,
                                 &found->logged_at, err) ||
        !issuance_open(search->work->arena, search->known.secret, number, &issuance, &found->record,
                       err)) {
        return error_context(err, "certificate %llu in the log", (unsigned long long)number);
    }
    search->count++;
    return true;
}

// The numbers that C2 knows, and on until there is nothing for a while: others may have had issued
// what C2 knows nothing of.
static bool search_log(Search *search, Error *err)
{
    const TransparencyPort *port = &search->work->business->config.transparency;
    uint64_t end = 0;
    for (size_t i = 0; i < search->known.count; i++) {
        uint64_t next = search->known.issuances[i].number + 1;
        end = next > end ? next : end;
    }
    end += ISSUANCE_GAP_MAX;
    for (uint64_t number = 0; number < end && number < NUMBERS_MAX;) {
        Sm3Digest labels[TRANSPARENCY_SEARCH_MAX];
        Bytes receipts[TRANSPARENCY_SEARCH_MAX];
        size_t count = end - number < TRANSPARENCY_SEARCH_MAX ? (size_t)(end - number)
                                                              : TRANSPARENCY_SEARCH_MAX;
        for (size_t i = 0; i < count; i++) {
            labels[i] = issuance_label(search->known.secret, number + i);
        }
        if (!port->search(port, labels, count, search->work->arena, receipts, err)) {
            return false;
        }
        for (size_t i = 0; i < count && search->count < NUMBERS_MAX; i++) {
            if (receipts[i].len > 0 && !take_receipt(search, number + i, receipts[i], err)) {
                return false;
            }
        }
        number += count;
        if (search->count > 0) {
            uint64_t reach = search->found[search->count - 1].number + 1 + ISSUANCE_GAP_MAX;
            end = reach > end ? reach : end;
        }
    }
    return true;
}

static bool ask_holder(Search *search, Error *err)
{
    const HolderPort *port = &search->work->business->config.holders;
    const char *holder_index = certificate_holder_index(search->work);
    if (holder_index == NULL) {
        return error_memory(err);
    }
    return port->list(port, holder_index, search->work->arena, &search->known, err);
}

// *ret_none when nothing was ever issued in this name.
static bool search_begin(Work *work, Search *ret, bool *ret_none, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Certificate log;
    Error unknown = {0};
    *ret = (Search){.work = work};
    *ret_none = false;
    if (config->holders.list == NULL || config->log_certificate.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "issuances.not_logged", NULL,
                         "certificates are not logged in this deployment");
    }
    if (!certificate_parse(config->log_certificate, &log, err)) {
        return error_context(err, "the certificate of the evidence log");
    }
    ret->log_key = log.public_key;
    ret->found = arena_alloc(work->arena, NUMBERS_MAX * sizeof *ret->found);
    if (ret->found == NULL) {
        return error_memory(err);
    }
    if (!ask_holder(ret, &unknown)) {
        *err = unknown;
        *ret_none = unknown.kind == ERROR_NOT_FOUND;
        return *ret_none;
    }
    return true;
}

// --- what C1 itself knows ---------------------------------------------------------------------

static bool work_has(Work *other, const char *serial, bool *ret, json_t *item, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    *ret = false;
    if (!work_list(other, "certificate", &rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count && !*ret; i++) {
        Certificate certificate;
        if (!certificate_parse(rows[i].content, &certificate, err)) {
            return error_context(err, "a stored certificate");
        }
        const char *own = certificate_serial_text(other->arena, &certificate);
        *ret = own != NULL && strcmp(own, serial) == 0;
        if (*ret) {
            json_put_text(item, "authorization_id", other->row.authorization_id);
            json_put_time(item, "not_before", certificate.not_before);
            json_put_time(item, "not_after", certificate.not_after);
        }
    }
    return true;
}

// Whether a session of this person, here or on another device, got the certificate.
static bool put_known(const Search *search, const SessionRow *rows, size_t count,
                      const Found *found, json_t *item, Error *err)
{
    bool is_known = false;
    for (size_t i = 0; i < count && !is_known; i++) {
        Work *other = arena_alloc(search->work->arena, sizeof *other);
        if (other == NULL) {
            return error_memory(err);
        }
        if (!work_begin_by_id(search->work->business, search->work->request,
                              rows[i].authorization_id, other, err) ||
            !work_has(other, found->record.serial, &is_known, item, err)) {
            return false;
        }
    }
    json_put_bool(item, "is_known", is_known);
    return true;
}

// --- states -----------------------------------------------------------------------------------

// The list tells who is suspended; without one that verifies the state is left open.
static void load_list(Search *search)
{
    const BusinessConfig *config = &search->work->business->config;
    Error err = {0};
    Bytes der;
    const Certificate *issuer;
    if (!config->status.crl(&config->status, search->work->arena, &der, &err) ||
        !crl_load(search->work->arena, der, &search->list, &err)) {
        return;
    }
    for (size_t i = 0; (issuer = trust_store_certificate(config->trust, i)) != NULL; i++) {
        search->has_list = search->has_list || (name_equal(issuer->subject, search->list.issuer) &&
                                                crl_verify(&search->list, issuer, &err));
    }
}

static const char *state_of(const Search *search, const IssuanceRecord *record)
{
    CLEANUP(writer_free) Writer serial = writer_new(SERIAL_SIZE);
    Revocation entry;
    if (!search->has_list || !hex_decode(bytes_of_text(record->serial), &serial, NULL)) {
        return "UNKNOWN";
    }
    if (!crl_find(&search->list, writer_bytes(&serial), &entry)) {
        return "VALID";
    }
    return entry.reason == REASON_CERTIFICATE_HOLD ? "SUSPENDED" : "REVOKED";
}

static json_t *found_to_json(const Search *search, const Found *found)
{
    json_t *item = json_make_object();
    json_put_int(item, "number", (int64_t)found->number);
    json_put_text(item, "serial", found->record.serial);
    if (found->record.encryption_serial != NULL) {
        json_put_text(item, "encryption_serial", found->record.encryption_serial);
    }
    json_put_text(item, "issuer", found->record.issuer_name);
    json_put_time(item, "logged_at", found->logged_at);
    json_put_text(item, "status", state_of(search, &found->record));
    json_put_base64(item, "receipt", found->receipt);
    return item;
}

// --- the list ---------------------------------------------------------------------------------

static bool put_found(Search *search, json_t *items, Error *err)
{
    SessionRow *rows;
    size_t count;
    if (!search_log(search, err) || !access_list(search->work, &rows, &count, err)) {
        return false;
    }
    load_list(search);
    for (size_t i = search->count; i-- > 0;) {  // the newest first
        json_t *item = found_to_json(search, &search->found[i]);
        json_array_append_new(items, item);
        if (!put_known(search, rows, count, &search->found[i], item, err)) {
            return false;
        }
    }
    return true;
}

bool handle_issuances(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    Work work;
    Search search;
    bool is_none;
    if (!work_begin(component, request, &work, err) || !access_require(&work, err) ||
        !search_begin(&work, &search, &is_none, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    json_put(reply, "certificates", items);
    if (!is_none) {
        json_put_hex(reply, "secret", search.known.secret);
        json_put_base64(reply, "log_certificate", work.business->config.log_certificate);
    }
    return (is_none || put_found(&search, items, err)) &&
           service_reply_json(response, request->arena, 200, reply, err);
}

// --- objections -------------------------------------------------------------------------------

static bool take_number(const Work *work, uint64_t *ret, Error *err)
{
    const char *text = service_path_parameter(work->request, "number");
    size_t len = strspn(text, "0123456789");
    if (len == 0 || len > 4 || text[len] != '\0' || strtoull(text, NULL, 10) >= NUMBERS_MAX) {
        return error_set(err, ERROR_INPUT, "issuances.number", NULL,
                         "the number of a certificate is 0 to %d", NUMBERS_MAX - 1);
    }
    *ret = strtoull(text, NULL, 10);
    return true;
}

static bool find_one(Search *search, uint64_t number, Error *err)
{
    const TransparencyPort *port = &search->work->business->config.transparency;
    Sm3Digest label = issuance_label(search->known.secret, number);
    Bytes receipt;
    if (!port->search(port, &label, 1, search->work->arena, &receipt, err)) {
        return false;
    }
    if (receipt.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "issuances.unknown", NULL,
                         "the log has no certificate of this number in the person's name");
    }
    return take_receipt(search, number, receipt, err);
}

static bool keep_objection(Work *work, int64_t sequence, const Found *found, Error *err)
{
    json_t *kept = json_make_object();
    json_put_text(kept, "serial", found->record.serial);
    json_put_time(kept, "filed_at", work->now);
    work->outbox.subject =
        arena_format(work->arena, CERTIFICATE_OBJECTION_SUBJECT "%lld", (long long)sequence);
    work->outbox_change = OUTBOX_PUT;
    return work_put_json(work, objection_artifact, sequence, kept, err) &&
           (work->outbox.subject != NULL || error_memory(err)) &&
           work_note(work, "object_certificate", "ok", found->record.serial, err);
}

// The same request again has the same id until its effect is kept, so that C2 and C3 do it once.
static bool suspend(Search *search, int64_t sequence, Error *err)
{
    const Work *work = search->work;
    const HolderPort *port = &work->business->config.holders;
    const Found *found = &search->found[0];
    HolderObjection objection = {
        .request_id = arena_format(work->arena, "%s-object-%lld", work->row.authorization_id,
                                   (long long)sequence),
        .holder_index = certificate_holder_index(work),
        .number = found->number,
        .receipt = found->receipt};
    if (objection.request_id == NULL || objection.holder_index == NULL) {
        return error_memory(err);
    }
    return port->object(port, &objection, work->arena, err);
}

static bool object(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Search search;
    bool is_none;
    uint64_t number;
    ArtifactRow *rows;
    size_t count;
    if (!step_no_fields(body, err) || !access_require(work, err) ||
        !take_number(work, &number, err) || !search_begin(work, &search, &is_none, err)) {
        return false;
    }
    if (is_none) {
        return error_set(err, ERROR_NOT_FOUND, "issuances.unknown", NULL,
                         "nothing was ever issued in the person's name");
    }
    if (!find_one(&search, number, err) ||
        !work_list(work, objection_artifact, &rows, &count, err)) {
        return false;
    }
    if (count >= OBJECTIONS_MAX) {
        return error_set(err, ERROR_LIMIT, "objection.too_many", NULL,
                         "at most %d objections are taken; please ask the institution",
                         OBJECTIONS_MAX);
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "serial", search.found[0].record.serial);
    json_put_text(reply, "status", "SUSPENDED");
    return suspend(&search, (int64_t)count, err) &&
           keep_objection(work, (int64_t)count, &search.found[0], err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_issuance_objection(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    static const Step step = {"object_certificate", 0, NULL, object, NULL};
    return step_run(&step, component, request, response, err);
}

// --- preserving -------------------------------------------------------------------------------

bool issuances_add_event(Work *work, const char *subject, Deposit *deposit, Error *err)
{
    int64_t number = strtoll(subject + strlen(CERTIFICATE_OBJECTION_SUBJECT), NULL, 10);
    Bytes text;
    bool found;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!work_find_at(work, objection_artifact, number, &text, &found, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_INTERNAL, "outbox.objection", NULL,
                         "there is no such objection");
    }
    if (!json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, objection_artifact, err);
    Time at = json_view_time(&view, "filed_at");
    const char *serial =
        arena_text(work->arena, bytes_of_text(json_view_text(&view, "serial", SERIAL_SIZE)));
    if (!json_view_done(&view)) {
        return false;
    }
    if (serial == NULL) {
        return error_memory(err);
    }
    deposit_add_event(deposit, at, "certificate.objection", "suspended", serial);
    return true;
}
