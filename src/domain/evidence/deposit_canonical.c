// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/deposit_canonical.h"

#include <string.h>

#include "base/codec/hex.h"

enum { FIRST_ROOM = 8, DIGITS_MAX = 15 };

// One failure flag, as with Reader: a parser is a list of reads and one check.
typedef struct {
    Bytes rest;
    Arena *arena;
    bool failed;
} Canonical;

// Skip a text that may be there.
static bool at(Canonical *c, Bytes text)
{
    if (c->failed || !bytes_start_with(c->rest, text)) {
        return false;
    }
    c->rest = bytes_from(c->rest, text.len);
    return true;
}

static void must(Canonical *c, Bytes text)
{
    c->failed = !at(c, text) || c->failed;
}

// Up to the quotation mark, which is skipped.
static Bytes quoted(Canonical *c, size_t max)
{
    size_t len;
    if (c->failed || !bytes_find(c->rest, BYTES_LITERAL("\""), 0, &len) || len == 0 || len > max) {
        c->failed = true;
        return BYTES_EMPTY;
    }
    Bytes text = bytes_slice(c->rest, 0, len);
    c->rest = bytes_from(c->rest, len + 1);
    return text;
}

static const char *text(Canonical *c, size_t max)
{
    Bytes bytes = quoted(c, max);
    for (size_t i = 0; i < bytes.len; i++) {
        bool is_plain = bytes.data[i] >= 0x20 && bytes.data[i] <= 0x7e && bytes.data[i] != '\\';
        c->failed = c->failed || !is_plain;
    }
    const char *copy = c->failed ? NULL : arena_text(c->arena, bytes);
    c->failed = copy == NULL;
    return copy == NULL ? "" : copy;
}

// A member that may be left out, of which the name comes with its quotation marks.
static const char *optional_text(Canonical *c, Bytes name, size_t max)
{
    if (!at(c, name)) {
        return "";
    }
    const char *found = text(c, max);
    must(c, BYTES_LITERAL(","));
    return found;
}

static int hex_value(uint8_t digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                          : -1;
}

static void digest(Canonical *c, Sm3Digest *ret)
{
    Bytes hex = quoted(c, (size_t)2 * SM3_SIZE);
    c->failed = c->failed || hex.len != (size_t)2 * SM3_SIZE;
    for (size_t i = 0; !c->failed && i < SM3_SIZE; i++) {
        int high = hex_value(hex.data[2 * i]), low = hex_value(hex.data[2 * i + 1]);
        c->failed = high < 0 || low < 0;
        ret->bytes[i] = (uint8_t)(c->failed ? 0 : high << 4 | low);
    }
}

static bool optional_digest(Canonical *c, Bytes name, Sm3Digest *ret)
{
    if (!at(c, name)) {
        return false;
    }
    digest(c, ret);
    must(c, BYTES_LITERAL(","));
    return true;
}

// A decimal without a sign or leading zeros.
static int64_t number(Canonical *c, int64_t max)
{
    int64_t value = 0;
    size_t len = 0;
    while (len < c->rest.len && len <= DIGITS_MAX && c->rest.data[len] >= '0' &&
           c->rest.data[len] <= '9') {
        value = value * 10 + (c->rest.data[len++] - '0');
    }
    bool has_zeros = len > 1 && c->rest.data[0] == '0';
    c->failed = c->failed || len == 0 || len > DIGITS_MAX || has_zeros || value > max;
    c->rest = bytes_from(c->rest, c->failed ? 0 : len);
    return value;
}

static Time time_of(Canonical *c)
{
    Time time = 0;
    Bytes found = quoted(c, TIME_TEXT_SIZE);
    c->failed = c->failed || !time_from_text(found, &time, NULL);
    return time;
}

static void read_event(Canonical *c, DepositEvent *ret)
{
    must(c, BYTES_LITERAL("{"));
    ret->actor = optional_text(c, BYTES_LITERAL("\"actor\":\""), DEPOSIT_NAME_MAX);
    ret->address = optional_text(c, BYTES_LITERAL("\"address\":\""), DEPOSIT_NAME_MAX);
    ret->detail = optional_text(c, BYTES_LITERAL("\"detail\":\""), DEPOSIT_DETAIL_MAX);
    ret->device = optional_text(c, BYTES_LITERAL("\"device\":\""), DEPOSIT_TEXT_MAX);
    ret->has_digest = optional_digest(c, BYTES_LITERAL("\"digest\":\""), &ret->digest);
    ret->outcome = optional_text(c, BYTES_LITERAL("\"outcome\":\""), DEPOSIT_NAME_MAX);
    must(c, BYTES_LITERAL("\"time\":\""));
    ret->time = time_of(c);
    must(c, BYTES_LITERAL(",\"type\":\""));
    ret->type = text(c, DEPOSIT_TYPE_MAX);
    must(c, BYTES_LITERAL("}"));
}

static void read_content(Canonical *c, DepositItem *item)
{
    Bytes encoded = quoted(c, DEPOSIT_MAX_CONTENT / 3 * 4);
    c->failed = c->failed || !base64_decode_arena(c->arena, encoded, &item->content, NULL);
    must(c, BYTES_LITERAL(","));
}

static void read_item(Canonical *c, DepositItem *ret)
{
    must(c, BYTES_LITERAL("{"));
    ret->has_content = at(c, BYTES_LITERAL("\"content\":\""));
    if (ret->has_content) {
        read_content(c, ret);
    }
    must(c, BYTES_LITERAL("\"digest\":\""));
    digest(c, &ret->digest);
    must(c, BYTES_LITERAL(",\"digest_alg\":\"SM3\",\"media_type\":\""));
    ret->media_type = text(c, DEPOSIT_NAME_MAX);
    must(c, BYTES_LITERAL(",\"name\":\""));
    ret->name = text(c, DEPOSIT_NAME_MAX);
    must(c, BYTES_LITERAL(",\"size\":"));
    ret->size_bytes = (uint64_t)number(c, INT64_MAX);
    must(c, BYTES_LITERAL("}"));
}

// Room for one more of an array in the arena, doubled as it fills.
static void *next_of(Canonical *c, void *array, size_t count, size_t size, size_t max)
{
    if (c->failed || count >= max) {
        c->failed = true;
        return array;
    }
    bool is_full = count == 0 || (count >= FIRST_ROOM && (count & (count - 1)) == 0);
    if (!is_full) {
        return array;
    }
    void *grown = arena_alloc(c->arena, (count == 0 ? FIRST_ROOM : 2 * count) * size);
    if (grown == NULL) {
        c->failed = true;
        return array;
    }
    if (count > 0) {
        memcpy(grown, array, count * size);
    }
    return grown;
}

static void read_events(Canonical *c, Deposit *deposit)
{
    must(c, BYTES_LITERAL(",\"events\":["));
    bool more = !at(c, BYTES_LITERAL("]"));
    while (more && !c->failed) {
        deposit->events = next_of(c, deposit->events, deposit->event_count, sizeof *deposit->events,
                                  DEPOSIT_MAX_EVENTS);
        if (!c->failed) {
            read_event(c, &deposit->events[deposit->event_count++]);
        }
        more = at(c, BYTES_LITERAL(","));
        must(c, more ? BYTES_EMPTY : BYTES_LITERAL("]"));
    }
}

static void read_items(Canonical *c, Deposit *deposit)
{
    must(c, BYTES_LITERAL(",\"items\":["));
    bool more = !at(c, BYTES_LITERAL("]"));
    while (more && !c->failed) {
        deposit->items = next_of(c, deposit->items, deposit->item_count, sizeof *deposit->items,
                                 DEPOSIT_MAX_ITEMS);
        if (!c->failed) {
            read_item(c, &deposit->items[deposit->item_count++]);
        }
        more = at(c, BYTES_LITERAL(","));
        must(c, more ? BYTES_EMPTY : BYTES_LITERAL("]"));
    }
}

static void read_stage(Canonical *c, Deposit *deposit)
{
    must(c, BYTES_LITERAL(",\"stage\":\""));
    Bytes name = quoted(c, sizeof "OTHER" - 1);
    for (DepositStage stage = DEPOSIT_M6; stage <= DEPOSIT_OTHER; stage++) {
        if (bytes_equal(name, bytes_of_text(deposit_stage_name(stage)))) {
            deposit->stage = stage;
            return;
        }
    }
    c->failed = true;
}

// A last member that may be left out.
static const char *last_text(Canonical *c, Bytes name)
{
    return at(c, name) ? text(c, DEPOSIT_NAME_MAX) : "";
}

bool deposit_read_canonical(Arena *arena, Bytes payload, Deposit *ret)
{
    Canonical canonical = {.rest = payload, .arena = arena};
    Canonical *c = &canonical;
    Deposit deposit = {0};
    must(c, BYTES_LITERAL("{\"authorization_id\":\""));
    deposit.authorization_id = text(c, DEPOSIT_ID_MAX);
    read_events(c, &deposit);
    read_items(c, &deposit);
    must(c, BYTES_LITERAL(",\"mode\":\""));
    deposit.is_batch = at(c, BYTES_LITERAL("batch\","));
    must(c, deposit.is_batch ? BYTES_EMPTY : BYTES_LITERAL("staged\","));
    deposit.has_previous = optional_digest(c, BYTES_LITERAL("\"previous\":\""), &deposit.previous);
    must(c, BYTES_LITERAL("\"sequence\":"));
    deposit.sequence = number(c, DEPOSIT_MAX_SEQUENCE);
    read_stage(c, &deposit);
    deposit.system = last_text(c, BYTES_LITERAL(",\"system\":\""));
    deposit.system_version = last_text(c, BYTES_LITERAL(",\"system_version\":\""));
    must(c, BYTES_LITERAL("}"));
    if (c->failed || c->rest.len > 0) {
        return false;
    }
    *ret = deposit;
    return true;
}

// Writing

// A text and what comes before and behind it; nothing for one that is left out.
static bool put_text(Writer *ret, Bytes before, const char *text, Bytes after)
{
    Bytes bytes = text == NULL ? BYTES_EMPTY : bytes_of_text(text);
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
            return false;
        }
    }
    if (bytes.len > 0) {
        writer_put(ret, before);
        writer_put(ret, bytes);
        writer_put(ret, after);
    }
    return true;
}

static bool put_required(Writer *ret, Bytes before, const char *text, Bytes after)
{
    return text != NULL && text[0] != '\0' && put_text(ret, before, text, after);
}

static void put_digest(Writer *ret, Bytes before, const Sm3Digest *digest)
{
    writer_put(ret, before);
    hex_encode(sm3_bytes(digest), ret);
    writer_put(ret, BYTES_LITERAL("\","));
}

static void put_number(Writer *ret, int64_t number)
{
    char digits[DIGITS_MAX];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && first > 0);
    writer_put(ret, bytes_of(&digits[first], sizeof digits - first));
}

static bool is_short_number(int64_t number)
{
    return number >= 0 && number <= 999999999999999;
}

bool deposit_write_canonical_event(const DepositEvent *event, Writer *ret)
{
    const Bytes end = BYTES_LITERAL("\",");
    char time[TIME_TEXT_SIZE];
    time_to_text(event->time, time);
    writer_put(ret, BYTES_LITERAL("{"));
    if (!put_text(ret, BYTES_LITERAL("\"actor\":\""), event->actor, end) ||
        !put_text(ret, BYTES_LITERAL("\"address\":\""), event->address, end) ||
        !put_text(ret, BYTES_LITERAL("\"detail\":\""), event->detail, end) ||
        !put_text(ret, BYTES_LITERAL("\"device\":\""), event->device, end)) {
        return false;
    }
    if (event->has_digest) {
        put_digest(ret, BYTES_LITERAL("\"digest\":\""), &event->digest);
    }
    return put_text(ret, BYTES_LITERAL("\"outcome\":\""), event->outcome, end) &&
           put_required(ret, BYTES_LITERAL("\"time\":\""), time, end) &&
           put_required(ret, BYTES_LITERAL("\"type\":\""), event->type, BYTES_LITERAL("\"}")) &&
           !ret->failed;
}

bool deposit_write_canonical_item(const DepositItem *item, bool with_content, Writer *ret)
{
    if (item->size_bytes > INT64_MAX || !is_short_number((int64_t)item->size_bytes)) {
        return false;
    }
    writer_put(ret, BYTES_LITERAL("{"));
    if (with_content && item->has_content) {
        writer_put(ret, BYTES_LITERAL("\"content\":\""));
        base64_encode(item->content, ret);
        writer_put(ret, BYTES_LITERAL("\","));
    }
    put_digest(ret, BYTES_LITERAL("\"digest\":\""), &item->digest);
    writer_put(ret, BYTES_LITERAL("\"digest_alg\":\"SM3\","));
    if (!put_required(ret, BYTES_LITERAL("\"media_type\":\""), item->media_type,
                      BYTES_LITERAL("\",")) ||
        !put_required(ret, BYTES_LITERAL("\"name\":\""), item->name,
                      BYTES_LITERAL("\",\"size\":"))) {
        return false;
    }
    put_number(ret, (int64_t)item->size_bytes);
    writer_put(ret, BYTES_LITERAL("}"));
    return !ret->failed;
}

static bool put_lists(const Deposit *deposit, Writer *ret)
{
    writer_put(ret, BYTES_LITERAL(",\"events\":["));
    for (size_t i = 0; i < deposit->event_count; i++) {
        writer_put(ret, i == 0 ? BYTES_EMPTY : BYTES_LITERAL(","));
        if (!deposit_write_canonical_event(&deposit->events[i], ret)) {
            return false;
        }
    }
    writer_put(ret, BYTES_LITERAL("],\"items\":["));
    for (size_t i = 0; i < deposit->item_count; i++) {
        writer_put(ret, i == 0 ? BYTES_EMPTY : BYTES_LITERAL(","));
        if (!deposit_write_canonical_item(&deposit->items[i], true, ret)) {
            return false;
        }
    }
    writer_put(ret, BYTES_LITERAL("],"));
    return true;
}

bool deposit_write_canonical(const Deposit *deposit, Writer *ret)
{
    if (!is_short_number(deposit->sequence) ||
        !put_required(ret, BYTES_LITERAL("{\"authorization_id\":\""), deposit->authorization_id,
                      BYTES_LITERAL("\"")) ||
        !put_lists(deposit, ret)) {
        return false;
    }
    writer_put(ret, BYTES_LITERAL("\"mode\":\""));
    writer_put(ret, deposit->is_batch ? BYTES_LITERAL("batch\",") : BYTES_LITERAL("staged\","));
    if (deposit->has_previous) {
        put_digest(ret, BYTES_LITERAL("\"previous\":\""), &deposit->previous);
    }
    writer_put(ret, BYTES_LITERAL("\"sequence\":"));
    put_number(ret, deposit->sequence);
    writer_put(ret, BYTES_LITERAL(",\"stage\":\""));
    writer_put_text(ret, deposit_stage_name(deposit->stage));
    writer_put(ret, BYTES_LITERAL("\""));
    const Bytes end = BYTES_LITERAL("\"");
    if (!put_text(ret, BYTES_LITERAL(",\"system\":\""), deposit->system, end) ||
        !put_text(ret, BYTES_LITERAL(",\"system_version\":\""), deposit->system_version, end)) {
        return false;
    }
    writer_put(ret, BYTES_LITERAL("}"));
    return !ret->failed;
}
