// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"

#if defined(__x86_64__)

#include "base/core/attributes.h"
#include "base/core/cpu.h"
#include "base/curve/field64_x86.h"
#include "base/curve/invert.h"

#include "base/curve/field64.inc"
#include "base/curve/field64_test.inc"

static void need_adx(void)
{
    if (!cpu_could(CPU_ADX)) {
        test_skip("this CPU has no BMI2 and ADX");
    }
}

TEST(x86_field_operations_agree_with_openssl_at_carry_edges_and_at_random)
{
    need_adx();
    check_operations();
}

TEST(x86_field_results_may_replace_operands)
{
    need_adx();
    check_in_place();
}

TEST(x86_field_conversions_and_inverses_are_right)
{
    need_adx();
    check_conversions();
}

#endif
