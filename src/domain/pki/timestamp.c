// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/timestamp.h"

#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { TOKEN_VERSION_1 = 1, TOKEN_VERSION_2 = 2 };

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "timestamp.malformed", "RFC 3161 2.4", "%s is malformed",
                     what);
}

static bool refuse_imprint_algorithm(Error *err)
{
    return error_set(err, ERROR_INPUT, "timestamp.algorithm", "RFC 3161 2.4.1",
                     "the message imprint is not made with SM3, SHA-256, SHA-384 or SHA-512");
}

TimestampRequest timestamp_request_over(const Sm3Digest *imprint, bool wants_certificate)
{
    return (TimestampRequest){.imprint = timestamp_imprint_of_sm3(imprint),
                              .wants_certificate = wants_certificate};
}

bool timestamp_request_parse(Bytes der, TimestampRequest *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    TimestampRequest request = {0};
    uint64_t version = der_u64(&content);
    request.imprint = timestamp_imprint_read(&content);
    if (der_peek(&content) == DER_OID) {
        request.policy = der_oid(&content);
    }
    if (der_peek(&content) == DER_INTEGER) {
        request.nonce = der_integer(&content);
    }
    if (der_peek(&content) == DER_BOOLEAN) {
        request.wants_certificate = der_boolean(&content);
    }
    bool has_extensions = der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0);
    if (has_extensions) {
        der_any(&content);
    }
    if (!reader_done(&content) || !reader_done(&whole) ||
        request.nonce.len > TIMESTAMP_NONCE_MAX_SIZE) {
        return malformed(err, "the time-stamp request");
    }
    if (version != 1) {
        return error_set(err, ERROR_INPUT, "timestamp.version", "RFC 3161 2.4.1",
                         "the request does not have version 1");
    }
    if (request.imprint.algorithm == IMPRINT_UNKNOWN || request.imprint.is_misnamed) {
        return refuse_imprint_algorithm(err);
    }
    if (has_extensions) {
        return error_set(err, ERROR_INPUT, "timestamp.extension", "RFC 3161 2.4.1",
                         "the request has extensions, and none is known");
    }
    *ret = request;
    return true;
}

TimestampFailure timestamp_failure_of(const Error *err)
{
    static const struct {
        const char *code;
        TimestampFailure failure;
    } failures[] = {
        {"timestamp.malformed", TIMESTAMP_BAD_DATA_FORMAT},
        {"timestamp.version", TIMESTAMP_BAD_REQUEST},
        {"timestamp.algorithm", TIMESTAMP_BAD_ALGORITHM},
        {"timestamp.extension", TIMESTAMP_UNACCEPTED_EXTENSION},
        {"timestamp.policy", TIMESTAMP_UNACCEPTED_POLICY},
        {"timestamp.clock", TIMESTAMP_TIME_NOT_AVAILABLE},
    };
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        if (strcmp(failures[i].code, err->code) == 0) {
            return failures[i].failure;
        }
    }
    return TIMESTAMP_SYSTEM_FAILURE;
}

bool timestamp_response_parse(Bytes der, TimestampResponse *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Reader info = der_enter(&content, DER_SEQUENCE);
    uint64_t status = der_u64(&info);
    TimestampResponse response = {0};
    if (der_peek(&info) == DER_SEQUENCE) {
        der_any(&info);  // statusString, for people
    }
    if (der_peek(&info) == DER_BIT_STRING) {
        response.failures = der_named_bits(&info);
    }
    if (der_peek(&content) == DER_SEQUENCE) {
        response.token = der_any(&content).whole;
    }
    bool granted = status <= TIMESTAMP_GRANTED_WITH_MODS;
    if (!reader_done(&whole) || !reader_done(&content) || !reader_done(&info) ||
        status > TIMESTAMP_REVOCATION_NOTIFICATION || granted != (response.token.len > 0)) {
        return malformed(err, "the time-stamp response");
    }
    response.status = (TimestampStatus)status;
    *ret = response;
    return true;
}

// Accuracy ::= SEQUENCE { seconds OPTIONAL, millis [0] OPTIONAL, micros [1] OPTIONAL }.
static int64_t read_accuracy(Reader *reader)
{
    enum { MAX_SECONDS = 1000000 };
    Reader content = der_enter(reader, DER_SEQUENCE);
    uint64_t seconds = der_peek(&content) == DER_INTEGER ? der_u64(&content) : 0;
    int64_t accuracy_us = 0;
    int64_t scale = TIME_MILLISECOND;
    for (uint8_t number = 0; number <= 1; number++, scale = 1) {
        if (der_peek(&content) != DER_CONTEXT(number)) {
            continue;
        }
        uint64_t value = 0;
        Bytes digits = der_any(&content).content;
        for (size_t i = 0; i < digits.len && i < 3; i++) {
            value = value << 8 | digits.data[i];
        }
        if (value < 1 || value > 999 || digits.len > 2) {
            reader->failed = true;
            return 0;
        }
        accuracy_us += (int64_t)value * scale;
    }
    if (!reader_done(&content) || seconds > MAX_SECONDS) {
        reader->failed = true;
        return 0;
    }
    return accuracy_us + (int64_t)seconds * TIME_SECOND;
}

// Pass over the end of TSTInfo: ordering, nonce, the TSA's name, extensions. An extension that is
// critical is not known here, so the token cannot be judged.
static void read_info_tail(Reader *info, TimestampToken *ret)
{
    if (der_peek(info) == DER_BOOLEAN) {
        der_boolean(info);
    }
    if (der_peek(info) == DER_INTEGER) {
        ret->nonce = der_integer(info);
    }
    if (der_peek(info) == DER_CONTEXT_CONSTRUCTED(0)) {
        der_any(info);
    }
    if (der_peek(info) == DER_CONTEXT_CONSTRUCTED(1)) {
        Reader extensions = der_enter(info, DER_CONTEXT_CONSTRUCTED(1));
        while (extensions.rest.len > 0) {
            CertificateExtension extension;
            if (!extension_read(&extensions, &extension) || extension.is_critical) {
                info->failed = true;
                return;
            }
        }
    }
}

static bool read_info(Bytes der, bool takes_any, TimestampToken *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    uint64_t version = der_u64(&info);
    ret->policy = der_oid(&info);
    ret->imprint = timestamp_imprint_read(&info);
    ret->serial = der_integer(&info);
    ret->time = der_generalized_time(&info);
    if (der_peek(&info) == DER_SEQUENCE) {
        ret->accuracy_us = read_accuracy(&info);
    }
    read_info_tail(&info, ret);
    if (!reader_done(&info) || !reader_done(&whole) ||
        (version != TOKEN_VERSION_1 && version != TOKEN_VERSION_2)) {
        return malformed(err, "the content of the time stamp");
    }
    ret->version = (int)version;
    return takes_any || ret->imprint.algorithm != IMPRINT_UNKNOWN || refuse_imprint_algorithm(err);
}

// A token begins with the OID of its content type, a response with the status that wraps it.
static bool unwrap_response(Bytes der, Bytes *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    if (der_peek(&content) != DER_SEQUENCE) {
        *ret = der;
        return true;
    }
    TimestampResponse response;
    if (!timestamp_response_parse(der, &response, err)) {
        return false;
    }
    if (response.token.len == 0) {
        return malformed(err, "the time stamp (a response without a token)");
    }
    *ret = response.token;
    return true;
}

static bool parse_token(Bytes der, bool takes_any, TimestampToken *ret, Error *err)
{
    TimestampToken token = {0};
    if (der.len > TIMESTAMP_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "timestamp.too_long", "RFC 3161 2.4.2",
                         "the time stamp has %zu bytes, more than %d", der.len, TIMESTAMP_MAX_SIZE);
    }
    if (!unwrap_response(der, &token.der, err)) {
        return false;
    }
    Error reason = {0};
    if (!(takes_any ? signed_data_read : signed_data_parse)(token.der, &token.signed_data,
                                                            &reason)) {
        return strcmp(reason.code, "signed_data.algorithm") == 0
                   ? error_set(err, ERROR_INPUT, "timestamp.algorithm", "RFC 3161 2.4.2",
                               "the time stamp is not signed with SM2 and SM3")
                   : malformed(err, "the signed data of the time stamp");
    }
    bool is_stamp = bytes_equal(token.signed_data.content_type, OID_TST_INFO) ||
                    bytes_equal(token.signed_data.content_type, OID_GM_DATA);
    if (!is_stamp || !token.signed_data.has_content) {
        return malformed(err, "the content type of the time stamp");
    }
    if (token.signed_data.signer_count != 1) {
        return malformed(err, "the set of signers of the time stamp");
    }
    bool is_bare = (token.signed_data.deviations & SIGNED_DATA_BARE_CONTENT) != 0;
    if (!read_info(is_bare ? token.signed_data.content_element : token.signed_data.content,
                   takes_any, &token, err)) {
        return false;
    }
    if (!takes_any && token.imprint.is_misnamed) {
        return refuse_imprint_algorithm(err);
    }
    *ret = token;
    return true;
}

bool timestamp_token_parse(Bytes der, TimestampToken *ret, Error *err)
{
    return parse_token(der, false, ret, err);
}

bool timestamp_token_read(Bytes der, TimestampToken *ret, Error *err)
{
    return parse_token(der, true, ret, err);
}
