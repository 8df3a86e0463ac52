// SPDX-License-Identifier: Apache-2.0
//
// The judging half of evidence_record.h.
#include <string.h>

#include "domain/evidence/archive_tree.h"
#include "domain/evidence/evidence_record.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

static const char clause_stamp[] = "RFC 4998 4.3";
static const char clause_chain[] = "RFC 4998 5.3";

// --- how long a stamp lasts -------------------------------------------------------------------

static Time algorithm_end(const EvidenceRecordPolicy *policy, Bytes oid)
{
    char text[DER_OID_TEXT_SIZE];
    Time end = INT64_MAX;
    der_oid_text(oid, text);
    for (size_t i = 0; i < policy->sunset_count; i++) {
        if (strcmp(policy->sunsets[i].oid, text) == 0 && policy->sunsets[i].weak_from < end) {
            end = policy->sunsets[i].weak_from;
        }
    }
    return end;
}

static Time earlier(Time a, Time b)
{
    return a < b ? a : b;
}

Time archive_digest_end(ImprintAlgorithm algorithm, const EvidenceRecordPolicy *policy)
{
    return algorithm_end(policy, timestamp_imprint_oid(algorithm));
}

// SM2 with SM3 goes by more than one name.
Time archive_signature_end(const TimestampToken *token, const EvidenceRecordPolicy *policy)
{
    Reader reader = reader_of(token->signed_data.signature_algorithm);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    Time end = algorithm_end(policy, der_oid(&content));
    end = earlier(end, algorithm_end(policy, token->signed_data.digest_algorithm));
    if (!token->signed_data.is_foreign) {
        const Bytes names[] = {OID_SM2, OID_SM2_SIGN, OID_SM2_WITH_SM3, OID_SM3};
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            end = earlier(end, algorithm_end(policy, names[i]));
        }
    }
    return end;
}

// --- judging ----------------------------------------------------------------------------------

typedef struct {
    const EvidenceRecord *record;
    const EvidenceRecordPolicy *policy;
    Bytes object;
    size_t index;
} StampPlace;

// When the stamp at this place was renewed: by the next one, and, for its digest, by the first of
// the next chain. The present when it was not.
static Time renewed_at(const StampPlace *place, bool by_chain)
{
    const EvidenceRecord *record = place->record;
    for (size_t i = place->index + 1; i < record->stamp_count; i++) {
        if (!by_chain || record->stamps[i].begins_chain) {
            return record->stamps[i].token.time;
        }
    }
    return place->policy->at;
}

bool evidence_record_is_about(Arena *arena, const EvidenceRecord *record, Bytes object, Error *err)
{
    TimestampImprint root;
    const ArchiveStamp *first = &record->stamps[0];
    if (!archive_chain_imprint(object, first->before, first->algorithm, &root, err)) {
        return false;
    }
    return (archive_tree_climb(arena, first->algorithm, first->tree, &root, err) &&
            timestamp_imprint_equal(&root, &first->token.imprint)) ||
           error_set(err, ERROR_UNTRUSTED, "evidence_record.object", clause_stamp,
                     "the evidence record is about another object");
}

static bool judge_cover(const StampPlace *place, TimestampImprint *ret, Verdict *verdict)
{
    Error err = {0};
    const ArchiveStamp *stamp = &place->record->stamps[place->index];
    bool made =
        stamp->begins_chain
            ? archive_chain_imprint(place->object, stamp->before, stamp->algorithm, ret, &err)
            : timestamp_imprint_make(stamp->algorithm, stamp[-1].token.der, ret, &err);
    bool ok = made &&
              archive_tree_climb(verdict->arena, stamp->algorithm, stamp->tree, ret, &err) &&
              timestamp_imprint_equal(ret, &stamp->token.imprint);
    const char *name = timestamp_imprint_name(stamp->algorithm);
    if (stamp->begins_chain) {
        return verdict_require(verdict, ok, AREA_CRYPTOGRAPHY, "evidence_record.object",
                               clause_stamp, "the %s of the object%s is %sunder the time stamp",
                               name, stamp->before.len == 0 ? "" : " and all chains before",
                               ok ? "" : "not ");
    }
    return verdict_require(verdict, ok, AREA_CRYPTOGRAPHY, "evidence_record.renewal", clause_chain,
                           "the %s of the time stamp before is %sunder this one", name,
                           ok ? "" : "not ");
}

static bool judge_order(const StampPlace *place, Verdict *verdict)
{
    const ArchiveStamp *stamp = &place->record->stamps[place->index];
    char time[TIME_TEXT_SIZE];
    time_to_text(stamp->token.time, time);
    bool ok = stamp->token.time <= place->policy->at &&
              (place->index == 0 || stamp[-1].token.time <= stamp->token.time);
    return verdict_require(verdict, ok, AREA_TIME, "evidence_record.order", clause_chain,
                           "%s is %sbetween the time stamp before and the present", time,
                           ok ? "" : "not ");
}

static bool judge_authority(const StampPlace *place, Verdict *verdict)
{
    Error err = {0};
    Time until = renewed_at(place, false);
    char time[TIME_TEXT_SIZE];
    time_to_text(until, time);
    bool ok =
        timestamp_authority_verify(&place->record->stamps[place->index].token, place->policy->trust,
                                   place->policy->revocation, until, &err);
    verdict_add(verdict, AREA_TIME, ok ? CHECK_PASSED : CHECK_UNKNOWN, "evidence_record.authority",
                clause_chain, "the authority's certificate %s at %s%s%s",
                ok ? "holds" : "cannot be relied on", time, ok ? "" : ": ", ok ? "" : err.text);
    return ok;
}

static bool judge_algorithms(const StampPlace *place, Verdict *verdict)
{
    const ArchiveStamp *stamp = &place->record->stamps[place->index];
    Time signature = archive_signature_end(&stamp->token, place->policy);
    Time digest = archive_digest_end(stamp->algorithm, place->policy);
    bool ok = renewed_at(place, false) < signature && renewed_at(place, true) < digest;
    char time[TIME_TEXT_SIZE];
    time_to_text(earlier(signature, digest), time);
    verdict_add(
        verdict, AREA_TIME, ok ? CHECK_PASSED : CHECK_UNKNOWN, "evidence_record.algorithm",
        clause_chain,
        ok ? "what it depends on was not declared weak before it was renewed"
           : "what it depends on is declared weak from %s on, and it was not renewed before",
        time);
    return ok;
}

static bool judge_stamp(const StampPlace *place, Verdict *verdict)
{
    TimestampImprint wanted;
    const ArchiveStamp *stamp = &place->record->stamps[place->index];
    const EvidenceRecordPolicy *policy = place->policy;
    if (!judge_cover(place, &wanted, verdict) || !judge_order(place, verdict)) {
        return false;
    }
    bool ok = timestamp_token_check_any(&stamp->token, &wanted, policy->trust, policy->revocation,
                                        verdict);
    ok = judge_authority(place, verdict) && ok;
    return judge_algorithms(place, verdict) && ok;
}

bool evidence_record_check(const EvidenceRecord *record, Bytes object,
                           const EvidenceRecordPolicy *policy, Verdict *verdict)
{
    bool ok = true;
    for (size_t i = 0; i < record->stamp_count; i++) {
        const StampPlace place = {record, policy, object, i};
        const char *name = arena_format(verdict->arena, "stamp %zu", i + 1);
        const char *subject = verdict_enter(verdict, name == NULL ? "stamp" : name);
        ok = judge_stamp(&place, verdict) && ok;
        verdict_leave(verdict, subject);
    }
    return ok;
}
