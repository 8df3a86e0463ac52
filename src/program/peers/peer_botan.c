// SPDX-License-Identifier: Apache-2.0
//
// Botan 2.19, with prototypes after the manual of its C interface.
#include <stdlib.h>
#include <string.h>

#include "program/peers/peer_library.h"
#include "program/peers/peers.h"

typedef void *Handle;

enum { SIGNATURE_SIZE = 2 * SM2_SCALAR_SIZE, FLAG_FINAL = 1 };

typedef struct {
    const char *(*version)(void);
    int (*rng_init)(Handle *ret, const char *kind);
    int (*rng_destroy)(Handle rng);
    int (*mp_init)(Handle *ret);
    int (*mp_destroy)(Handle number);
    int (*mp_from_bin)(Handle number, const uint8_t *bytes, size_t len);
    int (*privkey_load_sm2)(Handle *ret, Handle scalar, const char *curve);
    int (*privkey_create)(Handle *ret, const char *algorithm, const char *curve, Handle rng);
    int (*privkey_export_pubkey)(Handle *ret, Handle key);
    int (*privkey_destroy)(Handle key);
    int (*pubkey_destroy)(Handle key);
    int (*sign_create)(Handle *ret, Handle key, const char *hash, uint32_t flags);
    int (*sign_update)(Handle operation, const uint8_t *data, size_t len);
    int (*sign_finish)(Handle operation, Handle rng, uint8_t *ret, size_t *len);
    int (*sign_destroy)(Handle operation);
    int (*verify_create)(Handle *ret, Handle key, const char *hash, uint32_t flags);
    int (*verify_update)(Handle operation, const uint8_t *data, size_t len);
    int (*verify_finish)(Handle operation, const uint8_t *signature, size_t len);
    int (*verify_destroy)(Handle operation);
    int (*hash_init)(Handle *ret, const char *name, uint32_t flags);
    int (*hash_update)(Handle hash, const uint8_t *data, size_t len);
    int (*hash_final)(Handle hash, uint8_t *ret);
    int (*hash_destroy)(Handle hash);
    int (*cipher_init)(Handle *ret, const char *name, uint32_t flags);
    int (*cipher_set_key)(Handle cipher, const uint8_t *key, size_t len);
    int (*cipher_reset)(Handle cipher);
    int (*cipher_start)(Handle cipher, const uint8_t *nonce, size_t len);
    int (*cipher_update)(Handle cipher, uint32_t flags, uint8_t *ret, size_t ret_size,
                         size_t *ret_len, const uint8_t *data, size_t len, size_t *consumed);
    int (*cipher_destroy)(Handle cipher);
} Functions;

static const PeerSymbol symbols[] = {
    {"botan_version_string", offsetof(Functions, version)},
    {"botan_rng_init", offsetof(Functions, rng_init)},
    {"botan_rng_destroy", offsetof(Functions, rng_destroy)},
    {"botan_mp_init", offsetof(Functions, mp_init)},
    {"botan_mp_destroy", offsetof(Functions, mp_destroy)},
    {"botan_mp_from_bin", offsetof(Functions, mp_from_bin)},
    {"botan_privkey_load_sm2", offsetof(Functions, privkey_load_sm2)},
    {"botan_privkey_create", offsetof(Functions, privkey_create)},
    {"botan_privkey_export_pubkey", offsetof(Functions, privkey_export_pubkey)},
    {"botan_privkey_destroy", offsetof(Functions, privkey_destroy)},
    {"botan_pubkey_destroy", offsetof(Functions, pubkey_destroy)},
    {"botan_pk_op_sign_create", offsetof(Functions, sign_create)},
    {"botan_pk_op_sign_update", offsetof(Functions, sign_update)},
    {"botan_pk_op_sign_finish", offsetof(Functions, sign_finish)},
    {"botan_pk_op_sign_destroy", offsetof(Functions, sign_destroy)},
    {"botan_pk_op_verify_create", offsetof(Functions, verify_create)},
    {"botan_pk_op_verify_update", offsetof(Functions, verify_update)},
    {"botan_pk_op_verify_finish", offsetof(Functions, verify_finish)},
    {"botan_pk_op_verify_destroy", offsetof(Functions, verify_destroy)},
    {"botan_hash_init", offsetof(Functions, hash_init)},
    {"botan_hash_update", offsetof(Functions, hash_update)},
    {"botan_hash_final", offsetof(Functions, hash_final)},
    {"botan_hash_destroy", offsetof(Functions, hash_destroy)},
    {"botan_cipher_init", offsetof(Functions, cipher_init)},
    {"botan_cipher_set_key", offsetof(Functions, cipher_set_key)},
    {"botan_cipher_reset", offsetof(Functions, cipher_reset)},
    {"botan_cipher_start", offsetof(Functions, cipher_start)},
    {"botan_cipher_update", offsetof(Functions, cipher_update)},
    {"botan_cipher_destroy", offsetof(Functions, cipher_destroy)},
};

struct PeerState {
    Functions call;
    Handle rng, private_key, public_key, sign, verify, hash, ctr, gcm;
};

static void peer_close(PeerState *state)
{
    const Functions *call = &state->call;
    call->sign_destroy(state->sign);
    call->verify_destroy(state->verify);
    call->pubkey_destroy(state->public_key);
    call->privkey_destroy(state->private_key);
    call->hash_destroy(state->hash);
    call->cipher_destroy(state->ctr);
    call->cipher_destroy(state->gcm);
    call->rng_destroy(state->rng);
    free(state);
}

static bool load_key(PeerState *state, const uint8_t d[SM2_SCALAR_SIZE])
{
    const Functions *call = &state->call;
    Handle scalar = NULL;
    bool ok = call->mp_init(&scalar) == 0 && call->mp_from_bin(scalar, d, SM2_SCALAR_SIZE) == 0 &&
              call->privkey_load_sm2(&state->private_key, scalar, "sm2p256v1") == 0 &&
              call->privkey_export_pubkey(&state->public_key, state->private_key) == 0;
    call->mp_destroy(scalar);
    // "Raw": what is given to sign is e itself.
    return ok && call->sign_create(&state->sign, state->private_key, ",Raw", 0) == 0 &&
           call->verify_create(&state->verify, state->public_key, ",Raw", 0) == 0;
}

static PeerState *peer_open(const PeerKeys *keys)
{
    PeerState *state = calloc(1, sizeof *state);
    if (state == NULL ||
        peer_library_open("libbotan-2.so.19", symbols, COUNT_OF(symbols), &state->call) == NULL) {
        free(state);
        return NULL;
    }
    const Functions *call = &state->call;
    bool ok = call->rng_init(&state->rng, "user") == 0 && load_key(state, keys->d) &&
              call->hash_init(&state->hash, "SM3", 0) == 0 &&
              call->cipher_init(&state->ctr, "CTR-BE(SM4)", 0) == 0 &&
              call->cipher_set_key(state->ctr, keys->sm4_key, SM4_KEY_SIZE) == 0 &&
              call->cipher_init(&state->gcm, "SM4/GCM", 0) == 0 &&
              call->cipher_set_key(state->gcm, keys->sm4_key, SM4_KEY_SIZE) == 0;
    if (!ok) {
        peer_close(state);
        return NULL;
    }
    return state;
}

static const char *peer_version(const PeerState *state)
{
    return state->call.version();
}

static bool peer_sign(PeerState *state, const Sm3Digest *e, Sm2Signature *ret)
{
    uint8_t signature[SIGNATURE_SIZE];
    size_t len = sizeof signature;
    bool ok = state->call.sign_update(state->sign, e->bytes, SM3_SIZE) == 0 &&
              state->call.sign_finish(state->sign, state->rng, signature, &len) == 0 &&
              len == sizeof signature;
    if (ok) {
        memcpy(ret->r, signature, sizeof ret->r);
        memcpy(ret->s, &signature[SM2_SCALAR_SIZE], sizeof ret->s);
    }
    return ok;
}

static bool peer_verify(PeerState *state, const Sm3Digest *e, const Sm2Signature *signature)
{
    uint8_t both[SIGNATURE_SIZE];
    memcpy(both, signature->r, sizeof signature->r);
    memcpy(&both[SM2_SCALAR_SIZE], signature->s, sizeof signature->s);
    return state->call.verify_update(state->verify, e->bytes, SM3_SIZE) == 0 &&
           state->call.verify_finish(state->verify, both, sizeof both) == 0;
}

static bool peer_generate(PeerState *state)
{
    Handle key = NULL;
    bool ok = state->call.privkey_create(&key, "SM2", "sm2p256v1", state->rng) == 0;
    state->call.privkey_destroy(key);
    return ok;
}

static bool peer_sm3(PeerState *state, Bytes message, Sm3Digest *ret)
{
    return state->call.hash_update(state->hash, message.data, message.len) == 0 &&
           state->call.hash_final(state->hash, ret->bytes) == 0;
}

// One whole message; a mode that makes a tag appends it.
static bool encrypt(const PeerState *state, Handle cipher, Bytes nonce, Bytes data, uint8_t *ret,
                    size_t ret_size)
{
    size_t written = 0, consumed = 0;
    return state->call.cipher_reset(cipher) == 0 &&
           state->call.cipher_start(cipher, nonce.data, nonce.len) == 0 &&
           state->call.cipher_update(cipher, FLAG_FINAL, ret, ret_size, &written, data.data,
                                     data.len, &consumed) == 0 &&
           written == ret_size;
}

static bool peer_sm4_ctr(PeerState *state, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data,
                         uint8_t *ret)
{
    return encrypt(state, state->ctr, bytes_of(counter, SM4_BLOCK_SIZE), data, ret, data.len);
}

static bool peer_sm4_gcm(PeerState *state, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes data,
                         uint8_t *ret, uint8_t ret_tag[SM4_GCM_TAG_SIZE])
{
    uint8_t *sealed = malloc(data.len + SM4_GCM_TAG_SIZE);
    bool ok = sealed != NULL && encrypt(state, state->gcm, bytes_of(nonce, SM4_GCM_NONCE_SIZE),
                                        data, sealed, data.len + SM4_GCM_TAG_SIZE);
    if (ok) {
        memcpy(ret, sealed, data.len);
        memcpy(ret_tag, &sealed[data.len], SM4_GCM_TAG_SIZE);
    }
    free(sealed);
    return ok;
}

const Peer PEER_BOTAN = {.name = "Botan",
                         .open = peer_open,
                         .close = peer_close,
                         .version = peer_version,
                         .sign = peer_sign,
                         .verify = peer_verify,
                         .generate = peer_generate,
                         .sm3 = peer_sm3,
                         .sm4_ctr = peer_sm4_ctr,
                         .sm4_gcm = peer_sm4_gcm};
