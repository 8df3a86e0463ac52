// SPDX-License-Identifier: Apache-2.0
#include "domain/document/cff_subset.h"

#include <string.h>

#include "base/core/attributes.h"
#include "base/test/test.h"

enum { CHARACTERS_MAX = 800, SUBSET_MAX = 1 << 22 };

// Characters of several scripts: each is of another font dictionary.
static const struct {
    uint32_t first, count;
} ranges[] = {{0x20, 95}, {0x3041, 80}, {0x4e00, 400}, {0xac00, 60}, {0xff01, 90}, {0x20164, 1}};

typedef struct {
    Arena *arena;
    FontFamily family;
    uint32_t glyphs[CHARACTERS_MAX];
    size_t count;
    Bytes program;
} Scene;

static Scene scene_new(void)
{
    Error err = {0};
    Scene scene = {.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    CLEANUP(writer_free) Writer program = writer_new(SUBSET_MAX);
    CHECK_OK(font_family_open(NULL, &scene.family, &err));
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        for (uint32_t k = 0; k < ranges[i].count; k++) {
            CHECK_OK(font_glyph(scene.family.bold, ranges[i].first + k,
                                &scene.glyphs[scene.count++], &err));
        }
    }
    CHECK_OK(font_subset_cff(scene.family.bold, scene.glyphs, scene.count, &program, &err));
    scene.program = arena_copy(scene.arena, writer_bytes(&program));
    return scene;
}

static void scene_free(Scene *scene)
{
    font_family_close(&scene->family);
    arena_free(scene->arena);
}

// Where each path ends, and how many curves and lines lead there: what a missing or doubled
// operand of any operator would move.
static void check_same(const Outline *a, const Outline *b)
{
    size_t i = 0, k = 0;
    while (i < a->count && k < b->count) {
        const OutlineStep *left = &a->steps[i], *right = &b->steps[k];
        // Closing leads back to the start, which one of two that trace may say as a line.
        if (left->verb != right->verb) {
            CHECK(left->verb == OUTLINE_CLOSE || right->verb == OUTLINE_CLOSE);
            i += left->verb == OUTLINE_LINE ? 1 : 0;
            k += right->verb == OUTLINE_LINE ? 1 : 0;
            continue;
        }
        size_t points = left->verb == OUTLINE_CLOSE ? 0 : left->verb == OUTLINE_CURVE ? 3 : 1;
        for (size_t p = 0; p < points; p++) {
            CHECK(left->x[p] - right->x[p] < 0.01 && right->x[p] - left->x[p] < 0.01);
            CHECK(left->y[p] - right->y[p] < 0.01 && right->y[p] - left->y[p] < 0.01);
        }
        i++;
        k++;
    }
    CHECK_INT(a->count - i, 0);
    CHECK_INT(b->count - k, 0);
}

TEST(every_glyph_of_a_subset_has_the_outline_of_the_whole_font)
{
    Error err = {0};
    Scene scene = scene_new();
    CffFont *font;
    CHECK_OK(cff_open(scene.arena, scene.program, &font, &err));
    for (size_t i = 0; i < scene.count; i++) {
        Outline expected, actual;
        CHECK_OK(font_outline(scene.family.bold, scene.arena, scene.glyphs[i], &expected, &err));
        CHECK_OK(cff_outline(font, scene.arena, scene.glyphs[i], &actual, &err));
        check_same(&actual, &expected);
    }
    scene_free(&scene);
}

TEST(a_subset_does_not_depend_on_the_order_or_repetition_of_its_glyphs)
{
    Error err = {0};
    Scene scene = scene_new();
    CLEANUP(writer_free) Writer again = writer_new(SUBSET_MAX);
    uint32_t turned[2 * CHARACTERS_MAX];
    for (size_t i = 0; i < scene.count; i++) {
        turned[i] = turned[2 * scene.count - 1 - i] = scene.glyphs[scene.count - 1 - i];
    }
    CHECK_OK(font_subset_cff(scene.family.bold, turned, 2 * scene.count, &again, &err));
    CHECK_BYTES(writer_bytes(&again), scene.program);
    scene_free(&scene);
}

TEST(a_subset_of_a_subset_with_the_same_glyphs_is_the_same_program)
{
    Error err = {0};
    Scene scene = scene_new();
    CffFont *font;
    CLEANUP(writer_free) Writer again = writer_new(SUBSET_MAX);
    uint32_t sorted[CHARACTERS_MAX];
    size_t count = 0;
    for (uint32_t glyph = 1; glyph < 65536; glyph++) {
        for (size_t i = 0; i < scene.count; i++) {
            if (scene.glyphs[i] == glyph) {
                sorted[count++] = glyph;
                break;
            }
        }
    }
    CHECK_OK(cff_open(scene.arena, scene.program, &font, &err));
    CHECK_OK(cff_subset(font, "NotoSansCJKsc-Bold", sorted, count, &again, &err));
    CHECK_BYTES(writer_bytes(&again), scene.program);
    scene_free(&scene);
}

TEST(a_glyph_that_is_not_there_ends_a_subset)
{
    Error err = {0};
    Scene scene = scene_new();
    CffFont *font;
    CLEANUP(writer_free) Writer out = writer_new(SUBSET_MAX);
    const uint32_t missing[] = {65000};
    CHECK_OK(cff_open(scene.arena, scene.program, &font, &err));
    CHECK_FAILS_WITH(cff_subset(font, "Nobody", missing, 1, &out, &err), ERROR_INPUT,
                     "cff.no_glyph");
    scene_free(&scene);
}

TEST(a_damaged_font_gives_an_error_or_a_subset_that_can_be_read)
{
    Scene scene = scene_new();
    uint8_t *damaged = arena_alloc(scene.arena, scene.program.len);
    memcpy(damaged, scene.program.data, scene.program.len);
    for (size_t at = 0; at < scene.program.len; at += at < 300 ? 3 : 997) {
        Error err = {0};
        CffFont *font;
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        CLEANUP(writer_free) Writer out = writer_new(SUBSET_MAX);
        damaged[at] ^= (uint8_t)(1U << (at % 8));
        bool ok = cff_open(arena, bytes_of(damaged, scene.program.len), &font, &err) &&
                  cff_subset(font, "Damaged", scene.glyphs, 60, &out, &err);
        CHECK(ok || err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
        CHECK(!ok || cff_open(arena, writer_bytes(&out), &font, &err));
        damaged[at] = scene.program.data[at];
    }
    scene_free(&scene);
}
