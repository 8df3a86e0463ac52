// SPDX-License-Identifier: Apache-2.0
#include "base/browser/boundary.h"
#include "base/crypto/self_test.h"

bool browser_start(void)
{
    Error *err = boundary_enter();
    bool passed = crypto_self_test(err);
    boundary_mark_checked(passed);
    return passed;
}
