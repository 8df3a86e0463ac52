// SPDX-License-Identifier: Apache-2.0
//
// Signatures over digests, made backwards: for any s, t and key P the point R = s G + t P gives
// r = t - s and e = r - x(R), which has to verify. So s, t and P can be chosen where the group
// law's exceptions, the recodings and the carries are.
#include <string.h>

#include "generator.h"

typedef struct {
    uint8_t point[ORACLE_POINT_SIZE];
    uint8_t e[ORACLE_SIZE];
    uint8_t signature[2 * ORACLE_SIZE];
} Case;

static void put(Generator *generator, const char *verdict, const char *name, const Case *made)
{
    generator_begin(generator, verdict, name);
    generator_put(generator, BYTES_OF_ARRAY(made->point));
    generator_put(generator, BYTES_OF_ARRAY(made->e));
    generator_put(generator, bytes_of(made->signature, ORACLE_SIZE));
    generator_put(generator, bytes_of(&made->signature[ORACLE_SIZE], ORACLE_SIZE));
    generator_end(generator);
}

// r = t - s and s into the case; false when r or s is 0.
static bool set_signature(const Sm2Oracle *oracle, const BIGNUM *s, const BIGNUM *t, Case *ret)
{
    BIGNUM *r = BN_new();
    BN_mod_sub(r, t, s, oracle->n, oracle->context);
    oracle_store(ret->signature, r);
    oracle_store(&ret->signature[ORACLE_SIZE], s);
    bool suits = !BN_is_zero(r) && !BN_is_zero(s);
    BN_free(r);
    return suits;
}

// e = r - x.
static void set_digest(const Sm2Oracle *oracle, const uint8_t x[ORACLE_SIZE], Case *ret)
{
    BIGNUM *e = oracle_number_of(ret->signature), *number = oracle_number_of(x);
    BN_mod_sub(e, e, number, oracle->n, oracle->context);
    oracle_store(ret->e, e);
    BN_free(e), BN_free(number);
}

static void set_key(const Sm2Oracle *oracle, const BIGNUM *d, Case *ret)
{
    oracle_sum(oracle, d, NULL, NULL, ret->point);
}

// One case from s, t and d; where R is infinity, a verifier that took its x for 0 would accept.
static void put_backwards(Generator *generator, const BIGNUM *s, const BIGNUM *t, const BIGNUM *d)
{
    static const uint8_t zero[ORACLE_SIZE];
    uint8_t sum[ORACLE_POINT_SIZE];
    Case made;
    set_key(&generator->oracle, d, &made);
    if (!set_signature(&generator->oracle, s, t, &made) || BN_is_zero(t)) {
        return;
    }
    bool finite = oracle_sum(&generator->oracle, s, made.point, t, sum);
    set_digest(&generator->oracle, finite ? &sum[1] : zero, &made);
    put(generator, finite ? "valid" : "invalid", finite ? "edge" : "sum_is_infinity", &made);
    if (finite) {
        made.e[ORACLE_SIZE - 1] ^= 1;
        put(generator, "invalid", "edge_with_digest_changed", &made);
    }
}

static void put_edges(Generator *generator)
{
    static const char *const scalars[] = {
        "1",
        "2",
        "3",
        "10",
        "1F",
        "20",
        "21",
        "10000000000000000",
        "FFFFFFFFFFFFFFFF",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA091",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA092",
        "FFFFFFFE00000000000000000000000000000000000000000000000000000000",
    };
    static const char *const keys[] = {
        "1",
        "2",
        "10",
        "11",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121",
    };
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        for (size_t j = 0; j < COUNT_OF(scalars); j++) {
            BIGNUM *s = oracle_hex(scalars[i]), *t = oracle_hex(scalars[j]);
            BIGNUM *d = oracle_hex(keys[(i + j) % COUNT_OF(keys)]);
            put_backwards(generator, s, t, d);
            BN_free(s), BN_free(t), BN_free(d);
        }
    }
}

// s G = t P (the last addition doubles) and s G = -t P (it gives infinity).
static void put_meeting_halves(Generator *generator)
{
    for (int i = 0; i < 4; i++) {
        BIGNUM *t = generator_draw(generator), *d = generator_draw(generator), *s = BN_new();
        BN_mod_mul(s, t, d, generator->oracle.n, generator->oracle.context);
        put_backwards(generator, s, t, d);
        BN_sub(s, generator->oracle.n, s);
        put_backwards(generator, s, t, d);
        BN_free(t), BN_free(d), BN_free(s);
    }
}

// The key (R - s G) / t makes the verifier arrive at a given R.
static void put_reaching(Generator *generator, const uint8_t r_point[ORACLE_POINT_SIZE],
                         const char *name)
{
    const Sm2Oracle *oracle = &generator->oracle;
    BIGNUM *s = generator_draw(generator), *t = generator_draw(generator);
    BIGNUM *inverse = BN_mod_inverse(NULL, t, oracle->n, oracle->context), *minus = BN_new();
    uint8_t sum[ORACLE_POINT_SIZE];
    Case made;
    BN_sub(minus, oracle->n, s);
    // R - s G, then 1/t of it.
    BIGNUM *one = oracle_hex("1"), *zero = BN_new();
    oracle_sum(oracle, minus, r_point, one, sum);
    oracle_sum(oracle, zero, sum, inverse, made.point);
    if (set_signature(oracle, s, t, &made)) {
        set_digest(oracle, &r_point[1], &made);
        put(generator, "valid", name, &made);
        made.e[ORACLE_SIZE - 1] ^= 1;
        put(generator, "invalid", name, &made);
    }
    BN_free(s), BN_free(t), BN_free(inverse), BN_free(minus), BN_free(one), BN_free(zero);
}

// x1 >= n: one in 2^128 points has it, where e + x1 = e + (x1 - n) + n; and the small x1 that the
// same residues have without n.
static void put_large_x(Generator *generator)
{
    for (unsigned i = 0, found = 0; found < 4; i++) {
        uint8_t point[ORACLE_POINT_SIZE];
        BIGNUM *x = BN_dup(generator->oracle.n);
        BN_add_word(x, i);
        if (oracle_point_with_x(&generator->oracle, x, (int)(i % 2), point)) {
            put_reaching(generator, point, "x1_is_at_least_n");
            found++;
        }
        BN_free(x);
    }
    for (unsigned i = 0, found = 0; found < 4; i++) {
        uint8_t point[ORACLE_POINT_SIZE];
        BIGNUM *x = BN_new();
        BN_set_word(x, i);
        if (oracle_point_with_x(&generator->oracle, x, (int)(i % 2), point)) {
            put_reaching(generator, point, "x1_is_small");
            found++;
        }
        BN_free(x);
    }
    for (unsigned i = 1, found = 0; found < 4; i++) {
        uint8_t point[ORACLE_POINT_SIZE];
        BIGNUM *x = BN_dup(generator->oracle.p);
        BN_sub_word(x, i);
        if (oracle_point_with_x(&generator->oracle, x, (int)(i % 2), point)) {
            put_reaching(generator, point, "x1_is_near_p");
            found++;
        }
        BN_free(x);
    }
}

// Both sides of e + x1 = n, digests that are not below n, and s turned to n - s.
static void put_signed(Generator *generator)
{
    static const char *const digests[] = {
        "0",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF",
        "1",
        "8000000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < 2 * COUNT_OF(digests); i++) {
        Case made;
        BIGNUM *d = generator_draw(generator), *k = generator_draw(generator);
        BIGNUM *e = i < COUNT_OF(digests) ? oracle_hex(digests[i]) : generator_draw(generator);
        oracle_store(made.e, e);
        set_key(&generator->oracle, d, &made);
        if (oracle_sign(&generator->oracle, d, made.e, k, made.signature)) {
            put(generator, "valid", "signed", &made);
            BIGNUM *s = oracle_number_of(&made.signature[ORACLE_SIZE]);
            BN_sub(s, generator->oracle.n, s);
            oracle_store(&made.signature[ORACLE_SIZE], s);
            put(generator, "invalid", "s_is_n_minus_s", &made);
            BN_free(s);
        }
        BN_free(d), BN_free(k), BN_free(e);
    }
}

// x1 + e on both sides of n, by a digest chosen so that r is 1 or n - 1.
static void put_extreme_r(Generator *generator)
{
    for (int i = 0; i < 2; i++) {
        Case made;
        uint8_t point[ORACLE_POINT_SIZE];
        BIGNUM *d = generator_draw(generator), *k = generator_draw(generator);
        BIGNUM *e = i == 0 ? BN_dup(generator->oracle.n) : oracle_hex("0");
        BN_add_word(e, i == 0 ? 1 : 0);
        oracle_sum(&generator->oracle, k, NULL, NULL, point);
        BIGNUM *x = oracle_number_of(&point[1]);
        // e = 1 - x or n - 1 - x
        BN_sub(e, e, x);
        BN_sub_word(e, i == 0 ? 0 : 1);
        BN_nnmod(e, e, generator->oracle.n, generator->oracle.context);
        oracle_store(made.e, e);
        set_key(&generator->oracle, d, &made);
        if (oracle_sign(&generator->oracle, d, made.e, k, made.signature)) {
            put(generator, "valid", i == 0 ? "r_is_1" : "r_is_n_minus_1", &made);
        }
        BN_free(d), BN_free(k), BN_free(e), BN_free(x);
    }
}

// A right signature with r or s replaced by what is out of range or gives t = 0.
static void put_out_of_range(Generator *generator)
{
    static const struct {
        const char *name;
        const char *value;
    } replaced[] = {
        {"0", "0"},
        {"n", "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"},
        {"n_plus_1", "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54124"},
        {"p", "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"},
        {"all_ones", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
    };
    BIGNUM *d = generator_draw(generator), *k = generator_draw(generator);
    Case right;
    memset(right.e, 0x5a, sizeof right.e);
    set_key(&generator->oracle, d, &right);
    oracle_sign(&generator->oracle, d, right.e, k, right.signature);
    put(generator, "valid", "signed", &right);
    for (size_t i = 0; i < 2 * COUNT_OF(replaced); i++) {
        Case made = right;
        char name[32];
        size_t which = i / 2;
        BIGNUM *value = oracle_hex(replaced[which].value);
        snprintf(name, sizeof name, "%s_is_%s", i % 2 == 0 ? "r" : "s", replaced[which].name);
        oracle_store(&made.signature[i % 2 * ORACLE_SIZE], value);
        put(generator, "invalid", name, &made);
        BN_free(value);
    }
    BN_free(d), BN_free(k);
}

// r + n or s + n in place of r or s, where that still fits 32 bytes: the same residue.
static void put_residues(Generator *generator)
{
    for (int found = 0; found < 2;) {
        Case made;
        BIGNUM *d = generator_draw(generator), *k = generator_draw(generator);
        uint8_t point[ORACLE_POINT_SIZE];
        oracle_sum(&generator->oracle, k, NULL, NULL, point);
        // r = 5, by the digest.
        BIGNUM *e = oracle_hex("5"), *x = oracle_number_of(&point[1]);
        BN_mod_sub(e, e, x, generator->oracle.n, generator->oracle.context);
        oracle_store(made.e, e);
        set_key(&generator->oracle, d, &made);
        if (oracle_sign(&generator->oracle, d, made.e, k, made.signature)) {
            put(generator, "valid", "r_is_5", &made);
            BIGNUM *r = BN_dup(generator->oracle.n);
            BN_add_word(r, 5);
            oracle_store(made.signature, r);
            put(generator, "invalid", "r_is_n_plus_5", &made);
            BN_free(r);
            found++;
        }
        BN_free(d), BN_free(k), BN_free(e), BN_free(x);
    }
}

// t = r + s = n: R would be s G, so e = r - x(s G) would be accepted without the check.
static void put_zero_t(Generator *generator)
{
    static const char *const values[] = {
        "1", "2", "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA091",
        "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        Case made;
        uint8_t point[ORACLE_POINT_SIZE];
        BIGNUM *s = oracle_hex(values[i]), *t = BN_new(), *d = generator_draw(generator);
        set_key(&generator->oracle, d, &made);
        set_signature(&generator->oracle, s, t, &made);
        oracle_sum(&generator->oracle, s, NULL, NULL, point);
        set_digest(&generator->oracle, &point[1], &made);
        put(generator, "invalid", "r_plus_s_is_n", &made);
        BN_free(s), BN_free(t), BN_free(d);
    }
}

void generate_digest_cases(Generator *generator)
{
    put_signed(generator);
    put_extreme_r(generator);
    put_out_of_range(generator);
    put_residues(generator);
    put_zero_t(generator);
    put_large_x(generator);
    put_meeting_halves(generator);
    put_edges(generator);
}
