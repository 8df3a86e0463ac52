// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include "base/curve/field.h"
#include "base/curve/lanes_field.h"
#include "base/curve/lanes_product.h"
#include "base/secret/secret.h"

// 2^520 mod p: the plain inverse of a Montgomery form lacks that much.
static const uint64_t twice_montgomery[4] = {0x20000000300, 0x2ffffffff00, 0x10000000100,
                                             0x40000000200};

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

// The inverse of lane 0, in all lanes; false for 0.
static LANES_TARGET bool invert_one(LanesField *ret, const LanesField *a)
{
    LanesWords words;
    lanes_pack(&words, a);
    uint64_t plain[4];
    for (size_t i = 0; i < LIMBS_COUNT; i++) {
        plain[i] = words.words[i][0];
    }
    FieldElement element, factor;
    field_from_limbs(&element, plain);
    field_invert(&element, &element);
    field_from_limbs(&factor, twice_montgomery);
    field_mul(&element, &element, &factor);
    uint8_t encoded[LIMBS_BYTES];
    field_store(encoded, &element);
    limbs_load(plain, encoded);
    for (size_t i = 0; i < LIMBS_COUNT; i++) {
        for (size_t j = 0; j < LANES_COUNT; j++) {
            words.words[i][j] = plain[i];
        }
    }
    lanes_unpack(ret, &words);
    bool not_zero = limbs_is_zero(plain) == 0;
    secret_wipe(&words, sizeof words);
    secret_wipe(&element, sizeof element);
    secret_wipe(plain, sizeof plain);
    secret_wipe(encoded, sizeof encoded);
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
    return not_zero;
}

#endif
