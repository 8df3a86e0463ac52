// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_b_process.h"

#include "base/codec/hex.h"

static const char missing[] = "（无法从送检文件中取得）";

static const char *hex_or_missing(Arena *arena, Bytes bytes)
{
    const char *text = bytes.len == 0 ? missing : hex_text(arena, bytes);
    return text == NULL ? "" : text;
}

const char *report_cut_command(Arena *arena, const char *file, Bytes whole, Bytes part,
                               const char *out)
{
    size_t offset;
    if (part.len == 0 || !bytes_find(whole, part, 0, &offset)) {
        return missing;
    }
    const char *text =
        arena_format(arena, "tail -c +%zu %s | head -c %zu > %s", offset + 1, file, part.len, out);
    return text == NULL ? "" : text;
}

static void add_covered(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    const uint64_t *r = findings->byte_range;
    Sm3Digest whole = report_digest(report, findings->pdf);
    report_add_paragraph(report,
                         "步骤 1：确定送检文件，并取出受电子签章保护的原文。签章值占用的"
                         "位置（第 %llu 至 %llu 字节）之外的全部字节都受保护。",
                         (unsigned long long)r[0] + r[1], (unsigned long long)r[2]);
    report_add_field(report, "process.file_digest", "送检文件 SM3 摘要",
                     report_digest_text(arena, &whole));
    report_add_field(
        report, "process.byte_range", "原文范围（ByteRange）",
        arena_format(arena, "[%llu %llu %llu %llu]", (unsigned long long)r[0],
                     (unsigned long long)r[1], (unsigned long long)r[2], (unsigned long long)r[3]));
    report_add_field(
        report, "process.covered_command", "复核命令",
        arena_format(arena,
                     "openssl dgst -sm3 agreement.pdf ; (tail -c +%llu agreement.pdf | head -c "
                     "%llu ; tail -c +%llu agreement.pdf | head -c %llu) > covered.bin",
                     (unsigned long long)r[0] + 1, (unsigned long long)r[1],
                     (unsigned long long)r[2] + 1, (unsigned long long)r[3]));
}

static void add_extraction(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    const SealSignature *signature = &findings->signature;
    report_add_paragraph(report,
                         "步骤 2：从送检文件中取出电子签章数据（SES_Signature，"
                         "GB/T 38540—2020 7.1），并拆分为待签名数据（TBS_Sign）、签章者证书、"
                         "签名值和时间戳。");
    report_add_field(
        report, "process.signature_command", "复核命令",
        arena_format(arena, "tail -c +%zu agreement.pdf | head -c %zu | xxd -r -p > ses.der",
                     findings->contents_offset + 2, 2 * findings->der.len));
    if (!findings->has_signature) {
        report_add_field(report, "process.signature_state", "结果", "电子签章数据无法解析");
        return;
    }
    report_add_field(
        report, "process.tbs_command", "取待签名数据",
        report_cut_command(arena, "ses.der", findings->der, signature->tbs, "tbs.der"));
    report_add_field(
        report, "process.certificate_command", "取签章者证书",
        report_cut_command(arena, "ses.der", findings->der, signature->certificate, "signer.cer"));
    report_add_field(
        report, "process.value_command", "取签名值",
        report_cut_command(arena, "ses.der", findings->der, signature->value_der, "value.der"));
    report_add_field(
        report, "process.stamp_command", "取时间戳",
        report_cut_command(arena, "ses.der", findings->der, signature->time_stamp, "stamp.tst"));
}

static void add_digest(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    report_add_paragraph(report,
                         "步骤 3：对原文计算 SM3 摘要（GB/T 32905），与待签名数据中签章者"
                         "签署的原文摘要（dataHash）比对。两者一致，说明原文自签章起"
                         "未发生改动；任何一个字节的改动都会使两者不同。");
    report_add_field(report, "process.computed_digest", "计算所得摘要",
                     findings->has_digest ? report_digest_text(arena, &findings->digest) : missing);
    report_add_field(report, "process.signed_digest", "签署的摘要（dataHash）",
                     hex_or_missing(arena, findings->has_signature ? findings->signature.data_hash
                                                                   : BYTES_EMPTY));
    // The bits of a BIT STRING are what openssl's own listing leaves out.
    const char *cut = findings->has_signature
                          ? report_cut_command(arena, "tbs.der", findings->signature.tbs,
                                               findings->signature.data_hash, "hash.bin")
                          : missing;
    report_add_field(
        report, "process.digest_command", "复核命令",
        arena_format(arena, "openssl dgst -sm3 covered.bin ; %s ; xxd -p -c 64 hash.bin", cut));
    report_add_field(report, "process.digest_result", "比对结果",
                     !findings->has_digest    ? "无法比对"
                     : findings->digest_equal ? "一致"
                                              : "不一致");
}

static void add_value(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    Sm3Digest z, e;
    report_add_paragraph(report,
                         "步骤 4：用签章者证书中的公钥，按 SM2 签名算法（GB/T 32918.2，"
                         "用户标识 1234567812345678）验证签名值。e = SM3(Z ‖ TBS_Sign)。");
    if (!findings->has_certificate) {
        report_add_field(report, "process.value_result", "验签结果", "签章者证书无法解析，未验证");
        return;
    }
    const Sm2PublicKey *key = &findings->certificate.public_key;
    const Bytes id = BYTES_LITERAL("1234567812345678");
    report_add_field(report, "process.public_key", "签章者公钥",
                     hex_or_missing(arena, sm2_public_key_bytes(key)));
    if (sm2_z(key, id, &z, NULL) &&
        sm2_message_digest(key, id, findings->signature.tbs, &e, NULL)) {
        report_add_field(report, "process.z", "Z", report_digest_text(arena, &z));
        report_add_field(report, "process.e", "e", report_digest_text(arena, &e));
    }
    report_add_field(report, "process.value", "签名值（DER）",
                     hex_or_missing(arena, findings->signature.value_der));
    report_add_field(
        report, "process.value_verify", "复核命令",
        "openssl x509 -inform DER -in signer.cer -noout -pubkey > signer.pub ; openssl "
        "dgst -sm3 -verify signer.pub -sigopt distid:1234567812345678 -signature "
        "value.der tbs.der");
    report_add_field(report, "process.value_result", "验签结果",
                     findings->value_holds ? "验签通过" : "验签未通过");
}

static void add_stamp(Report *report, const ReportBFindings *findings)
{
    Arena *arena = report_arena(report);
    report_add_paragraph(report,
                         "步骤 5：时间戳（RFC 3161）加盖在签名值上。对签名值计算 SM3 摘要，"
                         "与时间戳中的摘要（messageImprint）比对，再验证时间戳服务机构的签名"
                         "和证书。");
    if (!findings->has_signature || findings->signature.time_stamp.len == 0) {
        report_add_field(report, "process.stamp_result", "结果", "签章数据中没有时间戳");
        return;
    }
    Sm3Digest imprint = sm3_digest(findings->signature.value_der);
    TimestampToken token;
    report_add_field(report, "process.imprint", "签名值的 SM3 摘要",
                     report_digest_text(arena, &imprint));
    if (timestamp_token_parse(findings->signature.time_stamp, &token, NULL)) {
        report_add_field(report, "process.stamp_imprint", "时间戳中的摘要",
                         hex_or_missing(arena, timestamp_imprint_bytes(&token.imprint)));
        report_add_field(report, "process.stamp_serial", "时间戳序列号",
                         hex_or_missing(arena, token.serial));
        report_add_field(report, "process.stamp_time", "时间戳时间（genTime）",
                         report_time_text(arena, token.time));
    }
    report_add_field(
        report, "process.stamp_verify", "复核命令",
        "openssl dgst -sm3 value.der ; openssl ts -reply -token_in -in stamp.tst -text");
    report_b_add_stamp_signature(report, findings);
    report_add_field(
        report, "process.stamp_result", "结果",
        findings->stamp_outcome == CHECK_PASSED ? "时间戳有效" : "时间戳未通过验证或未能验证");
}

static void add_trust(Report *report, const TrustStore *trust, const ReportBFindings *findings,
                      const Verdict *verdict)
{
    Arena *arena = report_arena(report);
    report_add_paragraph(report,
                         "步骤 6：验证签章者证书、电子印章及其制章者证书、时间戳证书的证书链、"
                         "有效期、密钥用途和撤销状态，均以经验证的签章时间为准；并检查送检文件"
                         "中看得见的内容是否全部受签章保护。全部检查按先后列于下表，判定"
                         "“未通过”的检查即为不通过的原因。");
    if (findings->has_certificate) {
        Sm3Digest fingerprint = certificate_fingerprint(&findings->certificate);
        report_add_field(report, "process.certificate_digest", "签章者证书 SM3 摘要",
                         report_digest_text(arena, &fingerprint));
        report_b_add_chain(report, trust, findings);
    }
    report_add_checks(report, verdict);
}

void report_b_add_process(Report *report, const ReportBFacts *facts,
                          const ReportBFindings *findings, const Verdict *verdict)
{
    report_add_attachment(report, 3,
                          "验证过程说明（验证计算及得出待验证资料没有经过篡改的过程信息）");
    report_add_note(report,
                    "以下命令可在装有 openssl 3.0 以上版本的 Linux 系统上逐条执行，"
                    "agreement.pdf 为附件 2 中的送检文件。");
    if (findings->is_readable) {
        add_covered(report, findings);
        add_extraction(report, findings);
        add_digest(report, findings);
        add_value(report, findings);
        add_stamp(report, findings);
    } else {
        Sm3Digest whole = report_digest(report, findings->pdf);
        report_add_paragraph(report,
                             "步骤 1：读取送检文件。文件不能作为带有电子签章的 PDF 文件读取，"
                             "后续计算无法进行。");
        report_add_field(report, "process.file_digest", "送检文件 SM3 摘要",
                         report_digest_text(report_arena(report), &whole));
    }
    add_trust(report, facts->trust, findings, verdict);
}
