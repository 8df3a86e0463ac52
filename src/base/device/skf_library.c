// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_library.h"

#include "base/device/vendor_library.h"

static const VendorSymbol symbols[] = {
    {"SKF_EnumDev", offsetof(SkfLibrary, enum_devices), false},
    {"SKF_ConnectDev", offsetof(SkfLibrary, connect), false},
    {"SKF_DisConnectDev", offsetof(SkfLibrary, disconnect), false},
    {"SKF_GetDevInfo", offsetof(SkfLibrary, get_device_info), false},
    {"SKF_EnumApplication", offsetof(SkfLibrary, enum_applications), false},
    {"SKF_OpenApplication", offsetof(SkfLibrary, open_application), false},
    {"SKF_CloseApplication", offsetof(SkfLibrary, close_application), false},
    {"SKF_VerifyPIN", offsetof(SkfLibrary, verify_pin), false},
    {"SKF_EnumContainer", offsetof(SkfLibrary, enum_containers), false},
    {"SKF_CreateContainer", offsetof(SkfLibrary, create_container), false},
    {"SKF_OpenContainer", offsetof(SkfLibrary, open_container), false},
    {"SKF_CloseContainer", offsetof(SkfLibrary, close_container), false},
    {"SKF_GetContainerType", offsetof(SkfLibrary, get_container_type), false},
    {"SKF_ImportCertificate", offsetof(SkfLibrary, import_certificate), false},
    {"SKF_ExportCertificate", offsetof(SkfLibrary, export_certificate), false},
    {"SKF_ExportPublicKey", offsetof(SkfLibrary, export_public_key), false},
    {"SKF_GenECCKeyPair", offsetof(SkfLibrary, generate_pair), false},
    {"SKF_ImportECCKeyPair", offsetof(SkfLibrary, import_pair), false},
    {"SKF_ECCSignData", offsetof(SkfLibrary, sign), false},
};

bool skf_library_open(const char *path, SkfLibrary *ret, Error *err)
{
    static const VendorInterface interface = {
        .symbols = symbols,
        .symbol_count = COUNT_OF(symbols),
        .whose = "the token's",
        .library_code = "skf.library",
        .symbols_code = "skf.symbols",
        .clause = "GM/T 0016-2012 7",
    };
    SkfLibrary library;
    if (!vendor_library_open(&interface, path, &library, &library.handle, err)) {
        return false;
    }
    *ret = library;
    return true;
}

void skf_library_close(SkfLibrary *library)
{
    vendor_library_close(&library->handle);
}
