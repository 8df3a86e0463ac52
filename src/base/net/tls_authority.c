// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/net/tls.h"

enum { PEM_LIMIT = 64 * 1024 };

static void bio_cleanup(BIO **bio)
{
    BIO_free(*bio);
}

static void key_cleanup(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void certificate_cleanup(X509 **certificate)
{
    X509_free(*certificate);
}

static bool failed(Error *err)
{
    ERR_clear_error();
    return error_set(err, ERROR_INTERNAL, "tls.authority", NULL,
                     "cannot make a transport certificate");
}

void tls_pem_free(TlsPem *pem)
{
    writer_free(&pem->certificate);
    writer_free(&pem->key);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_serial(X509 *certificate)
{
    unsigned char octets[16];
    if (RAND_bytes(octets, sizeof octets) != 1) {
        return false;
    }
    octets[0] = (unsigned char)((octets[0] & 0x3f) | 0x40);  // positive and of full length
    BIGNUM *number = BN_bin2bn(octets, sizeof octets, NULL);
    bool set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_validity(X509 *certificate, Time not_before, int days)
{
    time_t start = (time_t)(not_before / TIME_SECOND);
    return ASN1_TIME_set(X509_getm_notBefore(certificate), start) != NULL &&
           ASN1_TIME_adj(X509_getm_notAfter(certificate), start, days, 0) != NULL;
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1,
                                      -1, 0) == 1;
}

static X509 *new_certificate(EVP_PKEY *key, Time not_before, int days)
{
    X509 *certificate = X509_new();
    if (certificate == NULL || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        !set_serial(certificate) || !set_validity(certificate, not_before, days) ||
        X509_set_pubkey(certificate, key) != 1) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static bool bio_to_writer(BIO *bio, Writer *ret)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    *ret = writer_new(PEM_LIMIT);
    writer_put(ret, bytes_of(data, len < 0 ? 0 : (size_t)len));
    return len > 0 && !ret->failed;
}

static bool to_pem(X509 *certificate, EVP_PKEY *key, TlsPem *ret, Error *err)
{
    CLEANUP(bio_cleanup) BIO *certificate_bio = BIO_new(BIO_s_mem());
    CLEANUP(bio_cleanup) BIO *key_bio = BIO_new(BIO_s_secmem());
    TlsPem pem = {writer_new(PEM_LIMIT), writer_new(PEM_LIMIT)};
    if (certificate_bio == NULL || key_bio == NULL ||
        PEM_write_bio_X509(certificate_bio, certificate) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        !bio_to_writer(certificate_bio, &pem.certificate) || !bio_to_writer(key_bio, &pem.key)) {
        tls_pem_free(&pem);
        return failed(err);
    }
    *ret = pem;
    return true;
}

static bool check_words(const char *name, int days, Error *err)
{
    if (name == NULL || name[0] == '\0' || strlen(name) > TLS_MAX_NAME_BYTES || days < 1 ||
        days > 36500) {
        return error_set(err, ERROR_INPUT, "tls.authority", NULL,
                         "a transport certificate needs a name of 1 to %d bytes and a validity of "
                         "1 to 36500 days",
                         TLS_MAX_NAME_BYTES);
    }
    return true;
}

bool tls_authority_create(const char *name, Time not_before, int days, TlsPem *ret, Error *err)
{
    if (!check_words(name, days, err)) {
        return false;
    }
    CLEANUP(key_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(certificate_cleanup)
    X509 *certificate = key == NULL ? NULL : new_certificate(key, not_before, days);
    if (certificate == NULL) {
        return failed(err);
    }
    X509_NAME *subject = X509_get_subject_name(certificate);
    if (!add_name(subject, "CN", name) || X509_set_issuer_name(certificate, subject) != 1 ||
        !add_extension(certificate, certificate, NID_basic_constraints,
                       "critical,CA:TRUE,pathlen:0") ||
        !add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(certificate, certificate, NID_subject_key_identifier, "hash") ||
        X509_sign(certificate, key, EVP_sha256()) == 0) {
        return failed(err);
    }
    return to_pem(certificate, key, ret, err);
}

static BIO *bio_of(Bytes bytes)
{
    return BIO_new_mem_buf(bytes.data, (int)bytes.len);
}

static bool address_is_sound(const char *address)
{
    static const char allowed[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.:*";
    size_t len = strlen(address);
    return len > 0 && len < 254 && strspn(address, allowed) == len;
}

// subjectAltName in OpenSSL's notation. The addresses were checked, so that none of them can add
// a field of its own.
static bool format_addresses(const TlsLeaf *leaf, Writer *ret, Error *err)
{
    for (size_t i = 0; i < TLS_MAX_NAMES && leaf->addresses[i] != NULL; i++) {
        const char *address = leaf->addresses[i];
        unsigned char binary[sizeof(struct in6_addr)];
        bool is_ip =
            inet_pton(AF_INET, address, binary) == 1 || inet_pton(AF_INET6, address, binary) == 1;
        if (!address_is_sound(address) || (!is_ip && strchr(address, ':') != NULL)) {
            return error_set(err, ERROR_INPUT, "tls.authority", NULL,
                             "a transport certificate needs DNS names or IP addresses");
        }
        writer_format(ret, "%s%s:%s", i == 0 ? "" : ",", is_ip ? "IP" : "DNS", address);
    }
    writer_put_u8(ret, '\0');
    return ret->failed ? error_memory(err) : true;
}

static bool fill_leaf(X509 *certificate, X509 *issuer, const TlsLeaf *leaf, const char *addresses)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    return add_name(subject, "OU", leaf->role) && add_name(subject, "CN", leaf->name) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
           add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
           add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
           (addresses[0] == '\0' ||
            add_extension(certificate, issuer, NID_subject_alt_name, addresses));
}

bool tls_leaf_create(const TlsPem *authority, const TlsLeaf *leaf, TlsPem *ret, Error *err)
{
    if (leaf->role == NULL) {
        return error_set(err, ERROR_INPUT, "tls.authority", NULL,
                         "a transport certificate needs a role");
    }
    if (!check_words(leaf->name, leaf->days, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer addresses = writer_new(4096);
    if (!format_addresses(leaf, &addresses, err)) {
        return false;
    }
    CLEANUP(bio_cleanup) BIO *certificate_bio = bio_of(writer_bytes(&authority->certificate));
    CLEANUP(bio_cleanup) BIO *key_bio = bio_of(writer_bytes(&authority->key));
    CLEANUP(certificate_cleanup)
    X509 *issuer =
        certificate_bio == NULL ? NULL : PEM_read_bio_X509(certificate_bio, NULL, NULL, NULL);
    CLEANUP(key_cleanup)
    EVP_PKEY *issuer_key =
        key_bio == NULL ? NULL : PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    CLEANUP(key_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(certificate_cleanup)
    X509 *certificate = key == NULL ? NULL : new_certificate(key, leaf->not_before, leaf->days);
    if (issuer == NULL || issuer_key == NULL || certificate == NULL ||
        !fill_leaf(certificate, issuer, leaf, (const char *)writer_bytes(&addresses).data) ||
        X509_sign(certificate, issuer_key, EVP_sha256()) == 0) {
        return failed(err);
    }
    // What the other end will refuse is better refused here.
    TlsIdentity identity;
    return tls_identity_of(certificate, &identity, err) && to_pem(certificate, key, ret, err);
}

static bool save(Bytes pem, const char *path, mode_t mode, Error *err)
{
    if (path == NULL) {
        return true;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        return error_set(err, errno == EEXIST ? ERROR_CONFLICT : ERROR_INTERNAL, "tls.save", NULL,
                         "cannot create a PEM file: %s", strerror(errno));
    }
    bool written = write(fd, pem.data, pem.len) == (ssize_t)pem.len && fsync(fd) == 0;
    bool closed = close(fd) == 0;
    if (!written || !closed) {
        (void)unlink(path);
        return error_set(err, ERROR_INTERNAL, "tls.save", NULL, "cannot write a PEM file");
    }
    return true;
}

bool tls_pem_save(const TlsPem *pem, const char *certificate_file, const char *key_file, Error *err)
{
    return save(writer_bytes(&pem->key), key_file, 0600, err) &&
           save(writer_bytes(&pem->certificate), certificate_file, 0644, err);
}

static bool load(const char *path, Writer *ret, Error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return error_set(err, ERROR_INPUT, "tls.files", NULL, "cannot open a PEM file: %s",
                         strerror(errno));
    }
    uint8_t part[4096];
    ssize_t len = 0;
    while ((len = read(fd, part, sizeof part)) > 0) {
        writer_put(ret, bytes_of(part, (size_t)len));
    }
    explicit_bzero(part, sizeof part);
    (void)close(fd);
    if (len < 0 || ret->failed || ret->len == 0) {
        return error_set(err, ERROR_INPUT, "tls.files", NULL, "cannot read a PEM file");
    }
    return true;
}

bool tls_pem_load(const char *certificate_file, const char *key_file, TlsPem *ret, Error *err)
{
    TlsPem pem = {writer_new(PEM_LIMIT), writer_new(PEM_LIMIT)};
    if (!load(certificate_file, &pem.certificate, err) || !load(key_file, &pem.key, err)) {
        tls_pem_free(&pem);
        return false;
    }
    *ret = pem;
    return true;
}
