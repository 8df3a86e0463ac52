// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/core/cpu.h"
#include "base/crypto/self_test_internal.h"
#include "base/secret/crypto_state.h"

enum { RANDOM_SAMPLE_SIZE = 2048 };

static bool test_setting(const KnownAnswers *known, Error *err)
{
    (void)known;
    return cpu_setting_is_known() || error_set(err, ERROR_INPUT, "crypto.setting", NULL,
                                               "ASSENT_CPU is none of portable, x86 and avx512");
}

static bool test_random(const KnownAnswers *known, Error *err)
{
    (void)known;
    uint8_t first[RANDOM_SAMPLE_SIZE], second[RANDOM_SAMPLE_SIZE];
    return random_fill(random_system(), first, sizeof first, err) &&
           random_fill(random_system(), second, sizeof second, err) &&
           random_check_health(BYTES_OF_ARRAY(first), err) &&
           memcmp(first, second, sizeof first) != 0;
}

const SelfTest self_tests[] = {
    {"the setting", test_setting},
    {"random", test_random},
    {"SM3", self_test_sm3},
    {"SM3 of many", self_test_sm3_many},
    {"HMAC-SM3", self_test_hmac},
    {"KDF", self_test_kdf},
    {"SM4", self_test_sm4},
    {"SM4-CTR", self_test_sm4_ctr},
    {"SM4-CBC", self_test_sm4_cbc},
    {"SM4-GCM", self_test_sm4_gcm},
    {"SM4-CCM", self_test_sm4_ccm},
    {"SM2 signature", self_test_sm2_signature},
    {"SM2 verification", self_test_sm2_verification},
    {"SM2 encryption", self_test_sm2_encryption},
    {"SM2 batches", self_test_sm2_batch},
    {"SM2 key exchange", self_test_sm2_exchange},
    {"SM2 key pair", self_test_sm2_pair},
};
const size_t self_test_count = COUNT_OF(self_tests);

bool self_test_run(const SelfTest *tests, size_t count, const KnownAnswers *known,
                   const SelfTestListener *listener, Error *err)
{
    if (!crypto_state_begin_self_test(err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        Error cause = {0};
        bool holds = tests[i].run(known, &cause);
        if (listener != NULL) {
            listener->told(listener->context, tests[i].name, holds);
        }
        if (!holds) {
            crypto_state_fail("crypto.self_test");
            return error_set(err, ERROR_INTERNAL, "crypto.self_test", "GB/T 37092-2018 7.10",
                             "the self-test of %s fails%s%.200s", tests[i].name,
                             cause.text[0] == '\0' ? "" : ": ", cause.text);
        }
    }
    crypto_state_end_self_test();
    return true;
}

bool crypto_self_test_with(const SelfTestListener *listener, Error *err)
{
    return self_test_run(self_tests, self_test_count, &known_answers, listener, err);
}

bool crypto_self_test(Error *err)
{
    return crypto_self_test_with(NULL, err);
}
