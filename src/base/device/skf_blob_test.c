// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_blob.h"

#include <stddef.h>
#include <string.h>

#include "base/device/skf_error.h"
#include "base/test/test.h"

// Covers: GM/T 0016-2012 6.4.
TEST(structures_of_tokens_are_packed_as_the_standard_has_them)
{
    CHECK_INT(sizeof(ECCPUBLICKEYBLOB), 132);
    CHECK_INT(sizeof(ECCSIGNATUREBLOB), 128);
    CHECK_INT(sizeof(DEVINFO), 294);
    CHECK_INT(offsetof(ECCCIPHERBLOB, CipherLen), 160);
    CHECK_INT(offsetof(ECCCIPHERBLOB, Cipher), 164);
    CHECK_INT(offsetof(ENVELOPEDKEYBLOB, cbEncryptedPriKey), 12);
    CHECK_INT(offsetof(ENVELOPEDKEYBLOB, PubKey), 76);
    CHECK_INT(offsetof(ENVELOPEDKEYBLOB, ECCCipherBlob), 208);
    CHECK_INT(offsetof(DEVINFO, Label), 130);
    CHECK_INT(offsetof(DEVINFO, AlgSymCap), 198);
}

TEST(public_keys_and_signatures_go_there_and_back)
{
    Error err = {0};
    Sm2PublicKey back;
    Sm2Signature signature = {{1, 2}, {3, 4}}, signature_back;
    ECCPUBLICKEYBLOB blob;
    ECCSIGNATUREBLOB signature_blob;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    skf_put_public_key(sm2_public_key(key), &blob);
    CHECK_OK(skf_get_public_key(&blob, &back, &err));
    CHECK(sm2_public_key_equal(&back, sm2_public_key(key)));
    skf_put_signature(&signature, &signature_blob);
    CHECK_OK(skf_get_signature(&signature_blob, &signature_back, &err));
    CHECK(memcmp(&signature, &signature_back, sizeof signature) == 0);
    signature_blob.s[0] = 1;
    CHECK_FAILS_WITH(skf_get_signature(&signature_blob, &signature_back, &err), ERROR_UNTRUSTED,
                     "skf.signature");
    blob.BitLen = 512;
    CHECK_FAILS_WITH(skf_get_public_key(&blob, &back, &err), ERROR_UNTRUSTED, "skf.public_key");
    blob.BitLen = 256;
    blob.YCoordinate[63] ^= 1;
    CHECK_FAILS_WITH(skf_get_public_key(&blob, &back, &err), ERROR_UNTRUSTED, "skf.public_key");
}

static SkfEnvelope envelope_of(const Sm2PrivateKey *key, Writer *der, Bytes scalar)
{
    Error err = {0};
    static const uint8_t sm4_key[16] = {5};
    CHECK_OK(sm2_encrypt(sm2_public_key(key), random_system(), BYTES_OF_ARRAY(sm4_key), der, &err));
    return (SkfEnvelope){writer_bytes(der), *sm2_public_key(key), scalar};
}

TEST(envelopes_go_there_and_back_with_the_key_in_the_last_half)
{
    Error err = {0};
    ENVELOPEDKEYBLOB blob;
    SkfEnvelope back;
    static const uint8_t scalar[64] = {9, 8, 7, [32] = 6, 5};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    for (size_t len = 32; len <= 64; len += 32) {
        CLEANUP(writer_free) Writer der = writer_new(512);
        CLEANUP(writer_free) Writer again = writer_new(512);
        SkfEnvelope envelope = envelope_of(key, &der, bytes_of(scalar, len));
        CHECK_OK(skf_put_envelope(&envelope, &blob, &err));
        CHECK_INT(blob.Version, 1);
        CHECK_INT(blob.ulSymmAlgID, 0x401);
        CHECK_INT(blob.ulBits, 256);
        CHECK_INT(blob.cbEncryptedPriKey[64 - len], 9);
        CHECK_OK(skf_get_envelope(&blob, &again, &back, &err));
        CHECK_BYTES(back.wrapped_key, envelope.wrapped_key);
        CHECK_BYTES(back.encrypted_scalar, envelope.encrypted_scalar);
    }
}

TEST(envelopes_of_another_kind_are_refused)
{
    Error err = {0};
    ENVELOPEDKEYBLOB good, blob;
    SkfEnvelope back;
    static const uint8_t scalar[48] = {1};
    CLEANUP(writer_free) Writer der = writer_new(512);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    SkfEnvelope envelope = envelope_of(key, &der, bytes_of(scalar, 48));
    CHECK_FAILS_WITH(skf_put_envelope(&envelope, &blob, &err), ERROR_INPUT, "skf.envelope");
    envelope.encrypted_scalar = bytes_of(scalar, 32);
    CHECK_OK(skf_put_envelope(&envelope, &good, &err));
    envelope.wrapped_key = BYTES_LITERAL("\x30\x00");
    CHECK_FAILS_WITH(skf_put_envelope(&envelope, &blob, &err), ERROR_INPUT, "sm2.cipher_malformed");
    for (int i = 0; i < 5; i++) {
        CLEANUP(writer_free) Writer again = writer_new(512);
        blob = good;
        blob.Version = i == 0 ? 2 : 1;
        blob.ulSymmAlgID = i == 1 ? 0x402 : 0x401;
        blob.ulBits = i == 2 ? 512 : 256;
        blob.ECCCipherBlob.CipherLen = i == 3 ? 100000 : 16;
        blob.ECCCipherBlob.XCoordinate[0] = i == 4 ? 1 : 0;
        CHECK_FAILS_WITH(skf_get_envelope(&blob, &again, &back, &err), ERROR_UNTRUSTED,
                         "skf.envelope");
    }
}

TEST(codes_of_tokens_have_names_and_meanings)
{
    Error err = {0};
    CHECK_TEXT(skf_code_name(SAR_OK), "SAR_OK");
    CHECK_TEXT(skf_code_name(SAR_PIN_LOCKED), "SAR_PIN_LOCKED");
    CHECK_TEXT(skf_code_name(0x0A00FFFF), "a code of the vendor");
    CHECK_FAILS_WITH(skf_fail("SKF_VerifyPIN", SAR_PIN_LOCKED, &err), ERROR_FORBIDDEN,
                     "skf.pin_locked");
    CHECK_FAILS_WITH(skf_fail("SKF_ECCSignData", 7, &err), ERROR_UNAVAILABLE, "skf.device");
}
