// SPDX-License-Identifier: Apache-2.0
//
// What kind of key it is, told without libcrypto, so that a browser tells the same of keys that are
// of no use anywhere.
#include "base/codec/der.h"
#include "base/crypto/foreign.h"

// Source: RFC 3279 2.3; RFC 4055 1.2; RFC 5480 2.1.1; RFC 8410 3.
#define OID_RSA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_RSA_PSS BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")
#define OID_DSA BYTES_LITERAL("\x2a\x86\x48\xce\x38\x04\x01")
#define OID_ELLIPTIC BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_ED25519 BYTES_LITERAL("\x2b\x65\x70")
#define OID_ED448 BYTES_LITERAL("\x2b\x65\x71")
#define OID_P192 BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x03\x01\x01")
#define OID_P256 BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384 BYTES_LITERAL("\x2b\x81\x04\x00\x22")
#define OID_P521 BYTES_LITERAL("\x2b\x81\x04\x00\x23")

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_UNTRUSTED, code, "RFC 5280 4.1.2.7", "%s", rule);
}

// A curve is given by its name: parameters written out could describe one that is not what it
// seems.
static bool check_curve(Reader *parameters, Error *err)
{
    Bytes curve = der_oid(parameters);
    if (!reader_done(parameters)) {
        return refuse(err, "foreign.weak_key", "a curve that is written out is not relied on");
    }
    if (bytes_equal(curve, OID_P192)) {
        return refuse(err, "foreign.weak_key", "a curve of so few bits is not relied on");
    }
    return bytes_equal(curve, OID_P256) || bytes_equal(curve, OID_P384) ||
           bytes_equal(curve, OID_P521) ||
           refuse(err, "foreign.unsupported", "keys on this curve are not relied on");
}

bool foreign_key_kind_check(Bytes key_info, Error *err)
{
    Reader whole = reader_of(key_info);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    Reader algorithm = der_enter(&info, DER_SEQUENCE);
    Bytes oid = der_oid(&algorithm);
    der_bit_string_octets(&info);
    if (algorithm.failed || !reader_done(&info) || !reader_done(&whole)) {
        return error_set(err, ERROR_INPUT, "foreign.key", "RFC 5280 4.1.2.7",
                         "the public key is malformed");
    }
    if (bytes_equal(oid, OID_ELLIPTIC)) {
        return check_curve(&algorithm, err);
    }
    if (bytes_equal(oid, OID_DSA)) {
        return refuse(err, "foreign.weak_key", "DSA is not relied on");
    }
    return bytes_equal(oid, OID_RSA) || bytes_equal(oid, OID_RSA_PSS) ||
           bytes_equal(oid, OID_ED25519) || bytes_equal(oid, OID_ED448) ||
           refuse(err, "foreign.unsupported", "keys of this kind are not relied on");
}
