// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4.h"
#include "base/sm4/sm4_backend.h"

enum {
    NONCE_SIZE = 12,
    TAG_SIZE = 16,
    LENGTH_SIZE = 3,  // 15 - NONCE_SIZE: at most 2^24 - 1 bytes of data
    CCM_MAX_SIZE = (1 << 24) - 1,
    SHORT_AAD_MAX = 0xfeff,
};

typedef struct {
    const Sm4 *sm4;
    uint8_t state[SM4_BLOCK_SIZE];
    size_t held;  // bytes of the current block that are already in
} CbcMac;

static void mac_flush(CbcMac *mac)
{
    if (mac->held > 0) {
        sm4_encrypt_block(mac->sm4, mac->state, mac->state);
        mac->held = 0;
    }
}

static void mac_put(CbcMac *mac, Bytes data)
{
    for (; data.len > 0 && mac->held > 0; data = bytes_from(data, 1)) {
        mac->state[mac->held++] ^= data.data[0];
        if (mac->held == SM4_BLOCK_SIZE) {
            mac_flush(mac);
        }
    }
    size_t left = data.len % SM4_BLOCK_SIZE, whole = data.len - left;
    if (whole > 0) {
        sm4_chain(mac->sm4, mac->state, data.data, NULL, whole / SM4_BLOCK_SIZE);
    }
    if (left > 0) {
        sm4_add(mac->state, mac->state, &data.data[whole], left);
        mac->held = left;
    }
}

static void mac_put_aad(CbcMac *mac, Bytes aad)
{
    if (aad.len == 0) {
        return;
    }
    uint8_t len[6] = {0xff, 0xfe};
    for (size_t i = 0; i < 4; i++) {
        len[2 + i] = (uint8_t)(aad.len >> (24 - 8 * i));
    }
    mac_put(mac, aad.len <= SHORT_AAD_MAX ? bytes_of(&len[4], 2) : BYTES_OF_ARRAY(len));
    mac_put(mac, aad);
    mac_flush(mac);
}

// Counter block: flags, nonce, number. Source: RFC 3610 2.3.
static void set_counter(const uint8_t nonce[NONCE_SIZE], uint8_t number,
                        uint8_t ret[SM4_BLOCK_SIZE])
{
    memset(ret, 0, SM4_BLOCK_SIZE);
    ret[0] = LENGTH_SIZE - 1;
    memcpy(&ret[1], nonce, NONCE_SIZE);
    ret[SM4_BLOCK_SIZE - 1] = number;
}

// Source: RFC 3610 2.2.
static void compute_tag(const Sm4 *sm4, const uint8_t nonce[NONCE_SIZE], Bytes aad, Bytes plaintext,
                        uint8_t ret[TAG_SIZE])
{
    uint8_t block[SM4_BLOCK_SIZE];
    block[0] = (uint8_t)((aad.len > 0 ? 0x40 : 0) | (TAG_SIZE - 2) / 2 << 3 | (LENGTH_SIZE - 1));
    memcpy(&block[1], nonce, NONCE_SIZE);
    for (size_t i = 0; i < LENGTH_SIZE; i++) {
        block[1 + NONCE_SIZE + i] = (uint8_t)(plaintext.len >> (16 - 8 * i));
    }
    CbcMac mac = {.sm4 = sm4};
    mac_put(&mac, BYTES_OF_ARRAY(block));
    mac_put_aad(&mac, aad);
    mac_put(&mac, plaintext);
    mac_flush(&mac);
    set_counter(nonce, 0, block);
    sm4_ctr(sm4, block, BYTES_OF_ARRAY(mac.state), ret);
    secret_wipe(&mac, sizeof mac);
}

static bool sizes_fit(Bytes aad, size_t data_len)
{
    return data_len <= CCM_MAX_SIZE && aad.len <= UINT32_MAX;
}

void sm4_ccm_seal(const Sm4 *sm4, const uint8_t nonce[NONCE_SIZE], Bytes aad, Bytes plaintext,
                  Writer *ret)
{
    size_t start = ret->len;
    ret->failed |= !sizes_fit(aad, plaintext.len);
    writer_put(ret, plaintext);
    if (ret->failed) {
        return;
    }
    uint8_t counter[SM4_BLOCK_SIZE], tag[TAG_SIZE];
    compute_tag(sm4, nonce, aad, plaintext, tag);
    set_counter(nonce, 1, counter);
    if (plaintext.len > 0) {
        sm4_ctr(sm4, counter, bytes_from(writer_bytes(ret), start), &ret->data[start]);
    }
    writer_put(ret, BYTES_OF_ARRAY(tag));
}

bool sm4_ccm_open(const Sm4 *sm4, const uint8_t nonce[NONCE_SIZE], Bytes aad, Bytes sealed,
                  Writer *ret, Error *err)
{
    size_t len = sealed.len < TAG_SIZE ? 0 : sealed.len - TAG_SIZE;
    CLEANUP(writer_free) Writer plaintext = writer_new(len);
    writer_put(&plaintext, bytes_slice(sealed, 0, len));
    if (plaintext.failed) {
        return error_memory(err);
    }
    uint8_t counter[SM4_BLOCK_SIZE], tag[TAG_SIZE];
    set_counter(nonce, 1, counter);
    if (len > 0) {
        sm4_ctr(sm4, counter, writer_bytes(&plaintext), plaintext.data);
    }
    compute_tag(sm4, nonce, aad, writer_bytes(&plaintext), tag);
    if (!sizes_fit(aad, len) || !secret_equal(bytes_from(sealed, len), BYTES_OF_ARRAY(tag))) {
        return error_set(err, ERROR_UNTRUSTED, "sm4.ccm_tag", "RFC 3610 2.5",
                         "the SM4-CCM tag does not match");
    }
    writer_put(ret, writer_bytes(&plaintext));
    return !ret->failed ||
           error_set(err, ERROR_LIMIT, "sm4.limit", NULL, "plaintext exceeds the writer's limit");
}
