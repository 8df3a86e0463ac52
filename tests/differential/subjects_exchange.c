// SPDX-License-Identifier: Apache-2.0
//
// Key agreement: both sides, and OpenSSL's points in the formulas of the standard.
#include <string.h>

#include "../oracle/sm2_openssl.h"
#include "base/crypto/sm2_exchange.h"
#include "record.h"

static const Sm2Oracle *oracle(void)
{
    static Sm2Oracle once;
    if (once.group == NULL) {
        once = sm2_oracle_new();
    }
    return &once;
}

enum { D_A, R_A, D_B, R_B, SCALARS, ID_A = SCALARS, ID_B, KEY, CONFIRMATIONS };

// A key that is not refused, at the edges too.
static Sm2PrivateKey *draw_key(Draw *draw, uint8_t ret_d[32])
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    do {
        draw_scalar(draw, ret_d);
    } while (!sm2_private_key_new(bytes_of(ret_d, 32), &key, &err));
    return key;
}

static Sm2Exchange side_of(Sm2PrivateKey *const keys[SCALARS], Sm2Role role, const Bytes ids[2])
{
    int own = role == SM2_INITIATOR ? D_A : D_B, peer = role == SM2_INITIATOR ? D_B : D_A;
    return (Sm2Exchange){.role = role,
                         .ephemeral = keys[own + 1],
                         .id = ids[role],
                         .peer_key = sm2_public_key(keys[peer]),
                         .peer_ephemeral = sm2_public_key(keys[peer + 1]),
                         .peer_id = ids[1 - role]};
}

static void run_exchange(Draw *draw, Writer *record)
{
    Error err = {0};
    Sm2PrivateKey *keys[SCALARS] = {NULL};
    uint8_t scalars[SCALARS][32], id_bytes[2][40], results[2][200];
    Bytes ids[2];
    Sm2Confirmation confirmations[2];
    memset(confirmations, 0, sizeof confirmations);
    memset(results, 0, sizeof results);
    size_t len = 1 + draw_length(draw, sizeof results[0] - 1);
    for (int i = 0; i < SCALARS; i++) {
        keys[i] = draw_key(draw, scalars[i]);
        record_put(record, BYTES_OF_ARRAY(scalars[i]));
    }
    for (int i = 0; i < 2; i++) {
        ids[i] = bytes_of(id_bytes[i], draw_below(draw, sizeof id_bytes[i]));
        draw_bytes(draw, id_bytes[i], ids[i].len);
        record_put(record, ids[i]);
    }
    bool agreed[2];
    for (int i = 0; i < 2; i++) {
        Sm2Exchange side = side_of(keys, i == 0 ? SM2_INITIATOR : SM2_RESPONDER, ids);
        agreed[i] =
            sm2_exchange(keys[i == 0 ? D_A : D_B], &side, results[i], len, &confirmations[i], &err);
    }
    record_must(agreed[0] == agreed[1]);
    record_must(memcmp(results[0], results[1], sizeof results[0]) == 0);
    record_must(memcmp(&confirmations[0], &confirmations[1], sizeof confirmations[0]) == 0);
    record_put(record, agreed[0] ? bytes_of(results[0], len) : BYTES_EMPTY);
    record_put(record, bytes_of(&confirmations[0], sizeof confirmations[0]));
    for (int i = 0; i < SCALARS; i++) {
        sm2_private_key_free(keys[i]);
    }
}

// 2^127 + (x & (2^127 - 1)); the caller frees.
static BIGNUM *half_of(const uint8_t point[ORACLE_POINT_SIZE])
{
    uint8_t half[ORACLE_SIZE] = {0};
    memcpy(&half[16], &point[17], 16);
    half[16] |= 0x80;
    return oracle_number_of(half);
}

// U = [dA + x1 rA] (PB + [x2] RB); since it is [tA tB] G, s = tA tB serves. False for infinity.
static bool shared_point(const Record *record, uint8_t points[SCALARS][ORACLE_POINT_SIZE],
                         uint8_t ret[ORACLE_POINT_SIZE])
{
    BIGNUM *product = oracle_hex("1");
    for (int side = D_A; side <= D_B; side += 2) {
        BIGNUM *d = oracle_number_of(record->fields[side].data);
        BIGNUM *r = oracle_number_of(record->fields[side + 1].data);
        BIGNUM *half = half_of(points[side + 1]);
        BN_mod_mul(r, r, half, oracle()->n, oracle()->context);
        BN_mod_add(d, d, r, oracle()->n, oracle()->context);
        BN_mod_mul(product, product, d, oracle()->n, oracle()->context);
        BN_free(d), BN_free(r), BN_free(half);
    }
    bool finite = !BN_is_zero(product) && oracle_sum(oracle(), product, NULL, NULL, ret);
    BN_free(product);
    return finite;
}

// Source: GB/T 32918.3-2016 6.1.
static OracleAnswer exchange_openssl(const Record *record)
{
    uint8_t points[SCALARS][ORACLE_POINT_SIZE], u[ORACLE_POINT_SIZE], z[2][ORACLE_SIZE];
    for (int i = 0; i < SCALARS; i++) {
        BIGNUM *scalar = oracle_number_of(record->fields[i].data);
        oracle_sum(oracle(), scalar, NULL, NULL, points[i]);
        BN_free(scalar);
    }
    Bytes key = record->fields[KEY], confirmations = record->fields[CONFIRMATIONS];
    if (!shared_point(record, points, u)) {
        return record_answer(key.len == 0);
    }
    oracle_z(points[D_A], record->fields[ID_A], z[0]);
    oracle_z(points[D_B], record->fields[ID_B], z[1]);
    bool same = key.len > 0;
    for (size_t done = 0; done < key.len; done += ORACLE_SIZE) {
        uint8_t block[ORACLE_SIZE], counter[4] = {0, 0, 0, (uint8_t)(done / ORACLE_SIZE + 1)};
        const Bytes parts[] = {bytes_of(&u[1], 64), BYTES_OF_ARRAY(z), BYTES_OF_ARRAY(counter)};
        oracle_sm3(parts, COUNT_OF(parts), block);
        Bytes piece = bytes_from(key, done);
        same = same && memcmp(piece.data, block, piece.len < 32 ? piece.len : 32) == 0;
    }
    uint8_t inner[ORACLE_SIZE], outer[2][ORACLE_SIZE];
    const Bytes inner_parts[] = {bytes_of(&u[1], 32), BYTES_OF_ARRAY(z),
                                 bytes_of(&points[R_A][1], 64), bytes_of(&points[R_B][1], 64)};
    oracle_sm3(inner_parts, COUNT_OF(inner_parts), inner);
    for (int i = 0; i < 2; i++) {
        const uint8_t tag = (uint8_t)(2 + i);
        const Bytes parts[] = {bytes_of(&tag, 1), bytes_of(&u[33], 32), BYTES_OF_ARRAY(inner)};
        oracle_sm3(parts, COUNT_OF(parts), outer[i]);
    }
    return record_answer(same && bytes_equal(confirmations, BYTES_OF_ARRAY(outer)));
}

// Fields: d, another key's d, the shared point.
static void run_ecdh(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t scalars[2][32], shared[2][SM2_SHARED_POINT_SIZE];
    Sm2PrivateKey *keys[2];
    for (int i = 0; i < 2; i++) {
        keys[i] = draw_key(draw, scalars[i]);
        record_put(record, BYTES_OF_ARRAY(scalars[i]));
    }
    for (int i = 0; i < 2; i++) {
        record_must(sm2_ecdh(keys[i], sm2_public_key(keys[1 - i]), shared[i], &err));
    }
    record_must(memcmp(shared[0], shared[1], sizeof shared[0]) == 0);
    record_put(record, BYTES_OF_ARRAY(shared[0]));
    sm2_private_key_free(keys[0]);
    sm2_private_key_free(keys[1]);
}

static OracleAnswer ecdh_openssl(const Record *record)
{
    uint8_t point[ORACLE_POINT_SIZE];
    BIGNUM *a = oracle_number_of(record->fields[0].data);
    BIGNUM *b = oracle_number_of(record->fields[1].data), *zero = BN_new();
    oracle_sum(oracle(), a, NULL, NULL, point);
    bool finite = oracle_sum(oracle(), zero, point, b, point);
    BN_free(a), BN_free(b), BN_free(zero);
    return record_answer(finite && bytes_equal(record->fields[2], bytes_of(&point[1], 64)));
}

const Subject SUBJECTS_EXCHANGE[] = {
    {"SM2 key exchange", "da ra db rb ida idb key confirmations", 2, run_exchange, exchange_openssl,
     NULL},
    {"SM2 ECDH", "da db point", 3, run_ecdh, ecdh_openssl, NULL},
    {0},
};
