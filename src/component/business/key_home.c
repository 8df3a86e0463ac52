// SPDX-License-Identifier: Apache-2.0
#include "component/business/key_home.h"

#include <string.h>

#include "component/port/message.h"
#include "component/port/registration.h"
#include "domain/holder/grant.h"
#include "domain/pki/key_record.h"

static bool is_token(const KeyHome *home)
{
    return strcmp(home->storage, STORAGE_TOKEN) == 0;
}

bool key_home_is_kept(const KeyHome *home)
{
    return strcmp(home->storage, STORAGE_SEALING) == 0;
}

// One of the names that are known; a constant.
static const char *parse_storage(JsonView *view)
{
    static const char *const known[] = {STORAGE_TERMINAL, STORAGE_TOKEN, STORAGE_SEALING};
    const char *storage = json_view_optional_text(view, "storage", MESSAGE_ID_SIZE);
    for (size_t i = 0; i < COUNT_OF(known) && storage != NULL; i++) {
        if (strcmp(storage, known[i]) == 0) {
            return known[i];
        }
    }
    if (storage != NULL) {
        json_view_fail(view, "storage", "is terminal, token or sealing");
    }
    return STORAGE_TERMINAL;
}

static void parse_carrier(JsonView *view, Arena *arena, KeyHome *home)
{
    json_t *carrier = json_view_optional_object(view, "carrier");
    if (is_token(home) != (carrier != NULL)) {
        json_view_fail(view, "carrier", "is given for a token, and for a token only");
    }
    if (carrier != NULL && !view->failed) {
        JsonView inner = json_view(carrier, "carrier", view->err);
        home->label = message_text(&inner, arena, "label", KEY_RECORD_CARRIER_SIZE);
        home->serial = message_text(&inner, arena, "serial", KEY_RECORD_CARRIER_SIZE);
        view->failed = !json_view_done(&inner);
    }
}

static void parse_grant_key(JsonView *view, Arena *arena, KeyHome *home)
{
    char key_id[GRANT_KEY_ID_SIZE];
    Bytes point = message_optional_base64(view, arena, "grant_key", SM2_POINT_SIZE);
    if (key_home_is_kept(home) != (point.len > 0)) {
        json_view_fail(view, "grant_key",
                       "is given for a key that is kept, and for such a key only");
    }
    if (point.len == 0 || view->failed) {
        return;
    }
    if (!sm2_public_key_new(point, &home->grant_key, NULL)) {
        json_view_fail(view, "grant_key", "is a point on the SM2 curve");
        return;
    }
    grant_key_id(&home->grant_key, key_id);
    home->key_id = arena_text(arena, bytes_of_text(key_id));
    if (home->key_id == NULL) {
        view->failed = true;
        (void)error_memory(view->err);
    }
}

KeyHome key_home_parse(JsonView *view, Arena *arena)
{
    KeyHome home = {.storage = parse_storage(view), .label = "", .serial = "", .key_id = ""};
    home.renews = message_optional_text(view, arena, "renews", MESSAGE_ID_SIZE);
    home.wants_pair = json_view_optional_bool(view, "pair", false);
    if (home.wants_pair && !is_token(&home)) {
        json_view_fail(view, "pair", "is for keys that are kept in a token");
    }
    parse_carrier(view, arena, &home);
    parse_grant_key(view, arena, &home);
    return home;
}

bool key_home_put(Work *work, int64_t number, const KeyHome *home, Error *err)
{
    json_t *json = json_make_object();
    json_put_text(json, "storage", home->storage);
    json_put_text(json, "label", home->label);
    json_put_text(json, "serial", home->serial);
    json_put_text(json, "key_id", home->key_id);
    json_put_bool(json, "pair", home->wants_pair);
    json_put_text(json, "renews", home->renews);
    return work_put_json(work, KEY_HOME, number, json, err);
}

static const char *kept_text(const json_t *json, const char *key, Arena *arena)
{
    const char *text = json_string_value(json_object_get(json, key));
    return arena_text(arena, bytes_of_text(text == NULL ? "" : text));
}

static bool read_kept(Work *work, bool found, Bytes kept, KeyHome *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    // Applications of before other homes were known.
    if (!found) {
        *ret = (KeyHome){
            .storage = STORAGE_TERMINAL, .label = "", .serial = "", .key_id = "", .renews = ""};
        return true;
    }
    if (!json_parse(kept, &json, err)) {
        return error_context(err, "the stored home of the key");
    }
    *ret = (KeyHome){.storage = kept_text(json, "storage", work->arena),
                     .label = kept_text(json, "label", work->arena),
                     .serial = kept_text(json, "serial", work->arena),
                     .key_id = kept_text(json, "key_id", work->arena),
                     .wants_pair = json_is_true(json_object_get(json, "pair")),
                     .renews = kept_text(json, "renews", work->arena)};
    return (ret->storage != NULL && ret->label != NULL && ret->serial != NULL &&
            ret->key_id != NULL && ret->renews != NULL) ||
           error_memory(err);
}

bool key_home_get(Work *work, int64_t number, KeyHome *ret, Error *err)
{
    Bytes kept;
    bool found;
    return work_find_at(work, KEY_HOME, number, &kept, &found, err) &&
           read_kept(work, found, kept, ret, err);
}

bool key_home_get_newest(Work *work, KeyHome *ret, Error *err)
{
    Bytes kept;
    bool found;
    return work_find(work, KEY_HOME, &kept, &found, err) && read_kept(work, found, kept, ret, err);
}

const char *key_home_carrier(const KeyHome *home, Arena *arena)
{
    return is_token(home) ? arena_format(arena, "%s %s", home->label, home->serial) : "";
}

// A key in a token stays there, in the one that was applied with; any other is destroyed.
static bool fits_home(const KeyRecord *record, const KeyHome *home)
{
    return is_token(home) ? !record->is_destroyed && strcmp(record->label, home->label) == 0 &&
                                strcmp(record->serial, home->serial) == 0
                          : record->is_destroyed;
}

static bool check_record(Work *work, const Statement *statement, const Sm3Digest *signed_digest,
                         const KeyHome *home, Error *err)
{
    KeyRecord record;
    Bytes certificate;
    if (!work_get(work, "certificate", &certificate, err) ||
        !key_record_parse(statement, work->arena, &record, err)) {
        return false;
    }
    if (!bytes_equal(statement->signer.der, certificate) ||
        !sm3_digest_equal(signed_digest, &record.signed_digest)) {
        return error_set(err, ERROR_UNTRUSTED, "destruction.other_signature",
                         "JR/T 0299-2024 6.6 c",
                         "the key's last record is not about this one signature");
    }
    return fits_home(&record, home) ||
           error_set(err, ERROR_UNTRUSTED, "key_record.home", "JR/T 0299-2024 6.6",
                     "the key's record is not the one for where the key is");
}

bool key_home_take_record(Work *work, Bytes text, const Sm3Digest *signed_digest,
                          const TrustStore *trust, Error *err)
{
    Statement statement;
    KeyHome home;
    if (!key_home_get_newest(work, &home, err)) {
        return false;
    }
    const char *type = is_token(&home) ? KEY_RECORD_USE : KEY_RECORD_DESTRUCTION;
    if (!statement_parse(work->arena, text, &statement, err) ||
        !statement_verify(&statement, type, trust, REVOCATION_REQUIRED, work->now, err) ||
        !check_record(work, &statement, signed_digest, &home, err)) {
        return error_context(err, "the key's record");
    }
    return work_put(work, is_token(&home) ? "key_use" : "destruction", 0, text, err);
}
