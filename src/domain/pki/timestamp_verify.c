// SPDX-License-Identifier: Apache-2.0
//
// The judging half of timestamp.h.
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"

enum { EXTRA_TRUST_SIZE = 256 * 1024 };

static bool verify_imprint(const TimestampToken *token, const TimestampImprint *imprint, Error *err)
{
    if (!timestamp_imprint_equal(&token->imprint, imprint)) {
        return error_set(err, ERROR_UNTRUSTED, "timestamp.imprint", "RFC 3161 2.4.2",
                         "the time stamp was made for something else");
    }
    return true;
}

static bool find_certificate(const TimestampToken *token, const Certificate *tsa_certificate,
                             Certificate *ret, Error *err)
{
    if (token->signed_data.certificates.len == 0 && tsa_certificate != NULL) {
        *ret = *tsa_certificate;
        return true;
    }
    return signed_data_signer_certificate(&token->signed_data, ret, err) ||
           error_set(err, ERROR_UNTRUSTED, "timestamp.certificate", "RFC 3161 2.4.2",
                     "the time stamp does not come with its signer's certificate");
}

// The token is signed, with attributes, by this certificate (which signingCertificateV2 names
// where it is there).
static bool verify_signature(const TimestampToken *token, const Certificate *tsa, Error *err)
{
    return signed_data_verify(&token->signed_data, tsa, BYTES_EMPTY, err) ||
           error_set(err, ERROR_UNTRUSTED, "timestamp.signature", "RFC 3161 2.4.2",
                     "the signature of the time stamp does not hold");
}

// The store with what came in the token, if more than the signer's certificate came. The arena
// is made when it is needed; the caller frees it.
static bool extend_trust(const TimestampToken *token, const Certificate *tsa,
                         const TrustStore *trust, Arena **ret_arena, const TrustStore **ret,
                         Error *err)
{
    *ret = trust;
    if (token->signed_data.certificates.len <= tsa->der.len && token->signed_data.crls.len == 0) {
        return true;
    }
    *ret_arena = arena_new(EXTRA_TRUST_SIZE);
    if (*ret_arena == NULL) {
        return error_memory(err);
    }
    return signed_data_trust(&token->signed_data, *ret_arena, trust, ret, err);
}

static PathPolicy stamp_policy(const TimestampToken *token, const TrustStore *trust,
                               RevocationRule revocation)
{
    return (PathPolicy){
        .trust = trust, .at = token->time, .purpose = PURPOSE_TIMESTAMP, .revocation = revocation};
}

bool timestamp_token_verify(const TimestampToken *token, const Sm3Digest *imprint,
                            const TrustStore *trust, RevocationRule revocation,
                            const Certificate *tsa_certificate, Error *err)
{
    Certificate tsa;
    TimestampImprint wanted = timestamp_imprint_of_sm3(imprint);
    if (!verify_imprint(token, &wanted, err) ||
        !find_certificate(token, tsa_certificate, &tsa, err) ||
        !verify_signature(token, &tsa, err)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *arena = NULL;
    const TrustStore *extended = NULL;
    if (!extend_trust(token, &tsa, trust, &arena, &extended, err)) {
        return false;
    }
    PathPolicy policy = stamp_policy(token, extended, revocation);
    return path_verify(&policy, &tsa, err) || error_context(err, "time stamp");
}

bool timestamp_token_check(const TimestampToken *token, const Sm3Digest *imprint,
                           const TrustStore *trust, RevocationRule revocation,
                           const Certificate *tsa_certificate, Verdict *verdict)
{
    Error err = {0};
    bool passed = true;
    if (imprint != NULL) {
        TimestampImprint wanted = timestamp_imprint_of_sm3(imprint);
        passed = verdict_take(verdict, verify_imprint(token, &wanted, &err), AREA_TIME,
                              "timestamp.imprint", "RFC 3161 2.4.2", &err);
    }
    Certificate tsa;
    if (!verdict_take(verdict, find_certificate(token, tsa_certificate, &tsa, &err), AREA_TIME,
                      "timestamp.certificate", "RFC 3161 2.4.2", &err) ||
        !verdict_take(verdict, verify_signature(token, &tsa, &err), AREA_TIME,
                      "timestamp.signature", "RFC 3161 2.4.2", &err)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *arena = NULL;
    const TrustStore *extended = NULL;
    if (!extend_trust(token, &tsa, trust, &arena, &extended, &err)) {
        return verdict_take(verdict, false, AREA_TIME, "timestamp.certificate", "RFC 3161 2.4.2",
                            &err);
    }
    PathPolicy policy = stamp_policy(token, extended, revocation);
    const char *subject = verdict_enter(verdict, "tsa");
    passed = path_check(&policy, &tsa, verdict) && passed;
    verdict_leave(verdict, subject);
    return passed;
}

// A number without its leading zeros: a nonce is compared by value.
static Bytes significant(Bytes number)
{
    while (number.len > 1 && number.data[0] == 0) {
        number = bytes_from(number, 1);
    }
    return number;
}

bool timestamp_token_match(const TimestampToken *token, const TimestampRequest *request, Error *err)
{
    if (!verify_imprint(token, &request->imprint, err)) {
        return false;
    }
    if (!bytes_equal(significant(token->nonce), significant(request->nonce))) {
        return error_set(err, ERROR_UNTRUSTED, "timestamp.nonce", "RFC 3161 2.4.2",
                         "the time stamp answers another request");
    }
    if (request->policy.len > 0 && !bytes_equal(token->policy, request->policy)) {
        return error_set(err, ERROR_UNTRUSTED, "timestamp.policy", "RFC 3161 2.4.2",
                         "the time stamp was made under another policy");
    }
    return true;
}
