// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/dictionary.h"

#include <stdlib.h>
#include <string.h>

enum { DATA_NAME_SIZE = 64 };

// Sorted by name (tested), so that it is searched by halves.
static const DataField data_field_table[] = {
    {"activation", DATA_C3, 4, REST_DIGEST, "re-authentication at signing, digest of the code"},
    {"address", DATA_C2, 3, REST_SEALED, "address"},
    {"application_id", DATA_C1, 2, REST_CLEAR, "number of the business application"},
    {"at", DATA_PLAIN, 1, REST_CLEAR, "time"},
    {"attempt", DATA_C1, 2, REST_CLEAR, "one try of a measure, with its result"},
    {"authorization", DATA_C2, 3, REST_SEALED, "what is authorised"},
    {"authorization_id", DATA_C1, 2, REST_CLEAR, "number of the authorization"},
    {"bank_card", DATA_C2, 3, REST_SEALED, "bank card number"},
    {"bank_card_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the card number"},
    {"behaviour", DATA_C2, 3, REST_SEALED, "events on the person's screen"},
    {"birth", DATA_C2, 3, REST_SEALED, "date of birth"},
    {"body", DATA_C2, 3, REST_SEALED, "stored message"},
    {"certificate", DATA_C2, 3, REST_SEALED, "certificate of a person"},
    {"change_id", DATA_PLAIN, 1, REST_CLEAR, "number of a change of status"},
    {"code", DATA_C3, 4, REST_NEVER, "one-time code"},
    {"code_digest", DATA_C3, 4, REST_DIGEST, "salted digest of a one-time code"},
    {"completion_digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest of a completion"},
    {"consents", DATA_C2, 3, REST_SEALED, "the person's answers to the notices"},
    {"count", DATA_PLAIN, 1, REST_CLEAR, "number of something"},
    {"created_at", DATA_PLAIN, 1, REST_CLEAR, "time of creation"},
    {"decision", DATA_C2, 3, REST_SEALED, "identity decision"},
    {"decision_id", DATA_C1, 2, REST_CLEAR, "number of the identity decision"},
    {"deposited_at", DATA_PLAIN, 1, REST_CLEAR, "time of the deposit"},
    {"device", DATA_C2, 3, REST_DIGEST, "device of the person"},
    {"digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest"},
    {"document", DATA_C2, 3, REST_SEALED, "agreement or report"},
    {"document_image", DATA_C2, 3, REST_SEALED, "picture of the ID card"},
    {"expires_at", DATA_PLAIN, 1, REST_CLEAR, "end of validity"},
    {"face_image", DATA_C3, 4, REST_SEALED, "face, kept apart from numbers and shortest"},
    {"forwarded_at", DATA_PLAIN, 1, REST_CLEAR, "time of the request to the CA"},
    {"holder_digest", DATA_C2, 3, REST_DIGEST, "keyed digest of the name of a subject"},
    {"id", DATA_PLAIN, 1, REST_CLEAR, "record number"},
    {"id_number", DATA_C2, 3, REST_SEALED, "ID number"},
    {"idempotency_key", DATA_PLAIN, 1, REST_CLEAR, "number of a request"},
    {"institution", DATA_PLAIN, 1, REST_CLEAR, "name of the institution that asked"},
    {"issue", DATA_C2, 3, REST_SEALED, "signed record of the issue of a certificate"},
    {"issued_at", DATA_PLAIN, 1, REST_CLEAR, "time of issue"},
    {"key_digest", DATA_C1, 2, REST_CLEAR, "SM3 digest of a public key"},
    {"kind", DATA_PLAIN, 1, REST_CLEAR, "kind of record"},
    {"list", DATA_PLAIN, 1, REST_CLEAR, "published revocation list"},
    {"liveness_video", DATA_C3, 4, REST_NEVER, "recording of the liveness check"},
    {"measures", DATA_C2, 3, REST_SEALED, "results of the identity measures"},
    {"name", DATA_C2, 3, REST_SEALED, "name of a person"},
    {"next_serial", DATA_PLAIN, 1, REST_CLEAR, "first serial number that is not reserved"},
    {"notices", DATA_C1, 2, REST_CLEAR, "which texts were shown"},
    {"number", DATA_PLAIN, 1, REST_CLEAR, "number in a series"},
    {"payload", DATA_C2, 3, REST_SEALED, "evidence payload under its own data key"},
    {"person", DATA_C2, 3, REST_SEALED, "name, ID number, phone and document"},
    {"person_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the ID number"},
    {"phone", DATA_C2, 3, REST_SEALED, "phone number"},
    {"phone_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the phone number"},
    {"photo", DATA_C2, 3, REST_SEALED, "photo of the authority"},
    {"private_key", DATA_C3, 4, REST_NEVER, "private key of a person"},
    {"profile", DATA_PLAIN, 1, REST_CLEAR, "certificate profile"},
    {"purpose", DATA_C1, 2, REST_CLEAR, "query reason"},
    {"reason", DATA_PLAIN, 1, REST_CLEAR, "reason of a change of status"},
    {"receipt", DATA_C1, 2, REST_CLEAR, "receipt of the evidence system"},
    {"refusal", DATA_PLAIN, 1, REST_CLEAR, "stable code of a refusal"},
    {"registrar", DATA_PLAIN, 1, REST_CLEAR, "registration authority"},
    {"registration_id", DATA_C1, 2, REST_CLEAR, "number of the registration"},
    {"request", DATA_C2, 3, REST_SEALED, "signed request as received"},
    {"request_digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest of a request"},
    {"request_id", DATA_PLAIN, 1, REST_CLEAR, "number of a request, the asker's own"},
    {"result", DATA_C1, 2, REST_CLEAR, "result without identity"},
    {"revoked_at", DATA_PLAIN, 1, REST_CLEAR, "since when a certificate is not to be relied on"},
    {"salt", DATA_C2, 3, REST_SEALED, "salt of a commitment"},
    {"seal", DATA_C2, 3, REST_SEALED, "seal of a person"},
    {"serial", DATA_C1, 2, REST_CLEAR, "serial number of a certificate"},
    {"state", DATA_C1, 2, REST_CLEAR, "state of the authorization"},
    {"subject_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the subject of a record"},
    {"submission", DATA_C2, 3, REST_SEALED, "signed deposit as sent"},
    {"updated_at", DATA_PLAIN, 1, REST_CLEAR, "time of the last change"},
    {"version", DATA_PLAIN, 1, REST_CLEAR, "version"},
};

static int data_field_compare(const void *name, const void *field)
{
    return strcmp(name, ((const DataField *)field)->name);
}

const DataField *data_field_find(const char *name)
{
    return bsearch(name, data_field_table, COUNT_OF(data_field_table), sizeof(DataField),
                   data_field_compare);
}

const DataField *data_fields(size_t *ret_count)
{
    *ret_count = COUNT_OF(data_field_table);
    return data_field_table;
}

const char *data_class_name(DataClass data_class)
{
    static const char *const names[] = {"-", "C1", "C2", "C3"};
    return names[data_class];
}

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The first word of a line; what follows it is left in the reader.
static void sql_word(Reader *line, char ret[DATA_NAME_SIZE])
{
    size_t len = 0;
    while (reader_peek(line) == ' ' || reader_peek(line) == '\t') {
        reader_u8(line);
    }
    while (reader_peek(line) >= 0 && is_word((uint8_t)reader_peek(line))) {
        const uint8_t c = reader_u8(line);
        if (len + 1 < DATA_NAME_SIZE) {
            ret[len++] = (char)c;
        }
    }
    ret[len] = '\0';
}

// A column line begins with a lower-case word and a type; constraints begin in capitals.
static bool sql_line_is_column(const char *word, Reader *rest)
{
    static const char *const types[] = {"INTEGER", "TEXT", "BLOB", "REAL", "ANY"};
    char type[DATA_NAME_SIZE];
    sql_word(rest, type);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (strcmp(type, types[i]) == 0) {
            return word[0] >= 'a' && word[0] <= 'z';
        }
    }
    return false;
}

static bool data_dictionary_check_column(const char *column, Error *err)
{
    const DataField *field = data_field_find(column);
    if (field == NULL) {
        return error_set(err, ERROR_INPUT, "dictionary.field_not_listed", "JR/T 0171-2020 4",
                         "column \"%s\" has no class and level", column);
    }
    if (field->rest == REST_NEVER) {
        return error_set(err, ERROR_INPUT, "dictionary.field_never_stored", "JR/T 0171-2020 6.1.3",
                         "column \"%s\" may not be stored", column);
    }
    return true;
}

bool data_dictionary_check_schema(Bytes schema, Error *err)
{
    size_t start = 0;
    while (start < schema.len) {
        size_t end = schema.len;
        if (!bytes_find(schema, BYTES_LITERAL("\n"), start, &end)) {
            end = schema.len;
        }
        Reader line = reader_of(bytes_slice(schema, start, end - start));
        char word[DATA_NAME_SIZE];
        sql_word(&line, word);
        if (sql_line_is_column(word, &line) && !data_dictionary_check_column(word, err)) {
            return false;
        }
        start = end + 1;
    }
    return true;
}
