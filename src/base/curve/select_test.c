// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#include "base/test/test.h"

static void check_select(PointSelect *select)
{
    AffinePoint row[POINT_TABLE_COLUMNS], selected;
    for (uint64_t i = 0; i < POINT_TABLE_COLUMNS; i++) {
        row[i] = (AffinePoint){{{i + 1, ~i, i << 40, 1}}, {{7 * i, UINT64_MAX - i, 3, i << 56}}};
    }
    for (uint64_t magnitude = 1; magnitude <= POINT_TABLE_COLUMNS; magnitude++) {
        select(&selected, row, magnitude);
        CHECK((field_equal(&selected.x, &row[magnitude - 1].x) &
               field_equal(&selected.y, &row[magnitude - 1].y)) != 0);
    }
    select(&selected, row, 0);
    CHECK((field_is_zero(&selected.x) & field_is_zero(&selected.y)) != 0);
}

TEST(portable_selection_gives_each_entry_of_a_row_and_zeros)
{
    check_select(point_select_portable);
}

TEST(avx2_selection_gives_each_entry_of_a_row_and_zeros)
{
    PointSelect *select = point_select_avx2();
    if (select == NULL) {
        test_skip("this CPU has no AVX2");
    }
    check_select(select);
}
