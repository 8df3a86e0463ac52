// SPDX-License-Identifier: Apache-2.0
//
// libgcrypt 1.10, with prototypes after its manual.
#include <stdlib.h>
#include <string.h>

#include "program/peers/peer_library.h"
#include "program/peers/peers.h"

typedef void *Sexp;
typedef void *CipherHandle;

// Values of gcrypt.h.
enum {
    DISABLE_SECMEM = 37,
    INITIALIZATION_FINISHED = 38,
    CIPHER_SM4 = 318,
    MODE_CTR = 6,
    MODE_GCM = 9,
    MD_SM3 = 326,
};

typedef struct {
    const char *(*check_version)(const char *wanted);
    unsigned (*control)(int command, ...);
    unsigned (*sexp_build)(Sexp *ret, size_t *error_offset, const char *format, ...);
    void (*sexp_release)(Sexp sexp);
    Sexp (*sexp_find_token)(Sexp list, const char *token, size_t len);
    const char *(*sexp_nth_data)(Sexp list, int number, size_t *len);
    unsigned (*pk_sign)(Sexp *ret, Sexp data, Sexp key);
    unsigned (*pk_verify)(Sexp signature, Sexp data, Sexp key);
    unsigned (*pk_genkey)(Sexp *ret, Sexp parameters);
    void (*hash_buffer)(int algorithm, void *digest, const void *buffer, size_t len);
    unsigned (*cipher_open)(CipherHandle *ret, int algorithm, int mode, unsigned flags);
    void (*cipher_close)(CipherHandle handle);
    unsigned (*cipher_setkey)(CipherHandle handle, const void *key, size_t len);
    unsigned (*cipher_setiv)(CipherHandle handle, const void *iv, size_t len);
    unsigned (*cipher_setctr)(CipherHandle handle, const void *counter, size_t len);
    unsigned (*cipher_encrypt)(CipherHandle handle, void *ret, size_t ret_len, const void *data,
                               size_t len);
    unsigned (*cipher_gettag)(CipherHandle handle, void *tag, size_t len);
} Functions;

static const PeerSymbol symbols[] = {
    {"gcry_check_version", offsetof(Functions, check_version)},
    {"gcry_control", offsetof(Functions, control)},
    {"gcry_sexp_build", offsetof(Functions, sexp_build)},
    {"gcry_sexp_release", offsetof(Functions, sexp_release)},
    {"gcry_sexp_find_token", offsetof(Functions, sexp_find_token)},
    {"gcry_sexp_nth_data", offsetof(Functions, sexp_nth_data)},
    {"gcry_pk_sign", offsetof(Functions, pk_sign)},
    {"gcry_pk_verify", offsetof(Functions, pk_verify)},
    {"gcry_pk_genkey", offsetof(Functions, pk_genkey)},
    {"gcry_md_hash_buffer", offsetof(Functions, hash_buffer)},
    {"gcry_cipher_open", offsetof(Functions, cipher_open)},
    {"gcry_cipher_close", offsetof(Functions, cipher_close)},
    {"gcry_cipher_setkey", offsetof(Functions, cipher_setkey)},
    {"gcry_cipher_setiv", offsetof(Functions, cipher_setiv)},
    {"gcry_cipher_setctr", offsetof(Functions, cipher_setctr)},
    {"gcry_cipher_encrypt", offsetof(Functions, cipher_encrypt)},
    {"gcry_cipher_gettag", offsetof(Functions, cipher_gettag)},
};

struct PeerState {
    Functions call;
    Sexp private_key, public_key, parameters;
    CipherHandle ctr, gcm;
};

static void peer_close(PeerState *state)
{
    state->call.sexp_release(state->private_key);
    state->call.sexp_release(state->public_key);
    state->call.sexp_release(state->parameters);
    state->call.cipher_close(state->ctr);
    state->call.cipher_close(state->gcm);
    free(state);
}

static bool prepare(PeerState *state, const PeerKeys *keys)
{
    const Functions *call = &state->call;
    const int point_len = sizeof keys->public_key.point, d_len = sizeof keys->d;
    return call->sexp_build(&state->private_key, NULL,
                            "(private-key(ecc(curve sm2p256v1)(q %b)(d %b)))", point_len,
                            keys->public_key.point, d_len, keys->d) == 0 &&
           call->sexp_build(&state->public_key, NULL, "(public-key(ecc(curve sm2p256v1)(q %b)))",
                            point_len, keys->public_key.point) == 0 &&
           call->sexp_build(&state->parameters, NULL, "(genkey(ecc(curve sm2p256v1)))") == 0 &&
           call->cipher_open(&state->ctr, CIPHER_SM4, MODE_CTR, 0) == 0 &&
           call->cipher_setkey(state->ctr, keys->sm4_key, SM4_KEY_SIZE) == 0 &&
           call->cipher_open(&state->gcm, CIPHER_SM4, MODE_GCM, 0) == 0 &&
           call->cipher_setkey(state->gcm, keys->sm4_key, SM4_KEY_SIZE) == 0;
}

static PeerState *peer_open(const PeerKeys *keys)
{
    PeerState *state = calloc(1, sizeof *state);
    if (state == NULL ||
        peer_library_open("libgcrypt.so.20", symbols, COUNT_OF(symbols), &state->call) == NULL) {
        free(state);
        return NULL;
    }
    (void)state->call.check_version(NULL);
    (void)state->call.control(DISABLE_SECMEM, 0);
    (void)state->call.control(INITIALIZATION_FINISHED, 0);
    if (!prepare(state, keys)) {
        peer_close(state);
        return NULL;
    }
    return state;
}

static const char *peer_version(const PeerState *state)
{
    return state->call.check_version(NULL);
}

static bool build_data(const PeerState *state, const Sm3Digest *e, Sexp *ret)
{
    return state->call.sexp_build(ret, NULL, "(data(flags sm2)(hash sm3 %b))", SM3_SIZE,
                                  e->bytes) == 0;
}

// Copy a number of up to 32 bytes, which may come with a zero before it, to the end of `ret`.
static bool take_number(const PeerState *state, Sexp signature, const char *name,
                        uint8_t ret[SM2_SCALAR_SIZE])
{
    size_t len = 0;
    Sexp token = state->call.sexp_find_token(signature, name, 1);
    const char *data = token == NULL ? NULL : state->call.sexp_nth_data(token, 1, &len);
    bool ok = data != NULL && len <= SM2_SCALAR_SIZE + 1;
    if (ok) {
        const size_t skipped = len > SM2_SCALAR_SIZE ? 1 : 0;
        memset(ret, 0, SM2_SCALAR_SIZE);
        memcpy(&ret[SM2_SCALAR_SIZE - (len - skipped)], &data[skipped], len - skipped);
    }
    state->call.sexp_release(token);
    return ok;
}

static bool peer_sign(PeerState *state, const Sm3Digest *e, Sm2Signature *ret)
{
    Sexp data = NULL, signature = NULL;
    bool ok = build_data(state, e, &data) &&
              state->call.pk_sign(&signature, data, state->private_key) == 0 &&
              take_number(state, signature, "r", ret->r) &&
              take_number(state, signature, "s", ret->s);
    state->call.sexp_release(data);
    state->call.sexp_release(signature);
    return ok;
}

static bool peer_verify(PeerState *state, const Sm3Digest *e, const Sm2Signature *signature)
{
    Sexp data = NULL, built = NULL;
    bool ok = build_data(state, e, &data) &&
              state->call.sexp_build(&built, NULL, "(sig-val(sm2(r %b)(s %b)))", SM2_SCALAR_SIZE,
                                     signature->r, SM2_SCALAR_SIZE, signature->s) == 0 &&
              state->call.pk_verify(built, data, state->public_key) == 0;
    state->call.sexp_release(data);
    state->call.sexp_release(built);
    return ok;
}

static bool peer_generate(PeerState *state)
{
    Sexp key = NULL;
    bool ok = state->call.pk_genkey(&key, state->parameters) == 0;
    state->call.sexp_release(key);
    return ok;
}

static bool peer_sm3(PeerState *state, Bytes message, Sm3Digest *ret)
{
    state->call.hash_buffer(MD_SM3, ret->bytes, message.data, message.len);
    return true;
}

static bool peer_sm4_ctr(PeerState *state, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data,
                         uint8_t *ret)
{
    return state->call.cipher_setctr(state->ctr, counter, SM4_BLOCK_SIZE) == 0 &&
           state->call.cipher_encrypt(state->ctr, ret, data.len, data.data, data.len) == 0;
}

static bool peer_sm4_gcm(PeerState *state, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes data,
                         uint8_t *ret, uint8_t ret_tag[SM4_GCM_TAG_SIZE])
{
    return state->call.cipher_setiv(state->gcm, nonce, SM4_GCM_NONCE_SIZE) == 0 &&
           state->call.cipher_encrypt(state->gcm, ret, data.len, data.data, data.len) == 0 &&
           state->call.cipher_gettag(state->gcm, ret_tag, SM4_GCM_TAG_SIZE) == 0;
}

const Peer PEER_LIBGCRYPT = {.name = "libgcrypt",
                             .open = peer_open,
                             .close = peer_close,
                             .version = peer_version,
                             .sign = peer_sign,
                             .verify = peer_verify,
                             .generate = peer_generate,
                             .sm3 = peer_sm3,
                             .sm4_ctr = peer_sm4_ctr,
                             .sm4_gcm = peer_sm4_gcm};
