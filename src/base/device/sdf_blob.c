// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_blob.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/device/padded_number.h"

enum { SM2_BITS = 256 };

_Static_assert((int)ECCref_MAX_LEN == (int)PADDED_NUMBER_SIZE, "numbers of a device have 512 bits");

void sdf_put_public_key(const Sm2PublicKey *key, ECCrefPublicKey *ret)
{
    ret->bits = SM2_BITS;
    padded_number_put(&key->point[1], ret->x);
    padded_number_put(&key->point[1 + SM2_SCALAR_SIZE], ret->y);
}

bool sdf_get_public_key(const ECCrefPublicKey *blob, Sm2PublicKey *ret, Error *err)
{
    uint8_t point[SM2_POINT_SIZE] = {0x04};
    bool fits = padded_number_get(blob->x, &point[1]) &&
                padded_number_get(blob->y, &point[1 + SM2_SCALAR_SIZE]);
    return (blob->bits == SM2_BITS && fits &&
            sm2_public_key_new(BYTES_OF_ARRAY(point), ret, NULL)) ||
           error_set(err, ERROR_UNTRUSTED, "sdf.public_key", "GM/T 0018-2012 5.4",
                     "what the device exports is not a point on sm2p256v1");
}

void sdf_put_signature(const Sm2Signature *signature, ECCSignature *ret)
{
    padded_number_put(signature->r, ret->r);
    padded_number_put(signature->s, ret->s);
}

bool sdf_get_signature(const ECCSignature *blob, Sm2Signature *ret, Error *err)
{
    Sm2Signature signature = {{0}, {0}};
    if (!padded_number_get(blob->r, signature.r) || !padded_number_get(blob->s, signature.s)) {
        return error_set(err, ERROR_UNTRUSTED, "sdf.signature", "GM/T 0018-2012 5.6",
                         "a number of the device's signature is longer than 32 bytes");
    }
    *ret = signature;
    return true;
}

bool sdf_cipher_of_der(Bytes der, ECCCipher *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    uint8_t x[SM2_SCALAR_SIZE], y[SM2_SCALAR_SIZE];
    der_unsigned(&content, x, sizeof x);
    der_unsigned(&content, y, sizeof y);
    Bytes hash = der_octet_string(&content);
    Bytes masked = der_octet_string(&content);
    if (!reader_done(&whole) || !reader_done(&content) || hash.len != SM3_SIZE || masked.len == 0) {
        return error_set(err, ERROR_INPUT, "sm2.cipher_malformed", "GM/T 0009-2012 7.2",
                         "the SM2 ciphertext is not the DER of an SM2Cipher");
    }
    if (masked.len > ECCCipher_MAX_LEN) {
        return error_set(err, ERROR_LIMIT, "sdf.plaintext_size", NULL,
                         "a device decrypts at most %d bytes, not %zu", ECCCipher_MAX_LEN,
                         masked.len);
    }
    padded_number_put(x, ret->x);
    padded_number_put(y, ret->y);
    memcpy(ret->M, hash.data, SM3_SIZE);
    ret->L = (unsigned)masked.len;
    memcpy(ret->C, masked.data, masked.len);
    return true;
}

bool sdf_cipher_to_der(const ECCCipher *blob, Writer *ret, Error *err)
{
    uint8_t x[SM2_SCALAR_SIZE], y[SM2_SCALAR_SIZE];
    bool fits = padded_number_get(blob->x, x) && padded_number_get(blob->y, y);
    if (!fits || blob->L == 0 || blob->L > ECCCipher_MAX_LEN) {
        return error_set(err, ERROR_UNTRUSTED, "sdf.ciphertext", "GM/T 0018-2012 5.5",
                         "the ECCCipher is malformed");
    }
    size_t sequence = der_begin(ret, DER_SEQUENCE);
    der_put_unsigned(ret, BYTES_OF_ARRAY(x));
    der_put_unsigned(ret, BYTES_OF_ARRAY(y));
    der_put(ret, DER_OCTET_STRING, bytes_of(blob->M, SM3_SIZE));
    der_put(ret, DER_OCTET_STRING, bytes_of(blob->C, blob->L));
    der_end(ret, sequence);
    return !ret->failed || error_set(err, ERROR_LIMIT, "sdf.limit", NULL,
                                     "the ciphertext exceeds the writer's limit");
}
