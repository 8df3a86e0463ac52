// SPDX-License-Identifier: Apache-2.0
//
// Signature messages in PDFs: of our algorithms by signed_data_judge, of others here.
#include <string.h>

#include "base/codec/ber.h"
#include "base/codec/der.h"
#include "base/crypto/foreign.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/pdf_judging.h"
#include "domain/document/pdf_coverage.h"
#include "domain/pki/cms_message.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"

enum { STAMP_SIZE = 4 * 1024 * 1024 };

static const char clause_message[] = "RFC 5652 5.4";
// 1.3.14.3.2.26
#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")

// What is judged here: a signer at a moment.
typedef struct {
    const Certificate *certificate;
    const TrustStore *trust;
    Time claimed, stamped;  // 0: none
} MessageSigner;

// Add the outcome of a computation: what is not computed here, or with a key that proves nothing
// to anybody, is undecided and not wrong.
static bool take_computed(Verdict *verdict, bool ok, VerdictArea area, const char *code,
                          const Error *err)
{
    static const char *const undecided[] = {"foreign.unsupported", "foreign.weak_key",
                                            "foreign.weak_hash"};
    for (size_t i = 0; !ok && i < COUNT_OF(undecided); i++) {
        if (strcmp(err->code, undecided[i]) == 0) {
            verdict_add(verdict, area, CHECK_UNKNOWN, "verify.unsupported", clause_message,
                        "%s (%s)", err->text, err->code);
            return false;
        }
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

// --- time -------------------------------------------------------------------------------------

static void tell_stamp(Verdict *verdict, const Error *err)
{
    verdict_add(verdict, AREA_TIME, CHECK_INFORMED, "verify.stamp", "RFC 3161 2.4.2",
                "the signature's time stamp is not used: %s (%s)", err->text, err->code);
}

static bool stamp_covers(const CmsStamp *stamp, const Bytes *parts, size_t part_count, Error *err)
{
    ForeignDigest digest = {0};
    if (!foreign_digest(stamp->imprint_algorithm, parts, part_count, &digest, err)) {
        return false;
    }
    if (!bytes_equal(stamp->imprint, bytes_of(digest.octets, digest.len))) {
        return error_set(err, ERROR_UNTRUSTED, "timestamp.imprint", "RFC 3161 2.4.2",
                         "the time stamp was made for something else");
    }
    return !digest.is_weak || error_set(err, ERROR_UNTRUSTED, "foreign.weak_hash", "RFC 3161 2.4.2",
                                        "the time stamp is over SHA-1 or MD5");
}

// A token with what is needed to judge it.
typedef struct {
    CmsMessage message;
    CmsStamp stamp;
    Certificate tsa;
    const TrustStore *trust;
} Token;

static bool token_read(Verdict *verdict, const TrustStore *trust, Bytes der, Token *ret, Error *err)
{
    Bytes tight;
    if (!tighten(verdict, der, &tight, err) || !cms_message_parse(tight, &ret->message, err) ||
        !cms_stamp_read(&ret->message, &ret->stamp, err) ||
        !cms_message_find_signer(&ret->message, trust, &ret->tsa, err)) {
        return false;
    }
    ret->trust = cms_message_trust(&ret->message, verdict->arena, trust);
    return ret->trust != NULL || error_memory(err);
}

static bool token_is_signed(const Token *token, Error *err)
{
    bool is_weak = false;
    return cms_message_verify(&token->message, &token->tsa, NULL, 0, &is_weak, err) &&
           (!is_weak || error_set(err, ERROR_UNTRUSTED, "foreign.weak_hash", "RFC 3161 2.4.2",
                                  "the time stamp is signed over SHA-1 or MD5"));
}

static PathPolicy token_path(const Token *token, const VerificationPolicy *policy)
{
    return (PathPolicy){.trust = token->trust,
                        .at = token->stamp.time,
                        .purpose = PURPOSE_TIMESTAMP,
                        .revocation = policy->institutions,
                        .takes_foreign = true};
}

// The time of the stamp in the message, when it can be relied on. Nothing protects that there is
// one: a stamp that helps nothing does no harm, but one that is for something else was put there.
static Time judge_stamp(PdfJudgement *judgement, const CmsMessage *message, const TrustStore *trust)
{
    Verdict *verdict = judgement->verdict;
    Token token;
    Error err = {0};
    if (message->time_stamp.len == 0) {
        return 0;
    }
    if (!token_read(verdict, trust, message->time_stamp, &token, &err)) {
        tell_stamp(verdict, &err);
        return 0;
    }
    if (!stamp_covers(&token.stamp, &message->signature, 1, &err) ||
        !token_is_signed(&token, &err)) {
        bool is_undecided = bytes_start_with(bytes_of_text(err.code), BYTES_LITERAL("foreign.")) &&
                            strcmp(err.code, "foreign.signature") != 0;
        if (is_undecided) {
            tell_stamp(verdict, &err);
        } else {
            (void)verdict_take(verdict, false, AREA_TIME, "verify.stamp", "RFC 3161 2.4.2", &err);
        }
        return 0;
    }
    PathPolicy path = token_path(&token, judgement->policy);
    if (!path_verify(&path, &token.tsa, &err)) {
        tell_stamp(verdict, &err);
        return 0;
    }
    verdict_add(verdict, AREA_TIME, CHECK_PASSED, "verify.stamp", "RFC 3161 2.4.2",
                "the signature is stamped by %s", text_of_name(verdict, token.tsa.subject));
    return token.stamp.time;
}

// --- trust ------------------------------------------------------------------------------------

static void judge_status(PdfJudgement *judgement, const PathPolicy *path, const Certificate *signer)
{
    const PathEvidence evidence = path_find_evidence(path, signer);
    bool is_decided = evidence.list != NULL || evidence.is_answered ||
                      trust_store_has_anchor(path->trust, signer);
    verdict_add(judgement->verdict, AREA_TRUST, is_decided ? CHECK_PASSED : CHECK_INFORMED,
                "verify.revocation", "RFC 5280 6.3",
                is_decided ? "its status is known"
                           : "no list is at hand: whether it was revoked is not judged");
}

// What a signer claims can be any time at which the certificate was good: when it no longer is,
// only a stamp could tell.
static void judge_claim(PdfJudgement *judgement, const PathPolicy *path,
                        const MessageSigner *signer)
{
    Error err = {0};
    PathPolicy now = *path;
    now.at = judgement->policy->at;
    now.revocation = REVOCATION_WHERE_LISTED;
    bool holds = path_verify(&now, signer->certificate, &err);
    bool is_over =
        !holds && err.kind == ERROR_UNTRUSTED &&
        (strcmp(err.code, "path.validity") == 0 || strcmp(err.code, "path.revocation") == 0);
    static const char code[] = "verify.claimed_time", clause[] = "RFC 5652 11.3";
    if (is_over) {
        verdict_add(judgement->verdict, AREA_TIME, CHECK_UNKNOWN, code, clause,
                    "the certificate has expired or was revoked since, and no time stamp shows "
                    "that the signature is older (%s)",
                    err.code);
    } else {
        verdict_add(judgement->verdict, AREA_TIME, CHECK_INFORMED, code, clause,
                    "when it was signed is the signer's own claim");
    }
}

static void judge_signer(PdfJudgement *judgement, const MessageSigner *signer)
{
    Verdict *verdict = judgement->verdict;
    const VerificationPolicy *policy = judgement->policy;
    bool is_claimed = signer->stamped == 0 && signer->claimed != 0 && signer->claimed <= policy->at;
    FileFacts *facts = judgement->facts;
    facts_take_signer(facts, signer->certificate, verdict);
    facts->is_stamped = signer->stamped != 0;
    facts->signing_time = facts->is_stamped ? signer->stamped : signer->claimed;
    PathPolicy path = {.trust = signer->trust,
                       .at = facts->is_stamped ? signer->stamped
                             : is_claimed      ? signer->claimed
                                               : policy->at,
                       .purpose = PURPOSE_SIGNATURE,
                       .revocation = policy->institutions == REVOCATION_IF_GIVEN
                                         ? REVOCATION_WHERE_LISTED
                                         : policy->institutions,
                       .takes_foreign = true};
    const char *outer = verdict_enter(verdict, "signer");
    (void)path_check(&path, signer->certificate, verdict);
    judge_status(judgement, &path, signer->certificate);
    verdict_leave(verdict, outer);
    if (is_claimed) {
        judge_claim(judgement, &path, signer);
    }
}

// --- the kinds of signatures ------------------------------------------------------------------

static Time claimed_time(const PdfJudgement *judgement, const CmsMessage *message)
{
    return message->has_signing_time ? message->signing_time
                                     : time_of_date(judgement->signature->signing_time);
}

static void judge_foreign(PdfJudgement *judgement, CmsMessage *message, const Bytes *parts,
                          size_t part_count)
{
    Verdict *verdict = judgement->verdict;
    const TrustStore *trust = judgement->policy->trust;
    Certificate certificate;
    Error err = {0};
    bool is_weak = false;
    if (!cms_message_find_signer(message, trust, &certificate, &err)) {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, "verify.signer", "RFC 5652 5.3", "%s",
                    err.text);
        return;
    }
    bool ok = cms_message_verify(message, &certificate, parts, part_count, &is_weak, &err);
    if (take_computed(verdict, ok, AREA_CRYPTOGRAPHY, "verify.message", &err) && is_weak) {
        add_weakness(verdict);
    }
    MessageSigner signer = {.certificate = &certificate,
                            .trust = cms_message_trust(message, verdict->arena, trust),
                            .claimed = claimed_time(judgement, message)};
    if (signer.trust == NULL) {
        verdict->exhausted = true;
        return;
    }
    signer.stamped = judge_stamp(judgement, message, signer.trust);
    if (signer.stamped == 0) {
        signer.stamped = judgement->proven;
    }
    judge_signer(judgement, &signer);
}

static bool read_message(PdfJudgement *judgement, Bytes *ret_der, CmsMessage *ret)
{
    Error err = {0};
    if (!tighten(judgement->verdict, judgement->signature->der, ret_der, &err) ||
        !cms_message_parse(*ret_der, ret, &err)) {
        add_parse_failure(judgement->verdict, judgement->signature->der, &err);
        return false;
    }
    // Some write a content of no bytes where they mean none.
    ret->has_content = ret->has_content && ret->content.len > 0;
    return true;
}

static void judge_ours(PdfJudgement *judgement, Bytes der, const Bytes spans[2])
{
    CLEANUP(writer_free) Writer original = writer_new(judgement->pdf.len + 1);
    writer_put(&original, spans[0]);
    writer_put(&original, spans[1]);
    signed_data_judge(der, writer_bytes(&original), judgement->policy, judgement->verdict,
                      judgement->facts);
}

// GM/T 0010 has its own content types, and SM3 is only signed with SM2.
static bool is_ours(Bytes der)
{
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    CmsMessage message;
    return bytes_equal(der_oid(&info), OID_GM_SIGNED_DATA) ||
           !cms_message_parse(der, &message, NULL) ||
           bytes_equal(message.digest_algorithm, OID_SM3);
}

void pdf_message_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    CmsMessage message;
    Bytes der;
    Error err = {0};
    if (!tighten(judgement->verdict, judgement->signature->der, &der, &err)) {
        add_format_failure(judgement->verdict, &err);
    } else if (is_ours(der)) {
        judge_ours(judgement, der, spans);
    } else if (read_message(judgement, &der, &message)) {
        judge_foreign(judgement, &message, spans, 2);
    }
}

void pdf_hashed_message_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    CmsMessage message;
    Bytes der;
    Error err = {0};
    ForeignDigest digest = {0};
    if (!read_message(judgement, &der, &message)) {
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
    judge_foreign(judgement, &message, NULL, 0);
}

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
               : error_set(err, ERROR_INPUT, "cms.signer_certificate", "ISO 32000-1 12.8.3.2",
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
    CLEANUP(writer_free) Writer original = writer_new(judgement->pdf.len + 1);
    writer_put(&original, spans[0]);
    writer_put(&original, spans[1]);
    for (size_t i = 0; !ok && i < COUNT_OF(digests); i++) {
        ForeignSignature signature = {certificate.public_key_info, BYTES_OF_ARRAY(rsa), digests[i],
                                      value};
        err = (Error){0};
        ok = foreign_signature_judge(&signature, writer_bytes(&original), &is_weak, &err);
    }
    if (take_computed(verdict, ok, AREA_CRYPTOGRAPHY, "verify.message", &err) && is_weak) {
        add_weakness(verdict);
    }
    MessageSigner signer = {.certificate = &certificate,
                            .trust = judgement->policy->trust,
                            .claimed = time_of_date(judgement->signature->signing_time),
                            .stamped = judgement->proven};
    judge_signer(judgement, &signer);
}

// --- document time stamps ---------------------------------------------------------------------

static bool judge_our_stamp(PdfJudgement *judgement, const Bytes spans[2])
{
    TimestampToken token;
    Sm3 sm3;
    Sm3Digest digest;
    const VerificationPolicy *policy = judgement->policy;
    if (!timestamp_token_parse(judgement->signature->der, &token, NULL)) {
        return false;
    }
    sm3_start(&sm3);
    sm3_update(&sm3, spans[0]);
    sm3_update(&sm3, spans[1]);
    sm3_finish(&sm3, &digest);
    judgement->facts->signing_time = token.time;
    judgement->facts->is_stamped = timestamp_token_check(
        &token, &digest, policy->trust, policy->institutions, NULL, judgement->verdict);
    return true;
}

Time pdf_document_stamp_time(const PdfJudgement *judgement, const Bytes spans[2])
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(STAMP_SIZE);
    Token token;
    Error err = {0};
    if (arena == NULL || !bytes_equal_text(judgement->signature->sub_filter, "ETSI.RFC3161")) {
        return 0;
    }
    Verdict aside = verdict_new(arena);
    PathPolicy path;
    bool holds =
        token_read(&aside, judgement->policy->trust, judgement->signature->der, &token, &err) &&
        stamp_covers(&token.stamp, spans, 2, &err) && token_is_signed(&token, &err);
    if (holds) {
        path = token_path(&token, judgement->policy);
        holds = path_verify(&path, &token.tsa, &err) &&
                pdf_coverage_judge(&aside, judgement->file, judgement->index);
    }
    return holds ? token.stamp.time : 0;
}

void pdf_document_stamp_judge(PdfJudgement *judgement, const Bytes spans[2])
{
    Verdict *verdict = judgement->verdict;
    Token token;
    Error err = {0};
    if (judge_our_stamp(judgement, spans)) {
        return;
    }
    if (!token_read(verdict, judgement->policy->trust, judgement->signature->der, &token, &err)) {
        add_parse_failure(verdict, judgement->signature->der, &err);
        return;
    }
    facts_take_signer(judgement->facts, &token.tsa, verdict);
    judgement->facts->signing_time = token.stamp.time;
    bool ok = take_computed(verdict, stamp_covers(&token.stamp, spans, 2, &err), AREA_TIME,
                            "timestamp.imprint", &err);
    err = (Error){0};
    ok = take_computed(verdict, token_is_signed(&token, &err), AREA_TIME, "timestamp.signature",
                       &err) &&
         ok;
    PathPolicy path = token_path(&token, judgement->policy);
    const char *outer = verdict_enter(verdict, "tsa");
    judgement->facts->is_stamped = path_check(&path, &token.tsa, verdict) && ok;
    verdict_leave(verdict, outer);
}
