// SPDX-License-Identifier: Apache-2.0
//
// Signatures over messages with their ID, at the lengths where SM3's padding turns, and
// ciphertexts.
#include <string.h>

#include "generator.h"

typedef struct {
    uint8_t point[ORACLE_POINT_SIZE];
    Bytes id;
    Bytes message;
    Writer der;
} Message;

static uint8_t pattern[8192];

static void put(Generator *generator, const char *verdict, const char *name, const Message *made)
{
    generator_begin(generator, verdict, name);
    generator_put(generator, BYTES_OF_ARRAY(made->point));
    generator_put(generator, made->id);
    generator_put(generator, made->message);
    generator_put(generator, writer_bytes(&made->der));
    generator_end(generator);
}

static void sign(Generator *generator, Message *ret)
{
    uint8_t z[ORACLE_SIZE], e[ORACLE_SIZE], signature[2 * ORACLE_SIZE];
    BIGNUM *d = generator_draw(generator), *k = generator_draw(generator);
    Writer content = writer_new(256);
    oracle_sum(&generator->oracle, d, NULL, NULL, ret->point);
    // Of an ID that is too long, the length's low bits: what an overflow would make of it.
    oracle_z(ret->point, ret->id, z);
    const Bytes parts[] = {BYTES_OF_ARRAY(z), ret->message};
    oracle_sm3(parts, COUNT_OF(parts), e);
    if (!oracle_sign(&generator->oracle, d, e, k, signature)) {
        fputs("unsuited nonce\n", stderr);
    }
    der_integer(&content, signature);
    der_integer(&content, &signature[ORACLE_SIZE]);
    ret->der = writer_new(256);
    der_element(&ret->der, 0x30, writer_bytes(&content));
    writer_free(&content);
    BN_free(d), BN_free(k);
}

void generate_message_cases(Generator *generator)
{
    static const size_t lengths[] = {0, 1, 23, 24, 31, 32, 33, 55, 56, 63, 64, 65, 119, 120, 1000};
    static const size_t id_lengths[] = {0, 1, 16, 61, 62, 64, 127, 1000, 8191, 8192};
    const Bytes usual = BYTES_LITERAL("1234567812345678");
    for (size_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        Message made = {.id = usual, .message = bytes_of(pattern, lengths[i])};
        sign(generator, &made);
        put(generator, "valid", "message_length", &made);
        made.message = bytes_of(&pattern[1], lengths[i] + 1);
        put(generator, "invalid", "other_message", &made);
        writer_free(&made.der);
    }
    for (size_t i = 0; i < COUNT_OF(id_lengths); i++) {
        Message made = {.id = bytes_of(pattern, id_lengths[i]), .message = BYTES_LITERAL("id")};
        sign(generator, &made);
        put(generator, id_lengths[i] < 8192 ? "valid" : "invalid", "id_length", &made);
        made.id = id_lengths[i] == 0 ? usual : BYTES_EMPTY;
        put(generator, "invalid", "other_id", &made);
        made.id = bytes_of(&pattern[3], 16);
        put(generator, "invalid", "other_id", &made);
        writer_free(&made.der);
    }
}

static void put_cipher(Generator *generator, const char *verdict, const char *name, const BIGNUM *d,
                       const Writer *der, Bytes plaintext)
{
    uint8_t scalar[ORACLE_SIZE];
    oracle_store(scalar, d);
    generator_begin(generator, verdict, name);
    generator_put(generator, BYTES_OF_ARRAY(scalar));
    generator_put(generator, writer_bytes(der));
    generator_put(generator, plaintext);
    generator_end(generator);
}

static Writer encode(const OracleCipher *cipher)
{
    Writer content = writer_new(1 << 13), der = writer_new(1 << 13);
    der_integer(&content, &cipher->c1[1]);
    der_integer(&content, &cipher->c1[1 + ORACLE_SIZE]);
    der_element(&content, 0x04, BYTES_OF_ARRAY(cipher->c3));
    der_element(&content, 0x04, bytes_of(cipher->c2, cipher->len));
    der_element(&der, 0x30, writer_bytes(&content));
    writer_free(&content);
    return der;
}

static void put_changed(Generator *generator, const char *verdict, const char *name,
                        const BIGNUM *d, const OracleCipher *cipher)
{
    Writer der = encode(cipher);
    put_cipher(generator, verdict, name, d, &der, BYTES_EMPTY);
    writer_free(&der);
}

// Every part of a good ciphertext changed by itself.
static void put_damaged(Generator *generator, const BIGNUM *d, const OracleCipher *good)
{
    OracleCipher changed = *good;
    changed.c3[0] ^= 0x80;
    put_changed(generator, "untrusted", "c3_changed", d, &changed);
    changed = *good;
    changed.c2[0] ^= 1;
    put_changed(generator, "untrusted", "c2_changed", d, &changed);
    changed = *good;
    changed.len--;
    put_changed(generator, "untrusted", "c2_too_short", d, &changed);
    changed = *good;
    changed.len = 0;
    put_changed(generator, "input", "c2_empty", d, &changed);
    changed = *good;
    changed.c1[ORACLE_POINT_SIZE - 1] ^= 1;
    put_changed(generator, "untrusted", "c1_off_the_curve", d, &changed);
    memset(&changed.c1[1], 0, 2 * ORACLE_SIZE);
    put_changed(generator, "untrusted", "c1_is_0_and_0", d, &changed);
    memset(&changed.c1[1], 0xff, ORACLE_SIZE);
    put_changed(generator, "untrusted", "x_is_all_ones", d, &changed);
    oracle_store(&changed.c1[1], generator->oracle.p);
    put_changed(generator, "untrusted", "x_is_p", d, &changed);
    changed = *good;
    BIGNUM *y = oracle_number_of(&good->c1[1 + ORACLE_SIZE]);
    BN_sub(y, generator->oracle.p, y);
    oracle_store(&changed.c1[1 + ORACLE_SIZE], y);
    put_changed(generator, "untrusted", "c1_is_negated", d, &changed);
    BN_free(y);
}

// The same parts in other clothes.
static void put_misencoded(Generator *generator, const BIGNUM *d, const OracleCipher *good)
{
    Writer der = encode(good), other = writer_new(1 << 13), content = writer_new(1 << 13);
    writer_put(&other, writer_bytes(&der));
    writer_put_u8(&other, 0);
    put_cipher(generator, "input", "trailing_byte", d, &other, BYTES_EMPTY);
    other.len = der.len - 1;
    put_cipher(generator, "input", "cut_short", d, &other, BYTES_EMPTY);
    other.len = 0;
    writer_put(&other, BYTES_OF_ARRAY(good->c1));
    writer_put(&other, BYTES_OF_ARRAY(good->c3));
    writer_put(&other, bytes_of(good->c2, good->len));
    put_cipher(generator, "input", "raw_c1c3c2", d, &other, BYTES_EMPTY);
    other.len = 0;
    der_integer(&content, &good->c1[1]);
    der_integer(&content, &good->c1[1 + ORACLE_SIZE]);
    der_element(&content, 0x04, bytes_of(good->c2, good->len));
    der_element(&content, 0x04, BYTES_OF_ARRAY(good->c3));
    der_element(&other, 0x30, writer_bytes(&content));
    put_cipher(generator, "input", "c1c2c3", d, &other, BYTES_EMPTY);
    other.len = 0;
    content.len = 0;
    der_element(&content, 0x02, bytes_of(&good->c1[1], ORACLE_SIZE));
    der_element(&content, 0x02, bytes_of(&good->c1[1 + ORACLE_SIZE], ORACLE_SIZE));
    der_element(&content, 0x04, BYTES_OF_ARRAY(good->c3));
    der_element(&content, 0x04, bytes_of(good->c2, good->len));
    der_element(&other, 0x30, writer_bytes(&content));
    bool negative = ((good->c1[1] | good->c1[1 + ORACLE_SIZE]) & 0x80) != 0;
    if (negative) {
        put_cipher(generator, "input", "negative_coordinate", d, &other, BYTES_EMPTY);
    }
    writer_free(&der), writer_free(&other), writer_free(&content);
}

// Ciphertexts whose C1 begins with a zero byte, and one-byte ones whose mask is zero, which the
// standard refuses. Source: GB/T 32918.4 7.1 B4.
static void put_searched(Generator *generator, const BIGNUM *d,
                         const uint8_t point[ORACLE_POINT_SIZE])
{
    bool has_zero_x = false, has_zero_y = false, has_zero_mask = false;
    while (!has_zero_x || !has_zero_y || !has_zero_mask) {
        OracleCipher cipher;
        BIGNUM *k = generator_draw(generator);
        oracle_encrypt(&generator->oracle, point, k, bytes_of(pattern, 1), &cipher);
        bool zero_x = cipher.c1[1] == 0, zero_y = cipher.c1[1 + ORACLE_SIZE] == 0;
        Writer der = encode(&cipher);
        if (cipher.mask_is_zero && !has_zero_mask) {
            put_cipher(generator, "untrusted", "mask_is_zero", d, &der, BYTES_EMPTY);
            has_zero_mask = true;
        } else if (zero_x && !has_zero_x && !cipher.mask_is_zero) {
            put_cipher(generator, "valid", "x_begins_with_zeros", d, &der, bytes_of(pattern, 1));
            has_zero_x = true;
        } else if (zero_y && !has_zero_y && !cipher.mask_is_zero) {
            put_cipher(generator, "valid", "y_begins_with_zeros", d, &der, bytes_of(pattern, 1));
            has_zero_y = true;
        }
        writer_free(&der);
        BN_free(k);
    }
}

void generate_cipher_cases(Generator *generator)
{
    static const size_t lengths[] = {2, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 1024};
    for (size_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(0xa5 ^ i * 13);
    }
    uint8_t point[ORACLE_POINT_SIZE];
    BIGNUM *d = generator_draw(generator);
    oracle_sum(&generator->oracle, d, NULL, NULL, point);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        OracleCipher cipher;
        BIGNUM *k = generator_draw(generator);
        oracle_encrypt(&generator->oracle, point, k, bytes_of(pattern, lengths[i]), &cipher);
        Writer der = encode(&cipher);
        put_cipher(generator, "valid", "length", d, &der, bytes_of(pattern, lengths[i]));
        writer_free(&der);
        if (lengths[i] == 33) {
            put_damaged(generator, d, &cipher);
            put_misencoded(generator, d, &cipher);
        }
        BN_free(k);
    }
    put_searched(generator, d, point);
    BN_free(d);
}
