// SPDX-License-Identifier: Apache-2.0
//
// M1 by a certificate that the person already has: it signs a challenge. With proof of the carrier
// of its key this exempts from all other measures; without, it is one of them.
#include <string.h>

#include "component/business/identity.h"
#include "component/business/routes.h"
#include "component/business/step.h"

static const char challenge_event[] = "identity_challenge";
static const char proof_event[] = "identity_certificate";
static const char challenge_artifact[] = "proof_challenge";

#define EXEMPTION_CLAUSE "JR/T 0299-2024 5.2.2"

enum { CERTIFICATE_MAX = 16 * 1024, CARRIER_MAX = 64 * 1024 };

#define CHALLENGE_LIFETIME (5 * TIME_MINUTE)

// What the terminal sent, and what it is judged by.
typedef struct {
    CertificateProof proof;
    bool claims_exemption;  // a carrier is stated, if only with an empty statement
    CertificateProofRules rules;
    Bytes crl;  // the list that tells about the certificate; empty: none
} ProofWork;

static bool check_offered(const Work *work, bool claims_exemption, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    if (config->authorities != NULL && (!claims_exemption || config->registries != NULL)) {
        return true;
    }
    return error_set(err, ERROR_FORBIDDEN, "exemption.not_offered", EXEMPTION_CLAUSE,
                     "%s not accepted here",
                     config->authorities == NULL ? "existing certificates are"
                                                 : "statements about carriers are");
}

// --- the challenge ----------------------------------------------------------------------------

static bool give_challenge(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    uint8_t challenge[CHALLENGE_SIZE];
    if (!step_no_fields(body, err) || !check_offered(work, false, err) ||
        !random_fill(work->business->config.random, challenge, sizeof challenge, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_base64(reply, "challenge", BYTES_OF_ARRAY(challenge));
    json_put_time(reply, "expires_at", work->now + CHALLENGE_LIFETIME);
    return work_put_json(work, challenge_artifact, 0, json_deep_copy(reply), err) &&
           work_note(work, challenge_event, "ok", "", err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_identity_challenge(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    static const Step step = {challenge_event, STEP_FROM(STATE_CONSENTED), "JR/T 0299-2024 4 a",
                              give_challenge, NULL};
    return step_run(&step, component, request, response, err);
}

// Take the session's challenge; once the work is committed it is used up, whatever came of it.
static bool take_challenge(Work *work, Bytes *ret, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *kept = NULL;
    if (!work_get(work, challenge_artifact, &text, err) || !json_parse(text, &kept, err)) {
        return false;
    }
    if (json_object_size(kept) == 0) {
        return error_set(err, ERROR_CONFLICT, "exemption.challenge_used", EXEMPTION_CLAUSE " b",
                         "the challenge was used; please ask for a new one");
    }
    JsonView view = json_view(kept, "challenge", err);
    *ret = json_view_base64(&view, work->arena, "challenge", CHALLENGE_SIZE);
    const Time expires_at = json_view_time(&view, "expires_at");
    if (!json_view_done(&view)) {
        return false;
    }
    if (work->now > expires_at) {
        return error_set(err, ERROR_CONFLICT, "exemption.challenge_expired", EXEMPTION_CLAUSE " b",
                         "the challenge has expired; please ask for a new one");
    }
    return work_put_json(work, challenge_artifact, 0, json_make_object(), err);
}

// --- what it is judged by ---------------------------------------------------------------------

static bool proof_parse(const json_t *body, Arena *arena, ProofWork *ret, Error *err)
{
    JsonView view = json_view(body, "proof", err);
    ret->proof.certificate = json_view_base64(&view, arena, "certificate", CERTIFICATE_MAX);
    ret->proof.signature = json_view_base64(&view, arena, "signature", SM2_SIGNATURE_DER_MAX);
    ret->claims_exemption = !view.failed && json_object_get(body, "carrier_statement") != NULL;
    if (ret->claims_exemption) {
        ret->proof.carrier_statement =
            json_view_base64(&view, arena, "carrier_statement", CARRIER_MAX);
    }
    return json_view_done(&view);
}

// Whether the certificate is revoked is asked now; an answer that does not come is no answer.
static bool load_rules(Work *work, const Applicant *applicant, ProofWork *ret, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Certificate certificate;
    Bytes crl;
    TrustStore *trust = trust_store_extend(work->arena, config->authorities);
    if (trust == NULL) {
        return error_memory(err);
    }
    if (!certificate_load(work->arena, ret->proof.certificate, &certificate, err) ||
        !config->status.crl(&config->status, work->arena, &crl, err) ||
        !trust_store_add_crls(trust, crl, err)) {
        return false;
    }
    const PathPolicy path = {.trust = trust, .at = work->now};
    const Crl *deciding = path_find_evidence(&path, &certificate).list;
    // A delta list says nothing without the list that it changes: both came together.
    ret->crl = deciding == NULL ? BYTES_EMPTY : crl_is_delta(deciding) ? crl : deciding->der;
    ret->rules = (CertificateProofRules){.policy = &work->business->policy,
                                         .authorities = trust,
                                         .registries = config->registries,
                                         .revocation = REVOCATION_REQUIRED,
                                         .salt = applicant_salt(applicant),
                                         .now = work->now};
    return true;
}

// --- what follows -----------------------------------------------------------------------------

// Keep what was shown, so that others can judge it again. Source: JR/T 0299-2024 8.3 a.
static bool keep_proof(Work *work, const ProofWork *shown, Error *err)
{
    const CertificateProof *proof = &shown->proof;
    json_t *json = json_make_object();
    json_put_base64(json, "challenge", proof->challenge);
    json_put_base64(json, "signature", proof->signature);
    return work_put_json(work, "proof", 0, json, err) &&
           work_put(work, "proof_certificate", 0, proof->certificate, err) &&
           (shown->crl.len == 0 || work_put(work, "proof_crl", 0, shown->crl, err)) &&
           (proof->carrier_statement.len == 0 ||
            work_put(work, "proof_carrier", 0, proof->carrier_statement, err));
}

// Source: JR/T 0299-2024 5.2.2.
static bool exempt(Work *work, Measuring *measuring, const ProofWork *shown,
                   ServiceResponse *response, Error *err)
{
    static const IdentityEvaluation evaluation = {
        .outcome = IDENTITY_PASS, .reasons = {"identity.exempt"}, .reason_count = 1};
    return keep_proof(work, shown, err) &&
           work_note(work, "exemption", measure_result_name(RESULT_PASS),
                     key_carrier_name(measuring->exemption->carrier), err) &&
           identity_decide(work, measuring, &evaluation, err) &&
           measuring_reply(work, NULL, &evaluation, response, err) && identity_commit(work, err);
}

// Nothing of the refused try takes effect but that it was made and that its challenge is used up.
// A chain that leads to nobody known is refused too: waiting will not make its issuer known.
static bool refuse(Work *work, Error *refusal, Error *err)
{
    if (strcmp(refusal->code, "path.anchor") == 0) {
        refusal->kind = ERROR_UNTRUSTED;
    }
    const bool is_verdict = refusal->kind != ERROR_UNAVAILABLE && refusal->kind != ERROR_INTERNAL;
    if (is_verdict &&
        (!work_note_refusal(work, proof_event, refusal->code, err) || !work_commit(work, err))) {
        return false;
    }
    *err = *refusal;
    return false;
}

static bool take_exemption(Work *work, Measuring *measuring, const ProofWork *shown,
                           ServiceResponse *response, Error *err)
{
    Exemption exemption;
    Error refusal = {0};
    if (!exemption_check(work->arena, &measuring->applicant.person, &shown->proof, &shown->rules,
                         &exemption, &refusal)) {
        return refuse(work, &refusal, err);
    }
    measuring->exemption = &exemption;
    const bool ok = exempt(work, measuring, shown, response, err);
    measuring->exemption = NULL;
    return ok;
}

static bool take_measure(Work *work, Measuring *measuring, const ProofWork *shown,
                         ServiceResponse *response, Error *err)
{
    Error refusal = {0};
    if (measuring->count == MEASURES_MAX) {
        return error_set(err, ERROR_LIMIT, "identity.too_many_tries", NULL,
                         "no more than %d measures in one session", MEASURES_MAX);
    }
    measuring->latest = measuring->count++;
    if (!certificate_measure(work->arena, &measuring->applicant.person, &shown->proof,
                             &shown->rules, &measuring->measures[measuring->latest], &refusal)) {
        return refuse(work, &refusal, err);
    }
    return keep_proof(work, shown, err) && measuring_conclude(work, measuring, response, err);
}

static bool take_proof(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Measuring measuring;
    ProofWork shown = {0};
    if (!proof_parse(body, work->arena, &shown, err) ||
        !check_offered(work, shown.claims_exemption, err) ||
        !measuring_load(work, &measuring, err) ||
        !load_rules(work, &measuring.applicant, &shown, err) ||
        !take_challenge(work, &shown.proof.challenge, err)) {
        return false;
    }
    return shown.claims_exemption ? take_exemption(work, &measuring, &shown, response, err)
                                  : take_measure(work, &measuring, &shown, response, err);
}

bool handle_identity_certificate(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    static const Step step = {proof_event, STEP_FROM(STATE_CONSENTED), "JR/T 0299-2024 4 a",
                              take_proof, NULL};
    return step_run(&step, component, request, response, err);
}
