// SPDX-License-Identifier: Apache-2.0
#include "domain/document/seal_picture.h"

#include <string.h>

#include "base/test/test.h"

static FontFamily fonts_open(void)
{
    Error err = {0};
    FontFamily fonts;
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    return fonts;
}

TEST(name_seals_are_pictures_that_can_be_embedded)
{
    static const struct {
        const char *name;
        bool is_square;
    } cases[] = {
        {"张三", true}, {"李小明", true},           {"欧阳小明", true},
        {"䶮𠅤", true}, {"阿卜杜拉·买买提", false}, {"Alexander Müller", true},
        {"王", true},
    };
    Error err = {0};
    FontFamily fonts = fonts_open();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Writer png = writer_new(1 << 20);
        SealPicture picture;
        CHECK_OK(seal_picture_draw_name(&fonts, cases[i].name, 240, &png, &err));
        CHECK_OK(seal_picture_parse(writer_bytes(&png), &picture, &err));
        CHECK_INT(picture.height, 240);
        CHECK_INT(picture.width == 240, cases[i].is_square);
        writer_free(&png);
    }
    font_family_close(&fonts);
}

TEST(organization_seal_is_a_square_picture_and_drawn_the_same_each_time)
{
    Error err = {0};
    FontFamily fonts = fonts_open();
    Writer png = writer_new(1 << 20), again = writer_new(1 << 20);
    SealPicture picture;
    CHECK_OK(seal_picture_draw_organization(&fonts, "示例银行股份有限公司", "电子签章专用章", 300,
                                            &png, &err));
    CHECK_OK(seal_picture_draw_organization(&fonts, "示例银行股份有限公司", "电子签章专用章", 300,
                                            &again, &err));
    CHECK_BYTES(writer_bytes(&png), writer_bytes(&again));
    CHECK_OK(seal_picture_parse(writer_bytes(&png), &picture, &err));
    CHECK_INT(picture.width, 300);
    CHECK_INT(picture.height, 300);
    writer_free(&png);
    writer_free(&again);
    font_family_close(&fonts);
}

TEST(seal_text_that_cannot_be_drawn_is_refused)
{
    Error err = {0};
    FontFamily fonts = fonts_open();
    Writer png = writer_new(1 << 20);
    CHECK_FAILS_WITH(seal_picture_draw_name(&fonts, "", 240, &png, &err), ERROR_INPUT,
                     "seal_picture.empty");
    CHECK_FAILS_WITH(seal_picture_draw_name(&fonts, "张\n三", 240, &png, &err), ERROR_INPUT,
                     "font.character_missing");
    CHECK_FAILS_WITH(seal_picture_draw_name(&fonts, "张\xf3\xb0\x80\x80", 240, &png, &err),
                     ERROR_INPUT, "font.character_missing");
    CHECK(strstr(err.text, "U+F0000") != NULL);
    CHECK_FAILS_WITH(seal_picture_draw_name(&fonts, "张三", 20, &png, &err), ERROR_INPUT,
                     "seal_picture.size");
    char name[41 * 3 + 1] = "";
    for (int i = 0; i < 41; i++) {
        strcat(name, "三");
    }
    CHECK_FAILS_WITH(seal_picture_draw_name(&fonts, name, 240, &png, &err), ERROR_LIMIT,
                     "seal_picture.too_long");
    writer_free(&png);
    font_family_close(&fonts);
}

TEST(every_truncation_and_bit_flip_of_a_seal_picture_is_refused)
{
    Error err = {0};
    FontFamily fonts = fonts_open();
    Writer png = writer_new(1 << 20);
    SealPicture picture;
    CHECK_OK(seal_picture_draw_name(&fonts, "张三", 60, &png, &err));
    Bytes whole = writer_bytes(&png);
    for (size_t len = 0; len < whole.len; len++) {
        CHECK(!seal_picture_parse(bytes_slice(whole, 0, len), &picture, &err));
    }
    for (size_t i = 0; i < whole.len; i++) {
        png.data[i] ^= (uint8_t)(1U << (i % 8));
        CHECK(!seal_picture_parse(whole, &picture, &err));
        png.data[i] ^= (uint8_t)(1U << (i % 8));
    }
    CHECK_OK(seal_picture_parse(whole, &picture, &err));
    writer_put_u8(&png, 0);
    CHECK_FAILS_WITH(seal_picture_parse(writer_bytes(&png), &picture, &err), ERROR_INPUT,
                     "seal_picture.malformed");
    writer_free(&png);
    font_family_close(&fonts);
}
