// SPDX-License-Identifier: Apache-2.0
//
// MessageImprint: the digest of what is stamped. Stamps of ours are over SM3; common clients ask
// with the digests of their own world, and a stamp does not depend on which one it is as long as
// nobody finds collisions. SHA-1 and MD5 are therefore not among them.
#ifndef ASSENT_DOMAIN_PKI_TIMESTAMP_IMPRINT_H
#define ASSENT_DOMAIN_PKI_TIMESTAMP_IMPRINT_H

#include "base/codec/der.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/sm3/sm3.h"

enum { IMPRINT_MAX_SIZE = 64 };

typedef enum {
    IMPRINT_SM3,
    IMPRINT_SHA256,
    IMPRINT_SHA384,
    IMPRINT_SHA512,
    IMPRINT_ALGORITHM_COUNT,
    IMPRINT_UNKNOWN = IMPRINT_ALGORITHM_COUNT,  // what was read is well-formed but none of these
} ImprintAlgorithm;

typedef struct {
    ImprintAlgorithm algorithm;
    bool has_null;     // the algorithm came with NULL parameters: it is answered alike
    bool is_misnamed;  // SM3 under the OID of GM/T 0010's content types, as one vendor has it
    uint8_t octets[IMPRINT_MAX_SIZE];
    Bytes unknown_oid;  // what names an algorithm that is none of these; borrowed
} TimestampImprint;

TimestampImprint timestamp_imprint_of_sm3(const Sm3Digest *digest);
// The imprint of a message. Fails with ERROR_INTERNAL when libcrypto does, ERROR_INPUT for
// IMPRINT_UNKNOWN.
bool timestamp_imprint_make(ImprintAlgorithm algorithm, Bytes message, TimestampImprint *ret,
                            Error *err) MUST_CHECK;
// The digest, 32 to 64 bytes; empty for an unknown algorithm.
Bytes timestamp_imprint_bytes(const TimestampImprint *imprint);
// "SM3", "SHA-256", ...
const char *timestamp_imprint_name(ImprintAlgorithm algorithm);
// The OID of the algorithm; empty for an unknown one.
Bytes timestamp_imprint_oid(ImprintAlgorithm algorithm);
// Algorithm and digest are the same.
bool timestamp_imprint_equal(const TimestampImprint *a, const TimestampImprint *b);

// Take a MessageImprint; sets reader->failed when it is malformed, also by a digest of another
// length than its algorithm's. Source: RFC 3161 2.4.1.
TimestampImprint timestamp_imprint_read(Reader *reader);
// Take the AlgorithmIdentifier of a digest alone; sets reader->failed when it is none.
ImprintAlgorithm timestamp_imprint_read_algorithm(Reader *reader);
void timestamp_imprint_put(Writer *writer, const TimestampImprint *imprint);

#endif
