// SPDX-License-Identifier: Apache-2.0
//
// The library of a token's vendor, loaded at run time.
#ifndef ASSENT_BASE_DEVICE_SKF_LIBRARY_H
#define ASSENT_BASE_DEVICE_SKF_LIBRARY_H

#include "base/core/error.h"
#include "base/device/skf_abi.h"

// Its functions by name.
typedef struct {
    void *handle;
    SkfEnumDev *enum_devices;
    SkfConnectDev *connect;
    SkfOfHandle *disconnect;
    SkfGetDevInfo *get_device_info;
    SkfEnumNames *enum_applications;
    SkfOpenNamed *open_application;
    SkfOfHandle *close_application;
    SkfVerifyPin *verify_pin;
    SkfEnumNames *enum_containers;
    SkfOpenNamed *create_container;
    SkfOpenNamed *open_container;
    SkfOfHandle *close_container;
    SkfGetContainerType *get_container_type;
    SkfImportCertificate *import_certificate;
    SkfExportBlob *export_certificate;
    SkfExportBlob *export_public_key;
    SkfGenEccKeyPair *generate_pair;
    SkfImportEccKeyPair *import_pair;
    SkfEccSignData *sign;
} SkfLibrary;

// Load the library at `path` (with a slash, or looked for as dlopen does). Runs the library's own
// constructors, in this thread. Fails with ERROR_NOT_FOUND, code "skf.library" (the loader's
// words), or ERROR_INPUT, code "skf.symbols", naming every function that is missing.
bool skf_library_open(const char *path, SkfLibrary *ret, Error *err) MUST_CHECK;
void skf_library_close(SkfLibrary *library);

#endif
