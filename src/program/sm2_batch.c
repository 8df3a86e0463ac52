// SPDX-License-Identifier: Apache-2.0
#include "program/sm2_batch.h"

#include <string.h>

#include "base/crypto/sm2_form.h"
#include "program/sm_data.h"

enum { NAMES_MAX = 8 };

// The names under which a field goes in the files that circulate.
static const char *const key_names[NAMES_MAX] = {
    "publicKey", "public_key", "publicKeyPem", "publicKeyDer", "keyPem", "keyDer", "key", "pub"};
static const char *const signature_names[NAMES_MAX] = {"sig", "signature"};
static const char *const message_names[NAMES_MAX] = {"msg", "message"};
static const char *const text_names[NAMES_MAX] = {"text"};
static const char *const digest_names[NAMES_MAX] = {"digest", "e"};
static const char *const id_names[NAMES_MAX] = {"id", "userId", "user_id"};
static const char *const id_hex_names[NAMES_MAX] = {"id_hex", "idHex"};
static const char *const no_z_names[NAMES_MAX] = {"no_z", "noZ"};
static const char *const encoding_names[NAMES_MAX] = {"encoding", "type"};
static const char *const expected_names[NAMES_MAX] = {"result", "expected", "valid"};

// A case with what it inherits, and the key that was parsed last: keys come in runs.
typedef struct {
    Arena *arena;
    const Sm2CaseDefaults *defaults;
    const json_t *item;
    const json_t *group;  // NULL: none
    const json_t *last_key_source;
    Sm2PublicKey last_key;
} Loader;

static const json_t *find_in(const json_t *object, const char *const names[NAMES_MAX])
{
    for (size_t i = 0; i < NAMES_MAX && names[i] != NULL; i++) {
        const json_t *value = json_object_get(object, names[i]);
        if (value != NULL && !json_is_null(value)) {
            return value;
        }
    }
    return NULL;
}

static const json_t *find(const Loader *loader, const char *const names[NAMES_MAX])
{
    const json_t *value = find_in(loader->item, names);
    return value != NULL || loader->group == NULL ? value : find_in(loader->group, names);
}

static Bytes text_bytes(const json_t *text)
{
    return bytes_of(json_string_value(text), json_string_length(text));
}

static bool malformed(Error *err, const char *name, const char *rule)
{
    return error_set(err, ERROR_INPUT, "sm2.case", NULL, "\"%s\" %s", name, rule);
}

static bool read_hex(const Loader *loader, const json_t *value, const char *name, Bytes *ret,
                     Error *err)
{
    return json_is_string(value) ? sm_hex_decode(loader->arena, text_bytes(value), ret, err) ||
                                       error_context(err, "\"%s\"", name)
                                 : malformed(err, name, "is no text");
}

// A coordinate as Wycheproof writes integers: without leading zeros, or with one where the highest
// bit is set, so of any number of digits.
static bool read_coordinate(Arena *arena, const json_t *key, const char *name,
                            uint8_t ret[SM2_SCALAR_SIZE], Error *err)
{
    const json_t *value = json_object_get(key, name);
    Bytes decoded;
    Bytes digits = json_is_string(value) ? text_bytes(value) : BYTES_EMPTY;
    char padded[2 * SM2_SCALAR_SIZE];
    while (digits.len > 1 && digits.data[0] == '0') {
        digits = bytes_from(digits, 1);
    }
    if (digits.len == 0 || digits.len > sizeof padded) {
        return malformed(err, name, "is no number of at most 32 bytes in hexadecimal");
    }
    memset(padded, '0', sizeof padded);
    memcpy(&padded[sizeof padded - digits.len], digits.data, digits.len);
    if (!sm_hex_decode(arena, bytes_of(padded, sizeof padded), &decoded, err)) {
        return error_context(err, "\"%s\"", name);
    }
    if (decoded.len != SM2_SCALAR_SIZE) {
        return malformed(err, name, "has white space between its digits");
    }
    memcpy(ret, decoded.data, SM2_SCALAR_SIZE);
    return true;
}

static bool read_coordinates(Arena *arena, const json_t *key, Sm2PublicKey *ret, Error *err)
{
    uint8_t point[SM2_POINT_SIZE] = {0x04};
    return read_coordinate(arena, key, "wx", &point[1], err) &&
           read_coordinate(arena, key, "wy", &point[1 + SM2_SCALAR_SIZE], err) &&
           sm2_public_key_new(BYTES_OF_ARRAY(point), ret, err);
}

// A text (PEM or hexadecimal), or an object that holds one, or the coordinates, as Wycheproof's do.
static bool parse_key(Arena *arena, const json_t *value, Sm2PublicKey *ret, Error *err)
{
    static const char *const inner_names[NAMES_MAX] = {"uncompressed", "compressed", "pem", "hex"};
    const json_t *text = json_is_object(value) ? find_in(value, inner_names) : value;
    if (text == NULL && json_is_object(value)) {
        return read_coordinates(arena, value, ret, err);
    }
    return json_is_string(text) ? sm_public_key_parse(arena, text_bytes(text), ret, err)
                                : malformed(err, "key", "is missing or no text");
}

static bool read_key(Loader *loader, Sm2PublicKey *ret, Error *err)
{
    const json_t *value = find(loader, key_names);
    if (loader->last_key_source != NULL && json_equal(loader->last_key_source, value)) {
        *ret = loader->last_key;
        return true;
    }
    if (!parse_key(loader->arena, value, ret, err)) {
        return false;
    }
    loader->last_key_source = value;
    loader->last_key = *ret;
    return true;
}

static bool read_id(const Loader *loader, Bytes *ret, Error *err)
{
    const json_t *hex = find(loader, id_hex_names);
    const json_t *text = find(loader, id_names);
    if (hex != NULL) {
        return read_hex(loader, hex, "id_hex", ret, err);
    }
    // A number is the case's name, not the signer's.
    *ret = json_is_string(text) ? text_bytes(text) : loader->defaults->id;
    return true;
}

static bool read_no_z(const Loader *loader, bool *ret, Error *err)
{
    const json_t *value = find(loader, no_z_names);
    *ret = value == NULL ? loader->defaults->has_no_z : json_is_true(value);
    return value == NULL || json_is_boolean(value) || malformed(err, "no_z", "is no boolean");
}

static bool read_given_digest(const Loader *loader, const json_t *value, Sm3Digest *ret, Error *err)
{
    Bytes digest;
    if (!read_hex(loader, value, "digest", &digest, err)) {
        return false;
    }
    if (digest.len != SM3_SIZE) {
        return malformed(err, "digest", "is not 32 bytes");
    }
    memcpy(ret->bytes, digest.data, SM3_SIZE);
    return true;
}

static bool read_message(const Loader *loader, Bytes *ret, Error *err)
{
    const json_t *hex = find(loader, message_names);
    const json_t *text = find(loader, text_names);
    if ((hex != NULL) == (text != NULL)) {
        return malformed(err, "msg", "(or \"text\", or \"digest\") is needed, one of them");
    }
    if (hex != NULL) {
        return read_hex(loader, hex, "msg", ret, err);
    }
    *ret = text_bytes(text);
    return json_is_string(text) || malformed(err, "text", "is no text");
}

// `key` is NULL when it is none: what the case says is checked all the same.
static bool read_digest(const Loader *loader, const Sm2PublicKey *key, Sm3Digest *ret, Error *err)
{
    const json_t *given = find(loader, digest_names);
    Bytes id, message;
    bool has_no_z;
    if (!read_no_z(loader, &has_no_z, err) || !read_id(loader, &id, err)) {
        return false;
    }
    if (given != NULL) {
        return read_given_digest(loader, given, ret, err);
    }
    if (!read_message(loader, &message, err)) {
        return false;
    }
    if (has_no_z) {
        *ret = sm3_digest(message);
        return true;
    }
    return key == NULL || sm2_message_digest(key, id, message, ret, err);
}

// Wycheproof tells by the type of a group whether its signatures are DER or r || s.
static SmSignatureForm signature_form(const Loader *loader)
{
    const char *encoding = json_string_value(find(loader, encoding_names));
    if (loader->defaults->form != SM_FORM_ANY || encoding == NULL) {
        return loader->defaults->form;
    }
    if (strcmp(encoding, "raw") == 0 || strstr(encoding, "P1363") != NULL ||
        strcmp(encoding, "p1363") == 0) {
        return SM_FORM_RAW;
    }
    bool is_der = strcmp(encoding, "der") == 0 || strcmp(encoding, "asn1") == 0 ||
                  strstr(encoding, "Verify") != NULL;
    return is_der ? SM_FORM_DER : SM_FORM_ANY;
}

static bool read_signature(const Loader *loader, Sm2Signature *ret, Error *err)
{
    static const char *const r_names[NAMES_MAX] = {"r"}, *const s_names[NAMES_MAX] = {"s"};
    const json_t *value = find(loader, signature_names);
    Bytes encoded, r, s;
    if (value != NULL) {
        return read_hex(loader, value, "sig", &encoded, err) &&
               sm_signature_parse(encoded, signature_form(loader), ret, err);
    }
    if (!read_hex(loader, find(loader, r_names), "sig", &r, err) ||
        !read_hex(loader, find(loader, s_names), "s", &s, err)) {
        return false;
    }
    encoded = arena_join(loader->arena, r, s);
    return (r.len == SM2_SCALAR_SIZE && s.len == SM2_SCALAR_SIZE)
               ? sm_signature_parse(encoded, SM_FORM_RAW, ret, err)
               : malformed(err, "r", "and \"s\" are not 32 bytes each");
}

static bool read_expected(const Loader *loader, Sm2CaseExpectation *ret, Error *err)
{
    static const struct {
        const char *name;
        Sm2CaseExpectation expected;
    } names[] = {
        {"valid", EXPECTED_VALID}, {"invalid", EXPECTED_INVALID}, {"acceptable", EXPECTED_EITHER}};
    const json_t *value = find(loader, expected_names);
    if (value == NULL || json_is_boolean(value)) {
        *ret = value == NULL         ? EXPECTED_NOTHING
               : json_is_true(value) ? EXPECTED_VALID
                                     : EXPECTED_INVALID;
        return true;
    }
    for (size_t i = 0; json_is_string(value) && i < COUNT_OF(names); i++) {
        if (strcmp(json_string_value(value), names[i].name) == 0) {
            *ret = names[i].expected;
            return true;
        }
    }
    return malformed(err, "result", "is not valid, invalid, acceptable, true or false");
}

// What the case says besides key and signature. False when there is nothing to judge, or no e.
static bool read_question(Loader *loader, bool has_key, Sm2Case *ret, Error *err)
{
    if (!json_is_object(loader->item)) {
        return malformed(err, "case", "is no object");
    }
    if (find(loader, key_names) == NULL) {
        return malformed(err, "key", "is missing");
    }
    return read_expected(loader, &ret->expected, err) &&
           read_digest(loader, has_key ? &ret->key : NULL, &ret->e, err);
}

// A signature or key that is not even hexadecimal or a point is invalid, like any other that does
// not hold, and so is an ID that is too long. Without a message or with an unknown expectation
// there is nothing to judge.
static Sm2CaseState read_case(Loader *loader, Sm2Case *ret, Error *err)
{
    Error of_key = {0};
    bool has_key = read_key(loader, &ret->key, &of_key);
    if (!read_question(loader, has_key, ret, err)) {
        bool is_about_id = strcmp(err->code, "sm2.id") == 0;
        return is_about_id ? CASE_INVALID : CASE_MALFORMED;
    }
    if (!has_key) {
        *err = of_key;
        return CASE_INVALID;
    }
    return read_signature(loader, &ret->signature, err) ? CASE_READY : CASE_INVALID;
}

static bool load_case(Loader *loader, const json_t *item, Sm2Case *ret, Error *err)
{
    Error failure = {0};
    loader->item = item;
    *ret = (Sm2Case){.source = item};
    ret->state = read_case(loader, ret, &failure);
    if (failure.kind == ERROR_INTERNAL) {
        return error_set(err, failure.kind, failure.code, failure.clause, "%s", failure.text);
    }
    if (ret->state == CASE_READY) {
        return true;
    }
    ret->reason = arena_text(loader->arena, bytes_of_text(failure.text));
    return ret->reason != NULL || error_memory(err);
}

static bool not_a_batch(Error *err)
{
    return error_set(err, ERROR_INPUT, "file.batch", NULL,
                     "the batch is neither an array of cases nor an object with \"cases\" or "
                     "\"testGroups\" with \"tests\"");
}

static bool load_cases(Loader *loader, const json_t *cases, Sm2Batch *ret, Error *err)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        if (!load_case(loader, json_array_get(cases, i), &ret->cases[ret->count++], err)) {
            return false;
        }
    }
    return true;
}

// The array of cases number `index`, and the group around it. NULL when there is none.
static const json_t *case_array(const json_t *root, size_t index, const json_t **ret_group)
{
    const json_t *groups = json_object_get(root, "testGroups");
    const json_t *whole = json_is_array(root) ? root : json_object_get(root, "cases");
    if (groups == NULL) {
        *ret_group = json_is_object(root) ? root : NULL;
        return index == 0 ? whole : NULL;
    }
    *ret_group = json_array_get(groups, index);
    return json_object_get(*ret_group, "tests");
}

static size_t array_count(const json_t *root)
{
    const json_t *groups = json_object_get(root, "testGroups");
    return groups == NULL ? 1 : json_array_size(groups);
}

bool sm2_batch_load(Arena *arena, const json_t *root, const Sm2CaseDefaults *defaults,
                    Sm2Batch *ret, Error *err)
{
    Loader loader = {.arena = arena, .defaults = defaults};
    size_t total = 0;
    for (size_t i = 0; i < array_count(root); i++) {
        const json_t *cases = case_array(root, i, &loader.group);
        if (!json_is_array(cases)) {
            return not_a_batch(err);
        }
        total += json_array_size(cases);
    }
    if (total > SM2_BATCH_MAX_CASES) {
        return error_set(err, ERROR_LIMIT, "file.batch", NULL, "the batch has over %d cases",
                         SM2_BATCH_MAX_CASES);
    }
    if (total == 0) {
        // "All are as expected" of none would say yes to a file that was cut.
        return error_set(err, ERROR_INPUT, "file.batch", NULL, "the batch has no cases");
    }
    *ret = (Sm2Batch){.cases = arena_alloc(arena, total * sizeof *ret->cases)};
    if (ret->cases == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < array_count(root); i++) {
        if (!load_cases(&loader, case_array(root, i, &loader.group), ret, err)) {
            return false;
        }
    }
    return true;
}

bool sm2_case_allows(const Sm2Case *item, bool is_valid)
{
    return item->state != CASE_MALFORMED &&
           (item->expected == EXPECTED_EITHER || is_valid == (item->expected != EXPECTED_INVALID));
}
