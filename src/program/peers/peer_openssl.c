// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "program/peers/peers.h"

struct PeerState {
    EVP_PKEY *key;
    EVP_PKEY_CTX *sign, *verify, *generate;
    EVP_MD *sm3;
    EVP_MD_CTX *hash;
    EVP_CIPHER *ctr;
    EVP_CIPHER_CTX *cipher;
    uint8_t sm4_key[SM4_KEY_SIZE];
};

static EVP_PKEY *load_key(const PeerKeys *keys)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *d = BN_bin2bn(keys->d, sizeof keys->d, NULL);
    OSSL_PARAM *parameters = NULL;
    if (context != NULL && builder != NULL && d != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, keys->public_key.point,
                                         sizeof keys->public_key.point) == 1 &&
        (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL &&
        EVP_PKEY_fromdata_init(context) == 1) {
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(d);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void peer_close(PeerState *state)
{
    EVP_PKEY_CTX_free(state->sign);
    EVP_PKEY_CTX_free(state->verify);
    EVP_PKEY_CTX_free(state->generate);
    EVP_PKEY_free(state->key);
    EVP_MD_CTX_free(state->hash);
    EVP_MD_free(state->sm3);
    EVP_CIPHER_CTX_free(state->cipher);
    EVP_CIPHER_free(state->ctr);
    free(state);
}

static bool prepare_key(PeerState *state, const PeerKeys *keys)
{
    state->key = load_key(keys);
    if (state->key == NULL) {
        return false;
    }
    state->sign = EVP_PKEY_CTX_new(state->key, NULL);
    state->verify = EVP_PKEY_CTX_new(state->key, NULL);
    state->generate = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    return state->sign != NULL && EVP_PKEY_sign_init(state->sign) == 1 && state->verify != NULL &&
           EVP_PKEY_verify_init(state->verify) == 1 && state->generate != NULL &&
           EVP_PKEY_keygen_init(state->generate) == 1 &&
           EVP_PKEY_CTX_set_ec_paramgen_curve_nid(state->generate, NID_sm2) == 1;
}

static PeerState *peer_open(const PeerKeys *keys)
{
    PeerState *state = calloc(1, sizeof *state);
    if (state == NULL) {
        return NULL;
    }
    memcpy(state->sm4_key, keys->sm4_key, sizeof state->sm4_key);
    state->sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    state->hash = EVP_MD_CTX_new();
    state->ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    state->cipher = EVP_CIPHER_CTX_new();
    bool ok = prepare_key(state, keys) && state->sm3 != NULL && state->hash != NULL &&
              state->ctr != NULL && state->cipher != NULL;
    if (!ok) {
        peer_close(state);
        return NULL;
    }
    return state;
}

static const char *peer_version(const PeerState *state)
{
    (void)state;
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static bool peer_sign(PeerState *state, const Sm3Digest *e, Sm2Signature *ret)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = sizeof der;
    Error err = {0};
    return EVP_PKEY_sign(state->sign, der, &len, e->bytes, SM3_SIZE) == 1 &&
           sm2_signature_parse(bytes_of(der, len), ret, &err);
}

static bool peer_verify(PeerState *state, const Sm3Digest *e, const Sm2Signature *signature)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = sm2_signature_encode(signature, der);
    return EVP_PKEY_verify(state->verify, der, len, e->bytes, SM3_SIZE) == 1;
}

static bool peer_generate(PeerState *state)
{
    EVP_PKEY *key = NULL;
    bool ok = EVP_PKEY_generate(state->generate, &key) == 1;
    EVP_PKEY_free(key);
    return ok;
}

static bool peer_sm3(PeerState *state, Bytes message, Sm3Digest *ret)
{
    return EVP_DigestInit_ex2(state->hash, state->sm3, NULL) == 1 &&
           EVP_DigestUpdate(state->hash, message.data, message.len) == 1 &&
           EVP_DigestFinal_ex(state->hash, ret->bytes, NULL) == 1;
}

static bool peer_sm4_ctr(PeerState *state, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data,
                         uint8_t *ret)
{
    int len = 0;
    return data.len <= INT32_MAX &&
           EVP_EncryptInit_ex2(state->cipher, state->ctr, state->sm4_key, counter, NULL) == 1 &&
           EVP_EncryptUpdate(state->cipher, ret, &len, data.data, (int)data.len) == 1;
}

// OpenSSL 3.0 has no SM4-GCM.
const Peer PEER_OPENSSL = {.name = "OpenSSL",
                           .open = peer_open,
                           .close = peer_close,
                           .version = peer_version,
                           .sign = peer_sign,
                           .verify = peer_verify,
                           .generate = peer_generate,
                           .sm3 = peer_sm3,
                           .sm4_ctr = peer_sm4_ctr};
