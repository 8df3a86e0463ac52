// SPDX-License-Identifier: Apache-2.0
//
// A cryptographic device in software: the functions of GM/T 0018 over key files, as the shared
// library assent-softsdf.so. For development and tests: it protects keys no better than files do.
//
// ASSENT_SOFTSDF_DIR names the directory of the keys. The signing pair with index N is
// sign-N.key (PKCS#8 PEM, encrypted with the password of its access right) and sign-N.pub
// (SubjectPublicKeyInfo PEM), the encryption pair enc-N.key and enc-N.pub:
//
//     openssl genpkey -algorithm SM2 -out sign-1.key
//     openssl pkey -in sign-1.key -pubout -out sign-1.pub
//
// ASSENT_SOFTSDF_FAULTS, for tests only and unset by default, names a file that makes the device
// misbehave (softsdf_fault.h).
//
// Every function returns SDR_OK or the code that the standard gives for the failure. A session
// serves one thread at a time. Handles are checked as far as a mark in them allows.
// Source: GM/T 0018-2012 6.
#ifndef ASSENT_BASE_SOFTSDF_SOFTSDF_H
#define ASSENT_BASE_SOFTSDF_SOFTSDF_H

#include "base/device/sdf_abi.h"

// The library exports these and nothing else.
#define SOFTSDF_EXPORT __attribute__((visibility("default")))

SOFTSDF_EXPORT SdfOpenDevice SDF_OpenDevice;
SOFTSDF_EXPORT SdfCloseDevice SDF_CloseDevice;
SOFTSDF_EXPORT SdfOpenSession SDF_OpenSession;
SOFTSDF_EXPORT SdfCloseSession SDF_CloseSession;
SOFTSDF_EXPORT SdfGetDeviceInfo SDF_GetDeviceInfo;
SOFTSDF_EXPORT SdfGenerateRandom SDF_GenerateRandom;
// Gives the right to the signing and the encryption key of an index; both have one password.
SOFTSDF_EXPORT SdfGetPrivateKeyAccessRight SDF_GetPrivateKeyAccessRight;
SOFTSDF_EXPORT SdfReleasePrivateKeyAccessRight SDF_ReleasePrivateKeyAccessRight;
SOFTSDF_EXPORT SdfExportPublicKeyEcc SDF_ExportSignPublicKey_ECC;
SOFTSDF_EXPORT SdfExportPublicKeyEcc SDF_ExportEncPublicKey_ECC;
SOFTSDF_EXPORT SdfGenerateKeyPairEcc SDF_GenerateKeyPair_ECC;
SOFTSDF_EXPORT SdfInternalSignEcc SDF_InternalSign_ECC;
SOFTSDF_EXPORT SdfInternalSignEcc SDF_InternalVerify_ECC;
SOFTSDF_EXPORT SdfExternalVerifyEcc SDF_ExternalVerify_ECC;
SOFTSDF_EXPORT SdfExternalEncryptEcc SDF_ExternalEncrypt_ECC;
SOFTSDF_EXPORT SdfInternalDecryptEcc SDF_InternalDecrypt_ECC;
SOFTSDF_EXPORT SdfHashInit SDF_HashInit;
SOFTSDF_EXPORT SdfHashUpdate SDF_HashUpdate;
SOFTSDF_EXPORT SdfHashFinal SDF_HashFinal;

#endif
