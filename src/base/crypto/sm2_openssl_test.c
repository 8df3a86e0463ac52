// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL as an independent implementation: each side reads what the other one writes.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/crypto/sm2.h"
#include "base/test/test.h"

enum { ROUND_COUNT = 100 };

static EVP_PKEY *openssl_key(const Sm2PrivateKey *key)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    CHECK_OK(sm2_private_key_scalar(key, &scalar, &err));
    Bytes point = sm2_public_key_bytes(sm2_public_key(key));
    BIGNUM *d = BN_bin2bn(secret_expose(scalar).data, 32, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.len);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EVP_PKEY *ret = NULL;
    CHECK(EVP_PKEY_fromdata_init(context) == 1);
    CHECK(EVP_PKEY_fromdata(context, &ret, EVP_PKEY_KEYPAIR, params) == 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(d);
    return ret;
}

// A digest context with the default ID: OpenSSL before 4.0 takes the empty one by itself.
static EVP_MD_CTX *context_with_id(EVP_PKEY *key, EVP_PKEY_CTX **ret_key_context)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *ret_key_context = EVP_PKEY_CTX_new(key, NULL);
    CHECK(EVP_PKEY_CTX_set1_id(*ret_key_context, "1234567812345678", 16) == 1);
    EVP_MD_CTX_set_pkey_ctx(context, *ret_key_context);
    return context;
}

static bool openssl_verify(EVP_PKEY *key, Bytes message, Bytes der)
{
    EVP_PKEY_CTX *key_context;
    EVP_MD_CTX *context = context_with_id(key, &key_context);
    CHECK(EVP_DigestVerifyInit(context, NULL, EVP_sm3(), NULL, key) == 1);
    bool valid = EVP_DigestVerify(context, der.data, der.len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
    return valid;
}

static size_t openssl_sign(EVP_PKEY *key, Bytes message, uint8_t ret[SM2_SIGNATURE_DER_MAX])
{
    EVP_PKEY_CTX *key_context;
    EVP_MD_CTX *context = context_with_id(key, &key_context);
    size_t len = SM2_SIGNATURE_DER_MAX;
    CHECK(EVP_DigestSignInit(context, NULL, EVP_sm3(), NULL, key) == 1);
    CHECK(EVP_DigestSign(context, ret, &len, message.data, message.len) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
    return len;
}

TEST(openssl_and_we_accept_each_others_signatures)
{
    Error err = {0};
    uint8_t message[ROUND_COUNT];
    for (size_t i = 1; i < ROUND_COUNT; i++) {
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
        CHECK_OK(sm2_key_generate(random_system(), &key, &err));
        EVP_PKEY *theirs = openssl_key(key);
        CHECK_OK(random_fill(random_system(), message, i, &err));
        Bytes signed_bytes = bytes_of(message, i);
        Sm2Signature signature;
        uint8_t der[SM2_SIGNATURE_DER_MAX];
        CHECK_OK(sm2_sign(key, random_system(), signed_bytes, &signature, &err));
        size_t len = sm2_signature_encode(&signature, der);
        CHECK(openssl_verify(theirs, signed_bytes, bytes_of(der, len)));
        len = openssl_sign(theirs, signed_bytes, der);
        CHECK_OK(sm2_signature_parse(bytes_of(der, len), &signature, &err));
        CHECK(sm2_verify(sm2_public_key(key), signed_bytes, &signature));
        message[i / 2] ^= 1;
        CHECK(!sm2_verify(sm2_public_key(key), signed_bytes, &signature));
        CHECK(!openssl_verify(theirs, signed_bytes, bytes_of(der, len)));
        EVP_PKEY_free(theirs);
    }
}

TEST(openssl_and_we_decrypt_each_others_ciphertexts)
{
    Error err = {0};
    uint8_t message[ROUND_COUNT];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    EVP_PKEY *theirs = openssl_key(key);
    for (size_t i = 2; i < ROUND_COUNT; i++) {
        CHECK_OK(random_fill(random_system(), message, i, &err));
        CLEANUP(writer_free) Writer cipher = writer_new(1024);
        CLEANUP(writer_free) Writer plaintext = writer_new(1024);
        uint8_t out[512];
        size_t len = sizeof out;
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(theirs, NULL);
        CHECK(EVP_PKEY_encrypt_init(context) == 1);
        CHECK(EVP_PKEY_encrypt(context, out, &len, message, i) == 1);
        CHECK_OK(sm2_decrypt(key, bytes_of(out, len), &plaintext, &err));
        CHECK_BYTES(writer_bytes(&plaintext), bytes_of(message, i));
        CHECK_OK(
            sm2_encrypt(sm2_public_key(key), random_system(), bytes_of(message, i), &cipher, &err));
        len = sizeof out;
        CHECK(EVP_PKEY_decrypt_init(context) == 1);
        CHECK(EVP_PKEY_decrypt(context, out, &len, cipher.data, cipher.len) == 1);
        CHECK_BYTES(bytes_of(out, len), bytes_of(message, i));
        EVP_PKEY_CTX_free(context);
    }
    EVP_PKEY_free(theirs);
}
