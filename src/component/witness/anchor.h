// SPDX-License-Identifier: Apache-2.0
//
// The anchor of a witness's memory: a file beside the database that says what was cosigned last of
// each log, replaced before every cosignature. A database that was put back to an older state is
// behind it.
#ifndef ASSENT_COMPONENT_WITNESS_ANCHOR_H
#define ASSENT_COMPONENT_WITNESS_ANCHOR_H

#include "base/core/arena.h"
#include "domain/evidence/merkle.h"

enum { ANCHOR_LINES_MAX = 256 };

typedef struct {
    const char *origin;
    MerkleHead head;
} AnchorLine;

// Read the lines "<origin> <size> <base64 of the root>"; *ret_found tells whether there is a file.
// Fails with ERROR_UNTRUSTED "witness.anchor" when it is damaged.
bool anchor_read(const char *path, Arena *arena, bool *ret_found, AnchorLine *ret,
                 size_t *ret_count, Error *err) MUST_CHECK;
// Replace the file atomically and durably.
bool anchor_write(const char *path, const AnchorLine *lines, size_t count, Error *err) MUST_CHECK;

#endif
