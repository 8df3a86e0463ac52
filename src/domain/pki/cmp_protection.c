// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/cmp_protection.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/digest.h"
#include "base/crypto/pbkdf2.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/signed_object.h"

enum { HASH_MAX_SIZE = 32, BLOCK_SIZE = 64, KEY_MAX_SIZE = 64, ALGORITHM_MAX_SIZE = 512 };

// --- algorithms -------------------------------------------------------------------------------

static size_t hash_size(CmpHash hash)
{
    return hash == CMP_SHA1 ? SHA1_SIZE : hash == CMP_SHA256 ? SHA256_SIZE : SM3_SIZE;
}

static bool hash_message(CmpHash hash, Bytes message, uint8_t ret[HASH_MAX_SIZE], Error *err)
{
    if (hash == CMP_SHA1) {
        return sha1_digest(message, ret, err);
    }
    if (hash == CMP_SHA256) {
        return sha256_digest(message, ret, err);
    }
    const Sm3Digest digest = sm3_digest(message);
    memcpy(ret, digest.bytes, SM3_SIZE);
    return true;
}

static bool find_hash(const Algorithm *algorithm, CmpHash *ret)
{
    bool is_sha1 = algorithm_is(algorithm, OID_SHA1);
    bool is_sha256 = algorithm_is(algorithm, OID_SHA256);
    *ret = is_sha1 ? CMP_SHA1 : is_sha256 ? CMP_SHA256 : CMP_SM3;
    return is_sha1 || is_sha256 || algorithm_is(algorithm, OID_SM3);
}

static bool find_hmac(const Algorithm *algorithm, CmpHash *ret)
{
    bool is_sha1 =
        algorithm_is(algorithm, OID_HMAC_SHA1) || algorithm_is(algorithm, OID_HMAC_WITH_SHA1);
    bool is_sha256 = algorithm_is(algorithm, OID_HMAC_WITH_SHA256);
    *ret = is_sha1 ? CMP_SHA1 : is_sha256 ? CMP_SHA256 : CMP_SM3;
    return is_sha1 || is_sha256 || algorithm_is(algorithm, OID_HMAC_SM3);
}

static Bytes hash_oid(CmpHash hash)
{
    return hash == CMP_SHA1 ? OID_SHA1 : hash == CMP_SHA256 ? OID_SHA256 : OID_SM3;
}

static Bytes hmac_oid(CmpHash hash, bool is_rfc_4211)
{
    if (hash == CMP_SHA1) {
        return is_rfc_4211 ? OID_HMAC_SHA1 : OID_HMAC_WITH_SHA1;
    }
    return hash == CMP_SHA256 ? OID_HMAC_WITH_SHA256 : OID_HMAC_SM3;
}

// --- parameters -------------------------------------------------------------------------------

static bool refuse_algorithm(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "cmp.algorithm", "RFC 4210 5.1.3", "%s", why);
}

// PBMParameter ::= SEQUENCE { salt, owf, iterationCount, mac }.
static bool read_password_based_mac(Bytes parameters, CmpMac *ret, uint64_t *ret_rounds)
{
    Reader whole = reader_of(parameters);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    ret->salt = der_octet_string(&content);
    Algorithm owf = algorithm_read(&content);
    *ret_rounds = der_u64(&content);
    Algorithm mac = algorithm_read(&content);
    ret->mac_is_rfc_4211 = algorithm_is(&mac, OID_HMAC_SHA1);
    return reader_done(&content) && reader_done(&whole) && find_hash(&owf, &ret->owf) &&
           find_hmac(&mac, &ret->mac);
}

// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount, keyLength OPTIONAL, prf }. The
// default prf is HMAC-SHA1, which is not taken here.
static bool read_pbkdf2(Bytes parameters, CmpMac *ret, uint64_t *ret_rounds)
{
    Reader whole = reader_of(parameters);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    ret->salt = der_octet_string(&content);
    *ret_rounds = der_u64(&content);
    uint64_t key_len = hash_size(ret->mac);
    if (der_peek(&content) == DER_INTEGER) {
        key_len = der_u64(&content);
    }
    Algorithm prf = algorithm_read(&content);
    ret->key_len = (uint32_t)key_len;
    return reader_done(&content) && reader_done(&whole) && key_len >= 16 &&
           key_len <= KEY_MAX_SIZE && find_hmac(&prf, &ret->owf) && ret->owf != CMP_SHA1;
}

// PBMAC1-params ::= SEQUENCE { keyDerivationFunc, messageAuthScheme }.
static bool read_pbmac1(Bytes parameters, CmpMac *ret, uint64_t *ret_rounds)
{
    Reader whole = reader_of(parameters);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Algorithm kdf = algorithm_read(&content);
    Algorithm mac = algorithm_read(&content);
    ret->is_pbmac1 = true;
    return reader_done(&content) && reader_done(&whole) && find_hmac(&mac, &ret->mac) &&
           bytes_equal(kdf.oid, OID_PBKDF2) && read_pbkdf2(kdf.parameters, ret, ret_rounds);
}

bool cmp_mac_parse(Bytes algorithm, CmpMac *ret, Error *err)
{
    Reader reader = reader_of(algorithm);
    Algorithm found = algorithm_read(&reader);
    CmpMac mac = {0};
    uint64_t rounds = 0;
    bool is_known =
        bytes_equal(found.oid, OID_PASSWORD_BASED_MAC)
            ? read_password_based_mac(found.parameters, &mac, &rounds)
            : bytes_equal(found.oid, OID_PBMAC1) && read_pbmac1(found.parameters, &mac, &rounds);
    if (!is_known || !reader_done(&reader)) {
        return refuse_algorithm(err, "the message is protected by an algorithm that is not known");
    }
    if (rounds < CMP_ROUNDS_MIN || rounds > CMP_ROUNDS_MAX) {
        return refuse_algorithm(err, "the key of the MAC is not made in 100 to 100000 rounds");
    }
    if (mac.salt.len < CMP_SALT_MIN_SIZE || mac.salt.len > CMP_SALT_MAX_SIZE) {
        return refuse_algorithm(err, "the salt of the MAC does not have 8 to 128 bytes");
    }
    mac.rounds = (uint32_t)rounds;
    *ret = mac;
    return true;
}

static void put_pbkdf2(const CmpMac *mac, Writer *ret)
{
    size_t kdf = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_PBKDF2);
    size_t parameters = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_OCTET_STRING, mac->salt);
    der_put_u64(ret, mac->rounds);
    der_put_u64(ret, mac->key_len);
    algorithm_put(ret, hmac_oid(mac->owf, false));
    der_end(ret, parameters);
    der_end(ret, kdf);
}

void cmp_mac_encode(const CmpMac *mac, Writer *ret)
{
    size_t algorithm = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, mac->is_pbmac1 ? OID_PBMAC1 : OID_PASSWORD_BASED_MAC);
    size_t parameters = der_begin(ret, DER_SEQUENCE);
    if (mac->is_pbmac1) {
        put_pbkdf2(mac, ret);
    } else {
        der_put(ret, DER_OCTET_STRING, mac->salt);
        algorithm_put(ret, hash_oid(mac->owf));
        der_put_u64(ret, mac->rounds);
    }
    algorithm_put(ret, hmac_oid(mac->mac, mac->mac_is_rfc_4211));
    der_end(ret, parameters);
    der_end(ret, algorithm);
}

// --- computing --------------------------------------------------------------------------------

// HMAC (RFC 2104) with a key of at most one block.
static bool hmac(CmpHash hash, Bytes key, Bytes message, uint8_t ret[HASH_MAX_SIZE], Error *err)
{
    uint8_t inner_pad[BLOCK_SIZE], outer_pad[BLOCK_SIZE], inner[HASH_MAX_SIZE];
    CLEANUP(writer_free) Writer text = writer_new(BLOCK_SIZE + message.len);
    CLEANUP(writer_free) Writer outer = writer_new(BLOCK_SIZE + HASH_MAX_SIZE);
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        uint8_t octet = i < key.len ? key.data[i] : 0;
        inner_pad[i] = octet ^ 0x36;
        outer_pad[i] = octet ^ 0x5c;
    }
    writer_put(&text, BYTES_OF_ARRAY(inner_pad));
    writer_put(&text, message);
    bool ok = !text.failed && hash_message(hash, writer_bytes(&text), inner, err);
    writer_put(&outer, BYTES_OF_ARRAY(outer_pad));
    writer_put(&outer, bytes_of(inner, ok ? hash_size(hash) : 0));
    ok = ok && !outer.failed && hash_message(hash, writer_bytes(&outer), ret, err);
    secret_wipe(inner_pad, sizeof(inner_pad));
    secret_wipe(outer_pad, sizeof(outer_pad));
    return ok;
}

// K = owf(...owf(secret || salt)...), `rounds` times in all. Source: RFC 4211 4.4.
static bool hash_over_and_over(const CmpMac *mac, Bytes secret, uint8_t ret[KEY_MAX_SIZE],
                               Error *err)
{
    uint8_t next[HASH_MAX_SIZE];
    CLEANUP(writer_free) Writer start = writer_new(secret.len + mac->salt.len);
    writer_put(&start, secret);
    writer_put(&start, mac->salt);
    bool ok = !start.failed && hash_message(mac->owf, writer_bytes(&start), ret, err);
    for (uint32_t round = 1; ok && round < mac->rounds; round++) {
        ok = hash_message(mac->owf, bytes_of(ret, hash_size(mac->owf)), next, err);
        memcpy(ret, next, hash_size(mac->owf));
    }
    secret_wipe(next, sizeof(next));
    return ok;
}

static bool compute_mac(const CmpMac *mac, Bytes secret, Bytes message, uint8_t ret[HASH_MAX_SIZE],
                        Error *err)
{
    uint8_t key[KEY_MAX_SIZE];
    size_t key_len = mac->is_pbmac1 ? mac->key_len : hash_size(mac->owf);
    Pbkdf2Prf prf = mac->owf == CMP_SM3 ? PBKDF2_HMAC_SM3 : PBKDF2_HMAC_SHA256;
    bool ok =
        (mac->is_pbmac1 ? pbkdf2_derive(prf, secret, mac->salt, mac->rounds, key, key_len, err)
                        : hash_over_and_over(mac, secret, key, err)) &&
        hmac(mac->mac, bytes_of(key, key_len), message, ret, err);
    secret_wipe(key, sizeof(key));
    return ok;
}

// --- verifying --------------------------------------------------------------------------------

CmpProtectionKind cmp_protection_kind(const CmpMessage *message)
{
    Reader reader = reader_of(message->header.protection_algorithm);
    if (message->protection.len == 0) {
        return CMP_PROTECTION_NONE;
    }
    Algorithm algorithm = algorithm_read(&reader);
    if (bytes_equal(algorithm.oid, OID_PASSWORD_BASED_MAC) ||
        bytes_equal(algorithm.oid, OID_PBMAC1)) {
        return CMP_PROTECTION_MAC;
    }
    return algorithm_is(&algorithm, OID_SM2_WITH_SM3) ? CMP_PROTECTION_SIGNATURE
                                                      : CMP_PROTECTION_UNKNOWN;
}

static bool not_protected(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "cmp.protection", "RFC 4210 5.1.3",
                     "the protection of the message does not hold");
}

bool cmp_verify_mac(const CmpMessage *message, Bytes secret, Error *err)
{
    CmpMac mac;
    uint8_t expected[HASH_MAX_SIZE];
    CLEANUP(writer_free) Writer part = writer_new(CMP_MAX_SIZE + BLOCK_SIZE);
    if (!cmp_mac_parse(message->header.protection_algorithm, &mac, err)) {
        return false;
    }
    cmp_put_protected_part(message->header_der, message->body_der, &part);
    if (part.failed) {
        return error_memory(err);
    }
    if (!compute_mac(&mac, secret, writer_bytes(&part), expected, err)) {
        return false;
    }
    bool holds = secret_equal(bytes_of(expected, hash_size(mac.mac)), message->protection);
    secret_wipe(expected, sizeof(expected));
    return holds || not_protected(err);
}

bool cmp_verify_signature(const CmpMessage *message, const Sm2PublicKey *key, Error *err)
{
    Sm2Signature signature;
    CLEANUP(writer_free) Writer part = writer_new(CMP_MAX_SIZE + BLOCK_SIZE);
    if (cmp_protection_kind(message) != CMP_PROTECTION_SIGNATURE) {
        return refuse_algorithm(err, "the message is not signed with SM2 and SM3");
    }
    cmp_put_protected_part(message->header_der, message->body_der, &part);
    if (part.failed) {
        return error_memory(err);
    }
    return (sm2_signature_parse(message->protection, &signature, NULL) &&
            sm2_verify(key, writer_bytes(&part), &signature)) ||
           not_protected(err);
}

// --- protecting -------------------------------------------------------------------------------

static bool protect(const CmpProtector *protector, Bytes part, Writer *ret, Error *err)
{
    uint8_t protection[SM2_SIGNATURE_DER_MAX];
    size_t len = hash_size(protector->mac.mac);
    bool ok = protector->kind == CMP_PROTECTION_MAC
                  ? compute_mac(&protector->mac, protector->secret, part, protection, err)
                  : signer_sign_der(protector->signer, part, protection, &len, err);
    if (!ok) {
        return false;
    }
    size_t field = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
    der_put_bit_string(ret, bytes_of(protection, len));
    der_end(ret, field);
    return true;
}

static bool encode_header(const CmpHeader *header, const CmpProtector *protector, Writer *ret)
{
    CmpHeader own = *header;
    CLEANUP(writer_free) Writer algorithm = writer_new(ALGORITHM_MAX_SIZE);
    if (protector->kind == CMP_PROTECTION_MAC) {
        cmp_mac_encode(&protector->mac, &algorithm);
    } else if (protector->kind == CMP_PROTECTION_SIGNATURE) {
        algorithm_put(&algorithm, OID_SM2_WITH_SM3);
    }
    own.protection_algorithm = writer_bytes(&algorithm);
    cmp_header_encode(&own, ret);
    return !algorithm.failed && !ret->failed;
}

bool cmp_message_build(const CmpHeader *header, CmpBodyType type, Bytes body,
                       const CmpProtector *protector, Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer header_der = writer_new(CMP_MAX_SIZE);
    CLEANUP(writer_free) Writer body_der = writer_new(CMP_MAX_SIZE);
    CLEANUP(writer_free) Writer part = writer_new(2 * CMP_MAX_SIZE);
    der_put(&body_der, DER_CONTEXT_CONSTRUCTED((uint8_t)type), body);
    if (!encode_header(header, protector, &header_der) || body_der.failed) {
        return error_memory(err);
    }
    cmp_put_protected_part(writer_bytes(&header_der), writer_bytes(&body_der), &part);
    size_t message = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, writer_bytes(&header_der));
    writer_put(ret, writer_bytes(&body_der));
    if (protector->kind != CMP_PROTECTION_NONE &&
        (part.failed || !protect(protector, writer_bytes(&part), ret, err))) {
        return part.failed ? error_memory(err) : false;
    }
    if (protector->certificates.len > 0) {
        size_t field = der_begin(ret, DER_CONTEXT_CONSTRUCTED(1));
        der_put(ret, DER_SEQUENCE, protector->certificates);
        der_end(ret, field);
    }
    der_end(ret, message);
    return !ret->failed || error_memory(err);
}
