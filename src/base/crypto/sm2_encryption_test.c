// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/test/test.h"

// GB/T 32918.5-2017 annex C.
#define VECTOR_D "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
#define VECTOR_K "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21"
#define VECTOR_PLAINTEXT BYTES_LITERAL("encryption standard")
#define VECTOR_CIPHER                                                        \
    "307C"                                                                   \
    "022004EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"   \
    "022100E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0" \
    "042059983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"   \
    "041321886CA989CA9C7D58087307CA93092D651EFA"

static Sm2PrivateKey *vector_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_D), &key, &err));
    return key;
}

// Covers: GB/T 32918.4 6.1, GB/T 32918.4 7.1.
TEST(ciphertext_of_the_standard_is_made_and_decrypted)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CHECK_OK(sm2_decrypt(key, test_hex(VECTOR_CIPHER), &plaintext, &err));
    CHECK_BYTES(writer_bytes(&plaintext), VECTOR_PLAINTEXT);
    Scalar k;
    bool suits = false;
    CHECK(scalar_load(&k, test_hex(VECTOR_K).data) != 0);
    CHECK_OK(
        sm2_encrypt_with_nonce(sm2_public_key(key), &k, VECTOR_PLAINTEXT, &cipher, &suits, &err));
    CHECK(suits);
    CHECK_BYTES(writer_bytes(&cipher), test_hex(VECTOR_CIPHER));
}

TEST(every_length_round_trips)
{
    static uint8_t message[200];
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    for (size_t len = 2; len <= sizeof message; len += 11) {
        message[len - 1] = (uint8_t)len;
        CLEANUP(writer_free) Writer cipher = writer_new(1024);
        CLEANUP(writer_free) Writer plaintext = writer_new(1024);
        CHECK_OK(sm2_encrypt(sm2_public_key(key), random_system(), bytes_of(message, len), &cipher,
                             &err));
        CHECK_OK(sm2_decrypt(key, writer_bytes(&cipher), &plaintext, &err));
        CHECK_BYTES(writer_bytes(&plaintext), bytes_of(message, len));
    }
}

TEST(every_bit_flip_and_truncation_of_a_ciphertext_is_refused)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Bytes good = test_hex(VECTOR_CIPHER);
    uint8_t cipher[126];
    CHECK_INT(good.len, sizeof cipher);
    memcpy(cipher, good.data, sizeof cipher);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    for (size_t bit = 0; bit < sizeof cipher * 8; bit++) {
        cipher[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!sm2_decrypt(key, BYTES_OF_ARRAY(cipher), &plaintext, &err));
        CHECK(err.kind == ERROR_INPUT || err.kind == ERROR_UNTRUSTED);
        CHECK_INT(plaintext.len, 0);
        cipher[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t len = 0; len < sizeof cipher; len++) {
        CHECK_FAILS(sm2_decrypt(key, bytes_of(cipher, len), &plaintext, &err), ERROR_INPUT);
    }
}

TEST(failures_of_decryption_are_told_apart)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Bytes good = test_hex(VECTOR_CIPHER);
    uint8_t cipher[126];
    memcpy(cipher, good.data, sizeof cipher);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    cipher[35] ^= 1;
    CHECK_FAILS_WITH(sm2_decrypt(key, BYTES_OF_ARRAY(cipher), &plaintext, &err), ERROR_UNTRUSTED,
                     "sm2.cipher_point");
    memcpy(cipher, good.data, sizeof cipher);
    cipher[125] ^= 1;
    CHECK_FAILS_WITH(sm2_decrypt(key, BYTES_OF_ARRAY(cipher), &plaintext, &err), ERROR_UNTRUSTED,
                     "sm2.cipher_hash");
    CLEANUP(writer_free) Writer small = writer_new(18);
    CHECK_FAILS_WITH(sm2_decrypt(key, good, &small, &err), ERROR_LIMIT, "sm2.limit");
}

TEST(plaintext_of_a_wrong_size_is_not_encrypted)
{
    static uint8_t large[SM2_PLAINTEXT_MAX + 1];
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    CLEANUP(writer_free) Writer cipher = writer_new(64);
    CHECK_FAILS_WITH(sm2_encrypt(sm2_public_key(key), random_system(), BYTES_EMPTY, &cipher, &err),
                     ERROR_INPUT, "sm2.plaintext_size");
    CHECK_FAILS(
        sm2_encrypt(sm2_public_key(key), random_system(), BYTES_OF_ARRAY(large), &cipher, &err),
        ERROR_INPUT);
    CHECK_FAILS(
        sm2_encrypt(sm2_public_key(key), random_system(), BYTES_LITERAL("x"), &cipher, &err),
        ERROR_LIMIT);
}
