// SPDX-License-Identifier: Apache-2.0
//
// What was signed and how: the sealed agreement, what was agreed to, how the person read it, and
// that the key signed nothing else.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "domain/authorization/behaviour.h"
#include "domain/casefile/case_scene.h"
#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_reader.h"
#include "domain/pki/key_record.h"

static const char purpose_prefix[] = "purpose_";

// --- the agreement ----------------------------------------------------------------------------

bool case_read_signature(CaseScene *scene, Bytes pdf, SealSignatureFindings *ret,
                         Bytes *ret_unsigned)
{
    Error err = {0};
    PdfFile *file = NULL;
    size_t count = 0;
    SealSignatureFindings found = {0};
    if (!pdf_open(scene->arena, pdf, &file, &err)) {
        return false;
    }
    size_t revision_count = 0;
    const PdfRevision *revisions = pdf_revisions(file, &revision_count);
    const PdfSignature *signatures = pdf_signatures(file, &count);
    if (count == 0 || revision_count == 0 ||
        !seal_signature_parse(signatures[0].der, &found.signature, &err) ||
        !certificate_parse(found.signature.certificate, &found.signer, &err)) {
        return false;
    }
    found.signing_time = found.signature.signed_at;
    found.is_stamped = found.signature.time_stamp.len > 0 &&
                       timestamp_token_parse(found.signature.time_stamp, &found.stamp, &err);
    if (found.is_stamped) {
        found.signing_time = found.stamp.time;
    }
    *ret = found;
    *ret_unsigned = bytes_slice(pdf, 0, revisions[0].end);
    return true;
}

static void note_maker(CaseScene *scene)
{
    Certificate maker;
    if (certificate_parse(scene->signature.signature.seal.maker_certificate, &maker, NULL)) {
        case_note_signer(scene, case_part_path(CASE_SEAL), ROLE_ANY, &maker);
    }
}

static void judge_parts(CaseScene *scene)
{
    const CaseContent *content = scene->content;
    const SealSignature *signature = &scene->signature.signature;
    const struct {
        CasePart part;
        Bytes wanted;
    } rows[] = {
        {CASE_CERTIFICATE, signature->certificate},
        {CASE_SEAL, signature->seal.der},
        {CASE_STAMP, signature->time_stamp},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (content->parts[rows[i].part].len > 0) {
            (void)verdict_require(
                scene->verdict, bytes_equal(content->parts[rows[i].part], rows[i].wanted),
                AREA_CRYPTOGRAPHY, "case.agreement_parts", "GB/T 38540-2020 7.1",
                "%s is the one in the seal signature", case_part_path(rows[i].part));
        }
    }
}

static void judge_letter(CaseScene *scene, Bytes pdf)
{
    VerificationPolicy policy = {
        .trust = scene->trust, .at = scene->filed_at, .institutions = scene->policy->institutions};
    (void)sealed_pdf_verify(pdf, &policy, scene->verdict, NULL);
    // The person's signature is the first: what was presented to be signed had none.
    scene->has_signature = case_read_signature(scene, pdf, &scene->signature, &scene->unsigned_pdf);
    (void)verdict_require(scene->verdict, scene->has_signature, AREA_COMPLETENESS,
                          "case.agreement_parts", "JR/T 0299-2024 7.1",
                          "the agreement carries a seal signature");
}

void case_judge_signature(CaseScene *scene)
{
    Bytes pdf = scene->content->parts[CASE_AGREEMENT];
    bool is_detached = pdf.len == 0;
    if (is_detached && scene->content->parts[CASE_SIGNATURE].len == 0) {
        return;
    }
    const char *outer = case_enter(scene, is_detached ? CASE_SIGNATURE : CASE_AGREEMENT);
    if (is_detached) {
        scene->has_signature = case_judge_detached(scene, &scene->signature);
    } else {
        judge_letter(scene, pdf);
    }
    if (scene->has_signature) {
        judge_parts(scene);
        note_maker(scene);
    }
    verdict_leave(scene->verdict, outer);
}

// --- what was agreed --------------------------------------------------------------------------

typedef struct {
    CaseScene *scene;
    json_t *ticks;
    Authorization offer, agreed;
    const char *fault;  // NULL: none
} Agreed;

static void fault_unless(Agreed *agreed, bool condition, const char *fault)
{
    if (!condition && agreed->fault == NULL) {
        agreed->fault = fault;
    }
}

static bool is_ticked(const Agreed *agreed, const char *name)
{
    return json_is_true(json_object_get(agreed->ticks, name));
}

static void compare_purposes(Agreed *agreed)
{
    const Authorization *authorization = &agreed->agreed;
    size_t ticked = 0;
    const char *name;
    json_t *value;
    for (size_t i = 0; i < authorization->purpose_count; i++) {
        char tick[sizeof purpose_prefix + 16];
        snprintf(tick, sizeof tick, "%s%s", purpose_prefix, authorization->purposes[i]->code);
        fault_unless(agreed, is_ticked(agreed, tick), "a purpose was not ticked");
        fault_unless(agreed,
                     authorization_covers_purpose(&agreed->offer, authorization->purposes[i]),
                     "a purpose was not offered");
    }
    json_object_foreach(agreed->ticks, name, value)
    {
        bool is_purpose = strncmp(name, purpose_prefix, sizeof purpose_prefix - 1) == 0;
        ticked += is_purpose && json_is_true(value) ? 1 : 0;
    }
    fault_unless(agreed, ticked == authorization->purpose_count,
                 "a ticked purpose is not in what was agreed");
}

static void compare_terms(Agreed *agreed)
{
    const Authorization *a = &agreed->agreed, *offer = &agreed->offer;
    fault_unless(agreed, strcmp(a->id, agreed->scene->content->authorization_id) == 0,
                 "it is another authorization");
    fault_unless(agreed, strcmp(a->id, offer->id) == 0, "the offer is another authorization's");
    fault_unless(agreed, strcmp(a->party.uscc, offer->party.uscc) == 0, "another party");
    fault_unless(agreed, a->may_query == is_ticked(agreed, "query"), "the query scope differs");
    fault_unless(agreed, a->may_report == is_ticked(agreed, "report"), "the report scope differs");
    fault_unless(
        agreed,
        a->starts_at == offer->starts_at && a->ends_at == offer->ends_at && a->end == offer->end,
        "the term differs from the offer");
    fault_unless(agreed,
                 a->frequency.count == offer->frequency.count &&
                     a->frequency.period == offer->frequency.period,
                 "the frequency differs from the offer");
    fault_unless(agreed, sm3_digest_equal(&a->template_digest, &offer->template_digest),
                 "the template differs from the offer");
    Bytes text = agreed->scene->content->parts[CASE_TEMPLATE];
    Sm3Digest digest = agreed->scene->file->digests[CASE_TEMPLATE];
    fault_unless(agreed, text.len == 0 || sm3_digest_equal(&digest, &a->template_digest),
                 "the template's text is another one");
}

static bool load_agreed(CaseScene *scene, Agreed *ret)
{
    static const char code[] = "case.authorization";
    CLEANUP(json_cleanup) json_t *offer = NULL;
    CLEANUP(json_cleanup) json_t *agreed = NULL;
    Error err = {0};
    if (!case_take_json(scene, CASE_OFFER, AREA_FORMAT, code, &offer) ||
        !case_take_json(scene, CASE_AUTHORIZATION, AREA_FORMAT, code, &agreed) ||
        !case_take_json(scene, CASE_TICKS, AREA_FORMAT, code, &ret->ticks)) {
        return false;
    }
    return (authorization_parse(offer, scene->arena, &ret->offer, &err) &&
            authorization_parse(agreed, scene->arena, &ret->agreed, &err)) ||
           verdict_take(scene->verdict, false, AREA_FORMAT, code, "JR/T 0299-2024 8.3 c", &err);
}

static void judge_authorization(CaseScene *scene)
{
    Agreed agreed = {.scene = scene};
    const char *outer = case_enter(scene, CASE_AUTHORIZATION);
    if (load_agreed(scene, &agreed)) {
        scene->party = agreed.agreed.party.name;
        compare_terms(&agreed);
        compare_purposes(&agreed);
        (void)verdict_require(
            scene->verdict, agreed.fault == NULL, AREA_POLICY, "case.authorization",
            "Regulation on the Credit Reporting Industry 18", "%s",
            agreed.fault == NULL ? "what was agreed fits offer, ticks, template" : agreed.fault);
    }
    json_decref(agreed.ticks);
    verdict_leave(scene->verdict, outer);
}

// --- behaviour --------------------------------------------------------------------------------

typedef struct {
    uint8_t nonce[BEHAVIOUR_NONCE_SIZE];
    const char *items[CASE_MAX_LIST];
    BehaviourRules rules;
} Shown;

static bool load_presentation(CaseScene *scene, Shown *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Error err = {0};
    if (!case_take_json(scene, CASE_PRESENTATION, AREA_FORMAT, "case.behaviour", &json)) {
        return false;
    }
    JsonView view = json_view(json, "presentation", &err);
    json_view_hex(&view, "nonce", ret->nonce, sizeof ret->nonce);
    ret->rules.presented_at = json_view_time(&view, "presented_at");
    ret->rules.dwell_minimum_ms = json_view_int(&view, "dwell_minimum_ms", 0, 86400000);
    ret->rules.nonce = ret->nonce;
    return json_view_done(&view) || verdict_take(scene->verdict, false, AREA_FORMAT,
                                                 "case.behaviour", "JR/T 0299-2024 8.3 c", &err);
}

static void judge_behaviour(CaseScene *scene)
{
    CLEANUP(json_cleanup) json_t *ticks = NULL;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const char *name;
    json_t *value;
    Error err = {0};
    Shown shown = {0};
    const char *outer = case_enter(scene, CASE_BEHAVIOUR);
    Behaviour *behaviour = arena_alloc(scene->arena, sizeof *behaviour);
    bool is_there = behaviour != NULL &&
                    (scene->has_signature || scene->file->is_withheld[CASE_AGREEMENT]) &&
                    load_presentation(scene, &shown) &&
                    case_take_json(scene, CASE_TICKS, AREA_FORMAT, "case.behaviour", &ticks) &&
                    case_take_json(scene, CASE_BEHAVIOUR, AREA_FORMAT, "case.behaviour", &json);
    scene->verdict->exhausted |= behaviour == NULL;
    if (is_there) {
        json_object_foreach(ticks, name, value)
        {
            if (json_is_true(value) && shown.rules.required_count < COUNT_OF(shown.items)) {
                shown.items[shown.rules.required_count++] = name;
            }
        }
        shown.rules.required_items = shown.items;
        // The signature came in before it was stamped, by the same server's clock or another's.
        shown.rules.now = case_signing_time(scene) + CASE_CLOCK_SKEW;
        bool ok = behaviour_parse(json, behaviour, &err);
        // What was shown is the agreement before its signature was appended; where the letter is
        // withheld, that it was this one is not compared.
        shown.rules.document_digest = scene->unsigned_pdf.len > 0 ? sm3_digest(scene->unsigned_pdf)
                                                                  : behaviour->document_digest;
        ok = ok && behaviour_check(behaviour, &shown.rules, &err);
        (void)verdict_take(scene->verdict, ok, AREA_POLICY, "case.behaviour",
                           "JR/T 0299-2024 8.3 c", &err);
    }
    verdict_leave(scene->verdict, outer);
}

// --- the key's record -------------------------------------------------------------------------

// What the CA issued for one scenario is not used again, so a key of such a certificate is
// destroyed.
static bool is_of_one_scenario(const CaseScene *scene)
{
    Statement issue;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    if (!statement_parse(scene->arena, scene->content->parts[CASE_ISSUE], &issue, NULL) ||
        !json_parse(issue.payload, &payload, NULL)) {
        return true;
    }
    const char *profile = json_string_value(json_object_get(payload, "profile"));
    return profile == NULL || strcmp(profile, "scenario") == 0;
}

typedef struct {
    CasePart part;
    const char *type, *code, *clause, *text;
} RecordRow;

static void judge_record(CaseScene *scene, const RecordRow *row)
{
    Statement statement;
    KeyRecord record;
    const char *outer = case_enter(scene, row->part);
    if (case_take_statement(scene, row->part, row->type, &statement) && scene->has_signature) {
        Sm3Digest wanted = sm3_digest(scene->signature.signature.tbs);
        bool ok = key_record_parse(&statement, scene->arena, &record, NULL) &&
                  sm3_digest_equal(&record.signed_digest, &wanted) &&
                  bytes_equal(statement.signer.der, scene->signature.signature.certificate) &&
                  (record.is_destroyed || !is_of_one_scenario(scene));
        (void)verdict_require(scene->verdict, ok, AREA_POLICY, row->code, row->clause, "%s",
                              row->text);
    }
    verdict_leave(scene->verdict, outer);
}

static void judge_records(CaseScene *scene)
{
    static const RecordRow rows[] = {
        {CASE_DESTRUCTION, KEY_RECORD_DESTRUCTION, "case.destruction", "JR/T 0299-2024 6.6 c",
         "the key states that it signed this once and was destroyed"},
        {CASE_KEY_USE, KEY_RECORD_USE, "case.key_use", "JR/T 0299-2024 6.6 a",
         "the key states that it signed this and stays in its carrier"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        judge_record(scene, &rows[i]);
    }
}

void case_judge_signing(CaseScene *scene)
{
    judge_authorization(scene);
    judge_behaviour(scene);
    judge_records(scene);
}
