// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_profile.h"

#include "base/codec/der.h"
#include "domain/pki/oid.h"

typedef struct {
    const Certificate *certificate;
    bool is_anchor;   // at the end of the chain
    bool has_issued;  // something of the chain
    bool is_for_tls;  // the CA/Browser Forum has rules of its own
} Subject;

// What is wrong, and the clause. NULL: nothing.
typedef struct {
    const char *clause;
    const char *fault;
} Fault;

#define SOUND ((Fault){NULL, NULL})

// One octet more is the sign of a number whose first bit is set. Roots with number 0 are in use.
static Fault check_serial(const Subject *subject)
{
    Bytes serial = subject->certificate->serial;
    bool is_zero = serial.len == 1 && serial.data[0] == 0;
    bool is_short =
        serial.len <= SERIAL_MAX_SIZE || (serial.len == SERIAL_MAX_SIZE + 1 && serial.data[0] == 0);
    bool is_sound = serial.data[0] < 0x80 && is_short && (!is_zero || subject->is_anchor);
    return is_sound || (subject->is_anchor && subject->has_issued)
               ? SOUND
               : (Fault){"RFC 5280 4.1.2.2", "its serial number is not from 1 to 20 octets"};
}

static bool is_empty_name(Bytes name)
{
    return name.len == 2;
}

static Fault check_names(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    CertificateExtension names;
    if (is_empty_name(certificate->issuer)) {
        return (Fault){"RFC 5280 4.1.2.4", "it names no issuer"};
    }
    if (!is_empty_name(certificate->subject)) {
        return SOUND;
    }
    if (certificate->is_ca) {
        return (Fault){"RFC 5280 4.1.2.6", "it is of a CA without a name"};
    }
    return certificate_find_extension(certificate, OID_SUBJECT_ALT_NAME, &names) &&
                   names.is_critical
               ? SOUND
               : (Fault){"RFC 5280 4.1.2.6", "it has neither a subject nor critical other names"};
}

// That it is critical beside a subject is RFC 5280's "should not" and the CA/Browser Forum's "must
// not".
static Fault check_alternative_names(const Subject *subject)
{
    CertificateExtension names;
    if (!certificate_find_extension(subject->certificate, OID_SUBJECT_ALT_NAME, &names)) {
        return SOUND;
    }
    if (subject->certificate->subject_alt_name.len == 0) {
        return (Fault){"RFC 5280 4.2.1.6", "its list of other names is empty"};
    }
    return subject->is_for_tls && names.is_critical && !is_empty_name(subject->certificate->subject)
               ? (Fault){"BR 7.1.2.7.12", "its other names are critical beside a subject"}
               : SOUND;
}

// Which fields of authorityKeyIdentifier are there.
typedef struct {
    bool is_present, has_key, has_issuer, has_serial;
} AuthorityFields;

static AuthorityFields authority_fields(const Certificate *certificate)
{
    CertificateExtension found;
    if (!certificate_find_extension(certificate, OID_AUTHORITY_KEY_IDENTIFIER, &found)) {
        return (AuthorityFields){0};
    }
    AuthorityFields fields = {.is_present = true};
    Reader value = reader_of(found.value);
    for (Reader content = der_enter(&value, DER_SEQUENCE);
         content.rest.len > 0 && !content.failed;) {
        uint8_t tag = der_any(&content).tag;
        fields.has_key = fields.has_key || tag == DER_CONTEXT(0);
        fields.has_issuer = fields.has_issuer || tag == DER_CONTEXT_CONSTRUCTED(1);
        fields.has_serial = fields.has_serial || tag == DER_CONTEXT(2);
    }
    return fields;
}

// Only who signed itself needs not say whose key signed it.
static Fault check_authority_key(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    const AuthorityFields fields = authority_fields(certificate);
    bool may_be_absent =
        subject->is_anchor || certificate->version < 3 || certificate_is_self_issued(certificate);
    if (fields.is_present ? !fields.has_key : !may_be_absent) {
        return (Fault){"RFC 5280 4.2.1.1", "it does not identify its issuer's key"};
    }
    return fields.has_issuer != fields.has_serial
               ? (Fault){"RFC 5280 4.2.1.1", "it identifies its issuer's certificate by half"}
               : SOUND;
}

// What the CA/Browser Forum asks of roots besides.
static Fault check_tls_root(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    const AuthorityFields fields = authority_fields(certificate);
    bool is_root = subject->is_for_tls && subject->is_anchor && subject->has_issued &&
                   certificate_is_self_issued(certificate);
    if (!is_root || !fields.is_present) {
        return SOUND;
    }
    return fields.has_issuer || !bytes_equal(certificate->authority_key_identifier,
                                             certificate->subject_key_identifier)
               ? (Fault){"BR 7.1.2.1.3", "it is of a root and identifies another key"}
               : SOUND;
}

static Fault check_subject_key(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    bool may_be_absent = !certificate->is_ca || (subject->is_anchor && !subject->has_issued);
    return may_be_absent || certificate->subject_key_identifier.len > 0
               ? SOUND
               : (Fault){"RFC 5280 4.2.1.2", "it is of a CA and does not identify its key"};
}

static Fault check_criticality(const Subject *subject)
{
    const struct {
        Bytes oid;
        bool is_critical;
        const char *clause;
        const char *fault;
    } rows[] = {
        {OID_AUTHORITY_KEY_IDENTIFIER, false, "RFC 5280 4.2.1.1",
         "the identifier of its issuer's key is critical"},
        {OID_SUBJECT_KEY_IDENTIFIER, false, "RFC 5280 4.2.1.2",
         "the identifier of its key is critical"},
        {OID_AUTHORITY_INFO_ACCESS, false, "RFC 5280 4.2.2.1",
         "where to ask about its issuer is critical"},
        {OID_POLICY_CONSTRAINTS, true, "RFC 5280 4.2.1.11",
         "its policy constraints are not critical"},
        {OID_INHIBIT_ANY_POLICY, true, "RFC 5280 4.2.1.14",
         "its constraint of any policy is not critical"},
        {OID_NAME_CONSTRAINTS, true, "RFC 5280 4.2.1.10", "its name constraints are not critical"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CertificateExtension found;
        bool is_excepted = subject->is_for_tls && bytes_equal(rows[i].oid, OID_NAME_CONSTRAINTS);
        if (!is_excepted && certificate_find_extension(subject->certificate, rows[i].oid, &found) &&
            found.is_critical != rows[i].is_critical) {
            return (Fault){rows[i].clause, rows[i].fault};
        }
    }
    return SOUND;
}

// What the chain is judged by below an anchor has to be said so that nobody overlooks it.
static Fault check_constraints(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    CertificateExtension found;
    if (subject->is_anchor && subject->has_issued && certificate->is_ca &&
        certificate_find_extension(certificate, OID_BASIC_CONSTRAINTS, &found) &&
        !found.is_critical) {
        return (Fault){"RFC 5280 4.2.1.9", "its basic constraints are not critical"};
    }
    return !certificate->is_ca &&
                   certificate_find_extension(certificate, OID_NAME_CONSTRAINTS, &found)
               ? (Fault){"RFC 5280 4.2.1.10", "it is of no CA and constrains names"}
               : SOUND;
}

static Fault check_key_usage(const Subject *subject)
{
    const Certificate *certificate = subject->certificate;
    bool may_sign = (certificate->key_usage & USAGE_CERT_SIGN) != 0;
    if (certificate->has_key_usage && certificate->key_usage == 0) {
        return (Fault){"RFC 5280 4.2.1.3", "its key is for no use"};
    }
    if (may_sign && !certificate->is_ca && certificate->version == 3) {
        return (Fault){"RFC 5280 4.2.1.9", "its key is for issuing, and it is of no CA"};
    }
    if (subject->is_for_tls && certificate->is_ca && certificate->has_key_usage && !may_sign) {
        return (Fault){"BR 7.1.2.7.8", "it is of a CA, and its key is not for issuing"};
    }
    bool may_limit = certificate->is_ca && (may_sign || !certificate->has_key_usage);
    return certificate->path_len >= 0 && !may_limit
               ? (Fault){"RFC 5280 4.2.1.9", "it limits a path and may not issue"}
               : SOUND;
}

void path_profile_report(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    static Fault (*const checks[])(const Subject *) = {
        check_serial,        check_names,       check_alternative_names,
        check_authority_key, check_subject_key, check_criticality,
        check_constraints,   check_key_usage,   check_tls_root,
    };
    bool is_for_tls =
        policy->purpose == PURPOSE_TLS_SERVER || policy->purpose == PURPOSE_TLS_CLIENT;
    for (size_t i = 0; policy->holds_to_profile && i < chain->len; i++) {
        const Subject subject = {.certificate = chain->certificates[i],
                                 .is_anchor = i + 1 == chain->len,
                                 .has_issued = i > 0,
                                 .is_for_tls = is_for_tls};
        for (size_t k = 0; k < COUNT_OF(checks); k++) {
            Fault fault = checks[k](&subject);
            if (fault.fault != NULL) {
                path_report_add(report, "path.profile", fault.clause, CHECK_FAILED,
                                "certificate %zu of %zu: %s", i + 1, chain->len, fault.fault);
                return;
            }
        }
    }
    if (policy->holds_to_profile) {
        path_report_add(report, "path.profile", "RFC 5280 4", CHECK_PASSED,
                        "every certificate of the chain is as RFC 5280 asks");
    }
}
