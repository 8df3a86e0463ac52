// SPDX-License-Identifier: Apache-2.0
//
// Chains with random policies, mappings and constraints, judged by OpenSSL and by path.h.
#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/path.h"

enum { MOST_CERTIFICATES = 6, MOST_EXTENSIONS = 10 };

// A pseudo-random sequence that is the same in every run.
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(*state >> 33) % below;
}

typedef struct {
    int nid;
    char value[128];
} NewExtension;

typedef struct {
    NewExtension extensions[MOST_EXTENSIONS];
    size_t count;
} Extensions;

static NewExtension *extension_new(Extensions *extensions, int nid)
{
    CHECK(extensions->count < MOST_EXTENSIONS);
    NewExtension *extension = &extensions->extensions[extensions->count++];
    *extension = (NewExtension){.nid = nid};
    return extension;
}

static void set_distinguishing_id(X509 *certificate)
{
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(id, (const unsigned char *)"1234567812345678", 16);
    X509_set0_distinguishing_id(certificate, id);
}

static void set_name(X509_NAME *name, const char *common_name)
{
    X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, (const unsigned char *)"CN", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1,
                               -1, 0);
}

static void sign(X509 *certificate, EVP_PKEY *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = EVP_PKEY_CTX_new(key, NULL);
    bool is_sm2 = EVP_PKEY_is_a(key, "SM2") == 1, is_ed25519 = EVP_PKEY_is_a(key, "ED25519") == 1;
    CHECK(!is_sm2 || EVP_PKEY_CTX_set1_id(key_context, "1234567812345678", 16) == 1);
    EVP_MD_CTX_set_pkey_ctx(context, key_context);
    const EVP_MD *digest = is_sm2 ? EVP_sm3() : is_ed25519 ? NULL : EVP_sha256();
    CHECK(EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1);
    CHECK(X509_sign_ctx(certificate, context) > 0);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
}

typedef struct {
    char name[32];
    EVP_PKEY *key;
    X509 *certificate;
} Identity;

static void add_extensions(X509 *certificate, X509 *issuer, const Extensions *extensions)
{
    X509V3_CTX context;
    CONF *no_sections = NCONF_new(NULL);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_nconf(&context, no_sections);
    for (size_t i = 0; i < extensions->count; i++) {
        const NewExtension *new = &extensions->extensions[i];
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, new->nid, new->value);
        CHECK(extension != NULL);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    NCONF_free(no_sections);
}

// Make the certificate of an identity whose name and key are set; a root is its own issuer.
static void issue(Identity *ret, const Identity *issuer, const Extensions *extensions)
{
    static long serial = 1;
    ret->certificate = X509_new();
    X509_set_version(ret->certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(ret->certificate), serial++);
    set_name(X509_get_subject_name(ret->certificate), ret->name);
    set_name(X509_get_issuer_name(ret->certificate), issuer->name);
    X509_gmtime_adj(X509_getm_notBefore(ret->certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(ret->certificate), 3600);
    X509_set_pubkey(ret->certificate, ret->key);
    add_extensions(ret->certificate, issuer->certificate, extensions);
    sign(ret->certificate, issuer->key);
    if (EVP_PKEY_is_a(issuer->key, "SM2") == 1) {
        set_distinguishing_id(ret->certificate);
    }
}

typedef struct {
    Identity identities[MOST_CERTIFICATES];  // from the root on
    size_t count;
    const char *policy;  // NULL: none is asked for
} Chain;

static const char *const policies[] = {"1.2.3.1", "1.2.3.2", "1.2.3.3"};

static void draw_policies(Extensions *extensions, uint64_t *state, bool is_ca)
{
    char *value = NULL;
    for (size_t i = 0; i < COUNT_OF(policies) + 1; i++) {
        if (draw(state, 5) < 3) {
            value = value == NULL ? extension_new(extensions, NID_certificate_policies)->value
                                  : strcat(value, ",");
            strcat(value, i < COUNT_OF(policies) ? policies[i] : "2.5.29.32.0");
        }
    }
    if (is_ca && draw(state, 3) == 0) {
        NewExtension *mappings = extension_new(extensions, NID_policy_mappings);
        const char *from = policies[draw(state, 3)], *to = policies[draw(state, 3)];
        snprintf(mappings->value, sizeof mappings->value, "%s:%s,%s:%s", from, to,
                 policies[draw(state, 3)], policies[draw(state, 3)]);
    }
    if (draw(state, 4) == 0) {
        NewExtension *constraints = extension_new(extensions, NID_policy_constraints);
        snprintf(constraints->value, sizeof constraints->value, "%s:%u",
                 draw(state, 2) == 0 ? "requireExplicitPolicy" : "inhibitPolicyMapping",
                 draw(state, 3));
    }
    if (draw(state, 5) == 0) {
        snprintf(extension_new(extensions, NID_inhibit_any_policy)->value, 8, "%u", draw(state, 2));
    }
}

static const char *const bases[] = {"DNS:example.com",
                                    "DNS:a.example.com",
                                    "email:example.com",
                                    "email:.example.com",
                                    "email:x@example.com",
                                    "URI:example.com",
                                    "URI:.example.com",
                                    "IP:192.0.2.0/255.255.255.0",
                                    "DNS:test.org",
                                    "email:test.org",
                                    "IP:192.0.2.128/255.255.255.128"};
static const char *const names[] = {"DNS:example.com",
                                    "DNS:a.example.com",
                                    "DNS:b.A.example.com",
                                    "DNS:notexample.com",
                                    "DNS:test.org",
                                    "email:x@example.com",
                                    "email:y@a.example.com",
                                    "email:z@test.org",
                                    "URI:https://example.com/x",
                                    "URI:http://u@a.example.com:80/",
                                    "IP:192.0.2.1",
                                    "IP:192.0.2.200",
                                    "IP:198.51.100.1"};

static void draw_names(Extensions *extensions, uint64_t *state, bool is_ca)
{
    char *value = NULL;
    for (uint32_t i = draw(state, 4); is_ca && i > 0; i--) {
        value = value == NULL ? extension_new(extensions, NID_name_constraints)->value
                              : strcat(value, ",");
        strcat(value, draw(state, 3) == 0 ? "excluded;" : "permitted;");
        strcat(value, bases[draw(state, COUNT_OF(bases))]);
    }
    value = NULL;
    for (uint32_t i = draw(state, is_ca ? 2 : 4); i > 0; i--) {
        value = value == NULL ? extension_new(extensions, NID_subject_alt_name)->value
                              : strcat(value, ",");
        strcat(value, names[draw(state, COUNT_OF(names))]);
    }
}

typedef void DrawExtensions(Extensions *extensions, uint64_t *state, bool is_ca);

static void draw_chain(Chain *chain, uint64_t *state, DrawExtensions *more)
{
    chain->count = 2 + draw(state, MOST_CERTIFICATES - 2);
    for (size_t i = 0; i < chain->count; i++) {
        Identity *identity = &chain->identities[i];
        const Identity *issuer = i > 0 ? &chain->identities[i - 1] : identity;
        bool is_ca = i + 1 < chain->count;
        Extensions extensions = {.count = 0};
        strcpy(extension_new(&extensions, NID_basic_constraints)->value,
               is_ca ? "critical,CA:TRUE" : "CA:FALSE");
        strcpy(extension_new(&extensions, NID_key_usage)->value,
               is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
        strcpy(extension_new(&extensions, NID_subject_key_identifier)->value, "hash");
        if (i > 0) {
            strcpy(extension_new(&extensions, NID_authority_key_identifier)->value, "keyid");
            more(&extensions, state, is_ca);
        }
        // Now and then a CA changes its key only.
        if (i > 0 && is_ca && draw(state, 4) == 0) {
            strcpy(identity->name, issuer->name);
        } else {
            snprintf(identity->name, sizeof identity->name, "Certificate %zu", i);
        }
        issue(identity, issuer, &extensions);
    }
    uint32_t wanted = draw(state, 2 * COUNT_OF(policies));
    chain->policy = more == draw_policies && wanted < COUNT_OF(policies) ? policies[wanted] : NULL;
}

// *ret_reason is what OpenSSL says.
static bool openssl_accepts(const Chain *chain, const char **ret_reason)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    X509_STORE_add_cert(store, chain->identities[0].certificate);
    for (size_t i = 1; i + 1 < chain->count; i++) {
        sk_X509_push(others, chain->identities[i].certificate);
    }
    X509_STORE_CTX_init(context, store, chain->identities[chain->count - 1].certificate, others);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_POLICY_CHECK);
    // Without any policy OpenSSL refuses what explicitly needs one, whichever.
    const char *wanted = chain->policy == NULL ? "2.5.29.32.0" : chain->policy;
    X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj(wanted, 1));
    if (chain->policy != NULL) {
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_EXPLICIT_POLICY);
    }
    bool ret = X509_verify_cert(context) == 1;
    *ret_reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    sk_X509_free(others);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return ret;
}

static Bytes der_of(Arena *arena, X509 *certificate)
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    CHECK(len > 0);
    Bytes ret = arena_copy(arena, bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    return ret;
}

static bool we_accept(const Chain *chain, Error *ret_reason)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = trust_store_new(arena);
    Certificate last;
    trust_store_take_foreign(trust);
    CHECK_OK(trust_store_add_anchors(trust, der_of(arena, chain->identities[0].certificate), &err));
    for (size_t i = 1; i + 1 < chain->count; i++) {
        CHECK_OK(trust_store_add_certificates(
            trust, der_of(arena, chain->identities[i].certificate), &err));
    }
    CHECK_OK(certificate_parse_any(der_of(arena, chain->identities[chain->count - 1].certificate),
                                   &last, &err));
    PathPolicy policy = {.trust = trust,
                         .at = clock_now(clock_system()),
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_NOT_NEEDED,
                         .takes_foreign = true};
    uint8_t oid[3] = {0x2a, 3, 0};
    const Bytes wanted = BYTES_OF_ARRAY(oid);
    if (chain->policy != NULL) {
        oid[2] = (uint8_t)(chain->policy[6] - '0');
        policy.demands.policies = &wanted;
        policy.demands.policy_count = 1;
    }
    return path_verify(&policy, &last, ret_reason);
}

static void check_chain(const Chain *chain, const char *code, size_t *accepted)
{
    Error err = {0};
    const char *reason;
    bool expected = openssl_accepts(chain, &reason), actual = we_accept(chain, &err);
    if (expected != actual) {
        for (size_t i = 0; i < chain->count; i++) {
            X509_print_ex_fp(stderr, chain->identities[i].certificate, 0,
                             X509_FLAG_NO_SIGDUMP | X509_FLAG_NO_PUBKEY);
        }
        test_fail(__FILE__, __LINE__, "policy %s: OpenSSL says %d %s, we say %d %s",
                  chain->policy == NULL ? "any" : chain->policy, expected, reason, actual,
                  actual ? "" : err.text);
    }
    if (!actual) {
        CHECK_TEXT(err.code, code);
    }
    *accepted += actual;
}

// Keys of every kind in turn, or of SM2 alone.
static EVP_PKEY *make_key(bool is_mixed, size_t index)
{
    switch (is_mixed ? index % 6 : 0) {
    case 1:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case 2:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    case 3:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case 4:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    case 5:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
    default:
        return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    }
}

static void check_agreement(DrawExtensions *more, bool is_mixed, uint64_t seed, const char *code)
{
    const size_t rounds = is_mixed ? 100 : 300;
    Chain chain;
    size_t accepted = 0;
    for (size_t i = 0; i < MOST_CERTIFICATES; i++) {
        chain.identities[i].key = make_key(is_mixed, i + seed % MOST_CERTIFICATES);
        CHECK(chain.identities[i].key != NULL);
    }
    for (size_t round = 0; round < rounds; round++) {
        draw_chain(&chain, &seed, more);
        check_chain(&chain, code, &accepted);
        for (size_t i = 0; i < chain.count; i++) {
            X509_free(chain.identities[i].certificate);
        }
    }
    CHECK(accepted >= rounds / 10 && rounds - accepted >= rounds / 10);
    for (size_t i = 0; i < MOST_CERTIFICATES; i++) {
        EVP_PKEY_free(chain.identities[i].key);
    }
}

// Covers: RFC 5280 6.1.2-6.1.5.
TEST(policies_along_random_chains_are_judged_as_openssl_does)
{
    check_agreement(draw_policies, false, 1, "path.policy");
}

// Covers: RFC 5280 4.2.1.10, 6.1.3 (b)-(c).
TEST(names_along_random_chains_are_judged_as_openssl_does)
{
    check_agreement(draw_names, false, 2, "path.name_constraints");
}

// Covers: RFC 5280 6.1.3 (a)(1).
TEST(random_chains_of_mixed_algorithms_are_judged_as_openssl_does)
{
    check_agreement(draw_policies, true, 3, "path.policy");
    check_agreement(draw_names, true, 4, "path.name_constraints");
}
