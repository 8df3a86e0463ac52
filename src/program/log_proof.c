// SPDX-License-Identifier: Apache-2.0
#include "program/log_proof.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/codec/hex.h"

enum {
    NAMES_MAX = 8,
    HEX_LEN = 2 * SM3_SIZE,
    BASE64_LEN = (SM3_SIZE + 2) / 3 * 4,
    // Integers of fewer digits fit into what jansson holds.
    LONG_NUMBER = 19,
};

// A member under the names by which it goes.
typedef struct {
    const char *names[NAMES_MAX];
} Field;

static const Field index_field = {{"leafIdx", "leaf_idx", "leafIndex", "leaf_index", "index"}};
static const Field size_field = {{"treeSize", "tree_size", "size"}};
static const Field start_field = {{"start"}};
static const Field end_field = {{"end"}};
static const Field leaf_field = {{"leafHash", "leaf_hash", "leaf"}};
static const Field entry_field = {{"entry", "leafData", "leaf_data"}};
static const Field text_field = {{"entryText", "entry_text"}};
static const Field root_field = {{"root", "rootHash", "root_hash"}};
static const Field path_field = {{"proof", "path", "inclusionProof", "inclusion_proof", "auditPath",
                                  "audit_path", "consistencyProof", "consistency_proof"}};
static const Field size1_field = {{"size1", "oldSize", "old_size", "first", "from"}};
static const Field size2_field = {{"size2", "newSize", "new_size", "second", "to"}};
static const Field root1_field = {{"root1", "oldRoot", "old_root", "root_1"}};
static const Field root2_field = {{"root2", "newRoot", "new_root", "root_2"}};
static const Field hash_field = {{"hash"}};
static const Field name_field = {{"desc", "description", "name"}};
static const Field wrong_field = {{"wantErr", "want_err"}};
static const Field right_field = {{"valid", "holds"}};
static const Field cases_field = {{"cases", "tests", "vectors"}};

static bool malformed(Error *err, const char *name, const char *rule)
{
    return error_set(err, ERROR_INPUT, "log.field", NULL, "\"%s\" %s", name, rule);
}

// Find a member; *ret is NULL when it is not there, which only `is_needed` makes a failure. Given
// under two names it is ambiguous.
static bool find(const json_t *object, const Field *field, bool is_needed, const json_t **ret,
                 Error *err)
{
    const json_t *found = NULL;
    for (size_t i = 0; i < NAMES_MAX && field->names[i] != NULL; i++) {
        const json_t *value = json_object_get(object, field->names[i]);
        if (value != NULL && found != NULL) {
            return malformed(err, field->names[i], "is given twice, under two names");
        }
        found = value != NULL ? value : found;
    }
    *ret = found;
    return found != NULL || !is_needed || malformed(err, field->names[0], "is missing");
}

static Bytes text_bytes(const json_t *text)
{
    return bytes_of(json_string_value(text), json_string_length(text));
}

const char *proof_encoding_name(LogEncoding encoding)
{
    static const char *const names[] = {"none", "hex", "base64"};
    return names[encoding];
}

static bool is_hex(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!isxdigit(text.data[i])) {
            return false;
        }
    }
    return text.len % 2 == 0;
}

LogEncoding proof_encoding_of(Bytes text)
{
    if (text.len == HEX_LEN && is_hex(text)) {
        return LOG_HEX;
    }
    return text.len == BASE64_LEN && text.data[BASE64_LEN - 1] == '=' ? LOG_BASE64
                                                                      : LOG_ENCODING_NONE;
}

bool proof_decode(Arena *arena, LogEncoding encoding, Bytes text, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer decoded = writer_new(text.len + 1);
    bool is_base64 = encoding == LOG_BASE64 || (encoding == LOG_ENCODING_NONE && !is_hex(text));
    if (!(is_base64 ? base64_decode(text, &decoded, NULL) : hex_decode(text, &decoded, NULL))) {
        return error_set(err, ERROR_INPUT, "log.hash", NULL, "a hash of %zu characters is no %s",
                         text.len, is_base64 ? "base64" : "hexadecimal");
    }
    *ret = arena_copy(arena, writer_bytes(&decoded));
    return ret->len == decoded.len || error_memory(err);
}

// Put integers of many digits between quotes; everything else stays as it is.
static void quote_long_numbers(Bytes text, Writer *ret)
{
    bool in_text = false;
    for (size_t i = 0; i < text.len;) {
        size_t len = 0;
        while (!in_text && i + len < text.len && isdigit(text.data[i + len])) {
            len++;
        }
        if (len == 0) {
            bool is_escape = in_text && text.data[i] == '\\' && i + 1 < text.len;
            in_text = text.data[i] == '"' ? !in_text : in_text;
            len = is_escape ? 2 : 1;
            writer_put(ret, bytes_slice(text, i, len));
            i += len;
            continue;
        }
        uint8_t before = i > 0 ? text.data[i - 1] : 0;
        uint8_t after = i + len < text.len ? text.data[i + len] : 0;
        bool is_whole = strchr("-+.eE", before == 0 ? ' ' : before) == NULL &&
                        strchr(".eE", after == 0 ? ' ' : after) == NULL;
        bool is_quoted = is_whole && len >= LONG_NUMBER && text.data[i] != '0';
        writer_put_text(ret, is_quoted ? "\"" : "");
        writer_put(ret, bytes_slice(text, i, len));
        writer_put_text(ret, is_quoted ? "\"" : "");
        i += len;
    }
}

bool proof_json_parse(Bytes text, json_t **ret, Error *err)
{
    CLEANUP(writer_free) Writer quoted = writer_new(2 * text.len + 16);
    quote_long_numbers(text, &quoted);
    return quoted.failed ? error_memory(err) : json_parse(writer_bytes(&quoted), ret, err);
}

static bool number_failed(Error *err, const char *name, const char *rule)
{
    return error_set(err, ERROR_INPUT, "log.number", NULL, "\"%s\" %s", name, rule);
}

bool proof_number(const json_t *value, const char *name, uint64_t *ret, Error *err)
{
    if (json_is_integer(value)) {
        if (json_integer_value(value) < 0) {
            return number_failed(err, name, "is negative");
        }
        *ret = (uint64_t)json_integer_value(value);
        return true;
    }
    Bytes digits = json_is_string(value) ? text_bytes(value) : BYTES_EMPTY;
    if (digits.len == 0 || (digits.len > 1 && digits.data[0] == '0')) {
        return number_failed(err, name, "is no integer");
    }
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!isdigit(digits.data[i])) {
            return number_failed(err, name, "is no integer");
        }
        uint64_t digit = (uint64_t)(digits.data[i] - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            return number_failed(err, name, "is above 2^64 - 1");
        }
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}

static bool read_number(const json_t *object, const Field *field, uint64_t *ret, Error *err)
{
    const json_t *value;
    return find(object, field, true, &value, err) && proof_number(value, field->names[0], ret, err);
}

bool proof_cases(const json_t *root, json_t **ret_list, Error *err)
{
    const json_t *list = root;
    if (json_is_object(root) && !find(root, &cases_field, false, &list, err)) {
        return false;
    }
    json_t *copy = json_array();
    if (copy == NULL) {
        return error_memory(err);
    }
    if (list == NULL) {
        json_array_append(copy, (json_t *)(uintptr_t)root);
    } else if (json_is_array(list)) {
        json_array_extend(copy, (json_t *)(uintptr_t)list);
    }
    size_t count = json_array_size(copy);
    if (count == 0 || count > LOG_CASES_MAX) {
        json_decref(copy);
        return error_set(err, count == 0 ? ERROR_INPUT : ERROR_LIMIT, "log.cases", NULL,
                         "the file has %zu proofs, not 1 to %d", count, LOG_CASES_MAX);
    }
    *ret_list = copy;
    return true;
}

// While a case is read.
typedef struct {
    Arena *arena;
    const json_t *object;
    LogProof *proof;
    Error *err;
} Loader;

// Let one text tell the encoding; null is an empty text.
static bool see_text(Loader *loader, const json_t *value, const char *name)
{
    if (value == NULL || json_is_null(value)) {
        return true;
    }
    if (!json_is_string(value)) {
        return malformed(loader->err, name, "is no text");
    }
    LogEncoding encoding = proof_encoding_of(text_bytes(value));
    LogEncoding *known = &loader->proof->encoding;
    if (encoding != LOG_ENCODING_NONE && *known != LOG_ENCODING_NONE && encoding != *known) {
        return error_set(loader->err, ERROR_INPUT, "log.encoding", NULL,
                         "\"%s\" is %s where other hashes are %s", name,
                         proof_encoding_name(encoding), proof_encoding_name(*known));
    }
    *known = encoding != LOG_ENCODING_NONE ? encoding : *known;
    return true;
}

static bool see_field(Loader *loader, const Field *field, const json_t **ret)
{
    return find(loader->object, field, true, ret, loader->err) &&
           see_text(loader, *ret, field->names[0]);
}

static bool decode(Loader *loader, const json_t *value, Bytes *ret)
{
    return proof_decode(loader->arena, loader->proof->encoding, text_bytes(value), ret,
                        loader->err);
}

static bool see_path(Loader *loader, const json_t **ret)
{
    if (!find(loader->object, &path_field, true, ret, loader->err)) {
        return false;
    }
    if (!json_is_null(*ret) && !json_is_array(*ret)) {
        return malformed(loader->err, "proof", "is no array");
    }
    for (size_t i = 0; i < json_array_size(*ret); i++) {
        if (!see_text(loader, json_array_get(*ret, i), "proof")) {
            return false;
        }
    }
    return true;
}

static bool decode_path(Loader *loader, const json_t *value)
{
    size_t count = json_array_size(value);
    Bytes *path = arena_alloc(loader->arena, (count + 1) * sizeof *path);
    if (path == NULL) {
        return error_memory(loader->err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!decode(loader, json_array_get(value, i), &path[i])) {
            return false;
        }
    }
    loader->proof->path = path;
    loader->proof->path_len = count;
    return true;
}

// The leaf's hash, or an entry to make it of.
static bool decode_leaf(Loader *loader, const json_t *leaf, const json_t *entry, const json_t *text)
{
    LogProof *proof = loader->proof;
    if ((leaf != NULL) + (entry != NULL) + (text != NULL) != 1) {
        return malformed(loader->err, "leafHash",
                         "(or \"entry\", or \"entryText\") is needed once");
    }
    if (leaf != NULL) {
        return decode(loader, leaf, &proof->leaf);
    }
    Bytes bytes = BYTES_EMPTY;
    if (entry != NULL ? !decode(loader, entry, &bytes) : !json_is_string(text)) {
        return entry != NULL ? false : malformed(loader->err, "entryText", "is no text");
    }
    Sm3Digest digest = proof->hash->hash->leaf(entry != NULL ? bytes : text_bytes(text));
    proof->leaf = arena_copy(loader->arena, sm3_bytes(&digest));
    return proof->leaf.data != NULL || error_memory(loader->err);
}

// "start" and "end" make it a proof about a subtree.
static bool parse_subtree(Loader *loader)
{
    LogProof *proof = loader->proof;
    const json_t *start, *end;
    if (!find(loader->object, &start_field, false, &start, loader->err) ||
        !find(loader->object, &end_field, false, &end, loader->err)) {
        return false;
    }
    proof->is_subtree = start != NULL || end != NULL;
    return !proof->is_subtree ||
           (read_number(loader->object, &start_field, &proof->start, loader->err) &&
            read_number(loader->object, &end_field, &proof->end, loader->err));
}

// A subtree has no size of its own beside its ends.
static bool parse_size(Loader *loader)
{
    const json_t *size;
    if (!loader->proof->is_subtree) {
        return read_number(loader->object, &size_field, &loader->proof->size, loader->err);
    }
    return find(loader->object, &size_field, false, &size, loader->err) &&
           (size == NULL || malformed(loader->err, "treeSize", "is given beside \"start\""));
}

static bool parse_inclusion(Loader *loader)
{
    LogProof *proof = loader->proof;
    const json_t *leaf, *entry, *text, *root, *path;
    return read_number(loader->object, &index_field, &proof->index, loader->err) &&
           parse_subtree(loader) && parse_size(loader) &&
           find(loader->object, &leaf_field, false, &leaf, loader->err) &&
           find(loader->object, &entry_field, false, &entry, loader->err) &&
           find(loader->object, &text_field, false, &text, loader->err) &&
           see_text(loader, leaf, "leafHash") && see_field(loader, &root_field, &root) &&
           see_path(loader, &path) && decode_leaf(loader, leaf, entry, text) &&
           decode(loader, root, &proof->root) && decode_path(loader, path);
}

static bool parse_sizes(Loader *loader)
{
    LogProof *proof = loader->proof;
    const json_t *old;
    if (!proof->is_subtree) {
        return read_number(loader->object, &size1_field, &proof->old_size, loader->err) &&
               read_number(loader->object, &size2_field, &proof->size, loader->err);
    }
    return find(loader->object, &size1_field, false, &old, loader->err) &&
           (old == NULL || malformed(loader->err, "size1", "is given beside \"start\"")) &&
           read_number(loader->object, &size_field, &proof->size, loader->err);
}

static bool parse_consistency(Loader *loader)
{
    LogProof *proof = loader->proof;
    const json_t *root1, *root2, *path;
    return parse_subtree(loader) && parse_sizes(loader) &&
           see_field(loader, &root1_field, &root1) && see_field(loader, &root2_field, &root2) &&
           see_path(loader, &path) && decode(loader, root1, &proof->old_root) &&
           decode(loader, root2, &proof->root) && decode_path(loader, path);
}

static bool parse_hash(Loader *loader, const LogHash *hash)
{
    const json_t *value;
    if (!find(loader->object, &hash_field, false, &value, loader->err)) {
        return false;
    }
    const LogHash *named = json_is_string(value) ? log_hash_find(json_string_value(value)) : hash;
    if (named == NULL && value == NULL) {
        named = log_hash_find("sm3");
    }
    if (named == NULL || (hash != NULL && named != hash)) {
        return error_set(loader->err, ERROR_INPUT, "log.hash", NULL,
                         named == NULL ? "\"hash\" is neither sm3 nor sha256"
                                       : "\"hash\" names another hash than --hash");
    }
    loader->proof->hash = named;
    return true;
}

static bool parse_expectation(Loader *loader)
{
    const json_t *name, *wrong, *right;
    LogProof *proof = loader->proof;
    if (!find(loader->object, &name_field, false, &name, loader->err) ||
        !find(loader->object, &wrong_field, false, &wrong, loader->err) ||
        !find(loader->object, &right_field, false, &right, loader->err)) {
        return false;
    }
    if ((wrong != NULL && !json_is_boolean(wrong)) || (right != NULL && !json_is_boolean(right)) ||
        (wrong != NULL && right != NULL)) {
        return malformed(loader->err, wrong != NULL ? "wantErr" : "valid",
                         "is no boolean, or contradicted");
    }
    proof->name = json_is_string(name) ? json_string_value(name) : "";
    proof->has_expectation = wrong != NULL || right != NULL;
    proof->expected = wrong != NULL ? json_is_false(wrong) : json_is_true(right);
    return true;
}

bool proof_parse(Arena *arena, LogProofKind kind, const LogHash *hash, const json_t *value,
                 LogProof *ret, Error *err)
{
    *ret = (LogProof){.name = "", .hash = hash};
    Loader loader = {arena, value, ret, err};
    if (!json_is_object(value)) {
        return malformed(err, "proof", "is no object");
    }
    return parse_expectation(&loader) && parse_hash(&loader, hash) &&
           (kind == LOG_INCLUSION ? parse_inclusion(&loader) : parse_consistency(&loader));
}
