// SPDX-License-Identifier: Apache-2.0
#include "component/business/report_deposit.h"

#include <string.h>

#include "component/business/deposits.h"
#include "component/business/report_set.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"

bool report_deposit_order(Work *work, const char *set_id, Error *err)
{
    work->outbox.subject = arena_format(work->arena, REPORT_DEPOSIT_SUBJECT "%s", set_id);
    work->outbox_change = OUTBOX_PUT;
    return work->outbox.subject != NULL || error_memory(err);
}

static bool find_set(Work *work, const char *subject, json_t **ret, int64_t *ret_sequence,
                     Error *err)
{
    size_t count;
    *ret = NULL;
    return report_set_find(work, "set_id", subject + strlen(REPORT_DEPOSIT_SUBJECT), ret,
                           ret_sequence, &count, err) &&
           (*ret != NULL ||
            error_set(err, ERROR_INTERNAL, "outbox.reports", NULL, "there is no such set"));
}

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text == NULL ? "" : text;
}

// What each report concluded is part of what cannot be changed afterwards.
static bool add_report(Work *work, const json_t *set, ReportKind kind, Time at, Deposit *deposit,
                       Error *err)
{
    const char letter[] = {report_letter(kind), '\0'};
    const json_t *report = json_object_get(json_object_get(set, "reports"), letter);
    const char *detail =
        arena_format(work->arena, "%s-%c json %s pages %s", text_of(set, "set_id"), 'A' + (int)kind,
                     text_of(report, "json_digest"), text_of(report, "pdf_digest"));
    const char *outcome = arena_text(work->arena, bytes_of_text(text_of(report, "outcome")));
    if (detail == NULL || outcome == NULL) {
        return error_memory(err);
    }
    deposit_add_event(deposit, at, "report.issued", outcome, detail);
    return true;
}

bool report_deposit_fill(Work *work, const char *subject, Deposit *deposit, Error *err)
{
    CLEANUP(json_cleanup) json_t *set = NULL;
    Bytes m8;
    int64_t sequence;
    if (!find_set(work, subject, &set, &sequence, err) ||
        !work_find(work, "m8_submission", &m8, &deposit->has_previous, err)) {
        return false;
    }
    if (deposit->has_previous) {
        deposit->previous = deposit_submission_digest(m8);
    }
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        if (!add_report(work, set, (ReportKind)kind, work->outbox.created_at, deposit, err)) {
            return false;
        }
    }
    return true;
}

bool report_deposit_keep(Work *work, const char *subject, Bytes submission, Bytes receipt,
                         Error *err)
{
    CLEANUP(json_cleanup) json_t *set = NULL;
    int64_t sequence;
    return find_set(work, subject, &set, &sequence, err) &&
           work_put(work, REPORT_DEPOSIT_SUBMISSION, sequence, submission, err) &&
           work_put(work, REPORT_DEPOSIT_RECEIPT, sequence, receipt, err) &&
           work_note(work, "report_deposit", "ok", "", err);
}

static bool put_receipt(Work *work, Bytes text, json_t *json, Error *err)
{
    Receipt receipt;
    EvidenceEntry entry;
    if (!receipt_parse(work->arena, text, &receipt, err) ||
        !entry_parse(work->arena, receipt.entry, &entry, err)) {
        return error_context(err, "the receipt for the reports");
    }
    json_put_text(json, "state", "deposited");
    json_put_int(json, "log_index", (int64_t)receipt.index);
    json_put_time(json, "received", entry.received);
    json_put_hex(json, "submission", sm3_bytes(&entry.submission));
    return true;
}

bool report_deposit_state(Work *work, int64_t sequence, json_t **ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, REPORT_DEPOSIT_RECEIPT, &rows, &count, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    for (size_t i = 0; i < count; i++) {
        if (rows[i].sequence == sequence) {
            if (!put_receipt(work, rows[i].content, json, err)) {
                return false;
            }
            *ret = json_incref(json);
            return true;
        }
    }
    json_put_text(json, "state", "pending");
    *ret = json_incref(json);
    return true;
}
