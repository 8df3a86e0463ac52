// SPDX-License-Identifier: Apache-2.0
//
// What an external CA gives is believed when it is what was asked for.
#include "component/port/external_issue.h"

#include "domain/pki/key_request.h"
#include "domain/pki/oid.h"
#include "domain/pki/path.h"

static bool wrong(Error *err, const char *what)
{
    return error_set(err, ERROR_UNTRUSTED, "external_ca.certificate", "JR/T 0299-2024 6.2", "%s",
                     what);
}

static bool is_for(const Certificate *certificate, const CertificationRequest *asked)
{
    KeyRequest key;
    Bytes name, number;
    return key_request_parse(asked->csr, &key, NULL) &&
           sm2_public_key_equal(&certificate->public_key, &key.public_key) &&
           name_find(certificate->subject, OID_COMMON_NAME, &name) &&
           bytes_equal_text(name, asked->common_name) &&
           name_find(certificate->subject, OID_SERIAL_NUMBER, &number) &&
           bytes_equal_text(number, asked->serial_number);
}

static bool leads_to_anchor(const ExternalIssue *issue, const Certificate *certificate,
                            Arena *arena, Error *err)
{
    TrustStore *trust = trust_store_extend(arena, issue->trust);
    Error failure = {0};
    if (trust == NULL) {
        return error_memory(err);
    }
    const PathPolicy policy = {.trust = trust,
                               .at = issue->now,
                               .purpose = PURPOSE_SIGNATURE,
                               .revocation = REVOCATION_NOT_NEEDED};
    bool ok = trust_store_add_certificates(trust, issue->issuer, &failure);
    for (size_t i = 0; i < issue->chain_count && ok; i++) {
        ok = trust_store_add_certificates(trust, issue->chain[i], &failure);
    }
    return (ok && path_verify(&policy, certificate, &failure)) ||
           error_set(err, ERROR_UNTRUSTED, "external_ca.certificate", "JR/T 0299-2024 6.2",
                     "the certificate is not valid: %s", failure.code);
}

bool external_issue_check(const ExternalIssue *issue, const CertificationRequest *asked,
                          Bytes certificate_der, Arena *arena, Error *err)
{
    Certificate certificate, issuer;
    if (!certificate_parse(issue->issuer, &issuer, err)) {
        return error_context(err, "the certificate of the external CA");
    }
    if (!certificate_parse(certificate_der, &certificate, NULL)) {
        return wrong(err, "what the CA gave is no certificate");
    }
    if (!is_for(&certificate, asked)) {
        return wrong(err, "the certificate is for another key or person");
    }
    if (!name_matches(certificate.issuer, issuer.subject) ||
        !certificate_verify_signature(&certificate, &issuer, NULL)) {
        return wrong(err, "the certificate is by another issuer");
    }
    return leads_to_anchor(issue, &certificate, arena, err);
}

bool external_issue_state(const ExternalRecord *record, const CertificationRequest *asked,
                          const Institution *institution, Arena *arena, CertificationResult *ret,
                          Bytes *ret_statement, Error *err)
{
    const CertificationResult result = {.request_id = asked->request_id,
                                        .certificate = record->certificate,
                                        .chain = {record->issuer},
                                        .chain_count = 1,
                                        .profile = asked->profile,
                                        .policy_oid = record->policy_oid,
                                        .cps_uri = record->cps_uri,
                                        .cps_version = record->cps_version,
                                        .issued_at = clock_now(institution->clock)};
    CLEANUP(json_cleanup) json_t *payload = certification_result_to_json(&result);
    if (!institution_state(institution, CERTIFICATION_ISSUED_TYPE, payload, arena, ret_statement,
                           err)) {
        return error_context(err, "recording an issue of the external CA");
    }
    *ret = result;
    return true;
}
