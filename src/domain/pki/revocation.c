// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/revocation.h"

#include "domain/pki/oid.h"
#include "domain/pki/revocation_lists.h"

typedef enum {
    STATUS_UNKNOWN,   // no usable list, or lists for some of the reasons only
    STATUS_UNLISTED,  // the same, and the issuer has no lists at all
    STATUS_DOUBTFUL,  // listed, but by a list that is not understood
    STATUS_GOOD,
    STATUS_REVOKED,
    STATUS_REVOKED_LATER,
} CertificateStatus;

// What has been found about one certificate so far.
typedef struct {
    RelevantLists *lists;
    Time at;
    uint16_t open;  // reasons for which it is not decided
    bool is_doubtful;
    bool is_revoked_later;
    CrlEntry entry;
    const Crl *newest;  // of the lists that decided
} StatusSearch;

static bool is_in_force(const ListView *view, Time at)
{
    return view->this_update <= at && view->has_next_update && at <= view->next_update;
}

static void note_newest(StatusSearch *search, const ListView *view)
{
    const Crl *crl = &(view->delta != NULL ? view->delta : view->base)->node->crl;
    if (search->newest == NULL || search->newest->this_update < crl->this_update) {
        search->newest = crl;
    }
}

// The newest view in force that was not looked at yet.
static bool take_newest(const StatusSearch *search, bool *seen, ListView *ret)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < search->lists->count; i++) {
        ListView view = relevant_lists_view(search->lists, i);
        if (!seen[i] && is_in_force(&view, search->at) &&
            (best == SIZE_MAX || view.this_update > ret->this_update)) {
            best = i;
            *ret = view;
        }
    }
    if (best != SIZE_MAX) {
        seen[best] = true;
    }
    return best != SIZE_MAX;
}

// The lists in force, the newest first. True when one of them decides that it is revoked.
static bool judge_lists_in_force(StatusSearch *search)
{
    bool seen[TRUST_MAX_CRLS] = {false};
    Time last = 0;
    uint16_t decided = 0;  // by lists as new as the last one, which all have their say
    ListView view = {0};
    while (take_newest(search, seen, &view)) {
        if (view.this_update != last) {
            search->open = (uint16_t)(search->open & ~decided);
        }
        last = view.this_update;
        uint16_t reasons;
        if ((view.reasons & search->open) == 0) {
            continue;
        }
        ViewFinding finding =
            relevant_lists_look_up(search->lists, &view, &search->entry, &reasons);
        if (finding == VIEW_LISTED) {
            note_newest(search, &view);
            return true;
        }
        search->is_doubtful = search->is_doubtful || finding == VIEW_DOUBTFUL;
        decided = (uint16_t)(decided | reasons);
        if (reasons != 0) {
            note_newest(search, &view);
        }
    }
    search->open = (uint16_t)(search->open & ~decided);
    return false;
}

// Since when the key is not to be relied on.
static Time invalid_since(const CrlEntry *entry)
{
    return entry->invalid_since != 0 && entry->invalid_since < entry->revocation.revoked_at
               ? entry->invalid_since
               : entry->revocation.revoked_at;
}

static bool judge_later_list(StatusSearch *search, const ListView *view)
{
    const Certificate *certificate = search->lists->chain->certificates[search->lists->index];
    CrlEntry entry;
    uint16_t reasons;
    ViewFinding finding = relevant_lists_look_up(search->lists, view, &entry, &reasons);
    if (finding == VIEW_DOUBTFUL) {
        search->is_doubtful = true;
    } else if (finding == VIEW_LISTED) {
        search->entry = entry;
        search->is_revoked_later = true;
        note_newest(search, view);
        if (invalid_since(&entry) <= search->at) {
            return true;
        }
        search->open =
            view->base == NULL ? search->open : (uint16_t)(search->open & ~view->base->reasons);
    } else if ((reasons & search->open) != 0 && view->this_update <= certificate->not_after) {
        // Expired certificates leave the lists: only while it was valid does absence tell.
        search->open = (uint16_t)(search->open & ~reasons);
        note_newest(search, view);
    }
    return false;
}

static bool judge_later_lists(StatusSearch *search)
{
    for (size_t i = 0; i < search->lists->count; i++) {
        ListView view = relevant_lists_view(search->lists, i);
        if (view.this_update > search->at && judge_later_list(search, &view)) {
            return true;
        }
    }
    return false;
}

// Lists that are out of force, for what nothing newer decides.
static bool judge_old_lists(StatusSearch *search)
{
    for (size_t i = 0; i < search->lists->count && search->open != 0; i++) {
        ListView view = relevant_lists_view(search->lists, i);
        CrlEntry entry;
        uint16_t reasons;
        if (view.this_update > search->at || is_in_force(&view, search->at) ||
            relevant_lists_look_up(search->lists, &view, &entry, &reasons) != VIEW_LISTED ||
            entry.revocation.reason == REASON_CERTIFICATE_HOLD) {
            continue;
        }
        search->entry = entry;
        return true;
    }
    return false;
}

static CertificateStatus judge_lists(StatusSearch *search)
{
    if (judge_lists_in_force(search) || judge_later_lists(search) || judge_old_lists(search)) {
        return STATUS_REVOKED;
    }
    if (search->is_doubtful) {
        return STATUS_DOUBTFUL;
    }
    if (search->open != 0) {
        return search->lists->issuer_has_lists ? STATUS_UNKNOWN : STATUS_UNLISTED;
    }
    return search->is_revoked_later ? STATUS_REVOKED_LATER : STATUS_GOOD;
}

static CertificateStatus certificate_status(const PathPolicy *policy, PathChain *chain,
                                            size_t index, CrlEntry *ret)
{
    RelevantLists lists;
    relevant_lists_find(policy, chain, index, &lists);
    StatusSearch search = {.lists = &lists, .at = policy->at, .open = REASONS_ALL};
    CertificateStatus status = judge_lists(&search);
    *ret = search.entry;
    return status;
}

const Crl *revocation_find_list(const PathPolicy *policy, PathChain *chain)
{
    RelevantLists lists;
    relevant_lists_find(policy, chain, 0, &lists);
    StatusSearch search = {.lists = &lists, .at = policy->at, .open = REASONS_ALL};
    CertificateStatus status = judge_lists(&search);
    return status >= STATUS_GOOD ? search.newest : NULL;
}

// --- the report -------------------------------------------------------------------------------

static void report_revoked(PathReport *report, CheckOutcome outcome, const CrlEntry *entry,
                           const char *when)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(entry->revocation.revoked_at, text);
    path_report_add(report, "path.revocation", "RFC 5280 6.3", outcome,
                    "a certificate of the chain was revoked at %s (%s), %s the moment in question",
                    text, revocation_reason_name(entry->revocation.reason), when);
}

static bool needs_no_list(const PathPolicy *policy, const Certificate *certificate)
{
    CertificateExtension no_check;
    return policy->purpose == PURPOSE_OCSP &&
           certificate_find_extension(certificate, OID_OCSP_NO_CHECK, &no_check);
}

static bool is_undecided(RevocationRule rule, CertificateStatus status)
{
    return status == STATUS_DOUBTFUL || (status == STATUS_UNKNOWN && rule < REVOCATION_IF_GIVEN) ||
           (status == STATUS_UNLISTED && rule == REVOCATION_REQUIRED);
}

void revocation_report(const PathPolicy *policy, PathChain *chain, PathReport *report)
{
    if (policy->revocation == REVOCATION_NOT_NEEDED || chain->len == 1 ||
        (chain->len == 2 && needs_no_list(policy, chain->certificates[0]))) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3", CHECK_PASSED,
                        "no revocation list is needed");
        return;
    }
    size_t unknown = 0;
    bool revoked_later = false, undecided = false;
    for (size_t i = 0; i + 1 < chain->len; i++) {
        CrlEntry entry = {0};
        CertificateStatus status = certificate_status(policy, chain, i, &entry);
        if (status == STATUS_REVOKED) {
            report_revoked(report, CHECK_FAILED, &entry, "before");
            return;
        }
        if (status == STATUS_REVOKED_LATER && !revoked_later) {
            revoked_later = true;
            report_revoked(report, CHECK_INFORMED, &entry, "after");
        }
        unknown += status < STATUS_GOOD ? 1 : 0;
        undecided = undecided || is_undecided(policy->revocation, status);
    }
    if (unknown > 0) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3",
                        undecided ? CHECK_UNKNOWN : CHECK_INFORMED,
                        "for %zu of %zu certificates no usable revocation list is at hand", unknown,
                        chain->len - 1);
    } else if (!revoked_later) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3", CHECK_PASSED,
                        "no certificate of the chain was revoked or suspended");
    }
}
