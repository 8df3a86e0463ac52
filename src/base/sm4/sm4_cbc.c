// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4.h"
#include "base/sm4/sm4_backend.h"

void sm4_cbc_encrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes plaintext, Writer *ret)
{
    size_t left = plaintext.len % SM4_BLOCK_SIZE, whole = plaintext.len - left;
    uint8_t *blocks = writer_put_space(ret, whole + SM4_BLOCK_SIZE);
    if (blocks == NULL) {
        return;
    }
    uint8_t chain[SM4_BLOCK_SIZE], last[SM4_BLOCK_SIZE];
    memcpy(chain, iv, sizeof chain);
    memset(last, (int)(SM4_BLOCK_SIZE - left), sizeof last);
    if (left > 0) {
        memcpy(last, &plaintext.data[whole], left);
    }
    sm4_chain(sm4, chain, plaintext.data, blocks, whole / SM4_BLOCK_SIZE);
    sm4_chain(sm4, chain, last, &blocks[whole], 1);
    secret_wipe(last, sizeof last);
}

// The length of the PKCS#7 padding, 0 when it is wrong; looks at all bytes of the last block.
static size_t padding_len(const uint8_t last[SM4_BLOCK_SIZE])
{
    unsigned padding = last[SM4_BLOCK_SIZE - 1];
    unsigned wrong = (padding - 1) >> 4;  // not 1 to 16
    for (unsigned i = 0; i < SM4_BLOCK_SIZE; i++) {
        unsigned inside = 0U - ((SM4_BLOCK_SIZE - 1 - i - padding) >> 31);
        wrong |= inside & (last[i] ^ padding);
    }
    return wrong == 0 ? padding : 0;
}

// Decrypt whole blocks, all side by side.
static void decrypt_blocks(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes ciphertext,
                           uint8_t *ret)
{
    Sm4 reversed;
    sm4_reverse_keys(sm4, &reversed);
    sm4_backend()->encrypt(reversed.round_keys, ciphertext.data, ret,
                           ciphertext.len / SM4_BLOCK_SIZE);
    sm4_wipe(&reversed);
    sm4_add(ret, ret, iv, SM4_BLOCK_SIZE);
    sm4_add(&ret[SM4_BLOCK_SIZE], &ret[SM4_BLOCK_SIZE], ciphertext.data,
            ciphertext.len - SM4_BLOCK_SIZE);
}

bool sm4_cbc_decrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes ciphertext,
                     Writer *ret, Error *err)
{
    if (ciphertext.len == 0 || ciphertext.len % SM4_BLOCK_SIZE != 0) {
        return error_set(err, ERROR_INPUT, "sm4.cbc_length", NULL,
                         "%zu bytes are not whole SM4 blocks", ciphertext.len);
    }
    // Into a writer of its own: the limit of `ret` need not have room for the padding.
    CLEANUP(writer_free) Writer plaintext = writer_new(ciphertext.len);
    uint8_t *blocks = writer_put_space(&plaintext, ciphertext.len);
    if (blocks == NULL) {
        return error_memory(err);
    }
    decrypt_blocks(sm4, iv, ciphertext, blocks);
    size_t padding = padding_len(&blocks[ciphertext.len - SM4_BLOCK_SIZE]);
    if (padding == 0) {
        return error_set(err, ERROR_INPUT, "sm4.cbc_padding", "GB/T 17964-2021 6",
                         "the padding of the SM4-CBC plaintext is wrong");
    }
    writer_put(ret, bytes_of(blocks, ciphertext.len - padding));
    return !ret->failed ||
           error_set(err, ERROR_LIMIT, "sm4.limit", NULL, "plaintext exceeds the writer's limit");
}
