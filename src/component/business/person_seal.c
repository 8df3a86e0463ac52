// SPDX-License-Identifier: Apache-2.0
#include "component/business/person_seal.h"

#include <string.h>

#include "base/codec/hex.h"

enum {
    PICTURE_MAX_SIZE = 256 * 1024,
    PICTURE_PIXELS = 180,
    SEAL_MILLIMETRES = 20,
    KIND_SIZE = 16,
    BASIS_TEXT_BYTES = 8,
};

static const char kind_name[] = "name";
static const char kind_handwriting[] = "handwriting";

// --- the choice -------------------------------------------------------------------------------

static bool wrong_strokes(Error *err)
{
    return error_set(
        err, ERROR_INPUT, "seal.strokes", NULL,
        "strokes are lists of points [x, y], each a whole number from 0 to %d, and one "
        "of them has two points",
        STROKE_RANGE);
}

static bool take_coordinate(const json_t *value, uint16_t *ret)
{
    json_int_t number = json_integer_value(value);
    *ret = (uint16_t)number;
    return json_is_integer(value) && number >= 0 && number <= STROKE_RANGE;
}

static bool take_stroke(const json_t *value, Arena *arena, Stroke *ret, Error *err)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count == 0) {
        return wrong_strokes(err);
    }
    if (count > STROKE_POINTS_MAX) {
        return error_set(err, ERROR_LIMIT, "seal.too_many", NULL, "a stroke has at most %d points",
                         STROKE_POINTS_MAX);
    }
    StrokePoint *points = arena_alloc(arena, count * sizeof *points);
    if (points == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(value, i);
        if (json_array_size(point) != 2 ||
            !take_coordinate(json_array_get(point, 0), &points[i].x) ||
            !take_coordinate(json_array_get(point, 1), &points[i].y)) {
            return wrong_strokes(err);
        }
    }
    *ret = (Stroke){points, count};
    return true;
}

static bool take_strokes(const json_t *value, Arena *arena, SealChoice *ret, Error *err)
{
    bool has_line = false;
    size_t count = json_array_size(value);
    if (count > STROKES_MAX) {
        return error_set(err, ERROR_LIMIT, "seal.too_many", NULL,
                         "handwriting has at most %d strokes", STROKES_MAX);
    }
    Stroke *strokes = arena_alloc(arena, (count + 1) * sizeof *strokes);
    if (strokes == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!take_stroke(json_array_get(value, i), arena, &strokes[i], err)) {
            return false;
        }
        has_line = has_line || strokes[i].count > 1;
    }
    *ret = (SealChoice){true, value, strokes, count};
    return has_line || wrong_strokes(err);
}

bool seal_choice_parse(const json_t *value, Arena *arena, SealChoice *ret, Error *err)
{
    *ret = (SealChoice){.is_handwriting = false};
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, "seal", err);
    const char *kind = json_view_text(&view, "kind", KIND_SIZE);
    const json_t *strokes = json_view_optional_any(&view, "strokes");
    if (!json_view_done(&view)) {
        return false;
    }
    if (strcmp(kind, kind_name) == 0 && strokes == NULL) {
        return true;
    }
    if (strcmp(kind, kind_handwriting) != 0) {
        return error_set(err, ERROR_INPUT, "seal.kind", NULL,
                         "a seal shows the name, without strokes, or handwriting");
    }
    return json_is_array(strokes) ? take_strokes(strokes, arena, ret, err) : wrong_strokes(err);
}

// --- the seal ---------------------------------------------------------------------------------

static bool draw(Work *work, const Applicant *applicant, const SealChoice *choice, Bytes *ret,
                 Error *err)
{
    CLEANUP(writer_free) Writer picture = writer_new(PICTURE_MAX_SIZE);
    if (!(choice->is_handwriting
              ? seal_picture_draw_strokes(choice->strokes, choice->count, PICTURE_PIXELS, &picture,
                                          err)
              : seal_picture_draw_name(work->business->config.fonts, applicant->person.name,
                                       PICTURE_PIXELS, &picture, err))) {
        return false;
    }
    *ret = arena_adopt(work->arena, &picture);
    return ret->len > 0 || error_memory(err);
}

// What a seal is made of: another certificate or another look needs another seal.
static Sm3Digest basis_of(Bytes certificate, Bytes picture)
{
    Sm3 sm3;
    Sm3Digest of_certificate = sm3_digest(certificate), digest;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&of_certificate));
    sm3_update(&sm3, picture);
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool is_made(Work *work, const Sm3Digest *basis, bool *ret, Error *err)
{
    Bytes kept, seal;
    bool has_seal;
    if (!work_find(work, "seal_basis", &kept, ret, err) ||
        !work_find(work, "seal", &seal, &has_seal, err)) {
        return false;
    }
    *ret = *ret && has_seal && bytes_equal(kept, sm3_bytes(basis));
    return true;
}

static bool order_seal(Work *work, const Applicant *applicant, Bytes certificate_der, Bytes picture,
                       const Sm3Digest *basis, Bytes *ret, Error *err)
{
    const SealingPort *port = &work->business->config.sealing;
    const char *key = hex_text(work->arena, bytes_slice(sm3_bytes(basis), 0, BASIS_TEXT_BYTES));
    Certificate certificate;
    SealPicture shape;
    if (!certificate_parse(certificate_der, &certificate, err) ||
        !seal_picture_parse(picture, &shape, err)) {
        return false;
    }
    SealOrder order = {.request_id = key == NULL ? NULL
                                                 : arena_format(work->arena, "%s-%s",
                                                                work->row.authorization_id, key),
                       .certificate = certificate_der,
                       .picture_png = picture,
                       .width_mm = SEAL_MILLIMETRES * shape.width / shape.height,
                       .height_mm = SEAL_MILLIMETRES,
                       .name = applicant->person.name,
                       .valid_from = certificate.not_before,
                       .valid_until = certificate.not_after};
    return order.request_id == NULL ? error_memory(err)
                                    : port->make(port, &order, work->arena, ret, err);
}

static bool keep_choice(Work *work, const SealChoice *choice, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    json_put_text(kept, "kind", choice->is_handwriting ? kind_handwriting : kind_name);
    if (!work_drop(work, SEAL_STROKES, err)) {
        return false;
    }
    if (choice->is_handwriting) {
        if (!json_text(work->arena, choice->strokes_json, &text, err) ||
            !work_put(work, SEAL_STROKES, 0, text, err)) {
            return false;
        }
        Sm3Digest digest = sm3_digest(text);
        json_put_hex(kept, "strokes_digest", sm3_bytes(&digest));
    }
    return work_put_json(work, SEAL_CHOICE, 0, json_incref(kept), err);
}

bool person_seal_ensure(Work *work, const Applicant *applicant, const SealChoice *choice,
                        Error *err)
{
    Bytes certificate, picture, seal;
    bool exists;
    if (!keep_choice(work, choice, err) || !work_get(work, "certificate", &certificate, err) ||
        !draw(work, applicant, choice, &picture, err)) {
        return false;
    }
    Sm3Digest basis = basis_of(certificate, picture);
    Bytes kept = arena_copy(work->arena, sm3_bytes(&basis));
    if (kept.len == 0) {
        return error_memory(err);
    }
    if (!is_made(work, &basis, &exists, err)) {
        return false;
    }
    return exists ||
           (order_seal(work, applicant, certificate, picture, &basis, &seal, err) &&
            work_put(work, "seal", 0, seal, err) && work_put(work, "picture", 0, picture, err) &&
            work_put(work, "seal_basis", 0, kept, err));
}
