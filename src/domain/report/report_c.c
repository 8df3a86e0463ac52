// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_c.h"

#include <string.h>

#include "domain/report/report_basis.h"
#include "domain/report/report_c_compare.h"
#include "domain/report/report_text.h"

const char *report_consistency_chinese(ReportConsistency consistency)
{
    static const char *const names[] = {
        [ITEM_CONSISTENT] = "一致",
        [ITEM_INCONSISTENT] = "不一致",
        [ITEM_NOT_HANDED_IN] = "未提交比对",
        [ITEM_NOT_DEPOSITED] = "未存证",
    };
    return names[consistency];
}

// --- 一、二 -----------------------------------------------------------------------------------

static void add_issuer(Report *report, const ReportCFacts *facts)
{
    report_add_section(report, 1, "一、出具单位说明");
    report_add_paragraph(
        report,
        "%s是独立于业务发生机构和个人的电子数据存证服务提供者，按照 JR/T 0299—2024 "
        "第 8 章和 SF/T 0076—2020 开展存证工作。",
        facts->head.issuer);
    report_add_field(report, "issuer.name", "存证机构", facts->head.issuer);
    report_add_field(report, "issuer.licence", "资质或登记编号", facts->head.licence);
    report_add_field(report, "issuer.log", "存证日志名称", facts->log_origin);
    report_add_field(report, "issuer.technology", "采用的存证技术",
                     "以 SM3 构造的仅可追加的默克尔树日志；以 SM2 签名的检查点，并加盖时间戳；"
                     "存证内容以 SM4 逐份加密保存，日志中只存加盐承诺值");
    report_add_field(report, "issuer.tamper", "如何防篡改",
                     "日志只增不改，任何历史记录的改动都会改变检查点的根值而被发现；检查点由日志"
                     "密钥签名，可由其他机构联署；每次提交由提交方签名，前后环节以摘要相链接");
    report_add_field(report, "issuer.integrity", "如何保证存证数据的完整性",
                     "收到时重新计算摘要并与提交值比对，出具报告时解密并重新计算承诺值，与日志"
                     "记录和包含证明核对；查阅、验证和出具报告均留有保管记录");
    report_add_field(report, "issuer.environment", "存证环境自检", facts->environment);
}

static void add_application(Report *report, const ReportCFacts *facts)
{
    const ReportApplication *application = facts->application;
    Arena *arena = report_arena(report);
    report_add_section(report, 1, "二、验证申请说明");
    report_add_section(report, 2, "（一）申请单位名称。");
    report_add_field(report, "application.applicant", "申请验证机构", application->applicant);
    report_add_section(report, 2, "（二）申请日期。");
    report_add_field(report, "application.date", "提出申请时间",
                     report_time_text(arena, application->applied_at));
    report_add_section(report, 2, "（三）申请验证内容。");
    report_add_field(report, "application.business", "业务名称", application->business);
    report_add_field(report, "application.authorization", "授权编号",
                     application->authorization_id);
    report_add_field(report, "application.content", "具体内容", application->content);
}

static void add_deposits(Report *report, const ReportCFacts *facts)
{
    static const ReportColumns columns = {
        .key = "deposits",
        .columns = 5,
        .header = {"存证环节", "提交方", "收讫时间（日志序号）", "提交文件 SM3 摘要", "完整性"},
        .widths = {1.6, 3, 3.4, 5, 2}};
    Arena *arena = report_arena(report);
    report_add_section(report, 1, "三、验证结论");
    report_add_paragraph(report,
                         "本机构就该授权共收到下列存证，已逐份解密、重新计算并与存证日志核对（本部"
                         "分的时间均为北京时间）：");
    report_add_table(report, &columns);
    for (size_t i = 0; i < facts->deposit_count; i++) {
        const ReportDeposit *deposit = &facts->deposits[i];
        const char *cells[] = {
            arena_format(arena, "%s（%lld）", deposit_stage_name(deposit->stage),
                         (long long)deposit->sequence),
            deposit->depositor,
            arena_format(arena, "%s（%llu）", report_clock_text(arena, deposit->received),
                         (unsigned long long)deposit->log_index),
            report_digest_text(arena, &deposit->submission),
            deposit->damage[0] == '\0' ? "完整" : deposit->damage,
        };
        report_add_row(report, cells);
    }
}

// --- 三 ---------------------------------------------------------------------------------------

typedef struct {
    ReportCPart part;
    const char *heading, *intro, *key, *items_key, *events_key;
    const char *event_header[5];
} PartText;

static const PartText part_texts[PART_COUNT] = {
    {PART_IDENTITY,
     "（一）身份鉴别数据。",
     "身份鉴别环节，数据提交方存证的信息包括身份鉴别手段、时间、结果及鉴别服务提供商：",
     "identity.consistency",
     "identity.items",
     "identity.events",
     {"身份鉴别手段", "时间", "结果", "鉴别服务提供商", "比对"}},
    {PART_BEHAVIOUR,
     "（二）签署行为记录数据。",
     "签署环节，数据提交方存证的信息包括用户签署征信授权电子协议的行为、方式、时间：",
     "behaviour.consistency",
     "behaviour.items",
     "behaviour.events",
     {"行为", "时间", "方式", "对象", "比对"}},
    {PART_DOCUMENT,
     "（三）签署后电子文件数据。",
     "数据提交方存证的签署后的电子文件如下：",
     "document.consistency",
     "document.items",
     "document.events",
     {"事件", "时间", "结果", "说明", "比对"}},
    {PART_OTHER,
     "（四）其他数据。",
     "其他环节，数据提交方存证的登录、浏览、证书签发等相关数据如下：",
     "other.consistency",
     "other.items",
     "other.events",
     {"事件", "时间", "结果", "说明", "比对"}},
};

static void add_items(Report *report, const Comparisons *comparisons, const PartText *text)
{
    const ReportColumns columns = {.key = text->items_key,
                                   .columns = 6,
                                   .header = {"数据名称", "存证环节", "存证时间", "存证时 SM3 摘要",
                                              "验证时 SM3 摘要", "比对"},
                                   .widths = {2.8, 1.4, 2.4, 4, 4, 1.6}};
    Arena *arena = report_arena(report);
    bool has_table = false;
    for (size_t i = 0; i < comparisons->count; i++) {
        const Comparison *row = &comparisons->rows[i];
        if (row->part != text->part || row->event != NULL) {
            continue;
        }
        if (!has_table) {
            report_add_table(report, &columns);
            has_table = true;
        }
        const char *cells[] = {"",  "—", "—",
                               "—", "—", report_consistency_chinese(row->consistency)};
        if (row->material != NULL) {
            Sm3Digest found = report_digest(report, row->material->content);
            cells[0] = row->material->name;
            cells[4] = report_digest_text(arena, &found);
        }
        if (row->item != NULL) {
            cells[0] = row->item->name;
            cells[1] = deposit_stage_name(row->deposit->stage);
            cells[2] = report_clock_text(arena, row->deposit->received);
            cells[3] = report_digest_text(arena, &row->item->digest);
        }
        report_add_row(report, cells);
    }
}

static const char *suffix(const char *type)
{
    const char *dot = strchr(type, '.');
    return dot == NULL ? type : dot + 1;
}

static const char *act_chinese(const char *kind)
{
    for (int i = 0; i < BEHAVIOUR_COUNT; i++) {
        if (strcmp(behaviour_kind_name((BehaviourKind)i), kind) == 0) {
            return behaviour_kind_chinese((BehaviourKind)i);
        }
    }
    return kind;
}

static void event_cells(Arena *arena, const Comparison *row, const char *cells[5])
{
    const DepositEvent *event = row->event;
    cells[0] = report_event_text(event->type).action;
    cells[1] = report_clock_text(arena, event->time);
    cells[2] = report_outcome_text(arena, event->outcome, NULL);
    cells[3] = event->detail;
    cells[4] = report_consistency_chinese(row->consistency);
    if (row->part == PART_IDENTITY) {
        cells[0] = measure_means_chinese(suffix(event->type));
        cells[3] = report_provider_text(event->detail);
    } else if (row->part == PART_BEHAVIOUR) {
        cells[0] = act_chinese(suffix(event->type));
        cells[2] = "本人在终端操作";
        cells[3] = event->detail[0] == '\0' ? "" : report_tick_text(event->detail);
    } else {
        cells[3] = report_detail_text(event->detail);
        cells[4] = "仅存证";
    }
}

static void add_events(Report *report, const Comparisons *comparisons, const PartText *text)
{
    ReportColumns columns = {.key = text->events_key, .columns = 5, .widths = {4, 4, 3, 4, 1.8}};
    memcpy(columns.header, text->event_header, sizeof text->event_header);
    bool has_table = false;
    for (size_t i = 0; i < comparisons->count; i++) {
        const Comparison *row = &comparisons->rows[i];
        const char *cells[5];
        if (row->part != text->part || row->event == NULL) {
            continue;
        }
        if (!has_table) {
            report_add_table(report, &columns);
            has_table = true;
        }
        event_cells(report_arena(report), row, cells);
        report_add_row(report, cells);
    }
}

// Append what does not agree; NULL on exhaustion.
static const char *named(Arena *arena, const char *names, const Comparison *row)
{
    const char *name = row->item != NULL    ? row->item->name
                       : row->event != NULL ? row->event->type
                                            : row->material->name;
    return names == NULL ? NULL
                         : arena_format(arena, "%s%s%s", names, names[0] == '\0' ? "" : "、", name);
}

static void add_statement(Report *report, const Comparisons *comparisons, const PartText *text)
{
    Arena *arena = report_arena(report);
    size_t counts[ITEM_NOT_DEPOSITED + 1] = {0};
    const char *differing = "", *undeposited = "";
    for (size_t i = 0; i < comparisons->count; i++) {
        const Comparison *row = &comparisons->rows[i];
        if (row->part != text->part) {
            continue;
        }
        counts[row->consistency]++;
        if (row->consistency == ITEM_INCONSISTENT) {
            differing = named(arena, differing, row);
        } else if (row->consistency == ITEM_NOT_DEPOSITED) {
            undeposited = named(arena, undeposited, row);
        }
    }
    const char *statement;
    if (counts[ITEM_INCONSISTENT] > 0) {
        statement = arena_format(arena, "不一致：%zu 项与存证数据一致，%zu 项不一致（%s）",
                                 counts[ITEM_CONSISTENT], counts[ITEM_INCONSISTENT], differing);
    } else if (counts[ITEM_NOT_DEPOSITED] > 0) {
        statement = arena_format(arena, "所提交的 %s 未曾存证，无法比对；其余 %zu 项一致",
                                 undeposited, counts[ITEM_CONSISTENT]);
    } else if (counts[ITEM_CONSISTENT] > 0) {
        statement = arena_format(arena, "待验证数据与存证数据一致（共比对 %zu 项）",
                                 counts[ITEM_CONSISTENT]);
    } else {
        statement = "申请单位未提交可供比对的数据";
    }
    report_add_field(report, text->key, "比对的一致性说明", statement);
}

static void add_parts(Report *report, const Comparisons *comparisons)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const PartText *text = &part_texts[i];
        report_add_section(report, 2, text->heading);
        report_add_paragraph(report, "%s", text->intro);
        add_events(report, comparisons, text);
        add_items(report, comparisons, text);
        add_statement(report, comparisons, text);
    }
}

// --- attachments ------------------------------------------------------------------------------

static void add_part_files(Report *report, const Comparisons *comparisons, ReportCPart part)
{
    for (size_t i = 0; i < comparisons->count; i++) {
        const Comparison *row = &comparisons->rows[i];
        if (row->part == part && row->item != NULL) {
            const DepositItem *item = row->item;
            report_add_file(report, &(ReportFile){.name = item->name,
                                                  .media_type = item->media_type,
                                                  .description = "存证数据",
                                                  .size_bytes = item->size_bytes,
                                                  .digest = item->digest});
        }
    }
}

static void add_attachments(Report *report, const ReportCFacts *facts,
                            const Comparisons *comparisons)
{
    report_add_attachment(report, 1, "电子数据存证有关资质证明材料");
    report_add_paragraph(report, "资质或登记编号：%s。资质证明材料副本由出具单位另行提供。",
                         facts->head.licence);
    report_add_attachment(report, 2, "签署方身份验证记录");
    add_part_files(report, comparisons, PART_IDENTITY);
    report_add_attachment(report, 3, "签署行为记录数据");
    add_part_files(report, comparisons, PART_BEHAVIOUR);
    report_add_attachment(report, 4, "征信授权书");
    add_part_files(report, comparisons, PART_DOCUMENT);
    report_add_attachment(report, 5, "其他有关材料");
    add_part_files(report, comparisons, PART_OTHER);
    report_add_paragraph(report, "验证过程中进行的全部检查：");
    report_add_checks(report, &comparisons->verdict);
}

static void conclude(Report *report, const Comparisons *comparisons)
{
    const VerdictCheck *reason = verdict_reason(&comparisons->verdict);
    CheckOutcome outcome = verdict_outcome(&comparisons->verdict);
    const char *code = reason == NULL ? "" : reason->code;
    const char *text =
        outcome == CHECK_PASSED
            ? "验证结论：本机构存证的数据完整，未发现改动；申请单位提交的待验证数据与存证数据一致。"
            : arena_format(
                  report_arena(report),
                  "验证结论：%s。首个%s的检查为：%s（%s）。各项比对结果见第三部分，"
                  "全部检查见附件 5。",
                  outcome == CHECK_FAILED ? "存在不一致或未通过的检查" : "存在无法判定的检查",
                  check_outcome_chinese(outcome), verdict_chinese(reason), code);
    report_conclude(report, outcome, code, text);
}

bool report_c_make(const ReportCFacts *facts, Arena *arena, Report **ret, Error *err)
{
    Report *report = report_new(arena, REPORT_C, &facts->head);
    Comparisons comparisons;
    report_c_compare(facts, arena, &comparisons);
    if (report == NULL || comparisons.rows == NULL) {
        return error_memory(err);
    }
    if (comparisons.overflows) {
        return error_set(err, ERROR_LIMIT, "report.too_many_items", NULL,
                         "more than %d items and events to compare", COMPARISONS_MAX);
    }
    add_issuer(report, facts);
    add_application(report, facts);
    add_deposits(report, facts);
    add_parts(report, &comparisons);
    add_attachments(report, facts, &comparisons);
    conclude(report, &comparisons);
    report_c_set_basis(report, facts);
    *ret = report;
    return true;
}
