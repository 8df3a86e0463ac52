// SPDX-License-Identifier: Apache-2.0
#include "component/sandbox/script.h"

#include <string.h>

enum { SCRIPT_PERSONS_MAX = 10000, SCRIPT_TEXT_MAX = 200, DELAY_MAX_MS = 60000 };

static const char *const provider_names[PROVIDER_COUNT] = {
    [PROVIDER_POLICE] = "police",     [PROVIDER_AGENCY] = "agency",
    [PROVIDER_FACE] = "face",         [PROVIDER_BANK] = "bank",
    [PROVIDER_OPERATOR] = "operator", [PROVIDER_VIRTUAL_OPERATOR] = "virtual_operator",
    [PROVIDER_BUREAU] = "bureau",
};

static const char *const fault_names[] = {
    [FAULT_NONE] = "none",
    [FAULT_HTTP_500] = "http_500",
    [FAULT_GARBAGE] = "garbage",
    [FAULT_TIMEOUT] = "timeout",
    [FAULT_OTHER_REQUEST] = "other_request",
};

static const char *keep_text(JsonView *view, const char *text, Arena *arena)
{
    if (text == NULL) {
        return NULL;
    }
    const char *copy = arena_text(arena, bytes_of_text(text));
    if (copy == NULL && !view->failed) {
        view->failed = true;
        (void)error_memory(view->err);
    }
    return copy == NULL ? "" : copy;
}

static const char *take_text(JsonView *view, const char *key, Arena *arena)
{
    return keep_text(view, json_view_text(view, key, SCRIPT_TEXT_MAX), arena);
}

static const char *take_optional(JsonView *view, const char *key, Arena *arena)
{
    return keep_text(view, json_view_optional_text(view, key, SCRIPT_TEXT_MAX), arena);
}

static int64_t take_count(JsonView *view, const char *key, int64_t max)
{
    return json_object_get(view->object, key) == NULL ? 0 : json_view_int(view, key, 0, max);
}

static ScriptFault take_fault(JsonView *view)
{
    const char *name = json_view_optional_text(view, "fault", SCRIPT_TEXT_MAX);
    for (size_t i = 0; name != NULL && i < COUNT_OF(fault_names); i++) {
        if (strcmp(fault_names[i], name) == 0) {
            return (ScriptFault)i;
        }
    }
    if (name != NULL) {
        json_view_fail(view, "fault", "is no known fault");
    }
    return FAULT_NONE;
}

static bool answer_parse(const json_t *value, const char *path, Arena *arena, ScriptAnswer *ret,
                         Error *err)
{
    JsonView view = json_view(value, path, err);
    *ret = (ScriptAnswer){
        .code = take_optional(&view, "code", arena),
        .envelope = take_optional(&view, "envelope", arena),
        .alarms = take_optional(&view, "alarms", arena),
        .similarity = take_optional(&view, "similarity", arena),
        .liveness_risk = take_optional(&view, "liveness_risk", arena),
        .delay_ms = take_count(&view, "delay_ms", DELAY_MAX_MS),
        .fault = take_fault(&view),
    };
    return json_view_done(&view);
}

static bool answers_parse(json_t *answers, Arena *arena, ScriptPerson *ret, Error *err)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(answers, key, value)
    {
        size_t provider = 0;
        while (provider < PROVIDER_COUNT && strcmp(provider_names[provider], key) != 0) {
            provider++;
        }
        if (provider == PROVIDER_COUNT) {
            return error_set(err, ERROR_INPUT, "sandbox.provider", NULL,
                             "the script names an unknown provider");
        }
        if (!answer_parse(value, provider_names[provider], arena, &ret->answers[provider], err)) {
            return false;
        }
    }
    return true;
}

static bool person_parse(const json_t *value, Arena *arena, ScriptPerson *ret, Error *err)
{
    JsonView view = json_view(value, "person", err);
    ret->name = take_text(&view, "name", arena);
    ret->id_number = take_text(&view, "id_number", arena);
    ret->phone = take_text(&view, "phone", arena);
    ret->bank_phone = take_optional(&view, "bank_phone", arena);
    ret->bank_card = take_optional(&view, "bank_card", arena);
    ret->accounts = take_count(&view, "accounts", 100);
    ret->overdue_accounts = take_count(&view, "overdue_accounts", 100);
    json_view_optional_text(&view, "remark", SCRIPT_TEXT_MAX);
    json_t *answers = json_view_optional_object(&view, "answers");
    if (!json_view_done(&view)) {
        return false;
    }
    ret->bank_phone = ret->bank_phone == NULL ? ret->phone : ret->bank_phone;
    ret->bank_card = ret->bank_card == NULL ? "" : ret->bank_card;
    if (strncmp(ret->id_number, "999999", 6) != 0) {
        return error_set(err, ERROR_INPUT, "sandbox.person_not_fictitious", NULL,
                         "only persons of region 999999 may be in the script");
    }
    return answers == NULL || answers_parse(answers, arena, ret, err);
}

static bool script_read(const json_t *root, Arena *arena, Script *ret, Error *err)
{
    JsonView view = json_view(root, "sandbox", err);
    const char *type = json_view_text(&view, "type", SCRIPT_TEXT_MAX);
    const json_t *persons = json_view_array(&view, "persons", SCRIPT_PERSONS_MAX);
    if (!view.failed && strcmp(type, "assent.sandbox/1") != 0) {
        json_view_fail(&view, "type", "is not assent.sandbox/1");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    const size_t count = json_array_size(persons);
    ScriptPerson *parsed = arena_alloc(arena, (count + 1) * sizeof(*parsed));
    if (parsed == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!person_parse(json_array_get(persons, i), arena, &parsed[i], err)) {
            return error_context(err, "person %zu of the script", i + 1);
        }
    }
    *ret = (Script){parsed, count};
    return true;
}

bool script_parse(Bytes json, Arena *arena, Script *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    return json_parse(json, &root, err) && script_read(root, arena, ret, err);
}

const ScriptPerson *script_find(const Script *script, const char *id_number)
{
    for (size_t i = 0; i < script->count; i++) {
        if (strcmp(script->persons[i].id_number, id_number) == 0) {
            return &script->persons[i];
        }
    }
    return NULL;
}

const ScriptPerson *script_find_card(const Script *script, const char *bank_card)
{
    for (size_t i = 0; i < script->count; i++) {
        if (bank_card[0] != '\0' && strcmp(script->persons[i].bank_card, bank_card) == 0) {
            return &script->persons[i];
        }
    }
    return NULL;
}
