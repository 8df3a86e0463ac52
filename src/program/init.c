// SPDX-License-Identifier: Apache-2.0
//
// assent init: make a deployment. Every institution gets its own keys, so that the directories
// can be carried to their own machines afterwards.
#include <stdio.h>
#include <string.h>

#include "base/net/tls.h"
#include "base/secret/secret.h"
#include "program/ca_ceremony.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/embedded.h"
#include "program/file.h"
#include "program/init.h"
#include "program/keys.h"

enum {
    DEFAULT_BASE_PORT = 8440,
    PUBLIC_PORTS = 7,
    ROOT_DAYS = 7300,
    CA_DAYS = 3650,
    COMPONENT_DAYS = 1825,
    TLS_DAYS = 825,
    ROOT_LIST_DAYS = 365,
    FIELD_KEY_SIZE = 16,
    INDEX_KEY_SIZE = 32
};

// One SM2 key of one component. A key serves one purpose only.
typedef struct {
    const char *directory;
    const char *name;
    CertificateProfile profile;
    const char *organization;
    const char *common_name;
} KeyPlan;

static const char bank[] = "示例银行股份有限公司";
static const char authority[] = "示例电子认证服务有限公司";
static const char preserver[] = "示例电子数据存证有限公司";
static const char registry[] = "示例密码介质登记机构";

static const KeyPlan key_plans[] = {
    {"business", "sign", PROFILE_COMPONENT, bank, "业务系统 C1"},
    {"business", "seal", PROFILE_COMPONENT, bank, "示例银行股份有限公司"},
    {"registration", "sign", PROFILE_COMPONENT, bank, "数字证书注册系统 C2"},
    {"sealing", "maker", PROFILE_SEAL_MAKER, bank, "电子印章制作"},
    {"sealing", "store", PROFILE_ENCRYPTION, bank, "个人密钥保管"},
    {"certification", "ca", PROFILE_ISSUING_CA, authority, "示例个人证书签发 CA"},
    {"certification", "sign", PROFILE_COMPONENT, authority, "CA 系统 C3"},
    {"certification", "seal", PROFILE_COMPONENT, authority, "示例电子认证服务有限公司"},
    {"certification", "ocsp", PROFILE_OCSP, authority, "证书状态服务"},
    {"timestamp", "tsa", PROFILE_TIMESTAMP, authority, "示例时间戳服务"},
    {"preservation", "log", PROFILE_COMPONENT, preserver, "存证系统 C5 日志"},
    {"preservation", "sign", PROFILE_COMPONENT, preserver, "存证系统 C5"},
    {"preservation", "seal", PROFILE_COMPONENT, preserver, "示例电子数据存证有限公司"},
    {"keymanagement", "sign", PROFILE_COMPONENT, authority, "密钥管理系统 KM"},
    {"keymanagement", "store", PROFILE_ENCRYPTION, authority, "加密密钥保管"},
    {"keymanagement_operator", "officer-1", PROFILE_COMPONENT, authority, "密钥管理员甲"},
    {"keymanagement_operator", "officer-2", PROFILE_COMPONENT, authority, "密钥管理员乙"},
    {"sandbox", "registry", PROFILE_COMPONENT, registry, "密码介质登记"},
};

typedef struct {
    const char *directory;
    const char *name;
    size_t len;
} SecretPlan;

static const SecretPlan secret_plans[] = {
    {"business", "field", FIELD_KEY_SIZE},      {"business", "index", INDEX_KEY_SIZE},
    {"registration", "field", FIELD_KEY_SIZE},  {"certification", "field", FIELD_KEY_SIZE},
    {"certification", "index", INDEX_KEY_SIZE}, {"preservation", "kek", FIELD_KEY_SIZE},
    {"sealing", "field", FIELD_KEY_SIZE},       {"portal", "field", FIELD_KEY_SIZE},
    {"keymanagement", "field", FIELD_KEY_SIZE},
};

// Public certificates that the others need: partners/<directory>-<name>.pem, and what helps to
// build chains: trust/<name>.pem.
typedef struct {
    const char *from;
    const char *to;
} CopyPlan;

static const CopyPlan copy_plans[] = {
    {"root/root.pem", "trust/root.pem"},
    {"certification/ca.pem", "trust/issuing-ca.pem"},
    {"business/sign.pem", "partners/business-sign.pem"},
    {"registration/sign.pem", "partners/registration-sign.pem"},
    {"certification/sign.pem", "partners/certification-sign.pem"},
    {"preservation/log.pem", "partners/preservation-log.pem"},
    {"keymanagement/sign.pem", "partners/keymanagement-sign.pem"},
    {"keymanagement_operator/officer-1.pem", "partners/keymanagement-officer-1.pem"},
    {"keymanagement_operator/officer-2.pem", "partners/keymanagement-officer-2.pem"},
    {"sandbox/registry.pem", "partners/registry.pem"},
};

// Who takes part in TLS; the role is what others allow or refuse.
static const char *const tls_roles[] = {"business",
                                        "registration",
                                        "certification",
                                        "preservation",
                                        "timestamp",
                                        "sealing",
                                        "sandbox",
                                        "portal",
                                        "terminal",
                                        "operator",
                                        "certification_portal",
                                        "certification_operator",
                                        "preservation_portal",
                                        "preservation_operator",
                                        "keymanagement",
                                        "keymanagement_operator"};

static bool make_directories(Arena *arena, const InitPlan *plan, Error *err)
{
    static const char *const shared[] = {"root", "trust", "transport", "partners"};
    if (!file_make_directory(plan->directory, false, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(shared); i++) {
        const char *path = file_join(arena, plan->directory, shared[i]);
        if (path == NULL || !file_make_directory(path, i == 0, err)) {
            return path == NULL ? error_memory(err) : false;
        }
    }
    for (size_t i = 0; i < COUNT_OF(tls_roles); i++) {
        const char *path = file_join(arena, plan->directory, tls_roles[i]);
        if (path == NULL || !file_make_directory(path, true, err)) {
            return path == NULL ? error_memory(err) : false;
        }
    }
    return true;
}

// The root's own revocation list: none of the systems' certificates is revoked. Relying parties
// that insist on revocation need it; it is renewed with the root key, offline.
static bool make_root_list(Ceremony *ceremony, const InitPlan *plan, Error *err)
{
    const char *path = file_join(ceremony->arena, plan->directory, "trust/root.crl");
    CeremonyOrder order = {.out = path, .days = ROOT_LIST_DAYS};
    return path != NULL ? ceremony_sign_list(ceremony, &order, err) : error_memory(err);
}

// What the root signs goes into the transcript that begins with it. Only whom the issuing CA itself
// certifies answers for what it issues.
static bool make_certified(Ceremony *ceremony, const InitPlan *plan, const KeyPlan *key,
                           const KeyPair *root, KeyPair *ca, Error *err)
{
    bool is_ca = key->profile == PROFILE_ISSUING_CA, is_below = key->profile == PROFILE_OCSP;
    KeyOrder order = {.profile = key->profile,
                      .organization = key->organization,
                      .common_name = key->common_name,
                      .now = plan->now,
                      .days = is_ca ? CA_DAYS : COMPONENT_DAYS};
    KeyPair pair = {0};
    const char *directory = file_join(ceremony->arena, plan->directory, key->directory);
    if (directory == NULL) {
        return error_memory(err);
    }
    bool ok = key_pair_create(ceremony->arena, directory, key->name, &order, is_below ? ca : root,
                              &pair, err) &&
              (is_below || ceremony_record(ceremony, CEREMONY_CERTIFICATE_ISSUED,
                                           ceremony_certificate_details(&pair.certificate), err));
    if (ok && is_ca) {
        *ca = pair;
        return true;
    }
    key_pair_free(&pair);
    return ok;
}

static bool make_keys(Arena *arena, const InitPlan *plan, Error *err)
{
    const char *root_directory = file_join(arena, plan->directory, "root");
    KeyOrder root_order = {.profile = PROFILE_ROOT_CA,
                           .organization = authority,
                           .common_name = "示例根 CA",
                           .now = plan->now,
                           .days = ROOT_DAYS};
    KeyPair root = {0}, ca = {0};
    if (root_directory == NULL) {
        return error_memory(err);
    }
    if (!key_pair_create(arena, root_directory, "root", &root_order, NULL, &root, err)) {
        return false;
    }
    Ceremony ceremony = {.arena = arena,
                         .directory = root_directory,
                         .root = root.certificate,
                         .signer = root.signer};
    bool ok = ceremony_begin(&ceremony, "nobody: made by assent init", err) &&
              make_root_list(&ceremony, plan, err);
    for (size_t i = 0; ok && i < COUNT_OF(key_plans); i++) {
        ok = make_certified(&ceremony, plan, &key_plans[i], &root, &ca, err);
    }
    ceremony_close(&ceremony);
    key_pair_free(&ca);
    key_pair_free(&root);
    return ok;
}

static bool copy_certificates(Arena *arena, const InitPlan *plan, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(copy_plans); i++) {
        const char *from = file_join(arena, plan->directory, copy_plans[i].from);
        const char *to = file_join(arena, plan->directory, copy_plans[i].to);
        Bytes pem;
        if (from == NULL || to == NULL) {
            return error_memory(err);
        }
        if (!file_read(arena, from, FILE_MAX_SIZE, &pem, err) || !file_write(to, pem, false, err)) {
            return false;
        }
    }
    return true;
}

static bool make_secrets(Arena *arena, const InitPlan *plan, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(secret_plans); i++) {
        const char *directory = file_join(arena, plan->directory, secret_plans[i].directory);
        if (directory == NULL ||
            !secret_file_create(arena, directory, secret_plans[i].name, secret_plans[i].len, err)) {
            return directory == NULL ? error_memory(err) : false;
        }
    }
    return true;
}

static bool make_leaf(Arena *arena, const InitPlan *plan, const TlsPem *transport, const char *role,
                      Error *err)
{
    TlsLeaf leaf = {.name = arena_format(arena, "%s-1", role),
                    .role = role,
                    .addresses = {"127.0.0.1", "localhost", "::1"},
                    .not_before = plan->now - TIME_MINUTE,
                    .days = TLS_DAYS};
    char *certificate = arena_format(arena, "%s/%s/tls.pem", plan->directory, role);
    char *key = arena_format(arena, "%s/%s/tls.key", plan->directory, role);
    TlsPem pem = {0};
    if (leaf.name == NULL || certificate == NULL || key == NULL) {
        return error_memory(err);
    }
    bool ok =
        tls_leaf_create(transport, &leaf, &pem, err) && tls_pem_save(&pem, certificate, key, err);
    tls_pem_free(&pem);
    return ok;
}

static bool make_transport(Arena *arena, const InitPlan *plan, Error *err)
{
    char *certificate = arena_format(arena, "%s/transport/ca.pem", plan->directory);
    char *key = arena_format(arena, "%s/root/transport-ca.key", plan->directory);
    TlsPem transport = {0};
    if (certificate == NULL || key == NULL) {
        return error_memory(err);
    }
    bool ok = tls_authority_create("assent transport CA", plan->now - TIME_MINUTE, CA_DAYS,
                                   &transport, err) &&
              tls_pem_save(&transport, certificate, key, err);
    for (size_t i = 0; ok && i < COUNT_OF(tls_roles); i++) {
        ok = make_leaf(arena, plan, &transport, tls_roles[i], err);
    }
    tls_pem_free(&transport);
    return ok;
}

// The configuration is a template: @PORT+n@ become the ports of this deployment.
static void write_placeholder(const InitPlan *plan, Bytes name, Writer *text)
{
    if (bytes_start_with(name, BYTES_LITERAL("PORT+"))) {
        unsigned offset = 0;
        for (size_t i = 5; plan->base_port != 0 && i < name.len; i++) {
            offset = offset * 10 + (unsigned)(name.data[i] - '0');
        }
        writer_format(text, "%u", plan->base_port + offset);
    } else if (bytes_equal_text(name, "EVERYBODY")) {
        writer_put_text(text, plan->sandbox_knows_everybody ? "true" : "false");
    }
}

static bool make_configuration(Arena *arena, const InitPlan *plan, Error *err)
{
    const char *path = file_join(arena, plan->directory, "assent.yaml");
    const char *persons = file_join(arena, plan->directory, "sandbox/persons.json");
    Bytes rest = bytes_of(embedded_data_assent_yaml, embedded_data_assent_yaml_size);
    CLEANUP(writer_free) Writer text = writer_new(FILE_MAX_SIZE);
    size_t at, end;
    if (path == NULL || persons == NULL) {
        return error_memory(err);
    }
    while (bytes_find(rest, BYTES_LITERAL("@"), 0, &at) &&
           bytes_find(rest, BYTES_LITERAL("@"), at + 1, &end)) {
        writer_put(&text, bytes_slice(rest, 0, at));
        write_placeholder(plan, bytes_slice(rest, at + 1, end - at - 1), &text);
        rest = bytes_from(rest, end + 1);
    }
    writer_put(&text, rest);
    return file_write(path, writer_bytes(&text), false, err) &&
           file_write(persons, plan->sandbox_persons, false, err);
}

bool init_deployment(const InitPlan *plan, Arena *arena, Error *err)
{
    // Keys that lie there, even without a configuration, cannot be made again.
    if (!file_directory_is_empty(plan->directory)) {
        return error_set(err, ERROR_CONFLICT, "init.exists", NULL,
                         "%s is no empty directory; a deployment never overwrites anything",
                         plan->directory);
    }
    return make_directories(arena, plan, err) && make_keys(arena, plan, err) &&
           copy_certificates(arena, plan, err) && make_secrets(arena, plan, err) &&
           make_transport(arena, plan, err) && init_witnesses(plan, arena, err) &&
           make_configuration(arena, plan, err);
}

Bytes init_default_persons(void)
{
    return bytes_of(embedded_data_sandbox_json, embedded_data_sandbox_json_size);
}

// The first of the ports, with room behind it for one per component and for the public ones.
static bool parse_base_port(const char *text, uint16_t *ret)
{
    enum { FIRST = 1024, LAST = 65535 - COMPONENT_COUNT - PUBLIC_PORTS + 1 };
    unsigned long port = 0;
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (len > 5 || text[i] < '0' || text[i] > '9') {
            return false;
        }
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    *ret = (uint16_t)port;
    return port >= FIRST && port <= LAST;
}

static void print_logins(InitLogin logins[INIT_LOGINS])
{
    printf("accounts of staff, shown this once (others: assent staff add):\n");
    for (size_t i = 0; i < INIT_LOGINS; i++) {
        printf("  %-20s  %-14s  password %s\n      %s\n", component_name(logins[i].portal),
               logins[i].user, logins[i].password, logins[i].otp);
        secret_wipe(logins[i].password, sizeof logins[i].password);
    }
}

int command_init(int argc, char **argv)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    InitPlan plan = {.base_port = DEFAULT_BASE_PORT,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
            if (!parse_base_port(argv[++i], &plan.base_port)) {
                return command_usage("init");
            }
        } else if (argv[i][0] != '-' && plan.directory == NULL) {
            plan.directory = argv[i];
        } else {
            return command_usage("init");
        }
    }
    if (plan.directory == NULL || plan.directory[0] == '\0') {
        return command_usage("init");
    }
    InitLogin logins[INIT_LOGINS];
    if (arena == NULL || !init_deployment(&plan, arena, &err) ||
        !init_staff(&plan, arena, logins, &err)) {
        return command_fail(&err);
    }
    printf("deployment made in %s\n  start it:  assent serve --all --config %s/assent.yaml\n",
           plan.directory, plan.directory);
    print_logins(logins);
    return EXIT_VALID;
}
