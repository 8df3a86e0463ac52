// SPDX-License-Identifier: Apache-2.0
//
// What kind of key it is, told without libcrypto, so that a browser tells the same of keys that are
// of no use anywhere.
#include <string.h>

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

// A SubjectPublicKeyInfo taken apart.
typedef struct {
    Bytes oid;
    Reader parameters;
    Bytes key;  // whole BIT STRING
} KeyInfo;

static bool read_info(Bytes key_info, KeyInfo *ret)
{
    Reader whole = reader_of(key_info);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    ret->parameters = der_enter(&info, DER_SEQUENCE);
    ret->oid = der_oid(&ret->parameters);
    Reader rest = info;
    ret->key = der_element(&rest, DER_BIT_STRING).whole;
    der_bit_string_octets(&info);
    return !ret->parameters.failed && reader_done(&info) && reader_done(&whole);
}

// --- DSA --------------------------------------------------------------------------------------

static bool lacks_parameters(const KeyInfo *info)
{
    return info->parameters.rest.len == 0 || der_peek(&info->parameters) == DER_NULL;
}

static bool read_dsa(Bytes key_info, KeyInfo *ret)
{
    return read_info(key_info, ret) && bytes_equal(ret->oid, OID_DSA);
}

bool foreign_key_is_dsa(Bytes key_info)
{
    KeyInfo info;
    return read_dsa(key_info, &info);
}

bool foreign_key_lacks_parameters(Bytes key_info)
{
    KeyInfo info;
    return read_dsa(key_info, &info) && lacks_parameters(&info);
}

static bool no_parameters(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "foreign.parameters", "RFC 3279 2.3.2",
                     "a DSA key has no parameters, and inherits none");
}

bool foreign_key_inherit(Bytes key_info, Bytes issuer_key_info, Writer *ret, Error *err)
{
    KeyInfo own, above;
    if (!read_dsa(key_info, &own) || !read_dsa(issuer_key_info, &above) ||
        lacks_parameters(&above)) {
        return no_parameters(err);
    }
    size_t whole = der_begin(ret, DER_SEQUENCE), algorithm = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_DSA);
    writer_put(ret, above.parameters.rest);
    der_end(ret, algorithm);
    writer_put(ret, own.key);
    der_end(ret, whole);
    return !ret->failed || error_memory(err);
}

// The number of bits of a positive INTEGER's content.
static size_t bits_of(Bytes integer)
{
    size_t zeros = 0, first = 0;
    while (zeros < integer.len && integer.data[zeros] == 0) {
        zeros++;
    }
    for (unsigned octet = zeros < integer.len ? integer.data[zeros] : 0; octet != 0; octet >>= 1) {
        first++;
    }
    return first == 0 ? 0 : 8 * (integer.len - zeros - 1) + first;
}

// The bits of p and q. False when the parameters are malformed.
static bool read_dsa_sizes(KeyInfo *info, size_t *ret_bits, size_t *ret_order)
{
    Reader parameters = der_enter(&info->parameters, DER_SEQUENCE);
    *ret_bits = bits_of(der_integer(&parameters));
    *ret_order = bits_of(der_integer(&parameters));
    (void)der_integer(&parameters);
    return reader_done(&parameters) && reader_done(&info->parameters);
}

static bool check_dsa(KeyInfo *info, Error *err)
{
    size_t bits, order;
    if (lacks_parameters(info)) {
        return no_parameters(err);
    }
    if (!read_dsa_sizes(info, &bits, &order)) {
        return error_set(err, ERROR_INPUT, "foreign.key", "RFC 3279 2.3.2",
                         "the parameters of a DSA key are malformed");
    }
    return (bits >= FOREIGN_DSA_MIN_BITS && bits <= FOREIGN_DSA_MAX_BITS &&
            order >= FOREIGN_DSA_MIN_ORDER_BITS) ||
           refuse(err, "foreign.weak_key", "a DSA key of this size is not relied on");
}

// --- all --------------------------------------------------------------------------------------

bool foreign_key_kind_check(Bytes key_info, Error *err)
{
    KeyInfo info;
    if (!read_info(key_info, &info)) {
        return error_set(err, ERROR_INPUT, "foreign.key", "RFC 5280 4.1.2.7",
                         "the public key is malformed");
    }
    if (bytes_equal(info.oid, OID_ELLIPTIC)) {
        return check_curve(&info.parameters, err);
    }
    if (bytes_equal(info.oid, OID_DSA)) {
        return check_dsa(&info, err);
    }
    return bytes_equal(info.oid, OID_RSA) || bytes_equal(info.oid, OID_RSA_PSS) ||
           bytes_equal(info.oid, OID_ED25519) || bytes_equal(info.oid, OID_ED448) ||
           refuse(err, "foreign.unsupported", "keys of this kind are not relied on");
}

bool foreign_key_is_small_dsa(Bytes key_info)
{
    KeyInfo info;
    size_t bits, order;
    return read_dsa(key_info, &info) && !lacks_parameters(&info) &&
           read_dsa_sizes(&info, &bits, &order) &&
           (bits < FOREIGN_DSA_MIN_BITS || order < FOREIGN_DSA_MIN_ORDER_BITS) &&
           bits >= FOREIGN_WEAK_MIN_BITS && bits <= FOREIGN_DSA_MAX_BITS &&
           order >= FOREIGN_WEAK_MIN_ORDER_BITS;
}

bool foreign_is_undecided(const Error *err)
{
    return strcmp(err->code, "foreign.unsupported") == 0 ||
           strcmp(err->code, "foreign.weak_key") == 0 ||
           strcmp(err->code, "foreign.weak_hash") == 0;
}
