// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/receipt_renewal.h"

static const char clause[] = "RFC 4998 5.3";

bool receipt_renewal_check(const Receipt *receipt, const EvidenceRecordPolicy *policy,
                           Time *ret_time, Verdict *verdict)
{
    EvidenceRecord record;
    Error err = {0};
    char time[TIME_TEXT_SIZE];
    *ret_time = 0;
    if (receipt->renewal.len == 0) {
        return false;
    }
    if (!evidence_record_parse(verdict->arena, receipt->renewal, &record, &err)) {
        return verdict_take(verdict, false, AREA_TIME, "receipt.renewal", clause, &err);
    }
    if (!bytes_equal(record.stamps[0].token.der, receipt->stamp)) {
        return verdict_require(verdict, false, AREA_TIME, "receipt.renewal", clause,
                               "the evidence record does not begin with the receipt's time stamp");
    }
    Verdict apart = verdict_new(verdict->arena);
    bool holds = evidence_record_check(&record, receipt->checkpoint.note.text, policy, &apart);
    if (!holds) {
        const VerdictCheck *reason = verdict_reason(&apart);
        bool is_wrong = verdict_outcome(&apart) == CHECK_FAILED || apart.exhausted;
        verdict_add(verdict, AREA_TIME, is_wrong ? CHECK_FAILED : CHECK_INFORMED, "receipt.renewal",
                    clause,
                    is_wrong ? "the renewals of the time stamp do not hold: %s"
                             : "the renewals of the time stamp do not reach the present: %s",
                    reason == NULL ? "out of memory" : reason->detail);
        return false;
    }
    time_to_text(record.stamps[record.stamp_count - 1].token.time, time);
    verdict_add(verdict, AREA_TIME, CHECK_PASSED, "receipt.renewal", clause,
                "the time stamp was renewed %zu times, at last at %s, and holds to the present",
                record.stamp_count - 1, time);
    *ret_time = record.stamps[0].token.time;
    return true;
}
