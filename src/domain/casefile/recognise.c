// SPDX-License-Identifier: Apache-2.0
//
// What a file is, from the outline of its first elements. Lengths are not believed here: a file
// that was cut or damaged is still recognised, and then found to be malformed.
#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "domain/casefile/case_file.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/verification.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"

enum { PDF_HEADER_WITHIN = 1024 };

typedef struct {
    const char *name;
    const char *chinese;
} KindRow;

static const KindRow kind_rows[] = {
    [FILE_UNKNOWN] = {"unknown", "未知类型"},
    [FILE_CASE] = {"case", "证据包"},
    [FILE_PDF] = {"pdf", "PDF 文件"},
    [FILE_SEAL] = {"seal", "电子印章"},
    [FILE_SEAL_SIGNATURE] = {"seal_signature", "电子签章数据"},
    [FILE_CERTIFICATE] = {"certificate", "数字证书"},
    [FILE_CRL] = {"crl", "证书撤销列表"},
    [FILE_OCSP] = {"ocsp_response", "证书状态响应"},
    [FILE_TIMESTAMP] = {"timestamp", "时间戳"},
    [FILE_SIGNED_DATA] = {"signed_data", "数字签名消息"},
    [FILE_RECEIPT] = {"receipt", "存证回执"},
    [FILE_FORK] = {"fork", "日志分叉证明"},
    [FILE_EVIDENCE_RECORD] = {"evidence_record", "存证续期记录"},
    [FILE_STATEMENT] = {"statement", "签名声明"},
};

const char *file_kind_name(FileKind kind)
{
    return (unsigned)kind < COUNT_OF(kind_rows) ? kind_rows[kind].name : "";
}

const char *file_kind_chinese(FileKind kind)
{
    return (unsigned)kind < COUNT_OF(kind_rows) ? kind_rows[kind].chinese : "";
}

// One element as far as it is there.
typedef struct {
    int tag;  // -1: none
    Bytes content;
    Bytes rest;  // what follows it
} Outline;

static Outline outline(Bytes bytes)
{
    Reader reader = reader_of(bytes);
    Outline found = {.tag = reader_u8(&reader)};
    size_t len = reader_u8(&reader);
    if (len > 0x80 && len <= 0x84) {
        size_t octets = len & 0x7f;
        for (len = 0; octets > 0; octets--) {
            len = len << 8 | reader_u8(&reader);
        }
    } else if (len == 0x80) {
        len = reader.rest.len;  // indefinite: not DER, but somebody's
    }
    if (reader.failed) {
        return (Outline){.tag = -1};
    }
    found.content = bytes_slice(reader.rest, 0, len < reader.rest.len ? len : reader.rest.len);
    found.rest = bytes_from(reader.rest, found.content.len);
    return found;
}

// The type of what is inside a SignedData: version, digests, { type, ... }.
static Bytes inner_type(const Outline *content_info_type)
{
    Outline wrapper = outline(content_info_type->rest);
    Outline version = outline(outline(wrapper.content).content);
    Outline digests = outline(version.rest);
    return outline(outline(digests.rest).content).content;
}

static FileKind recognise_content_info(Bytes whole, const Outline *type)
{
    TimestampToken token;
    if (message_type_name(type->content) == NULL) {
        return FILE_UNKNOWN;
    }
    bool is_stamp =
        bytes_equal(inner_type(type), OID_TST_INFO) || timestamp_token_read(whole, &token, NULL);
    return is_stamp ? FILE_TIMESTAMP : FILE_SIGNED_DATA;
}

// The first element is a SEQUENCE that begins with an INTEGER: a version, a status or a serial.
static FileKind recognise_numbered(const Outline *second)
{
    if (second->tag != DER_SEQUENCE) {
        return second->tag == -1 || second->tag == DER_BIT_STRING ? FILE_TIMESTAMP : FILE_UNKNOWN;
    }
    Outline inner = outline(second->content);
    if (inner.tag == DER_UTF8_STRING) {
        return FILE_TIMESTAMP;  // PKIFreeText of a rejection
    }
    if (inner.tag == DER_SEQUENCE) {
        return outline(inner.content).tag == DER_SEQUENCE ? FILE_SEAL_SIGNATURE : FILE_UNKNOWN;
    }
    if (inner.tag != DER_OID) {
        return FILE_UNKNOWN;
    }
    // version, algorithm, issuer, time: a list. serial, algorithm, issuer, validity: a certificate.
    Outline fourth = outline(outline(second->rest).rest);
    return fourth.tag == DER_SEQUENCE ? FILE_CERTIFICATE : FILE_CRL;
}

static FileKind recognise_der(Bytes content)
{
    Outline outer = outline(content);
    if (outer.tag != DER_SEQUENCE) {
        return FILE_UNKNOWN;
    }
    Outline first = outline(outer.content);
    if (first.tag == DER_OID) {
        return recognise_content_info(content, &first);
    }
    if (first.tag == DER_INTEGER) {
        return evidence_record_is(content) ? FILE_EVIDENCE_RECORD : FILE_UNKNOWN;
    }
    if (first.tag == DER_ENUMERATED) {
        return FILE_OCSP;
    }
    if (first.tag != DER_SEQUENCE) {
        return FILE_UNKNOWN;
    }
    Outline inner = outline(first.content);
    switch (inner.tag) {
    case DER_CONTEXT_CONSTRUCTED(0):
        return FILE_CERTIFICATE;
    case DER_INTEGER: {
        Outline second = outline(inner.rest);
        return recognise_numbered(&second);
    }
    case DER_SEQUENCE: {
        int tag = outline(inner.content).tag;
        return tag == DER_IA5_STRING ? FILE_SEAL : tag == DER_OID ? FILE_CRL : FILE_UNKNOWN;
    }
    default:
        return FILE_UNKNOWN;
    }
}

static bool contains(Bytes content, const char *text)
{
    size_t at;
    return bytes_find(content, bytes_of_text(text), 0, &at);
}

static FileKind recognise_pem(Bytes content)
{
    static const struct {
        const char *begin;
        FileKind kind;
    } rows[] = {
        {"-----BEGIN CERTIFICATE-----", FILE_CERTIFICATE},
        {"-----BEGIN X509 CRL-----", FILE_CRL},
        {"-----BEGIN OCSP RESPONSE-----", FILE_OCSP},
        {"-----BEGIN PKCS7-----", FILE_SIGNED_DATA},
        {"-----BEGIN CMS-----", FILE_SIGNED_DATA},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (contains(content, rows[i].begin)) {
            return rows[i].kind;
        }
    }
    return FILE_UNKNOWN;
}

static Bytes skip_space(Bytes text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t' || text.data[0] == '\r' ||
                            text.data[0] == '\n')) {
        text = bytes_from(text, 1);
    }
    return text;
}

FileKind file_recognise(Bytes content)
{
    if (contains(bytes_slice(content, 0,
                             content.len < PDF_HEADER_WITHIN ? content.len : PDF_HEADER_WITHIN),
                 "%PDF-")) {
        return FILE_PDF;
    }
    if (case_file_resembles(content)) {
        return FILE_CASE;
    }
    if (bytes_start_with(content, BYTES_LITERAL("assent.receipt/"))) {
        return FILE_RECEIPT;
    }
    if (bytes_start_with(content, BYTES_LITERAL("assent.fork/"))) {
        return FILE_FORK;
    }
    if (bytes_start_with(skip_space(content), BYTES_LITERAL("{"))) {
        bool is_statement = contains(content, "\"payload\"") && contains(content, "\"signature\"");
        return is_statement ? FILE_STATEMENT : FILE_UNKNOWN;
    }
    FileKind kind = recognise_der(content);
    return kind == FILE_UNKNOWN && pem_is_pem(content) ? recognise_pem(content) : kind;
}
