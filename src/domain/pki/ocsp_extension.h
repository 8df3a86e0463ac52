// SPDX-License-Identifier: Apache-2.0
//
// Extensions of OCSP requests and responses. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_OCSP_EXTENSION_H
#define ASSENT_DOMAIN_PKI_OCSP_EXTENSION_H

#include "domain/pki/extension.h"

enum { OCSP_MAX_EXTENSIONS = 16 };

// A walk over Extensions. Without any, it is over at once.
typedef struct {
    Reader rest;
    Bytes seen[OCSP_MAX_EXTENSIONS];
    size_t count;
    bool failed;
} OcspExtensions;

// Take the optional [number] EXPLICIT Extensions.
OcspExtensions ocsp_extensions_enter(Reader *content, uint8_t number);
// The next one; false at the end and when one is malformed or there twice (then `failed`).
bool ocsp_extensions_next(OcspExtensions *extensions, CertificateExtension *ret);

// Read the octets of a nonce from the value of its extension. Source: RFC 9654 2.1.
bool ocsp_nonce_read(Bytes value, Bytes *ret);
// Append the extension of a nonce.
void ocsp_nonce_put(Bytes nonce, Writer *ret);

#endif
