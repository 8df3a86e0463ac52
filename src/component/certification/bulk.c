// SPDX-License-Identifier: Apache-2.0
//
// A bulk request goes through the steps of a single one, all its lines step by step: taken, proven,
// made (checked and signed), stored, logged, stated, stored. Between the steps there is one
// transaction, or one report to the evidence system, for all.
#include "component/certification/bulk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "component/certification/authority.h"
#include "component/certification/issuance.h"
#include "component/certification/issue_state.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/statement_many.h"

enum { BULK_THREADS = 4, LINE_ARENA_SIZE = 4 * 1024 * 1024, ERROR_MAX_SIZE = 8 * 1024 };

// One line and what became of it.
typedef struct {
    Bytes request;
    Arena *arena;
    AuthorityRequest asked;
    PlannedIssue planned;
    bool is_repeated;  // to be answered as a single request is: somebody was faster, or its draft
                       // has to be read back
    CertificateInsertion insertion;
    IssuanceLogging *logging;
    const Issuance *issuance;
    Bytes tbs;                 // of the certificate
    StatementTemplate record;  // of the issue
    Sm2Signature signature;    // of one, then of the other
    Bytes receipt, completion;
    Bytes checkpoint;  // of the receipts of one report, its signature verified; or empty
    Bytes statement;   // the answer
    bool is_refused;
    Error refusal;  // then
} BulkLine;

typedef struct {
    Certification *certification;
    const char *caller;
    BulkLine *lines;
    size_t count;
    void (*step)(Certification *certification, BulkLine *line);
    atomic_size_t next;  // the first line that nobody works on
} Bulk;

static bool goes_on(const BulkLine *line)
{
    return !line->is_refused && line->statement.data == NULL;
}

static void refuse_line(BulkLine *line, const Error *refusal)
{
    line->is_refused = true;
    line->refusal = *refusal;
}

// --- one step for all lines -------------------------------------------------------------------

static void *work(void *argument)
{
    Bulk *bulk = argument;
    for (size_t i = atomic_fetch_add(&bulk->next, 1); i < bulk->count;
         i = atomic_fetch_add(&bulk->next, 1)) {
        if (goes_on(&bulk->lines[i])) {
            bulk->step(bulk->certification, &bulk->lines[i]);
        }
    }
    return NULL;
}

static void for_each(Bulk *bulk, void (*step)(Certification *certification, BulkLine *line))
{
    pthread_t threads[BULK_THREADS];
    size_t started = 0;
    bulk->step = step;
    atomic_store(&bulk->next, 0);
    while (started + 1 < BULK_THREADS && started + 1 < bulk->count &&
           pthread_create(&threads[started], NULL, work, bulk) == 0) {
        started++;
    }
    (void)work(bulk);  // this one helps
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

static void refuse_all(Bulk *bulk, const Error *refusal)
{
    for (size_t i = 0; i < bulk->count; i++) {
        if (goes_on(&bulk->lines[i])) {
            refuse_line(&bulk->lines[i], refusal);
        }
    }
}

// --- the steps --------------------------------------------------------------------------------

static void take(Certification *certification, BulkLine *line)
{
    line->is_refused =
        !authority_take_issue(certification, &line->asked, &line->planned, &line->refusal);
    if (!line->is_refused && line->planned.is_answered) {
        line->statement = line->planned.statement;
    }
}

// The proofs of possession in lanes; what they do not show, authority_make_issue looks at again.
static void verify_possession(Bulk *bulk)
{
    const KeyRequest *requests[BULK_MAX_REQUESTS] = {NULL};
    BulkLine *lines[BULK_MAX_REQUESTS];
    bool holds[BULK_MAX_REQUESTS];
    size_t count = 0;
    for (size_t i = 0; i < bulk->count; i++) {
        if (goes_on(&bulk->lines[i])) {
            lines[count] = &bulk->lines[i];
            requests[count++] = &bulk->lines[i].planned.issue->key;
        }
    }
    key_request_verify_many(requests, count, holds);
    for (size_t i = 0; i < count; i++) {
        lines[i]->planned.issue->is_possession_proven = holds[i];
    }
}

static void draw_up(Certification *certification, BulkLine *line)
{
    (void)certification;
    line->is_refused = !authority_draw_up_issue(&line->planned, &line->tbs, &line->refusal);
}

static void make(Certification *certification, BulkLine *line)
{
    (void)certification;
    line->is_refused = !authority_finish_issue(&line->planned, &line->signature, &line->refusal);
}

// The lines that are to be signed now, and what of them.
typedef struct {
    BulkLine *lines[BULK_MAX_REQUESTS];
    Bytes certificates[BULK_MAX_REQUESTS];
    StatementTemplate records[BULK_MAX_REQUESTS];
    Sm2Signature signatures[BULK_MAX_REQUESTS];
    size_t count;
} Signing;

// All certificates by the CA's key, or all records by the institution's, side by side.
static void sign_all(Bulk *bulk, bool are_records)
{
    const CertificationConfig *config = &bulk->certification->config;
    Error err = {0};
    Signing *signing = calloc(1, sizeof *signing);
    for (size_t i = 0; signing != NULL && i < bulk->count; i++) {
        BulkLine *line = &bulk->lines[i];
        if (goes_on(line) && (!are_records || line->logging != NULL)) {
            signing->certificates[signing->count] = line->tbs;
            signing->records[signing->count] = line->record;
            signing->lines[signing->count++] = line;
        }
    }
    bool made = signing == NULL ? error_memory(&err)
                : are_records
                    ? statement_sign_many(signing->records, signing->count,
                                          config->institution.signer, signing->signatures, &err)
                    : certificate_sign_many(signing->certificates, signing->count, config->ca,
                                            signing->signatures, &err);
    for (size_t i = 0; made && i < signing->count; i++) {
        signing->lines[i]->signature = signing->signatures[i];
    }
    if (!made) {
        refuse_all(bulk, &err);
    }
    free(signing);
}

// Two lines of one request id, or a single request at the same time: the one that comes later gets
// what the first got.
static void answer_repeated(Certification *certification, BulkLine *line)
{
    if (line->is_repeated) {
        line->is_refused =
            !authority_issue(certification, &line->asked, &line->statement, &line->refusal);
    }
}

static void insert_all(Bulk *bulk)
{
    CertificateInsertion *insertions = calloc(bulk->count, sizeof *insertions);
    BulkLine **lines = calloc(bulk->count, sizeof *lines);
    size_t count = 0;
    for (size_t i = 0; insertions != NULL && lines != NULL && i < bulk->count; i++) {
        BulkLine *line = &bulk->lines[i];
        if (goes_on(line)) {
            insertions[count] = (CertificateInsertion){.row = &line->planned.row,
                                                       .holder_digest = &line->planned.holder};
            lines[count++] = line;
        }
    }
    certificate_record_insert_all(bulk->certification->store, insertions, count);
    for (size_t i = 0; i < count; i++) {
        lines[i]->insertion = insertions[i];
        lines[i]->is_repeated =
            insertions[i].ok && (insertions[i].raced || insertions[i].has_other_secret);
        if (!insertions[i].ok) {
            refuse_line(lines[i], &insertions[i].err);
        }
    }
    if (insertions == NULL || lines == NULL) {
        Error err = {0};
        (void)error_memory(&err);
        refuse_all(bulk, &err);
    }
    free(insertions);
    free(lines);
}

static void begin_logging(Certification *certification, BulkLine *line)
{
    if (line->is_repeated) {
        return;
    }
    line->logging = line->planned.issue->logging;
    line->is_refused =
        line->logging != NULL
            ? !issuance_begin(line->logging, &line->insertion, &line->issuance, &line->refusal)
            : !issuance_statement(certification, &line->planned.row, line->arena, &line->statement,
                                  &line->refusal);
}

// The receipts of one report are under one checkpoint. One that does not hold fails its lines
// later.
static void verify_checkpoint(const Bulk *bulk, BulkLine **lines, size_t count)
{
    Bytes checkpoint = BYTES_EMPTY;
    (void)!issuance_receipt_checkpoint(lines[0]->arena, lines[0]->receipt,
                                       &bulk->certification->log_key, &checkpoint, NULL);
    for (size_t i = 0; i < count; i++) {
        lines[i]->checkpoint = checkpoint;
    }
}

// Some of the lines as one report. Should the evidence system refuse it, each goes by itself.
static void log_some(Bulk *bulk, BulkLine **lines, size_t count)
{
    Issuance issuances[ISSUANCE_BATCH_MAX];
    Bytes receipts[ISSUANCE_BATCH_MAX];
    const TransparencyPort *port = bulk->certification->config.transparency;
    Error err = {0};
    for (size_t i = 0; i < count; i++) {
        issuances[i] = *lines[i]->issuance;
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    bool logged = arena != NULL ? port->append(port, issuances, count, arena, receipts, &err)
                                : error_memory(&err);
    for (size_t i = 0; i < count; i++) {
        if (logged) {
            lines[i]->receipt = arena_copy(lines[i]->arena, receipts[i]);
        } else if (count == 1 || err.kind == ERROR_UNAVAILABLE) {
            refuse_line(lines[i], &err);
        } else {
            log_some(bulk, &lines[i], 1);
        }
    }
    if (logged) {
        verify_checkpoint(bulk, lines, count);
    }
}

// Labels are no secret: they are logged.
static bool has_label(BulkLine **lines, size_t count, const Sm3Digest *label)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i]->issuance->label.bytes, label->bytes, SM3_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

static void log_all(Bulk *bulk)
{
    BulkLine *lines[ISSUANCE_BATCH_MAX];
    size_t count = 0;
    for (size_t i = 0; i < bulk->count; i++) {
        BulkLine *line = &bulk->lines[i];
        if (!goes_on(line) || line->logging == NULL) {
            continue;
        }
        if (count == ISSUANCE_BATCH_MAX || has_label(lines, count, &line->issuance->label)) {
            log_some(bulk, lines, count);
            count = 0;
        }
        lines[count++] = line;
    }
    if (count > 0) {
        log_some(bulk, lines, count);
    }
}

static void state(Certification *certification, BulkLine *line)
{
    (void)certification;
    if (line->logging != NULL) {
        line->is_refused = !issuance_draw_up(line->logging, line->receipt, line->checkpoint,
                                             &line->record, &line->refusal);
    }
}

static void complete(Certification *certification, BulkLine *line)
{
    (void)certification;
    if (line->logging != NULL) {
        line->is_refused =
            !issuance_complete(line->logging, &line->signature, &line->planned.statement,
                               &line->completion, &line->refusal);
    }
}

static void finish_all(Bulk *bulk)
{
    IssuanceFinishing *finishings = calloc(bulk->count, sizeof *finishings);
    size_t count = 0;
    Error err = {0};
    for (size_t i = 0; finishings != NULL && i < bulk->count; i++) {
        const BulkLine *line = &bulk->lines[i];
        if (goes_on(line) && line->logging != NULL) {
            finishings[count++] =
                (IssuanceFinishing){line->planned.row.serial, line->completion, false};
        }
    }
    bool finished = finishings != NULL ? issuance_record_finish_all(bulk->certification->store,
                                                                    finishings, count, &err)
                                       : error_memory(&err);
    count = 0;
    for (size_t i = 0; finished && i < bulk->count; i++) {
        BulkLine *line = &bulk->lines[i];
        if (goes_on(line) && line->logging != NULL) {
            line->is_repeated = finishings[count++].raced;
            line->statement = line->is_repeated ? BYTES_EMPTY : line->planned.statement;
        }
    }
    if (!finished) {
        refuse_all(bulk, &err);
    }
    free(finishings);
}

static void run(Bulk *bulk)
{
    for_each(bulk, take);
    verify_possession(bulk);
    for_each(bulk, draw_up);
    sign_all(bulk, false);
    for_each(bulk, make);
    insert_all(bulk);
    for_each(bulk, begin_logging);
    log_all(bulk);
    for_each(bulk, state);
    sign_all(bulk, true);
    for_each(bulk, complete);
    finish_all(bulk);
    for_each(bulk, answer_repeated);
}

// --- the request and its answer ---------------------------------------------------------------

static bool refuse(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "certification.bulk", NULL, "the body %s", why);
}

static bool add_line(Bulk *bulk, Bytes request, Error *err)
{
    BulkLine *line = &bulk->lines[bulk->count];
    *line = (BulkLine){.request = request, .arena = arena_new(LINE_ARENA_SIZE)};
    if (line->arena == NULL) {
        return error_memory(err);
    }
    line->asked = (AuthorityRequest){.arena = line->arena,
                                     .caller = bulk->caller,
                                     .statement = request,
                                     .serial = "",
                                     .operation = OPERATION_ISSUE,
                                     .request_id = "",
                                     .requester = requester_name(REQUESTER_REGISTRAR)};
    bulk->count++;
    return true;
}

// The last line may end without a line feed.
static bool split(Bytes body, Bulk *bulk, Error *err)
{
    while (body.len > 0) {
        size_t end = body.len;
        (void)bytes_find(body, BYTES_LITERAL("\n"), 0, &end);
        if (end == 0 || bulk->count == BULK_MAX_REQUESTS) {
            return refuse(err, end == 0 ? "has an empty line" : "has more than 512 requests");
        }
        if (!add_line(bulk, bytes_slice(body, 0, end), err)) {
            return false;
        }
        body = bytes_from(body, end + 1);
    }
    return bulk->count > 0 || refuse(err, "is empty");
}

static void put_refusal(const Error *refusal, Writer *ret)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *error = json_make_object();
    json_put_text(error, "code", refusal->code);
    json_put_text(error, "kind", error_kind_name(refusal->kind));
    json_put_text(error, "message", refusal->text);
    json_put_text(error, "clause", refusal->clause);
    json_put(json, "error", error);
    ret->failed = !json_write(json, ret, NULL) || ret->failed;
}

static bool join_answers(const Bulk *bulk, Arena *arena, Bytes *ret, Error *err)
{
    size_t size = 0;
    for (size_t i = 0; i < bulk->count; i++) {
        size += bulk->lines[i].statement.len + 1;
    }
    CLEANUP(writer_free) Writer joined = writer_new(size + bulk->count * ERROR_MAX_SIZE);
    writer_expect(&joined, size);
    for (size_t i = 0; i < bulk->count; i++) {
        const BulkLine *line = &bulk->lines[i];
        if (line->is_refused) {
            authority_note_refusal(bulk->certification, &line->asked, &line->refusal);
            put_refusal(&line->refusal, &joined);
        } else {
            writer_put(&joined, line->statement);
        }
        writer_put_u8(&joined, '\n');
    }
    *ret = arena_adopt(arena, &joined);
    return (!joined.failed && ret->data != NULL) || error_memory(err);
}

static void release(Bulk *bulk)
{
    for (size_t i = 0; i < bulk->count; i++) {
        arena_free(bulk->lines[i].arena);
    }
    free(bulk->lines);
}

bool certification_handle_bulk(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Bytes answers;
    if (strcmp(request->content_type, BULK_MEDIA_TYPE) != 0) {
        return refuse(err, "has to be " BULK_MEDIA_TYPE);
    }
    Bulk bulk = {.certification = component,
                 .caller = request->caller.name,
                 .lines = calloc(BULK_MAX_REQUESTS, sizeof *bulk.lines)};
    if (bulk.lines == NULL) {
        return error_memory(err);
    }
    bool ok = split(request->body, &bulk, err);
    if (ok) {
        run(&bulk);
        ok = join_answers(&bulk, request->arena, &answers, err);
    }
    release(&bulk);
    if (ok) {
        service_reply_bytes(response, 200, BULK_MEDIA_TYPE, answers);
    }
    return ok;
}
