// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/key_record.h"

#include <string.h>

#include "base/codec/json.h"

enum { SIGNATURES_MAX = 1000 };

static json_t *to_json(const KeyRecord *record)
{
    json_t *payload = json_make_object();
    json_put_hex(payload, "signed_digest", sm3_bytes(&record->signed_digest));
    if (record->is_destroyed) {
        json_put_time(payload, "destroyed_at", record->at);
        json_put_int(payload, "signatures", 1);
        return payload;
    }
    json_t *carrier = json_make_object();
    json_put_text(carrier, "label", record->label);
    json_put_text(carrier, "serial", record->serial);
    json_put(payload, "carrier", carrier);
    json_put_time(payload, "used_at", record->at);
    return payload;
}

bool key_record_sign(const KeyRecord *record, Bytes certificate, const Signer *signer, Arena *arena,
                     Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = to_json(record);
    StatementTemplate template = {
        .type = record->is_destroyed ? KEY_RECORD_DESTRUCTION : KEY_RECORD_USE,
        .signed_at = record->at,
        .certificate = certificate};
    return json_text(arena, payload, &template.payload, err) &&
           statement_sign(&template, signer, ret, err);
}

static bool read_destruction(const json_t *payload, KeyRecord *ret, Error *err)
{
    JsonView view = json_view(payload, "destruction", err);
    ret->at = json_view_time(&view, "destroyed_at");
    int64_t signatures = json_view_int(&view, "signatures", 0, SIGNATURES_MAX);
    json_view_hex(&view, "signed_digest", ret->signed_digest.bytes, SM3_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    return signatures == 1 ||
           error_set(err, ERROR_UNTRUSTED, "key_record.signatures", "JR/T 0299-2024 6.6 c",
                     "the key does not state that it signed exactly once");
}

static bool read_use(const json_t *payload, Arena *arena, KeyRecord *ret, Error *err)
{
    JsonView view = json_view(payload, "use", err);
    JsonView carrier = json_view(json_view_object(&view, "carrier"), "use.carrier", err);
    const char *label = json_view_text(&carrier, "label", KEY_RECORD_CARRIER_SIZE);
    const char *serial = json_view_text(&carrier, "serial", KEY_RECORD_CARRIER_SIZE);
    ret->at = json_view_time(&view, "used_at");
    json_view_hex(&view, "signed_digest", ret->signed_digest.bytes, SM3_SIZE);
    if (!json_view_done(&carrier) || !json_view_done(&view)) {
        return false;
    }
    ret->label = arena_text(arena, bytes_of_text(label));
    ret->serial = arena_text(arena, bytes_of_text(serial));
    return (ret->label != NULL && ret->serial != NULL) || error_memory(err);
}

bool key_record_parse(const Statement *statement, Arena *arena, KeyRecord *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = NULL;
    KeyRecord record = {.is_destroyed = strcmp(statement->type, KEY_RECORD_DESTRUCTION) == 0,
                        .label = "",
                        .serial = ""};
    if (!record.is_destroyed && strcmp(statement->type, KEY_RECORD_USE) != 0) {
        return error_set(err, ERROR_INPUT, "key_record.type", "JR/T 0299-2024 6.6",
                         "a statement of type \"%.64s\" is no key record", statement->type);
    }
    if (!json_parse(statement->payload, &payload, err) ||
        !(record.is_destroyed ? read_destruction(payload, &record, err)
                              : read_use(payload, arena, &record, err))) {
        return error_context(err, "the key's record");
    }
    *ret = record;
    return true;
}
