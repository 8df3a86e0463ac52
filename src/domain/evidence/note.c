// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/note.h"

#include <string.h>

#include "base/codec/hex.h"

enum { SIGNATURE_SIZE = 2 * SM2_SCALAR_SIZE, COSIGNATURE_SIZE = 8 + SIGNATURE_SIZE };

static const char DASH[] = "\xe2\x80\x94 ";
static const uint8_t UNASSIGNED_TYPE = 0xff;
// Names of the signature types, behind the byte that C2SP reserves for types of others.
static const char *const ALGORITHM_NAMES[] = {
    [NOTE_SM2] = "assent/sm2-sm3/v1",
    [NOTE_SM2_COSIGNATURE] = "assent/sm2-sm3-cosignature/v1",
};

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "note.malformed", "C2SP signed-note", "a note %s", why);
}

static bool name_is_valid(Bytes name)
{
    if (name.len == 0 || name.len > NOTE_NAME_MAX) {
        return false;
    }
    // ASCII only: no second spelling of a name, and no Unicode space can hide in it.
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] <= 0x20 || name.data[i] >= 0x7f || name.data[i] == '+') {
            return false;
        }
    }
    return true;
}

static uint32_t key_id(Bytes name, NoteAlgorithm algorithm, const Sm2PublicKey *key)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, name);
    sm3_update(&sm3, BYTES_LITERAL("\n"));
    sm3_update(&sm3, bytes_of(&UNASSIGNED_TYPE, 1));
    sm3_update(&sm3, bytes_of_text(ALGORITHM_NAMES[algorithm]));
    sm3_update(&sm3, sm2_public_key_bytes(key));
    sm3_finish(&sm3, &digest);
    Reader reader = reader_of(sm3_bytes(&digest));
    return reader_u32_be(&reader);
}

bool note_key_new(const char *name, NoteAlgorithm algorithm, const Sm2PublicKey *key, NoteKey *ret,
                  Error *err)
{
    Bytes bytes = bytes_of_text(name);
    if (!name_is_valid(bytes)) {
        return error_set(err, ERROR_INPUT, "note.key_name", "C2SP signed-note",
                         "a key name is not 1 to %d printable ASCII characters without space "
                         "and plus",
                         NOTE_NAME_MAX);
    }
    NoteKey made = {.algorithm = algorithm, .key = *key};
    memcpy(made.name, bytes.data, bytes.len);
    made.id = key_id(bytes, algorithm, key);
    *ret = made;
    return true;
}

bool note_key_encode(const NoteKey *key, Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer material = writer_new(NOTE_KEY_TEXT_MAX);
    writer_put_u8(&material, UNASSIGNED_TYPE);
    writer_put_text(&material, ALGORITHM_NAMES[key->algorithm]);
    writer_put(&material, sm2_public_key_bytes(&key->key));
    writer_format(ret, "%s+%08x+", key->name, key->id);
    base64_encode(writer_bytes(&material), ret);
    return material.failed || ret->failed ? error_memory(err) : true;
}

static bool key_malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "note.key_malformed", "C2SP signed-note",
                     "a verification key %s", why);
}

static bool material_parse(Bytes material, NoteAlgorithm *ret_algorithm, Sm2PublicKey *ret_key,
                           Error *err)
{
    for (size_t i = 0; i < COUNT_OF(ALGORITHM_NAMES); i++) {
        Bytes name = bytes_of_text(ALGORITHM_NAMES[i]);
        if (material.len == 1 + name.len + SM2_POINT_SIZE && material.data[0] == UNASSIGNED_TYPE &&
            bytes_equal(bytes_slice(material, 1, name.len), name)) {
            *ret_algorithm = (NoteAlgorithm)i;
            return sm2_public_key_new(bytes_from(material, 1 + name.len), ret_key, err);
        }
    }
    return key_malformed("is of an unknown type", err);
}

bool note_key_parse(Bytes text, NoteKey *ret, Error *err)
{
    size_t name_end;
    if (text.len > NOTE_KEY_TEXT_MAX || !bytes_find(text, BYTES_LITERAL("+"), 0, &name_end) ||
        name_end > NOTE_NAME_MAX || text.len < name_end + 10 || text.data[name_end + 9] != '+') {
        return key_malformed("is not <name>+<id>+<key>", err);
    }
    CLEANUP(writer_free) Writer id = writer_new(4);
    CLEANUP(writer_free) Writer material = writer_new(NOTE_KEY_TEXT_MAX);
    if (!hex_decode(bytes_slice(text, name_end + 1, 8), &id, err) ||
        !base64_decode(bytes_from(text, name_end + 10), &material, err)) {
        return error_context(err, "verification key");
    }
    NoteAlgorithm algorithm = NOTE_SM2;
    Sm2PublicKey key;
    if (!material_parse(writer_bytes(&material), &algorithm, &key, err)) {
        return false;
    }
    char name[NOTE_NAME_MAX + 1] = {0};
    memcpy(name, text.data, name_end);
    NoteKey parsed;
    if (strlen(name) != name_end || !note_key_new(name, algorithm, &key, &parsed, err)) {
        return key_malformed("has a wrong name", err);
    }
    Reader reader = reader_of(writer_bytes(&id));
    if (reader_u32_be(&reader) != parsed.id) {
        return key_malformed("has an id that is not its own", err);
    }
    *ret = parsed;
    return true;
}

bool note_key_equal(const NoteKey *a, const NoteKey *b)
{
    return a->algorithm == b->algorithm && strcmp(a->name, b->name) == 0 &&
           sm2_public_key_equal(&a->key, &b->key);
}

static bool line_parse(Arena *arena, Bytes line, NoteSignature *ret, Error *err)
{
    Bytes dash = bytes_of_text(DASH);
    size_t space;
    if (!bytes_start_with(line, dash) || !bytes_find(line, BYTES_LITERAL(" "), dash.len, &space)) {
        return malformed("has a line below the empty line that is no signature", err);
    }
    ret->name = bytes_slice(line, dash.len, space - dash.len);
    if (!name_is_valid(ret->name)) {
        return malformed("has a signature line with a wrong key name", err);
    }
    Bytes decoded;
    if (!base64_decode_arena(arena, bytes_from(line, space + 1), &decoded, err)) {
        return error_context(err, "note signature");
    }
    if (decoded.len < 5) {
        return malformed("has a signature that is too short", err);
    }
    Reader reader = reader_of(decoded);
    ret->key_id = reader_u32_be(&reader);
    ret->signature = reader.rest;
    return true;
}

static bool lines_parse(Arena *arena, Bytes lines, Note *note, Error *err)
{
    while (lines.len > 0) {
        size_t end;
        if (!bytes_find(lines, BYTES_LITERAL("\n"), 0, &end)) {
            return malformed("does not end with a line break", err);
        }
        if (note->signature_count == NOTE_SIGNATURES_MAX) {
            return error_set(err, ERROR_LIMIT, "note.signatures", "C2SP signed-note",
                             "a note has more than %d signatures", NOTE_SIGNATURES_MAX);
        }
        if (!line_parse(arena, bytes_slice(lines, 0, end), &note->signatures[note->signature_count],
                        err)) {
            return false;
        }
        note->signature_count++;
        lines = bytes_from(lines, end + 1);
    }
    return note->signature_count > 0 || malformed("has no signature", err);
}

bool note_parse(Arena *arena, Bytes whole, Note *ret, Error *err)
{
    if (whole.len > NOTE_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "note.size", NULL, "a note is longer than %d bytes",
                         NOTE_MAX_BYTES);
    }
    for (size_t i = 0; i < whole.len; i++) {
        if (whole.data[i] < 0x20 && whole.data[i] != '\n') {
            return malformed("has a control character", err);
        }
    }
    size_t blank;
    if (!bytes_find_last(whole, BYTES_LITERAL("\n\n"), &blank) || blank == 0) {
        return malformed("has no empty line before its signatures", err);
    }
    Note note = {.whole = whole, .text = bytes_slice(whole, 0, blank + 1)};
    if (!lines_parse(arena, bytes_from(whole, blank + 2), &note, err)) {
        return false;
    }
    *ret = note;
    return true;
}

// What a signature of this key covers, appended to `ret`.
static void put_signed_message(Bytes text, NoteAlgorithm algorithm, uint64_t seconds, Writer *ret)
{
    if (algorithm == NOTE_SM2_COSIGNATURE) {
        writer_format(ret, "cosignature/v1\ntime %llu\n", (unsigned long long)seconds);
    }
    writer_put(ret, text);
}

static bool signature_holds(const Note *note, const NoteKey *key, Bytes signature,
                            uint64_t *ret_seconds)
{
    bool is_cosignature = key->algorithm == NOTE_SM2_COSIGNATURE;
    if (signature.len != (is_cosignature ? COSIGNATURE_SIZE : SIGNATURE_SIZE)) {
        return false;
    }
    Reader reader = reader_of(signature);
    uint64_t seconds = is_cosignature ? reader_u64_be(&reader) : 0;
    if (seconds > (uint64_t)(INT64_MAX / TIME_SECOND)) {
        return false;
    }
    Sm2Signature value;
    memcpy(value.r, reader_bytes(&reader, SM2_SCALAR_SIZE).data, SM2_SCALAR_SIZE);
    memcpy(value.s, reader_bytes(&reader, SM2_SCALAR_SIZE).data, SM2_SCALAR_SIZE);
    CLEANUP(writer_free) Writer message = writer_new(NOTE_MAX_BYTES + 64);
    put_signed_message(note->text, key->algorithm, seconds, &message);
    *ret_seconds = seconds;
    return !message.failed && sm2_verify(&key->key, writer_bytes(&message), &value);
}

bool note_verify(const Note *note, const NoteKey *key, Time *ret_time, Error *err)
{
    bool found = false;
    Time time = 0;
    for (size_t i = 0; i < note->signature_count; i++) {
        const NoteSignature *line = &note->signatures[i];
        if (line->key_id != key->id || !bytes_equal_text(line->name, key->name)) {
            continue;
        }
        uint64_t seconds;
        if (!signature_holds(note, key, line->signature, &seconds)) {
            return error_set(err, ERROR_UNTRUSTED, "note.signature", "C2SP signed-note",
                             "the signature of key %s on a note does not hold", key->name);
        }
        found = true;
        time = (Time)seconds * TIME_SECOND;
    }
    if (!found) {
        return error_set(err, ERROR_NOT_FOUND, "note.not_signed", "C2SP signed-note",
                         "a note has no signature of key %s", key->name);
    }
    if (ret_time != NULL) {
        *ret_time = time;
    }
    return true;
}

bool note_put_lines_of(const Note *note, const NoteKey *key, Writer *ret, Error *err)
{
    for (size_t i = 0; i < note->signature_count; i++) {
        const NoteSignature *line = &note->signatures[i];
        if (line->key_id != key->id || !bytes_equal_text(line->name, key->name)) {
            continue;
        }
        CLEANUP(writer_free) Writer value = writer_new(NOTE_MAX_BYTES);
        writer_put_u32_be(&value, line->key_id);
        writer_put(&value, line->signature);
        writer_format(ret, "%s%s ", DASH, key->name);
        base64_encode(writer_bytes(&value), ret);
        writer_put_text(ret, "\n");
        if (value.failed) {
            return error_memory(err);
        }
    }
    return !ret->failed || error_memory(err);
}

bool note_sign(Bytes text, const NoteKey *key, const Signer *signer, Time time, Writer *ret,
               Error *err)
{
    if (!sm2_public_key_equal(signer->public_key, &key->key)) {
        return error_set(err, ERROR_INPUT, "note.key_differs", NULL,
                         "the signer does not hold the key %s", key->name);
    }
    bool is_cosignature = key->algorithm == NOTE_SM2_COSIGNATURE;
    if (is_cosignature && time < 0) {
        return error_set(err, ERROR_INPUT, "note.time", NULL, "a cosigning time is before 1970");
    }
    uint64_t seconds = is_cosignature ? (uint64_t)(time / TIME_SECOND) : 0;
    CLEANUP(writer_free) Writer message = writer_new(NOTE_MAX_BYTES + 64);
    CLEANUP(writer_free) Writer line = writer_new(4 + COSIGNATURE_SIZE);
    put_signed_message(text, key->algorithm, seconds, &message);
    if (message.failed) {
        return error_memory(err);
    }
    Sm2Signature signature;
    if (!signer_sign(signer, writer_bytes(&message), &signature, err)) {
        return false;
    }
    writer_put_u32_be(&line, key->id);
    if (is_cosignature) {
        writer_put_u64_be(&line, seconds);
    }
    writer_put(&line, BYTES_OF_ARRAY(signature.r));
    writer_put(&line, BYTES_OF_ARRAY(signature.s));
    writer_format(ret, "%s%s ", DASH, key->name);
    base64_encode(writer_bytes(&line), ret);
    writer_put_text(ret, "\n");
    return line.failed || ret->failed ? error_memory(err) : true;
}
