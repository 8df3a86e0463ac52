// SPDX-License-Identifier: Apache-2.0
//
// The files of testdata/vectors about keys, signatures and ciphertexts.
#include "base/crypto/sm2.h"

#include <string.h>

#include "base/crypto/vector_file_fixture.h"
#include "base/test/test.h"

// A key without the check that sm2_public_key_new makes, as a caller may have copied it.
static Sm2PublicKey key_of(Bytes point)
{
    Sm2PublicKey key;
    CHECK_INT(point.len, SM2_POINT_SIZE);
    memcpy(key.point, point.data, SM2_POINT_SIZE);
    return key;
}

static void check_digest_case(const Vector *vector)
{
    enum { VERDICT, NAME, KEY, E, R, S };
    Sm2PublicKey key = key_of(vector_bytes(vector, KEY));
    Sm3Digest e;
    Sm2Signature signature;
    memcpy(e.bytes, vector_bytes(vector, E).data, sizeof e.bytes);
    memcpy(signature.r, vector_bytes(vector, R).data, sizeof signature.r);
    memcpy(signature.s, vector_bytes(vector, S).data, sizeof signature.s);
    bool valid = vector_is(vector, VERDICT, "valid");
    CHECK_VECTOR(vector, valid || vector_is(vector, VERDICT, "invalid"));
    // More often than it takes until a key has a table.
    for (int i = 0; i < 3; i++) {
        CHECK_VECTOR(vector, sm2_verify_digest(&key, &e, &signature) == valid);
    }
}

// Covers: GB/T 32918.2 7.1.
TEST(signatures_over_digests_verify_as_the_vectors_say)
{
    vector_each("sm2_digest.txt", 480, check_digest_case);
}

static void check_message_case(const Vector *vector)
{
    enum { VERDICT, NAME, KEY, ID, MESSAGE, DER };
    Error err = {0};
    Sm2PublicKey key;
    Sm2Signature signature;
    Sm3Digest e;
    CHECK_OK(sm2_public_key_new(vector_bytes(vector, KEY), &key, &err));
    CHECK_OK(sm2_signature_parse(vector_bytes(vector, DER), &signature, &err));
    Bytes id = vector_bytes(vector, ID), message = vector_bytes(vector, MESSAGE);
    bool valid =
        sm2_message_digest(&key, id, message, &e, &err) && sm2_verify_digest(&key, &e, &signature);
    CHECK_VECTOR(vector, valid == vector_is(vector, VERDICT, "valid"));
    if (bytes_equal(id, SM2_DEFAULT_ID)) {
        CHECK_VECTOR(vector, sm2_verify(&key, message, &signature) == valid);
    }
}

// Covers: GB/T 32918.2 5.5, GB/T 32918.2 7.1.
TEST(signatures_over_messages_verify_under_their_id_only)
{
    vector_each("sm2_message.txt", 60, check_message_case);
}

static void check_der_case(const Vector *vector)
{
    enum { VERDICT, NAME, DER };
    Error err = {0};
    Sm2Signature signature;
    memset(&signature, 0xcc, sizeof signature);
    const Sm2Signature before = signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    Bytes input = vector_bytes(vector, DER);
    if (vector_is(vector, VERDICT, "valid")) {
        CHECK_VECTOR(vector, sm2_signature_parse(input, &signature, &err));
        size_t len = sm2_signature_encode(&signature, der);
        CHECK_VECTOR(vector, bytes_equal(bytes_of(der, len), input));
        return;
    }
    CHECK_VECTOR(vector, !sm2_signature_parse(input, &signature, &err));
    CHECK_VECTOR(vector, err.kind == ERROR_INPUT);
    CHECK_VECTOR(vector, memcmp(&signature, &before, sizeof before) == 0);
}

TEST(signatures_parse_from_strict_der_only)
{
    vector_each("sm2_signature_der.txt", 50, check_der_case);
}

static void check_point_case(const Vector *vector)
{
    enum { VERDICT, NAME, POINT };
    Error err = {0};
    Sm2PublicKey key;
    Bytes point = vector_bytes(vector, POINT);
    bool taken = sm2_public_key_new(point, &key, &err);
    CHECK_VECTOR(vector, taken == vector_is(vector, VERDICT, "valid"));
    CHECK_VECTOR(vector, taken || err.kind == ERROR_INPUT);
    CHECK_VECTOR(vector, !taken || bytes_equal(sm2_public_key_bytes(&key), point));
}

TEST(public_keys_are_points_of_the_curve_only)
{
    vector_each("sm2_point.txt", 35, check_point_case);
}

static void check_private_case(const Vector *vector)
{
    enum { VERDICT, NAME, D, POINT };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    bool taken = sm2_private_key_new(vector_bytes(vector, D), &key, &err);
    CHECK_VECTOR(vector, taken == vector_is(vector, VERDICT, "valid"));
    if (!taken) {
        CHECK_VECTOR(vector, err.kind == ERROR_INPUT && key == NULL);
        return;
    }
    CHECK_VECTOR(vector, bytes_equal(sm2_public_key_bytes(sm2_public_key(key)),
                                     vector_bytes(vector, POINT)));
    Sm2Signature signature;
    CHECK_OK(sm2_sign(key, random_system(), BYTES_LITERAL("edge"), &signature, &err));
    CHECK_VECTOR(vector, sm2_verify(sm2_public_key(key), BYTES_LITERAL("edge"), &signature));
}

TEST(private_scalars_at_the_edges_have_their_public_keys)
{
    vector_each("sm2_private.txt", 44, check_private_case);
}

static void check_cipher_case(const Vector *vector)
{
    enum { VERDICT, NAME, D, CIPHER, PLAINTEXT };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer plaintext = writer_new(4096);
    writer_put_text(&plaintext, "before");
    CHECK_OK(sm2_private_key_new(vector_bytes(vector, D), &key, &err));
    if (sm2_decrypt(key, vector_bytes(vector, CIPHER), &plaintext, &err)) {
        CHECK_VECTOR(vector, vector_is(vector, VERDICT, "valid"));
        CHECK_VECTOR(vector, bytes_equal(bytes_from(writer_bytes(&plaintext), 6),
                                         vector_bytes(vector, PLAINTEXT)));
        return;
    }
    ErrorKind expected = vector_is(vector, VERDICT, "input") ? ERROR_INPUT : ERROR_UNTRUSTED;
    CHECK_VECTOR(vector, !vector_is(vector, VERDICT, "valid") && err.kind == expected);
    CHECK_VECTOR(vector, plaintext.len == 6);
}

// Covers: GB/T 32918.4 7.1.
TEST(ciphertexts_decrypt_as_the_vectors_say)
{
    vector_each("sm2_cipher.txt", 30, check_cipher_case);
}
