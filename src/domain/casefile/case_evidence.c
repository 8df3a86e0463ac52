// SPDX-License-Identifier: Apache-2.0
//
// The deposits M6, M7 and M8: receipts, what was submitted, and that it is what is in this file.
#include <string.h>

#include "domain/casefile/case_scene.h"
#include "domain/casefile/evidence_log_key.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/receipt.h"

typedef struct {
    CasePart submission;
    CasePart receipt;
    DepositStage stage;
    const char *what;
} DepositRow;

static const DepositRow deposit_rows[CASE_DEPOSITS] = {
    {CASE_M6_SUBMISSION, CASE_M6_RECEIPT, DEPOSIT_M6, "the receipt of M6"},
    {CASE_M7_SUBMISSION, CASE_M7_RECEIPT, DEPOSIT_M7, "the receipt of M7"},
    {CASE_M8_SUBMISSION, CASE_M8_RECEIPT, DEPOSIT_M8, "the receipt of M8"},
};

// Names under which parts of this file are deposited.
static const struct {
    const char *name;
    CasePart part;
} item_rows[] = {
    {"person.json", CASE_PERSON},
    {"person-fields.json", CASE_FIELDS},
    {"consents.json", CASE_CONSENTS},
    {"offer.json", CASE_OFFER},
    {"decision.json", CASE_DECISION},
    {"identity-proof.json", CASE_PROOF},
    {"identity-certificate.cer", CASE_PROOF_CERTIFICATE},
    {"identity-carrier.json", CASE_PROOF_CARRIER},
    {"identity-revocation.crl", CASE_PROOF_CRL},
    {"authorization.json", CASE_AUTHORIZATION},
    {"behaviour.json", CASE_BEHAVIOUR},
    {"ticks.json", CASE_TICKS},
    {"presentation.json", CASE_PRESENTATION},
    {"seal.json", CASE_SEAL_CHOICE},
    {"destruction.json", CASE_DESTRUCTION},
    {"key-use.json", CASE_KEY_USE},
    {"certificate.cer", CASE_CERTIFICATE},
    {"request.csr", CASE_CSR},
    {"issue.json", CASE_ISSUE},
    {"signature.tst", CASE_STAMP},
    {"signature.ses", CASE_SIGNATURE},
    {"agreement.pdf", CASE_AGREEMENT},
};

// What each stage has to hold. Source: JR/T 0299-2024 8.3 a, c.
static const struct {
    DepositStage stage;
    const char *name;
} needed_items[] = {
    {DEPOSIT_M6, "decision.json"},
    {DEPOSIT_M8, "agreement.pdf"},
    {DEPOSIT_M8, "behaviour.json"},
};

// --- receipts ---------------------------------------------------------------------------------

const Certificate *case_log_certificate(CaseScene *scene, const Checkpoint *checkpoint)
{
    Bytes der = scene->content->parts[CASE_LOG_CERTIFICATE];
    Certificate *certificate = arena_alloc(scene->arena, sizeof *certificate);
    if (certificate != NULL && der.len > 0 && certificate_parse(der, certificate, NULL) &&
        evidence_log_certificate_fits(certificate, checkpoint)) {
        return certificate;
    }
    return evidence_log_certificate_find(scene->trust, checkpoint);
}

static void judge_receipt(CaseScene *scene, size_t index)
{
    Receipt receipt;
    Error err = {0};
    EvidenceEntry *entry = &scene->entries[index];
    Bytes text = scene->content->parts[deposit_rows[index].receipt];
    if (text.len == 0) {
        return;
    }
    if (!receipt_parse(scene->arena, text, &receipt, &err) ||
        !entry_parse(scene->arena, receipt.entry, entry, &err)) {
        add_format_failure(scene->verdict, &err);
        return;
    }
    scene->has_entry[index] = true;
    scene->places[index] = (CaseLogPlace){receipt.checkpoint.origin, receipt.index};
    case_note_head(scene, deposit_rows[index].what, &receipt.checkpoint);
    ReceiptTrust trust = {.log_certificate = case_log_certificate(scene, &receipt.checkpoint),
                          .witnesses = scene->policy->witnesses,
                          .trust = scene->trust,
                          .revocation = scene->policy->institutions,
                          .at = entry->received};
    verdict_add(scene->verdict, AREA_TRUST,
                trust.log_certificate != NULL ? CHECK_PASSED : CHECK_UNKNOWN,
                "case.log_certificate", "C2SP signed-note",
                trust.log_certificate != NULL ? "the log's certificate is at hand"
                                              : "no certificate of the log's key is at hand");
    Time since;
    (void)receipt_check(&receipt, &trust, scene->verdict);
    receipt_renewal_judge(&receipt, scene->policy, &since, scene->verdict);
    if (trust.log_certificate != NULL) {
        case_note_signer(scene, case_part_path(deposit_rows[index].receipt), ROLE_KEEPER,
                         trust.log_certificate);
    }
    (void)verdict_require(scene->verdict,
                          entry->kind == ENTRY_DEPOSIT && entry->stage == deposit_rows[index].stage,
                          AREA_COMPLETENESS, "case.submission", "JR/T 0299-2024 8.3",
                          "the entry is a deposit of this stage");
}

// --- submissions ------------------------------------------------------------------------------

static const DepositItem *find_item(const Deposit *deposit, const char *name)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (strcmp(deposit->items[i].name, name) == 0) {
            return &deposit->items[i];
        }
    }
    return NULL;
}

static void judge_items(CaseScene *scene, const Deposit *deposit)
{
    static const char clause[] = "JR/T 0299-2024 8.3";
    size_t compared = 0;
    bool same = strcmp(deposit->authorization_id, scene->content->authorization_id) == 0;
    for (size_t i = 0; i < COUNT_OF(item_rows); i++) {
        const DepositItem *item = find_item(deposit, item_rows[i].name);
        bool is_known = scene->content->parts[item_rows[i].part].len > 0 ||
                        scene->file->is_withheld[item_rows[i].part];
        if (item != NULL && is_known) {
            same =
                same && sm3_digest_equal(&scene->file->digests[item_rows[i].part], &item->digest);
            compared++;
        }
    }
    // What only a copy has is proven here and nowhere else.
    same =
        same && (deposit->stage != DEPOSIT_M8 || scene->content->parts[CASE_SIGNATURE].len == 0 ||
                 find_item(deposit, "signature.ses") != NULL);
    for (size_t i = 0; i < COUNT_OF(needed_items); i++) {
        same = same && (needed_items[i].stage != deposit->stage ||
                        find_item(deposit, needed_items[i].name) != NULL);
    }
    (void)verdict_require(scene->verdict, same, AREA_COMPLETENESS, "case.submission_items", clause,
                          "%zu deposited files are those in this file, none that is needed lacks",
                          compared);
}

static void judge_submission(CaseScene *scene, size_t index)
{
    static const char clause[] = "JR/T 0299-2024 8.3";
    Statement statement;
    Deposit deposit;
    Error err = {0};
    const DepositRow *row = &deposit_rows[index];
    const EvidenceEntry *entry = &scene->entries[index];
    const char *outer = case_enter(scene, row->submission);
    if (case_take_statement(scene, row->submission, DEPOSIT_TYPE, &statement)) {
        if (scene->has_entry[index]) {
            Sm3Digest digest = scene->file->digests[row->submission];
            Sm3Digest depositor = certificate_fingerprint(&statement.signer);
            (void)verdict_require(scene->verdict, sm3_digest_equal(&digest, &entry->submission),
                                  AREA_CRYPTOGRAPHY, "case.submission", clause,
                                  "the log holds the digest of this submission");
            (void)verdict_require(scene->verdict, sm3_digest_equal(&depositor, &entry->depositor),
                                  AREA_CRYPTOGRAPHY, "case.depositor", clause,
                                  "the log names its signer as the depositor");
        }
        if (deposit_parse(scene->arena, statement.payload, &deposit, &err)) {
            judge_items(scene, &deposit);
            if (scene->has_entry[index]) {
                case_judge_deposit_time(scene, &deposit, statement.signed_at, entry->received);
            }
        } else {
            (void)verdict_take(scene->verdict, false, AREA_FORMAT, "case.submission_items", clause,
                               &err);
        }
    }
    verdict_leave(scene->verdict, outer);
}

void case_judge_evidence(CaseScene *scene)
{
    EvidenceEntry present[CASE_DEPOSITS];
    size_t count = 0;
    bool is_withheld = false;
    for (size_t i = 0; i < CASE_DEPOSITS; i++) {
        is_withheld = is_withheld || scene->file->is_withheld[deposit_rows[i].receipt];
        const char *outer = case_enter(scene, deposit_rows[i].receipt);
        judge_receipt(scene, i);
        verdict_leave(scene->verdict, outer);
        judge_submission(scene, i);
        if (scene->has_entry[i]) {
            present[count++] = scene->entries[i];
        }
    }
    if (is_withheld) {
        return;  // case.withheld says so
    }
    const char *outer = verdict_enter(scene->verdict, "07_evidence");
    (void)entry_chain_check(present, count, scene->verdict);
    verdict_leave(scene->verdict, outer);
}
