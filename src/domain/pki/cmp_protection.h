// SPDX-License-Identifier: Apache-2.0
//
// How CMP messages are protected: by a shared secret (PasswordBasedMac, PBMAC1) or by a signature
// with SM2 and SM3. Protecting a message and verifying one are here, whom to believe is not.
#ifndef ASSENT_DOMAIN_PKI_CMP_PROTECTION_H
#define ASSENT_DOMAIN_PKI_CMP_PROTECTION_H

#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "domain/pki/cmp.h"

// Limits on what the sender chooses: too few rounds protect little, too many keep us busy.
enum {
    CMP_ROUNDS_MIN = 100,
    CMP_ROUNDS_MAX = 100000,
    CMP_SALT_MIN_SIZE = 8,
    CMP_SALT_MAX_SIZE = 128,
};

typedef enum { CMP_SHA1, CMP_SHA256, CMP_SM3 } CmpHash;

// The parameters of a MAC.
typedef struct {
    bool is_pbmac1;  // key by PBKDF2; otherwise by hashing over and over
    CmpHash owf;     // one-way function, or hash of PBKDF2's HMAC
    CmpHash mac;     // hash of the HMAC over the message
    Bytes salt;
    uint32_t rounds;
    uint32_t key_len;      // of PBKDF2
    bool mac_is_rfc_4211;  // HMAC-SHA1 named as in RFC 4211, to be named so again
} CmpMac;

typedef enum {
    CMP_PROTECTION_NONE,
    CMP_PROTECTION_MAC,
    CMP_PROTECTION_SIGNATURE,
    CMP_PROTECTION_UNKNOWN,
} CmpProtectionKind;

// Which kind of protection a message has.
CmpProtectionKind cmp_protection_kind(const CmpMessage *message);
// Read the parameters of a MAC from an AlgorithmIdentifier. Fails with ERROR_INPUT
// "cmp.algorithm": another algorithm, or outside of the limits above.
// Source: RFC 4210 5.1.3.1; RFC 4211 4.4; RFC 9481 6.
bool cmp_mac_parse(Bytes algorithm, CmpMac *ret, Error *err) MUST_CHECK;
void cmp_mac_encode(const CmpMac *mac, Writer *ret);

// Verify a MAC with a shared secret of any length; constant time but for lengths. Fails with
// ERROR_UNTRUSTED "cmp.protection", or as cmp_mac_parse does.
bool cmp_verify_mac(const CmpMessage *message, Bytes secret, Error *err) MUST_CHECK;
// Verify a signature under a key. Fails with ERROR_UNTRUSTED "cmp.protection", or ERROR_INPUT
// "cmp.algorithm" when it is not SM2 with SM3. Source: RFC 4210 5.1.3.3.
bool cmp_verify_signature(const CmpMessage *message, const Sm2PublicKey *key,
                          Error *err) MUST_CHECK;

// With what a message is protected.
typedef struct {
    CmpProtectionKind kind;
    CmpMac mac;            // CMP_PROTECTION_MAC: with a fresh salt
    Bytes secret;          // the shared secret
    const Signer *signer;  // CMP_PROTECTION_SIGNATURE
    Bytes certificates;    // extraCerts, one after the other, the signer's first; or empty
} CmpProtector;

// Append a whole message. header->protection_algorithm is ignored. `body` is the element to be put
// into the choice `type`. Fails as the signer does.
bool cmp_message_build(const CmpHeader *header, CmpBodyType type, Bytes body,
                       const CmpProtector *protector, Writer *ret, Error *err) MUST_CHECK;

#endif
