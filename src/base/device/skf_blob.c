// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_blob.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_form.h"
#include "base/device/padded_number.h"

enum {
    SM2_BITS = 256,
    PADDING = SKF_COORDINATE_SIZE - SM2_SCALAR_SIZE,
    C1_SIZE = 64,
    RAW_MAX_SIZE = 1024,
};

_Static_assert((int)SKF_COORDINATE_SIZE == (int)PADDED_NUMBER_SIZE,
               "numbers of a token have 512 bits");

static const char clause[] = "GM/T 0016-2012 6.4";

void skf_put_public_key(const Sm2PublicKey *key, ECCPUBLICKEYBLOB *ret)
{
    ret->BitLen = SM2_BITS;
    padded_number_put(&key->point[1], ret->XCoordinate);
    padded_number_put(&key->point[1 + SM2_SCALAR_SIZE], ret->YCoordinate);
}

bool skf_get_public_key(const ECCPUBLICKEYBLOB *blob, Sm2PublicKey *ret, Error *err)
{
    uint8_t point[SM2_POINT_SIZE] = {0x04};
    bool fits = padded_number_get(blob->XCoordinate, &point[1]) &&
                padded_number_get(blob->YCoordinate, &point[1 + SM2_SCALAR_SIZE]);
    return (blob->BitLen == SM2_BITS && fits &&
            sm2_public_key_new(BYTES_OF_ARRAY(point), ret, NULL)) ||
           error_set(err, ERROR_UNTRUSTED, "skf.public_key", clause,
                     "the token gave a public key that is no point on the SM2 curve");
}

void skf_put_signature(const Sm2Signature *signature, ECCSIGNATUREBLOB *ret)
{
    padded_number_put(signature->r, ret->r);
    padded_number_put(signature->s, ret->s);
}

bool skf_get_signature(const ECCSIGNATUREBLOB *blob, Sm2Signature *ret, Error *err)
{
    Sm2Signature signature = {0};
    if (!padded_number_get(blob->r, signature.r) || !padded_number_get(blob->s, signature.s)) {
        return error_set(err, ERROR_UNTRUSTED, "skf.signature", clause,
                         "the token gave a signature of numbers with more than 256 bits");
    }
    *ret = signature;
    return true;
}

static bool put_cipher(Bytes der, ECCCIPHERBLOB *ret, Error *err)
{
    CLEANUP(writer_free) Writer raw = writer_new(RAW_MAX_SIZE);
    if (!sm2_cipher_to_raw(der, SM2_C1C3C2, &raw, err)) {
        return false;
    }
    Bytes text = bytes_from(writer_bytes(&raw), SM2_CIPHER_RAW_OVERHEAD);
    if (text.len == 0 || text.len > SKF_CIPHER_SIZE) {
        return error_set(err, ERROR_INPUT, "skf.envelope", clause,
                         "a token takes an encrypted key of 1 to %d bytes, not %zu",
                         SKF_CIPHER_SIZE, text.len);
    }
    memset(ret, 0, sizeof *ret);
    padded_number_put(&raw.data[1], ret->XCoordinate);
    padded_number_put(&raw.data[1 + SM2_SCALAR_SIZE], ret->YCoordinate);
    memcpy(ret->HASH, &raw.data[1 + C1_SIZE], sizeof ret->HASH);
    ret->CipherLen = (uint32_t)text.len;
    memcpy(ret->Cipher, text.data, text.len);
    return true;
}

bool skf_put_envelope(const SkfEnvelope *envelope, ENVELOPEDKEYBLOB *ret, Error *err)
{
    ENVELOPEDKEYBLOB blob = {.Version = 1, .ulSymmAlgID = SGD_SM4_ECB, .ulBits = SM2_BITS};
    Bytes scalar = envelope->encrypted_scalar;
    if (scalar.len != SM2_SCALAR_SIZE && scalar.len != SKF_COORDINATE_SIZE) {
        return error_set(err, ERROR_INPUT, "skf.envelope", clause,
                         "a token takes an encrypted private key of 32 or 64 bytes, not %zu",
                         scalar.len);
    }
    memcpy(&blob.cbEncryptedPriKey[SKF_COORDINATE_SIZE - scalar.len], scalar.data, scalar.len);
    skf_put_public_key(&envelope->public_key, &blob.PubKey);
    if (!put_cipher(envelope->wrapped_key, &blob.ECCCipherBlob, err)) {
        return false;
    }
    *ret = blob;
    return true;
}

static bool get_cipher(const ECCCIPHERBLOB *blob, Writer *ret)
{
    uint8_t point[SM2_POINT_SIZE] = {0x04};
    CLEANUP(writer_free) Writer raw = writer_new(RAW_MAX_SIZE);
    if (!padded_number_get(blob->XCoordinate, &point[1]) ||
        !padded_number_get(blob->YCoordinate, &point[1 + SM2_SCALAR_SIZE]) ||
        blob->CipherLen == 0 || blob->CipherLen > SKF_CIPHER_SIZE) {
        return false;
    }
    writer_put(&raw, BYTES_OF_ARRAY(point));
    writer_put(&raw, BYTES_OF_ARRAY(blob->HASH));
    writer_put(&raw, bytes_of(blob->Cipher, blob->CipherLen));
    return !raw.failed && sm2_cipher_from_raw(writer_bytes(&raw), SM2_C1C3C2, ret, NULL);
}

bool skf_get_envelope(const ENVELOPEDKEYBLOB *blob, Writer *der, SkfEnvelope *ret, Error *err)
{
    SkfEnvelope envelope;
    uint8_t half[SM2_SCALAR_SIZE];
    if (blob->Version != 1 || blob->ulSymmAlgID != SGD_SM4_ECB || blob->ulBits != SM2_BITS ||
        !get_cipher(&blob->ECCCipherBlob, der)) {
        return error_set(err, ERROR_UNTRUSTED, "skf.envelope", clause,
                         "the enveloped key pair is not an SM2 key under SM4 in ECB mode");
    }
    if (!skf_get_public_key(&blob->PubKey, &envelope.public_key, err)) {
        return false;
    }
    bool is_half = padded_number_get(blob->cbEncryptedPriKey, half);
    envelope.wrapped_key = writer_bytes(der);
    envelope.encrypted_scalar =
        bytes_from(BYTES_OF_ARRAY(blob->cbEncryptedPriKey), is_half ? PADDING : 0);
    *ret = envelope;
    return true;
}
