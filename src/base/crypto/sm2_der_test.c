// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2.h"
#include "base/test/test.h"

TEST(signature_round_trips_at_every_integer_length)
{
    Error err = {0};
    for (size_t zeros = 0; zeros < 32; zeros++) {
        for (unsigned first = 0x01; first <= 0x81; first += 0x80) {
            Sm2Signature signature = {{0}, {0}}, parsed;
            signature.r[zeros] = (uint8_t)(zeros == 0 ? first & 0x7f : first);
            signature.s[31 - zeros] = (uint8_t)(zeros == 31 ? 1 : first);
            uint8_t der[SM2_SIGNATURE_DER_MAX];
            size_t len = sm2_signature_encode(&signature, der);
            CHECK_OK(sm2_signature_parse(bytes_of(der, len), &parsed, &err));
            CHECK(memcmp(&signature, &parsed, sizeof parsed) == 0);
        }
    }
}

TEST(longest_signature_fits_its_bound)
{
    Sm2Signature signature;
    memset(&signature, 0xf0, sizeof signature);
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    CHECK_INT(sm2_signature_encode(&signature, der), SM2_SIGNATURE_DER_MAX);
}

TEST(signatures_that_are_not_strict_der_are_refused)
{
    static const char *const malformed[] = {
        "",
        "3006020101",
        "300602010102010100",  // trailing
        "3008020101020101"
        "0000",                // trailing inside
        "308106020101020101",  // long length
        "3080020101020101"
        "0000",  // indefinite
        "30070202000102"
        "0101",  // r with a superfluous zero
        "3007020101"
        "02020001",          // s with a superfluous zero
        "3006020181020101",  // negative r
        "3006020101020181",  // negative s
        "300502000201"
        "01",                // empty r
        "3006040101020101",  // not an INTEGER
        "3106020101020101",  // not a SEQUENCE
        "3026022101"
        "0000000000000000000000000000000000000000000000000000000000000001"
        "020101",
    };
    static const char *const out_of_range[] = {
        "3006020100020101",
        "3006020101020100",
        "3026022100"
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
        "020101",
        "3026020101"
        "022100"
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
        "3026022100"
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        "020101",
    };
    Error err = {0};
    Sm2Signature signature;
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        CHECK_FAILS_WITH(sm2_signature_parse(test_hex(malformed[i]), &signature, &err), ERROR_INPUT,
                         "sm2.signature_malformed");
    }
    for (size_t i = 0; i < COUNT_OF(out_of_range); i++) {
        CHECK_FAILS_WITH(sm2_signature_parse(test_hex(out_of_range[i]), &signature, &err),
                         ERROR_INPUT, "sm2.signature_range");
    }
    CHECK_OK(sm2_signature_parse(test_hex("3006020101020101"), &signature, &err));
}

TEST(every_truncation_of_a_signature_is_refused)
{
    Error err = {0};
    Sm2Signature signature;
    memset(&signature, 0xf0, sizeof signature);
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = sm2_signature_encode(&signature, der);
    CHECK_OK(sm2_signature_parse(bytes_of(der, len), &signature, &err));
    for (size_t shorter = 0; shorter < len; shorter++) {
        CHECK_FAILS(sm2_signature_parse(bytes_of(der, shorter), &signature, &err), ERROR_INPUT);
    }
}
