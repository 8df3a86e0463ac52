// SPDX-License-Identifier: Apache-2.0
//
// Return codes of devices as errors.
#ifndef ASSENT_BASE_DEVICE_SDF_ERROR_H
#define ASSENT_BASE_DEVICE_SDF_ERROR_H

#include "base/core/error.h"
#include "base/device/sdf_abi.h"

// The standard's name of a code ("SDR_HARDFAIL"); "a code of the vendor" for any other.
const char *sdf_code_name(int code);
// True when the session, or the device behind it, may be at fault, so that opening them again
// can help: communication, hardware, lost rights, and whatever the standard does not name.
bool sdf_code_is_of_device(int code);
// Fail because `function` returned `code`, which the text names: ERROR_NOT_FOUND "sdf.no_key",
// ERROR_FORBIDDEN "sdf.access" (password), ERROR_UNTRUSTED "sdf.ciphertext", else ERROR_UNAVAILABLE
// "sdf.device". Returns false.
bool sdf_fail(const char *function, int code, Error *err);

#endif
