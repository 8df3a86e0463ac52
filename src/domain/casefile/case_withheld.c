// SPDX-License-Identifier: Apache-2.0
//
// What a copy of a case file does not show, and what stands for it: that is said of each part, and
// makes nothing invalid; what is shown is judged as in the whole file.
#include <string.h>

#include "domain/casefile/case_inside.h"
#include "domain/casefile/case_scene.h"
#include "domain/privacy/person_field.h"

// The signature that stands for a withheld letter is judged but for the letter's digest.
static void take_check(CaseScene *scene, const VerdictCheck *check)
{
    bool is_about_letter =
        strcmp(check->code, "seal_signature.data_hash") == 0 && check->outcome == CHECK_UNKNOWN;
    verdict_add(scene->verdict, check->area, is_about_letter ? CHECK_INFORMED : check->outcome,
                check->code, check->clause, "%s",
                is_about_letter ? "the letter is withheld, and so not compared with the digest "
                                  "that was signed"
                                : check->detail);
}

bool case_judge_detached(CaseScene *scene, SealSignatureFindings *ret)
{
    const VerificationPolicy *policy = scene->policy;
    SealPolicy seal_policy = {
        .trust = scene->trust, .revocation = policy->institutions, .now = scene->filed_at};
    SealOriginal original = {.parts = NULL};
    Verdict checks = verdict_new(scene->arena);
    SealSignatureFindings found = {0};
    (void)seal_signature_check(scene->content->parts[CASE_SIGNATURE], &original, &seal_policy,
                               &checks, &found);
    scene->verdict->exhausted |= checks.exhausted;
    for (const VerdictCheck *check = checks.first; check != NULL; check = check->next) {
        take_check(scene, check);
    }
    if (found.signer.der.len == 0) {
        return false;
    }
    (void)revocation_is_decided(scene->trust, &found.signer, found.signing_time,
                                "verify.revocation", scene->verdict);
    *ret = found;
    return true;
}

// --- fields of the person ---------------------------------------------------------------------

static void judge_name(CaseScene *scene, const char *value)
{
    if (scene->has_certificate) {
        const char *name = name_common_name(scene->arena, scene->certificate.subject);
        (void)verdict_require(scene->verdict, name != NULL && strcmp(name, value) == 0, AREA_POLICY,
                              "case.certificate_name", "JR/T 0299-2024 6.2 b",
                              "the certificate names the person");
    }
}

static void judge_opening(CaseScene *scene, Bytes document, const Sm3Digest *commitments,
                          bool seen[PERSON_FIELD_COUNT])
{
    PersonField field;
    const char *value;
    Error err = {0};
    if (!person_field_parse(document, scene->arena, &field, &value, &err)) {
        (void)verdict_take(scene->verdict, false, AREA_FORMAT, "case.field", "docs/case-file.md",
                           &err);
        return;
    }
    Sm3Digest digest = sm3_digest(document);
    bool fits = sm3_digest_equal(&digest, &commitments[field]) && !seen[field];
    (void)verdict_require(scene->verdict, fits, AREA_CRYPTOGRAPHY, "case.field",
                          "JR/T 0299-2024 8.3 a",
                          "the field %s is the one that was committed to at the identification",
                          person_field_name(field));
    seen[field] = true;
    if (fits && field == PERSON_FIELD_NAME) {
        judge_name(scene, value);
    }
}

void case_judge_openings(CaseScene *scene)
{
    Sm3Digest commitments[PERSON_FIELD_COUNT];
    bool seen[PERSON_FIELD_COUNT] = {false};
    Error err = {0};
    size_t count = scene->content->list_counts[CASE_OPENINGS];
    if (count == 0) {
        return;
    }
    const char *outer = verdict_enter(scene->verdict, "03_identity/opened");
    if (!person_fields_parse(scene->content->parts[CASE_FIELDS], commitments, &err)) {
        (void)verdict_take(scene->verdict, false, AREA_FORMAT, "case.field", "docs/case-file.md",
                           &err);
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        judge_opening(scene, scene->content->lists[CASE_OPENINGS][i], commitments, seen);
    }
    verdict_leave(scene->verdict, outer);
}

// --- what is withheld -------------------------------------------------------------------------

// What tells of the person may be withheld; so may M6 and M8, which held their contents formerly.
// What holds nothing personal has to be shown: without it nothing is decided.
static CheckOutcome outcome_of(CasePart part)
{
    bool may_be =
        case_part_tells(part) != 0 || part == CASE_M6_SUBMISSION || part == CASE_M8_SUBMISSION;
    return may_be ? CHECK_INFORMED : CHECK_UNKNOWN;
}

void case_judge_withheld(CaseScene *scene)
{
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (scene->file->is_withheld[part]) {
            const char *outer = case_enter(scene, (CasePart)part);
            verdict_add(scene->verdict, AREA_COMPLETENESS, outcome_of((CasePart)part),
                        "case.withheld", "JR/T 0171-2020 Annex A",
                        "withheld in this copy; the institution signed for its digest");
            verdict_leave(scene->verdict, outer);
        }
    }
    // What stands for the letter is proven by the deposit alone.
    if (scene->content->parts[CASE_SIGNATURE].len > 0 &&
        scene->content->parts[CASE_M8_SUBMISSION].len == 0) {
        verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_FAILED, "case.submission_items",
                    "JR/T 0299-2024 8.3", "nothing proves the signature that is shown");
    }
}
