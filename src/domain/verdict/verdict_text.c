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
    // domain/casefile
    {"case.agreement_parts", "授权书签章中的证书、印章和时间戳是否与所附文件一致"},
    {"case.archive", "证据包的结构是否完整且与清单一致"},
    {"case.authorization", "授权内容是否与要约、勾选和模板一致"},
    {"case.behaviour", "阅读和签署行为是否真实、完整、合理"},
    {"case.certificate_issue", "是否有 CA 关于签发该证书的签名记录"},
    {"case.certificate_key", "证书公钥是否为申请时的公钥"},
    {"case.certificate_name", "证书是否载明该自然人的姓名"},
    {"case.certificate_request", "证书申请者是否持有对应的私钥"},
    {"case.consents", "是否已告知并在身份鉴别前取得同意"},
    {"case.decision", "身份鉴别结论是否通过、有效且用于本次授权"},
    {"case.depositor", "提交者是否为存证日志记载的存证方"},
    {"case.destruction", "签名私钥是否仅签署一次并已销毁"},
    {"case.key_use", "签名私钥是否保存于硬件介质并签署了本协议"},
    {"case.digests", "每个文件的摘要是否与清单一致"},
    {"case.history", "办理过程记录是否可读"},
    {"case.identity_policy", "身份鉴别措施是否满足“1+X”要求"},
    {"case.institution", "以机构名义签名者是否为该机构"},
    {"case.issuance", "证书的签发在交付之前是否已记入存证日志"},
    {"case.log_certificate", "是否有存证日志的公钥证书"},
    {"case.manifest_payload", "清单签名是否针对本清单"},
    {"case.manifest_time", "清单签名时间与时间戳是否相差不超过五分钟"},
    {"case.measures", "身份鉴别结论所依据的措施记录是否齐全且未被改动"},
    {"case.order", "鉴别、发证、签署、存证、归档的先后是否合理"},
    {"case.parts", "证据包应有的文件是否齐全"},
    {"case.person", "鉴别结论和措施是否针对该自然人"},
    {"case.report_document", "报告是否属于同一套且针对该授权书"},
    {"case.report_pages", "报告页面上的印章是否属于出具机构并载明其数据形式的摘要"},
    {"case.reports", "业务报告、签章验证报告、数据验证报告是否齐全"},
    {"case.revocation_list", "签署时的撤销列表能否判定证书状态"},
    {"case.scenario", "证书是否为本次业务场景签发"},
    {"case.submission", "存证内容是否为存证日志所记载的内容"},
    {"case.submission_items", "存证的文件是否与证据包中的文件一致"},
    {"case.type", "证据包的类型是否可识别"},
    {"certificate.number", "出示的证件号码是否与证书所载一致"},
    {"verify.crl_begin", "撤销列表是否在当时之前签发"},
    {"verify.crl_end", "撤销列表在当时是否已被更新的列表取代"},
    {"verify.crl_signature", "撤销列表的签名是否有效"},
    {"verify.fork_log", "能否确认签名密钥属于哪个存证日志"},
    {"verify.format", "文件的格式是否正确"},
    {"verify.imprint", "是否提供了时间戳所对应的数据"},
    {"verify.kind", "文件类型是否可识别"},
    {"verify.message", "消息的数字签名是否有效"},
    {"verify.material", "所提供的证书材料是否均可读取"},
    {"verify.ocsp_answer", "证书状态响应所述的状态"},
    {"verify.ocsp_begin", "证书状态响应是否针对当时或更早的状态"},
    {"verify.ocsp_end", "证书状态响应在当时是否已应有更新的响应"},
    {"verify.ocsp_refused", "证书状态服务是否作出了答复"},
    {"verify.ocsp_signature", "证书状态响应是否由有权答复者签名且签名有效"},
    {"verify.revocation", "是否有撤销列表或证书状态响应可判定签名者证书的状态"},
    {"verify.security_store", "文件内随附的证书、撤销列表和证书状态响应"},
    {"verify.signer", "是否有签名者的证书"},
    {"verify.stamp_refused", "时间戳机构是否签发了时间戳"},
    {"verify.unsigned", "文件是否带有签名"},
    {"verify.unsupported", "签名方式或内容能否在此判定"},
    // domain/document
    {"pdf_coverage.active_content", "文件是否不含脚本与自动动作"},
    {"pdf_coverage.annotations", "页面上是否除签章外没有其他批注"},
    {"pdf_coverage.byte_range", "签名的覆盖范围是否从文件开头起并位于文件之内"},
    {"pdf_coverage.contents", "未被覆盖的是否恰为该签名值本身"},
    {"pdf_coverage.contents_padding", "签名值之后的预留空间是否未被利用"},
    {"pdf_coverage.definitions", "文件中是否没有藏匿的对象"},
    {"pdf_coverage.end", "签名是否覆盖至其所在版本的末尾"},
    {"pdf_coverage.external", "文件是否不引用外部或内嵌文件"},
    {"pdf_coverage.field", "签名域是否唯一并显示该签名"},
    {"pdf_coverage.fonts", "字体是否全部嵌入"},
    {"pdf_coverage.later_revisions", "签章之后是否只追加了其他签章"},
    {"pdf_coverage.optional_content", "文件是否不含可隐藏的内容"},
    {"pdf_coverage.picture", "页面上显示的印章图形是否即印章中的图形"},
    {"pdf_coverage.readable", "文件中的对象是否均可读取"},
    // domain/evidence
    {"entry_chain.authorization", "各存证记录是否属于同一授权"},
    {"entry_chain.certificate", "证书申请与发放过程是否已存证（M7）"},
    {"entry_chain.identity", "身份鉴别过程与结果是否已存证（M6）"},
    {"entry_chain.links", "各存证记录是否依次引用前一记录"},
    {"entry_chain.order", "存证记录是否按 M6、M7、M8 的顺序且无缺漏"},
    {"entry_chain.signing", "授权协议签署过程与结果是否已存证（M8）"},
    {"fork.contradiction", "两个检查点是否相互矛盾（不可能出自同一份日志）"},
    {"fork.signatures", "两个检查点是否均由该日志的密钥签名"},
    {"receipt.certificate", "存证日志的公钥证书是否可信"},
    {"receipt.checkpoint", "存证日志检查点的签名是否有效"},
    {"receipt.inclusion", "存证记录是否确实包含在存证日志中"},
    {"receipt.stamp", "存证日志检查点的时间戳是否有效"},
    {"receipt.witnesses", "是否有足够的见证机构对检查点联署"},
    // domain/pki
    {"path.anchor", "证书链是否通向受信任的根证书"},
    {"path.basic_constraints", "证书链上的签发者是否均有签发资格且未超过路径长度"},
    {"path.critical_extension", "证书的关键扩展项是否均可识别"},
    {"path.name_constraints", "证书中的名称是否在上级允许的范围内"},
    {"path.key", "证书链上的密钥强度是否足够"},
    {"path.limit", "是否在查找限度内穷尽了证书链"},
    {"path.peer_name", "证书是否载有所要求的名称"},
    {"path.profile", "证书链上的证书是否符合签发规范"},
    {"path.policy", "证书链是否符合所要求的证书策略"},
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
    // domain/report
    {"report.agreement_present", "经电子签章的授权书是否在案"},
    {"report.content", "报告的结构化数据是否可以读取且与其类型相符"},
    {"report.decision_authorization", "身份鉴别决定是否属于本次授权"},
    {"report.decision_passed", "身份鉴别结论是否为通过"},
    {"report.decision_present", "身份鉴别决定是否已提交且可以读取"},
    {"report.deposit_intact", "存证内容重新计算后是否与存证日志一致"},
    {"report.event_consistent", "待验证记录中的事件与存证的事件是否一致"},
    {"report.holder_certificate", "证书主题名称与注册姓名是否一致"},
    {"report.holder_registered", "注册身份信息与身份鉴别决定中的承诺值是否一致"},
    {"report.issuance_recorded", "电子认证机构是否有签发该证书的记录"},
    {"report.issuer_seal", "报告上的电子印章是否为出具单位的印章"},
    {"report.item_consistent", "待验证数据与存证数据是否一致"},
    {"report.pdf_readable", "送检文件是否为可以读取的 PDF 文件"},
    {"report.pdf_sealed", "送检文件是否带有电子签章"},
    {"report.receipt_present", "存证回执是否在案且可以读取"},
    {"report.statement_readable", "签名的记录是否可以读取"},
    {"report.twin", "报告的签章是否对应其结构化数据"},
    {"report.unchanged", "送检文件自签章后是否未发生改动"},
    // domain/seal
    {"seal.created_before_stamp", "印章的制作时间是否不晚于其时间戳"},
    {"seal.critical_extension", "印章的关键扩展项是否均可识别"},
    {"seal.dialect_explicit_false", "印章的扩展项是否存在编码差异（已兼容）"},
    {"seal.dialect_extensions_octets", "印章的扩展数据是否存在封装差异（已兼容）"},
    {"seal.dialect_extensions_tagged", "印章的扩展数据是否存在标签差异（已兼容）"},
    {"seal.dialect_header_version", "印章头的版本号是否存在差异（已兼容）"},
    {"seal.dialect_null_parameters", "制章者证书的算法参数是否存在编码差异（已兼容）"},
    {"seal.expired_since", "印章此后是否已过有效期"},
    {"seal.format", "印章的格式是否正确"},
    {"seal.maker_chain", "制章者证书是否通向受信任的根证书"},
    {"seal.maker_key_usage", "制章者证书的密钥用途是否正确"},
    {"seal.maker_revocation", "制章者证书在当时是否未被撤销"},
    {"seal.maker_validity", "制章者证书在当时是否处于有效期内"},
    {"seal.period", "当时是否处于印章的有效期内"},
    {"seal.stamp", "印章的时间戳是否有效"},
    {"seal.value", "制章者对印章的签名是否有效"},
    {"seal_signature.certificate_listed", "签章者证书是否在印章的证书列表中"},
    {"seal_signature.certificate_validity", "签章者证书在签章时是否处于有效期内"},
    {"seal_signature.chain", "签章者证书是否通向受信任的根证书"},
    {"seal_signature.critical_extension", "签章数据的关键扩展项是否均可识别"},
    {"seal_signature.data_hash", "原文自签章后是否未被改动"},
    {"seal_signature.dialect_explicit_false", "签章数据的扩展项是否存在编码差异（已兼容）"},
    {"seal_signature.dialect_extensions_untagged", "签章数据的扩展项是否存在标签差异（已兼容）"},
    {"seal_signature.dialect_null_parameters", "签章者证书的算法参数是否存在编码差异（已兼容）"},
    {"seal_signature.dialect_stamp_response", "时间戳是否以完整响应的形式存放（已兼容）"},
    {"seal_signature.dialect_stamp_untagged", "时间戳是否存在标签差异（已兼容）"},
    {"seal_signature.expired_since", "签章者证书此后是否已过有效期"},
    {"seal_signature.format", "签章数据的格式是否正确"},
    {"seal_signature.key_usage", "签章者证书的密钥用途是否正确"},
    {"seal_signature.revocation", "签章者证书在签章前是否未被撤销"},
    {"seal_signature.seal_format", "签章数据中的印章格式是否正确"},
    {"seal_signature.seal_period", "签章时间是否处于印章的有效期内"},
    {"seal_signature.stamp_certificate", "时间戳证书是否有效且可用于签发时间戳"},
    {"seal_signature.stamp_format", "时间戳的格式是否正确"},
    {"seal_signature.stamp_imprint", "时间戳是否对应该签名值"},
    {"seal_signature.stamp_present", "签章是否加盖时间戳"},
    {"seal_signature.stamp_value", "时间戳的签名是否有效"},
    {"seal_signature.time_deviation", "签章时间与时间戳相差是否不超过五分钟"},
    {"seal_signature.time_order", "签章时间是否不晚于时间戳"},
    {"seal_signature.time_v1_stamp", "第一版签章数据中的时间戳能否判定"},
    {"seal_signature.value", "签章者的签名是否有效"},
    {"seal_signing.certificate_format", "签章者证书的格式是否正确"},
    {"seal_signing.certificate_listed", "签章者证书是否在印章的证书列表中"},
    {"seal_signing.chain", "签章者证书是否通向受信任的根证书"},
    {"seal_signing.key_usage", "签章者证书的密钥用途是否正确"},
    {"seal_signing.revocation", "签章者证书是否未被撤销"},
    {"seal_signing.validity", "签章者证书是否处于有效期内"},
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
