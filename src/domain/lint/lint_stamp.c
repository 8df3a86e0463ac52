// SPDX-License-Identifier: Apache-2.0
//
// Time stamps: reading and rules. Source: RFC 3161 2.4; RFC 5816; RFC 5652 5.
#include "domain/lint/lint_view.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"

enum { SIGNED_DATA_VERSION = 3, SERIAL_MAX = 20 };

// TimeStampResp: the token in it, or nothing when it refuses.
static Bytes unwrap(Bytes der, bool *ret_refuses)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    if (der_peek(&content) != DER_SEQUENCE) {
        return der;
    }
    (void)der_any(&content);
    *ret_refuses = content.rest.len == 0;
    Bytes token = der_element(&content, DER_SEQUENCE).whole;
    return reader_done(&content) && reader_done(&whole) ? token : BYTES_EMPTY;
}

static void read_body(LintView *view, Reader *body)
{
    view->has_version = true;
    view->version = der_u64(body);
    (void)der_enter(body, DER_SET);
    Reader info = der_enter(body, DER_SEQUENCE);
    view->content_type = der_oid(&info);
    Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
    view->content = der_octet_string(&wrapper);
    body->failed = body->failed || !reader_done(&info) || !reader_done(&wrapper);
    for (uint8_t number = 0; number <= 1; number++) {
        if (der_peek(body) == DER_CONTEXT_CONSTRUCTED(number)) {
            Bytes set = der_any(body).content;
            view->certificates = number == 0 ? set : view->certificates;
        }
    }
    view->signer = der_element(body, DER_SET).content;
}

bool lint_read_stamp(Bytes der, LintView *ret)
{
    TimestampResponse response;
    ret->der = unwrap(der, &ret->refuses);
    if (ret->refuses) {
        ret->is_readable = timestamp_response_parse(der, &response, NULL);
        return ret->is_readable;
    }
    Reader whole = reader_of(ret->der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    ret->outer_type = der_oid(&info);
    Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
    Reader body = der_enter(&wrapper, DER_SEQUENCE);
    read_body(ret, &body);
    ret->is_readable =
        reader_done(&body) && reader_done(&wrapper) && reader_done(&info) && reader_done(&whole);
    return ret->is_readable;
}

static bool something_is_granted(const LintView *view)
{
    return !view->refuses;
}

static bool token_is(const LintView *view, TimestampToken *ret)
{
    return timestamp_token_parse(view->der, ret, NULL);
}

static bool outer_type_is_usual(const LintView *view)
{
    return !bytes_equal(view->outer_type, OID_GM_SIGNED_DATA);
}

static bool outer_type_is_known(const LintView *view)
{
    return bytes_equal(view->outer_type, OID_CMS_SIGNED_DATA) ||
           bytes_equal(view->outer_type, OID_GM_SIGNED_DATA);
}

static bool content_type_is_info(const LintView *view)
{
    return bytes_equal(view->content_type, OID_TST_INFO);
}

static bool version_fits_content(const LintView *view)
{
    return bytes_equal(view->outer_type, OID_GM_SIGNED_DATA) ||
           view->version == SIGNED_DATA_VERSION;
}

static bool has_one_signer(const LintView *view)
{
    Reader signers = reader_of(view->signer);
    (void)der_element(&signers, DER_SEQUENCE);
    return reader_done(&signers);
}

static bool certificates_are_sound(const LintView *view)
{
    Reader certificates = reader_of(view->certificates);
    while (certificates.rest.len > 0 && !certificates.failed) {
        (void)der_element(&certificates, DER_SEQUENCE);
    }
    return !certificates.failed;
}

// --- TSTInfo ----------------------------------------------------------------------------------

static Reader enter_info(const LintView *view)
{
    Reader whole = reader_of(view->content);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    info.failed = info.failed || whole.rest.len > 0;
    return info;
}

static bool info_version_is_1(const LintView *view)
{
    Reader info = enter_info(view);
    return der_u64(&info) == 1 && !info.failed;
}

static bool policy_is_there(const LintView *view)
{
    Reader info = enter_info(view);
    (void)der_any(&info);
    return der_oid(&info).len > 0;
}

static Reader after_policy(const LintView *view)
{
    Reader info = enter_info(view);
    (void)der_any(&info);
    (void)der_any(&info);
    return info;
}

static bool imprint_is_sound(const LintView *view)
{
    Reader info = after_policy(view);
    TimestampImprint imprint = timestamp_imprint_read(&info);
    return !info.failed && imprint.algorithm != IMPRINT_UNKNOWN;
}

static bool imprint_is_sm3(const LintView *view)
{
    Reader info = after_policy(view);
    TimestampImprint imprint = timestamp_imprint_read(&info);
    return info.failed || imprint.algorithm != IMPRINT_UNKNOWN
               ? info.failed || imprint.algorithm == IMPRINT_SM3
               : true;
}

static bool serial_is_in_range(const LintView *view)
{
    Reader info = after_policy(view);
    (void)der_any(&info);
    Bytes serial = lint_read_integer(&info);
    return serial.len > 0 && serial.len <= SERIAL_MAX && serial.data[0] < 0x80;
}

static bool time_is_in_form(const LintView *view)
{
    Reader info = after_policy(view);
    (void)der_any(&info);
    (void)der_any(&info);
    (void)der_generalized_time(&info);
    return !info.failed;
}

static Reader after_time(const LintView *view)
{
    Reader info = after_policy(view);
    for (int i = 0; i < 3; i++) {
        (void)der_any(&info);
    }
    return info;
}

static bool accuracy_is_stated(const LintView *view)
{
    Reader info = after_time(view);
    return der_peek(&info) == DER_SEQUENCE;
}

static bool false_ordering_is_not_written(const LintView *view)
{
    Reader info = after_time(view);
    if (der_peek(&info) == DER_SEQUENCE) {
        (void)der_any(&info);
    }
    return der_peek(&info) != DER_BOOLEAN || der_boolean(&info);
}

// --- the signer -------------------------------------------------------------------------------

static bool token_is_readable(const LintView *view)
{
    TimestampToken token;
    Error err = {0};
    return timestamp_token_parse(view->der, &token, &err) ||
           bytes_equal_text(bytes_of_text(err.code), "timestamp.algorithm");
}

static bool token_is_of_sm2(const LintView *view)
{
    TimestampToken token;
    Error err = {0};
    return timestamp_token_parse(view->der, &token, &err) ||
           !bytes_equal_text(bytes_of_text(err.code), "timestamp.algorithm") ||
           !imprint_is_sound(view);
}

static bool attributes_are_signed(const LintView *view)
{
    TimestampToken token;
    return !token_is(view, &token) || token.signed_data.signed_attributes.len > 0;
}

static bool signer_names_its_certificate(const LintView *view)
{
    TimestampToken token;
    return !token_is(view, &token) || token.signed_data.signing_certificate_digest.len > 0 ||
           token.signed_data.old_certificate_digest.len > 0;
}

static bool signer_uses_a_sound_digest(const LintView *view)
{
    TimestampToken token;
    return !token_is(view, &token) || token.signed_data.old_certificate_digest.len == 0 ||
           token.signed_data.signing_certificate_digest.len > 0;
}

static bool signature_holds(const LintView *view)
{
    TimestampToken token;
    Certificate tsa;
    return !token_is(view, &token) ||
           !signed_data_signer_certificate(&token.signed_data, &tsa, NULL) ||
           signed_data_verify(&token.signed_data, &tsa, BYTES_EMPTY, NULL);
}

static bool signer_is_a_tsa(const LintView *view)
{
    TimestampToken token;
    Certificate tsa;
    return !token_is(view, &token) ||
           !signed_data_signer_certificate(&token.signed_data, &tsa, NULL) ||
           (certificate_has_sole_extended_key_usage(&tsa, OID_USE_TIMESTAMPING) &&
            tsa.extended_key_usage_is_critical);
}

static bool signer_was_valid(const LintView *view)
{
    TimestampToken token;
    Certificate tsa;
    return !token_is(view, &token) ||
           !signed_data_signer_certificate(&token.signed_data, &tsa, NULL) ||
           certificate_is_valid_at(&tsa, token.time);
}

static const LintRule response_rules[] = {
    {something_is_granted, "stamp.refused", LINT_WARNING, "RFC 3161 2.4.2",
     "the response brings a token", "响应含有时间戳"},
};

static const LintRule rules[] = {
    {outer_type_is_known, "stamp.outer_type", LINT_ERROR, "RFC 3161 2.4.2",
     "the token is signed data", "时间戳为签名数据"},
    {outer_type_is_usual, "stamp.gm_type", LINT_NOTICE, "RFC 3161 2.4.2; GM/T 0010-2012",
     "the content type is that of CMS, not that of GM/T 0010", "内容类型为 CMS 而非 GM/T 0010"},
    {content_type_is_info, "stamp.content_type", LINT_WARNING, "RFC 3161 2.4.2",
     "what is signed is of type id-ct-TSTInfo", "被签内容类型为 id-ct-TSTInfo"},
    {version_fits_content, "stamp.version", LINT_ERROR, "RFC 5652 5.1",
     "the signed data has version 3", "签名数据版本为 3"},
    {has_one_signer, "stamp.signers", LINT_ERROR, "RFC 3161 2.4.2",
     "the token has exactly one signer", "时间戳恰有一个签名者"},
    {certificates_are_sound, "stamp.certificates", LINT_ERROR, "RFC 5652 5.1",
     "what stands among the certificates is certificates", "证书集合中均为证书"},
    {info_version_is_1, "stamp.info_version", LINT_WARNING, "RFC 3161 2.4.2",
     "TSTInfo has version 1", "TSTInfo 版本为 1"},
    {policy_is_there, "stamp.policy", LINT_ERROR, "RFC 3161 2.4.2", "the policy is named",
     "载明时间戳策略"},
    {imprint_is_sound, "stamp.imprint", LINT_ERROR, "RFC 3161 2.4.1",
     "the imprint is made with SM3, SHA-256, SHA-384 or SHA-512 and has its length",
     "摘要算法为 SM3、SHA-256、SHA-384 或 SHA-512，且长度一致"},
    {imprint_is_sm3, "stamp.imprint_sm3", LINT_NOTICE, "GB/T 20520", "the imprint is made with SM3",
     "摘要算法为 SM3"},
    {serial_is_in_range, "stamp.serial", LINT_ERROR, "RFC 3161 2.4.2",
     "the serial number is not negative and has at most 160 bits", "序列号非负且不超过 160 位"},
    {time_is_in_form, "stamp.time_form", LINT_ERROR, "RFC 3161 2.4.2",
     "the time is a GeneralizedTime with seconds and Z, its fraction without trailing zeros",
     "时间为含秒并以 Z 结尾的 GeneralizedTime，小数部分末尾无零"},
    {accuracy_is_stated, "stamp.accuracy", LINT_NOTICE, "RFC 3161 2.4.2",
     "the accuracy of the time is stated", "载明时间精度"},
    {false_ordering_is_not_written, "stamp.ordering", LINT_WARNING, "X.690 11.5",
     "FALSE is the default of ordering and not written", "缺省的 ordering FALSE 不编码"},
    {token_is_readable, "stamp.structure", LINT_ERROR, "RFC 3161 2.4.2; RFC 5652 5.3",
     "signer, attributes and TSTInfo have their structure", "签名者信息、属性和 TSTInfo 结构正确"},
    {token_is_of_sm2, "signature.foreign", LINT_NOTICE, "GM/T 0015-2012 5",
     "the token is signed with SM2 and SM3", "时间戳以 SM2 和 SM3 签名"},
    {attributes_are_signed, "stamp.attributes", LINT_ERROR, "RFC 5652 5.3",
     "the signature covers content type and digest", "签名覆盖内容类型和摘要属性"},
    {signer_names_its_certificate, "stamp.signing_certificate", LINT_WARNING,
     "RFC 3161 2.4.2; RFC 5816 2.2.1", "the signature names its certificate",
     "签名属性标明签名证书"},
    {signer_uses_a_sound_digest, "stamp.old_signing_certificate", LINT_WARNING, "RFC 5816 2.2.1",
     "the certificate is not named by SHA-1 alone", "不单以 SHA-1 标明签名证书"},
    {signer_is_a_tsa, "stamp.signer_use", LINT_ERROR, "RFC 3161 2.3",
     "the signer's certificate is for time stamps alone, critically",
     "签名证书的关键扩展密钥用法仅为时间戳"},
    {signer_was_valid, "stamp.signer_validity", LINT_ERROR, "RFC 3161 4",
     "the signer's certificate was valid at the stamped time", "签名证书在盖戳时间有效"},
    {signature_holds, "stamp.signature", LINT_ERROR, "RFC 5652 5.6",
     "the signature holds with the certificate inside", "签名以所附证书验证成立"},
};

void lint_stamp_rules(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, response_rules);
    if (!view->refuses) {
        LINT_APPLY(report, view, rules);
    }
}
