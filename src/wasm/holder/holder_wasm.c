// SPDX-License-Identifier: Apache-2.0
//
// What the holder's module exports beside those of base/browser/browser.h that it shares (memory,
// entropy, errors, keys, destruction). A page reads agreements and signs them with it; holder.mjs
// is the only caller. Results of any length wait in one place until they are taken and dropped:
//
//     holder_request(key, name, len)               PKCS#10 in the person's own name
//     holder_certificate(key, der, len, name, len) 1 when it is for this key and name
//     holder_check(parts, len)                     1 when exactly what was shown is to be signed
//     holder_sign_once(key, parts, len, now_ms)    signature and last statement; the key is gone
//     holder_issuance(number, parts, len)          what the log has under a number of the person's
//     holder_page_count(pdf, len)                  pages of a document, 0 when it cannot be read
//     holder_page(pdf, len, i)                     one page as SVG
//
// Each returns the length of its result, or 1, and 0 on failure. "parts" are runs of bytes, each
// after its length in 4 bytes, the most significant first.
#include <stdlib.h>

#include "base/browser/boundary.h"
#include "base/crypto/signer.h"
#include "domain/document/pdf_svg.h"
#include "domain/evidence/issuance.h"
#include "domain/holder/holder.h"
#include "domain/pki/csr.h"

enum { ARENA_SIZE = 192 * 1024 * 1024, NAME_MAX_SIZE = 256, RECORD_TEXT_SIZE = 2048 };

static Writer result;

BROWSER_EXPORT const uint8_t *holder_result(void);
BROWSER_EXPORT void holder_drop(void);
BROWSER_EXPORT size_t holder_request(BrowserHandle key, const uint8_t *name, size_t len);
BROWSER_EXPORT bool holder_certificate(BrowserHandle key, const uint8_t *der, size_t len,
                                       const uint8_t *name, size_t name_len);
BROWSER_EXPORT bool holder_check(const uint8_t *parts, size_t len);
BROWSER_EXPORT size_t holder_sign_once(BrowserHandle key, const uint8_t *parts, size_t len,
                                       double now_ms);
BROWSER_EXPORT size_t holder_issuance(double number, const uint8_t *parts, size_t len);
BROWSER_EXPORT size_t holder_page_count(const uint8_t *pdf, size_t len);
BROWSER_EXPORT size_t holder_page(const uint8_t *pdf, size_t len, size_t i);

const uint8_t *holder_result(void)
{
    return result.data;
}

void holder_drop(void)
{
    writer_free(&result);
}

// What most calls begin with: the self-test has passed, an arena, an empty result.
static Arena *begin(size_t limit, Error **ret_err)
{
    *ret_err = boundary_enter_checked();
    if (*ret_err == NULL) {
        return NULL;
    }
    writer_free(&result);
    result = writer_new(limit);
    Arena *arena = arena_new(ARENA_SIZE);
    if (arena == NULL) {
        (void)error_memory(*ret_err);
    }
    return arena;
}

static bool find_signer(BrowserHandle key, Signer *ret, Error *err)
{
    const Sm2PrivateKey *found = object_find(key, OBJECT_KEY, err);
    if (found == NULL) {
        return false;
    }
    *ret = signer_of_key(found);
    return true;
}

static bool take_name(Arena *arena, const uint8_t *name, size_t len, const char **ret, Error *err)
{
    if (len == 0 || len > NAME_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "holder.name", NULL, "a name has 1 to %d bytes",
                         NAME_MAX_SIZE);
    }
    *ret = arena_text(arena, bytes_of(name, len));
    return *ret != NULL || error_memory(err);
}

static Bytes take_part(Reader *reader)
{
    return reader_bytes(reader, reader_u32_be(reader));
}

static bool fail_parts(Error *err)
{
    return error_set(err, ERROR_INPUT, "holder.parts", NULL, "the parts are cut off");
}

size_t holder_request(BrowserHandle key, const uint8_t *name, size_t len)
{
    Error *err;
    Signer signer;
    const char *text;
    CLEANUP(arena_cleanup) Arena *arena = begin(CSR_MAX_SIZE, &err);
    bool ok = arena != NULL && find_signer(key, &signer, err) &&
              take_name(arena, name, len, &text, err) &&
              holder_request_build(arena, text, &signer, &result, err);
    return ok ? result.len : 0;
}

bool holder_certificate(BrowserHandle key, const uint8_t *der, size_t len, const uint8_t *name,
                        size_t name_len)
{
    Error *err;
    Signer signer;
    const char *text;
    CLEANUP(arena_cleanup) Arena *arena = begin(1, &err);
    return arena != NULL && find_signer(key, &signer, err) &&
           take_name(arena, name, name_len, &text, err) &&
           holder_certificate_check(arena, bytes_of(der, len), signer.public_key, text, err);
}

bool holder_check(const uint8_t *parts, size_t len)
{
    Error *err;
    Sm3Digest digest;
    Reader reader = reader_of(bytes_of(parts, len));
    CLEANUP(arena_cleanup) Arena *arena = begin(1, &err);
    HolderSigning signing = {.shown = take_part(&reader),
                             .appended = take_part(&reader),
                             .to_be_signed = take_part(&reader),
                             .certificate = take_part(&reader),
                             .code_digest = &digest};
    Bytes stated = take_part(&reader);
    if (arena == NULL) {
        return false;
    }
    if (reader.failed || stated.len != SM3_SIZE) {
        return fail_parts(err);
    }
    __builtin_memcpy(digest.bytes, stated.data, SM3_SIZE);
    return holder_signing_check(arena, &signing, err);
}

// The result: the signature's DER after its length in 4 bytes, then the statement.
static bool sign_and_state(Arena *arena, const Signer *signer, Bytes to_be_signed,
                           Bytes certificate, Time now, Error *err)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    Sm3Digest digest = sm3_digest(to_be_signed);
    if (!signer_sign_der(signer, to_be_signed, der, &len, err)) {
        return false;
    }
    writer_put_u32_be(&result, (uint32_t)len);
    writer_put(&result, bytes_of(der, len));
    return holder_destruction_sign(arena, certificate, &digest, now, signer, &result, err);
}

size_t holder_sign_once(BrowserHandle key, const uint8_t *parts, size_t len, double now_ms)
{
    Error *err;
    Signer signer;
    Reader reader = reader_of(bytes_of(parts, len));
    Bytes to_be_signed = take_part(&reader), certificate = take_part(&reader);
    CLEANUP(arena_cleanup) Arena *arena = begin(HOLDER_TBS_MAX_SIZE, &err);
    if (arena == NULL || !find_signer(key, &signer, err)) {
        return 0;
    }
    bool ok = reader.failed ? fail_parts(err)
                            : sign_and_state(arena, &signer, to_be_signed, certificate,
                                             (Time)(now_ms * 1000), err);
    // Whatever became of the signature: this key signs nothing more.
    Error kept = *err;
    (void)browser_destroy(key);
    *err = kept;
    return ok ? result.len : 0;
}

// What the page shows of one certificate in the log, as JSON.
static bool describe_issuance(const IssuanceRecord *record, Time received, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_hex(json, "certificate", sm3_bytes(&record->certificate));
    json_put_text(json, "issuer", record->issuer_name);
    json_put_text(json, "serial", record->serial);
    if (record->encryption_serial != NULL) {
        json_put_text(json, "encryption_serial", record->encryption_serial);
    }
    json_put_time(json, "logged_at", received);
    return json_write(json, &result, err);
}

size_t holder_issuance(double number, const uint8_t *parts, size_t len)
{
    Error *err;
    Reader reader = reader_of(bytes_of(parts, len));
    CLEANUP(arena_cleanup) Arena *arena = begin(RECORD_TEXT_SIZE, &err);
    Bytes secret = take_part(&reader), log = take_part(&reader), receipt = take_part(&reader);
    Certificate certificate;
    Issuance issuance;
    IssuanceRecord record;
    Time received;
    if (arena == NULL) {
        return 0;
    }
    if (!reader_done(&reader) || secret.len != ISSUANCE_SECRET_SIZE || number < 0 ||
        number > INT32_MAX) {
        return fail_parts(err) ? 1 : 0;
    }
    bool ok = certificate_parse(log, &certificate, err) &&
              issuance_receipt_verify(arena, receipt, &certificate.public_key, &issuance, &received,
                                      err) &&
              issuance_open(arena, secret, (uint64_t)number, &issuance, &record, err) &&
              describe_issuance(&record, received, err);
    return ok ? result.len : 0;
}

size_t holder_page_count(const uint8_t *pdf, size_t len)
{
    Error *err;
    PdfFile *file;
    const uint32_t *numbers;
    size_t count = 0;
    CLEANUP(arena_cleanup) Arena *arena = begin(1, &err);
    if (arena != NULL && pdf_open(arena, bytes_of(pdf, len), &file, err)) {
        (void)pdf_pages(file, &numbers, &count);
    }
    return count;
}

size_t holder_page(const uint8_t *pdf, size_t len, size_t i)
{
    Error *err;
    PdfFile *file;
    CLEANUP(arena_cleanup) Arena *arena = begin(PDF_SVG_MAX_SIZE, &err);
    bool ok = arena != NULL && pdf_open(arena, bytes_of(pdf, len), &file, err) &&
              pdf_page_svg(arena, file, i, &result, err);
    return ok ? result.len : 0;
}
