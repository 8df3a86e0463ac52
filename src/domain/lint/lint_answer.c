// SPDX-License-Identifier: Apache-2.0
//
// OCSP responses: reading and rules. Source: RFC 6960 4.2; RFC 8954.
#include "domain/lint/lint_view.h"
#include "domain/pki/oid.h"

enum { STATUS_SUCCESSFUL = 0, STATUS_UNUSED = 4, STATUS_LAST = 6, NONCE_MAX = 128 };

#define OID_OCSP_BASIC_TYPE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")
#define OID_OCSP_NONCE_TYPE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x02")

static void read_basic_body(LintView *view, Reader body)
{
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader version = der_enter(&body, DER_CONTEXT_CONSTRUCTED(0));
        view->has_version = true;
        view->version = der_u64(&version);
    }
    DerElement responder = der_any(&body);
    view->subject = responder.whole;
    view->produced = der_any(&body);
    view->has_entries = der_peek(&body) == DER_SEQUENCE;
    view->entries = der_element(&body, DER_SEQUENCE).content;
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(1)) {
        Reader wrapper = der_enter(&body, DER_CONTEXT_CONSTRUCTED(1));
        lint_read_extensions(view, der_element(&wrapper, DER_SEQUENCE).content);
        body.failed = body.failed || !reader_done(&wrapper);
    }
    view->is_readable = view->is_readable && reader_done(&body);
}

static void read_basic(LintView *view, Bytes der)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    DerElement tbs = der_element(&content, DER_SEQUENCE);
    view->tbs = tbs.whole;
    view->outer_algorithm = der_element(&content, DER_SEQUENCE).whole;
    view->signature = der_bit_string_octets(&content);
    view->is_gm = lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3);
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        view->certificates = der_any(&content).content;
    }
    view->is_readable = reader_done(&content) && reader_done(&whole);
    read_basic_body(view, reader_of(tbs.content));
}

bool lint_read_answer(Bytes der, LintView *ret)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Bytes status = der_element(&content, DER_ENUMERATED).content;
    ret->der = der;
    ret->status = status.len == 1 ? status.data[0] : STATUS_UNUSED;
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&content, DER_CONTEXT_CONSTRUCTED(0));
        Reader bytes = der_enter(&wrapper, DER_SEQUENCE);
        ret->content_type = der_oid(&bytes);
        ret->content = der_octet_string(&bytes);
        content.failed = content.failed || !reader_done(&bytes) || !reader_done(&wrapper);
    }
    ret->is_readable = reader_done(&content) && reader_done(&whole);
    if (ret->is_readable && bytes_equal(ret->content_type, OID_OCSP_BASIC_TYPE)) {
        read_basic(ret, ret->content);
    }
    return ret->is_readable;
}

static bool is_basic(const LintView *view)
{
    return bytes_equal(view->content_type, OID_OCSP_BASIC_TYPE);
}

static bool status_is_known(const LintView *view)
{
    return view->status <= STATUS_LAST && view->status != STATUS_UNUSED;
}

static bool only_success_has_content(const LintView *view)
{
    return (view->status == STATUS_SUCCESSFUL) == (view->content_type.len > 0);
}

static bool type_is_basic(const LintView *view)
{
    return view->content_type.len == 0 || is_basic(view);
}

static bool version_is_default(const LintView *view)
{
    return !view->has_version;
}

static bool responder_is_named(const LintView *view)
{
    return !is_basic(view) ||
           (view->subject.len > 4 && (view->subject.data[0] == DER_CONTEXT_CONSTRUCTED(1) ||
                                      view->subject.data[0] == DER_CONTEXT_CONSTRUCTED(2)));
}

static bool produced_is_in_form(const LintView *view)
{
    Time time = 0;
    return !is_basic(view) ||
           (view->produced.tag == DER_GENERALIZED_TIME && lint_time_read(view->produced, &time));
}

static bool something_is_answered(const LintView *view)
{
    return !is_basic(view) || view->entries.len > 0;
}

// --- single responses -------------------------------------------------------------------------

typedef struct {
    bool is_readable;
    Bytes hash;
    size_t name_len, key_len;
    int status;  // tag
    DerElement from, until;
} Single;

static Single read_single(Reader *entries)
{
    Single single = {0};
    Reader content = der_enter(entries, DER_SEQUENCE);
    Reader id = der_enter(&content, DER_SEQUENCE);
    Reader algorithm = der_enter(&id, DER_SEQUENCE);
    single.hash = der_oid(&algorithm);
    single.name_len = der_octet_string(&id).len;
    single.key_len = der_octet_string(&id).len;
    (void)lint_read_integer(&id);
    single.status = der_any(&content).tag;
    single.from = der_any(&content);
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&content, DER_CONTEXT_CONSTRUCTED(0));
        single.until = der_any(&wrapper);
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(1)) {
        (void)der_any(&content);
    }
    single.is_readable = reader_done(&content) && reader_done(&id);
    return single;
}

typedef bool SingleCheck(const LintView *view, const Single *single);

static bool every_single(const LintView *view, SingleCheck *check)
{
    Reader entries = reader_of(view->entries);
    while (is_basic(view) && entries.rest.len > 0 && !entries.failed) {
        Single single = read_single(&entries);
        if (!check(view, &single)) {
            return false;
        }
    }
    return !entries.failed;
}

static bool single_is_readable(const LintView *view, const Single *single)
{
    (void)view;
    return single->is_readable;
}

static bool single_digests_fit(const LintView *view, const Single *single)
{
    (void)view;
    bool is_short = bytes_equal(single->hash, BYTES_LITERAL("\x2b\x0e\x03\x02\x1a"));
    bool is_known =
        is_short || bytes_equal(single->hash, OID_SM3) || bytes_equal(single->hash, OID_SHA256);
    size_t size = is_short ? 20 : 32;
    return !is_known || (single->name_len == size && single->key_len == size);
}

static bool single_status_is_known(const LintView *view, const Single *single)
{
    (void)view;
    return single->status == DER_CONTEXT(0) || single->status == DER_CONTEXT_CONSTRUCTED(1) ||
           single->status == DER_CONTEXT(2);
}

static bool single_times_are_in_form(const LintView *view, const Single *single)
{
    Time time = 0;
    (void)view;
    return single->from.tag == DER_GENERALIZED_TIME && lint_time_read(single->from, &time) &&
           (single->until.whole.len == 0 ||
            (single->until.tag == DER_GENERALIZED_TIME && lint_time_read(single->until, &time)));
}

static bool single_times_are_in_order(const LintView *view, const Single *single)
{
    Time from = 0, until = 0, produced = 0;
    if (!lint_time_read(single->from, &from) || !lint_time_read(view->produced, &produced)) {
        return true;
    }
    return from <= produced && (!lint_time_read(single->until, &until) || from < until);
}

static bool single_says_until_when(const LintView *view, const Single *single)
{
    (void)view;
    return single->until.whole.len > 0;
}

#define SINGLE_RULE(function, check)           \
    static bool function(const LintView *view) \
    {                                          \
        return every_single(view, check);      \
    }
SINGLE_RULE(singles_are_readable, single_is_readable)
SINGLE_RULE(digests_fit, single_digests_fit)
SINGLE_RULE(statuses_are_known, single_status_is_known)
SINGLE_RULE(times_are_in_form, single_times_are_in_form)
SINGLE_RULE(times_are_in_order, single_times_are_in_order)
SINGLE_RULE(answers_say_until_when, single_says_until_when)

static bool extensions_are_sound(const LintView *view)
{
    return !view->has_bad_extension && !view->repeats_extension;
}

static bool criticals_are_known(const LintView *view)
{
    return !view->has_unknown_critical;
}

static bool nonce_is_in_range(const LintView *view)
{
    Reader extensions = reader_of(view->extensions);
    while (extensions.rest.len > 0 && !extensions.failed) {
        Reader content = der_enter(&extensions, DER_SEQUENCE);
        Bytes oid = der_oid(&content);
        if (der_peek(&content) == DER_BOOLEAN) {
            (void)der_boolean(&content);
        }
        Bytes value = der_octet_string(&content);
        if (bytes_equal(oid, OID_OCSP_NONCE_TYPE)) {
            Reader nonce = reader_of(value);
            Bytes octets = der_octet_string(&nonce);
            return reader_done(&nonce) && octets.len >= 1 && octets.len <= NONCE_MAX;
        }
    }
    return true;
}

static const LintRule rules[] = {
    {status_is_known, "answer.status", LINT_ERROR, "RFC 6960 4.2.1", "the status is a known one",
     "响应状态取值有效"},
    {only_success_has_content, "answer.content", LINT_ERROR, "RFC 6960 4.2.1",
     "a successful response has content, and no other", "仅成功的响应含有内容"},
    {type_is_basic, "answer.type", LINT_ERROR, "RFC 6960 4.2.1", "the content is a basic response",
     "内容为基本 OCSP 响应"},
    {version_is_default, "answer.version", LINT_WARNING, "X.690 11.5",
     "version 1 is the default and not written", "缺省的版本 1 不编码"},
    {responder_is_named, "answer.responder", LINT_ERROR, "RFC 6960 4.2.1",
     "the responder is named by its name or key", "以名称或密钥标明响应者"},
    {produced_is_in_form, "answer.produced", LINT_ERROR, "RFC 6960 4.2.2.1",
     "the time of the answer is a GeneralizedTime with seconds and Z",
     "产生时间为含秒并以 Z 结尾的 GeneralizedTime"},
    {something_is_answered, "answer.empty", LINT_ERROR, "RFC 6960 4.2.1",
     "at least one certificate is answered for", "至少答复一张证书"},
    {singles_are_readable, "answer.single", LINT_ERROR, "RFC 6960 4.2.1",
     "each single answer has its structure", "各单项答复结构正确"},
    {digests_fit, "answer.certificate_id", LINT_ERROR, "RFC 6960 4.1.1",
     "the digests that name a certificate have their algorithm's length",
     "证书标识中的摘要长度与算法一致"},
    {statuses_are_known, "answer.certificate_status", LINT_ERROR, "RFC 6960 4.2.1",
     "each certificate is good, revoked or unknown", "证书状态为良好、已吊销或未知"},
    {times_are_in_form, "answer.time_form", LINT_ERROR, "RFC 6960 4.2.2.1",
     "times are GeneralizedTime with seconds and Z", "时间为含秒并以 Z 结尾的 GeneralizedTime"},
    {times_are_in_order, "answer.times", LINT_ERROR, "RFC 6960 4.2.2.1",
     "an answer is not from the future, and the next comes after it",
     "答复时间不晚于产生时间，下次更新晚于本次更新"},
    {answers_say_until_when, "answer.next_update", LINT_NOTICE, "RFC 6960 4.2.2.1; RFC 5019 4",
     "an answer says until when it may be used", "答复载明下次更新时间"},
    {extensions_are_sound, "answer.extensions", LINT_ERROR, "RFC 6960 4.4",
     "each extension has its structure and is there once", "各扩展结构正确且不重复"},
    {criticals_are_known, "answer.unknown_critical", LINT_WARNING, "RFC 6960 4.4",
     "no critical extension is one that clients may not know", "不含客户端可能不认识的关键扩展"},
    {nonce_is_in_range, "answer.nonce", LINT_ERROR, "RFC 9654 2.1", "a nonce has 1 to 128 octets",
     "随机数为 1 至 128 个字节"},
};

void lint_answer_rules(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, rules);
    if (is_basic(view)) {
        lint_apply_signature(report, view);
    }
}
