// SPDX-License-Identifier: Apache-2.0
//
// The judging half of timestamp.h.
#include "base/codec/der.h"
#include "base/codec/hex.h"
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

// Of a digest that is not computed here, or of which two documents can be made, nothing follows.
static bool judge_unknown_imprint(const TimestampToken *token, Verdict *verdict)
{
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(token->imprint.unknown_oid, dotted);
    // 1.3.14.3.2.26
    bool is_sha1 = bytes_equal(token->imprint.unknown_oid, BYTES_LITERAL("\x2b\x0e\x03\x02\x1a"));
    verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, "timestamp.imprint", "RFC 3161 2.4.2",
                is_sha1 ? "what is stamped is a SHA-1: two documents with one can be made"
                        : "what is stamped is a digest by %s, which is not computed here",
                dotted);
    return false;
}

// The imprint of the token and the one that it should have.
static bool judge_imprint(const TimestampToken *token, const TimestampImprint *imprint,
                          Verdict *verdict)
{
    if (token->imprint.algorithm == IMPRINT_UNKNOWN) {
        return judge_unknown_imprint(token, verdict);
    }
    const char *wanted = hex_text(verdict->arena, timestamp_imprint_bytes(imprint));
    const char *stamped = hex_text(verdict->arena, timestamp_imprint_bytes(&token->imprint));
    bool is_same = timestamp_imprint_equal(&token->imprint, imprint);
    return verdict_require(verdict, is_same, AREA_TIME, "timestamp.imprint", "RFC 3161 2.4.2",
                           "the %s that is stamped, %s, is %s%s",
                           timestamp_imprint_name(token->imprint.algorithm),
                           stamped == NULL ? "" : stamped,
                           is_same ? "that of what should be" : "not that of what should be, ",
                           is_same || wanted == NULL ? "" : wanted);
}

// Who signed when, for the check of the signature.
static bool take_signature(const TimestampToken *token, const Certificate *tsa, Verdict *verdict)
{
    Error err = {0};
    char time[TIME_TEXT_SIZE];
    const char *serial = certificate_serial_text(verdict->arena, tsa);
    if (!signed_data_verify(&token->signed_data, tsa, BYTES_EMPTY, &err)) {
        return verdict_take(verdict, false, AREA_TIME, "timestamp.signature", "RFC 3161 2.4.2",
                            &err);
    }
    time_to_text(token->time, time);
    verdict_add(verdict, AREA_TIME, CHECK_PASSED, "timestamp.signature", "RFC 3161 2.4.2",
                "the token of %s is signed by the key of certificate %s", time,
                serial == NULL ? "" : serial);
    return true;
}

static bool find_certificate(const TimestampToken *token, const Certificate *tsa_certificate,
                             Certificate *ret, Error *err)
{
    if (tsa_certificate != NULL && (token->signed_data.certificates.len == 0 ||
                                    signed_data_is_by(&token->signed_data, tsa_certificate))) {
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
    return (PathPolicy){.trust = trust,
                        .at = token->time,
                        .purpose = PURPOSE_TIMESTAMP,
                        .revocation = revocation,
                        // Only tokens that were read to be judged are of others.
                        .takes_foreign = token->signed_data.is_foreign};
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

// What a token's judgement starts from.
typedef struct {
    const TimestampImprint *imprint;  // NULL: not at hand
    const TrustStore *trust;
    RevocationRule revocation;
    const Certificate *tsa_certificate;  // NULL: the token's
} StampTrust;

static bool check(const TimestampToken *token, const StampTrust *known, Verdict *verdict)
{
    Error err = {0};
    bool is_judged = known->imprint != NULL || token->imprint.algorithm == IMPRINT_UNKNOWN;
    bool passed = !is_judged || judge_imprint(token, known->imprint, verdict);
    Certificate tsa;
    if (!verdict_take(verdict, find_certificate(token, known->tsa_certificate, &tsa, &err),
                      AREA_TIME, "timestamp.certificate", "RFC 3161 2.4.2", &err) ||
        !take_signature(token, &tsa, verdict)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *arena = NULL;
    const TrustStore *extended = NULL;
    if (!extend_trust(token, &tsa, known->trust, &arena, &extended, &err)) {
        return verdict_take(verdict, false, AREA_TIME, "timestamp.certificate", "RFC 3161 2.4.2",
                            &err);
    }
    PathPolicy policy = stamp_policy(token, extended, known->revocation);
    const char *subject = verdict_enter(verdict, "tsa");
    passed = path_check(&policy, &tsa, verdict) && passed;
    verdict_leave(verdict, subject);
    return passed;
}

bool timestamp_token_check(const TimestampToken *token, const Sm3Digest *imprint,
                           const TrustStore *trust, RevocationRule revocation,
                           const Certificate *tsa_certificate, Verdict *verdict)
{
    TimestampImprint wanted = {0};
    if (imprint != NULL) {
        wanted = timestamp_imprint_of_sm3(imprint);
    }
    const StampTrust known = {imprint == NULL ? NULL : &wanted, trust, revocation, tsa_certificate};
    return check(token, &known, verdict);
}

// The signer's certificate, out of the token or else of the store: others leave it out, and hand it
// in beside. NULL: not at hand.
static const Certificate *certificate_at_hand(const TimestampToken *token, const TrustStore *trust,
                                              Certificate *space)
{
    if (signed_data_signer_certificate(&token->signed_data, space, NULL)) {
        return space;
    }
    const Certificate *beside = NULL;
    for (size_t i = 0; (beside = trust_store_certificate(trust, i)) != NULL; i++) {
        if (signed_data_is_by(&token->signed_data, beside)) {
            break;
        }
    }
    return beside;
}

bool timestamp_token_check_any(const TimestampToken *token, const TimestampImprint *imprint,
                               const TrustStore *trust, RevocationRule revocation, Verdict *verdict)
{
    Certificate space;
    const Certificate *tsa = certificate_at_hand(token, trust, &space);
    if (tsa == NULL) {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, "timestamp.certificate", "RFC 3161 2.4.2",
                    "the certificate of the time stamp's signer is not at hand");
        return false;
    }
    return check(token, &(StampTrust){imprint, trust, revocation, tsa}, verdict);
}

bool timestamp_authority_verify(const TimestampToken *token, const TrustStore *trust,
                                RevocationRule revocation, Time at, Error *err)
{
    Certificate space;
    const Certificate *tsa = certificate_at_hand(token, trust, &space);
    if (tsa == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "timestamp.certificate", "RFC 3161 2.4.2",
                         "the certificate of the time stamp's signer is not at hand");
    }
    CLEANUP(arena_cleanup) Arena *arena = NULL;
    const TrustStore *extended = NULL;
    if (!extend_trust(token, tsa, trust, &arena, &extended, err)) {
        return false;
    }
    PathPolicy policy = stamp_policy(token, extended, revocation);
    policy.at = at;
    return path_verify(&policy, tsa, err) || error_context(err, "time stamp");
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
