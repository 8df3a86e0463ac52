// SPDX-License-Identifier: Apache-2.0
//
// Keys and signatures of other algorithms than SM2: RSA, ECDSA, DSA and EdDSA. Nothing of ours is
// made or taken with them; they are there to judge what others show. libcrypto
// computes; in a browser, where there is none, every one of them is unsupported.
#ifndef ASSENT_BASE_CRYPTO_FOREIGN_H
#define ASSENT_BASE_CRYPTO_FOREIGN_H

#include "base/core/bytes.h"
#include "base/core/error.h"

enum {
    FOREIGN_RSA_MIN_BITS = 2048,
    FOREIGN_RSA_MAX_BITS = 16384,
    FOREIGN_DSA_MIN_BITS = 2048,  // of p
    FOREIGN_DSA_MAX_BITS = 4096,
    FOREIGN_DSA_MIN_ORDER_BITS = 224,  // of q
    // Weak and yet computed where signatures are only judged.
    FOREIGN_WEAK_MIN_BITS = 1024,
    FOREIGN_WEAK_MIN_ORDER_BITS = 160,
};

// Check that a key may be relied on: RSA of 2048 to 16384 bits, whole octets, with an odd exponent
// above 1; P-256, P-384 or P-521 by name; Ed25519 and Ed448; DSA of 2048 to 4096 bits with its
// parameters.
//
// key_info  a whole SubjectPublicKeyInfo.
//
// Fails with ERROR_INPUT "foreign.key" (malformed), ERROR_UNTRUSTED "foreign.weak_key" (too small),
// "foreign.unsound_key" (under which everybody could sign), "foreign.unsupported",
// "foreign.parameters" (a DSA key without any). Source: RFC 3279 2.3; RFC 5480 2; RFC 8410 4.
bool foreign_key_check(Bytes key_info, Error *err) MUST_CHECK;

// The same for keys that are only judged: *ret_is_weak tells of an RSA or DSA key that is small,
// but has 1024 bits at least.
bool foreign_key_judge(Bytes key_info, bool *ret_is_weak, Error *err) MUST_CHECK;

// Of these the kind alone, which is told in a browser too. Fails in the same way.
bool foreign_key_kind_check(Bytes key_info, Error *err) MUST_CHECK;

// True for a DSA key that is weak and computed all the same, see foreign_key_judge.
bool foreign_key_is_small_dsa(Bytes key_info);

// True for a DSA key.
bool foreign_key_is_dsa(Bytes key_info);
// True for a DSA key without parameters, or with NULL: those of the key that certified it hold.
// Source: RFC 3279 2.3.2.
bool foreign_key_lacks_parameters(Bytes key_info);
// Append the key with the parameters of the DSA key that certified it. Fails with ERROR_UNTRUSTED
// "foreign.parameters" when that has none, or is of another kind.
// Source: RFC 5280 6.1.4 (e), (f).
bool foreign_key_inherit(Bytes key_info, Bytes issuer_key_info, Writer *ret, Error *err) MUST_CHECK;

// Verify a signature over `message`.
//
// algorithm  a whole AlgorithmIdentifier: RSA PKCS#1 v1.5 or PSS, or ECDSA, with SHA-2 or SHA-3 of
//            256, 384 or 512 bits, DSA with SHA-2 of these, or Ed25519 or Ed448.
// signature  as it stands in the BIT STRING.
//
// Fails with ERROR_UNTRUSTED "foreign.signature" when it does not hold, "foreign.weak_hash" (SHA-1,
// MD5), "foreign.unsupported", and as foreign_key_check does.
// Source: RFC 4055 5; RFC 5758 3.2; RFC 8410 6.
bool foreign_signature_verify(Bytes key_info, Bytes algorithm, Bytes signature, Bytes message,
                              Error *err) MUST_CHECK;

// A signature as messages (CMS) hold it.
typedef struct {
    Bytes key_info;   // whole SubjectPublicKeyInfo
    Bytes algorithm;  // whole AlgorithmIdentifier; may name no more than the kind of key
    Bytes digest;     // OID of the digest that is named beside it
    Bytes value;
} ForeignSignature;

// True if a signature algorithm hashes with SHA-1 or MD5.
bool foreign_algorithm_is_weak(Bytes algorithm);

// The same for signatures that are only judged, over SHA-1 and MD5 and under weak keys too:
// *ret_is_weak tells that what holds proves little, for others can be made to hold alike. Fails as
// foreign_signature_verify does. Source: RFC 5652 5.6.
bool foreign_signature_judge(const ForeignSignature *signature, Bytes message, bool *ret_is_weak,
                             Error *err) MUST_CHECK;

// True if such an error says that nothing was decided: what is not computed here, and what holds or
// not proves little to anybody (a weak key or digest).
bool foreign_is_undecided(const Error *err);

enum { FOREIGN_DIGEST_MAX = 64 };
typedef struct {
    uint8_t octets[FOREIGN_DIGEST_MAX];
    size_t len;
    bool is_weak;  // SHA-1 or MD5
} ForeignDigest;

// Hash what stands in parts with the digest of this OID, any that libcrypto has. Fails with
// ERROR_UNTRUSTED "foreign.unsupported".
bool foreign_digest(Bytes oid, const Bytes *parts, size_t part_count, ForeignDigest *ret,
                    Error *err) MUST_CHECK;

#endif
