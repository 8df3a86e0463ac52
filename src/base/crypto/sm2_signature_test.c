// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/test/test.h"

// GB/T 32918.5-2017 annex A.
#define VECTOR_D "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
#define VECTOR_K "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21"
#define VECTOR_R "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define VECTOR_S "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define VECTOR_MESSAGE BYTES_LITERAL("message digest")
#define ORDER "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"

static Sm2PrivateKey *vector_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_D), &key, &err));
    return key;
}

static Sm2Signature signature_of(const char *r, const char *s)
{
    Sm2Signature signature;
    memcpy(signature.r, test_hex(r).data, sizeof signature.r);
    memcpy(signature.s, test_hex(s).data, sizeof signature.s);
    return signature;
}

// Covers: GB/T 32918.2 6.1, GB/T 32918.2 7.1.
TEST(signature_with_the_nonce_of_the_standard_is_that_of_the_standard)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Sm3Digest e;
    Scalar k;
    Sm2Signature signature;
    CHECK_OK(sm2_message_digest(sm2_public_key(key), SM2_DEFAULT_ID, VECTOR_MESSAGE, &e, &err));
    CHECK(scalar_load(&k, test_hex(VECTOR_K).data) != 0);
    CHECK(sm2_sign_with_nonce(key, &e, &k, &signature));
    CHECK_BYTES(BYTES_OF_ARRAY(signature.r), test_hex(VECTOR_R));
    CHECK_BYTES(BYTES_OF_ARRAY(signature.s), test_hex(VECTOR_S));
    CHECK(sm2_verify(sm2_public_key(key), VECTOR_MESSAGE, &signature));
}

TEST(signature_with_any_bit_flipped_does_not_verify)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Sm2Signature signature = signature_of(VECTOR_R, VECTOR_S);
    uint8_t *bytes = (uint8_t *)&signature;
    for (size_t bit = 0; bit < sizeof signature * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!sm2_verify(sm2_public_key(key), VECTOR_MESSAGE, &signature));
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK(sm2_verify(sm2_public_key(key), VECTOR_MESSAGE, &signature));
    CHECK(!sm2_verify(sm2_public_key(key), BYTES_LITERAL("message digesu"), &signature));
    CHECK(!sm2_verify(sm2_public_key(key), BYTES_EMPTY, &signature));
}

TEST(signature_numbers_out_of_range_do_not_verify)
{
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char n_minus_1[] =
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122";
    static const char n_plus_1[] =
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54124";
    static const char all_ones[] =
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";
    static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
    const char *const refused[][2] = {
        {zero, VECTOR_S},     {VECTOR_R, zero},     {zero, zero},         {ORDER, VECTOR_S},
        {VECTOR_R, ORDER},    {n_plus_1, VECTOR_S}, {VECTOR_R, n_plus_1}, {all_ones, VECTOR_S},
        {VECTOR_R, all_ones}, {one, n_minus_1},     {n_minus_1, one},  // r + s = n
    };
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        Sm2Signature signature = signature_of(refused[i][0], refused[i][1]);
        CHECK(!sm2_verify(sm2_public_key(key), VECTOR_MESSAGE, &signature));
    }
}

TEST(signature_under_another_id_does_not_verify)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Sm2Signature signature = signature_of(VECTOR_R, VECTOR_S);
    const Bytes others[] = {BYTES_EMPTY, BYTES_LITERAL("1234567812345679"),
                            BYTES_LITERAL("1234567812345678@"), BYTES_LITERAL("123456781234567")};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        Sm3Digest e;
        CHECK_OK(sm2_message_digest(sm2_public_key(key), others[i], VECTOR_MESSAGE, &e, &err));
        CHECK(!sm2_verify_digest(sm2_public_key(key), &e, &signature));
    }
}

TEST(public_key_that_was_not_checked_verifies_nothing)
{
    Sm2PublicKey key = {{0}};
    Sm2Signature signature = signature_of(VECTOR_R, VECTOR_S);
    CHECK(!sm2_verify(&key, VECTOR_MESSAGE, &signature));
    key.point[0] = 4;
    CHECK(!sm2_verify(&key, VECTOR_MESSAGE, &signature));
}

// One in 2^32 points has n <= x < p, where r - e gives x - n. With Q such a point (its x is n + 4)
// and r = 2, s = 5, t = 7, the key (Q - 5 G) / 7 makes the verifier arrive at Q.
TEST(x_coordinate_between_n_and_p_verifies_as_its_residue)
{
    CurvePoint q, point;
    CHECK(curve_point_load(
        &q, test_hex("04FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54127"
                     "13382F1EC459A2FF2B0B5BDF5AD8F25209357B4C4333219A04C5C0021B13DAA5")
                .data));
    Scalar zero = {{0}}, minus_5 = {{5}}, inverse_7 = {{7}}, e = {{2}}, x = {{4}};
    scalar_sub(&minus_5, &zero, &minus_5);
    scalar_to_montgomery(&inverse_7, &inverse_7);
    scalar_montgomery_invert(&inverse_7, &inverse_7);
    scalar_montgomery_mul(&inverse_7, &inverse_7, &SCALAR_ONE);
    const CurvePath *path = curve_path();
    path->multiply_base(&point, &minus_5);
    path->add(&point, &point, &q);
    path->multiply(&point, &inverse_7, &point);
    Sm2PublicKey key;
    curve_point_store(key.point, &point);
    Sm2Signature signature =
        signature_of("0000000000000000000000000000000000000000000000000000000000000002",
                     "0000000000000000000000000000000000000000000000000000000000000005");
    Sm3Digest digest;
    scalar_sub(&e, &e, &x);
    scalar_store(digest.bytes, &e);
    CHECK(sm2_verify_digest(&key, &digest, &signature));
    digest.bytes[31] ^= 1;
    CHECK(!sm2_verify_digest(&key, &digest, &signature));
}

static bool fill_with_zeros(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)err;
    memset(ret, 0, len);
    return true;
}

TEST(nonce_differs_by_message_even_when_the_random_source_is_stuck)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Random stuck = {fill_with_zeros, NULL};
    Sm2Signature a, again, b;
    CHECK_OK(sm2_sign(key, stuck, BYTES_LITERAL("a"), &a, &err));
    CHECK_OK(sm2_sign(key, stuck, BYTES_LITERAL("a"), &again, &err));
    CHECK_OK(sm2_sign(key, stuck, BYTES_LITERAL("b"), &b, &err));
    CHECK(memcmp(&a, &again, sizeof a) == 0);
    // s (1+d) = k - r d: equal nonces would give equal (s (1+d) + r d), that is, equal
    // (s + r) (1+d) - r = k.
    Scalar nonces[2], one_plus_d;
    const Sm2Signature *signatures[2] = {&a, &b};
    scalar_add(&one_plus_d, &key->d, &SCALAR_ONE);
    scalar_to_montgomery(&one_plus_d, &one_plus_d);
    for (size_t i = 0; i < 2; i++) {
        Scalar r, s;
        CHECK(scalar_load(&r, signatures[i]->r) != 0);
        CHECK(scalar_load(&s, signatures[i]->s) != 0);
        scalar_add(&s, &s, &r);
        scalar_montgomery_mul(&nonces[i], &s, &one_plus_d);
        scalar_sub(&nonces[i], &nonces[i], &r);
    }
    CHECK(scalar_equal(&nonces[0], &nonces[1]) == 0);
    CHECK_OK(sm2_sign(key, random_system(), BYTES_LITERAL("a"), &again, &err));
    CHECK(memcmp(&a, &again, sizeof a) != 0);
}

static bool fill_and_count(void *state, uint8_t *ret, size_t len, Error *err)
{
    size_t *drawn = state;
    *drawn += len;
    return random_fill(random_system(), ret, len, err);
}

TEST(every_signature_draws_fresh_bytes)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    size_t drawn = 0;
    for (size_t i = 1; i <= 5; i++) {
        Sm2Signature signature;
        CHECK_OK(
            sm2_sign(key, (Random){fill_and_count, &drawn}, BYTES_LITERAL("a"), &signature, &err));
        CHECK_INT(drawn, 23 * i);
    }
}

TEST(nonce_0_is_refused)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    const Scalar zero = {{0}};
    Sm3Digest e = {{1}};
    Sm2Signature signature;
    CHECK(!sm2_sign_with_nonce(key, &e, &zero, &signature));
}

static bool fill_fails(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)ret, (void)len;
    return error_set(err, ERROR_INTERNAL, "random.unavailable", NULL, "injected");
}

TEST(signing_without_randomness_fails)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = vector_key();
    Sm2Signature signature;
    Random broken = {fill_fails, NULL};
    CHECK_FAILS_WITH(sm2_sign(key, broken, VECTOR_MESSAGE, &signature, &err), ERROR_INTERNAL,
                     "random.unavailable");
}
