// SPDX-License-Identifier: Apache-2.0
//
// Object identifiers of CMP and CRMF as DER content octets.
// Source: RFC 4210 5.1; RFC 4211 4.4, 6; RFC 8018 A.5; RFC 9481 6.
#ifndef ASSENT_DOMAIN_PKI_CMP_OID_H
#define ASSENT_DOMAIN_PKI_CMP_OID_H

#include "domain/pki/oid.h"

// 1.2.840.113533.7.66.13
#define OID_PASSWORD_BASED_MAC BYTES_LITERAL("\x2a\x86\x48\x86\xf6\x7d\x07\x42\x0d")
#define OID_PBMAC1 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e")  // 1.2.840.113549.1.5.14
#define OID_PBKDF2 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")  // 1.2.840.113549.1.5.12
#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")                    // 1.3.14.3.2.26
// HMAC-SHA1 as RFC 4211 names it and as PKCS#5 does.
#define OID_HMAC_SHA1 BYTES_LITERAL("\x2b\x06\x01\x05\x05\x08\x01\x02")       // 1.3.6.1.5.5.8.1.2
#define OID_HMAC_WITH_SHA1 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x07")  // 1.2.840.113549.2.7
#define OID_HMAC_WITH_SHA256 \
    BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x09")  // 1.2.840.113549.2.9

// Of generalInfo and general messages.
#define OID_IMPLICIT_CONFIRM \
    BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x04\x0d")                          // 1.3.6.1.5.5.7.4.13
#define OID_CA_CERTIFICATES BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x04\x11")  // 1.3.6.1.5.5.7.4.17
// Control of a key update: the certificate to be replaced. 1.3.6.1.5.5.7.5.1.5
#define OID_OLD_CERTIFICATE_ID BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x05\x01\x05")

#endif
