// SPDX-License-Identifier: Apache-2.0
#include "base/curve/once.h"

void curve_once(CurveOnce *once, void (*compute)(void))
{
    (void)pthread_once(once, compute);
}
