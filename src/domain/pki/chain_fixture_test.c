// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/chain_fixture.h"

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"

enum { MOST_KEYS = 24, MOST_WORDS = 24, MOST_TEXT = 1500, MOST_EXTENSIONS = 12, MOST_POLICIES = 4 };

// Sections for directory names and for what x509v3_config needs sections for.
static const char sections[] =
    "[foo]\nCN=foo\n"
    "[not_foo]\nCN=not-foo\n"
    "[in1]\nOU=permittedSubtree1\n"
    "[in2]\nOU=permittedSubtree2\n"
    "[out1]\nOU=excludedSubtree1\n"
    "[out2]\nOU=excludedSubtree2\n"
    "[in1_y]\nOU=permittedSubtree1\nCN=y\n"
    "[in2_y]\nOU=permittedSubtree2\nCN=y\n"
    "[out1_y]\nOU=excludedSubtree1\nCN=y\n";

typedef struct {
    char name[32];
    EVP_PKEY *key;
} NamedKey;

typedef struct {
    ChainAlgorithm algorithm;
    NamedKey keys[MOST_KEYS];
    size_t key_count;
    CONF *conf;
} Workshop;

// A certificate in words, taken apart.
typedef struct {
    char role;
    const char *name, *issuer;  // issuer of a root: itself
    const char *subject_name, *issuer_name, *key, *issuer_key, *from, *to, *serial;
    bool is_version_1, is_bad, is_sha1, is_generalized, inherits;
    const char *extensions[MOST_EXTENSIONS][2];  // name, value; NULL: left out
    size_t extension_count;
} Order;

static void workshop_close(Workshop *workshop)
{
    for (size_t i = 0; i < workshop->key_count; i++) {
        EVP_PKEY_free(workshop->keys[i].key);
    }
    NCONF_free(workshop->conf);
}

static void workshop_open(Workshop *workshop, ChainAlgorithm algorithm)
{
    BIO *text = BIO_new_mem_buf(sections, -1);
    long line = 0;
    *workshop = (Workshop){.algorithm = algorithm, .conf = NCONF_new(NULL)};
    CHECK(NCONF_load_bio(workshop->conf, text, &line) == 1);
    BIO_free(text);
}

// RSA keys take long to make: those of one case are those of the next.
static EVP_PKEY *rsa_keys[MOST_KEYS];

__attribute__((destructor)) static void free_rsa_keys(void)
{
    for (size_t i = 0; i < MOST_KEYS; i++) {
        EVP_PKEY_free(rsa_keys[i]);
    }
}

static EVP_PKEY *rsa_key(size_t index)
{
    if (rsa_keys[index] == NULL) {
        rsa_keys[index] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    }
    CHECK(rsa_keys[index] != NULL && EVP_PKEY_up_ref(rsa_keys[index]) == 1);
    return rsa_keys[index];
}

static EVP_PKEY *make_key(ChainAlgorithm algorithm, size_t index)
{
    static const ChainAlgorithm mixed[] = {CHAIN_P256, CHAIN_SM2, CHAIN_RSA};
    switch (algorithm == CHAIN_MIXED ? mixed[index % COUNT_OF(mixed)] : algorithm) {
    case CHAIN_SM2:
        return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    case CHAIN_RSA:
        return rsa_key(index);
    default:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    }
}

static EVP_PKEY *make_dsa_key(void)
{
    EVP_PKEY *key = NULL;
    Bytes pem = test_file("src/base/crypto/testdata/dsa_parameters.pem");
    BIO *text = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *parameters = PEM_read_bio_Parameters(text, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(parameters, NULL);
    CHECK(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(parameters);
    BIO_free(text);
    return key;
}

static EVP_PKEY *key_of(Workshop *workshop, const char *name)
{
    for (size_t i = 0; i < workshop->key_count; i++) {
        if (strcmp(workshop->keys[i].name, name) == 0) {
            return workshop->keys[i].key;
        }
    }
    CHECK(workshop->key_count < MOST_KEYS && strlen(name) < sizeof workshop->keys[0].name);
    NamedKey *named = &workshop->keys[workshop->key_count];
    strcpy(named->name, name);
    named->key = strncmp(name, "dsa", 3) == 0 ? make_dsa_key()
                 : strncmp(name, "small", 5) == 0
                     ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)
                     : make_key(workshop->algorithm, workshop->key_count);
    workshop->key_count++;
    CHECK(named->key != NULL);
    return named->key;
}

// --- words --------------------------------------------------------------------------------------

static void set_extension(Order *order, const char *name, const char *value)
{
    for (size_t i = 0; i < order->extension_count; i++) {
        if (strcmp(order->extensions[i][0], name) == 0) {
            order->extensions[i][1] = value;
            return;
        }
    }
    CHECK(order->extension_count < MOST_EXTENSIONS);
    order->extensions[order->extension_count][0] = name;
    order->extensions[order->extension_count++][1] = value;
}

static void set_usual(Order *order)
{
    bool is_leaf = order->role == 'L';
    set_extension(order, "subjectKeyIdentifier", "hash");
    if (order->role != 'T') {
        set_extension(order, "authorityKeyIdentifier", "keyid");
    }
    if (is_leaf) {
        set_extension(order, "keyUsage", "digitalSignature");
        set_extension(order, "extendedKeyUsage", "serverAuth");
        set_extension(order, "subjectAltName", "DNS:example.com");
    } else {
        set_extension(order, "keyUsage", "keyCertSign,cRLSign");
        set_extension(order, "basicConstraints", "critical,CA:TRUE");
    }
}

static void take_word(Order *order, char *word)
{
    const struct {
        const char *name;
        const char **ret;
    } values[] = {{"cn", &order->subject_name}, {"icn", &order->issuer_name}, {"key", &order->key},
                  {"ikey", &order->issuer_key}, {"from", &order->from},       {"to", &order->to},
                  {"serial", &order->serial}};
    char *value = strchr(word, '=');
    if (value == NULL) {
        order->is_version_1 = order->is_version_1 || strcmp(word, "v1") == 0;
        order->is_bad = order->is_bad || strcmp(word, "bad") == 0;
        order->is_sha1 = order->is_sha1 || strcmp(word, "sha1") == 0;
        order->inherits = order->inherits || strcmp(word, "inherits") == 0;
        order->is_generalized = order->is_generalized || strcmp(word, "generalized") == 0;
        if (word[0] == '-') {
            set_extension(order, word + 1, NULL);
        }
        return;
    }
    *value++ = '\0';
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        if (strcmp(word, values[i].name) == 0) {
            *values[i].ret = value;
            return;
        }
    }
    for (char *blank = value; (blank = strchr(blank, '~')) != NULL;) {
        *blank = ' ';
    }
    set_extension(order, word, value);
}

static Order read_order(char *text)
{
    char *rest = NULL, *word = strtok_r(text, " ", &rest);
    CHECK(word != NULL && word[1] == ':');
    Order order = {
        .role = word[0], .name = word + 2, .from = "19700101000001Z", .to = "29690503000001Z"};
    char *issuer = strchr(word, '<');
    if (issuer != NULL) {
        *issuer++ = '\0';
    }
    order.issuer = issuer == NULL ? order.name : issuer;
    order.subject_name = order.key = order.name;
    order.issuer_name = order.issuer_key = order.issuer;
    set_usual(&order);
    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        take_word(&order, word);
    }
    return order;
}

// --- issuing ------------------------------------------------------------------------------------

static void add_entry(X509_NAME *name, const char *type, const char *text, int string_type)
{
    CHECK(X509_NAME_add_entry_by_txt(name, type, string_type, (const unsigned char *)text, -1, -1,
                                     0) == 1);
}

static void set_name(X509_NAME *name, const char *text)
{
    bool is_printable = strncmp(text, "ps:", 3) == 0;
    char parts[128] = "", *rest = NULL;
    strncpy(parts, is_printable ? text + 3 : text, sizeof parts - 1);
    for (char *blank = parts; (blank = strchr(blank, '+')) != NULL;) {
        *blank = ' ';
    }
    char *common_name = strtok_r(parts, "/", &rest);
    for (char *unit; common_name != NULL && (unit = strtok_r(NULL, "/", &rest)) != NULL;) {
        add_entry(name, "OU", unit, V_ASN1_UTF8STRING);
    }
    if (common_name != NULL) {
        add_entry(name, "CN", common_name,
                  is_printable ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING);
    }
}

static void set_serial(X509 *certificate, const char *hex)
{
    static uint64_t next = 1000;
    ASN1_INTEGER *serial = X509_get_serialNumber(certificate);
    if (hex == NULL) {
        CHECK(ASN1_INTEGER_set_uint64(serial, next++) == 1);
        return;
    }
    CLEANUP(writer_free) Writer der = writer_new(64);
    Bytes octets = test_hex(hex);
    writer_put_u8(&der, V_ASN1_INTEGER);
    writer_put_u8(&der, (uint8_t)octets.len);
    writer_put(&der, octets);
    const unsigned char *at = der.data;
    ASN1_INTEGER *parsed = d2i_ASN1_INTEGER(NULL, &at, (long)der.len);
    CHECK(parsed != NULL && X509_set_serialNumber(certificate, parsed) == 1);
    ASN1_INTEGER_free(parsed);
}

// The identifiers are made from keys, so that CAs can certify each other.
static void put_identifier(EVP_PKEY *key, const char *name, char ret[MOST_TEXT])
{
    unsigned char hash[SHA_DIGEST_LENGTH];
    X509_PUBKEY *info = NULL;
    const unsigned char *octets = NULL;
    int len = 0;
    CHECK(X509_PUBKEY_set(&info, key) == 1);
    CHECK(X509_PUBKEY_get0_param(NULL, &octets, &len, NULL, info) == 1);
    SHA1(octets, (size_t)len, hash);
    X509_PUBKEY_free(info);
    strcpy(ret, strcmp(name, "subjectKeyIdentifier") == 0 ? "DER:0414" : "DER:30168014");
    for (size_t i = 0; i < sizeof hash; i++) {
        snprintf(ret + strlen(ret), 3, "%02x", hash[i]);
    }
}

static void add_extension(Workshop *workshop, X509 *certificate, const Order *order, size_t index)
{
    const char *name = order->extensions[index][0], *value = order->extensions[index][1];
    char made[MOST_TEXT], whole[MOST_TEXT + 16];
    X509V3_CTX context;
    bool is_critical = strncmp(value, "critical,", 9) == 0;
    const char *rest = is_critical ? value + 9 : value;
    if (strcmp(rest, "hash") == 0 || strcmp(rest, "keyid") == 0) {
        const char *owner = strcmp(rest, "hash") == 0 ? order->key : order->issuer_key;
        put_identifier(key_of(workshop, owner), name, made);
        rest = made;
    }
    snprintf(whole, sizeof whole, "%s%s", is_critical ? "critical," : "", rest);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509V3_set_nconf(&context, workshop->conf);
    X509_EXTENSION *extension = X509V3_EXT_nconf(workshop->conf, &context, name, whole);
    if (extension == NULL) {
        test_fail(__FILE__, __LINE__, "libcrypto cannot write %s=%s", name, whole);
    }
    CHECK(X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

// Source: RFC 3279 2.3.2.
static void leave_out_parameters(X509 *certificate)
{
    X509_PUBKEY *info = X509_get_X509_PUBKEY(certificate);
    const unsigned char *octets = NULL;
    int len = 0;
    CHECK(X509_PUBKEY_get0_param(NULL, &octets, &len, NULL, info) == 1);
    unsigned char *copy = OPENSSL_memdup(octets, (size_t)len);
    CHECK(X509_PUBKEY_set0_param(info, OBJ_nid2obj(NID_dsa), V_ASN1_UNDEF, NULL, copy, len) == 1);
}

static void sign(X509 *certificate, EVP_PKEY *key, bool is_sha1)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = EVP_PKEY_CTX_new(key, NULL);
    bool is_sm2 = EVP_PKEY_is_a(key, "SM2") == 1;
    CHECK(!is_sm2 || EVP_PKEY_CTX_set1_id(options, "1234567812345678", 16) == 1);
    EVP_MD_CTX_set_pkey_ctx(context, options);
    const EVP_MD *digest = is_sm2 ? EVP_sm3() : is_sha1 ? EVP_sha1() : EVP_sha256();
    CHECK(EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1);
    CHECK(X509_sign_ctx(certificate, context) > 0);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(options);
}

static Bytes issue(Workshop *workshop, Arena *arena, const Order *order)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, order->is_version_1 ? X509_VERSION_1 : X509_VERSION_3);
    set_serial(certificate, order->serial);
    set_name(X509_get_subject_name(certificate), order->subject_name);
    set_name(X509_get_issuer_name(certificate), order->issuer_name);
    int (*const set_time)(ASN1_TIME *, const char *) =
        order->is_generalized ? ASN1_TIME_set_string : ASN1_TIME_set_string_X509;
    CHECK(set_time(X509_getm_notBefore(certificate), order->from) == 1);
    CHECK(set_time(X509_getm_notAfter(certificate), order->to) == 1);
    X509_set_pubkey(certificate, key_of(workshop, order->key));
    if (order->inherits) {
        leave_out_parameters(certificate);
    }
    for (size_t i = 0; !order->is_version_1 && i < order->extension_count; i++) {
        if (order->extensions[i][1] != NULL) {
            add_extension(workshop, certificate, order, i);
        }
    }
    sign(certificate, key_of(workshop, order->issuer_key), order->is_sha1);
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    CHECK(len > 0);
    der[len - 1] ^= order->is_bad ? 1 : 0;
    Bytes ret = arena_copy(arena, bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    X509_free(certificate);
    return ret;
}

// --- judging ------------------------------------------------------------------------------------

// Make the chain. False when the certificate in question cannot be read.
static bool make_chain(Workshop *workshop, Arena *arena, const char *words, TrustStore *trust,
                       Certificate *ret)
{
    char text[MOST_TEXT], *rest = NULL;
    bool is_readable = false;
    CHECK(strlen(words) < sizeof text);
    strcpy(text, words);
    for (char *part = strtok_r(text, "|", &rest); part != NULL; part = strtok_r(NULL, "|", &rest)) {
        Order order = read_order(part);
        Bytes der = issue(workshop, arena, &order);
        if (order.role == 'L') {
            is_readable = certificate_parse_any(der, ret, NULL);
        } else {
            // What cannot be read helps nobody.
            bool ok = order.role == 'T' ? trust_store_add_anchors(trust, der, NULL)
                                        : trust_store_add_certificates(trust, der, NULL);
            (void)ok;
        }
    }
    return is_readable;
}

static size_t read_policies(Arena *arena, const char *text, Bytes *ret)
{
    size_t count = 0;
    char copy[MOST_TEXT] = "", *rest = NULL;
    strcpy(copy, text == NULL ? "" : text);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        CLEANUP(writer_free) Writer oid = writer_new(DER_OID_TEXT_SIZE);
        CHECK(count < MOST_POLICIES && der_put_dotted(&oid, word));
        ret[count++] = arena_copy(arena, writer_bytes(&oid));
    }
    return count;
}

static bool case_holds(Workshop *workshop, const ChainCase *row, Error *ret_reason)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = trust_store_new(arena);
    Certificate certificate;
    PeerName peer;
    PathPolicy path = {.trust = trust,
                       .purpose = row->purpose,
                       .revocation = REVOCATION_NOT_NEEDED,
                       .takes_foreign = true,
                       .holds_to_profile = true,
                       .demands = {.names = &peer, .name_count = row->peer != NULL ? 1 : 0}};
    const char *at = row->at != NULL ? row->at : "2025-06-01T00:00:00Z";
    CHECK(time_from_text(bytes_of_text(at), &path.at, NULL));
    CHECK(row->peer == NULL || peer_name_read(row->peer, &peer));
    Bytes wanted[MOST_POLICIES];
    path.demands.policies = wanted;
    path.demands.policy_count = read_policies(arena, row->policy, wanted);
    path.demands.inhibits_mapping = row->inhibits_mapping;
    path.demands.inhibits_any_policy = row->inhibits_any_policy;
    path.demands.takes_weak = row->takes_weak;
    path.demands.is_for_any_use = row->is_for_any_use;
    path.demands.limits_depth = row->depth > 0;
    path.demands.max_depth = row->depth > 0 ? (size_t)row->depth - 1 : 0;
    trust_store_take_foreign(trust);
    return make_chain(workshop, arena, row->chain, trust, &certificate) &&
           path_verify(&path, &certificate, ret_reason);
}

void chain_cases_check(const ChainCase *cases, size_t count)
{
    for (int algorithm = 0; algorithm < CHAIN_ALGORITHMS; algorithm++) {
        CLEANUP(workshop_close) Workshop workshop = {0};
        workshop_open(&workshop, (ChainAlgorithm)algorithm);
        for (size_t i = 0; i < count; i++) {
            Error reason = {0};
            bool holds = case_holds(&workshop, &cases[i], &reason);
            bool is_undecided = !holds && reason.kind == ERROR_UNAVAILABLE;
            if (holds != cases[i].is_valid || (cases[i].is_undecided && !is_undecided)) {
                test_fail(__FILE__, __LINE__, "%s (keys %d): %s %s", cases[i].name, algorithm,
                          holds ? "valid" : reason.code, reason.text);
            }
        }
    }
}

TEST(a_chain_in_words_is_one_of_certificates)
{
    static const ChainCase cases[] = {
        {.name = "a chain", .is_valid = true, .chain = "T:root|U:ca<root|L:leaf<ca"},
        {.name = "no anchor", .chain = "U:root|U:ca<root|L:leaf<ca"},
        {.name = "a bad signature", .chain = "T:root|U:ca<root|L:leaf<ca bad"},
    };
    chain_cases_check(cases, COUNT_OF(cases));
}
