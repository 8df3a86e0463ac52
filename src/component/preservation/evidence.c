// SPDX-License-Identifier: Apache-2.0
//
// What the handlers share: accounts, receipts, opening a deposit, and the custody record.
#include <string.h>

#include "base/core/log.h"
#include "component/preservation/alarms.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/payload.h"
#include "domain/evidence/submission.h"
#include "domain/pki/statement.h"

bool preservation_refuse_closed(const Preservation *preservation, Error *err)
{
    return !evidence_log_is_closed(preservation->log) ||
           error_set(err, ERROR_CONFLICT, "log.closed", NULL,
                     "the log of this evidence system was closed: deposit with its successor, "
                     "which the last entry names");
}

bool preservation_find_account(Preservation *preservation, const ServiceCaller *caller,
                               DepositorAccount **ret, Error *err)
{
    for (size_t i = 0; i < preservation->account_count; i++) {
        DepositorAccount *account = &preservation->accounts[i];
        if (strcmp(account->role, caller->role) == 0 &&
            (account->name == NULL || strcmp(account->name, caller->name) == 0)) {
            *ret = account;
            return true;
        }
    }
    return error_set(err, ERROR_FORBIDDEN, "preservation.depositor", "JR/T 0299-2024 8.2",
                     "the caller is not registered as a depositor");
}

const char *preservation_caller_name(Arena *arena, const ServiceCaller *caller)
{
    const char *name = arena_format(arena, "%s/%s", caller->role, caller->name);
    return name == NULL ? caller->role : name;
}

bool preservation_encode_receipt(const DepositRecord *record, const MerkleProof *proof,
                                 Arena *arena, Bytes *ret, Error *err)
{
    const Receipt receipt = {.entry = record->entry,
                             .index = record->log_index,
                             .proof = *proof,
                             .checkpoint.note.whole = record->checkpoint.note};
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    if (!receipt_encode(&receipt, &text, err)) {
        return false;
    }
    Bytes copy = arena_copy(arena, writer_bytes(&text));
    if (copy.data == NULL) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}

bool preservation_receipt_of(Preservation *preservation, const DepositRecord *record, Arena *arena,
                             Bytes *ret, Error *err)
{
    MerkleProof proof;
    if (record->receipt.len > 0) {
        *ret = record->receipt;
        return true;
    }
    return (evidence_log_prove_inclusion(preservation->log, record->log_index,
                                         record->checkpoint.size, &proof, err) ||
            error_context(err, "receipt")) &&
           preservation_encode_receipt(record, &proof, arena, ret, err);
}

bool preservation_make_receipt(Preservation *preservation, uint64_t index, Bytes entry,
                               Arena *arena, Bytes *ret, Error *err)
{
    DepositRecord record = {.entry = entry, .log_index = index};
    MerkleHead head;
    if (!evidence_log_checkpoint(preservation->log, arena, &record.checkpoint.note, &head, err)) {
        return error_context(err, "receipt");
    }
    record.checkpoint.size = head.size;
    return preservation_receipt_of(preservation, &record, arena, ret, err);
}

static bool damaged(Preservation *preservation, const DepositRecord *record, const char *what,
                    Error *err)
{
    atomic_fetch_add(&preservation->damaged, 1);
    preservation_raise_alarm(preservation, "evidence.damaged", (int64_t)record->log_index,
                             record->authorization, "audit.deposit_changed");
    return error_set(err, ERROR_UNTRUSTED, "preservation.damaged", "JR/T 0299-2024 8.1",
                     "the deposit at log index %llu is damaged: %s",
                     (unsigned long long)record->log_index, what);
}

typedef struct {
    int64_t deposit;
    Arena *arena;
    Bytes sealed;
} PayloadRead;

static bool read_payload(StoreSession *session, void *context, Error *err)
{
    PayloadRead *read = context;
    return payload_record_get(session, read->deposit, read->arena, &read->sealed, err);
}

// Compare what was decrypted with the entry, and the entry with the log.
static bool check_opened(Preservation *preservation, const DepositRecord *record,
                         const OpenedDeposit *opened, Arena *arena, Error *err)
{
    EvidenceEntry entry;
    Bytes logged;
    if (!entry_parse(arena, record->entry, &entry, err) ||
        !evidence_log_entry(preservation->log, record->log_index, arena, &logged, err)) {
        return false;
    }
    if (!bytes_equal(logged, record->entry)) {
        return damaged(preservation, record, "the record is not what was logged", err);
    }
    Sm3Digest submission = deposit_submission_digest(opened->statement);
    Bytes *parts;
    size_t count;
    Sm3Digest commitment;
    if (!deposit_parts(arena, &opened->deposit, opened->statement, &parts, &count, err) ||
        !commitment_compute(opened->salt, parts, count, &commitment, err)) {
        return false;
    }
    if (!sm3_digest_equal(&submission, &entry.submission) ||
        !sm3_digest_equal(&commitment, &entry.commitment)) {
        return damaged(preservation, record, "the payload is not what was committed to", err);
    }
    return true;
}

bool preservation_open_deposit(Preservation *preservation, const DepositRecord *record,
                               Arena *arena, OpenedDeposit *ret, Error *err)
{
    PayloadRead read = {.deposit = record->id, .arena = arena};
    if (record->wrapped_key.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "preservation.erased", NULL,
                         "the payload of this deposit is erased");
    }
    if (!store_read(preservation->store, read_payload, &read, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer plain = writer_new(STATEMENT_MAX_SIZE + COMMITMENT_SALT_SIZE);
    Error why = {0};
    if (!payload_open(preservation->config.kek, BYTES_OF_ARRAY(record->record_name), read.sealed,
                      record->wrapped_key, &plain, &why)) {
        return why.kind == ERROR_UNTRUSTED ? damaged(preservation, record, why.text, err)
                                           : (*err = why, false);
    }
    Bytes copy = arena_adopt(arena, &plain);
    if (copy.data == NULL) {
        return error_memory(err);
    }
    OpenedDeposit opened = {
        .salt = bytes_slice(copy, 0, COMMITMENT_SALT_SIZE),
    };
    Statement statement;
    Submission submission;
    if (!submission_parse(bytes_from(copy, COMMITMENT_SALT_SIZE), &submission, err)) {
        return false;
    }
    opened.statement = submission.statement;
    if (!statement_parse(arena, opened.statement, &statement, err) ||
        !deposit_parse(arena, statement.payload, &opened.deposit, err) ||
        !submission_attach(&submission, &opened.deposit, err) ||
        !check_opened(preservation, record, &opened, arena, err)) {
        return false;
    }
    *ret = opened;
    return true;
}

static bool append_custody(StoreSession *session, void *context, Error *err)
{
    return custody_record_append(session, context, err);
}

bool preservation_record_access(Preservation *preservation, const ServiceRequest *request,
                                CustodyRecord *record, Error *err)
{
    record->at = request->received;
    record->caller = preservation_caller_name(request->arena, &request->caller);
    return store_write(preservation->store, append_custody, record, err);
}

bool preservation_deny(Preservation *preservation, const ServiceRequest *request,
                       const char *authorization, Error *err)
{
    // The refusal stands even if it cannot be recorded.
    Error why = {0};
    CustodyRecord custody = {
        .action = "deny",
        .purpose = "preservation.not_yours",
        .authorization = strlen(authorization) > DEPOSIT_ID_MAX ? "" : authorization};
    if (!preservation_record_access(preservation, request, &custody, &why)) {
        LOG(LOG_ERROR, "custody.not_recorded", log_text("code", why.code));
    }
    return error_set(err, ERROR_FORBIDDEN, "preservation.not_yours", "JR/T 0299-2024 9",
                     "the caller deposited nothing of this");
}
