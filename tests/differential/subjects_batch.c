// SPDX-License-Identifier: Apache-2.0
//
// Batches: each member as the single operation, and OpenSSL on one of them.
#include <string.h>

#include "../oracle/sm2_openssl.h"
#include "base/crypto/sm2_batch.h"
#include "record.h"

enum { BATCH_MAX = 40, KEYS_MAX = 5 };

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

typedef struct {
    Sm2PrivateKey *keys[KEYS_MAX];
    const Sm2PrivateKey *signers[BATCH_MAX];
    Sm2PublicKey public_keys[BATCH_MAX];
    Sm3Digest e[BATCH_MAX];
    Sm2Signature signatures[BATCH_MAX];
    bool valid[BATCH_MAX];
    size_t count;
} Batch;

// Some keys at the edges, each for several digests; half of the keys are ones that return.
static void draw_batch(Draw *draw, Batch *ret)
{
    Error err = {0};
    for (size_t i = 0; i < KEYS_MAX; i++) {
        uint8_t d[32];
        Draw fixed = draw_start(2, draw_below(draw, 6));
        ret->keys[i] = NULL;
        do {
            draw_scalar(i % 2 == 0 ? draw : &fixed, d);
        } while (!sm2_private_key_new(BYTES_OF_ARRAY(d), &ret->keys[i], &err));
    }
    ret->count = draw_below(draw, BATCH_MAX + 1);
    for (size_t i = 0; i < ret->count; i++) {
        ret->signers[i] = ret->keys[draw_below(draw, KEYS_MAX)];
        ret->public_keys[i] = *sm2_public_key(ret->signers[i]);
        draw_number(draw, ret->e[i].bytes);
    }
}

static void damage(Draw *draw, Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        uint8_t *parts[] = {batch->signatures[i].r, batch->signatures[i].s, batch->e[i].bytes,
                            batch->public_keys[i].point};
        size_t choice = draw_below(draw, 16);
        if (choice < COUNT_OF(parts)) {
            parts[choice][draw_below(draw, 32)] ^= (uint8_t)(1U << draw_below(draw, 8));
        } else if (choice < 6) {
            draw_number(draw, parts[choice - 4]);
        }
    }
}

// Sign all at once and one by one. Levels use up randomness in different orders, so their
// signatures differ; each has to verify, and those made one by one go into the record.
static void sign_batch(Draw *draw, Batch *batch)
{
    Error err = {0};
    Draw other = draw_start(draw_u64(draw), 0);
    record_must(sm2_sign_many(batch->signers, batch->e, batch->count,
                              (Random){fill_from_draw, &other}, batch->signatures, &err));
    for (size_t i = 0; i < batch->count; i++) {
        record_must(sm2_verify_digest(&batch->public_keys[i], &batch->e[i], &batch->signatures[i]));
        record_must(sm2_sign_digest(batch->signers[i], (Random){fill_from_draw, draw}, &batch->e[i],
                                    &batch->signatures[i], &err));
    }
}

// Fields: public keys, digests, signatures, verdicts.
static void run_batch(Draw *draw, Writer *record)
{
    static Batch batch;
    Sm2Claim claims[BATCH_MAX];
    draw_batch(draw, &batch);
    sign_batch(draw, &batch);
    for (size_t i = 0; i < batch.count; i++) {
        claims[i] = (Sm2Claim){&batch.public_keys[i], &batch.e[i], &batch.signatures[i]};
    }
    sm2_verify_many(claims, batch.count, batch.valid);
    for (size_t i = 0; i < batch.count; i++) {
        record_must(batch.valid[i]);
    }
    damage(draw, &batch);
    sm2_verify_many(claims, batch.count, batch.valid);
    for (size_t i = 0; i < batch.count; i++) {
        record_must(batch.valid[i] ==
                    sm2_verify_digest(claims[i].key, claims[i].e, claims[i].signature));
    }
    record_put(record, bytes_of(batch.public_keys, batch.count * sizeof batch.public_keys[0]));
    record_put(record, bytes_of(batch.e, batch.count * sizeof batch.e[0]));
    record_put(record, bytes_of(batch.signatures, batch.count * sizeof batch.signatures[0]));
    record_put(record, bytes_of(batch.valid, batch.count));
    for (size_t i = 0; i < KEYS_MAX; i++) {
        sm2_private_key_free(batch.keys[i]);
    }
}

// One of the batch, another one in every case.
static OracleAnswer batch_openssl(const Record *record)
{
    size_t count = record->fields[3].len;
    if (count == 0) {
        return ORACLE_HAS_NONE;
    }
    size_t i = record->fields[1].data[0] % count;
    bool valid = oracle_verify(oracle(), &record->fields[0].data[i * SM2_POINT_SIZE],
                               &record->fields[1].data[i * SM3_SIZE],
                               &record->fields[2].data[i * sizeof(Sm2Signature)]);
    return record_answer(valid == (record->fields[3].data[i] == 1));
}

static void check_pair(const Sm2PrivateKey *key)
{
    Error err = {0};
    Secret *scalar = NULL;
    uint8_t point[ORACLE_POINT_SIZE];
    record_must(sm2_private_key_scalar(key, &scalar, &err));
    BIGNUM *d = oracle_number_of(secret_expose(scalar).data);
    record_must(oracle_sum(oracle(), d, NULL, NULL, point));
    record_must(bytes_equal(sm2_public_key_bytes(sm2_public_key(key)), BYTES_OF_ARRAY(point)));
    BN_free(d);
    secret_free(scalar);
}

// Keys differ between levels, as signatures do, so OpenSSL is asked here. Field: how many.
static void run_generate(Draw *draw, Writer *record)
{
    Error err = {0};
    Sm2PrivateKey *keys[BATCH_MAX] = {NULL};
    const uint8_t count = (uint8_t)draw_below(draw, BATCH_MAX + 1);
    record_must(sm2_key_generate_many((Random){fill_from_draw, draw}, keys, count, &err));
    for (size_t i = 0; i < count; i++) {
        if (i % 7 == 0) {
            check_pair(keys[i]);
        }
        sm2_private_key_free(keys[i]);
    }
    record_put(record, bytes_of(&count, 1));
}

const Subject SUBJECTS_BATCH[] = {
    {"SM2 batches", "points e signatures valid", 3, run_batch, batch_openssl, NULL},
    {"SM2 keys in batches", "count", 1, run_generate, NULL, NULL},
    {0},
};
