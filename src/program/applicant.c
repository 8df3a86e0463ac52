// SPDX-License-Identifier: Apache-2.0
#include "program/applicant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "component/port/message.h"
#include "program/embedded.h"

enum {
    TEXT_SIZE = 200,
    IMAGE_SIZE = 2 * 1024 * 1024,
    CODE_TRIES = 100,
    CODE_PAUSE_MS = 10,
    OFFER_YEARS = 3,
    ID_NUMBER_LENGTH = 18,
    PERSONS_A_DAY = 900
};

static size_t parse_texts(JsonView *view, const char *key, Arena *arena, const char **ret,
                          size_t max_count)
{
    json_t *array = json_view_array(view, key, max_count);
    size_t count = array == NULL ? 0 : json_array_size(array);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        ret[i] = text == NULL ? NULL : arena_text(arena, bytes_of_text(text));
        if (ret[i] == NULL) {
            json_view_fail(view, key, "is an array of texts");
            return 0;
        }
    }
    return count;
}

static bool parse_person(const json_t *json, Arena *arena, TerminalPerson *ret, Error *err)
{
    JsonView view = json_view(json, "person", err);
    ret->name = message_text(&view, arena, "name", TEXT_SIZE);
    ret->id_number = message_text(&view, arena, "id_number", TEXT_SIZE);
    ret->phone = message_text(&view, arena, "phone", TEXT_SIZE);
    ret->bank_card = message_optional_text(&view, arena, "bank_card", TEXT_SIZE);
    return json_view_done(&view);
}

static bool parse_images(const json_t *document, const json_t *face, Arena *arena,
                         TerminalPerson *ret, Error *err)
{
    JsonView view = json_view(document, "document", err);
    ret->document_from = message_text(&view, arena, "from", TEXT_SIZE);
    ret->document_until = message_text(&view, arena, "until", TEXT_SIZE);
    ret->document_image = json_view_base64(&view, arena, "image", IMAGE_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    JsonView face_view = json_view(face, "face", err);
    ret->face_image = json_view_base64(&face_view, arena, "image", IMAGE_SIZE);
    return json_view_done(&face_view);
}

static bool parse_offer(const json_t *json, Arena *arena, Time now, StaffOffer *ret, Error *err)
{
    JsonView view = json_view(json, "authorization", err);
    ret->may_query = json_view_bool(&view, "query");
    ret->may_report = json_view_bool(&view, "report");
    ret->purpose_count = parse_texts(&view, "purposes", arena, ret->purposes, STAFF_PURPOSES_MAX);
    ret->application = arena_format(arena, "APP-%lld", (long long)(now / TIME_SECOND));
    ret->starts_at = now;
    ret->ends_at = now + OFFER_YEARS * 365 * TIME_DAY;
    return json_view_done(&view);
}

// {"face": false, ...}: what the person says no to; everything else is a yes.
static bool parse_declines(const json_t *consents, Arena *arena, ApplicantFile *ret, Error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)consents, name, value)
    {
        if (!json_is_boolean(value) || ret->decline_count == APPLICANT_DECLINES_MAX) {
            return error_set(err, ERROR_INPUT, "applicant.consents", NULL,
                             "consents are names with true or false");
        }
        if (json_is_false(value)) {
            ret->declines[ret->decline_count++] = arena_text(arena, bytes_of_text(name));
        }
    }
    return true;
}

static bool parse_file(const json_t *body, Arena *arena, Time now, ApplicantFile *ret, Error *err)
{
    JsonView view = json_view(body, "applicant", err);
    const char *type = json_view_text(&view, "type", TEXT_SIZE);
    const json_t *person = json_view_object(&view, "person");
    const json_t *document = json_view_object(&view, "document");
    const json_t *face = json_view_object(&view, "face");
    const json_t *authorization = json_view_object(&view, "authorization");
    const json_t *consents = json_view_object(&view, "consents");
    ret->person.device = message_text(&view, arena, "device", TEXT_SIZE);
    ret->person.measure_count =
        parse_texts(&view, "measures", arena, ret->person.measures, TERMINAL_MEASURES_MAX);
    if (!view.failed && strcmp(type, "assent.applicant/1") != 0) {
        json_view_fail(&view, "type", "is assent.applicant/1");
    }
    return json_view_done(&view) && parse_person(person, arena, &ret->person, err) &&
           parse_images(document, face, arena, &ret->person, err) &&
           parse_offer(authorization, arena, now, &ret->offer, err) &&
           parse_declines(consents, arena, ret, err);
}

bool applicant_file_parse(Bytes json, Arena *arena, Time now, ApplicantFile *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    *ret = (ApplicantFile){0};
    return (json_parse(json, &body, err) && parse_file(body, arena, now, ret, err)) ||
           error_context(err, "applicant file");
}

// The check digit of GB 11643-1999 over the first 17 digits.
static char check_digit(const char *digits)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        sum += weights[i] * (digits[i] - '0');
    }
    return "10X98765432"[sum % 11];
}

bool applicant_of_number(unsigned number, const ApplicantFile *model, Arena *arena,
                         ApplicantFile *ret, Error *err)
{
    unsigned day = number / PERSONS_A_DAY;
    char *id = arena_format(arena, "999999%04u%02u%02u%03uX", 1950u + day / 336 % 50,
                            1 + day / 28 % 12, 1 + day % 28, 100 + number % PERSONS_A_DAY);
    char *phone = arena_format(arena, "138%08u", number % 100000000u);
    char *card = arena_format(arena, "6225%012u", number);
    if (id == NULL || phone == NULL || card == NULL) {
        return error_memory(err);
    }
    id[ID_NUMBER_LENGTH - 1] = check_digit(id);
    *ret = *model;
    ret->person.id_number = id;
    ret->person.phone = phone;
    ret->person.bank_card = card;
    ret->person.device = phone;
    return true;
}

Bytes applicant_file_default(void)
{
    return bytes_of(embedded_data_applicant_json, embedded_data_applicant_json_size);
}

// --- the scripted person ----------------------------------------------------------------------

static bool scripted_ask(void *state, const TerminalQuestion *question, bool *ret_yes, Error *err)
{
    const ScriptedPerson *script = state;
    (void)err;
    *ret_yes = true;
    for (size_t i = 0; i < script->applicant->decline_count; i++) {
        if (strcmp(script->applicant->declines[i], question->id) == 0) {
            *ret_yes = false;
        }
    }
    return true;
}

static bool scripted_read(void *state, Bytes pdf, Bytes text, Error *err)
{
    (void)state, (void)text;
    return pdf.len > 0 || error_set(err, ERROR_UNTRUSTED, "terminal.empty_document", NULL,
                                    "there is nothing to read");
}

static bool poll_inbox(ScriptedPerson *script, Arena *arena, char ret[TERMINAL_CODE_SIZE],
                       bool *ret_found, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    CLEANUP(json_cleanup) json_t *reply = NULL;
    json_put_text(body, "phone", script->applicant->person.phone);
    json_put_int(body, "after", script->last_message);
    const PeerRequest request = {.method = "POST", .target = "/operator/v1/inbox"};
    if (!peer_call_json(script->sandbox, &request, body, arena, &reply, err)) {
        return error_context(err, "reading the phone");
    }
    const json_t *messages = json_object_get(reply, "messages");
    size_t count = json_array_size(messages);
    if (count > 0) {
        const json_t *newest = json_array_get(messages, count - 1);
        const char *code = json_string_value(json_object_get(newest, "code"));
        script->last_message = json_integer_value(json_object_get(newest, "id"));
        snprintf(ret, TERMINAL_CODE_SIZE, "%s", code == NULL ? "" : code);
        *ret_found = strlen(ret) == TERMINAL_CODE_SIZE - 1;
    }
    return true;
}

static bool scripted_code(void *state, const char *purpose, char ret[TERMINAL_CODE_SIZE],
                          Error *err)
{
    ScriptedPerson *script = state;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    bool found = false;
    for (int i = 0; arena != NULL && i < CODE_TRIES && !found; i++) {
        if (i > 0) {
            nanosleep(&(struct timespec){0, CODE_PAUSE_MS * 1000000L}, NULL);
        }
        if (!poll_inbox(script, arena, ret, &found, err)) {
            return false;
        }
    }
    return found || error_set(err, ERROR_UNAVAILABLE, "terminal.no_code", NULL,
                              "no code came to the phone for %s", purpose);
}

void scripted_person(ScriptedPerson *script, TerminalPerson *person)
{
    person->state = script;
    person->ask = scripted_ask;
    person->read = scripted_read;
    person->code = scripted_code;
}
