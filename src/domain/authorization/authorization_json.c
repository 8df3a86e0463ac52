// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/authorization/authorization.h"

#define AUTHORIZATION_TYPE "assent.authorization/1"
#define AUTHORIZATION_CLAUSE "Regulation on the Credit Reporting Industry 18"

enum { PARTY_NAME_MAX = 200, ITEM_MAX = 200, BUSINESS_MAX = 300, FREQUENCY_COUNT_MAX = 10000 };

// Years are counted generously: ten of them with their leap days.
#define TERM_MAX ((Time)3653 * TIME_DAY)

static const char *const period_names[] = {
    [PERIOD_TOTAL] = "total",
    [PERIOD_DAY] = "day",
    [PERIOD_MONTH] = "month",
    [PERIOD_QUARTER] = "quarter",
};

static const char *const end_names[] = {
    [TERM_UNTIL_DATE] = "date",
    [TERM_UNTIL_SETTLED] = "settled",
};

static bool name_index(const char *const *names, size_t count, const char *name, size_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static const char *keep(JsonView *view, const char *text, Arena *arena)
{
    const char *copy = arena_text(arena, bytes_of_text(text));
    if (copy == NULL && !view->failed) {
        view->failed = true;
        (void)error_memory(view->err);
    }
    return copy == NULL ? "" : copy;
}

static const char *take_text(JsonView *view, const char *key, size_t max_bytes, Arena *arena)
{
    return keep(view, json_view_text(view, key, max_bytes), arena);
}

static bool authorization_refuse(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_INPUT, code, AUTHORIZATION_CLAUSE, "the authorization %s", why);
}

static bool party_parse(const json_t *value, const char *path, Arena *arena, Party *ret, Error *err)
{
    JsonView view = json_view(value, path, err);
    ret->name = take_text(&view, "name", PARTY_NAME_MAX, arena);
    ret->uscc = take_text(&view, "uscc", USCC_SIZE - 1, arena);
    const char *contact = json_view_optional_text(&view, "contact", PARTY_NAME_MAX);
    ret->contact = contact == NULL ? "" : keep(&view, contact, arena);
    return json_view_done(&view) && credit_code_check(ret->uscc, err);
}

static bool parties_parse(const json_t *values, const char *path, Arena *arena, Party *ret,
                          size_t *ret_count, Error *err)
{
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(values, i, value)
    {
        if (!party_parse(value, path, arena, &ret[i], err)) {
            return false;
        }
        *ret_count = i + 1;
    }
    return true;
}

static bool template_parse(const json_t *value, Arena *arena, Authorization *ret, Error *err)
{
    JsonView view = json_view(value, "template", err);
    ret->template_id = take_text(&view, "id", 64, arena);
    ret->template_version = take_text(&view, "version", 32, arena);
    json_view_hex(&view, "digest", ret->template_digest.bytes, SM3_SIZE);
    return json_view_done(&view);
}

static bool scope_parse(const json_t *value, Authorization *ret, Error *err)
{
    JsonView view = json_view(value, "scope", err);
    ret->may_query = json_view_bool(&view, "query");
    ret->may_report = json_view_bool(&view, "report");
    return json_view_done(&view) &&
           (ret->may_query || ret->may_report ||
            authorization_refuse(err, "authorization.no_scope", "permits nothing"));
}

static bool purposes_parse(const json_t *values, Authorization *ret, Error *err)
{
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(values, i, value)
    {
        const Purpose *purpose = NULL;
        if (!purpose_check(json_is_string(value) ? json_string_value(value) : "", &purpose, err)) {
            return false;
        }
        if (authorization_covers_purpose(ret, purpose)) {
            return authorization_refuse(err, "authorization.purpose_twice",
                                        "names a purpose twice");
        }
        ret->purposes[ret->purpose_count++] = purpose;
    }
    if (ret->may_query != (ret->purpose_count > 0)) {
        return authorization_refuse(err, "authorization.purpose_missing",
                                    "has a query without purposes or purposes without a query");
    }
    return true;
}

static bool items_parse(const json_t *values, Arena *arena, Authorization *ret, Error *err)
{
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(values, i, value)
    {
        const size_t len = json_is_string(value) ? json_string_length(value) : 0;
        if (len == 0 || len > ITEM_MAX) {
            return authorization_refuse(err, "authorization.report_item",
                                        "has a report item that is no short text");
        }
        ret->report_items[i] = arena_text(arena, bytes_of(json_string_value(value), len));
        if (ret->report_items[i] == NULL) {
            return error_memory(err);
        }
        ret->report_item_count = i + 1;
    }
    if (ret->may_report != (ret->report_item_count > 0)) {
        return authorization_refuse(err, "authorization.report_items_missing",
                                    "has reporting without items or items without reporting");
    }
    return true;
}

static bool term_parse(const json_t *value, Authorization *ret, Error *err)
{
    size_t end = 0;
    JsonView view = json_view(value, "term", err);
    ret->starts_at = json_view_time(&view, "starts_at");
    ret->ends_at = json_view_time(&view, "ends_at");
    const char *end_name = json_view_text(&view, "end", 16);
    if (!view.failed && !name_index(end_names, COUNT_OF(end_names), end_name, &end)) {
        json_view_fail(&view, "end", "is neither date nor settled");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    ret->end = (TermEnd)end;
    if (ret->ends_at <= ret->starts_at || ret->ends_at - ret->starts_at > TERM_MAX) {
        return authorization_refuse(err, "authorization.term",
                                    "does not end after its start and within ten years");
    }
    return true;
}

static bool frequency_parse(const json_t *value, Frequency *ret, Error *err)
{
    size_t period = 0;
    JsonView view = json_view(value, "frequency", err);
    ret->count = (int)json_view_int(&view, "count", 0, FREQUENCY_COUNT_MAX);
    const char *name = json_view_text(&view, "period", 16);
    if (!view.failed && !name_index(period_names, COUNT_OF(period_names), name, &period)) {
        json_view_fail(&view, "period", "is none of total, day, month, quarter");
    }
    ret->period = (FrequencyPeriod)period;
    return json_view_done(&view);
}

// The nested values of the document, borrowed from it.
typedef struct {
    const json_t *template, *party, *sources, *recipients, *scope, *purposes, *items, *term,
        *frequency;
} AuthorizationParts;

static bool root_parse(const json_t *value, Arena *arena, Authorization *ret,
                       AuthorizationParts *parts, Error *err)
{
    JsonView view = json_view(value, "authorization", err);
    const char *type = json_view_text(&view, "type", 64);
    ret->id = take_text(&view, "id", 63, arena);
    ret->business = take_text(&view, "business", BUSINESS_MAX, arena);
    parts->template = json_view_object(&view, "template");
    parts->party = json_view_object(&view, "party");
    parts->sources = json_view_array(&view, "sources", AUTHORIZATION_PARTIES_MAX);
    parts->recipients = json_view_array(&view, "recipients", AUTHORIZATION_PARTIES_MAX);
    parts->scope = json_view_object(&view, "scope");
    parts->purposes = json_view_array(&view, "purposes", AUTHORIZATION_PURPOSES_MAX);
    parts->items = json_view_array(&view, "report_items", AUTHORIZATION_ITEMS_MAX);
    parts->term = json_view_object(&view, "term");
    parts->frequency = json_view_object(&view, "frequency");
    if (!view.failed && strcmp(type, AUTHORIZATION_TYPE) != 0) {
        json_view_fail(&view, "type", "is not " AUTHORIZATION_TYPE);
    }
    return json_view_done(&view);
}

bool authorization_parse(const json_t *value, Arena *arena, Authorization *ret, Error *err)
{
    Authorization authorization = {0};
    AuthorizationParts parts;
    if (!root_parse(value, arena, &authorization, &parts, err) ||
        !template_parse(parts.template, arena, &authorization, err) ||
        !party_parse(parts.party, "party", arena, &authorization.party, err) ||
        !parties_parse(parts.sources, "sources", arena, authorization.sources,
                       &authorization.source_count, err) ||
        !parties_parse(parts.recipients, "recipients", arena, authorization.recipients,
                       &authorization.recipient_count, err) ||
        !scope_parse(parts.scope, &authorization, err) ||
        !purposes_parse(parts.purposes, &authorization, err) ||
        !items_parse(parts.items, arena, &authorization, err) ||
        !term_parse(parts.term, &authorization, err) ||
        !frequency_parse(parts.frequency, &authorization.frequency, err)) {
        return false;
    }
    if (authorization.source_count == 0) {
        return authorization_refuse(err, "authorization.source_missing", "names no source");
    }
    *ret = authorization;
    return true;
}

static json_t *party_to_json(const Party *party)
{
    json_t *object = json_make_object();
    json_put_text(object, "name", party->name);
    json_put_text(object, "uscc", party->uscc);
    if (party->contact[0] != '\0') {
        json_put_text(object, "contact", party->contact);
    }
    return object;
}

// An array that lost an element for want of memory becomes NULL, which spoils the object.
static json_t *whole_array(json_t *array, size_t count)
{
    if (json_array_size(array) != count) {
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *parties_to_json(const Party *parties, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, party_to_json(&parties[i]));
    }
    return whole_array(array, count);
}

static json_t *purposes_to_json(const Authorization *authorization)
{
    json_t *array = json_array();
    for (size_t i = 0; i < authorization->purpose_count; i++) {
        (void)json_array_append_new(array, json_string(authorization->purposes[i]->code));
    }
    return whole_array(array, authorization->purpose_count);
}

static json_t *items_to_json(const Authorization *authorization)
{
    json_t *array = json_array();
    for (size_t i = 0; i < authorization->report_item_count; i++) {
        (void)json_array_append_new(array, json_string(authorization->report_items[i]));
    }
    return whole_array(array, authorization->report_item_count);
}

static json_t *term_to_json(const Authorization *authorization)
{
    json_t *object = json_make_object();
    json_put_time(object, "starts_at", authorization->starts_at);
    json_put_text(object, "end", end_names[authorization->end]);
    json_put_time(object, "ends_at", authorization->ends_at);
    return object;
}

json_t *authorization_to_json(const Authorization *authorization)
{
    json_t *object = json_make_object();
    json_t *template = json_make_object();
    json_t *scope = json_make_object();
    json_t *frequency = json_make_object();
    json_put_text(template, "id", authorization->template_id);
    json_put_text(template, "version", authorization->template_version);
    json_put_hex(template, "digest", sm3_bytes(&authorization->template_digest));
    json_put_bool(scope, "query", authorization->may_query);
    json_put_bool(scope, "report", authorization->may_report);
    json_put_int(frequency, "count", authorization->frequency.count);
    json_put_text(frequency, "period", period_names[authorization->frequency.period]);
    json_put_text(object, "type", AUTHORIZATION_TYPE);
    json_put_text(object, "id", authorization->id);
    json_put_text(object, "business", authorization->business);
    json_put(object, "template", template);
    json_put(object, "party", party_to_json(&authorization->party));
    json_put(object, "sources",
             parties_to_json(authorization->sources, authorization->source_count));
    json_put(object, "recipients",
             parties_to_json(authorization->recipients, authorization->recipient_count));
    json_put(object, "scope", scope);
    json_put(object, "purposes", purposes_to_json(authorization));
    json_put(object, "report_items", items_to_json(authorization));
    json_put(object, "term", term_to_json(authorization));
    json_put(object, "frequency", frequency);
    return object;
}
