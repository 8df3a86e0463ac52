// SPDX-License-Identifier: Apache-2.0
//
// The rules about certificate requests. Source: RFC 2986.
#include "base/crypto/sm2.h"
#include "domain/lint/lint_view.h"
#include "domain/pki/oid.h"

static bool version_is_0(const LintView *view)
{
    return view->version == 0;
}

static bool attributes_are_there(const LintView *view)
{
    return view->has_attributes;
}

static bool attributes_are_readable(const LintView *view)
{
    Reader attributes = reader_of(view->attributes);
    while (attributes.rest.len > 0 && !attributes.failed) {
        Reader attribute = der_enter(&attributes, DER_SEQUENCE);
        (void)der_oid(&attribute);
        Reader values = der_enter(&attribute, DER_SET);
        attributes.failed = attributes.failed || !reader_done(&attribute) || values.rest.len == 0;
    }
    return !attributes.failed;
}

static bool has_no_challenge(const LintView *view)
{
    size_t at = 0;
    return !bytes_find(view->attributes,
                       BYTES_LITERAL("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"), 0, &at);
}

static bool key_is_sm2(const LintView *view)
{
    return !view->is_gm || view->has_sm2_key;
}

static bool holds_with_id(const LintView *view, Bytes id)
{
    Sm2Signature signature;
    Sm3Digest digest;
    return sm2_signature_parse(view->signature, &signature, NULL) &&
           sm2_message_digest(&view->sm2_key, id, view->tbs, &digest, NULL) &&
           sm2_verify_digest(&view->sm2_key, &digest, &signature);
}

static bool can_check(const LintView *view)
{
    return view->has_sm2_key && lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3);
}

static bool has_the_id(const LintView *view)
{
    return !can_check(view) || holds_with_id(view, SM2_DEFAULT_ID) ||
           !holds_with_id(view, BYTES_EMPTY);
}

static bool possession_is_proved(const LintView *view)
{
    return !can_check(view) || holds_with_id(view, SM2_DEFAULT_ID) ||
           holds_with_id(view, BYTES_EMPTY);
}

static const LintRule rules[] = {
    {version_is_0, "request.version", LINT_ERROR, "RFC 2986 4.1", "the version is 0", "版本为 0"},
    {attributes_are_there, "request.attributes_missing", LINT_WARNING, "RFC 2986 4.1",
     "the set of attributes is there, if only empty", "属性集合存在（可为空）"},
    {attributes_are_readable, "request.attributes", LINT_ERROR, "RFC 2986 4.1",
     "each attribute is a type with at least one value", "各属性含类型和至少一个值"},
    {has_no_challenge, "request.challenge", LINT_WARNING, "RFC 2985 5.4.1",
     "no challenge password lies in the clear in the request", "申请中不含明文的质询口令"},
    {key_is_sm2, "request.key", LINT_ERROR, "GM/T 0015-2012 annex C",
     "the key is an uncompressed point on the SM2 curve", "公钥是 SM2 曲线上未压缩的点"},
    {has_the_id, "request.signature_id", LINT_ERROR, "GM/T 0009-2012 10",
     "the signature is made with the ID 1234567812345678, not with an empty one",
     "签名使用标识 1234567812345678，而不是空标识"},
    {possession_is_proved, "request.possession", LINT_ERROR, "RFC 2986 4.2",
     "the signature holds: who asks has the private key", "签名成立，申请者持有私钥"},
};

void lint_request_rules(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, rules);
    lint_apply_names(report, view);
    lint_apply_signature(report, view);
}
