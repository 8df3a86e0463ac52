// SPDX-License-Identifier: Apache-2.0
//
// Batches: what lanes do side by side. No peer has them, so each peer does the same one by one.
#include <stdlib.h>
#include <string.h>

#include "base/crypto/sm2_batch.h"
#include "base/crypto/sm2_batch_internal.h"
#include "program/bench_core_operations.h"

// So many different keys sign what is verified, as the certificates of one day do.
enum { KEYS = 64, WARM_UP = 40 };

struct CoreBatch {
    Sm2PrivateKey *keys[KEYS];
    const Sm2PrivateKey *signers[CORE_BATCH];
    Sm3Digest digests[CORE_BATCH];
    Sm2Signature signatures[CORE_BATCH];
    Sm2Claim claims[CORE_BATCH];
    bool results[CORE_BATCH];
};

bool core_batch_open(CoreBatch **ret, Error *err)
{
    CoreBatch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) {
        return error_memory(err);
    }
    *ret = batch;
    if (!sm2_key_generate_many(random_system(), batch->keys, KEYS, err)) {
        return false;
    }
    for (size_t i = 0; i < CORE_BATCH; i++) {
        batch->signers[i] = batch->keys[i % KEYS];
        batch->digests[i] = sm3_digest(bytes_of(&i, sizeof i));
        batch->claims[i] = (Sm2Claim){sm2_public_key(batch->signers[i]), &batch->digests[i],
                                      &batch->signatures[i]};
    }
    return sm2_sign_many(batch->signers, batch->digests, CORE_BATCH, random_system(),
                         batch->signatures, err);
}

void core_batch_close(CoreBatch *batch)
{
    for (size_t i = 0; batch != NULL && i < KEYS; i++) {
        sm2_private_key_free(batch->keys[i]);
    }
    free(batch);
}

static bool sign_many(CoreBench *bench)
{
    Error err = {0};
    Sm2Signature signatures[CORE_BATCH];
    CoreBatch *batch = bench->batch;
    return sm2_sign_many(batch->signers, batch->digests, CORE_BATCH, random_system(), signatures,
                         &err);
}

static bool generate_raw_many(CoreBench *bench)
{
    Error err = {0};
    Scalar d[CORE_BATCH];
    Sm2PublicKey keys[CORE_BATCH];
    (void)bench;
    bool ok = sm2_key_generate_raw_many(random_system(), d, keys, CORE_BATCH, &err);
    secret_wipe(d, sizeof d);
    return ok;
}

static bool generate_many(CoreBench *bench)
{
    Error err = {0};
    Sm2PrivateKey *keys[CORE_BATCH];
    (void)bench;
    if (!sm2_key_generate_many(random_system(), keys, CORE_BATCH, &err)) {
        return false;
    }
    for (size_t i = 0; i < CORE_BATCH; i++) {
        sm2_private_key_free(keys[i]);
    }
    return true;
}

static bool verify_claims(CoreBatch *batch)
{
    bool all = true;
    sm2_verify_many(batch->claims, CORE_BATCH, batch->results);
    for (size_t i = 0; i < CORE_BATCH; i++) {
        all = all && batch->results[i];
    }
    return all;
}

static bool verify_many(CoreBench *bench)
{
    return verify_claims(bench->batch);
}

static bool forget_many(CoreBench *bench)
{
    (void)bench;
    sm2_batch_tables_limit(0);
    return true;
}

// Four keys return; the others are left out.
static bool learn_few(CoreBench *bench)
{
    CoreBatch *batch = bench->batch;
    Error err = {0};
    for (size_t i = 0; i < CORE_BATCH; i++) {
        batch->signers[i] = batch->keys[i % 4];
        batch->claims[i].key = sm2_public_key(batch->signers[i]);
    }
    sm2_batch_tables_limit(SM2_BATCH_TABLES_MAX);
    bool ok = sm2_sign_many(batch->signers, batch->digests, CORE_BATCH, random_system(),
                            batch->signatures, &err);
    for (int i = 0; i < WARM_UP; i++) {
        ok = ok && verify_claims(batch);
    }
    return ok;
}

// A peer's one operation is what it can do of them side by side.
static bool peer_sign_one(const Peer *peer, PeerState *state, CoreBench *bench)
{
    Sm2Signature signature;
    return peer->sign(state, &bench->digest, &signature);
}

static bool peer_generate_one(const Peer *peer, PeerState *state, CoreBench *bench)
{
    (void)bench;
    return peer->generate(state);
}

static bool peer_verify_one(const Peer *peer, PeerState *state, CoreBench *bench)
{
    return peer->verify(state, &bench->digest, &bench->signature);
}

static bool peer_can_sign(const Peer *peer)
{
    return peer->sign != NULL && peer->verify != NULL && peer->generate != NULL;
}

const CoreOperation core_batch_operations[] = {
    {"SM2 sign, batch", NULL, sign_many, peer_sign_one, peer_can_sign, CORE_BATCH, 1, false},
    {"SM2 key pair, batch", NULL, generate_raw_many, peer_generate_one, peer_can_sign, CORE_BATCH,
     1, false},
    {"  the same, checked", NULL, generate_many, NULL, NULL, CORE_BATCH, 0, false},
    {"SM2 verify, new, batch", forget_many, verify_many, peer_verify_one, peer_can_sign, CORE_BATCH,
     1, false},
    {"SM2 verify, known, b.", learn_few, verify_many, peer_verify_one, peer_can_sign, CORE_BATCH, 1,
     false},
};
const size_t core_batch_operation_count = COUNT_OF(core_batch_operations);
