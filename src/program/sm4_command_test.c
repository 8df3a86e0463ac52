// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "program/shell_fixture.h"

#define KEY "--key 0123456789abcdeffedcba9876543210 "
#define IV "--iv 000102030405060708090a0b0c0d0e0f "
// RFC 8998 A.1, A.2
#define AEAD "--iv 00001234567800000000abcd --aad feedfacedeadbeeffeedfacedeadbeefabaddad2 "
#define PLAINTEXT                                                      \
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd" \
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
#define GCM                                                            \
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735" \
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
#define GCM_TAG "83de3541e4c2b58177e065a9bf7b62ec"
#define CCM                                                            \
    "48af93501fa62adbcd414cce6034d895dda1bf8f132f042098661572e7483094" \
    "fd12e518ce062c98acee28d95df4416bed31a2f04476c18bb40c84a74b97dc5b"
#define CCM_TAG "16842d4fa186f56ab33256971fa110f4"

TEST(vectors_of_the_standards_are_encrypted_and_decrypted)
{
    static const ShellCase cases[] = {
        {"$A sm4 encrypt --mode ecb --no-pad " KEY "--msg 0123456789abcdeffedcba9876543210 --hex",
         0, "681edf34d206965e86b3e94f536e4246\n"},
        {"$A sm4 decrypt --mode ecb --no-pad " KEY "--msg 681edf34d206965e86b3e94f536e4246 --hex",
         0, "0123456789abcdeffedcba9876543210\n"},
        {"$A sm4 encrypt --mode gcm " KEY AEAD "--msg " PLAINTEXT " --hex", 0, GCM GCM_TAG "\n"},
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg " GCM GCM_TAG " --hex", 0, PLAINTEXT "\n"},
        {"$A sm4 encrypt --mode ccm " KEY AEAD "--msg " PLAINTEXT " --hex", 0, CCM CCM_TAG "\n"},
        {"$A sm4 decrypt --mode ccm " KEY AEAD "--msg " CCM CCM_TAG " --hex", 0, PLAINTEXT "\n"},
        {"$A sm4 encrypt --mode gcm " KEY AEAD "--msg " PLAINTEXT " --hex --tag-out t; cat t", 0,
         GCM "\n" GCM_TAG "\n"},
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg " GCM " --tag t --hex", 0, PLAINTEXT "\n"},
        {"echo " GCM GCM_TAG " | $A sm4 decrypt --mode gcm " KEY AEAD "--in-hex --hex", 0,
         PLAINTEXT "\n"},
        {"$A sm4 encrypt --mode gcm " KEY AEAD "--text '' | wc -c", 0, "16\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

// Computed with libgcrypt 1.10.1.
TEST(nonces_and_tags_of_other_lengths_work)
{
    static const ShellCase cases[] = {
        {"$A sm4 encrypt --mode gcm --key 00112233445566778899aabbccddeeff --nonce 01 --tag-len 12 "
         "--text '' --hex",
         0, "217d0ccd9a43f4d2f31ca9ac\n"},
        {"$A sm4 encrypt --mode ccm --key 00112233445566778899aabbccddeeff --nonce "
         "0104070a0d1013 --tag-len 4 --text '' --hex",
         0, "8a9fafa7\n"},
        {"$A sm4 decrypt --mode ccm --key 00112233445566778899aabbccddeeff --nonce "
         "0104070a0d101316 --aad 02 --tag-len 6 --msg 9d63cb56f9a231 --hex",
         0, "03\n"},
        {"$A sm4 encrypt --mode ccm " KEY "--nonce 00000000000000 --tag-len 5 --text a", 1, ""},
        {"$A sm4 encrypt --mode ccm " KEY "--nonce 000000000000 --text a", 1, ""},
        {"$A sm4 encrypt --mode gcm " KEY "--nonce '' --text a", 1, ""},
        {"$A sm4 encrypt --mode gcm " KEY "--nonce 00 --tag-len 11 --text a", 64, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(openssl_encrypts_and_decrypts_the_same)
{
    static const ShellCase cases[] = {
        {"head -c 100003 /dev/urandom >f; head -c 4096 f >w; : >e", 0, ""},
        {"for f in f w e; do $A sm4 encrypt --mode cbc " KEY IV
         "$f | openssl enc -d -sm4-cbc -K 0123456789abcdeffedcba9876543210 "
         "-iv 000102030405060708090a0b0c0d0e0f | cmp - $f; done",
         0, ""},
        {"for f in f w e; do openssl enc -sm4-cbc -K 0123456789abcdeffedcba9876543210 -iv "
         "000102030405060708090a0b0c0d0e0f -in $f | $A sm4 decrypt --mode cbc " KEY IV
         "| cmp - $f; done",
         0, ""},
        {"for f in f w e; do $A sm4 encrypt --mode ecb " KEY
         "$f | openssl enc -d -sm4-ecb -K 0123456789abcdeffedcba9876543210 | cmp - $f; done",
         0, ""},
        {"for f in f w e; do openssl enc -sm4-ecb -K 0123456789abcdeffedcba9876543210 -in $f | $A "
         "sm4 decrypt --mode ecb " KEY "| cmp - $f; done",
         0, ""},
        {"for f in f w e; do openssl enc -sm4-ctr -K 0123456789abcdeffedcba9876543210 -iv "
         "ffffffffffffffffffffffffffffffff -in $f >c; $A sm4 encrypt --mode ctr " KEY
         "--iv ffffffffffffffffffffffffffffffff $f | cmp - c; $A sm4 decrypt --mode ctr " KEY
         "--iv ffffffffffffffffffffffffffffffff c | cmp - $f; done",
         0, ""},
        {"for m in cfb ofb; do for f in f w e; do openssl enc -sm4-$m -K "
         "0123456789abcdeffedcba9876543210 -iv 000102030405060708090a0b0c0d0e0f -in $f >c; $A sm4 "
         "encrypt --mode $m " KEY IV "$f | cmp - c; $A sm4 decrypt --mode $m " KEY IV
         "c | cmp - $f; done; done",
         0, ""},
        {"openssl enc -sm4-cbc -nopad -K 0123456789abcdeffedcba9876543210 -iv "
         "000102030405060708090a0b0c0d0e0f -in w >c; $A sm4 encrypt --no-pad --mode cbc " KEY IV
         "w | cmp - c; $A sm4 decrypt --no-pad --mode cbc " KEY IV "c | cmp - w",
         0, ""},
        {"openssl enc -sm4-ecb -nopad -K 0123456789abcdeffedcba9876543210 -in w >c; $A sm4 encrypt "
         "--no-pad --mode ecb " KEY "w | cmp - c; $A sm4 decrypt --no-pad --mode ecb " KEY
         "c | cmp - w",
         0, ""},
    };
    shell_need("openssl");
    shell_check(cases, COUNT_OF(cases));
}

TEST(what_does_not_decrypt_exits_1_and_writes_nothing)
{
    static const ShellCase cases[] = {
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg " GCM CCM_TAG, 1, ""},
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg " GCM GCM_TAG "00 --out o; test -e o", 1, ""},
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg 83de35", 1, ""},
        {"$A sm4 decrypt --mode gcm " KEY AEAD "--msg " GCM " --tag 83de3541", 1, ""},
        {"$A sm4 decrypt --mode gcm " KEY "--iv 00001234567800000000abcd --msg " GCM GCM_TAG, 1,
         ""},
        {"$A sm4 decrypt --mode ccm " KEY AEAD "--msg " CCM GCM_TAG, 1, ""},
        {"$A sm4 decrypt --mode cbc " KEY IV "--msg 00112233445566778899aabbccddeeff", 1, ""},
        {"$A sm4 decrypt --mode cbc " KEY IV "--msg 0011", 1, ""},
        {"$A sm4 decrypt --mode cbc " KEY IV "--msg ''", 1, ""},
        {"$A sm4 decrypt --mode ecb " KEY "--msg ''", 1, ""},
        {"$A sm4 encrypt --mode cbc --no-pad " KEY IV "--text abc", 1, ""},
        {"$A sm4 encrypt --mode ecb --no-pad " KEY "--text abc", 1, ""},
        {"$A sm4 encrypt --mode ecb --key 00 --text abc", 1, ""},
        {"$A sm4 encrypt --mode cbc --iv 00 " KEY "--text abc", 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(wrong_usage_of_sm4_exits_64)
{
    static const ShellCase cases[] = {
        {"$A sm4", 64, ""},
        {"$A sm4 wrap", 64, ""},
        {"$A sm4 encrypt " KEY "--text abc", 64, ""},
        {"$A sm4 encrypt --mode xts " KEY IV "--text abc", 64, ""},
        {"$A sm4 encrypt --mode cbc " KEY "--text abc", 64, ""},
        {"$A sm4 encrypt --mode ecb " KEY IV "--text abc", 64, ""},
        {"$A sm4 encrypt --mode ecb --text abc", 64, ""},
        {"$A sm4 encrypt --mode ctr --no-pad " KEY IV "--text abc", 64, ""},
        {"$A sm4 encrypt --mode ctr --aad 00 " KEY IV "--text abc", 64, ""},
        {"$A sm4 encrypt --mode gcm --tag 00 " KEY AEAD "--text abc", 64, ""},
        {"$A sm4 encrypt --mode ctr " KEY IV "nowhere", 64, ""},
        {"$A sm4 encrypt --mode ctr --key nowhere " IV "--text abc", 64, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
