// SPDX-License-Identifier: Apache-2.0
#include "base/codec/hex.h"

#include <string.h>

#include "base/test/test.h"

TEST(hex_round_trips_every_byte)
{
    Error err = {0};
    uint8_t all[256];
    for (size_t i = 0; i < sizeof all; i++) {
        all[i] = (uint8_t)i;
    }
    CLEANUP(writer_free) Writer text = writer_new(1024);
    CLEANUP(writer_free) Writer back = writer_new(1024);
    hex_encode(BYTES_OF_ARRAY(all), &text);
    CHECK(bytes_start_with(writer_bytes(&text), BYTES_LITERAL("000102030405060708090a0b0c")));
    CHECK_OK(hex_decode(writer_bytes(&text), &back, &err));
    CHECK_BYTES(writer_bytes(&back), BYTES_OF_ARRAY(all));
}

TEST(hex_refuses_half_bytes_and_other_characters)
{
    static const char *const refused[] = {"0",  "0g", "0 ", "/0", ":0",
                                          "@0", "G0", "`0", "0x", "\xff\x30"};
    Error err = {0};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CLEANUP(writer_free) Writer ret = writer_new(16);
        CHECK_FAILS_WITH(hex_decode(bytes_of_text(refused[i]), &ret, &err), ERROR_INPUT,
                         "hex.malformed");
        CHECK_INT(ret.len, 0);
    }
    CLEANUP(writer_free) Writer upper = writer_new(16);
    CHECK_OK(hex_decode(BYTES_LITERAL("aAfF09"), &upper, &err));
    CHECK_BYTES(writer_bytes(&upper), BYTES_LITERAL("\xaa\xff\x09"));
    CLEANUP(writer_free) Writer small = writer_new(2);
    CHECK_FAILS(hex_decode(BYTES_LITERAL("aAfF09"), &small, &err), ERROR_LIMIT);
}

// Vectors: RFC 4648 10.
TEST(base64_gives_the_rfc_4648_vectors)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        Bytes plain = bytes_of_text(vectors[i][0]);
        CHECK_TEXT(base64_text(arena, plain), vectors[i][1]);
        Bytes decoded;
        CHECK_OK(base64_decode_arena(arena, bytes_of_text(vectors[i][1]), &decoded, &err));
        CHECK_BYTES(decoded, plain);
        CLEANUP(writer_free) Writer writer = writer_new(64);
        CHECK_OK(base64_decode(bytes_of_text(vectors[i][1]), &writer, &err));
        CHECK_BYTES(writer_bytes(&writer), plain);
    }
    CHECK_TEXT(base64_text(arena, BYTES_LITERAL("\xfb\xef\xbe\xff\xff\xff")), "++++////");
    CHECK_TEXT(hex_text(arena, BYTES_LITERAL("\x0f\xa9")), "0fa9");
}

TEST(base64_that_is_not_canonical_is_refused)
{
    static const char *const refused[] = {
        "Z",    "Zg",   "Zg=",    "Zh==", "Zm9=", "Zm8=Zm8=", "=",    "====",
        "A===", "Zm 8", "Zm9v\n", "Zm9-", "Zm9_", "Zg==Zg==", "Z=g=", "\x80mmm",
    };
    Error err = {0};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CLEANUP(writer_free) Writer ret = writer_new(64);
        CHECK_FAILS_WITH(base64_decode(bytes_of_text(refused[i]), &ret, &err), ERROR_INPUT,
                         "base64.malformed");
        CHECK_INT(ret.len, 0);
    }
}

TEST(each_text_of_four_characters_decodes_to_itself_or_not_at_all)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (unsigned i = 0; i < 65536; i++) {
        char text[5] = {'Z', 'w', (char)(i >> 8), (char)i, 0};
        Bytes decoded;
        if (base64_decode_arena(arena, bytes_of(text, 4), &decoded, &err)) {
            CHECK_TEXT(base64_text(arena, decoded), text);
        }
    }
}
