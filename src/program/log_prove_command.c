// SPDX-License-Identifier: Apache-2.0
//
// assent log prove: from a log's folder, or from a list of leaf hashes or entries.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "program/command.h"
#include "program/file.h"
#include "program/log_command.h"
#include "program/log_proof.h"

enum { LEAVES_MAX = 4 * 1024 * 1024 };

// Where the proof comes from: a folder that is open, or leaves.
typedef struct {
    const LogArguments *arguments;
    const LogHash *hash;
    LogFolder folder;
    LogLeaves leaves;
    Bytes checkpoint;  // of a folder
    uint64_t present;  // entries
} Source;

static bool usage(Error *err, const char *text)
{
    return error_set(err, ERROR_INPUT, "log.usage", NULL, "%s", text);
}

static bool option_number(const char *text, const char *name, uint64_t *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *value = json_string(text);
    return proof_number(value, name, ret, err);
}

// The lines of a text, or the texts of a JSON array (or of the array in "leaves" or "entries").
static bool read_list(Arena *arena, const char *path, Bytes **ret, size_t *ret_count, Error *err)
{
    Bytes content;
    CLEANUP(json_cleanup) json_t *root = NULL;
    Bytes *items = arena_alloc(arena, LEAVES_MAX * sizeof *items);
    if (items == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, LOG_FILE_MAX, &content, err)) {
        return false;
    }
    *ret = items;
    *ret_count = 0;
    bool is_json = content.len > 0 && (content.data[0] == '[' || content.data[0] == '{');
    if (!is_json) {
        while (content.len > 0 && *ret_count < LEAVES_MAX) {
            size_t end = content.len;
            (void)bytes_find(content, BYTES_LITERAL("\n"), 0, &end);
            items[(*ret_count)++] = bytes_slice(content, 0, end);
            content = bytes_from(content, end + 1);
        }
        return content.len == 0 || error_set(err, ERROR_LIMIT, "log.leaves", NULL,
                                             "%s has more than %d lines", path, LEAVES_MAX);
    }
    if (!proof_json_parse(content, &root, err)) {
        return false;
    }
    const json_t *list = json_is_array(root) ? root : json_object_get(root, "leaves");
    list = list == NULL ? json_object_get(root, "entries") : list;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item)) {
            return usage(err, "a leaf or entry in the list is no text");
        }
        items[i] = arena_copy(arena, bytes_of_text(json_string_value(item)));
        if (items[i].len != json_string_length(item)) {
            return error_memory(err);
        }
    }
    *ret_count = json_array_size(list);
    return json_is_array(list) || usage(err, "there is no array of leaves or entries");
}

static bool encoding_find(const char *name, LogEncoding *ret)
{
    *ret = strcmp(name, "hex") == 0 ? LOG_HEX : strcmp(name, "base64") == 0 ? LOG_BASE64 : 0;
    return *ret != LOG_ENCODING_NONE;
}

static bool hash_leaf(const Source *source, Bytes text, Sm3Digest *ret, Error *err)
{
    LogEncoding encoding = proof_encoding_of(text);
    Bytes decoded;
    if (encoding == LOG_ENCODING_NONE) {
        return error_set(
            err, ERROR_INPUT, "log.hash", NULL,
            "a leaf hash is neither 64 hexadecimal digits nor 44 characters of base64");
    }
    if (!proof_decode(source->arguments->arena, encoding, text, &decoded, err)) {
        return false;
    }
    memcpy(ret->bytes, decoded.data, SM3_SIZE);
    return true;
}

static bool load_leaves(Source *source, Error *err)
{
    const LogArguments *arguments = source->arguments;
    Arena *arena = arguments->arena;
    bool are_hashes = arguments->leaves != NULL;
    Bytes *items;
    size_t count;
    if (!read_list(arena, are_hashes ? arguments->leaves : arguments->entries, &items, &count,
                   err)) {
        return false;
    }
    Sm3Digest *leaves = arena_alloc(arena, (count + 1) * sizeof *leaves);
    if (leaves == NULL) {
        return error_memory(err);
    }
    LogEncoding encoding = LOG_ENCODING_NONE;
    bool is_encoded = !are_hashes && arguments->encoding != NULL;
    if (is_encoded && !encoding_find(arguments->encoding, &encoding)) {
        return usage(err, "--encoding is hex or base64");
    }
    for (size_t i = 0; i < count; i++) {
        bool ok = are_hashes
                      ? hash_leaf(source, items[i], &leaves[i], err)
                      : !is_encoded || proof_decode(arena, encoding, items[i], &items[i], err);
        if (!ok) {
            return error_context(err, "item %zu", i);
        }
        if (!are_hashes) {
            leaves[i] = source->hash->hash->leaf(items[i]);
        }
    }
    source->present = count;
    return log_leaves_build(arena, source->hash, leaves, count, &source->leaves, err);
}

// Hash all entries of a log for a tree over another hash.
static bool hash_entries(EvidenceLog *log, Arena *arena, const LogHash *hash, LogLeaves *ret,
                         Error *err)
{
    Bytes note;
    MerkleHead head;
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    if (scratch == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_checkpoint(log, scratch, &note, &head, err)) {
        return false;
    }
    if (head.size > LEAVES_MAX) {
        return error_set(err, ERROR_LIMIT, "log.leaves", NULL,
                         "the log has more than %d entries: too many to hash them here again",
                         LEAVES_MAX);
    }
    Sm3Digest *leaves = arena_alloc(arena, ((size_t)head.size + 1) * sizeof *leaves);
    if (leaves == NULL) {
        return error_memory(err);
    }
    for (uint64_t i = 0; i < head.size; i++) {
        Bytes entry;
        arena_reset(scratch);
        if (!evidence_log_entry(log, i, scratch, &entry, err)) {
            return false;
        }
        leaves[i] = hash->hash->leaf(entry);
    }
    return log_leaves_build(arena, hash, leaves, (size_t)head.size, ret, err);
}

static bool load_folder(Source *source, Error *err)
{
    MerkleHead head;
    if (!log_folder_open(source->arguments, source->arguments->operands[0], &source->folder, err) ||
        !evidence_log_checkpoint(source->folder.log, source->arguments->arena, &source->checkpoint,
                                 &head, err)) {
        return false;
    }
    source->present = head.size;
    // Our logs are over SM3; over another hash their entries make another tree.
    return source->hash == log_hash_find("sm3") ||
           hash_entries(source->folder.log, source->arguments->arena, source->hash, &source->leaves,
                        err);
}

static bool is_folder(const Source *source)
{
    return source->folder.log != NULL && source->leaves.hash == NULL;
}

static bool root_at(Source *source, uint64_t size, Sm3Digest *ret, Error *err)
{
    return is_folder(source) ? evidence_log_root(source->folder.log, size, ret, err)
                             : merkle_root(log_leaves_nodes(&source->leaves), size, ret, err);
}

static void put_digest(const Source *source, json_t *object, const char *key,
                       const Sm3Digest *digest)
{
    bool is_base64 =
        source->arguments->encoding != NULL && strcmp(source->arguments->encoding, "base64") == 0;
    (is_base64 ? json_put_base64 : json_put_hex)(object, key, sm3_bytes(digest));
}

static void put_path(const Source *source, json_t *object, const MerkleProof *proof)
{
    json_t *path = json_array();
    for (size_t i = 0; i < proof->count; i++) {
        CLEANUP(json_cleanup) json_t *holder = json_make_object();
        put_digest(source, holder, "hash", &proof->hashes[i]);
        json_array_append(path, json_object_get(holder, "hash"));
    }
    json_put(object, "proof", path);
}

static bool leaf_at(Source *source, uint64_t index, Sm3Digest *ret, Error *err)
{
    Bytes entry;
    if (!is_folder(source)) {
        *ret = source->leaves.rows[0][index];
        return true;
    }
    if (!evidence_log_entry(source->folder.log, index, source->arguments->arena, &entry, err)) {
        return false;
    }
    *ret = merkle_leaf_hash(entry);
    return true;
}

static bool prove_inclusion(Source *source, uint64_t size, json_t *ret, Error *err)
{
    uint64_t index;
    MerkleProof proof;
    Sm3Digest leaf, root;
    if (!option_number(source->arguments->index, "--index", &index, err)) {
        return false;
    }
    if (index >= size) {
        return error_set(err, ERROR_INPUT, "merkle.index", "RFC 9162 2.1.3.1",
                         "there is no entry %llu in a tree of %llu", (unsigned long long)index,
                         (unsigned long long)size);
    }
    bool ok =
        is_folder(source)
            ? evidence_log_prove_inclusion(source->folder.log, index, size, &proof, err)
            : merkle_inclusion_prove(log_leaves_nodes(&source->leaves), index, size, &proof, err);
    if (!ok || !leaf_at(source, index, &leaf, err) || !root_at(source, size, &root, err)) {
        return false;
    }
    log_put_number(ret, "leafIdx", index);
    log_put_number(ret, "treeSize", size);
    put_digest(source, ret, "leafHash", &leaf);
    put_digest(source, ret, "root", &root);
    put_path(source, ret, &proof);
    return true;
}

static bool prove_consistency(Source *source, uint64_t size, json_t *ret, Error *err)
{
    uint64_t from;
    MerkleProof proof;
    Sm3Digest old_root, root;
    if (!option_number(source->arguments->from, "--from", &from, err)) {
        return false;
    }
    if (from == 0 || from > size) {
        return error_set(err, ERROR_INPUT, "merkle.order", "RFC 9162 2.1.4.1",
                         "there is no proof from a tree of %llu to one of %llu",
                         (unsigned long long)from, (unsigned long long)size);
    }
    bool ok =
        is_folder(source)
            ? evidence_log_prove_consistency(source->folder.log, from, size, &proof, err)
            : merkle_consistency_prove(log_leaves_nodes(&source->leaves), from, size, &proof, err);
    if (!ok || !root_at(source, from, &old_root, err) || !root_at(source, size, &root, err)) {
        return false;
    }
    log_put_number(ret, "size1", from);
    log_put_number(ret, "size2", size);
    put_digest(source, ret, "root1", &old_root);
    put_digest(source, ret, "root2", &root);
    put_path(source, ret, &proof);
    return true;
}

static bool prove(Source *source, json_t *ret, Error *err)
{
    const LogArguments *arguments = source->arguments;
    uint64_t size;
    bool is_list = arguments->leaves != NULL || arguments->entries != NULL;
    if (!(is_list ? load_leaves(source, err) : load_folder(source, err))) {
        return false;
    }
    size = source->present;
    if (arguments->size != NULL && !option_number(arguments->size, "--size", &size, err)) {
        return false;
    }
    if (size > source->present) {
        return error_set(err, ERROR_INPUT, "log.size", NULL, "there are %llu entries, not %llu",
                         (unsigned long long)source->present, (unsigned long long)size);
    }
    json_put_text(ret, "hash", source->hash->name);
    if (is_folder(source) && size == source->present) {
        const char *note = arena_text(arguments->arena, source->checkpoint);
        json_put_text(ret, "checkpoint", note);
    }
    return arguments->index != NULL ? prove_inclusion(source, size, ret, err)
                                    : prove_consistency(source, size, ret, err);
}

static int print_proof(const LogArguments *arguments, json_t *proof)
{
    static const char *const keys[] = {"hash",  "leafIdx", "treeSize", "leafHash", "root",
                                       "size1", "size2",   "root1",    "root2"};
    if (arguments->is_json) {
        return log_print_json(proof, EXIT_VALID);
    }
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const json_t *value = json_object_get(proof, keys[i]);
        if (json_is_string(value)) {
            printf("%-9s %s\n", keys[i], json_string_value(value));
        } else if (value != NULL) {
            printf("%-9s %lld\n", keys[i], (long long)json_integer_value(value));
        }
    }
    const json_t *path = json_object_get(proof, "proof");
    for (size_t i = 0; i < json_array_size(path); i++) {
        printf("proof     %s\n", json_string_value(json_array_get(path, i)));
    }
    return fflush(stdout) == 0 ? EXIT_VALID : EXIT_FAULT;
}

int log_prove(const LogArguments *arguments)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *proof = json_make_object();
    LogEncoding encoding;
    Source source = {.arguments = arguments,
                     .hash = arguments->hash != NULL ? arguments->hash : log_hash_find("sm3")};
    size_t sources =
        arguments->operand_count + (arguments->leaves != NULL) + (arguments->entries != NULL);
    if (sources != 1 || (arguments->index != NULL) == (arguments->from != NULL) ||
        arguments->is_expecting ||
        (arguments->encoding != NULL && !encoding_find(arguments->encoding, &encoding))) {
        return command_usage("log");
    }
    bool ok = prove(&source, proof, &err);
    log_folder_close(&source.folder);
    return ok ? print_proof(arguments, proof) : command_fail(&err);
}
