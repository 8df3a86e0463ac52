// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl_lint.h"

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

// What the rules look at: the list, and facts about its encoding, found in one pass.
typedef struct {
    const Crl *crl;
    const Certificate *issuer;
    bool times_are_in_form;
    bool has_empty_entries;
    bool has_default;  // a FALSE that DER leaves out
    bool serials_are_sound;
    bool has_twice;
    bool has_unspecified;
    bool has_hold;
    bool has_future_entry;
    bool entry_times_are_in_form;
    bool entry_criticality_is_right;
} Facts;

// --- the encoding -----------------------------------------------------------------------------

// UTCTime through 2049, GeneralizedTime from 2050. Source: RFC 5280 5.1.2.4-6.
static bool time_is_in_form(int tag, Time time)
{
    const Time year_2050 = (Time)2524608000 * TIME_SECOND;
    return tag == (time < year_2050 ? DER_UTC_TIME : DER_GENERALIZED_TIME);
}

static void look_at_head(Facts *facts)
{
    Reader whole = reader_of(facts->crl->tbs);
    Reader tbs = der_enter(&whole, DER_SEQUENCE);
    if (facts->crl->version == 2) {
        der_any(&tbs);
    }
    der_any(&tbs);
    der_any(&tbs);
    facts->times_are_in_form = time_is_in_form(der_peek(&tbs), facts->crl->this_update);
    der_any(&tbs);
    if (facts->crl->has_next_update) {
        facts->times_are_in_form =
            facts->times_are_in_form && time_is_in_form(der_peek(&tbs), facts->crl->next_update);
        der_any(&tbs);
    }
    facts->has_empty_entries = der_peek(&tbs) == DER_SEQUENCE && facts->crl->entry_count == 0;
}

// True if an Extension says critical FALSE, which is the default.
static bool says_default(Bytes extension_der)
{
    Reader reader = reader_of(extension_der);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    der_oid(&content);
    return der_peek(&content) == DER_BOOLEAN && !der_boolean(&content);
}

static void look_at_entry_extensions(Facts *facts, Reader extensions)
{
    while (extensions.rest.len > 0) {
        Bytes before = extensions.rest;
        CertificateExtension extension;
        if (!extension_read(&extensions, &extension)) {
            return;
        }
        facts->has_default = facts->has_default || says_default(before);
        bool wants_critical = bytes_equal(extension.oid, OID_CERTIFICATE_ISSUER);
        bool is_known = wants_critical || bytes_equal(extension.oid, OID_CRL_REASON) ||
                        bytes_equal(extension.oid, OID_INVALIDITY_DATE);
        if (is_known && extension.is_critical != wants_critical) {
            facts->entry_criticality_is_right = false;
        }
        // A reason that says nothing: ENUMERATED 0.
        facts->has_unspecified =
            facts->has_unspecified || (bytes_equal(extension.oid, OID_CRL_REASON) &&
                                       bytes_equal(extension.value, BYTES_LITERAL("\x0a\x01\x00")));
    }
}

static void look_at_entry_encoding(Facts *facts, Bytes entry_der, Time revoked_at)
{
    Reader reader = reader_of(entry_der);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    der_any(&content);
    if (!time_is_in_form(der_peek(&content), revoked_at)) {
        facts->entry_times_are_in_form = false;
    }
    der_any(&content);
    if (content.rest.len > 0) {
        look_at_entry_extensions(facts, der_enter(&content, DER_SEQUENCE));
    }
}

static void look_at_entries(Facts *facts)
{
    const Crl *crl = facts->crl;
    CrlCursor cursor = {0};
    CrlEntry entry;
    Bytes last_serial = BYTES_EMPTY, last_issuer = BYTES_EMPTY;
    facts->serials_are_sound = facts->entry_times_are_in_form = true;
    facts->entry_criticality_is_right = true;
    facts->has_twice = crl->has_duplicates;
    for (size_t start = 0; crl_next(crl, &cursor, &entry); start = cursor.position) {
        Bytes serial = entry.revocation.serial;
        look_at_entry_encoding(facts, bytes_slice(crl->entries, start, cursor.position - start),
                               entry.revocation.revoked_at);
        bool is_positive = serial.data[0] < 0x80 && !(serial.len == 1 && serial.data[0] == 0);
        facts->serials_are_sound =
            facts->serials_are_sound && is_positive && serial.len <= SERIAL_MAX_SIZE;
        facts->has_twice = facts->has_twice || (bytes_equal(serial, last_serial) &&
                                                bytes_equal(entry.certificate_issuer, last_issuer));
        facts->has_hold = facts->has_hold || entry.revocation.reason == REASON_CERTIFICATE_HOLD;
        facts->has_future_entry =
            facts->has_future_entry || entry.revocation.revoked_at > crl->this_update;
        last_serial = serial;
        last_issuer = entry.certificate_issuer;
    }
}

// --- the rules --------------------------------------------------------------------------------

static bool find_extension(const Crl *crl, Bytes oid, CertificateExtension *ret)
{
    Reader extensions = reader_of(crl->extensions);
    while (extension_read(&extensions, ret)) {
        if (bytes_equal(ret->oid, oid)) {
            return true;
        }
    }
    return false;
}

static bool is_version_2(const Facts *facts)
{
    return facts->crl->version == 2;
}

static bool algorithm_has_no_parameters(const Facts *facts)
{
    Reader reader = reader_of(facts->crl->algorithm);
    Algorithm algorithm = algorithm_read(&reader);
    return bytes_equal(algorithm.oid, OID_SM2_WITH_SM3) && algorithm.parameters.len == 0;
}

static bool issuer_has_a_name(const Facts *facts)
{
    return facts->crl->issuer.len > 2;
}

// Byte for byte, so that lists can be found by comparing names in any way.
static bool issuer_is_named_as_itself(const Facts *facts)
{
    return facts->issuer == NULL || bytes_equal(facts->crl->issuer, facts->issuer->subject);
}

static bool issuer_may_sign(const Facts *facts)
{
    return facts->issuer == NULL ||
           (facts->issuer->has_key_usage && (facts->issuer->key_usage & USAGE_CRL_SIGN) != 0);
}

static bool times_are_in_form(const Facts *facts)
{
    return facts->times_are_in_form;
}

static bool says_when_it_ends(const Facts *facts)
{
    return facts->crl->has_next_update && facts->crl->this_update < facts->crl->next_update;
}

static bool has_number(const Facts *facts)
{
    return facts->crl->number.len > 0 && facts->crl->number.len <= SERIAL_MAX_SIZE;
}

static bool names_issuer_key(const Facts *facts)
{
    Bytes named = facts->crl->authority_key_identifier;
    return named.len > 0 &&
           (facts->issuer == NULL || facts->issuer->subject_key_identifier.len == 0 ||
            bytes_equal(named, facts->issuer->subject_key_identifier));
}

static bool criticals_are_known(const Facts *facts)
{
    return facts->crl->unknown_critical.len == 0;
}

static bool leaves_out_defaults(const Facts *facts)
{
    Reader extensions = reader_of(facts->crl->extensions);
    CertificateExtension extension;
    for (Bytes before = extensions.rest; extension_read(&extensions, &extension);
         before = extensions.rest) {
        if (says_default(before)) {
            return false;
        }
    }
    return !facts->has_default;
}

static bool leaves_out_empty_entries(const Facts *facts)
{
    return !facts->has_empty_entries;
}

static bool serials_are_sound(const Facts *facts)
{
    return facts->serials_are_sound;
}

static bool has_no_entry_twice(const Facts *facts)
{
    return !facts->has_twice;
}

static bool entry_times_are_in_form(const Facts *facts)
{
    return facts->entry_times_are_in_form;
}

static bool entries_are_of_the_past(const Facts *facts)
{
    return !facts->has_future_entry;
}

static bool reasons_say_something(const Facts *facts)
{
    return !facts->has_unspecified;
}

static bool entry_criticality_is_right(const Facts *facts)
{
    return facts->entry_criticality_is_right;
}

static bool criticality_is(const Facts *facts, Bytes oid, bool wanted)
{
    CertificateExtension extension;
    return !find_extension(facts->crl, oid, &extension) || extension.is_critical == wanted;
}

static bool scope_is_critical(const Facts *facts)
{
    return criticality_is(facts, OID_ISSUING_DISTRIBUTION_POINT, true);
}

static bool scope_says_something(const Facts *facts)
{
    return !bytes_equal(facts->crl->issuing_distribution_point, BYTES_LITERAL("\x30\x00"));
}

static bool scope_has_one_kind(const Facts *facts)
{
    const IssuingDistributionPoint *scope = &facts->crl->scope;
    return scope->only_user_certificates + scope->only_ca_certificates +
               scope->only_attribute_certificates <=
           1;
}

static bool delta_is_critical(const Facts *facts)
{
    return criticality_is(facts, OID_DELTA_CRL_INDICATOR, true);
}

static bool delta_is_newer_than_its_base(const Facts *facts)
{
    return !crl_is_delta(facts->crl) ||
           crl_number_compare(facts->crl->base_number, facts->crl->number) < 0;
}

static bool delta_has_no_delta(const Facts *facts)
{
    return !crl_is_delta(facts->crl) || facts->crl->freshest_crl.len == 0;
}

static bool freshest_is_in_form(const Facts *facts)
{
    Reader reader = reader_of(facts->crl->freshest_crl);
    if (reader.rest.len == 0) {
        return true;
    }
    Reader points = der_enter(&reader, DER_SEQUENCE);
    DistributionPoint point;
    while (distribution_point_next(&points, &point)) {
        if (distribution_point_name_is_empty(&point.name) || point.crl_issuer.len > 0 ||
            point.reasons != REASONS_ALL) {
            return false;
        }
    }
    return criticality_is(facts, OID_FRESHEST_CRL, false);
}

static bool is_direct(const Facts *facts)
{
    return !facts->crl->scope.is_indirect;
}

static bool suspends_nobody(const Facts *facts)
{
    return !facts->has_hold;
}

typedef bool RuleCheck(const Facts *facts);

// One check for each rule, in the same order.
static RuleCheck *const checks[] = {
    is_version_2,
    algorithm_has_no_parameters,
    issuer_has_a_name,
    issuer_is_named_as_itself,
    issuer_may_sign,
    times_are_in_form,
    says_when_it_ends,
    has_number,
    names_issuer_key,
    criticals_are_known,
    leaves_out_defaults,
    leaves_out_empty_entries,
    serials_are_sound,
    has_no_entry_twice,
    entry_times_are_in_form,
    entries_are_of_the_past,
    reasons_say_something,
    entry_criticality_is_right,
    scope_is_critical,
    scope_says_something,
    scope_has_one_kind,
    delta_is_critical,
    delta_is_newer_than_its_base,
    delta_has_no_delta,
    freshest_is_in_form,
    is_direct,
    suspends_nobody,
};

static const CrlLintRule rules[] = {
    {"lint.crl_version", "GM/T 0015-2012 annex C", "the list is of version 2", false},
    {"lint.crl_algorithm", "GM/T 0015-2012 annex C", "SM2 with SM3 has no parameters", false},
    {"lint.crl_issuer_name", "RFC 5280 5.1.2.3", "the issuer has a name", false},
    {"lint.crl_issuer", "RFC 5280 5.1.2.3", "the issuer is named as in its certificate", false},
    {"lint.crl_key_usage", "RFC 5280 4.2.1.3", "the issuer's key is for signing lists", false},
    {"lint.crl_time_form", "RFC 5280 5.1.2.4", "times are UTCTime through 2049", false},
    {"lint.crl_next_update", "RFC 5280 5.1.2.5", "the list says when the next one comes", false},
    {"lint.crl_number", "RFC 5280 5.2.3", "the list has a number of at most 20 octets", false},
    {"lint.crl_authority_key_identifier", "RFC 5280 5.2.1", "the issuer's key is identified",
     false},
    {"lint.crl_critical_extension", "RFC 5280 5.2", "every critical extension is known", false},
    {"lint.crl_default", "X.690 11.5", "an extension that is not critical does not say so", false},
    {"lint.crl_empty", "RFC 5280 5.1.2.6", "without entries their list is left out", false},
    {"lint.crl_serial", "RFC 5280 4.1.2.2", "serial numbers are positive and at most 20 octets",
     false},
    {"lint.crl_twice", "RFC 5280 5.1.2.6", "no certificate is listed twice", false},
    {"lint.crl_entry_time_form", "RFC 5280 5.1.2.6", "revocation dates are UTCTime through 2049",
     false},
    {"lint.crl_entry_time", "RFC 5280 5.1.2.6", "no revocation is dated after the list", false},
    {"lint.crl_reason", "RFC 5280 5.3.1", "a reason that is not specified is left out", false},
    {"lint.crl_entry_critical", "RFC 5280 5.3",
     "of the extensions of an entry only the certificate's issuer is critical", false},
    {"lint.crl_scope_critical", "RFC 5280 5.2.5", "a limited scope is critical", false},
    {"lint.crl_scope_empty", "RFC 5280 5.2.5", "a scope that is stated limits something", false},
    {"lint.crl_scope_kinds", "RFC 5280 5.2.5", "the scope is one kind of certificates", false},
    {"lint.crl_delta_critical", "RFC 5280 5.2.4", "that a list is a delta list is critical", false},
    {"lint.crl_delta_base", "RFC 5280 5.2.4", "a delta list is newer than what it changes", false},
    {"lint.crl_delta_freshest", "RFC 5280 5.2.6", "a delta list names no delta list", false},
    {"lint.crl_freshest", "RFC 5280 5.2.6",
     "where delta lists are is not critical, and said by names alone", false},
    {"lint.crl_indirect", "GM/T 0015-2012 annex C", "the list is its issuer's own", true},
    {"lint.crl_hold", "GM/T 0015-2012 annex C", "nobody is suspended", true},
};

_Static_assert(COUNT_OF(checks) == COUNT_OF(rules), "every rule is checked");
_Static_assert(COUNT_OF(rules) <= CRL_LINT_MAX_FINDINGS, "there is room for all findings");

const CrlLintRule *crl_lint_rules(size_t *ret_count)
{
    *ret_count = COUNT_OF(rules);
    return rules;
}

size_t crl_lint(const Crl *crl, const Certificate *issuer,
                const CrlLintRule *ret[CRL_LINT_MAX_FINDINGS])
{
    Facts facts = {.crl = crl, .issuer = issuer};
    size_t count = 0;
    look_at_head(&facts);
    look_at_entries(&facts);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (!checks[i](&facts)) {
            ret[count++] = &rules[i];
        }
    }
    return count;
}

bool crl_lint_check(const Crl *crl, const Certificate *issuer, Error *err)
{
    const CrlLintRule *broken[CRL_LINT_MAX_FINDINGS];
    size_t count = crl_lint(crl, issuer, broken);
    for (size_t i = 0; i < count; i++) {
        if (!broken[i]->is_advice) {
            return error_set(err, ERROR_INPUT, broken[i]->code, broken[i]->clause,
                             "a revocation list would break the rule: %s", broken[i]->rule);
        }
    }
    return true;
}
