// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_form.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/curve/compressed.h"

enum { XY_SIZE = 64 };

static bool point_error(Error *err)
{
    return error_set(err, ERROR_INPUT, "sm2.public_key", "GB/T 32918.1-2016 6.2.1",
                     "the public key is not a point on sm2p256v1");
}

bool sm2_public_key_decode(Bytes encoded, Sm2PublicKey *ret, Error *err)
{
    if (encoded.len == SM2_POINT_SIZE) {
        return sm2_public_key_new(encoded, ret, err);
    }
    if (encoded.len == XY_SIZE) {
        uint8_t point[SM2_POINT_SIZE] = {0x04};
        memcpy(&point[1], encoded.data, XY_SIZE);
        return sm2_public_key_new(BYTES_OF_ARRAY(point), ret, err);
    }
    if (encoded.len == SM2_COMPRESSED_SIZE) {
        CurvePoint point;
        if (!curve_point_load_compressed(&point, encoded.data)) {
            return point_error(err);
        }
        curve_point_store(ret->point, &point);
        return true;
    }
    return error_set(err, ERROR_INPUT, "sm2.public_key", "GB/T 32918.1-2016 4.2.10",
                     "a public key has 65 bytes (04||X||Y), 64 (X||Y) or 33 (02 or 03||X), not %zu",
                     encoded.len);
}

void sm2_public_key_compress(const Sm2PublicKey *key, uint8_t ret[SM2_COMPRESSED_SIZE])
{
    ret[0] = (uint8_t)(0x02 | (key->point[SM2_POINT_SIZE - 1] & 1));
    memcpy(&ret[1], &key->point[1], SM2_COMPRESSED_SIZE - 1);
}

static bool limit_error(Error *err)
{
    return error_set(err, ERROR_LIMIT, "sm2.limit", NULL, "SM2 data exceed the writer's limit");
}

// Split C1 from the rest. X || Y that begins with 04 could be taken for 04 || X || Y one byte
// short, so it is the curve that decides; that both are points does not happen by chance.
static bool split_c1(Bytes raw, uint8_t ret_c1[SM2_POINT_SIZE], Bytes *ret_rest, Error *err)
{
    uint8_t bare[SM2_POINT_SIZE] = {0x04};
    CurvePoint point;
    if (raw.len < SM2_CIPHER_RAW_OVERHEAD ||
        raw.len > SM2_CIPHER_RAW_OVERHEAD + SM2_PLAINTEXT_MAX) {
        return error_set(err, ERROR_INPUT, "sm2.cipher_malformed", "GB/T 32918.4-2016 7.1",
                         "a raw SM2 ciphertext has %d to %d bytes, not %zu",
                         SM2_CIPHER_RAW_OVERHEAD, SM2_CIPHER_RAW_OVERHEAD + SM2_PLAINTEXT_MAX,
                         raw.len);
    }
    memcpy(&bare[1], raw.data, XY_SIZE);
    bool has_prefix = curve_point_load(&point, raw.data);
    bool has_none = curve_point_load(&point, bare);
    if (has_prefix == has_none) {
        return error_set(err, ERROR_UNTRUSTED, "sm2.cipher_point", "GB/T 32918.4-2016 7.1",
                         "C1 of the SM2 ciphertext is not a point on the curve");
    }
    memcpy(ret_c1, has_prefix ? raw.data : bare, SM2_POINT_SIZE);
    *ret_rest = bytes_from(raw, has_prefix ? SM2_POINT_SIZE : XY_SIZE);
    return true;
}

bool sm2_cipher_from_raw(Bytes raw, Sm2CipherOrder order, Writer *ret, Error *err)
{
    uint8_t c1[SM2_POINT_SIZE];
    Bytes rest;
    if (!split_c1(raw, c1, &rest, err)) {
        return false;
    }
    size_t masked_len = rest.len - SM3_SIZE;
    bool hash_first = order == SM2_C1C3C2;
    size_t sequence = der_begin(ret, DER_SEQUENCE);
    der_put_unsigned(ret, bytes_of(&c1[1], 32));
    der_put_unsigned(ret, bytes_of(&c1[33], 32));
    der_put(ret, DER_OCTET_STRING, bytes_slice(rest, hash_first ? 0 : masked_len, SM3_SIZE));
    der_put(ret, DER_OCTET_STRING, bytes_slice(rest, hash_first ? SM3_SIZE : 0, masked_len));
    der_end(ret, sequence);
    return !ret->failed || limit_error(err);
}

bool sm2_cipher_to_raw(Bytes der, Sm2CipherOrder order, Writer *ret, Error *err)
{
    uint8_t c1[SM2_POINT_SIZE] = {0x04};
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    der_unsigned(&content, &c1[1], 32);
    der_unsigned(&content, &c1[33], 32);
    Bytes hash = der_octet_string(&content);
    Bytes masked = der_octet_string(&content);
    if (!reader_done(&whole) || !reader_done(&content) || hash.len != SM3_SIZE) {
        return error_set(err, ERROR_INPUT, "sm2.cipher_malformed", "GM/T 0009-2012 7.2",
                         "the SM2 ciphertext is not the DER of an SM2Cipher");
    }
    writer_put(ret, BYTES_OF_ARRAY(c1));
    writer_put(ret, order == SM2_C1C3C2 ? hash : masked);
    writer_put(ret, order == SM2_C1C3C2 ? masked : hash);
    return !ret->failed || limit_error(err);
}
