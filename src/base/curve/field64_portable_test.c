// SPDX-License-Identifier: Apache-2.0
#include "base/curve/field64_portable.h"

#include "base/core/attributes.h"
#include "base/curve/invert.h"
#include "base/test/test.h"

#include "base/curve/field64.inc"
#include "base/curve/field64_test.inc"

TEST(portable_field_operations_agree_with_openssl_at_carry_edges_and_at_random)
{
    check_operations();
}

TEST(portable_field_results_may_replace_operands)
{
    check_in_place();
}

TEST(portable_field_conversions_and_inverses_are_right)
{
    check_conversions();
}
