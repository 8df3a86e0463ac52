// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_token.h"

#include <string.h>

#include "base/device/skf_fixture.h"
#include "base/secret/crypto_state.h"
#include "base/sm4/sm4.h"
#include "base/test/test.h"

static void open_secret(const char *pin, Secret **ret)
{
    Error err = {0};
    CHECK_OK(secret_new(bytes_of_text(pin), ret, &err));
}

static bool open_with(const char *library, const char *pin, const char *container, SkfToken **ret,
                      Error *err)
{
    CLEANUP(secret_cleanup) Secret *secret = NULL;
    open_secret(pin, &secret);
    SkfConfig config = {.library = library, .container = container, .pin = secret};
    return skf_token_open(&config, ret, err);
}

static void token_cleanup(SkfToken **token)
{
    skf_token_close(*token);
}

static SkfToken *open_token(void)
{
    Error err = {0};
    SkfToken *token = NULL;
    CHECK_OK(open_with(ASSENT_SOFTSKF, SKF_FIXTURE_PIN, "person", &token, &err));
    return token;
}

// Covers: GM/T 0016-2012 7.6.13.
TEST(a_key_made_in_the_token_signs_and_stays_there_for_the_next_login)
{
    Error err = {0};
    bool has_key = true;
    Signer signer, again;
    Sm2Signature signature;
    skf_fixture_use(test_directory());
    SkfToken *token = open_token();
    CHECK_OK(skf_token_has_key(token, &has_key, &err));
    CHECK(!has_key);
    CHECK_FAILS_WITH(skf_token_signer(token, &signer, &err), ERROR_NOT_FOUND, "skf.no_key");
    CHECK_OK(skf_token_generate(token, &err));
    CHECK_OK(skf_token_has_key(token, &has_key, &err));
    CHECK(has_key);
    CHECK_OK(skf_token_signer(token, &signer, &err));
    Sm2PublicKey key = *signer.public_key;
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err));
    CHECK(sm2_verify(&key, BYTES_LITERAL("m"), &signature));
    CHECK_TEXT(skf_token_label(token), "assent-softskf");
    CHECK_TEXT(skf_token_serial(token), "0000000000000000");
    skf_token_close(token);
    token = open_token();
    CHECK_OK(skf_token_signer(token, &again, &err));
    CHECK(sm2_public_key_equal(&key, again.public_key));
    skf_token_close(token);
}

TEST(a_signer_of_a_token_neither_decrypts_nor_works_after_the_login_was_given_up)
{
    Error err = {0};
    Signer signer;
    Sm2Signature signature;
    CLEANUP(writer_free) Writer cipher = writer_new(512);
    CLEANUP(writer_free) Writer plain = writer_new(512);
    skf_fixture_use(test_directory());
    CLEANUP(token_cleanup) SkfToken *token = open_token();
    CHECK_OK(skf_token_generate(token, &err));
    CHECK_OK(skf_token_signer(token, &signer, &err));
    CHECK_OK(sm2_encrypt(signer.public_key, random_system(), BYTES_LITERAL("m"), &cipher, &err));
    CHECK_FAILS_WITH(signer_decrypt(&signer, writer_bytes(&cipher), &plain, &err), ERROR_FORBIDDEN,
                     "signer.not_for_decryption");
    signer_zeroise(&signer);
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
}

TEST(a_wrong_pin_is_tried_once_and_too_many_lock_the_token)
{
    Error err = {0};
    SkfToken *token = NULL;
    skf_fixture_use(test_directory());
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, "87654321", "person", &token, &err), ERROR_FORBIDDEN,
                     "skf.pin");
    CHECK(strstr(err.text, "9 tries are left") != NULL);
    CHECK(strstr(err.text, "87654321") == NULL);
    CHECK_OK(open_with(ASSENT_SOFTSKF, SKF_FIXTURE_PIN, "person", &token, &err));
    skf_token_close(token);
    token = NULL;
    for (int i = 0; i < 10; i++) {
        CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, "87654321", "person", &token, &err),
                         ERROR_FORBIDDEN, "skf.pin");
    }
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, SKF_FIXTURE_PIN, "person", &token, &err),
                     ERROR_FORBIDDEN, "skf.pin_locked");
}

TEST(what_cannot_be_opened_says_why)
{
    Error err = {0};
    SkfToken *token = NULL;
    CLEANUP(secret_cleanup) Secret *pin = NULL;
    open_secret(SKF_FIXTURE_PIN, &pin);
    skf_fixture_use(test_directory());
    CHECK_FAILS_WITH(open_with("/nowhere/skf.so", SKF_FIXTURE_PIN, "person", &token, &err),
                     ERROR_NOT_FOUND, "skf.library");
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSDF, SKF_FIXTURE_PIN, "person", &token, &err),
                     ERROR_INPUT, "skf.symbols");
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, "12345", "person", &token, &err), ERROR_INPUT,
                     "skf.config");
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, "12345678901234567", "person", &token, &err),
                     ERROR_INPUT, "skf.config");
    SkfConfig config = {
        .library = ASSENT_SOFTSKF, .device = "other", .container = "person", .pin = pin};
    CHECK_FAILS_WITH(skf_token_open(&config, &token, &err), ERROR_NOT_FOUND, "skf.no_device");
    config.device = NULL;
    config.application = "other";
    CHECK_FAILS_WITH(skf_token_open(&config, &token, &err), ERROR_NOT_FOUND, "skf.no_application");
    CHECK(skf_fixture_fault("removed\n"));
    CHECK_FAILS_WITH(open_with(ASSENT_SOFTSKF, SKF_FIXTURE_PIN, "person", &token, &err),
                     ERROR_NOT_FOUND, "skf.no_device");
    CHECK(skf_fixture_fault(""));
}

TEST(a_token_that_is_pulled_out_is_unavailable)
{
    Error err = {0};
    Signer signer;
    Sm2Signature signature;
    skf_fixture_use(test_directory());
    CLEANUP(token_cleanup) SkfToken *token = open_token();
    CHECK_OK(skf_token_generate(token, &err));
    CHECK_OK(skf_token_signer(token, &signer, &err));
    CHECK(skf_fixture_fault("removed\n"));
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_UNAVAILABLE,
                     "skf.removed");
    CHECK(skf_fixture_fault(""));
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err));
}

// In a child: what is found puts the process into the error state for good.
static int sign_wrongly(void)
{
    Error err = {0};
    Signer signer;
    Sm2Signature signature;
    CLEANUP(token_cleanup) SkfToken *token = open_token();
    bool is_refused = skf_token_generate(token, &err) && skf_token_signer(token, &signer, &err) &&
                      skf_fixture_fault("wrong_signature\n") &&
                      !signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err) &&
                      strcmp(err.code, "skf.signature") == 0 && crypto_state() == CRYPTO_ERROR;
    return is_refused ? 0 : 1;
}

// Covers: GB/T 37092-2018 7.10.
TEST(a_wrong_signature_is_not_given_out)
{
    skf_fixture_use(test_directory());
    CHECK_INT(test_in_child(sign_wrongly), 0);
}

// An envelope of `pair` for the token's signing key.
static SkfEnvelope seal(const Sm2PrivateKey *pair, const Sm2PublicKey *recipient, Writer *wrapped,
                        uint8_t encrypted[SM2_SCALAR_SIZE])
{
    Sm4 sm4;
    Error err = {0};
    static const uint8_t sm4_key[16] = {1, 2, 3};
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    CHECK_OK(sm2_private_key_scalar(pair, &scalar, &err));
    CHECK_OK(sm2_encrypt(recipient, random_system(), BYTES_OF_ARRAY(sm4_key), wrapped, &err));
    sm4_init(&sm4, sm4_key);
    sm4_encrypt_block(&sm4, secret_expose(scalar).data, encrypted);
    sm4_encrypt_block(&sm4, &secret_expose(scalar).data[16], &encrypted[16]);
    return (SkfEnvelope){writer_bytes(wrapped), *sm2_public_key(pair),
                         bytes_of(encrypted, SM2_SCALAR_SIZE)};
}

// Covers: GM/T 0016-2012 7.6.12.
TEST(the_token_opens_the_envelope_of_its_encryption_key_itself)
{
    Error err = {0};
    Signer signer;
    Sm2PublicKey held;
    uint8_t encrypted[SM2_SCALAR_SIZE];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *pair = NULL;
    CLEANUP(writer_free) Writer wrapped = writer_new(512);
    CLEANUP(writer_free) Writer misdirected = writer_new(512);
    skf_fixture_use(test_directory());
    CLEANUP(token_cleanup) SkfToken *token = open_token();
    CHECK_OK(sm2_key_generate(random_system(), &pair, &err));
    CHECK_OK(skf_token_generate(token, &err));
    CHECK_OK(skf_token_signer(token, &signer, &err));
    SkfEnvelope envelope = seal(pair, sm2_public_key(pair), &misdirected, encrypted);
    CHECK_FAILS_WITH(skf_token_import_pair(token, &envelope, &err), ERROR_UNTRUSTED,
                     "skf.envelope");
    envelope = seal(pair, signer.public_key, &wrapped, encrypted);
    CHECK(skf_fixture_fault("wrong_pair\n"));
    CHECK_FAILS_WITH(skf_token_import_pair(token, &envelope, &err), ERROR_UNTRUSTED,
                     "skf.envelope");
    CHECK(skf_fixture_fault(""));
    CHECK_OK(skf_token_import_pair(token, &envelope, &err));
    CHECK_OK(skf_token_public_key(token, SKF_ENCRYPTION_KEY, &held, &err));
    CHECK(sm2_public_key_equal(&held, sm2_public_key(pair)));
    CHECK_OK(skf_token_public_key(token, SKF_SIGN_KEY, &held, &err));
    CHECK(sm2_public_key_equal(&held, signer.public_key));
}

TEST(certificates_of_both_uses_are_carried_apart)
{
    Error err = {0};
    Bytes found;
    static const uint8_t large[20000];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    skf_fixture_use(test_directory());
    CLEANUP(token_cleanup) SkfToken *token = open_token();
    CHECK_FAILS_WITH(skf_token_export_certificate(token, SKF_SIGN_KEY, arena, &found, &err),
                     ERROR_NOT_FOUND, "skf.no_certificate");
    CHECK_OK(skf_token_import_certificate(token, SKF_SIGN_KEY, BYTES_LITERAL("sign"), &err));
    CHECK_OK(skf_token_import_certificate(token, SKF_ENCRYPTION_KEY, BYTES_LITERAL("enc"), &err));
    CHECK_OK(skf_token_export_certificate(token, SKF_SIGN_KEY, arena, &found, &err));
    CHECK_BYTES(found, BYTES_LITERAL("sign"));
    CHECK_OK(skf_token_export_certificate(token, SKF_ENCRYPTION_KEY, arena, &found, &err));
    CHECK_BYTES(found, BYTES_LITERAL("enc"));
    CHECK_FAILS_WITH(skf_token_import_certificate(token, SKF_SIGN_KEY, BYTES_OF_ARRAY(large), &err),
                     ERROR_LIMIT, "skf.certificate");
}
