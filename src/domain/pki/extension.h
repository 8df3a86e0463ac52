// SPDX-License-Identifier: Apache-2.0
//
// Extensions of certificates, CRLs and their entries. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_EXTENSION_H
#define ASSENT_DOMAIN_PKI_EXTENSION_H

#include "domain/pki/certificate.h"

// Take one Extension; an explicit FALSE is accepted. False when it is malformed.
bool extension_read(Reader *extensions, CertificateExtension *ret);
// Take the content of Extensions into the certificate's fields. False when one is malformed or
// there twice.
bool extension_read_all(Certificate *certificate, Reader extensions);
// Take the OID of the next PolicyInformation of a certificate's policies; false after the last.
bool extension_next_policy(Reader *policies, Bytes *ret);
// Read the keyIdentifier of an AuthorityKeyIdentifier value; empty when it has none.
bool extension_read_authority_key(Bytes value, Bytes *ret);

// Write one Extension around a value that was already encoded.
void extension_put(Writer *writer, Bytes oid, bool is_critical, Bytes value);
// Begin an Extension; the value follows in place. Close with extension_end.
typedef struct {
    size_t extension;
    size_t value;
} ExtensionMark;
ExtensionMark extension_begin(Writer *writer, Bytes oid, bool is_critical);
void extension_end(Writer *writer, ExtensionMark mark);
// Write authorityKeyIdentifier with a key identifier.
void extension_put_authority_key(Writer *writer, Bytes key_identifier);

#endif
