// SPDX-License-Identifier: Apache-2.0
#include "base/softskf/softskf.h"

#include <string.h>

#include "base/device/skf_blob.h"
#include "base/device/skf_fixture.h"
#include "base/test/test.h"

typedef struct {
    void *device, *application, *container;
} Bench;

static void bench_cleanup(Bench *bench)
{
    (void)SKF_CloseContainer(bench->container);
    (void)SKF_CloseApplication(bench->application);
    (void)SKF_DisConnectDev(bench->device);
}

static char device_name[] = "assent-softskf", application_name[] = "assent",
            container_name[] = "person", pin[] = "12345678", other_pin[] = "abcdefgh";

static void start(Bench *bench)
{
    skf_fixture_use(test_directory());
    CHECK_INT(SKF_ConnectDev(device_name, &bench->device), SAR_OK);
    CHECK_INT(SKF_OpenApplication(bench->device, application_name, &bench->application), SAR_OK);
}

static void log_in(Bench *bench)
{
    uint32_t left;
    CHECK_INT(SKF_VerifyPIN(bench->application, SKF_USER_PIN, pin, &left), SAR_OK);
    CHECK_INT(SKF_CreateContainer(bench->application, container_name, &bench->container), SAR_OK);
}

TEST(names_are_listed_with_their_zeros_and_sizes_asked_for)
{
    char list[64];
    uint32_t size = 0;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    CHECK_INT(SKF_EnumDev(1, NULL, &size), SAR_OK);
    CHECK_INT(size, strlen(device_name) + 2);
    size--;
    CHECK_INT(SKF_EnumDev(1, list, &size), SAR_BUFFER_TOO_SMALL);
    CHECK_INT(SKF_EnumDev(1, list, &size), SAR_OK);
    CHECK_TEXT(list, device_name);
    CHECK_INT(list[strlen(device_name) + 1], 0);
    size = sizeof list;
    CHECK_INT(SKF_EnumApplication(bench.device, list, &size), SAR_OK);
    CHECK_BYTES(bytes_of(list, size), BYTES_LITERAL("assent\0\0"));
    size = sizeof list;
    CHECK_INT(SKF_EnumContainer(bench.application, list, &size), SAR_OK);
    CHECK_INT(size, 1);
}

TEST(handles_that_are_none_are_refused)
{
    void *child;
    uint32_t size = 0;
    ECCPUBLICKEYBLOB blob;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    CHECK_INT(SKF_OpenApplication(NULL, application_name, &child), SAR_INVALIDHANDLEERR);
    CHECK_INT(SKF_EnumContainer(bench.device, NULL, &size), SAR_INVALIDHANDLEERR);
    CHECK_INT(SKF_GenECCKeyPair(bench.application, SGD_SM2_1, &blob), SAR_INVALIDHANDLEERR);
    CHECK_INT(SKF_CloseHandle(bench.device), SAR_INVALIDHANDLEERR);
    CHECK_INT(SKF_DigestUpdate(NULL, NULL, 0), SAR_INVALIDHANDLEERR);
}

TEST(nothing_is_made_or_used_without_the_pin)
{
    uint32_t left;
    void *container = NULL;
    uint8_t digest[32] = {0};
    ECCPUBLICKEYBLOB blob;
    ECCSIGNATUREBLOB signature;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    CHECK_INT(SKF_CreateContainer(bench.application, container_name, &container),
              SAR_USER_NOT_LOGGED_IN);
    log_in(&bench);
    CHECK_INT(SKF_ECCSignData(bench.container, digest, 32, &signature), SAR_KEYNOTFOUNTERR);
    CHECK_INT(SKF_GenECCKeyPair(bench.container, SGD_SM2_1, &blob), SAR_OK);
    CHECK_INT(SKF_ECCSignData(bench.container, digest, 32, &signature), SAR_OK);
    CHECK_INT(SKF_ECCSignData(bench.container, digest, 31, &signature), SAR_INDATALENERR);
    CHECK_INT(SKF_ECCVerify(bench.device, &blob, digest, 32, &signature), SAR_OK);
    digest[0] = 1;
    CHECK_INT(SKF_ECCVerify(bench.device, &blob, digest, 32, &signature), SAR_FAIL);
    CHECK_INT(SKF_ClearSecureState(bench.application), SAR_OK);
    CHECK_INT(SKF_ECCSignData(bench.container, digest, 32, &signature), SAR_USER_NOT_LOGGED_IN);
    CHECK_INT(SKF_GenECCKeyPair(bench.container, SGD_SM2_1, &blob), SAR_USER_NOT_LOGGED_IN);
    CHECK_INT(SKF_ImportCertificate(bench.container, 1, digest, 32), SAR_USER_NOT_LOGGED_IN);
    CHECK_INT(SKF_VerifyPIN(bench.application, SKF_USER_PIN, other_pin, &left), SAR_PIN_INCORRECT);
    CHECK_INT(left, SOFTSKF_TRIES - 1);
}

// Covers: GM/T 0016-2012 7.2.
TEST(a_changed_pin_opens_the_same_keys)
{
    int32_t is_default;
    uint32_t left, max;
    uint8_t digest[32] = {0};
    ECCPUBLICKEYBLOB blob;
    ECCSIGNATUREBLOB signature;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    CHECK_INT(SKF_GetPINInfo(bench.application, SKF_USER_PIN, &max, &left, &is_default), SAR_OK);
    CHECK(is_default == 1 && max == SOFTSKF_TRIES && left == SOFTSKF_TRIES);
    log_in(&bench);
    CHECK_INT(SKF_GenECCKeyPair(bench.container, SGD_SM2_1, &blob), SAR_OK);
    CHECK_INT(SKF_ChangePIN(bench.application, SKF_USER_PIN, other_pin, pin, &left),
              SAR_PIN_INCORRECT);
    CHECK_INT(SKF_ChangePIN(bench.application, SKF_USER_PIN, pin, other_pin, &left), SAR_OK);
    CHECK_INT(SKF_ClearSecureState(bench.application), SAR_OK);
    CHECK_INT(SKF_VerifyPIN(bench.application, SKF_USER_PIN, pin, &left), SAR_PIN_INCORRECT);
    CHECK_INT(SKF_VerifyPIN(bench.application, SKF_USER_PIN, other_pin, &left), SAR_OK);
    CHECK_INT(SKF_ECCSignData(bench.container, digest, 32, &signature), SAR_OK);
    CHECK_INT(SKF_ECCVerify(bench.device, &blob, digest, 32, &signature), SAR_OK);
    CHECK_INT(SKF_GetPINInfo(bench.application, SKF_USER_PIN, &max, &left, &is_default), SAR_OK);
    CHECK_INT(is_default, 0);
}

TEST(the_digest_begins_with_z_when_there_is_a_key_and_an_id)
{
    Error err = {0};
    void *hash;
    Sm3Digest expected;
    uint8_t digest[32], id[] = "1234567812345678", message[] = "message digest";
    uint32_t len = sizeof digest;
    ECCPUBLICKEYBLOB blob;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    skf_put_public_key(sm2_public_key(key), &blob);
    CHECK_INT(SKF_DigestInit(bench.device, SGD_SM3, &blob, id, 16, &hash), SAR_OK);
    CHECK_INT(SKF_DigestUpdate(hash, message, 14), SAR_OK);
    CHECK_INT(SKF_DigestFinal(hash, digest, &len), SAR_OK);
    CHECK_INT(SKF_CloseHandle(hash), SAR_OK);
    CHECK_OK(sm2_message_digest(sm2_public_key(key), SM2_DEFAULT_ID, bytes_of(message, 14),
                                &expected, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(digest), sm3_bytes(&expected));
    CHECK_INT(SKF_DigestInit(bench.device, SGD_SM3, &blob, NULL, 0, &hash), SAR_INVALIDPARAMERR);
}

TEST(names_do_not_lead_out_of_the_directory)
{
    void *child;
    char up[] = "..", path[] = "a/b", hidden[] = ".x", long_name[64] = {0};
    char *const names[] = {up, path, hidden, long_name};
    memset(long_name, 'a', sizeof long_name - 1);
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    log_in(&bench);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CHECK_INT(SKF_OpenApplication(bench.device, names[i], &child), SAR_INVALIDPARAMERR);
        CHECK_INT(SKF_CreateContainer(bench.application, names[i], &child), SAR_INVALIDPARAMERR);
        CHECK_INT(SKF_DeleteContainer(bench.application, names[i]), SAR_INVALIDPARAMERR);
    }
}

TEST(a_deleted_container_takes_its_keys_with_it)
{
    uint32_t type;
    ECCPUBLICKEYBLOB blob;
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    log_in(&bench);
    CHECK_INT(SKF_GenECCKeyPair(bench.container, SGD_SM2_1, &blob), SAR_OK);
    CHECK_INT(SKF_CloseContainer(bench.container), SAR_OK);
    CHECK_INT(SKF_DeleteContainer(bench.application, container_name), SAR_OK);
    CHECK_INT(SKF_DeleteContainer(bench.application, container_name), SAR_FILE_NOT_EXIST);
    CHECK_INT(SKF_CreateContainer(bench.application, container_name, &bench.container), SAR_OK);
    CHECK_INT(SKF_GetContainerType(bench.container, &type), SAR_OK);
    CHECK_INT(type, SKF_CONTAINER_EMPTY);
}

TEST(an_application_of_ones_own_has_its_own_pin)
{
    uint32_t left;
    char name[] = "bank", short_pin[] = "123";
    CLEANUP(bench_cleanup) Bench bench = {0};
    void *application = NULL;
    start(&bench);
    CHECK_INT(SKF_CreateApplication(bench.device, name, pin, 3, short_pin, 3, 0, &application),
              SAR_PIN_LEN_RANGE);
    CHECK_INT(SKF_CreateApplication(bench.device, name, pin, 3, other_pin, 2, 0, &application),
              SAR_OK);
    CHECK_INT(SKF_CreateApplication(bench.device, name, pin, 3, other_pin, 2, 0, &application),
              SAR_APPLICATION_EXISTS);
    CHECK_INT(SKF_VerifyPIN(application, SKF_USER_PIN, pin, &left), SAR_PIN_INCORRECT);
    CHECK_INT(SKF_VerifyPIN(application, SKF_USER_PIN, pin, &left), SAR_PIN_INCORRECT);
    CHECK_INT(SKF_VerifyPIN(application, SKF_USER_PIN, other_pin, &left), SAR_PIN_LOCKED);
    CHECK_INT(SKF_CloseApplication(application), SAR_OK);
}
