// SPDX-License-Identifier: Apache-2.0
//
// A token in software: the functions of GM/T 0016 over files, as the shared library
// assent-softskf.so. For development and tests: it protects keys no better than files do.
//
// ASSENT_SOFTSKF_DIR names its directory. Each application is a directory in it, each container one
// in that, with sign.key, enc.key (PKCS#8 PEM under a password that only the PIN gives), sign.pub,
// enc.pub, sign.crt, enc.crt. A fresh directory gets the application "assent" with the user PIN
// 12345678, as tokens are delivered. A PIN is counted down on disk before it is looked at; after
// ten wrong ones it is locked for good.
//
// ASSENT_SOFTSKF_FAULTS, for tests only and unset by default, names a file of lines: "removed"
// (every call fails as if it were pulled out), "wrong_signature" (one bit of signatures is wrong),
// "wrong_pair" (another encryption key is kept than was sent).
//
// Every function returns SAR_OK or the code that the standard gives for the failure. A handle
// serves one thread at a time. Handles are checked as far as a mark in them allows. Source: GM/T
// 0016-2012 7.
#ifndef ASSENT_BASE_SOFTSKF_SOFTSKF_H
#define ASSENT_BASE_SOFTSKF_SOFTSKF_H

#include "base/device/skf_abi.h"

#define SOFTSKF_APPLICATION "assent"
#define SOFTSKF_PIN "12345678"
enum { SOFTSKF_TRIES = 10 };

// The library exports these and nothing else.
#define SOFTSKF_EXPORT __attribute__((visibility("default")))

SOFTSKF_EXPORT SkfEnumDev SKF_EnumDev;
SOFTSKF_EXPORT SkfConnectDev SKF_ConnectDev;
SOFTSKF_EXPORT SkfOfHandle SKF_DisConnectDev;
SOFTSKF_EXPORT SkfGetDevInfo SKF_GetDevInfo;
SOFTSKF_EXPORT SkfCreateApplication SKF_CreateApplication;
SOFTSKF_EXPORT SkfEnumNames SKF_EnumApplication;
SOFTSKF_EXPORT SkfOpenNamed SKF_OpenApplication;
SOFTSKF_EXPORT SkfOfHandle SKF_CloseApplication;
SOFTSKF_EXPORT SkfGetPinInfo SKF_GetPINInfo;
SOFTSKF_EXPORT SkfVerifyPin SKF_VerifyPIN;
SOFTSKF_EXPORT SkfChangePin SKF_ChangePIN;
SOFTSKF_EXPORT SkfOfHandle SKF_ClearSecureState;
SOFTSKF_EXPORT SkfEnumNames SKF_EnumContainer;
SOFTSKF_EXPORT SkfOpenNamed SKF_CreateContainer;
SOFTSKF_EXPORT SkfOpenNamed SKF_OpenContainer;
SOFTSKF_EXPORT SkfDeleteNamed SKF_DeleteContainer;
SOFTSKF_EXPORT SkfOfHandle SKF_CloseContainer;
SOFTSKF_EXPORT SkfGetContainerType SKF_GetContainerType;
SOFTSKF_EXPORT SkfImportCertificate SKF_ImportCertificate;
SOFTSKF_EXPORT SkfExportBlob SKF_ExportCertificate;
SOFTSKF_EXPORT SkfExportBlob SKF_ExportPublicKey;
SOFTSKF_EXPORT SkfGenRandom SKF_GenRandom;
SOFTSKF_EXPORT SkfGenEccKeyPair SKF_GenECCKeyPair;
SOFTSKF_EXPORT SkfImportEccKeyPair SKF_ImportECCKeyPair;
SOFTSKF_EXPORT SkfEccSignData SKF_ECCSignData;
SOFTSKF_EXPORT SkfEccVerify SKF_ECCVerify;
SOFTSKF_EXPORT SkfDigestInit SKF_DigestInit;
SOFTSKF_EXPORT SkfDigestUpdate SKF_DigestUpdate;
SOFTSKF_EXPORT SkfDigestFinal SKF_DigestFinal;
SOFTSKF_EXPORT SkfOfHandle SKF_CloseHandle;

#endif
