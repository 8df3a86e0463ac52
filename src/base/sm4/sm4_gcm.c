// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4.h"
#include "base/sm4/sm4_backend.h"

enum {
    // Encrypted together with the hash key and the mask of the tag when this is all there is.
    SHORT_BLOCKS = 14,
    // Encrypted, then hashed while they are still in the first cache.
    PIECE_SIZE = 4096,
};

static void ghash_put_padded(const Sm4Backend *backend, Sm4Gcm *gcm, Bytes data)
{
    size_t whole = data.len / SM4_BLOCK_SIZE;
    size_t left = data.len % SM4_BLOCK_SIZE;
    if (whole > 0) {
        backend->ghash(&gcm->key, gcm->state, data.data, whole);
    }
    if (left > 0) {
        uint8_t last[SM4_BLOCK_SIZE] = {0};
        memcpy(last, &data.data[whole * SM4_BLOCK_SIZE], left);
        backend->ghash(&gcm->key, gcm->state, last, 1);
    }
}

// Take the 64-bit length of both parts in and make the tag. Source: NIST SP 800-38D 7.1 steps 5, 6.
static void make_tag(const Sm4Backend *backend, Sm4Gcm *gcm, const uint64_t lens[2],
                     const uint8_t mask[SM4_BLOCK_SIZE], uint8_t ret[SM4_GCM_TAG_SIZE])
{
    uint8_t block[SM4_BLOCK_SIZE];
    sm4_store_u64(block, lens[0] * 8);
    sm4_store_u64(&block[8], lens[1] * 8);
    backend->ghash(&gcm->key, gcm->state, block, 1);
    sm4_store_u64(ret, gcm->state[0] ^ sm4_load_u64(mask));
    sm4_store_u64(&ret[8], gcm->state[1] ^ sm4_load_u64(&mask[8]));
}

// Encrypt or decrypt and hash, a piece at a time.
static void run_pieces(const Sm4Backend *backend, Sm4Gcm *gcm, bool encrypts, Bytes data,
                       uint8_t *ret)
{
    size_t chunks = backend->gcm_encrypt != NULL ? data.len / SM4_GCM_CHUNK_SIZE : 0;
    if (chunks > 0) {
        (encrypts ? backend->gcm_encrypt : backend->gcm_decrypt)(gcm, data.data, ret, chunks);
        ret += chunks * SM4_GCM_CHUNK_SIZE;
        data = bytes_from(data, chunks * SM4_GCM_CHUNK_SIZE);
    }
    for (size_t done = 0; done < data.len; done += PIECE_SIZE) {
        size_t left = data.len - done;
        Bytes piece = bytes_slice(data, done, left < PIECE_SIZE ? left : PIECE_SIZE);
        if (!encrypts) {
            ghash_put_padded(backend, gcm, piece);
        }
        sm4_ctr_with(backend, gcm->round_keys, gcm->counter, piece, &ret[done]);
        if (encrypts) {
            ghash_put_padded(backend, gcm, bytes_of(&ret[done], piece.len));
        }
        sm4_store_u64(&gcm->counter[8],
                      sm4_load_u64(&gcm->counter[8]) + PIECE_SIZE / SM4_BLOCK_SIZE);
    }
}

// A message whose key stream was made together with the hash key.
static void run_short(const Sm4Backend *backend, Sm4Gcm *gcm, bool encrypts, Bytes data,
                      const uint8_t *stream, uint8_t *ret)
{
    if (!encrypts) {
        ghash_put_padded(backend, gcm, data);
    }
    for (size_t i = 0; i < data.len; i++) {
        ret[i] = data.data[i] ^ stream[i];
    }
    if (encrypts) {
        ghash_put_padded(backend, gcm, bytes_of(ret, data.len));
    }
}

// Blocks 0 to `count` - 1 are zero, the first counter block and those that follow it: encrypted,
// the hash key, the mask of the tag and the key stream. Source: NIST SP 800-38D 7.1 steps 1 to 3.
static void fill_first_blocks(const uint8_t nonce[SM4_GCM_NONCE_SIZE], uint8_t *ret, size_t count)
{
    memset(ret, 0, count * SM4_BLOCK_SIZE);
    for (size_t i = 1; i < count; i++) {
        memcpy(&ret[i * SM4_BLOCK_SIZE], nonce, SM4_GCM_NONCE_SIZE);
        ret[i * SM4_BLOCK_SIZE + SM4_BLOCK_SIZE - 1] = (uint8_t)i;
    }
}

void sm4_gcm_run(const Sm4Backend *backend, const Sm4GcmMessage *message, uint8_t *ret,
                 uint8_t ret_tag[SM4_GCM_TAG_SIZE])
{
    const uint32_t *round_keys = message->sm4->round_keys;
    Bytes data = message->data;
    size_t data_blocks = data.len / SM4_BLOCK_SIZE + (data.len % SM4_BLOCK_SIZE != 0);
    size_t count = data_blocks <= SHORT_BLOCKS ? data_blocks + 2 : 2;
    uint8_t first[(SHORT_BLOCKS + 2) * SM4_BLOCK_SIZE];
    fill_first_blocks(message->nonce, first, count);
    Sm4Gcm gcm = {.round_keys = round_keys};
    memcpy(gcm.counter, message->nonce, SM4_GCM_NONCE_SIZE);
    gcm.counter[SM4_BLOCK_SIZE - 1] = 2;
    backend->encrypt(round_keys, first, first, count);
    backend->ghash_init(&gcm.key, first);
    ghash_put_padded(backend, &gcm, message->aad);
    if (data_blocks <= SHORT_BLOCKS) {
        run_short(backend, &gcm, message->encrypts, data, &first[2 * SM4_BLOCK_SIZE], ret);
    } else {
        run_pieces(backend, &gcm, message->encrypts, data, ret);
    }
    const uint64_t lens[2] = {message->aad.len, data.len};
    make_tag(backend, &gcm, lens, &first[SM4_BLOCK_SIZE], ret_tag);
    secret_wipe(&gcm, sizeof gcm);
    secret_wipe(first, count * SM4_BLOCK_SIZE);
}

void sm4_gcm_encrypt(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                     Bytes plaintext, uint8_t *ret, uint8_t ret_tag[SM4_GCM_TAG_SIZE])
{
    sm4_gcm_run(sm4_backend(), &(Sm4GcmMessage){sm4, nonce, aad, plaintext, true}, ret, ret_tag);
}

bool sm4_gcm_decrypt(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                     Bytes ciphertext, const uint8_t tag[SM4_GCM_TAG_SIZE], uint8_t *ret)
{
    uint8_t actual[SM4_GCM_TAG_SIZE];
    sm4_gcm_run(sm4_backend(), &(Sm4GcmMessage){sm4, nonce, aad, ciphertext, false}, ret, actual);
    bool is_genuine = secret_equal(BYTES_OF_ARRAY(actual), bytes_of(tag, SM4_GCM_TAG_SIZE));
    if (!is_genuine) {
        secret_wipe(ret, ciphertext.len);
    }
    secret_wipe(actual, sizeof actual);
    return is_genuine;
}
