// SPDX-License-Identifier: Apache-2.0
//
// Judge an electronic seal. Every exit of GB/T 38540-2020 6.3 has its own code; the first exit
// that is taken ends the judgement, as the standard asks:
//
//   seal.format            6.3 a  the bytes are a seal, its maker's certificate is one
//   seal.value             6.3 b  the maker's signature holds over the received bytes
//   seal.maker_chain       6.3 c  the maker's certificate leads to an anchor
//   seal.maker_validity    6.3 c  it is valid at the moment that counts
//   seal.maker_revocation  6.3 c  it is not revoked at that moment
//   seal.maker_key_usage   6.3 c  it may sign
//   seal.period            6.3 d  the moment lies within validStart and validEnd
//
// and beside them:
//   seal.stamp, seal.created_before_stamp   the time stamp of a version 5 seal
//   seal.critical_extension                 an extension says that it must be understood: UNKNOWN
//   seal.dialect_...                        a deviation was met and accepted: INFORMED
//   seal.expired_since                      the period ended between the moment and now: INFORMED
#ifndef ASSENT_DOMAIN_SEAL_SEAL_VERIFY_H
#define ASSENT_DOMAIN_SEAL_SEAL_VERIFY_H

#include "domain/pki/path.h"
#include "domain/seal/seal.h"
#include "domain/verdict/verdict.h"

// What a judgement starts from. Everything is borrowed for the call.
typedef struct {
    const TrustStore *trust;      // anchors, further certificates, CRLs
    RevocationRule revocation;    // for makers, signers and the TSA
    Time now;                     // time of the judgement, for what has expired since
    bool accept_digests_with_z;   // take SM3(Z || M) for SM3(M): reported, FAILED when false
    bool time_stamp_is_optional;  // else a seal signature without time stamp fails
    bool takes_foreign_stamps;    // time stamps of other algorithms and dialects too
    bool deviation_is_informed;   // else claimed and stamped time over 300 s apart fail
} SealPolicy;

// Judge the seal in `der` at the moment `at` and add every check to the verdict. Returns true
// when no check failed and none is unknown. Source: GB/T 38540-2020 6.3.
bool seal_check(Bytes der, const SealPolicy *policy, Time at, Verdict *verdict);
// The same in short. Fails with ERROR_INPUT (format), ERROR_UNTRUSTED, or ERROR_UNAVAILABLE when
// undecided; err->code is the exit. *ret (may be NULL) borrows der.
bool seal_verify(Bytes der, const SealPolicy *policy, Time at, Seal *ret, Error *err) MUST_CHECK;

// Judge, before anybody signs, whether this seal may be used with this certificate (DER) at
// policy->now: the exits above for the seal, then
//
//   seal_signing.certificate_format  7.2 a  the certificate can be read
//   seal_signing.chain               7.2 a  it leads to an anchor
//   seal_signing.validity            7.2 a  it is valid now
//   seal_signing.revocation          7.2 a  it is not revoked
//   seal_signing.key_usage           7.2 a  it may sign
//   seal_signing.certificate_listed  7.2 a  the seal lists it; the detail says when the seal only
//                                           lists an earlier one and has to be made again
// Source: GB/T 38540-2020 7.2 a.
bool seal_signing_check(Bytes seal, Bytes certificate, const SealPolicy *policy, Verdict *verdict);
// The same in short. Fails as seal_verify does.
bool seal_signing_verify(Bytes seal, Bytes certificate, const SealPolicy *policy,
                         Error *err) MUST_CHECK;

#endif
