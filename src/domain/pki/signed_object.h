// SPDX-License-Identifier: Apache-2.0
//
// The shape that certificates, requests and revocation lists share,
//     SEQUENCE { to be signed, AlgorithmIdentifier, BIT STRING },
// and the two small structures in it. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_SIGNED_OBJECT_H
#define ASSENT_DOMAIN_PKI_SIGNED_OBJECT_H

#include "base/codec/der.h"
#include "base/core/arena.h"
#include "base/crypto/signer.h"
#include "domain/pki/object_signature.h"

// AlgorithmIdentifier.
typedef struct {
    Bytes oid;
    Bytes parameters;  // whole element, or empty
} Algorithm;

// Take an AlgorithmIdentifier; sets reader->failed.
Algorithm algorithm_read(Reader *reader);
// True if the OID matches and the parameters are absent or NULL.
bool algorithm_is(const Algorithm *algorithm, Bytes oid);
// Write { oid }, parameters absent.
void algorithm_put(Writer *writer, Bytes oid);

// How a kind of object names its failures.
typedef struct {
    const char *noun;            // "certificate"
    const char *malformed_code;  // "certificate.malformed"
    const char *algorithm_code;
    const char *key_code;
    const char *clause;
    size_t max_size;
    bool takes_foreign;  // other signatures and keys than those of SM2
} SignedObjectKind;

typedef struct {
    Bytes signed_der;       // the whole first element
    Reader signed_content;  // its content
    ObjectSignature signature;
} SignedObject;

// Fails with ERROR_INPUT: malformed_code, or algorithm_code when it is not SM2-with-SM3 and the
// kind takes no other.
bool signed_object_parse(const SignedObjectKind *kind, Bytes der, SignedObject *ret,
                         Error *err) MUST_CHECK;
// Record that a part of the object is malformed; returns false.
bool signed_object_malformed(const SignedObjectKind *kind, const char *part, Error *err);
// Read what follows the signed part: AlgorithmIdentifier and BIT STRING. Fails as
// signed_object_parse does.
bool object_signature_read(const SignedObjectKind *kind, Reader *reader, ObjectSignature *ret,
                           Error *err) MUST_CHECK;
// Append the whole object around what was signed.
void signed_object_put(Bytes to_sign, const Sm2Signature *signature, Writer *ret);
// Append the whole object around `to_sign`, signed.
bool signed_object_build(Bytes to_sign, const Signer *signer, Writer *ret, Error *err) MUST_CHECK;
// Copy DER, or the first PEM block with this label, into the arena.
bool signed_object_load(Arena *arena, const char *label, Bytes der_or_pem, Bytes *ret,
                        Error *err) MUST_CHECK;

// Parse SubjectPublicKeyInfo: id-ecPublicKey or 1.2.156.10197.1.301, on the SM2 curve. Fails with
// ERROR_INPUT: malformed_code, or key_code when it is no SM2 key.
bool public_key_info_read(const SignedObjectKind *kind, Reader *reader, Sm2PublicKey *ret,
                          Error *err) MUST_CHECK;
// True if the algorithm of a SubjectPublicKeyInfo is that of SM2 keys, whatever the key.
bool public_key_info_is_sm2(Bytes key_info);
void public_key_info_put(Writer *writer, const Sm2PublicKey *key);

#endif
