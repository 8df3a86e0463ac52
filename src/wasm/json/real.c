// SPDX-License-Identifier: Apache-2.0
#include "wasm/json/real.h"

#include <string.h>

enum {
    // Bounds of what decides a double: halfway cases have up to 767 digits, more digits only say
    // on which side of one a number lies.
    DIGITS_MAX = 800,
    DECIMAL_MAX = 310,   // 10^309 is too large
    DECIMAL_MIN = -326,  // 10^-326 rounds to zero
    EXPONENT_LIMIT = 100000000,
    // 10^(DIGITS_MAX - DECIMAL_MIN) has 3741 bits and is met with 54 more.
    LIMBS = 128,
    MANTISSA_BITS = 53,
    EXPONENT_MIN = -1074,
    SHOWN_DIGITS = 17,
};

// A natural number of `count` limbs, the least first; the last is not zero.
typedef struct {
    uint32_t limbs[LIMBS];
    size_t count;
} Natural;

static void multiply_add(Natural *n, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limbs[i] * factor;
        n->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0 && n->count < LIMBS) {
        n->limbs[n->count++] = (uint32_t)carry;
    }
}

static void multiply_power_of_ten(Natural *n, int power)
{
    for (int i = 0; i < power; i++) {
        multiply_add(n, 10, 0);
    }
}

static void shift_left(Natural *n, int bits)
{
    size_t whole = (size_t)bits / 32;
    if (n->count > 0 && whole > 0 && n->count + whole <= LIMBS) {
        memmove(&n->limbs[whole], n->limbs, n->count * sizeof n->limbs[0]);
        memset(n->limbs, 0, whole * sizeof n->limbs[0]);
        n->count += whole;
    }
    multiply_add(n, UINT32_C(1) << (bits % 32), 0);
}

static int bit_count(const Natural *n)
{
    int bits = 0;
    for (uint32_t top = n->count == 0 ? 0 : n->limbs[n->count - 1]; top > 0; top >>= 1) {
        bits++;
    }
    return n->count == 0 ? 0 : (int)(n->count - 1) * 32 + bits;
}

static int compare(const Natural *a, const Natural *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = a->count; i > 0; i--) {
        if (a->limbs[i - 1] != b->limbs[i - 1]) {
            return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
        }
    }
    return 0;
}

// a -= b, which is not larger.
static void subtract(Natural *a, const Natural *b)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        uint64_t taken = (i < b->count ? b->limbs[i] : 0) + borrow;
        borrow = a->limbs[i] < taken ? 1 : 0;
        a->limbs[i] = (uint32_t)(a->limbs[i] - taken);
    }
    while (a->count > 0 && a->limbs[a->count - 1] == 0) {
        a->count--;
    }
}

// above / below, which is under 2^64 - 1, rounded to the nearest, to even between two.
static uint64_t divide(const Natural *above, const Natural *below)
{
    Natural rest = {.count = 0};
    uint64_t quotient = 0;
    for (int i = bit_count(above); i > 0; i--) {
        size_t bit = (size_t)i - 1;
        multiply_add(&rest, 2, above->limbs[bit / 32] >> (bit % 32) & 1);
        quotient <<= 1;
        if (compare(&rest, below) >= 0) {
            subtract(&rest, below);
            quotient |= 1;
        }
    }
    multiply_add(&rest, 2, 0);
    int half = compare(&rest, below);
    return half > 0 || (half == 0 && (quotient & 1) != 0) ? quotient + 1 : quotient;
}

// --- reading ----------------------------------------------------------------------------------

typedef struct {
    Natural digits;
    size_t digit_count;  // significant ones
    bool has_more;       // others than zero follow those that were kept
    int exponent;        // of ten
} Decimal;

static void put_digit(Decimal *decimal, uint8_t digit, bool is_fraction)
{
    if (decimal->digit_count == 0 && digit == 0) {
        decimal->exponent -= is_fraction ? 1 : 0;
    } else if (decimal->digit_count < DIGITS_MAX) {
        multiply_add(&decimal->digits, 10, digit);
        decimal->digit_count++;
        decimal->exponent -= is_fraction ? 1 : 0;
    } else {
        decimal->has_more = decimal->has_more || digit != 0;
        decimal->exponent += is_fraction ? 0 : 1;
    }
}

static int take_exponent(Reader *reader)
{
    int sign = 1, exponent = 0;
    if (reader_peek(reader) == '-' || reader_peek(reader) == '+') {
        sign = reader_u8(reader) == '-' ? -1 : 1;
    }
    while (reader_peek(reader) >= '0') {
        int digit = reader_u8(reader) - '0';
        exponent = exponent > EXPONENT_LIMIT ? exponent : 10 * exponent + digit;
    }
    return sign * exponent;
}

static void take_decimal(Reader *reader, Decimal *ret)
{
    bool is_fraction = false;
    for (int c = reader_peek(reader); c == '.' || (c >= '0' && c <= '9'); c = reader_peek(reader)) {
        (void)reader_u8(reader);
        if (c == '.') {
            is_fraction = true;
        } else {
            put_digit(ret, (uint8_t)(c - '0'), is_fraction);
        }
    }
    if (reader_peek(reader) >= 0) {
        (void)reader_u8(reader);
        ret->exponent += take_exponent(reader);
    }
    if (ret->has_more) {
        multiply_add(&ret->digits, 10, 1);
        ret->digit_count++;
        ret->exponent--;
    }
}

// The bits of above / below. With the mantissa as an integer m and e its power of two, they are
// m + (e - EXPONENT_MIN) * 2^52: for subnormals, for the others, and when rounding carries.
static uint64_t quotient_bits(const Natural *above, const Natural *below)
{
    int guess = bit_count(above) - bit_count(below) - MANTISSA_BITS;
    for (int e = guess < EXPONENT_MIN ? EXPONENT_MIN : guess;; e++) {
        Natural n = *above, m = *below;
        shift_left(&n, e < 0 ? -e : 0);
        shift_left(&m, e < 0 ? 0 : e);
        uint64_t mantissa = divide(&n, &m);
        if (mantissa <= UINT64_C(1) << MANTISSA_BITS) {
            return mantissa + ((uint64_t)(e - EXPONENT_MIN) << (MANTISSA_BITS - 1));
        }
    }
}

bool real_parse(Bytes text, double *ret)
{
    static const uint64_t infinity = UINT64_C(0x7ff) << 52;
    Reader reader = reader_of(text);
    Decimal decimal = {.exponent = 0};
    uint64_t bits = 0, sign = 0;
    if (reader_peek(&reader) == '-') {
        (void)reader_u8(&reader);
        sign = UINT64_C(1) << 63;
    }
    take_decimal(&reader, &decimal);
    int magnitude = decimal.exponent + (int)decimal.digit_count;
    if (decimal.digit_count > 0 && magnitude > DECIMAL_MAX) {
        return false;
    }
    if (decimal.digit_count > 0 && magnitude >= DECIMAL_MIN) {
        Natural below = {.limbs = {1}, .count = 1};
        multiply_power_of_ten(&decimal.digits, decimal.exponent);
        multiply_power_of_ten(&below, -decimal.exponent);
        bits = quotient_bits(&decimal.digits, &below);
    }
    if (bits >= infinity) {
        return false;
    }
    bits |= sign;
    memcpy(ret, &bits, sizeof bits);
    return true;
}

// --- writing ----------------------------------------------------------------------------------

// value = digits * 10^(exponent - 16) to 17 digits. `value` is positive.
static uint64_t digits_of(uint64_t bits, int *ret_exponent)
{
    static const uint64_t limit = UINT64_C(100000000000000000);
    int biased = (int)(bits >> 52);
    uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | (uint64_t)(biased > 0) << 52;
    int two = (biased > 0 ? biased : 1) + EXPONENT_MIN - 1;
    // The first exponent that leaves no more than 17 digits is the right one.
    for (int ten = -324;; ten++) {
        Natural above = {.limbs = {(uint32_t)mantissa, (uint32_t)(mantissa >> 32)}, .count = 2};
        Natural below = {.limbs = {1}, .count = 1};
        above.count = above.limbs[1] == 0 ? 1 : 2;
        // The value is at least 2^(bits - 1 + two), and log10(2) is 0.30103: this is at most 2 too
        // small, so that the quotient stays under 10^19, and never too large.
        int least = (bit_count(&above) - 1 + two) * 30103 / 100000 - 1;
        ten = ten < least ? least : ten;
        multiply_power_of_ten(ten < SHOWN_DIGITS ? &above : &below,
                              ten < SHOWN_DIGITS ? SHOWN_DIGITS - 1 - ten : ten - SHOWN_DIGITS + 1);
        shift_left(two < 0 ? &below : &above, two < 0 ? -two : two);
        uint64_t digits = divide(&above, &below);
        if (digits < limit) {
            *ret_exponent = ten;
            return digits;
        }
    }
}

static void put_exponential(Writer *out, const char *digits, int count, int exponent)
{
    writer_put_u8(out, (uint8_t)digits[0]);
    if (count > 1) {
        writer_format(out, ".%.*s", count - 1, &digits[1]);
    }
    writer_format(out, "e%d", exponent);
}

static void put_fixed(Writer *out, const char *digits, int count, int exponent)
{
    int whole = exponent + 1;
    if (whole <= 0) {
        writer_put_text(out, "0.");
        writer_put_repeated(out, '0', (size_t)-whole);
        writer_format(out, "%.*s", count, digits);
    } else if (count <= whole) {
        writer_format(out, "%.*s", count, digits);
        writer_put_repeated(out, '0', (size_t)(whole - count));
        writer_put_text(out, ".0");
    } else {
        writer_format(out, "%.*s.%.*s", whole, digits, count - whole, &digits[whole]);
    }
}

static void put_positive(Writer *out, uint64_t bits)
{
    char digits[SHOWN_DIGITS + 1] = "";
    int exponent = 0, count = SHOWN_DIGITS;
    uint64_t number = digits_of(bits, &exponent);
    for (int i = SHOWN_DIGITS; i > 0; i--) {
        digits[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    if (exponent < -4 || exponent >= SHOWN_DIGITS) {
        put_exponential(out, digits, count, exponent);
    } else {
        put_fixed(out, digits, count, exponent);
    }
}

void real_to_text(double value, char ret[REAL_TEXT_SIZE])
{
    CLEANUP(writer_free) Writer out = writer_new(REAL_TEXT_SIZE - 1);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits >> 63 != 0) {
        writer_put_u8(&out, '-');
    }
    bits &= UINT64_MAX >> 1;
    if (bits == 0) {
        writer_put_text(&out, "0.0");
    } else {
        put_positive(&out, bits);
    }
    memset(ret, 0, REAL_TEXT_SIZE);
    if (!out.failed) {
        memcpy(ret, out.data, out.len);
    }
}
