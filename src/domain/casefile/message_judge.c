// SPDX-License-Identifier: Apache-2.0
//
// A signature message (GM/T 0010, CMS) of whoever made it: every signer, in every dialect.
#include <stdio.h>
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "domain/casefile/judging.h"
#include "domain/casefile/signer_judging.h"
#include "domain/casefile/stamp_judging.h"
#include "domain/pki/oid.h"

// Each of many signers could have a large content hashed.
enum { HASHED_MAX = 384 * 1024 * 1024 };

static const char clause_message[] = "GM/T 0010-2012 8; RFC 5652 5";

typedef struct {
    SignedData message;
    const BesideMessage *beside;
    const VerificationPolicy *policy;
    Verdict *verdict;
    FileFacts *facts;
    size_t left;  // bytes that may still be hashed
} MessageJudgement;

const char *message_type_name(Bytes oid)
{
    static const struct {
        Bytes oid;
        const char *name;
    } rows[] = {
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02", 10},
         "SignedData of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9}, "SignedData"},
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01", 10}, "data of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x03", 10},
         "EnvelopedData of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x04", 10},
         "SignedAndEnvelopedData of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x05", 10},
         "EncryptedData of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x06", 10},
         "KeyAgreementInfo of GM/T 0010"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 9}, "data"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 9}, "EnvelopedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04", 9}, "SignedAndEnvelopedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05", 9}, "DigestedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", 9}, "EncryptedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x02", 11},
         "AuthenticatedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09", 11}, "CompressedData"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", 11},
         "AuthEnvelopedData"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (bytes_equal(oid, rows[i].oid)) {
            return rows[i].name;
        }
    }
    return NULL;
}

// Encrypted, digested and compressed messages have no signature that could be judged.
static bool is_other_type(Bytes der, Verdict *verdict)
{
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    Bytes type = der_oid(&info);
    if (info.failed || bytes_equal(type, OID_GM_SIGNED_DATA) ||
        bytes_equal(type, OID_CMS_SIGNED_DATA) || message_type_name(type) == NULL) {
        return false;
    }
    verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported", clause_message,
                "the message is %s, which holds no signature that can be judged here",
                message_type_name(type));
    return true;
}

void message_deviations_report(Verdict *verdict, unsigned deviations)
{
    static const struct {
        SignedDataDeviation deviation;
        const char *code;
        const char *sentence;
    } rows[] = {
        {SIGNED_DATA_RAW_SIGNATURE, "verify.dialect_raw_signature",
         "the signature value is r || s in 64 bytes, not its DER"},
        {SIGNED_DATA_LOOSE_SIGNATURE, "verify.dialect_loose_signature",
         "r and s are INTEGERs that are not DER"},
        {SIGNED_DATA_NULL_PARAMETERS, "verify.dialect_null_parameters",
         "the signature algorithm has NULL parameters"},
        {SIGNED_DATA_OTHER_ALGORITHM, "verify.dialect_signature_algorithm",
         "the signature algorithm is named as the other dialect does"},
        {SIGNED_DATA_OTHER_CONTENT, "verify.dialect_content_type",
         "the content type is that of the other dialect"},
        {SIGNED_DATA_OTHER_VERSION, "verify.dialect_version",
         "a version is not the 1 of GM/T 0010"},
        {SIGNED_DATA_KEY_IDENTIFIER, "verify.dialect_key_identifier",
         "the signer is named by key identifier, which GM/T 0010 does not know"},
        {SIGNED_DATA_BARE_CONTENT, "verify.dialect_bare_content",
         "the content is no OCTET STRING, as in PKCS #7"},
        {SIGNED_DATA_UNSORTED_ATTRIBUTES, "verify.dialect_attribute_order",
         "the signed attributes are not in the order of DER"},
        {SIGNED_DATA_UNSIGNED_TYPE, "verify.dialect_unsigned_type",
         "no signed attribute says that this is a time stamp"},
        {SIGNED_DATA_UNNAMED_DIGEST, "verify.dialect_digest_set",
         "the set of digest algorithms is empty"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((deviations & rows[i].deviation) != 0) {
            verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, rows[i].code, clause_message, "%s",
                        rows[i].sentence);
        }
    }
    // The RFC leaves it to who verifies, and so readers differ.
    if ((deviations & SIGNED_DATA_OTHER_DIGESTS) != 0) {
        verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.digest_set", "RFC 5652 5.1",
                    "the set of digest algorithms names others and not the signer's");
    }
}

// Many products sign the SM3 of the original in place of it, as 32 bytes or as their base64.
static bool content_is_digest(const SignedData *message, Bytes original)
{
    enum { BASE64_SIZE = 44 };
    CLEANUP(writer_free) Writer text = writer_new(64);
    if (!message->has_content ||
        (message->content.len != SM3_SIZE && message->content.len != BASE64_SIZE)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(original);
    base64_encode(sm3_bytes(&digest), &text);
    return bytes_equal(message->content, sm3_bytes(&digest)) ||
           bytes_equal(message->content, writer_bytes(&text));
}

static bool is_undecided(const Error *err)
{
    return strcmp(err->code, "signed_data.unsupported") == 0 ||
           strcmp(err->code, "signed_data.algorithm") == 0;
}

// What a person needs to compute it again: who, over what, and the digest that was signed.
static void tell_signature(const MessageJudgement *judgement, const Certificate *signer)
{
    const SignedData *message = &judgement->message;
    Arena *arena = judgement->verdict->arena;
    Bytes content = message->has_content ? message->content : judgement->beside->detached;
    bool has_attributes = message->signed_attributes.len > 0;
    Sm3Digest sm3 = sm3_digest(has_attributes ? BYTES_EMPTY : content);
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(message->digest_algorithm, dotted);
    const char *serial = certificate_serial_text(arena, signer);
    const char *digest =
        hex_text(arena, has_attributes ? message->message_digest : sm3_bytes(&sm3));
    verdict_add(judgement->verdict, AREA_CRYPTOGRAPHY, CHECK_PASSED, "verify.message",
                clause_message,
                "the signature by the key of certificate %s holds over the %s of %zu bytes; their "
                "digest by %s is %s",
                serial == NULL ? "" : serial,
                has_attributes ? "signed attributes, which hold the digest of the content"
                               : "content itself",
                content.len, has_attributes ? dotted : "SM3", digest == NULL ? "" : digest);
}

static void judge_signature(MessageJudgement *judgement, const Certificate *signer)
{
    Error err = {0};
    Verdict *verdict = judgement->verdict;
    SignedData *message = &judgement->message;
    Bytes detached = judgement->beside->detached;
    // Some write a content of no bytes where they mean none.
    bool is_empty = message->has_content && message->content.len == 0 && detached.len > 0;
    message->has_content = message->has_content && !is_empty;
    if (!message->has_content && detached.data == NULL) {
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.message", clause_message,
                    "the content of this detached signature was not given");
        return;
    }
    // Without attributes the digest that is told is another than the one that is signed.
    size_t price = (message->has_content ? message->content.len : detached.len) *
                   (message->signed_attributes.len > 0 ? 1 : 2);
    if (price > judgement->left) {
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.unsupported", clause_message,
                    "all signers together sign more than %d bytes", HASHED_MAX);
        return;
    }
    judgement->left -= price;
    bool is_digest = detached.len > 0 && content_is_digest(message, detached);
    if (is_digest) {
        verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, "verify.dialect_digest_content",
                    clause_message, "what is signed is the SM3 of the original");
    }
    if (signed_data_verify(message, signer, is_digest ? BYTES_EMPTY : detached, &err)) {
        tell_signature(judgement, signer);
    } else if (is_undecided(&err)) {
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.unsupported", clause_message,
                    "%s", err.text);
    } else if (strcmp(err.code, "signed_data.weak_algorithm") == 0) {
        tell_signature(judgement, signer);
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.weak_algorithm",
                    clause_message, "%s", err.text);
    } else {
        (void)verdict_take(verdict, false, AREA_CRYPTOGRAPHY, "verify.message", clause_message,
                           &err);
    }
}

static bool find_signer(const MessageJudgement *judgement, Certificate *ret)
{
    if (signed_data_signer_certificate(&judgement->message, ret, NULL)) {
        return true;
    }
    const TrustStore *trust = judgement->policy->trust;
    const Certificate *candidate;
    for (size_t i = 0; (candidate = trust_store_certificate(trust, i)) != NULL; i++) {
        if (signed_data_is_by(&judgement->message, candidate)) {
            *ret = *candidate;
            return true;
        }
    }
    return false;
}

static void judge_path(const MessageJudgement *judgement, const Certificate *certificate)
{
    const SignedData *message = &judgement->message;
    const VerificationPolicy *policy = judgement->policy;
    Verdict *verdict = judgement->verdict;
    JudgedSigner signer = {
        .certificate = certificate,
        .claimed = message->has_signing_time ? message->signing_time : judgement->beside->claimed};
    Error err = {0};
    if (!signed_data_trust(message, verdict->arena, policy->trust, &signer.trust, &err)) {
        add_format_failure(verdict, &err);
        return;
    }
    signer.stamped = signature_stamp_judge(message, signer.trust, policy, verdict);
    if (signer.stamped == 0) {
        signer.stamped = judgement->beside->proven;
    }
    signer_judge(&signer, policy, verdict, judgement->facts);
}

// Whoever signed the signature is another person's business, and nothing protects that he did.
// Source: RFC 5652 11.4.
static void tell_countersignatures(const MessageJudgement *judgement)
{
    // 1.2.840.113549.1.9.6
    static const Bytes oid = {(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06", 9};
    bool is_there = false;
    for (Reader reader = reader_of(judgement->message.unsigned_attributes);
         reader.rest.len > 0 && !reader.failed;) {
        Reader attribute = der_enter(&reader, DER_SEQUENCE);
        is_there = bytes_equal(der_oid(&attribute), oid) || is_there;
    }
    if (is_there) {
        verdict_add(judgement->verdict, AREA_CRYPTOGRAPHY, CHECK_INFORMED,
                    "verify.countersignature", "RFC 5652 11.4",
                    "the signature is countersigned; who did is not judged here");
    }
}

static void judge_signer(MessageJudgement *judgement)
{
    Certificate signer;
    message_deviations_report(judgement->verdict, judgement->message.deviations);
    if (!find_signer(judgement, &signer)) {
        verdict_add(judgement->verdict, AREA_TRUST, CHECK_UNKNOWN, "verify.signer", "RFC 5652 5.3",
                    "the signer's certificate is not in the message and not at hand");
        return;
    }
    facts_take_signer(judgement->facts, &signer, judgement->verdict);
    judge_signature(judgement, &signer);
    tell_countersignatures(judgement);
    judge_path(judgement, &signer);
}

// A message of certificates and lists alone says nothing that could be judged.
static void tell_unsigned(const MessageJudgement *judgement)
{
    size_t counts[2] = {0};
    const Bytes sets[] = {judgement->message.certificates, judgement->message.crls};
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        for (Reader reader = reader_of(sets[i]); reader.rest.len > 0 && !reader.failed;) {
            (void)der_any(&reader);
            counts[i]++;
        }
    }
    verdict_add(judgement->verdict, AREA_CRYPTOGRAPHY, CHECK_UNKNOWN, "verify.unsigned",
                clause_message, "the message holds %zu certificates, %zu lists and no signature",
                counts[0], counts[1]);
}

void signed_data_judge(Bytes der, const BesideMessage *beside, const VerificationPolicy *policy,
                       Verdict *verdict, FileFacts *facts)
{
    Error err = {0};
    MessageJudgement judgement = {
        .beside = beside, .policy = policy, .verdict = verdict, .facts = facts, .left = HASHED_MAX};
    SignedData whole;
    if (is_other_type(der, verdict)) {
        return;
    }
    if (!signed_data_read(der, &whole, &err)) {
        add_format_failure(verdict, &err);
        return;
    }
    judgement.message = whole;
    if (whole.signer_count == 0) {
        tell_unsigned(&judgement);
        return;
    }
    for (size_t i = 0; i < whole.signer_count; i++) {
        char subject[32];
        snprintf(subject, sizeof subject, whole.signer_count == 1 ? "signer" : "signer %zu", i + 1);
        const char *outer = verdict_enter(verdict, subject);
        judgement.message = whole;
        if (signed_data_take_signer(&judgement.message, i, &err)) {
            judge_signer(&judgement);
        } else {
            add_format_failure(verdict, &err);
        }
        verdict_leave(verdict, outer);
    }
}
