// SPDX-License-Identifier: Apache-2.0
//
// What people read about a check. One row per code, grouped by module in alphabetical order; add
// rows beside the code that uses them.
#include <string.h>

#include "domain/verdict/verdict.h"

typedef struct {
    const char *code;
    const char *chinese;  // a question, shown beside the outcome
} VerdictText;

static const VerdictText verdict_texts[] = {
    // domain/evidence
    {"entry_chain.authorization", "各存证记录是否属于同一授权"},
    {"entry_chain.certificate", "证书申请与发放过程是否已存证（M7）"},
    {"entry_chain.identity", "身份鉴别过程与结果是否已存证（M6）"},
    {"entry_chain.links", "各存证记录是否依次引用前一记录"},
    {"entry_chain.order", "存证记录是否按 M6、M7、M8 的顺序且无缺漏"},
    {"entry_chain.signing", "授权协议签署过程与结果是否已存证（M8）"},
    {"receipt.certificate", "存证日志的公钥证书是否可信"},
    {"receipt.checkpoint", "存证日志检查点的签名是否有效"},
    {"receipt.inclusion", "存证记录是否确实包含在存证日志中"},
    {"receipt.stamp", "存证日志检查点的时间戳是否有效"},
    {"receipt.witnesses", "是否有足够的见证机构对检查点联署"},
    // domain/pki
    {"path.anchor", "证书链是否通向受信任的根证书"},
    {"path.basic_constraints", "证书链上的签发者是否均有签发资格且未超过路径长度"},
    {"path.critical_extension", "证书的关键扩展项是否均可识别"},
    {"path.extended_key_usage", "证书的扩展密钥用途是否符合其使用目的"},
    {"path.key_usage", "证书的密钥用途是否符合其使用目的"},
    {"path.revocation", "证书在当时是否未被撤销或挂起"},
    {"path.signature", "证书链上的签名是否有效"},
    {"path.validity", "证书在当时是否处于有效期内"},
    {"statement.signature", "声明的签名是否有效"},
    {"statement.type", "声明的类型是否符合预期"},
    {"timestamp.certificate", "时间戳是否附有其签名证书"},
    {"timestamp.imprint", "时间戳是否对应该数据"},
    {"timestamp.signature", "时间戳的签名是否有效"},
    // domain/verdict
    {"verdict.empty", "是否至少进行了一项核验"},
    {"verdict.exhausted", "核验过程是否完整结束"},
};

const char *verdict_chinese(const VerdictCheck *check)
{
    for (size_t i = 0; i < COUNT_OF(verdict_texts); i++) {
        if (strcmp(verdict_texts[i].code, check->code) == 0) {
            return verdict_texts[i].chinese;
        }
    }
    return check->detail;
}

const char *verdict_area_chinese(VerdictArea area)
{
    static const char *const names[] = {
        [AREA_FORMAT] = "格式",     [AREA_CRYPTOGRAPHY] = "密码学", [AREA_COVERAGE] = "覆盖范围",
        [AREA_TRUST] = "信任链",    [AREA_TIME] = "时间",           [AREA_COMPLETENESS] = "完整性",
        [AREA_POLICY] = "业务规则",
    };
    return (unsigned)area < COUNT_OF(names) ? names[area] : "";
}

const char *check_outcome_chinese(CheckOutcome outcome)
{
    static const char *const names[] = {
        [CHECK_PASSED] = "通过",
        [CHECK_INFORMED] = "提示",
        [CHECK_UNKNOWN] = "无法判定",
        [CHECK_FAILED] = "未通过",
    };
    return (unsigned)outcome < COUNT_OF(names) ? names[outcome] : "";
}
