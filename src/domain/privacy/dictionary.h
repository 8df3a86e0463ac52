// SPDX-License-Identifier: Apache-2.0
//
// Data dictionary: every stored or transferred field with its class and level. A field that is
// not listed may not be stored: the test of each component holds its schema to this table.
#ifndef ASSENT_DOMAIN_PRIVACY_DICTIONARY_H
#define ASSENT_DOMAIN_PRIVACY_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

// Classes of personal financial information. Source: JR/T 0171-2020 4.2.
typedef enum {
    DATA_PLAIN,  // no personal financial information
    DATA_C1,     // internal
    DATA_C2,     // identifies a person or shows financial status
    DATA_C3,     // authenticates a user
} DataClass;

// How a field lies at rest.
typedef enum {
    REST_CLEAR,   // as it is
    REST_DIGEST,  // only a salted or keyed digest
    REST_SEALED,  // encrypted (sealed_field.h, or a payload under its own data key)
    REST_NEVER,   // not stored at all
} DataRest;

typedef struct {
    const char *name;  // "table.column", a column or JSON key, or "*_ending" for a family of names
    DataClass data_class;
    int level;  // 1 to 4. Source: JR/T 0197-2020 5
    DataRest rest;
    const char *meaning;
} DataField;

// Find a field: by its full name "table.column", else by its column name, else by the ending of
// that ("_at", "_digest", "_id", ...). NULL when it is not listed.
const DataField *data_field_find(const char *name);
// The whole table, in the order of names.
const DataField *data_fields(size_t *ret_count);
const char *data_class_name(DataClass data_class);  // "C2"; "-" for DATA_PLAIN

// Check that every column that `schema` (SQL, CREATE TABLE statements, one column a line)
// declares is listed and may lie at rest. Fails with ERROR_INPUT, code
// "dictionary.field_not_listed", naming the column.
bool data_dictionary_check_schema(Bytes schema, Error *err) MUST_CHECK;

#endif
