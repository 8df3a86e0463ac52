// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/person_field.h"

#include <string.h>

#include "domain/privacy/mask.h"

#define DOCUMENT_TYPE "assent.person-field/1"
#define LIST_TYPE "assent.person-fields/1"

static const char salt_label[] = "assent-person-field/1\n";

enum { NAME_MAX_SIZE = 64, TEXT_MAX_SIZE = 256 };

typedef struct {
    const char *name;
    const char *key;  // of the person
    bool is_masked;
    MaskField mask;
} FieldRow;

static const FieldRow field_rows[PERSON_FIELD_COUNT] = {
    [PERSON_FIELD_NAME] = {"name", "name", false, MASK_NAME},
    [PERSON_FIELD_NAME_MASKED] = {"name_masked", "name", true, MASK_NAME},
    [PERSON_FIELD_ID_NUMBER] = {"id_number", "id_number", false, MASK_ID_NUMBER},
    [PERSON_FIELD_ID_NUMBER_MASKED] = {"id_number_masked", "id_number", true, MASK_ID_NUMBER},
    [PERSON_FIELD_PHONE] = {"phone", "phone", false, MASK_PHONE},
    [PERSON_FIELD_PHONE_MASKED] = {"phone_masked", "phone", true, MASK_PHONE},
    [PERSON_FIELD_DOCUMENT_FROM] = {"document_from", "document_from", false, MASK_NAME},
    [PERSON_FIELD_DOCUMENT_UNTIL] = {"document_until", "document_until", false, MASK_NAME},
};

const char *person_field_name(PersonField field)
{
    return field_rows[field].name;
}

bool person_field_find(const char *name, PersonField *ret)
{
    for (int field = 0; field < PERSON_FIELD_COUNT; field++) {
        if (strcmp(field_rows[field].name, name) == 0) {
            *ret = (PersonField)field;
            return true;
        }
    }
    return false;
}

static Sm3Digest salt_of(const char *session_salt, const FieldRow *row)
{
    Sm3Hmac hmac;
    Sm3Digest salt;
    sm3_hmac_start(&hmac, bytes_of_text(session_salt));
    sm3_hmac_update(&hmac, bytes_of_text(salt_label));
    sm3_hmac_update(&hmac, bytes_of_text(row->name));
    sm3_hmac_finish(&hmac, &salt);
    return salt;
}

static const char *text_of(const json_t *person, const char *key, Error *err)
{
    const char *text = json_string_value(json_object_get(person, key));
    bool is_there = text != NULL && text[0] != '\0' && strlen(text) <= TEXT_MAX_SIZE;
    if (!is_there) {
        (void)error_set(err, ERROR_INPUT, "person_field.missing", "JR/T 0299-2024 5.2",
                        "the person has no %s", key);
    }
    return is_there ? text : NULL;
}

bool person_field_make(const json_t *person, PersonField field, Arena *arena, Bytes *ret,
                       Error *err)
{
    const FieldRow *row = &field_rows[field];
    const char *value = text_of(person, row->key, err);
    const char *salt_text = value == NULL ? NULL : text_of(person, "salt", err);
    if (salt_text == NULL) {
        return false;
    }
    CLEANUP(writer_free) Writer shown = writer_new(2 * TEXT_MAX_SIZE);
    if (!row->is_masked) {
        writer_put_text(&shown, value);
    } else if (!mask_value(row->mask, AUDIENCE_PUBLIC, bytes_of_text(value), &shown, err)) {
        return false;
    }
    Sm3Digest salt = salt_of(salt_text, row);
    CLEANUP(json_cleanup) json_t *document = json_make_object();
    json_put_text(document, "type", DOCUMENT_TYPE);
    json_put_text(document, "field", row->name);
    json_put_hex(document, "salt", sm3_bytes(&salt));
    json_put(document, "value", json_stringn((const char *)shown.data, shown.len));
    return json_text(arena, document, ret, err);
}

bool person_fields_make(const json_t *person, Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *list = json_make_object();
    json_t *fields = json_make_object();
    json_put_text(list, "type", LIST_TYPE);
    json_put(list, "fields", fields);
    for (int field = 0; field < PERSON_FIELD_COUNT; field++) {
        Bytes document;
        if (!person_field_make(person, (PersonField)field, arena, &document, err)) {
            return false;
        }
        Sm3Digest digest = sm3_digest(document);
        json_put_hex(fields, field_rows[field].name, sm3_bytes(&digest));
    }
    return json_text(arena, list, ret, err);
}

bool person_fields_parse(Bytes list, Sm3Digest *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(list, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "fields", err);
    const char *type = json_view_text(&view, "type", sizeof LIST_TYPE);
    if (!view.failed && strcmp(type, LIST_TYPE) != 0) {
        json_view_fail(&view, "type", "is " LIST_TYPE);
    }
    JsonView fields = json_view(json_view_object(&view, "fields"), "fields", err);
    for (int field = 0; field < PERSON_FIELD_COUNT; field++) {
        json_view_hex(&fields, field_rows[field].name, ret[field].bytes, SM3_SIZE);
    }
    return json_view_done(&view) && json_view_done(&fields);
}

bool person_field_parse(Bytes document, Arena *arena, PersonField *ret, const char **ret_value,
                        Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(writer_free) Writer canonical = writer_new(PERSON_FIELD_MAX_SIZE);
    Sm3Digest salt;
    if (document.len > PERSON_FIELD_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "person_field.malformed", NULL,
                         "a field's document has at most %d bytes", PERSON_FIELD_MAX_SIZE);
    }
    if (!json_parse(document, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "field", err);
    const char *type = json_view_text(&view, "type", sizeof DOCUMENT_TYPE);
    const char *name = json_view_text(&view, "field", NAME_MAX_SIZE);
    const char *value = json_view_text(&view, "value", 2 * TEXT_MAX_SIZE);
    json_view_hex(&view, "salt", salt.bytes, SM3_SIZE);
    if (!json_view_done(&view) || !json_write(json, &canonical, err)) {
        return false;
    }
    if (strcmp(type, DOCUMENT_TYPE) != 0 || !person_field_find(name, ret) ||
        !bytes_equal(writer_bytes(&canonical), document)) {
        return error_set(err, ERROR_INPUT, "person_field.malformed", NULL,
                         "it is not the document of a known field in canonical form");
    }
    *ret_value = arena_text(arena, bytes_of_text(value));
    return *ret_value != NULL || error_memory(err);
}
