// SPDX-License-Identifier: Apache-2.0
//
// Who signed what among the steps M1 to M8, as C1 keeps it: for staff who look at one
// authorization. It was verified when it was taken in; whoever wants to judge it again takes the
// case file.
#include "component/business/signatures.h"

#include "component/port/registration.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/name.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"

static json_t *add(json_t *list, const char *step, const char *signer, Time at, Bytes what)
{
    json_t *json = json_make_object();
    Sm3Digest digest = sm3_digest(what);
    json_put_text(json, "step", step);
    json_put_text(json, "signer", signer);
    json_put_time(json, "at", at);
    json_put_hex(json, "digest", sm3_bytes(&digest));
    json_array_append_new(list, json);
    return json;
}

static bool add_statement(Work *work, const char *step, Bytes text, json_t *list, Error *err)
{
    Statement statement;
    if (!statement_parse(work->arena, text, &statement, err)) {
        return error_context(err, "the statement of %s", step);
    }
    const char *signer = name_common_name(work->arena, statement.signer.subject);
    add(list, step, signer == NULL ? "" : signer, statement.signed_at, text);
    return true;
}

// M1: our own decision. M3: what the certification authority states of its issue.
static bool add_statements(Work *work, json_t *list, Error *err)
{
    Bytes text;
    bool found;
    RegistrationResult result;
    if (!work_find(work, "decision", &text, &found, err) ||
        (found && !add_statement(work, "M1", text, list, err)) ||
        !work_find(work, "registration", &text, &found, err)) {
        return false;
    }
    return !found || (registration_result_parse(text, work->arena, &result, err) &&
                      add_statement(work, "M3", result.issue_statement, list, err));
}

// M5: the time-stamp authority's token in the person's seal signature, over the sealed letter.
static bool add_stamp(Work *work, json_t *list, Error *err)
{
    Bytes der, letter;
    bool has_stamp, has_letter;
    TimestampToken token;
    Error why = {0};
    if (!work_find(work, "timestamp", &der, &has_stamp, err)) {
        return false;
    }
    if (!work_find(work, "signed_agreement", &letter, &has_letter, &why)) {
        // A damaged letter has nothing to show, and staff have to see that it is frozen.
        if (why.kind != ERROR_UNTRUSTED) {
            *err = why;
            return false;
        }
        return true;
    }
    if (!has_stamp || !has_letter) {
        return true;
    }
    if (!timestamp_token_parse(der, &token, err)) {
        return error_context(err, "the time stamp of M5");
    }
    // Who signed is the person, whose name is no part of what is listed.
    add(list, "M5", "", token.time, letter);
    return true;
}

static bool add_receipt(Work *work, const char *step, const char *artifact, json_t *list,
                        Error *err)
{
    Bytes text;
    bool found;
    Receipt receipt;
    EvidenceEntry entry;
    if (!work_find(work, artifact, &text, &found, err)) {
        return false;
    }
    if (!found) {
        return true;
    }
    if (!receipt_parse(work->arena, text, &receipt, err) ||
        !entry_parse(work->arena, receipt.entry, &entry, err)) {
        return error_context(err, "the receipt of %s", step);
    }
    const char *log = arena_text(work->arena, receipt.checkpoint.origin);
    json_t *json = add(list, step, log == NULL ? "" : log, entry.received, text);
    json_put_int(json, "index", (int64_t)receipt.index);
    return true;
}

bool signatures_put(Work *work, json_t *reply, Error *err)
{
    CLEANUP(json_cleanup) json_t *list = json_array();
    if (!add_statements(work, list, err) || !add_stamp(work, list, err) ||
        !add_receipt(work, "M6", "m6_receipt", list, err) ||
        !add_receipt(work, "M7", "m7_receipt", list, err) ||
        !add_receipt(work, "M8", "m8_receipt", list, err)) {
        return false;
    }
    json_put(reply, "signatures", json_incref(list));
    return true;
}
