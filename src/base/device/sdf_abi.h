// SPDX-License-Identifier: Apache-2.0
//
// The binary interface of cryptographic devices: the structures, numbers and prototypes that
// assent needs, with the names of the standard. Arrays of 64 bytes hold a 256-bit number in
// their last 32 bytes, the rest is zero.
// Source: GM/T 0018-2012 5, 6, annex A; GB/T 36322-2018. SDF_InternalDecrypt_ECC is not in the
// edition of 2012; this is the form that devices offer since.
#ifndef ASSENT_BASE_DEVICE_SDF_ABI_H
#define ASSENT_BASE_DEVICE_SDF_ABI_H

enum {
    SGD_SM3 = 0x00000001,
    SGD_SM2_1 = 0x00020200,  // SM2 signature
    SGD_SM2_3 = 0x00020800,  // SM2 encryption
};

// The standard leaves the room for a ciphertext to the caller; this is what assent gives.
enum { ECCref_MAX_BITS = 512, ECCref_MAX_LEN = 64, ECCCipher_MAX_LEN = 1024 };

enum {
    SDR_OK = 0,
    SDR_BASE = 0x01000000,
    SDR_UNKNOWERR = SDR_BASE + 0x01,
    SDR_NOTSUPPORT = SDR_BASE + 0x02,
    SDR_COMMFAIL = SDR_BASE + 0x03,
    SDR_HARDFAIL = SDR_BASE + 0x04,
    SDR_OPENDEVICE = SDR_BASE + 0x05,
    SDR_OPENSESSION = SDR_BASE + 0x06,
    SDR_PARDENY = SDR_BASE + 0x07,
    SDR_KEYNOTEXIST = SDR_BASE + 0x08,
    SDR_ALGNOTSUPPORT = SDR_BASE + 0x09,
    SDR_ALGMODNOTSUPPORT = SDR_BASE + 0x0a,
    SDR_PKOPERR = SDR_BASE + 0x0b,
    SDR_SKOPERR = SDR_BASE + 0x0c,
    SDR_SIGNERR = SDR_BASE + 0x0d,
    SDR_VERIFYERR = SDR_BASE + 0x0e,
    SDR_SYMOPERR = SDR_BASE + 0x0f,
    SDR_STEPERR = SDR_BASE + 0x10,
    SDR_FILESIZEERR = SDR_BASE + 0x11,
    SDR_FILENOEXIST = SDR_BASE + 0x12,
    SDR_FILEOFSERR = SDR_BASE + 0x13,
    SDR_KEYTYPEERR = SDR_BASE + 0x14,
    SDR_KEYERR = SDR_BASE + 0x15,
    SDR_ENCDATAERR = SDR_BASE + 0x16,
    SDR_RANDERR = SDR_BASE + 0x17,
    SDR_PRKRERR = SDR_BASE + 0x18,
    SDR_MACERR = SDR_BASE + 0x19,
    SDR_FILEEXISTS = SDR_BASE + 0x1a,
    SDR_FILEWERR = SDR_BASE + 0x1b,
    SDR_NOBUFFER = SDR_BASE + 0x1c,
    SDR_INARGERR = SDR_BASE + 0x1d,
    SDR_OUTARGERR = SDR_BASE + 0x1e,
};

#pragma pack(push, 1)

typedef struct {
    unsigned char IssuerName[40];
    unsigned char DeviceName[16];
    unsigned char DeviceSerial[16];
    unsigned int DeviceVersion;
    unsigned int StandardVersion;
    unsigned int AsymAlgAbility[2];
    unsigned int SymAlgAbility;
    unsigned int HashAlgAbility;
    unsigned int BufferSize;
} DEVICEINFO;

typedef struct {
    unsigned int bits;
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
} ECCrefPublicKey;

typedef struct {
    unsigned int bits;
    unsigned char K[ECCref_MAX_LEN];
} ECCrefPrivateKey;

typedef struct {
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
    unsigned char M[32];
    unsigned int L;
    unsigned char C[ECCCipher_MAX_LEN];
} ECCCipher;

typedef struct {
    unsigned char r[ECCref_MAX_LEN];
    unsigned char s[ECCref_MAX_LEN];
} ECCSignature;

#pragma pack(pop)

// The prototypes, for those that implement the interface and those that load it.
typedef int SdfOpenDevice(void **phDeviceHandle);
typedef int SdfCloseDevice(void *hDeviceHandle);
typedef int SdfOpenSession(void *hDeviceHandle, void **phSessionHandle);
typedef int SdfCloseSession(void *hSessionHandle);
typedef int SdfGetDeviceInfo(void *hSessionHandle, DEVICEINFO *pstDeviceInfo);
typedef int SdfGenerateRandom(void *hSessionHandle, unsigned int uiLength,
                              unsigned char *pucRandom);
typedef int SdfGetPrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex,
                                        unsigned char *pucPassword, unsigned int uiPwdLength);
typedef int SdfReleasePrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex);
typedef int SdfExportPublicKeyEcc(void *hSessionHandle, unsigned int uiKeyIndex,
                                  ECCrefPublicKey *pucPublicKey);
typedef int SdfGenerateKeyPairEcc(void *hSessionHandle, unsigned int uiAlgID,
                                  unsigned int uiKeyBits, ECCrefPublicKey *pucPublicKey,
                                  ECCrefPrivateKey *pucPrivateKey);
typedef int SdfInternalSignEcc(void *hSessionHandle, unsigned int uiISKIndex,
                               unsigned char *pucData, unsigned int uiDataLength,
                               ECCSignature *pucSignature);
typedef int SdfExternalVerifyEcc(void *hSessionHandle, unsigned int uiAlgID,
                                 ECCrefPublicKey *pucPublicKey, unsigned char *pucDataInput,
                                 unsigned int uiInputLength, ECCSignature *pucSignature);
typedef int SdfExternalEncryptEcc(void *hSessionHandle, unsigned int uiAlgID,
                                  ECCrefPublicKey *pucPublicKey, unsigned char *pucData,
                                  unsigned int uiDataLength, ECCCipher *pucEncData);
typedef int SdfInternalDecryptEcc(void *hSessionHandle, unsigned int uiISKIndex,
                                  unsigned int uiAlgID, ECCCipher *pucEncData,
                                  unsigned char *pucData, unsigned int *puiDataLength);
typedef int SdfHashInit(void *hSessionHandle, unsigned int uiAlgID, ECCrefPublicKey *pucPublicKey,
                        unsigned char *pucID, unsigned int uiIDLength);
typedef int SdfHashUpdate(void *hSessionHandle, unsigned char *pucData, unsigned int uiDataLength);
typedef int SdfHashFinal(void *hSessionHandle, unsigned char *pucHash, unsigned int *puiHashLength);

#endif
