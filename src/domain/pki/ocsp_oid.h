// SPDX-License-Identifier: Apache-2.0
//
// Object identifiers of OCSP, as oid.h gives the others. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_OCSP_OID_H
#define ASSENT_DOMAIN_PKI_OCSP_OID_H

#include "domain/pki/oid.h"

// id-pkix-ocsp, 1.3.6.1.5.5.7.48.1: the response type and the extensions below it.
// Source: RFC 6960 4.2.1, 4.4.
#define OID_OCSP_BASIC BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")
#define OID_OCSP_NONCE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x02")
#define OID_OCSP_CRL BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x03")
#define OID_OCSP_RESPONSE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x04")
#define OID_OCSP_ARCHIVE_CUTOFF BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x06")
#define OID_OCSP_SERVICE_LOCATOR BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x07")
#define OID_OCSP_PREFERRED_ALGORITHMS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x08")
#define OID_OCSP_EXTENDED_REVOKE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x09")

// What a CertID may be hashed with beside SM3 and SHA-256.
#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")                    // 1.3.14.3.2.26
#define OID_SHA384 BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x02")  // 2.16.840.1.101.3.4.2.2
#define OID_SHA512 BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x03")  // 2.16.840.1.101.3.4.2.3

// Extensions of CRL entries that an answer may carry along. Source: RFC 6960 4.4.5.
#define OID_INVALIDITY_DATE BYTES_LITERAL("\x55\x1d\x18")  // 2.5.29.24

#endif
