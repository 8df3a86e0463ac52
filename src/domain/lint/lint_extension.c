// SPDX-License-Identifier: Apache-2.0
//
// The rules about a certificate's extensions: which, critical or not, and that they fit together.
#include <string.h>

#include "base/crypto/digest.h"
#include "domain/lint/lint_view.h"
#include "domain/pki/certificate.h"
#include "domain/pki/oid.h"

static bool is_end_entity(const LintView *view)
{
    return !view->is_ca;
}

static bool is_critical(const LintView *view, LintExtensionId id)
{
    return view->extension[id].is_present && view->extension[id].is_critical;
}

static bool has(const LintView *view, LintExtensionId id)
{
    return view->extension[id].is_present;
}

static bool has_bits(const LintView *view, uint32_t bits)
{
    return (view->key_usage & bits) != 0;
}

// --- structure --------------------------------------------------------------------------------

static bool extensions_are_readable(const LintView *view)
{
    return !view->has_bad_extension;
}

static bool extensions_are_single(const LintView *view)
{
    return !view->repeats_extension;
}

static bool extensions_are_filled(const LintView *view)
{
    return !view->has_extensions || view->extensions.len > 0;
}

static bool false_is_not_written(const LintView *view)
{
    return !view->writes_false;
}

static bool criticals_are_known(const LintView *view)
{
    return !view->has_unknown_critical;
}

// --- key identifiers --------------------------------------------------------------------------

static bool ca_names_its_key(const LintView *view)
{
    return !view->is_ca || has(view, EXT_SUBJECT_KEY);
}

static bool holder_names_its_key(const LintView *view)
{
    return view->is_ca || has(view, EXT_SUBJECT_KEY);
}

static bool issuer_key_is_named(const LintView *view)
{
    Reader whole = reader_of(view->extension[EXT_AUTHORITY_KEY].value);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    return view->is_self_issued ||
           (has(view, EXT_AUTHORITY_KEY) && der_peek(&content) == DER_CONTEXT(0));
}

static bool key_identifiers_are_not_critical(const LintView *view)
{
    return !is_critical(view, EXT_SUBJECT_KEY) && !is_critical(view, EXT_AUTHORITY_KEY);
}

static bool subject_key_is_digest(const LintView *view)
{
    uint8_t digest[SHA1_SIZE];
    Reader value = reader_of(view->extension[EXT_SUBJECT_KEY].value);
    Bytes identifier = der_octet_string(&value);
    return !view->is_gm || !has(view, EXT_SUBJECT_KEY) || identifier.len != SHA1_SIZE ||
           !sha1_digest(view->key_octets, digest, NULL) ||
           bytes_equal(identifier, BYTES_OF_ARRAY(digest));
}

// --- key usage and basic constraints ----------------------------------------------------------

static bool usage_is_there(const LintView *view)
{
    return view->has_key_usage || (!view->is_ca && !view->is_gm);
}

static bool usage_has_bits(const LintView *view)
{
    return !view->has_key_usage || view->key_usage != 0;
}

static bool ca_usage_is_critical(const LintView *view)
{
    return !view->is_ca || !view->has_key_usage || is_critical(view, EXT_KEY_USAGE);
}

static bool usage_is_critical(const LintView *view)
{
    return view->is_ca || !view->is_gm || !view->has_key_usage || is_critical(view, EXT_KEY_USAGE);
}

static bool ca_may_sign_certificates(const LintView *view)
{
    return !view->is_ca || !view->has_key_usage || has_bits(view, USAGE_CERT_SIGN);
}

static bool only_ca_signs_certificates(const LintView *view)
{
    return view->is_ca || !has_bits(view, USAGE_CERT_SIGN);
}

static bool ca_does_nothing_else(const LintView *view)
{
    return !view->is_gm || !view->is_ca ||
           !has_bits(view, (uint32_t) ~(USAGE_CERT_SIGN | USAGE_CRL_SIGN));
}

static bool signs_or_encrypts(const LintView *view)
{
    bool signs = has_bits(view, USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION);
    bool encrypts = has_bits(view, USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT |
                                       USAGE_ENCIPHER_ONLY | USAGE_DECIPHER_ONLY);
    return !view->is_gm || !(signs && encrypts);
}

static bool only_agreement_is_narrowed(const LintView *view)
{
    return !has_bits(view, USAGE_ENCIPHER_ONLY | USAGE_DECIPHER_ONLY) ||
           has_bits(view, USAGE_KEY_AGREEMENT);
}

static bool ca_constraints_are_critical(const LintView *view)
{
    return !view->is_ca || is_critical(view, EXT_BASIC);
}

static bool holder_constraints_are_not_critical(const LintView *view)
{
    return !view->is_gm || view->is_ca || !is_critical(view, EXT_BASIC);
}

static bool path_length_is_of_a_ca(const LintView *view)
{
    return view->path_len < 0 || (view->is_ca && has_bits(view, USAGE_CERT_SIGN));
}

static bool false_ca_is_not_written(const LintView *view)
{
    return !has(view, EXT_BASIC) || view->is_ca ||
           !bytes_equal(view->extension[EXT_BASIC].value, BYTES_LITERAL("\x30\x03\x01\x01\x00"));
}

// --- extended key usage -----------------------------------------------------------------------

static size_t use_count(const LintView *view, Bytes wanted, bool *ret_found)
{
    Reader whole = reader_of(view->extension[EXT_USES].value);
    Reader uses = der_enter(&whole, DER_SEQUENCE);
    size_t count = 0;
    *ret_found = false;
    while (uses.rest.len > 0 && !uses.failed) {
        *ret_found = bytes_equal(der_oid(&uses), wanted) || *ret_found;
        count++;
    }
    return count;
}

static bool uses_are_named(const LintView *view)
{
    bool found;
    return !has(view, EXT_USES) || use_count(view, OID_USE_ANY, &found) > 0;
}

static bool stamping_is_alone(const LintView *view)
{
    bool found;
    size_t count = use_count(view, OID_USE_TIMESTAMPING, &found);
    return !found || (count == 1 && is_critical(view, EXT_USES));
}

static bool any_use_is_not_critical(const LintView *view)
{
    bool found;
    (void)use_count(view, OID_USE_ANY, &found);
    return !found || !is_critical(view, EXT_USES);
}

static bool services_sign(const LintView *view)
{
    bool stamps, answers;
    (void)use_count(view, OID_USE_TIMESTAMPING, &stamps);
    (void)use_count(view, OID_USE_OCSP_SIGNING, &answers);
    return (!stamps && !answers) || !view->has_key_usage ||
           !has_bits(view, (uint32_t) ~(USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION));
}

static bool responder_needs_no_check(const LintView *view)
{
    bool answers;
    (void)use_count(view, OID_USE_OCSP_SIGNING, &answers);
    return !answers || has(view, EXT_NO_CHECK);
}

// --- policies ---------------------------------------------------------------------------------

static bool holder_has_policy(const LintView *view)
{
    return !is_end_entity(view) || !view->is_gm || has(view, EXT_POLICIES);
}

static bool policies_are_single(const LintView *view)
{
    enum { POLICIES_MAX = 32 };
    Bytes seen[POLICIES_MAX];
    size_t count = 0;
    Reader whole = reader_of(view->extension[EXT_POLICIES].value);
    Reader policies = der_enter(&whole, DER_SEQUENCE);
    if (!has(view, EXT_POLICIES)) {
        return true;
    }
    if (policies.rest.len == 0) {
        return false;
    }
    while (policies.rest.len > 0 && !policies.failed && count < POLICIES_MAX) {
        Reader policy = der_enter(&policies, DER_SEQUENCE);
        Bytes oid = der_oid(&policy);
        for (size_t i = 0; i < count; i++) {
            if (bytes_equal(seen[i], oid)) {
                return false;
            }
        }
        seen[count++] = oid;
    }
    return !policies.failed;
}

static bool mappings_are_of_a_ca(const LintView *view)
{
    return view->is_ca || (!has(view, EXT_MAPPINGS) && !has(view, EXT_POLICY_CONSTRAINTS) &&
                           !has(view, EXT_NAME_CONSTRAINTS) && !has(view, EXT_INHIBIT_ANY));
}

static bool mappings_leave_any_policy_alone(const LintView *view)
{
    Reader whole = reader_of(view->extension[EXT_MAPPINGS].value);
    Reader mappings = der_enter(&whole, DER_SEQUENCE);
    while (mappings.rest.len > 0 && !mappings.failed) {
        Reader mapping = der_enter(&mappings, DER_SEQUENCE);
        Bytes from = der_oid(&mapping), to = der_oid(&mapping);
        if (bytes_equal(from, OID_ANY_POLICY) || bytes_equal(to, OID_ANY_POLICY)) {
            return false;
        }
    }
    return true;
}

static bool constraints_are_critical(const LintView *view)
{
    static const LintExtensionId ids[] = {EXT_NAME_CONSTRAINTS, EXT_POLICY_CONSTRAINTS,
                                          EXT_INHIBIT_ANY};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        if (has(view, ids[i]) && !is_critical(view, ids[i])) {
            return false;
        }
    }
    return true;
}

static bool constraints_say_something(const LintView *view)
{
    Bytes names = view->extension[EXT_NAME_CONSTRAINTS].value;
    Bytes policies = view->extension[EXT_POLICY_CONSTRAINTS].value;
    Bytes empty = BYTES_LITERAL("\x30\x00");
    return !bytes_equal(names, empty) && !bytes_equal(policies, empty);
}

// --- where things are -------------------------------------------------------------------------

static bool holder_says_where_lists_are(const LintView *view)
{
    return !view->is_gm || view->is_self_issued || has(view, EXT_CRL_POINTS);
}

static bool holder_says_where_answers_are(const LintView *view)
{
    return !view->is_gm || view->is_self_issued || has(view, EXT_INFO_ACCESS);
}

static bool access_is_not_critical(const LintView *view)
{
    return !is_critical(view, EXT_INFO_ACCESS) && !is_critical(view, EXT_SUBJECT_ACCESS) &&
           !is_critical(view, EXT_FRESHEST);
}

static bool points_are_not_critical(const LintView *view)
{
    return !is_critical(view, EXT_CRL_POINTS) && !is_critical(view, EXT_PRIVATE_PERIOD);
}

// The value holds "https://" in an [6] URI: a relying party would need a list to fetch the list.
static bool lists_need_no_tls(const LintView *view)
{
    size_t at = 0;
    return !bytes_find(view->extension[EXT_CRL_POINTS].value, BYTES_LITERAL("https://"), 0, &at) &&
           !bytes_find(view->extension[EXT_INFO_ACCESS].value, BYTES_LITERAL("https://"), 0, &at);
}

// --- alternative names and identity -----------------------------------------------------------

static bool general_name_is_sound(DerElement name)
{
    uint8_t number = name.tag & 0x1f;
    if (number == 7) {
        return name.content.len == 4 || name.content.len == 16;
    }
    if (number != 1 && number != 2 && number != 6) {
        return true;
    }
    bool has_colon = false;
    for (size_t i = 0; i < name.content.len; i++) {
        uint8_t c = name.content.data[i];
        has_colon = has_colon || c == ':';
        if (c <= 0x20 || c > 0x7e) {
            return false;
        }
    }
    return name.content.len > 0 && (number != 6 || has_colon);
}

static bool alternative_names_are_sound(const LintView *view)
{
    Reader whole = reader_of(view->extension[EXT_SUBJECT_ALT].value);
    Reader names = der_enter(&whole, DER_SEQUENCE);
    bool is_sound = !has(view, EXT_SUBJECT_ALT) || names.rest.len > 0;
    while (is_sound && names.rest.len > 0) {
        DerElement name = der_any(&names);
        is_sound = !names.failed && general_name_is_sound(name);
    }
    return is_sound;
}

static bool alternative_names_are_not_critical(const LintView *view)
{
    return lint_name_is_empty(view->subject) || !is_critical(view, EXT_SUBJECT_ALT);
}

static bool holds_no_id_number(const LintView *view)
{
    return !has(view, EXT_IDENTITY);
}

static const LintRule rules[] = {
    {extensions_are_readable, "extension.structure", LINT_ERROR, "RFC 5280 4.1, 4.2",
     "each extension has its structure", "各扩展的结构正确"},
    {extensions_are_single, "extension.repeated", LINT_ERROR, "RFC 5280 4.2",
     "no extension is there twice", "同一扩展不重复出现"},
    {extensions_are_filled, "extension.empty", LINT_ERROR, "RFC 5280 4.1",
     "the list of extensions is not empty", "扩展列表不为空"},
    {false_is_not_written, "extension.explicit_false", LINT_WARNING, "X.690 11.5",
     "FALSE is the default of critical and not written", "缺省的 critical FALSE 不编码"},
    {criticals_are_known, "extension.unknown_critical", LINT_WARNING, "RFC 5280 4.2",
     "no critical extension is one that relying parties may not know",
     "不含依赖方可能不认识的关键扩展"},
    {ca_names_its_key, "extension.subject_key_identifier", LINT_ERROR,
     "RFC 5280 4.2.1.2; GM/T 0015-2012 annex A", "a CA certificate identifies its key",
     "CA 证书含主体密钥标识符"},
    {holder_names_its_key, "extension.subject_key_identifier_missing", LINT_WARNING,
     "RFC 5280 4.2.1.2; GM/T 0015-2012 annex C", "the certificate identifies its key",
     "证书含主体密钥标识符"},
    {issuer_key_is_named, "extension.authority_key_identifier", LINT_ERROR,
     "RFC 5280 4.2.1.1; GM/T 0015-2012 annex A",
     "the issuer's key is identified, unless the certificate is self-signed",
     "除自签名证书外，含颁发机构密钥标识符"},
    {key_identifiers_are_not_critical, "extension.key_identifier_critical", LINT_ERROR,
     "RFC 5280 4.2.1.1, 4.2.1.2", "key identifiers are not critical", "密钥标识符为非关键扩展"},
    {subject_key_is_digest, "extension.subject_key_method", LINT_NOTICE, "GM/T 0015-2012 annex C",
     "the key identifier is the SHA-1 of the key", "密钥标识符为公钥的 SHA-1 值"},
    {usage_is_there, "extension.key_usage", LINT_ERROR, "RFC 5280 4.2.1.3; GM/T 0015-2012 annex C",
     "the key usage is stated", "含密钥用法"},
    {usage_has_bits, "extension.key_usage_empty", LINT_ERROR, "RFC 5280 4.2.1.3",
     "the key usage names at least one use", "密钥用法至少有一项"},
    {ca_usage_is_critical, "extension.ca_key_usage_critical", LINT_WARNING,
     "RFC 5280 4.2.1.3; GM/T 0015-2012 annex C", "the key usage of a CA is critical",
     "CA 的密钥用法为关键扩展"},
    {usage_is_critical, "extension.key_usage_critical", LINT_WARNING, "GM/T 0015-2012 annex C",
     "the key usage of one of two certificates is critical", "双证书的密钥用法为关键扩展"},
    {ca_may_sign_certificates, "extension.ca_key_usage", LINT_ERROR, "RFC 5280 4.2.1.3",
     "a CA may sign certificates", "CA 的密钥用法含证书签名"},
    {only_ca_signs_certificates, "extension.cert_sign", LINT_ERROR, "RFC 5280 4.2.1.9",
     "only a CA may sign certificates", "只有 CA 的密钥用法可含证书签名"},
    {ca_does_nothing_else, "extension.ca_other_use", LINT_WARNING, "GM/T 0015-2012 annex C",
     "a CA signs certificates and lists and nothing else", "CA 密钥只用于签发证书和吊销列表"},
    {signs_or_encrypts, "extension.mixed_use", LINT_WARNING, "GM/T 0015-2012 annex C",
     "a key is for signing or for encryption, not both", "密钥不同时用于签名和加密"},
    {only_agreement_is_narrowed, "extension.only_without_agreement", LINT_ERROR, "RFC 5280 4.2.1.3",
     "encipherOnly and decipherOnly come with keyAgreement", "仅加密、仅解密与密钥协商同时出现"},
    {ca_constraints_are_critical, "extension.basic_constraints", LINT_ERROR, "RFC 5280 4.2.1.9",
     "the basic constraints of a CA are critical", "CA 的基本限制为关键扩展"},
    {holder_constraints_are_not_critical, "extension.holder_basic_constraints", LINT_NOTICE,
     "GM/T 0015-2012 annex A", "the basic constraints of a holder are not critical",
     "终端实体的基本限制为非关键扩展"},
    {path_length_is_of_a_ca, "extension.path_length", LINT_ERROR, "RFC 5280 4.2.1.9",
     "only a CA that signs certificates has a path length", "只有签发证书的 CA 可含路径长度限制"},
    {false_ca_is_not_written, "extension.explicit_false_ca", LINT_WARNING, "X.690 11.5",
     "FALSE is the default of cA and not written", "缺省的 cA FALSE 不编码"},
    {uses_are_named, "extension.uses_empty", LINT_ERROR, "RFC 5280 4.2.1.12",
     "the extended key usage names at least one use", "扩展密钥用法至少有一项"},
    {stamping_is_alone, "extension.time_stamping", LINT_ERROR, "RFC 3161 2.3",
     "timeStamping is the only extended use, and critical", "时间戳用法为唯一且关键的扩展密钥用法"},
    {any_use_is_not_critical, "extension.any_use_critical", LINT_WARNING, "RFC 5280 4.2.1.12",
     "an extended key usage with anyExtendedKeyUsage is not critical",
     "含任意用法的扩展密钥用法为非关键扩展"},
    {services_sign, "extension.service_use", LINT_ERROR,
     "GM/T 0015-2012 annex A; RFC 5280 4.2.1.12",
     "who stamps or answers for a CA uses the key for signing only",
     "时间戳和 OCSP 服务的密钥只用于签名"},
    {responder_needs_no_check, "extension.no_check", LINT_NOTICE, "RFC 6960 4.2.2.2.1",
     "a responder's certificate says how its own status is checked (ocsp-nocheck)",
     "OCSP 响应者证书说明自身状态如何核查（ocsp-nocheck）"},
    {holder_has_policy, "extension.policy", LINT_ERROR,
     "JR/T 0299-2024 6.4 a; GM/T 0015-2012 annex C", "the certificate names its policy",
     "证书含证书策略"},
    {policies_are_single, "extension.policy_repeated", LINT_ERROR, "RFC 5280 4.2.1.4",
     "no policy is named twice, and the list is not empty", "证书策略不重复且不为空"},
    {mappings_are_of_a_ca, "extension.of_a_ca", LINT_ERROR, "RFC 5280 4.2.1.5, 4.2.1.10, 4.2.1.11",
     "only a CA has policy mappings, name or policy constraints",
     "策略映射、名称限制和策略限制只出现在 CA 证书"},
    {mappings_leave_any_policy_alone, "extension.maps_any_policy", LINT_ERROR, "RFC 5280 4.2.1.5",
     "anyPolicy is not mapped", "不映射 anyPolicy"},
    {constraints_are_critical, "extension.constraints_critical", LINT_ERROR,
     "RFC 5280 4.2.1.10, 4.2.1.11, 4.2.1.14", "name and policy constraints are critical",
     "名称限制和策略限制为关键扩展"},
    {constraints_say_something, "extension.constraints_empty", LINT_ERROR,
     "RFC 5280 4.2.1.10, 4.2.1.11", "name and policy constraints are not empty",
     "名称限制和策略限制不为空"},
    {holder_says_where_lists_are, "extension.crl_points", LINT_WARNING, "GM/T 0015-2012 annex C",
     "the certificate says where the revocation list is", "证书含 CRL 分发点"},
    {holder_says_where_answers_are, "extension.info_access", LINT_WARNING, "GM/T 0015-2012 annex C",
     "the certificate says where its issuer and answers are", "证书含颁发机构信息访问"},
    {access_is_not_critical, "extension.access_critical", LINT_ERROR,
     "RFC 5280 4.2.2.1, 4.2.2.2, 4.2.1.15", "information access is not critical",
     "信息访问为非关键扩展"},
    {points_are_not_critical, "extension.points_critical", LINT_WARNING,
     "RFC 5280 4.2.1.13; GM/T 0015-2012 annex A", "distribution points are not critical",
     "CRL 分发点为非关键扩展"},
    {lists_need_no_tls, "extension.url_scheme", LINT_WARNING, "RFC 5280 8; GM/T 0015-2012 annex C",
     "lists and issuers are fetched by http or ldap", "吊销列表和签发者证书通过 http 或 ldap 获取"},
    {alternative_names_are_sound, "extension.alternative_name", LINT_ERROR, "RFC 5280 4.2.1.6",
     "alternative names are not empty and in form", "主体替换名称不为空且格式正确"},
    {alternative_names_are_not_critical, "extension.alternative_name_critical", LINT_WARNING,
     "RFC 5280 4.2.1.6", "alternative names beside a subject are not critical",
     "有主体名称时，主体替换名称为非关键扩展"},
    {holds_no_id_number, "extension.identity", LINT_WARNING, "JR/T 0171-2020 6.1.3",
     "the certificate does not carry its holder's ID number", "证书不携带持有人证件号码"},
};

void lint_apply_extensions(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, rules);
}
