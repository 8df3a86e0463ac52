// SPDX-License-Identifier: Apache-2.0
//
// Secret look-ups in tables, for the paths of base/curve only: all of a row is read, whatever is
// asked for.
#ifndef ASSENT_BASE_CURVE_SELECT_H
#define ASSENT_BASE_CURVE_SELECT_H

#include <stdint.h>

enum { SELECT_COLUMNS = 64, SELECT_ENTRY_SIZE = 64 };

// Copy entry `column` (below SELECT_COLUMNS) of a row, in constant time. Entries are aligned to
// their size.
typedef void RowSelect(void *ret, const void *row, uint64_t column);

RowSelect row_select_portable;
// NULL where the CPU has no AVX2, no AVX-512.
RowSelect *row_select_avx2(void);
RowSelect *row_select_avx512(void);
// The fastest one that cpu_has() allows.
RowSelect *row_select_best(void);

#endif
