// SPDX-License-Identifier: Apache-2.0
//
// The person's certificate: requested with its own key, issued for this person and this offer, and
// neither revoked nor on hold when it signed.
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "domain/casefile/case_scene.h"
#include "domain/pki/csr.h"
#include "domain/pki/ocsp_response.h"
#include "domain/pki/oid.h"

static const char issue_type[] = "assent.certificate-issued/1";

static void judge_request(CaseScene *scene)
{
    Csr csr;
    Error err = {0};
    Bytes der = scene->content->parts[CASE_CSR];
    if (der.len == 0) {
        return;
    }
    bool holds = csr_parse(der, &csr, &err) && csr_verify_possession(&csr, &err);
    if (verdict_take(scene->verdict, holds, AREA_CRYPTOGRAPHY, "case.certificate_request",
                     "RFC 2986 3", &err)) {
        (void)verdict_require(scene->verdict,
                              sm2_public_key_equal(&csr.public_key, &scene->certificate.public_key),
                              AREA_CRYPTOGRAPHY, "case.certificate_key", "JR/T 0299-2024 6.2",
                              "the certificate is for the key that asked for it");
    }
}

// True if the object states this text or, in base64, these bytes under the key.
static bool states_bytes(const json_t *object, const char *key, Bytes wanted, Arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    Bytes bytes;
    return text != NULL && base64_decode_arena(arena, bytes_of_text(text), &bytes, NULL) &&
           bytes_equal(bytes, wanted);
}

// The CA states what it issued, and C2 handed that over.
static void judge_issue(CaseScene *scene)
{
    Statement statement;
    CLEANUP(json_cleanup) json_t *issue = NULL;
    CLEANUP(json_cleanup) json_t *registration = NULL;
    const char *outer = case_enter(scene, CASE_ISSUE);
    if (case_take_statement(scene, CASE_ISSUE, issue_type, &statement) &&
        verdict_require(scene->verdict, json_parse(statement.payload, &issue, NULL), AREA_FORMAT,
                        "case.certificate_issue", "JR/T 0299-2024 6.4",
                        "the CA's record of the issue can be read") &&
        case_take_json(scene, CASE_REGISTRATION, AREA_FORMAT, "case.certificate_issue",
                       &registration)) {
        Bytes der = scene->content->parts[CASE_CERTIFICATE];
        const char *issued = json_string_value(json_object_get(issue, "issued_at"));
        bool fits = states_bytes(issue, "certificate", der, scene->arena) &&
                    states_bytes(registration, "certificate", der, scene->arena) &&
                    states_bytes(registration, "issue_statement", scene->content->parts[CASE_ISSUE],
                                 scene->arena);
        (void)verdict_require(scene->verdict, fits, AREA_CRYPTOGRAPHY, "case.certificate_issue",
                              "JR/T 0299-2024 6.4",
                              "the CA and the registration state that this certificate was issued");
        case_judge_issuance(scene, issue, statement.signed_at);
        scene->issued_at = statement.signed_at;
        Time at;
        if (issued != NULL && time_from_text(bytes_of_text(issued), &at, NULL)) {
            scene->issued_at = at;
        }
    }
    verdict_leave(scene->verdict, outer);
}

// Whether the answer is one: what it says of the certificate is weighed with the lists.
static void judge_answer(CaseScene *scene)
{
    OcspResponse response;
    Certificate responder;
    Error err = {0};
    Bytes der = scene->content->parts[CASE_OCSP];
    const Certificate *issuer = trust_store_find_subject(
        scene->trust, scene->certificate.issuer, scene->certificate.authority_key_identifier, 0);
    if (der.len == 0 || !ocsp_response_parse(der, &response, NULL)) {
        return;  // gather_trust says why
    }
    const char *outer = case_enter(scene, CASE_OCSP);
    bool holds =
        issuer != NULL && ocsp_response_verify(&response, issuer, scene->trust, &responder, &err);
    char produced[TIME_TEXT_SIZE];
    time_to_text(response.produced_at, produced);
    verdict_add(scene->verdict, AREA_TRUST, holds ? CHECK_PASSED : CHECK_INFORMED, "case.ocsp",
                "RFC 6960 3.2",
                holds ? "who may speak for the CA answered at %s"
                      : "the answer of %s is not used: nobody who may speak for the CA gave it",
                produced);
    verdict_leave(scene->verdict, outer);
}

// A certificate without the extension was not issued for one scenario only: noted.
static void judge_scenario(CaseScene *scene)
{
    static const char clause[] = "JR/T 0299-2024 6.2";
    CertificateExtension extension;
    Bytes offer = scene->content->parts[CASE_OFFER];
    if (offer.len == 0) {
        return;
    }
    if (!certificate_find_extension(&scene->certificate, OID_SCENARIO, &extension)) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_INFORMED, "case.scenario", clause,
                    "the certificate is not limited to one scenario");
        return;
    }
    Reader reader = reader_of(extension.value);
    Bytes stated = der_octet_string(&reader);
    Sm3Digest digest = scene->file->digests[CASE_OFFER];
    (void)verdict_require(
        scene->verdict, reader_done(&reader) && bytes_equal(stated, sm3_bytes(&digest)),
        AREA_POLICY, "case.scenario", clause, "the certificate is for the offer in this file");
}

void case_judge_certificate(CaseScene *scene)
{
    Error err = {0};
    Bytes der = scene->content->parts[CASE_CERTIFICATE];
    if (der.len == 0) {
        return;
    }
    const char *outer = case_enter(scene, CASE_CERTIFICATE);
    if (!certificate_parse(der, &scene->certificate, &err)) {
        add_parse_failure(scene->verdict, der, &err);
        verdict_leave(scene->verdict, outer);
        return;
    }
    scene->has_certificate = true;
    PathPolicy path = {.trust = scene->trust,
                       .at = case_signing_time(scene),
                       .purpose = PURPOSE_SIGNATURE,
                       .revocation = scene->policy->institutions};
    (void)path_check(&path, &scene->certificate, scene->verdict);
    (void)revocation_is_decided(scene->trust, &scene->certificate, case_signing_time(scene),
                                "case.revocation_list", scene->verdict);
    judge_request(scene);
    judge_scenario(scene);
    verdict_leave(scene->verdict, outer);
    judge_answer(scene);
    judge_issue(scene);
}
