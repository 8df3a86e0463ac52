// SPDX-License-Identifier: Apache-2.0
//
// Known answers of SM2, and the pairwise check of a fresh key.
#include <string.h>

#include "base/crypto/self_test_internal.h"
#include "base/crypto/sm2_internal.h"
#include "base/crypto/sm2_key_table.h"

#define SIGNED_MESSAGE BYTES_LITERAL("message digest")
#define ENCRYPTED_MESSAGE BYTES_LITERAL("encryption standard")

static bool known_digest(const Sm2PrivateKey *key, Sm3Digest *ret, Error *err)
{
    return sm2_message_digest(sm2_public_key(key), SM2_DEFAULT_ID, SIGNED_MESSAGE, ret, err);
}

bool self_test_sm2_signature(const KnownAnswers *known, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Scalar k;
    Sm3Digest e;
    Sm2Signature signature;
    return sm2_private_key_new(BYTES_OF_ARRAY(known->sm2_d), &key, err) &&
           scalar_load(&k, known->sm2_k) != 0 && known_digest(key, &e, err) &&
           sm2_sign_with_nonce(key, &e, &k, &signature) &&
           memcmp(&signature, &known->sm2_signature, sizeof signature) == 0;
}

// Often enough that the key gets a table, so that both ways to verify are tested.
bool self_test_sm2_verification(const KnownAnswers *known, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Sm3Digest e;
    if (!sm2_private_key_new(BYTES_OF_ARRAY(known->sm2_d), &key, err) ||
        !known_digest(key, &e, err)) {
        return false;
    }
    const Sm2PublicKey *public_key = sm2_public_key(key);
    Sm3Digest other = e;
    other.bytes[0] ^= 1;
    for (int i = 0; i < KEY_TABLE_SIGHTINGS + 2; i++) {
        if (!sm2_verify_digest(public_key, &e, &known->sm2_signature) ||
            sm2_verify_digest(public_key, &other, &known->sm2_signature)) {
            return false;
        }
    }
    return true;
}

bool self_test_sm2_encryption(const KnownAnswers *known, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer cipher = writer_new(2 * KNOWN_CIPHER_SIZE);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    Scalar k;
    bool suits = false;
    if (!sm2_private_key_new(BYTES_OF_ARRAY(known->sm2_d), &key, err) ||
        scalar_load(&k, known->sm2_k) == 0 ||
        !sm2_encrypt_with_nonce(sm2_public_key(key), &k, ENCRYPTED_MESSAGE, &cipher, &suits, err) ||
        !suits || !bytes_equal(writer_bytes(&cipher), BYTES_OF_ARRAY(known->sm2_cipher)) ||
        !sm2_decrypt(key, BYTES_OF_ARRAY(known->sm2_cipher), &plaintext, err) ||
        !bytes_equal(writer_bytes(&plaintext), ENCRYPTED_MESSAGE)) {
        return false;
    }
    cipher.data[cipher.len - 1] ^= 1;
    return !sm2_decrypt(key, writer_bytes(&cipher), &plaintext, NULL);
}

bool self_test_sm2_pair(const KnownAnswers *known, Error *err)
{
    (void)known;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer cipher = writer_new(2 * KNOWN_CIPHER_SIZE);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    return sm2_key_generate(random_system(), &key, err) &&
           sm2_encrypt(sm2_public_key(key), random_system(), ENCRYPTED_MESSAGE, &cipher, err) &&
           sm2_decrypt(key, writer_bytes(&cipher), &plaintext, err) &&
           bytes_equal(writer_bytes(&plaintext), ENCRYPTED_MESSAGE);
}
