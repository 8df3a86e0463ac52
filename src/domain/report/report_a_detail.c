// SPDX-License-Identifier: Apache-2.0
//
// Section 三 of report A: what happened, in order of time. Every row says who told it, by whose
// clock, and whether that time was verified.
#include <stdlib.h>
#include <string.h>

#include "domain/pki/key_record.h"
#include "domain/report/report_a_findings.h"
#include "domain/report/report_text.h"

typedef struct {
    Time at;
    size_t order;  // as collected: keeps rows of one moment in the order of the process
    const char *step, *action, *result, *source, *clock;
} DetailRow;

typedef struct {
    Arena *arena;
    DetailRow *rows;
    size_t count;
    bool overflows;
} Detail;

static const char system_source[] = "业务系统";
static const char system_clock[] = "业务系统时钟，未经第三方核验";
static const char terminal_clock[] = "终端时钟，已与业务系统时间比对";

static void add(Detail *detail, const DetailRow *row)
{
    if (detail->count == REPORT_A_MAX_EVENTS) {
        detail->overflows = true;
        return;
    }
    detail->rows[detail->count] = *row;
    detail->rows[detail->count].order = detail->count;
    detail->count++;
}

// --- the institution's history ----------------------------------------------------------------

// A measure is told from the decision, which says more; only what was refused is not in it.
static bool is_told_by_decision(const ReportHistoryEvent *event)
{
    FactorFamily family;
    return factor_family_from_name(event->event, &family) && strcmp(event->outcome, "refused") != 0;
}

static void add_history_event(Detail *detail, const ReportHistoryEvent *event)
{
    ReportEventText text = report_event_text(event->event);
    add(detail,
        &(DetailRow){.at = event->at,
                     .step = text.step,
                     .action = text.action,
                     .result = report_outcome_text(detail->arena, event->outcome, event->code),
                     .source = system_source,
                     .clock = system_clock});
}

// --- what others signed or stamped ------------------------------------------------------------

static void add_measures(Detail *detail, const ReportAFindings *findings)
{
    const IdentityDecision *decision = &findings->decision;
    for (size_t i = 0; findings->has_decision && i < decision->measure_count; i++) {
        const Measure *measure = &decision->measures[i];
        add(detail,
            &(DetailRow){
                .at = measure->occurred_at,
                .step = "身份鉴别",
                .action = arena_format(detail->arena, "鉴别措施：%s",
                                       measure_means_chinese(measure->means)),
                .result = measure_result_chinese(measure->result),
                .source = report_provider_text(measure->provider),
                .clock = findings->decision_statement.holds ? "记录于签名的身份鉴别决定，签名已验证"
                                                            : "记录于身份鉴别决定，签名未通过验证",
            });
    }
}

static void add_statement(Detail *detail, const FoundStatement *found, const DetailRow *row)
{
    if (found->is_present) {
        DetailRow copy = *row;
        copy.at = found->statement.signed_at;
        copy.result = found->holds ? "签名有效" : "签名未通过验证";
        copy.clock = found->holds ? "签署时间，签名已验证" : "签署时间，签名未通过验证";
        add(detail, &copy);
    }
}

static void add_statements(Detail *detail, const ReportAFindings *findings)
{
    add_statement(
        detail, &findings->decision_statement,
        &(DetailRow){.step = "身份鉴别", .action = "身份鉴别决定签名", .source = "业务发生机构"});
    add_statement(detail, &findings->issue,
                  &(DetailRow){.step = "证书签发",
                               .action = "电子认证机构签发个人数字证书",
                               .source = "电子认证机构"});
    bool stays = findings->key_record.is_present &&
                 strcmp(findings->key_record.statement.type, KEY_RECORD_USE) == 0;
    add_statement(detail, &findings->key_record,
                  &(DetailRow){.step = "签署协议",
                               .action = stays ? "签名私钥保存于硬件介质并用于本次签署的声明"
                                               : "签名私钥使用后销毁的声明",
                               .source = "用户终端"});
}

static void add_behaviour(Detail *detail, const ReportAFindings *findings)
{
    for (size_t i = 0; findings->has_behaviour && i < findings->behaviour.count; i++) {
        const BehaviourEvent *event = &findings->behaviour.events[i];
        const char *kind = behaviour_kind_chinese(event->kind);
        const char *action =
            event->kind == BEHAVIOUR_SCROLL
                ? arena_format(detail->arena, "个人%s协议全文的 %d%%", kind, event->depth_percent)
            : event->item[0] != '\0'
                ? arena_format(detail->arena, "个人%s：%s", kind, report_tick_text(event->item))
                : arena_format(detail->arena, "个人%s", kind);
        add(detail, &(DetailRow){.at = event->at,
                                 .step = "签署协议",
                                 .action = action,
                                 .result = event->is_trusted ? "本人操作" : "非用户触发",
                                 .source = "用户终端",
                                 .clock = terminal_clock});
    }
}

static void add_stamp(Detail *detail, const ReportAFindings *findings)
{
    if (findings->has_seal && findings->seal.has_stamp &&
        findings->seal.stamp_outcome == CHECK_PASSED) {
        add(detail, &(DetailRow){.at = findings->seal.stamp.time,
                                 .step = "签署协议",
                                 .action = "对电子签章加盖时间戳",
                                 .result = "时间戳有效",
                                 .source = "时间戳服务机构",
                                 .clock = "时间戳时间，已验证"});
    }
}

static void add_receipts(Detail *detail, const ReportAFindings *findings)
{
    static const char *const actions[REPORT_A_RECEIPTS] = {
        "存证个人身份鉴别过程及结果（M6）", "存证签发数字证书过程及结果（M7）",
        "存证签署征信授权电子协议过程及结果（M8）"};
    for (size_t i = 0; i < REPORT_A_RECEIPTS; i++) {
        const FoundReceipt *found = &findings->receipts[i];
        if (found->is_present) {
            add(detail,
                &(DetailRow){
                    .at = found->entry.received,
                    .step = "电子数据存证",
                    .action = actions[i],
                    .result = arena_format(detail->arena, "已收讫，日志序号 %llu",
                                           (unsigned long long)found->receipt.index),
                    .source = "存证服务机构",
                    .clock = found->holds ? "收讫时间，回执已验证" : "收讫时间，回执未能验证",
                });
        }
    }
}

static void add_uses(Detail *detail, const ReportAFacts *facts)
{
    for (size_t i = 0; i < facts->use_count; i++) {
        const ReportUse *use = &facts->uses[i];
        const Purpose *purpose = purpose_find(use->purpose);
        add(detail, &(DetailRow){
                        .at = use->at,
                        .step = "查询信用报告",
                        .action = arena_format(detail->arena, "查询原因：%s，查询编号 %s",
                                               purpose == NULL ? use->purpose : purpose->chinese,
                                               use->query_id),
                        .result = report_outcome_text(detail->arena, use->outcome, NULL),
                        .source = system_source,
                        .clock = system_clock,
                    });
    }
}

static int compare(const void *left, const void *right)
{
    const DetailRow *a = left, *b = right;
    if (a->at != b->at) {
        return a->at < b->at ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

bool report_a_add_detail(Report *report, const ReportAFacts *facts, const ReportAFindings *findings,
                         Error *err)
{
    static const ReportColumns columns = {
        .key = "detail",
        .columns = 6,
        .header = {"时间", "环节", "操作", "结果", "来源", "时间的依据"},
        .widths = {3.4, 2.3, 6, 3, 2.6, 3.6}};
    Arena *arena = report_arena(report);
    Detail detail = {.arena = arena,
                     .rows = arena_alloc(arena, REPORT_A_MAX_EVENTS * sizeof *detail.rows)};
    if (detail.rows == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < facts->history_count; i++) {
        if (!findings->has_decision || !is_told_by_decision(&facts->history[i])) {
            add_history_event(&detail, &facts->history[i]);
        }
    }
    add_measures(&detail, findings);
    add_statements(&detail, findings);
    add_behaviour(&detail, findings);
    add_stamp(&detail, findings);
    add_receipts(&detail, findings);
    add_uses(&detail, facts);
    if (detail.overflows) {
        return error_set(err, ERROR_LIMIT, "report.too_many_events", NULL,
                         "more than %d events to be told", REPORT_A_MAX_EVENTS);
    }
    qsort(detail.rows, detail.count, sizeof *detail.rows, compare);
    report_add_section(report, 1, "三、有关业务详细情况");
    report_add_paragraph(report,
                         "以下按照时间顺序和业务流程列出各环节的个人操作和办理结果。时间均为"
                         "北京时间；“时间的依据”说明该时间由谁的时钟给出、是否经过验证。");
    report_add_table(report, &columns);
    for (size_t i = 0; i < detail.count; i++) {
        const DetailRow *row = &detail.rows[i];
        char time[TIME_TEXT_SIZE];
        time_to_china_text(row->at, time);
        const char *cells[] = {time, row->step, row->action, row->result, row->source, row->clock};
        report_add_row(report, cells);
    }
    return true;
}
