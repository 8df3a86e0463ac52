// SPDX-License-Identifier: Apache-2.0
//
// Keys and certificates of a token's container.
#include <string.h>

#include "base/device/skf_error.h"
#include "base/device/skf_state.h"
#include "base/secret/crypto_state.h"

enum { CERTIFICATE_ROOM = 16 * 1024 };

// Take the container for one call. False when the login was given up.
static bool take(SkfToken *token, Error *err)
{
    pthread_mutex_lock(&token->mutex);
    if (token->container != NULL) {
        return true;
    }
    pthread_mutex_unlock(&token->mutex);
    return error_set(err, ERROR_FORBIDDEN, "signer.zeroised", "GB/T 37092-2018 7.9",
                     "the login to the token was given up");
}

static bool give_back(SkfToken *token, const char *function, uint32_t code, Error *err)
{
    pthread_mutex_unlock(&token->mutex);
    return code == SAR_OK || skf_fail(function, code, err);
}

bool skf_token_has_key(SkfToken *token, bool *ret, Error *err)
{
    uint32_t type = SKF_CONTAINER_EMPTY;
    if (!take(token, err)) {
        return false;
    }
    uint32_t code = token->library.get_container_type(token->container, &type);
    if (!give_back(token, "SKF_GetContainerType", code, err)) {
        return false;
    }
    *ret = type != SKF_CONTAINER_EMPTY;
    return true;
}

bool skf_token_generate(SkfToken *token, Error *err)
{
    ECCPUBLICKEYBLOB blob = {0};
    if (!take(token, err)) {
        return false;
    }
    uint32_t code = token->library.generate_pair(token->container, SGD_SM2_1, &blob);
    return give_back(token, "SKF_GenECCKeyPair", code, err);
}

bool skf_token_public_key(SkfToken *token, SkfKeyUse use, Sm2PublicKey *ret, Error *err)
{
    // Room for the larger RSA structure, in case the container is of that kind.
    uint8_t room[1024] = {0};
    uint32_t len = sizeof room;
    ECCPUBLICKEYBLOB blob;
    if (!take(token, err)) {
        return false;
    }
    uint32_t code =
        token->library.export_public_key(token->container, use == SKF_SIGN_KEY, room, &len);
    if (!give_back(token, "SKF_ExportPublicKey", code, err)) {
        return false;
    }
    if (len != sizeof blob) {
        return error_set(err, ERROR_UNTRUSTED, "skf.public_key", "GM/T 0016-2012 6.4.4",
                         "the token gave a public key of %u bytes, which is none of SM2",
                         (unsigned)len);
    }
    memcpy(&blob, room, sizeof blob);
    return skf_get_public_key(&blob, ret, err);
}

static bool sign_on_token(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    SkfToken *token = signer->state;
    ECCSIGNATUREBLOB blob = {0};
    Sm3Digest digest = *e;
    Sm2Signature signature;
    if (!take(token, err)) {
        return false;
    }
    uint32_t code = token->library.sign(token->container, digest.bytes, sizeof digest.bytes, &blob);
    if (!give_back(token, "SKF_ECCSignData", code, err)) {
        return false;
    }
    if (!skf_get_signature(&blob, &signature, err) ||
        !sm2_verify_digest(signer->public_key, e, &signature)) {
        crypto_state_fail("skf.signature");
        return error_set(err, ERROR_UNTRUSTED, "skf.signature", "GB/T 37092-2018 7.10",
                         "the token gave a signature that its public key does not verify");
    }
    *ret = signature;
    return true;
}

static void give_up_login(const Signer *signer)
{
    SkfToken *token = signer->state;
    pthread_mutex_lock(&token->mutex);
    skf_token_disconnect(token);
    pthread_mutex_unlock(&token->mutex);
}

bool skf_token_signer(SkfToken *token, Signer *ret, Error *err)
{
    Sm3Digest e;
    Sm2Signature signature;
    if (!skf_token_public_key(token, SKF_SIGN_KEY, &token->public_key, err)) {
        return false;
    }
    Signer signer = {.sign_digest = sign_on_token,
                     .public_key = &token->public_key,
                     .state = token,
                     .zeroise = give_up_login};
    // GB/T 37092 7.10: a key that comes into use signs once, and its public key verifies.
    if (!random_fill(random_system(), e.bytes, sizeof e.bytes, err) ||
        !signer_sign_digest(&signer, &e, &signature, err)) {
        return false;
    }
    *ret = signer;
    return true;
}

bool skf_token_import_pair(SkfToken *token, const SkfEnvelope *envelope, Error *err)
{
    ENVELOPEDKEYBLOB blob;
    Sm2PublicKey imported;
    if (!skf_put_envelope(envelope, &blob, err) || !take(token, err)) {
        return false;
    }
    uint32_t code = token->library.import_pair(token->container, &blob);
    if (!give_back(token, "SKF_ImportECCKeyPair", code, err) ||
        !skf_token_public_key(token, SKF_ENCRYPTION_KEY, &imported, err)) {
        return false;
    }
    return sm2_public_key_equal(&imported, &envelope->public_key) ||
           error_set(err, ERROR_UNTRUSTED, "skf.envelope", "GM/T 0016-2012 7.6.12",
                     "the token holds another encryption key than the one it was given");
}

bool skf_token_import_certificate(SkfToken *token, SkfKeyUse use, Bytes der, Error *err)
{
    uint8_t copy[CERTIFICATE_ROOM];
    if (der.len == 0 || der.len > sizeof copy) {
        return error_set(err, ERROR_LIMIT, "skf.certificate", "GM/T 0016-2012 7.5.8",
                         "a token takes a certificate of 1 to %zu bytes, not %zu", sizeof copy,
                         der.len);
    }
    memcpy(copy, der.data, der.len);
    if (!take(token, err)) {
        return false;
    }
    uint32_t code = token->library.import_certificate(token->container, use == SKF_SIGN_KEY, copy,
                                                      (uint32_t)der.len);
    return give_back(token, "SKF_ImportCertificate", code, err);
}

bool skf_token_export_certificate(SkfToken *token, SkfKeyUse use, Arena *arena, Bytes *ret,
                                  Error *err)
{
    uint8_t room[CERTIFICATE_ROOM];
    uint32_t len = sizeof room;
    if (!take(token, err)) {
        return false;
    }
    uint32_t code =
        token->library.export_certificate(token->container, use == SKF_SIGN_KEY, room, &len);
    if (!give_back(token, "SKF_ExportCertificate", code, err)) {
        return false;
    }
    if (len == 0 || len > sizeof room) {
        return error_set(err, ERROR_NOT_FOUND, "skf.no_certificate", "GM/T 0016-2012 7.5.9",
                         "the token gave a certificate of %u bytes", (unsigned)len);
    }
    *ret = arena_copy(arena, bytes_of(room, len));
    return ret->data != NULL ? true : error_memory(err);
}
