// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    size_t offset;  // of the pointer in SdfLibrary
    bool is_optional;
} SdfSymbol;

static const SdfSymbol symbols[] = {
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

static bool resolve(SdfLibrary *library, const char *path, Error *err)
{
    char missing[ERROR_TEXT_SIZE / 2] = "";
    size_t len = 0;
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        void *symbol = dlsym(library->handle, symbols[i].name);
        // ISO C has no conversion from an object pointer to a function pointer; POSIX has them
        // alike in memory.
        memcpy((char *)library + symbols[i].offset, &symbol, sizeof symbol);
        if (symbol == NULL && !symbols[i].is_optional && len < sizeof missing) {
            len += (size_t)snprintf(&missing[len], sizeof missing - len, " %s", symbols[i].name);
        }
    }
    return len == 0 || error_set(err, ERROR_INPUT, "sdf.symbols", "GM/T 0018-2012 6",
                                 "%.100s lacks%s", path, missing);
}

bool sdf_library_open(const char *path, SdfLibrary *ret, Error *err)
{
    SdfLibrary library = {.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (library.handle == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "sdf.library", NULL,
                         "the device's library does not load: %s", dlerror());
    }
    if (!resolve(&library, path, err)) {
        sdf_library_close(&library);
        return false;
    }
    *ret = library;
    return true;
}

void sdf_library_close(SdfLibrary *library)
{
    if (library->handle != NULL) {
        dlclose(library->handle);
        library->handle = NULL;
    }
}
