// SPDX-License-Identifier: Apache-2.0
//
// Looking for an entry of a list. Large lists are sorted by serial number once: a table of hashes
// would be quicker to make, but who writes the list could make all of them fall together.
#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/crl_entry.h"

enum { ISSUERS_COMPARED = 16 };

// One entry; offsets into Crl.entries.
typedef struct {
    uint32_t entry;
    uint32_t issuer;  // of the entry that names the certificate's issuer, plus one; 0: none does
} Slot;

struct CrlIndex {
    Slot *slots;  // by serial number
};

static Bytes serial_at(const Crl *crl, size_t offset)
{
    Reader reader = reader_of(bytes_from(crl->entries, offset));
    Reader content = der_enter(&reader, DER_SEQUENCE);
    return der_integer(&content);
}

static int serial_compare(Bytes a, Bytes b)
{
    return a.len != b.len ? (a.len < b.len ? -1 : 1) : bytes_compare(a, b);
}

static Bytes issuer_of(const Crl *crl, Slot slot)
{
    Reader reader = reader_of(bytes_from(crl->entries, slot.issuer == 0 ? 0 : slot.issuer - 1));
    CrlEntryTraits traits = {0};
    CrlEntry entry;
    bool is_named = slot.issuer != 0 && crl_entry_read(&reader, &entry, &traits);
    return is_named ? entry.certificate_issuer : crl->issuer;
}

// --- making -----------------------------------------------------------------------------------

// Merge two sorted runs of `from` into `to`.
static void merge(const Crl *crl, const Slot *from, Slot *to, size_t middle, size_t end)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < end; i++) {
        bool take_left = left < middle &&
                         (right >= end || serial_compare(serial_at(crl, from[left].entry),
                                                         serial_at(crl, from[right].entry)) <= 0);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

static Slot *sort(const Crl *crl, Slot *slots, Slot *spare)
{
    size_t count = crl->entry_count;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            size_t left = count - begin < width ? count - begin : width;
            size_t both = count - begin < 2 * width ? count - begin : 2 * width;
            merge(crl, &slots[begin], &spare[begin], left, both);
        }
        Slot *sorted = spare;
        spare = slots;
        slots = sorted;
    }
    return slots;
}

// Note where every entry is; false when they are not sorted yet.
static bool fill(const Crl *crl, Slot *slots)
{
    CrlCursor cursor = {0};
    CrlEntry entry;
    Bytes last_serial = BYTES_EMPTY, last_issuer = BYTES_EMPTY;
    uint32_t issuer = 0;
    bool is_sorted = true;
    for (size_t i = 0; i < crl->entry_count; i++) {
        uint32_t position = (uint32_t)cursor.position;
        if (!crl_next(crl, &cursor, &entry)) {
            break;
        }
        if (entry.certificate_issuer.data != last_issuer.data) {
            last_issuer = entry.certificate_issuer;
            issuer = position + 1;
        }
        is_sorted = is_sorted && serial_compare(last_serial, entry.revocation.serial) <= 0;
        last_serial = entry.revocation.serial;
        slots[i] = (Slot){position, issuer};
    }
    return is_sorted;
}

static bool has_duplicates(const Crl *crl, const Slot *slots)
{
    for (size_t i = 1; i < crl->entry_count; i++) {
        Bytes serial = serial_at(crl, slots[i].entry);
        // Of one serial number there are as many entries as there are issuers; no list of a
        // thousand issuers shall cost a million comparisons.
        size_t first = i > ISSUERS_COMPARED ? i - ISSUERS_COMPARED : 0;
        for (size_t k = i; k-- > first && bytes_equal(serial_at(crl, slots[k].entry), serial);) {
            if (slots[k].issuer == slots[i].issuer ||
                name_matches(issuer_of(crl, slots[k]), issuer_of(crl, slots[i]))) {
                return true;
            }
        }
    }
    return false;
}

bool crl_index_entries(Arena *arena, Crl *crl, Error *err)
{
    if (crl->entry_count < 2) {
        return true;
    }
    CrlIndex *index = arena_alloc(arena, sizeof *index);
    Slot *slots = arena_alloc(arena, crl->entry_count * sizeof *slots);
    if (index == NULL || slots == NULL) {
        return error_memory(err);
    }
    index->slots = slots;
    if (!fill(crl, slots)) {
        CLEANUP(arena_cleanup)
        Arena *scratch = arena_new(crl->entry_count * sizeof *slots + 4096);
        Slot *spare =
            scratch == NULL ? NULL : arena_alloc(scratch, crl->entry_count * sizeof *spare);
        if (spare == NULL) {
            return error_memory(err);
        }
        const Slot *sorted = sort(crl, slots, spare);
        if (sorted != slots) {
            memcpy(slots, sorted, crl->entry_count * sizeof *slots);
        }
    }
    crl->has_duplicates = has_duplicates(crl, slots);
    crl->index = index;
    return true;
}

// --- looking up -------------------------------------------------------------------------------

static bool read_at(const Crl *crl, Slot slot, CrlEntry *ret)
{
    Reader reader = reader_of(bytes_from(crl->entries, slot.entry));
    CrlEntryTraits traits = {0};
    return crl_entry_read(&reader, ret, &traits);
}

static bool find_sorted(const Crl *crl, Bytes issuer, Bytes serial, CrlEntry *ret)
{
    const Slot *slots = crl->index->slots;
    size_t low = 0, high = crl->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (serial_compare(serial_at(crl, slots[middle].entry), serial) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < crl->entry_count && bytes_equal(serial_at(crl, slots[low].entry), serial); low++) {
        Bytes named = issuer_of(crl, slots[low]);
        if (name_matches(named, issuer)) {
            bool found = read_at(crl, slots[low], ret);
            ret->certificate_issuer = slots[low].issuer == 0 ? BYTES_EMPTY : named;
            return found;
        }
    }
    return false;
}

bool crl_find_of(const Crl *crl, Bytes certificate_issuer, Bytes serial, CrlEntry *ret)
{
    if (crl->index != NULL) {
        return find_sorted(crl, certificate_issuer, serial, ret);
    }
    CrlCursor cursor = {0};
    for (CrlEntry entry; crl_next(crl, &cursor, &entry);) {
        if (bytes_equal(entry.revocation.serial, serial) &&
            name_matches(entry.certificate_issuer.len > 0 ? entry.certificate_issuer : crl->issuer,
                         certificate_issuer)) {
            *ret = entry;
            return true;
        }
    }
    return false;
}

bool crl_find(const Crl *crl, Bytes serial, Revocation *ret)
{
    CrlEntry entry;
    if (!crl_find_of(crl, crl->issuer, serial, &entry)) {
        return false;
    }
    *ret = entry.revocation;
    return true;
}
