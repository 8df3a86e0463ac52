// SPDX-License-Identifier: Apache-2.0
#include "program/bench_core_operations.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"

// Enough good signatures for every cache of tables to have made one.
enum { WARM_UP = 100 };

static const uint8_t nonce[SM4_BLOCK_SIZE] = {1, 2, 3};

static bool sign(CoreBench *bench)
{
    Error err = {0};
    Sm2Signature signature;
    return sm2_sign_digest(bench->key, random_system(), &bench->digest, &signature, &err);
}

static bool peer_sign(const Peer *peer, PeerState *state, CoreBench *bench)
{
    Sm2Signature signature;
    return peer->sign(state, &bench->digest, &signature);
}

static bool peer_can_sign(const Peer *peer)
{
    return peer->sign != NULL;
}

static bool generate(CoreBench *bench)
{
    Error err = {0};
    Sm2KeyPair pair;
    (void)bench;
    bool ok = sm2_key_pair_draw(random_system(), &pair, &err);
    secret_wipe(&pair, sizeof pair);
    return ok;
}

static bool generate_checked(CoreBench *bench)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    (void)bench;
    bool ok = sm2_key_generate(random_system(), &key, &err);
    sm2_private_key_free(key);
    return ok;
}

static bool peer_generate(const Peer *peer, PeerState *state, CoreBench *bench)
{
    (void)bench;
    return peer->generate(state);
}

static bool peer_can_generate(const Peer *peer)
{
    return peer->generate != NULL;
}

static bool forget_keys(CoreBench *bench)
{
    (void)bench;
    sm2_key_tables_limit(0);
    return true;
}

static bool verify(CoreBench *bench)
{
    return sm2_verify_digest(sm2_public_key(bench->key), &bench->digest, &bench->signature);
}

static bool learn_key(CoreBench *bench)
{
    sm2_key_tables_limit(SM2_KEY_TABLES_MAX);
    bool ok = true;
    for (size_t i = 0; i < WARM_UP; i++) {
        ok = ok && verify(bench);
    }
    return ok;
}

static bool peer_verify(const Peer *peer, PeerState *state, CoreBench *bench)
{
    return peer->verify(state, &bench->digest, &bench->signature);
}

static bool peer_can_verify(const Peer *peer)
{
    return peer->verify != NULL;
}

static bool hash_one(CoreBench *bench)
{
    Sm3Digest digest = sm3_digest(bytes_of(bench->block, CORE_BLOCK_SIZE));
    bench->result[0] ^= digest.bytes[0];
    return true;
}

static bool peer_hash_one(const Peer *peer, PeerState *state, CoreBench *bench)
{
    Sm3Digest digest;
    return peer->sm3(state, bytes_of(bench->block, CORE_BLOCK_SIZE), &digest);
}

static bool hash_streams(CoreBench *bench)
{
    Bytes messages[CORE_STREAMS];
    Sm3Digest digests[CORE_STREAMS];
    for (size_t i = 0; i < CORE_STREAMS; i++) {
        messages[i] = bytes_of(&bench->block[i * CORE_BLOCK_SIZE], CORE_BLOCK_SIZE);
    }
    sm3_digest_many(messages, digests, CORE_STREAMS);
    bench->result[0] ^= digests[0].bytes[0];
    return true;
}

static bool peer_hash_streams(const Peer *peer, PeerState *state, CoreBench *bench)
{
    Sm3Digest digest;
    bool ok = true;
    for (size_t i = 0; i < CORE_STREAMS; i++) {
        ok = ok && peer->sm3(state, bytes_of(&bench->block[i * CORE_BLOCK_SIZE], CORE_BLOCK_SIZE),
                             &digest);
    }
    return ok;
}

static bool hash_short(CoreBench *bench)
{
    Bytes messages[CORE_SHORT_COUNT];
    Sm3Digest digests[CORE_SHORT_COUNT];
    for (size_t i = 0; i < CORE_SHORT_COUNT; i++) {
        messages[i] = bytes_of(&bench->block[i * CORE_SHORT_SIZE], CORE_SHORT_SIZE);
    }
    sm3_digest_many(messages, digests, CORE_SHORT_COUNT);
    bench->result[0] ^= digests[0].bytes[0];
    return true;
}

static bool peer_hash_short(const Peer *peer, PeerState *state, CoreBench *bench)
{
    Sm3Digest digest;
    bool ok = true;
    for (size_t i = 0; i < CORE_SHORT_COUNT; i++) {
        ok = ok && peer->sm3(state, bytes_of(&bench->block[i * CORE_SHORT_SIZE], CORE_SHORT_SIZE),
                             &digest);
    }
    return ok;
}

static bool peer_can_hash(const Peer *peer)
{
    return peer->sm3 != NULL;
}

static bool encrypt_ctr(CoreBench *bench)
{
    sm4_ctr(&bench->sm4, nonce, bytes_of(bench->block, CORE_BLOCK_SIZE), bench->result);
    return true;
}

static bool peer_encrypt_ctr(const Peer *peer, PeerState *state, CoreBench *bench)
{
    return peer->sm4_ctr(state, nonce, bytes_of(bench->block, CORE_BLOCK_SIZE), bench->result);
}

static bool peer_can_ctr(const Peer *peer)
{
    return peer->sm4_ctr != NULL;
}

static bool encrypt_gcm(CoreBench *bench)
{
    uint8_t tag[SM4_GCM_TAG_SIZE];
    sm4_gcm_encrypt(&bench->sm4, nonce, BYTES_EMPTY, bytes_of(bench->block, CORE_BLOCK_SIZE),
                    bench->result, tag);
    bench->result[0] ^= tag[0];
    return true;
}

static bool peer_encrypt_gcm(const Peer *peer, PeerState *state, CoreBench *bench)
{
    uint8_t tag[SM4_GCM_TAG_SIZE];
    return peer->sm4_gcm(state, nonce, bytes_of(bench->block, CORE_BLOCK_SIZE), bench->result, tag);
}

static bool peer_can_gcm(const Peer *peer)
{
    return peer->sm4_gcm != NULL;
}

const CoreOperation core_operations[] = {
    {"SM2 sign", NULL, sign, peer_sign, peer_can_sign, 1, 1, false},
    {"SM2 key pair", NULL, generate, peer_generate, peer_can_generate, 1, 1, false},
    {"  the same, checked", NULL, generate_checked, NULL, NULL, 1, 0, false},
    {"SM2 verify, new key", forget_keys, verify, peer_verify, peer_can_verify, 1, 1, false},
    {"SM2 verify, known key", learn_key, verify, peer_verify, peer_can_verify, 1, 1, false},
    {"SM3, 16 KiB", NULL, hash_one, peer_hash_one, peer_can_hash, CORE_BLOCK_SIZE, CORE_BLOCK_SIZE,
     true},
    {"SM3, 32 x 16 KiB", NULL, hash_streams, peer_hash_streams, peer_can_hash,
     CORE_STREAMS *CORE_BLOCK_SIZE, CORE_BLOCK_SIZE, true},
    {"SM3 of 65 bytes, many", NULL, hash_short, peer_hash_short, peer_can_hash, CORE_SHORT_COUNT,
     CORE_SHORT_COUNT, false},
    {"SM4-CTR, 16 KiB", NULL, encrypt_ctr, peer_encrypt_ctr, peer_can_ctr, CORE_BLOCK_SIZE,
     CORE_BLOCK_SIZE, true},
    {"SM4-GCM, 16 KiB", NULL, encrypt_gcm, peer_encrypt_gcm, peer_can_gcm, CORE_BLOCK_SIZE,
     CORE_BLOCK_SIZE, true},
};

const size_t core_operation_count = COUNT_OF(core_operations);

static bool take_keys(CoreBench *bench, Error *err)
{
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    if (!sm2_key_generate(random_system(), &bench->key, err) ||
        !sm2_private_key_scalar(bench->key, &scalar, err) ||
        !sm2_sign_digest(bench->key, random_system(), &bench->digest, &bench->signature, err) ||
        !random_fill(random_system(), bench->keys.sm4_key, SM4_KEY_SIZE, err)) {
        return false;
    }
    memcpy(bench->keys.d, secret_expose(scalar).data, sizeof bench->keys.d);
    bench->keys.public_key = *sm2_public_key(bench->key);
    sm4_init(&bench->sm4, bench->keys.sm4_key);
    return true;
}

bool core_bench_open(CoreBench **ret, Error *err)
{
    CLEANUP(core_bench_close) CoreBench *bench = aligned_alloc(_Alignof(CoreBench), sizeof *bench);
    if (bench == NULL) {
        return error_memory(err);
    }
    memset(bench, 0, sizeof *bench);
    bench->digest = sm3_digest(BYTES_LITERAL("bench"));
    for (size_t i = 0; i < sizeof bench->block; i++) {
        bench->block[i] = (uint8_t)(i * 7 + i / 251);
    }
    if (!take_keys(bench, err) || !core_batch_open(&bench->batch, err)) {
        return false;
    }
    for (size_t i = 0; i < PEER_COUNT; i++) {
        bench->peers[i] = PEERS[i]->open(&bench->keys);
    }
    *ret = bench;
    bench = NULL;
    return true;
}

void core_bench_close(CoreBench **bench)
{
    if (*bench == NULL) {
        return;
    }
    for (size_t i = 0; i < PEER_COUNT; i++) {
        if ((*bench)->peers[i] != NULL) {
            PEERS[i]->close((*bench)->peers[i]);
        }
    }
    core_batch_close((*bench)->batch);
    sm2_private_key_free((*bench)->key);
    free(*bench);
    *bench = NULL;
}
