// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4_modes.h"

#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"

static bool check_whole_blocks(Bytes data, Error *err)
{
    return data.len % SM4_BLOCK_SIZE == 0 ||
           error_set(err, ERROR_INPUT, "sm4.length", "GB/T 17964-2021",
                     "%zu bytes are not whole SM4 blocks", data.len);
}

bool sm4_ecb_encrypt(const Sm4 *sm4, Bytes data, uint8_t *ret, Error *err)
{
    if (!check_whole_blocks(data, err)) {
        return false;
    }
    if (data.len > 0) {
        sm4_backend()->encrypt(sm4->round_keys, data.data, ret, data.len / SM4_BLOCK_SIZE);
    }
    return true;
}

bool sm4_ecb_decrypt(const Sm4 *sm4, Bytes data, uint8_t *ret, Error *err)
{
    Sm4 reversed;
    sm4_reverse_keys(sm4, &reversed);
    bool ok = sm4_ecb_encrypt(&reversed, data, ret, err);
    sm4_wipe(&reversed);
    return ok;
}

bool sm4_cbc_encrypt_blocks(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data,
                            uint8_t *ret, Error *err)
{
    uint8_t chain[SM4_BLOCK_SIZE];
    memcpy(chain, iv, sizeof chain);
    if (!check_whole_blocks(data, err)) {
        return false;
    }
    if (data.len > 0) {
        sm4_chain(sm4, chain, data.data, ret, data.len / SM4_BLOCK_SIZE);
    }
    return true;
}

bool sm4_cbc_decrypt_blocks(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data,
                            uint8_t *ret, Error *err)
{
    if (!sm4_ecb_decrypt(sm4, data, ret, err)) {
        return false;
    }
    if (data.len > 0) {
        sm4_add(ret, ret, iv, SM4_BLOCK_SIZE);
        sm4_add(&ret[SM4_BLOCK_SIZE], &ret[SM4_BLOCK_SIZE], data.data, data.len - SM4_BLOCK_SIZE);
    }
    return true;
}

// What is fed back after each block.
typedef enum {
    FEEDBACK_OF_OUTPUT,  // CFB encryption
    FEEDBACK_OF_INPUT,   // CFB decryption
    FEEDBACK_OF_STREAM,  // OFB
} Feedback;

static void apply_feedback(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Feedback feedback,
                           Bytes data, uint8_t *ret)
{
    uint8_t chain[SM4_BLOCK_SIZE], stream[SM4_BLOCK_SIZE];
    memcpy(chain, iv, sizeof chain);
    for (size_t i = 0; i < data.len; i += SM4_BLOCK_SIZE) {
        size_t left = data.len - i;
        size_t len = left < SM4_BLOCK_SIZE ? left : SM4_BLOCK_SIZE;
        sm4_encrypt_block(sm4, chain, stream);
        memcpy(chain, feedback == FEEDBACK_OF_INPUT ? &data.data[i] : stream, len);
        sm4_add(&ret[i], &data.data[i], stream, len);
        if (feedback == FEEDBACK_OF_OUTPUT) {
            memcpy(chain, &ret[i], len);
        }
    }
    secret_wipe(stream, sizeof stream);
    secret_wipe(chain, sizeof chain);
}

void sm4_cfb_encrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    apply_feedback(sm4, iv, FEEDBACK_OF_OUTPUT, data, ret);
}

void sm4_cfb_decrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    apply_feedback(sm4, iv, FEEDBACK_OF_INPUT, data, ret);
}

void sm4_ofb(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret)
{
    apply_feedback(sm4, iv, FEEDBACK_OF_STREAM, data, ret);
}
