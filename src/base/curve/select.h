// SPDX-License-Identifier: Apache-2.0
//
// Secret look-ups in tables, for the paths of base/curve only: all of a row is read, whatever is
// asked for. A look-up is done in steps, which the caller puts between the multiplications of the
// point addition before: these leave the vector units idle and wait long for one another.
#ifndef ASSENT_BASE_CURVE_SELECT_H
#define ASSENT_BASE_CURVE_SELECT_H

#include <stdint.h>

enum {
    SELECT_COLUMNS = 64,
    SELECT_ENTRY_SIZE = 64,
    SELECT_GROUP = 8,  // entries that are told apart by one set of masks
    SELECT_GROUPS = SELECT_COLUMNS / SELECT_GROUP,
    SELECT_STEPS = 4,
    SELECT_STEP_GROUPS = SELECT_GROUPS / SELECT_STEPS,
};

typedef struct {
    _Alignas(SELECT_ENTRY_SIZE) uint64_t selected[SELECT_ENTRY_SIZE / sizeof(uint64_t)];
    uint64_t entry_masks[SELECT_GROUP];   // which entry of a group, if it is in that group
    uint64_t group_masks[SELECT_GROUPS];  // in which group
    const uint8_t *row;
} Selection;

typedef struct {
    // Begin to look for entry `column` (below SELECT_COLUMNS) of a row; entries are aligned to
    // their size. After all steps `selected` is that entry. The caller wipes the selection.
    void (*start)(Selection *ret, const void *row, uint64_t column);
    // Do one of the SELECT_STEPS steps, each once, in any order.
    void (*step)(Selection *selection, unsigned step);
} Selector;

extern const Selector SELECTOR_PORTABLE;
// NULL where the CPU has no AVX2, no AVX-512.
const Selector *selector_avx2(void);
const Selector *selector_avx512(void);
// The fastest one that cpu_has() allows.
const Selector *selector_best(void);

#endif
