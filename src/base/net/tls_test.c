// SPDX-License-Identifier: Apache-2.0
#include "base/net/tls.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/test/test.h"

static TlsPem make_authority(void)
{
    Error err = {0};
    TlsPem authority;
    CHECK_OK(tls_authority_create("test ca", clock_now(clock_system()) - TIME_HOUR, 2, &authority,
                                  &err));
    return authority;
}

static TlsLeaf leaf_of(const char *role, const char *name)
{
    return (TlsLeaf){.name = name,
                     .role = role,
                     .addresses = {"localhost", "127.0.0.1", "::1"},
                     .not_before = clock_now(clock_system()) - TIME_HOUR,
                     .days = 1};
}

static X509 *certificate_of(const TlsPem *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->certificate.data, (int)pem->certificate.len);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    CHECK(certificate != NULL);
    return certificate;
}

static bool runs(const char *command)
{
    int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(openssl_verifies_a_leaf_for_both_purposes_and_its_addresses)
{
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    CLEANUP(tls_pem_free) TlsPem pem = {0};
    TlsLeaf leaf = leaf_of("business", "bank-a-1");
    Error err = {0};
    char ca[256], crt[256], key[256], command[1200];
    const char *directory = test_directory();
    snprintf(ca, sizeof ca, "%s/ca.crt", directory);
    snprintf(crt, sizeof crt, "%s/a.crt", directory);
    snprintf(key, sizeof key, "%s/a.key", directory);
    CHECK_OK(tls_leaf_create(&authority, &leaf, &pem, &err));
    CHECK_OK(tls_pem_save(&authority, ca, NULL, &err));
    CHECK_OK(tls_pem_save(&pem, crt, key, &err));
    static const char *const purposes[] = {"sslserver -verify_hostname localhost",
                                           "sslclient -verify_ip 127.0.0.1",
                                           "sslserver -verify_ip ::1"};
    for (size_t i = 0; i < COUNT_OF(purposes); i++) {
        snprintf(command, sizeof command,
                 "openssl verify -x509_strict -CAfile %s -purpose %s %s >/dev/null 2>&1", ca,
                 purposes[i], crt);
        CHECK(runs(command));
    }
    struct stat status;
    CHECK(stat(key, &status) == 0);
    CHECK_INT(status.st_mode & 0777, 0600);
    CHECK(!tls_pem_save(&pem, crt, NULL, &err));
    CHECK_INT(err.kind, ERROR_CONFLICT);
    CLEANUP(tls_pem_free) TlsPem loaded = {0};
    CHECK_OK(tls_pem_load(crt, key, &loaded, &err));
    CHECK_BYTES(writer_bytes(&loaded.certificate), writer_bytes(&pem.certificate));
    CHECK_BYTES(writer_bytes(&loaded.key), writer_bytes(&pem.key));
}

TEST(the_identity_is_read_from_the_subject)
{
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    CLEANUP(tls_pem_free) TlsPem pem = {0};
    TlsLeaf leaf = leaf_of("registration", "ra-1");
    TlsIdentity identity;
    Error err = {0};
    CHECK_OK(tls_leaf_create(&authority, &leaf, &pem, &err));
    X509 *certificate = certificate_of(&pem);
    bool read = tls_identity_of(certificate, &identity, &err);
    X509_free(certificate);
    CHECK(read);
    CHECK_TEXT(identity.role, "registration");
    CHECK_TEXT(identity.name, "ra-1");
    CHECK_INT(strlen(identity.serial), 32);
    CHECK_INT(strlen(identity.fingerprint), 64);
}

TEST(a_certificate_without_a_role_has_no_identity)
{
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    TlsIdentity identity;
    Error err = {0};
    X509 *certificate = certificate_of(&authority);
    bool read = tls_identity_of(certificate, &identity, &err);
    X509_free(certificate);
    CHECK(!read);
    CHECK_INT(err.kind, ERROR_UNTRUSTED);
    CHECK_TEXT(err.code, "tls.identity");
}

TEST(a_second_role_leaves_no_identity)
{
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    CLEANUP(tls_pem_free) TlsPem pem = {0};
    TlsLeaf leaf = leaf_of("registration", "ra-1");
    TlsIdentity identity;
    Error err = {0};
    CHECK_OK(tls_leaf_create(&authority, &leaf, &pem, &err));
    X509 *certificate = certificate_of(&pem);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "OU", MBSTRING_UTF8,
                               (const unsigned char *)"business", -1, -1, 0);
    bool read = tls_identity_of(certificate, &identity, &err);
    X509_free(certificate);
    CHECK(!read);
}

TEST(words_that_cannot_be_a_role_name_or_address_are_refused)
{
    static const struct {
        const char *role, *name, *address;
    } rows[] = {
        {NULL, "a", "localhost"},
        {"", "a", "localhost"},
        {"anyone", "a", "localhost"},
        {"a b", "a", "localhost"},
        {"a\"", "a", "localhost"},
        {"business", NULL, "localhost"},
        {"business", "", "localhost"},
        {"business", "a\n", "localhost"},
        {"business", "a", "x,DNS:b"},
        {"business", "a", "a:b"},
        {"business", "a", ""},
        {"business", "a", "a/b"},
        {"a-role-that-is-longer-than-32-bytes-x", "a", "localhost"},
    };
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        TlsLeaf leaf = leaf_of(rows[i].role, rows[i].name);
        leaf.addresses[0] = rows[i].address;
        TlsPem pem;
        Error err = {0};
        CHECK(!tls_leaf_create(&authority, &leaf, &pem, &err));
    }
}

TEST(files_that_are_missing_or_do_not_belong_together_are_refused)
{
    CLEANUP(tls_pem_free) TlsPem authority = make_authority();
    CLEANUP(tls_pem_free) TlsPem first = {0};
    CLEANUP(tls_pem_free) TlsPem second = {0};
    TlsLeaf leaf = leaf_of("business", "a");
    Error err = {0};
    char ca[256], crt[256], key[256], other[256], none[256];
    const char *directory = test_directory();
    snprintf(ca, sizeof ca, "%s/ca.crt", directory);
    snprintf(crt, sizeof crt, "%s/a.crt", directory);
    snprintf(key, sizeof key, "%s/a.key", directory);
    snprintf(other, sizeof other, "%s/b.key", directory);
    snprintf(none, sizeof none, "%s/none", directory);
    CHECK_OK(tls_leaf_create(&authority, &leaf, &first, &err));
    CHECK_OK(tls_leaf_create(&authority, &leaf, &second, &err));
    CHECK_OK(tls_pem_save(&authority, ca, NULL, &err));
    CHECK_OK(tls_pem_save(&first, crt, key, &err));
    CHECK_OK(tls_pem_save(&second, NULL, other, &err));
    const TlsFiles bad[] = {{crt, other, ca}, {crt, none, ca}, {none, key, ca}, {crt, key, none},
                            {crt, key, NULL}, {crt, NULL, ca}, {NULL, key, ca}, {key, key, ca}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        SSL_CTX *context = NULL;
        CHECK(!tls_server_context(&bad[i], false, &context, &err));
        CHECK_INT(err.kind, ERROR_INPUT);
        CHECK_TEXT(err.code, "tls.files");
        CHECK(!tls_client_context(&bad[i], NULL, &context, &err));
    }
    SSL_CTX *context = NULL;
    CHECK_OK(tls_server_context(&(TlsFiles){crt, key, ca}, false, &context, &err));
    SSL_CTX_free(context);
}
