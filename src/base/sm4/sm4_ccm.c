// SPDX-License-Identifier: Apache-2.0
//
// CCM. L, the length of the length, is what the nonce leaves of 15 bytes.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_aead_mode.h"
#include "base/sm4/sm4_backend.h"

enum { USUAL_NONCE_SIZE = 12, USUAL_TAG_SIZE = 16 };

static bool ccm_fits(const Sm4AeadParameters *parameters)
{
    return parameters->nonce.len >= SM4_CCM_NONCE_MIN &&
           parameters->nonce.len <= SM4_CCM_NONCE_MAX && parameters->tag_len >= SM4_CCM_TAG_MIN &&
           parameters->tag_len <= SM4_AEAD_TAG_MAX && parameters->tag_len % 2 == 0 &&
           parameters->aad.len <= UINT32_MAX;
}

static uint64_t ccm_max_size(const Sm4AeadParameters *parameters)
{
    size_t len_size = 15 - parameters->nonce.len;
    return len_size >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * len_size) - 1;
}

// Counter block: flags, nonce, number. Source: RFC 3610 2.3.
static void ccm_counter(Bytes nonce, uint8_t number, uint8_t ret[SM4_BLOCK_SIZE])
{
    memset(ret, 0, SM4_BLOCK_SIZE);
    ret[0] = (uint8_t)(15 - nonce.len - 1);
    memcpy(&ret[1], nonce.data, nonce.len);
    ret[SM4_BLOCK_SIZE - 1] = number;
}

static void ccm_mask(const Sm4 *sm4, const Sm4AeadParameters *parameters, uint8_t *data, size_t len)
{
    uint8_t counter[SM4_BLOCK_SIZE];
    ccm_counter(parameters->nonce, 1, counter);
    if (len > 0) {
        sm4_ctr(sm4, counter, bytes_of(data, len), data);
    }
}

typedef struct {
    const Sm4 *sm4;
    uint8_t state[SM4_BLOCK_SIZE];
    size_t held;  // bytes of the current block that are already in
} CbcMac;

// Fill up with zeros.
static void mac_pad(CbcMac *mac)
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
            mac_pad(mac);
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

// The length of the additional data, and these. Source: RFC 3610 2.2.
static void mac_put_aad(CbcMac *mac, Bytes aad)
{
    uint8_t len[6] = {0xff, 0xfe};
    for (size_t i = 0; i < 4; i++) {
        len[2 + i] = (uint8_t)((uint64_t)aad.len >> (24 - 8 * i));
    }
    if (aad.len > 0) {
        mac_put(mac, aad.len < 0xff00 ? bytes_of(&len[4], 2) : BYTES_OF_ARRAY(len));
        mac_put(mac, aad);
        mac_pad(mac);
    }
}

static void ccm_tag(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                    uint8_t ret[SM4_AEAD_TAG_MAX])
{
    const size_t len_size = 15 - parameters->nonce.len;
    CbcMac mac = {.sm4 = sm4};
    uint8_t block[SM4_BLOCK_SIZE];
    uint64_t len = plaintext.len;
    const size_t has_aad = parameters->aad.len > 0;
    block[0] = (uint8_t)(has_aad << 6 | (parameters->tag_len - 2) / 2 << 3 | (len_size - 1));
    memcpy(&block[1], parameters->nonce.data, parameters->nonce.len);
    for (size_t i = 0; i < len_size; i++) {
        block[SM4_BLOCK_SIZE - 1 - i] = (uint8_t)(len >> 8 * i);
    }
    mac_put(&mac, BYTES_OF_ARRAY(block));
    mac_put_aad(&mac, parameters->aad);
    mac_put(&mac, plaintext);
    mac_pad(&mac);
    ccm_counter(parameters->nonce, 0, block);
    sm4_ctr(sm4, block, BYTES_OF_ARRAY(mac.state), ret);
    secret_wipe(&mac, sizeof mac);
}

static const Sm4AeadMode ccm = {ccm_fits, ccm_max_size,  ccm_mask,      ccm_tag,
                                false,    "sm4.ccm_tag", "RFC 3610 2.5"};

bool sm4_ccm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err)
{
    return sm4_aead_seal(&ccm, sm4, parameters, plaintext, ret, err);
}

bool sm4_ccm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err)
{
    return sm4_aead_open(&ccm, sm4, parameters, sealed, ret, err);
}

void sm4_ccm_seal(const Sm4 *sm4, const uint8_t nonce[USUAL_NONCE_SIZE], Bytes aad, Bytes plaintext,
                  Writer *ret)
{
    Sm4AeadParameters parameters = {bytes_of(nonce, USUAL_NONCE_SIZE), aad, USUAL_TAG_SIZE};
    if (!sm4_aead_seal(&ccm, sm4, &parameters, plaintext, ret, NULL)) {
        ret->failed = true;
    }
}

bool sm4_ccm_open(const Sm4 *sm4, const uint8_t nonce[USUAL_NONCE_SIZE], Bytes aad, Bytes sealed,
                  Writer *ret, Error *err)
{
    Sm4AeadParameters parameters = {bytes_of(nonce, USUAL_NONCE_SIZE), aad, USUAL_TAG_SIZE};
    return sm4_aead_open(&ccm, sm4, &parameters, sealed, ret, err);
}
