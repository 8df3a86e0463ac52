// SPDX-License-Identifier: Apache-2.0
//
// Known answers of SM4 in the modes beside CTR and GCM.
#include "base/crypto/self_test_internal.h"

bool self_test_sm4_cbc(const KnownAnswers *known, Error *err)
{
    Sm4 sm4;
    uint8_t message[KNOWN_LONG_SIZE];
    CLEANUP(writer_free) Writer sealed = writer_new(KNOWN_LONG_SIZE + SM4_BLOCK_SIZE);
    CLEANUP(writer_free) Writer opened = writer_new(KNOWN_LONG_SIZE + SM4_BLOCK_SIZE);
    self_test_long_message(message);
    sm4_init(&sm4, SELF_TEST_SM4_KEY);
    sm4_cbc_encrypt(&sm4, SELF_TEST_SM4_KEY, BYTES_OF_ARRAY(message), &sealed);
    return self_test_has_digest(writer_bytes(&sealed), known->sm4_cbc) &&
           sm4_cbc_decrypt(&sm4, SELF_TEST_SM4_KEY, writer_bytes(&sealed), &opened, err) &&
           bytes_equal(writer_bytes(&opened), BYTES_OF_ARRAY(message));
}

bool self_test_sm4_ccm(const KnownAnswers *known, Error *err)
{
    static const SelfTestMode ccm = {sm4_ccm_seal, sm4_ccm_open};
    return self_test_mode(&ccm, known->ccm_tag, known->sm4_ccm, err);
}
