// SPDX-License-Identifier: Apache-2.0
//
// What is kept of a person, field by field, as commitments: each field lies in a small document of
// its own with a salt of its own, and the document's SM3 tells nothing of it. Who has the document
// of one field can prove that field and learns nothing of the others. Masked forms are fields too,
// so that "1****************6" can be proven to somebody who must not see the number.
//
//     {"field":"id_number_masked","salt":64 hexadecimal digits,"type":"assent.person-field/1",
//      "value":"1****************6"}                                          (canonical JSON)
//
// A field's salt is HMAC-SM3 of "assent-person-field/1" LF name under the salt of the session. The
// list of all commitments is what is deposited:
//
//     {"fields":{"document_from":SM3 of its document,...},"type":"assent.person-fields/1"}
#ifndef ASSENT_DOMAIN_PRIVACY_PERSON_FIELD_H
#define ASSENT_DOMAIN_PRIVACY_PERSON_FIELD_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/sm3/sm3.h"

enum { PERSON_FIELD_MAX_SIZE = 1024 };

typedef enum {
    PERSON_FIELD_NAME,
    PERSON_FIELD_NAME_MASKED,
    PERSON_FIELD_ID_NUMBER,
    PERSON_FIELD_ID_NUMBER_MASKED,
    PERSON_FIELD_PHONE,
    PERSON_FIELD_PHONE_MASKED,
    PERSON_FIELD_DOCUMENT_FROM,
    PERSON_FIELD_DOCUMENT_UNTIL,
    PERSON_FIELD_COUNT
} PersonField;

const char *person_field_name(PersonField field);  // "id_number_masked"
// False if no field has this name.
bool person_field_find(const char *name, PersonField *ret);

// Make the document of a field from what is kept of the person: an object with name, id_number,
// phone, document_from, document_until and the salt of the session, all of them texts. The same
// person gives the same bytes. Fails with ERROR_INPUT, naming fields and never values.
bool person_field_make(const json_t *person, PersonField field, Arena *arena, Bytes *ret,
                       Error *err) MUST_CHECK;

// Make the list of the commitments of all fields. Fails as person_field_make does.
bool person_fields_make(const json_t *person, Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
// Read the list: ret has PERSON_FIELD_COUNT digests. Fails with ERROR_INPUT.
bool person_fields_parse(Bytes list, Sm3Digest *ret, Error *err) MUST_CHECK;

// Read a document; the value is in the arena. Fails with ERROR_INPUT: not one of a known field in
// canonical form.
bool person_field_parse(Bytes document, Arena *arena, PersonField *ret, const char **ret_value,
                        Error *err) MUST_CHECK;

#endif
