// SPDX-License-Identifier: Apache-2.0
//
// Report C: C5 opens what it keeps of an authorization and compares it with what is handed in.
// Every report is an access, and recorded as one before anything is opened.
#include <string.h>

#include "component/preservation/preservation_state.h"
#include "domain/report/report_c.h"

enum { INTERRUPTIONS_MAX = 64, INTERRUPTIONS_TEXT_MAX = 8192 };

typedef struct {
    const char *authorization;
    Arena *arena;
    DepositRecord *records;
    size_t count;
    OperationRecord *operations;
    size_t operation_count;
    bool has_environment;
    Bytes environment;
    uint64_t environment_index;
} ReportRead;

static bool read_all(StoreSession *session, void *context, Error *err)
{
    ReportRead *read = context;
    return deposit_record_list(session, read->authorization, DEPOSITS_LISTED_MAX, read->arena,
                               &read->records, &read->count, err) &&
           operation_record_list(session, read->count == 0 ? 0 : read->records[0].received,
                                 INTERRUPTIONS_MAX, read->arena, &read->operations,
                                 &read->operation_count, err) &&
           environment_record_latest(session, read->arena, &read->has_environment,
                                     &read->environment, &read->environment_index, err);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "—" : text;
}

// Version, program, clock and disk as the latest self-check found them.
static const char *describe_self_check(const ReportRead *read)
{
    CLEANUP(json_cleanup) json_t *record = NULL;
    if (!read->has_environment || !json_parse(read->environment, &record, NULL)) {
        return "没有自检记录";
    }
    const json_t *offset = json_object_get(record, "clock_offset_us");
    const json_t *disk = json_object_get(record, "disk");
    const char *text = arena_format(
        read->arena,
        "最近一次自检：%s；软件版本：%s；程序 SM3 摘要：%s；操作系统：%s %s；时钟偏差：%s；"
        "系统时钟：%s；存储：%s；日志序号：%llu",
        text_of(record, "time"), text_of(record, "version"), text_of(record, "program_sm3"),
        text_of(record, "system"), text_of(record, "release"),
        offset == NULL
            ? "未测量"
            : arena_format(read->arena, "%lld 微秒", (long long)json_integer_value(offset)),
        json_is_true(json_object_get(record, "clock_synchronised")) ? "已同步" : "未同步",
        json_is_true(json_object_get(disk, "writable")) ? "可写，正常" : "异常",
        (unsigned long long)read->environment_index);
    return text == NULL ? "" : text;
}

// When the system was not in operation since the first deposit. Source: requirement E13.
static const char *describe_interruptions(const ReportRead *read)
{
    CLEANUP(writer_free) Writer text = writer_new(INTERRUPTIONS_TEXT_MAX);
    size_t count = 0;
    for (size_t i = 1; i < read->operation_count; i++) {
        const OperationRecord *before = &read->operations[i - 1], *after = &read->operations[i];
        char from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
        if (after->started <= read->records[0].received) {
            continue;
        }
        time_to_text(before->seen, from);
        time_to_text(after->started, until);
        writer_format(&text, "%s%s 至 %s（%s）", count++ == 0 ? "" : "、", from, until,
                      before->is_ended ? "正常停止" : "异常中断");
    }
    Bytes list = writer_bytes(&text);
    const char *whole = count == 0
                            ? "；自首次存证以来系统持续运行，没有中断"
                            : arena_format(read->arena, "；自首次存证以来系统中断 %zu 次：%.*s%s",
                                           count, (int)list.len, (const char *)list.data,
                                           read->operation_count == INTERRUPTIONS_MAX ? " 等" : "");
    return whole == NULL ? "" : whole;
}

static const char *describe_environment(const ReportRead *read)
{
    const char *text =
        arena_format(read->arena, "%s%s", describe_self_check(read), describe_interruptions(read));
    return text == NULL ? "" : text;
}

// Content that is erased or damaged is told in the report; only our own trouble ends it.
static bool open_one(Preservation *preservation, const DepositRecord *record, Arena *arena,
                     ReportDeposit *ret, Error *err)
{
    OpenedDeposit *opened = arena_alloc(arena, sizeof *opened);
    Error why = {0};
    if (opened == NULL) {
        return error_memory(err);
    }
    *ret = (ReportDeposit){.stage = record->stage,
                           .sequence = record->sequence,
                           .depositor = record->depositor,
                           .received = record->received,
                           .log_index = record->log_index,
                           .submission = record->submission,
                           .damage = ""};
    if (!preservation_receipt_of(preservation, record, arena, &ret->receipt, err)) {
        return false;
    }
    if (preservation_open_deposit(preservation, record, arena, opened, &why)) {
        ret->deposit = &opened->deposit;
        ret->statement = record->stage == DEPOSIT_OTHER ? opened->statement : BYTES_EMPTY;
        return true;
    }
    if (why.kind != ERROR_UNTRUSTED && strcmp(why.code, "preservation.erased") != 0) {
        *err = why;
        return false;
    }
    ret->damage = arena_text(arena, bytes_of_text(why.code));
    return ret->damage != NULL || error_memory(err);
}

// An institution is told about what it deposited, not about another's authorization.
static bool check_depositor(const ReportRead *read, const char *caller, Error *err)
{
    for (size_t i = 0; i < read->count; i++) {
        if (strcmp(read->records[i].depositor, caller) == 0) {
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "report.nothing_deposited", "JR/T 0299-2024 8.4",
                     "nothing is deposited by the caller for this authorization");
}

static bool gather(Preservation *preservation, const ReportRequest *request, const char *caller,
                   Arena *arena, ReportCFacts *facts, Error *err)
{
    ReportRead read = {.authorization = request->application.authorization_id, .arena = arena};
    if (!store_read(preservation->store, read_all, &read, err) ||
        !check_depositor(&read, caller, err)) {
        return false;
    }
    ReportDeposit *deposits = arena_alloc(arena, read.count * sizeof *deposits);
    if (deposits == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < read.count; i++) {
        if (!open_one(preservation, &read.records[i], arena, &deposits[i], err)) {
            return false;
        }
    }
    facts->deposits = deposits;
    facts->deposit_count = read.count;
    facts->environment = describe_environment(&read);
    return true;
}

static bool make_report(Preservation *preservation, const ReportRequest *request,
                        const ReportRequester *requester, const ServiceRequest *caller,
                        IssuedReport *ret, Error *err)
{
    Arena *arena = caller->arena;
    const PreservationConfig *config = &preservation->config;
    Report *report;
    ReportCFacts facts = {
        .head = report_issuer_head(config->reports, request, requester),
        .log_origin = config->origin,
        .application = &request->application,
        .log_certificate = &preservation->certificate,
        .trust = report_issuer_trust(config->reports),
    };
    return gather(preservation, request, preservation_caller_name(arena, &caller->caller), arena,
                  &facts, err) &&
           report_c_make(&facts, arena, &report, err) &&
           report_issuer_issue(config->reports, report, arena, ret, err);
}

bool preservation_handle_report(void *component, const ServiceRequest *request,
                                ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    const ReportIssuer *reports = preservation->config.reports;
    ReportRequest asked;
    const ReportRequester *requester;
    IssuedReport issued;
    if (reports == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "report.not_issued_here", NULL,
                         "this evidence system issues no reports");
    }
    if (!report_issuer_accept(reports, request->body, request->arena, &asked, &requester, err)) {
        return false;
    }
    CustodyRecord custody = {
        .action = "report",
        .purpose = arena_format(request->arena, "%s %s", requester->name, asked.set_id),
        .authorization = asked.application.authorization_id};
    if (custody.purpose == NULL) {
        return error_memory(err);
    }
    // The report tells of the environment as it is now. Source: requirement E12.
    if (!preservation_record_access(preservation, request, &custody, err) ||
        !preservation_check_environment(preservation, err) ||
        !make_report(preservation, &asked, requester, request, &issued, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = issued_report_to_json(&issued);
    return service_reply_json(response, request->arena, 201, reply, err);
}
