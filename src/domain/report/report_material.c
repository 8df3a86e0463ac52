// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_material.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/report/report_state.h"
#include "domain/report/report_text.h"

const ReportMaterial *report_material_find(const ReportApplication *application, const char *name)
{
    for (size_t i = 0; i < application->material_count; i++) {
        if (strcmp(application->materials[i].name, name) == 0) {
            return &application->materials[i];
        }
    }
    return NULL;
}

Sm3Digest report_digest(Report *report, Bytes content)
{
    for (size_t i = 0; i < report->digest_count; i++) {
        const ReportDigest *known = &report->digests[i];
        if (known->content.data == content.data && known->content.len == content.len) {
            return known->digest;
        }
    }
    Sm3Digest digest = sm3_digest(content);
    if (report->digest_count < REPORT_DIGESTS_KEPT) {
        report->digests[report->digest_count++] = (ReportDigest){content, digest};
    }
    return digest;
}

void report_add_material(Report *report, const ReportMaterial *material, const char *description)
{
    report_add_file(report, &(ReportFile){.name = material->name,
                                          .media_type = material->media_type,
                                          .description = description,
                                          .size_bytes = material->content.len,
                                          .digest = report_digest(report, material->content)});
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

const char *report_time_text(Arena *arena, Time time)
{
    char text[TIME_TEXT_SIZE];
    time_to_china_text(time, text);
    return or_empty(arena_format(arena, "%s（北京时间）", text));
}

const char *report_clock_text(Arena *arena, Time time)
{
    char text[TIME_TEXT_SIZE];
    time_to_china_text(time, text);
    return or_empty(arena_text(arena, bytes_of_text(text)));
}

const char *report_date_text(Arena *arena, Time time)
{
    CivilTime c = civil_from_time(time + TIME_OFFSET_CHINA);
    return or_empty(arena_format(arena, "%d年%d月%d日", c.year, c.month, c.day));
}

const char *report_digest_text(Arena *arena, const Sm3Digest *digest)
{
    return or_empty(hex_text(arena, sm3_bytes(digest)));
}

const char *report_id_text(Arena *arena, const ReportRequester *requester, const char *id_number)
{
    size_t len = id_number == NULL ? 0 : strlen(id_number);
    if (len == 0 || requester->sees_identity) {
        return or_empty(id_number);
    }
    if (len < 10) {
        return "（按最小必要原则未显示）";
    }
    return or_empty(arena_format(arena, "%.6s********%s", id_number, id_number + len - 4));
}

static const char *result_text(Arena *arena, const Measure *measure)
{
    const char *result = measure_result_chinese(measure->result);
    if (measure->result == RESULT_PASS && !measure_counts(measure)) {
        return or_empty(arena_format(arena, "%s（未计入）", result));
    }
    if (measure->score.is_present) {
        return or_empty(arena_format(arena, "%s（得分 %d.%02d，阈值 %d.%02d）", result,
                                     measure->score.value / 100, measure->score.value % 100,
                                     measure->score.threshold / 100,
                                     measure->score.threshold % 100));
    }
    return result;
}

void report_add_measures(Report *report, const IdentityDecision *decision)
{
    static const ReportColumns columns = {
        .key = "measures",
        .columns = 5,
        .header = {"鉴别措施", "要素类别", "服务提供商（数据来源）", "鉴别时间（北京时间）",
                   "结果"},
        .widths = {4, 3, 4, 4, 4},
    };
    Arena *arena = report_arena(report);
    report_add_table(report, &columns);
    for (size_t i = 0; i < decision->measure_count; i++) {
        const Measure *measure = &decision->measures[i];
        const char *provider = report_provider_text(measure->provider);
        if (measure->data_source[0] != '\0') {
            provider = or_empty(arena_format(arena, "%s（%s）", provider,
                                             report_provider_text(measure->data_source)));
        }
        const char *cells[] = {
            measure_means_chinese(measure->means), factor_family_chinese(measure->family), provider,
            report_clock_text(arena, measure->occurred_at), result_text(arena, measure)};
        report_add_row(report, cells);
    }
}

void report_add_exemption(Report *report, const IdentityDecision *decision)
{
    const Exemption *exemption = &decision->exemption;
    Arena *arena = report_arena(report);
    if (!decision->is_exempt) {
        return;
    }
    report_add_field(report, "exemption.basis", "免除重复鉴别的依据",
                     "JR/T 0299—2024 5.2.2：本人持有的数字证书存放于经证明的介质，"
                     "证书有效性、状态及签名均经验证");
    report_add_field(
        report, "exemption.carrier", "证书介质",
        or_empty(arena_format(arena, "%s（型号：%s）",
                              report_provider_text(key_carrier_name(exemption->carrier)),
                              exemption->model)));
    report_add_field(report, "exemption.time", "验证时间",
                     report_time_text(arena, exemption->occurred_at));
    report_add_field(report, "exemption.certificate", "证书 SM3 指纹",
                     report_digest_text(arena, &exemption->certificate));
    report_add_field(report, "exemption.challenge", "被签名随机数消息的 SM3 摘要",
                     report_digest_text(arena, &exemption->challenge));
    report_add_field(report, "exemption.carrier_statement", "介质证明文件的 SM3 摘要",
                     report_digest_text(arena, &exemption->carrier_statement));
}

void report_add_checks(Report *report, const Verdict *verdict)
{
    static const ReportColumns columns = {
        .key = "checks",
        .columns = 6,
        .header = {"对象", "检查项", "代码", "类别", "依据", "结果"},
        .widths = {2.8, 5, 4.4, 1.8, 3.4, 1.8},
    };
    report_add_table(report, &columns);
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        const char *cells[] = {check->subject, verdict_chinese(check),
                               check->code,    verdict_area_chinese(check->area),
                               check->clause,  check_outcome_chinese(check->outcome)};
        report_add_row(report, cells);
    }
}
