// SPDX-License-Identifier: Apache-2.0
//
// The library of a device's vendor, loaded at run time.
#ifndef ASSENT_BASE_DEVICE_SDF_LIBRARY_H
#define ASSENT_BASE_DEVICE_SDF_LIBRARY_H

#include "base/core/error.h"
#include "base/device/sdf_abi.h"

// Its functions by name. The last two are NULL in a library without them: it signs only.
typedef struct {
    void *handle;
    SdfOpenDevice *open_device;
    SdfCloseDevice *close_device;
    SdfOpenSession *open_session;
    SdfCloseSession *close_session;
    SdfGetDeviceInfo *get_device_info;
    SdfGenerateRandom *generate_random;
    SdfGetPrivateKeyAccessRight *get_private_key_access_right;
    SdfReleasePrivateKeyAccessRight *release_private_key_access_right;
    SdfExportPublicKeyEcc *export_sign_public_key;
    SdfInternalSignEcc *internal_sign;
    SdfExportPublicKeyEcc *export_enc_public_key;
    SdfInternalDecryptEcc *internal_decrypt;
} SdfLibrary;

// Load the library at `path` (with a slash, or looked for as dlopen does). Runs the library's own
// constructors, in this thread. Fails with ERROR_NOT_FOUND, code "sdf.library" (the loader's
// words), or ERROR_INPUT, code "sdf.symbols", naming every function that is missing.
bool sdf_library_open(const char *path, SdfLibrary *ret, Error *err) MUST_CHECK;
void sdf_library_close(SdfLibrary *library);

#endif
