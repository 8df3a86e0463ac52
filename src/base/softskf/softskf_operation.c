// SPDX-License-Identifier: Apache-2.0
//
// What the token computes, and the certificates it carries.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/device/skf_blob.h"
#include "base/sm4/sm4.h"
#include "base/softskf/softskf_state.h"

enum { DATA_MAX = 1 << 20, WRAPPED_MAX_SIZE = 512 };

static const char *use_name(int32_t is_sign)
{
    return is_sign != 0 ? "sign" : "enc";
}

uint32_t SKF_GetContainerType(void *hContainer, uint32_t *pulContainerType)
{
    Sm2PublicKey key;
    uint32_t code = softskf_check_container(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    if (pulContainerType == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    bool has_key = softskf_public_key_read(hContainer, "sign", &key) == SAR_OK ||
                   softskf_public_key_read(hContainer, "enc", &key) == SAR_OK;
    *pulContainerType = has_key ? SKF_CONTAINER_ECC : SKF_CONTAINER_EMPTY;
    return SAR_OK;
}

uint32_t SKF_ImportCertificate(void *hContainer, int32_t bSignFlag, uint8_t *pbCert,
                               uint32_t ulCertLen)
{
    char path[SOFTSKF_PATH_SIZE];
    const SoftContainer *container = hContainer;
    uint32_t code = softskf_check_login(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    if (pbCert == NULL || ulCertLen == 0 || ulCertLen > SOFTSKF_FILE_MAX) {
        return SAR_INVALIDPARAMERR;
    }
    snprintf(path, sizeof path, "%s/%s.crt", container->path, use_name(bSignFlag));
    return softskf_file_write(path, bytes_of(pbCert, ulCertLen)) ? SAR_OK : SAR_FILEERR;
}

uint32_t SKF_ExportCertificate(void *hContainer, int32_t bSignFlag, uint8_t *pbBlob,
                               uint32_t *pulBlobLen)
{
    char path[SOFTSKF_PATH_SIZE];
    const SoftContainer *container = hContainer;
    CLEANUP(writer_free) Writer content = writer_new(SOFTSKF_FILE_MAX);
    uint32_t code = softskf_check_container(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    snprintf(path, sizeof path, "%s/%s.crt", container->path, use_name(bSignFlag));
    return softskf_file_read(path, &content)
               ? softskf_answer(writer_bytes(&content), pbBlob, pulBlobLen)
               : SAR_CERTNOTFOUNTERR;
}

uint32_t SKF_ExportPublicKey(void *hContainer, int32_t bSignFlag, uint8_t *pbBlob,
                             uint32_t *pulBlobLen)
{
    Sm2PublicKey key;
    ECCPUBLICKEYBLOB blob;
    uint32_t code = softskf_check_container(hContainer);
    if (code == SAR_OK) {
        code = softskf_public_key_read(hContainer, use_name(bSignFlag), &key);
    }
    if (code != SAR_OK) {
        return code;
    }
    skf_put_public_key(&key, &blob);
    return softskf_answer(bytes_of(&blob, sizeof blob), pbBlob, pulBlobLen);
}

uint32_t SKF_GenRandom(void *hDev, uint8_t *pbRandom, uint32_t ulRandomLen)
{
    uint32_t code = softskf_check_token(hDev);
    if (code != SAR_OK) {
        return code;
    }
    if (pbRandom == NULL || ulRandomLen > DATA_MAX) {
        return SAR_INVALIDPARAMERR;
    }
    return random_fill(random_system(), pbRandom, ulRandomLen, NULL) ? SAR_OK : SAR_GENRANDERR;
}

uint32_t SKF_GenECCKeyPair(void *hContainer, uint32_t ulAlgId, ECCPUBLICKEYBLOB *pBlob)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    uint32_t code = softskf_check_login(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    if (pBlob == NULL || ulAlgId != SGD_SM2_1) {
        return SAR_INVALIDPARAMERR;
    }
    if (!sm2_key_generate(random_system(), &key, NULL)) {
        return SAR_GENRANDERR;
    }
    code = softskf_key_write(hContainer, "sign", key);
    if (code == SAR_OK) {
        skf_put_public_key(sm2_public_key(key), pBlob);
    }
    return code;
}

// Decrypt the private key with the key for SM4. NULL when it is not the announced one.
static Sm2PrivateKey *unwrap(const SkfEnvelope *envelope, Bytes sm4_key)
{
    Sm4 sm4;
    Sm2PrivateKey *key = NULL;
    uint8_t plain[SKF_COORDINATE_SIZE];
    Bytes encrypted = envelope->encrypted_scalar;
    if (sm4_key.len != SM4_KEY_SIZE) {
        return NULL;
    }
    sm4_init(&sm4, sm4_key.data);
    for (size_t at = 0; at < encrypted.len; at += SM4_BLOCK_SIZE) {
        sm4_decrypt_block(&sm4, &encrypted.data[at], &plain[at]);
    }
    sm4_wipe(&sm4);
    Bytes scalar = bytes_of(&plain[encrypted.len - SM2_SCALAR_SIZE], SM2_SCALAR_SIZE);
    bool is_key = sm2_private_key_new(scalar, &key, NULL) &&
                  sm2_public_key_equal(sm2_public_key(key), &envelope->public_key);
    secret_wipe(plain, sizeof plain);
    if (!is_key) {
        sm2_private_key_free(key);
        return NULL;
    }
    return key;
}

static uint32_t import(const SoftContainer *container, const SkfEnvelope *envelope)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *sign = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *pair = NULL;
    CLEANUP(writer_free) Writer sm4_key = writer_new(WRAPPED_MAX_SIZE);
    uint32_t code = softskf_key_read(container, "sign", &sign);
    if (code != SAR_OK) {
        return code;
    }
    if (!sm2_decrypt(sign, envelope->wrapped_key, &sm4_key, NULL)) {
        return SAR_INDATAERR;
    }
    pair = unwrap(envelope, writer_bytes(&sm4_key));
    if (pair == NULL) {
        return SAR_INDATAERR;
    }
    return softskf_key_write(container, "enc", softskf_fault("wrong_pair") ? sign : pair);
}

uint32_t SKF_ImportECCKeyPair(void *hContainer, ENVELOPEDKEYBLOB *pEnvelopedKeyBlob)
{
    SkfEnvelope envelope;
    CLEANUP(writer_free) Writer der = writer_new(WRAPPED_MAX_SIZE);
    uint32_t code = softskf_check_login(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    if (pEnvelopedKeyBlob == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    return skf_get_envelope(pEnvelopedKeyBlob, &der, &envelope, NULL)
               ? import(hContainer, &envelope)
               : SAR_INDATAERR;
}

uint32_t SKF_ECCSignData(void *hContainer, uint8_t *pbDigest, uint32_t ulDigestLen,
                         ECCSIGNATUREBLOB *pSignature)
{
    Sm3Digest e;
    Sm2Signature signature;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    uint32_t code = softskf_check_login(hContainer);
    if (code != SAR_OK) {
        return code;
    }
    if (pbDigest == NULL || pSignature == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    if (ulDigestLen != SM3_SIZE) {
        return SAR_INDATALENERR;
    }
    code = softskf_key_read(hContainer, "sign", &key);
    if (code != SAR_OK) {
        return code;
    }
    memcpy(e.bytes, pbDigest, SM3_SIZE);
    if (!sm2_sign_digest(key, random_system(), &e, &signature, NULL)) {
        return SAR_FAIL;
    }
    if (softskf_fault("wrong_signature")) {
        signature.s[SM2_SCALAR_SIZE - 1] ^= 1;
    }
    skf_put_signature(&signature, pSignature);
    return SAR_OK;
}

uint32_t SKF_ECCVerify(void *hDev, ECCPUBLICKEYBLOB *pECCPubKeyBlob, uint8_t *pbData,
                       uint32_t ulDataLen, ECCSIGNATUREBLOB *pSignature)
{
    Sm3Digest e;
    Sm2PublicKey key;
    Sm2Signature signature;
    uint32_t code = softskf_check_token(hDev);
    if (code != SAR_OK) {
        return code;
    }
    if (pECCPubKeyBlob == NULL || pbData == NULL || pSignature == NULL || ulDataLen != SM3_SIZE) {
        return SAR_INVALIDPARAMERR;
    }
    memcpy(e.bytes, pbData, SM3_SIZE);
    return skf_get_public_key(pECCPubKeyBlob, &key, NULL) &&
                   skf_get_signature(pSignature, &signature, NULL) &&
                   sm2_verify_digest(&key, &e, &signature)
               ? SAR_OK
               : SAR_FAIL;
}

// With a public key and an ID the digest begins with Z.
static uint32_t start_with_z(Sm3 *hash, const ECCPUBLICKEYBLOB *blob, Bytes id)
{
    Sm2PublicKey key;
    Sm3Digest z;
    if (id.data == NULL || id.len == 0 || !skf_get_public_key(blob, &key, NULL) ||
        !sm2_z(&key, id, &z, NULL)) {
        return SAR_INVALIDPARAMERR;
    }
    sm3_update(hash, sm3_bytes(&z));
    return SAR_OK;
}

uint32_t SKF_DigestInit(void *hDev, uint32_t ulAlgID, ECCPUBLICKEYBLOB *pPubKey, uint8_t *pucID,
                        uint32_t ulIDLen, void **phHash)
{
    uint32_t code = softskf_check_token(hDev);
    if (code != SAR_OK) {
        return code;
    }
    if (phHash == NULL || ulAlgID != SGD_SM3) {
        return SAR_INVALIDPARAMERR;
    }
    SoftHash *hash = calloc(1, sizeof *hash);
    if (hash == NULL) {
        return SAR_MEMORYERR;
    }
    hash->mark = softskf_hash_mark;
    sm3_start(&hash->hash);
    code = pPubKey == NULL ? SAR_OK : start_with_z(&hash->hash, pPubKey, bytes_of(pucID, ulIDLen));
    if (code != SAR_OK) {
        free(hash);
        return code;
    }
    *phHash = hash;
    return SAR_OK;
}

uint32_t SKF_DigestUpdate(void *hHash, uint8_t *pbData, uint32_t ulDataLen)
{
    SoftHash *hash = hHash;
    if (hash == NULL || hash->mark != softskf_hash_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    if (pbData == NULL && ulDataLen > 0) {
        return SAR_INVALIDPARAMERR;
    }
    sm3_update(&hash->hash, bytes_of(pbData, ulDataLen));
    return SAR_OK;
}

uint32_t SKF_DigestFinal(void *hHash, uint8_t *pHashData, uint32_t *pulHashLen)
{
    SoftHash *hash = hHash;
    Sm3Digest digest;
    if (hash == NULL || hash->mark != softskf_hash_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    if (pHashData == NULL || pulHashLen == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    if (*pulHashLen < SM3_SIZE) {
        return SAR_BUFFER_TOO_SMALL;
    }
    sm3_finish(&hash->hash, &digest);
    memcpy(pHashData, digest.bytes, SM3_SIZE);
    *pulHashLen = SM3_SIZE;
    return SAR_OK;
}

uint32_t SKF_CloseHandle(void *hHandle)
{
    SoftHash *hash = hHandle;
    if (hash == NULL || hash->mark != softskf_hash_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    hash->mark = 0;
    free(hash);
    return SAR_OK;
}
