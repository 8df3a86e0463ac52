// SPDX-License-Identifier: Apache-2.0
//
// What GCM and CCM share, so that sealing and opening are written once. For base/sm4 only.
#ifndef ASSENT_BASE_SM4_SM4_AEAD_MODE_H
#define ASSENT_BASE_SM4_SM4_AEAD_MODE_H

#include "base/sm4/sm4_aead.h"

typedef struct {
    // True if the mode has such lengths, and the most bytes of data that it takes with them.
    bool (*fits)(const Sm4AeadParameters *parameters);
    uint64_t (*max_size)(const Sm4AeadParameters *parameters);
    // Encrypt or decrypt in place.
    void (*mask)(const Sm4 *sm4, const Sm4AeadParameters *parameters, uint8_t *data, size_t len);
    // The whole tag, over the ciphertext or the plaintext.
    void (*tag)(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes data,
                uint8_t ret[SM4_AEAD_TAG_MAX]);
    bool tags_ciphertext;
    const char *tag_code;  // of the failure when it does not match
    const char *tag_clause;
} Sm4AeadMode;

// As the functions of sm4_aead.h.
bool sm4_aead_seal(const Sm4AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                   Bytes plaintext, Writer *ret, Error *err) MUST_CHECK;
bool sm4_aead_open(const Sm4AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                   Bytes sealed, Writer *ret, Error *err) MUST_CHECK;

#endif
