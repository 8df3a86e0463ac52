// SPDX-License-Identifier: Apache-2.0
//
// M2, M3: from a signed request to a certificate and the signed record of its issue.
#include <string.h>

#include "base/codec/hex.h"
#include "component/certification/authority.h"
#include "component/certification/extras.h"
#include "component/certification/issuance.h"
#include "component/certification/issue_state.h"
#include "component/certification/lint.h"
#include "component/certification/lists.h"
#include "component/certification/pairs.h"
#include "component/certification/records_pair.h"
#include "component/port/message.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/key_request.h"
#include "domain/pki/oid.h"
#include "domain/privacy/number_commitment.h"
#include "domain/privacy/person_index.h"

// One of the certificates while it is made.
typedef struct {
    const Profile *profile;  // whose key usage it gets
    CertificateTemplate template;
    Bytes tbs;  // linted, to be signed
    Bytes certificate;
    const char *serial;
    Certificate parsed;
} Making;

// --- the certificate --------------------------------------------------------------------------

static bool build_subject(const Issue *issue, Bytes *ret, Error *err)
{
    const char *organization = issue->certification->config.organization;
    NameAttribute attributes[5];
    size_t count = 0;
    attributes[count++] = (NameAttribute){OID_COUNTRY, "CN"};
    if (organization != NULL) {
        attributes[count++] = (NameAttribute){OID_ORGANIZATION, organization};
    }
    attributes[count++] = (NameAttribute){OID_ORGANIZATIONAL_UNIT, issue->registrar->name};
    attributes[count++] = (NameAttribute){OID_SERIAL_NUMBER, issue->request.serial_number};
    attributes[count++] = (NameAttribute){OID_COMMON_NAME, issue->request.common_name};
    return name_build(issue->arena, attributes, count, ret, err);
}

static bool lint(const Issue *issue, const Making *making, Bytes candidate, Certificate *ret,
                 Error *err)
{
    const LintRules rules = {.issuer = making->template.issuer,
                             .profile = making->profile,
                             .common_name = issue->request.common_name,
                             .serial_number = issue->request.serial_number,
                             .public_key = making->template.public_key,
                             .person_number = issue->number,
                             .number_commitment = issue->request.number_commitment,
                             .needs_crl_url = issue->certification->config.crl_uri != NULL};
    return certificate_parse(candidate, ret, err) && lint_certificate(ret, &rules, err);
}

// Build and lint what is to be signed.
static bool draw_up(const Issue *issue, Making *making, Error *err)
{
    CLEANUP(writer_free) Writer candidate = writer_new(MESSAGE_CERTIFICATE_SIZE);
    Certificate linted;
    if (!certificate_draft(&making->template, issue->certification->config.ca, &candidate, err) ||
        !lint(issue, making, writer_bytes(&candidate), &linted, err)) {
        return error_context(err, "issuing a certificate");
    }
    making->tbs = arena_copy(issue->arena, linted.tbs);
    return making->tbs.data != NULL || error_memory(err);
}

// Put the signature to what was linted, and to nothing else.
static bool finish(const Issue *issue, const Sm2Signature *signature, Making *making, Error *err)
{
    CLEANUP(writer_free) Writer der = writer_new(MESSAGE_CERTIFICATE_SIZE);
    certificate_put(making->tbs, signature, &der);
    making->certificate = arena_copy(issue->arena, writer_bytes(&der));
    if (der.failed || making->certificate.data == NULL) {
        return error_memory(err);
    }
    if (!certificate_parse(making->certificate, &making->parsed, err)) {
        return error_context(err, "issuing a certificate");
    }
    if (!bytes_equal(making->tbs, making->parsed.tbs)) {
        return error_set(err, ERROR_INTERNAL, "certification.not_linted", NULL,
                         "the certificate that was signed is not the one that was checked");
    }
    making->serial = certificate_serial_text(issue->arena, &making->parsed);
    return making->serial != NULL || error_memory(err);
}

// Fill in what all certificates of a person have in common.
static bool make(const Issue *issue, Making *making, Error *err)
{
    const Certification *certification = issue->certification;
    const CertificationConfig *config = &certification->config;
    const Certificate *issuer = &certification->issuer;
    uint8_t serial[16];
    CLEANUP(extras_free) Extras extras = extras_new(&issue->request, issue->number);
    Time begin = issue->now - issue->profile->backdating;
    CertificateTemplate *template = &making->template;
    template->serial = BYTES_OF_ARRAY(serial);
    template->issuer = issuer;
    template->not_before = begin < issuer->not_before ? issuer->not_before : begin;
    template->not_after = issue->now + issue->profile->validity;
    template->policy = issue->profile->policy;
    template->cps_url = config->cps_uri;
    template->ocsp_url = config->ocsp.uri;
    template->ca_issuers_url = config->ca_issuers_uri;
    template->extra = extras.list;
    template->extra_count = extras.count;
    return certificate_serial_generate(config->random, serial, err) &&
           build_subject(issue, &template->subject, err) &&
           authority_list_url(issue->certification, issue->now, issue->arena, &template->crl_url,
                              err) &&
           draw_up(issue, making, err);
}

static bool sign(const Issue *issue, Bytes tbs, Sm2Signature *ret, Error *err)
{
    return certificate_sign_many(&tbs, 1, issue->certification->config.ca, ret, err) ||
           error_context(err, "issuing a certificate");
}

// The companion of a signing certificate: of the same subject and period, for encryption only, with
// a key that the key management made. Source: GM/T 0015-2012 annex C.
static bool make_companion(Issue *issue, const Certificate *signing, Error *err)
{
    Profile encryption = *issue->profile;
    encryption.key_usage = USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT;
    if (!pairs_ask(issue->certification, signing, issue->arena, &issue->encryption_key, err)) {
        return false;
    }
    Making making = {.profile = &encryption,
                     .template = {.profile = PROFILE_ENCRYPTION,
                                  .public_key = &issue->encryption_key.public_key}};
    Sm2Signature signature;
    if (!make(issue, &making, err) || !sign(issue, making.tbs, &signature, err) ||
        !finish(issue, &signature, &making, err)) {
        return false;
    }
    issue->encryption_certificate = making.certificate;
    issue->encryption_serial = making.serial;
    return true;
}

// The signing certificate, up to its signature.
static bool draw_up_certificate(Issue *issue, Error *err)
{
    Making making = {.profile = issue->profile,
                     .template = {.profile = PROFILE_PERSON, .public_key = &issue->key.public_key}};
    if (!make(issue, &making, err)) {
        return false;
    }
    issue->tbs = making.tbs;
    return true;
}

static bool finish_certificates(Issue *issue, const Sm2Signature *signature, Error *err)
{
    Making making = {.profile = issue->profile, .tbs = issue->tbs};
    if (!finish(issue, signature, &making, err)) {
        return false;
    }
    issue->certificate = making.certificate;
    issue->parsed = making.parsed;
    issue->serial = making.serial;
    issue->expires_at = making.parsed.not_after;
    return !issue->profile->has_pair || make_companion(issue, &making.parsed, err);
}

// --- the record -------------------------------------------------------------------------------

// What is stated about the issue; borrows from it.
static CertificationResult record_of(const Issue *issue)
{
    const Certification *certification = issue->certification;
    const CertificationConfig *config = &certification->config;
    CertificationResult result = {
        .request_id = issue->request.request_id,
        .certificate = issue->certificate,
        .chain_count = config->chain_count,
        .profile = issue->profile->name,
        .policy_oid = issue->profile->policy_oid,
        .cps_uri = config->cps_uri,
        .cps_version = issue->rules->profiles.cps_version,
        .cps_digest = issue->rules->profiles.cps_digest,
        .issued_at = issue->now,
        .encryption_certificate = issue->encryption_certificate,
    };
    memcpy(result.chain, config->chain, sizeof(result.chain));
    return result;
}

// Sign the record now; one that is to be logged first is signed with its receipt.
static bool state_issue(const Issue *issue, const CertificationResult *record,
                        const FieldPlace *place, Bytes *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = certification_result_to_json(record);
    Bytes statement;
    return institution_state(&issue->certification->config.institution, CERTIFICATION_ISSUED_TYPE,
                             payload, issue->arena, &statement, err) &&
           certification_seal(issue->certification, place, statement, issue->arena, ret, err);
}

static bool fill_row(Issue *issue, CertificateRow *ret, Error *err)
{
    const Certification *certification = issue->certification;
    const FieldPlace request_place = {"certificate", "request", issue->serial};
    const FieldPlace issue_place = {"certificate", "issue", issue->serial};
    const DraftSource draft = {&issue->request, &issue->record, &issue->parsed, ret};
    issue->record = record_of(issue);
    *ret = (CertificateRow){
        .serial = issue->serial,
        .registrar = issue->registrar->name,
        .institution = issue->caller,
        .request_id = issue->request.request_id,
        .request_digest = issue->digest,
        .subject_index = identifier_index(certification->config.index_key, "subject",
                                          bytes_of_text(issue->request.serial_number)),
        .key_digest = sm3_digest(sm2_public_key_bytes(&issue->key.public_key)),
        .profile = issue->profile->name,
        .state = CERTIFICATE_ACTIVE,
        .issued_at = issue->now,
        .expires_at = issue->expires_at,
        .carrier = issue->request.carrier,
        .carrier_serial = issue->request.carrier_serial,
        .agreement = issue->registrar->agreement,
        .requirements = issue->registrar->requirements,
        .suspended_by = "",
        .predecessor = issue->request.renews,
        .successor = "",
    };
    return certification_seal(certification, &request_place, issue->statement, issue->arena,
                              &ret->request, err) &&
           issuance_draft(certification, &draft, issue->arena, &issue->logging, err) &&
           (ret->draft != NULL ||
            state_issue(issue, &issue->record, &issue_place, &ret->issue, err));
}

// The companion's row: its record is its own, its request the same.
static bool fill_companion(const Issue *issue, CertificateRow *row, Error *err)
{
    const Certification *certification = issue->certification;
    const FieldPlace request = {"certificate", "request", issue->encryption_serial};
    const FieldPlace record_place = {"certificate", "issue", issue->encryption_serial};
    const FieldPlace envelope = {"pair", "envelope", issue->serial};
    CertificatePair *pair = arena_alloc(issue->arena, sizeof *pair);
    CertificationResult record = record_of(issue);
    char *request_id = arena_format(issue->arena, "%s/encryption", issue->request.request_id);
    if (pair == NULL || request_id == NULL) {
        return error_memory(err);
    }
    *pair = (CertificatePair){.row = {.serial = issue->serial,
                                      .encryption_serial = issue->encryption_serial,
                                      .key_id = issue->encryption_key.key_id},
                              .encryption = *row};
    CertificateRow *companion = &pair->encryption;
    companion->serial = issue->encryption_serial;
    companion->request_id = request_id;
    companion->key_digest = sm3_digest(sm2_public_key_bytes(&issue->encryption_key.public_key));
    companion->predecessor = "";
    companion->draft = NULL;
    record.request_id = request_id;
    record.certificate = issue->encryption_certificate;
    record.encryption_certificate = BYTES_EMPTY;
    row->pair = pair;
    return certification_seal(certification, &request, issue->statement, issue->arena,
                              &companion->request, err) &&
           state_issue(issue, &record, &record_place, &companion->issue, err) &&
           certification_seal(certification, &envelope, issue->encryption_key.enveloped_key,
                              issue->arena, &pair->row.envelope, err);
}

// The record kept for this request before, when there is one.
static bool answer_again(const Issue *issue, bool *ret_found, Bytes *ret_statement, Error *err)
{
    CertificateRow row;
    if (!certificate_record_find_request(issue->certification->store, issue->registrar->name,
                                         issue->request.request_id, issue->arena, &row, err)) {
        return false;
    }
    *ret_found = row.serial != NULL;
    if (!*ret_found) {
        return true;
    }
    if (!sm3_digest_equal(&row.request_digest, &issue->digest)) {
        return error_set(err, ERROR_CONFLICT, "certification.request_reused", NULL,
                         "another certificate was asked for under this request id");
    }
    if (row.erased_at != 0) {
        return error_set(err, ERROR_NOT_FOUND, "certificate.erased", "Electronic Signature Law 24",
                         "the record of the issue has been erased, its time was over");
    }
    return issuance_finish(issue->certification, &row, issue->arena, ret_statement, err);
}

static bool begin(Certification *certification, AuthorityRequest *request, Issue **ret, Error *err)
{
    Statement received;
    Arena *arena = request->arena;
    Issue *issue = arena_alloc(arena, sizeof(*issue));
    if (issue == NULL) {
        return error_memory(err);
    }
    *issue = (Issue){.certification = certification,
                     .rules = certification_rules(certification),
                     .arena = arena,
                     .caller = request->caller,
                     .statement = request->statement,
                     .now = clock_now(certification->config.institution.clock)};
    if (!partners_accept(&issue->rules->pinned, CERTIFICATION_REQUEST_TYPE, request->statement,
                         arena, &received, err) ||
        !certification_request_parse(received.payload, arena, &issue->request, err)) {
        return false;
    }
    request->request_id = issue->request.request_id;
    issue->registrar = registrar_find(issue->rules, &received.signer);
    issue->digest = sm3_digest(received.payload);
    *ret = issue;
    return true;
}

bool authority_take_issue(Certification *certification, AuthorityRequest *request,
                          PlannedIssue *ret, Error *err)
{
    *ret = (PlannedIssue){.is_answered = false};
    if (!begin(certification, request, &ret->issue, err) ||
        !answer_again(ret->issue, &ret->is_answered, &ret->statement, err)) {
        return false;
    }
    return ret->is_answered || issue_check(ret->issue, err);
}

bool authority_draw_up_issue(PlannedIssue *planned, Bytes *ret_tbs, Error *err)
{
    Issue *issue = planned->issue;
    planned->holder = identifier_index(issue->certification->config.index_key, "holder",
                                       bytes_of_text(issue->request.common_name));
    if (!issue_check_possession(issue, err) || !draw_up_certificate(issue, err)) {
        return false;
    }
    *ret_tbs = issue->tbs;
    return true;
}

bool authority_finish_issue(PlannedIssue *planned, const Sm2Signature *signature, Error *err)
{
    Issue *issue = planned->issue;
    return finish_certificates(issue, signature, err) && fill_row(issue, &planned->row, err) &&
           (!issue->profile->has_pair || fill_companion(issue, &planned->row, err));
}

bool authority_issue(Certification *certification, AuthorityRequest *request, Bytes *ret_statement,
                     Error *err)
{
    PlannedIssue planned;
    Sm2Signature signature;
    Bytes tbs;
    bool found;
    if (!authority_take_issue(certification, request, &planned, err)) {
        return false;
    }
    if (planned.is_answered) {
        *ret_statement = planned.statement;
        return true;
    }
    CertificateInsertion insertion = {.row = &planned.row, .holder_digest = &planned.holder};
    if (!authority_draw_up_issue(&planned, &tbs, err) ||
        !sign(planned.issue, tbs, &signature, err) ||
        !authority_finish_issue(&planned, &signature, err) ||
        !certificate_record_insert(certification->store, &insertion, err)) {
        return false;
    }
    const Issue *issue = planned.issue;
    return insertion.raced ? answer_again(issue, &found, ret_statement, err)
                           : issuance_finish_inserted(issue->logging, certification, &insertion,
                                                      issue->arena, ret_statement, err);
}
