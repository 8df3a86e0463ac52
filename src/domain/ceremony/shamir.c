// SPDX-License-Identifier: Apache-2.0
#include "domain/ceremony/shamir.h"

#include <string.h>

#include "base/secret/secret.h"

enum { REDUCTION = 0x1b };

static uint8_t multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (int i = 0; i < 8; i++) {
        product ^= (uint8_t)(a & -(b & 1));
        a = (uint8_t)((a << 1) ^ (REDUCTION & -(a >> 7)));
        b >>= 1;
    }
    return product;
}

// a^254; 0 stays 0.
static uint8_t invert(uint8_t a)
{
    uint8_t power = a, result = 1;
    for (int i = 0; i < 7; i++) {
        power = multiply(power, power);
        result = multiply(result, power);
    }
    return result;
}

bool shamir_split(const uint8_t secret[SHAMIR_SIZE], size_t threshold, size_t count, Random random,
                  ShamirShare *ret, Error *err)
{
    uint8_t coefficients[SHAMIR_MAX_SHARES - 1][SHAMIR_SIZE];
    if (threshold < 2 || threshold > count || count > SHAMIR_MAX_SHARES) {
        return error_set(err, ERROR_INPUT, "shamir.threshold", NULL,
                         "2 to %d shares can be made, and 2 to all of them be needed",
                         SHAMIR_MAX_SHARES);
    }
    if (!random_fill(random, coefficients[0], sizeof coefficients, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        ret[i].index = (uint8_t)(i + 1);
        for (size_t byte = 0; byte < SHAMIR_SIZE; byte++) {
            uint8_t value = 0;
            for (size_t k = threshold - 1; k-- > 0;) {  // Horner, from the highest
                value = multiply((uint8_t)(value ^ coefficients[k][byte]), ret[i].index);
            }
            ret[i].bytes[byte] = value ^ secret[byte];
        }
    }
    secret_wipe(coefficients, sizeof coefficients);
    return true;
}

static bool check_shares(const ShamirShare *shares, size_t count)
{
    bool is_sound = count > 0 && count <= SHAMIR_MAX_SHARES;
    for (size_t i = 0; is_sound && i < count; i++) {
        is_sound = shares[i].index >= 1 && shares[i].index <= SHAMIR_MAX_SHARES;
        for (size_t k = 0; k < i; k++) {
            is_sound = is_sound && shares[k].index != shares[i].index;
        }
    }
    return is_sound;
}

bool shamir_combine(const ShamirShare *shares, size_t count, uint8_t ret[SHAMIR_SIZE], Error *err)
{
    if (!check_shares(shares, count)) {
        return error_set(err, ERROR_INPUT, "shamir.shares", NULL,
                         "the shares are none, too many, or one is there twice");
    }
    memset(ret, 0, SHAMIR_SIZE);
    for (size_t i = 0; i < count; i++) {
        // Lagrange at 0: the product of x_k / (x_k - x_i).
        uint8_t weight = 1;
        for (size_t k = 0; k < count; k++) {
            if (k != i) {
                weight = multiply(weight,
                                  multiply(shares[k].index,
                                           invert((uint8_t)(shares[k].index ^ shares[i].index))));
            }
        }
        for (size_t byte = 0; byte < SHAMIR_SIZE; byte++) {
            ret[byte] ^= multiply(weight, shares[i].bytes[byte]);
        }
    }
    return true;
}
