// SPDX-License-Identifier: Apache-2.0
//
// The curve on all its paths in one process, the one for WebAssembly too, which no level chooses.
#include <stdlib.h>
#include <string.h>

#include "../oracle/sm2_openssl.h"
#include "base/curve/curve.h"
#include "record.h"

static const char *const path_names[] = {"portable", "narrow", "x86", "avx512"};

static const Sm2Oracle *oracle(void)
{
    static Sm2Oracle once;
    if (once.group == NULL) {
        once = sm2_oracle_new();
    }
    return &once;
}

typedef struct {
    Scalar s, t;
    CurvePoint point;
    Scalar v;
} Input;

typedef struct {
    CurvePoint base, product, sum;
    uint64_t x[4];
    uint8_t has_x;
    uint8_t table_has_x;
} Result;

static void compute(const CurvePath *path, const Input *input, Result *ret)
{
    CurveTable *table = aligned_alloc(64, path->table_size);
    record_must(table != NULL);
    memset(ret, 0, sizeof *ret);
    path->multiply_base(&ret->base, &input->s);
    path->multiply_base_x(ret->x, &input->s);
    path->multiply(&ret->product, &input->t, &input->point);
    path->sum(&ret->sum, &input->s, &input->t, &input->point);
    path->table_compute(table, &input->point);
    ret->has_x = path->sum_has_x(&input->s, &input->t, &input->point, &input->v);
    ret->table_has_x = path->table_sum_has_x(&input->s, &input->t, table, &input->v);
    free(table);
    CurvePoint sum;
    path->add(&sum, &ret->base, &ret->product);
    record_must(memcmp(&sum, &ret->sum, sizeof sum) == 0);
    record_must(path->is_on_curve(&input->point));
}

static void draw_input(Draw *draw, Input *ret)
{
    uint8_t bytes[32];
    draw_scalar(draw, bytes);
    (void)scalar_load(&ret->s, bytes);
    draw_scalar(draw, bytes);
    (void)scalar_load(&ret->t, bytes);
    draw_scalar(draw, bytes);
    Scalar k;
    (void)scalar_load(&k, bytes);
    if (scalar_is_zero(&k) != 0) {
        k = SCALAR_ONE;
    }
    curve_path_named("portable")->multiply_base(&ret->point, &k);
    if (draw_below(draw, 4) == 0) {
        // s G = t P.
        Scalar t = ret->t;
        scalar_to_montgomery(&t, &t);
        scalar_montgomery_mul(&ret->s, &t, &k);
    }
}

// Fields: s, t, P, s G + t P or nothing, whether its x is v, v.
static void run_curve(Draw *draw, Writer *record)
{
    Input input;
    Result first, other;
    uint8_t encoded[CURVE_ENCODED_SIZE], bytes[32];
    draw_input(draw, &input);
    CurvePoint sum;
    curve_path_named("portable")->sum(&sum, &input.s, &input.t, &input.point);
    limbs_store(bytes, sum.x);
    if (draw_below(draw, 4) == 0) {
        draw_scalar(draw, bytes);
    }
    (void)scalar_load(&input.v, bytes);
    compute(curve_path_named("portable"), &input, &first);
    for (size_t i = 1; i < COUNT_OF(path_names); i++) {
        const CurvePath *path = curve_path_named(path_names[i]);
        if (path != NULL) {
            compute(path, &input, &other);
            record_must(memcmp(&first, &other, sizeof first) == 0);
        }
    }
    const Scalar *const scalars[] = {&input.s, &input.t};
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        scalar_store(bytes, scalars[i]);
        record_put(record, BYTES_OF_ARRAY(bytes));
    }
    curve_point_store(encoded, &input.point);
    record_put(record, BYTES_OF_ARRAY(encoded));
    bool finite = !curve_point_is_infinite(&first.sum);
    curve_point_store(encoded, &first.sum);
    record_put(record, finite ? BYTES_OF_ARRAY(encoded) : BYTES_EMPTY);
    const uint8_t has_x = first.has_x;
    record_must(first.table_has_x == has_x);
    record_put(record, bytes_of(&has_x, 1));
    scalar_store(bytes, &input.v);
    record_put(record, BYTES_OF_ARRAY(bytes));
}

static OracleAnswer curve_openssl(const Record *record)
{
    uint8_t point[ORACLE_POINT_SIZE];
    BIGNUM *s = oracle_number_of(record->fields[0].data);
    BIGNUM *t = oracle_number_of(record->fields[1].data), *x = NULL;
    bool finite = oracle_sum(oracle(), s, record->fields[2].data, t, point);
    bool same = bytes_equal(record->fields[3], finite ? BYTES_OF_ARRAY(point) : BYTES_EMPTY);
    bool has_x = false;
    if (finite) {
        BIGNUM *v = oracle_number_of(record->fields[5].data);
        x = oracle_number_of(&point[1]);
        BN_mod(x, x, oracle()->n, oracle()->context);
        has_x = BN_cmp(x, v) == 0;
        BN_free(v);
    }
    BN_free(s), BN_free(t), BN_free(x);
    return record_answer(same && has_x == record_flag(record, 4));
}

const Subject SUBJECTS_CURVE[] = {
    {"points on every path", "s t p sum has_x v", 4, run_curve, curve_openssl, NULL},
    {0},
};
