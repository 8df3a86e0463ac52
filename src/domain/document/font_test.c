// SPDX-License-Identifier: Apache-2.0
#include "domain/document/font.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"

static FontFamily fonts_open(void)
{
    Error err = {0};
    FontFamily fonts;
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    return fonts;
}

TEST(rare_characters_of_names_have_glyphs_in_both_faces)
{
    static const uint32_t characters[] = {0x4dae, 0x20164, 0xb7, 0x9f98, 0x3447};
    Error err = {0};
    FontFamily fonts = fonts_open();
    Arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT_OF(characters); i++) {
        const FontFace *faces[2] = {fonts.regular, fonts.bold};
        for (size_t k = 0; k < 2; k++) {
            uint32_t glyph = 0;
            Outline outline;
            CHECK_OK(font_glyph(faces[k], characters[i], &glyph, &err));
            CHECK_OK(font_outline(faces[k], arena, glyph, &outline, &err));
            CHECK(outline.count > 3);
            CHECK_INT(outline.steps[0].verb, OUTLINE_MOVE);
            CHECK_INT((int)font_advance(faces[k], glyph), 1000);
        }
    }
    arena_free(arena);
    font_family_close(&fonts);
}

TEST(character_without_glyph_is_named)
{
    Error err = {0};
    FontFamily fonts = fonts_open();
    uint32_t glyph = 0;
    CHECK_FAILS_WITH(font_glyph(fonts.regular, 0xf0000, &glyph, &err), ERROR_INPUT,
                     "font.character_missing");
    CHECK(strstr(err.text, "U+F0000") != NULL);
    CHECK_FAILS_WITH(font_glyph(fonts.regular, '\n', &glyph, &err), ERROR_INPUT,
                     "font.character_missing");
    font_family_close(&fonts);
}

TEST(font_that_is_not_there_or_has_no_such_face_is_refused)
{
    Error err = {0};
    FontFace *face = NULL;
    FontFamily fonts;
    char path[512];
    CHECK_FAILS_WITH(font_family_open("/nowhere", &fonts, &err), ERROR_UNAVAILABLE,
                     "font.unreadable");
    snprintf(path, sizeof path, "%s/NotoSansCJK-Regular.ttc", FONT_DEFAULT_DIRECTORY);
    CHECK_FAILS_WITH(font_face_open(path, "Noto Sans Nobody", &face, &err), ERROR_INPUT,
                     "font.face_missing");
    snprintf(path, sizeof path, "%s/font", test_directory());
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fputs("not a font", file) >= 0);
    CHECK_INT(fclose(file), 0);
    CHECK_FAILS_WITH(font_face_open(path, "Noto Sans CJK SC", &face, &err), ERROR_INPUT,
                     "font.malformed");
}

TEST(subset_is_small_deterministic_and_names_its_glyphs)
{
    Error err = {0};
    FontFamily fonts = fonts_open();
    Writer first = writer_new(1 << 22), second = writer_new(1 << 22);
    const uint32_t glyphs[] = {9473, 59506, 34};
    CHECK_OK(font_subset_cff(fonts.regular, glyphs, COUNT_OF(glyphs), &first, &err));
    CHECK_OK(font_subset_cff(fonts.regular, glyphs, COUNT_OF(glyphs), &second, &err));
    CHECK_BYTES(writer_bytes(&first), writer_bytes(&second));
    CHECK(first.len > 200 && first.len < 8192);
    CHECK_INT(first.data[0], 1);
    CHECK_TEXT(font_postscript_name(fonts.regular), "NotoSansCJKsc-Regular");
    CHECK_TEXT(font_postscript_name(fonts.bold), "NotoSansCJKsc-Bold");
    FontMetrics metrics = font_metrics(fonts.regular);
    CHECK(metrics.ascent > 800 && metrics.descent < -100 && metrics.cap_height > 600);
    writer_free(&first);
    writer_free(&second);
    font_family_close(&fonts);
}
