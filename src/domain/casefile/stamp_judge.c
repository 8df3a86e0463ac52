// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/stamp_judging.h"
#include "domain/pki/timestamp.h"

static const char clause_stamp[] = "RFC 3161 2.4.2";

// 1.2.840.113549.1.9.16.2.14
#define OID_SIGNATURE_STAMP BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e")

static bool find_stamp(const SignedData *message, Bytes *ret)
{
    for (Reader attributes = reader_of(message->unsigned_attributes); attributes.rest.len > 0;) {
        Reader attribute = der_enter(&attributes, DER_SEQUENCE);
        Bytes oid = der_oid(&attribute);
        Reader values = der_enter(&attribute, DER_SET);
        if (attribute.failed || attributes.failed) {
            return false;
        }
        if (bytes_equal(oid, OID_SIGNATURE_STAMP)) {
            *ret = der_any(&values).whole;
            return !values.failed;
        }
    }
    return false;
}

bool stamp_is_to_come(const TimestampToken *token, const VerificationPolicy *policy)
{
    enum { CLOCKS_DIFFER_MINUTES = 5 };
    return token->time - policy->at > CLOCKS_DIFFER_MINUTES * TIME_MINUTE;
}

static Time tell_unused(Verdict *verdict, const char *reason)
{
    verdict_add(verdict, AREA_TIME, CHECK_INFORMED, "verify.stamp", clause_stamp,
                "the signature's time stamp is not used: %s", reason);
    return 0;
}

Time signature_stamp_judge(const SignedData *message, const TrustStore *trust,
                           const VerificationPolicy *policy, Verdict *verdict)
{
    Bytes der;
    Error err = {0};
    TimestampToken token;
    TimestampImprint wanted;
    if (!find_stamp(message, &der)) {
        return 0;
    }
    if (!timestamp_token_read(der, &token, &err) ||
        !timestamp_imprint_make(token.imprint.algorithm, message->signature_octets, &wanted,
                                &err)) {
        return tell_unused(verdict, err.text);
    }
    if (!timestamp_imprint_equal(&token.imprint, &wanted)) {
        verdict_add(verdict, AREA_TIME, CHECK_FAILED, "verify.stamp", clause_stamp,
                    "the signature's time stamp was made for something else");
        return 0;
    }
    if (stamp_is_to_come(&token, policy)) {
        return tell_unused(verdict, "it is of a time that is not yet");
    }
    Verdict checks = verdict_new(verdict->arena);
    if (!timestamp_token_check_any(&token, &wanted, trust, policy->institutions, &checks)) {
        const VerdictCheck *reason = verdict_reason(&checks);
        if (reason != NULL && reason->outcome == CHECK_FAILED &&
            strcmp(reason->code, "timestamp.signature") == 0) {
            verdict_add(verdict, AREA_TIME, CHECK_FAILED, "verify.stamp", clause_stamp,
                        "the signature's time stamp is forged or changed: %s", reason->detail);
            return 0;
        }
        return tell_unused(verdict, reason == NULL ? "" : reason->detail);
    }
    char time[TIME_TEXT_SIZE];
    time_to_text(token.time, time);
    const char *imprint = hex_text(verdict->arena, timestamp_imprint_bytes(&wanted));
    verdict_add(verdict, AREA_TIME, CHECK_PASSED, "verify.stamp", clause_stamp,
                "the signature value, %s %s, is stamped at %s",
                timestamp_imprint_name(wanted.algorithm), imprint == NULL ? "" : imprint, time);
    return token.time;
}

void stamp_judge_moment(const TimestampToken *token, const VerificationPolicy *policy,
                        Verdict *verdict)
{
    if (stamp_is_to_come(token, policy)) {
        verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, "timestamp.moment", clause_stamp,
                    "the time stamp is of a time that is not yet");
    }
}

// --- a token by itself ------------------------------------------------------------------------

static void judge_refusal(Bytes content, const Error *err, Verdict *verdict)
{
    TimestampResponse response;
    Error other = {0};
    if (timestamp_response_parse(content, &response, &other) && response.token.len == 0) {
        verdict_add(verdict, AREA_FORMAT, CHECK_FAILED, "verify.stamp_refused", clause_stamp,
                    "the authority refused to stamp, status %d", (int)response.status);
    } else {
        add_parse_failure(verdict, content, err);
    }
}

static void report_deviations(const TimestampToken *token, Verdict *verdict)
{
    if (token->imprint.is_misnamed) {
        verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, "timestamp.dialect_imprint_algorithm",
                    clause_stamp, "SM3 is named 1.2.156.10197.6.1.4.2 in the imprint");
    }
    if (token->version == 2) {
        verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, "timestamp.dialect_version",
                    "GB/T 20520-2025; RFC 3161 2.4.2", "the content has version 2");
    }
    message_deviations_report(verdict, token->signed_data.deviations);
}

// The imprint that the original has, made or given; false, and told, when neither can be.
static bool wanted_imprint(const TimestampToken *token, const VerificationPolicy *policy,
                           TimestampImprint *ret, Verdict *verdict)
{
    Error err = {0};
    Bytes imprint = timestamp_imprint_bytes(&token->imprint);
    const char *text = hex_text(verdict->arena, imprint);
    if (policy->original != NULL) {
        return timestamp_imprint_make(token->imprint.algorithm, *policy->original, ret, &err);
    }
    if (policy->original_digest.len == imprint.len && imprint.len > 0) {
        *ret = token->imprint;
        Reader digest = reader_of(policy->original_digest);
        for (size_t i = 0; i < imprint.len; i++) {
            ret->octets[i] = reader_u8(&digest);
        }
        return true;
    }
    verdict_add(verdict, AREA_COVERAGE, CHECK_INFORMED, "verify.imprint", clause_stamp,
                "what is stamped was not given; compare its %s with the imprint %s",
                timestamp_imprint_name(token->imprint.algorithm), text == NULL ? "" : text);
    return false;
}

void stamp_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                 FileFacts *facts)
{
    TimestampToken token;
    TimestampImprint wanted;
    Certificate tsa;
    Error err = {0};
    if (!timestamp_token_read(content, &token, &err)) {
        judge_refusal(content, &err, verdict);
        return;
    }
    facts->signing_time = token.time;
    if (signed_data_signer_certificate(&token.signed_data, &tsa, &err)) {
        facts_take_signer(facts, &tsa, verdict);
    }
    report_deviations(&token, verdict);
    stamp_judge_moment(&token, policy, verdict);
    bool has_imprint = wanted_imprint(&token, policy, &wanted, verdict);
    facts->is_stamped = timestamp_token_check_any(&token, has_imprint ? &wanted : NULL,
                                                  policy->trust, policy->institutions, verdict);
}
