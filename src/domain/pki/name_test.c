// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/name.h"

#include "base/test/test.h"
#include "domain/pki/oid.h"

static void check_text(Bytes name, const char *expected)
{
    CLEANUP(writer_free) Writer text = writer_new(4096);
    name_to_text(name, &text);
    writer_put_u8(&text, 0);
    CHECK_TEXT((const char *)writer_bytes(&text).data, expected);
}

// Covers: GM/T 0015-2012 annex B.
TEST(name_is_written_in_order_and_read_in_reverse)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"},
                                        {OID_ORGANIZATION, "示例银行"},
                                        {OID_SERIAL_NUMBER, "0001"},
                                        {OID_COMMON_NAME, "张三"}};
    Bytes name;
    CHECK_OK(name_build(arena, attributes, COUNT_OF(attributes), &name, &err));
    CHECK(name_is_valid(name));
    check_text(name, "CN=张三,serialNumber=0001,O=示例银行,C=CN");
    CHECK_TEXT(name_common_name(arena, name), "张三");
    Bytes value;
    CHECK(name_find(name, OID_COUNTRY, &value) && bytes_equal_text(value, "CN"));
    CHECK(!name_find(name, OID_LOCALITY, &value));
}

// Covers: RFC 4514 2.4.
TEST(special_characters_of_a_name_are_escaped)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const NameAttribute attributes[] = {{OID_ORGANIZATION, " a,b+c\"d\\e<f>g;h "},
                                        {OID_COMMON_NAME, "#x\n"}};
    Bytes name;
    CHECK_OK(name_build(arena, attributes, COUNT_OF(attributes), &name, &err));
    check_text(name, "CN=\\#x\\0A,O=\\ a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h\\ ");
}

TEST(multi_valued_rdns_stay_together)
{
    // { O=a }, { CN=b + OU=c }
    Bytes name = test_hex(
        "302b 310a 3008 0603 55040a 0c01 61"
        "311d 3008 0603 550403 0c01 62 3011 0603 55040b 0c0a 63636363636363636363");
    CHECK(name_is_valid(name));
    check_text(name, "CN=b+OU=cccccccccc,O=a");
}

TEST(string_type_does_not_make_names_different)
{
    Bytes utf8 = test_hex("300c 310a 3008 0603 550403 0c01 61");
    Bytes printable = test_hex("300c 310a 3008 0603 550403 1301 61");
    Bytes other_case = test_hex("300c 310a 3008 0603 550403 0c01 41");
    Bytes other_type = test_hex("300c 310a 3008 0603 55040a 0c01 61");
    Bytes bmp = test_hex("300d 310b 3009 0603 550403 1e02 0061");
    Bytes longer = test_hex("3018 310a 3008 0603 550403 0c01 61 310a 3008 0603 550403 0c01 61");
    CHECK(name_equal(utf8, printable));
    CHECK(name_equal(utf8, utf8));
    CHECK(!name_equal(utf8, other_case));
    CHECK(!name_equal(utf8, other_type));
    CHECK(!name_equal(utf8, bmp));
    CHECK(!name_equal(utf8, longer));
    CHECK(!name_equal(longer, utf8));
    check_text(bmp, "CN=#0061");
}

// Covers: RFC 5280 7.1.
TEST(names_that_chain_match_without_case_and_superfluous_spaces)
{
    Bytes plain = test_hex("300e 310c 300a 0603 550403 0c03 612062");         // "a b"
    Bytes spaced = test_hex("3011 310f 300d 0603 550403 1306 204120204220");  // " A  B "
    Bytes joined = test_hex("300d 310b 3009 0603 550403 0c02 6162");          // "ab"
    Bytes other_type = test_hex("300e 310c 300a 0603 55040a 0c03 612062");
    CHECK(name_matches(plain, spaced));
    CHECK(name_matches(spaced, plain));
    CHECK(!name_equal(plain, spaced));
    CHECK(!name_matches(plain, joined));
    CHECK(!name_matches(plain, other_type));
    // "A b" in two and in four octets a character, and as T61String.
    Bytes bmp = test_hex("3011 310f 300d 0603 550403 1e06 004100200062");
    Bytes universal = test_hex("3017 3115 3013 0603 550403 1c0c 000000410000002000000062");
    CHECK(name_matches(plain, bmp) && name_matches(universal, bmp));
    CHECK(name_matches(test_hex("300e 310c 300a 0603 550403 1403 412062"), plain));
    CHECK(!name_matches(joined, bmp));
    CHECK(!name_matches(plain, test_hex("3010 310e 300c 0603 550403 1e05 0041002000")));
    CHECK(!name_matches(BYTES_LITERAL("\x30\x01"), BYTES_LITERAL("\x30\x01")));
}

TEST(a_name_lies_within_what_it_begins_with)
{
    Bytes base = test_hex("300c 310a 3008 0603 55040a 0c01 61");  // O=a
    Bytes inner = test_hex("3018 310a 3008 0603 55040a 0c01 41 310a 3008 0603 550403 0c01 62");
    Bytes other = test_hex("3018 310a 3008 0603 550403 0c01 62 310a 3008 0603 55040a 0c01 61");
    // O=a+CN=b is one RDN, which O=a is not.
    Bytes plural = test_hex("3016 3114 3008 0603 55040a 0c01 61 3008 0603 550403 0c01 62");
    CHECK(name_is_within(base, base));
    CHECK(name_is_within(inner, base));
    CHECK(name_is_within(inner, test_hex("3000")));
    CHECK(!name_is_within(base, inner));
    CHECK(!name_is_within(other, base));
    CHECK(!name_is_within(plural, base));
}

TEST(malformed_names_are_refused)
{
    static const char *const malformed[] = {
        "",
        "3000 00",
        "300c 310a 3008 0603 550403 0c01",        // cut off
        "3002 3100",                              // an empty RDN
        "300d 310b 3009 0603 550403 0c01 61 00",  // something after the value
        "300c 300a 3008 0603 550403 0c01 61",     // RDN is no set
        "3009 3107 3005 0603 550403",             // no value
    };
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        Bytes name = test_hex(malformed[i]);
        if (name_is_valid(name) || name_equal(name, name)) {
            test_fail(__FILE__, __LINE__, "%s was accepted", malformed[i]);
        }
    }
    CHECK(name_is_valid(test_hex("3000")));
}

TEST(text_that_is_no_utf8_is_not_given_out)
{
    static const char *const values[] = {"80", "c080", "eda080", "f4908080", "e4bd", "f8"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        CLEANUP(writer_free) Writer name = writer_new(100);
        Bytes value = test_hex(values[i]);
        uint8_t len = (uint8_t)value.len;
        const uint8_t head[] = {0x30, (uint8_t)(len + 11),
                                0x31, (uint8_t)(len + 9),
                                0x30, (uint8_t)(len + 7),
                                0x06, 3,
                                0x55, 4,
                                3,    0x0c,
                                len};
        writer_put(&name, BYTES_OF_ARRAY(head));
        writer_put(&name, value);
        CHECK(name_is_valid(writer_bytes(&name)));
        Bytes found;
        CHECK(!name_find(writer_bytes(&name), OID_COMMON_NAME, &found));
    }
}
