// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_internal.h"

// Write INTEGER from 32 unsigned bytes; returns its length.
static size_t put_integer(uint8_t *ret, const uint8_t value[SM2_SCALAR_SIZE])
{
    size_t zeros = 0;
    while (zeros < SM2_SCALAR_SIZE - 1 && value[zeros] == 0) {
        zeros++;
    }
    size_t sign = value[zeros] >> 7;
    size_t len = SM2_SCALAR_SIZE - zeros;
    ret[0] = DER_INTEGER;
    ret[1] = (uint8_t)(sign + len);
    ret[2] = 0;
    memcpy(&ret[2 + sign], &value[zeros], len);
    return 2 + sign + len;
}

// By hand rather than with a Writer: it cannot fail and allocates nothing.
size_t sm2_signature_encode(const Sm2Signature *signature, uint8_t ret[SM2_SIGNATURE_DER_MAX])
{
    size_t len = 2;
    len += put_integer(&ret[len], signature->r);
    len += put_integer(&ret[len], signature->s);
    ret[0] = DER_SEQUENCE;
    ret[1] = (uint8_t)(len - 2);
    return len;
}

static bool is_signature_scalar(const uint8_t value[SM2_SCALAR_SIZE])
{
    Scalar scalar;
    return scalar_load(&scalar, value) != 0 && scalar_is_zero(&scalar) == 0;
}

bool sm2_signature_parse(Bytes der, Sm2Signature *ret, Error *err)
{
    Sm2Signature signature;
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    der_unsigned(&content, signature.r, sizeof signature.r);
    der_unsigned(&content, signature.s, sizeof signature.s);
    if (!reader_done(&whole) || !reader_done(&content)) {
        return error_set(err, ERROR_INPUT, "sm2.signature_malformed", "GM/T 0009-2012 7.3",
                         "the SM2 signature is not the DER of two unsigned integers");
    }
    if (!is_signature_scalar(signature.r) || !is_signature_scalar(signature.s)) {
        return error_set(err, ERROR_INPUT, "sm2.signature_range", "GB/T 32918.2-2016 7.1",
                         "r or s of the SM2 signature is not in 1 to n-1");
    }
    *ret = signature;
    return true;
}
