// SPDX-License-Identifier: Apache-2.0
#include "component/business/receipts.h"

#include <string.h>

#include "base/core/log.h"
#include "domain/evidence/receipt.h"

static const struct {
    CasePart part;
    const char *artifact;
} receipt_rows[] = {
    {CASE_M6_RECEIPT, "m6_receipt_renewed"},
    {CASE_M7_RECEIPT, "m7_receipt_renewed"},
    {CASE_M8_RECEIPT, "m8_receipt_renewed"},
};

// Signature lines beside the log's.
static size_t witnesses_of(const Receipt *receipt)
{
    return receipt->checkpoint.note.signature_count - 1;
}

// True when `renewed` proves the same entry under the same signature and says more.
static bool says_more(const Work *work, const Receipt *old, const Receipt *renewed)
{
    Certificate certificate;
    NoteKey key;
    const MerkleHead *head = &renewed->checkpoint.head;
    char *origin = arena_text(work->arena, old->checkpoint.origin);
    Sm3Digest leaf = merkle_leaf_hash(renewed->entry);
    if (origin == NULL || renewed->index != old->index ||
        !bytes_equal(renewed->entry, old->entry) ||
        (witnesses_of(renewed) <= witnesses_of(old) &&
         (renewed->stamp.len == 0 || old->stamp.len > 0) &&
         renewed->renewal.len <= old->renewal.len)) {
        return false;
    }
    return certificate_parse(work->business->config.log_certificate, &certificate, NULL) &&
           note_key_new(origin, NOTE_SM2, &certificate.public_key, &key, NULL) &&
           checkpoint_verify(&renewed->checkpoint, &key, NULL) &&
           merkle_inclusion_verify(&leaf, renewed->index, head->size, &renewed->proof, &head->root,
                                   NULL);
}

static bool renew(Work *work, const char *artifact, Bytes *receipt, Error *err)
{
    const PreservationPort *port = &work->business->config.preservation;
    Receipt old, renewed;
    Bytes kept, fresh;
    bool found;
    Error why = {0};
    if (!work_find(work, artifact, &kept, &found, err)) {
        return false;
    }
    *receipt = found ? kept : *receipt;
    if (!receipt_parse(work->arena, *receipt, &old, err)) {
        return error_context(err, "a receipt at hand");
    }
    if (!port->receipt(port, old.index, work->arena, &fresh, &why)) {
        LOG(LOG_WARNING, "receipt.not_renewed", log_text("code", why.code));
        return true;
    }
    if (!receipt_parse(work->arena, fresh, &renewed, NULL) || !says_more(work, &old, &renewed)) {
        return true;
    }
    *receipt = fresh;
    return (!found || work_drop(work, artifact, err)) && work_put(work, artifact, 0, fresh, err);
}

bool receipts_renew(Work *work, CaseContent *content, Error *err)
{
    if (work->business->config.preservation.receipt == NULL) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(receipt_rows); i++) {
        Bytes *receipt = &content->parts[receipt_rows[i].part];
        if (receipt->len > 0 && !renew(work, receipt_rows[i].artifact, receipt, err)) {
            return false;
        }
    }
    return true;
}
