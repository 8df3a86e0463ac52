// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/wrapping.h"

#include <string.h>

#include "base/codec/ber.h"
#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "base/codec/pem.h"

enum { LABEL_SIZE = 64, TEXT_MIN_SIZE = 16 };

static void report(Verdict *verdict, const char *code, const char *clause, const char *sentence)
{
    verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, code, clause, "%s", sentence);
}

// The label of the first block, as a C string.
static bool first_label(Bytes text, char ret[LABEL_SIZE])
{
    static const char begin[] = "-----BEGIN ";
    size_t at, end;
    if (!bytes_find(text, BYTES_LITERAL(begin), 0, &at)) {
        return false;
    }
    at += sizeof begin - 1;
    if (!bytes_find(bytes_slice(text, at, text.len - at < LABEL_SIZE ? text.len - at : LABEL_SIZE),
                    BYTES_LITERAL("-----"), 0, &end) ||
        end + 1 > LABEL_SIZE) {
        return false;
    }
    memcpy(ret, text.data + at, end);
    ret[end] = '\0';
    return true;
}

// Certificates, lists and OCSP answers are read from PEM where they are judged, block by block.
static bool unwrap_pem(Bytes *content, Verdict *verdict)
{
    static const char *const others[] = {"CERTIFICATE", "X509 CRL", "OCSP RESPONSE"};
    char label[LABEL_SIZE];
    Bytes rest = *content, der;
    if (!first_label(*content, label)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (strcmp(label, others[i]) == 0) {
            return false;
        }
    }
    if (!pem_decode_next(verdict->arena, label, &rest, &der, NULL)) {
        return false;
    }
    report(verdict, "verify.dialect_pem", "RFC 7468", "the file is PEM around its DER");
    *content = der;
    return true;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_hex_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_base64_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '/' || c == '-' || c == '_' || c == '=';
}

// The text without white space, in the standard alphabet of base64; false when there is anything
// else.
static bool squeeze(Bytes text, Writer *ret, bool *ret_is_hex)
{
    *ret_is_hex = true;
    for (Reader reader = reader_of(text); reader.rest.len > 0;) {
        uint8_t c = reader_u8(&reader);
        if (is_space(c)) {
            continue;
        }
        if (!is_base64_digit(c)) {
            return false;
        }
        *ret_is_hex = *ret_is_hex && is_hex_digit(c);
        writer_put_u8(ret, c == '-' ? '+' : c == '_' ? '/' : c);
    }
    return !ret->failed;
}

// Text is taken for DER only when that begins like a file of one element.
static bool unwrap_text(Bytes *content, Verdict *verdict)
{
    bool is_hex = false;
    if (content->len < TEXT_MIN_SIZE || content->len > WRAPPING_MAX_SIZE) {
        return false;
    }
    CLEANUP(writer_free) Writer text = writer_new(content->len + 4);
    CLEANUP(writer_free) Writer der = writer_new(content->len);
    if (!squeeze(*content, &text, &is_hex)) {
        return false;
    }
    while (!is_hex && text.len % 4 != 0) {
        writer_put_u8(&text, '=');
    }
    bool ok = is_hex ? hex_decode(writer_bytes(&text), &der, NULL)
                     : base64_decode(writer_bytes(&text), &der, NULL);
    if (!ok || der.len == 0 || der.data[0] != DER_SEQUENCE) {
        return false;
    }
    Bytes decoded = arena_copy(verdict->arena, writer_bytes(&der));
    if (decoded.data == NULL) {
        return false;
    }
    *content = decoded;
    report(verdict, is_hex ? "verify.dialect_hex" : "verify.dialect_base64", "RFC 4648",
           is_hex ? "the file is hexadecimal text of its DER" : "the file is base64 of its DER");
    return true;
}

// What follows the outermost element: zeros of a reserved space, or the end of a line.
static void trim(Bytes *content, Verdict *verdict)
{
    Reader reader = reader_of(*content);
    Bytes whole = der_any(&reader).whole;
    if (reader.failed) {
        size_t len;
        if (!ber_is_loose(*content) || !ber_element_length(*content, &len, NULL)) {
            return;
        }
        whole = bytes_slice(*content, 0, len);
        reader = reader_of(bytes_from(*content, len));
    }
    bool has_padding = reader.rest.len > 0;
    while (reader.rest.len > 0) {
        uint8_t c = reader_u8(&reader);
        if (c != 0 && !is_space(c)) {
            return;
        }
    }
    if (has_padding) {
        *content = whole;
        report(verdict, "verify.dialect_padding", "ITU-T X.690 8.1",
               "zero bytes or line ends follow the outermost element");
    }
}

static void tighten(Bytes *content, Verdict *verdict)
{
    if (content->len > WRAPPING_MAX_SIZE || !ber_is_loose(*content)) {
        return;
    }
    CLEANUP(writer_free) Writer der = writer_new(content->len + 64);
    if (!ber_tighten(*content, &der, NULL)) {
        return;
    }
    Bytes tight = arena_copy(verdict->arena, writer_bytes(&der));
    if (tight.data != NULL) {
        *content = tight;
        report(verdict, "verify.dialect_ber", "ITU-T X.690 8.1.3.6, 8.7",
               "the file has indefinite or long lengths or strings in pieces, which is BER");
    }
}

Bytes file_unwrap(Bytes content, Verdict *verdict)
{
    bool is_binary = content.len > 0 && content.data[0] == DER_SEQUENCE &&
                     (content.len < 2 || content.data[1] >= 0x80 || !is_hex_digit(content.data[1]));
    if (!is_binary && !unwrap_pem(&content, verdict)) {
        (void)unwrap_text(&content, verdict);
    }
    if (content.len > 0 && content.data[0] == DER_SEQUENCE) {
        trim(&content, verdict);
        tighten(&content, verdict);
    }
    return content;
}
