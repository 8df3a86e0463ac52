// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_text.h"

#include <string.h>

#include "base/core/attributes.h"
#include "domain/authorization/purposes.h"
#include "domain/identity/policy.h"

static const char session_prefix[] = "session.";
static const char purpose_prefix[] = "purpose_";

static const struct {
    const char *event;
    ReportEventText text;
} events[] = {
    {"open", {"发起授权", "业务发生机构发起征信授权申请"}},
    {"consent", {"告知同意", "个人阅读告知书并逐项作出同意表示"}},
    {"person", {"身份鉴别", "个人提交身份信息，校验格式与年龄"}},
    {"id_document", {"身份鉴别", "居民身份证件鉴别"}},
    {"id_card", {"身份鉴别", "居民身份证件鉴别"}},
    {"biometric", {"身份鉴别", "生物特征鉴别"}},
    {"face", {"身份鉴别", "人脸活体检测与比对"}},
    {"bank_card", {"身份鉴别", "银行卡要素鉴别"}},
    {"operator", {"身份鉴别", "电信运营商要素鉴别"}},
    {"certificate", {"身份鉴别", "以已有数字证书鉴别"}},
    {"exemption", {"身份鉴别", "以证书介质经证明的数字证书免除重复鉴别"}},
    {"identity_challenge", {"身份鉴别", "发出供证书签名的随机数"}},
    {"identity_certificate", {"身份鉴别", "以已有数字证书鉴别"}},
    {"code", {"身份鉴别", "输入一次性验证码"}},
    {"decide", {"身份鉴别", "形成并签署身份鉴别决定"}},
    {"certify", {"证书签发", "申请并取得个人数字证书"}},
    {"enrol", {"证书签发", "为个人自备的密钥工具开通证书申请"}},
    {"key_lost", {"证书签发", "签署前密钥随页面关闭而灭失，重新申请证书"}},
    {"certificate_revoked", {"证书签发", "吊销未用于签署的原证书"}},
    {"report_loss", {"证书管理", "本人报告密钥丢失，挂起证书"}},
    {"resume_certificate", {"证书管理", "本人重新鉴别身份后恢复证书"}},
    {"certificate.replaced", {"证书签发", "密钥灭失未用于签署，吊销原证书"}},
    {"notice.acknowledged", {"证书签发", "个人阅读并确认证书申请告知"}},
    {"registration.applied", {"证书签发", "个人签署并提交证书申请"}},
    {"registration.decision_checked", {"证书签发", "注册机构核验身份鉴别决定"}},
    {"registration.refused", {"证书签发", "注册机构拒绝证书申请"}},
    {"registration.forwarded", {"证书签发", "注册机构向电子认证机构转交申请"}},
    {"certificate.issued", {"证书签发", "电子认证机构签发个人数字证书"}},
    {"certificate.delivered", {"证书签发", "个人取得数字证书"}},
    {"key.destroyed", {"签署协议", "签署后销毁个人签名私钥"}},
    {"present", {"签署协议", "展示征信授权电子协议并固定其摘要"}},
    {"activate", {"签署协议", "签署前再次鉴别，验证码与待签数据摘要绑定"}},
    {"sign", {"签署协议", "个人电子签章，加盖时间戳，验证后保存"}},
    {"signing.accepted", {"签署协议", "验证并接受个人电子签章"}},
    {"deposit_m6", {"电子数据存证", "提交身份鉴别过程及结果存证"}},
    {"deposit_m7", {"电子数据存证", "提交证书签发过程及结果存证"}},
    {"deposit_m8", {"电子数据存证", "提交协议签署过程及结果存证"}},
    {"report_deposit", {"电子数据存证", "提交报告存证"}},
    {"take_effect", {"生效", "电子数据存证完成，授权生效"}},
    {"settle", {"业务处理", "更新业务办理状态"}},
    {"report", {"佐证材料", "出具佐证材料（报告 A、B、C）"}},
    {"object", {"异议", "个人提出异议，暂停查询"}},
    {"settle_objection", {"异议", "机构处理完毕异议"}},
    {"authorization.objection", {"异议", "个人提出异议，暂停查询"}},
    {"authorization.objection_settled", {"异议", "机构处理完毕异议"}},
    {"withdraw", {"撤回", "个人撤回授权"}},
    {"access", {"查阅", "个人请求查阅本人在机构的全部授权"}},
    {"access_code", {"查阅", "个人以验证码确认后查阅本人的授权"}},
    {"cancel", {"终止", "个人在签署前放弃"}},
};

ReportEventText report_event_text(const char *event)
{
    const char *name = strncmp(event, session_prefix, sizeof session_prefix - 1) == 0
                           ? event + sizeof session_prefix - 1
                           : event;
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        if (strcmp(events[i].event, name) == 0) {
            return events[i].text;
        }
    }
    return (ReportEventText){"业务处理", event};
}

typedef struct {
    const char *name, *chinese;
} NamedText;

static const char *find_text(const NamedText *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return rows[i].chinese;
        }
    }
    return name;
}

static const NamedText outcomes[] = {
    {"ok", "完成"},
    {"passed", "通过"},
    {"failed", "未通过"},
    {"refused", "拒绝"},
    {"code_sent", "验证码已发送"},
    {"void", "签章作废"},
    {"PASS", "通过"},
    {"FAIL", "未通过"},
    {"MANUAL", "转人工"},
    {"NO_RECORD", "无记录"},
    {"INPUT_INVALID", "输入无效"},
    {"UNAVAILABLE", "未取得结果"},
    {"RATE_LIMITED", "超过频次"},
    {"RISK_REJECT", "风险拒绝"},
    {"ANSWERED", "已应答"},
    {"ASKED", "已发出，未应答"},
    {"REFUSED", "拒绝"},
};

const char *report_outcome_text(Arena *arena, const char *outcome, const char *code)
{
    const char *text = find_text(outcomes, COUNT_OF(outcomes), outcome);
    bool is_good = strcmp(outcome, "ok") == 0 || strcmp(outcome, "PASS") == 0;
    if (is_good || code == NULL || code[0] == '\0') {
        return text;
    }
    const char *with_code = arena_format(arena, "%s（%s）", text, code);
    return with_code == NULL ? text : with_code;
}

const char *report_detail_text(const char *detail)
{
    static const NamedText details[] = {
        {"certificate_application", "证书申请告知书"},
        {"privacy", "个人信息处理告知书"},
        {"evidence", "电子数据存证告知书"},
        {"terminal", "私钥存于个人终端"},
        {"sealing", "私钥存于签章服务"},
        {"token", "私钥存于个人证书介质"},
    };
    const char *text = find_text(details, COUNT_OF(details), detail);
    return text == detail ? identity_reason_chinese(detail) : text;
}

const char *report_provider_text(const char *name)
{
    static const NamedText providers[] = {
        {"police", "公民身份信息核查机构"},
        {"agency", "身份核验服务机构"},
        {"face", "人脸识别服务机构"},
        {"bank", "银行卡鉴权服务机构"},
        {"operator", "电信运营商"},
        {"national_population_database", "国家人口基础信息"},
        {"authority_photo", "权威照片"},
        {"card_organisation", "银行卡组织"},
        {"certificate", "数字证书"},
        {"operator_real_name", "运营商实名登记信息"},
        {"certification", "电子认证机构"},
        {"USB_KEY", "USB Key"},
        {"MODULE_L2", "移动终端密码模块（GB/T 37092 二级及以上）"},
    };
    return find_text(providers, COUNT_OF(providers), name);
}

const char *report_tick_text(const char *item)
{
    static const NamedText ticks[] = {
        {"query", "查询授权"},
        {"report", "报送授权"},
        {"sensitive_face", "单独同意处理人脸信息"},
        {"sensitive_id_image", "单独同意处理身份证件影像"},
        {"sensitive_bank_card", "单独同意处理银行账户信息"},
        {"provide_ca", "单独同意向电子认证服务机构提供信息"},
        {"provide_evidence", "单独同意向电子存证服务机构提供信息"},
        {"understood", "已阅读并理解全部内容"},
    };
    if (strncmp(item, purpose_prefix, sizeof purpose_prefix - 1) == 0) {
        const Purpose *purpose = purpose_find(item + sizeof purpose_prefix - 1);
        return purpose == NULL ? item : purpose->chinese;
    }
    return find_text(ticks, COUNT_OF(ticks), item);
}
