// SPDX-License-Identifier: Apache-2.0
//
// Report C: C5 opens what it keeps of an authorization and compares it with what is handed in.
// Every report is an access, and recorded as one before anything is opened.
#include <string.h>

#include "component/preservation/preservation_state.h"
#include "domain/report/report_c.h"

typedef struct {
    const char *authorization;
    Arena *arena;
    DepositRecord *records;
    size_t count;
    bool has_environment;
    Bytes environment;
    uint64_t environment_index;
} ReportRead;

static bool read_all(StoreSession *session, void *context, Error *err)
{
    ReportRead *read = context;
    return deposit_record_list(session, read->authorization, DEPOSITS_LISTED_MAX, read->arena,
                               &read->records, &read->count, err) &&
           environment_record_latest(session, read->arena, &read->has_environment,
                                     &read->environment, &read->environment_index, err);
}

// Version, program and clock as the latest self-check found them.
static const char *describe_environment(const ReportRead *read)
{
    CLEANUP(json_cleanup) json_t *record = NULL;
    if (!read->has_environment || !json_parse(read->environment, &record, NULL)) {
        return "没有自检记录";
    }
    const char *time = json_string_value(json_object_get(record, "time"));
    const char *version = json_string_value(json_object_get(record, "version"));
    const char *program = json_string_value(json_object_get(record, "program_sm3"));
    const json_t *offset = json_object_get(record, "clock_offset_us");
    const char *text = arena_format(
        read->arena,
        "最近一次自检：%s；软件版本：%s；程序 SM3 摘要：%s；时钟偏差：%s；日志序号：%llu",
        time == NULL ? "—" : time, version == NULL ? "—" : version, program == NULL ? "—" : program,
        offset == NULL
            ? "未测量"
            : arena_format(read->arena, "%lld 微秒", (long long)json_integer_value(offset)),
        (unsigned long long)read->environment_index);
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
                           .receipt = record->receipt,
                           .damage = ""};
    if (preservation_open_deposit(preservation, record, arena, opened, &why)) {
        ret->deposit = &opened->deposit;
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
    if (!preservation_record_access(preservation, request, &custody, err) ||
        !make_report(preservation, &asked, requester, request, &issued, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = issued_report_to_json(&issued);
    return service_reply_json(response, request->arena, 201, reply, err);
}
