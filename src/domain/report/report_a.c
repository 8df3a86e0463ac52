// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_a.h"

#include "domain/report/report_a_findings.h"
#include "domain/report/report_basis.h"

// --- 一 ---------------------------------------------------------------------------------------

static void add_basics(Report *report, const ReportAFacts *facts, const ReportAFindings *findings)
{
    const ReportBusiness *business = &facts->business;
    report_add_section(report, 1, "一、业务基本情况");
    report_add_field(report, "business.institution", "业务发生机构", business->institution);
    report_add_field(report, "business.uscc", "统一社会信用代码", business->uscc);
    report_add_field(report, "business.address", "住所", business->address);
    report_add_field(report, "business.hotline", "客户服务电话", business->hotline);
    report_add_field(report, "business.name", "业务名称", business->product);
    report_add_field(report, "business.type", "业务类型", "个人信贷业务征信授权（线上电子授权）");
    report_add_field(report, "business.channel", "办理渠道", business->channel);
    report_add_field(report, "business.region", "覆盖范围", business->region);
    report_add_field(report, "authorization.id", "授权编号", facts->authorization_id);
    report_add_field(report, "authorization.state", "授权状态（出具报告时）",
                     authorization_state_chinese(facts->state));
    if (findings->has_authorization) {
        report_add_field(report, "business.application", "业务申请编号",
                         findings->authorization.business);
    }
    report_add_field(report, "person.name", "信息主体姓名",
                     facts->holder.name == NULL ? "（未取得）" : facts->holder.name);
    report_add_field(
        report, "person.id_number", "居民身份证号码",
        report_id_text(report_arena(report), facts->head.requester, facts->holder.id_number));
}

// --- 二 ---------------------------------------------------------------------------------------

static void add_flow(Report *report, const ReportAFacts *facts)
{
    static const ReportColumns columns = {.key = "flow",
                                          .columns = 3,
                                          .header = {"环节", "由谁完成", "内容"},
                                          .widths = {2.5, 3.5, 8}};
    const ReportBusiness *business = &facts->business;
    const char *const rows[][3] = {
        {"获客", business->institution,
         "个人通过上述办理渠道申请业务；业务发生机构说明授权的目的、范围和期限，不以默认勾选代替同"
         "意。"},
        {"鉴别个人身份", business->verifiers,
         "取得个人同意后，以居民身份证件鉴别并叠加其他类别的鉴别措施，形成签名的身份鉴别决定。"},
        {"签发数字证书", business->ca_name,
         "注册系统核对身份鉴别决定和私钥持有证明后提出申请，电子认证机构签发个人数字证书。"},
        {"签署征信授权电子协议", "个人",
         "个人阅读协议全文、逐项勾选、再次鉴别后，用本人证书加盖电子签章，并加盖时间戳。"},
        {"查询个人信用报告", business->sources,
         "授权生效后，仅在授权用途、期限和次数之内查询，每次查询均留存记录并可由个人查看。"},
        {"查询结果使用", business->institution,
         "查询结果仅用于已授权的用途，不向授权书列明之外的第三方提供。"},
        {"存证征信授权电子数据", business->evidence_provider,
         "身份鉴别、证书签发、协议签署三个环节的过程及结果分别存证，取得可离线核验的回执。"},
    };
    report_add_section(report, 1, "二、业务办理流程及征信业务相关情况");
    report_add_section(report, 2, "（一）总体业务流程。");
    report_add_table(report, &columns);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        report_add_row(report, rows[i]);
    }
}

static void add_certificate(Report *report, const ReportAFindings *findings)
{
    Arena *arena = report_arena(report);
    const Certificate *certificate = &findings->certificate;
    if (!findings->has_certificate) {
        report_add_field(report, "certificate.serial", "签发数字证书情况",
                         "没有签发数字证书的记录");
        return;
    }
    report_add_field(report, "certificate.serial", "数字证书序列号",
                     certificate_serial_text(arena, certificate));
    report_add_field(report, "certificate.issuer", "证书签发机构",
                     name_common_name(arena, certificate->issuer));
    report_add_field(
        report, "certificate.validity", "证书有效期",
        arena_format(arena, "%s 至 %s", report_time_text(arena, certificate->not_before),
                     report_time_text(arena, certificate->not_after)));
}

static void add_identity(Report *report, const ReportAFacts *facts, const ReportAFindings *findings)
{
    Arena *arena = report_arena(report);
    const IdentityDecision *decision = &findings->decision;
    report_add_section(report, 2, "（二）征信业务有关环节。");
    report_add_section(report, 3, "1. 鉴别个人身份。");
    report_add_paragraph(
        report,
        "身份鉴别在个人申请业务、取得个人同意之后，申请数字证书之前进行。鉴别服务由"
        "%s提供；各合作方依法开展有关业务，其资质材料见附件 1。鉴别结果以承诺值方式"
        "记入签名的身份鉴别决定，个人信息加密保存，鉴别图像不超出鉴别所需的期限保存。",
        facts->business.verifiers);
    if (!findings->has_decision) {
        report_add_field(report, "identity.outcome", "鉴别结果", "没有可以读取的身份鉴别决定");
        return;
    }
    report_add_measures(report, decision);
    report_add_exemption(report, decision);
    report_add_field(report, "identity.decision", "身份鉴别决定编号", decision->id);
    report_add_field(
        report, "identity.policy", "鉴别策略",
        arena_format(arena, "%s（版本 %s）", decision->policy_id, decision->policy_version));
    report_add_field(report, "identity.outcome", "鉴别结果",
                     decision->outcome == IDENTITY_PASS ? "通过" : "未通过");
    report_add_field(report, "identity.signature", "鉴别决定的签名",
                     findings->decision_statement.holds ? "验证通过" : "未通过验证");
    add_certificate(report, findings);
}

static void add_authorization(Report *report, const Authorization *authorization)
{
    Arena *arena = report_arena(report);
    const char *purposes = "";
    for (size_t i = 0; i < authorization->purpose_count && purposes != NULL; i++) {
        purposes = arena_format(arena, "%s%s%s", purposes, i == 0 ? "" : "、",
                                authorization->purposes[i]->chinese);
    }
    report_add_field(report, "authorization.scope", "授权事项",
                     authorization->may_query && authorization->may_report
                         ? "查询个人信用报告、报送个人信用信息"
                     : authorization->may_query ? "查询个人信用报告"
                                                : "报送个人信用信息");
    report_add_field(report, "authorization.purposes", "授权用途", purposes);
    report_add_field(report, "authorization.term", "授权期限",
                     authorization_term_chinese(authorization, arena));
    report_add_field(report, "authorization.frequency", "查询次数",
                     authorization_frequency_chinese(authorization, arena));
    report_add_field(report, "authorization.template", "协议模板",
                     arena_format(arena, "%s（版本 %s）", authorization->template_id,
                                  authorization->template_version));
}

static void add_signing(Report *report, const ReportAFacts *facts, const ReportAFindings *findings)
{
    Arena *arena = report_arena(report);
    report_add_section(report, 3, "2. 签署征信授权电子协议。");
    report_add_paragraph(
        report,
        "业务环节：身份鉴别和证书签发之后、查询之前签署。供个人查看方式：协议在终端逐页"
        "展示，须阅读至末尾，勾选项均由个人逐项选择；签署后可随时在线查看和下载。防篡改"
        "措施：协议为 PDF 文件，电子签章（GB/T 38540—2020）保护全文，签署后任何改动"
        "均可发现。抗抵赖措施：签名私钥仅由个人终端控制、一次使用后销毁，签署前以绑定"
        "待签数据摘要的验证码再次鉴别。网络传输：各方之间使用双向认证的 TLS 连接，"
        "业务消息另加 SM2 签名。");
    if (findings->has_authorization) {
        add_authorization(report, &findings->authorization);
    }
    if (!findings->has_seal) {
        report_add_field(report, "agreement.state", "签署情况", "尚未签署");
        return;
    }
    const ReportBFindings *seal = &findings->seal;
    Sm3Digest digest = report_digest(report, facts->signed_agreement);
    report_add_field(report, "agreement.digest", "已签署协议的 SM3 摘要",
                     report_digest_text(arena, &digest));
    report_add_field(report, "seal.valid", "电子签章",
                     seal->outcome == CHECK_PASSED
                         ? "验证通过"
                         : arena_format(arena, "未通过验证（原因代码 %s）", seal->reason));
    const char *time = report_b_verified_time(arena, seal);
    report_add_field(
        report, "seal.time", "加盖时间戳",
        time[0] == '\0' ? "没有通过验证的时间戳" : arena_format(arena, "%s，时间戳有效", time));
    report_add_field(report, "seal.changed", "签署后是否改动",
                     seal->changed == CHANGED_NO ? "否：自电子签章时间起至今未发生任何改动"
                     : seal->changed == CHANGED_YES
                         ? arena_format(arena, "是（原因代码 %s）", seal->changed_reason)
                         : arena_format(arena, "无法判定（原因代码 %s）", seal->changed_reason));
}

static void add_evidence(Report *report, const ReportAFacts *facts, const ReportAFindings *findings)
{
    static const ReportColumns columns = {
        .key = "receipts",
        .columns = 4,
        .header = {"存证环节", "收讫时间（北京时间）", "日志序号与存证承诺值", "回执核验"},
        .widths = {3, 3, 7, 2}};
    static const char *const stages[REPORT_A_RECEIPTS] = {"身份鉴别（M6）", "证书签发（M7）",
                                                          "协议签署（M8）"};
    Arena *arena = report_arena(report);
    report_add_section(report, 3, "3. 存证征信授权电子数据。");
    report_add_paragraph(
        report,
        "合作机构：%s。系统对接：业务系统和注册系统经双向认证的接口%s提交，每次提交均由"
        "提交方签名，并引用前一环节的存证。存证技术：以 SM3 构造的仅可追加的默克尔树日志，"
        "SM2 签名的检查点并加盖时间戳，内容另行加密保存。覆盖范围和内容：身份鉴别的手段、"
        "时间、结果和服务提供商，证书申请与签发，协议展示、签署行为和已签署的协议。",
        facts->business.evidence_provider, facts->is_batch ? "在签署后一并" : "分环节");
    report_add_table(report, &columns);
    for (size_t i = 0; i < REPORT_A_RECEIPTS; i++) {
        const FoundReceipt *found = &findings->receipts[i];
        const char *cells[] = {stages[i], "—", "没有回执", "未核验"};
        if (found->is_present) {
            cells[1] = report_clock_text(arena, found->entry.received);
            cells[2] = arena_format(arena, "%llu；%s", (unsigned long long)found->receipt.index,
                                    report_digest_text(arena, &found->entry.commitment));
            cells[3] = found->holds ? "通过" : "未能通过";
        }
        report_add_row(report, cells);
    }
}

// --- attachments ------------------------------------------------------------------------------

static void add_file(Report *report, const char *name, const char *media_type, Bytes content,
                     const char *description)
{
    if (content.len > 0) {
        report_add_material(report, &(ReportMaterial){name, media_type, content}, description);
    }
}

static void add_attachments(Report *report, const ReportAFacts *facts,
                            const ReportAFindings *findings)
{
    static const char json[] = "application/json";
    static const char receipt[] = RECEIPT_MEDIA_TYPE;
    report_add_attachment(report, 1, "个人身份鉴别、数字证书签发、电子数据存证等合作方有关材料");
    report_add_paragraph(report,
                         "身份鉴别服务：%s。电子认证机构：%s（电子认证业务规则：%s）。电子数据"
                         "存证服务机构：%s。各合作方资质证明由合作方出具的报告 B、C 载明。",
                         facts->business.verifiers, facts->business.ca_name,
                         facts->business.cps_url, facts->business.evidence_provider);
    add_file(report, MATERIAL_DECISION, json, facts->decision, "签名的身份鉴别决定");
    add_file(report, "issue.json", json, facts->registration_issue,
             "电子认证机构签发证书的签名记录");
    add_file(report, "certificate.cer", "application/pkix-cert", facts->certificate,
             "个人数字证书");
    add_file(report, "m6.receipt", receipt, facts->receipts[0], "存证回执（身份鉴别）");
    add_file(report, "m7.receipt", receipt, facts->receipts[1], "存证回执（证书签发）");
    add_file(report, "m8.receipt", receipt, facts->receipts[2], "存证回执（协议签署）");
    report_add_attachment(report, 2, "佐证业务详细情况的图片、录音等材料");
    add_file(report, MATERIAL_AGREEMENT, "application/pdf", facts->signed_agreement,
             "经电子签章的征信授权书");
    add_file(report, "consents.json", json, facts->consents, "告知与逐项同意的记录");
    add_file(report, MATERIAL_BEHAVIOUR, json, facts->behaviour, "阅读与签署行为记录");
    add_file(report, "destruction.json", json, facts->destruction, "签名私钥销毁声明");
    add_file(report, "key-use.json", json, facts->key_use, "签名私钥使用声明（硬件介质）");
    report_add_attachment(report, 3, "业务发生机构自行核验的各项检查");
    report_add_checks(report, &findings->verdict);
}

static void conclude(Report *report, const ReportAFindings *findings)
{
    const VerdictCheck *reason = verdict_reason(&findings->verdict);
    CheckOutcome outcome = verdict_outcome(&findings->verdict);
    const char *code = reason == NULL ? "" : reason->code;
    const char *text =
        outcome == CHECK_PASSED
            ? "结论：本次征信授权的身份鉴别、证书签发、协议签署和电子数据存证记录完整、前后关联，"
              "经本机构核验全部通过。"
        : outcome == CHECK_FAILED
            ? arena_format(report_arena(report),
                           "结论：本次征信授权的有关记录未能全部通过核验，首个未通过的检查为：%s"
                           "（%s）。详见附件 3。",
                           verdict_chinese(reason), code)
            : arena_format(report_arena(report),
                           "结论：本次征信授权的有关记录尚不能全部判定，首个不能判定的检查为：%s"
                           "（%s）。详见附件 3。",
                           verdict_chinese(reason), code);
    report_conclude(report, outcome, code, text);
}

bool report_a_make(const ReportAFacts *facts, Arena *arena, Report **ret, Error *err)
{
    Report *report = report_new(arena, REPORT_A, &facts->head);
    ReportAFindings *findings = arena_alloc(arena, sizeof *findings);
    if (report == NULL || findings == NULL) {
        return error_memory(err);
    }
    report_a_examine(facts, arena, findings);
    add_basics(report, facts, findings);
    add_flow(report, facts);
    add_identity(report, facts, findings);
    add_signing(report, facts, findings);
    add_evidence(report, facts, findings);
    if (!report_a_add_detail(report, facts, findings, err)) {
        return false;
    }
    add_attachments(report, facts, findings);
    conclude(report, findings);
    report_a_set_basis(report, facts);
    *ret = report;
    return true;
}
