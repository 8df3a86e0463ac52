// SPDX-License-Identifier: Apache-2.0
#include "domain/document/cff.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/test/test.h"

enum { GLYPH_COUNT = 12 };

static const uint32_t characters[GLYPH_COUNT] = {0x20,   0x30,   0x41,   0x7532, 0x7f16, 0x8bc1,
                                                 0x4e2d, 0x9f98, 0x6388, 0x6743, 0x3002, 0x5f81};

typedef struct {
    Arena *arena;
    FontFamily family;
    uint32_t glyphs[GLYPH_COUNT];
    Bytes program;
} Scene;

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static Scene scene_new(void)
{
    Error err = {0};
    Scene scene = {.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    CLEANUP(writer_free) Writer program = writer_new(1 << 20);
    CHECK_OK(font_family_open(NULL, &scene.family, &err));
    for (size_t i = 0; i < GLYPH_COUNT; i++) {
        CHECK_OK(font_glyph(scene.family.regular, characters[i], &scene.glyphs[i], &err));
    }
    qsort(scene.glyphs, GLYPH_COUNT, sizeof scene.glyphs[0], compare_numbers);
    CHECK_OK(font_subset_cff(scene.family.regular, scene.glyphs, GLYPH_COUNT, &program, &err));
    scene.program = arena_copy(scene.arena, writer_bytes(&program));
    return scene;
}

static void scene_free(Scene *scene)
{
    font_family_close(&scene->family);
    arena_free(scene->arena);
}

// Leave out each line that only leads back to where its path began: closing does that too, and of
// two that trace one may say it and the other not.
static void drop_closing_lines(Outline *outline)
{
    size_t count = 0;
    OutlineStep start = {0};
    for (size_t i = 0; i < outline->count; i++) {
        OutlineStep step = outline->steps[i];
        start = step.verb == OUTLINE_MOVE ? step : start;
        bool is_closing = step.verb == OUTLINE_LINE && i + 1 < outline->count &&
                          outline->steps[i + 1].verb == OUTLINE_CLOSE && step.x[0] == start.x[0] &&
                          step.y[0] == start.y[0];
        if (!is_closing) {
            outline->steps[count++] = step;
        }
    }
    outline->count = count;
}

static void check_same(Outline *a, Outline *b)
{
    drop_closing_lines(a);
    drop_closing_lines(b);
    CHECK_INT(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const OutlineStep *left = &a->steps[i], *right = &b->steps[i];
        CHECK_INT(left->verb, right->verb);
        size_t points = left->verb == OUTLINE_CLOSE ? 0 : left->verb == OUTLINE_CURVE ? 3 : 1;
        for (size_t k = 0; k < points; k++) {
            CHECK(left->x[k] - right->x[k] < 0.01 && right->x[k] - left->x[k] < 0.01);
            CHECK(left->y[k] - right->y[k] < 0.01 && right->y[k] - left->y[k] < 0.01);
        }
    }
}

TEST(an_embedded_glyph_has_the_outline_of_the_font_it_came_from)
{
    Error err = {0};
    Scene scene = scene_new();
    CffFont *font;
    CHECK_OK(cff_open(scene.arena, scene.program, &font, &err));
    for (size_t i = 0; i < GLYPH_COUNT; i++) {
        Outline expected, actual;
        CHECK_OK(font_outline(scene.family.regular, scene.arena, scene.glyphs[i], &expected, &err));
        CHECK_OK(cff_outline(font, scene.arena, scene.glyphs[i], &actual, &err));
        check_same(&actual, &expected);
    }
    scene_free(&scene);
}

TEST(a_glyph_that_the_font_lacks_is_refused)
{
    Error err = {0};
    Scene scene = scene_new();
    CffFont *font;
    Outline outline;
    CHECK_OK(cff_open(scene.arena, scene.program, &font, &err));
    CHECK_FAILS_WITH(cff_outline(font, scene.arena, 65000, &outline, &err), ERROR_INPUT,
                     "cff.no_glyph");
    scene_free(&scene);
}

// Whatever a font says, tracing it ends, with an outline or an error.
static void trace_all(const Scene *scene, Bytes program)
{
    Error err = {0};
    CffFont *font;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (!cff_open(arena, program, &font, &err)) {
        CHECK(err.kind == ERROR_INPUT);
        return;
    }
    for (size_t i = 0; i < GLYPH_COUNT; i++) {
        Outline outline;
        Error glyph_err = {0};
        if (!cff_outline(font, arena, scene->glyphs[i], &outline, &glyph_err)) {
            CHECK(glyph_err.kind == ERROR_INPUT || glyph_err.kind == ERROR_LIMIT);
        }
    }
}

TEST(every_truncation_and_damage_of_a_font_is_survived)
{
    Scene scene = scene_new();
    for (size_t len = 0; len < scene.program.len; len += len < 400 ? 1 : 37) {
        trace_all(&scene, bytes_slice(scene.program, 0, len));
    }
    uint8_t *damaged = arena_alloc(scene.arena, scene.program.len);
    memcpy(damaged, scene.program.data, scene.program.len);
    for (size_t at = 0; at < scene.program.len; at += at < 400 ? 1 : 7) {
        damaged[at] ^= (uint8_t)(1U << (at % 8));
        trace_all(&scene, bytes_of(damaged, scene.program.len));
        damaged[at] = scene.program.data[at];
    }
    scene_free(&scene);
}
