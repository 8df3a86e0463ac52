// SPDX-License-Identifier: Apache-2.0
//
// What a root signs: certificates of issuing CAs, and its revocation list.
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "domain/lint/lint.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/crl.h"
#include "domain/pki/crl_template.h"
#include "domain/pki/csr.h"
#include "program/ca_ceremony.h"
#include "program/file.h"

enum { DEFAULT_CA_DAYS = 3650, DEFAULT_LIST_DAYS = 365, SERIAL_SIZE = 16, REVOKED_MAX = 4096 };

// --- certificates -----------------------------------------------------------------------------

static bool sign_nothing(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer, (void)e, (void)err;
    *ret = (Sm2Signature){.r = {[SM2_SCALAR_SIZE - 1] = 1}, .s = {[SM2_SCALAR_SIZE - 1] = 1}};
    return true;
}

// What does not keep the rules is not signed: it is built once for the linter, then for good.
static bool sign_linted(const Ceremony *ceremony, const CertificateTemplate *template, Bytes *ret,
                        Error *err)
{
    const Signer nobody = {.sign_digest = sign_nothing, .public_key = ceremony->signer.public_key};
    const LintOptions options = {.is_unsigned = true};
    CLEANUP(writer_free) Writer candidate = writer_new(CERTIFICATE_MAX_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    if (!certificate_issue(template, &nobody, &candidate, err) ||
        !lint_check(LINT_CERTIFICATE, writer_bytes(&candidate), &options, err) ||
        !certificate_issue(template, &ceremony->signer, &der, err)) {
        return false;
    }
    *ret = arena_copy(ceremony->arena, writer_bytes(&der));
    return ret->data != NULL || error_memory(err);
}

static bool read_csr(const Ceremony *ceremony, const char *path, Csr *ret, Error *err)
{
    Bytes text;
    if (!file_read(ceremony->arena, path, CSR_MAX_SIZE * 2, &text, err) ||
        !csr_load(ceremony->arena, text, ret, err) || !csr_verify_possession(ret, err)) {
        return error_context(err, "%s", path);
    }
    return ret->subject.len > 2 || error_set(err, ERROR_INPUT, "ceremony.subject", NULL,
                                             "%s: the request has no subject", path);
}

static bool write_pem(const char *path, const char *label, Bytes der, Error *err)
{
    CLEANUP(writer_free) Writer pem = writer_new(der.len * 2 + 256);
    pem_encode(label, der, &pem);
    return file_write(path, writer_bytes(&pem), false, err);
}

json_t *ceremony_certificate_details(const Certificate *certificate)
{
    json_t *details = json_make_object();
    Sm3Digest digest = certificate_fingerprint(certificate);
    json_put_hex(details, "serial", certificate->serial);
    json_put_hex(details, "certificate", sm3_bytes(&digest));
    json_put_base64(details, "der", certificate->der);
    return details;
}

bool ceremony_issue(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    uint8_t serial[SERIAL_SIZE];
    Csr csr;
    Certificate issued;
    Bytes der;
    Time now = clock_now(clock_system());
    if (!read_csr(ceremony, order->csr, &csr, err) || !ceremony_unlock(ceremony, err) ||
        !certificate_serial_generate(random_system(), serial, err)) {
        return false;
    }
    unsigned days = order->days == 0 ? DEFAULT_CA_DAYS : order->days;
    Time end = now + (Time)days * TIME_DAY;
    CertificateTemplate template = {
        .profile = PROFILE_ISSUING_CA,
        .serial = BYTES_OF_ARRAY(serial),
        .subject = csr.subject,
        .issuer = &ceremony->root,
        .public_key = &csr.public_key,
        .not_before = now - TIME_MINUTE < ceremony->root.not_before ? ceremony->root.not_before
                                                                    : now - TIME_MINUTE,
        .not_after = end < ceremony->root.not_after ? end : ceremony->root.not_after,
    };
    return sign_linted(ceremony, &template, &der, err) && certificate_parse(der, &issued, err) &&
           ceremony_record(ceremony, CEREMONY_CERTIFICATE_ISSUED,
                           ceremony_certificate_details(&issued), err) &&
           write_pem(order->out, "CERTIFICATE", der, err);
}

// --- revocation -------------------------------------------------------------------------------

// The entry of this action about a serial number (hexadecimal, as details have it); NULL: none.
static const TranscriptEntry *find_entry(const Transcript *transcript, CeremonyAction action,
                                         const char *serial)
{
    for (size_t i = 0; i < transcript->count; i++) {
        const TranscriptEntry *entry = &transcript->entries[i];
        const char *of = json_string_value(json_object_get(entry->details, "serial"));
        if (entry->action == action && of != NULL && strcmp(of, serial) == 0) {
            return entry;
        }
    }
    return NULL;
}

// As transcripts have it: lower case, with the leading zero octet that the INTEGER has.
static const char *canonical(const Ceremony *ceremony, const char *serial)
{
    char *text = arena_text(ceremony->arena, bytes_of_text(serial));
    for (char *c = text; c != NULL && *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'F' ? (char)(*c + ('a' - 'A')) : *c;
    }
    return text;
}

bool ceremony_revoke(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    const char *serial = canonical(ceremony, order->serial);
    bool is_reason = order->reason <= REASON_AA_COMPROMISE && order->reason != 7 &&
                     order->reason != REASON_REMOVE_FROM_CRL &&
                     order->reason != REASON_CERTIFICATE_HOLD;
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!is_reason) {
        return error_set(err, ERROR_INPUT, "ceremony.reason", "RFC 5280 5.3.1",
                         "a CA's certificate is not revoked for reason %u", order->reason);
    }
    if (find_entry(&ceremony->transcript, CEREMONY_CERTIFICATE_ISSUED, serial) == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "ceremony.serial", NULL,
                         "this root has issued no certificate %.64s", serial);
    }
    if (find_entry(&ceremony->transcript, CEREMONY_CERTIFICATE_REVOKED, serial) != NULL) {
        return error_set(err, ERROR_CONFLICT, "ceremony.revoked", NULL,
                         "certificate %.64s is revoked already", serial);
    }
    if (!ceremony_unlock(ceremony, err)) {
        return false;
    }
    json_t *details = json_make_object();
    json_put_text(details, "serial", serial);
    json_put_int(details, "reason", (int64_t)order->reason);
    return ceremony_record(ceremony, CEREMONY_CERTIFICATE_REVOKED, details, err);
}

// What the transcript says is revoked; *ret_number of the next list.
static bool collect_revoked(const Ceremony *ceremony, Revocation *ret, size_t *ret_count,
                            uint64_t *ret_number, Error *err)
{
    *ret_number = 1;
    *ret_count = 0;
    for (size_t i = 0; i < ceremony->transcript.count; i++) {
        const TranscriptEntry *entry = &ceremony->transcript.entries[i];
        *ret_number += entry->action == CEREMONY_LIST_ISSUED ? 1 : 0;
        if (entry->action != CEREMONY_CERTIFICATE_REVOKED) {
            continue;
        }
        const char *serial = json_string_value(json_object_get(entry->details, "serial"));
        CLEANUP(writer_free) Writer octets = writer_new(SERIAL_MAX_SIZE + 1);
        if (*ret_count == REVOKED_MAX || serial == NULL ||
            !hex_decode(bytes_of_text(serial), &octets, err)) {
            return error_set(err, ERROR_LIMIT, "ceremony.revocations", NULL,
                             "more revocations than fit, or one that is malformed");
        }
        ret[(*ret_count)++] = (Revocation){
            arena_copy(ceremony->arena, writer_bytes(&octets)), entry->at,
            (RevocationReason)json_integer_value(json_object_get(entry->details, "reason"))};
    }
    return true;
}

bool ceremony_list(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    return ceremony_unlock(ceremony, err) && ceremony_sign_list(ceremony, order, err);
}

bool ceremony_sign_list(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    Revocation *revoked = arena_alloc(ceremony->arena, REVOKED_MAX * sizeof *revoked);
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    Time now = clock_now(clock_system());
    unsigned days = order->days == 0 ? DEFAULT_LIST_DAYS : order->days;
    CrlTemplate template = {.issuer = &ceremony->root,
                            .this_update = now - TIME_MINUTE,  // clocks differ
                            .next_update = now + (Time)days * TIME_DAY};
    if (revoked == NULL) {
        return error_memory(err);
    }
    if (!collect_revoked(ceremony, revoked, &template.entry_count, &template.number, err)) {
        return false;
    }
    template.entries = revoked;
    for (size_t i = 0; i < template.entry_count; i++) {
        // Nothing on a list is later than the list.
        template.this_update =
            revoked[i].revoked_at > template.this_update ? now : template.this_update;
    }
    if (!crl_build(&template, &ceremony->signer, &der, err) ||
        !lint_check(LINT_LIST, writer_bytes(&der), NULL, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(writer_bytes(&der));
    json_t *details = json_make_object();
    json_put_int(details, "number", (int64_t) template.number);
    json_put_hex(details, "list", sm3_bytes(&digest));
    return ceremony_record(ceremony, CEREMONY_LIST_ISSUED, details, err) &&
           file_write(order->out, writer_bytes(&der), false, err);
}
