// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_blob.h"

#include <string.h>

#include "base/device/sdf_error.h"
#include "base/test/test.h"

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

// Covers: GM/T 0018-2012 5.
TEST(structures_have_the_sizes_of_the_standard)
{
    CHECK_INT(sizeof(ECCrefPublicKey), 4 + 64 + 64);
    CHECK_INT(sizeof(ECCrefPrivateKey), 4 + 64);
    CHECK_INT(sizeof(ECCSignature), 128);
    CHECK_INT(sizeof(ECCCipher) - ECCCipher_MAX_LEN, 64 + 64 + 32 + 4);
    CHECK_INT(sizeof(DEVICEINFO), 40 + 16 + 16 + 4 + 4 + 8 + 4 + 4 + 4);
}

TEST(public_keys_round_trip_and_numbers_stand_at_the_right)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    ECCrefPublicKey blob;
    Sm2PublicKey back;
    sdf_put_public_key(sm2_public_key(key), &blob);
    static const uint8_t zeros[32];
    CHECK_INT(blob.bits, 256);
    CHECK_BYTES(bytes_of(blob.x, 32), BYTES_OF_ARRAY(zeros));
    CHECK_BYTES(bytes_of(&blob.y[32], 32),
                bytes_from(sm2_public_key_bytes(sm2_public_key(key)), 33));
    CHECK_OK(sdf_get_public_key(&blob, &back, &err));
    CHECK(sm2_public_key_equal(&back, sm2_public_key(key)));
}

TEST(public_keys_that_are_not_are_refused)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    ECCrefPublicKey good, bad;
    Sm2PublicKey back;
    sdf_put_public_key(sm2_public_key(key), &good);
    bad = good;
    bad.bits = 512;
    CHECK_FAILS_WITH(sdf_get_public_key(&bad, &back, &err), ERROR_UNTRUSTED, "sdf.public_key");
    for (size_t i = 0; i < 64; i++) {
        bad = good;
        bad.x[i] ^= 1;
        CHECK_FAILS_WITH(sdf_get_public_key(&bad, &back, &err), ERROR_UNTRUSTED, "sdf.public_key");
    }
    memset(&bad.x, 0, sizeof bad.x);
    memset(&bad.y, 0, sizeof bad.y);
    CHECK_FAILS_WITH(sdf_get_public_key(&bad, &back, &err), ERROR_UNTRUSTED, "sdf.public_key");
}

TEST(signatures_round_trip_and_longer_numbers_are_refused)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    Sm2Signature signature, back;
    ECCSignature blob;
    CHECK_OK(sm2_sign(key, random_system(), BYTES_LITERAL("m"), &signature, &err));
    sdf_put_signature(&signature, &blob);
    CHECK_OK(sdf_get_signature(&blob, &back, &err));
    CHECK(memcmp(&signature, &back, sizeof back) == 0);
    blob.s[31] = 1;
    CHECK_FAILS_WITH(sdf_get_signature(&blob, &back, &err), ERROR_UNTRUSTED, "sdf.signature");
}

TEST(ciphertexts_round_trip_and_malformed_ones_are_refused)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer der = writer_new(4096);
    CLEANUP(writer_free) Writer back = writer_new(4096);
    CLEANUP(writer_free) Writer small = writer_new(16);
    ECCCipher blob;
    CHECK_OK(sm2_encrypt(sm2_public_key(key), random_system(), BYTES_LITERAL("abc"), &der, &err));
    CHECK_OK(sdf_cipher_of_der(writer_bytes(&der), &blob, &err));
    CHECK_INT(blob.L, 3);
    CHECK_OK(sdf_cipher_to_der(&blob, &back, &err));
    CHECK_BYTES(writer_bytes(&back), writer_bytes(&der));
    CHECK_FAILS(sdf_cipher_to_der(&blob, &small, &err), ERROR_LIMIT);
    for (size_t len = 0; len < der.len; len++) {
        CHECK_FAILS_WITH(sdf_cipher_of_der(bytes_of(der.data, len), &blob, &err), ERROR_INPUT,
                         "sm2.cipher_malformed");
    }
    blob.L = ECCCipher_MAX_LEN + 1;
    CHECK_FAILS_WITH(sdf_cipher_to_der(&blob, &back, &err), ERROR_UNTRUSTED, "sdf.ciphertext");
}

TEST(a_ciphertext_longer_than_a_device_takes_is_refused)
{
    static const uint8_t plaintext[ECCCipher_MAX_LEN + 1] = {1};
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer longest = writer_new(4096);
    CLEANUP(writer_free) Writer longer = writer_new(4096);
    ECCCipher blob;
    CHECK_OK(sm2_encrypt(sm2_public_key(key), random_system(),
                         bytes_of(plaintext, ECCCipher_MAX_LEN), &longest, &err));
    CHECK_OK(sdf_cipher_of_der(writer_bytes(&longest), &blob, &err));
    CHECK_OK(sm2_encrypt(sm2_public_key(key), random_system(), BYTES_OF_ARRAY(plaintext), &longer,
                         &err));
    CHECK_FAILS_WITH(sdf_cipher_of_der(writer_bytes(&longer), &blob, &err), ERROR_LIMIT,
                     "sdf.plaintext_size");
}

TEST(codes_are_named_and_those_of_the_device_are_known)
{
    CHECK_TEXT(sdf_code_name(SDR_OK), "SDR_OK");
    CHECK_TEXT(sdf_code_name(SDR_KEYNOTEXIST), "SDR_KEYNOTEXIST");
    CHECK_TEXT(sdf_code_name(SDR_OUTARGERR), "SDR_OUTARGERR");
    CHECK_TEXT(sdf_code_name(SDR_OUTARGERR + 1), "a code of the vendor");
    CHECK_TEXT(sdf_code_name(-1), "a code of the vendor");
    CHECK(sdf_code_is_of_device(SDR_HARDFAIL) && sdf_code_is_of_device(0x02000001));
    CHECK(!sdf_code_is_of_device(SDR_OK) && !sdf_code_is_of_device(SDR_KEYNOTEXIST));
}
