// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_signature_verify.h"

#include <string.h>

#include "domain/seal/dialect.h"
#include "domain/seal/exit.h"
#include "domain/seal/judge.h"

static const char CLAUSE_A[] = "GB/T 38540-2020 7.3 a";
static const char CLAUSE_D[] = "GB/T 38540-2020 7.3 d";
static const char CLAUSE_E[] = "GB/T 38540-2020 7.3 e";
static const char CLAUSE_F[] = "GB/T 38540-2020 7.3 f";
static const char CLAUSE_H[] = "GB/T 38540-2020 7.3 h";
static const char CLAUSE_STAMP[] = "JR/T 0299-2024 7.3";

static const Exit exit_format = {"seal_signature.format", CLAUSE_A, AREA_FORMAT};
static const Exit exit_seal_format = {"seal_signature.seal_format", CLAUSE_A, AREA_FORMAT};
static const Exit exit_value = {"seal_signature.value", "GB/T 38540-2020 7.3 b", AREA_CRYPTOGRAPHY};
static const Exit exit_listed = {"seal_signature.certificate_listed", "GB/T 38540-2020 7.3 c",
                                 AREA_TRUST};
static const Exit exit_seal_period = {"seal_signature.seal_period", CLAUSE_D, AREA_TIME};
static const Exit exit_chain = {"seal_signature.chain", CLAUSE_E, AREA_TRUST};
static const Exit exit_key_usage = {"seal_signature.key_usage", CLAUSE_E, AREA_TRUST};
static const Exit exit_validity = {"seal_signature.certificate_validity", CLAUSE_F, AREA_TIME};
static const Exit exit_revocation = {"seal_signature.revocation", CLAUSE_F, AREA_TRUST};
static const Exit exit_data_hash = {"seal_signature.data_hash", "GB/T 38540-2020 7.3 g",
                                    AREA_CRYPTOGRAPHY};
static const Exit exit_stamp_format = {"seal_signature.stamp_format", CLAUSE_H, AREA_FORMAT};
static const Exit exit_stamp_value = {"seal_signature.stamp_value", CLAUSE_H, AREA_CRYPTOGRAPHY};
static const Exit exit_stamp_certificate = {"seal_signature.stamp_certificate", CLAUSE_H,
                                            AREA_TRUST};
static const Exit exit_stamp_imprint = {"seal_signature.stamp_imprint", CLAUSE_H,
                                        AREA_CRYPTOGRAPHY};
static const Exit exit_time_order = {"seal_signature.time_order", CLAUSE_H, AREA_TIME};
static const Exit exit_stamp_present = {"seal_signature.stamp_present", CLAUSE_STAMP, AREA_TIME};
static const Exit exit_deviation = {"seal_signature.time_deviation", CLAUSE_STAMP, AREA_POLICY};
static const Exit exit_critical = {"seal_signature.critical_extension", "GB/T 38540-2020 7.1",
                                   AREA_FORMAT};
static const Exit exit_v1_stamp = {"seal_signature.time_v1_stamp", "GM/T 0031-2014 6.2", AREA_TIME};
static const Exit exit_moment = {"seal_signature.moment", CLAUSE_F, AREA_TIME};
static const Exit exit_expired_since = {"seal_signature.expired_since", CLAUSE_F, AREA_TIME};

// The time stamp, looked at before everything else because the signing time hangs on it, and
// reported in its place at the end.
typedef struct {
    bool is_present;
    bool is_read;
    Error read_error;
    Folds folds;
    bool holds;  // read, and none of its checks failed
} Stamp;

// Everything that one judgement knows.
typedef struct {
    Judgement judgement;
    const SealPolicy *policy;
    SealSignatureFindings found;
    Certificate maker;
    Stamp stamp;
} Case;

static bool report_format_error(Case *c, const Error *err)
{
    bool is_seal = strstr(err->code, ".seal_") != NULL;
    (void)exit_report(&c->judgement, is_seal ? &exit_seal_format : &exit_format,
                      format_outcome(err), "%s", err->text);
    return false;
}

static void judge_dialects(Case *c)
{
    const SealSignature *signature = &c->found.signature;
    dialects_report(&c->judgement, signature->dialects, true);
    dialect_report_null_parameters(&c->judgement, "seal_signature.dialect_null_parameters",
                                   signature->certificate);
    if (signature->has_critical_extension) {
        (void)exit_report(&c->judgement, &exit_critical, CHECK_UNKNOWN,
                          "an extension that is not understood is marked critical");
    }
    seal_judge_dialects(&c->judgement, &signature->seal);
}

// 7.3 a: both shapes, and the certificates that the next steps need.
static bool judge_format(Case *c, Bytes der)
{
    Error err = {0};
    SealSignature *signature = &c->found.signature;
    if (!seal_signature_parse(der, signature, &err) ||
        !certificate_parse(signature->certificate, &c->found.signer, &err)) {
        return report_format_error(c, &err);
    }
    (void)exit_report(&c->judgement, &exit_format, CHECK_PASSED, "a seal signature of version %d",
                      (int)signature->version);
    if (!certificate_parse(signature->seal.maker_certificate, &c->maker, &err)) {
        (void)exit_report(&c->judgement, &exit_seal_format, format_outcome(&err), "%s", err.text);
        return false;
    }
    (void)exit_report(&c->judgement, &exit_seal_format, CHECK_PASSED, "the seal has version %d",
                      (int)signature->seal.version);
    judge_dialects(c);
    return true;
}

// Version 1 may hold a stamp as its time; what it stamps is not specified, so it only tells.
static bool settle_v1_stamp(Case *c)
{
    TimestampToken token;
    Error err = {0};
    SealSignature *signature = &c->found.signature;
    if (!signature->time_is_stamp) {
        return true;
    }
    if (!timestamp_token_parse(signature->time_info, &token, &err)) {
        return exit_report(&c->judgement, &exit_format, CHECK_FAILED, "%s", err.text);
    }
    signature->signed_at = token.time;
    return exit_report(&c->judgement, &exit_v1_stamp, CHECK_UNKNOWN,
                       "the signing time is a time stamp over data that are not specified");
}

static void look_at_stamp(Case *c)
{
    const SealSignature *signature = &c->found.signature;
    Stamp *stamp = &c->stamp;
    c->found.signing_time = signature->signed_at;
    stamp->is_present = signature->time_stamp.len > 0;
    if (!stamp->is_present) {
        return;
    }
    Verdict checks = verdict_new(c->judgement.verdict->arena);
    stamp->is_read =
        seal_stamp_check(&(SealStamp){signature->time_stamp, signature->value_der, c->policy},
                         &c->found.stamp, &checks, &stamp->read_error);
    if (!stamp->is_read) {
        return;
    }
    stamp->folds = fold_stamp(&checks);
    stamp->holds = verdict_outcome(&checks) != CHECK_FAILED;
    if (stamp->holds) {
        c->found.is_stamped = true;
        c->found.signing_time = c->found.stamp.time;
    }
}

// Nobody has signed at a time that is not yet: when it was then is not known. Clocks differ a
// little.
static bool judge_moment(Case *c)
{
    char signed_text[TIME_TEXT_SIZE];
    if (c->found.signing_time - c->policy->now <= SEAL_MAX_TIME_DEVIATION) {
        return true;
    }
    time_to_text(c->found.signing_time, signed_text);
    return exit_report(&c->judgement, &exit_moment, CHECK_UNKNOWN,
                       "the signing time %s is after the moment for which this is judged",
                       signed_text);
}

// 7.3 b and c.
static bool judge_value_and_listing(Case *c)
{
    const SealSignature *signature = &c->found.signature;
    const Certificate *signer = &c->found.signer;
    const CheckedValue value = {"TBS_Sign", signature->tbs, signer};
    const SealListed listed = {&signature->seal, signer, c->policy->accept_digests_with_z};
    return exit_report_value(&c->judgement, &exit_value,
                             seal_signature_value_holds(signature, &signer->public_key), &value) &&
           seal_judge_listing(&c->judgement, &exit_listed, &listed);
}

// 7.3 e and f: the signer's certificate at the signing time.
static bool judge_signer(Case *c)
{
    PathPolicy path = {.trust = c->policy->trust,
                       .at = c->found.signing_time,
                       .purpose = PURPOSE_SIGNATURE,
                       .revocation = c->policy->revocation};
    Folds folds = fold_path(&path, &c->found.signer, c->judgement.verdict->arena);
    if (!exit_report_folded(&c->judgement, &exit_chain, &folds.folds[FOLD_CHAIN]) ||
        !exit_report_folded(&c->judgement, &exit_key_usage, &folds.folds[FOLD_KEY_USAGE]) ||
        !exit_report_folded(&c->judgement, &exit_validity, &folds.folds[FOLD_VALIDITY]) ||
        !exit_report_folded(&c->judgement, &exit_revocation, &folds.folds[FOLD_REVOCATION])) {
        return false;
    }
    if (c->policy->now > c->found.signer.not_after) {
        (void)exit_report(&c->judgement, &exit_expired_since, CHECK_INFORMED,
                          "the signer's certificate has expired since");
    }
    return true;
}

// SM3 over the parts, after Z when a key is given.
static Sm3Digest digest_parts(const SealOriginal *original, const Sm3Digest *z)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    if (z != NULL) {
        sm3_update(&sm3, sm3_bytes(z));
    }
    for (size_t i = 0; i < original->part_count; i++) {
        sm3_update(&sm3, original->parts[i]);
    }
    sm3_finish(&sm3, &digest);
    return digest;
}

// 7.3 g. Some vendors hash Z first; that is recognised, and accepted only on request.
static bool judge_data_hash(Case *c, const SealOriginal *original)
{
    Sm3Digest z;
    Bytes claimed = c->found.signature.data_hash;
    const char *claimed_text = judgement_hex_text(&c->judgement, claimed);
    if (original->parts == NULL && original->digest == NULL) {
        return exit_report(&c->judgement, &exit_data_hash, CHECK_UNKNOWN,
                           "the protected original, whose SM3 should be dataHash %s, was not given",
                           claimed_text);
    }
    Sm3Digest plain = original->digest != NULL ? *original->digest : digest_parts(original, NULL);
    if (bytes_equal(claimed, sm3_bytes(&plain))) {
        return exit_report(&c->judgement, &exit_data_hash, CHECK_PASSED,
                           "dataHash %s is the SM3 of the protected original", claimed_text);
    }
    if (original->parts != NULL && sm2_z(&c->found.signer.public_key, SM2_DEFAULT_ID, &z, NULL)) {
        Sm3Digest with_z = digest_parts(original, &z);
        if (bytes_equal(claimed, sm3_bytes(&with_z))) {
            return exit_report(&c->judgement, &exit_data_hash,
                               c->policy->accept_digests_with_z ? CHECK_INFORMED : CHECK_FAILED,
                               "dataHash %s is SM3(Z || original), not the SM3 of the original",
                               claimed_text);
        }
    }
    return exit_report(&c->judgement, &exit_data_hash, CHECK_FAILED,
                       "dataHash %s is not the SM3 of the protected original, %s", claimed_text,
                       judgement_hex_text(&c->judgement, sm3_bytes(&plain)));
}

bool seal_time_deviation_check(Time claimed, Time stamped, Error *err)
{
    Time distance = claimed > stamped ? claimed - stamped : stamped - claimed;
    if (distance > SEAL_MAX_TIME_DEVIATION) {
        return error_set(err, ERROR_UNTRUSTED, exit_deviation.code, exit_deviation.clause,
                         "claimed and stamped time are %lld s apart, more than %lld: sign again",
                         (long long)(distance / TIME_SECOND),
                         (long long)(SEAL_MAX_TIME_DEVIATION / TIME_SECOND));
    }
    return true;
}

static bool judge_stamp_itself(Case *c)
{
    const Folded *folds = c->stamp.folds.folds;
    const TimestampToken *token = &c->found.stamp;
    if (!c->stamp.is_read) {
        bool is_other = c->stamp.read_error.kind == ERROR_LIMIT ||
                        strcmp(c->stamp.read_error.code, "timestamp.algorithm") == 0;
        (void)exit_report(&c->judgement, &exit_stamp_format,
                          is_other ? CHECK_UNKNOWN : CHECK_FAILED, "%s", c->stamp.read_error.text);
        return false;
    }
    const Certificate numbered = {.serial = token->serial};
    return exit_report(&c->judgement, &exit_stamp_format, CHECK_PASSED,
                       "the time stamp is a token over %s with the serial number %s",
                       timestamp_imprint_name(token->imprint.algorithm),
                       judgement_serial_text(&c->judgement, &numbered)) &&
           exit_report_folded(&c->judgement, &exit_stamp_value, &folds[FOLD_STAMP_VALUE]) &&
           exit_report_folded(&c->judgement, &exit_stamp_certificate,
                              &folds[FOLD_STAMP_CERTIFICATE]) &&
           exit_report_folded(&c->judgement, &exit_stamp_imprint, &folds[FOLD_STAMP_IMPRINT]);
}

// 7.3 h, and the policy on the distance of the two times.
static bool judge_stamp(Case *c)
{
    Error err = {0};
    char claimed_text[TIME_TEXT_SIZE], stamped_text[TIME_TEXT_SIZE];
    Time claimed = c->found.signature.signed_at;
    Time stamped = c->found.stamp.time;
    if (!c->stamp.is_present) {
        return exit_report(&c->judgement, &exit_stamp_present,
                           c->policy->time_stamp_is_optional ? CHECK_INFORMED : CHECK_FAILED,
                           "there is no time stamp");
    }
    if (!judge_stamp_itself(c)) {
        return false;
    }
    time_to_text(claimed, claimed_text);
    time_to_text(stamped, stamped_text);
    bool is_in_order = claimed <= stamped;
    if (!exit_report(&c->judgement, &exit_time_order, is_in_order ? CHECK_PASSED : CHECK_FAILED,
                     "the claimed signing time %s is %s than the time stamp %s", claimed_text,
                     is_in_order ? "not later" : "later", stamped_text)) {
        return false;
    }
    bool is_near = seal_time_deviation_check(claimed, stamped, &err);
    return exit_report(&c->judgement, &exit_deviation,
                       is_near                            ? CHECK_PASSED
                       : c->policy->deviation_is_informed ? CHECK_INFORMED
                                                          : CHECK_FAILED,
                       "claimed %s, stamped %s: %s", claimed_text, stamped_text,
                       is_near ? "at most 300 s apart" : err.text);
}

static bool judge(Case *c, Bytes der, const SealOriginal *original)
{
    if (!judge_format(c, der) || !settle_v1_stamp(c)) {
        return false;
    }
    look_at_stamp(c);
    const Seal *seal = &c->found.signature.seal;
    return judge_value_and_listing(c) && judge_moment(c) &&
           seal_judge(&c->judgement, seal, &c->maker, c->policy, c->found.signing_time) &&
           seal_judge_period(&c->judgement, &exit_seal_period, seal,
                             c->found.signature.signed_at) &&
           judge_signer(c) && judge_data_hash(c, original) && judge_stamp(c);
}

bool seal_signature_check(Bytes der, const SealOriginal *original, const SealPolicy *policy,
                          Verdict *verdict, SealSignatureFindings *ret)
{
    Case c = {.judgement = {verdict, CHECK_PASSED}, .policy = policy};
    bool ok = judge(&c, der, original) && judgement_passed(&c.judgement);
    if (ret != NULL) {
        *ret = c.found;
    }
    return ok;
}

bool seal_signature_verify(Bytes der, const SealOriginal *original, const SealPolicy *policy,
                           SealSignatureFindings *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    SealSignatureFindings found;
    if (arena == NULL) {
        return error_memory(err);
    }
    Verdict verdict = verdict_new(arena);
    bool ok = seal_signature_check(der, original, policy, &verdict, &found);
    if (!verdict_to_error(&verdict, err) || !ok) {
        return false;
    }
    if (ret != NULL) {
        *ret = found;
    }
    return true;
}
