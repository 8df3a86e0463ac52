// SPDX-License-Identifier: Apache-2.0
//
// Object identifiers as DER content octets, to be given to der_put_oid and compared with what
// der_oid returns.
#ifndef ASSENT_DOMAIN_PKI_OID_H
#define ASSENT_DOMAIN_PKI_OID_H

#include "base/core/bytes.h"

// Algorithms. Source: GM/T 0006-2012; GB/T 33560-2017.
#define OID_SM2 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x82\x2d")           // 1.2.156.10197.1.301
#define OID_SM2_SIGN BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x01")  // 1.2.156.10197.1.301.1
// 1.2.156.10197.1.301.3
#define OID_SM2_ENCRYPT BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x03")
#define OID_SM3 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x11")           // 1.2.156.10197.1.401
#define OID_HMAC_SM3 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x11\x02")  // 1.2.156.10197.1.401.2
#define OID_SM2_WITH_SM3 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x75")  // 1.2.156.10197.1.501
#define OID_SM4 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68")               // 1.2.156.10197.1.104
#define OID_SM4_ECB BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68\x01")       // 1.2.156.10197.1.104.1
#define OID_SM4_CBC BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68\x02")       // 1.2.156.10197.1.104.2
#define OID_SM4_CTR BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68\x07")       // 1.2.156.10197.1.104.7
#define OID_SM4_GCM BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x68\x08")       // 1.2.156.10197.1.104.8
#define OID_EC_PUBLIC_KEY BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")     // 1.2.840.10045.2.1

// The default digest of signingCertificateV2, read only.
#define OID_SHA256 BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x01")  // 2.16.840.1.101.3.4.2.1

// Content types. Source: GM/T 0010-2012; RFC 5652; RFC 3161.
// 1.2.156.10197.6.1.4.2.1
#define OID_GM_DATA BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01")
// 1.2.156.10197.6.1.4.2.2
#define OID_GM_SIGNED_DATA BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02")
#define OID_CMS_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")  // 1.2.840.113549.1.7.1
// 1.2.840.113549.1.7.2
#define OID_CMS_SIGNED_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
// 1.2.840.113549.1.9.16.1.4
#define OID_TST_INFO BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04")

// Attributes of signers. Source: RFC 5652 11; RFC 5035.
// 1.2.840.113549.1.9.3
#define OID_CONTENT_TYPE BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
// 1.2.840.113549.1.9.4
#define OID_MESSAGE_DIGEST BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
// 1.2.840.113549.1.9.5
#define OID_SIGNING_TIME BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")
// 1.2.840.113549.1.9.16.2.12
#define OID_SIGNING_CERTIFICATE BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0c")
// 1.2.840.113549.1.9.16.2.47
#define OID_SIGNING_CERTIFICATE_V2 BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f")

// Name attributes. Source: GM/T 0015-2012 annex B.
#define OID_COMMON_NAME BYTES_LITERAL("\x55\x04\x03")                    // 2.5.4.3
#define OID_SERIAL_NUMBER BYTES_LITERAL("\x55\x04\x05")                  // 2.5.4.5
#define OID_COUNTRY BYTES_LITERAL("\x55\x04\x06")                        // 2.5.4.6
#define OID_LOCALITY BYTES_LITERAL("\x55\x04\x07")                       // 2.5.4.7
#define OID_STATE BYTES_LITERAL("\x55\x04\x08")                          // 2.5.4.8
#define OID_ORGANIZATION BYTES_LITERAL("\x55\x04\x0a")                   // 2.5.4.10
#define OID_ORGANIZATIONAL_UNIT BYTES_LITERAL("\x55\x04\x0b")            // 2.5.4.11
#define OID_EMAIL BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")  // 1.2.840.113549.1.9.1

// Extensions. Source: GM/T 0015-2012 annex A; RFC 5280 4.2, 5.2.
#define OID_SUBJECT_KEY_IDENTIFIER BYTES_LITERAL("\x55\x1d\x0e")      // 2.5.29.14
#define OID_KEY_USAGE BYTES_LITERAL("\x55\x1d\x0f")                   // 2.5.29.15
#define OID_SUBJECT_ALT_NAME BYTES_LITERAL("\x55\x1d\x11")            // 2.5.29.17
#define OID_BASIC_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x13")           // 2.5.29.19
#define OID_CRL_NUMBER BYTES_LITERAL("\x55\x1d\x14")                  // 2.5.29.20
#define OID_CRL_REASON BYTES_LITERAL("\x55\x1d\x15")                  // 2.5.29.21
#define OID_INVALIDITY_DATE BYTES_LITERAL("\x55\x1d\x18")             // 2.5.29.24
#define OID_DELTA_CRL_INDICATOR BYTES_LITERAL("\x55\x1d\x1b")         // 2.5.29.27
#define OID_ISSUING_DISTRIBUTION_POINT BYTES_LITERAL("\x55\x1d\x1c")  // 2.5.29.28
#define OID_CERTIFICATE_ISSUER BYTES_LITERAL("\x55\x1d\x1d")          // 2.5.29.29
#define OID_NAME_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x1e")            // 2.5.29.30
#define OID_CRL_DISTRIBUTION_POINTS BYTES_LITERAL("\x55\x1d\x1f")     // 2.5.29.31
#define OID_CERTIFICATE_POLICIES BYTES_LITERAL("\x55\x1d\x20")        // 2.5.29.32
#define OID_ANY_POLICY BYTES_LITERAL("\x55\x1d\x20\x00")              // 2.5.29.32.0
#define OID_POLICY_MAPPINGS BYTES_LITERAL("\x55\x1d\x21")             // 2.5.29.33
#define OID_POLICY_CONSTRAINTS BYTES_LITERAL("\x55\x1d\x24")          // 2.5.29.36
#define OID_FRESHEST_CRL BYTES_LITERAL("\x55\x1d\x2e")                // 2.5.29.46
#define OID_INHIBIT_ANY_POLICY BYTES_LITERAL("\x55\x1d\x36")          // 2.5.29.54
#define OID_AUTHORITY_KEY_IDENTIFIER BYTES_LITERAL("\x55\x1d\x23")    // 2.5.29.35
#define OID_EXTENDED_KEY_USAGE BYTES_LITERAL("\x55\x1d\x25")          // 2.5.29.37
// 1.3.6.1.5.5.7.1.1
#define OID_AUTHORITY_INFO_ACCESS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01")
// 1.3.6.1.5.5.7.48.1.5
#define OID_OCSP_NO_CHECK BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x05")
// Other OIDs of OCSP are in ocsp_oid.h.
#define OID_IDENTIFY_CODE BYTES_LITERAL("\x2a\x81\x1c\xd0\x14\x04\x01\x01")  // 1.2.156.10260.4.1.1

// Access methods, policy qualifiers and extended key usages.
#define OID_ACCESS_OCSP BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01")  // 1.3.6.1.5.5.7.48.1
// 1.3.6.1.5.5.7.48.2
#define OID_ACCESS_CA_ISSUERS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x02")
#define OID_QUALIFIER_CPS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x02\x01")     // 1.3.6.1.5.5.7.2.1
#define OID_USE_TLS_SERVER BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x01")    // 1.3.6.1.5.5.7.3.1
#define OID_USE_TLS_CLIENT BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x02")    // 1.3.6.1.5.5.7.3.2
#define OID_USE_EMAIL BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x04")         // 1.3.6.1.5.5.7.3.4
#define OID_USE_TIMESTAMPING BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x08")  // 1.3.6.1.5.5.7.3.8
#define OID_USE_OCSP_SIGNING BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x09")  // 1.3.6.1.5.5.7.3.9
#define OID_USE_ANY BYTES_LITERAL("\x55\x1d\x25\x00")                           // 2.5.29.37.0

// What a scenario certificate is for: OCTET STRING of a digest. 1.3.6.1.4.1.99999.1.1
#define OID_SCENARIO BYTES_LITERAL("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x01")
// A salted commitment to the holder's personal number: OCTET STRING of a digest.
// 1.3.6.1.4.1.99999.1.2
#define OID_NUMBER_COMMITMENT BYTES_LITERAL("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x02")

#endif
