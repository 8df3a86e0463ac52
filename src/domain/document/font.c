// SPDX-License-Identifier: Apache-2.0
#include "domain/document/font.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hb-ot.h>
#include <hb.h>

#include "domain/document/cff_subset.h"

enum {
    NAME_SIZE = 96,
    CFF_ARENA = 1024 * 1024,
    REMEMBERED = 65536,
    FONT_MAX_SIZE = 128 * 1024 * 1024
};

struct FontFace {
    void *map;
    size_t map_len;
    hb_face_t *face;
    hb_font_t *font;
    hb_draw_funcs_t *draw;
    hb_blob_t *cff_table;
    Arena *arena;  // of `cff`
    CffFont *cff;
    _Atomic uint16_t *glyphs;    // of the basic plane's characters as they are met; 0: not yet
    _Atomic uint16_t *advances;  // of glyphs, in font units and one more; 0: not yet
    double scale;                // font units to thousandths of the em
    FontMetrics metrics;
    char postscript_name[NAME_SIZE], version[NAME_SIZE];
};

static bool file_map(const char *path, FontFace *face, Error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
        status.st_size > FONT_MAX_SIZE) {
        int reason = errno;
        if (fd >= 0) {
            close(fd);
        }
        return error_set(err, ERROR_UNAVAILABLE, "font.unreadable", NULL,
                         "cannot read the font file %s (%s)", path, strerror(reason));
    }
    void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (map == MAP_FAILED) {
        return error_set(err, ERROR_UNAVAILABLE, "font.unreadable", NULL,
                         "cannot map the font file %s", path);
    }
    // A subset touches glyphs all over the file; reading ahead would make megabytes resident.
    (void)madvise(map, (size_t)status.st_size, MADV_RANDOM);
    face->map = map;
    face->map_len = (size_t)status.st_size;
    return true;
}

static void move_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user_data);
static void line_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user_data);
static void curve_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x1, float y1,
                     float x2, float y2, float x, float y, void *user_data);
static void close_path(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, void *user_data);

static hb_draw_funcs_t *draw_funcs_new(void)
{
    hb_draw_funcs_t *draw = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(draw, move_to, NULL, NULL);
    hb_draw_funcs_set_line_to_func(draw, line_to, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(draw, curve_to, NULL, NULL);
    hb_draw_funcs_set_close_path_func(draw, close_path, NULL, NULL);
    hb_draw_funcs_make_immutable(draw);
    return draw;
}

// Find the face by its full name and leave it in face->face.
static bool face_select(FontFace *face, const char *full_name, Error *err)
{
    hb_blob_t *blob =
        hb_blob_create(face->map, (unsigned)face->map_len, HB_MEMORY_MODE_READONLY, NULL, NULL);
    unsigned count = hb_face_count(blob);
    for (unsigned i = 0; i < count && face->face == NULL; i++) {
        hb_face_t *candidate = hb_face_create(blob, i);
        char name[NAME_SIZE] = "";
        unsigned size = sizeof name;
        hb_ot_name_get_utf8(candidate, HB_OT_NAME_ID_FULL_NAME, HB_LANGUAGE_INVALID, &size, name);
        if (strcmp(name, full_name) == 0) {
            face->face = candidate;
        } else {
            hb_face_destroy(candidate);
        }
    }
    hb_blob_destroy(blob);
    if (count == 0) {
        return error_set(err, ERROR_INPUT, "font.malformed", NULL,
                         "the file for \"%s\" is not an OpenType font", full_name);
    }
    if (face->face == NULL) {
        return error_set(err, ERROR_INPUT, "font.face_missing", NULL,
                         "the font file has no face named \"%s\"", full_name);
    }
    return true;
}

static double head_coordinate(Reader *head, double scale)
{
    return (int16_t)reader_u16_be(head) * scale;
}

static bool metrics_load(FontFace *face, Error *err)
{
    unsigned em = hb_face_get_upem(face->face);
    face->scale = 1000.0 / (em == 0 ? 1000 : em);
    hb_font_extents_t extents;
    hb_position_t cap_height = 0;
    hb_blob_t *head = hb_face_reference_table(face->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned len = 0;
    const char *data = hb_blob_get_data(head, &len);
    Reader reader = reader_of(bytes_of(data, len));
    (void)reader_bytes(&reader, 36);
    FontMetrics *metrics = &face->metrics;
    metrics->left = head_coordinate(&reader, face->scale);
    metrics->bottom = head_coordinate(&reader, face->scale);
    metrics->right = head_coordinate(&reader, face->scale);
    metrics->top = head_coordinate(&reader, face->scale);
    hb_blob_destroy(head);
    bool complete =
        !reader.failed && hb_font_get_h_extents(face->font, &extents) &&
        hb_ot_metrics_get_position(face->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &cap_height);
    if (!complete) {
        return error_set(err, ERROR_INPUT, "font.malformed", NULL, "the font lacks its measures");
    }
    metrics->ascent = extents.ascender * face->scale;
    metrics->descent = extents.descender * face->scale;
    metrics->cap_height = cap_height * face->scale;
    unsigned size = sizeof face->postscript_name;
    hb_ot_name_get_utf8(face->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size,
                        face->postscript_name);
    size = sizeof face->version;
    hb_ot_name_get_utf8(face->face, HB_OT_NAME_ID_VERSION_STRING, HB_LANGUAGE_INVALID, &size,
                        face->version);
    return true;
}

// The outlines as they are embedded are cut out of the table itself.
static bool cff_load(FontFace *face, Error *err)
{
    face->arena = arena_new(CFF_ARENA);
    face->glyphs = calloc(REMEMBERED, sizeof *face->glyphs);
    face->advances = calloc(REMEMBERED, sizeof *face->advances);
    if (face->arena == NULL || face->glyphs == NULL || face->advances == NULL) {
        return error_memory(err);
    }
    face->cff_table = hb_face_reference_table(face->face, HB_TAG('C', 'F', 'F', ' '));
    unsigned len = 0;
    const char *data = hb_blob_get_data(face->cff_table, &len);
    return cff_open(face->arena, bytes_of(data, len), &face->cff, err);
}

bool font_face_open(const char *path, const char *full_name, FontFace **ret, Error *err)
{
    FontFace *face = calloc(1, sizeof *face);
    if (face == NULL) {
        return error_memory(err);
    }
    bool ok = file_map(path, face, err) && face_select(face, full_name, err);
    if (ok) {
        face->font = hb_font_create(face->face);
        hb_font_make_immutable(face->font);
        hb_face_make_immutable(face->face);
        face->draw = draw_funcs_new();
        ok = metrics_load(face, err) && cff_load(face, err);
    }
    if (!ok) {
        font_face_free(face);
        return false;
    }
    *ret = face;
    return true;
}

void font_face_free(FontFace *face)
{
    if (face == NULL) {
        return;
    }
    hb_draw_funcs_destroy(face->draw);
    hb_blob_destroy(face->cff_table);
    arena_free(face->arena);
    free(face->glyphs);
    free(face->advances);
    hb_font_destroy(face->font);
    hb_face_destroy(face->face);
    if (face->map != NULL) {
        munmap(face->map, face->map_len);
    }
    free(face);
}

bool font_family_open(const char *directory, FontFamily *ret, Error *err)
{
    static const char *const names[2][2] = {
        {"NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"},
        {"NotoSansCJK-Bold.ttc", "Noto Sans CJK SC Bold"},
    };
    FontFace *faces[2] = {NULL, NULL};
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        int len = snprintf(path, sizeof path, "%s/%s",
                           directory == NULL ? FONT_DEFAULT_DIRECTORY : directory, names[i][0]);
        bool ok = len > 0 && (size_t)len < sizeof path
                      ? font_face_open(path, names[i][1], &faces[i], err)
                      : error_set(err, ERROR_INPUT, "font.unreadable", NULL,
                                  "the font directory's name is too long");
        if (!ok) {
            font_face_free(faces[0]);
            return false;
        }
    }
    *ret = (FontFamily){faces[0], faces[1]};
    return true;
}

void font_family_close(FontFamily *family)
{
    font_face_free(family->regular);
    font_face_free(family->bold);
    *family = (FontFamily){NULL, NULL};
}

void font_family_trim(const FontFamily *family)
{
    (void)madvise(family->regular->map, family->regular->map_len, MADV_DONTNEED);
    (void)madvise(family->bold->map, family->bold->map_len, MADV_DONTNEED);
}

FontMetrics font_metrics(const FontFace *face)
{
    return face->metrics;
}

const char *font_version(const FontFace *face)
{
    return face->version;
}

const char *font_postscript_name(const FontFace *face)
{
    return face->postscript_name;
}

// What was asked before is remembered: a document asks for the same few hundred characters over and
// over. Every thread finds the same, so that it does not matter who writes it down.
static uint32_t find_glyph(const FontFace *face, uint32_t code_point)
{
    hb_codepoint_t glyph = 0;
    bool is_kept = code_point < REMEMBERED;
    uint32_t known =
        is_kept ? atomic_load_explicit(&face->glyphs[code_point], memory_order_relaxed) : 0;
    if (known != 0) {
        return known;
    }
    if (code_point < 0x20 || !hb_font_get_nominal_glyph(face->font, code_point, &glyph)) {
        return 0;
    }
    if (is_kept && glyph < REMEMBERED) {
        atomic_store_explicit(&face->glyphs[code_point], (uint16_t)glyph, memory_order_relaxed);
    }
    return glyph;
}

bool font_glyph(const FontFace *face, uint32_t code_point, uint32_t *ret_glyph, Error *err)
{
    uint32_t glyph = find_glyph(face, code_point);
    if (glyph == 0) {
        return error_set(err, ERROR_INPUT, "font.character_missing", NULL,
                         "the font %s has no glyph for U+%04X", face->postscript_name,
                         (unsigned)code_point);
    }
    *ret_glyph = glyph;
    return true;
}

double font_advance(const FontFace *face, uint32_t glyph)
{
    bool is_kept = glyph < REMEMBERED;
    uint32_t known =
        is_kept ? atomic_load_explicit(&face->advances[glyph], memory_order_relaxed) : 0;
    if (known != 0) {
        return (known - 1) * face->scale;
    }
    hb_position_t units = hb_font_get_glyph_h_advance(face->font, glyph);
    if (is_kept && units >= 0 && units < UINT16_MAX) {
        atomic_store_explicit(&face->advances[glyph], (uint16_t)(units + 1), memory_order_relaxed);
    }
    return units * face->scale;
}

// Outlines are traced twice: once to count, once to store.
typedef struct {
    OutlineStep *steps;  // NULL while counting
    size_t count;
    double scale;
} Tracing;

static void trace(Tracing *tracing, OutlineVerb verb, const float *points, size_t count)
{
    if (tracing->steps != NULL) {
        OutlineStep *step = &tracing->steps[tracing->count];
        step->verb = verb;
        for (size_t i = 0; i < count; i++) {
            step->x[i] = (double)points[2 * i] * tracing->scale;
            step->y[i] = (double)points[2 * i + 1] * tracing->scale;
        }
    }
    tracing->count++;
}

static void move_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user_data)
{
    (void)funcs, (void)state, (void)user_data;
    trace(data, OUTLINE_MOVE, (const float[]){x, y}, 1);
}

static void line_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user_data)
{
    (void)funcs, (void)state, (void)user_data;
    trace(data, OUTLINE_LINE, (const float[]){x, y}, 1);
}

static void curve_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x1, float y1,
                     float x2, float y2, float x, float y, void *user_data)
{
    (void)funcs, (void)state, (void)user_data;
    trace(data, OUTLINE_CURVE, (const float[]){x1, y1, x2, y2, x, y}, 3);
}

static void close_path(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, void *user_data)
{
    (void)funcs, (void)state, (void)user_data;
    trace(data, OUTLINE_CLOSE, NULL, 0);
}

bool font_outline(const FontFace *face, Arena *arena, uint32_t glyph, Outline *ret, Error *err)
{
    Tracing tracing = {NULL, 0, face->scale};
    hb_font_get_glyph_shape(face->font, glyph, face->draw, &tracing);
    Outline outline = {NULL, tracing.count};
    if (outline.count > 0) {
        outline.steps = arena_alloc(arena, outline.count * sizeof *outline.steps);
        if (outline.steps == NULL) {
            return error_memory(err);
        }
        tracing = (Tracing){outline.steps, 0, face->scale};
        hb_font_get_glyph_shape(face->font, glyph, face->draw, &tracing);
    }
    *ret = outline;
    return true;
}

static int number_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

bool font_subset_cff(const FontFace *face, const uint32_t *glyphs, size_t count, Writer *ret,
                     Error *err)
{
    uint32_t *cids = calloc(count + 1, sizeof *cids);
    size_t distinct = 0;
    if (cids == NULL) {
        return error_memory(err);
    }
    memcpy(cids, glyphs, count * sizeof *cids);
    qsort(cids, count, sizeof *cids, number_compare);
    for (size_t i = 0; i < count; i++) {
        if (cids[i] != 0 && (distinct == 0 || cids[i] != cids[distinct - 1])) {
            cids[distinct++] = cids[i];
        }
    }
    bool ok = cff_subset(face->cff, face->postscript_name, cids, distinct, ret, err) ||
              error_context(err, "subset of %s", face->postscript_name);
    free(cids);
    return ok;
}
