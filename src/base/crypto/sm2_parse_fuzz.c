// SPDX-License-Identifier: Apache-2.0
//
// Points and signatures are taken exactly when OpenSSL takes them: a point of 65 bytes that begins
// with 04, and a signature that OpenSSL encodes to the same bytes and whose numbers are in range.
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <stdlib.h>

#include "base/crypto/sm2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Made once, constant afterwards.
static const EC_GROUP *group(void)
{
    static EC_GROUP *once;
    if (once == NULL) {
        once = EC_GROUP_new_by_curve_name(NID_sm2);
    }
    return once;
}

static bool openssl_takes_point(Bytes encoded)
{
    EC_POINT *point = EC_POINT_new(group());
    bool taken = encoded.len == SM2_POINT_SIZE && encoded.data[0] == 4 &&
                 EC_POINT_oct2point(group(), point, encoded.data, encoded.len, NULL) == 1;
    EC_POINT_free(point);
    return taken;
}

static bool is_in_range(const BIGNUM *number)
{
    return !BN_is_zero(number) && !BN_is_negative(number) &&
           BN_cmp(number, EC_GROUP_get0_order(group())) < 0;
}

static bool openssl_takes_signature(Bytes der)
{
    const uint8_t *at = der.data;
    uint8_t *encoded = NULL;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    int len = signature == NULL ? 0 : i2d_ECDSA_SIG(signature, &encoded);
    bool taken = len > 0 && bytes_equal(bytes_of(encoded, (size_t)len), der) &&
                 is_in_range(ECDSA_SIG_get0_r(signature)) &&
                 is_in_range(ECDSA_SIG_get0_s(signature));
    OPENSSL_free(encoded);
    ECDSA_SIG_free(signature);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Sm2PublicKey key;
    Sm2Signature signature;
    Bytes input = bytes_of(data, size);
    check(sm2_public_key_new(input, &key, &err) == openssl_takes_point(input));
    check(sm2_signature_parse(input, &signature, &err) == openssl_takes_signature(input));
    return 0;
}
