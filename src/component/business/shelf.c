// SPDX-License-Identifier: Apache-2.0
#include "component/business/shelf.h"

#include <string.h>

enum { SHELF_SPARE = 32 };

static bool reserve(Shelf *shelf, Arena *arena, size_t capacity, Error *err)
{
    if (capacity <= shelf->capacity) {
        return true;
    }
    capacity += SHELF_SPARE;
    ShelfItem *items = arena_alloc(arena, capacity * sizeof *items);
    if (items == NULL) {
        return error_memory(err);
    }
    if (shelf->count > 0) {
        memcpy(items, shelf->items, shelf->count * sizeof *items);
    }
    shelf->items = items;
    shelf->capacity = capacity;
    return true;
}

bool shelf_load(StoreSession *session, const char *authorization_id, Arena *arena, Shelf *ret,
                Error *err)
{
    ArtifactRow *rows;
    size_t count;
    Shelf shelf = {.count = 0};
    if (!records_list_artifacts(session, authorization_id, arena, &rows, &count, err) ||
        !reserve(&shelf, arena, count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        shelf.items[shelf.count++] = (ShelfItem){.row = rows[i]};
    }
    *ret = shelf;
    return true;
}

// The first place that is not before (name, sequence).
static size_t lower_bound(const Shelf *shelf, const char *name, int64_t sequence)
{
    size_t low = 0, high = shelf->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const ArtifactRow *row = &shelf->items[middle].row;
        int order = strcmp(row->name, name);
        if (order < 0 || (order == 0 && row->sequence < sequence)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

ShelfItem *shelf_find(const Shelf *shelf, const char *name, size_t *ret_count)
{
    size_t first = name == NULL ? 0 : lower_bound(shelf, name, INT64_MIN);
    size_t end = first;
    while (end < shelf->count && (name == NULL || strcmp(shelf->items[end].row.name, name) == 0)) {
        end++;
    }
    *ret_count = end - first;
    return shelf->items + first;
}

bool shelf_put(Shelf *shelf, Arena *arena, const ArtifactRow *row, Error *err)
{
    size_t place = lower_bound(shelf, row->name, row->sequence);
    bool replaces = place < shelf->count && strcmp(shelf->items[place].row.name, row->name) == 0 &&
                    shelf->items[place].row.sequence == row->sequence;
    if (!replaces) {
        if (!reserve(shelf, arena, shelf->count + 1, err)) {
            return false;
        }
        ShelfItem *item = &shelf->items[place];
        memmove(item + 1, item, (shelf->count - place) * sizeof *item);
        shelf->count++;
    }
    shelf->items[place] = (ShelfItem){.row = *row, .is_clear = true};
    return true;
}

void shelf_remove(Shelf *shelf, const char *name)
{
    size_t count;
    ShelfItem *items = shelf_find(shelf, name, &count);
    size_t end = (size_t)(items - shelf->items) + count;
    if (count > 0) {
        memmove(items, items + count, (shelf->count - end) * sizeof *items);
        shelf->count -= count;
    }
}
