// SPDX-License-Identifier: Apache-2.0
//
// SM2 keys, signatures and ciphertexts.
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "../oracle/gcrypt.h"
#include "../oracle/sm2_openssl.h"
#include "base/crypto/sm2.h"
#include "base/curve/scalar.h"
#include "record.h"

static const Sm2Oracle *oracle(void)
{
    static Sm2Oracle once;
    if (once.group == NULL) {
        once = sm2_oracle_new();
    }
    return &once;
}

static bool fill_from_draw(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)err;
    draw_bytes(state, ret, len);
    return true;
}

static Random random_of(Draw *draw)
{
    return (Random){fill_from_draw, draw};
}

static void put_flag(Writer *record, bool flag)
{
    const uint8_t byte = flag ? 1 : 0;
    record_put(record, bytes_of(&byte, 1));
}

// A private key: half of the time one of a few, which then have tables, else any that is not
// refused.
static Sm2PrivateKey *draw_key(Draw *draw, uint8_t ret_d[32])
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    do {
        if (draw_below(draw, 2) == 0) {
            Draw fixed = draw_start(1, draw_below(draw, 8));
            draw_scalar(&fixed, ret_d);
        } else {
            draw_scalar(draw, ret_d);
        }
    } while (!sm2_private_key_new(bytes_of(ret_d, 32), &key, &err));
    return key;
}

static void run_public(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t d[32];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    draw_number(draw, d);
    bool taken = sm2_private_key_new(BYTES_OF_ARRAY(d), &key, &err);
    record_put(record, BYTES_OF_ARRAY(d));
    put_flag(record, taken);
    record_put(record, taken ? sm2_public_key_bytes(sm2_public_key(key)) : BYTES_EMPTY);
}

static OracleAnswer public_openssl(const Record *record)
{
    BIGNUM *d = oracle_number_of(record->fields[0].data), *last = BN_dup(oracle()->n);
    uint8_t point[ORACLE_POINT_SIZE];
    BN_sub_word(last, 1);
    bool taken = !BN_is_zero(d) && BN_cmp(d, last) < 0;
    bool same = record_flag(record, 1) == taken;
    if (same && taken) {
        same = oracle_sum(oracle(), d, NULL, NULL, point) &&
               bytes_equal(record->fields[2], BYTES_OF_ARRAY(point));
    }
    BN_free(d), BN_free(last);
    return record_answer(same);
}

static OracleAnswer public_gcrypt(const Record *record)
{
    uint8_t point[65];
    if (!record_flag(record, 1)) {
        return ORACLE_HAS_NONE;
    }
    gcrypt_public(record->fields[0].data, point);
    return record_answer(bytes_equal(record->fields[2], BYTES_OF_ARRAY(point)));
}

// Fields: the public key, e, r || s, verdict.
static void put_verified(Writer *record, const Sm2PublicKey *key, const Sm3Digest *e,
                         const Sm2Signature *signature)
{
    record_put(record, sm2_public_key_bytes(key));
    record_put(record, sm3_bytes(e));
    record_put(record, BYTES_OF_ARRAY(*(const uint8_t(*)[64])signature));
    bool valid = sm2_verify_digest(key, e, signature);
    // A table that was made in between changes nothing.
    record_must(sm2_verify_digest(key, e, signature) == valid);
    put_flag(record, valid);
}

static void run_sign(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t d[32];
    Sm3Digest e;
    Sm2Signature signature;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = draw_key(draw, d);
    draw_number(draw, e.bytes);
    record_must(sm2_sign_digest(key, random_of(draw), &e, &signature, &err));
    put_verified(record, sm2_public_key(key), &e, &signature);
    record_must(record->data[record->len - 1] == 1);
}

// s, t and d at the edges: R = (s + t d) G, r = t - s, e = r - x(R). See
// tests/vectors/signatures.c.
static bool make_backwards(Draw *draw, const uint8_t d[32], Sm3Digest *ret_e, Sm2Signature *ret)
{
    Error err = {0};
    uint8_t s[32], t[32], sum[32];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *r_key = NULL;
    draw_scalar(draw, s);
    draw_scalar(draw, t);
    BIGNUM *bn_s = oracle_number_of(s), *bn_t = oracle_number_of(t), *bn_d = oracle_number_of(d);
    BIGNUM *r = BN_new(), *x = NULL, *k = BN_new();
    BN_mod_mul(k, bn_t, bn_d, oracle()->n, oracle()->context);
    if (draw_below(draw, 8) == 0) {
        // s G = t P: the last addition doubles.
        BN_copy(bn_s, k);
        oracle_store(s, bn_s);
    }
    BN_mod_add(k, k, bn_s, oracle()->n, oracle()->context);
    BN_mod_sub(r, bn_t, bn_s, oracle()->n, oracle()->context);
    oracle_store(sum, k);
    oracle_store(ret->r, r);
    memcpy(ret->s, s, sizeof s);
    bool made = sm2_private_key_new(BYTES_OF_ARRAY(sum), &r_key, &err);
    if (made) {
        x = oracle_number_of(&sm2_public_key_bytes(sm2_public_key(r_key)).data[1]);
        BN_mod_sub(r, r, x, oracle()->n, oracle()->context);
        oracle_store(ret_e->bytes, r);
    }
    BN_free(bn_s), BN_free(bn_t), BN_free(bn_d), BN_free(r), BN_free(x), BN_free(k);
    return made;
}

static void run_verify(Draw *draw, Writer *record)
{
    Sm3Digest e;
    Sm2Signature signature;
    uint8_t d[32];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = draw_key(draw, d);
    Sm2PublicKey public_key = *sm2_public_key(key);
    if (!make_backwards(draw, d, &e, &signature)) {
        draw_number(draw, signature.r);
        draw_number(draw, signature.s);
        draw_number(draw, e.bytes);
    }
    uint8_t *damaged[] = {signature.r, signature.s, e.bytes, public_key.point};
    size_t choice = draw_below(draw, 12);
    if (choice < COUNT_OF(damaged)) {
        damaged[choice][draw_below(draw, 32)] ^= (uint8_t)(1U << draw_below(draw, 8));
    } else if (choice == 4) {
        draw_number(draw, signature.r);
    } else if (choice == 5) {
        draw_number(draw, signature.s);
    }
    put_verified(record, &public_key, &e, &signature);
}

static OracleAnswer verify_openssl(const Record *record)
{
    bool valid = oracle_verify(oracle(), record->fields[0].data, record->fields[1].data,
                               record->fields[2].data);
    return record_answer(valid == record_flag(record, 3));
}

static bool is_order(const uint8_t number[32])
{
    uint8_t order[32];
    uint64_t limbs[LIMBS_COUNT];
    scalar_order_minus(limbs, &(Scalar){{0}});
    limbs_store(order, limbs);
    return memcmp(number, order, sizeof order) == 0;
}

static OracleAnswer verify_gcrypt(const Record *record)
{
    // libgcrypt takes keys as they are, and lets r and s be n.
    const uint8_t *signature = record->fields[2].data;
    if (!oracle_is_point(oracle(), record->fields[0]) || is_order(signature) ||
        is_order(&signature[32])) {
        return ORACLE_HAS_NONE;
    }
    bool valid =
        gcrypt_verify(record->fields[0].data, record->fields[1].data, record->fields[2].data);
    return record_answer(valid == record_flag(record, 3));
}

// Fields: d, ciphertext, plaintext, decrypted.
static void run_encrypt(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t d[32], plaintext[600];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = draw_key(draw, d);
    CLEANUP(writer_free) Writer cipher = writer_new(2048);
    CLEANUP(writer_free) Writer back = writer_new(2048);
    size_t len = 1 + draw_length(draw, sizeof plaintext - 1);
    draw_bytes(draw, plaintext, len);
    record_must(
        sm2_encrypt(sm2_public_key(key), random_of(draw), bytes_of(plaintext, len), &cipher, &err));
    record_put(record, BYTES_OF_ARRAY(d));
    record_must(sm2_decrypt(key, writer_bytes(&cipher), &back, &err));
    record_put(record, writer_bytes(&cipher));
    record_put(record, bytes_of(plaintext, len));
    record_must(bytes_equal(writer_bytes(&back), bytes_of(plaintext, len)));
    put_flag(record, true);
}

// A damaged ciphertext. Fields: d, ciphertext, plaintext or nothing, decrypted.
static void run_decrypt(Draw *draw, Writer *record)
{
    Error err = {0};
    uint8_t d[32], plaintext[64];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = draw_key(draw, d);
    CLEANUP(writer_free) Writer cipher = writer_new(2048);
    CLEANUP(writer_free) Writer back = writer_new(2048);
    size_t len = 1 + draw_length(draw, sizeof plaintext - 1);
    draw_bytes(draw, plaintext, len);
    record_must(
        sm2_encrypt(sm2_public_key(key), random_of(draw), bytes_of(plaintext, len), &cipher, &err));
    writer_put_u8(&cipher, 0);
    cipher.len = draw_damage(draw, cipher.data, cipher.len - 1);
    bool taken = sm2_decrypt(key, writer_bytes(&cipher), &back, &err);
    record_must(taken || back.len == 0);
    record_must(taken || err.kind == ERROR_INPUT || err.kind == ERROR_UNTRUSTED);
    record_put(record, BYTES_OF_ARRAY(d));
    record_put(record, writer_bytes(&cipher));
    record_put(record, writer_bytes(&back));
    put_flag(record, taken);
}

static EVP_PKEY *evp_key(const uint8_t d[32])
{
    uint8_t point[ORACLE_POINT_SIZE];
    char group[] = "SM2";
    BIGNUM *number = oracle_number_of(d);
    EVP_PKEY *ret = NULL;
    record_must(oracle_sum(oracle(), number, NULL, NULL, point));
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    record_must(OSSL_PARAM_BLD_push_utf8_string(build, "group", group, 0) == 1);
    record_must(OSSL_PARAM_BLD_push_octet_string(build, "pub", point, sizeof point) == 1);
    record_must(OSSL_PARAM_BLD_push_BN(build, "priv", number) == 1);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    record_must(EVP_PKEY_fromdata_init(context) == 1);
    record_must(EVP_PKEY_fromdata(context, &ret, EVP_PKEY_KEYPAIR, parameters) == 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(number);
    return ret;
}

// OpenSSL takes BER where we take DER, and does not refuse a mask of zeros; so what it takes says
// something only when we take it too.
static OracleAnswer decrypt_openssl(const Record *record)
{
    if (!record_flag(record, 3)) {
        return ORACLE_HAS_NONE;
    }
    uint8_t plaintext[2048];
    size_t len = sizeof plaintext;
    EVP_PKEY *key = evp_key(record->fields[0].data);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool same = EVP_PKEY_decrypt_init(context) == 1 &&
                EVP_PKEY_decrypt(context, plaintext, &len, record->fields[1].data,
                                 record->fields[1].len) == 1 &&
                bytes_equal(record->fields[2], bytes_of(plaintext, len));
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return record_answer(same);
}

// The content of the next element of a short or one- or two-byte length.
static Bytes next_content(Reader *reader)
{
    (void)reader_u8(reader);
    size_t len = reader_u8(reader);
    if (len == 0x81) {
        len = reader_u8(reader);
    } else if (len == 0x82) {
        len = reader_u16_be(reader);
    }
    return reader_bytes(reader, len);
}

static void put_coordinate(Bytes integer, uint8_t ret[32])
{
    size_t skip = integer.len > 32 ? integer.len - 32 : 0;
    Bytes digits = bytes_from(integer, skip);
    memset(ret, 0, 32);
    memcpy(&ret[32 - digits.len], digits.data, digits.len);
}

// libgcrypt 1.10.1 hashes x2 and y2 without their leading zero bytes: one ciphertext in 128 is
// wrong.
static bool gcrypt_is_wrong(const uint8_t d[32], const uint8_t c1[65])
{
    uint8_t shared[65];
    BIGNUM *scalar = oracle_number_of(d), *zero = BN_new();
    bool finite = oracle_sum(oracle(), zero, c1, scalar, shared);
    BN_free(scalar), BN_free(zero);
    return finite && (shared[1] == 0 || shared[33] == 0);
}

static OracleAnswer decrypt_gcrypt(const Record *record)
{
    if (!record_flag(record, 3)) {
        return ORACLE_HAS_NONE;
    }
    uint8_t c1[65] = {4};
    Reader whole = reader_of(record->fields[1]);
    Reader content = reader_of(next_content(&whole));
    put_coordinate(next_content(&content), &c1[1]);
    put_coordinate(next_content(&content), &c1[33]);
    Bytes c3 = next_content(&content), c2 = next_content(&content);
    if (gcrypt_is_wrong(record->fields[0].data, c1)) {
        return ORACLE_HAS_NONE;
    }
    CLEANUP(writer_free) Writer plaintext = writer_new(4096);
    bool same = gcrypt_decrypt(record->fields[0].data, c1, c3, c2, &plaintext) &&
                bytes_equal(writer_bytes(&plaintext), record->fields[2]);
    return record_answer(same);
}

const Subject SUBJECTS_SM2[] = {
    {"SM2 public key", "d taken point", 4, run_public, public_openssl, public_gcrypt},
    {"SM2 sign", "point e signature valid", 6, run_sign, verify_openssl, verify_gcrypt},
    {"SM2 verify", "point e signature valid", 12, run_verify, verify_openssl, verify_gcrypt},
    {"SM2 encrypt", "d ciphertext plaintext taken", 2, run_encrypt, decrypt_openssl,
     decrypt_gcrypt},
    {"SM2 decrypt", "d ciphertext plaintext taken", 4, run_decrypt, decrypt_openssl,
     decrypt_gcrypt},
    {0},
};
