// SPDX-License-Identifier: Apache-2.0
//
// The forms of signature values in sm2_form.h.
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_form.h"

bool sm2_signature_parse_raw(Bytes raw, Sm2Signature *ret, Error *err)
{
    Sm2Signature signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    if (raw.len != SM2_SIGNATURE_RAW_SIZE) {
        return error_set(err, ERROR_INPUT, "sm2.signature_malformed", "GB/T 32918.2-2016 6.1",
                         "a raw SM2 signature has 64 bytes, r||s, not %zu", raw.len);
    }
    memcpy(signature.r, raw.data, SM2_SCALAR_SIZE);
    memcpy(signature.s, &raw.data[SM2_SCALAR_SIZE], SM2_SCALAR_SIZE);
    // One place decides which numbers are a signature.
    size_t len = sm2_signature_encode(&signature, der);
    return sm2_signature_parse(bytes_of(der, len), ret, err);
}

void sm2_signature_encode_raw(const Sm2Signature *signature, uint8_t ret[SM2_SIGNATURE_RAW_SIZE])
{
    memcpy(ret, signature->r, SM2_SCALAR_SIZE);
    memcpy(&ret[SM2_SCALAR_SIZE], signature->s, SM2_SCALAR_SIZE);
}

// An INTEGER as careless encoders write it: the digits without the zero that keeps a first bit
// positive, or padded to a fixed width.
static void read_loose_integer(Reader *reader, uint8_t ret[SM2_SCALAR_SIZE])
{
    enum { PADDED_MAX = 2 * SM2_SCALAR_SIZE };
    Bytes digits = der_element(reader, DER_INTEGER).content;
    bool is_padded_sanely = digits.len > 0 && digits.len <= PADDED_MAX;
    while (digits.len > SM2_SCALAR_SIZE && digits.data[0] == 0) {
        digits = bytes_from(digits, 1);
    }
    if (!is_padded_sanely || digits.len > SM2_SCALAR_SIZE) {
        reader->failed = true;
        return;
    }
    memset(ret, 0, SM2_SCALAR_SIZE);
    memcpy(ret + (SM2_SCALAR_SIZE - digits.len), digits.data, digits.len);
}

static bool parse_loose(Bytes encoded, Sm2Signature *ret)
{
    uint8_t raw[SM2_SIGNATURE_RAW_SIZE];
    Reader whole = reader_of(encoded);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    read_loose_integer(&content, raw);
    read_loose_integer(&content, &raw[SM2_SCALAR_SIZE]);
    return reader_done(&content) && reader_done(&whole) &&
           sm2_signature_parse_raw(BYTES_OF_ARRAY(raw), ret, NULL);
}

bool sm2_signature_decode(Bytes encoded, Sm2Signature *ret, Sm2SignatureForm *ret_form, Error *err)
{
    if (encoded.len == SM2_SIGNATURE_RAW_SIZE && sm2_signature_parse_raw(encoded, ret, NULL)) {
        *ret_form = SM2_SIGNATURE_RAW;
        return true;
    }
    if (sm2_signature_parse(encoded, ret, err)) {
        *ret_form = SM2_SIGNATURE_DER;
        return true;
    }
    if (parse_loose(encoded, ret)) {
        *ret_form = SM2_SIGNATURE_LOOSE;
        return true;
    }
    return false;
}
