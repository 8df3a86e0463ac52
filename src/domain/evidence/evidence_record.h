// SPDX-License-Identifier: Apache-2.0
//
// Evidence record: what keeps the proof of an object's age alive for longer than a certificate or
// an algorithm lasts. It is a sequence of chains of time stamps. Within a chain each stamp covers
// the one before it and was made while that could still be relied on; a new chain begins with
// another digest, over the object and over all chains before it.
// Source: RFC 4998.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_RECORD_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_RECORD_H

#include "domain/pki/timestamp.h"

enum {
    EVIDENCE_RECORD_MAX_BYTES = 4 * 1024 * 1024,
    EVIDENCE_RECORD_MAX_STAMPS = 256,
};

// One ArchiveTimeStamp.
typedef struct {
    ImprintAlgorithm algorithm;  // of its hash tree
    Bytes tree;                  // content of reducedHashtree; empty: none
    TimestampToken token;        // token.der is what the next one in the chain covers
    bool begins_chain;
    Bytes before;  // of the first in a chain: the chains before it, one after the other
} ArchiveStamp;

// A parsed record; views borrow the DER, the stamps are in the arena, oldest first.
typedef struct {
    Bytes der;
    Bytes crypto_infos;  // whole [0], or empty: what its makers put there, kept as it is
    Bytes chains;        // content of the ArchiveTimeStampSequence
    Bytes last_chain;    // the newest chain as a whole element, at the end of `chains`
    ArchiveStamp *stamps;
    size_t stamp_count;  // 1 to EVIDENCE_RECORD_MAX_STAMPS
} EvidenceRecord;

// True if the bytes begin as a record does; it may still be malformed.
bool evidence_record_is(Bytes der);

// Parse a record that fills `der`. Fails with ERROR_INPUT "evidence_record.malformed" (also when
// the stamps of one chain are not of one digest), "evidence_record.algorithm" (a digest that is not
// judged here), "evidence_record.encrypted" (over an encrypted object); ERROR_LIMIT
// "evidence_record.stamps", "evidence_record.too_large". Source: RFC 4998 3.1, 5.1.
bool evidence_record_parse(Arena *arena, Bytes der, EvidenceRecord *ret, Error *err) MUST_CHECK;

// What the first stamp of a chain is over: the object, together with the chains before it when
// there are any. Fails as timestamp_imprint_make does. Source: RFC 4998 5.2.
bool archive_chain_imprint(Bytes object, Bytes chains_before, ImprintAlgorithm algorithm,
                           TimestampImprint *ret, Error *err) MUST_CHECK;
// What the next stamp has to be over: without a record (NULL) the object; in the digest of the
// newest chain, the newest stamp; in another one, the object together with all chains.
// Fails as timestamp_imprint_make does. Source: RFC 4998 4.2, 5.2.
bool evidence_record_next(const EvidenceRecord *record, Bytes object, ImprintAlgorithm algorithm,
                          TimestampImprint *ret, Error *err) MUST_CHECK;
// Check that the first stamp of the record covers the object, as evidence_record.object does. Fails
// with ERROR_UNTRUSTED "evidence_record.object". Source: RFC 4998 4.3.
bool evidence_record_is_about(Arena *arena, const EvidenceRecord *record, Bytes object,
                              Error *err) MUST_CHECK;
// Append the record (NULL: a new one) with this token at its end. Only what the token is over is
// looked at. Fails with ERROR_UNTRUSTED "evidence_record.imprint" when that is something else,
// "evidence_record.order" when it is older than the newest stamp; ERROR_INPUT as
// timestamp_token_read does; ERROR_LIMIT "evidence_record.stamps".
bool evidence_record_append(const EvidenceRecord *record, Bytes object, Bytes token, Writer *ret,
                            Error *err) MUST_CHECK;
// A token that is over many digests, and how this one is among them.
typedef struct {
    Bytes token;
    Bytes reduced;  // content of the reducedHashtree, archive_tree.h; empty: it is over this alone
} SharedToken;
// The same with such a token; memory for the climb is taken from the arena.
bool evidence_record_append_shared(Arena *arena, const EvidenceRecord *record, Bytes object,
                                   const SharedToken *shared, Writer *ret, Error *err) MUST_CHECK;

// An algorithm that is not to be relied on any more from a moment on: a digest, or a way of
// signing.
typedef struct {
    char oid[DER_OID_TEXT_SIZE];  // dotted
    Time weak_from;
} AlgorithmSunset;

// What a judgement starts from. Borrowed.
typedef struct {
    const TrustStore *trust;
    RevocationRule revocation;  // of the authorities
    Time at;                    // the present
    const AlgorithmSunset *sunsets;
    size_t sunset_count;
} EvidenceRecordPolicy;

// Until when a digest, and what signed a token (way of signing and digest), can be relied on by the
// policy's sunsets; INT64_MAX when none of them says.
Time archive_digest_end(ImprintAlgorithm algorithm, const EvidenceRecordPolicy *policy);
Time archive_signature_end(const TimestampToken *token, const EvidenceRecordPolicy *policy);

// Judge that the object existed at the time of the first stamp, and add every check to the verdict
// under subjects "stamp 1", ...: "timestamp.*" and "path.*" of each token at its own time, and
//   evidence_record.object     cryptography  the first stamp of every chain covers the object, and
//                                            the chains before
//   evidence_record.renewal    cryptography  every other stamp covers the one before it
//   evidence_record.order      time          no stamp is older than the one before, or of the
//   future evidence_record.authority  time          the certificate still held when the next stamp
//   was
//                                            made; of the last stamp: now (else UNKNOWN)
//   evidence_record.algorithm  time          the same of what signed the token, and of the digest
//                                            until the next chain (else UNKNOWN)
// Returns true when none failed and none is unknown; then the object is as old as
// record->stamps[0].token.time. Source: RFC 4998 4.3, 5.3.
bool evidence_record_check(const EvidenceRecord *record, Bytes object,
                           const EvidenceRecordPolicy *policy, Verdict *verdict);

#endif
