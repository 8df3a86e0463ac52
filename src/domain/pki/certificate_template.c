// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate_template.h"

#include "base/codec/der.h"
#include "base/crypto/sm2_batch.h"
#include "domain/pki/distribution_point.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { SIGNING_SHARE = 64 };  // of many at a time
enum { SIGNING_USAGE = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION };

// What a profile decides.
typedef struct {
    uint32_t key_usage;
    bool is_ca;
    int path_len;  // -1: no limit
} ProfileRules;

static const ProfileRules profile_rules[] = {
    [PROFILE_ROOT_CA] = {USAGE_CERT_SIGN | USAGE_CRL_SIGN, true, -1},
    [PROFILE_ISSUING_CA] = {USAGE_CERT_SIGN | USAGE_CRL_SIGN, true, 0},
    [PROFILE_PERSON] = {SIGNING_USAGE, false, -1},
    [PROFILE_SEAL_MAKER] = {SIGNING_USAGE, false, -1},
    [PROFILE_COMPONENT] = {SIGNING_USAGE, false, -1},
    [PROFILE_TIMESTAMP] = {SIGNING_USAGE, false, -1},
    [PROFILE_OCSP] = {USAGE_DIGITAL_SIGNATURE, false, -1},
    [PROFILE_ENCRYPTION] = {USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT,
                            false, -1},
};

static Time whole_second(Time time)
{
    Time rest = time % TIME_SECOND;
    return time - (rest < 0 ? rest + TIME_SECOND : rest);
}

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_INPUT, code, "GM/T 0015-2012", "%s", rule);
}

static bool serial_is_usable(Bytes serial)
{
    while (serial.len > 0 && serial.data[0] == 0) {
        serial = bytes_from(serial, 1);
    }
    bool gets_sign_octet = serial.len > 0 && serial.data[0] >= 0x80;
    return serial.len > 0 && serial.len + (gets_sign_octet ? 1 : 0) <= SERIAL_MAX_SIZE;
}

// Addresses become IA5String: printable ASCII without spaces.
static bool address_is_usable(const char *address)
{
    if (address == NULL) {
        return true;
    }
    for (const char *c = address; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~') {
            return false;
        }
    }
    return address[0] != '\0';
}

static bool check_issuer(const CertificateTemplate *template, const Signer *signer, Error *err)
{
    const Certificate *issuer = template->issuer;
    const Sm2PublicKey *issuer_key = issuer == NULL ? template->public_key : &issuer->public_key;
    if (!sm2_public_key_equal(signer->public_key, issuer_key)) {
        return refuse(err, "certificate_template.signer", "the signer's key is not the issuer's");
    }
    if (issuer == NULL) {
        return true;
    }
    if (template->profile == PROFILE_ROOT_CA) {
        return refuse(err, "certificate_template.issuer", "a root certificate has no issuer");
    }
    if (!issuer->is_ca || (issuer->key_usage & USAGE_CERT_SIGN) == 0) {
        return refuse(err, "certificate_template.issuer",
                      "the issuer's certificate does not allow issuing");
    }
    if (whole_second(template->not_before) < issuer->not_before ||
        whole_second(template->not_after) > issuer->not_after) {
        return refuse(err, "certificate_template.validity",
                      "the validity is not within the issuer's");
    }
    return true;
}

static bool check_template(const CertificateTemplate *template, const Signer *signer, Error *err)
{
    if (!serial_is_usable(template->serial)) {
        return refuse(err, "certificate_template.serial",
                      "the serial number is zero or longer than 20 octets");
    }
    if (template->not_before > template->not_after) {
        return refuse(err, "certificate_template.validity", "the validity ends before it begins");
    }
    if (!name_is_valid(template->subject)) {
        return refuse(err, "certificate_template.subject", "the subject is no name");
    }
    const char *const addresses[] = {template->cps_url, template->crl_url, template->ocsp_url,
                                     template->ca_issuers_url, template->dns_name};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        if (!address_is_usable(addresses[i])) {
            return refuse(err, "certificate_template.address",
                          "an address is empty or not plain ASCII");
        }
    }
    if (template->extra_count > TEMPLATE_MAX_EXTENSIONS) {
        return refuse(err, "certificate_template.extension", "there are too many extensions");
    }
    return check_issuer(template, signer, err);
}

static void put_basic_constraints(Writer *writer, const ProfileRules *rules)
{
    ExtensionMark mark = extension_begin(writer, OID_BASIC_CONSTRAINTS, true);
    size_t content = der_begin(writer, DER_SEQUENCE);
    der_put_boolean(writer, true);
    if (rules->path_len >= 0) {
        der_put_u64(writer, (uint64_t)rules->path_len);
    }
    der_end(writer, content);
    extension_end(writer, mark);
}

static void put_sole_extended_key_usage(Writer *writer, Bytes oid, bool is_critical)
{
    ExtensionMark mark = extension_begin(writer, OID_EXTENDED_KEY_USAGE, is_critical);
    size_t content = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid);
    der_end(writer, content);
    extension_end(writer, mark);
}

static bool put_key_identifiers(Writer *writer, const CertificateTemplate *template, Error *err)
{
    uint8_t subject_id[KEY_IDENTIFIER_SIZE];
    if (!key_identifier(template->public_key, subject_id, err)) {
        return false;
    }
    ExtensionMark mark = extension_begin(writer, OID_SUBJECT_KEY_IDENTIFIER, false);
    der_put(writer, DER_OCTET_STRING, BYTES_OF_ARRAY(subject_id));
    extension_end(writer, mark);
    if (template->issuer == NULL) {
        return true;
    }
    uint8_t issuer_id[KEY_IDENTIFIER_SIZE];
    Bytes identifier = template->issuer->subject_key_identifier;
    if (identifier.len == 0) {
        if (!key_identifier(&template->issuer->public_key, issuer_id, err)) {
            return false;
        }
        identifier = BYTES_OF_ARRAY(issuer_id);
    }
    extension_put_authority_key(writer, identifier);
    return true;
}

static void put_policy(Writer *writer, const CertificateTemplate *template)
{
    ExtensionMark mark = extension_begin(writer, OID_CERTIFICATE_POLICIES, false);
    size_t policies = der_begin(writer, DER_SEQUENCE);
    size_t policy = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, template->policy);
    if (template->cps_url != NULL) {
        size_t qualifiers = der_begin(writer, DER_SEQUENCE);
        size_t qualifier = der_begin(writer, DER_SEQUENCE);
        der_put_oid(writer, OID_QUALIFIER_CPS);
        der_put_text(writer, DER_IA5_STRING, template->cps_url);
        der_end(writer, qualifier);
        der_end(writer, qualifiers);
    }
    der_end(writer, policy);
    der_end(writer, policies);
    extension_end(writer, mark);
}

static void put_crl_distribution_point(Writer *writer, const char *url)
{
    ExtensionMark mark = extension_begin(writer, OID_CRL_DISTRIBUTION_POINTS, false);
    distribution_points_put_url(url, writer);
    extension_end(writer, mark);
}

static void put_access(Writer *writer, Bytes method, const char *url)
{
    if (url == NULL) {
        return;
    }
    size_t description = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, method);
    der_put_text(writer, DER_CONTEXT(6), url);
    der_end(writer, description);
}

static void put_authority_info_access(Writer *writer, const CertificateTemplate *template)
{
    ExtensionMark mark = extension_begin(writer, OID_AUTHORITY_INFO_ACCESS, false);
    size_t descriptions = der_begin(writer, DER_SEQUENCE);
    put_access(writer, OID_ACCESS_OCSP, template->ocsp_url);
    put_access(writer, OID_ACCESS_CA_ISSUERS, template->ca_issuers_url);
    der_end(writer, descriptions);
    extension_end(writer, mark);
}

static void put_dns_name(Writer *writer, const char *dns_name)
{
    ExtensionMark mark = extension_begin(writer, OID_SUBJECT_ALT_NAME, false);
    size_t names = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, DER_CONTEXT(2), dns_name);
    der_end(writer, names);
    extension_end(writer, mark);
}

static void put_profile_extensions(Writer *writer, CertificateProfile profile)
{
    const ProfileRules *rules = &profile_rules[profile];
    if (rules->is_ca) {
        put_basic_constraints(writer, rules);
    }
    ExtensionMark mark = extension_begin(writer, OID_KEY_USAGE, true);
    der_put_named_bits(writer, rules->key_usage);
    extension_end(writer, mark);
    if (profile == PROFILE_TIMESTAMP) {
        put_sole_extended_key_usage(writer, OID_USE_TIMESTAMPING, true);
    }
    if (profile == PROFILE_OCSP) {
        put_sole_extended_key_usage(writer, OID_USE_OCSP_SIGNING, false);
        extension_put(writer, OID_OCSP_NO_CHECK, false, BYTES_LITERAL("\x05\x00"));
    }
}

// Write the extensions in the order of annex A; optional ones only when the template has them.
static bool put_extensions(Writer *writer, const CertificateTemplate *template, Error *err)
{
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(3));
    size_t extensions = der_begin(writer, DER_SEQUENCE);
    if (!put_key_identifiers(writer, template, err)) {
        return false;
    }
    put_profile_extensions(writer, template->profile);
    if (template->policy.len > 0) {
        put_policy(writer, template);
    }
    if (template->crl_url != NULL) {
        put_crl_distribution_point(writer, template->crl_url);
    }
    if (template->ocsp_url != NULL || template->ca_issuers_url != NULL) {
        put_authority_info_access(writer, template);
    }
    if (template->dns_name != NULL) {
        put_dns_name(writer, template->dns_name);
    }
    for (size_t i = 0; i < template->extra_count; i++) {
        const CertificateExtension *extra = &template->extra[i];
        extension_put(writer, extra->oid, extra->is_critical, extra->value);
    }
    der_end(writer, extensions);
    der_end(writer, wrapper);
    return true;
}

static bool put_tbs(Writer *writer, const CertificateTemplate *template, Error *err)
{
    size_t tbs = der_begin(writer, DER_SEQUENCE);
    size_t version = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    der_put_u64(writer, 2);
    der_end(writer, version);
    der_put_unsigned(writer, template->serial);
    algorithm_put(writer, OID_SM2_WITH_SM3);
    writer_put(writer, template->issuer == NULL ? template->subject : template->issuer->subject);
    size_t validity = der_begin(writer, DER_SEQUENCE);
    der_put_time(writer, whole_second(template->not_before));
    der_put_time(writer, whole_second(template->not_after));
    der_end(writer, validity);
    writer_put(writer, template->subject);
    public_key_info_put(writer, template->public_key);
    if (!put_extensions(writer, template, err)) {
        return false;
    }
    der_end(writer, tbs);
    return writer->failed ? error_memory(err) : true;
}

bool certificate_issue(const CertificateTemplate *template, const Signer *issuer, Writer *ret,
                       Error *err)
{
    CLEANUP(writer_free) Writer tbs = writer_new(CERTIFICATE_MAX_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    if (!check_template(template, issuer, err) || !put_tbs(&tbs, template, err) ||
        !signed_object_build(writer_bytes(&tbs), issuer, &der, err)) {
        return false;
    }
    // What we issue has to satisfy our own reader: this finds an extension given twice.
    Certificate parsed;
    if (!certificate_parse(writer_bytes(&der), &parsed, err)) {
        return refuse(err, "certificate_template.extension",
                      "an extension is malformed or occurs twice");
    }
    writer_put(ret, writer_bytes(&der));
    return ret->failed ? error_memory(err) : true;
}

bool certificate_draft(const CertificateTemplate *template, const Signer *issuer, Writer *ret,
                       Error *err)
{
    static const Sm2Signature none = {.r = {[SM2_SCALAR_SIZE - 1] = 1},
                                      .s = {[SM2_SCALAR_SIZE - 1] = 1}};
    CLEANUP(writer_free) Writer tbs = writer_new(CERTIFICATE_MAX_SIZE);
    if (!check_template(template, issuer, err) || !put_tbs(&tbs, template, err)) {
        return false;
    }
    signed_object_put(writer_bytes(&tbs), &none, ret);
    return !ret->failed || error_memory(err);
}

bool certificate_sign_many(const Bytes *tbs, size_t count, const Signer *issuer, Sm2Signature *ret,
                           Error *err)
{
    Sm3Digest digests[SIGNING_SHARE];
    Sm2Message messages[SIGNING_SHARE];
    for (size_t done = 0; done < count; done += SIGNING_SHARE) {
        size_t share = count - done < SIGNING_SHARE ? count - done : SIGNING_SHARE;
        for (size_t i = 0; i < share; i++) {
            messages[i] = (Sm2Message){issuer->public_key, tbs[done + i]};
        }
        if (!sm2_digest_many(messages, share, digests, err) ||
            !signer_sign_digests(issuer, digests, share, &ret[done], err)) {
            return false;
        }
    }
    return true;
}

void certificate_put(Bytes tbs, const Sm2Signature *signature, Writer *ret)
{
    signed_object_put(tbs, signature, ret);
}

bool certificate_serial_generate(Random random, uint8_t ret[16], Error *err)
{
    if (!random_fill(random, ret, 16, err)) {
        return false;
    }
    ret[0] = (uint8_t)((ret[0] & 0x7f) | 0x40);  // positive, and of full length
    return true;
}
