// SPDX-License-Identifier: Apache-2.0
//
// That the issue of the person's certificate was in the evidence log before it was handed out: the
// receipt in the CA's record of the issue, where there is one.
#include <string.h>

#include "base/codec/hex.h"
#include "domain/casefile/case_scene.h"
#include "domain/evidence/issuance.h"
#include "domain/evidence/receipt.h"

enum { RECEIPT_SIZE = 16 * 1024 };

// The record names who issued by the certificate, and there may be several of that name: the one is
// meant with which the commitment opens.
static bool check_entry(CaseScene *scene, const EvidenceEntry *entry, const Sm3Digest *salt,
                        Bytes encryption, Error *err)
{
    const Certificate *issuer;
    bool has_issuer = false;
    for (size_t i = 0; entry->kind == ENTRY_ISSUANCE &&
                       (issuer = trust_store_certificate(scene->trust, i)) != NULL;
         i++) {
        IssuanceRecord record;
        if (!name_equal(issuer->subject, scene->certificate.issuer)) {
            continue;
        }
        has_issuer = true;
        if (issuance_record_of(scene->arena, &scene->certificate, issuer, &record, err) &&
            issuance_record_add_encryption(scene->arena, encryption, &record, err) &&
            issuance_verify(salt, &record, &entry->commitment, err)) {
            return true;
        }
    }
    return has_issuer ? false
                      : error_set(err, ERROR_UNTRUSTED, "case.issuance", NULL,
                                  "the receipt is not about an issue of a certificate of a known "
                                  "issuer");
}

// The entry and the record are of one moment: what is logged later was handed out unlogged.
static bool check_time(const EvidenceEntry *entry, Time stated_at, Error *err)
{
    return entry->received <= stated_at + TIME_MINUTE ||
           error_set(err, ERROR_UNTRUSTED, "case.issuance", NULL,
                     "the issue was logged after the certificate was handed out");
}

static bool take_issuance(CaseScene *scene, const json_t *object, Receipt *ret, Sm3Digest *ret_salt,
                          Error *err)
{
    JsonView view = json_view(object, "issuance", err);
    Bytes text = json_view_base64(&view, scene->arena, "receipt", RECEIPT_SIZE);
    json_view_hex(&view, "salt", ret_salt->bytes, SM3_SIZE);
    return json_view_done(&view) && receipt_parse(scene->arena, text, ret, err);
}

// The companion that the record of the issue names; empty: none.
static bool take_encryption(CaseScene *scene, const json_t *issue, Bytes *ret, Error *err)
{
    const char *text = json_string_value(json_object_get(issue, "encryption_certificate"));
    *ret = BYTES_EMPTY;
    return text == NULL || base64_decode_arena(scene->arena, bytes_of_text(text), ret, err);
}

void case_judge_issuance(CaseScene *scene, const json_t *issue, Time stated_at)
{
    const json_t *object = json_object_get(issue, "issuance");
    Receipt receipt;
    EvidenceEntry entry;
    Sm3Digest salt;
    Error err = {0};
    if (object == NULL || !scene->has_certificate) {
        return;
    }
    Bytes encryption;
    bool is_read = take_issuance(scene, object, &receipt, &salt, &err) &&
                   take_encryption(scene, issue, &encryption, &err) &&
                   entry_parse(scene->arena, receipt.entry, &entry, &err);
    bool holds = is_read && check_entry(scene, &entry, &salt, encryption, &err) &&
                 check_time(&entry, stated_at, &err);
    (void)verdict_take(scene->verdict, holds, AREA_CRYPTOGRAPHY, "case.issuance",
                       "JR/T 0299-2024 6.5", &err);
    // Witnesses are not asked for: the CA states what the log answered before the certificate was
    // handed out, and they cosign afterwards. They cosigned the same log for M6 to M8.
    if (is_read) {
        case_note_head(scene, "the receipt of the issue", &receipt.checkpoint);
        ReceiptTrust trust = {.log_certificate = case_log_certificate(scene, &receipt.checkpoint),
                              .trust = scene->trust,
                              .revocation = scene->policy->institutions,
                              .at = entry.received};
        Time since;
        (void)receipt_check(&receipt, &trust, scene->verdict);
        receipt_renewal_judge(&receipt, scene->policy, &since, scene->verdict);
    }
}
