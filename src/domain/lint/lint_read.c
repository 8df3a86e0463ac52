// SPDX-License-Identifier: Apache-2.0
//
// Reading objects loosely: what stands where it should is taken as it is.
#include <string.h>

#include "base/crypto/sm2.h"
#include "domain/lint/lint_view.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

enum { POINT_SIZE = 65 };

static const struct {
    const char *oid;
    size_t len;
} extension_oids[EXT_COUNT] = {
    [EXT_SUBJECT_KEY] = {"\x55\x1d\x0e", 3},
    [EXT_KEY_USAGE] = {"\x55\x1d\x0f", 3},
    [EXT_PRIVATE_PERIOD] = {"\x55\x1d\x10", 3},
    [EXT_SUBJECT_ALT] = {"\x55\x1d\x11", 3},
    [EXT_ISSUER_ALT] = {"\x55\x1d\x12", 3},
    [EXT_BASIC] = {"\x55\x1d\x13", 3},
    [EXT_NAME_CONSTRAINTS] = {"\x55\x1d\x1e", 3},
    [EXT_CRL_POINTS] = {"\x55\x1d\x1f", 3},
    [EXT_POLICIES] = {"\x55\x1d\x20", 3},
    [EXT_MAPPINGS] = {"\x55\x1d\x21", 3},
    [EXT_AUTHORITY_KEY] = {"\x55\x1d\x23", 3},
    [EXT_POLICY_CONSTRAINTS] = {"\x55\x1d\x24", 3},
    [EXT_USES] = {"\x55\x1d\x25", 3},
    [EXT_FRESHEST] = {"\x55\x1d\x2e", 3},
    [EXT_INHIBIT_ANY] = {"\x55\x1d\x36", 3},
    [EXT_INFO_ACCESS] = {"\x2b\x06\x01\x05\x05\x07\x01\x01", 8},
    [EXT_SUBJECT_ACCESS] = {"\x2b\x06\x01\x05\x05\x07\x01\x0b", 8},
    [EXT_NO_CHECK] = {"\x2b\x06\x01\x05\x05\x07\x30\x01\x05", 9},
    [EXT_IDENTITY] = {"\x2a\x81\x1c\xd0\x14\x04\x01\x01", 8},
    [EXT_LIST_NUMBER] = {"\x55\x1d\x14", 3},
    [EXT_DELTA] = {"\x55\x1d\x1b", 3},
    [EXT_POINT] = {"\x55\x1d\x1c", 3},
};

static LintExtensionId find_extension(Bytes oid)
{
    for (size_t i = 0; i < EXT_COUNT; i++) {
        if (bytes_equal(oid, bytes_of(extension_oids[i].oid, extension_oids[i].len))) {
            return (LintExtensionId)i;
        }
    }
    return EXT_COUNT;
}

Bytes lint_read_integer(Reader *reader)
{
    return der_element(reader, DER_INTEGER).content;
}

static void read_extension(LintView *view, Reader *extensions, Bytes *seen, size_t *count)
{
    enum { SEEN_MAX = 64 };
    Reader content = der_enter(extensions, DER_SEQUENCE);
    Bytes oid = der_oid(&content);
    bool is_critical = false;
    if (der_peek(&content) == DER_BOOLEAN) {
        is_critical = der_boolean(&content);
        view->writes_false = view->writes_false || (!is_critical && !content.failed);
    }
    Bytes value = der_octet_string(&content);
    if (!reader_done(&content)) {
        view->has_bad_extension = true;
        return;
    }
    for (size_t i = 0; i < *count; i++) {
        view->repeats_extension = view->repeats_extension || bytes_equal(seen[i], oid);
    }
    if (*count < SEEN_MAX) {
        seen[(*count)++] = oid;
    }
    LintExtensionId id = find_extension(oid);
    if (id == EXT_COUNT) {
        bool is_scenario = bytes_equal(oid, OID_SCENARIO);
        view->has_unknown_critical = view->has_unknown_critical || (is_critical && !is_scenario);
    } else if (!view->extension[id].is_present) {
        view->extension[id] = (LintExtension){true, is_critical, value};
    }
}

static void read_basic(LintView *view)
{
    view->path_len = -1;
    Reader whole = reader_of(view->extension[EXT_BASIC].value);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    if (der_peek(&content) == DER_BOOLEAN) {
        view->is_ca = der_boolean(&content);
    }
    if (der_peek(&content) == DER_INTEGER) {
        view->path_len = (int64_t)der_u64(&content);
    }
    if (view->extension[EXT_BASIC].is_present && (!reader_done(&content) || !reader_done(&whole))) {
        view->has_bad_extension = true;
        view->is_ca = false;
    }
}

void lint_read_extensions(LintView *view, Bytes content)
{
    Bytes seen[64];
    size_t count = 0;
    Reader extensions = reader_of(content);
    view->has_extensions = true;
    view->extensions = content;
    while (extensions.rest.len > 0 && !extensions.failed) {
        read_extension(view, &extensions, seen, &count);
    }
    view->has_bad_extension = view->has_bad_extension || extensions.failed;
    read_basic(view);
    view->has_key_usage = view->extension[EXT_KEY_USAGE].is_present;
    Reader usage = reader_of(view->extension[EXT_KEY_USAGE].value);
    view->key_usage = view->has_key_usage ? der_named_bits(&usage) : 0;
    view->has_bad_extension =
        view->has_bad_extension || (view->has_key_usage && !reader_done(&usage));
}

void lint_read_key(LintView *view, Reader *reader)
{
    DerElement info = der_element(reader, DER_SEQUENCE);
    Reader content = reader_of(info.content);
    Reader algorithm = der_enter(&content, DER_SEQUENCE);
    view->key_info = info.whole;
    view->key_algorithm = der_oid(&algorithm);
    if (algorithm.rest.len > 0) {
        view->key_parameters = der_any(&algorithm).whole;
    }
    view->key_octets = der_bit_string_octets(&content);
    static const uint8_t curve[] = "\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
    bool is_sm2 = bytes_equal(view->key_algorithm, OID_SM2) ||
                  (bytes_equal(view->key_algorithm, OID_EC_PUBLIC_KEY) &&
                   bytes_equal(view->key_parameters, bytes_of(curve, sizeof curve - 1)));
    view->is_gm = view->is_gm || is_sm2;
    view->has_sm2_key = is_sm2 && view->key_octets.len == POINT_SIZE &&
                        sm2_public_key_new(view->key_octets, &view->sm2_key, NULL);
}

// SEQUENCE { to be signed, algorithm, BIT STRING }.
static Reader read_signed(LintView *view, Bytes der)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    DerElement tbs = der_element(&content, DER_SEQUENCE);
    view->der = der;
    view->tbs = tbs.whole;
    view->outer_algorithm = der_element(&content, DER_SEQUENCE).whole;
    view->signature = der_bit_string_octets(&content);
    view->is_gm = lint_algorithm_is(view->outer_algorithm, OID_SM2_WITH_SM3) ||
                  lint_algorithm_is(view->outer_algorithm, OID_SM2_SIGN);
    Reader body = reader_of(tbs.content);
    body.failed = !reader_done(&content) || !reader_done(&whole);
    return body;
}

static void read_validity(LintView *view, Reader *body)
{
    Reader validity = der_enter(body, DER_SEQUENCE);
    view->from = der_any(&validity);
    view->until = der_any(&validity);
    body->failed = body->failed || !reader_done(&validity);
}

static void read_unique_ids(LintView *view, Reader *body)
{
    for (uint8_t number = 1; number <= 2; number++) {
        if (der_peek(body) == DER_CONTEXT(number) ||
            der_peek(body) == DER_CONTEXT_CONSTRUCTED(number)) {
            view->has_unique_ids = true;
            (void)der_any(body);
        }
    }
}

bool lint_read_certificate(Bytes der, LintView *ret)
{
    Reader body = read_signed(ret, der);
    ret->path_len = -1;
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader version = der_enter(&body, DER_CONTEXT_CONSTRUCTED(0));
        ret->has_version = true;
        ret->version = der_u64(&version);
        ret->is_default_written = ret->version == 0;
    }
    ret->serial = lint_read_integer(&body);
    ret->inner_algorithm = der_element(&body, DER_SEQUENCE).whole;
    ret->issuer = der_element(&body, DER_SEQUENCE).whole;
    read_validity(ret, &body);
    ret->subject = der_element(&body, DER_SEQUENCE).whole;
    lint_read_key(ret, &body);
    read_unique_ids(ret, &body);
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(3)) {
        Reader wrapper = der_enter(&body, DER_CONTEXT_CONSTRUCTED(3));
        lint_read_extensions(ret, der_element(&wrapper, DER_SEQUENCE).content);
        body.failed = body.failed || !reader_done(&wrapper);
    }
    ret->is_readable = reader_done(&body);
    ret->is_self_issued = bytes_equal(ret->issuer, ret->subject);
    return ret->is_readable;
}

bool lint_read_request(Bytes der, LintView *ret)
{
    Reader body = read_signed(ret, der);
    ret->has_version = true;
    ret->version = der_u64(&body);
    ret->subject = der_element(&body, DER_SEQUENCE).whole;
    lint_read_key(ret, &body);
    ret->has_attributes = der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0);
    if (ret->has_attributes) {
        ret->attributes = der_any(&body).content;
    }
    ret->is_readable = reader_done(&body);
    return ret->is_readable;
}

bool lint_read_list(Bytes der, LintView *ret)
{
    Crl crl;
    Reader body = read_signed(ret, der);
    if (der_peek(&body) == DER_INTEGER) {
        ret->has_version = true;
        ret->version = der_u64(&body);
    }
    ret->inner_algorithm = der_element(&body, DER_SEQUENCE).whole;
    ret->issuer = der_element(&body, DER_SEQUENCE).whole;
    ret->from = der_any(&body);
    if (der_peek(&body) == DER_UTC_TIME || der_peek(&body) == DER_GENERALIZED_TIME) {
        ret->until = der_any(&body);
    }
    if (der_peek(&body) == DER_SEQUENCE) {
        ret->has_entries = true;
        ret->entries = der_any(&body).content;
    }
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&body, DER_CONTEXT_CONSTRUCTED(0));
        lint_read_extensions(ret, der_element(&wrapper, DER_SEQUENCE).content);
        body.failed = body.failed || !reader_done(&wrapper);
    }
    ret->is_readable = reader_done(&body);
    if (ret->is_readable && crl_parse(der, &crl, NULL)) {
        ret->list_fault_count = crl_lint(&crl, NULL, ret->list_faults);
    }
    return ret->is_readable;
}
