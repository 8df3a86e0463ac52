// SPDX-License-Identifier: Apache-2.0
//
// Rules that several kinds of objects share: names, algorithms, signatures; and what rules need.
#include <string.h>

#include "base/codec/utf8.h"
#include "base/crypto/sm2.h"
#include "domain/lint/lint_view.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

// --- what rules need --------------------------------------------------------------------------

bool lint_time_read(DerElement element, Time *ret)
{
    Reader reader = reader_of(element.whole);
    *ret = der_time(&reader);
    return reader_done(&reader) && element.whole.len > 0;
}

bool lint_time_is_in_form(DerElement element)
{
    Time time = 0;
    if (!lint_time_read(element, &time)) {
        return false;
    }
    bool is_late = civil_from_time(time).year >= 2050;
    return element.tag == (is_late ? DER_GENERALIZED_TIME : DER_UTC_TIME);
}

bool lint_name_is_empty(Bytes name)
{
    return name.len <= 2;
}

bool lint_algorithm_is(Bytes algorithm, Bytes oid)
{
    Reader whole = reader_of(algorithm);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    return bytes_equal(der_oid(&content), oid);
}

// --- names ------------------------------------------------------------------------------------

typedef bool AttributeCheck(Bytes oid, DerElement value);

// True if each attribute of the name passes.
static bool every_attribute(Bytes name, AttributeCheck *check)
{
    Reader whole = reader_of(name);
    Reader sets = der_enter(&whole, DER_SEQUENCE);
    while (sets.rest.len > 0) {
        Reader set = der_enter(&sets, DER_SET);
        if (set.rest.len == 0) {
            return sets.failed;  // an empty RDN is another rule's
        }
        while (set.rest.len > 0) {
            Reader attribute = der_enter(&set, DER_SEQUENCE);
            Bytes oid = der_oid(&attribute);
            DerElement value = der_any(&attribute);
            if (set.failed || attribute.failed || attribute.rest.len > 0) {
                return true;  // its structure is another rule's
            }
            if (!check(oid, value)) {
                return false;
            }
        }
    }
    return true;
}

static bool both_names(const LintView *view, AttributeCheck *check)
{
    return every_attribute(view->issuer, check) && every_attribute(view->subject, check);
}

static bool name_has_structure(Bytes name)
{
    Reader whole = reader_of(name);
    Reader sets = der_enter(&whole, DER_SEQUENCE);
    while (sets.rest.len > 0 && !sets.failed) {
        Reader set = der_enter(&sets, DER_SET);
        if (set.rest.len == 0) {
            return false;
        }
        while (set.rest.len > 0 && !set.failed) {
            Reader attribute = der_enter(&set, DER_SEQUENCE);
            (void)der_oid(&attribute);
            (void)der_any(&attribute);
            set.failed = set.failed || !reader_done(&attribute);
        }
        sets.failed = sets.failed || set.failed;
    }
    return name.len == 0 || (!sets.failed && reader_done(&whole));
}

static bool names_have_structure(const LintView *view)
{
    return name_has_structure(view->issuer) && name_has_structure(view->subject);
}

static bool is_string_type(uint8_t tag)
{
    static const uint8_t tags[] = {DER_UTF8_STRING, DER_PRINTABLE_STRING, DER_T61_STRING,
                                   DER_IA5_STRING,  DER_BMP_STRING,       0x1c};
    return memchr(tags, tag, sizeof tags) != NULL;
}

static bool is_mail(Bytes oid)
{
    return bytes_equal(oid, OID_EMAIL);
}

static bool is_domain(Bytes oid)
{
    return bytes_equal(oid, BYTES_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"));
}

static bool type_is_prescribed(Bytes oid, DerElement value)
{
    bool is_code = bytes_equal(oid, OID_COUNTRY) || bytes_equal(oid, OID_SERIAL_NUMBER);
    if (is_code) {
        return value.tag == DER_PRINTABLE_STRING;
    }
    if (is_mail(oid) || is_domain(oid)) {
        return value.tag == DER_IA5_STRING;
    }
    return !is_string_type(value.tag) || value.tag != DER_IA5_STRING;
}

static bool type_is_current(Bytes oid, DerElement value)
{
    bool is_directory = !is_mail(oid) && !is_domain(oid) && is_string_type(value.tag);
    return !is_directory || value.tag == DER_UTF8_STRING || value.tag == DER_PRINTABLE_STRING ||
           value.tag == DER_IA5_STRING;
}

static bool is_printable(uint8_t c)
{
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || (c != '\0' && strchr(" '()+,-./:=?", c) != NULL);
}

static bool characters_fit(Bytes oid, DerElement value)
{
    (void)oid;
    for (size_t i = 0; i < value.content.len; i++) {
        uint8_t c = value.content.data[i];
        if ((value.tag == DER_PRINTABLE_STRING && !is_printable(c)) ||
            (value.tag == DER_IA5_STRING && c > 0x7f)) {
            return false;
        }
    }
    return value.tag != DER_UTF8_STRING || utf8_is_valid(value.content);
}

static bool value_is_filled(Bytes oid, DerElement value)
{
    (void)oid;
    return !is_string_type(value.tag) || value.content.len > 0;
}

static bool country_has_two_letters(Bytes oid, DerElement value)
{
    return !bytes_equal(oid, OID_COUNTRY) ||
           (value.content.len == 2 && value.content.data[0] >= 'A' &&
            value.content.data[0] <= 'Z' && value.content.data[1] >= 'A' &&
            value.content.data[1] <= 'Z');
}

// Characters, not octets: UTF-8 continuation octets do not count.
static size_t characters(DerElement value)
{
    size_t count = 0;
    for (size_t i = 0; i < value.content.len; i++) {
        bool continues = value.tag == DER_UTF8_STRING && (value.content.data[i] & 0xc0) == 0x80;
        count += continues ? 0 : 1;
    }
    return value.tag == DER_BMP_STRING ? count / 2 : count;
}

static bool length_is_allowed(Bytes oid, DerElement value)
{
    static const struct {
        const char *oid;
        size_t len, max;
    } bounds[] = {
        {"\x55\x04\x03", 3, 64},  {"\x55\x04\x05", 3, 64},
        {"\x55\x04\x07", 3, 128}, {"\x55\x04\x08", 3, 128},
        {"\x55\x04\x0a", 3, 64},  {"\x55\x04\x0b", 3, 64},
        {"\x55\x04\x0c", 3, 64},  {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, 255},
    };
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        if (bytes_equal(oid, bytes_of(bounds[i].oid, bounds[i].len))) {
            return characters(value) <= bounds[i].max;
        }
    }
    return true;
}

#define NAME_RULE(function, check)             \
    static bool function(const LintView *view) \
    {                                          \
        return both_names(view, check);        \
    }
NAME_RULE(types_are_prescribed, type_is_prescribed)
NAME_RULE(types_are_current, type_is_current)
NAME_RULE(all_characters_fit, characters_fit)
NAME_RULE(values_are_filled, value_is_filled)
NAME_RULE(countries_have_two_letters, country_has_two_letters)
NAME_RULE(lengths_are_allowed, length_is_allowed)

static const LintRule name_rules[] = {
    {names_have_structure, "name.structure", LINT_ERROR, "RFC 5280 4.1.2.4",
     "each name is a sequence of non-empty sets of attributes", "名称由非空的属性集合依次组成"},
    {types_are_prescribed, "name.string_type", LINT_ERROR,
     "RFC 5280 appendix A.1; GM/T 0015-2012 annex B",
     "country and serial number are PrintableString, e-mail and domain IA5String",
     "国家和序列号为 PrintableString，电子邮件和域名为 IA5String"},
    {types_are_current, "name.old_string_type", LINT_WARNING, "RFC 5280 4.1.2.4",
     "names are UTF8String or PrintableString", "名称采用 UTF8String 或 PrintableString"},
    {all_characters_fit, "name.characters", LINT_ERROR, "X.680 41; RFC 5280 4.1.2.4",
     "each value holds only characters of its string type", "各值只含其字符串类型允许的字符"},
    {values_are_filled, "name.empty_value", LINT_ERROR, "RFC 5280 appendix A.1",
     "no attribute is empty", "属性值不为空"},
    {countries_have_two_letters, "name.country", LINT_ERROR,
     "RFC 5280 appendix A.1; GM/T 0015-2012 annex B", "the country is two capital letters",
     "国家为两个大写字母"},
    {lengths_are_allowed, "name.length", LINT_ERROR, "RFC 5280 appendix A.1",
     "no attribute is longer than its upper bound", "属性长度不超过上限"},
};

void lint_apply_names(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, name_rules);
}

// --- algorithms and signatures ----------------------------------------------------------------

static bool algorithms_are_equal(const LintView *view)
{
    return view->inner_algorithm.len == 0 ||
           bytes_equal(view->inner_algorithm, view->outer_algorithm);
}

static bool is_of_china(const LintView *view)
{
    return view->is_gm;
}

static bool is_signed_with_sm2(const LintView *view)
{
    return !view->is_gm || lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3);
}

static bool has_no_parameters(const LintView *view)
{
    Reader whole = reader_of(view->outer_algorithm);
    Algorithm algorithm = algorithm_read(&whole);
    return !view->is_gm || algorithm.parameters.len == 0;
}

static bool parameters_are_null_at_most(const LintView *view)
{
    Reader whole = reader_of(view->outer_algorithm);
    Algorithm algorithm = algorithm_read(&whole);
    return !view->is_gm || algorithm_is(&algorithm, algorithm.oid);
}

// MD5 and SHA-1 with RSA, SHA-1 with ECDSA and DSA. Nobody relies on what a root says of itself.
static bool digest_is_sound(const LintView *view)
{
    if (view->is_ca && view->is_self_issued) {
        return true;
    }
    static const struct {
        const char *oid;
        size_t len;
    } broken[] = {
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", 9}, {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", 9},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9}, {"\x2a\x86\x48\xce\x3d\x04\x01", 7},
        {"\x2a\x86\x48\xce\x38\x04\x03", 7},         {"\x2b\x0e\x03\x02\x1d", 5},
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        if (lint_algorithm_is(view->outer_algorithm, bytes_of(broken[i].oid, broken[i].len))) {
            return false;
        }
    }
    return true;
}

static bool signature_is_encoded(const LintView *view)
{
    Sm2Signature signature;
    return view->is_unsigned || !lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3) ||
           sm2_signature_parse(view->signature, &signature, NULL);
}

static bool signature_is_there(const LintView *view)
{
    return view->is_unsigned || view->signature.len > 0;
}

static const LintRule signature_rules[] = {
    {algorithms_are_equal, "signature.algorithms_differ", LINT_ERROR, "RFC 5280 4.1.1.2, 5.1.1.2",
     "the algorithm inside is the one outside", "内外两处签名算法一致"},
    {is_of_china, "signature.foreign", LINT_NOTICE, "GM/T 0015-2012 5",
     "key or signature are SM2 (otherwise the rules of GM/T 0015 are not applied)",
     "密钥或签名为 SM2（否则不适用 GM/T 0015 的规则）"},
    {is_signed_with_sm2, "signature.algorithm", LINT_ERROR, "GM/T 0015-2012 annex C",
     "the signature algorithm is SM2-with-SM3 (1.2.156.10197.1.501)",
     "签名算法为 SM2-with-SM3（1.2.156.10197.1.501）"},
    {has_no_parameters, "signature.parameters", LINT_NOTICE, "GM/T 0015-2012 5.2.3.3",
     "SM2-with-SM3 has no parameters (NULL is seen in the field)",
     "SM2-with-SM3 无参数（实践中可见 NULL）"},
    {parameters_are_null_at_most, "signature.parameters_unknown", LINT_ERROR,
     "GM/T 0015-2012 annex C", "the parameters of SM2-with-SM3 are absent or NULL",
     "SM2-with-SM3 的参数缺省或为 NULL"},
    {digest_is_sound, "signature.weak_digest", LINT_ERROR, "RFC 6194; RFC 6151",
     "the signature is not made over MD2, MD5 or SHA-1", "签名不基于 MD2、MD5 或 SHA-1"},
    {signature_is_there, "signature.empty", LINT_ERROR, "ESL 21 (6); RFC 5280 4.1.1.3",
     "the signature of the issuer is there", "载有签发者的电子签名"},
    {signature_is_encoded, "signature.encoding", LINT_ERROR, "GM/T 0009-2012 7.3",
     "the signature is a SEQUENCE of two positive INTEGERs below the order",
     "签名值为两个小于阶的正整数组成的序列"},
};

void lint_apply_signature(LintReport *report, const LintView *view)
{
    LINT_APPLY(report, view, signature_rules);
}
