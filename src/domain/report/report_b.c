// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_b.h"

#include <string.h>

#include "domain/pki/oid.h"
#include "domain/report/report_b_process.h"
#include "domain/report/report_basis.h"

// --- the person -------------------------------------------------------------------------------

typedef struct {
    bool is_present;  // a signed decision that could be read
    bool holds;       // signed by an institution of the trust
    Statement statement;
    IdentityDecision decision;
} DecisionFindings;

static void judge_holder(const ReportBFacts *facts, const ReportBFindings *findings,
                         const IdentityDecision *decision, Verdict *verdict)
{
    const ReportHolder *holder = &facts->application->holder;
    if (holder->name == NULL) {
        verdict_add(verdict, AREA_COMPLETENESS, CHECK_UNKNOWN, "report.holder_registered",
                    "JR/T 0299-2024 5.2", "no registered identity was handed in");
        return;
    }
    Bytes salt = bytes_of_text(holder->salt);
    Sm3Digest name_salt = person_name_salt(salt);
    Sm3Digest name = person_name_commitment(holder->name, sm3_bytes(&name_salt));
    Person person = {.is_mock = false};
    bool is_person = strlen(holder->name) < sizeof person.name &&
                     strlen(holder->id_number) < sizeof person.id_number;
    if (is_person) {
        memcpy(person.name, holder->name, strlen(holder->name) + 1);
        memcpy(person.id_number, holder->id_number, strlen(holder->id_number) + 1);
    }
    Sm3Digest commitment = person_commitment(&person, salt);
    verdict_require(verdict,
                    is_person && sm3_digest_equal(&commitment, &decision->person) &&
                        sm3_digest_equal(&name, &decision->holder_name),
                    AREA_COMPLETENESS, "report.holder_registered", "JR/T 0299-2024 Annex B",
                    "the registered identity and the decision's commitments");
    Bytes common_name;
    verdict_require(verdict,
                    findings->has_certificate &&
                        name_find(findings->certificate.subject, OID_COMMON_NAME, &common_name) &&
                        bytes_equal_text(common_name, holder->name),
                    AREA_POLICY, "report.holder_certificate", "JR/T 0299-2024 Annex B",
                    "the certificate's subject and the registered name");
}

static void judge_decision(const ReportBFacts *facts, const ReportBFindings *findings,
                           Verdict *verdict, DecisionFindings *ret)
{
    const ReportMaterial *material = report_material_find(facts->application, MATERIAL_DECISION);
    Error err = {0};
    const char *previous = verdict_enter(verdict, MATERIAL_DECISION);
    ret->is_present = material != NULL &&
                      statement_parse(verdict->arena, material->content, &ret->statement, &err) &&
                      identity_decision_parse(ret->statement.payload, &ret->decision, &err);
    verdict_require(verdict, ret->is_present, AREA_COMPLETENESS, "report.decision_present",
                    "JR/T 0299-2024 5.2", "the identity decision %s",
                    ret->is_present ? "is there" : "is missing or malformed");
    if (ret->is_present) {
        const IdentityDecision *decision = &ret->decision;
        ret->holds = statement_check(&ret->statement, IDENTITY_DECISION_TYPE, facts->trust,
                                     REVOCATION_IF_GIVEN, ret->statement.signed_at, verdict);
        verdict_require(verdict, decision->outcome == IDENTITY_PASS, AREA_POLICY,
                        "report.decision_passed", "JR/T 0299-2024 5.2", "the outcome is %s",
                        identity_outcome_name(decision->outcome));
        verdict_require(
            verdict, strcmp(decision->authorization_id, facts->application->authorization_id) == 0,
            AREA_COMPLETENESS, "report.decision_authorization", "JR/T 0299-2024 5.2",
            "the decision's authorization and the one applied for");
        judge_holder(facts, findings, decision, verdict);
    }
    verdict_leave(verdict, previous);
}

// --- sections ---------------------------------------------------------------------------------

static void add_issuer(Report *report, const ReportBFacts *facts)
{
    Arena *arena = report_arena(report);
    const ReportHead *head = &facts->head;
    report_add_section(report, 1, "一、出具机构说明");
    report_add_paragraph(report,
                         "%s是经国务院信息产业主管部门许可、依法提供电子认证服务的电子认证机构，"
                         "具备《电子认证服务许可证》等有关业务许可资质。本机构依据《中华人民共和国"
                         "电子签名法》、JR/T 0299—2024 和 GB/T 38540—2020 进行验证。",
                         head->issuer);
    report_add_field(report, "issuer.name", "出具机构名称", head->issuer);
    report_add_field(report, "issuer.licence", "电子认证服务许可证编号", head->licence);
    report_add_field(report, "issuer.licence_holder", "许可证持有单位", facts->licence_holder);
    if (facts->licence_until != 0) {
        report_add_field(report, "issuer.licence_validity", "许可证有效期",
                         arena_format(arena, "%s至%s", report_date_text(arena, facts->licence_from),
                                      report_date_text(arena, facts->licence_until)));
    }
}

static void add_application(Report *report, const ReportBFacts *facts)
{
    static const ReportColumns columns = {.key = "materials",
                                          .columns = 3,
                                          .header = {"材料名称", "文件格式", "SM3 摘要"},
                                          .widths = {3, 4, 8}};
    const ReportApplication *application = facts->application;
    Arena *arena = report_arena(report);
    report_add_section(report, 1, "二、验证申请说明");
    report_add_section(report, 2, "（一）申请单位名称。");
    report_add_field(report, "application.applicant", "申请验证机构", application->applicant);
    report_add_section(report, 2, "（二）申请日期。");
    report_add_field(report, "application.date", "提出申请时间",
                     report_time_text(arena, application->applied_at));
    report_add_section(report, 2, "（三）申请验证材料说明。");
    report_add_field(report, "application.business", "业务名称", application->business);
    report_add_field(report, "application.authorization", "授权编号",
                     application->authorization_id);
    report_add_table(report, &columns);
    for (size_t i = 0; i < application->material_count; i++) {
        const ReportMaterial *material = &application->materials[i];
        Sm3Digest digest = report_digest(report, material->content);
        const char *cells[] = {material->name, material->media_type,
                               report_digest_text(arena, &digest)};
        report_add_row(report, cells);
    }
}

static const char *identity_type(const DecisionFindings *identity)
{
    return !identity->is_present ? "未提交身份鉴别决定，无法说明"
           : identity->holds     ? "授权金融机构身份鉴别"
                             : "授权金融机构身份鉴别（所提交的身份鉴别决定未通过验证）";
}

static void add_identity(Report *report, const DecisionFindings *identity)
{
    Arena *arena = report_arena(report);
    const IdentityDecision *decision = &identity->decision;
    report_add_section(report, 1, "三、验证结论");
    report_add_section(report, 2, "（一）身份鉴别信息。");
    report_add_field(report, "identity.type", "鉴别类型", identity_type(identity));
    if (!identity->is_present) {
        return;
    }
    report_add_field(
        report, "identity.method", "鉴别方式及实施",
        arena_format(arena,
                     "由%s按照鉴别策略 %s（版本 %s）在线实施，%s。身份鉴别决定 %s 于%s签署，"
                     "结论为“%s”，随证书申请提交，一次有效。",
                     name_common_name(arena, identity->statement.signer.subject),
                     decision->policy_id, decision->policy_version,
                     decision->is_exempt
                         ? "采用已有有效数字证书免除重复鉴别（JR/T 0299—2024 5.2.2）"
                         : "居民身份证件鉴别并叠加其他类别的鉴别措施，"
                           "逐项记录手段、时间、结果和服务提供商",
                     decision->id, report_time_text(arena, identity->statement.signed_at),
                     decision->outcome == IDENTITY_PASS ? "通过" : "未通过"));
    report_add_field(report, "identity.policy_digest", "鉴别策略 SM3 摘要",
                     report_digest_text(arena, &decision->policy_digest));
    report_add_paragraph(report, "鉴别措施：下列各项取自业务发生机构签名的身份鉴别决定。");
    report_add_measures(report, decision);
    report_add_exemption(report, decision);
}

static const char *outcome_of(const Verdict *verdict, const char *code)
{
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0) {
            return check_outcome_chinese(check->outcome);
        }
    }
    return "未验证";
}

static void add_holder(Report *report, const ReportBFacts *facts, const Verdict *verdict)
{
    const ReportHolder *holder = &facts->application->holder;
    Arena *arena = report_arena(report);
    bool is_given = holder->name != NULL;
    report_add_section(report, 2, "（二）证书持有人注册身份信息。");
    report_add_field(report, "holder.name", "持有人姓名", is_given ? holder->name : "（未提交）");
    report_add_field(
        report, "holder.id_number", "居民身份证号码",
        is_given ? report_id_text(arena, facts->head.requester, holder->id_number) : "（未提交）");
    report_add_field(report, "holder.match", "与身份鉴别决定中的身份承诺值比对",
                     outcome_of(verdict, "report.holder_registered"));
}

static void add_certificate(Report *report, const ReportBFacts *facts,
                            const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    const Certificate *certificate = &findings->certificate;
    CLEANUP(writer_free) Writer subject = writer_new(REPORT_CASE_SIZE * 32);
    report_add_section(report, 2, "（三）数字证书信息。");
    if (!findings->has_certificate) {
        report_add_paragraph(report, "送检文件中没有可以解析的签章者数字证书。");
        return;
    }
    name_to_text(certificate->subject, &subject);
    report_add_field(report, "certificate.subject_name", "证书主题通用名称（用户名称）",
                     name_common_name(arena, certificate->subject));
    report_add_field(report, "certificate.subject", "证书主题",
                     arena_text(arena, writer_bytes(&subject)));
    report_add_field(report, "certificate.serial", "证书序列号",
                     certificate_serial_text(arena, certificate));
    report_add_field(
        report, "certificate.validity", "证书有效期",
        arena_format(arena, "%s 至 %s", report_time_text(arena, certificate->not_before),
                     report_time_text(arena, certificate->not_after)));
    report_add_field(report, "certificate.issuer", "证书签发机构名称",
                     name_common_name(arena, certificate->issuer));
    if (facts->issuance != NULL) {
        report_add_field(
            report, "certificate.record", "本机构签发记录",
            facts->issuance->is_known
                ? arena_format(arena, "本机构签发，出具本报告时状态：%s", facts->issuance->state)
            : facts->issuance->is_ours ? "本机构没有签发该证书的记录"
                                       : "该证书由其他电子认证机构签发");
    }
}

static const char *changed_text(Report *report, const ReportBFindings *findings)
{
    switch (findings->changed) {
    case CHANGED_NO:
        return "否：交验资料自电子签章时间起至今未发生任何改动";
    case CHANGED_YES:
        return arena_format(report_arena(report),
                            "是：交验资料在电子签章后已发生改动，或与签章数据不符（原因代码 %s）",
                            findings->changed_reason);
    default:
        return arena_format(
            report_arena(report),
            findings->has_signature
                ? "无法判定：交验资料与签章数据一致，但签章数据中的证书或时间戳未通过验证，"
                  "不能确认由谁、自何时起签章（原因代码 %s）"
                : "无法判定：交验资料不能作为带有电子签章的 PDF 文件读取，不能确认其"
                  "未发生改动（原因代码 %s）",
            findings->changed_reason);
    }
}

static const char *valid_text(Report *report, const ReportBFindings *findings)
{
    if (findings->outcome == CHECK_PASSED) {
        return "有效";
    }
    return arena_format(report_arena(report), "%s（原因代码 %s）",
                        findings->outcome == CHECK_FAILED ? "无效" : "无法判定", findings->reason);
}

static const char *stamp_text(Report *report, const ReportBFindings *findings)
{
    if (!findings->has_stamp) {
        return "没有可以验证的时间戳";
    }
    switch (findings->stamp_outcome) {
    case CHECK_PASSED:
        return arena_format(report_arena(report), "有效，时间戳时间为%s",
                            report_time_text(report_arena(report), findings->stamp.time));
    case CHECK_FAILED:
        return "无效：时间戳未通过验证";
    default:
        return "无法判定：时间戳服务机构的证书未能追溯到受信任的根证书";
    }
}

const char *report_b_verified_time(Arena *arena, const ReportBFindings *findings)
{
    return findings->has_stamp && findings->stamp_outcome == CHECK_PASSED
               ? report_time_text(arena, findings->stamp.time)
               : "";
}

static void add_seal(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    report_add_section(report, 2, "（四）电子签章信息。");
    const char *time = report_b_verified_time(arena, findings);
    report_add_field(report, "seal.time", "经验证的电子签章时间",
                     time[0] == '\0' ? "未能确认" : time);
    report_add_field(report, "seal.claimed_time", "签章数据中声明的签章时间",
                     findings->has_signature
                         ? report_time_text(arena, findings->signature.signed_at)
                         : "（无法取得）");
    report_add_field(report, "seal.valid", "电子签章是否有效", valid_text(report, findings));
    report_add_field(report, "seal.stamp", "时间戳验证情况", stamp_text(report, findings));
    report_add_field(report, "seal.changed", "签章后是否发生过改变（篡改）",
                     changed_text(report, findings));
    if (findings->signature_count > 1) {
        report_add_note(report,
                        "送检文件共有 %zu 个电子签章，以上为最早加盖的一个；其后加盖的签章"
                        "不改变其所保护的内容。",
                        findings->signature_count);
    }
}

static void add_attachments(Report *report, const ReportBFacts *facts,
                            const ReportBFindings *findings, const Verdict *verdict)
{
    const ReportApplication *application = facts->application;
    report_add_attachment(report, 1, "电子认证服务许可资质证明材料");
    report_add_paragraph(report,
                         "电子认证服务许可证编号：%s，持有单位：%s。许可信息可在国务院信息产业"
                         "主管部门网站查询，证照副本由出具机构另行提供。",
                         facts->head.licence, facts->licence_holder);
    report_add_attachment(report, 2, "待验证电子签章有关文件（包括有关征信授权电子原件或打印件）");
    report_add_material(report, report_material_find(application, MATERIAL_AGREEMENT),
                        "经电子签章的征信授权书（电子原件）");
    report_b_add_process(report, facts, findings, verdict);
    report_add_attachment(report, 4, "其他有关材料");
    for (size_t i = 0; i < application->material_count; i++) {
        if (strcmp(application->materials[i].name, MATERIAL_AGREEMENT) != 0) {
            report_add_material(report, &application->materials[i], "申请单位提交的有关材料");
        }
    }
}

static void conclude(Report *report, const ReportBFindings *findings, const Verdict *verdict)
{
    const VerdictCheck *reason = verdict_reason(verdict);
    CheckOutcome outcome = verdict_outcome(verdict);
    const char *identity = outcome == findings->outcome || outcome == CHECK_PASSED
                               ? ""
                               : "所提交的身份材料未全部通过验证，见附件 3。";
    report_conclude(
        report, outcome, reason == NULL ? "" : reason->code,
        arena_format(report_arena(report), "验证结论：电子签章%s。签章后是否发生过改动——%s。%s",
                     valid_text(report, findings), changed_text(report, findings), identity));
}

bool report_b_make(const ReportBFacts *facts, Arena *arena, Report **ret, Error *err)
{
    if (report_material_find(facts->application, MATERIAL_AGREEMENT) == NULL) {
        return error_set(err, ERROR_INPUT, "report.material_missing", "JR/T 0299-2024 Annex B",
                         "the sealed file %s was not handed in", MATERIAL_AGREEMENT);
    }
    Report *report = report_new(arena, REPORT_B, &facts->head);
    DecisionFindings *identity = arena_alloc(arena, sizeof *identity);
    if (report == NULL || identity == NULL) {
        return error_memory(err);
    }
    Verdict verdict = verdict_new(arena);
    ReportBFindings findings;
    report_b_verify(facts, &verdict, &findings);
    judge_decision(facts, &findings, &verdict, identity);
    add_issuer(report, facts);
    add_application(report, facts);
    add_identity(report, identity);
    add_holder(report, facts, &verdict);
    add_certificate(report, facts, &findings);
    add_seal(report, &findings);
    add_attachments(report, facts, &findings, &verdict);
    conclude(report, &findings, &verdict);
    report_b_set_basis(report, facts,
                       findings.has_certificate ? findings.certificate.issuer : BYTES_EMPTY);
    *ret = report;
    return true;
}
