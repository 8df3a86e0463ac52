// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/archive_tree.h"

#include <stdlib.h>
#include <string.h>

static const char clause_tree[] = "RFC 4998 4.2";

static size_t digest_size(ImprintAlgorithm algorithm)
{
    const TimestampImprint any = {.algorithm = algorithm};
    return timestamp_imprint_bytes(&any).len;
}

bool archive_tree_count(const ArchiveTree *tree, size_t *ret, Error *err)
{
    size_t size = digest_size(tree->algorithm);
    if (size == 0 || tree->leaves.len == 0 || tree->leaves.len % size != 0 ||
        tree->leaves.len / size > ARCHIVE_TREE_MAX_HASHES) {
        return error_set(err, ERROR_INPUT, "archive_tree.leaves", clause_tree,
                         "a hash tree of %zu bytes has no, too many or no whole leaves",
                         tree->leaves.len);
    }
    *ret = tree->leaves.len / size;
    return true;
}

// --- making -----------------------------------------------------------------------------------

// One row of the tree, which is replaced by the one above it.
typedef struct {
    ImprintAlgorithm algorithm;
    size_t size, count;
    uint8_t *digests;
} TreeRow;

static void row_cleanup(TreeRow *row)
{
    free(row->digests);
}

static bool row_begin(const ArchiveTree *tree, TreeRow *ret, Error *err)
{
    ret->algorithm = tree->algorithm;
    ret->size = digest_size(tree->algorithm);
    if (!archive_tree_count(tree, &ret->count, err)) {
        return false;
    }
    ret->digests = malloc(tree->leaves.len);
    if (ret->digests == NULL) {
        return error_memory(err);
    }
    memcpy(ret->digests, tree->leaves.data, tree->leaves.len);
    return true;
}

static Bytes row_at(const TreeRow *row, size_t place)
{
    return bytes_of(row->digests + place * row->size, row->size);
}

static bool row_climb(TreeRow *row, Error *err)
{
    size_t above = 0;
    for (size_t i = 0; i < row->count; i += 2) {
        TimestampImprint node;
        Bytes pair[] = {row_at(row, i), BYTES_EMPTY};
        if (i + 1 < row->count) {
            uint8_t both[2 * IMPRINT_MAX_SIZE];
            pair[1] = row_at(row, i + 1);
            bool is_sorted = bytes_compare(pair[0], pair[1]) <= 0;
            memcpy(both, pair[is_sorted ? 0 : 1].data, row->size);
            memcpy(both + row->size, pair[is_sorted ? 1 : 0].data, row->size);
            if (!timestamp_imprint_make(row->algorithm, bytes_of(both, 2 * row->size), &node,
                                        err)) {
                return false;
            }
            pair[0] = timestamp_imprint_bytes(&node);
        }
        memmove(row->digests + above * row->size, pair[0].data, row->size);
        above++;
    }
    row->count = above;
    return true;
}

bool archive_tree_root(const ArchiveTree *tree, TimestampImprint *ret, Error *err)
{
    CLEANUP(row_cleanup) TreeRow row = {.digests = NULL};
    if (!row_begin(tree, &row, err)) {
        return false;
    }
    while (row.count > 1) {
        if (!row_climb(&row, err)) {
            return false;
        }
    }
    *ret = (TimestampImprint){.algorithm = tree->algorithm};
    memcpy(ret->octets, row.digests, row.size);
    return true;
}

static void put_list(Bytes first, Bytes second, Writer *ret)
{
    size_t list = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_OCTET_STRING, first);
    if (second.len > 0) {
        der_put(ret, DER_OCTET_STRING, second);
    }
    der_end(ret, list);
}

bool archive_tree_reduce(const ArchiveTree *tree, size_t position, Writer *ret, Error *err)
{
    CLEANUP(row_cleanup) TreeRow row = {.digests = NULL};
    if (!row_begin(tree, &row, err)) {
        return false;
    }
    if (position >= row.count) {
        return error_set(err, ERROR_NOT_FOUND, "archive_tree.position", clause_tree,
                         "the hash tree has no leaf %zu", position);
    }
    bool is_first = true;
    while (row.count > 1) {
        size_t sibling = position ^ 1;
        Bytes other = sibling < row.count ? row_at(&row, sibling) : BYTES_EMPTY;
        // The first list has the leaf itself, also where it has no sibling.
        if (is_first) {
            put_list(row_at(&row, position), other, ret);
        } else if (other.len > 0) {
            put_list(other, BYTES_EMPTY, ret);
        }
        is_first = false;
        position /= 2;
        if (!row_climb(&row, err)) {
            return false;
        }
    }
    return !ret->failed || error_memory(err);
}

// --- climbing ---------------------------------------------------------------------------------

static int compare_hashes(const void *a, const void *b)
{
    return bytes_compare(*(const Bytes *)a, *(const Bytes *)b);
}

// The lists of one reduced hash tree, one after the other.
typedef struct {
    ImprintAlgorithm algorithm;
    Bytes *hashes;  // space for ARCHIVE_TREE_MAX_HASHES
    size_t count;   // of the present list
    size_t taken;   // of all lists
} TreeWalk;

static bool take_hash(TreeWalk *walk, Bytes hash, size_t size)
{
    if (hash.len != size || walk->taken == ARCHIVE_TREE_MAX_HASHES) {
        return false;
    }
    walk->hashes[walk->count++] = hash;
    walk->taken++;
    return true;
}

static bool hash_list(TreeWalk *walk, TimestampImprint *ret, Error *err)
{
    CLEANUP(writer_free) Writer joined = writer_new(ARCHIVE_TREE_MAX_HASHES * IMPRINT_MAX_SIZE);
    qsort(walk->hashes, walk->count, sizeof *walk->hashes, compare_hashes);
    for (size_t i = 0; i < walk->count; i++) {
        writer_put(&joined, walk->hashes[i]);
    }
    return joined.failed ? error_memory(err)
                         : timestamp_imprint_make(walk->algorithm, writer_bytes(&joined), ret, err);
}

bool archive_tree_climb(Arena *arena, ImprintAlgorithm algorithm, Bytes reduced,
                        TimestampImprint *root, Error *err)
{
    TreeWalk walk = {.algorithm = algorithm};
    walk.hashes = arena_alloc(arena, ARCHIVE_TREE_MAX_HASHES * sizeof *walk.hashes);
    if (walk.hashes == NULL) {
        return error_memory(err);
    }
    size_t size = timestamp_imprint_bytes(root).len;
    for (Reader lists = reader_of(reduced); lists.rest.len > 0;) {
        TimestampImprint below = *root;
        bool has_below = false, is_first = lists.rest.len == reduced.len;
        Reader list = der_enter(&lists, DER_SEQUENCE);
        walk.count = 0;
        while (list.rest.len > 0 && !list.failed) {
            Bytes hash = der_octet_string(&list);
            has_below = has_below || bytes_equal(hash, timestamp_imprint_bytes(&below));
            if (!take_hash(&walk, hash, size)) {
                return false;
            }
        }
        // The first list has what is looked for; every other one has it added.
        if (lists.failed || list.failed || walk.count == 0 || (is_first && !has_below) ||
            (!is_first && !take_hash(&walk, timestamp_imprint_bytes(&below), size))) {
            return false;
        }
        // A hash that is alone stands for itself.
        if (walk.count > 1 && !hash_list(&walk, root, err)) {
            return false;
        }
    }
    return true;
}
