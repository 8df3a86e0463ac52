// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#include <string.h>

#include "base/test/test.h"

static void check_select(const Selector *select)
{
    static _Alignas(SELECT_ENTRY_SIZE) uint8_t row[SELECT_COLUMNS][SELECT_ENTRY_SIZE];
    for (size_t i = 0; i < SELECT_COLUMNS; i++) {
        for (size_t j = 0; j < SELECT_ENTRY_SIZE; j++) {
            row[i][j] = (uint8_t)(i * 97 + j * 31 + i * j);
        }
    }
    for (size_t column = 0; column < SELECT_COLUMNS; column++) {
        Selection selection;
        select->start(&selection, row, column);
        for (unsigned i = 0; i < SELECT_STEPS; i++) {
            select->step(&selection, (5 * i + 3) % SELECT_STEPS);
        }
        CHECK_BYTES(bytes_of((const uint8_t *)selection.selected, SELECT_ENTRY_SIZE),
                    BYTES_OF_ARRAY(row[column]));
    }
}

TEST(portable_selection_gives_each_entry_of_a_row)
{
    check_select(&SELECTOR_PORTABLE);
}

TEST(avx2_selection_gives_each_entry_of_a_row)
{
    const Selector *select = selector_avx2();
    if (select == NULL) {
        test_skip("this CPU has no AVX2");
    }
    check_select(select);
}

TEST(avx512_selection_gives_each_entry_of_a_row)
{
    const Selector *select = selector_avx512();
    if (select == NULL) {
        test_skip("this CPU has no AVX-512");
    }
    check_select(select);
}
