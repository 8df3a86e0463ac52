// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    size_t offset;  // of the pointer in SkfLibrary
} SkfSymbol;

static const SkfSymbol symbols[] = {
    {"SKF_EnumDev", offsetof(SkfLibrary, enum_devices)},
    {"SKF_ConnectDev", offsetof(SkfLibrary, connect)},
    {"SKF_DisConnectDev", offsetof(SkfLibrary, disconnect)},
    {"SKF_GetDevInfo", offsetof(SkfLibrary, get_device_info)},
    {"SKF_EnumApplication", offsetof(SkfLibrary, enum_applications)},
    {"SKF_OpenApplication", offsetof(SkfLibrary, open_application)},
    {"SKF_CloseApplication", offsetof(SkfLibrary, close_application)},
    {"SKF_VerifyPIN", offsetof(SkfLibrary, verify_pin)},
    {"SKF_EnumContainer", offsetof(SkfLibrary, enum_containers)},
    {"SKF_CreateContainer", offsetof(SkfLibrary, create_container)},
    {"SKF_OpenContainer", offsetof(SkfLibrary, open_container)},
    {"SKF_CloseContainer", offsetof(SkfLibrary, close_container)},
    {"SKF_GetContainerType", offsetof(SkfLibrary, get_container_type)},
    {"SKF_ImportCertificate", offsetof(SkfLibrary, import_certificate)},
    {"SKF_ExportCertificate", offsetof(SkfLibrary, export_certificate)},
    {"SKF_ExportPublicKey", offsetof(SkfLibrary, export_public_key)},
    {"SKF_GenECCKeyPair", offsetof(SkfLibrary, generate_pair)},
    {"SKF_ImportECCKeyPair", offsetof(SkfLibrary, import_pair)},
    {"SKF_ECCSignData", offsetof(SkfLibrary, sign)},
};

static bool resolve(SkfLibrary *library, const char *path, Error *err)
{
    char missing[ERROR_TEXT_SIZE / 2] = "";
    size_t len = 0;
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        void *symbol = dlsym(library->handle, symbols[i].name);
        // ISO C has no conversion from an object pointer to a function pointer; POSIX has them
        // alike in memory.
        memcpy((char *)library + symbols[i].offset, &symbol, sizeof symbol);
        if (symbol == NULL && len < sizeof missing) {
            len += (size_t)snprintf(&missing[len], sizeof missing - len, " %s", symbols[i].name);
        }
    }
    return len == 0 || error_set(err, ERROR_INPUT, "skf.symbols", "GM/T 0016-2012 7",
                                 "%.100s lacks%s", path, missing);
}

bool skf_library_open(const char *path, SkfLibrary *ret, Error *err)
{
    SkfLibrary library = {.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (library.handle == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "skf.library", NULL,
                         "the token's library does not load: %s", dlerror());
    }
    if (!resolve(&library, path, err)) {
        skf_library_close(&library);
        return false;
    }
    *ret = library;
    return true;
}

void skf_library_close(SkfLibrary *library)
{
    if (library->handle != NULL) {
        dlclose(library->handle);
        library->handle = NULL;
    }
}
