// SPDX-License-Identifier: Apache-2.0
#include "base/codec/ber.h"

#include "base/test/test.h"

// Covers: ITU-T X.690 8.1.3.5, 8.1.3.6, 8.7.3.
TEST(loose_elements_are_tightened_and_tight_ones_stay)
{
    static const struct {
        const char *ber, *der;
    } rows[] = {
        {"3000", "3000"},
        {"3080 0000", "3000"},
        {"3080 020105 3080 0401aa 0000 0000", "3008 020105 3003 0401aa"},
        {"3080 2480 0402aabb 0401cc 0000 0000", "3005 0403aabbcc"},
        {"2406 0401aa 0401bb", "0402aabb"},
        {"a080 2480 2480 0401aa 0000 0401bb 0000 0000", "a004 0402aabb"},
        {"308105 0201050500", "3005 0201050500"},
        {"308400000006 02810105 0500", "3005 020105 0500"},
        {"04820001aa", "0401aa"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(writer_free) Writer out = writer_new(256);
        size_t len = 0;
        Bytes ber = test_hex(rows[i].ber), der = test_hex(rows[i].der);
        CHECK_OK(ber_element_length(ber, &len, &err));
        CHECK_INT(len, ber.len);
        CHECK_OK(ber_tighten(ber, &out, &err));
        CHECK_BYTES(writer_bytes(&out), der);
        CHECK(ber_is_loose(ber) == !bytes_equal(ber, der));
    }
}

TEST(what_is_no_element_is_refused)
{
    static const char *const rows[] = {"",           "30",   "3001",      "3080",
                                       "3080 00",    "0480", "3080 0100", "2403 020105",
                                       "1f8101 00",  "0000", "3002 0000", "30ffffffffffffffffff",
                                       "2480 0401aa"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        size_t len = 0;
        CHECK_FAILS_WITH(ber_element_length(test_hex(rows[i]), &len, &err), ERROR_INPUT,
                         "ber.malformed");
    }
}

TEST(nesting_is_bounded)
{
    Error err = {0};
    size_t len = 0;
    CLEANUP(writer_free) Writer deep = writer_new(4096);
    for (int i = 0; i < 2 * BER_MAX_DEPTH; i++) {
        writer_put(&deep, BYTES_LITERAL("\x30\x80"));
    }
    writer_put_repeated(&deep, 0, 4 * (size_t)BER_MAX_DEPTH);
    CHECK_FAILS_WITH(ber_element_length(writer_bytes(&deep), &len, &err), ERROR_INPUT,
                     "ber.malformed");
}
