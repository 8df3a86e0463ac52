// SPDX-License-Identifier: Apache-2.0
#include "component/certification/issuance.h"

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "component/certification/issuance_queue.h"
#include "component/certification/issue_completion.h"
#include "component/port/message.h"
#include "domain/pki/statement_many.h"
#include "domain/privacy/person_index.h"

struct IssuanceLogging {
    const Certification *certification;
    Arena *arena;
    const char *serial;
    uint64_t number;  // of the subject's certificates
    Bytes secret;
    Bytes draft;                     // text of the record, without receipt
    const Certificate *certificate;  // the record's
    Bytes encryption_certificate;    // of a pair, the other one; empty: there is none
    Issuance issuance;
    StatementTemplate record;  // with it
};
typedef IssuanceLogging Logging;

// --- the draft --------------------------------------------------------------------------------

static const char *subject_text(const Sm3Digest *subject_index, Arena *arena)
{
    return hex_text(arena, sm3_bytes(subject_index));
}

// Who applies says under which secret the person's certificates are logged. For who does not, there
// is one that is told nobody: such a certificate is logged and counted, too.
static bool draft_secret(const Certification *certification, const CertificationRequest *request,
                         const CertificateRow *row, Arena *arena, IssuanceDraft *ret,
                         Bytes *ret_secret, Error *err)
{
    Sm3Digest own = identifier_index(certification->config.index_key, "issuance",
                                     bytes_of_text(request->serial_number));
    Bytes secret = request->holder_secret.len > 0 ? request->holder_secret : sm3_bytes(&own);
    const FieldPlace place = {"holder_secret", "secret", subject_text(&row->subject_index, arena)};
    ret->is_own_secret = request->holder_secret.len == 0;
    ret->secret_digest = sm3_digest(secret);
    *ret_secret = arena_copy(arena, secret);
    bool ok = ((place.record_id != NULL && ret_secret->len > 0) || error_memory(err)) &&
              certification_seal(certification, &place, secret, arena, &ret->secret, err);
    secret_wipe(&own, sizeof own);
    return ok;
}

static bool draft_text(const Certification *certification, const DraftSource *source, Arena *arena,
                       IssuanceDraft *ret, Bytes *ret_text, Error *err)
{
    const FieldPlace place = {"issuance", "draft", source->row->serial};
    CLEANUP(writer_free) Writer text = writer_new(MESSAGE_STATEMENT_SIZE);
    if (!certification_result_write(source->record, &text, err)) {
        return false;
    }
    *ret_text = arena_adopt(arena, &text);
    return (ret_text->len > 0 || error_memory(err)) &&
           certification_seal(certification, &place, *ret_text, arena, &ret->text, err);
}

bool issuance_draft(const Certification *certification, const DraftSource *source, Arena *arena,
                    IssuanceLogging **ret, Error *err)
{
    CertificateRow *row = source->row;
    row->draft = NULL;
    *ret = NULL;
    if (certification->issuances == NULL) {
        return true;
    }
    IssuanceDraft *draft = arena_alloc(arena, sizeof *draft);
    Logging *logging = arena_alloc(arena, sizeof *logging);
    if (draft == NULL || logging == NULL) {
        return error_memory(err);
    }
    *logging = (Logging){.certification = certification,
                         .arena = arena,
                         .serial = row->serial,
                         .certificate = source->certificate,
                         .encryption_certificate = source->record->encryption_certificate};
    row->draft = draft;
    row->issue = BYTES_EMPTY;
    *ret = logging;
    return draft_secret(certification, source->request, row, arena, draft, &logging->secret, err) &&
           draft_text(certification, source, arena, draft, &logging->draft, err);
}

bool issuance_is_draft(const CertificateRow *row)
{
    return row->issue.len == 0 && row->erased_at == 0;
}

static bool complete(const Certification *certification, const CertificateRow *row, Arena *arena,
                     Bytes *ret_statement, Error *err)
{
    const FieldPlace place = {"issuance", "draft", row->serial};
    const FieldPlace completed = {"issuance", "completion", row->serial};
    Bytes draft, completion;
    return certification_open(certification, &place, row->issue, arena, &draft, err) &&
           certification_open(certification, &completed, row->completion, arena, &completion,
                              err) &&
           issue_completion_apply(draft, completion, arena, ret_statement, err);
}

bool issuance_statement(const Certification *certification, const CertificateRow *row, Arena *arena,
                        Bytes *ret_statement, Error *err)
{
    const FieldPlace place = {"certificate", "issue", row->serial};
    if (issuance_is_draft(row)) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.not_logged", NULL,
                         "the issue of the certificate is not in the evidence log yet");
    }
    return row->completion.len > 0
               ? complete(certification, row, arena, ret_statement, err)
               : certification_open(certification, &place, row->issue, arena, ret_statement, err);
}

// --- logging ----------------------------------------------------------------------------------

// Take up a draft that was left in the store.
static bool load(Logging *logging, bool *ret_found, Error *err)
{
    const Certification *certification = logging->certification;
    const char *serial = logging->serial;
    Arena *arena = logging->arena;
    IssuanceRow row;
    CertificationResult record;
    Certificate *certificate = arena_alloc(arena, sizeof *certificate);
    if (!issuance_record_find(certification->store, serial, arena, &row, err)) {
        return false;
    }
    *ret_found = row.serial != NULL;
    if (!*ret_found) {
        return true;
    }
    const FieldPlace draft = {"issuance", "draft", serial};
    const FieldPlace secret = {"holder_secret", "secret", subject_text(&row.subject_index, arena)};
    if (secret.record_id == NULL || certificate == NULL) {
        return error_memory(err);
    }
    logging->number = row.number;
    logging->certificate = certificate;
    if (!certification_open(certification, &draft, row.draft, arena, &logging->draft, err) ||
        !certification_open(certification, &secret, row.secret, arena, &logging->secret, err) ||
        !certification_result_parse(logging->draft, arena, &record, err) ||
        !certificate_parse(record.certificate, certificate, err)) {
        return error_context(err, "a certificate that is not logged yet");
    }
    logging->encryption_certificate = record.encryption_certificate;
    return true;
}

static bool seal(Logging *logging, Error *err)
{
    IssuanceRecord record;
    return (issuance_record_of(logging->arena, logging->certificate,
                               &logging->certification->issuer, &record, err) &&
            issuance_record_add_encryption(logging->arena, logging->encryption_certificate, &record,
                                           err) &&
            issuance_seal(logging->arena, logging->secret, logging->number, &record,
                          &logging->issuance, err)) ||
           error_context(err, "logging the issue of a certificate");
}

// A receipt about something else, or of another log, proves nothing.
static bool check_receipt(const Logging *logging, Bytes receipt, Bytes checkpoint, Error *err)
{
    const IssuanceLog log = {&logging->certification->log_key, checkpoint};
    Issuance logged;
    Time received;
    return issuance_receipt_verify_in(logging->arena, receipt, &log, &logged, &received, err) &&
           ((sm3_digest_equal(&logged.label, &logging->issuance.label) &&
             sm3_digest_equal(&logged.commitment, &logging->issuance.commitment) &&
             bytes_equal(logged.sealed, logging->issuance.sealed)) ||
            error_set(err, ERROR_UNTRUSTED, "certification.receipt", NULL,
                      "the receipt of the evidence system is for something else"));
}

bool issuance_begin(IssuanceLogging *logging, const CertificateInsertion *inserted,
                    const Issuance **ret_issuance, Error *err)
{
    logging->number = inserted->number;
    *ret_issuance = &logging->issuance;
    return seal(logging, err);
}

bool issuance_draw_up(IssuanceLogging *logging, Bytes receipt, Bytes checkpoint,
                      StatementTemplate *ret, Error *err)
{
    const Institution *institution = &logging->certification->config.institution;
    Sm3Digest salt = issuance_salt(logging->secret, logging->number);
    logging->record = (StatementTemplate){.type = CERTIFICATION_ISSUED_TYPE,
                                          .signed_at = clock_now(institution->clock),
                                          .certificate = institution->certificate};
    if (!check_receipt(logging, receipt, checkpoint, err) ||
        !certification_result_add_receipt(logging->draft, receipt, &salt, logging->arena,
                                          &logging->record.payload, err)) {
        return false;
    }
    *ret = logging->record;
    return true;
}

bool issuance_complete(IssuanceLogging *logging, const Sm2Signature *signature,
                       Bytes *ret_statement, Bytes *ret_completion, Error *err)
{
    const FieldPlace place = {"issuance", "completion", logging->serial};
    CLEANUP(writer_free) Writer completion = writer_new(ISSUE_COMPLETION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    statement_encode(&logging->record, signature, &statement);
    *ret_statement = arena_adopt(logging->arena, &statement);
    return (ret_statement->len > 0 || error_memory(err)) &&
           issue_completion_encode(logging->draft, &logging->record, signature, &completion, err) &&
           certification_seal(logging->certification, &place, writer_bytes(&completion),
                              logging->arena, ret_completion, err);
}

// What is kept by now.
static bool read_kept(const Logging *logging, Bytes *ret_statement, Error *err)
{
    const Certification *certification = logging->certification;
    CertificateRow row;
    return certificate_record_get(certification->store, logging->serial, logging->arena, &row,
                                  err) &&
           issuance_statement(certification, &row, logging->arena, ret_statement, err);
}

// Whoever was faster keeps his record.
static bool keep(const Logging *logging, Bytes completion, Bytes *ret_statement, Error *err)
{
    bool raced;
    return issuance_record_finish(logging->certification->store, logging->serial, completion,
                                  &raced, err) &&
           (!raced || read_kept(logging, ret_statement, err));
}

// Log what is sealed, and keep the record.
static bool log_and_keep(Logging *logging, Bytes *ret_statement, Error *err)
{
    const Institution *institution = &logging->certification->config.institution;
    Bytes receipt, completion;
    StatementTemplate record;
    Sm2Signature signature;
    if (!issuance_queue_append(logging->certification->issuances, &logging->issuance,
                               logging->arena, &receipt, err)) {
        return error_context(err, "logging the issue of a certificate");
    }
    return issuance_draw_up(logging, receipt, BYTES_EMPTY, &record, err) &&
           statement_sign_many(&record, 1, institution->signer, &signature, err) &&
           issuance_complete(logging, &signature, ret_statement, &completion, err) &&
           keep(logging, completion, ret_statement, err);
}

bool issuance_finish(const Certification *certification, const CertificateRow *row, Arena *arena,
                     Bytes *ret_statement, Error *err)
{
    if (!issuance_is_draft(row)) {
        return issuance_statement(certification, row, arena, ret_statement, err);
    }
    if (certification->issuances == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.not_logged", NULL,
                         "the certificate waits for an evidence log that is not configured");
    }
    Logging *logging = arena_alloc(arena, sizeof *logging);
    if (logging == NULL) {
        return error_memory(err);
    }
    *logging = (Logging){.certification = certification, .arena = arena, .serial = row->serial};
    bool found;
    if (!load(logging, &found, err)) {
        return false;
    }
    return found ? seal(logging, err) && log_and_keep(logging, ret_statement, err)
                 : read_kept(logging, ret_statement, err);
}

bool issuance_finish_inserted(IssuanceLogging *logging, const Certification *certification,
                              const CertificateInsertion *inserted, Arena *arena,
                              Bytes *ret_statement, Error *err)
{
    const Issuance *issuance;
    return logging == NULL || inserted->has_other_secret
               ? issuance_finish(certification, inserted->row, arena, ret_statement, err)
               : issuance_begin(logging, inserted, &issuance, err) &&
                     log_and_keep(logging, ret_statement, err);
}
