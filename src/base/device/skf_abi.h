// SPDX-License-Identifier: Apache-2.0
//
// The binary interface of intelligent password keys (USB tokens): the structures, numbers and
// prototypes that assent needs, with the names of the standard. ULONG, BOOL and DWORD have 32 bits;
// structures are packed. Arrays of 64 bytes hold a 256-bit number in their last 32 bytes, the rest
// is zero.
// Source: GM/T 0016-2012 6, 7, annex A; GB/T 35291-2017.
#ifndef ASSENT_BASE_DEVICE_SKF_ABI_H
#define ASSENT_BASE_DEVICE_SKF_ABI_H

#include <stdint.h>

#include "base/device/sdf_abi.h"

enum { SGD_SM4_ECB = 0x00000401 };

enum {
    SKF_COORDINATE_SIZE = 64,
    SKF_CIPHER_SIZE = 256,  // room that assent gives for the text in ECCCIPHERBLOB; one byte there
    SKF_NAME_SIZE = 64,     // of devices, applications, containers, with the ending zero
    SKF_PIN_SIZE = 17,      // 6 to 16 characters and the ending zero
    SKF_PIN_MIN = 6,
    SKF_USER_PIN = 1,
    SKF_CONTAINER_EMPTY = 0,
    SKF_CONTAINER_ECC = 2,
};

enum {
    SAR_OK = 0,
    SAR_BASE = 0x0A000000,
    SAR_FAIL = SAR_BASE + 0x01,
    SAR_UNKNOWNERR = SAR_BASE + 0x02,
    SAR_NOTSUPPORTYETERR = SAR_BASE + 0x03,
    SAR_FILEERR = SAR_BASE + 0x04,
    SAR_INVALIDHANDLEERR = SAR_BASE + 0x05,
    SAR_INVALIDPARAMERR = SAR_BASE + 0x06,
    SAR_NAMELENERR = SAR_BASE + 0x09,
    SAR_KEYUSAGEERR = SAR_BASE + 0x0A,
    SAR_MEMORYERR = SAR_BASE + 0x0E,
    SAR_TIMEOUTERR = SAR_BASE + 0x0F,
    SAR_INDATALENERR = SAR_BASE + 0x10,
    SAR_INDATAERR = SAR_BASE + 0x11,
    SAR_GENRANDERR = SAR_BASE + 0x12,
    SAR_HASHOBJERR = SAR_BASE + 0x13,
    SAR_HASHERR = SAR_BASE + 0x14,
    SAR_KEYNOTFOUNTERR = SAR_BASE + 0x1B,
    SAR_CERTNOTFOUNTERR = SAR_BASE + 0x1C,
    SAR_DECRYPTPADERR = SAR_BASE + 0x1E,
    SAR_BUFFER_TOO_SMALL = SAR_BASE + 0x20,
    SAR_DEVICE_REMOVED = SAR_BASE + 0x23,
    SAR_PIN_INCORRECT = SAR_BASE + 0x24,
    SAR_PIN_LOCKED = SAR_BASE + 0x25,
    SAR_PIN_INVALID = SAR_BASE + 0x26,
    SAR_PIN_LEN_RANGE = SAR_BASE + 0x27,
    SAR_USER_NOT_LOGGED_IN = SAR_BASE + 0x2D,
    SAR_APPLICATION_EXISTS = SAR_BASE + 0x2C,
    SAR_APPLICATION_NOT_EXISTS = SAR_BASE + 0x2E,
    SAR_FILE_NOT_EXIST = SAR_BASE + 0x31,
    SAR_REACH_MAX_CONTAINER_COUNT = SAR_BASE + 0x32,
};

#pragma pack(push, 1)

typedef struct {
    uint8_t major, minor;
} SKF_VERSION;

typedef struct {
    SKF_VERSION Version;
    char Manufacturer[64];
    char Issuer[64];
    char Label[32];
    char SerialNumber[32];
    SKF_VERSION HWVersion;
    SKF_VERSION FirmwareVersion;
    uint32_t AlgSymCap, AlgAsymCap, AlgHashCap, DevAuthAlgId;
    uint32_t TotalSpace, FreeSpace, MaxECCBufferSize, MaxBufferSize;
    uint8_t Reserved[64];
} DEVINFO;

typedef struct {
    uint32_t BitLen;
    uint8_t XCoordinate[SKF_COORDINATE_SIZE];
    uint8_t YCoordinate[SKF_COORDINATE_SIZE];
} ECCPUBLICKEYBLOB;

typedef struct {
    uint8_t r[SKF_COORDINATE_SIZE];
    uint8_t s[SKF_COORDINATE_SIZE];
} ECCSIGNATUREBLOB;

// The standard writes Cipher[1] and means as many bytes as CipherLen says.
typedef struct {
    uint8_t XCoordinate[SKF_COORDINATE_SIZE];
    uint8_t YCoordinate[SKF_COORDINATE_SIZE];
    uint8_t HASH[32];
    uint32_t CipherLen;
    uint8_t Cipher[SKF_CIPHER_SIZE];
} ECCCIPHERBLOB;

typedef struct {
    uint32_t Version;  // 1
    uint32_t ulSymmAlgID;
    uint32_t ulBits;
    uint8_t cbEncryptedPriKey[SKF_COORDINATE_SIZE];  // in its last 32 bytes
    ECCPUBLICKEYBLOB PubKey;
    ECCCIPHERBLOB ECCCipherBlob;
} ENVELOPEDKEYBLOB;

#pragma pack(pop)

// The prototypes, for those that implement the interface and those that load it.
typedef uint32_t SkfEnumDev(int32_t bPresent, char *szNameList, uint32_t *pulSize);
typedef uint32_t SkfConnectDev(char *szName, void **phDev);
typedef uint32_t SkfOfHandle(void *hHandle);
typedef uint32_t SkfGetDevInfo(void *hDev, DEVINFO *pDevInfo);
typedef uint32_t SkfCreateApplication(void *hDev, char *szAppName, char *szAdminPin,
                                      uint32_t dwAdminPinRetryCount, char *szUserPin,
                                      uint32_t dwUserPinRetryCount, uint32_t dwCreateFileRights,
                                      void **phApplication);
// Applications of a device, and containers of an application.
typedef uint32_t SkfEnumNames(void *hParent, char *szNameList, uint32_t *pulSize);
typedef uint32_t SkfOpenNamed(void *hParent, char *szName, void **phChild);
typedef uint32_t SkfDeleteNamed(void *hParent, char *szName);
typedef uint32_t SkfGetPinInfo(void *hApplication, uint32_t ulPINType, uint32_t *pulMaxRetryCount,
                               uint32_t *pulRemainRetryCount, int32_t *pbDefaultPin);
typedef uint32_t SkfChangePin(void *hApplication, uint32_t ulPINType, char *szOldPin,
                              char *szNewPin, uint32_t *pulRetryCount);
typedef uint32_t SkfVerifyPin(void *hApplication, uint32_t ulPINType, char *szPIN,
                              uint32_t *pulRetryCount);
typedef uint32_t SkfGetContainerType(void *hContainer, uint32_t *pulContainerType);
typedef uint32_t SkfImportCertificate(void *hContainer, int32_t bSignFlag, uint8_t *pbCert,
                                      uint32_t ulCertLen);
// Certificates, and public keys as ECCPUBLICKEYBLOB.
typedef uint32_t SkfExportBlob(void *hContainer, int32_t bSignFlag, uint8_t *pbBlob,
                               uint32_t *pulBlobLen);
typedef uint32_t SkfGenRandom(void *hDev, uint8_t *pbRandom, uint32_t ulRandomLen);
typedef uint32_t SkfGenEccKeyPair(void *hContainer, uint32_t ulAlgId, ECCPUBLICKEYBLOB *pBlob);
typedef uint32_t SkfImportEccKeyPair(void *hContainer, ENVELOPEDKEYBLOB *pEnvelopedKeyBlob);
typedef uint32_t SkfEccSignData(void *hContainer, uint8_t *pbDigest, uint32_t ulDigestLen,
                                ECCSIGNATUREBLOB *pSignature);
typedef uint32_t SkfEccVerify(void *hDev, ECCPUBLICKEYBLOB *pECCPubKeyBlob, uint8_t *pbData,
                              uint32_t ulDataLen, ECCSIGNATUREBLOB *pSignature);
typedef uint32_t SkfDigestInit(void *hDev, uint32_t ulAlgID, ECCPUBLICKEYBLOB *pPubKey,
                               uint8_t *pucID, uint32_t ulIDLen, void **phHash);
typedef uint32_t SkfDigestUpdate(void *hHash, uint8_t *pbData, uint32_t ulDataLen);
typedef uint32_t SkfDigestFinal(void *hHash, uint8_t *pHashData, uint32_t *pulHashLen);

#endif
