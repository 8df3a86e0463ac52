// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "base/crypto/key.h"
#include "base/crypto/pbkdf2.h"
#include "base/sm4/sm4.h"

enum { KEY_DER_MAX_SIZE = 1024, KEY_SALT_SIZE = 16, KEY_ITERATIONS = 50000 };

static const char label_plain[] = "PRIVATE KEY";
static const char label_encrypted[] = "ENCRYPTED PRIVATE KEY";

#define OID_EC_PUBLIC_KEY BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_SM2 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x82\x2d")
#define OID_PBES2 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBKDF2 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
#define OID_HMAC_SM3 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x11\x02")
#define OID_HMAC_SHA256 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x09")
#define OID_SM4_CBC BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68\x02")

// How a key file is encrypted: PBES2 parameters. Views are borrowed from the DER.
typedef struct {
    Pbkdf2Prf prf;
    uint64_t iterations;
    Bytes salt;
    Bytes iv;
    Bytes ciphertext;
} Encryption;

static bool malformed(const char *reason, Error *err)
{
    return error_set(err, ERROR_INPUT, "key.malformed", "RFC 5958 2", "the key file %s", reason);
}

// Writing

static bool put_private_key_info(const Sm2PrivateKey *key, Writer *ret, Error *err)
{
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    if (!sm2_private_key_scalar(key, &scalar, err)) {
        return false;
    }
    size_t info = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, 0);
    size_t algorithm = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_EC_PUBLIC_KEY);
    der_put_oid(ret, OID_SM2);
    der_end(ret, algorithm);
    size_t octets = der_begin(ret, DER_OCTET_STRING);
    size_t ec_private_key = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, 1);
    der_put(ret, DER_OCTET_STRING, secret_expose(scalar));
    size_t public_key = der_begin(ret, DER_CONTEXT_CONSTRUCTED(1));
    der_put_bit_string(ret, sm2_public_key_bytes(sm2_public_key(key)));
    der_end(ret, public_key);
    der_end(ret, ec_private_key);
    der_end(ret, octets);
    der_end(ret, info);
    return !ret->failed || error_memory(err);
}

static void put_encryption(const Encryption *encryption, Writer *ret)
{
    size_t info = der_begin(ret, DER_SEQUENCE);
    size_t pbes2 = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_PBES2);
    size_t pbes2_parameters = der_begin(ret, DER_SEQUENCE);
    size_t pbkdf2 = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_PBKDF2);
    size_t pbkdf2_parameters = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_OCTET_STRING, encryption->salt);
    der_put_u64(ret, encryption->iterations);
    size_t prf = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_HMAC_SM3);
    der_put_null(ret);
    der_end(ret, prf);
    der_end(ret, pbkdf2_parameters);
    der_end(ret, pbkdf2);
    size_t cipher = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_SM4_CBC);
    der_put(ret, DER_OCTET_STRING, encryption->iv);
    der_end(ret, cipher);
    der_end(ret, pbes2_parameters);
    der_end(ret, pbes2);
    der_put(ret, DER_OCTET_STRING, encryption->ciphertext);
    der_end(ret, info);
}

static bool start_cipher(const Encryption *encryption, Bytes password, Sm4 *ret, Error *err)
{
    uint8_t key[SM4_KEY_SIZE];
    if (!pbkdf2_derive(encryption->prf, password, encryption->salt, encryption->iterations, key,
                       sizeof key, err)) {
        return false;
    }
    sm4_init(ret, key);
    secret_wipe(key, sizeof key);
    return true;
}

static bool encrypt(Bytes plain, Bytes password, Random random, Writer *ret, Error *err)
{
    uint8_t salt[KEY_SALT_SIZE], iv[SM4_BLOCK_SIZE];
    if (!random_fill(random, salt, sizeof salt, err) || !random_fill(random, iv, sizeof iv, err)) {
        return false;
    }
    Encryption encryption = {PBKDF2_HMAC_SM3, KEY_ITERATIONS, BYTES_OF_ARRAY(salt),
                             BYTES_OF_ARRAY(iv), BYTES_EMPTY};
    Sm4 sm4;
    if (!start_cipher(&encryption, password, &sm4, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer ciphertext = writer_new(KEY_DER_MAX_SIZE);
    sm4_cbc_encrypt(&sm4, iv, plain, &ciphertext);
    sm4_wipe(&sm4);
    encryption.ciphertext = writer_bytes(&ciphertext);
    put_encryption(&encryption, ret);
    return (!ciphertext.failed && !ret->failed) || error_memory(err);
}

bool key_pem_encode(const Sm2PrivateKey *key, Bytes password, Random random, Writer *ret,
                    Error *err)
{
    CLEANUP(writer_free) Writer plain = writer_new(KEY_DER_MAX_SIZE);
    CLEANUP(writer_free) Writer encrypted = writer_new(KEY_DER_MAX_SIZE);
    if (!put_private_key_info(key, &plain, err)) {
        return false;
    }
    if (password.len == 0) {
        pem_encode(label_plain, writer_bytes(&plain), ret);
    } else if (encrypt(writer_bytes(&plain), password, random, &encrypted, err)) {
        pem_encode(label_encrypted, writer_bytes(&encrypted), ret);
    } else {
        return false;
    }
    return !ret->failed ||
           error_set(err, ERROR_LIMIT, "key.limit", NULL, "the key exceeds the writer's limit");
}

// Reading

// ECPrivateKey. The curve is named by the algorithm around it and may be named again.
static bool parse_ec_private_key(Bytes der, Sm2PrivateKey **ret, Error *err)
{
    Bytes public_key = BYTES_EMPTY;
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    bool understood = der_u64(&content) == 1;
    Bytes scalar = der_octet_string(&content);
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader curve = der_enter(&content, DER_CONTEXT_CONSTRUCTED(0));
        understood &= bytes_equal(der_oid(&curve), OID_SM2) && reader_done(&curve);
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(1)) {
        Reader bits = der_enter(&content, DER_CONTEXT_CONSTRUCTED(1));
        public_key = der_bit_string_octets(&bits);
        understood &= reader_done(&bits);
    }
    if (!understood || !reader_done(&content) || !reader_done(&whole)) {
        return malformed("holds no ECPrivateKey on the SM2 curve", err);
    }
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    if (!sm2_private_key_new(scalar, &key, err)) {
        return false;
    }
    if (public_key.data != NULL &&
        !bytes_equal(public_key, sm2_public_key_bytes(sm2_public_key(key)))) {
        return malformed("holds the public key of another private key", err);
    }
    *ret = key;
    key = NULL;
    return true;
}

static bool parse_private_key_info(Bytes der, Sm2PrivateKey **ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    bool understood = der_u64(&content) == 0;
    Reader algorithm = der_enter(&content, DER_SEQUENCE);
    understood &= bytes_equal(der_oid(&algorithm), OID_EC_PUBLIC_KEY);
    understood &= bytes_equal(der_oid(&algorithm), OID_SM2);
    understood &= reader_done(&algorithm);
    Bytes octets = der_octet_string(&content);
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        (void)der_element(&content, DER_CONTEXT_CONSTRUCTED(0));  // attributes say nothing here
    }
    if (!understood || !reader_done(&content) || !reader_done(&whole)) {
        return malformed("is not the PKCS#8 of an SM2 key", err);
    }
    return parse_ec_private_key(octets, ret, err);
}

static bool parse_prf(Reader *parameters, Pbkdf2Prf *ret)
{
    Reader prf = der_enter(parameters, DER_SEQUENCE);
    Bytes oid = der_oid(&prf);
    if (der_peek(&prf) == DER_NULL) {
        der_null(&prf);
    }
    *ret = bytes_equal(oid, OID_HMAC_SM3) ? PBKDF2_HMAC_SM3 : PBKDF2_HMAC_SHA256;
    return reader_done(&prf) &&
           (bytes_equal(oid, OID_HMAC_SM3) || bytes_equal(oid, OID_HMAC_SHA256));
}

static bool parse_kdf(Reader *kdf, Encryption *ret)
{
    bool understood = bytes_equal(der_oid(kdf), OID_PBKDF2);
    Reader parameters = der_enter(kdf, DER_SEQUENCE);
    ret->salt = der_octet_string(&parameters);
    ret->iterations = der_u64(&parameters);
    if (der_peek(&parameters) == DER_INTEGER) {
        understood &= der_u64(&parameters) == SM4_KEY_SIZE;
    }
    understood &= parse_prf(&parameters, &ret->prf);
    return understood && reader_done(&parameters) && reader_done(kdf);
}

static bool parse_encryption(Bytes der, Encryption *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Reader algorithm = der_enter(&content, DER_SEQUENCE);
    bool understood = bytes_equal(der_oid(&algorithm), OID_PBES2);
    Reader parameters = der_enter(&algorithm, DER_SEQUENCE);
    Reader kdf = der_enter(&parameters, DER_SEQUENCE);
    understood &= parse_kdf(&kdf, ret);
    Reader cipher = der_enter(&parameters, DER_SEQUENCE);
    understood &= bytes_equal(der_oid(&cipher), OID_SM4_CBC);
    ret->iv = der_octet_string(&cipher);
    ret->ciphertext = der_octet_string(&content);
    understood &= reader_done(&cipher) && reader_done(&parameters) && reader_done(&algorithm) &&
                  reader_done(&content) && reader_done(&whole) && ret->iv.len == SM4_BLOCK_SIZE;
    return understood || malformed("is not encrypted with PBES2, PBKDF2 and SM4-CBC", err);
}

static bool wrong_password(const char *reason, Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, "key.password", NULL, "the key file's password is %s",
                     reason);
}

static bool parse_encrypted(Bytes der, Bytes password, Sm2PrivateKey **ret, Error *err)
{
    Encryption encryption;
    Sm4 sm4;
    if (!parse_encryption(der, &encryption, err)) {
        return false;
    }
    if (password.len == 0) {
        return wrong_password("missing", err);
    }
    if (!start_cipher(&encryption, password, &sm4, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer plain = writer_new(KEY_PEM_MAX_SIZE);
    bool decrypted = sm4_cbc_decrypt(&sm4, encryption.iv.data, encryption.ciphertext, &plain, err);
    sm4_wipe(&sm4);
    // PBES2 has no authentication: a wrong password shows as padding or DER that makes no sense.
    if (decrypted && parse_private_key_info(writer_bytes(&plain), ret, err)) {
        return true;
    }
    return (err != NULL && err->kind == ERROR_INTERNAL) ? false : wrong_password("wrong", err);
}

bool key_pem_parse(Bytes pem, Bytes password, Sm2PrivateKey **ret, Error *err)
{
    if (pem.len > KEY_PEM_MAX_SIZE) {
        return malformed("is too large", err);
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * KEY_PEM_MAX_SIZE);
    if (arena == NULL) {
        return error_memory(err);
    }
    Error ignored = {0};
    Bytes rest = pem;
    Bytes der;
    if (pem_decode_next(arena, label_plain, &rest, &der, &ignored)) {
        return parse_private_key_info(der, ret, err);
    }
    if (ignored.kind != ERROR_NOT_FOUND) {
        return malformed("has a malformed PRIVATE KEY block", err);
    }
    if (pem_decode_next(arena, label_encrypted, &rest, &der, &ignored)) {
        return parse_encrypted(der, password, ret, err);
    }
    return malformed("has no PKCS#8 PEM block", err);
}
