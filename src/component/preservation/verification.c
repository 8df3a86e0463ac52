// SPDX-License-Identifier: Apache-2.0
//
// Verification for report C (JR/T 0299-2024 annex C): material that somebody submits is digested
// again and compared with what was deposited, item by item.
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/preservation/preservation_state.h"
#include "domain/evidence/entry.h"

enum { ITEMS_MAX = 64, TEXT_MAX = 200 };

// One item to verify.
typedef struct {
    DepositStage stage;
    int64_t sequence;
    const char *name;
    Sm3Digest digest;  // of the material
    bool has_size;     // content was submitted, not only its digest
    uint64_t size_bytes;
} Material;

// Who has what verified.
typedef struct {
    Preservation *preservation;
    const char *authorization;
    const char *depositor;  // NULL: the provider's own staff
    bool is_allowed;
} Verification;

typedef struct {
    const char *authorization;
    const Material *material;
    Arena *arena;
    bool found;
    DepositRecord record;
} MaterialRead;

static bool read_record(StoreSession *session, void *context, Error *err)
{
    MaterialRead *read = context;
    const DepositPlace place = {read->authorization, read->material->stage,
                                read->material->sequence};
    return deposit_record_find(session, &place, read->arena, &read->found, &read->record, err);
}

static bool read_allowed(StoreSession *session, void *context, Error *err)
{
    Verification *verification = context;
    return deposit_record_has_depositor(session, verification->authorization,
                                        verification->depositor, &verification->is_allowed, err);
}

// Source: requirement E23.
static bool check_allowed(Verification *verification, const ServiceRequest *request, Error *err)
{
    if (strcmp(request->caller.role, PRESERVATION_STAFF) == 0) {
        return true;
    }
    verification->depositor = preservation_caller_name(request->arena, &request->caller);
    return store_read(verification->preservation->store, read_allowed, verification, err) &&
           (verification->is_allowed || preservation_deny(verification->preservation, request,
                                                          verification->authorization, err));
}

static bool take_stage(JsonView *view, DepositStage *ret)
{
    const char *name = json_view_text(view, "stage", 8);
    for (DepositStage stage = DEPOSIT_M6; stage <= DEPOSIT_OTHER; stage++) {
        if (strcmp(deposit_stage_name(stage), name) == 0) {
            *ret = stage;
            return true;
        }
    }
    json_view_fail(view, "stage", "is not M6, M7, M8 or OTHER");
    return false;
}

static bool material_parse(const json_t *json, Arena *arena, Material *ret, Error *err)
{
    JsonView view = json_view(json, "items[]", err);
    take_stage(&view, &ret->stage);
    ret->sequence = json_view_int(&view, "sequence", 0, DEPOSIT_MAX_SEQUENCE);
    ret->name = arena_text(arena, bytes_of_text(json_view_text(&view, "name", TEXT_MAX)));
    ret->has_size = json_object_get(json, "content") != NULL;
    if (ret->has_size) {
        Bytes content = json_view_base64(&view, arena, "content", DEPOSIT_MAX_CONTENT);
        ret->digest = sm3_digest(content);
        ret->size_bytes = content.len;
    } else {
        json_view_hex(&view, "digest", ret->digest.bytes, SM3_SIZE);
    }
    if (!json_view_done(&view)) {
        return false;
    }
    return ret->name != NULL || error_memory(err);
}

static const DepositItem *find_item(const Deposit *deposit, const char *name)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (strcmp(deposit->items[i].name, name) == 0) {
            return &deposit->items[i];
        }
    }
    return NULL;
}

// Whether what was submitted is the same may be told to whoever is part of the authorization; what
// another institution deposited may not. Source: requirement E23.
static void put_comparison(json_t *result, const Material *material, const DepositItem *item,
                           bool is_own)
{
    bool same = sm3_digest_equal(&item->digest, &material->digest) &&
                (!material->has_size || item->size_bytes == material->size_bytes);
    if (is_own || same) {
        json_put_hex(result, "deposited_digest", sm3_bytes(&item->digest));
        json_put_int(result, "deposited_size", (int64_t)item->size_bytes);
        json_put_text(result, "media_type", item->media_type);
    }
    json_put_text(result, "outcome", same ? "consistent" : "different");
}

// Compare one item. What cannot be compared gets its own outcome, never "consistent".
static bool verify_material(const Verification *verification, const Material *material,
                            Arena *arena, json_t *result, Error *err)
{
    Preservation *preservation = verification->preservation;
    json_put_text(result, "stage", deposit_stage_name(material->stage));
    json_put_int(result, "sequence", material->sequence);
    json_put_text(result, "name", material->name);
    json_put_text(result, "digest_alg", "SM3");
    json_put_hex(result, "submitted_digest", sm3_bytes(&material->digest));
    MaterialRead read = {
        .authorization = verification->authorization, .material = material, .arena = arena};
    if (!store_read(preservation->store, read_record, &read, err)) {
        return false;
    }
    if (!read.found || !read.record.is_logged) {
        json_put_text(result, "outcome", "not_deposited");
        return true;
    }
    json_put_int(result, "index", (int64_t)read.record.log_index);
    json_put_time(result, "received", read.record.received);
    json_put_text(result, "depositor", read.record.depositor);
    OpenedDeposit opened;
    Error why = {0};
    if (!preservation_open_deposit(preservation, &read.record, arena, &opened, &why)) {
        if (why.kind == ERROR_UNTRUSTED || strcmp(why.code, "preservation.erased") == 0) {
            json_put_text(result, "outcome", why.kind == ERROR_UNTRUSTED ? "damaged" : "erased");
            return true;
        }
        *err = why;
        return false;
    }
    const DepositItem *item = find_item(&opened.deposit, material->name);
    if (item == NULL) {
        json_put_text(result, "outcome", "not_deposited");
    } else {
        put_comparison(result, material, item,
                       verification->depositor == NULL ||
                           strcmp(verification->depositor, read.record.depositor) == 0);
    }
    return true;
}

static bool verify_all(const Verification *verification, const json_t *items, json_t *results,
                       Error *err)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        // One arena for each: a deposit may be many megabytes.
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Material material = {0};
        if (arena == NULL) {
            return error_memory(err);
        }
        if (!material_parse(json_array_get(items, i), arena, &material, err)) {
            return false;
        }
        json_t *result = json_make_object();
        json_array_append(results, result);
        bool ok = verify_material(verification, &material, arena, result, err);
        json_decref(result);
        if (!ok) {
            return false;
        }
    }
    return true;
}

bool preservation_handle_verification(void *component, const ServiceRequest *request,
                                      ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "verification", err);
    const char *authorization = json_view_text(&view, "authorization", DEPOSIT_ID_MAX);
    const char *purpose = json_view_text(&view, "purpose", TEXT_MAX);
    const json_t *items = json_view_array(&view, "items", ITEMS_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    Verification verification = {.preservation = preservation, .authorization = authorization};
    CustodyRecord custody = {
        .action = "verify", .purpose = purpose, .authorization = authorization};
    if (!check_allowed(&verification, request, err) ||
        !preservation_record_access(preservation, request, &custody, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *results = json_array();
    json_put(reply, "results", results);
    json_put_text(reply, "authorization", authorization);
    json_put_time(reply, "verified_at", request->received);
    json_put_text(reply, "software", preservation->config.version);
    return verify_all(&verification, items, results, err) &&
           service_reply_json(response, request->arena, 200, reply, err);
}
