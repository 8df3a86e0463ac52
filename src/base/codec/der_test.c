// SPDX-License-Identifier: Apache-2.0
#include "base/codec/der.h"

#include <string.h>

#include "base/test/test.h"

typedef void ReadFunction(Reader *reader);

static void read_any(Reader *reader)
{
    der_any(reader);
}

static void read_integer(Reader *reader)
{
    der_integer(reader);
}

static void read_u64(Reader *reader)
{
    der_u64(reader);
}

static void read_scalar(Reader *reader)
{
    uint8_t scalar[4];
    der_unsigned(reader, scalar, sizeof scalar);
}

static void read_boolean(Reader *reader)
{
    der_boolean(reader);
}

static void read_oid(Reader *reader)
{
    der_oid(reader);
}

static void read_octets(Reader *reader)
{
    der_bit_string_octets(reader);
}

static void read_bits(Reader *reader)
{
    der_named_bits(reader);
}

static void read_time(Reader *reader)
{
    der_time(reader);
}

static void read_generalized(Reader *reader)
{
    der_generalized_time(reader);
}

typedef struct {
    ReadFunction *read;
    const char *hex;
} Sample;

static bool reads(const Sample *sample)
{
    Reader reader = reader_of(test_hex(sample->hex));
    sample->read(&reader);
    return reader_done(&reader);
}

// Covers: X.690 8.1.3, 8.3, 8.19, 10.1, 11.1, 11.2.
TEST(what_is_not_der_is_refused)
{
    static const Sample samples[] = {
        {read_any, "3080 0000"},            // indefinite length
        {read_any, "04 81 01 aa"},          // long form for a short length
        {read_any, "04 82 0001 aa"},        // leading zero in the length
        {read_any, "04 85 0000000001 aa"},  // more length octets than anybody needs
        {read_any, "04 02 aa"},             // runs past the end
        {read_any, "1f 21 00"},             // multi-byte tag
        {read_any, "00 00"},                // end-of-contents
        {read_any, ""},
        {read_integer, "02 00"},
        {read_integer, "02 02 007f"},
        {read_integer, "02 02 ff80"},
        {read_integer, "04 01 01"},
        {read_u64, "02 01 ff"},
        {read_u64, "02 09 008000000000000000"},
        {read_scalar, "02 05 0100000000"},
        {read_scalar, "02 01 80"},
        {read_boolean, "01 01 01"},
        {read_boolean, "01 02 ffff"},
        {read_oid, "06 00"},
        {read_oid, "06 02 2a81"},
        {read_oid, "06 03 2a8001"},
        {read_octets, "03 00"},
        {read_octets, "03 02 0180"},
        {read_bits, "03 02 06c1"},  // padding bit set
        {read_bits, "03 02 05c0"},  // trailing zero bit
        {read_bits, "03 01 01"},
        {read_bits, "03 02 0880"},
        {read_bits, "03 06 00ffffffffff"},
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        if (reads(&samples[i])) {
            test_fail(__FILE__, __LINE__, "%s was accepted", samples[i].hex);
        }
    }
}

TEST(what_is_der_is_read)
{
    static const Sample samples[] = {
        {read_any, "30 00"},
        {read_integer, "02 02 0080"},
        {read_integer, "02 01 80"},
        {read_u64, "02 08 7fffffffffffffff"},
        {read_scalar, "02 05 00ffffffff"},
        {read_boolean, "01 01 ff"},
        {read_oid, "06 08 2a811ccf55018375"},
        {read_octets, "03 02 0080"},
        {read_bits, "03 02 06c0"},
        {read_bits, "03 01 00"},
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        if (!reads(&samples[i])) {
            test_fail(__FILE__, __LINE__, "%s was refused", samples[i].hex);
        }
    }
}

static Bytes time_element(Writer *writer, uint8_t tag, const char *text)
{
    *writer = writer_new(100);
    der_put_text(writer, tag, text);
    return writer_bytes(writer);
}

typedef struct {
    ReadFunction *read;
    uint8_t tag;
    const char *text;
    bool valid;
} TimeSample;

// Covers: RFC 5280 4.1.2.5, RFC 3161 2.4.2.
TEST(times_have_exactly_one_form)
{
    static const TimeSample samples[] = {
        {read_time, DER_UTC_TIME, "261125080000Z", true},
        {read_time, DER_GENERALIZED_TIME, "20501125080000Z", true},
        {read_time, DER_UTC_TIME, "2611250800Z", false},
        {read_time, DER_UTC_TIME, "261125080000+0800", false},
        {read_time, DER_UTC_TIME, "260229080000Z", false},
        {read_time, DER_UTC_TIME, "261125080000", false},
        {read_time, DER_UTC_TIME, "26112508000aZ", false},
        {read_time, DER_UTC_TIME, "261125080000Z0", false},
        {read_time, DER_GENERALIZED_TIME, "20261125080000.5Z", false},
        {read_time, DER_GENERALIZED_TIME, "00001125080000Z", false},
        {read_generalized, DER_GENERALIZED_TIME, "20261125080000.5Z", true},
        {read_generalized, DER_GENERALIZED_TIME, "20261125080000.1234567Z", true},
        {read_generalized, DER_GENERALIZED_TIME, "20261125080000.50Z", false},
        {read_generalized, DER_GENERALIZED_TIME, "20261125080000.Z", false},
        {read_generalized, DER_GENERALIZED_TIME, "20261125080000,5Z", false},
        {read_generalized, DER_UTC_TIME, "261125080000Z", false},
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        CLEANUP(writer_free) Writer writer = writer_new(0);
        Reader reader = reader_of(time_element(&writer, samples[i].tag, samples[i].text));
        samples[i].read(&reader);
        if (reader_done(&reader) != samples[i].valid) {
            test_fail(__FILE__, __LINE__, "%s", samples[i].text);
        }
    }
}

TEST(times_are_written_as_they_are_read)
{
    Error err = {0};
    static const char *const texts[] = {"1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z",
                                        "2050-01-01T00:00:00Z", "9999-12-31T23:59:59Z"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Time time = 0;
        CHECK_OK(time_from_text(bytes_of_text(texts[i]), &time, &err));
        CLEANUP(writer_free) Writer writer = writer_new(100);
        der_put_time(&writer, time);
        der_put_generalized_time(&writer, time + 120300, true);
        Reader reader = reader_of(writer_bytes(&writer));
        CHECK_INT(der_peek(&reader), i < 2 ? DER_UTC_TIME : DER_GENERALIZED_TIME);
        CHECK_INT(der_time(&reader), time);
        CHECK_INT(der_generalized_time(&reader), time + 120300);
        CHECK(reader_done(&reader));
    }
}

// Covers: X.690 10.1.
TEST(lengths_are_written_in_the_fewest_octets)
{
    static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        CLEANUP(writer_free) Writer nested = writer_new(100000);
        size_t mark = der_begin(&nested, DER_OCTET_STRING);
        writer_put_repeated(&nested, 0xab, sizes[i]);
        der_end(&nested, mark);
        CLEANUP(writer_free) Writer content = writer_new(100000);
        writer_put_repeated(&content, 0xab, sizes[i]);
        CLEANUP(writer_free) Writer direct = writer_new(100000);
        der_put(&direct, DER_OCTET_STRING, writer_bytes(&content));
        CHECK_BYTES(writer_bytes(&nested), writer_bytes(&direct));
        Reader reader = reader_of(writer_bytes(&nested));
        CHECK_BYTES(der_octet_string(&reader), writer_bytes(&content));
        CHECK(reader_done(&reader));
    }
}

TEST(numbers_are_minimal)
{
    CLEANUP(writer_free) Writer writer = writer_new(1000);
    der_put_u64(&writer, 0);
    der_put_u64(&writer, 127);
    der_put_u64(&writer, 128);
    der_put_u64(&writer, INT64_MAX);
    der_put_unsigned(&writer, BYTES_LITERAL("\x00\x00\xff"));
    der_put_unsigned(&writer, BYTES_EMPTY);
    CHECK_BYTES(writer_bytes(&writer),
                test_hex("020100 02017f 02020080 02087fffffffffffffff 020200ff 020100"));
    Reader reader = reader_of(writer_bytes(&writer));
    CHECK_INT(der_u64(&reader), 0);
    CHECK_INT(der_u64(&reader), 127);
    CHECK_INT(der_u64(&reader), 128);
    CHECK_INT((int64_t)der_u64(&reader), INT64_MAX);
    uint8_t wide[3];
    der_unsigned(&reader, wide, sizeof wide);
    CHECK_BYTES(BYTES_OF_ARRAY(wide), test_hex("0000ff"));
}

TEST(named_bits_survive_the_round_trip)
{
    static const uint32_t masks[] = {0, 1, 3, 0x80, 0x180, 0x8001, 0x80000000, 0xffffffff};
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        CLEANUP(writer_free) Writer writer = writer_new(100);
        der_put_named_bits(&writer, masks[i]);
        Reader reader = reader_of(writer_bytes(&writer));
        CHECK_INT(der_named_bits(&reader), masks[i]);
        CHECK(reader_done(&reader));
    }
}

// Covers: X.690 11.6.
TEST(set_of_is_sorted_by_encoding)
{
    CLEANUP(writer_free) Writer writer = writer_new(1000);
    size_t mark = der_begin(&writer, DER_SET);
    der_put_u64(&writer, 300);
    der_put(&writer, DER_OCTET_STRING, BYTES_LITERAL("b"));
    der_put_u64(&writer, 2);
    der_put(&writer, DER_OCTET_STRING, BYTES_LITERAL("a"));
    der_put_u64(&writer, 1);
    der_end_set_of(&writer, mark);
    CHECK_BYTES(writer_bytes(&writer), test_hex("3110 020101 020102 0202012c 040161 040162"));
}

TEST(a_full_writer_fails_without_damage)
{
    enum { NEEDED = 3 + 2 + 132 };
    for (size_t limit = 0; limit <= NEEDED; limit++) {
        CLEANUP(writer_free) Writer writer = writer_new(limit);
        size_t mark = der_begin(&writer, DER_SET);
        der_put_null(&writer);
        writer_put_repeated(&writer, 0, 132);
        der_end(&writer, mark);
        CHECK(writer.failed == (limit < NEEDED));
    }
}

TEST(oid_text_is_dotted)
{
    char text[DER_OID_TEXT_SIZE];
    der_oid_text(test_hex("2a811ccf55018375"), text);
    CHECK_TEXT(text, "1.2.156.10197.1.501");
    der_oid_text(test_hex("550403"), text);
    CHECK_TEXT(text, "2.5.4.3");
    der_oid_text(test_hex("883703"), text);
    CHECK_TEXT(text, "2.999.3");
    der_oid_text(test_hex("2a81"), text);
    CHECK_TEXT(text, "");
    der_oid_text(test_hex("2a ffffffffffffffffffff7f"), text);
    CHECK_TEXT(text, "");
}

// Covers: X.690 10.
TEST(whole_means_nothing_before_and_nothing_after)
{
    Error err = {0};
    Reader content;
    CHECK_OK(der_parse_whole(test_hex("3003020101"), DER_SEQUENCE, &content, &err));
    CHECK_INT(der_u64(&content), 1);
    CHECK_OK(der_check_done(&content, "sample", NULL, &err));
    CHECK_FAILS_WITH(der_parse_whole(test_hex("300302010100"), DER_SEQUENCE, &content, &err),
                     ERROR_INPUT, "der.malformed");
    CHECK_FAILS(der_parse_whole(test_hex("3103020101"), DER_SEQUENCE, &content, &err), ERROR_INPUT);
    CHECK_OK(der_parse_whole(test_hex("3003020101"), DER_SEQUENCE, &content, &err));
    CHECK_FAILS_WITH(der_check_done(&content, "sample", NULL, &err), ERROR_INPUT, "der.malformed");
}
