// SPDX-License-Identifier: Apache-2.0
//
// How seals and seal signatures of other makers differ from the standard's form.
#ifndef ASSENT_DOMAIN_SEAL_SEAL_DIALECT_H
#define ASSENT_DOMAIN_SEAL_SEAL_DIALECT_H

// Deviations from the standard that are met in the field. They are accepted, and every one
// that was met is reported (CHECK_INFORMED): never silently.
typedef enum {
    SEAL_DIALECT_EXPLICIT_FALSE = 1 << 0,         // ExtData.critical FALSE is written out: not DER
    SEAL_DIALECT_EXTENSIONS_TAGGED = 1 << 1,      // the seal's extDatas stand in [0]
    SEAL_DIALECT_EXTENSIONS_OCTETS = 1 << 2,      // the seal's extDatas stand in an OCTET STRING
    SEAL_DIALECT_EXTENSIONS_UNTAGGED = 1 << 3,    // TBS_Sign's extDatas stand without their [0]
    SEAL_DIALECT_STAMP_UNTAGGED = 1 << 4,         // timeStamp stands without its [0]
    SEAL_DIALECT_STAMP_RESPONSE = 1 << 5,         // timeStamp is a TimeStampResp, not a token
    SEAL_DIALECT_HEADER_VERSION = 1 << 6,         // header.version is not the shape's number
    SEAL_DIALECT_EXTENSIONS_IMPLICIT = 1 << 7,    // extDatas in an IMPLICIT [0]
    SEAL_DIALECT_TEXT_TYPE = 1 << 8,              // a text is of another string type
    SEAL_DIALECT_TEXT_ENCODING = 1 << 9,          // a text is not in its type's characters
    SEAL_DIALECT_TIME_TYPE = 1 << 10,             // UTCTime for GeneralizedTime, or the other way
    SEAL_DIALECT_TIME_FORM = 1 << 11,             // a time with fraction or offset, or no seconds
    SEAL_DIALECT_CERTIFICATE_WRAPPING = 1 << 12,  // a certificate bare or in a BIT STRING
    SEAL_DIALECT_LIST = 1 << 13,                  // the list's type or entries are of another shape
    SEAL_DIALECT_ALGORITHM_OID = 1 << 14,         // .301.1 or .301 for .501
    SEAL_DIALECT_ALGORITHM_WRAPPING = 1 << 15,    // an AlgorithmIdentifier for its OID
    SEAL_DIALECT_VALUE_RAW = 1 << 16,             // the signature value is r || s in 64 bytes
    SEAL_DIALECT_VALUE_LOOSE = 1 << 17,           // r and s are INTEGERs that are not DER
    SEAL_DIALECT_VALUE_WRAPPING = 1 << 18,        // it stands in an OCTET STRING, or bare
    SEAL_DIALECT_DIGEST_WRAPPING = 1 << 19,       // dataHash is an OCTET STRING
    SEAL_DIALECT_STAMP_WRAPPING = 1 << 20,        // timeStamp is an OCTET STRING, or bare
    SEAL_DIALECT_VERSION = 1 << 21,               // TBS_Sign has another version than its seal
    SEAL_DIALECT_SHAPE = 1 << 22,                 // TBS_Sign has another shape than its seal
    SEAL_DIALECT_COUNT = 23,
} SealDialect;

#endif
