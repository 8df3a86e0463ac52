// SPDX-License-Identifier: Apache-2.0
#include "wasm/json/jansson.h"
#include "wasm/json/trial_fixture.h"

TRIAL_DEFINE(trial_of_own)
