// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer.h"

#include "base/test/test.h"

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

TEST(signer_of_a_key_signs_what_the_public_key_verifies)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    Signer signer = signer_of_key(key);
    Sm2Signature signature;
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("message"), &signature, &err));
    CHECK(sm2_verify(signer.public_key, BYTES_LITERAL("message"), &signature));
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = 0;
    CHECK_OK(signer_sign_der(&signer, BYTES_LITERAL("message"), der, &len, &err));
    CHECK_OK(sm2_signature_parse(bytes_of(der, len), &signature, &err));
    CHECK(sm2_verify(signer.public_key, BYTES_LITERAL("message"), &signature));
}

static bool sign_is_unavailable(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret,
                                Error *err)
{
    (void)signer, (void)e, (void)ret;
    return error_set(err, ERROR_UNAVAILABLE, "device.gone", NULL, "injected");
}

TEST(failure_of_a_device_is_passed_on)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    Signer signer = {.sign_digest = sign_is_unavailable, .public_key = sm2_public_key(key)};
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = 7;
    CHECK_FAILS_WITH(signer_sign_der(&signer, BYTES_LITERAL("m"), der, &len, &err),
                     ERROR_UNAVAILABLE, "device.gone");
    CHECK_INT(len, 7);
}
