// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/sm4/sm4.h"
#include "base/test/test.h"

typedef struct {
    const char *name;
    const char *error_code;
    void (*seal)(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes plaintext, Writer *ret);
    bool (*open)(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes sealed, Writer *ret,
                 Error *err);
} Mode;

static const Mode modes[] = {
    {"gcm", "sm4.gcm_tag", sm4_gcm_seal, sm4_gcm_open},
    {"ccm", "sm4.ccm_tag", sm4_ccm_seal, sm4_ccm_open},
};

static void check_vector(const Mode *mode, Bytes key, Bytes nonce, Bytes aad, Bytes plaintext,
                         Bytes sealed)
{
    Error err = {0};
    Sm4 sm4;
    CHECK_INT(key.len, SM4_KEY_SIZE);
    CHECK_INT(nonce.len, SM4_GCM_NONCE_SIZE);
    sm4_init(&sm4, key.data);
    CLEANUP(writer_free) Writer actual = writer_new(1024);
    CLEANUP(writer_free) Writer back = writer_new(1024);
    writer_put_text(&actual, "before");
    mode->seal(&sm4, nonce.data, aad, plaintext, &actual);
    CHECK_BYTES(bytes_from(writer_bytes(&actual), 6), sealed);
    writer_put_text(&back, "before");
    CHECK_OK(mode->open(&sm4, nonce.data, aad, sealed, &back, &err));
    CHECK_BYTES(bytes_from(writer_bytes(&back), 6), plaintext);
}

// Vectors: RFC 8998 A.1, A.2.
TEST(aead_gives_the_vectors_of_rfc_8998)
{
    static const char *const sealed[] = {
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC",
        "48AF93501FA62ADBCD414CCE6034D895DDA1BF8F132F042098661572E7483094"
        "FD12E518CE062C98ACEE28D95DF4416BED31A2F04476C18BB40C84A74B97DC5B"
        "16842D4FA186F56AB33256971FA110F4",
    };
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        check_vector(&modes[i], test_hex("0123456789ABCDEFFEDCBA9876543210"),
                     test_hex("00001234567800000000ABCD"),
                     test_hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
                     test_hex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
                              "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"),
                     test_hex(sealed[i]));
    }
}

static const Mode *mode_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (strcmp(modes[i].name, name) == 0) {
            return &modes[i];
        }
    }
    return NULL;
}

static Bytes field(const char *text)
{
    return strcmp(text, "-") == 0 ? BYTES_EMPTY : test_hex(text);
}

TEST(aead_agrees_with_libgcrypt)
{
    Bytes rest = test_file("src/base/sm4/testdata/sm4_aead.txt");
    size_t checked = 0;
    for (size_t end; bytes_find(rest, BYTES_LITERAL("\n"), 0, &end);
         rest = bytes_from(rest, end + 1)) {
        char line[4096], mode[8], key[64], nonce[64], aad[128], plaintext[1024], sealed[1024];
        CHECK(end < sizeof line);
        memcpy(line, rest.data, end);
        line[end] = '\0';
        if (line[0] == '#') {
            continue;
        }
        CHECK_INT(sscanf(line, "%7s %63s %63s %127s %1023s %1023s", mode, key, nonce, aad,
                         plaintext, sealed),
                  6);
        CHECK(mode_named(mode) != NULL);
        check_vector(mode_named(mode), field(key), field(nonce), field(aad), field(plaintext),
                     field(sealed));
        checked++;
    }
    CHECK_INT(checked, 36);
}

TEST(aead_refuses_every_bit_flip_and_truncation)
{
    static const uint8_t key[16] = {1}, nonce[12] = {2}, other_nonce[12] = {3};
    Error err = {0};
    Sm4 sm4;
    sm4_init(&sm4, key);
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        CLEANUP(writer_free) Writer sealed = writer_new(256);
        CLEANUP(writer_free) Writer opened = writer_new(256);
        modes[i].seal(&sm4, nonce, BYTES_LITERAL("aad"), BYTES_LITERAL("twenty bytes of text"),
                      &sealed);
        CHECK_INT(sealed.len, 36);
        for (size_t bit = 0; bit < sealed.len * 8; bit++) {
            sealed.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
            CHECK_FAILS_WITH(modes[i].open(&sm4, nonce, BYTES_LITERAL("aad"), writer_bytes(&sealed),
                                           &opened, &err),
                             ERROR_UNTRUSTED, modes[i].error_code);
            sealed.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        for (size_t len = 0; len < sealed.len; len++) {
            CHECK_FAILS(modes[i].open(&sm4, nonce, BYTES_LITERAL("aad"), bytes_of(sealed.data, len),
                                      &opened, &err),
                        ERROR_UNTRUSTED);
        }
        CHECK_FAILS(
            modes[i].open(&sm4, nonce, BYTES_LITERAL("aae"), writer_bytes(&sealed), &opened, &err),
            ERROR_UNTRUSTED);
        CHECK_FAILS(modes[i].open(&sm4, nonce, BYTES_EMPTY, writer_bytes(&sealed), &opened, &err),
                    ERROR_UNTRUSTED);
        CHECK_FAILS(modes[i].open(&sm4, other_nonce, BYTES_LITERAL("aad"), writer_bytes(&sealed),
                                  &opened, &err),
                    ERROR_UNTRUSTED);
        CHECK_INT(opened.len, 0);
        CLEANUP(writer_free) Writer small = writer_new(19);
        CHECK_FAILS(
            modes[i].open(&sm4, nonce, BYTES_LITERAL("aad"), writer_bytes(&sealed), &small, &err),
            ERROR_LIMIT);
        modes[i].seal(&sm4, nonce, BYTES_EMPTY, BYTES_LITERAL("1234"), &small);
        CHECK(small.failed);
    }
}

// Source: RFC 3610 2.2: from 0xff00 bytes on the length of the additional data takes 6 bytes.
TEST(ccm_with_long_additional_data_opens_and_depends_on_all_of_it)
{
    static uint8_t aad[0xff10];
    static const uint8_t key[16] = {1}, nonce[12] = {2};
    Error err = {0};
    Sm4 sm4;
    sm4_init(&sm4, key);
    for (size_t len = 0xfeff; len <= 0xff01; len++) {
        CLEANUP(writer_free) Writer sealed = writer_new(256);
        CLEANUP(writer_free) Writer opened = writer_new(256);
        sm4_ccm_seal(&sm4, nonce, bytes_of(aad, len), BYTES_LITERAL("text"), &sealed);
        CHECK_OK(
            sm4_ccm_open(&sm4, nonce, bytes_of(aad, len), writer_bytes(&sealed), &opened, &err));
        CHECK_FAILS(
            sm4_ccm_open(&sm4, nonce, bytes_of(aad, len + 1), writer_bytes(&sealed), &opened, &err),
            ERROR_UNTRUSTED);
    }
}
