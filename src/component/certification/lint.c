// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lint.h"

#include <string.h>

#include "base/codec/der.h"
#include "domain/lint/lint.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

enum { SERIAL_MIN_SIZE = 8 };

typedef bool LintCheck(const Certificate *candidate, const LintRules *rules);

static bool serial_is_long(const Certificate *candidate, const LintRules *rules)
{
    (void)rules;
    return candidate->serial.len >= SERIAL_MIN_SIZE && candidate->serial.len <= SERIAL_MAX_SIZE;
}

// Byte for byte, so that a chain can be built by comparing names in any way.
static bool issuer_is_ours(const Certificate *candidate, const LintRules *rules)
{
    return bytes_equal(candidate->issuer, rules->issuer->subject);
}

static bool validity_fits(const Certificate *candidate, const LintRules *rules)
{
    Time span = candidate->not_after - candidate->not_before;
    return span > 0 && span <= rules->profile->validity + rules->profile->backdating &&
           candidate->not_before >= rules->issuer->not_before &&
           candidate->not_after <= rules->issuer->not_after;
}

// Country first and the name last, in the string types of annex B, one attribute an RDN.
static bool subject_is_in_form(const Certificate *candidate, const LintRules *rules)
{
    (void)rules;
    Reader whole = reader_of(candidate->subject);
    Reader sets = der_enter(&whole, DER_SEQUENCE);
    Bytes last = BYTES_EMPTY;
    for (size_t i = 0; !sets.failed && sets.rest.len > 0; i++) {
        Reader set = der_enter(&sets, DER_SET);
        Reader attribute = der_enter(&set, DER_SEQUENCE);
        last = der_oid(&attribute);
        DerElement value = der_any(&attribute);
        bool is_country = bytes_equal(last, OID_COUNTRY);
        bool is_printable = is_country || bytes_equal(last, OID_SERIAL_NUMBER);
        if (!reader_done(&set) || !reader_done(&attribute) || is_country != (i == 0) ||
            value.tag != (is_printable ? DER_PRINTABLE_STRING : DER_UTF8_STRING)) {
            return false;
        }
    }
    return reader_done(&whole) && !sets.failed && bytes_equal(last, OID_COMMON_NAME);
}

static bool attribute_is(const Certificate *candidate, Bytes oid, const char *wanted)
{
    Bytes value;
    return name_find(candidate->subject, oid, &value) && bytes_equal_text(value, wanted);
}

static bool name_is_the_persons(const Certificate *candidate, const LintRules *rules)
{
    return attribute_is(candidate, OID_COMMON_NAME, rules->common_name);
}

static bool subject_is_unique(const Certificate *candidate, const LintRules *rules)
{
    return attribute_is(candidate, OID_SERIAL_NUMBER, rules->serial_number);
}

static bool key_is_requested(const Certificate *candidate, const LintRules *rules)
{
    return sm2_public_key_equal(&candidate->public_key, rules->public_key) &&
           !sm2_public_key_equal(&candidate->public_key, &rules->issuer->public_key);
}

static bool usage_fits(const Certificate *candidate, const LintRules *rules)
{
    return candidate->has_key_usage && candidate->key_usage_is_critical &&
           candidate->key_usage == rules->profile->key_usage;
}

static bool is_no_ca(const Certificate *candidate, const LintRules *rules)
{
    (void)rules;
    return !candidate->is_ca;
}

static bool issuer_key_is_named(const Certificate *candidate, const LintRules *rules)
{
    return candidate->authority_key_identifier.len > 0 &&
           (rules->issuer->subject_key_identifier.len == 0 ||
            bytes_equal(candidate->authority_key_identifier,
                        rules->issuer->subject_key_identifier));
}

static bool subject_key_is_named(const Certificate *candidate, const LintRules *rules)
{
    uint8_t wanted[KEY_IDENTIFIER_SIZE];
    return key_identifier(rules->public_key, wanted, NULL) &&
           bytes_equal(candidate->subject_key_identifier, BYTES_OF_ARRAY(wanted));
}

static bool has_policy(const Certificate *candidate, const LintRules *rules)
{
    Bytes policy;
    return certificate_find_policy(candidate, &policy) &&
           bytes_equal(policy, rules->profile->policy);
}

static bool has_crl_url(const Certificate *candidate, const LintRules *rules)
{
    Bytes url;
    return !rules->needs_crl_url || certificate_find_crl_url(candidate, &url);
}

static bool criticals_are_known(const Certificate *candidate, const LintRules *rules)
{
    (void)rules;
    return candidate->unknown_critical.len == 0;
}

static bool number_is_as_the_profile_says(const Certificate *candidate, const LintRules *rules)
{
    Bytes number;
    if (rules->person_number == NULL || rules->person_number[0] == '\0') {
        return candidate->identify_code.len == 0;
    }
    return certificate_find_identify_code(candidate, &number) &&
           bytes_equal_text(number, rules->person_number);
}

static bool commitment_is_requested(const Certificate *candidate, const LintRules *rules)
{
    CertificateExtension extension;
    bool found = certificate_find_extension(candidate, OID_NUMBER_COMMITMENT, &extension);
    if (!found || rules->number_commitment.len == 0) {
        return found == (rules->number_commitment.len > 0);
    }
    Reader reader = reader_of(extension.value);
    Bytes stated = der_octet_string(&reader);
    return reader_done(&reader) && !extension.is_critical &&
           bytes_equal(stated, rules->number_commitment);
}

// Name of the CA, name of the holder, serial number, validity, the holder's key, the CA's
// signature: each is there, whatever else the rules above say.
static bool has_the_six_items(const Certificate *candidate, const LintRules *rules)
{
    static const Sm2Signature none = {{0}, {0}};
    Bytes ca, holder;
    (void)rules;
    return (name_find(candidate->issuer, OID_ORGANIZATION, &ca) ||
            name_find(candidate->issuer, OID_COMMON_NAME, &ca)) &&
           ca.len > 0 && name_find(candidate->subject, OID_COMMON_NAME, &holder) &&
           holder.len > 0 && candidate->serial.len > 0 &&
           candidate->not_before < candidate->not_after &&
           memcmp(&candidate->signature, &none, sizeof none) != 0;
}

static const struct {
    LintCheck *check;
    const char *code;
    const char *clause;
    const char *rule;
} lints[] = {
    {serial_is_long, "lint.serial", "GM/T 0015-2012 annex C; RFC 5280 4.1.2.2",
     "the serial number has 8 to 20 octets"},
    {issuer_is_ours, "lint.issuer", "GM/T 0015-2012 annex C", "the issuer is the CA"},
    {validity_fits, "lint.validity", "JR/T 0299-2024 6.5",
     "the validity is that of the profile and lies within the CA's"},
    {subject_is_in_form, "lint.subject_form", "GM/T 0015-2012 annex B",
     "the subject begins with the country, ends with the name, and uses the prescribed types"},
    {name_is_the_persons, "lint.common_name", "JR/T 0299-2024 6.2 b",
     "the common name is the person's name"},
    {subject_is_unique, "lint.serial_number", "JR/T 0299-2024 6.2 c",
     "the subject has the person's serial number"},
    {key_is_requested, "lint.public_key", "GM/T 0015-2012 annex C",
     "the key is the requested one and not the CA's"},
    {usage_fits, "lint.key_usage", "GM/T 0015-2012 annex C",
     "the key usage is critical and that of the profile"},
    {is_no_ca, "lint.basic_constraints", "GM/T 0015-2012 annex A", "a person is no CA"},
    {issuer_key_is_named, "lint.authority_key_identifier", "GM/T 0015-2012 annex A",
     "the issuer's key is identified"},
    {subject_key_is_named, "lint.subject_key_identifier", "GM/T 0015-2012 annex A",
     "the subject's key is identified"},
    {has_policy, "lint.policy", "JR/T 0299-2024 6.4 a", "the policy is that of the profile"},
    {has_crl_url, "lint.crl_url", "GM/T 0015-2012 annex A",
     "the certificate says where the revocation list is"},
    {criticals_are_known, "lint.critical_extension", "RFC 5280 4.2",
     "no critical extension is unknown to relying parties"},
    {number_is_as_the_profile_says, "lint.identify_code", "JR/T 0171-2020 6.1.3",
     "the personal number is in the certificate only where the profile says so"},
    {commitment_is_requested, "lint.number_commitment", "JR/T 0171-2020 6.1.3",
     "the commitment to the personal number is the requested one"},
    {has_the_six_items, "lint.content", "Electronic Signature Law 21",
     "names of CA and holder, serial number, validity, key and signature are there"},
};

bool lint_certificate(const Certificate *candidate, const LintRules *rules, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(lints); i++) {
        if (!lints[i].check(candidate, rules)) {
            return error_set(err, ERROR_INPUT, lints[i].code, lints[i].clause,
                             "a certificate would break the rule: %s", lints[i].rule);
        }
    }
    const LintOptions options = {.is_unsigned = true};
    return lint_check(LINT_CERTIFICATE, candidate->der, &options, err);
}
