// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_verify.h"

#include <string.h>

#include "domain/pki/timestamp.h"
#include "domain/seal/dialect.h"
#include "domain/seal/exit.h"
#include "domain/seal/judge.h"

static const char CLAUSE_A[] = "GB/T 38540-2020 6.3 a";
static const char CLAUSE_C[] = "GB/T 38540-2020 6.3 c";
static const char CLAUSE_SIGNING[] = "GB/T 38540-2020 7.2 a";
static const char CLAUSE_V5[] = "GM/T 0031-2025 6.3";

static const Exit exit_format = {"seal.format", CLAUSE_A, AREA_FORMAT};
static const Exit exit_value = {"seal.value", "GB/T 38540-2020 6.3 b", AREA_CRYPTOGRAPHY};
static const Exit exit_chain = {"seal.maker_chain", CLAUSE_C, AREA_TRUST};
static const Exit exit_validity = {"seal.maker_validity", CLAUSE_C, AREA_TIME};
static const Exit exit_revocation = {"seal.maker_revocation", CLAUSE_C, AREA_TRUST};
static const Exit exit_key_usage = {"seal.maker_key_usage", CLAUSE_C, AREA_TRUST};
static const Exit exit_period = {"seal.period", "GB/T 38540-2020 6.3 d", AREA_TIME};
static const Exit exit_critical = {"seal.critical_extension", "GB/T 38540-2020 6.1", AREA_FORMAT};
static const Exit exit_expired_since = {"seal.expired_since", "GB/T 38540-2020 6.3 d", AREA_TIME};
static const Exit exit_stamp = {"seal.stamp", CLAUSE_V5, AREA_TIME};
static const Exit exit_created = {"seal.created_before_stamp", CLAUSE_V5, AREA_TIME};

static const Exit signing_format = {"seal_signing.certificate_format", CLAUSE_SIGNING, AREA_FORMAT};
static const Exit signing_chain = {"seal_signing.chain", CLAUSE_SIGNING, AREA_TRUST};
static const Exit signing_validity = {"seal_signing.validity", CLAUSE_SIGNING, AREA_TIME};
static const Exit signing_revocation = {"seal_signing.revocation", CLAUSE_SIGNING, AREA_TRUST};
static const Exit signing_key_usage = {"seal_signing.key_usage", CLAUSE_SIGNING, AREA_TRUST};
static const Exit signing_listed = {"seal_signing.certificate_listed", CLAUSE_SIGNING, AREA_TRUST};

void seal_judge_dialects(Judgement *judgement, const Seal *seal)
{
    dialects_report(judgement, seal->dialects, false);
    dialect_report_null_parameters(judgement, "seal.dialect_null_parameters",
                                   seal->maker_certificate);
    if (seal->has_critical_extension) {
        (void)exit_report(judgement, &exit_critical, CHECK_UNKNOWN,
                          "an extension that is not understood is marked critical");
    }
}

// Version 5 takes a maker certificate that has expired or was revoked since, if the seal was
// created while it held.
static Folds fold_maker(const Seal *seal, const Certificate *maker, const SealPolicy *policy,
                        Time at, Arena *arena)
{
    PathPolicy path = {.trust = policy->trust,
                       .at = at,
                       .purpose = PURPOSE_SIGNATURE,
                       .revocation = policy->revocation};
    Folds folds = fold_path(&path, maker, arena);
    bool is_past = folds.folds[FOLD_VALIDITY].outcome == CHECK_FAILED ||
                   folds.folds[FOLD_REVOCATION].outcome == CHECK_FAILED;
    if (seal->version != SEAL_V5 || !is_past || seal->created_at > at) {
        return folds;
    }
    path.at = seal->created_at;
    Folds then = fold_path(&path, maker, arena);
    static const Fold lenient[] = {FOLD_VALIDITY, FOLD_REVOCATION};
    for (size_t i = 0; i < COUNT_OF(lenient); i++) {
        Folded *now = &folds.folds[lenient[i]];
        if (now->outcome == CHECK_FAILED && then.folds[lenient[i]].outcome < CHECK_UNKNOWN) {
            *now = (Folded){true, CHECK_INFORMED,
                            "the maker's certificate held when the seal was created, not now"};
        }
    }
    return folds;
}

bool seal_stamp_check(const SealStamp *stamp, TimestampToken *ret, Verdict *checks, Error *err)
{
    const SealPolicy *policy = stamp->policy;
    TimestampImprint imprint;
    if (!policy->takes_foreign_stamps) {
        Sm3Digest sm3 = sm3_digest(stamp->value);
        if (!timestamp_token_parse(stamp->der, ret, err)) {
            return false;
        }
        (void)timestamp_token_check(ret, &sm3, policy->trust, policy->revocation, NULL, checks);
        return true;
    }
    if (!timestamp_token_read(stamp->der, ret, err)) {
        return false;
    }
    bool is_known = ret->imprint.algorithm != IMPRINT_UNKNOWN;
    if (is_known && !timestamp_imprint_make(ret->imprint.algorithm, stamp->value, &imprint, err)) {
        return false;
    }
    (void)timestamp_token_check_any(ret, is_known ? &imprint : NULL, policy->trust,
                                    policy->revocation, checks);
    return true;
}

// The time stamp of a version 5 seal, over its signature value.
static bool judge_stamp(Judgement *judgement, const Seal *seal, const SealPolicy *policy)
{
    TimestampToken token;
    Error err = {0};
    if (seal->time_stamp.len == 0) {
        return true;
    }
    Verdict checks = verdict_new(judgement->verdict->arena);
    if (!seal_stamp_check(&(SealStamp){seal->time_stamp, seal->value_der, policy}, &token, &checks,
                          &err)) {
        bool is_other = err.kind == ERROR_LIMIT || strcmp(err.code, "timestamp.algorithm") == 0;
        return exit_report(judgement, &exit_stamp, is_other ? CHECK_UNKNOWN : CHECK_FAILED, "%s",
                           err.text);
    }
    bool ok = verdict_outcome(&checks) == CHECK_PASSED;
    CheckOutcome outcome = verdict_outcome(&checks);
    const VerdictCheck *reason = verdict_reason(&checks);
    if (!exit_report(judgement, &exit_stamp,
                     ok                         ? outcome
                     : outcome == CHECK_UNKNOWN ? CHECK_UNKNOWN
                                                : CHECK_FAILED,
                     "%s", reason == NULL ? "the seal's time stamp holds" : reason->detail)) {
        return false;
    }
    char created[TIME_TEXT_SIZE], stamped[TIME_TEXT_SIZE];
    time_to_text(seal->created_at, created);
    time_to_text(token.time, stamped);
    bool is_before = seal->created_at <= token.time;
    return exit_report(judgement, &exit_created, is_before ? CHECK_PASSED : CHECK_FAILED,
                       "the seal's creation date %s is %s than its time stamp %s", created,
                       is_before ? "not later" : "later", stamped);
}

bool seal_judge_period(Judgement *judgement, const Exit *which, const Seal *seal, Time at)
{
    char moment[TIME_TEXT_SIZE], from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
    bool is_inside = at >= seal->valid_from && at <= seal->valid_until;
    time_to_text(at, moment);
    time_to_text(seal->valid_from, from);
    time_to_text(seal->valid_until, until);
    return exit_report(judgement, which, is_inside ? CHECK_PASSED : CHECK_FAILED,
                       "%s lies %s the seal's period from %s to %s", moment,
                       is_inside ? "within" : "outside", from, until);
}

static bool judge_value(Judgement *judgement, const Seal *seal, const Certificate *maker)
{
    CLEANUP(writer_free) Writer signed_bytes = writer_new(2 * SEAL_MAX_SIZE);
    seal_put_signed(seal, &signed_bytes);
    const CheckedValue value = {
        seal->version == SEAL_V1 ? "SEQUENCE { eSealInfo, cert, algorithm }" : "eSealInfo",
        writer_bytes(&signed_bytes), maker};
    bool holds =
        !signed_bytes.failed && sm2_verify(&maker->public_key, value.signed_bytes, &seal->value);
    return exit_report_value(judgement, &exit_value, holds, &value);
}

bool seal_judge(Judgement *judgement, const Seal *seal, const Certificate *maker,
                const SealPolicy *policy, Time at)
{
    if (!judge_value(judgement, seal, maker)) {
        return false;
    }
    Folds folds = fold_maker(seal, maker, policy, at, judgement->verdict->arena);
    if (!exit_report_folded(judgement, &exit_chain, &folds.folds[FOLD_CHAIN]) ||
        !exit_report_folded(judgement, &exit_validity, &folds.folds[FOLD_VALIDITY]) ||
        !exit_report_folded(judgement, &exit_revocation, &folds.folds[FOLD_REVOCATION]) ||
        !exit_report_folded(judgement, &exit_key_usage, &folds.folds[FOLD_KEY_USAGE]) ||
        !seal_judge_period(judgement, &exit_period, seal, at) ||
        !judge_stamp(judgement, seal, policy)) {
        return false;
    }
    if (policy->now > seal->valid_until) {
        (void)exit_report(judgement, &exit_expired_since, CHECK_INFORMED,
                          "the seal's period has ended since");
    }
    return true;
}

// Parse and report exit a.
static bool judge_format(Judgement *judgement, Bytes der, Seal *ret, Certificate *ret_maker)
{
    Error err = {0};
    if (!seal_parse(der, ret, &err) ||
        !certificate_parse(ret->maker_certificate, ret_maker, &err)) {
        (void)exit_report(judgement, &exit_format, format_outcome(&err), "%s", err.text);
        return false;
    }
    (void)exit_report(judgement, &exit_format, CHECK_PASSED, "a seal of version %d",
                      (int)ret->version);
    seal_judge_dialects(judgement, ret);
    return true;
}

bool seal_check(Bytes der, const SealPolicy *policy, Time at, Verdict *verdict)
{
    Judgement judgement = {verdict, CHECK_PASSED};
    Seal seal = {0};
    Certificate maker;
    return judge_format(&judgement, der, &seal, &maker) &&
           seal_judge(&judgement, &seal, &maker, policy, at) && judgement_passed(&judgement);
}

bool seal_verify(Bytes der, const SealPolicy *policy, Time at, Seal *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    Verdict verdict = verdict_new(arena);
    bool ok = seal_check(der, policy, at, &verdict);
    if (!verdict_to_error(&verdict, err)) {
        return false;
    }
    return ok && (ret == NULL || seal_parse(der, ret, err));
}

// True if the seal lists another certificate of the same subject: it was issued anew.
static bool lists_subject(const Seal *seal, const Certificate *certificate)
{
    Bytes entry;
    for (size_t i = 0; seal_list_entry(seal, i, &entry); i++) {
        Certificate listed;
        if (seal->list_type == SEAL_LIST_CERTIFICATES && certificate_parse(entry, &listed, NULL) &&
            name_equal(listed.subject, certificate->subject)) {
            return true;
        }
    }
    return false;
}

bool seal_judge_listing(Judgement *judgement, const Exit *which, const SealListed *listed)
{
    const Certificate *certificate = listed->certificate;
    const Seal *seal = listed->seal;
    static const char *const forms[] = {"does not list", "lists", "lists by SM3(Z || certificate)",
                                        "may or may not list"};
    SealListing listing = seal_find_certificate(seal, certificate->der, &certificate->public_key);
    CheckOutcome outcome = listing == SEAL_LISTED                              ? CHECK_PASSED
                           : listing == SEAL_LISTED_WITH_Z && listed->accept_z ? CHECK_INFORMED
                           : listing == SEAL_LISTS_OTHERWISE                   ? CHECK_UNKNOWN
                                                                               : CHECK_FAILED;
    bool is_anew = listing == SEAL_NOT_LISTED && lists_subject(seal, certificate);
    return exit_report(judgement, which, outcome,
                       "the seal %s the signer's certificate %s (SM3 of its DER %s) among its %zu "
                       "%s%s",
                       forms[listing], judgement_serial_text(judgement, certificate),
                       judgement_sm3_text(judgement, certificate->der), seal->list_count,
                       seal->list_type == SEAL_LIST_CERTIFICATES ? "certificates"
                       : listing == SEAL_LISTS_OTHERWISE         ? "digests, which are not SM3"
                                                                 : "digests",
                       is_anew ? "; it lists another of the same subject: after a renewal the seal "
                                 "has to be made again"
                               : "");
}

bool seal_signing_check(Bytes der, Bytes certificate, const SealPolicy *policy, Verdict *verdict)
{
    Judgement judgement = {verdict, CHECK_PASSED};
    Error err = {0};
    Seal seal = {0};
    Certificate maker, signer;
    if (!judge_format(&judgement, der, &seal, &maker) ||
        !seal_judge(&judgement, &seal, &maker, policy, policy->now)) {
        return false;
    }
    if (!certificate_parse(certificate, &signer, &err)) {
        return exit_report(&judgement, &signing_format, CHECK_FAILED, "%s", err.text);
    }
    PathPolicy path = {.trust = policy->trust,
                       .at = policy->now,
                       .purpose = PURPOSE_SIGNATURE,
                       .revocation = policy->revocation};
    Folds folds = fold_path(&path, &signer, verdict->arena);
    return exit_report_folded(&judgement, &signing_chain, &folds.folds[FOLD_CHAIN]) &&
           exit_report_folded(&judgement, &signing_validity, &folds.folds[FOLD_VALIDITY]) &&
           exit_report_folded(&judgement, &signing_revocation, &folds.folds[FOLD_REVOCATION]) &&
           exit_report_folded(&judgement, &signing_key_usage, &folds.folds[FOLD_KEY_USAGE]) &&
           seal_judge_listing(&judgement, &signing_listed,
                              &(SealListed){&seal, &signer, policy->accept_digests_with_z}) &&
           judgement_passed(&judgement);
}

bool seal_signing_verify(Bytes seal, Bytes certificate, const SealPolicy *policy, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    Verdict verdict = verdict_new(arena);
    bool ok = seal_signing_check(seal, certificate, policy, &verdict);
    return verdict_to_error(&verdict, err) && ok;
}
