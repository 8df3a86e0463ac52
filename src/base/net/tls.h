// SPDX-License-Identifier: Apache-2.0
//
// TLS 1.2/1.3 between components, and the private transport PKI behind it: ECDSA P-256, because
// OpenSSL 3.0 has no TLS with SM2. Transport certificates say who is on the line; nothing that
// must be provable later rests on them.
#ifndef ASSENT_BASE_NET_TLS_H
#define ASSENT_BASE_NET_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

// PEM files of one end of a connection. Borrowed; read when a server or peer is made.
typedef struct {
    const char *certificate_file;  // own certificate, chain after it
    const char *key_file;          // its private key
    const char *authority_file;    // CA certificates that the other end must chain to
} TlsFiles;

// A certificate and its private key as PEM. The key is wiped by tls_pem_free.
typedef struct {
    Writer certificate;
    Writer key;
} TlsPem;

void tls_pem_free(TlsPem *pem);

enum { TLS_MAX_NAMES = 8, TLS_MAX_ROLE_BYTES = 32, TLS_MAX_NAME_BYTES = 64 };

// What a leaf certificate says.
typedef struct {
    const char *name;                      // CN: the instance, for example "bank-a-business-1"
    const char *role;                      // OU: "business", "registration", ..., "operator"
    const char *addresses[TLS_MAX_NAMES];  // DNS names and IP addresses for subjectAltName
    Time not_before;
    int days;
} TlsLeaf;

// Create a self-signed CA (path length 0). Fails with ERROR_INPUT or ERROR_INTERNAL.
bool tls_authority_create(const char *name, Time not_before, int days, TlsPem *ret,
                          Error *err) MUST_CHECK;
// Create a leaf certificate for client and server authentication, signed by `authority`.
bool tls_leaf_create(const TlsPem *authority, const TlsLeaf *leaf, TlsPem *ret,
                     Error *err) MUST_CHECK;
// Write both to new files, the key with mode 0600. Refuses to overwrite (ERROR_CONFLICT).
// Either path may be NULL to leave that part out.
bool tls_pem_save(const TlsPem *pem, const char *certificate_file, const char *key_file,
                  Error *err) MUST_CHECK;
// Load what tls_pem_save wrote, for example an authority to issue more leaves with.
bool tls_pem_load(const char *certificate_file, const char *key_file, TlsPem *ret,
                  Error *err) MUST_CHECK;

// Who a verified certificate belongs to. Empty texts when there is no certificate.
typedef struct {
    char role[TLS_MAX_ROLE_BYTES + 1];
    char name[TLS_MAX_NAME_BYTES + 1];
    char serial[64 + 1];
    char fingerprint[64 + 1];
} TlsIdentity;

// Read the identity out of a certificate. Fails with ERROR_UNTRUSTED when it has not exactly one
// OU and one CN of printable ASCII, or when the OU is "anyone".
bool tls_identity_of(X509 *certificate, TlsIdentity *ret, Error *err) MUST_CHECK;

// Make a server's context: TLS >= 1.2, AEAD suites with forward secrecy only, no renegotiation,
// no tickets or session cache (every connection proves its certificate anew). A client that
// shows a certificate must chain to authority_file; without one it is refused unless optional.
// The caller frees *ret with SSL_CTX_free. Fails with ERROR_INPUT, code "tls.files".
bool tls_server_context(const TlsFiles *files, bool client_certificate_optional, SSL_CTX **ret,
                        Error *err) MUST_CHECK;
// Make `context` accept only a server whose certificate chains to its CA and has this role (NULL:
// any role). `expected_role` is borrowed for the life of the context.
void tls_require_server_role(SSL_CTX *context, const char *expected_role);
// Make a client's context that accepts only a server whose certificate has this role
// (tls_require_server_role). Certificate and key may both be NULL. Whether the certificate is for
// the host that was meant is the caller's to check (SSL_set1_host, SSL_set1_ip).
bool tls_client_context(const TlsFiles *files, const char *expected_role, SSL_CTX **ret,
                        Error *err) MUST_CHECK;

#endif
