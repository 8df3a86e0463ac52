// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "program/shell_fixture.h"

#define ABC "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
#define EMPTY "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"

TEST(digests_are_printed_as_sha256sum_does)
{
    static const ShellCase cases[] = {
        {"printf abc | $A sm3", 0, ABC "  -\n"},
        {"printf abc >a; : >b; $A sm3 a b", 0, ABC "  a\n" EMPTY "  b\n"},
        {"$A sm3 --hex a", 0, ABC "\n"},
        {"$A sm3 --raw <a | xxd -p -c 32", 0, ABC "\n"},
        {"$A sm3 --text abc --hex", 0, ABC "\n"},
        {"$A sm3 --msg 616263", 0, ABC "  -\n"},
        {"echo 61 62 63 | $A sm3 --in-hex --hex", 0, ABC "\n"},
        {"$A sm3 --in a --out d; cat d", 0, ABC "  a\n"},
        {"printf 'x' >'a\\b'; $A sm3 'a\\b' | cut -c 1,66-", 0, "\\  a\\\\b\n"},
        {"$A sm3 -- a", 0, ABC "  a\n"},
    };
    shell_need("xxd");
    shell_check(cases, COUNT_OF(cases));
}

TEST(openssl_computes_the_same_digests_and_hmacs)
{
    static const ShellCase cases[] = {
        {"head -c 3000001 /dev/urandom >f; test $(openssl dgst -sm3 -r f | cut -c -64) = $($A sm3 "
         "--hex f)",
         0, ""},
        {"test $(openssl dgst -sm3 -hmac some-key f | sed 's/.* //') = $($A sm3 --hex --hmac-key "
         "736f6d652d6b6579 f)",
         0, ""},
        {"printf some-key >k; test $(openssl dgst -sm3 -hmac some-key f | sed 's/.* //') = $($A "
         "sm3 "
         "--hex --hmac-key k f)",
         0, ""},
    };
    shell_need("openssl");
    shell_check(cases, COUNT_OF(cases));
}

TEST(a_list_holds_only_when_every_line_does)
{
    static const ShellCase cases[] = {
        {"printf abc >a; printf x >'b\\c d'; $A sm3 a 'b\\c d' >list; $A sm3 --check list", 0,
         "a: OK\nb\\c d: OK\n"},
        {"sed 's/  / */' list >star; $A sm3 --check star", 0, "a: OK\nb\\c d: OK\n"},
        {"$A sm3 --check - <list", 0, "a: OK\nb\\c d: OK\n"},
        {"printf abd >a; $A sm3 --check list", 1, "a: FAILED\nb\\c d: OK\n"},
        {"rm a; $A sm3 --check list", 1, "a: FAILED open or read\nb\\c d: OK\n"},
        {"echo nonsense >>list; printf abc >a; $A sm3 --check list", 1, "a: OK\nb\\c d: OK\n"},
        {": >list; $A sm3 --check list", 1, ""},
        {"$A sm3 --check nowhere", 64, ""},
        {"printf '" ABC "  a' >list; $A sm3 --check list", 0, "a: OK\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

// The mask of GB/T 32918.5-2017 annex C: KDF(x2 || y2, 19 bytes).
TEST(the_key_derivation_function_is_that_of_the_standard)
{
    static const ShellCase cases[] = {
        {"$A sm3 --kdf 19 --msg 335E18D751E51F040E27D468138B7AB1DC86AD7F981D7D416222FD6AB3ED230D"
         "AB743EBCFB22D64F7B6AB791F70658F25B48FA93E54064FDBFBED3F0BD847AC9",
         0, "44e60fdbf0bae81437665374bef26749046c9e\n"},
        {"$A sm3 --kdf 0 --text a", 64, ""},
        {"$A sm3 --kdf 100 --raw --text a | wc -c", 0, "100\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(wrong_usage_of_sm3_exits_64)
{
    static const ShellCase cases[] = {
        {"$A sm3 nowhere", 64, ""},
        {"$A sm3 --hex --raw --text a", 64, ""},
        {"$A sm3 --text a --msg 61", 64, ""},
        {"$A sm3 --text a b", 64, ""},
        {"$A sm3 --sha", 64, ""},
        {"$A sm3 --msg 6", 1, ""},
        {"$A sm3 --msg 6z", 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
