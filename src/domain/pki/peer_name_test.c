// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/peer_name.h"

#include "base/codec/der.h"
#include "base/test/test.h"

enum { EMAIL = DER_CONTEXT(1), DNS = DER_CONTEXT(2), IP = DER_CONTEXT(7) };

typedef struct {
    const char *name;
    uint8_t tag;
    const char *presented;  // of an address: hexadecimal
    bool is_found;
} NameRow;

static const NameRow name_rows[] = {
    {"example.com", DNS, "example.com", true},
    {"EXAMPLE.com.", DNS, "example.COM", true},
    {"example.com", DNS, "example2.com", false},
    {"abc.example.com", DNS, "example.com", false},
    {"example.com", DNS, "abc.example.com", false},
    {"foo.example.com", DNS, "*.example.com", true},
    {"foo.bar.example.com", DNS, "*.example.com", false},
    {"example.com", DNS, "*.example.com", false},
    {"example.com", DNS, "*.com", false},
    {"baz.example.com", DNS, "ba*.example.com", false},
    {"foo.bar.example.com", DNS, "foo.*.example.com", false},
    {"xn--bliss-1b3c148a.example.com", DNS, "xn--*-1b3c148a.example.com", false},
    {"foo.example.com", DNS, "*", false},
    {"foo.example.com", DNS, ".foo.example.com", false},
    {"xn--628h.example.com", DNS, "\xf0\x9f\x98\x9c.example.com", false},
    {"example.com", EMAIL, "example.com", false},
    {"127.0.0.1", IP, "7f000001", true},
    {"127.0.0.1", IP, "7f000002", false},
    {"127.0.0.1", DNS, "127.0.0.1", false},
    {"::1", IP, "00000000000000000000000000000001", true},
    {"::", IP, "00000000000000000000000000000000", true},
    {"1::", IP, "00010000000000000000000000000000", true},
    {"2001:db8::8a2e:370:7334", IP, "20010db80000000000008a2e03707334", true},
    {"2001:DB8:0:0:0:8A2E:370:7334", IP, "20010db80000000000008a2e03707334", true},
    {"x@Example.com", EMAIL, "x@example.COM", true},
    {"X@example.com", EMAIL, "x@example.com", false},
    {"x@example.com", EMAIL, "a@x@example.com", false},
    {"x@example.com", DNS, "x@example.com", false},
};

// Covers: RFC 9525 6.3, 6.4; RFC 5280 4.2.1.6.
TEST(a_name_is_found_in_the_list_of_names_alone)
{
    for (size_t i = 0; i < COUNT_OF(name_rows); i++) {
        const NameRow *row = &name_rows[i];
        CLEANUP(writer_free) Writer names = writer_new(256);
        PeerName name;
        der_put(&names, DNS, BYTES_LITERAL("other.example"));
        der_put(&names, row->tag,
                row->tag == IP ? test_hex(row->presented) : bytes_of_text(row->presented));
        const Certificate certificate = {.subject_alt_name = writer_bytes(&names)};
        CHECK(peer_name_read(row->name, &name));
        if (peer_name_is_of(&name, &certificate) != row->is_found) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, row->name);
        }
    }
}

TEST(what_is_no_name_is_not_taken)
{
    static const char *const rows[] = {
        "",
        ".",
        "a..b",
        ".example.com",
        "*.example.com",
        "a b",
        "256.0.0.1",
        "1.2.3",
        "01.2.3.4",
        "1.2.3.4.5",
        "1::2::3",
        ":1",
        "1:",
        "1:2:3:4:5",
        "12345::",
        "@example.com",
        "a@",
        "a@b@c",
        "::1::",
        ":::",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8:9",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PeerName name;
        if (peer_name_read(rows[i], &name)) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, rows[i]);
        }
    }
}
