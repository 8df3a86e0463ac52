// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2.h"

#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/test/test.h"

// GB/T 32918.5-2017 annex A.
#define VECTOR_D "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
#define VECTOR_POINT                                                     \
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020" \
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
#define VECTOR_Z "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"
#define VECTOR_E "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
#define ORDER "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"

TEST(public_key_z_and_digest_are_those_of_the_standard)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_D), &key, &err));
    CHECK_BYTES(sm2_public_key_bytes(sm2_public_key(key)), test_hex(VECTOR_POINT));
    Sm3Digest digest;
    CHECK_OK(sm2_z(sm2_public_key(key), SM2_DEFAULT_ID, &digest, &err));
    CHECK_BYTES(sm3_bytes(&digest), test_hex(VECTOR_Z));
    CHECK_OK(sm2_message_digest(sm2_public_key(key), SM2_DEFAULT_ID,
                                BYTES_LITERAL("message digest"), &digest, &err));
    CHECK_BYTES(sm3_bytes(&digest), test_hex(VECTOR_E));
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    CHECK_OK(sm2_private_key_scalar(key, &scalar, &err));
    CHECK_BYTES(secret_expose(scalar), test_hex(VECTOR_D));
}

TEST(private_scalars_out_of_range_are_refused)
{
    static const char *const refused[] = {
        "",
        "01",
        "003945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",  // n-1
        ORDER,
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54124",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK_FAILS_WITH(sm2_private_key_new(test_hex(refused[i]), &key, &err), ERROR_INPUT,
                         "sm2.private_key");
        CHECK(key == NULL);
    }
    // n-2 is the largest.
    CHECK_OK(sm2_private_key_new(
        test_hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121"), &key, &err));
}

TEST(public_keys_that_are_no_uncompressed_curve_point_are_refused)
{
    Error err = {0};
    Sm2PublicKey key;
    Bytes good = test_hex(VECTOR_POINT);
    CHECK_OK(sm2_public_key_new(good, &key, &err));
    for (size_t len = 0; len < good.len; len++) {
        CHECK_FAILS(sm2_public_key_new(bytes_slice(good, 0, len), &key, &err), ERROR_INPUT);
    }
    static const char *const refused[] = {
        // compressed, hybrid, infinity
        "0209F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
        "0709F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
        "00",
        // (0, 0), and y + 1
        "0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000",
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD14",
        // x = p
        "04FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK_FAILS_WITH(sm2_public_key_new(test_hex(refused[i]), &key, &err), ERROR_INPUT,
                         "sm2.public_key");
    }
}

// x = 0 lies on the curve with y = sqrt(b); with x = p instead, only the range check refuses it.
TEST(coordinate_not_below_p_is_refused_even_when_its_residue_is_on_the_curve)
{
    Error err = {0};
    Sm2PublicKey key;
    Bytes x_0 = test_hex(
        "040000000000000000000000000000000000000000000000000000000000000000"
        "FD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154");
    Bytes x_p = test_hex(
        "04FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
        "FD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154");
    CHECK_OK(sm2_public_key_new(x_0, &key, &err));
    CHECK_FAILS(sm2_public_key_new(x_p, &key, &err), ERROR_INPUT);
}

TEST(generated_keys_differ_and_sign)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *a = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *b = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &a, &err));
    CHECK_OK(sm2_key_generate(random_system(), &b, &err));
    CHECK(!sm2_public_key_equal(sm2_public_key(a), sm2_public_key(b)));
    Sm2Signature signature;
    CHECK_OK(sm2_sign(a, random_system(), BYTES_LITERAL("m"), &signature, &err));
    CHECK(sm2_verify(sm2_public_key(a), BYTES_LITERAL("m"), &signature));
    CHECK(!sm2_verify(sm2_public_key(b), BYTES_LITERAL("m"), &signature));
}

TEST(drawn_key_pairs_belong_together)
{
    Error err = {0};
    for (int i = 0; i < 20; i++) {
        Sm2KeyPair pair;
        CurvePoint point;
        CHECK_OK(sm2_key_pair_draw(random_system(), &pair, &err));
        curve_path_named("portable")->multiply_base(&point, &pair.d);
        CHECK((limbs_equal(point.x, pair.point.x) & limbs_equal(point.y, pair.point.y)) != 0);
        CHECK(scalar_is_zero(&pair.d) == 0);
    }
}

static bool fill_with_ff(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)err;
    memset(ret, 0xff, len);
    return true;
}

static bool fill_fails(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)ret, (void)len;
    return error_set(err, ERROR_INTERNAL, "random.unavailable", NULL, "injected");
}

// Covers: C24.
TEST(broken_random_source_gives_an_error_and_no_key)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_FAILS_WITH(sm2_key_generate((Random){fill_with_ff, NULL}, &key, &err), ERROR_INTERNAL,
                     "random.unhealthy");
    CHECK_FAILS_WITH(sm2_key_generate((Random){fill_fails, NULL}, &key, &err), ERROR_INTERNAL,
                     "random.unavailable");
    CHECK(key == NULL);
    Sm2KeyPair pair;
    CHECK_FAILS_WITH(sm2_key_pair_draw((Random){fill_fails, NULL}, &pair, &err), ERROR_INTERNAL,
                     "random.unavailable");
    sm2_private_key_free(NULL);
}

TEST(id_over_8191_bytes_is_refused)
{
    static uint8_t id[8192];
    Error err = {0};
    Sm2PublicKey key;
    Sm3Digest z;
    CHECK_OK(sm2_public_key_new(test_hex(VECTOR_POINT), &key, &err));
    CHECK_OK(sm2_z(&key, bytes_of(id, 8191), &z, &err));
    CHECK_FAILS_WITH(sm2_z(&key, bytes_of(id, 8192), &z, &err), ERROR_INPUT, "sm2.id");
    CHECK_OK(sm2_z(&key, BYTES_EMPTY, &z, &err));
}
