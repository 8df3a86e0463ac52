// SPDX-License-Identifier: Apache-2.0
//
// One judge for each kind of file.
#include <string.h>

#include "domain/casefile/case_verify.h"
#include "domain/casefile/evidence_log_key.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/stamp_judging.h"
#include "domain/casefile/wrapping.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/crl.h"
#include "domain/pki/oid.h"
#include "domain/pki/statement.h"
#include "domain/seal/seal_signature_verify.h"

typedef struct {
    Bytes content;
    const VerificationPolicy *policy;
    Verdict *verdict;
    FileFacts *facts;
} FileJudgement;

static void judge_unknown(FileJudgement *file)
{
    verdict_add(file->verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.kind", "docs/signatures.md",
                "the file is of no kind that is judged here");
}

static void judge_case(FileJudgement *file)
{
    CaseFindings found = {0};
    (void)case_verify(file->content, file->policy, file->verdict, &found);
    file->facts->signer = found.signer;
    file->facts->issuer = found.issuer;
    file->facts->signing_time = found.signing_time;
    file->facts->is_stamped = found.signing_time != 0;
    file->facts->has_coverage = found.signing_time != 0;
    file->facts->authorization_id = found.authorization_id;
}

static void judge_pdf(FileJudgement *file)
{
    (void)sealed_pdf_verify(file->content, file->policy, file->verdict, file->facts);
}

static SealPolicy seal_policy_of(const VerificationPolicy *policy)
{
    // What others seal has to follow the seal's standard, not our rules for authorizations.
    return (SealPolicy){.trust = policy->trust,
                        .revocation = policy->institutions,
                        .now = policy->at,
                        .accept_digests_with_z = true,
                        .time_stamp_is_optional = true,
                        .takes_foreign_stamps = true,
                        .deviation_is_informed = true};
}

static void judge_seal(FileJudgement *file)
{
    SealPolicy policy = seal_policy_of(file->policy);
    Seal seal;
    Certificate maker;
    Error err = {0};
    (void)seal_check(file->content, &policy, file->policy->at, file->verdict);
    if (seal_parse(file->content, &seal, &err) &&
        certificate_parse(seal.maker_certificate, &maker, &err)) {
        facts_take_signer(file->facts, &maker, file->verdict);
        file->facts->signing_time = seal.created_at;
        (void)revocation_is_decided(file->policy->trust, &maker, file->policy->at,
                                    "verify.revocation", file->verdict);
    }
}

// Without its document a seal signature is never valid: its data hash stays undecided.
static void judge_seal_signature(FileJudgement *file)
{
    SealPolicy policy = seal_policy_of(file->policy);
    SealOriginal original = {.parts = file->policy->original,
                             .part_count = file->policy->original == NULL ? 0 : 1};
    Sm3Digest digest;
    if (file->policy->original_digest.len == SM3_SIZE) {
        memcpy(digest.bytes, file->policy->original_digest.data, SM3_SIZE);
        original.digest = &digest;
    }
    SealSignatureFindings found = {0};
    (void)seal_signature_check(file->content, &original, &policy, file->verdict, &found);
    if (found.signer.der.len > 0) {
        facts_take_signer(file->facts, &found.signer, file->verdict);
        file->facts->signing_time = found.signing_time;
        file->facts->is_stamped = found.is_stamped;
    }
}

static CertificatePurpose purpose_of(const Certificate *certificate)
{
    const uint16_t signing = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION;
    const uint16_t encrypting =
        USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT;
    if (certificate->is_ca) {
        return PURPOSE_CA;
    }
    if (certificate_has_extended_key_usage(certificate, OID_USE_TIMESTAMPING)) {
        return PURPOSE_TIMESTAMP;
    }
    if (certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING)) {
        return PURPOSE_OCSP;
    }
    return (certificate->key_usage & signing) != 0          ? PURPOSE_SIGNATURE
           : (certificate->key_usage & encrypting) != 0     ? PURPOSE_ENCRYPTION
           : (certificate->key_usage & USAGE_CRL_SIGN) != 0 ? PURPOSE_CRL
                                                            : PURPOSE_SIGNATURE;
}

// Whether the status of a certificate that is judged alone is part of the question: who hands in
// lists asks, and our own certificates have to be asked about where they say.
static bool status_is_asked(const TrustStore *trust, const Certificate *certificate)
{
    Bytes url;
    bool is_ours = !certificate->has_foreign_key && !certificate->signature.is_foreign;
    return trust_store_has_revocation(trust) ||
           (is_ours && (certificate->crl_distribution_points.len > 0 ||
                        certificate_find_access_url(certificate, OID_ACCESS_OCSP, &url)));
}

static void judge_status(FileJudgement *file, const Certificate *certificate,
                         CertificatePurpose purpose)
{
    const VerificationPolicy *policy = file->policy;
    CertificateExtension no_check;
    if (purpose == PURPOSE_OCSP &&
        certificate_find_extension(certificate, OID_OCSP_NO_CHECK, &no_check)) {
        verdict_add(file->verdict, AREA_TRUST, CHECK_PASSED, "verify.revocation",
                    "RFC 6960 4.2.2.2.1", "whoever answers is not asked about itself");
    } else if (status_is_asked(policy->trust, certificate)) {
        (void)revocation_is_decided(policy->trust, certificate, policy->at, "verify.revocation",
                                    file->verdict);
    } else {
        verdict_add(file->verdict, AREA_TRUST, CHECK_INFORMED, "verify.revocation", "RFC 5280 6.3",
                    "no list is at hand: whether it was revoked is not judged");
    }
}

static void judge_certificate(FileJudgement *file)
{
    Certificate certificate;
    Error err = {0};
    const VerificationPolicy *policy = file->policy;
    if (!certificate_load_any(file->verdict->arena, file->content, &certificate, &err)) {
        add_parse_failure(file->verdict, file->content, &err);
        return;
    }
    facts_take_signer(file->facts, &certificate, file->verdict);
    PathPolicy path = {
        .trust = policy->trust,
        .at = policy->at,
        .purpose = policy->purpose != NULL ? *policy->purpose : purpose_of(&certificate),
        // Nothing but its chain is judged here: where an issuer has lists at hand, one has to
        // decide.
        .revocation = policy->institutions == REVOCATION_IF_GIVEN ? REVOCATION_WHERE_LISTED
                                                                  : policy->institutions,
        .takes_foreign = true,
        .holds_to_profile = true,
        .demands = policy->demands};
    path.demands.is_for_any_use = policy->purpose == NULL;
    (void)path_check(&path, &certificate, file->verdict);
    judge_status(file, &certificate, path.purpose);
}

static void judge_crl_period(const FileJudgement *file, const Crl *crl)
{
    Time at = file->policy->at;
    (void)verdict_require(file->verdict, crl->this_update <= at, AREA_TIME, "verify.crl_begin",
                          "RFC 5280 5.1.2.4", "the list was issued before the moment in question");
    if (!crl->has_next_update) {
        verdict_add(file->verdict, AREA_TIME, CHECK_INFORMED, "verify.crl_end", "RFC 5280 5.1.2.5",
                    "the list does not say when a newer one is due");
    } else if (crl->next_update < at) {
        verdict_add(file->verdict, AREA_TIME, CHECK_INFORMED, "verify.crl_end", "RFC 5280 5.1.2.5",
                    "a newer list was due before the moment in question");
    }
}

static void judge_crl(FileJudgement *file)
{
    Crl crl;
    Error err = {0};
    const VerificationPolicy *policy = file->policy;
    if (!crl_load_any(file->verdict->arena, file->content, &crl, &err)) {
        add_parse_failure(file->verdict, file->content, &err);
        return;
    }
    file->facts->signing_time = crl.this_update;
    const Certificate *issuer =
        trust_store_find_subject(policy->trust, crl.issuer, crl.authority_key_identifier, 0);
    if (issuer == NULL) {
        verdict_add(file->verdict, AREA_TRUST, CHECK_UNKNOWN, "verify.signer", "RFC 5280 6.3.3",
                    "the certificate of the list's issuer is not at hand");
        return;
    }
    facts_take_signer(file->facts, issuer, file->verdict);
    (void)verdict_take(file->verdict, crl_verify(&crl, issuer, &err), AREA_CRYPTOGRAPHY,
                       "verify.crl_signature", "RFC 5280 6.3.3", &err);
    judge_crl_period(file, &crl);
    PathPolicy path = {.trust = policy->trust,
                       .at = policy->at,
                       .purpose = PURPOSE_CRL,
                       .revocation = policy->institutions,
                       .takes_foreign = true};
    (void)path_check(&path, issuer, file->verdict);
}

static void judge_ocsp(FileJudgement *file)
{
    ocsp_response_judge(file->content, file->policy, file->verdict, file->facts);
}

static void judge_timestamp(FileJudgement *file)
{
    stamp_judge(file->content, file->policy, file->verdict, file->facts);
}

static void judge_signed_data(FileJudgement *file)
{
    const Bytes *original = file->policy->original;
    const BesideMessage beside = {.detached = original == NULL ? BYTES_EMPTY : *original};
    signed_data_judge(file->content, &beside, file->policy, file->verdict, file->facts);
}

static void judge_receipt(FileJudgement *file)
{
    Receipt receipt;
    EvidenceEntry entry;
    Error err = {0};
    const VerificationPolicy *policy = file->policy;
    if (!receipt_parse(file->verdict->arena, file->content, &receipt, &err) ||
        !entry_parse(file->verdict->arena, receipt.entry, &entry, &err)) {
        add_format_failure(file->verdict, &err);
        return;
    }
    file->facts->signing_time = entry.received;
    ReceiptTrust trust = {
        .log_certificate = evidence_log_certificate_find(policy->trust, &receipt.checkpoint),
        .witnesses = policy->witnesses,
        .trust = policy->trust,
        .revocation = policy->institutions,
        .at = policy->at};
    if (trust.log_certificate != NULL) {
        facts_take_signer(file->facts, trust.log_certificate, file->verdict);
    }
    (void)receipt_check(&receipt, &trust, file->verdict);
    Time since;
    receipt_renewal_judge(&receipt, policy, &since, file->verdict);
}

static void judge_fork(FileJudgement *file)
{
    fork_proof_judge(file->content, file->policy, file->verdict, file->facts);
}

static void judge_evidence_record(FileJudgement *file)
{
    evidence_record_judge(file->content, file->policy, file->verdict, file->facts);
}

static void judge_statement(FileJudgement *file)
{
    Statement statement;
    Error err = {0};
    const VerificationPolicy *policy = file->policy;
    if (!statement_parse(file->verdict->arena, file->content, &statement, &err)) {
        add_format_failure(file->verdict, &err);
        return;
    }
    facts_take_signer(file->facts, &statement.signer, file->verdict);
    file->facts->type = statement.type;
    file->facts->signing_time = statement.signed_at;
    (void)statement_check(&statement, statement.type, policy->trust, policy->institutions,
                          policy->at, file->verdict);
    (void)revocation_is_decided(policy->trust, &statement.signer, policy->at, "verify.revocation",
                                file->verdict);
}

static void (*const judges[])(FileJudgement *file) = {
    [FILE_UNKNOWN] = judge_unknown,
    [FILE_CASE] = judge_case,
    [FILE_PDF] = judge_pdf,
    [FILE_SEAL] = judge_seal,
    [FILE_SEAL_SIGNATURE] = judge_seal_signature,
    [FILE_CERTIFICATE] = judge_certificate,
    [FILE_CRL] = judge_crl,
    [FILE_OCSP] = judge_ocsp,
    [FILE_TIMESTAMP] = judge_timestamp,
    [FILE_SIGNED_DATA] = judge_signed_data,
    [FILE_RECEIPT] = judge_receipt,
    [FILE_FORK] = judge_fork,
    [FILE_EVIDENCE_RECORD] = judge_evidence_record,
    [FILE_STATEMENT] = judge_statement,
};

// Kinds whose files are what they are, byte by byte.
static bool is_whole(FileKind kind)
{
    return kind == FILE_CASE || kind == FILE_PDF || kind == FILE_RECEIPT || kind == FILE_STATEMENT;
}

bool file_verify(Bytes content, const VerificationPolicy *policy, Verdict *verdict, FileFacts *ret)
{
    const VerdictCheck *before = verdict->last;
    FileFacts facts = {.kind = file_recognise(content)};
    // A record covers the file as it is, not what is wrapped in it.
    VerificationPolicy as_of = *policy;
    as_of.at = long_life_judge(content, facts.kind, policy, verdict);
    as_of.demands.is_at_present = policy->demands.is_at_present && as_of.at == policy->at;
    if (!is_whole(facts.kind)) {
        content = file_unwrap(content, verdict);
        facts.kind = file_recognise(content);
    }
    FileJudgement file = {content, &as_of, verdict, &facts};
    judges[facts.kind](&file);
    if (ret != NULL) {
        *ret = facts;
    }
    return verdict_passed_since(verdict, before);
}
