// SPDX-License-Identifier: Apache-2.0
#include "base/browser/boundary.h"

#include <stdlib.h>

#include "base/secret/locked.h"

enum { INDEX_BITS = 10, GENERATION_MAX = (1 << (32 - INDEX_BITS)) - 1 };
_Static_assert(1 << INDEX_BITS == BROWSER_OBJECTS_MAX, "handles have bits for every slot");

typedef struct {
    void *object;
    size_t size;
    ObjectKind kind;
    // Counts the objects that the slot has held, so that no handle ever names another one.
    uint32_t generation;
} Slot;

// The state of the instance: a page has one, which starts with the module and ends with the page.
static struct {
    Error error;
    bool is_checked;
    Slot slots[BROWSER_OBJECTS_MAX];
} boundary;

Error *boundary_enter(void)
{
    boundary.error.kind = ERROR_NONE;
    boundary.error.code[0] = '\0';
    return &boundary.error;
}

Error *boundary_enter_checked(void)
{
    Error *err = boundary_enter();
    if (boundary.is_checked) {
        return err;
    }
    (void)error_set(err, ERROR_INTERNAL, "crypto.self_test", "GB/T 37092-2018 7.10",
                    "the self-test has not passed");
    return NULL;
}

void boundary_mark_checked(bool passed)
{
    boundary.is_checked = passed;
}

int browser_error_kind(void)
{
    return (int)boundary.error.kind;
}

const char *browser_error_code(void)
{
    return boundary.error.code;
}

bool boundary_take(const uint8_t *data, size_t len, Bytes *ret, Error *err)
{
    if (len > BROWSER_DATA_MAX) {
        return error_set(err, ERROR_LIMIT, "browser.size", NULL,
                         "an argument is longer than %d bytes", BROWSER_DATA_MAX);
    }
    *ret = bytes_of(data, len);
    return true;
}

bool boundary_take_public_key(const uint8_t point[SM2_POINT_SIZE], Sm2PublicKey *ret, Error *err)
{
    return sm2_public_key_new(bytes_of(point, SM2_POINT_SIZE), ret, err);
}

uint8_t *browser_take(size_t len)
{
    return len == 0 || len > 2 * BROWSER_DATA_MAX + 4096 ? NULL : calloc(1, len);
}

void browser_give(uint8_t *memory, size_t len)
{
    if (memory != NULL) {
        secret_wipe(memory, len);
        free(memory);
    }
}

static void release(ObjectKind kind, void *object, size_t size)
{
    if (kind == OBJECT_KEY) {
        sm2_private_key_free(object);
    } else {
        locked_free(object, size);
    }
}

BrowserHandle object_keep(ObjectKind kind, void *object, size_t size, Error *err)
{
    for (uint32_t i = 0; i < BROWSER_OBJECTS_MAX; i++) {
        Slot *slot = &boundary.slots[i];
        if (slot->kind == OBJECT_NONE && slot->generation < GENERATION_MAX) {
            *slot = (Slot){object, size, kind, slot->generation + 1};
            return slot->generation << INDEX_BITS | i;
        }
    }
    release(kind, object, size);
    return error_set(err, ERROR_LIMIT, "browser.objects", NULL, "there are %d objects already",
                     BROWSER_OBJECTS_MAX);
}

static Slot *find_slot(BrowserHandle handle)
{
    Slot *slot = &boundary.slots[handle % BROWSER_OBJECTS_MAX];
    return slot->kind != OBJECT_NONE && slot->generation == handle >> INDEX_BITS ? slot : NULL;
}

static bool fail_handle(Error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "browser.handle", NULL,
                     "the object does not exist or was destroyed");
}

void *object_find(BrowserHandle handle, ObjectKind kind, Error *err)
{
    Slot *slot = find_slot(handle);
    if (slot == NULL || slot->kind != kind) {
        (void)fail_handle(err);
        return NULL;
    }
    return slot->object;
}

static void empty_slot(Slot *slot)
{
    release(slot->kind, slot->object, slot->size);
    *slot = (Slot){.generation = slot->generation};
}

bool browser_destroy(BrowserHandle object)
{
    Error *err = boundary_enter();
    Slot *slot = find_slot(object);
    if (slot == NULL) {
        return fail_handle(err);
    }
    empty_slot(slot);
    return true;
}

void browser_destroy_all(void)
{
    for (size_t i = 0; i < BROWSER_OBJECTS_MAX; i++) {
        if (boundary.slots[i].kind != OBJECT_NONE) {
            empty_slot(&boundary.slots[i]);
        }
    }
}
