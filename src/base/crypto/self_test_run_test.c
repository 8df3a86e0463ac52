// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/self_test.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto/key.h"
#include "base/crypto/self_test_internal.h"
#include "base/crypto/signer.h"
#include "base/crypto/sm2_exchange.h"
#include "base/secret/crypto_state.h"
#include "base/test/test.h"

// What fails a self-test stays in the error state, so each such test has a process of its own,
// whose result is the number of the first step that did not hold; 0 when all did.

static int run_twice(void)
{
    Error err = {0};
    if (crypto_state() != CRYPTO_POWER_OFF || !crypto_self_test(&err)) {
        return 1;
    }
    if (crypto_state() != CRYPTO_READY || !crypto_self_test(&err)) {
        return 2;
    }
    return crypto_state() == CRYPTO_READY ? 0 : 3;
}

// Covers: GB/T 37092-2018 7.10; C25, C29.
TEST(self_test_holds_at_start_and_again_on_demand_and_leaves_ready)
{
    CHECK_INT(test_in_child(run_twice), 0);
}

static void count_told(void *context, const char *name, bool holds)
{
    int *count = context;
    *count += holds && name[0] != '\0';
}

TEST(a_listener_is_told_of_every_test)
{
    Error err = {0};
    int count = 0;
    const SelfTestListener listener = {count_told, &count};
    CHECK_OK(crypto_self_test_with(&listener, &err));
    CHECK_INT(count, self_test_count);
}

static bool passes(const KnownAnswers *known, Error *err)
{
    (void)known, (void)err;
    return true;
}

static bool fails(const KnownAnswers *known, Error *err)
{
    (void)known, (void)err;
    return false;
}

static bool fails_with_cause(const KnownAnswers *known, Error *err)
{
    (void)known;
    return error_set(err, ERROR_INTERNAL, "random.unhealthy", NULL, "the source is stuck");
}

static int run_one_that_fails(void)
{
    Error err = {0};
    const SelfTest tests[] = {{"first", passes}, {"second", fails}, {"third", passes}};
    return self_test_run(tests, COUNT_OF(tests), &known_answers, NULL, &err) ||
           err.kind != ERROR_INTERNAL || strcmp(err.code, "crypto.self_test") != 0 ||
           strcmp(err.text, "the self-test of second fails") != 0;
}

static int run_one_that_fails_with_a_cause(void)
{
    Error err = {0};
    const SelfTest tests[] = {{"random", fails_with_cause}};
    return self_test_run(tests, 1, &known_answers, NULL, &err) ||
           strcmp(err.text, "the self-test of random fails: the source is stuck") != 0;
}

TEST(one_failing_check_fails_the_self_test_and_is_named)
{
    CHECK_INT(test_in_child(run_one_that_fails), 0);
    CHECK_INT(test_in_child(run_one_that_fails_with_a_cause), 0);
}

// One bit of every answer in turn, each alone.
typedef struct {
    const char *name;
    size_t offset;
} Answer;

#define ANSWER(name, member)                 \
    {                                        \
        name, offsetof(KnownAnswers, member) \
    }

static const Answer answers[] = {
    ANSWER("SM3", sm3_abc),
    ANSWER("SM3", sm3_long),
    ANSWER("SM3 of many", sm3_many),
    ANSWER("SM3 of many", sm3_equal),
    ANSWER("HMAC-SM3", hmac),
    ANSWER("KDF", kdf),
    ANSWER("SM4", sm4_block),
    ANSWER("SM4-CTR", sm4_ctr),
    ANSWER("SM4-CBC", sm4_cbc),
    ANSWER("SM4-GCM", gcm_tag),
    ANSWER("SM4-GCM", sm4_gcm),
    ANSWER("SM4-CCM", ccm_tag),
    ANSWER("SM4-CCM", sm4_ccm),
    ANSWER("SM2 signature", sm2_d),
    ANSWER("SM2 signature", sm2_k),
    ANSWER("SM2 signature", sm2_signature),
    ANSWER("SM2 encryption", sm2_cipher),
    ANSWER("SM2 key exchange", exchange_keys[0][0]),
    ANSWER("SM2 key exchange", exchange_keys[1][1]),
    ANSWER("SM2 key exchange", exchange_agreed),
};

static size_t corrupted;

static int run_with_a_corrupt_answer(void)
{
    Error err = {0};
    char expected[128];
    KnownAnswers known = known_answers;
    ((uint8_t *)&known)[answers[corrupted].offset] ^= 1;
    snprintf(expected, sizeof expected, "the self-test of %s fails", answers[corrupted].name);
    return self_test_run(self_tests, self_test_count, &known, NULL, &err) ||
           strncmp(err.text, expected, strlen(expected)) != 0 || crypto_state() != CRYPTO_ERROR;
}

// Covers: GB/T 37092-2018 7.10; C25.
TEST(any_corrupt_constant_is_noticed)
{
    for (corrupted = 0; corrupted < COUNT_OF(answers); corrupted++) {
        CHECK_INT(test_in_child(run_with_a_corrupt_answer), 0);
    }
}

// The checks whose answers fail an earlier one first, each by itself.
TEST(checks_that_come_late_notice_a_wrong_answer_too)
{
    const size_t signature = offsetof(KnownAnswers, sm2_signature);
    const size_t d = offsetof(KnownAnswers, sm2_d);
    const struct {
        bool (*run)(const KnownAnswers *known, Error *err);
        size_t offset;
    } rows[] = {{self_test_sm2_verification, signature},
                {self_test_sm2_verification, signature + 32},
                {self_test_sm2_verification, d},
                {self_test_sm2_encryption, d},
                {self_test_sm2_encryption, offsetof(KnownAnswers, sm2_k)}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        KnownAnswers known = known_answers;
        CHECK(rows[i].run(&known, &err));
        ((uint8_t *)&known)[rows[i].offset] ^= 1;
        CHECK(!rows[i].run(&known, &err));
    }
}

// No answer of a batch is known before, so a key that cannot be made stands for one that fails.
TEST(a_batch_that_cannot_sign_fails_its_check)
{
    Error err = {0};
    KnownAnswers known = known_answers;
    memset(known.sm2_k, 0, sizeof known.sm2_k);
    CHECK(!self_test_sm2_batch(&known, &err));
}

static bool is_refused(bool made, const Error *err)
{
    return !made && strcmp(err->code, "crypto.error_state") == 0 && err->kind == ERROR_INTERNAL;
}

static bool refuses_to_agree(const Sm2PrivateKey *key)
{
    Error err = {0};
    const Sm2PublicKey *own = sm2_public_key(key);
    const Sm2Exchange exchange = {.ephemeral = key,
                                  .id = SM2_DEFAULT_ID,
                                  .peer_key = own,
                                  .peer_ephemeral = own,
                                  .peer_id = SM2_DEFAULT_ID};
    uint8_t agreed[16], shared[SM2_SHARED_POINT_SIZE];
    Sm2Confirmation confirmation;
    return is_refused(sm2_exchange(key, &exchange, agreed, sizeof agreed, &confirmation, &err),
                      &err) &&
           is_refused(sm2_ecdh(key, own, shared, &err), &err);
}

static int use_keys_in_the_error_state(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL, *other = NULL;
    Secret *secret = NULL;
    Sm2Signature signature;
    Writer cipher = writer_new(4096), out = writer_new(4096);
    static const uint8_t d[SM2_SCALAR_SIZE] = {[31] = 7};
    if (!sm2_key_generate(random_system(), &key, &err) ||
        !sm2_encrypt(sm2_public_key(key), random_system(), BYTES_LITERAL("m"), &cipher, &err)) {
        return 1;
    }
    Signer signer = signer_of_key(key);
    crypto_state_fail("test.injected");
    const bool refused[] = {
        is_refused(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), &err),
        is_refused(signer_decrypt(&signer, writer_bytes(&cipher), &out, &err), &err),
        is_refused(sm2_sign(key, random_system(), BYTES_LITERAL("m"), &signature, &err), &err),
        is_refused(sm2_decrypt(key, writer_bytes(&cipher), &out, &err), &err),
        is_refused(
            sm2_encrypt(sm2_public_key(key), random_system(), BYTES_LITERAL("m"), &out, &err),
            &err),
        is_refused(sm2_key_generate(random_system(), &other, &err), &err),
        is_refused(sm2_private_key_new(BYTES_OF_ARRAY(d), &other, &err), &err),
        is_refused(sm2_private_key_scalar(key, &secret, &err), &err),
        is_refused(key_pem_encode(key, BYTES_EMPTY, random_system(), &out, &err), &err),
        is_refused(secret_generate(16, &secret, &err), &err),
        is_refused(crypto_self_test(&err), &err),
        refuses_to_agree(key),
        other == NULL && secret == NULL && out.len == 0,
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (!refused[i]) {
            return 2 + (int)i;
        }
    }
    return 0;
}

// Covers: GB/T 37092-2018 7.11.4; C24, C25, C29.
TEST(in_the_error_state_nothing_makes_or_uses_keys)
{
    CHECK_INT(test_in_child(use_keys_in_the_error_state), 0);
}
