// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/list_scene_test.h"

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/test/test.h"

enum { YEAR_HOURS = 365 * 24, ENTRIES_MAX = 512 };

static const char distinguishing_id[] = "1234567812345678";

static time_t from_now(int hours)
{
    return (time_t)(LIST_SCENE_NOW / TIME_SECOND) + hours * 3600;
}

static void put_name(X509_NAME *name, const char *common_name)
{
    X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, (const unsigned char *)"CN", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1,
                               -1, 0);
}

static EVP_MD_CTX *signing_context(EVP_PKEY *key, EVP_PKEY_CTX **ret_key_context)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *ret_key_context = EVP_PKEY_CTX_new(key, NULL);
    CHECK(EVP_PKEY_CTX_set1_id(*ret_key_context, distinguishing_id, 16) == 1);
    EVP_MD_CTX_set_pkey_ctx(context, *ret_key_context);
    return context;
}

static ASN1_INTEGER *integer_of(const char *hex)
{
    BIGNUM *number = NULL;
    CHECK(BN_hex2bn(&number, hex) > 0);
    ASN1_INTEGER *ret = BN_to_ASN1_INTEGER(number, NULL);
    BN_free(number);
    return ret;
}

// A configuration of text; a default section of its own is not needed.
static CONF *configuration_of(const char *text)
{
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text == NULL ? "[ext]\n" : text, -1);
    long line = 0;
    CHECK(NCONF_load_bio(conf, bio, &line) == 1);
    BIO_free(bio);
    return conf;
}

static void set_id(X509 *certificate)
{
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(id, (const unsigned char *)distinguishing_id, 16);
    X509_set0_distinguishing_id(certificate, id);
}

X509 *scene_certificate_of(Bytes der)
{
    const unsigned char *start = der.data;
    X509 *certificate = d2i_X509(NULL, &start, (long)der.len);
    CHECK(certificate != NULL && X509_check_purpose(certificate, -1, 0) == 1);
    set_id(certificate);
    return certificate;
}

X509_CRL *scene_list_of(Bytes der)
{
    const unsigned char *start = der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &start, (long)der.len);
    CHECK(crl != NULL);
    return crl;
}

// --- certificates -----------------------------------------------------------------------------

void scene_certify(SceneSubject *subject, const SceneSubject *issuer, const char *serial,
                   const char *configuration)
{
    X509 *certificate = X509_new();
    X509V3_CTX context;
    CONF *conf = configuration_of(configuration);
    ASN1_INTEGER *number = integer_of(serial);
    EVP_PKEY_CTX *key_context;
    subject->key = subject->key == NULL ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : subject->key;
    X509_set_version(certificate, X509_VERSION_3);
    X509_set_serialNumber(certificate, number);
    put_name(X509_get_subject_name(certificate), subject->name);
    put_name(X509_get_issuer_name(certificate), issuer == NULL ? subject->name : issuer->name);
    ASN1_TIME_set(X509_getm_notBefore(certificate), from_now(-YEAR_HOURS));
    ASN1_TIME_set(X509_getm_notAfter(certificate), from_now(YEAR_HOURS));
    X509_set_pubkey(certificate, subject->key);
    X509V3_set_ctx(&context, issuer == NULL ? certificate : issuer->certificate, certificate, NULL,
                   NULL, 0);
    X509V3_set_nconf(&context, conf);
    CHECK(X509V3_EXT_add_nconf(conf, &context, "ext", certificate) == 1);
    EVP_MD_CTX *signing =
        signing_context(issuer == NULL ? subject->key : issuer->key, &key_context);
    CHECK(EVP_DigestSignInit(signing, NULL, EVP_sm3(), NULL,
                             issuer == NULL ? subject->key : issuer->key) == 1);
    CHECK(X509_sign_ctx(certificate, signing) > 0);
    set_id(certificate);
    CHECK(X509_check_purpose(certificate, -1, 0) == 1);  // it remembers its extensions only now
    subject->certificate = certificate;
    EVP_MD_CTX_free(signing);
    EVP_PKEY_CTX_free(key_context);
    ASN1_INTEGER_free(number);
    NCONF_free(conf);
}

void scene_subject_free(SceneSubject *subject)
{
    X509_free(subject->certificate);
    EVP_PKEY_free(subject->key);
    *subject = (SceneSubject){0};
}

// --- lists ------------------------------------------------------------------------------------

static void put_reason(X509_REVOKED *revoked, const char *name)
{
    for (int reason = 0; reason <= REASON_AA_COMPROMISE; reason++) {
        if (reason != 7 && strcmp(name, revocation_reason_name((RevocationReason)reason)) == 0) {
            ASN1_ENUMERATED *value = ASN1_ENUMERATED_new();
            ASN1_ENUMERATED_set(value, reason);
            CHECK(X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, value, 0, 0) == 1);
            ASN1_ENUMERATED_free(value);
            return;
        }
    }
    CHECK(!"a reason of RFC 5280");
}

static void put_certificate_issuer(X509_REVOKED *revoked, const char *common_name)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    X509_NAME *directory_name = X509_NAME_new();
    put_name(directory_name, common_name);
    GENERAL_NAME_set0_value(name, GEN_DIRNAME, directory_name);
    sk_GENERAL_NAME_push(names, name);
    CHECK(X509_REVOKED_add1_ext_i2d(revoked, NID_certificate_issuer, names, 1, 0) == 1);
    GENERAL_NAMES_free(names);
}

static void put_unknown_extension(X509_REVOKED *revoked)
{
    ASN1_OBJECT *oid = OBJ_txt2obj("2.16.840.1.101.2.1.12.2", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
    CHECK(X509_REVOKED_add_ext(revoked, extension, -1) == 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
}

// One word of SceneList.entries.
static void put_entry(X509_CRL *crl, char *word)
{
    X509_REVOKED *revoked = X509_REVOKED_new();
    char *rest = word + strcspn(word, "=@!+");
    int hours = -30;
    char mark = *rest;
    *rest = '\0';
    ASN1_INTEGER *serial = integer_of(word);
    X509_REVOKED_set_serialNumber(revoked, serial);
    ASN1_INTEGER_free(serial);
    while (mark != '\0') {
        char *value = rest + 1;
        rest = value + strcspn(value, "=@!+");
        char next = *rest;
        *rest = '\0';
        if (mark == '=') {
            put_reason(revoked, value);
        } else if (mark == '@') {
            put_certificate_issuer(revoked, value);
        } else if (mark == '!') {
            put_unknown_extension(revoked);
        } else {
            hours = atoi(value);
        }
        mark = next;
    }
    ASN1_TIME *at = ASN1_TIME_set(NULL, from_now(hours));
    X509_REVOKED_set_revocationDate(revoked, at);
    ASN1_TIME_free(at);
    CHECK(X509_CRL_add0_revoked(crl, revoked) == 1);
}

static void put_entries(X509_CRL *crl, const char *entries)
{
    char words[ENTRIES_MAX], *rest = NULL;
    snprintf(words, sizeof words, "%s", entries == NULL ? "" : entries);
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        put_entry(crl, word);
    }
}

static void put_list_extensions(X509_CRL *crl, const SceneList *list)
{
    X509V3_CTX context;
    CONF *conf = configuration_of(list->extensions);
    X509V3_set_ctx(&context, list->issuer->certificate, NULL, NULL, crl, 0);
    X509V3_set_nconf(&context, conf);
    X509_EXTENSION *authority =
        X509V3_EXT_nconf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    X509_CRL_add_ext(crl, authority, -1);
    X509_EXTENSION_free(authority);
    if (list->number > 0) {
        ASN1_INTEGER *number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, list->number);
        CHECK(X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1);
        ASN1_INTEGER_free(number);
    }
    CHECK(X509V3_EXT_CRL_add_nconf(conf, &context, "ext", crl) == 1);
    NCONF_free(conf);
}

X509_CRL *scene_list(const SceneList *list)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = X509_NAME_new();
    EVP_PKEY_CTX *key_context;
    bool is_usual = list->begin == 0 && list->end == 0;
    ASN1_TIME *begin = ASN1_TIME_set(NULL, from_now(is_usual ? -24 : list->begin));
    ASN1_TIME *end = ASN1_TIME_set(NULL, from_now(is_usual ? 24 : list->end));
    if (!list->is_version_1) {
        X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    }
    put_name(name, list->issuer->name);
    X509_CRL_set_issuer_name(crl, name);
    X509_CRL_set1_lastUpdate(crl, begin);
    if (!list->has_no_end) {
        X509_CRL_set1_nextUpdate(crl, end);
    }
    put_entries(crl, list->entries);
    if (!list->is_version_1) {
        put_list_extensions(crl, list);
    }
    EVP_MD_CTX *signing = signing_context(list->issuer->key, &key_context);
    CHECK(EVP_DigestSignInit(signing, NULL, EVP_sm3(), NULL, list->issuer->key) == 1);
    CHECK(X509_CRL_sign_ctx(crl, signing) > 0);
    EVP_MD_CTX_free(signing);
    EVP_PKEY_CTX_free(key_context);
    X509_NAME_free(name);
    ASN1_TIME_free(begin);
    ASN1_TIME_free(end);
    // What libcrypto knows of a list's extensions it reads when it parses one.
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(crl, &der);
    const unsigned char *start = der;
    X509_CRL *parsed = d2i_X509_CRL(NULL, &start, len);
    CHECK(parsed != NULL);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    return parsed;
}

// --- judgements -------------------------------------------------------------------------------

static bool signature_holds(X509_CRL *crl, X509 *issuer)
{
    const ASN1_BIT_STRING *signature;
    EVP_PKEY_CTX *key_context;
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    EVP_MD_CTX *context = signing_context(key, &key_context);
    unsigned char *tbs = NULL;
    int len = i2d_re_X509_CRL_tbs(crl, &tbs);
    X509_CRL_get0_signature(crl, &signature, NULL);
    bool holds = len > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sm3(), NULL, key) == 1 &&
                 EVP_DigestVerify(context, signature->data, (size_t)signature->length, tbs,
                                  (size_t)len) == 1;
    OPENSSL_free(tbs);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
    return holds;
}

// Every list that may be of this issuer. Which one it is libcrypto does not say in every case.
static bool lists_hold(const SceneSet *set, X509 *issuer)
{
    bool holds = true;
    for (size_t i = 0; i < set->list_count; i++) {
        X509_CRL *crl = set->lists[i];
        AUTHORITY_KEYID *authority =
            X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
        bool is_its = X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0 &&
                      X509_check_akid(issuer, authority) == X509_V_OK;
        holds = holds && (!is_its || signature_holds(crl, issuer));
        AUTHORITY_KEYID_free(authority);
    }
    return holds;
}

static const SceneSet *judged;

// libcrypto verifies the signature on a list without the signer's id, which is then wrong.
static int allow_our_id(int ok, X509_STORE_CTX *context)
{
    X509_CRL *crl = X509_STORE_CTX_get0_current_crl(context);
    X509 *issuer = X509_STORE_CTX_get0_current_issuer(context);
    if (ok || X509_STORE_CTX_get_error(context) != X509_V_ERR_CRL_SIGNATURE_FAILURE ||
        !(crl == NULL ? lists_hold(judged, issuer) : signature_holds(crl, issuer))) {
        return ok;
    }
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

bool scene_openssl_accepts(const SceneSet *set, const char **ret_reason)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    STACK_OF(X509_CRL) *lists = sk_X509_CRL_new_null();
    judged = set;
    X509_STORE_add_cert(store, set->anchor);
    for (size_t i = 0; i < set->other_count; i++) {
        sk_X509_push(others, set->others[i]);
    }
    for (size_t i = 0; i < set->list_count; i++) {
        sk_X509_CRL_push(lists, set->lists[i]);
    }
    X509_STORE_CTX_init(context, store, set->certificate, others);
    X509_STORE_CTX_set0_crls(context, lists);
    X509_STORE_CTX_set_verify_cb(context, allow_our_id);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(param, from_now(0));
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                           X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                           X509_V_FLAG_USE_DELTAS);
    bool ret = X509_verify_cert(context) == 1;
    *ret_reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    sk_X509_free(others);
    sk_X509_CRL_free(lists);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return ret;
}

static Bytes taken(Arena *arena, unsigned char *der, int len)
{
    CHECK(len > 0);
    Bytes ret = arena_copy(arena, bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    return ret;
}

static Bytes certificate_der(Arena *arena, X509 *certificate)
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    return taken(arena, der, len);
}

// *ret views the arena.
static bool load_set(Arena *arena, const SceneSet *set, TrustStore **ret, Certificate *certificate,
                     Error *err)
{
    TrustStore *trust = trust_store_new(arena);
    if (!trust_store_add_anchors(trust, certificate_der(arena, set->anchor), err)) {
        return false;
    }
    for (size_t i = 0; i < set->other_count; i++) {
        if (!trust_store_add_certificates(trust, certificate_der(arena, set->others[i]), err)) {
            return false;
        }
    }
    for (size_t i = 0; i < set->list_count; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509_CRL(set->lists[i], &der);
        if (!trust_store_add_crls(trust, taken(arena, der, len), err)) {
            return false;
        }
    }
    *ret = trust;
    return certificate_parse(certificate_der(arena, set->certificate), certificate, err);
}

static PathPolicy policy_of(const TrustStore *trust, const Certificate *certificate)
{
    return (PathPolicy){.trust = trust,
                        .at = LIST_SCENE_NOW,
                        .purpose = certificate->is_ca ? PURPOSE_CA : PURPOSE_SIGNATURE,
                        .revocation = REVOCATION_REQUIRED};
}

bool scene_we_accept(const SceneSet *set, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust;
    Certificate certificate;
    if (!load_set(arena, set, &trust, &certificate, err)) {
        return false;
    }
    PathPolicy policy = policy_of(trust, &certificate);
    bool ret = path_verify(&policy, &certificate, err);
    CHECK(!ret || path_find_evidence(&policy, &certificate).list != NULL);
    return ret;
}

CheckOutcome scene_revocation(const SceneSet *set, RevocationRule rule, int hours)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust;
    Certificate certificate;
    Error err = {0};
    CHECK_OK(load_set(arena, set, &trust, &certificate, &err));
    PathPolicy policy = policy_of(trust, &certificate);
    policy.revocation = rule;
    policy.at += hours * TIME_HOUR;
    policy.holds_to_profile = set->holds_to_profile;
    policy.demands.is_at_present = set->is_at_present;
    Verdict verdict = verdict_new(arena);
    (void)path_check(&policy, &certificate, &verdict);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, "path.revocation") == 0) {
            return check->outcome;
        }
    }
    test_fail(__FILE__, __LINE__, "the chain was not judged");
}

void scene_print(const SceneSet *set)
{
    const unsigned long flags = X509_FLAG_NO_SIGDUMP | X509_FLAG_NO_PUBKEY;
    X509_print_ex_fp(stderr, set->certificate, 0, flags);
    for (size_t i = 0; i < set->list_count; i++) {
        X509_CRL_print_fp(stderr, set->lists[i]);
    }
}
