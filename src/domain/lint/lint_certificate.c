// SPDX-License-Identifier: Apache-2.0
//
// The rules about a certificate's base fields, and what law wants of its content.
#include "base/crypto/sm2.h"
#include "domain/lint/lint_view.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

enum { SERIAL_MAX = 20, SERIAL_SHORT = 8, POINT_SIZE = 65, UNCOMPRESSED = 4 };

static bool version_is_written_or_default(const LintView *view)
{
    return !view->is_default_written;
}

static bool version_fits_extensions(const LintView *view)
{
    return !view->has_extensions || (view->has_version && view->version == 2);
}

static bool version_is_3(const LintView *view)
{
    return !view->is_gm || (view->has_version && view->version == 2);
}

static bool serial_is_positive(const LintView *view)
{
    bool is_zero = view->serial.len == 1 && view->serial.data[0] == 0;
    return view->serial.len > 0 && view->serial.data[0] < 0x80 && !is_zero;
}

static bool serial_is_short_enough(const LintView *view)
{
    return view->serial.len <= SERIAL_MAX;
}

static bool serial_is_hard_to_guess(const LintView *view)
{
    return view->is_self_issued || view->serial.len >= SERIAL_SHORT;
}

static bool issuer_is_named(const LintView *view)
{
    return !lint_name_is_empty(view->issuer);
}

static bool times_are_in_form(const LintView *view)
{
    return lint_time_is_in_form(view->from) && lint_time_is_in_form(view->until);
}

static bool times_are_in_order(const LintView *view)
{
    Time from = 0, until = 0;
    return !lint_time_read(view->from, &from) || !lint_time_read(view->until, &until) ||
           from <= until;
}

static bool subject_is_named_or_alternative(const LintView *view)
{
    const LintExtension *alternative = &view->extension[EXT_SUBJECT_ALT];
    return !lint_name_is_empty(view->subject) ||
           (alternative->is_present && alternative->is_critical);
}

static bool ca_has_subject(const LintView *view)
{
    return !view->is_ca || !lint_name_is_empty(view->subject);
}

static bool has_no_unique_ids(const LintView *view)
{
    return !view->has_unique_ids;
}

static bool key_algorithm_is_usual(const LintView *view)
{
    return !view->is_gm || bytes_equal(view->key_algorithm, OID_EC_PUBLIC_KEY);
}

static bool key_is_uncompressed(const LintView *view)
{
    return !bytes_equal(view->key_algorithm, OID_SM2) || view->key_octets.len == POINT_SIZE;
}

// A CA with an SM2 key may well sign for another key; a certificate of the profile has an SM2 key.
static bool key_is_a_point(const LintView *view)
{
    bool is_sm2 = bytes_equal(view->key_algorithm, OID_SM2) ||
                  bytes_equal(view->key_parameters,
                              BYTES_LITERAL("\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d"));
    return !is_sm2 || view->has_sm2_key;
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

static bool can_check_own_signature(const LintView *view)
{
    return view->is_self_issued && view->has_sm2_key && !view->is_unsigned &&
           lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3);
}

static bool own_signature_has_the_id(const LintView *view)
{
    return !can_check_own_signature(view) || holds_with_id(view, SM2_DEFAULT_ID) ||
           !holds_with_id(view, BYTES_EMPTY);
}

// Self-issued is not self-signed when the CA changed its key: then the identifiers differ.
static bool own_signature_holds(const LintView *view)
{
    bool is_rollover = view->extension[EXT_AUTHORITY_KEY].is_present;
    return !can_check_own_signature(view) || is_rollover || holds_with_id(view, SM2_DEFAULT_ID) ||
           holds_with_id(view, BYTES_EMPTY);
}

// --- GM/T 0015 annex B: the order of a subject ------------------------------------------------

static bool first_attribute_is(Bytes name, Bytes wanted)
{
    Reader whole = reader_of(name);
    Reader sets = der_enter(&whole, DER_SEQUENCE);
    Reader set = der_enter(&sets, DER_SET);
    Reader attribute = der_enter(&set, DER_SEQUENCE);
    return bytes_equal(der_oid(&attribute), wanted);
}

static bool has_attribute(Bytes name, Bytes oid)
{
    Bytes value;
    return name_find(name, oid, &value) && value.len > 0;
}

static bool subject_begins_with_country(const LintView *view)
{
    return !view->is_gm || lint_name_is_empty(view->subject) ||
           first_attribute_is(view->subject, OID_COUNTRY);
}

static bool sets_have_one_attribute(Bytes name)
{
    Reader whole = reader_of(name);
    Reader sets = der_enter(&whole, DER_SEQUENCE);
    while (sets.rest.len > 0 && !sets.failed) {
        Reader set = der_enter(&sets, DER_SET);
        (void)der_any(&set);
        if (set.rest.len > 0) {
            return false;
        }
    }
    return true;
}

static bool names_are_plain(const LintView *view)
{
    return sets_have_one_attribute(view->issuer) && sets_have_one_attribute(view->subject);
}

// --- what the Electronic Signature Law wants in a certificate ---------------------------------

static bool names_the_ca(const LintView *view)
{
    return has_attribute(view->issuer, OID_ORGANIZATION) ||
           has_attribute(view->issuer, OID_COMMON_NAME);
}

static bool names_the_holder(const LintView *view)
{
    return has_attribute(view->subject, OID_COMMON_NAME) ||
           has_attribute(view->subject, OID_ORGANIZATION) ||
           has_attribute(view->subject, OID_ORGANIZATIONAL_UNIT);
}

static bool has_serial(const LintView *view)
{
    return view->serial.len > 0;
}

static bool has_validity(const LintView *view)
{
    Time time = 0;
    return lint_time_read(view->from, &time) && lint_time_read(view->until, &time);
}

static bool has_key(const LintView *view)
{
    return view->key_octets.len > 0;
}

static const LintRule rules[] = {
    {version_is_written_or_default, "certificate.default_version", LINT_ERROR, "X.690 11.5",
     "version 1 is the default and not written", "缺省的版本 1 不编码"},
    {version_fits_extensions, "certificate.version", LINT_ERROR, "RFC 5280 4.1.2.1",
     "a certificate with extensions has version 3", "含扩展的证书版本为 3"},
    {version_is_3, "certificate.version_3", LINT_ERROR, "GM/T 0015-2012 5.2.3.1",
     "the version is 3", "证书版本为 3"},
    {serial_is_positive, "certificate.serial_positive", LINT_ERROR, "RFC 5280 4.1.2.2",
     "the serial number is positive", "序列号为正整数"},
    {serial_is_short_enough, "certificate.serial_length", LINT_ERROR,
     "RFC 5280 4.1.2.2; GM/T 0015-2012 5.2.3.2", "the serial number has at most 20 octets",
     "序列号不超过 20 个字节"},
    {serial_is_hard_to_guess, "certificate.serial_entropy", LINT_WARNING, "GM/T 0015-2012 annex C",
     "the serial number has 8 octets or more, so that nobody can guess it",
     "序列号不少于 8 个字节，难以预测"},
    {issuer_is_named, "certificate.issuer", LINT_ERROR, "RFC 5280 4.1.2.4",
     "the issuer's name is not empty", "签发者名称不为空"},
    {times_are_in_form, "certificate.time_form", LINT_ERROR,
     "RFC 5280 4.1.2.5; GM/T 0015-2012 5.2.3.5",
     "times are UTCTime through 2049 and GeneralizedTime from 2050, with seconds and Z",
     "2049 年及以前用 UTCTime，2050 年起用 GeneralizedTime，含秒并以 Z 结尾"},
    {times_are_in_order, "certificate.validity", LINT_ERROR, "RFC 5280 4.1.2.5",
     "the validity does not end before it begins", "有效期的终止不早于起始"},
    {subject_is_named_or_alternative, "certificate.subject", LINT_ERROR, "RFC 5280 4.1.2.6",
     "the subject is not empty, or there is a critical subjectAltName",
     "主体名称不为空，或有关键的主体替换名称"},
    {ca_has_subject, "certificate.ca_subject", LINT_ERROR, "RFC 5280 4.1.2.6",
     "the subject of a CA is not empty", "CA 的主体名称不为空"},
    {has_no_unique_ids, "certificate.unique_identifiers", LINT_ERROR,
     "RFC 5280 4.1.2.8; GM/T 0015-2012 5.2.3.8", "there are no unique identifiers",
     "不含颁发者和主体唯一标识符"},
    {key_algorithm_is_usual, "certificate.key_algorithm", LINT_NOTICE, "GM/T 0015-2012 annex D",
     "the key algorithm is id-ecPublicKey with the SM2 curve, as everybody writes it",
     "公钥算法为带 SM2 曲线参数的 id-ecPublicKey（通行写法）"},
    {key_is_uncompressed, "certificate.key_length", LINT_ERROR, "GM/T 0009-2012 7.1",
     "an SM2 key has 65 octets", "SM2 公钥为 65 个字节"},
    {key_is_a_point, "certificate.key_point", LINT_ERROR, "GM/T 0009-2012 7.1",
     "the SM2 key is an uncompressed point on the curve", "SM2 公钥是曲线上未压缩的点"},
    {key_is_sm2, "certificate.key_sm2", LINT_WARNING, "GM/T 0015-2012 annex C",
     "the key is an SM2 key", "公钥为 SM2 公钥"},
    {own_signature_has_the_id, "certificate.signature_id", LINT_ERROR, "GM/T 0009-2012 10",
     "the signature is made with the ID 1234567812345678, not with an empty one",
     "签名使用标识 1234567812345678，而不是空标识"},
    {own_signature_holds, "certificate.self_signature", LINT_ERROR, "RFC 5280 3.2",
     "the signature of a self-signed certificate holds", "自签名证书的签名成立"},
    {subject_begins_with_country, "certificate.subject_order", LINT_NOTICE,
     "GM/T 0015-2012 annex B", "the subject begins with the country", "主体名称以国家开头"},
    {names_are_plain, "certificate.name_sets", LINT_NOTICE, "GM/T 0015-2012 annex B",
     "each part of a name has one attribute", "名称的每一部分只含一个属性"},
    {names_the_ca, "law.ca_name", LINT_ERROR, "ESL 21 (1)",
     "the name of the certification service provider is there", "载明电子认证服务提供者名称"},
    {names_the_holder, "law.holder_name", LINT_ERROR, "ESL 21 (2)",
     "the name of the holder is there", "载明证书持有人名称"},
    {has_serial, "law.serial", LINT_ERROR, "ESL 21 (3)", "the serial number is there",
     "载明证书序列号"},
    {has_validity, "law.validity", LINT_ERROR, "ESL 21 (4)", "the validity is there",
     "载明证书有效期"},
    {has_key, "law.key", LINT_ERROR, "ESL 21 (5)", "the holder's verification data is there",
     "载明持有人的电子签名验证数据"},
};

void lint_certificate_rules(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, rules);
    lint_apply_names(report, view);
    lint_apply_signature(report, view);
    lint_apply_extensions(report, view);
}
