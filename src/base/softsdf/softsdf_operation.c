// SPDX-License-Identifier: Apache-2.0
//
// What the device computes.
#include <string.h>

#include "base/device/sdf_blob.h"
#include "base/softsdf/softsdf_fault.h"
#include "base/softsdf/softsdf_state.h"

enum { DER_ROOM = 256 };

static int load_digest(const unsigned char *data, unsigned len, Sm3Digest *ret)
{
    if (data == NULL || len != SM3_SIZE) {
        return SDR_INARGERR;
    }
    memcpy(ret->bytes, data, SM3_SIZE);
    return SDR_OK;
}

int SDF_GenerateKeyPair_ECC(void *hSessionHandle, unsigned int uiAlgID, unsigned int uiKeyBits,
                            ECCrefPublicKey *pucPublicKey, ECCrefPrivateKey *pucPrivateKey)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    int code = softsdf_check_session(hSessionHandle);
    if (code != SDR_OK) {
        return code;
    }
    if (uiAlgID != SGD_SM2_1 && uiAlgID != SGD_SM2_3) {
        return SDR_ALGNOTSUPPORT;
    }
    if (uiKeyBits != 256) {
        return SDR_INARGERR;
    }
    if (pucPublicKey == NULL || pucPrivateKey == NULL) {
        return SDR_OUTARGERR;
    }
    softsdf_delay();
    if (!sm2_key_generate(random_system(), &key, NULL) ||
        !sm2_private_key_scalar(key, &scalar, NULL)) {
        return SDR_RANDERR;
    }
    sdf_put_public_key(sm2_public_key(key), pucPublicKey);
    memset(pucPrivateKey, 0, sizeof *pucPrivateKey);
    pucPrivateKey->bits = 256;
    memcpy(&pucPrivateKey->K[ECCref_MAX_LEN - SM2_SCALAR_SIZE], secret_expose(scalar).data,
           SM2_SCALAR_SIZE);
    return SDR_OK;
}

int SDF_InternalSign_ECC(void *hSessionHandle, unsigned int uiISKIndex, unsigned char *pucData,
                         unsigned int uiDataLength, ECCSignature *pucSignature)
{
    Sm3Digest e;
    Sm2Signature signature;
    int code = softsdf_check_session(hSessionHandle);
    if (code == SDR_OK) {
        code = load_digest(pucData, uiDataLength, &e);
    }
    if (code != SDR_OK) {
        return code;
    }
    if (pucSignature == NULL) {
        return SDR_OUTARGERR;
    }
    softsdf_delay();
    unsigned vendor_code = softsdf_fault(FAULT_VENDOR_CODE);
    if (vendor_code != 0) {
        return (int)vendor_code;
    }
    const SoftRight *right = softsdf_find_right(hSessionHandle, uiISKIndex);
    if (right == NULL) {
        return SDR_PARDENY;
    }
    if (right->sign == NULL) {
        return SDR_KEYNOTEXIST;
    }
    if (!sm2_sign_digest(right->sign, random_system(), &e, &signature, NULL)) {
        return SDR_SIGNERR;
    }
    signature.s[0] ^= (uint8_t)softsdf_fault(FAULT_WRONG_SIGNATURE);
    sdf_put_signature(&signature, pucSignature);
    return SDR_OK;
}

static int verify(const Sm2PublicKey *key, const Sm3Digest *e, const ECCSignature *blob)
{
    Sm2Signature signature;
    return sdf_get_signature(blob, &signature, NULL) && sm2_verify_digest(key, e, &signature)
               ? SDR_OK
               : SDR_VERIFYERR;
}

int SDF_InternalVerify_ECC(void *hSessionHandle, unsigned int uiISKIndex, unsigned char *pucData,
                           unsigned int uiDataLength, ECCSignature *pucSignature)
{
    Sm3Digest e;
    Sm2PublicKey key;
    int code = softsdf_check_session(hSessionHandle);
    if (code == SDR_OK) {
        code = load_digest(pucData, uiDataLength, &e);
    }
    if (code == SDR_OK) {
        code = softsdf_load_public_key("sign", uiISKIndex, &key);
    }
    if (code != SDR_OK) {
        return code;
    }
    return pucSignature == NULL ? SDR_INARGERR : verify(&key, &e, pucSignature);
}

int SDF_ExternalVerify_ECC(void *hSessionHandle, unsigned int uiAlgID,
                           ECCrefPublicKey *pucPublicKey, unsigned char *pucDataInput,
                           unsigned int uiInputLength, ECCSignature *pucSignature)
{
    Sm3Digest e;
    Sm2PublicKey key;
    int code = softsdf_check_session(hSessionHandle);
    if (code == SDR_OK) {
        code = load_digest(pucDataInput, uiInputLength, &e);
    }
    if (code != SDR_OK) {
        return code;
    }
    if (uiAlgID != SGD_SM2_1) {
        return SDR_ALGNOTSUPPORT;
    }
    if (pucPublicKey == NULL || pucSignature == NULL) {
        return SDR_INARGERR;
    }
    return sdf_get_public_key(pucPublicKey, &key, NULL) ? verify(&key, &e, pucSignature)
                                                        : SDR_KEYERR;
}

int SDF_ExternalEncrypt_ECC(void *hSessionHandle, unsigned int uiAlgID,
                            ECCrefPublicKey *pucPublicKey, unsigned char *pucData,
                            unsigned int uiDataLength, ECCCipher *pucEncData)
{
    Sm2PublicKey key;
    CLEANUP(writer_free) Writer der = writer_new(ECCCipher_MAX_LEN + DER_ROOM);
    int code = softsdf_check_session(hSessionHandle);
    if (code != SDR_OK) {
        return code;
    }
    if (uiAlgID != SGD_SM2_3) {
        return SDR_ALGNOTSUPPORT;
    }
    if (pucPublicKey == NULL || pucData == NULL || uiDataLength == 0 ||
        uiDataLength > ECCCipher_MAX_LEN) {
        return SDR_INARGERR;
    }
    if (pucEncData == NULL) {
        return SDR_OUTARGERR;
    }
    if (!sdf_get_public_key(pucPublicKey, &key, NULL)) {
        return SDR_KEYERR;
    }
    softsdf_delay();
    return sm2_encrypt(&key, random_system(), bytes_of(pucData, uiDataLength), &der, NULL) &&
                   sdf_cipher_of_der(writer_bytes(&der), pucEncData, NULL)
               ? SDR_OK
               : SDR_PKOPERR;
}

static int decrypt(const Sm2PrivateKey *key, const ECCCipher *cipher, Writer *ret)
{
    CLEANUP(writer_free) Writer der = writer_new(ECCCipher_MAX_LEN + DER_ROOM);
    if (!sdf_cipher_to_der(cipher, &der, NULL)) {
        return SDR_ENCDATAERR;
    }
    return sm2_decrypt(key, writer_bytes(&der), ret, NULL) ? SDR_OK : SDR_SKOPERR;
}

int SDF_InternalDecrypt_ECC(void *hSessionHandle, unsigned int uiISKIndex, unsigned int uiAlgID,
                            ECCCipher *pucEncData, unsigned char *pucData,
                            unsigned int *puiDataLength)
{
    CLEANUP(writer_free) Writer plaintext = writer_new(ECCCipher_MAX_LEN);
    int code = softsdf_check_session(hSessionHandle);
    if (code != SDR_OK) {
        return code;
    }
    if (uiAlgID != SGD_SM2_3) {
        return SDR_ALGNOTSUPPORT;
    }
    if (pucEncData == NULL) {
        return SDR_INARGERR;
    }
    if (pucData == NULL || puiDataLength == NULL) {
        return SDR_OUTARGERR;
    }
    softsdf_delay();
    const SoftRight *right = softsdf_find_right(hSessionHandle, uiISKIndex);
    if (right == NULL) {
        return SDR_PARDENY;
    }
    if (right->encryption == NULL) {
        return SDR_KEYNOTEXIST;
    }
    code = decrypt(right->encryption, pucEncData, &plaintext);
    if (code != SDR_OK) {
        return code;
    }
    // By the standard the length is an answer only: the caller has room for cipher.L bytes.
    memcpy(pucData, plaintext.data, plaintext.len);
    *puiDataLength = (unsigned)plaintext.len;
    return SDR_OK;
}

int SDF_HashInit(void *hSessionHandle, unsigned int uiAlgID, ECCrefPublicKey *pucPublicKey,
                 unsigned char *pucID, unsigned int uiIDLength)
{
    SoftSession *session = hSessionHandle;
    Sm2PublicKey key;
    Sm3Digest z;
    int code = softsdf_check_session(session);
    if (code != SDR_OK) {
        return code;
    }
    if (uiAlgID != SGD_SM3) {
        return SDR_ALGNOTSUPPORT;
    }
    sm3_start(&session->hash);
    if (pucPublicKey != NULL) {
        // With a public key and an ID the digest begins with Z.
        if (pucID == NULL || uiIDLength == 0) {
            return SDR_INARGERR;
        }
        if (!sdf_get_public_key(pucPublicKey, &key, NULL)) {
            return SDR_KEYERR;
        }
        if (!sm2_z(&key, bytes_of(pucID, uiIDLength), &z, NULL)) {
            return SDR_INARGERR;
        }
        sm3_update(&session->hash, sm3_bytes(&z));
    }
    session->is_hashing = true;
    return SDR_OK;
}

int SDF_HashUpdate(void *hSessionHandle, unsigned char *pucData, unsigned int uiDataLength)
{
    SoftSession *session = hSessionHandle;
    int code = softsdf_check_session(session);
    if (code != SDR_OK) {
        return code;
    }
    if (!session->is_hashing) {
        return SDR_STEPERR;
    }
    if (pucData == NULL && uiDataLength > 0) {
        return SDR_INARGERR;
    }
    sm3_update(&session->hash, bytes_of(pucData, uiDataLength));
    return SDR_OK;
}

int SDF_HashFinal(void *hSessionHandle, unsigned char *pucHash, unsigned int *puiHashLength)
{
    SoftSession *session = hSessionHandle;
    Sm3Digest digest;
    int code = softsdf_check_session(session);
    if (code != SDR_OK) {
        return code;
    }
    if (!session->is_hashing) {
        return SDR_STEPERR;
    }
    if (pucHash == NULL || puiHashLength == NULL) {
        return SDR_OUTARGERR;
    }
    sm3_finish(&session->hash, &digest);
    session->is_hashing = false;
    memcpy(pucHash, digest.bytes, SM3_SIZE);
    *puiHashLength = SM3_SIZE;
    return SDR_OK;
}
