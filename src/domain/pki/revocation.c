// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/revocation.h"

#include "domain/pki/oid.h"
#include "domain/pki/revocation_evidence.h"
#include "domain/pki/revocation_lists.h"

// What has been found about one certificate so far.
typedef struct {
    RelevantLists *lists;
    Time at;
    uint16_t open;  // reasons for which it is not decided
    bool is_doubtful;
    bool is_revoked_later;
    bool is_by_force;      // decided by lists in force alone
    Time in_force_update;  // of the newest of those that decided
    CrlEntry entry;
    const Crl *newest;  // of the lists that decided
} StatusSearch;

static const Crl *newest_part(const ListView *view)
{
    return &(view->delta != NULL ? view->delta : view->base)->node->crl;
}

static bool is_in_force(const ListView *view, Time at)
{
    return view->this_update <= at && view->has_next_update && at <= view->next_update;
}

static void note_newest(StatusSearch *search, const ListView *view)
{
    const Crl *crl = newest_part(view);
    if (search->newest == NULL || search->newest->this_update < crl->this_update) {
        search->newest = crl;
    }
}

// The newest view from before the moment that was not looked at yet; of one moment that of the
// highest number.
static bool take_newest(const StatusSearch *search, size_t group, bool *seen, size_t *ret)
{
    const ListView *best = NULL;
    for (size_t i = 0; i < search->lists->count; i++) {
        const ListView *view = &search->lists->views[i];
        if (seen[i] || view->group != group || view->this_update > search->at ||
            (best != NULL &&
             (view->this_update < best->this_update ||
              (view->this_update == best->this_update &&
               crl_number_compare(newest_part(view)->number, newest_part(best)->number) <= 0)))) {
            continue;
        }
        best = view;
        *ret = i;
    }
    if (best == NULL) {
        return false;
    }
    seen[*ret] = true;
    return true;
}

// What one list from before the moment says. *ret_reasons: those that it decides.
static ViewFinding judge_list(StatusSearch *search, ListView view, uint16_t *ret_reasons)
{
    bool decides = is_in_force(&view, search->at);
    if (!decides && view.delta != NULL) {
        view.base = NULL;
    }
    ViewFinding finding = relevant_lists_look_up(search->lists, &view, &search->entry, ret_reasons);
    if (!decides) {
        // Out of force it proves nobody good, and a suspension may have been lifted since.
        *ret_reasons = 0;
        bool is_hold = search->entry.revocation.reason == REASON_CERTIFICATE_HOLD;
        return finding == VIEW_LISTED && !is_hold ? VIEW_LISTED : VIEW_ABSENT;
    }
    search->is_doubtful = search->is_doubtful || finding == VIEW_DOUBTFUL;
    if (finding == VIEW_LISTED || *ret_reasons != 0) {
        note_newest(search, &view);
    }
    return finding;
}

// True if a list of the same moment, among those that were used, takes the place of this one.
// Source: RFC 5280 5.2.3.
static bool is_superseded(const StatusSearch *search, const bool *used, const ListView *view)
{
    const Crl *crl = newest_part(view);
    for (size_t i = 0; i < search->lists->count; i++) {
        const Crl *other = newest_part(&search->lists->views[i]);
        if (used[i] && other->this_update == crl->this_update && crl->number.len > 0 &&
            other->number.len > 0 && crl_number_compare(other->number, crl->number) > 0 &&
            search->lists->views[i].group == view->group &&
            bytes_equal(other->issuing_distribution_point, crl->issuing_distribution_point)) {
            return true;
        }
    }
    return false;
}

// An issuer's lists from before the moment, the newest first. True when one of them decides that
// the certificate is revoked.
static bool judge_group(StatusSearch *search, size_t group)
{
    bool seen[TRUST_MAX_CRLS] = {false}, used[TRUST_MAX_CRLS] = {false};
    Time last = 0;
    uint16_t open = REASONS_ALL;
    uint16_t decided = 0;  // by lists as new as the last one, which all have their say
    for (size_t index = 0; take_newest(search, group, seen, &index);) {
        const ListView *view = &search->lists->views[index];
        if (view->this_update != last) {
            open = (uint16_t)(open & ~decided);
        }
        last = view->this_update;
        uint16_t reasons = 0;
        if ((view->reasons & open) == 0 || is_superseded(search, used, view)) {
            continue;
        }
        if (judge_list(search, *view, &reasons) == VIEW_LISTED) {
            search->is_by_force = is_in_force(view, search->at);
            return true;
        }
        used[index] = reasons != 0;
        decided = (uint16_t)(decided | reasons);
    }
    search->open = (uint16_t)(search->open & open & ~decided);
    return false;
}

// A newer list takes the place of an older one of the same issuer and key only: a CA that has
// changed its key may well keep a list for each, and another institution knows what it knows.
static bool judge_earlier_lists(StatusSearch *search)
{
    for (size_t i = 0; i < search->lists->count; i++) {
        if (search->lists->views[i].group == i && judge_group(search, i)) {
            return true;
        }
    }
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

// What is dated after the present is of a clock that is wrong, but for a little.
static bool is_later(const StatusSearch *search, const ListView *view)
{
    enum { CLOCK_SKEW_MINUTES = 10 };
    return view->this_update > search->at &&
           (!search->lists->policy->demands.is_at_present ||
            view->this_update <= search->at + CLOCK_SKEW_MINUTES * TIME_MINUTE);
}

static bool judge_later_lists(StatusSearch *search)
{
    for (size_t i = 0; i < search->lists->count; i++) {
        const ListView *view = &search->lists->views[i];
        if (is_later(search, view) && judge_later_list(search, view)) {
            return true;
        }
    }
    return false;
}

static CertificateStatus judge_lists(StatusSearch *search)
{
    if (judge_earlier_lists(search)) {
        search->in_force_update = search->newest == NULL ? 0 : search->newest->this_update;
        return STATUS_REVOKED;
    }
    search->is_by_force = search->open == 0;
    search->in_force_update = search->newest == NULL ? 0 : search->newest->this_update;
    if (judge_later_lists(search)) {
        // What a later list knows is no older word that a newer answer could take the place of.
        search->is_by_force = false;
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

CertificateStatus revocation_add_lists(const PathPolicy *policy, PathChain *chain, size_t index,
                                       RevocationEvidence *ret)
{
    RelevantLists lists;
    relevant_lists_find(policy, chain, index, &lists);
    StatusSearch search = {.lists = &lists, .at = policy->at, .open = REASONS_ALL};
    CertificateStatus status = judge_lists(&search);
    RevocationWord word = {.status = status == STATUS_REVOKED ? status : STATUS_GOOD,
                           .entry = search.entry.revocation,
                           .this_update = search.in_force_update,
                           .in_force = true};
    if (status >= STATUS_GOOD && search.is_by_force) {
        revocation_evidence_add(ret, &word);
    }
    if (status == STATUS_REVOKED_LATER || (status >= STATUS_GOOD && !search.is_by_force)) {
        word.status = status;
        word.in_force = false;
        revocation_evidence_add(ret, &word);
    }
    return status;
}

static CertificateStatus certificate_status(const PathPolicy *policy, PathChain *chain,
                                            size_t index, Revocation *ret)
{
    RevocationEvidence evidence = {0};
    CertificateStatus by_lists = revocation_add_lists(policy, chain, index, &evidence);
    revocation_add_answers(policy, chain, index, &evidence);
    CertificateStatus status = revocation_evidence_status(&evidence, ret);
    bool is_open =
        status == STATUS_UNKNOWN || (by_lists == STATUS_DOUBTFUL && status != STATUS_REVOKED);
    return is_open ? by_lists : status;
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

static void report_revoked(PathReport *report, CheckOutcome outcome, const Revocation *entry,
                           const char *when)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(entry->revoked_at, text);
    path_report_add(report, "path.revocation", "RFC 5280 6.3", outcome,
                    "a certificate of the chain was revoked at %s (%s), %s the moment in question",
                    text, revocation_reason_name(entry->reason), when);
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
        if (i == 0 && needs_no_list(policy, chain->certificates[0])) {
            continue;
        }
        Revocation entry = {0};
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
        path_report_add(
            report, "path.revocation", "RFC 5280 6.3", undecided ? CHECK_UNKNOWN : CHECK_INFORMED,
            "for %zu of %zu certificates no usable revocation list or OCSP answer is at hand",
            unknown, chain->len - 1);
    } else if (!revoked_later) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3", CHECK_PASSED,
                        "no certificate of the chain was revoked or suspended");
    }
}
