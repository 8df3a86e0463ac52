// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/foreign.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/codec/der.h"

// What an algorithm hashes with, and which kind of key it is for.
typedef struct {
    int algorithm;  // NID
    int key;
    const EVP_MD *(*digest)(void);
    bool is_weak;  // judged by foreign_signature_judge alone
} SignatureKind;

static const SignatureKind signature_kinds[] = {
    {NID_sha256WithRSAEncryption, EVP_PKEY_RSA, EVP_sha256, false},
    {NID_sha384WithRSAEncryption, EVP_PKEY_RSA, EVP_sha384, false},
    {NID_sha512WithRSAEncryption, EVP_PKEY_RSA, EVP_sha512, false},
    {NID_RSA_SHA3_256, EVP_PKEY_RSA, EVP_sha3_256, false},
    {NID_RSA_SHA3_384, EVP_PKEY_RSA, EVP_sha3_384, false},
    {NID_RSA_SHA3_512, EVP_PKEY_RSA, EVP_sha3_512, false},
    {NID_ecdsa_with_SHA256, EVP_PKEY_EC, EVP_sha256, false},
    {NID_ecdsa_with_SHA384, EVP_PKEY_EC, EVP_sha384, false},
    {NID_ecdsa_with_SHA512, EVP_PKEY_EC, EVP_sha512, false},
    {NID_ecdsa_with_SHA3_256, EVP_PKEY_EC, EVP_sha3_256, false},
    {NID_ecdsa_with_SHA3_384, EVP_PKEY_EC, EVP_sha3_384, false},
    {NID_ecdsa_with_SHA3_512, EVP_PKEY_EC, EVP_sha3_512, false},
    {NID_ED25519, EVP_PKEY_ED25519, NULL, false},
    {NID_ED448, EVP_PKEY_ED448, NULL, false},
    {NID_dsa_with_SHA256, EVP_PKEY_DSA, EVP_sha256, false},
    {NID_dsa_with_SHA384, EVP_PKEY_DSA, EVP_sha384, false},
    {NID_dsa_with_SHA512, EVP_PKEY_DSA, EVP_sha512, false},
    {NID_sha1WithRSAEncryption, EVP_PKEY_RSA, EVP_sha1, true},
    {NID_sha1WithRSA, EVP_PKEY_RSA, EVP_sha1, true},
    {NID_md5WithRSAEncryption, EVP_PKEY_RSA, EVP_md5, true},
    {NID_ecdsa_with_SHA1, EVP_PKEY_EC, EVP_sha1, true},
    {NID_dsaWithSHA1, EVP_PKEY_DSA, EVP_sha1, true},
    {NID_dsaWithSHA1_2, EVP_PKEY_DSA, EVP_sha1, true},
};

static const int weak_algorithms[] = {
    NID_md2WithRSAEncryption,  NID_md4WithRSAEncryption, NID_md5WithRSAEncryption,
    NID_sha1WithRSAEncryption, NID_sha1WithRSA,          NID_ecdsa_with_SHA1,
    NID_dsaWithSHA1,           NID_dsaWithSHA1_2,
};

// What is known of one signature before it is computed.
typedef struct {
    EVP_PKEY *key;
    X509_ALGOR *algorithm;
    RSA_PSS_PARAMS *pss;
    const EVP_MD *digest;  // NULL: the algorithm has its own
    int salt_len;
    Bytes named_digest;  // OID, for algorithms that say no more than the kind of key
    bool takes_weak, is_weak;
} Verification;

static void verification_cleanup(Verification *verification)
{
    EVP_PKEY_free(verification->key);
    X509_ALGOR_free(verification->algorithm);
    RSA_PSS_PARAMS_free(verification->pss);
}

static void context_cleanup(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void key_cleanup(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_UNTRUSTED, code, "RFC 5280 4.1.1.2", "%s", rule);
}

// --- keys -------------------------------------------------------------------------------------

// `weak`: whether a small key is taken, and told; NULL: it is refused.
static bool check_rsa(EVP_PKEY *key, bool *weak, Error *err)
{
    BIGNUM *exponent = NULL;
    int bits = EVP_PKEY_get_bits(key);
    bool is_sound = EVP_PKEY_get_bn_param(key, "e", &exponent) == 1 && BN_is_odd(exponent) &&
                    !BN_is_one(exponent) && BN_num_bits(exponent) <= 256;
    BN_free(exponent);
    if (!is_sound) {
        return refuse(err, "foreign.unsound_key", "an RSA key with this exponent proves nothing");
    }
    bool is_small = bits < FOREIGN_RSA_MIN_BITS || bits % 8 != 0;
    if (bits > FOREIGN_RSA_MAX_BITS ||
        (is_small && (weak == NULL || bits < FOREIGN_WEAK_MIN_BITS))) {
        return error_set(err, ERROR_UNTRUSTED, "foreign.weak_key", "RFC 5280 4.1.2.7",
                         "an RSA key of %d bits is not relied on", bits);
    }
    if (is_small) {
        *weak = true;
    }
    return true;
}

// The parameters may be anybody's: what would let everybody sign is refused.
static bool check_dsa(EVP_PKEY *key, bool *weak, Error *err)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    BIGNUM *p = NULL, *g = NULL;
    bool is_sound = context != NULL && EVP_PKEY_public_check_quick(context) == 1 &&
                    EVP_PKEY_get_bn_param(key, "p", &p) == 1 &&
                    EVP_PKEY_get_bn_param(key, "g", &g) == 1 && BN_is_odd(p) &&
                    !BN_is_negative(g) && !BN_is_zero(g) && !BN_is_one(g) && BN_cmp(g, p) < 0;
    BN_free(p);
    BN_free(g);
    EVP_PKEY_CTX_free(context);
    (void)weak;
    return is_sound || error_set(err, ERROR_UNTRUSTED, "foreign.unsound_key", "RFC 3279 2.3.2",
                                 "a DSA key with these numbers proves nothing");
}

// By kind; NULL: nothing more to ask.
static const struct {
    int kind;
    bool (*check)(EVP_PKEY *key, bool *weak, Error *err);
} key_kinds[] = {
    {EVP_PKEY_RSA, check_rsa}, {EVP_PKEY_RSA_PSS, check_rsa}, {EVP_PKEY_EC, NULL},
    {EVP_PKEY_ED25519, NULL},  {EVP_PKEY_ED448, NULL},        {EVP_PKEY_DSA, check_dsa},
};

static bool check_kind(EVP_PKEY *key, bool *weak, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(key_kinds); i++) {
        if (EVP_PKEY_get_base_id(key) == key_kinds[i].kind) {
            return key_kinds[i].check == NULL || key_kinds[i].check(key, weak, err);
        }
    }
    return refuse(err, "foreign.unsupported", "keys of this kind are not relied on");
}

static bool load_key(Bytes key_info, bool *weak, EVP_PKEY **ret, Error *err)
{
    const unsigned char *at = key_info.data;
    CLEANUP(key_cleanup) EVP_PKEY *key = NULL;
    bool is_small_dsa = weak != NULL && foreign_key_is_small_dsa(key_info);
    if (is_small_dsa) {
        *weak = true;
    } else if (!foreign_key_kind_check(key_info, err)) {
        return false;
    }
    if (key_info.len <= INT32_MAX) {
        key = d2i_PUBKEY(NULL, &at, (long)key_info.len);
    }
    if (key == NULL || at != key_info.data + key_info.len) {
        return error_set(err, ERROR_INPUT, "foreign.key", "RFC 5280 4.1.2.7",
                         "the public key is malformed or of an unknown kind");
    }
    if (!check_kind(key, weak, err)) {
        return false;
    }
    *ret = key;
    key = NULL;
    return true;
}

bool foreign_key_check(Bytes key_info, Error *err)
{
    CLEANUP(key_cleanup) EVP_PKEY *key = NULL;
    return load_key(key_info, NULL, &key, err);
}

bool foreign_key_judge(Bytes key_info, bool *ret_is_weak, Error *err)
{
    CLEANUP(key_cleanup) EVP_PKEY *key = NULL;
    *ret_is_weak = false;
    return load_key(key_info, ret_is_weak, &key, err);
}

// --- algorithms -------------------------------------------------------------------------------

static bool parameters_fit(const X509_ALGOR *algorithm, int key)
{
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, NULL, algorithm);
    return type == V_ASN1_UNDEF || (type == V_ASN1_NULL && key == EVP_PKEY_RSA);
}

static bool is_weak(const EVP_MD *digest)
{
    int kind = digest == NULL ? NID_undef : EVP_MD_get_type(digest);
    return kind == NID_sha1 || kind == NID_md5;
}

static const EVP_MD *known_digest(const EVP_MD *digest)
{
    switch (digest == NULL ? NID_undef : EVP_MD_get_type(digest)) {
    case NID_sha256:
    case NID_sha384:
    case NID_sha512:
    case NID_sha3_256:
    case NID_sha3_384:
    case NID_sha3_512:
    case NID_sha1:
    case NID_md5:
        return digest;
    default:
        return NULL;
    }
}

static const EVP_MD *digest_of(const X509_ALGOR *algorithm)
{
    return algorithm == NULL ? NULL : known_digest(EVP_get_digestbyobj(algorithm->algorithm));
}

static bool refuse_weak(Error *err)
{
    return refuse(err, "foreign.weak_hash", "signatures over SHA-1 or MD5 are not relied on");
}

static bool take_digest(Verification *verification, const EVP_MD *digest, Error *err)
{
    verification->digest = digest;
    bool is_bad = is_weak(digest);
    verification->is_weak = verification->is_weak || is_bad;
    return !is_bad || verification->takes_weak || refuse_weak(err);
}

// MGF1 with the digest of the message and the usual trailer, which is what everybody writes.
static bool read_pss(Verification *verification, Error *err)
{
    const void *parameters = NULL;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, &parameters, verification->algorithm);
    if (type == V_ASN1_SEQUENCE) {
        verification->pss = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS),
                                                      verification->algorithm->parameter);
    }
    RSA_PSS_PARAMS *pss = verification->pss;
    if (pss == NULL) {
        return refuse(err, "foreign.unsupported", "the parameters of RSASSA-PSS are malformed");
    }
    // What is left out is SHA-1. Source: RFC 4055 3.1.
    X509_ALGOR *mask = pss->maskGenAlgorithm != NULL &&
                               OBJ_obj2nid(pss->maskGenAlgorithm->algorithm) == NID_mgf1 &&
                               pss->maskGenAlgorithm->parameter != NULL
                           ? ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR),
                                                       pss->maskGenAlgorithm->parameter)
                           : NULL;
    const EVP_MD *digest = pss->hashAlgorithm == NULL ? EVP_sha1() : digest_of(pss->hashAlgorithm);
    const EVP_MD *mask_digest = pss->maskGenAlgorithm == NULL ? EVP_sha1() : digest_of(mask);
    bool is_known = digest != NULL && mask_digest == digest &&
                    (pss->trailerField == NULL || ASN1_INTEGER_get(pss->trailerField) == 1);
    X509_ALGOR_free(mask);
    verification->salt_len = pss->saltLength == NULL ? 20 : (int)ASN1_INTEGER_get(pss->saltLength);
    if (digest != NULL && is_weak(digest) && !verification->takes_weak) {
        return refuse_weak(err);
    }
    return is_known && verification->salt_len >= 0
               ? take_digest(verification, digest, err)
               : refuse(err, "foreign.unsupported",
                        "these parameters of RSASSA-PSS are not supported");
}

static const EVP_MD *digest_named(Bytes oid)
{
    uint8_t element[2 + 16] = {DER_OID, (uint8_t)oid.len};
    const unsigned char *at = element;
    if (oid.len == 0 || oid.len > 16) {
        return NULL;
    }
    memcpy(&element[2], oid.data, oid.len);
    ASN1_OBJECT *name = d2i_ASN1_OBJECT(NULL, &at, (long)oid.len + 2);
    const EVP_MD *digest = name == NULL ? NULL : EVP_get_digestbyobj(name);
    ASN1_OBJECT_free(name);
    return digest;
}

// CMS may say only what kind of key it is, and name the digest elsewhere.
// Source: RFC 3370 3.2; RFC 5753 2.1.1.
static bool choose_by_key(Verification *verification, Error *err)
{
    const EVP_MD *digest = known_digest(digest_named(verification->named_digest));
    return digest == NULL ? refuse(err, "foreign.unsupported", "the digest is not supported")
                          : take_digest(verification, digest, err);
}

static bool choose(Verification *verification, Error *err)
{
    const X509_ALGOR *algorithm = verification->algorithm;
    int name = OBJ_obj2nid(algorithm->algorithm);
    int key = EVP_PKEY_get_base_id(verification->key);
    if (name == NID_rsassaPss && (key == EVP_PKEY_RSA || key == EVP_PKEY_RSA_PSS)) {
        return read_pss(verification, err);
    }
    bool is_key_alone = (name == NID_rsaEncryption && key == EVP_PKEY_RSA) ||
                        (name == NID_X9_62_id_ecPublicKey && key == EVP_PKEY_EC);
    if (is_key_alone && verification->named_digest.len > 0) {
        return choose_by_key(verification, err);
    }
    for (size_t i = 0; i < COUNT_OF(signature_kinds); i++) {
        const SignatureKind *kind = &signature_kinds[i];
        bool is_taken = !kind->is_weak || verification->takes_weak;
        if (is_taken && kind->algorithm == name && kind->key == key &&
            parameters_fit(algorithm, key)) {
            return take_digest(verification, kind->digest == NULL ? NULL : kind->digest(), err);
        }
    }
    for (size_t i = 0; i < COUNT_OF(weak_algorithms); i++) {
        if (name == weak_algorithms[i]) {
            return refuse_weak(err);
        }
    }
    return refuse(err, "foreign.unsupported",
                  "the signature algorithm is not supported, or not one of the key");
}

static bool load(Verification *verification, Bytes key_info, Bytes algorithm, Error *err)
{
    const unsigned char *at = algorithm.data;
    if (!load_key(key_info, verification->takes_weak ? &verification->is_weak : NULL,
                  &verification->key, err)) {
        return false;
    }
    if (algorithm.len <= INT32_MAX) {
        verification->algorithm = d2i_X509_ALGOR(NULL, &at, (long)algorithm.len);
    }
    if (verification->algorithm == NULL) {
        return refuse(err, "foreign.unsupported", "the signature algorithm is malformed");
    }
    return choose(verification, err);
}

static bool verify(Verification *verification, Bytes signature, Bytes message, Error *err)
{
    EVP_PKEY_CTX *options = NULL;
    CLEANUP(context_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_ready = context != NULL && EVP_DigestVerifyInit(context, &options, verification->digest,
                                                            NULL, verification->key) == 1;
    if (is_ready && verification->pss != NULL) {
        is_ready = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md(options, verification->digest) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(options, verification->salt_len) == 1;
    }
    if (!is_ready) {
        return error_set(err, ERROR_INTERNAL, "foreign.failed", NULL, "libcrypto cannot verify");
    }
    return EVP_DigestVerify(context, signature.data, signature.len, message.data, message.len) ==
               1 ||
           refuse(err, "foreign.signature", "the signature does not hold");
}

bool foreign_signature_verify(Bytes key_info, Bytes algorithm, Bytes signature, Bytes message,
                              Error *err)
{
    CLEANUP(verification_cleanup) Verification verification = {0};
    return load(&verification, key_info, algorithm, err) &&
           verify(&verification, signature, message, err);
}

bool foreign_signature_judge(const ForeignSignature *signature, Bytes message, bool *ret_is_weak,
                             Error *err)
{
    CLEANUP(verification_cleanup)
    Verification verification = {.named_digest = signature->digest, .takes_weak = true};
    if (!load(&verification, signature->key_info, signature->algorithm, err)) {
        return false;
    }
    *ret_is_weak = verification.is_weak;
    return verify(&verification, signature->value, message, err);
}

bool foreign_algorithm_is_weak(Bytes algorithm)
{
    const unsigned char *at = algorithm.data;
    CLEANUP(verification_cleanup) Verification verification = {.takes_weak = true};
    if (algorithm.len <= INT32_MAX) {
        verification.algorithm = d2i_X509_ALGOR(NULL, &at, (long)algorithm.len);
    }
    int name =
        verification.algorithm == NULL ? NID_undef : OBJ_obj2nid(verification.algorithm->algorithm);
    if (name == NID_rsassaPss) {
        return read_pss(&verification, NULL) && verification.is_weak;
    }
    for (size_t i = 0; i < COUNT_OF(weak_algorithms); i++) {
        if (name == weak_algorithms[i]) {
            return true;
        }
    }
    return false;
}

bool foreign_digest(Bytes oid, const Bytes *parts, size_t part_count, ForeignDigest *ret,
                    Error *err)
{
    const EVP_MD *digest = digest_named(oid);
    int kind = digest == NULL ? NID_undef : EVP_MD_get_type(digest);
    unsigned len = 0;
    if (digest == NULL) {
        return refuse(err, "foreign.unsupported", "the digest is not supported");
    }
    CLEANUP(context_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL && EVP_DigestInit_ex(context, digest, NULL) == 1;
    for (size_t i = 0; ok && i < part_count; i++) {
        ok = EVP_DigestUpdate(context, parts[i].data, parts[i].len) == 1;
    }
    // With Ed448 goes SHAKE256 of 512 bits. Source: RFC 8419 3.1.
    if (ok && kind == NID_shake256) {
        len = FOREIGN_DIGEST_MAX;
        ok = EVP_DigestFinalXOF(context, ret->octets, len) == 1;
    } else if (ok) {
        ok = EVP_DigestFinal_ex(context, ret->octets, &len) == 1;
    }
    if (!ok) {
        return error_set(err, ERROR_INTERNAL, "foreign.failed", NULL, "libcrypto cannot hash");
    }
    ret->len = len;
    ret->is_weak = is_weak(digest);
    return true;
}
