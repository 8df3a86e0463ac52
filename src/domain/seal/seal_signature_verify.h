// SPDX-License-Identifier: Apache-2.0
//
// Judge a seal signature. Every exit of GB/T 38540-2020 7.3 has its own code; the first exit that
// is taken ends the judgement. The signing time is genTime of a time stamp that holds, else the
// claimed timeInfo; certificates and the seal are judged at that time.
//
//   seal_signature.format               7.3 a  the bytes are a seal signature with a certificate
//   seal_signature.seal_format          7.3 a  with a well-formed seal inside
//   seal_signature.value                7.3 b  the signer's signature holds over the received bytes
//   seal_signature.certificate_listed   7.3 c  the seal lists the signer's certificate
//   seal.*                              7.3 d  the exits of seal_verify.h for the embedded seal
//   seal_signature.seal_period          7.3 d  timeInfo lies within the seal's period
//   seal_signature.chain                7.3 e  the signer's certificate leads to an anchor
//   seal_signature.key_usage            7.3 e  and may sign
//   seal_signature.certificate_validity 7.3 f  and is valid at the signing time
//   seal_signature.revocation           7.3 f  and was not revoked before the signing time
//   seal_signature.data_hash            7.3 g  dataHash is SM3 of the protected original
//   seal_signature.stamp_format         7.3 h  the time stamp can be read
//   seal_signature.stamp_value          7.3 h  the TSA's signature holds
//   seal_signature.stamp_certificate    7.3 h  the TSA's certificate leads to an anchor, may stamp
//   seal_signature.stamp_imprint        7.3 h  the stamp is over this signature value
//   seal_signature.time_order           7.3 h  timeInfo is not later than genTime
//
// and beside them:
//   seal_signature.stamp_present        there is a time stamp (JR/T 0299-2024 7.3)
//   seal_signature.time_deviation       |timeInfo - genTime| is at most 300 s (policy)
//   seal_signature.critical_extension   an extension says that it must be understood: UNKNOWN
//   seal_signature.time_v1_stamp        version 1 holds a stamp as its time: UNKNOWN
//   seal_signature.dialect_...          a deviation was met and accepted: INFORMED
//   seal_signature.moment               the signing time is not yet: UNKNOWN
//   seal_signature.expired_since        the certificate has expired since: INFORMED
#ifndef ASSENT_DOMAIN_SEAL_SEAL_SIGNATURE_VERIFY_H
#define ASSENT_DOMAIN_SEAL_SEAL_SIGNATURE_VERIFY_H

#include "domain/pki/timestamp.h"
#include "domain/seal/seal_signature.h"
#include "domain/seal/seal_verify.h"

// Largest distance of claimed and stamped time, in both directions; exactly this much is allowed.
#define SEAL_MAX_TIME_DEVIATION (300 * TIME_SECOND)

// The protected original: its bytes in pieces (a PDF's byte ranges), or its plain SM3, or both when
// the caller computed it already. With neither the data hash is undecided.
typedef struct {
    const Bytes *parts;
    size_t part_count;
    const Sm3Digest *digest;  // of the parts; NULL: not computed yet
} SealOriginal;

// What was found on the way, for reports; views borrow the judged bytes. Valid as far as the
// verdict passed; zero beyond.
typedef struct {
    SealSignature signature;
    Certificate signer;
    bool is_stamped;  // the stamp was read and none of its checks failed
    TimestampToken stamp;
    Time signing_time;  // the time at which everything was judged
} SealSignatureFindings;

// Judge the seal signature in `der` over the original and add every check to the verdict.
// Returns true when no check failed and none is unknown. `ret` may be NULL.
// Source: GB/T 38540-2020 7.3.
bool seal_signature_check(Bytes der, const SealOriginal *original, const SealPolicy *policy,
                          Verdict *verdict, SealSignatureFindings *ret);
// The same in short. Fails with ERROR_INPUT (format), ERROR_UNTRUSTED, or ERROR_UNAVAILABLE when
// undecided; err->code is the exit.
bool seal_signature_verify(Bytes der, const SealOriginal *original, const SealPolicy *policy,
                           SealSignatureFindings *ret, Error *err) MUST_CHECK;

// Check that the claimed and the stamped time are at most 300 s apart, either way. Fails with
// ERROR_UNTRUSTED, code "seal_signature.time_deviation": the person has to sign again.
bool seal_time_deviation_check(Time claimed, Time stamped, Error *err) MUST_CHECK;

#endif
