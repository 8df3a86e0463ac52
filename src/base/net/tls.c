// SPDX-License-Identifier: Apache-2.0
#include "base/net/tls.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/codec/hex.h"

static bool files_refused(const char *what, const char *path, Error *err)
{
    // OpenSSL's own reason may quote the file; the stable sentence is enough to act on.
    ERR_clear_error();
    return error_set(err, ERROR_INPUT, "tls.files", NULL, "cannot use the TLS %s file %s", what,
                     path == NULL ? "(none)" : path);
}

static bool is_name_octet(unsigned char c)
{
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || (c != '\0' && strchr("-_.:", c) != NULL);
}

// Read the one attribute of this kind. Names go into logs and decisions, so they are plain words.
static bool read_attribute(const X509_NAME *subject, int nid, char *ret, size_t size)
{
    int index = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (index < 0 || X509_NAME_get_index_by_NID(subject, nid, index) >= 0) {
        return false;
    }
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
    Bytes bytes = bytes_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    if (bytes.len == 0 || bytes.len >= size) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        if (!is_name_octet(bytes.data[i])) {
            return false;
        }
    }
    memcpy(ret, bytes.data, bytes.len);
    ret[bytes.len] = '\0';
    return true;
}

static bool put_hex(Bytes bytes, char *ret, size_t size)
{
    CLEANUP(writer_free) Writer text = writer_new(size - 1);
    hex_encode(bytes, &text);
    if (text.failed || text.len == 0) {
        return false;
    }
    memcpy(ret, text.data, text.len);
    ret[text.len] = '\0';
    return true;
}

bool tls_identity_of(X509 *certificate, TlsIdentity *ret, Error *err)
{
    TlsIdentity identity = {0};
    const X509_NAME *subject = X509_get_subject_name(certificate);
    if (!read_attribute(subject, NID_organizationalUnitName, identity.role, sizeof identity.role) ||
        !read_attribute(subject, NID_commonName, identity.name, sizeof identity.name) ||
        strcmp(identity.role, "anyone") == 0) {
        return error_set(err, ERROR_UNTRUSTED, "tls.identity", NULL,
                         "a transport certificate does not name one role (OU) and one name (CN)");
    }
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_len = 0;
    Bytes serial_bytes =
        bytes_of(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
    if (!put_hex(serial_bytes, identity.serial, sizeof identity.serial) ||
        X509_digest(certificate, EVP_sha256(), digest, &digest_len) != 1 ||
        !put_hex(bytes_of(digest, digest_len), identity.fingerprint, sizeof identity.fingerprint)) {
        ERR_clear_error();
        return error_set(err, ERROR_UNTRUSTED, "tls.identity", NULL,
                         "a transport certificate has no usable serial number or digest");
    }
    *ret = identity;
    return true;
}

static bool harden(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify_depth(context, 3);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 &&
           SSL_CTX_set_num_tickets(context, 0) == 1;
}

// Load what both ends have. `own_optional`: a client may come without a certificate.
static bool load_files(SSL_CTX *context, const TlsFiles *files, bool own_optional, Error *err)
{
    if (files->authority_file == NULL ||
        SSL_CTX_load_verify_file(context, files->authority_file) != 1) {
        return files_refused("authority", files->authority_file, err);
    }
    if (own_optional && files->certificate_file == NULL && files->key_file == NULL) {
        return true;
    }
    if (files->certificate_file == NULL ||
        SSL_CTX_use_certificate_chain_file(context, files->certificate_file) != 1) {
        return files_refused("certificate", files->certificate_file, err);
    }
    if (files->key_file == NULL ||
        SSL_CTX_use_PrivateKey_file(context, files->key_file, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return files_refused("private key", files->key_file, err);
    }
    return true;
}

bool tls_server_context(const TlsFiles *files, bool client_certificate_optional, SSL_CTX **ret,
                        Error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || !harden(context)) {
        SSL_CTX_free(context);
        return error_set(err, ERROR_INTERNAL, "tls.context", NULL, "cannot set up TLS");
    }
    if (!load_files(context, files, false, err)) {
        SSL_CTX_free(context);
        return false;
    }
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files->authority_file);
    if (names == NULL) {
        SSL_CTX_free(context);
        return files_refused("authority", files->authority_file, err);
    }
    SSL_CTX_set_client_CA_list(context, names);
    int mode = SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE;
    SSL_CTX_set_verify(
        context, client_certificate_optional ? mode : mode | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    *ret = context;
    return true;
}

// A certificate of the right CA is not enough: another component of the same deployment must not
// be able to stand in for the one that is called.
static int verify_server(X509_STORE_CTX *store, void *expected_role)
{
    if (X509_verify_cert(store) != 1) {
        return 0;
    }
    TlsIdentity identity;
    if (!tls_identity_of(X509_STORE_CTX_get0_cert(store), &identity, NULL) ||
        (expected_role != NULL && strcmp(identity.role, (const char *)expected_role) != 0)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
    return 1;
}

void tls_require_server_role(SSL_CTX *context, const char *expected_role)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify_server, (void *)(uintptr_t)expected_role);
}

bool tls_client_context(const TlsFiles *files, const char *expected_role, SSL_CTX **ret, Error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || !harden(context)) {
        SSL_CTX_free(context);
        return error_set(err, ERROR_INTERNAL, "tls.context", NULL, "cannot set up TLS");
    }
    if (!load_files(context, files, true, err)) {
        SSL_CTX_free(context);
        return false;
    }
    tls_require_server_role(context, expected_role);
    *ret = context;
    return true;
}
