// SPDX-License-Identifier: Apache-2.0
//
// What must and must not be taken for a signature, a point, a private key.
#include <string.h>

#include "generator.h"

// SEQUENCE of the content, one case.
static void put_sequence(Generator *generator, const char *verdict, const char *name,
                         const Writer *content)
{
    Writer der = writer_new(1 << 16);
    der_element(&der, 0x30, writer_bytes(content));
    generator_begin(generator, verdict, name);
    generator_put(generator, writer_bytes(&der));
    generator_end(generator);
    writer_free(&der);
}

static void put_bytes(Generator *generator, const char *verdict, const char *name, Bytes bytes)
{
    generator_begin(generator, verdict, name);
    generator_put(generator, bytes);
    generator_end(generator);
}

// Two INTEGERs given by their content octets in hexadecimal; "" is an INTEGER without content.
static void put_integers(Generator *generator, const char *verdict, const char *name,
                         const char *const contents[2])
{
    Writer content = writer_new(1 << 10);
    for (int i = 0; i < 2; i++) {
        long len = 0;
        uint8_t *bytes = contents[i][0] == '\0' ? NULL : OPENSSL_hexstr2buf(contents[i], &len);
        der_element(&content, 0x02, bytes_of(bytes, (size_t)len));
        OPENSSL_free(bytes);
    }
    put_sequence(generator, verdict, name, &content);
    writer_free(&content);
}

#define HIGH "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define LOW "71B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define ORDER "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
#define ORDER_MINUS_1 "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122"
#define ORDER_PLUS_1 "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54124"
#define ONES "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

static void put_integer_cases(Generator *generator)
{
    static const struct {
        const char *verdict, *name, *contents[2];
    } cases[] = {
        {"valid", "high_bit_set_and_clear", {"00" HIGH, LOW}},
        {"valid", "one_and_one", {"01", "01"}},
        {"valid", "n_minus_1", {"00" ORDER_MINUS_1, "00" ORDER_MINUS_1}},
        {"valid", "one_byte_with_sign", {"0080", "7F"}},
        {"valid",
         "31_bytes",
         {"0080000000000000000000000000000000000000000000000000000000000000", LOW}},
        {"invalid", "r_is_0", {"00", LOW}},
        {"invalid", "s_is_0", {LOW, "00"}},
        {"invalid", "r_is_n", {"00" ORDER, LOW}},
        {"invalid", "s_is_n", {LOW, "00" ORDER}},
        {"invalid", "r_is_n_plus_1", {"00" ORDER_PLUS_1, LOW}},
        {"invalid", "s_is_all_ones", {LOW, "00" ONES}},
        {"invalid", "r_is_33_bytes", {"01" HIGH, LOW}},
        {"invalid", "s_is_34_bytes", {LOW, "0001" HIGH}},
        {"invalid", "r_is_negative", {HIGH, LOW}},
        {"invalid", "s_is_negative", {LOW, HIGH}},
        {"invalid", "r_is_minus_1", {"FF", LOW}},
        {"invalid", "r_has_a_zero_too_many", {"00" LOW, LOW}},
        {"invalid", "s_has_a_zero_too_many", {LOW, "0000" HIGH}},
        {"invalid", "zero_in_two_bytes", {"0000", LOW}},
        {"invalid", "minus_1_in_two_bytes", {"FFFF", LOW}},
        {"invalid", "r_has_no_content", {"", LOW}},
        {"invalid", "s_has_no_content", {LOW, ""}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        put_integers(generator, cases[i].verdict, cases[i].name, cases[i].contents);
    }
}

static void put_hex(Generator *generator, const char *verdict, const char *name, const char *hex)
{
    long len = 0;
    uint8_t *bytes = hex[0] == '\0' ? NULL : OPENSSL_hexstr2buf(hex, &len);
    put_bytes(generator, verdict, name, bytes_of(bytes, (size_t)len));
    OPENSSL_free(bytes);
}

void generate_signature_der_cases(Generator *generator)
{
    static const char *const structures[][2] = {
        {"empty", ""},
        {"raw_r_and_s", HIGH LOW},
        {"empty_sequence", "3000"},
        {"r_alone", "30220220" LOW},
        {"three_integers", "30470220" LOW "0220" LOW "020101"},
        {"trailing_byte", "30440220" LOW "0220" LOW "00"},
        {"trailing_byte_inside", "30450220" LOW "0220" LOW "00"},
        {"trailing_end_of_contents", "30440220" LOW "0220" LOW "0000"},
        {"sequence_too_short", "30430220" LOW "0220" LOW},
        {"sequence_too_long", "30450220" LOW "0220" LOW},
        {"s_runs_over_the_end", "30440220" LOW "0221" LOW},
        {"length_in_long_form", "3081440220" LOW "0220" LOW},
        {"length_in_two_bytes", "308200440220" LOW "0220" LOW},
        {"length_in_five_bytes", "308500000000440220" LOW "0220" LOW},
        {"length_of_128_bytes_of_length", "30FF0220" LOW "0220" LOW},
        {"integer_length_in_long_form", "3045028120" LOW "0220" LOW},
        {"indefinite_length", "30800220" LOW "0220" LOW "0000"},
        {"indefinite_length_unended", "30800220" LOW "0220" LOW},
        {"set", "31440220" LOW "0220" LOW},
        {"sequence_not_constructed", "10440220" LOW "0220" LOW},
        {"context_tag", "A0440220" LOW "0220" LOW},
        {"octet_strings", "30440420" LOW "0420" LOW},
        {"r_as_bit_string",
         "30450321"
         "00" LOW "0220" LOW},
        {"constructed_integer", "304622220220" LOW "0220" LOW},
        {"enumerated", "30440A20" LOW "0220" LOW},
        {"in_an_octet_string", "044630440220" LOW "0220" LOW},
        {"in_a_sequence", "304630440220" LOW "0220" LOW},
        {"in_a_bit_string", "03470030440220" LOW "0220" LOW},
        {"leading_zero_byte", "0030440220" LOW "0220" LOW},
        {"tag_in_long_form",
         "3F1044"
         "0220" LOW "0220" LOW},
    };
    put_integer_cases(generator);
    for (size_t i = 0; i < COUNT_OF(structures); i++) {
        put_hex(generator, "invalid", structures[i][0], structures[i][1]);
    }
}

// (x, y) for the smallest x from `start` on for which x^3 - 3x + b is (or is not) a square.
static void find_x(const Sm2Oracle *oracle, BIGNUM *x, bool on_curve, uint8_t ret[65])
{
    while (oracle_point_with_x(oracle, x, 0, ret) != on_curve) {
        BN_add_word(x, 1);
    }
}

// y^2 = x^3 - 3x + b' for another b': what an invalid-curve attack sends. b' is chosen by y, and
// with y = 0 the point has order 2.
static void put_other_curves(Generator *generator)
{
    for (unsigned y = 0; y < 3; y++) {
        uint8_t point[ORACLE_POINT_SIZE] = {4};
        memset(&point[1], 0x11, ORACLE_SIZE);
        point[ORACLE_POINT_SIZE - 1] = (uint8_t)y;
        put_bytes(generator, "invalid", y == 0 ? "order_2_on_another_curve" : "on_another_curve",
                  BYTES_OF_ARRAY(point));
    }
}

// The quadratic twist: x without a y on the curve, with the y that it has on -y^2 = x^3 - 3x + b.
// p = 3 mod 4, so a non-square's negative is a square.
static void put_twist(Generator *generator)
{
    const Sm2Oracle *oracle = &generator->oracle;
    uint8_t point[ORACLE_POINT_SIZE] = {4};
    BIGNUM *x = generator_draw(generator), *y = BN_new(), *product = BN_new();
    find_x(oracle, x, false, point);
    BN_mod_sqr(y, x, oracle->p, oracle->context);
    BN_add(y, y, oracle->a);
    BN_mod_mul(product, y, x, oracle->p, oracle->context);
    BN_mod_add(product, product, oracle->b, oracle->p, oracle->context);
    BN_sub(product, oracle->p, product);
    BN_mod_sqrt(y, product, oracle->p, oracle->context);
    point[0] = 4;
    oracle_store(&point[1], x);
    oracle_store(&point[1 + ORACLE_SIZE], y);
    put_bytes(generator, "invalid", "on_the_twist", BYTES_OF_ARRAY(point));
    BN_free(x), BN_free(y), BN_free(product);
}

// Points with a small x or y, and the same with p added to it, which still fits 32 bytes.
static void put_unreduced(Generator *generator)
{
    const Sm2Oracle *oracle = &generator->oracle;
    BIGNUM *x = BN_new();
    for (int i = 0; i < 4; i++) {
        uint8_t point[ORACLE_POINT_SIZE];
        find_x(oracle, x, true, point);
        put_bytes(generator, "valid", "small_x", BYTES_OF_ARRAY(point));
        BIGNUM *large = BN_dup(x);
        BN_add(large, large, oracle->p);
        oracle_store(&point[1], large);
        put_bytes(generator, "invalid", "x_plus_p", BYTES_OF_ARRAY(point));
        BN_free(large);
        BN_add_word(x, 1);
    }
    BN_free(x);
}

// The negative point, and y = p - y turned to y + 1, x and y exchanged.
static void put_changed(Generator *generator)
{
    const Sm2Oracle *oracle = &generator->oracle;
    uint8_t point[ORACLE_POINT_SIZE], changed[ORACLE_POINT_SIZE];
    BIGNUM *d = generator_draw(generator);
    oracle_sum(oracle, d, NULL, NULL, point);
    put_bytes(generator, "valid", "random", BYTES_OF_ARRAY(point));
    BIGNUM *y = oracle_number_of(&point[1 + ORACLE_SIZE]);
    BN_sub(y, oracle->p, y);
    memcpy(changed, point, sizeof changed);
    oracle_store(&changed[1 + ORACLE_SIZE], y);
    put_bytes(generator, "valid", "negative", BYTES_OF_ARRAY(changed));
    BN_add_word(y, 1);
    oracle_store(&changed[1 + ORACLE_SIZE], y);
    put_bytes(generator, "invalid", "y_plus_1", BYTES_OF_ARRAY(changed));
    memcpy(&changed[1], &point[1 + ORACLE_SIZE], ORACLE_SIZE);
    memcpy(&changed[1 + ORACLE_SIZE], &point[1], ORACLE_SIZE);
    put_bytes(generator, "invalid", "x_and_y_exchanged", BYTES_OF_ARRAY(changed));
    memcpy(changed, point, sizeof changed);
    for (unsigned tag = 0; tag < 256; tag++) {
        changed[0] = (uint8_t)tag;
        bool right = tag == 4;
        if (right || tag < 9 || tag == 0x30 || tag == 0x84 || tag == 0xff) {
            put_bytes(generator, right ? "valid" : "invalid", "first_byte",
                      BYTES_OF_ARRAY(changed));
        }
    }
    changed[0] = (uint8_t)(2 + (point[ORACLE_POINT_SIZE - 1] & 1));
    put_bytes(generator, "invalid", "compressed", bytes_of(changed, 1 + ORACLE_SIZE));
    changed[0] = 4;
    put_bytes(generator, "invalid", "x_alone", bytes_of(changed, 1 + ORACLE_SIZE));
    put_bytes(generator, "invalid", "without_first_byte", bytes_of(&changed[1], 64));
    BN_free(d), BN_free(y);
}

void generate_point_cases(Generator *generator)
{
    uint8_t zeros[ORACLE_POINT_SIZE + 1] = {0};
    put_bytes(generator, "invalid", "nothing", BYTES_EMPTY);
    put_bytes(generator, "invalid", "infinity", bytes_of(zeros, 1));
    put_bytes(generator, "invalid", "infinity_in_33_bytes", bytes_of(zeros, 33));
    put_bytes(generator, "invalid", "infinity_in_65_bytes", bytes_of(zeros, 65));
    zeros[0] = 4;
    put_bytes(generator, "invalid", "0_and_0", bytes_of(zeros, 65));
    put_bytes(generator, "invalid", "66_bytes", bytes_of(zeros, 66));
    put_changed(generator);
    put_unreduced(generator);
    put_twist(generator);
    put_other_curves(generator);
}

void generate_private_cases(Generator *generator)
{
    static const char *const valid[] = {
        "1",
        "2",
        "3",
        "4",
        "F",
        "10",
        "11",
        "1F",
        "20",
        "21",
        "3F",
        "40",
        "41",
        "7F",
        "80",
        "81",
        "FFFFFFFFFFFFFFFF",
        "10000000000000000",
        "10000000000000001",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "100000000000000000000000000000000",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "1000000000000000000000000000000000000000000000000",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA091",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA092",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54120",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF00000000000000000000000000000000",
        "5555555555555555555555555555555555555555555555555555555555555555",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    static const char *const invalid[][2] = {{"0", "0"},
                                             {"n_minus_1", ORDER_MINUS_1},
                                             {"n", ORDER},
                                             {"n_plus_1", ORDER_PLUS_1},
                                             {"all_ones", ONES}};
    for (size_t i = 0; i < COUNT_OF(valid) + 8; i++) {
        uint8_t d[ORACLE_SIZE], point[ORACLE_POINT_SIZE];
        BIGNUM *number = i < COUNT_OF(valid) ? oracle_hex(valid[i]) : generator_draw(generator);
        oracle_store(d, number);
        oracle_sum(&generator->oracle, number, NULL, NULL, point);
        generator_begin(generator, "valid", i < COUNT_OF(valid) ? "edge" : "random");
        generator_put(generator, BYTES_OF_ARRAY(d));
        generator_put(generator, BYTES_OF_ARRAY(point));
        generator_end(generator);
        BN_free(number);
    }
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        uint8_t d[ORACLE_SIZE];
        BIGNUM *number = oracle_hex(invalid[i][1]);
        oracle_store(d, number);
        generator_begin(generator, "invalid", invalid[i][0]);
        generator_put(generator, BYTES_OF_ARRAY(d));
        generator_put(generator, BYTES_EMPTY);
        generator_end(generator);
        BN_free(number);
    }
}
