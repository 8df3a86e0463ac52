// SPDX-License-Identifier: Apache-2.0
//
// The hash tree of RFC 4998, which is not that of the log: by it one time stamp is over many
// digests and each of them can show that with a few hashes. A node is the digest of its children,
// sorted.
#ifndef ASSENT_DOMAIN_EVIDENCE_ARCHIVE_TREE_H
#define ASSENT_DOMAIN_EVIDENCE_ARCHIVE_TREE_H

#include "base/core/arena.h"
#include "domain/pki/timestamp_imprint.h"

enum { ARCHIVE_TREE_MAX_HASHES = 4096 };  // in one reduced hash tree, and leaves of a whole one

// Leaves of a binary tree: digests of the algorithm, one after the other. Borrowed.
typedef struct {
    ImprintAlgorithm algorithm;
    Bytes leaves;
} ArchiveTree;

// How many leaves there are. Fails with ERROR_INPUT "archive_tree.leaves" when that is none, too
// many, or not whole digests.
bool archive_tree_count(const ArchiveTree *tree, size_t *ret, Error *err) MUST_CHECK;
// What a time stamp over all leaves is over. Fails as archive_tree_count does, or when memory is
// exhausted.
bool archive_tree_root(const ArchiveTree *tree, TimestampImprint *ret, Error *err) MUST_CHECK;
// Append the content of the reducedHashtree of one leaf: nothing when it is alone. Fails as
// archive_tree_root does, and with ERROR_NOT_FOUND. Source: RFC 4998 4.2.
bool archive_tree_reduce(const ArchiveTree *tree, size_t position, Writer *ret,
                         Error *err) MUST_CHECK;

// Replace the digest in `root` by the root over it. False when the reduced tree does not have it or
// cannot be read; *err is set only when memory is exhausted or libcrypto fails.
//
// reduced  content of a reducedHashtree, also of other makers: any number of hashes in a list;
//          empty: the digest is the root.
// Source: RFC 4998 4.3.
bool archive_tree_climb(Arena *arena, ImprintAlgorithm algorithm, Bytes reduced,
                        TimestampImprint *root, Error *err) MUST_CHECK;

#endif
