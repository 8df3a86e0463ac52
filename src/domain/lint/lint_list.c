// SPDX-License-Identifier: Apache-2.0
//
// The rules about revocation lists. Source: RFC 5280 5; GM/T 0015-2012 3 (CRL profile).
#include <stdlib.h>
#include <string.h>

#include "domain/lint/lint_view.h"
#include "domain/pki/crl.h"
#include "domain/pki/distribution_point.h"
#include "domain/pki/oid.h"

enum { NUMBER_MAX = 20, REASON_UNUSED = 7, REASON_REMOVE = 8, REASON_HOLD = 6, REASON_LAST = 10 };

// One entry, loosely.
typedef struct {
    Bytes serial;
    DerElement date;
    bool has_extensions, is_readable, reason_is_critical, has_reason, has_unknown_critical;
    uint64_t reason;
} Entry;

static void read_entry_extension(Entry *entry, Reader *extensions)
{
    Reader content = der_enter(extensions, DER_SEQUENCE);
    Bytes oid = der_oid(&content);
    bool is_critical = der_peek(&content) == DER_BOOLEAN && der_boolean(&content);
    Bytes value = der_octet_string(&content);
    extensions->failed = extensions->failed || !reader_done(&content);
    bool is_issuer = bytes_equal(oid, BYTES_LITERAL("\x55\x1d\x1d"));
    if (bytes_equal(oid, OID_CRL_REASON)) {
        Reader reason = reader_of(value);
        Bytes code = der_element(&reason, DER_ENUMERATED).content;
        entry->has_reason = true;
        entry->reason_is_critical = is_critical;
        entry->reason = code.len == 1 && reader_done(&reason) ? code.data[0] : REASON_UNUSED;
    } else {
        entry->has_unknown_critical = entry->has_unknown_critical || (is_critical && !is_issuer);
    }
}

static Entry read_entry(Reader *entries)
{
    Entry entry = {0};
    Reader content = der_enter(entries, DER_SEQUENCE);
    entry.serial = lint_read_integer(&content);
    entry.date = der_any(&content);
    entry.has_extensions = der_peek(&content) == DER_SEQUENCE;
    if (entry.has_extensions) {
        Reader extensions = der_enter(&content, DER_SEQUENCE);
        bool is_empty = extensions.rest.len == 0;
        while (extensions.rest.len > 0 && !extensions.failed) {
            read_entry_extension(&entry, &extensions);
        }
        content.failed = content.failed || extensions.failed || is_empty;
    }
    entry.is_readable = reader_done(&content);
    return entry;
}

typedef bool EntryCheck(const Entry *entry);

static bool every_entry(const LintView *view, EntryCheck *check)
{
    Reader entries = reader_of(view->entries);
    while (entries.rest.len > 0 && !entries.failed) {
        Entry entry = read_entry(&entries);
        if (!check(&entry)) {
            return false;
        }
    }
    return !entries.failed;
}

static bool entry_is_readable(const Entry *entry)
{
    return entry->is_readable;
}

static bool entry_serial_is_positive(const Entry *entry)
{
    return entry->serial.len > 0 && entry->serial.data[0] < 0x80;
}

static bool entry_date_is_in_form(const Entry *entry)
{
    return lint_time_is_in_form(entry->date);
}

static bool entry_reason_is_known(const Entry *entry)
{
    return !entry->has_reason || (entry->reason <= REASON_LAST && entry->reason != REASON_UNUSED);
}

static bool entry_reason_is_stated(const Entry *entry)
{
    return !entry->has_reason || entry->reason != 0;
}

static bool entry_reason_is_not_critical(const Entry *entry)
{
    return !entry->reason_is_critical;
}

static bool entry_criticals_are_known(const Entry *entry)
{
    return !entry->has_unknown_critical;
}

static bool entry_is_no_hold(const Entry *entry)
{
    return !entry->has_reason || entry->reason != REASON_HOLD;
}

static bool entry_is_no_removal(const Entry *entry)
{
    return !entry->has_reason || entry->reason != REASON_REMOVE;
}

#define ENTRY_RULE(function, check)            \
    static bool function(const LintView *view) \
    {                                          \
        return every_entry(view, check);       \
    }
ENTRY_RULE(entries_are_readable, entry_is_readable)
ENTRY_RULE(serials_are_positive, entry_serial_is_positive)
ENTRY_RULE(dates_are_in_form, entry_date_is_in_form)
ENTRY_RULE(reasons_are_known, entry_reason_is_known)
ENTRY_RULE(reasons_are_stated, entry_reason_is_stated)
ENTRY_RULE(reasons_are_not_critical, entry_reason_is_not_critical)
ENTRY_RULE(entry_extensions_are_known, entry_criticals_are_known)
ENTRY_RULE(nothing_is_on_hold, entry_is_no_hold)

static bool removals_are_in_deltas(const LintView *view)
{
    return view->extension[EXT_DELTA].is_present || every_entry(view, entry_is_no_removal);
}

static int compare_serials(const void *a, const void *b)
{
    const Bytes *left = a, *right = b;
    return bytes_compare(*left, *right);
}

static size_t collect_serials(const LintView *view, Bytes *ret, size_t max)
{
    size_t count = 0;
    Reader entries = reader_of(view->entries);
    while (entries.rest.len > 0 && !entries.failed && count < max) {
        ret[count++] = read_entry(&entries).serial;
    }
    return count;
}

static bool serials_are_single(const LintView *view)
{
    enum { ENTRY_MIN_SIZE = 20 };
    size_t max = view->entries.len / ENTRY_MIN_SIZE + 1;
    Bytes *serials = calloc(max, sizeof *serials);
    bool is_single = true;
    if (serials == NULL) {
        return true;
    }
    size_t count = collect_serials(view, serials, max);
    qsort(serials, count, sizeof *serials, compare_serials);
    for (size_t i = 1; i < count; i++) {
        is_single = is_single && !bytes_equal(serials[i - 1], serials[i]);
    }
    free(serials);
    return is_single;
}

// --- the list itself --------------------------------------------------------------------------

static bool version_is_2(const LintView *view)
{
    return view->has_version && view->version == 1;
}

static bool issuer_is_named(const LintView *view)
{
    return !lint_name_is_empty(view->issuer);
}

static bool times_are_in_form(const LintView *view)
{
    return lint_time_is_in_form(view->from) &&
           (view->until.whole.len == 0 || lint_time_is_in_form(view->until));
}

static bool next_update_is_there(const LintView *view)
{
    return view->until.whole.len > 0;
}

static bool times_are_in_order(const LintView *view)
{
    Time from = 0, until = 0;
    return view->until.whole.len == 0 || !lint_time_read(view->from, &from) ||
           !lint_time_read(view->until, &until) || from < until;
}

static bool entries_are_left_out_when_empty(const LintView *view)
{
    return !view->has_entries || view->entries.len > 0;
}

static bool extensions_are_sound(const LintView *view)
{
    return !view->has_bad_extension && !view->repeats_extension;
}

static bool issuer_key_is_named(const LintView *view)
{
    Reader whole = reader_of(view->extension[EXT_AUTHORITY_KEY].value);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    return view->extension[EXT_AUTHORITY_KEY].is_present && der_peek(&content) == DER_CONTEXT(0) &&
           !view->extension[EXT_AUTHORITY_KEY].is_critical;
}

static bool number_is_there(const LintView *view)
{
    return view->extension[EXT_LIST_NUMBER].is_present;
}

static bool number_is_in_range(const LintView *view)
{
    Reader value = reader_of(view->extension[EXT_LIST_NUMBER].value);
    Bytes number = lint_read_integer(&value);
    return !view->extension[EXT_LIST_NUMBER].is_present ||
           (number.len > 0 && number.len <= NUMBER_MAX && number.data[0] < 0x80 &&
            !view->extension[EXT_LIST_NUMBER].is_critical);
}

static bool criticality_is_right(const LintView *view)
{
    const LintExtension *delta = &view->extension[EXT_DELTA], *point = &view->extension[EXT_POINT];
    return (!delta->is_present || delta->is_critical) && (!point->is_present || point->is_critical);
}

static bool deltas_name_no_freshest(const LintView *view)
{
    return !view->extension[EXT_DELTA].is_present || !view->extension[EXT_FRESHEST].is_present;
}

static bool delta_is_newer_than_its_base(const LintView *view)
{
    Reader delta = reader_of(view->extension[EXT_DELTA].value);
    Reader value = reader_of(view->extension[EXT_LIST_NUMBER].value);
    Bytes base = lint_read_integer(&delta), number = lint_read_integer(&value);
    return !view->extension[EXT_DELTA].is_present || base.len == 0 || number.len == 0 ||
           crl_number_compare(base, number) < 0;
}

// An absent scope is sound, and one that cannot be read is not.
static bool scope_of(const LintView *view, IssuingDistributionPoint *ret)
{
    *ret = (IssuingDistributionPoint){.reasons = REASONS_ALL};
    return !view->extension[EXT_POINT].is_present ||
           issuing_distribution_point_read(view->extension[EXT_POINT].value, ret);
}

static bool scope_limits_something(const LintView *view)
{
    IssuingDistributionPoint scope;
    return scope_of(view, &scope) &&
           !bytes_equal(view->extension[EXT_POINT].value, BYTES_LITERAL("\x30\x00"));
}

static bool scope_is_one_kind(const LintView *view)
{
    IssuingDistributionPoint scope;
    return !scope_of(view, &scope) || scope.only_user_certificates + scope.only_ca_certificates +
                                              scope.only_attribute_certificates <=
                                          1;
}

static bool list_is_direct(const LintView *view)
{
    IssuingDistributionPoint scope;
    return !scope_of(view, &scope) || !scope.is_indirect;
}

static bool freshest_is_in_form(const LintView *view)
{
    Reader whole = reader_of(view->extension[EXT_FRESHEST].value);
    Reader points = der_enter(&whole, DER_SEQUENCE);
    DistributionPoint point;
    if (!view->extension[EXT_FRESHEST].is_present) {
        return true;
    }
    while (distribution_point_next(&points, &point)) {
        if (distribution_point_name_is_empty(&point.name) || point.crl_issuer.len > 0 ||
            point.reasons != REASONS_ALL) {
            return false;
        }
    }
    return reader_done(&whole) && !points.failed && !view->extension[EXT_FRESHEST].is_critical;
}

static bool criticals_are_known(const LintView *view)
{
    return !view->has_unknown_critical;
}

// --- what C3 looks for too (crl_lint.h), where the rules above do not say it already ----------

static bool has_no_fault(const LintView *view, const char *code)
{
    for (size_t i = 0; i < view->list_fault_count; i++) {
        if (strcmp(view->list_faults[i]->code, code) == 0) {
            return false;
        }
    }
    return true;
}

#define FAULT_RULE(function, code)             \
    static bool function(const LintView *view) \
    {                                          \
        return has_no_fault(view, code);       \
    }
FAULT_RULE(false_is_not_written, "lint.crl_default")
FAULT_RULE(entries_are_not_from_the_future, "lint.crl_entry_time")

static const LintRule fault_rules[] = {
    {false_is_not_written, "list.explicit_false", LINT_WARNING, "X.690 11.5",
     "FALSE is the default of critical and not written", "缺省的 critical FALSE 不编码"},
    {entries_are_not_from_the_future, "list.entry_time", LINT_ERROR, "RFC 5280 5.1.2.6",
     "no revocation is dated after the list", "吊销日期不晚于列表本身"},
};

static const LintRule rules[] = {
    {version_is_2, "list.version", LINT_ERROR, "RFC 5280 5.1.2.1; GM/T 0015-2012 annex C",
     "the version is 2", "版本为 2"},
    {issuer_is_named, "list.issuer", LINT_ERROR, "RFC 5280 5.1.2.3",
     "the issuer's name is not empty", "签发者名称不为空"},
    {times_are_in_form, "list.time_form", LINT_ERROR, "RFC 5280 5.1.2.4, 5.1.2.5",
     "times are UTCTime through 2049 and GeneralizedTime from 2050, with seconds and Z",
     "2049 年及以前用 UTCTime，2050 年起用 GeneralizedTime，含秒并以 Z 结尾"},
    {next_update_is_there, "list.next_update", LINT_ERROR,
     "RFC 5280 5.1.2.5; GM/T 0015-2012 annex C", "the list says when the next one comes",
     "载明下次更新时间"},
    {times_are_in_order, "list.times", LINT_ERROR, "RFC 5280 5.1.2.5",
     "the next list comes after this one", "下次更新晚于本次更新"},
    {entries_are_left_out_when_empty, "list.empty", LINT_ERROR, "RFC 5280 5.1.2.6",
     "a list of nothing has no list of revoked certificates", "无吊销时不含吊销证书序列"},
    {extensions_are_sound, "list.extensions", LINT_ERROR, "RFC 5280 5.2",
     "each extension has its structure and is there once", "各扩展结构正确且不重复"},
    {issuer_key_is_named, "list.authority_key_identifier", LINT_ERROR,
     "RFC 5280 5.2.1; GM/T 0015-2012 annex C", "the issuer's key is identified",
     "含颁发机构密钥标识符"},
    {number_is_there, "list.number", LINT_ERROR, "RFC 5280 5.2.3; GM/T 0015-2012 annex C",
     "the list has a number", "含 CRL 序号"},
    {number_is_in_range, "list.number_range", LINT_ERROR, "RFC 5280 5.2.3",
     "the number is not negative, not longer than 20 octets and not critical",
     "CRL 序号为非负、不超过 20 个字节的非关键扩展"},
    {criticality_is_right, "list.critical", LINT_ERROR, "RFC 5280 5.2.4, 5.2.5",
     "a delta and a partition say so in critical extensions", "增量和分段以关键扩展标明"},
    {deltas_name_no_freshest, "list.freshest", LINT_ERROR, "RFC 5280 5.2.6",
     "a delta does not point to another", "增量列表不指向其他增量列表"},
    {freshest_is_in_form, "list.freshest_form", LINT_ERROR, "RFC 5280 5.2.6",
     "where delta lists are is not critical, and said by names alone",
     "最新增量列表位置为非关键扩展，且只给出名称"},
    {delta_is_newer_than_its_base, "list.delta_base", LINT_ERROR, "RFC 5280 5.2.4",
     "a delta has a higher number than what it changes", "增量列表的序号大于其基准列表"},
    {scope_limits_something, "list.scope", LINT_ERROR, "RFC 5280 5.2.5",
     "a scope that is stated has its structure and limits something",
     "载明的签发范围结构正确且不为空"},
    {scope_is_one_kind, "list.scope_kinds", LINT_ERROR, "RFC 5280 5.2.5",
     "the scope is one kind of certificates", "签发范围只限定一类证书"},
    {list_is_direct, "list.indirect", LINT_NOTICE, "GM/T 0015-2012 annex C",
     "the list is its issuer's own (the profile advises against indirect ones)",
     "不是间接列表（格式规范不建议间接列表）"},
    {criticals_are_known, "list.unknown_critical", LINT_WARNING, "RFC 5280 5.2",
     "no critical extension is one that relying parties may not know",
     "不含依赖方可能不认识的关键扩展"},
    {entries_are_readable, "list.entry", LINT_ERROR, "RFC 5280 5.1", "each entry has its structure",
     "各条目结构正确"},
    {serials_are_positive, "list.entry_serial", LINT_ERROR, "RFC 5280 4.1.2.2",
     "no serial number is negative", "条目的序列号不为负"},
    {serials_are_single, "list.entry_repeated", LINT_ERROR, "RFC 5280 5.3",
     "no certificate is there twice", "同一证书不重复出现"},
    {dates_are_in_form, "list.entry_date", LINT_ERROR, "RFC 5280 5.1.2.6",
     "each date is in the form of the list's", "各条目日期格式正确"},
    {reasons_are_known, "list.reason", LINT_ERROR, "RFC 5280 5.3.1", "each reason is a known one",
     "吊销原因取值有效"},
    {reasons_are_stated, "list.reason_unspecified", LINT_WARNING, "RFC 5280 5.3.1",
     "an unspecified reason is left out", "未说明的原因不编码"},
    {reasons_are_not_critical, "list.reason_critical", LINT_ERROR, "RFC 5280 5.3.1",
     "reasons are not critical", "吊销原因为非关键扩展"},
    {entry_extensions_are_known, "list.entry_critical", LINT_ERROR, "RFC 5280 5.3",
     "no entry has an unknown critical extension", "条目不含不认识的关键扩展"},
    {removals_are_in_deltas, "list.remove", LINT_ERROR, "RFC 5280 5.3.1",
     "removeFromCRL is there in deltas only", "removeFromCRL 只出现在增量列表"},
    {nothing_is_on_hold, "list.hold", LINT_NOTICE, "GM/T 0015-2012 annex C; JR/T 0299-2024 6.5",
     "nothing is on hold (the profile advises against it, the mechanism needs it)",
     "不含挂起条目（格式规范不建议，业务规范需要）"},
};

void lint_list_rules(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, rules);
    LINT_APPLY(report, view, fault_rules);
    lint_apply_names(report, view);
    lint_apply_signature(report, view);
}
