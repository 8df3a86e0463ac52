// SPDX-License-Identifier: Apache-2.0
//
// Return codes of tokens as errors.
#ifndef ASSENT_BASE_DEVICE_SKF_ERROR_H
#define ASSENT_BASE_DEVICE_SKF_ERROR_H

#include "base/core/error.h"
#include "base/device/skf_abi.h"

// The standard's name of a code ("SAR_PIN_LOCKED"); "a code of the vendor" for any other.
const char *skf_code_name(uint32_t code);
// Fail because `function` returned `code`, which the text names: ERROR_FORBIDDEN "skf.pin" (wrong),
// "skf.pin_locked", "skf.login" (not verified), "skf.key_usage"; ERROR_NOT_FOUND
// "skf.no_application", "skf.no_key", "skf.no_certificate"; ERROR_UNTRUSTED "skf.envelope"; else
// ERROR_UNAVAILABLE "skf.removed", "skf.device". Returns false.
bool skf_fail(const char *function, uint32_t code, Error *err);

#endif
