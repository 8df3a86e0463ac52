// SPDX-License-Identifier: Apache-2.0
#include "base/softsdf/softsdf.h"

#include <dlfcn.h>
#include <string.h>

#include "base/device/sdf_blob.h"
#include "base/device/sdf_fixture.h"
#include "base/test/test.h"

typedef struct {
    Sm2PrivateKey *key;
    void *device, *session;
} Bench;

static void bench_cleanup(Bench *bench)
{
    if (bench->session != NULL) {
        (void)SDF_CloseSession(bench->session);
        (void)SDF_CloseDevice(bench->device);
    }
    sm2_private_key_free(bench->key);
}

static void start(Bench *bench)
{
    Error err = {0};
    const char *directory = test_directory();
    sdf_fixture_use(directory);
    CHECK_OK(sm2_key_generate(random_system(), &bench->key, &err));
    CHECK(sdf_fixture_put_key(directory, "sign-1", bench->key, SDF_FIXTURE_PASSWORD));
    CHECK(sdf_fixture_put_key(directory, "enc-1", bench->key, SDF_FIXTURE_PASSWORD));
    CHECK(sdf_fixture_put_key(directory, "sign-2", bench->key, BYTES_EMPTY));
    CHECK_INT(SDF_OpenDevice(&bench->device), SDR_OK);
    CHECK_INT(SDF_OpenSession(bench->device, &bench->session), SDR_OK);
}

static int take_right(const Bench *bench, unsigned index, const char *password)
{
    unsigned char copy[32];
    size_t len = strlen(password);
    memcpy(copy, password, len);
    return SDF_GetPrivateKeyAccessRight(bench->session, index, copy, (unsigned)len);
}

TEST(handles_that_are_none_are_refused)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    start(&bench);
    void *handle = NULL;
    unsigned char byte;
    CHECK_INT(SDF_OpenDevice(NULL), SDR_OUTARGERR);
    CHECK_INT(SDF_CloseDevice(NULL), SDR_INARGERR);
    CHECK_INT(SDF_CloseDevice(bench.session), SDR_INARGERR);
    CHECK_INT(SDF_OpenSession(bench.session, &handle), SDR_INARGERR);
    CHECK_INT(SDF_OpenSession(bench.device, NULL), SDR_OUTARGERR);
    CHECK_INT(SDF_CloseSession(NULL), SDR_INARGERR);
    CHECK_INT(SDF_CloseSession(bench.device), SDR_INARGERR);
    CHECK_INT(SDF_GenerateRandom(bench.device, 1, &byte), SDR_INARGERR);
    CHECK_INT(SDF_CloseDevice(bench.device), SDR_STEPERR);
}

TEST(without_a_directory_there_is_no_device)
{
    void *device = NULL;
    sdf_fixture_use("/nowhere");
    CHECK_INT(SDF_OpenDevice(&device), SDR_OPENDEVICE);
    CHECK(device == NULL);
}

TEST(the_device_says_what_it_is)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    DEVICEINFO info;
    start(&bench);
    CHECK_INT(SDF_GetDeviceInfo(bench.session, &info), SDR_OK);
    CHECK_TEXT((const char *)info.DeviceName, "assent-softsdf");
    CHECK_INT(info.AsymAlgAbility[0], 0x00020a00);
    CHECK_INT(SDF_GetDeviceInfo(bench.session, NULL), SDR_OUTARGERR);
}

// Covers: GM/T 0018-2012 6.
TEST(a_right_needs_the_password_and_a_signature_needs_the_right)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm3Digest e = sm3_digest(BYTES_LITERAL("m"));
    ECCSignature signature;
    start(&bench);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 32, &signature), SDR_PARDENY);
    CHECK_INT(take_right(&bench, 1, "wrong"), SDR_PRKRERR);
    CHECK_INT(take_right(&bench, 1, ""), SDR_PRKRERR);
    CHECK_INT(take_right(&bench, 9, "12345678"), SDR_KEYNOTEXIST);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 32, &signature), SDR_PARDENY);
    CHECK_INT(take_right(&bench, 1, "12345678"), SDR_OK);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 32, &signature), SDR_OK);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 31, &signature), SDR_INARGERR);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 32, NULL), SDR_OUTARGERR);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 2, e.bytes, 32, &signature), SDR_PARDENY);
    CHECK_INT(SDF_ReleasePrivateKeyAccessRight(bench.session, 1), SDR_OK);
    CHECK_INT(SDF_ReleasePrivateKeyAccessRight(bench.session, 1), SDR_PARDENY);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 1, e.bytes, 32, &signature), SDR_PARDENY);
}

TEST(signatures_verify_by_index_and_by_exported_key)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Sm3Digest e = sm3_digest(BYTES_LITERAL("m"));
    ECCSignature signature;
    ECCrefPublicKey key;
    start(&bench);
    CHECK_INT(take_right(&bench, 2, ""), SDR_OK);
    CHECK_INT(SDF_InternalSign_ECC(bench.session, 2, e.bytes, 32, &signature), SDR_OK);
    CHECK_INT(SDF_ExportSignPublicKey_ECC(bench.session, 2, &key), SDR_OK);
    CHECK_INT(SDF_ExportSignPublicKey_ECC(bench.session, 3, &key), SDR_KEYNOTEXIST);
    CHECK_INT(SDF_ExportEncPublicKey_ECC(bench.session, 2, &key), SDR_KEYNOTEXIST);
    CHECK_INT(SDF_InternalVerify_ECC(bench.session, 2, e.bytes, 32, &signature), SDR_OK);
    CHECK_INT(SDF_ExternalVerify_ECC(bench.session, SGD_SM2_1, &key, e.bytes, 32, &signature),
              SDR_OK);
    CHECK_INT(SDF_ExternalVerify_ECC(bench.session, SGD_SM2_3, &key, e.bytes, 32, &signature),
              SDR_ALGNOTSUPPORT);
    e.bytes[0] ^= 1;
    CHECK_INT(SDF_InternalVerify_ECC(bench.session, 2, e.bytes, 32, &signature), SDR_VERIFYERR);
    CHECK_INT(SDF_ExternalVerify_ECC(bench.session, SGD_SM2_1, &key, e.bytes, 32, &signature),
              SDR_VERIFYERR);
}

TEST(what_is_encrypted_to_an_exported_key_is_decrypted_inside)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    unsigned char plaintext[] = "plaintext", back[ECCCipher_MAX_LEN];
    unsigned len = sizeof back;
    ECCrefPublicKey key;
    ECCCipher cipher;
    start(&bench);
    CHECK_INT(SDF_ExportEncPublicKey_ECC(bench.session, 1, &key), SDR_OK);
    CHECK_INT(SDF_ExternalEncrypt_ECC(bench.session, SGD_SM2_3, &key, plaintext, 9, &cipher),
              SDR_OK);
    CHECK_INT(SDF_InternalDecrypt_ECC(bench.session, 1, SGD_SM2_3, &cipher, back, &len),
              SDR_PARDENY);
    CHECK_INT(take_right(&bench, 1, "12345678"), SDR_OK);
    CHECK_INT(SDF_InternalDecrypt_ECC(bench.session, 1, SGD_SM2_3, &cipher, back, &len), SDR_OK);
    CHECK_BYTES(bytes_of(back, len), BYTES_LITERAL("plaintext"));
    cipher.M[0] ^= 1;
    CHECK_INT(SDF_InternalDecrypt_ECC(bench.session, 1, SGD_SM2_3, &cipher, back, &len),
              SDR_SKOPERR);
    cipher.x[0] = 1;
    CHECK_INT(SDF_InternalDecrypt_ECC(bench.session, 1, SGD_SM2_3, &cipher, back, &len),
              SDR_ENCDATAERR);
    CHECK_INT(SDF_ExternalEncrypt_ECC(bench.session, SGD_SM2_3, &key, plaintext, 0, &cipher),
              SDR_INARGERR);
}

TEST(a_generated_pair_belongs_together)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    ECCrefPublicKey public_blob;
    ECCrefPrivateKey private_blob;
    Sm2PublicKey public_key;
    start(&bench);
    CHECK_INT(SDF_GenerateKeyPair_ECC(bench.session, SGD_SM2_1, 256, &public_blob, &private_blob),
              SDR_OK);
    CHECK_OK(sm2_private_key_new(bytes_of(&private_blob.K[32], 32), &key, &err));
    CHECK_OK(sdf_get_public_key(&public_blob, &public_key, &err));
    CHECK(sm2_public_key_equal(&public_key, sm2_public_key(key)));
    CHECK_INT(SDF_GenerateKeyPair_ECC(bench.session, SGD_SM2_1, 512, &public_blob, &private_blob),
              SDR_INARGERR);
    CHECK_INT(SDF_GenerateKeyPair_ECC(bench.session, SGD_SM3, 256, &public_blob, &private_blob),
              SDR_ALGNOTSUPPORT);
}

// Covers: GM/T 0018-2012 6; GB/T 32918.2-2016 5.5.
TEST(a_hash_with_key_and_id_begins_with_z)
{
    Error err = {0};
    CLEANUP(bench_cleanup) Bench bench = {0};
    unsigned char id[] = "1234567812345678", message[] = "message", hash[32];
    unsigned len = 0;
    ECCrefPublicKey key;
    Sm3Digest expected;
    start(&bench);
    CHECK_INT(SDF_HashUpdate(bench.session, message, 7), SDR_STEPERR);
    CHECK_INT(SDF_HashFinal(bench.session, hash, &len), SDR_STEPERR);
    CHECK_INT(SDF_ExportSignPublicKey_ECC(bench.session, 1, &key), SDR_OK);
    CHECK_INT(SDF_HashInit(bench.session, SGD_SM3, &key, id, 16), SDR_OK);
    CHECK_INT(SDF_HashUpdate(bench.session, message, 3), SDR_OK);
    CHECK_INT(SDF_HashUpdate(bench.session, &message[3], 4), SDR_OK);
    CHECK_INT(SDF_HashFinal(bench.session, hash, &len), SDR_OK);
    CHECK_OK(sm2_message_digest(sm2_public_key(bench.key), SM2_DEFAULT_ID, BYTES_LITERAL("message"),
                                &expected, &err));
    CHECK_BYTES(bytes_of(hash, len), sm3_bytes(&expected));
    CHECK_INT(SDF_HashInit(bench.session, SGD_SM3, NULL, NULL, 0), SDR_OK);
    CHECK_INT(SDF_HashFinal(bench.session, hash, &len), SDR_OK);
    expected = sm3_digest(BYTES_EMPTY);
    CHECK_BYTES(bytes_of(hash, len), sm3_bytes(&expected));
    CHECK_INT(SDF_HashInit(bench.session, SGD_SM2_1, NULL, NULL, 0), SDR_ALGNOTSUPPORT);
}

TEST(the_shared_library_exports_its_functions_and_none_of_ours)
{
    void *library = dlopen(ASSENT_SOFTSDF, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    CHECK(dlsym(library, "SDF_InternalSign_ECC") != NULL);
    CHECK(dlsym(library, "SDF_HashFinal") != NULL);
    CHECK(dlsym(library, "sm2_sign_digest") == NULL);
    CHECK(dlsym(library, "softsdf_check_session") == NULL);
    dlclose(library);
}
