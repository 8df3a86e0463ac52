// SPDX-License-Identifier: Apache-2.0
//
// What libcrypto signs is verified, and what proves nothing is refused.
#include "base/crypto/foreign.h"

#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/codec/der.h"
#include "base/core/arena.h"
#include "base/test/test.h"

#define MESSAGE BYTES_LITERAL("what is signed")

// A key, and a signature of it over MESSAGE in the form of a certificate.
typedef struct {
    Arena *arena;
    EVP_PKEY *key;
    Bytes key_info, algorithm, signature;
} Signed;

static void signed_free(Signed *signed_by)
{
    EVP_PKEY_free(signed_by->key);
    arena_free(signed_by->arena);
    *signed_by = (Signed){0};
}

typedef struct {
    const char *key;
    size_t bits;
    const char *curve;
    const char *digest;  // NULL: the algorithm has its own
    int pss_salt;        // -1: not RSASSA-PSS
    const char *code;    // NULL: it is accepted
} Row;

// Domain parameters take long to make: those of 2048 bits are kept.
static EVP_PKEY *make_dsa_key(size_t bits)
{
    EVP_PKEY *key = NULL, *parameters = NULL;
    if (bits == 2048) {
        Bytes pem = test_file("src/base/crypto/testdata/dsa_parameters.pem");
        BIO *text = BIO_new_mem_buf(pem.data, (int)pem.len);
        parameters = PEM_read_bio_Parameters(text, NULL);
        BIO_free(text);
    } else {
        EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
        CHECK(EVP_PKEY_paramgen_init(making) == 1 &&
              EVP_PKEY_CTX_set_dsa_paramgen_bits(making, (int)bits) == 1 &&
              EVP_PKEY_generate(making, &parameters) == 1);
        EVP_PKEY_CTX_free(making);
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(parameters, NULL);
    CHECK(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(parameters);
    return key;
}

static EVP_PKEY *make_key(const Row *row)
{
    EVP_PKEY *key = NULL;
    if (strcmp(row->key, "DSA") == 0) {
        key = make_dsa_key(row->bits);
    } else if (strcmp(row->key, "RSA") == 0) {
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", row->bits);
    } else if (strcmp(row->key, "EC") == 0) {
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", row->curve);
    } else {
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, row->key, NULL);
        CHECK(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, &key) == 1);
        EVP_PKEY_CTX_free(context);
    }
    CHECK(key != NULL);
    return key;
}

static Bytes keep(Arena *arena, unsigned char *der, int len)
{
    CHECK(len > 0);
    Bytes ret = arena_copy(arena, bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    return ret;
}

static Bytes key_info_of(Arena *arena, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    return keep(arena, der, len);
}

// Sign the way a certificate is signed, with the algorithm that libcrypto writes for it.
static void sign(Signed *ret, const Row *row)
{
    static unsigned char *const message = (unsigned char *)(uintptr_t) "what is signed";
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_BIT_STRING *signature = ASN1_BIT_STRING_new();
    ASN1_OCTET_STRING content = {
        .length = (int)MESSAGE.len, .data = message, .type = V_ASN1_SEQUENCE};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    ret->arena = arena_new(ARENA_DEFAULT_LIMIT);
    ret->key = make_key(row);
    ret->key_info = key_info_of(ret->arena, ret->key);
    const EVP_MD *digest = row->digest == NULL ? NULL : EVP_get_digestbyname(row->digest);
    CHECK(EVP_DigestSignInit(context, &options, digest, NULL, ret->key) == 1);
    if (row->pss_salt >= 0) {
        CHECK(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1);
        CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, row->pss_salt) == 1);
    }
    // ASN1_ANY writes an element of any tag as it stands, here the message as a SEQUENCE.
    ASN1_TYPE any = {.type = V_ASN1_SEQUENCE, .value.sequence = &content};
    CHECK(ASN1_item_sign_ctx(ASN1_ITEM_rptr(ASN1_ANY), algorithm, NULL, signature, &any, context) >
          0);
    unsigned char *der = NULL;
    int len = i2d_X509_ALGOR(algorithm, &der);
    ret->algorithm = keep(ret->arena, der, len);
    ret->signature = arena_copy(ret->arena, bytes_of(signature->data, (size_t)signature->length));
    X509_ALGOR_free(algorithm);
    ASN1_BIT_STRING_free(signature);
    EVP_MD_CTX_free(context);
}

static bool holds(const Signed *signed_by, Bytes message, Error *err)
{
    return foreign_signature_verify(signed_by->key_info, signed_by->algorithm, signed_by->signature,
                                    message, err);
}

// Covers: RFC 4055 5; RFC 5758 3.2; RFC 8410 6.
TEST(what_libcrypto_signs_is_verified_and_weak_algorithms_are_refused)
{
    static const Row rows[] = {
        {"RSA", 2048, NULL, "SHA256", -1, NULL},
        {"RSA", 2048, NULL, "SHA384", -1, NULL},
        {"RSA", 3072, NULL, "SHA512", -1, NULL},
        {"RSA", 2048, NULL, "SHA256", 32, NULL},
        {"RSA", 2048, NULL, "SHA384", 20, NULL},
        {"RSA", 2048, NULL, "SHA512", 0, NULL},
        {"RSA-PSS", 0, NULL, "SHA256", 32, NULL},
        {"EC", 0, "P-256", "SHA256", -1, NULL},
        {"EC", 0, "P-384", "SHA384", -1, NULL},
        {"EC", 0, "P-521", "SHA512", -1, NULL},
        {"EC", 0, "P-256", "SHA512", -1, NULL},
        {"ED25519", 0, NULL, NULL, -1, NULL},
        {"DSA", 2048, NULL, "SHA256", -1, NULL},
        {"DSA", 2048, NULL, "SHA512", -1, NULL},
        {"DSA", 2048, NULL, "SHA1", -1, "foreign.weak_hash"},
        {"DSA", 2048, NULL, "SHA224", -1, "foreign.unsupported"},
        {"DSA", 1024, NULL, "SHA256", -1, "foreign.weak_key"},
        {"RSA", 2048, NULL, "SHA1", -1, "foreign.weak_hash"},
        {"RSA", 2048, NULL, "SHA1", 20, "foreign.weak_hash"},
        {"RSA", 2048, NULL, "MD5", -1, "foreign.weak_hash"},
        {"EC", 0, "P-256", "SHA1", -1, "foreign.weak_hash"},
        {"RSA", 1024, NULL, "SHA256", -1, "foreign.weak_key"},
        {"RSA", 2052, NULL, "SHA256", -1, "foreign.weak_key"},
        {"RSA", 2048, NULL, "SHA224", -1, "foreign.unsupported"},
        {"EC", 0, "P-224", "SHA256", -1, "foreign.unsupported"},
        {"EC", 0, "prime192v1", "SHA256", -1, "foreign.weak_key"},
        {"EC", 0, "secp256k1", "SHA256", -1, "foreign.unsupported"},
        {"ED448", 0, NULL, NULL, -1, NULL},
        {"RSA", 2048, NULL, "SHA3-256", -1, NULL},
        {"EC", 0, "P-384", "SHA3-384", -1, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(signed_free) Signed signed_by = {0};
        sign(&signed_by, &rows[i]);
        bool ok = holds(&signed_by, MESSAGE, &err);
        if (ok != (rows[i].code == NULL) || (!ok && strcmp(err.code, rows[i].code) != 0)) {
            test_fail(__FILE__, __LINE__, "row %zu: %s %s", i, ok ? "accepted" : err.code,
                      err.text);
        }
        CHECK(!holds(&signed_by, BYTES_LITERAL("what is not"), &err));
    }
}

TEST(what_is_weak_is_computed_and_told_where_it_is_only_judged)
{
    static const struct {
        Row row;
        bool is_weak, has_weak_digest;
    } rows[] = {
        {{"RSA", 2048, NULL, "SHA256", -1, NULL}, false, false},
        {{"RSA", 2048, NULL, "SHA256", 32, NULL}, false, false},
        {{"EC", 0, "P-256", "SHA256", -1, NULL}, false, false},
        {{"RSA", 1024, NULL, "SHA256", -1, NULL}, true, false},
        {{"RSA", 2052, NULL, "SHA256", -1, NULL}, true, false},
        {{"RSA", 2048, NULL, "SHA1", -1, NULL}, true, true},
        {{"RSA", 2048, NULL, "SHA1", 20, NULL}, true, true},
        {{"RSA", 2048, NULL, "MD5", -1, NULL}, true, true},
        {{"EC", 0, "P-256", "SHA1", -1, NULL}, true, true},
        {{"DSA", 2048, NULL, "SHA1", -1, NULL}, true, true},
        {{"DSA", 1024, NULL, "SHA1", -1, NULL}, true, true},
        {{"DSA", 1024, NULL, "SHA256", -1, NULL}, true, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(signed_free) Signed signed_by = {0};
        sign(&signed_by, &rows[i].row);
        const ForeignSignature signature = {.key_info = signed_by.key_info,
                                            .algorithm = signed_by.algorithm,
                                            .value = signed_by.signature};
        bool is_weak = !rows[i].is_weak, has_weak_key = true;
        CHECK_OK(foreign_signature_judge(&signature, MESSAGE, &is_weak, &err));
        CHECK_INT(is_weak, rows[i].is_weak);
        CHECK_INT(foreign_algorithm_is_weak(signed_by.algorithm), rows[i].has_weak_digest);
        CHECK_OK(foreign_key_judge(signed_by.key_info, &has_weak_key, &err));
        CHECK_INT(has_weak_key, rows[i].row.bits == 1024 || rows[i].row.bits == 2052);
        CHECK_FAILS_WITH(
            foreign_signature_judge(&signature, BYTES_LITERAL("what is not"), &is_weak, &err),
            ERROR_UNTRUSTED, "foreign.signature");
    }
    static const Row tiny = {"RSA", 768, NULL, "SHA256", -1, NULL};
    Error err = {0};
    bool is_weak;
    CLEANUP(signed_free) Signed signed_by = {0};
    sign(&signed_by, &tiny);
    CHECK_FAILS_WITH(foreign_key_judge(signed_by.key_info, &is_weak, &err), ERROR_UNTRUSTED,
                     "foreign.weak_key");
}

TEST(no_bit_of_a_signature_can_be_changed)
{
    static const Row rows[] = {{"RSA", 2048, NULL, "SHA256", -1, NULL},
                               {"EC", 0, "P-256", "SHA256", -1, NULL},
                               {"DSA", 2048, NULL, "SHA256", -1, NULL},
                               {"ED25519", 0, NULL, NULL, -1, NULL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(signed_free) Signed signed_by = {0};
        sign(&signed_by, &rows[i]);
        uint8_t *octets = (uint8_t *)(uintptr_t)signed_by.signature.data;
        for (size_t bit = 0; bit < 8 * signed_by.signature.len; bit += 7) {
            octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_FAILS_WITH(holds(&signed_by, MESSAGE, &err), ERROR_UNTRUSTED,
                             "foreign.signature");
            octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t len = 0; len < signed_by.signature.len; len += 5) {
            CHECK_FAILS(
                foreign_signature_verify(signed_by.key_info, signed_by.algorithm,
                                         bytes_slice(signed_by.signature, 0, len), MESSAGE, &err),
                ERROR_UNTRUSTED);
        }
    }
}

TEST(a_signature_of_one_key_or_algorithm_is_none_of_another)
{
    static const Row first_row = {"EC", 0, "P-256", "SHA256", -1, NULL};
    static const Row rows[] = {{"EC", 0, "P-256", "SHA256", -1, NULL},
                               {"EC", 0, "P-256", "SHA384", -1, NULL},
                               {"RSA", 2048, NULL, "SHA256", -1, NULL}};
    Error err = {0};
    CLEANUP(signed_free) Signed first = {0};
    sign(&first, &first_row);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(signed_free) Signed other = {0};
        sign(&other, &rows[i]);
        CHECK_FAILS(foreign_signature_verify(other.key_info, first.algorithm, first.signature,
                                             MESSAGE, &err),
                    ERROR_UNTRUSTED);
        CHECK_FAILS(foreign_signature_verify(first.key_info, other.algorithm, other.signature,
                                             MESSAGE, &err),
                    ERROR_UNTRUSTED);
    }
}

// Covers: RFC 5480 2.1.1.
TEST(a_curve_that_is_written_out_is_not_relied_on)
{
    static const Row row = {"EC", 0, "P-256", "SHA256", -1, NULL};
    Error err = {0};
    CLEANUP(signed_free) Signed signed_by = {0};
    sign(&signed_by, &row);
    CHECK_OK(foreign_key_check(signed_by.key_info, &err));
    CHECK(EVP_PKEY_set_utf8_string_param(signed_by.key, "encoding", "explicit") == 1);
    CHECK_FAILS_WITH(foreign_key_check(key_info_of(signed_by.arena, signed_by.key), &err),
                     ERROR_UNTRUSTED, "foreign.weak_key");
}

TEST(what_is_no_key_is_malformed)
{
    static const Row row = {"EC", 0, "P-256", "SHA256", -1, NULL};
    // An RSA key with nothing in its BIT STRING, and one with exponent 1.
    static const char *const malformed[] = {"", "3000",
                                            "3012 300d 0609 2a864886f70d010101 0500 0301 00"};
    Error err = {0};
    CLEANUP(signed_free) Signed signed_by = {0};
    sign(&signed_by, &row);
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        CHECK_FAILS_WITH(foreign_key_check(test_hex(malformed[i]), &err), ERROR_INPUT,
                         "foreign.key");
    }
    for (size_t len = 0; len < signed_by.key_info.len; len++) {
        CHECK_FAILS_WITH(foreign_key_check(bytes_slice(signed_by.key_info, 0, len), &err),
                         ERROR_INPUT, "foreign.key");
    }
}

// The key info of `key` with other parameters than its own: an element, or nothing.
static Bytes with_parameters(Arena *arena, EVP_PKEY *key, Bytes parameters)
{
    X509_PUBKEY *info = NULL;
    const unsigned char *octets = NULL;
    int len = 0;
    CHECK(X509_PUBKEY_set(&info, key) == 1 &&
          X509_PUBKEY_get0_param(NULL, &octets, &len, NULL, info) == 1);
    Writer out = writer_new(4096);
    size_t whole = der_begin(&out, DER_SEQUENCE), algorithm = der_begin(&out, DER_SEQUENCE);
    der_put_oid(&out, BYTES_LITERAL("\x2a\x86\x48\xce\x38\x04\x01"));
    writer_put(&out, parameters);
    der_end(&out, algorithm);
    der_put_bit_string(&out, bytes_of(octets, (size_t)len));
    der_end(&out, whole);
    X509_PUBKEY_free(info);
    Bytes ret = arena_copy(arena, writer_bytes(&out));
    writer_free(&out);
    return ret;
}

// Covers: RFC 3279 2.3.2; RFC 5280 6.1.4 (e), (f).
TEST(a_dsa_key_without_parameters_takes_those_of_the_key_above_and_no_others)
{
    static const Row row = {"DSA", 2048, NULL, "SHA256", -1, NULL};
    static const Row rsa = {"RSA", 2048, NULL, "SHA256", -1, NULL};
    Error err = {0};
    CLEANUP(signed_free) Signed signed_by = {0};
    CLEANUP(signed_free) Signed above = {0};
    CLEANUP(signed_free) Signed other = {0};
    sign(&signed_by, &row);
    sign(&above, &row);
    sign(&other, &rsa);
    const Bytes lacking[] = {
        with_parameters(signed_by.arena, signed_by.key, BYTES_EMPTY),
        with_parameters(signed_by.arena, signed_by.key, BYTES_LITERAL("\x05\x00"))};
    CHECK(foreign_key_is_dsa(signed_by.key_info) && !foreign_key_is_dsa(other.key_info));
    CHECK(!foreign_key_lacks_parameters(signed_by.key_info));
    for (size_t i = 0; i < COUNT_OF(lacking); i++) {
        Writer whole = writer_new(4096);
        CHECK(foreign_key_lacks_parameters(lacking[i]));
        CHECK_FAILS_WITH(foreign_signature_verify(lacking[i], signed_by.algorithm,
                                                  signed_by.signature, MESSAGE, &err),
                         ERROR_UNTRUSTED, "foreign.parameters");
        CHECK_OK(foreign_key_inherit(lacking[i], above.key_info, &whole, &err));
        CHECK_BYTES(writer_bytes(&whole), signed_by.key_info);
        CHECK_FAILS_WITH(foreign_key_inherit(lacking[i], other.key_info, &whole, &err),
                         ERROR_UNTRUSTED, "foreign.parameters");
        CHECK_FAILS_WITH(foreign_key_inherit(lacking[i], lacking[0], &whole, &err), ERROR_UNTRUSTED,
                         "foreign.parameters");
        writer_free(&whole);
    }
    // Parameters with which everybody could sign.
    CHECK_FAILS_WITH(
        foreign_key_check(with_parameters(signed_by.arena, signed_by.key,
                                          BYTES_LITERAL("\x30\x09\x02\x01\x07\x02\x01\x03\x02"
                                                        "\x01\x01")),
                          &err),
        ERROR_UNTRUSTED, "foreign.weak_key");
    CHECK_FAILS_WITH(foreign_key_check(with_parameters(signed_by.arena, signed_by.key,
                                                       BYTES_LITERAL("\x30\x03\x02\x01\x07")),
                                       &err),
                     ERROR_INPUT, "foreign.key");
}
