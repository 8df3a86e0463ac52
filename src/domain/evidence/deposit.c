// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/deposit.h"

#include <string.h>

#include "base/codec/json.h"
#include "domain/evidence/deposit_canonical.h"

// Above what the longest events and items take that a deposit may have.
enum { DEPOSIT_PARTS_MAX_BYTES = 16 * 1024 * 1024 };

static const char *const STAGE_NAMES[] = {
    [DEPOSIT_M6] = "M6",
    [DEPOSIT_M7] = "M7",
    [DEPOSIT_M8] = "M8",
    [DEPOSIT_OTHER] = "OTHER",
};

const char *deposit_stage_name(DepositStage stage)
{
    return STAGE_NAMES[stage];
}

static bool stage_find(const char *name, DepositStage *ret)
{
    for (size_t i = 0; i < COUNT_OF(STAGE_NAMES); i++) {
        if (strcmp(STAGE_NAMES[i], name) == 0) {
            *ret = (DepositStage)i;
            return true;
        }
    }
    return false;
}

DepositItem deposit_item_of(const char *name, const char *media_type, Bytes content)
{
    return (DepositItem){
        .name = name,
        .media_type = media_type,
        .size_bytes = content.len,
        .digest = sm3_digest(content),
        .has_content = true,
        .content = content,
    };
}

static void put_optional_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_put_text(object, key, text);
    }
}

static json_t *event_to_json(const DepositEvent *event)
{
    json_t *object = json_make_object();
    json_put_time(object, "time", event->time);
    json_put_text(object, "type", event->type);
    put_optional_text(object, "actor", event->actor);
    put_optional_text(object, "address", event->address);
    put_optional_text(object, "detail", event->detail);
    put_optional_text(object, "device", event->device);
    put_optional_text(object, "outcome", event->outcome);
    if (event->has_digest) {
        json_put_hex(object, "digest", sm3_bytes(&event->digest));
    }
    return object;
}

static json_t *item_to_json(const DepositItem *item, bool with_content)
{
    json_t *object = json_make_object();
    json_put_text(object, "name", item->name);
    json_put_text(object, "media_type", item->media_type);
    json_put_int(object, "size", (int64_t)item->size_bytes);
    json_put_text(object, "digest_alg", "SM3");
    json_put_hex(object, "digest", sm3_bytes(&item->digest));
    if (with_content && item->has_content) {
        json_put_base64(object, "content", item->content);
    }
    return object;
}

static json_t *deposit_to_json(const Deposit *deposit)
{
    json_t *object = json_make_object();
    json_put_text(object, "authorization_id", deposit->authorization_id);
    json_put_text(object, "stage", deposit_stage_name(deposit->stage));
    json_put_int(object, "sequence", deposit->sequence);
    json_put_text(object, "mode", deposit->is_batch ? "batch" : "staged");
    if (deposit->has_previous) {
        json_put_hex(object, "previous", sm3_bytes(&deposit->previous));
    }
    put_optional_text(object, "system", deposit->system);
    put_optional_text(object, "system_version", deposit->system_version);
    json_t *events = json_array();
    for (size_t i = 0; i < deposit->event_count; i++) {
        json_array_append_new(events, event_to_json(&deposit->events[i]));
    }
    json_put(object, "events", events);
    json_t *items = json_array();
    for (size_t i = 0; i < deposit->item_count; i++) {
        json_array_append_new(items, item_to_json(&deposit->items[i], true));
    }
    json_put(object, "items", items);
    return object;
}

bool deposit_encode(const Deposit *deposit, Writer *ret, Error *err)
{
    if (deposit->event_count > DEPOSIT_MAX_EVENTS || deposit->item_count > DEPOSIT_MAX_ITEMS) {
        return error_set(err, ERROR_LIMIT, "deposit.size", NULL,
                         "a deposit has too many events or items");
    }
    size_t start = ret->len;
    if (!deposit_write_canonical(deposit, ret)) {
        // Not plain, or it does not fit: json_write knows how to do the one and tell the other.
        CLEANUP(json_cleanup) json_t *json = deposit_to_json(deposit);
        ret->len = start;
        if (!json_write(json, ret, err)) {
            return false;
        }
    }
    // What we send has to be what the other side accepts: one set of limits, in one place.
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Deposit parsed;
    if (arena == NULL) {
        return error_memory(err);
    }
    return deposit_parse(arena, bytes_from(writer_bytes(ret), start), &parsed, err);
}

// Text copied into the arena, "" when absent.
static const char *take_text(JsonView *view, Arena *arena, const char *key, size_t max_bytes,
                             bool is_required)
{
    const char *text = is_required ? json_view_text(view, key, max_bytes)
                                   : json_view_optional_text(view, key, max_bytes);
    const char *copy = text == NULL ? "" : arena_text(arena, bytes_of_text(text));
    if (copy == NULL) {
        json_view_fail(view, key, "does not fit into memory");
        return "";
    }
    return copy;
}

static bool take_optional_digest(JsonView *view, const char *key, Sm3Digest *ret)
{
    if (json_object_get(view->object, key) == NULL) {
        return false;
    }
    json_view_hex(view, key, ret->bytes, SM3_SIZE);
    return true;
}

static bool event_parse(Arena *arena, const json_t *json, DepositEvent *ret, Error *err)
{
    JsonView view = json_view(json, "events[]", err);
    ret->time = json_view_time(&view, "time");
    ret->type = take_text(&view, arena, "type", DEPOSIT_TYPE_MAX, true);
    ret->actor = take_text(&view, arena, "actor", DEPOSIT_NAME_MAX, false);
    ret->address = take_text(&view, arena, "address", DEPOSIT_NAME_MAX, false);
    ret->detail = take_text(&view, arena, "detail", DEPOSIT_DETAIL_MAX, false);
    ret->device = take_text(&view, arena, "device", DEPOSIT_TEXT_MAX, false);
    ret->outcome = take_text(&view, arena, "outcome", DEPOSIT_NAME_MAX, false);
    ret->has_digest = take_optional_digest(&view, "digest", &ret->digest);
    return json_view_done(&view);
}

static bool item_parse(Arena *arena, const json_t *json, DepositItem *ret, Error *err)
{
    JsonView view = json_view(json, "items[]", err);
    ret->name = take_text(&view, arena, "name", DEPOSIT_NAME_MAX, true);
    ret->media_type = take_text(&view, arena, "media_type", DEPOSIT_NAME_MAX, true);
    ret->size_bytes = (uint64_t)json_view_int(&view, "size", 0, INT64_MAX);
    const char *algorithm = json_view_text(&view, "digest_alg", 16);
    if (!view.failed && strcmp(algorithm, "SM3") != 0) {
        json_view_fail(&view, "digest_alg", "is not SM3");
    }
    json_view_hex(&view, "digest", ret->digest.bytes, SM3_SIZE);
    ret->has_content = json_object_get(view.object, "content") != NULL;
    if (ret->has_content) {
        ret->content = json_view_base64(&view, arena, "content", DEPOSIT_MAX_CONTENT);
    }
    return json_view_done(&view);
}

static bool check_items(const Deposit *deposit, Error *err)
{
    size_t total = 0;
    for (size_t i = 0; i < deposit->item_count; i++) {
        total += deposit->items[i].content.len;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(deposit->items[i].name, deposit->items[k].name) == 0) {
                return error_set(err, ERROR_INPUT, "deposit.malformed", NULL,
                                 "two items of a deposit have the same name");
            }
        }
    }
    return total <= DEPOSIT_MAX_CONTENT ||
           error_set(err, ERROR_LIMIT, "deposit.size", NULL,
                     "the contents of a deposit are longer than %d bytes", DEPOSIT_MAX_CONTENT);
}

static bool parse_events(Arena *arena, const json_t *array, Deposit *deposit, Error *err)
{
    deposit->event_count = json_array_size(array);
    deposit->events = arena_alloc(arena, (deposit->event_count + 1) * sizeof *deposit->events);
    if (deposit->events == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < deposit->event_count; i++) {
        if (!event_parse(arena, json_array_get(array, i), &deposit->events[i], err)) {
            return false;
        }
    }
    return true;
}

static bool parse_items(Arena *arena, const json_t *array, Deposit *deposit, Error *err)
{
    deposit->item_count = json_array_size(array);
    deposit->items = arena_alloc(arena, (deposit->item_count + 1) * sizeof *deposit->items);
    if (deposit->items == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (!item_parse(arena, json_array_get(array, i), &deposit->items[i], err)) {
            return false;
        }
    }
    return true;
}

static bool id_is_plain(const char *id)
{
    size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    return len > 0 && id[len] == '\0';
}

static bool read_json(Arena *arena, Bytes payload, Deposit *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    Deposit deposit = {0};
    JsonView view = json_view(json, "deposit", err);
    deposit.authorization_id = take_text(&view, arena, "authorization_id", DEPOSIT_ID_MAX, true);
    const char *stage = json_view_text(&view, "stage", 8);
    if (!view.failed && !stage_find(stage, &deposit.stage)) {
        json_view_fail(&view, "stage", "is not M6, M7, M8 or OTHER");
    }
    deposit.sequence = json_view_int(&view, "sequence", 0, DEPOSIT_MAX_SEQUENCE);
    const char *mode = json_view_text(&view, "mode", 8);
    deposit.is_batch = strcmp(mode, "batch") == 0;
    if (!view.failed && !deposit.is_batch && strcmp(mode, "staged") != 0) {
        json_view_fail(&view, "mode", "is not staged or batch");
    }
    deposit.has_previous = take_optional_digest(&view, "previous", &deposit.previous);
    deposit.system = take_text(&view, arena, "system", DEPOSIT_NAME_MAX, false);
    deposit.system_version = take_text(&view, arena, "system_version", DEPOSIT_NAME_MAX, false);
    const json_t *events = json_view_array(&view, "events", DEPOSIT_MAX_EVENTS);
    const json_t *items = json_view_array(&view, "items", DEPOSIT_MAX_ITEMS);
    if (!json_view_done(&view) || !parse_events(arena, events, &deposit, err) ||
        !parse_items(arena, items, &deposit, err)) {
        return false;
    }
    *ret = deposit;
    return true;
}

bool deposit_read(Arena *arena, Bytes payload, Deposit *ret, Error *err)
{
    Deposit deposit;
    if (!deposit_read_canonical(arena, payload, &deposit) &&
        !read_json(arena, payload, &deposit, err)) {
        return false;
    }
    if (!id_is_plain(deposit.authorization_id)) {
        return error_set(err, ERROR_INPUT, "deposit.malformed", NULL,
                         "authorization_id is not of letters, digits, - _ .");
    }
    if (deposit.event_count + deposit.item_count == 0) {
        return error_set(err, ERROR_INPUT, "deposit.malformed", "JR/T 0299-2024 8.3",
                         "a deposit has neither events nor items");
    }
    if (!check_items(&deposit, err)) {
        return false;
    }
    *ret = deposit;
    return true;
}

bool deposit_check_contents(const Deposit *deposit, Error *err)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        const DepositItem *item = &deposit->items[i];
        if (!item->has_content) {
            continue;
        }
        Sm3Digest digest = sm3_digest(item->content);
        if (item->content.len != item->size_bytes || !sm3_digest_equal(&digest, &item->digest)) {
            return error_set(err, ERROR_UNTRUSTED, "deposit.digest", "JR/T 0299-2024 8.3",
                             "item %zu's content does not have the stated size and digest", i + 1);
        }
    }
    return true;
}

bool deposit_parse(Arena *arena, Bytes payload, Deposit *ret, Error *err)
{
    Deposit deposit;
    if (!deposit_read(arena, payload, &deposit, err) || !deposit_check_contents(&deposit, err)) {
        return false;
    }
    *ret = deposit;
    return true;
}

// As json_write would, from `start` on.
static bool put_event(const DepositEvent *event, size_t start, Writer *ret, Error *err)
{
    if (deposit_write_canonical_event(event, ret)) {
        return true;
    }
    CLEANUP(json_cleanup) json_t *json = event_to_json(event);
    ret->len = start;
    return json_write(json, ret, err);
}

static bool put_item(const DepositItem *item, size_t start, Writer *ret, Error *err)
{
    if (deposit_write_canonical_item(item, false, ret)) {
        return true;
    }
    CLEANUP(json_cleanup) json_t *json = item_to_json(item, false);
    ret->len = start;
    return json_write(json, ret, err);
}

bool deposit_parts(Arena *arena, const Deposit *deposit, Bytes statement, Bytes **ret,
                   size_t *ret_count, Error *err)
{
    size_t count = 1 + deposit->event_count + deposit->item_count;
    Bytes *parts = arena_alloc(arena, count * sizeof *parts);
    size_t *ends = arena_alloc(arena, count * sizeof *ends);
    if (parts == NULL || ends == NULL) {
        return error_memory(err);
    }
    CLEANUP(writer_free) Writer texts = writer_new(DEPOSIT_PARTS_MAX_BYTES);
    size_t next = 0;
    ends[next++] = 0;
    for (size_t i = 0; i < deposit->event_count; i++) {
        if (!put_event(&deposit->events[i], texts.len, &texts, err)) {
            return false;
        }
        ends[next++] = texts.len;
    }
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (!put_item(&deposit->items[i], texts.len, &texts, err)) {
            return false;
        }
        ends[next++] = texts.len;
    }
    Bytes copy = arena_copy(arena, writer_bytes(&texts));
    if (copy.data == NULL && texts.len > 0) {
        return error_memory(err);
    }
    parts[0] = statement;
    for (size_t i = 1; i < count; i++) {
        parts[i] = bytes_slice(copy, ends[i - 1], ends[i] - ends[i - 1]);
    }
    *ret = parts;
    *ret_count = count;
    return true;
}

Sm3Digest deposit_submission_digest(Bytes statement)
{
    return sm3_digest(statement);
}

static bool out_of_order(const Deposit *deposit, const char *why, Error *err)
{
    return error_set(err, ERROR_CONFLICT, "deposit.order", "JR/T 0299-2024 4",
                     "the deposit %s of sequence %lld %s", deposit_stage_name(deposit->stage),
                     (long long)deposit->sequence, why);
}

bool deposit_check_order(const DepositChain *chain, const Deposit *deposit, Error *err)
{
    if (deposit->stage == DEPOSIT_OTHER) {
        return true;
    }
    bool is_first_of_stage = !chain->has_last || deposit->stage != chain->stage;
    DepositStage earliest = chain->has_last ? chain->stage : DEPOSIT_M6;
    DepositStage latest = chain->has_last ? chain->stage + 1 : DEPOSIT_M6;
    if (deposit->stage < earliest || deposit->stage > latest) {
        return out_of_order(deposit, "is not what comes next after M6, M7, M8", err);
    }
    if (deposit->sequence != (is_first_of_stage ? 0 : chain->sequence + 1)) {
        return out_of_order(deposit, "leaves out a sequence", err);
    }
    if (deposit->has_previous != chain->has_last ||
        (chain->has_last && !sm3_digest_equal(&deposit->previous, &chain->submission))) {
        return error_set(err, ERROR_CONFLICT, "deposit.previous", "JR/T 0299-2024 4",
                         "the deposit %s does not name the deposit before it",
                         deposit_stage_name(deposit->stage));
    }
    return true;
}
