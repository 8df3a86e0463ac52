// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/peer_name.h"

#include "base/test/test.h"

// GeneralNames of one entry each.
#define DNS(text) BYTES_LITERAL("\x82" text)
#define EMAIL(text) BYTES_LITERAL("\x81" text)
#define IP(octets) BYTES_LITERAL("\x87" octets)

// Covers: RFC 9525 6.3, 6.4; RFC 5280 4.2.1.6.
TEST(a_name_is_found_in_the_list_of_names_alone)
{
    const struct {
        const char *name;
        Bytes presented;
        bool is_found;
    } rows[] = {
        {"example.com",
         DNS("\x0b"
             "example.com"),
         true},
        {"EXAMPLE.com.",
         DNS("\x0b"
             "example.COM"),
         true},
        {"example.com",
         DNS("\x0c"
             "example2.com"),
         false},
        {"abc.example.com",
         DNS("\x0b"
             "example.com"),
         false},
        {"example.com",
         DNS("\x0f"
             "abc.example.com"),
         false},
        {"foo.example.com",
         DNS("\x0d"
             "*.example.com"),
         true},
        {"foo.bar.example.com",
         DNS("\x0d"
             "*.example.com"),
         false},
        {"example.com",
         DNS("\x0d"
             "*.example.com"),
         false},
        {"example.com",
         DNS("\x05"
             "*.com"),
         false},
        {"baz.example.com",
         DNS("\x0f"
             "ba*.example.com"),
         false},
        {"foo.bar.example.com",
         DNS("\x11"
             "foo.*.example.com"),
         false},
        {"foo.example.com",
         DNS("\x01"
             "*"),
         false},
        {"foo.example.com",
         DNS("\x10"
             ".foo.example.com"),
         false},
        {"xn--628h.example.com",
         DNS("\x10"
             "\xf0\x9f\x98\x9c"
             ".example.com"),
         false},
        {"example.com",
         EMAIL("\x0b"
               "example.com"),
         false},
        {"127.0.0.1",
         IP("\x04"
            "\x7f\x00\x00\x01"),
         true},
        {"127.0.0.1",
         IP("\x04"
            "\x7f\x00\x00\x02"),
         false},
        {"127.0.0.1",
         DNS("\x09"
             "127.0.0.1"),
         false},
        {"::1",
         IP("\x10"
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"),
         true},
        {"2001:db8::8a2e:370:7334",
         IP("\x10"
            "\x20\x01\x0d\xb8\0\0\0\0\0\0\x8a\x2e\x03\x70\x73\x34"),
         true},
        {"2001:db8:0:0:0:8A2E:370:7334",
         IP("\x10"
            "\x20\x01\x0d\xb8\0\0\0\0\0\0\x8a\x2e\x03\x70\x73\x34"),
         true},
        {"x@Example.com",
         EMAIL("\x0d"
               "x@example.COM"),
         true},
        {"X@example.com",
         EMAIL("\x0d"
               "x@example.com"),
         false},
        {"x@example.com",
         EMAIL("\x0f"
               "a@x@example.com"),
         false},
        {"x@example.com",
         DNS("\x0d"
             "x@example.com"),
         false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PeerName name;
        const Certificate certificate = {.subject_alt_name = rows[i].presented};
        CHECK(peer_name_read(rows[i].name, &name));
        if (peer_name_is_of(&name, &certificate) != rows[i].is_found) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, rows[i].name);
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
