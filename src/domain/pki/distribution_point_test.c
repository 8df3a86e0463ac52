// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/distribution_point.h"

#include "base/codec/der.h"
#include "base/test/test.h"

// Covers: RFC 5280 5.2.5.
TEST(a_scope_is_read_as_it_was_written)
{
    const IssuingDistributionPoint scopes[] = {
        {.reasons = REASONS_ALL},
        {.reasons = 0x06, .only_user_certificates = true},
        {.reasons = REASONS_ALL, .only_ca_certificates = true, .is_indirect = true},
        {.reasons = 0x100, .only_attribute_certificates = true},
        {.name = {.full = test_hex("8603 612f62")}, .reasons = REASONS_ALL},
        {.name = {.relative = test_hex("3008 0603 55040b 0c01 41")}, .reasons = 0x1f8},
    };
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        CLEANUP(writer_free) Writer value = writer_new(256);
        IssuingDistributionPoint read;
        issuing_distribution_point_put(&scopes[i], &value);
        CHECK(issuing_distribution_point_read(writer_bytes(&value), &read));
        CHECK_BYTES(read.name.full, scopes[i].name.full);
        CHECK_BYTES(read.name.relative, scopes[i].name.relative);
        CHECK_INT(read.reasons, scopes[i].reasons);
        CHECK(read.only_user_certificates == scopes[i].only_user_certificates &&
              read.only_ca_certificates == scopes[i].only_ca_certificates &&
              read.only_attribute_certificates == scopes[i].only_attribute_certificates &&
              read.is_indirect == scopes[i].is_indirect);
    }
}

TEST(malformed_scopes_are_refused)
{
    static const char *const values[] = {
        "",
        "3000 00",              // something after it
        "3003 810101",          // a BOOLEAN of 1
        "3002 8100",            // an empty one
        "3006 8201ff 8101ff",   // the wrong order
        "3006 8101ff 8101ff",   // twice
        "3003 8601ff",          // a field that there is not
        "3003 830106",          // reasons without bits
        "3004 83020906",        // nine unused bits
        "3002 a000",            // a name that is none
        "3004 a002 a000",       // no names in it
        "3006 a004 a202 8600",  // a third kind of name
        "3008 a006 a002 8600 8600",
    };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        IssuingDistributionPoint scope;
        if (issuing_distribution_point_read(test_hex(values[i]), &scope)) {
            test_fail(__FILE__, __LINE__, "row %zu is accepted", i);
        }
    }
    IssuingDistributionPoint scope;
    CHECK(issuing_distribution_point_read(test_hex("3006 810100 8201ff"), &scope));
    CHECK(!scope.only_user_certificates && scope.only_ca_certificates);
}

// Covers: RFC 5280 4.2.1.13.
TEST(distribution_points_are_read_one_by_one)
{
    CLEANUP(writer_free) Writer value = writer_new(256);
    distribution_points_put_url("http://ca.example/1", &value);
    Reader whole = reader_of(writer_bytes(&value));
    Reader points = der_enter(&whole, DER_SEQUENCE);
    DistributionPoint point;
    CHECK(distribution_point_next(&points, &point));
    CHECK_INT(point.reasons, REASONS_ALL);
    CHECK_BYTES(bytes_from(point.name.full, 2), bytes_of_text("http://ca.example/1"));
    CHECK(!distribution_point_next(&points, &point) && !points.failed);
    // reasons keyCompromise alone, and an issuer without a name
    points = reader_of(test_hex("3004 81020640 3002 a200"));
    CHECK(distribution_point_next(&points, &point));
    CHECK_INT(point.reasons, 0x02);
    CHECK(distribution_point_name_is_empty(&point.name));
    CHECK(!distribution_point_next(&points, &point) && points.failed);
}

// Covers: RFC 5280 6.3.3 (b)(2)(i).
TEST(names_of_points_match_in_full_and_relative_to_an_issuer)
{
    // C=CN, CN=CA / OU=A below it, in full and relative; OU=a in another string type.
    Bytes base = test_hex("301a 310b 3009 0603 550406 1302 434e 310b 3009 0603 550403 0c02 4341");
    Bytes other = test_hex("300d 310b 3009 0603 550406 1302 434e");
    DistributionPointName relative = {.relative = test_hex("3008 0603 55040b 0c01 41")};
    DistributionPointName lower = {.relative = test_hex("3008 0603 55040b 1301 61")};
    DistributionPointName full = {
        .full = test_hex("a428 3026 310b 3009 0603 550406 1302 434e 310b 3009 0603 550403 0c02 4341"
                         "310a 3008 0603 55040b 0c01 41")};
    DistributionPointName url = {.full = test_hex("8603 612f62 8603 612f63")};
    DistributionPointName last_url = {.full = test_hex("8603 612f63")};
    DistributionPointName other_url = {.full = test_hex("8603 612f43")};
    CHECK(distribution_point_names_match(&relative, base, &relative, base));
    CHECK(distribution_point_names_match(&relative, base, &lower, base));
    CHECK(!distribution_point_names_match(&relative, base, &relative, other));
    CHECK(distribution_point_names_match(&relative, base, &full, other));
    CHECK(distribution_point_names_match(&full, other, &lower, base));
    CHECK(!distribution_point_names_match(&full, base, &relative, other));
    CHECK(distribution_point_names_match(&url, base, &last_url, base));
    CHECK(!distribution_point_names_match(&url, base, &other_url, base));
    CHECK(!distribution_point_names_match(&url, base, &full, base));
    CHECK(!distribution_point_names_match(&url, base, &(DistributionPointName){0}, base));
}
