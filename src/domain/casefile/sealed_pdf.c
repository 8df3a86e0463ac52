// SPDX-License-Identifier: Apache-2.0
//
// The signatures of a PDF: cryptography by the kind of signature, coverage by pdf_coverage.h. What
// its document security store holds helps to judge them, as if the judge had been handed it.
#include <stdio.h>

#include "domain/casefile/judging.h"
#include "domain/casefile/pdf_judging.h"
#include "domain/casefile/pdf_material.h"
#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_signature.h"
#include "domain/seal/seal_signature_verify.h"

enum { HASHED_MAX = 384 * 1024 * 1024 };

bool revocation_is_decided(const TrustStore *trust, const Certificate *certificate, Time at,
                           const char *code, Verdict *verdict)
{
    static const char clause[] = "RFC 5280 6.3";
    if (trust_store_has_anchor(trust, certificate)) {
        verdict_add(verdict, AREA_TRUST, CHECK_PASSED, code, clause,
                    "the certificate is itself an anchor");
        return true;
    }
    // Which list decides is asked here, not who may be believed.
    const PathPolicy policy = {
        .trust = trust, .at = at, .revocation = REVOCATION_REQUIRED, .takes_foreign = true};
    const PathEvidence evidence = path_find_evidence(&policy, certificate);
    if (evidence.list != NULL) {
        verdict_add(verdict, AREA_TRUST, CHECK_PASSED, code, clause,
                    "a list of the issuer decides for the moment in question");
        return true;
    }
    if (evidence.is_answered) {
        verdict_add(verdict, AREA_TRUST, CHECK_PASSED, code, clause,
                    "an OCSP answer decides for the moment in question");
        return true;
    }
    verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, code, clause,
                "no list of the issuer and no OCSP answer for the moment in question is at hand");
    return false;
}

// The spans that are signed; false when the range does not lie in the file.
static bool signed_spans(const PdfJudgement *judgement, Bytes ret[2])
{
    const uint64_t *range = judgement->signature->byte_range;
    for (size_t i = 0; i < 2; i++) {
        uint64_t offset = range[2 * i], len = range[2 * i + 1];
        if (!judgement->signature->has_byte_range || offset > judgement->pdf.len ||
            len > judgement->pdf.len - offset) {
            return false;
        }
        ret[i] = bytes_slice(judgement->pdf, (size_t)offset, (size_t)len);
    }
    return true;
}

static void judge_seal(PdfJudgement *judgement, const Bytes spans[2])
{
    const VerificationPolicy *policy = judgement->policy;
    SealOriginal original = {.parts = spans, .part_count = 2};
    SealPolicy seal_policy = {
        .trust = policy->trust, .revocation = policy->institutions, .now = policy->at};
    SealSignatureFindings found = {0};
    (void)seal_signature_check(judgement->signature->der, &original, &seal_policy,
                               judgement->verdict, &found);
    if (found.signer.der.len == 0) {
        return;
    }
    facts_take_signer(judgement->facts, &found.signer, judgement->verdict);
    judgement->facts->signing_time = found.signing_time;
    judgement->facts->is_stamped = found.is_stamped;
    if (found.signature.seal.type != SEAL_TYPE_ORGANISATION) {
        (void)revocation_is_decided(policy->trust, &found.signer, found.signing_time,
                                    "verify.revocation", judgement->verdict);
    }
    if (bytes_equal_text(found.signature.seal.picture_type, "PNG")) {
        (void)pdf_coverage_judge_picture(judgement->verdict, judgement->file, judgement->index,
                                         found.signature.seal.picture);
    }
}

// How each sub-filter is judged; what is not here is UNKNOWN by its name.
static const struct {
    const char *sub_filter;
    void (*judge)(PdfJudgement *judgement, const Bytes spans[2]);
} sub_filters[] = {
    {"GM.sm2seal", judge_seal},
    {"adbe.pkcs7.detached", pdf_message_judge},
    {"adbe.pkcs7.sha1", pdf_hashed_message_judge},
    {"adbe.x509.rsa_sha1", pdf_bare_signature_judge},
    {"ETSI.CAdES.detached", pdf_message_judge},
    {"ETSI.RFC3161", pdf_document_stamp_judge},
    {"GM.sm2cms.detached", pdf_message_judge},
    {"GM.SM2", pdf_message_judge},
};

// Signatures of a large file could each have it hashed as a whole.
static bool take_budget(PdfJudgement *judgement, const Bytes spans[2])
{
    uint64_t len = (uint64_t)spans[0].len + spans[1].len;
    if (len > *judgement->budget) {
        return false;
    }
    *judgement->budget -= len;
    return true;
}

static bool is_stamp(const PdfSignature *signature)
{
    return bytes_equal_text(signature->sub_filter, "ETSI.RFC3161");
}

// What is older than a document time stamp that holds is at least as old as it says. Goes from the
// newest signature to the oldest.
static void find_proven(PdfJudgement *judgements, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        PdfJudgement *stamp = &judgements[i - 1];
        Bytes spans[2];
        Time time =
            is_stamp(stamp->signature) && signed_spans(stamp, spans) && take_budget(stamp, spans)
                ? pdf_document_stamp_time(stamp, spans)
                : 0;
        bool is_older = time != 0 && (stamp->proven == 0 || time < stamp->proven);
        judgements[i - 2].proven = is_older ? time : stamp->proven;
    }
}

// What a document time stamp shows of the signatures that it covers.
static void tell_proven(const PdfJudgement *judgement)
{
    char time[TIME_TEXT_SIZE];
    if (judgement->proven != 0 && !is_stamp(judgement->signature)) {
        time_to_text(judgement->proven, time);
        verdict_add(judgement->verdict, AREA_TIME, CHECK_PASSED, "verify.stamp",
                    "ISO 32000-2 12.8.5", "a document time stamp that came later covers it: %s",
                    time);
    }
}

static void judge_signature(PdfJudgement *judgement)
{
    Bytes spans[2];
    Bytes name = judgement->signature->sub_filter;
    judgement->facts->type = text_of_bytes(judgement->verdict, name, "(none)");
    bool in_file = verdict_require(judgement->verdict, signed_spans(judgement, spans), AREA_FORMAT,
                                   "verify.format", "ISO 32000-1 12.8.1",
                                   "the byte range of the signature lies in the file");
    // Also for a range that leads nowhere: such a signature covers nothing.
    (void)pdf_coverage_judge(judgement->verdict, judgement->file, judgement->index);
    if (!in_file) {
        return;
    }
    if (!take_budget(judgement, spans)) {
        verdict_add(judgement->verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported",
                    "ISO 32000-1 12.8.1", "all signatures together cover more than %d bytes",
                    HASHED_MAX);
        return;
    }
    tell_proven(judgement);
    for (size_t i = 0; i < COUNT_OF(sub_filters); i++) {
        if (bytes_equal_text(name, sub_filters[i].sub_filter)) {
            sub_filters[i].judge(judgement, spans);
            return;
        }
    }
    verdict_add(judgement->verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.unsupported",
                "ISO 32000-1 12.8.1", "signatures of the sub-filter %s are not judged here",
                judgement->facts->type);
}

static void judge_one(PdfJudgement *judgement)
{
    char subject[32];
    FileFacts *facts = judgement->facts;
    FileFacts aside = *facts;
    // Who stamped a document that others signed is not its signer.
    if (is_stamp(judgement->signature) && facts->signer != NULL) {
        judgement->facts = &aside;
    }
    snprintf(subject, sizeof subject, "signature %zu", judgement->index + 1);
    const char *outer = verdict_enter(judgement->verdict, subject);
    judge_signature(judgement);
    verdict_leave(judgement->verdict, outer);
    judgement->facts = facts;
}

bool sealed_pdf_verify(Bytes pdf, const VerificationPolicy *policy, Verdict *verdict,
                       FileFacts *ret)
{
    const VerdictCheck *before = verdict->last;
    FileFacts ignored = {0};
    FileFacts *facts = ret == NULL ? &ignored : ret;
    Error err = {0};
    PdfFile *file = NULL;
    facts->kind = FILE_PDF;
    if (!pdf_open(verdict->arena, pdf, &file, &err)) {
        add_format_failure(verdict, &err);
        return false;
    }
    size_t count;
    const PdfSignature *signatures = pdf_signatures(file, &count);
    facts->signature_count = count;
    if (!verdict_require(verdict, count > 0, AREA_FORMAT, "verify.unsigned", "ISO 32000-1 12.8.1",
                         "the PDF has %zu signatures", count)) {
        return false;
    }
    facts->has_coverage = true;
    (void)pdf_coverage_judge_content(verdict, file);
    VerificationPolicy with_store = *policy;
    with_store.trust = pdf_material_trust(file, policy->trust, verdict);
    uint64_t budget = HASHED_MAX;
    PdfJudgement *judgements = arena_alloc(verdict->arena, count * sizeof *judgements);
    if (judgements == NULL) {
        verdict->exhausted = true;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        judgements[i] =
            (PdfJudgement){file, pdf, &signatures[i], i, &with_store, verdict, facts, 0, &budget};
    }
    find_proven(judgements, count);
    for (size_t i = 0; i < count; i++) {
        judge_one(&judgements[i]);
    }
    return verdict_passed_since(verdict, before);
}
