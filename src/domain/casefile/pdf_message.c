// SPDX-License-Identifier: Apache-2.0
//
// Signature messages, bare signatures and document time stamps in PDFs.
#include "base/codec/ber.h"
#include "base/codec/der.h"
#include "base/crypto/foreign.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/pdf_judging.h"
#include "domain/casefile/signer_judging.h"
#include "domain/casefile/stamp_judging.h"
#include "domain/document/pdf_coverage.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"

enum { STAMP_SIZE = 4 * 1024 * 1024 };

static const char clause_message[] = "RFC 5652 5.4";
// 1.3.14.3.2.26
#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")

// Add the outcome of a computation: what is not computed here, or with a key that proves nothing
// to anybody, is undecided and not wrong.
static bool take_computed(Verdict *verdict, bool ok, VerdictArea area, const char *code,
                          const Error *err)
{
    if (!ok && foreign_is_undecided(err)) {
        verdict_add(verdict, area, CHECK_UNKNOWN, "verify.unsupported", clause_message, "%s (%s)",
                    err->text, err->code);
        return false;
    }
    return verdict_take(verdict, ok, area, code, clause_message, err);
}

static void add_weakness(Verdict *verdict)
{
    verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.weak_algorithm", clause_message,
                "it holds over SHA-1 or MD5, of which documents with one digest can be made");
}

// Two digits at a position of a date.
static bool take_two(Bytes text, size_t at, int *ret)
{
    Bytes digits = bytes_slice(text, at, 2);
    if (digits.len != 2 || digits.data[0] < '0' || digits.data[0] > '9' || digits.data[1] < '0' ||
        digits.data[1] > '9') {
        return false;
    }
    *ret = (digits.data[0] - '0') * 10 + (digits.data[1] - '0');
    return true;
}

// "D:YYYYMMDDHHmmSSOHH'mm'" as far as it goes; 0 when it is none. Source: ISO 32000-1 7.9.4.
static Time time_of_date(Bytes text)
{
    int parts[7] = {0, 0, 1, 1, 0, 0, 0}, hours = 0, minutes = 0;
    size_t at = bytes_start_with(text, BYTES_LITERAL("D:")) ? 2 : 0, count = 0;
    while (count < 7 && take_two(text, at, &parts[count])) {
        at += 2;
        count++;
    }
    if (count < 2) {
        return 0;
    }
    int sign = at >= text.len ? 0 : text.data[at] == '+' ? 1 : text.data[at] == '-' ? -1 : 0;
    if (sign != 0 && take_two(text, at + 1, &hours)) {
        (void)take_two(text, at + 4, &minutes);
    }
    CivilTime civil = {.year = parts[0] * 100 + parts[1],
                       .month = parts[2],
                       .day = parts[3],
                       .hour = parts[4],
                       .minute = parts[5],
                       .second = parts[6]};
    Time time = 0;
    return civil_to_time(civil, &time, NULL)
               ? time - sign * (hours * TIME_HOUR + minutes * TIME_MINUTE)
               : 0;
}

// The message in the form that der.h reads.
static bool tighten(Verdict *verdict, Bytes message, Bytes *ret, Error *err)
{
    if (!ber_is_loose(message)) {
        *ret = message;
        return true;
    }
    CLEANUP(writer_free) Writer out = writer_new(message.len + 64);
    if (!ber_tighten(message, &out, err)) {
        return false;
    }
    *ret = arena_adopt(verdict->arena, &out);
    return ret->data != NULL || error_memory(err);
}

// What is signed, in one piece.
static Bytes joined(const PdfJudgement *judgement, const Bytes spans[2], Writer *out)
{
    *out = writer_new(judgement->pdf.len + 1);
    writer_put(out, spans[0]);
    writer_put(out, spans[1]);
    // Nothing that is signed is not the same as nothing that was given.
    return writer_bytes(out).len == 0 ? BYTES_LITERAL("") : writer_bytes(out);
}

// --- messages ---------------------------------------------------------------------------------

static void judge_message(PdfJudgement *judgement, Bytes der, Bytes detached)
{
    const BesideMessage beside = {.detached = detached,
                                  .claimed = time_of_date(judgement->signature->signing_time),
                                  .proven = judgement->proven};
    signed_data_judge(der, &beside, judgement->policy, judgement->verdict, judgement->facts);
}

void pdf_message_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    Bytes der;
    Error err = {0};
    if (!tighten(judgement->verdict, judgement->signature->der, &der, &err)) {
        add_format_failure(judgement->verdict, &err);
        return;
    }
    CLEANUP(writer_free) Writer original = {0};
    judge_message(judgement, der, joined(judgement, spans, &original));
}

void pdf_hashed_message_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    SignedData message;
    Bytes der;
    Error err = {0};
    ForeignDigest digest = {0};
    if (!tighten(judgement->verdict, judgement->signature->der, &der, &err) ||
        !signed_data_read(der, &message, &err)) {
        add_parse_failure(judgement->verdict, judgement->signature->der, &err);
        return;
    }
    if (take_computed(judgement->verdict, foreign_digest(OID_SHA1, spans, 2, &digest, &err),
                      AREA_CRYPTOGRAPHY, "verify.message", &err)) {
        bool is_same = message.has_content &&
                       bytes_equal(message.content, bytes_of(digest.octets, digest.len));
        (void)verdict_require(judgement->verdict, is_same, AREA_CRYPTOGRAPHY, "verify.message",
                              "ISO 32000-1 12.8.3.3.1",
                              "what is signed is the SHA-1 of the byte range");
        add_weakness(judgement->verdict);
    }
    judge_message(judgement, der, BYTES_EMPTY);
}

// --- bare signatures --------------------------------------------------------------------------

// The signer's certificate: a string, or the first of several.
static bool bare_certificate(PdfJudgement *judgement, Certificate *ret, Error *err)
{
    const PdfObject *entry = NULL;
    if (!pdf_get(judgement->file, judgement->signature->value, "Cert", &entry, err)) {
        return false;
    }
    if (entry->kind == PDF_ARRAY && entry->count > 0 &&
        !pdf_resolve(judgement->file, entry->items[0], &entry, err)) {
        return false;
    }
    return entry->kind == PDF_STRING
               ? certificate_parse_any(entry->bytes, ret, err)
               : error_set(err, ERROR_INPUT, "pdf.signer_certificate", "ISO 32000-1 12.8.3.2",
                           "the signature does not hold its signer's certificate");
}

void pdf_bare_signature_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    // AlgorithmIdentifier of rsaEncryption; what is hashed with stands in the signature itself.
    static const uint8_t rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                  0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    const Bytes digests[] = {OID_SHA1, OID_SHA256,
                             BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x02"),
                             BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x03")};
    Verdict *verdict = judgement->verdict;
    Certificate certificate;
    Error err = {0};
    Reader contents = reader_of(judgement->signature->der);
    Bytes value = der_octet_string(&contents);
    bool is_weak = false, ok = false;
    if (!bare_certificate(judgement, &certificate, &err) || contents.failed) {
        add_format_failure(verdict, &err);
        return;
    }
    CLEANUP(writer_free) Writer original = {0};
    Bytes content = joined(judgement, spans, &original);
    for (size_t i = 0; !ok && i < COUNT_OF(digests); i++) {
        ForeignSignature signature = {certificate.public_key_info, BYTES_OF_ARRAY(rsa), digests[i],
                                      value};
        err = (Error){0};
        ok = foreign_signature_judge(&signature, content, &is_weak, &err);
    }
    if (take_computed(verdict, ok, AREA_CRYPTOGRAPHY, "verify.message", &err) && is_weak) {
        add_weakness(verdict);
    }
    facts_take_signer(judgement->facts, &certificate, verdict);
    JudgedSigner signer = {.certificate = &certificate,
                           .trust = judgement->policy->trust,
                           .claimed = time_of_date(judgement->signature->signing_time),
                           .stamped = judgement->proven};
    const char *outer = verdict_enter(verdict, "signer");
    signer_judge(&signer, judgement->policy, verdict, judgement->facts);
    verdict_leave(verdict, outer);
}

// --- document time stamps ---------------------------------------------------------------------

// Read the token and make the imprint that it should have; of an unknown algorithm there is none.
static bool read_stamp(const PdfJudgement *judgement, Verdict *verdict, const Bytes spans[2],
                       TimestampToken *ret, TimestampImprint *ret_wanted, Error *err)
{
    Bytes der;
    CLEANUP(writer_free) Writer original = {0};
    return tighten(verdict, judgement->signature->der, &der, err) &&
           timestamp_token_read(der, ret, err) &&
           (ret->imprint.algorithm == IMPRINT_UNKNOWN ||
            timestamp_imprint_make(ret->imprint.algorithm, joined(judgement, spans, &original),
                                   ret_wanted, err));
}

// Judge all but the coverage.
static bool check_stamp(const PdfJudgement *judgement, const TimestampToken *token,
                        const TimestampImprint *wanted, Verdict *verdict)
{
    const VerificationPolicy *policy = judgement->policy;
    return timestamp_token_check_any(token,
                                     token->imprint.algorithm == IMPRINT_UNKNOWN ? NULL : wanted,
                                     policy->trust, policy->institutions, verdict);
}

Time pdf_document_stamp_time(const PdfJudgement *judgement, const Bytes spans[2])
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(STAMP_SIZE);
    TimestampToken token;
    TimestampImprint wanted;
    if (arena == NULL || !bytes_equal_text(judgement->signature->sub_filter, "ETSI.RFC3161")) {
        return 0;
    }
    Verdict aside = verdict_new(arena);
    bool holds = read_stamp(judgement, &aside, spans, &token, &wanted, NULL) &&
                 !stamp_is_to_come(&token, judgement->policy) &&
                 check_stamp(judgement, &token, &wanted, &aside) &&
                 pdf_coverage_judge(&aside, judgement->file, judgement->index);
    return holds ? token.time : 0;
}

void pdf_document_stamp_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    Verdict *verdict = judgement->verdict;
    FileFacts *facts = judgement->facts;
    TimestampToken token;
    TimestampImprint wanted;
    Certificate tsa;
    Error err = {0};
    if (!read_stamp(judgement, verdict, spans, &token, &wanted, &err)) {
        add_parse_failure(verdict, judgement->signature->der, &err);
        return;
    }
    if (signed_data_signer_certificate(&token.signed_data, &tsa, NULL)) {
        facts_take_signer(facts, &tsa, verdict);
    }
    facts->signing_time = token.time;
    stamp_judge_moment(&token, judgement->policy, verdict);
    facts->is_stamped = check_stamp(judgement, &token, &wanted, verdict);
}
