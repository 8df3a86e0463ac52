// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_form.h"

#include <string.h>

#include "base/test/test.h"

#define VECTOR_D "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
#define VECTOR_X "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
#define VECTOR_Y "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
#define VECTOR_R "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define VECTOR_S "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define ORDER "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
// GB/T 32918.5-2017 annex C.
#define C1                                                             \
    "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73" \
    "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
#define C2 "21886CA989CA9C7D58087307CA93092D651EFA"
#define C3 "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"

// Covers: GB/T 32918.1-2016 4.2.10.
TEST(a_public_key_is_the_same_in_every_encoding)
{
    Error err = {0};
    Sm2PublicKey whole, bare, compressed;
    CHECK_OK(sm2_public_key_decode(test_hex("04" VECTOR_X VECTOR_Y), &whole, &err));
    CHECK_OK(sm2_public_key_decode(test_hex(VECTOR_X VECTOR_Y), &bare, &err));
    CHECK_OK(sm2_public_key_decode(test_hex("03" VECTOR_X), &compressed, &err));
    CHECK(sm2_public_key_equal(&whole, &bare) && sm2_public_key_equal(&whole, &compressed));
    uint8_t encoded[SM2_COMPRESSED_SIZE];
    sm2_public_key_compress(&whole, encoded);
    CHECK_BYTES(BYTES_OF_ARRAY(encoded), test_hex("03" VECTOR_X));
}

TEST(encodings_that_are_no_public_key_are_refused)
{
    static const char *const refused[] = {
        "",
        "00",
        "06" VECTOR_X VECTOR_Y,
        "07" VECTOR_X VECTOR_Y,
        "02" VECTOR_X VECTOR_Y,
        "04" VECTOR_X,
        "04" VECTOR_X VECTOR_X,
        VECTOR_Y VECTOR_X,
        ZERO ZERO,
        VECTOR_X,
        "04" VECTOR_X VECTOR_Y "00",
        "03" VECTOR_X "00",
        "02FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF",
    };
    Error err = {0};
    Sm2PublicKey key;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK_FAILS_WITH(sm2_public_key_decode(test_hex(refused[i]), &key, &err), ERROR_INPUT,
                         "sm2.public_key");
    }
}

TEST(a_raw_signature_round_trips_and_verifies)
{
    Error err = {0};
    Sm2Signature signature;
    Sm2PublicKey key;
    uint8_t raw[SM2_SIGNATURE_RAW_SIZE];
    CHECK_OK(sm2_public_key_decode(test_hex(VECTOR_X VECTOR_Y), &key, &err));
    CHECK_OK(sm2_signature_parse_raw(test_hex(VECTOR_R VECTOR_S), &signature, &err));
    CHECK(sm2_verify(&key, BYTES_LITERAL("message digest"), &signature));
    sm2_signature_encode_raw(&signature, raw);
    CHECK_BYTES(BYTES_OF_ARRAY(raw), test_hex(VECTOR_R VECTOR_S));
}

TEST(raw_signatures_of_wrong_size_or_range_are_refused)
{
    static const char *const malformed[] = {"", VECTOR_R, VECTOR_R VECTOR_S "00",
                                            "00" VECTOR_R VECTOR_S};
    static const char *const out_of_range[] = {ZERO VECTOR_S, VECTOR_R ZERO, ORDER VECTOR_S,
                                               VECTOR_R ORDER};
    Error err = {0};
    Sm2Signature signature;
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        CHECK_FAILS_WITH(sm2_signature_parse_raw(test_hex(malformed[i]), &signature, &err),
                         ERROR_INPUT, "sm2.signature_malformed");
    }
    for (size_t i = 0; i < COUNT_OF(out_of_range); i++) {
        CHECK_FAILS_WITH(sm2_signature_parse_raw(test_hex(out_of_range[i]), &signature, &err),
                         ERROR_INPUT, "sm2.signature_range");
    }
}

TEST(raw_ciphertexts_of_both_orders_with_and_without_04_decrypt)
{
    static const struct {
        const char *raw;
        Sm2CipherOrder order;
    } cases[] = {
        {"04" C1 C3 C2, SM2_C1C3C2},
        {C1 C3 C2, SM2_C1C3C2},
        {"04" C1 C2 C3, SM2_C1C2C3},
        {C1 C2 C3, SM2_C1C2C3},
    };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_D), &key, &err));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(writer_free) Writer der = writer_new(256);
        CLEANUP(writer_free) Writer plaintext = writer_new(256);
        CLEANUP(writer_free) Writer raw = writer_new(256);
        CHECK_OK(sm2_cipher_from_raw(test_hex(cases[i].raw), cases[i].order, &der, &err));
        CHECK_OK(sm2_decrypt(key, writer_bytes(&der), &plaintext, &err));
        CHECK_BYTES(writer_bytes(&plaintext), BYTES_LITERAL("encryption standard"));
        CHECK_OK(sm2_cipher_to_raw(writer_bytes(&der), cases[i].order, &raw, &err));
        CHECK_BYTES(writer_bytes(&raw), test_hex(cases[i & 2].raw));
    }
}

TEST(raw_ciphertexts_that_are_short_or_off_the_curve_are_refused)
{
    Error err = {0};
    Bytes good = test_hex("04" C1 C3 C2);
    CLEANUP(writer_free) Writer der = writer_new(256);
    for (size_t len = 0; len < SM2_CIPHER_RAW_OVERHEAD; len++) {
        CHECK_FAILS_WITH(sm2_cipher_from_raw(bytes_slice(good, 0, len), SM2_C1C3C2, &der, &err),
                         ERROR_INPUT, "sm2.cipher_malformed");
    }
    uint8_t changed[116];
    CHECK_INT(good.len, sizeof changed);
    for (size_t i = 0; i < SM2_POINT_SIZE; i++) {
        memcpy(changed, good.data, sizeof changed);
        changed[i] ^= 0x10;
        CHECK_FAILS_WITH(sm2_cipher_from_raw(BYTES_OF_ARRAY(changed), SM2_C1C3C2, &der, &err),
                         ERROR_UNTRUSTED, "sm2.cipher_point");
    }
    CHECK_INT(der.len, 0);
    CHECK_FAILS(sm2_cipher_to_raw(good, SM2_C1C3C2, &der, &err), ERROR_INPUT);
    CLEANUP(writer_free) Writer full = writer_new(20);
    CHECK_FAILS(sm2_cipher_from_raw(good, SM2_C1C3C2, &full, &err), ERROR_LIMIT);
}

// The vector's r and s both begin with a one bit: DER needs a zero before each.
TEST(signatures_of_others_are_read_and_their_form_is_told)
{
    static const struct {
        const char *encoded;
        int form;  // -1: refused
    } rows[] = {
        {"3046022100" VECTOR_R "022100" VECTOR_S, SM2_SIGNATURE_DER},
        {VECTOR_R VECTOR_S, SM2_SIGNATURE_RAW},
        {"30440220" VECTOR_R "0220" VECTOR_S, SM2_SIGNATURE_LOOSE},
        {"304802220000" VECTOR_R "02220000" VECTOR_S, SM2_SIGNATURE_LOOSE},
        {"3046022101" VECTOR_R "022100" VECTOR_S, -1},
        {"30440220" VECTOR_R "0220" VECTOR_S "00", -1},
        {"3024022000" VECTOR_R "0200", -1},
        {"30220200"
         "0220" VECTOR_S,
         -1},
        {VECTOR_R, -1},
        {"", -1},
    };
    Sm2Signature wanted, signature;
    Error err = {0};
    CHECK_OK(sm2_signature_parse_raw(test_hex(VECTOR_R VECTOR_S), &wanted, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Sm2SignatureForm form = SM2_SIGNATURE_DER;
        if (rows[i].form < 0) {
            CHECK_FAILS(sm2_signature_decode(test_hex(rows[i].encoded), &signature, &form, &err),
                        ERROR_INPUT);
            continue;
        }
        CHECK_OK(sm2_signature_decode(test_hex(rows[i].encoded), &signature, &form, &err));
        CHECK_INT((int)form, rows[i].form);
        CHECK(memcmp(&signature, &wanted, sizeof wanted) == 0);
    }
}
