// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/dictionary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_NAME_SIZE = 64 };

// Sorted by name (tested), so that it is searched by halves.
static const DataField data_field_table[] = {
    {"*_at", DATA_PLAIN, 1, REST_CLEAR, "a time"},
    {"*_digest", DATA_C2, 3, REST_DIGEST,
     "digest, salted or keyed where its subject could be guessed"},
    {"*_id", DATA_C1, 2, REST_CLEAR, "number of a record"},
    {"*_index", DATA_C2, 3, REST_DIGEST, "keyed digest for look-up"},
    {"acknowledged_by", DATA_C1, 2, REST_CLEAR, "account of the staff member who took note"},
    {"action", DATA_C1, 2, REST_CLEAR, "what was done"},
    {"activation", DATA_C3, 4, REST_DIGEST, "re-authentication at signing, digest of the code"},
    {"address", DATA_C2, 3, REST_SEALED, "address"},
    {"agreement", DATA_C1, 2, REST_CLEAR, "number of a contract between institutions"},
    {"alarm.authorization", DATA_C1, 2, REST_CLEAR, "number of the authorization"},
    {"alarm.code", DATA_PLAIN, 1, REST_CLEAR, "what is wrong, from a fixed list"},
    {"alarm.detail", DATA_PLAIN, 1, REST_CLEAR, "what was found, without content"},
    {"alarm.found", DATA_C2, 3, REST_SEALED, "a damaged payload as it was found"},
    {"alarm.occurrences", DATA_PLAIN, 1, REST_CLEAR, "how often it was seen"},
    {"alarm.reason", DATA_C1, 2, REST_CLEAR, "why a member of staff considers it settled"},
    {"alarm.subject", DATA_PLAIN, 1, REST_CLEAR,
     "place in the evidence log, or another number that tells cases apart"},
    {"answer", DATA_C1, 2, REST_SEALED, "signed answer to a proposal of staff"},
    {"artifact.name", DATA_C1, 2, REST_CLEAR, "which artifact"},
    {"at", DATA_PLAIN, 1, REST_CLEAR, "time"},
    {"attempt", DATA_C1, 2, REST_CLEAR, "one try of a measure, with its result"},
    {"authorization", DATA_C2, 3, REST_SEALED, "what is authorised"},
    {"authorization.retention", DATA_PLAIN, 1, REST_CLEAR,
     "class that says how long evidence is kept"},
    {"authorization.salt", DATA_C1, 2, REST_CLEAR, "salt that hides the authorization in the log"},
    {"bank_card", DATA_C2, 3, REST_SEALED, "bank card number"},
    {"behaviour", DATA_C2, 3, REST_SEALED, "events on the person's screen"},
    {"birth", DATA_C2, 3, REST_SEALED, "date of birth"},
    {"body", DATA_C2, 3, REST_SEALED, "stored message"},
    {"caller", DATA_C1, 2, REST_CLEAR, "institution or component that called"},
    {"carrier", DATA_C1, 2, REST_CLEAR, "in what kind of place a key lies"},
    {"carrier_serial", DATA_C1, 2, REST_CLEAR, "serial number of the hardware of a key"},
    {"certificate", DATA_C2, 3, REST_SEALED, "certificate of a person"},
    {"change_id", DATA_PLAIN, 1, REST_CLEAR, "number of a change of status"},
    {"checkpoint", DATA_PLAIN, 1, REST_CLEAR, "signed state of the log"},
    {"checkpoint.note", DATA_PLAIN, 1, REST_CLEAR, "signed state of the log"},
    {"cmp_message.answer", DATA_C2, 3, REST_SEALED, "answer that is given again"},
    {"code", DATA_C3, 4, REST_NEVER, "one-time code"},
    {"code_digest", DATA_C3, 4, REST_DIGEST, "salted digest of a one-time code"},
    {"completion", DATA_C2, 3, REST_SEALED, "receipt and signature of a record of issue"},
    {"completion_digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest of a completion"},
    {"consents", DATA_C2, 3, REST_SEALED, "the person's answers to the notices"},
    {"content", DATA_C2, 3, REST_SEALED, "what was said, shown, answered, signed or received"},
    {"count", DATA_PLAIN, 1, REST_CLEAR, "number of something"},
    {"custody.authorization", DATA_C1, 2, REST_CLEAR, "number of the authorization"},
    {"decider", DATA_C1, 2, REST_CLEAR, "account of the staff member who answered"},
    {"decision", DATA_C2, 3, REST_SEALED, "identity decision"},
    {"deposit.authorization", DATA_C1, 2, REST_CLEAR, "number of the authorization"},
    {"deposit.custody", DATA_PLAIN, 1, REST_CLEAR, "row of the custody chain that tells of it"},
    {"deposit.submission", DATA_C2, 3, REST_DIGEST, "digest of the deposit"},
    {"deposit.tombstone", DATA_PLAIN, 1, REST_CLEAR,
     "log index of the entry that says it was erased"},
    {"deposited_at", DATA_PLAIN, 1, REST_CLEAR, "time of the deposit"},
    {"depositor", DATA_C1, 2, REST_CLEAR, "institution that deposited"},
    {"device", DATA_C2, 3, REST_DIGEST, "device of the person"},
    {"digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest"},
    {"document", DATA_C2, 3, REST_SEALED, "agreement or report"},
    {"document_image", DATA_C2, 3, REST_SEALED, "picture of the ID card"},
    {"door.reference", DATA_C1, 2, REST_CLEAR, "what a page calls a session"},
    {"draft_number", DATA_PLAIN, 1, REST_CLEAR, "number of an issue that is not logged yet"},
    {"enrolment.reference", DATA_C1, 2, REST_CLEAR, "what a secret is called"},
    {"entry", DATA_PLAIN, 1, REST_CLEAR, "log entry: salted commitments only"},
    {"environment.custody", DATA_PLAIN, 1, REST_CLEAR,
     "last custody record that a self-check anchors"},
    {"environment.salt", DATA_PLAIN, 1, REST_CLEAR, "salt of a self-check"},
    {"face_image", DATA_C3, 4, REST_SEALED, "face, kept apart from numbers and shortest"},
    {"failures", DATA_PLAIN, 1, REST_CLEAR, "number of failed attempts"},
    {"fork.proof", DATA_PLAIN, 1, REST_CLEAR, "two checkpoints that contradict each other"},
    {"forwarded_at", DATA_PLAIN, 1, REST_CLEAR, "time of the request to the CA"},
    {"hold_until", DATA_PLAIN, 1, REST_CLEAR, "when a suspension becomes a revocation"},
    {"holder.secret", DATA_C3, 4, REST_SEALED, "by which a person finds own certificates"},
    {"holder_digest", DATA_C2, 3, REST_DIGEST, "keyed digest of the name of a subject"},
    {"id", DATA_PLAIN, 1, REST_CLEAR, "record number"},
    {"id_number", DATA_C2, 3, REST_SEALED, "ID number"},
    {"idempotency_key", DATA_PLAIN, 1, REST_CLEAR, "number of a request"},
    {"institution", DATA_C1, 2, REST_CLEAR, "institution that asked"},
    {"is_agreed", DATA_PLAIN, 1, REST_CLEAR, "whether enough witnesses cosigned"},
    {"is_critical", DATA_PLAIN, 1, REST_CLEAR, "how bad an alarm is"},
    {"is_ended", DATA_PLAIN, 1, REST_CLEAR, "whether operation ended in order"},
    {"is_held", DATA_C1, 2, REST_CLEAR, "whether erasure is suspended"},
    {"is_stopped", DATA_PLAIN, 1, REST_CLEAR, "whether a witness cosigns a log no more"},
    {"issue", DATA_C2, 3, REST_SEALED, "signed record of an issue"},
    {"issued", DATA_PLAIN, 1, REST_CLEAR, "number of issues of a subject"},
    {"kept_key.answer", DATA_C2, 3, REST_SEALED, "signature and last statement of a kept key"},
    {"kept_key.csr", DATA_C2, 3, REST_SEALED, "request for the certificate of a kept key"},
    {"kept_key.grant_key", DATA_PLAIN, 1, REST_CLEAR, "public key whose grants a kept key obeys"},
    {"kept_key.key", DATA_C3, 4, REST_SEALED, "a person's key, in an envelope for a device"},
    {"key_digest", DATA_C1, 2, REST_CLEAR, "SM3 digest of a public key"},
    {"key_event.statement", DATA_C1, 2, REST_SEALED, "signed record of a deed"},
    {"key_pair.answer", DATA_C2, 3, REST_SEALED,
     "envelope of a pair for its person, as it was given out"},
    {"key_pair.key", DATA_C3, 4, REST_SEALED,
     "a person's encryption key, in an envelope for a device"},
    {"key_pair.public_key", DATA_PLAIN, 1, REST_CLEAR, "public half of an encryption key pair"},
    {"kind", DATA_PLAIN, 1, REST_CLEAR, "kind of record"},
    {"label", DATA_C1, 2, REST_CLEAR, "where an issue stands in the log"},
    {"last_sequence", DATA_PLAIN, 1, REST_CLEAR, "place of the last deposit"},
    {"last_stage", DATA_PLAIN, 1, REST_CLEAR, "step of the last deposit"},
    {"last_submission", DATA_C1, 2, REST_CLEAR, "digest of the last deposit"},
    {"list", DATA_C1, 2, REST_CLEAR, "signed revocation list, public"},
    {"liveness_video", DATA_C3, 4, REST_NEVER, "recording of the liveness check"},
    {"log_index", DATA_PLAIN, 1, REST_CLEAR, "place in the evidence log"},
    {"log_size", DATA_PLAIN, 1, REST_CLEAR, "size of the evidence log"},
    {"manner", DATA_C1, 2, REST_CLEAR, "how a certificate was accepted"},
    {"measures", DATA_C2, 3, REST_SEALED, "results of the identity measures"},
    {"message", DATA_C2, 3, REST_SEALED, "message of a certificate protocol"},
    {"name", DATA_C2, 3, REST_SEALED, "name of a person"},
    {"next_serial", DATA_PLAIN, 1, REST_CLEAR, "next serial number"},
    {"notices", DATA_C1, 2, REST_CLEAR, "which texts were shown"},
    {"number", DATA_PLAIN, 1, REST_CLEAR, "number of a list or of one of several"},
    {"operation", DATA_C1, 2, REST_CLEAR, "what was asked for"},
    {"operator_name", DATA_C1, 2, REST_CLEAR, "account of the staff member"},
    {"origin", DATA_PLAIN, 1, REST_CLEAR, "name of an evidence log"},
    {"outbox.waits_since", DATA_PLAIN, 1, REST_CLEAR, "since when something waits to be deposited"},
    {"outcome", DATA_C1, 2, REST_CLEAR, "outcome of a check"},
    {"owner", DATA_C1, 2, REST_CLEAR, "secret or certificate that protects a message"},
    {"pair.encryption_serial", DATA_C1, 2, REST_CLEAR,
     "serial number of a certificate for encryption"},
    {"pair.envelope", DATA_C2, 3, REST_SEALED,
     "encryption key of a person, enveloped for the signing key"},
    {"payload", DATA_C2, 3, REST_SEALED, "evidence payload under its own data key"},
    {"payload.deposit", DATA_C1, 2, REST_CLEAR, "number of the deposit"},
    {"person", DATA_C2, 3, REST_SEALED, "name, ID number, phone and document"},
    {"person_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the ID number"},
    {"phone", DATA_C2, 3, REST_SEALED, "phone number"},
    {"photo", DATA_C2, 3, REST_SEALED, "photo of the authority"},
    {"predecessor", DATA_C1, 2, REST_CLEAR, "serial number of the certificate before"},
    {"private_key", DATA_C3, 4, REST_NEVER, "private key of a person"},
    {"profile", DATA_PLAIN, 1, REST_CLEAR, "certificate profile"},
    {"proposal", DATA_C1, 2, REST_SEALED, "signed proposal of staff"},
    {"proposer", DATA_C1, 2, REST_CLEAR, "account of the staff member who proposed"},
    {"purpose", DATA_C1, 2, REST_CLEAR, "query reason"},
    {"reason", DATA_C1, 2, REST_CLEAR, "reason code"},
    {"receipt", DATA_C1, 2, REST_CLEAR, "receipt of the evidence system"},
    {"record", DATA_PLAIN, 1, REST_CLEAR, "record of a self-check"},
    {"record_name", DATA_C1, 2, REST_CLEAR, "random name that a payload is bound to"},
    {"recovery.answer", DATA_C2, 3, REST_SEALED,
     "record of a recovery, and the envelope for its recipient"},
    {"recovery.answered_by", DATA_C1, 2, REST_CLEAR, "fingerprint of an officer's certificate"},
    {"recovery.requested_by", DATA_C1, 2, REST_CLEAR, "fingerprint of an officer's certificate"},
    {"recovery.statement", DATA_C1, 2, REST_SEALED, "signed answer of an officer"},
    {"refusal", DATA_C1, 2, REST_CLEAR, "code of a refusal"},
    {"refusal_tally.day", DATA_PLAIN, 1, REST_CLEAR, "a day"},
    {"refusal_tally.door", DATA_PLAIN, 1, REST_CLEAR, "a route of this program"},
    {"registrar", DATA_C1, 2, REST_CLEAR, "registration system that asked"},
    {"registration_id", DATA_C1, 2, REST_CLEAR, "number of the registration"},
    {"renewal.algorithm", DATA_PLAIN, 1, REST_CLEAR, "digest of a renewal of time stamps"},
    {"renewal.leaves", DATA_PLAIN, 1, REST_CLEAR, "digests of the time stamps that are renewed"},
    {"renewal.token", DATA_PLAIN, 1, REST_CLEAR, "time stamp"},
    {"renewed.position", DATA_PLAIN, 1, REST_CLEAR, "place among those that are renewed"},
    {"renewed.renewal", DATA_PLAIN, 1, REST_CLEAR, "which renewal it is"},
    {"renews", DATA_C1, 2, REST_CLEAR, "serial number of the certificate to be replaced"},
    {"request", DATA_C2, 3, REST_SEALED, "signed request"},
    {"request_digest", DATA_PLAIN, 1, REST_CLEAR, "SM3 digest of a request"},
    {"request_id", DATA_PLAIN, 1, REST_CLEAR, "number of a request, the asker's own"},
    {"requester", DATA_C1, 2, REST_CLEAR, "in whose name something was asked for"},
    {"requirements", DATA_C1, 2, REST_CLEAR, "version of agreed technical requirements"},
    {"result", DATA_C1, 2, REST_CLEAR, "result without identity"},
    {"revision", DATA_PLAIN, 1, REST_CLEAR, "number of the change"},
    {"revocation_list.base", DATA_PLAIN, 1, REST_CLEAR, "number of a revocation list"},
    {"revocation_list.entries", DATA_PLAIN, 1, REST_CLEAR, "how many certificates a list has"},
    {"revocation_list.scope", DATA_PLAIN, 1, REST_CLEAR, "which certificates a list is about"},
    {"revoked_at", DATA_PLAIN, 1, REST_CLEAR, "since when a certificate is not to be relied on"},
    {"root", DATA_PLAIN, 1, REST_CLEAR, "root of the log's tree"},
    {"rule", DATA_PLAIN, 1, REST_CLEAR, "profile, practice statement, registrar or key"},
    {"rule.name", DATA_PLAIN, 1, REST_CLEAR, "which rule"},
    {"salt", DATA_C2, 3, REST_SEALED, "salt of a commitment"},
    {"seal", DATA_C2, 3, REST_SEALED, "seal of a person"},
    {"sealed", DATA_C2, 3, REST_SEALED, "payload under its own data key"},
    {"sealed_token", DATA_C3, 4, REST_SEALED, "access token that a device has opened"},
    {"secret", DATA_C3, 4, REST_SEALED, "shared secret of an application by CMP"},
    {"sender_nonce", DATA_PLAIN, 1, REST_CLEAR, "random number of a message"},
    {"sequence", DATA_PLAIN, 1, REST_CLEAR, "place in an order"},
    {"serial", DATA_C1, 2, REST_CLEAR, "serial number of a certificate"},
    {"server_nonce", DATA_PLAIN, 1, REST_CLEAR, "random number of an answer"},
    {"size", DATA_PLAIN, 1, REST_CLEAR, "size of the log"},
    {"size_before", DATA_PLAIN, 1, REST_CLEAR, "size of the log before"},
    {"stage", DATA_PLAIN, 1, REST_CLEAR, "step of the main job"},
    {"stamp.authority", DATA_PLAIN, 1, REST_CLEAR, "what a time stamp depends on"},
    {"stamp.token", DATA_PLAIN, 1, REST_CLEAR, "time stamp"},
    {"stamp_authority.token", DATA_PLAIN, 1, REST_CLEAR, "time stamp"},
    {"state", DATA_C1, 2, REST_CLEAR, "state of the authorization"},
    {"subject", DATA_C1, 2, REST_CLEAR, "record that was acted on"},
    {"subject_index", DATA_C2, 3, REST_DIGEST, "keyed digest of the subject of a record"},
    {"submission", DATA_C2, 3, REST_SEALED, "signed deposit"},
    {"successor", DATA_C1, 2, REST_CLEAR, "serial number of the certificate after"},
    {"suspended_by", DATA_C1, 2, REST_CLEAR, "who had a certificate suspended"},
    {"token", DATA_C3, 4, REST_NEVER, "access token of a session"},
    {"token_digest", DATA_C3, 4, REST_DIGEST, "digest of the token of a session"},
    {"version", DATA_PLAIN, 1, REST_CLEAR, "version"},
    {"watch.next", DATA_PLAIN, 1, REST_CLEAR, "how far a watch is"},
    {"watch.passes", DATA_PLAIN, 1, REST_CLEAR, "how often a watch was through"},
    {"watch.until", DATA_PLAIN, 1, REST_CLEAR, "up to where a watch goes"},
    {"wrapped_key", DATA_C2, 3, REST_SEALED, "data key under the key-encryption key"},
};

static int data_field_compare(const void *name, const void *field)
{
    return strcmp(name, ((const DataField *)field)->name);
}

static const DataField *data_field_get(const char *name)
{
    return bsearch(name, data_field_table, COUNT_OF(data_field_table), sizeof(DataField),
                   data_field_compare);
}

const DataField *data_field_find(const char *name)
{
    const char *dot = strchr(name, '.');
    const char *column = dot == NULL ? name : &dot[1];
    const char *ending = strrchr(column, '_');
    const DataField *field = data_field_get(name);
    if (field == NULL) {
        field = data_field_get(column);
    }
    if (field == NULL && ending != NULL && strlen(ending) + 2 <= DATA_NAME_SIZE) {
        char family[DATA_NAME_SIZE] = "*";
        memcpy(&family[1], ending, strlen(ending) + 1);
        field = data_field_get(family);
    }
    return field;
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

static bool data_dictionary_check_column(const char *table, const char *column, Error *err)
{
    char name[2 * DATA_NAME_SIZE];
    (void)snprintf(name, sizeof(name), "%s.%s", table, column);
    const DataField *field = data_field_find(name);
    if (field == NULL) {
        return error_set(err, ERROR_INPUT, "dictionary.field_not_listed", "JR/T 0171-2020 4",
                         "column \"%s\" has no class and level", name);
    }
    if (field->rest == REST_NEVER) {
        return error_set(err, ERROR_INPUT, "dictionary.field_never_stored", "JR/T 0171-2020 6.1.3",
                         "column \"%s\" may not be stored", name);
    }
    return true;
}

// One line of a schema; the table it belongs to is kept from the line that begins it.
static bool data_dictionary_check_line(Bytes text, char table[DATA_NAME_SIZE], Error *err)
{
    Reader line = reader_of(text);
    char word[DATA_NAME_SIZE];
    sql_word(&line, word);
    if (strcmp(word, "CREATE") == 0) {
        sql_word(&line, word);
        if (strcmp(word, "TABLE") == 0) {
            sql_word(&line, table);
        }
        return true;
    }
    return !sql_line_is_column(word, &line) || data_dictionary_check_column(table, word, err);
}

bool data_dictionary_check_schema(Bytes schema, Error *err)
{
    char table[DATA_NAME_SIZE] = "";
    size_t start = 0;
    while (start < schema.len) {
        size_t end = schema.len;
        if (!bytes_find(schema, BYTES_LITERAL("\n"), start, &end)) {
            end = schema.len;
        }
        if (!data_dictionary_check_line(bytes_slice(schema, start, end - start), table, err)) {
            return false;
        }
        start = end + 1;
    }
    return true;
}
