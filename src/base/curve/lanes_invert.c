// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/invert.h"
#include "base/curve/lanes_field.h"
#include "base/curve/lanes_limbs.h"
#include "base/secret/secret.h"

// 2^780 mod p: the inverse of a Montgomery form lacks 2^520, and its multiplication with this takes
// away 2^260.
static const uint64_t cube[LIMBS_COUNT] = {0x1200000016000, 0xefffffff8000, 0xa0000000c000,
                                           0x1b00000009000};

enum { FOLDS = 4 };  // 16 = 2^4 lanes

// Each lane's partner: in the other vector, then 4, 2 and 1 places away. After a product with each
// of them in turn every lane holds the product of all.
static LANES_TARGET void exchange(LanesField *ret, const LanesField *a, size_t fold_index)
{
    for (size_t i = 0; i < LANES_LIMBS; i++) {
        Vector x = a->limbs[0][i], y = a->limbs[1][i];
        switch (fold_index) {
        case 0:
            ret->limbs[0][i] = y;
            ret->limbs[1][i] = x;
            break;
        case 1:
            ret->limbs[0][i] = _mm512_shuffle_i64x2(x, x, 0x4e);
            ret->limbs[1][i] = _mm512_shuffle_i64x2(y, y, 0x4e);
            break;
        case 2:
            ret->limbs[0][i] = _mm512_shuffle_i64x2(x, x, 0xb1);
            ret->limbs[1][i] = _mm512_shuffle_i64x2(y, y, 0xb1);
            break;
        default:
            ret->limbs[0][i] = _mm512_permutex_epi64(x, 0xb1);
            ret->limbs[1][i] = _mm512_permutex_epi64(y, 0xb1);
            break;
        }
    }
}

static LANES_TARGET void broadcast(LanesField *ret, const uint64_t limbs[LIMBS_COUNT])
{
    LanesWords words;
    for (size_t i = 0; i < LIMBS_COUNT; i++) {
        for (size_t j = 0; j < LANES_COUNT; j++) {
            words.words[i][j] = limbs[i];
        }
    }
    lanes_unpack(ret, &words);
    secret_wipe(&words, sizeof words);
}

// The inverse of lane 0, in all lanes; false for 0.
static LANES_TARGET bool invert_one(LanesField *ret, const LanesField *a)
{
    LanesWords words;
    LanesField factor;
    uint64_t number[LIMBS_COUNT], inverse[LIMBS_COUNT];
    lanes_pack(&words, a);
    for (size_t i = 0; i < LIMBS_COUNT; i++) {
        number[i] = words.words[i][0];
    }
    limbs_invert(inverse, number, LANES_PRIME, 1);
    bool not_zero = limbs_is_zero(number) == 0;
    broadcast(ret, inverse);
    broadcast(&factor, cube);
    lanes_mul(ret, ret, &factor);
    secret_wipe(&words, sizeof words);
    secret_wipe(number, sizeof number);
    secret_wipe(inverse, sizeof inverse);
    return not_zero;
}

// Replace the elements by their inverses with one inversion: all lanes are multiplied together
// and the way back divides by the partner's product at each step.
static LANES_TARGET bool invert_lanes(LanesField *element)
{
    LanesField products[FOLDS + 1], partner, inverse;
    products[0] = *element;
    for (size_t i = 0; i < FOLDS; i++) {
        exchange(&partner, &products[i], i);
        lanes_mul(&products[i + 1], &products[i], &partner);
    }
    bool not_zero = invert_one(&inverse, &products[FOLDS]);
    for (size_t i = FOLDS; i-- > 0;) {
        exchange(&partner, &products[i], i);
        lanes_mul(&inverse, &inverse, &partner);
    }
    *element = inverse;
    secret_wipe(products, sizeof products);
    secret_wipe(&partner, sizeof partner);
    secret_wipe(&inverse, sizeof inverse);
    return not_zero;
}

bool lanes_invert(LanesField *elements, LanesField *products, size_t count)
{
    products[0] = elements[0];
    for (size_t i = 1; i < count; i++) {
        lanes_mul(&products[i], &products[i - 1], &elements[i]);
    }
    LanesField inverse = products[count - 1], next;
    bool not_zero = invert_lanes(&inverse);
    for (size_t i = count - 1; i > 0; i--) {
        lanes_mul(&next, &inverse, &elements[i]);
        lanes_mul(&elements[i], &inverse, &products[i - 1]);
        inverse = next;
    }
    elements[0] = inverse;
    secret_wipe(&inverse, sizeof inverse);
    secret_wipe(&next, sizeof next);
    return not_zero;
}

#endif
