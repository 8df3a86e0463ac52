// SPDX-License-Identifier: Apache-2.0
//
// M2, M3: from a signed request to a certificate and the signed record of its issue.
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "component/certification/authority.h"
#include "component/certification/issuance.h"
#include "component/certification/lint.h"
#include "component/certification/lists.h"
#include "component/port/message.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/key_request.h"
#include "domain/pki/oid.h"
#include "domain/privacy/number_commitment.h"
#include "domain/privacy/person_index.h"

enum {
    NAME_MAX_CHARACTERS = 64,  // ub-common-name of RFC 5280
    SUBJECT_SERIAL_MIN = 8,
    SUBJECT_SERIAL_MAX = 64,
    ID_NUMBER_LEN = 18,
    EXTRA_VALUE_SIZE = 64,
};

// One request on its way to a certificate. Everything is in the request's arena.
typedef struct {
    Certification *certification;
    Arena *arena;
    const Rules *rules;  // in force when the request came
    const Registrar *registrar;
    const char *caller;
    Bytes statement;
    Sm3Digest digest;  // of the request's payload
    CertificationRequest request;
    const Profile *profile;
    char number[PERSON_NUMBER_LEN + 1];  // "": not in the certificate
    KeyRequest key;
    Time now;
    Bytes certificate;
    const char *serial;
    Time expires_at;
} Issue;

// --- the request ------------------------------------------------------------------------------

static bool check_licence(const Issue *issue, Error *err)
{
    const CertificationLicence *licence = &issue->certification->config.licence;
    if (issue->now < licence->valid_from || issue->now >= licence->valid_until) {
        return error_set(err, ERROR_FORBIDDEN, "certification.licence",
                         "JR/T 0299-2024 6.1; Electronic Signature Law 18",
                         "nothing is issued: the licence to certify is not in force");
    }
    if (issue->now + issue->profile->validity > issue->certification->issuer.not_after) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.issuer_ends",
                         "GM/T 0015-2012 annex C",
                         "nothing is issued: the CA's certificate ends too soon");
    }
    return true;
}

static bool subject_serial_is_sound(const char *serial)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
    size_t len = strlen(serial);
    size_t digits = strspn(serial, "0123456789");
    bool is_id_number = len == ID_NUMBER_LEN && digits >= ID_NUMBER_LEN - 1;
    return len >= SUBJECT_SERIAL_MIN && len <= SUBJECT_SERIAL_MAX &&
           strspn(serial, allowed) == len && !is_id_number;
}

static size_t character_count(const char *utf8)
{
    size_t count = 0;
    for (; *utf8 != '\0'; utf8++) {
        count += (*utf8 & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
}

static bool check_subject(const CertificationRequest *request, Error *err)
{
    if (character_count(request->common_name) > NAME_MAX_CHARACTERS) {
        return error_set(err, ERROR_INPUT, "certification.name", "JR/T 0299-2024 6.2 b",
                         "the name has over %d characters", NAME_MAX_CHARACTERS);
    }
    return subject_serial_is_sound(request->serial_number) ||
           error_set(err, ERROR_INPUT, "certification.serial_number", "JR/T 0299-2024 6.2 c",
                     "the subject's serial number is 8 to 64 letters, digits and hyphens, "
                     "and no ID number");
}

// Source: JR/T 0299-2024 6.6.
static bool check_carrier(const Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    if (!profile_has_carrier(issue->profile, request->carrier)) {
        return error_set(err, ERROR_FORBIDDEN, "certification.carrier", "JR/T 0299-2024 6.6",
                         "profile %.64s is not for keys that lie in \"%.16s\"",
                         issue->profile->name, request->carrier);
    }
    bool is_hardware = strcmp(request->carrier, "token") == 0;
    return is_hardware == (request->carrier_serial[0] != '\0') ||
           error_set(err, ERROR_INPUT, "certification.carrier", "JR/T 0299-2024 6.6 a",
                     "hardware is named by its serial number, and nothing else is");
}

// Scenario certificates are not renewed; of the others, what becomes of the old one is seen to when
// the new one is inserted. Source: JR/T 0299-2024 6.5.
static bool check_renewal(Issue *issue, Error *err)
{
    CertificationRequest *request = &issue->request;
    if (request->renews[0] == '\0') {
        return true;
    }
    request->renews = serial_canonical(issue->arena, request->renews);
    if (request->renews == NULL) {
        return error_memory(err);
    }
    return issue->profile->is_renewable ||
           error_set(err, ERROR_FORBIDDEN, "certification.renewal", "JR/T 0299-2024 6.5",
                     "certificates of profile %.64s are not renewed", issue->profile->name);
}

// The personal number is in the certificate only where the profile says so. Source: JR/T 0171-2020
// 6.1.3.
static bool check_number(Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    bool has_number = request->person_number[0] != '\0';
    if (has_number != issue->profile->has_identify_code) {
        return error_set(
            err, ERROR_FORBIDDEN, "certification.person_number", "JR/T 0171-2020 6.1.3",
            "the personal number belongs into certificates of such a profile, and only "
            "there");
    }
    return !has_number ||
           person_number_normalise(bytes_of_text(request->person_number), issue->number, err);
}

static bool check_request(Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    issue->profile = profiles_find(&issue->rules->profiles, request->profile);
    if (issue->profile == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "certification.profile", "JR/T 0299-2024 6.4",
                         "there is no certificate profile \"%.64s\"", request->profile);
    }
    return check_licence(issue, err) && check_subject(request, err) && check_carrier(issue, err) &&
           check_renewal(issue, err) && check_number(issue, err) &&
           key_request_parse(request->csr, &issue->key, err) &&
           key_request_verify_possession(&issue->key, err);
}

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

// A signer that knows the CA's public key and signs nothing: what it makes is read by the linter
// and thrown away.
static bool sign_nothing(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer;
    (void)e;
    (void)err;
    *ret = (Sm2Signature){.r = {[SM2_SCALAR_SIZE - 1] = 1}, .s = {[SM2_SCALAR_SIZE - 1] = 1}};
    return true;
}

static bool lint(const Issue *issue, const CertificateTemplate *template, Bytes candidate,
                 Certificate *ret, Error *err)
{
    const LintRules rules = {.issuer = template->issuer,
                             .profile = issue->profile,
                             .common_name = issue->request.common_name,
                             .serial_number = issue->request.serial_number,
                             .public_key = &issue->key.public_key,
                             .person_number = issue->number,
                             .number_commitment = issue->request.number_commitment,
                             .needs_crl_url = issue->certification->config.crl_uri != NULL};
    return certificate_parse(candidate, ret, err) && lint_certificate(ret, &rules, err);
}

// Build, lint, and only then sign; what is signed is what was linted, to the byte.
static bool sign_linted(Issue *issue, const CertificateTemplate *template, Error *err)
{
    const Signer *ca = issue->certification->config.ca;
    const Signer nobody = {.sign_digest = sign_nothing, .public_key = ca->public_key};
    CLEANUP(writer_free) Writer candidate = writer_new(MESSAGE_CERTIFICATE_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(MESSAGE_CERTIFICATE_SIZE);
    Certificate linted, signed_certificate;
    if (!certificate_issue(template, &nobody, &candidate, err) ||
        !lint(issue, template, writer_bytes(&candidate), &linted, err) ||
        !certificate_issue(template, ca, &der, err) ||
        !certificate_parse(writer_bytes(&der), &signed_certificate, err)) {
        return error_context(err, "issuing a certificate");
    }
    if (!bytes_equal(linted.tbs, signed_certificate.tbs)) {
        return error_set(err, ERROR_INTERNAL, "certification.not_linted", NULL,
                         "the certificate that was signed is not the one that was checked");
    }
    issue->certificate = arena_copy(issue->arena, writer_bytes(&der));
    issue->serial = certificate_serial_text(issue->arena, &signed_certificate);
    issue->expires_at = signed_certificate.not_after;
    return (issue->certificate.data != NULL && issue->serial != NULL) || error_memory(err);
}

enum { EXTRA_MAX = 3 };

// The private extensions of one certificate.
typedef struct {
    CertificateExtension list[EXTRA_MAX];
    size_t count;
    Writer values[EXTRA_MAX];
} Extras;

static void extras_free(Extras *extras)
{
    for (size_t i = 0; i < extras->count; i++) {
        writer_free(&extras->values[i]);
    }
}

static Writer *extras_add(Extras *extras)
{
    extras->values[extras->count] = writer_new(EXTRA_VALUE_SIZE);
    return &extras->values[extras->count++];
}

static void add_digest(Extras *extras, Bytes oid, Bytes digest)
{
    Writer *value = extras_add(extras);
    der_put(value, DER_OCTET_STRING, digest);
    extras->list[extras->count - 1] = (CertificateExtension){oid, false, writer_bytes(value)};
}

// residenterCardNumber [0] EXPLICIT PrintableString. Source: GM/T 0015-2012 annex A.
static void add_number(Extras *extras, const char *number)
{
    Writer *value = extras_add(extras);
    size_t outer = der_begin(value, DER_CONTEXT_CONSTRUCTED(0));
    der_put(value, DER_PRINTABLE_STRING, bytes_of_text(number));
    der_end(value, outer);
    extras->list[extras->count - 1] =
        (CertificateExtension){OID_IDENTIFY_CODE, false, writer_bytes(value)};
}

static Extras extras_of(const Issue *issue)
{
    const CertificationRequest *request = &issue->request;
    Extras extras = {.count = 0};
    add_digest(&extras, OID_SCENARIO, sm3_bytes(&request->scenario));
    if (request->number_commitment.len > 0) {
        add_digest(&extras, OID_NUMBER_COMMITMENT, request->number_commitment);
    }
    if (issue->number[0] != '\0') {
        add_number(&extras, issue->number);
    }
    return extras;
}

static bool make_certificate(Issue *issue, Error *err)
{
    const Certification *certification = issue->certification;
    const CertificationConfig *config = &certification->config;
    const Certificate *issuer = &certification->issuer;
    uint8_t serial[16];
    CLEANUP(extras_free) Extras extras = extras_of(issue);
    Time begin = issue->now - issue->profile->backdating;
    CertificateTemplate template = {
        .profile = PROFILE_PERSON,
        .serial = BYTES_OF_ARRAY(serial),
        .issuer = issuer,
        .public_key = &issue->key.public_key,
        .not_before = begin < issuer->not_before ? issuer->not_before : begin,
        .not_after = issue->now + issue->profile->validity,
        .policy = issue->profile->policy,
        .cps_url = config->cps_uri,
        .ocsp_url = config->ocsp.uri,
        .ca_issuers_url = config->ca_issuers_uri,
        .extra = extras.list,
        .extra_count = extras.count,
    };
    return certificate_serial_generate(config->random, serial, err) &&
           build_subject(issue, &template.subject, err) &&
           authority_list_url(issue->certification, issue->now, issue->arena, &template.crl_url,
                              err) &&
           sign_linted(issue, &template, err);
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
    };
    memcpy(result.chain, config->chain, sizeof(result.chain));
    return result;
}

// Sign the record now; one that is to be logged first is signed with its receipt.
static bool state_issue(const Issue *issue, const CertificationResult *record, Bytes *ret,
                        Error *err)
{
    const FieldPlace place = {"certificate", "issue", issue->serial};
    CLEANUP(json_cleanup) json_t *payload = certification_result_to_json(record);
    Bytes statement;
    return institution_state(&issue->certification->config.institution, CERTIFICATION_ISSUED_TYPE,
                             payload, issue->arena, &statement, err) &&
           certification_seal(issue->certification, &place, statement, issue->arena, ret, err);
}

static bool fill_row(const Issue *issue, CertificateRow *ret, Error *err)
{
    const Certification *certification = issue->certification;
    const FieldPlace request_place = {"certificate", "request", issue->serial};
    const CertificationResult record = record_of(issue);
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
           issuance_draft(certification, &issue->request, &record, ret, issue->arena, err) &&
           (ret->draft != NULL || state_issue(issue, &record, &ret->issue, err));
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

static bool plan(Issue *issue, PlannedIssue *ret, Error *err)
{
    *ret = (PlannedIssue){.is_answered = false};
    if (!answer_again(issue, &ret->is_answered, &ret->statement, err)) {
        return false;
    }
    ret->holder = identifier_index(issue->certification->config.index_key, "holder",
                                   bytes_of_text(issue->request.common_name));
    return ret->is_answered || (check_request(issue, err) && make_certificate(issue, err) &&
                                fill_row(issue, &ret->row, err));
}

bool authority_plan_issue(Certification *certification, AuthorityRequest *request,
                          PlannedIssue *ret, Error *err)
{
    Issue *issue;
    return begin(certification, request, &issue, err) && plan(issue, ret, err);
}

bool authority_issue(Certification *certification, AuthorityRequest *request, Bytes *ret_statement,
                     Error *err)
{
    Issue *issue;
    PlannedIssue planned;
    bool raced, found;
    if (!begin(certification, request, &issue, err) || !plan(issue, &planned, err)) {
        return false;
    }
    if (planned.is_answered) {
        *ret_statement = planned.statement;
        return true;
    }
    if (!certificate_record_insert(certification->store, &planned.row, &planned.holder, &raced,
                                   err)) {
        return false;
    }
    return raced ? answer_again(issue, &found, ret_statement, err)
                 : issuance_finish(certification, &planned.row, issue->arena, ret_statement, err);
}
