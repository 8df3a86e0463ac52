// SPDX-License-Identifier: Apache-2.0
//
// SM3 and SM4.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "../oracle/gcrypt.h"
#include "../oracle/sm2_openssl.h"
#include "base/sm3/sm3.h"
#include "base/sm4/sm4.h"
#include "record.h"

enum { DATA_MAX = 4096, MANY_MAX = 40 };

// Fields: message, digest. Hashed in pieces.
static void run_digest(Draw *draw, Writer *record)
{
    uint8_t message[DATA_MAX];
    size_t len = draw_length(draw, sizeof message);
    Sm3 sm3;
    Sm3Digest digest;
    draw_bytes(draw, message, len);
    sm3_start(&sm3);
    for (size_t done = 0; done < len;) {
        size_t piece = 1 + draw_length(draw, len - done - 1);
        sm3_update(&sm3, bytes_of(&message[done], piece));
        done += piece;
    }
    sm3_finish(&sm3, &digest);
    Sm3Digest at_once = sm3_digest(bytes_of(message, len));
    record_must(sm3_digest_equal(&digest, &at_once));
    record_put(record, bytes_of(message, len));
    record_put(record, sm3_bytes(&digest));
}

static OracleAnswer digest_openssl(const Record *record)
{
    uint8_t digest[32];
    oracle_sm3(&record->fields[0], 1, digest);
    return record_answer(bytes_equal(record->fields[1], BYTES_OF_ARRAY(digest)));
}

static OracleAnswer digest_gcrypt(const Record *record)
{
    uint8_t digest[32];
    gcrypt_sm3(record->fields[0], digest);
    return record_answer(bytes_equal(record->fields[1], BYTES_OF_ARRAY(digest)));
}

// Fields: all messages, their lengths as two bytes each, all digests.
static void run_many(Draw *draw, Writer *record)
{
    static uint8_t data[DATA_MAX];
    Bytes messages[MANY_MAX];
    uint8_t lengths[2 * MANY_MAX];
    Sm3Digest digests[MANY_MAX];
    size_t count = draw_below(draw, MANY_MAX + 1), used = 0;
    bool same_length = draw_below(draw, 2) == 0;
    size_t common = draw_below(draw, 97);
    draw_bytes(draw, data, sizeof data);
    for (size_t i = 0; i < count; i++) {
        size_t len = same_length ? common : draw_below(draw, sizeof data / MANY_MAX);
        messages[i] = bytes_of(&data[used], len);
        lengths[2 * i] = (uint8_t)(len >> 8);
        lengths[2 * i + 1] = (uint8_t)len;
        used += len;
    }
    sm3_digest_many(messages, digests, count);
    record_put(record, bytes_of(data, used));
    record_put(record, bytes_of(lengths, 2 * count));
    record_put(record, bytes_of(digests, count * sizeof digests[0]));
}

static OracleAnswer many_openssl(const Record *record)
{
    Reader data = reader_of(record->fields[0]), lengths = reader_of(record->fields[1]);
    Reader digests = reader_of(record->fields[2]);
    bool same = true;
    while (lengths.rest.len > 0) {
        uint8_t digest[32];
        Bytes message = reader_bytes(&data, reader_u16_be(&lengths));
        oracle_sm3(&message, 1, digest);
        same = same && bytes_equal(reader_bytes(&digests, 32), BYTES_OF_ARRAY(digest));
    }
    return record_answer(same && reader_done(&data) && reader_done(&digests));
}

// Fields: key, message, MAC, bytes derived from the message.
static void run_keyed(Draw *draw, Writer *record)
{
    uint8_t key[200], message[DATA_MAX], derived[300];
    size_t key_len = draw_length(draw, sizeof key), len = draw_length(draw, sizeof message);
    size_t derived_len = draw_length(draw, sizeof derived);
    draw_bytes(draw, key, key_len);
    draw_bytes(draw, message, len);
    Sm3Digest mac = sm3_hmac(bytes_of(key, key_len), bytes_of(message, len));
    sm3_kdf(bytes_of(message, len), derived, derived_len);
    record_put(record, bytes_of(key, key_len));
    record_put(record, bytes_of(message, len));
    record_put(record, sm3_bytes(&mac));
    record_put(record, bytes_of(derived, derived_len));
}

static OracleAnswer keyed_openssl(const Record *record)
{
    uint8_t mac[32];
    HMAC(EVP_sm3(), record->fields[0].data, (int)record->fields[0].len, record->fields[1].data,
         record->fields[1].len, mac, NULL);
    bool same = bytes_equal(record->fields[2], BYTES_OF_ARRAY(mac));
    for (size_t done = 0; done < record->fields[3].len; done += 32) {
        uint8_t block[32], counter[4] = {0, 0, 0, (uint8_t)(done / 32 + 1)};
        size_t left = record->fields[3].len - done;
        const Bytes parts[] = {record->fields[1], BYTES_OF_ARRAY(counter)};
        oracle_sm3(parts, COUNT_OF(parts), block);
        same = same && memcmp(&record->fields[3].data[done], block, left < 32 ? left : 32) == 0;
    }
    return record_answer(same);
}

static OracleAnswer keyed_gcrypt(const Record *record)
{
    uint8_t mac[32];
    gcrypt_hmac(record->fields[0], record->fields[1], mac);
    return record_answer(bytes_equal(record->fields[2], BYTES_OF_ARRAY(mac)));
}

typedef struct {
    Sm4 sm4;
    uint8_t iv[16];
    uint8_t aad[DATA_MAX];
    size_t aad_len;
    uint8_t data[DATA_MAX];
    size_t len;
} Input;

// Draw key, IV, associated data and plaintext, and write them: the first four fields.
static void draw_input(Draw *draw, Writer *record, Input *ret)
{
    uint8_t key[16];
    draw_bytes(draw, key, sizeof key);
    sm4_init(&ret->sm4, key);
    if (draw_below(draw, 2) == 0) {
        uint8_t number[32];
        draw_number(draw, number);
        memcpy(ret->iv, &number[16], sizeof ret->iv);
    } else {
        draw_bytes(draw, ret->iv, sizeof ret->iv);
    }
    ret->aad_len = draw_length(draw, draw_below(draw, 4) == 0 ? sizeof ret->aad : 80);
    ret->len = draw_length(draw, sizeof ret->data);
    draw_bytes(draw, ret->aad, ret->aad_len);
    draw_bytes(draw, ret->data, ret->len);
    record_put(record, BYTES_OF_ARRAY(key));
    record_put(record, BYTES_OF_ARRAY(ret->iv));
    record_put(record, bytes_of(ret->aad, ret->aad_len));
    record_put(record, bytes_of(ret->data, ret->len));
}

static void run_ctr(Draw *draw, Writer *record)
{
    static Input input;
    static uint8_t result[DATA_MAX];
    draw_input(draw, record, &input);
    sm4_ctr(&input.sm4, input.iv, bytes_of(input.data, input.len), result);
    record_put(record, bytes_of(result, input.len));
    // In place, and back.
    sm4_ctr(&input.sm4, input.iv, bytes_of(result, input.len), result);
    record_must(memcmp(result, input.data, input.len) == 0);
}

static void run_cbc(Draw *draw, Writer *record)
{
    Error err = {0};
    static Input input;
    CLEANUP(writer_free) Writer sealed = writer_new(DATA_MAX + 16);
    CLEANUP(writer_free) Writer back = writer_new(DATA_MAX + 16);
    draw_input(draw, record, &input);
    sm4_cbc_encrypt(&input.sm4, input.iv, bytes_of(input.data, input.len), &sealed);
    record_must(sm4_cbc_decrypt(&input.sm4, input.iv, writer_bytes(&sealed), &back, &err));
    record_must(bytes_equal(writer_bytes(&back), bytes_of(input.data, input.len)));
    record_put(record, writer_bytes(&sealed));
}

// Seal, open, and refuse to open when any part is damaged.
static void run_aead(Draw *draw, Writer *record, bool gcm)
{
    Error err = {0};
    static Input input;
    CLEANUP(writer_free) Writer sealed = writer_new(DATA_MAX + 32);
    CLEANUP(writer_free) Writer back = writer_new(DATA_MAX + 32);
    draw_input(draw, record, &input);
    Bytes aad = bytes_of(input.aad, input.aad_len);
    (gcm ? sm4_gcm_seal : sm4_ccm_seal)(&input.sm4, input.iv, aad, bytes_of(input.data, input.len),
                                        &sealed);
    record_must((gcm ? sm4_gcm_open : sm4_ccm_open)(&input.sm4, input.iv, aad,
                                                    writer_bytes(&sealed), &back, &err));
    record_must(bytes_equal(writer_bytes(&back), bytes_of(input.data, input.len)));
    record_put(record, writer_bytes(&sealed));
    size_t bit = draw_below(draw, 8 * sealed.len);
    sealed.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    record_must(!(gcm ? sm4_gcm_open : sm4_ccm_open)(&input.sm4, input.iv, aad,
                                                     writer_bytes(&sealed), &back, &err));
}

static void run_gcm(Draw *draw, Writer *record)
{
    run_aead(draw, record, true);
}

static void run_ccm(Draw *draw, Writer *record)
{
    run_aead(draw, record, false);
}

static OracleAnswer by_openssl(const Record *record, const EVP_CIPHER *cipher)
{
    uint8_t result[DATA_MAX + 32];
    int len = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(context, cipher, NULL, record->fields[0].data, record->fields[1].data);
    EVP_EncryptUpdate(context, result, &len, record->fields[3].data, (int)record->fields[3].len);
    EVP_EncryptFinal_ex(context, &result[len], &rest);
    EVP_CIPHER_CTX_free(context);
    return record_answer(bytes_equal(record->fields[4], bytes_of(result, (size_t)(len + rest))));
}

static OracleAnswer ctr_openssl(const Record *record)
{
    return by_openssl(record, EVP_sm4_ctr());
}

static OracleAnswer cbc_openssl(const Record *record)
{
    return by_openssl(record, EVP_sm4_cbc());
}

static OracleAnswer by_gcrypt(const Record *record, GcryptMode mode, size_t iv_len)
{
    CLEANUP(writer_free) Writer plaintext = writer_new(DATA_MAX + 32);
    CLEANUP(writer_free) Writer result = writer_new(DATA_MAX + 32);
    writer_put(&plaintext, record->fields[3]);
    if (mode == GCRYPT_CBC) {
        size_t padding = 16 - plaintext.len % 16;
        writer_put_repeated(&plaintext, (uint8_t)padding, padding);
    }
    gcrypt_sm4(mode, record->fields[0].data, bytes_slice(record->fields[1], 0, iv_len),
               record->fields[2], writer_bytes(&plaintext), &result);
    return record_answer(bytes_equal(record->fields[4], writer_bytes(&result)));
}

static OracleAnswer ctr_gcrypt(const Record *record)
{
    return by_gcrypt(record, GCRYPT_CTR, 16);
}

static OracleAnswer cbc_gcrypt(const Record *record)
{
    return by_gcrypt(record, GCRYPT_CBC, 16);
}

static OracleAnswer gcm_gcrypt(const Record *record)
{
    return by_gcrypt(record, GCRYPT_GCM, 12);
}

static OracleAnswer ccm_gcrypt(const Record *record)
{
    return by_gcrypt(record, GCRYPT_CCM, 12);
}

#define SM4_FIELDS "key iv aad plaintext ciphertext"

const Subject SUBJECTS_SYMMETRIC[] = {
    {"SM3", "message digest", 12, run_digest, digest_openssl, digest_gcrypt},
    {"SM3 of many", "messages lengths digests", 6, run_many, many_openssl, NULL},
    {"HMAC-SM3 and KDF", "key message mac derived", 6, run_keyed, keyed_openssl, keyed_gcrypt},
    {"SM4-CTR", SM4_FIELDS, 6, run_ctr, ctr_openssl, ctr_gcrypt},
    {"SM4-CBC", SM4_FIELDS, 4, run_cbc, cbc_openssl, cbc_gcrypt},
    {"SM4-GCM", SM4_FIELDS, 6, run_gcm, NULL, gcm_gcrypt},
    {"SM4-CCM", SM4_FIELDS, 3, run_ccm, NULL, ccm_gcrypt},
    {0},
};
