// SPDX-License-Identifier: Apache-2.0
//
// What is parsed: points, signatures; and Z.
#include <openssl/ec.h>
#include <string.h>

#include "../oracle/gcrypt.h"
#include "../oracle/sm2_openssl.h"
#include "base/crypto/sm2.h"
#include "record.h"

static const Sm2Oracle *oracle(void)
{
    static Sm2Oracle once;
    if (once.group == NULL) {
        once = sm2_oracle_new();
    }
    return &once;
}

static void put_flag(Writer *record, bool flag)
{
    const uint8_t byte = flag ? 1 : 0;
    record_put(record, bytes_of(&byte, 1));
}

// A point with an x at the edges where there is one, as it is or damaged.
static void run_point(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t encoded[SM2_POINT_SIZE + 1] = {4};
    size_t len = SM2_POINT_SIZE;
    Sm2PublicKey key;
    draw_number(draw, &encoded[1]);
    draw_number(draw, &encoded[33]);
    if (draw_below(draw, 8) != 0) {
        BIGNUM *x = oracle_number_of(&encoded[1]);
        (void)oracle_point_with_x(oracle(), x, (int)draw_below(draw, 2), encoded);
        BN_free(x);
    }
    if (draw_below(draw, 2) == 0) {
        len = draw_damage(draw, encoded, len);
    }
    bool taken = sm2_public_key_new(bytes_of(encoded, len), &key, &err);
    record_put(record, bytes_of(encoded, len));
    put_flag(record, taken);
}

static OracleAnswer point_openssl(const Record *record)
{
    return record_answer(oracle_is_point(oracle(), record->fields[0]) == record_flag(record, 1));
}

static void run_parse(Draw *draw, Writer *record)
{
    Error err = {0};
    Sm2Signature signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX + 2], again[SM2_SIGNATURE_DER_MAX];
    draw_number(draw, signature.r);
    draw_number(draw, signature.s);
    size_t len = sm2_signature_encode(&signature, der);
    for (size_t damage = draw_below(draw, 3); damage > 0; damage--) {
        len = draw_damage(draw, der, len);
    }
    bool taken = sm2_signature_parse(bytes_of(der, len), &signature, &err);
    record_put(record, bytes_of(der, len));
    put_flag(record, taken);
    size_t again_len = taken ? sm2_signature_encode(&signature, again) : 0;
    record_must(!taken || bytes_equal(bytes_of(again, again_len), bytes_of(der, len)));
}

static bool is_in_range(const BIGNUM *number)
{
    return !BN_is_zero(number) && !BN_is_negative(number) && BN_cmp(number, oracle()->n) < 0;
}

// OpenSSL parses BER: what it parses is DER if it encodes to the same bytes.
static OracleAnswer parse_openssl(const Record *record)
{
    const uint8_t *at = record->fields[0].data;
    uint8_t *encoded = NULL;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)record->fields[0].len);
    int len = signature == NULL ? 0 : i2d_ECDSA_SIG(signature, &encoded);
    bool good = len > 0 && bytes_equal(bytes_of(encoded, (size_t)len), record->fields[0]) &&
                is_in_range(ECDSA_SIG_get0_r(signature)) &&
                is_in_range(ECDSA_SIG_get0_s(signature));
    OPENSSL_free(encoded);
    ECDSA_SIG_free(signature);
    return record_answer(good == record_flag(record, 1));
}

// Fields: ID, message, point, Z, e.
static void run_z(Draw *draw, Writer *record)
{
    Error err = {0};
    static const uint8_t d[32] = {1, 2, 3};
    uint8_t id[8191], message[300];
    Sm2PrivateKey *key = NULL;
    Sm3Digest z, e;
    size_t id_len = draw_length(draw, draw_below(draw, 4) == 0 ? sizeof id : 100);
    size_t message_len = draw_length(draw, sizeof message);
    draw_bytes(draw, id, id_len);
    draw_bytes(draw, message, message_len);
    record_must(sm2_private_key_new(BYTES_OF_ARRAY(d), &key, &err));
    record_must(sm2_z(sm2_public_key(key), bytes_of(id, id_len), &z, &err));
    record_must(sm2_message_digest(sm2_public_key(key), bytes_of(id, id_len),
                                   bytes_of(message, message_len), &e, &err));
    record_put(record, bytes_of(id, id_len));
    record_put(record, bytes_of(message, message_len));
    record_put(record, sm2_public_key_bytes(sm2_public_key(key)));
    record_put(record, sm3_bytes(&z));
    record_put(record, sm3_bytes(&e));
    sm2_private_key_free(key);
}

static OracleAnswer z_openssl(const Record *record)
{
    uint8_t z[32], e[32];
    oracle_z(record->fields[2].data, record->fields[0], z);
    const Bytes parts[] = {BYTES_OF_ARRAY(z), record->fields[1]};
    oracle_sm3(parts, COUNT_OF(parts), e);
    return record_answer(bytes_equal(record->fields[3], BYTES_OF_ARRAY(z)) &&
                         bytes_equal(record->fields[4], BYTES_OF_ARRAY(e)));
}

const Subject SUBJECTS_ENCODING[] = {
    {"point", "encoded taken", 6, run_point, point_openssl, NULL},
    {"signature DER", "der taken", 20, run_parse, parse_openssl, NULL},
    {"Z and e", "id message point z e", 3, run_z, z_openssl, NULL},
    {0},
};
