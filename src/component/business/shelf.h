// SPDX-License-Identifier: Apache-2.0
//
// Shelf: the artifacts of one authorization as one work knows them, in order of name and
// sequence. It is filled in the read that begins the work; what the work commits joins it.
#ifndef ASSENT_COMPONENT_BUSINESS_SHELF_H
#define ASSENT_COMPONENT_BUSINESS_SHELF_H

#include "component/business/records.h"

typedef struct {
    ArtifactRow row;
    bool is_clear;  // the content is there and opened
} ShelfItem;

// Everything is in the arena of the work.
typedef struct {
    ShelfItem *items;
    size_t count, capacity;
} Shelf;

// Read all artifacts from the store, sealed as they are, large contents left out.
bool shelf_load(StoreSession *session, const char *authorization_id, Arena *arena, Shelf *ret,
                Error *err) MUST_CHECK;
// The items of a name are neighbours: the first of them and how many; NULL: all items.
ShelfItem *shelf_find(const Shelf *shelf, const char *name, size_t *ret_count);
// Put an artifact with its content in the clear, in place of one of the same name and sequence.
bool shelf_put(Shelf *shelf, Arena *arena, const ArtifactRow *row, Error *err) MUST_CHECK;
// Take all items of a name away.
void shelf_remove(Shelf *shelf, const char *name);

#endif
