// SPDX-License-Identifier: Apache-2.0
#include "component/certification/issuance.h"

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "component/certification/issuance_queue.h"
#include "domain/privacy/person_index.h"

// --- the draft --------------------------------------------------------------------------------

static const char *subject_text(const Sm3Digest *subject_index, Arena *arena)
{
    return hex_text(arena, sm3_bytes(subject_index));
}

// Who applies says under which secret the person's certificates are logged. For who does not, there
// is one that is told nobody: such a certificate is logged and counted, too.
static bool draft_secret(const Certification *certification, const CertificationRequest *request,
                         const CertificateRow *row, Arena *arena, IssuanceDraft *ret, Error *err)
{
    Sm3Digest own = identifier_index(certification->config.index_key, "issuance",
                                     bytes_of_text(request->serial_number));
    Bytes secret = request->holder_secret.len > 0 ? request->holder_secret : sm3_bytes(&own);
    const FieldPlace place = {"holder_secret", "secret", subject_text(&row->subject_index, arena)};
    ret->is_own_secret = request->holder_secret.len == 0;
    ret->secret_digest = sm3_digest(secret);
    bool ok = (place.record_id != NULL || error_memory(err)) &&
              certification_seal(certification, &place, secret, arena, &ret->secret, err);
    secret_wipe(&own, sizeof own);
    return ok;
}

bool issuance_draft(const Certification *certification, const CertificationRequest *request,
                    const CertificationResult *record, CertificateRow *row, Arena *arena,
                    Error *err)
{
    const FieldPlace place = {"issuance", "draft", row->serial};
    CLEANUP(json_cleanup) json_t *json = certification_result_to_json(record);
    IssuanceDraft *draft;
    Bytes text;
    row->draft = NULL;
    if (certification->issuances == NULL) {
        return true;
    }
    draft = arena_alloc(arena, sizeof *draft);
    if (draft == NULL) {
        return error_memory(err);
    }
    row->draft = draft;
    row->issue = BYTES_EMPTY;
    return draft_secret(certification, request, row, arena, draft, err) &&
           json_text(arena, json, &text, err) &&
           certification_seal(certification, &place, text, arena, &draft->text, err);
}

bool issuance_is_draft(const CertificateRow *row)
{
    return row->issue.len == 0 && row->erased_at == 0;
}

bool issuance_statement(const Certification *certification, const CertificateRow *row, Arena *arena,
                        Bytes *ret_statement, Error *err)
{
    const FieldPlace place = {"certificate", "issue", row->serial};
    if (issuance_is_draft(row)) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.not_logged", NULL,
                         "the issue of the certificate is not in the evidence log yet");
    }
    return certification_open(certification, &place, row->issue, arena, ret_statement, err);
}

// --- logging ----------------------------------------------------------------------------------

// What an issue goes through from draft to record. Everything is in the request's arena.
typedef struct IssuanceLogging Logging;
struct IssuanceLogging {
    const Certification *certification;
    Arena *arena;
    IssuanceRow row;
    Bytes secret;
    CertificationResult record;
    Issuance issuance;
};

static bool load(Logging *logging, const char *serial, Error *err)
{
    const Certification *certification = logging->certification;
    Arena *arena = logging->arena;
    IssuanceRow *row = &logging->row;
    Bytes text;
    if (!issuance_record_get(certification->store, serial, arena, row, err)) {
        return false;
    }
    const FieldPlace draft = {"issuance", "draft", serial};
    const FieldPlace secret = {"holder_secret", "secret", subject_text(&row->subject_index, arena)};
    if (secret.record_id == NULL) {
        return error_memory(err);
    }
    return (certification_open(certification, &draft, row->draft, arena, &text, err) &&
            certification_open(certification, &secret, row->secret, arena, &logging->secret, err) &&
            certification_result_parse(text, arena, &logging->record, err)) ||
           error_context(err, "a certificate that is not logged yet");
}

static bool seal(Logging *logging, Error *err)
{
    Certificate certificate;
    IssuanceRecord record;
    return certificate_parse(logging->record.certificate, &certificate, err) &&
           issuance_record_of(logging->arena, &certificate, &logging->certification->issuer,
                              &record, err) &&
           issuance_seal(logging->arena, logging->secret, logging->row.number, &record,
                         &logging->issuance, err);
}

// A receipt about something else, or of another log, proves nothing.
static bool check_receipt(const Logging *logging, Error *err)
{
    Issuance logged;
    Time received;
    return issuance_receipt_verify(logging->arena, logging->record.receipt,
                                   &logging->certification->log_key, &logged, &received, err) &&
           ((sm3_digest_equal(&logged.label, &logging->issuance.label) &&
             sm3_digest_equal(&logged.commitment, &logging->issuance.commitment) &&
             bytes_equal(logged.sealed, logging->issuance.sealed)) ||
            error_set(err, ERROR_UNTRUSTED, "certification.receipt", NULL,
                      "the receipt of the evidence system is for something else"));
}

// Sign the record with its receipt.
static bool state_record(Logging *logging, const char *serial, Bytes *ret_statement,
                         Bytes *ret_sealed, Error *err)
{
    const Certification *certification = logging->certification;
    const FieldPlace place = {"certificate", "issue", serial};
    logging->record.salt = issuance_salt(logging->secret, logging->row.number);
    if (!check_receipt(logging, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = certification_result_to_json(&logging->record);
    return institution_state(&certification->config.institution, CERTIFICATION_ISSUED_TYPE, json,
                             logging->arena, ret_statement, err) &&
           certification_seal(certification, &place, *ret_statement, logging->arena, ret_sealed,
                              err);
}

bool issuance_begin(const Certification *certification, const char *serial, Arena *arena,
                    IssuanceLogging **ret, const Issuance **ret_issuance, Error *err)
{
    if (certification->issuances == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.not_logged", NULL,
                         "the certificate waits for an evidence log that is not configured");
    }
    Logging *logging = arena_alloc(arena, sizeof *logging);
    if (logging == NULL) {
        return error_memory(err);
    }
    *logging = (Logging){.certification = certification, .arena = arena};
    if (!load(logging, serial, err) || !seal(logging, err)) {
        return error_context(err, "logging the issue of a certificate");
    }
    *ret = logging;
    *ret_issuance = &logging->issuance;
    return true;
}

bool issuance_state(IssuanceLogging *logging, const char *serial, Bytes receipt,
                    Bytes *ret_statement, Bytes *ret_sealed, Error *err)
{
    logging->record.receipt = receipt;
    return state_record(logging, serial, ret_statement, ret_sealed, err);
}

// Whoever was faster keeps his record.
static bool keep(Logging *logging, const char *serial, Bytes sealed, Bytes *ret_statement,
                 Error *err)
{
    const Certification *certification = logging->certification;
    CertificateRow row;
    bool raced;
    if (!issuance_record_finish(certification->store, serial, sealed, &raced, err)) {
        return false;
    }
    return !raced ||
           (certificate_record_get(certification->store, serial, logging->arena, &row, err) &&
            issuance_statement(certification, &row, logging->arena, ret_statement, err));
}

bool issuance_finish(const Certification *certification, const CertificateRow *row, Arena *arena,
                     Bytes *ret_statement, Error *err)
{
    Logging *logging;
    const Issuance *issuance;
    Bytes receipt, sealed;
    if (!issuance_is_draft(row)) {
        return issuance_statement(certification, row, arena, ret_statement, err);
    }
    if (!issuance_begin(certification, row->serial, arena, &logging, &issuance, err)) {
        return false;
    }
    if (!issuance_queue_append(certification->issuances, issuance, arena, &receipt, err)) {
        return error_context(err, "logging the issue of a certificate");
    }
    return issuance_state(logging, row->serial, receipt, ret_statement, &sealed, err) &&
           keep(logging, row->serial, sealed, ret_statement, err);
}
