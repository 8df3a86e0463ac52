// SPDX-License-Identifier: Apache-2.0
//
// Known answers of SM4 and its modes.
#include "base/crypto/self_test_internal.h"

const uint8_t SELF_TEST_SM4_KEY[SM4_KEY_SIZE] = {
    0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
};
// RFC 8998 A.1, for GCM and CCM alike.
static const uint8_t nonce[SM4_GCM_NONCE_SIZE] = {0x00, 0x00, 0x12, 0x34, 0x56, 0x78,
                                                  0x00, 0x00, 0x00, 0x00, 0xab, 0xcd};
static const uint8_t aad[20] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
static const uint8_t repeated[8] = {0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa};

bool self_test_has_digest(Bytes data, const uint8_t expected[SM3_SIZE])
{
    Sm3Digest digest = sm3_digest(data);
    return bytes_equal(sm3_bytes(&digest), bytes_of(expected, SM3_SIZE));
}

bool self_test_sm4(const KnownAnswers *known, Error *err)
{
    (void)err;
    Sm4 sm4;
    uint8_t block[SM4_BLOCK_SIZE];
    sm4_init(&sm4, SELF_TEST_SM4_KEY);
    sm4_encrypt_block(&sm4, SELF_TEST_SM4_KEY, block);
    bool right = bytes_equal(BYTES_OF_ARRAY(block), BYTES_OF_ARRAY(known->sm4_block));
    sm4_decrypt_block(&sm4, block, block);
    return right && bytes_equal(BYTES_OF_ARRAY(block), BYTES_OF_ARRAY(SELF_TEST_SM4_KEY));
}

bool self_test_sm4_ctr(const KnownAnswers *known, Error *err)
{
    (void)err;
    Sm4 sm4;
    uint8_t message[KNOWN_LONG_SIZE];
    self_test_long_message(message);
    sm4_init(&sm4, SELF_TEST_SM4_KEY);
    sm4_ctr(&sm4, SELF_TEST_SM4_KEY, BYTES_OF_ARRAY(message), message);
    return self_test_has_digest(BYTES_OF_ARRAY(message), known->sm4_ctr);
}

// Seal, compare, open; and refuse what has one bit wrong.
static bool mode_holds(const SelfTestMode *mode, Bytes plaintext, Writer *sealed, Error *err)
{
    Sm4 sm4;
    CLEANUP(writer_free) Writer opened = writer_new(KNOWN_LONG_SIZE);
    sm4_init(&sm4, SELF_TEST_SM4_KEY);
    mode->seal(&sm4, nonce, BYTES_OF_ARRAY(aad), plaintext, sealed);
    if (sealed->failed ||
        !mode->open(&sm4, nonce, BYTES_OF_ARRAY(aad), writer_bytes(sealed), &opened, err) ||
        !bytes_equal(writer_bytes(&opened), plaintext)) {
        return false;
    }
    sealed->data[0] ^= 1;
    bool refused =
        !mode->open(&sm4, nonce, BYTES_OF_ARRAY(aad), writer_bytes(sealed), &opened, NULL);
    sealed->data[0] ^= 1;
    return refused;
}

bool self_test_mode(const SelfTestMode *mode, const uint8_t tag[SM4_GCM_TAG_SIZE],
                    const uint8_t long_digest[SM3_SIZE], Error *err)
{
    uint8_t message[KNOWN_LONG_SIZE];
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    CLEANUP(writer_free) Writer sealed = writer_new(64 + SM4_GCM_TAG_SIZE);
    CLEANUP(writer_free) Writer long_sealed = writer_new(KNOWN_LONG_SIZE + SM4_GCM_TAG_SIZE);
    self_test_long_message(message);
    for (size_t i = 0; i < sizeof repeated; i++) {
        writer_put_repeated(&plaintext, repeated[i], 8);
    }
    return mode_holds(mode, writer_bytes(&plaintext), &sealed, err) &&
           bytes_equal(bytes_from(writer_bytes(&sealed), 64), bytes_of(tag, SM4_GCM_TAG_SIZE)) &&
           mode_holds(mode, BYTES_OF_ARRAY(message), &long_sealed, err) &&
           self_test_has_digest(writer_bytes(&long_sealed), long_digest);
}

bool self_test_sm4_gcm(const KnownAnswers *known, Error *err)
{
    static const SelfTestMode gcm = {sm4_gcm_seal, sm4_gcm_open};
    return self_test_mode(&gcm, known->gcm_tag, known->sm4_gcm, err);
}
