// SPDX-License-Identifier: Apache-2.0
#include "domain/document/characters.h"

#include "base/test/test.h"

TEST(malformed_utf8_is_refused)
{
    static const char *const texts[] = {
        "\xc0\x80",
        "\xe0\x80\x80",
        "\xf0\x80\x80\x80",  // overlong
        "\xed\xa0\x80",
        "\xed\xbf\xbf",  // surrogates
        "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80",  // past the last character
        "\x80",
        "\xe4\xb8",
        "\xe4\xb8z",
        "\xff",
    };
    Error err = {0};
    Arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Characters characters;
        CHECK_FAILS_WITH(characters_decode(arena, bytes_of_text(texts[i]), &characters, &err),
                         ERROR_INPUT, "document.encoding");
    }
    arena_free(arena);
}

TEST(character_beyond_the_basic_plane_is_a_surrogate_pair)
{
    Writer out = writer_new(8);
    character_put_utf16(&out, 0x20164);
    character_put_utf16(&out, 0x4dae);
    CHECK_BYTES(writer_bytes(&out), test_hex("d840dd644dae"));
    writer_free(&out);
}
