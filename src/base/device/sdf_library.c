// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_library.h"

#include "base/device/vendor_library.h"

static const VendorSymbol symbols[] = {
    {"SDF_OpenDevice", offsetof(SdfLibrary, open_device), false},
    {"SDF_CloseDevice", offsetof(SdfLibrary, close_device), false},
    {"SDF_OpenSession", offsetof(SdfLibrary, open_session), false},
    {"SDF_CloseSession", offsetof(SdfLibrary, close_session), false},
    {"SDF_GetDeviceInfo", offsetof(SdfLibrary, get_device_info), false},
    {"SDF_GenerateRandom", offsetof(SdfLibrary, generate_random), false},
    {"SDF_GetPrivateKeyAccessRight", offsetof(SdfLibrary, get_private_key_access_right), false},
    {"SDF_ReleasePrivateKeyAccessRight", offsetof(SdfLibrary, release_private_key_access_right),
     false},
    {"SDF_ExportSignPublicKey_ECC", offsetof(SdfLibrary, export_sign_public_key), false},
    {"SDF_InternalSign_ECC", offsetof(SdfLibrary, internal_sign), false},
    {"SDF_ExportEncPublicKey_ECC", offsetof(SdfLibrary, export_enc_public_key), true},
    {"SDF_InternalDecrypt_ECC", offsetof(SdfLibrary, internal_decrypt), true},
};

bool sdf_library_open(const char *path, SdfLibrary *ret, Error *err)
{
    static const VendorInterface interface = {
        .symbols = symbols,
        .symbol_count = COUNT_OF(symbols),
        .whose = "the device's",
        .library_code = "sdf.library",
        .symbols_code = "sdf.symbols",
        .clause = "GM/T 0018-2012 6",
    };
    SdfLibrary library;
    if (!vendor_library_open(&interface, path, &library, &library.handle, err)) {
        return false;
    }
    *ret = library;
    return true;
}

void sdf_library_close(SdfLibrary *library)
{
    vendor_library_close(&library->handle);
}
