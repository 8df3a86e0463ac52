// SPDX-License-Identifier: Apache-2.0
//
// Against the software device, loaded as a vendor's library is.
#include "base/device/sdf_device.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/device/sdf_fixture.h"
#include "base/device/sdf_pool.h"
#include "base/secret/crypto_state.h"
#include "base/test/test.h"

enum { SHORT_MS = 40, LONG_MS = 20000, THREADS = 8, SIGNATURES = 10 };

typedef struct {
    const char *directory;
    Sm2PrivateKey *sign, *encryption;
    SdfDevice *device;
} Bench;

static void bench_cleanup(Bench *bench)
{
    sdf_device_close(bench->device);
    sm2_private_key_free(bench->sign);
    sm2_private_key_free(bench->encryption);
}

static void put_keys(Bench *bench)
{
    Error err = {0};
    bench->directory = test_directory();
    sdf_fixture_use(bench->directory);
    CHECK_OK(sm2_key_generate(random_system(), &bench->sign, &err));
    CHECK_OK(sm2_key_generate(random_system(), &bench->encryption, &err));
    CHECK(sdf_fixture_put_key(bench->directory, "sign-1", bench->sign, SDF_FIXTURE_PASSWORD));
    CHECK(sdf_fixture_put_key(bench->directory, "enc-1", bench->encryption, SDF_FIXTURE_PASSWORD));
}

static void start(Bench *bench, unsigned sessions)
{
    Error err = {0};
    const SdfConfig config = {ASSENT_SOFTSDF, sessions, LONG_MS};
    put_keys(bench);
    CHECK_OK(sdf_device_open(&config, &bench->device, &err));
}

static Signer open_key(Bench *bench, SdfKeyUse use)
{
    Error err = {0};
    Signer signer = {0};
    const SdfKeyConfig config = {use, 1, SDF_FIXTURE_PASSWORD};
    CHECK_OK(sdf_key_open(bench->device, &config, &signer, &err));
    return signer;
}

static void fault(const Bench *bench, const char *lines)
{
    CHECK(sdf_fixture_fault(bench->directory, lines));
}

// Covers: GM/T 0018-2012 6.
TEST(a_device_signs_what_its_exported_key_verifies)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench, 0);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    CHECK(sm2_public_key_equal(signer.public_key, sm2_public_key(bench.sign)));
    Sm2Signature signature;
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("message"), &signature, &err));
    CHECK(sm2_verify(sm2_public_key(bench.sign), BYTES_LITERAL("message"), &signature));
}

typedef struct {
    const Signer *signer;
    int good;
} Caller;

static void *sign_often(void *argument)
{
    Caller *caller = argument;
    for (int i = 0; i < SIGNATURES; i++) {
        Error err = {0};
        Sm2Signature signature;
        caller->good += signer_sign(caller->signer, BYTES_LITERAL("m"), &signature, &err) &&
                        sm2_verify(caller->signer->public_key, BYTES_LITERAL("m"), &signature);
    }
    return NULL;
}

TEST(more_threads_than_sessions_are_all_served)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    pthread_t threads[THREADS];
    Caller callers[THREADS];
    start(&bench, 2);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    for (size_t i = 0; i < THREADS; i++) {
        callers[i] = (Caller){&signer, 0};
        CHECK(pthread_create(&threads[i], NULL, sign_often, &callers[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(callers[i].good, SIGNATURES);
    }
}

TEST(a_device_decrypts_and_the_two_uses_of_keys_are_kept_apart)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    Sm2Signature signature;
    start(&bench, 1);
    Signer signer = open_key(&bench, SDF_SIGN_KEY),
           decrypter = open_key(&bench, SDF_ENCRYPTION_KEY);
    CHECK_OK(sm2_encrypt(decrypter.public_key, random_system(), BYTES_LITERAL("plaintext"), &cipher,
                         &err));
    CHECK_OK(signer_decrypt(&decrypter, writer_bytes(&cipher), &plaintext, &err));
    CHECK_BYTES(writer_bytes(&plaintext), BYTES_LITERAL("plaintext"));
    CHECK_FAILS_WITH(signer_decrypt(&signer, writer_bytes(&cipher), &plaintext, &err),
                     ERROR_FORBIDDEN, "signer.not_for_decryption");
    CHECK_FAILS_WITH(signer_sign(&decrypter, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.not_for_signing");
    cipher.data[cipher.len - 1] ^= 1;
    CHECK_FAILS_WITH(signer_decrypt(&decrypter, writer_bytes(&cipher), &plaintext, &err),
                     ERROR_UNTRUSTED, "sdf.ciphertext");
    CHECK_FAILS_WITH(signer_decrypt(&decrypter, BYTES_LITERAL("x"), &plaintext, &err), ERROR_INPUT,
                     "sm2.cipher_malformed");
    CHECK_INT(plaintext.len, 9);
}

TEST(a_library_that_does_not_load_or_lacks_functions_is_named)
{
    Error err = {0};
    SdfDevice *device = NULL;
    CHECK_FAILS_WITH(sdf_device_open(&(SdfConfig){.library = "/nowhere/libsdf.so"}, &device, &err),
                     ERROR_NOT_FOUND, "sdf.library");
    CHECK(strstr(err.text, "/nowhere/libsdf.so") != NULL);
    CHECK_FAILS_WITH(sdf_device_open(&(SdfConfig){.library = "libm.so.6"}, &device, &err),
                     ERROR_INPUT, "sdf.symbols");
    CHECK(strstr(err.text, "libm.so.6 lacks SDF_OpenDevice SDF_CloseDevice") != NULL);
    CHECK_FAILS_WITH(
        sdf_device_open(&(SdfConfig){.library = ASSENT_SOFTSDF, .sessions = 33}, &device, &err),
        ERROR_INPUT, "sdf.sessions");
    CHECK(device == NULL);
}

TEST(without_a_device_nothing_opens_and_the_return_code_is_named)
{
    Error err = {0};
    SdfDevice *device = NULL;
    sdf_fixture_use("/nowhere");
    CHECK_FAILS_WITH(sdf_device_open(&(SdfConfig){.library = ASSENT_SOFTSDF}, &device, &err),
                     ERROR_UNAVAILABLE, "sdf.device");
    CHECK_TEXT(err.text, "SDF_OpenDevice of the device returned 0x01000005, SDR_OPENDEVICE");
    CHECK(device == NULL);
}

TEST(a_wrong_password_and_a_missing_key_are_refused_at_opening)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Signer signer = {0};
    start(&bench, 1);
    CHECK_FAILS_WITH(
        sdf_key_open(bench.device, &(SdfKeyConfig){SDF_SIGN_KEY, 1, BYTES_LITERAL("no")}, &signer,
                     &err),
        ERROR_FORBIDDEN, "sdf.access");
    CHECK(strstr(err.text, "SDR_PRKRERR") != NULL);
    CHECK_FAILS_WITH(
        sdf_key_open(bench.device, &(SdfKeyConfig){SDF_SIGN_KEY, 2, SDF_FIXTURE_PASSWORD}, &signer,
                     &err),
        ERROR_NOT_FOUND, "sdf.no_key");
    CHECK(signer.sign_digest == NULL);
}

TEST(an_encryption_key_that_does_not_decrypt_for_its_public_key_does_not_open)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    CLEANUP(writer_free) Writer other = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    Signer signer = {0};
    start(&bench, 1);
    key_public_pem_encode(sm2_public_key(bench.sign), &other);
    CHECK(sdf_fixture_write(bench.directory, "enc-1.pub", writer_bytes(&other)));
    const SdfKeyConfig config = {SDF_ENCRYPTION_KEY, 1, SDF_FIXTURE_PASSWORD};
    CHECK_FAILS_WITH(sdf_key_open(bench.device, &config, &signer, &err), ERROR_UNTRUSTED,
                     "sdf.ciphertext");
}

TEST(more_keys_than_the_device_serves_are_refused)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Signer signer = {0};
    const SdfKeyConfig missing = {SDF_SIGN_KEY, 2, BYTES_EMPTY};
    start(&bench, 1);
    for (int i = 0; i < SDF_KEYS_MAX; i++) {
        CHECK_FAILS(sdf_key_open(bench.device, &missing, &signer, &err), ERROR_NOT_FOUND);
    }
    CHECK_FAILS_WITH(sdf_key_open(bench.device, &missing, &signer, &err), ERROR_LIMIT, "sdf.keys");
}

TEST(a_device_that_is_gone_is_unavailable_and_serves_again_when_it_is_back)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm2Signature signature;
    start(&bench, 2);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    fault(&bench, "gone 1\n");
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_UNAVAILABLE,
                     "sdf.device");
    fault(&bench, "");
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err));
}

TEST(a_session_that_broke_is_opened_again_unseen)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm2Signature signature;
    start(&bench, 1);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    fault(&bench, "epoch 1\n");
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err));
    // SDR_HARDFAIL from every session, as often as one is opened: the repetition is bounded.
    fault(&bench, "vendor_code 16777220\n");
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_UNAVAILABLE,
                     "sdf.device");
    CHECK(strstr(err.text, "SDR_HARDFAIL") != NULL);
}

TEST(a_code_of_the_vendor_is_named_by_its_number)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm2Signature signature;
    start(&bench, 1);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    fault(&bench, "vendor_code 33620225\n");
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_UNAVAILABLE,
                     "sdf.device");
    CHECK(strstr(err.text, "returned 0x02010101, a code of the vendor") != NULL);
}

TEST(a_call_that_does_not_return_ends_at_its_deadline_and_the_device_recovers)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm2Signature signature;
    start(&bench, 2);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    fault(&bench, "hang 1\n");
    bench.device->timeout_ms = SHORT_MS;
    // Three times: with both sessions hanging no third call gets one.
    for (int i = 0; i < 3; i++) {
        CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err),
                         ERROR_UNAVAILABLE, "sdf.timeout");
    }
    fault(&bench, "");
    bench.device->timeout_ms = LONG_MS;
    CHECK_OK(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err));
    CHECK(sm2_verify(signer.public_key, BYTES_LITERAL("m"), &signature));
}

// Covers: GB/T 37092-2018 7.9; C28.
TEST(a_zeroised_signer_refuses_and_another_of_the_same_key_does_not)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm2Signature signature;
    start(&bench, 1);
    Signer first = open_key(&bench, SDF_SIGN_KEY), second = open_key(&bench, SDF_SIGN_KEY);
    signer_zeroise(&first);
    CHECK_FAILS_WITH(signer_sign(&first, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
    CHECK_OK(signer_sign(&second, BYTES_LITERAL("m"), &signature, &err));
}

TEST(random_bytes_of_any_length_come_from_the_device)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    uint8_t first[3000] = {0}, second[3000] = {0};
    start(&bench, 1);
    CHECK_OK(random_fill(sdf_random(bench.device), first, sizeof first, &err));
    CHECK_OK(random_fill(sdf_random(bench.device), second, sizeof second, &err));
    CHECK_OK(random_check_health(BYTES_OF_ARRAY(first), &err));
    CHECK(memcmp(first, second, sizeof first) != 0);
    CHECK(memcmp(first, &first[1500], 1500) != 0);
}

// Covers: GB/T 37092-2018 7.9; C24.
TEST(a_draw_that_the_device_refuses_gives_no_bytes)
{
    static const struct {
        const char *faults, *code;
    } rows[] = {
        {"random_code 16777239\n", "sdf.device"},  // SDR_RANDERR
        {"random_code 4711\n", "sdf.device"},
        {"gone 1\n", "sdf.device"},
    };
    static const uint8_t nothing[3000];
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    uint8_t drawn[3000] = {0};
    start(&bench, 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(sdf_fixture_fault(bench.directory, rows[i].faults));
        CHECK_FAILS_WITH(random_fill(sdf_random(bench.device), drawn, sizeof drawn, &err),
                         ERROR_UNAVAILABLE, rows[i].code);
        CHECK(memcmp(drawn, nothing, sizeof drawn) == 0);
    }
    CHECK(sdf_fixture_fault(bench.directory, "slow_ms 20\n"));
    CHECK_OK(random_fill(sdf_random(bench.device), drawn, sizeof drawn, &err));
    CHECK_OK(random_check_health(BYTES_OF_ARRAY(drawn), &err));
}

// The rest ends in the error state, each in a process of its own; the results number the steps.

static Bench child_bench;

static int child_signs_wrongly(void)
{
    Error err = {0};
    Signer signer = {0};
    Sm2Signature signature = {0};
    const SdfConfig config = {ASSENT_SOFTSDF, 1, LONG_MS};
    const SdfKeyConfig key = {SDF_SIGN_KEY, 1, SDF_FIXTURE_PASSWORD};
    if (!sdf_device_open(&config, &child_bench.device, &err) ||
        !sdf_key_open(child_bench.device, &key, &signer, &err)) {
        return 1;
    }
    if (!sdf_fixture_fault(child_bench.directory, "wrong_signature 1\n") ||
        signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err) ||
        strcmp(err.code, "sdf.signature") != 0 || err.kind != ERROR_UNTRUSTED) {
        return 2;
    }
    static const Sm2Signature nothing;
    if (memcmp(&signature, &nothing, sizeof nothing) != 0) {
        return 3;
    }
    // A device that is right again does not help before a restart.
    if (!sdf_fixture_fault(child_bench.directory, "") ||
        signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err) ||
        strcmp(err.code, "crypto.error_state") != 0) {
        return 4;
    }
    return crypto_state() == CRYPTO_ERROR ? 0 : 5;
}

// Covers: GB/T 37092-2018 7.10; C25.
TEST(a_wrong_signature_of_the_device_is_not_given_out_and_ends_in_the_error_state)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    put_keys(&bench);
    child_bench.directory = bench.directory;
    CHECK_INT(test_in_child(child_signs_wrongly), 0);
}

static int child_opens_a_key_that_signs_wrongly(void)
{
    Error err = {0};
    Signer signer = {0};
    const SdfConfig config = {ASSENT_SOFTSDF, 1, LONG_MS};
    const SdfKeyConfig key = {SDF_SIGN_KEY, 1, SDF_FIXTURE_PASSWORD};
    if (!sdf_device_open(&config, &child_bench.device, &err)) {
        return 1;
    }
    return !sdf_key_open(child_bench.device, &key, &signer, &err) &&
                   strcmp(err.code, "sdf.signature") == 0 && crypto_state() == CRYPTO_ERROR
               ? 0
               : 2;
}

TEST(a_key_whose_public_key_is_of_another_does_not_open)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    put_keys(&bench);
    CHECK(sdf_fixture_fault(bench.directory, "wrong_signature 1\n"));
    child_bench.directory = bench.directory;
    CHECK_INT(test_in_child(child_opens_a_key_that_signs_wrongly), 0);
}

static int child_draws_from_a_stuck_device(void)
{
    Error err = {0};
    uint8_t drawn[32];
    const SdfConfig config = {ASSENT_SOFTSDF, 1, LONG_MS};
    if (!sdf_device_open(&config, &child_bench.device, &err)) {
        return 1;
    }
    return !random_fill(sdf_random(child_bench.device), drawn, sizeof drawn, &err) &&
                   strcmp(err.code, "random.unhealthy") == 0 && crypto_state() == CRYPTO_ERROR
               ? 0
               : 2;
}

// Covers: GB/T 37092-2018 7.9; C24.
TEST(a_device_whose_random_source_is_stuck_ends_in_the_error_state)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    put_keys(&bench);
    CHECK(sdf_fixture_fault(bench.directory, "stuck_random 1\n"));
    child_bench.directory = bench.directory;
    CHECK_INT(test_in_child(child_draws_from_a_stuck_device), 0);
}

static const Signer *parents_signer;

static int child_uses_the_parents_device(void)
{
    Error err = {0};
    Sm2Signature signature;
    bool made = signer_sign(parents_signer, BYTES_LITERAL("m"), &signature, &err);
    sdf_device_close(child_bench.device);
    return made || strcmp(err.code, "sdf.forked") != 0;
}

TEST(a_child_after_fork_is_refused_at_once)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench, 1);
    Signer signer = open_key(&bench, SDF_SIGN_KEY);
    parents_signer = &signer;
    child_bench.device = bench.device;
    CHECK_INT(test_in_child(child_uses_the_parents_device), 0);
}

TEST(closing_does_not_wait_for_a_call_that_hangs)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    uint8_t drawn[16];
    start(&bench, 1);
    fault(&bench, "hang 1\n");
    bench.device->timeout_ms = SHORT_MS;
    CHECK_FAILS_WITH(random_fill(sdf_random(bench.device), drawn, sizeof drawn, &err),
                     ERROR_UNAVAILABLE, "sdf.timeout");
}
