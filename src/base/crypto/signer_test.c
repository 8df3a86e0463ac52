// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer.h"

#include "base/crypto/signer_batch.h"
#include "base/crypto/sm2_internal.h"

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

TEST(a_signer_signs_with_another_id)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    Signer signer = signer_of_key(key);
    Sm2Signature signature;
    Sm3Digest e;
    CHECK_OK(signer_sign_id(&signer, BYTES_LITERAL("alice"), BYTES_LITERAL("m"), &signature, &err));
    CHECK_OK(sm2_message_digest(signer.public_key, BYTES_LITERAL("alice"), BYTES_LITERAL("m"), &e,
                                &err));
    CHECK(sm2_verify_digest(signer.public_key, &e, &signature));
    CHECK(!sm2_verify(signer.public_key, BYTES_LITERAL("m"), &signature));
    static const uint8_t long_id[8192];
    CHECK_FAILS_WITH(
        signer_sign_id(&signer, BYTES_OF_ARRAY(long_id), BYTES_LITERAL("m"), &signature, &err),
        ERROR_INPUT, "sm2.id");
}

TEST(a_signer_of_a_key_decrypts_and_one_without_that_duty_refuses)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    Signer signer = signer_of_key(key);
    CHECK_OK(sm2_encrypt(signer.public_key, random_system(), BYTES_LITERAL("m"), &cipher, &err));
    CHECK_OK(signer_decrypt(&signer, writer_bytes(&cipher), &plaintext, &err));
    CHECK_BYTES(writer_bytes(&plaintext), BYTES_LITERAL("m"));
    signer.decrypt = NULL;
    CHECK_FAILS_WITH(signer_decrypt(&signer, writer_bytes(&cipher), &plaintext, &err),
                     ERROR_FORBIDDEN, "signer.not_for_decryption");
}

static bool all_zero(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

// Covers: GB/T 37092-2018 7.9; C28.
TEST(zeroising_wipes_the_key_and_every_signer_of_it_refuses)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    Signer signer = signer_of_key(key), other = signer_of_key(key);
    Sm2Signature signature;
    CHECK_OK(sm2_encrypt(signer.public_key, random_system(), BYTES_LITERAL("m"), &cipher, &err));
    signer_zeroise(&signer);
    signer_zeroise(&signer);
    CHECK(all_zero(&key->d, sizeof key->d));
    CHECK(all_zero(&key->inverse_1_plus_d, sizeof key->inverse_1_plus_d));
    CHECK(all_zero(&key->nonce_hmac, sizeof key->nonce_hmac));
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
    CHECK_FAILS_WITH(signer_sign(&other, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
    CHECK_FAILS_WITH(signer_decrypt(&other, writer_bytes(&cipher), &plaintext, &err),
                     ERROR_FORBIDDEN, "signer.zeroised");
    CHECK_INT(plaintext.len, 0);
}

TEST(a_signer_that_holds_no_key_of_its_own_is_not_zeroised)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    Signer signer = {.sign_digest = sign_is_unavailable, .public_key = sm2_public_key(key)};
    signer_zeroise(&signer);
    CHECK(!all_zero(&key->d, sizeof key->d));
}

static bool fail_to_fill(void *state, uint8_t *ret, size_t len, Error *err)
{
    size_t *calls = state;
    (void)ret, (void)len;
    (*calls)++;
    return error_set(err, ERROR_UNAVAILABLE, "test.no_random", NULL, "no randomness");
}

TEST(a_signer_with_a_source_of_its_own_signs_nothing_when_that_fails)
{
    Error err = {0};
    size_t calls = 0;
    Sm2Signature signature;
    SignerBatch *batch = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    const Random failing = {fail_to_fill, &calls};
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    CHECK_OK(signer_batch_new(key, failing, &batch, &err));
    const Signer signers[] = {signer_of_key_with(key, failing), signer_of_batch(batch)};
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        CHECK_FAILS_WITH(signer_sign(&signers[i], BYTES_LITERAL("m"), &signature, &err),
                         ERROR_UNAVAILABLE, "test.no_random");
        CHECK_INT(calls, i + 1);
    }
    signer_batch_free(batch);
}
