// SPDX-License-Identifier: Apache-2.0
#include "component/certification/ocsp_responder.h"

#include <stdlib.h>

#include "base/codec/hex.h"
#include "component/certification/lint_ocsp.h"
#include "component/certification/ocsp_cache.h"
#include "domain/pki/oid.h"

enum { CACHE_SIZE_DEFAULT = 16384, CACHE_SIZE_MIN = 8 };

struct OcspResponder {
    OcspResponderConfig config;
    Certificate certificate;
    OcspIssuer issuers[OCSP_HASH_UNKNOWN];
    OcspCache *cache;
};

// --- start ------------------------------------------------------------------------------------

static bool refuse(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "certification.ocsp", "RFC 6960 4.2.2.2", "%s", rule);
}

static bool check_certificate(const OcspResponder *responder, Error *err)
{
    const OcspResponderConfig *config = &responder->config;
    const Certificate *certificate = &responder->certificate;
    CertificateExtension no_check;
    if (!sm2_public_key_equal(&certificate->public_key, config->signer->public_key)) {
        return refuse(err, "the OCSP responder's certificate belongs to another key");
    }
    if (sm2_public_key_equal(&certificate->public_key, &config->issuer->public_key)) {
        return refuse(err, "the CA's key signs certificates and lists, not OCSP answers");
    }
    if (!bytes_equal(certificate->issuer, config->issuer->subject) ||
        !certificate_verify_signature(certificate, config->issuer, NULL)) {
        return refuse(err, "the OCSP responder's certificate is not by the CA it answers for");
    }
    if (!certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING) ||
        !certificate_find_extension(certificate, OID_OCSP_NO_CHECK, &no_check)) {
        return refuse(err,
                      "the OCSP responder's certificate is not for answering, or would have "
                      "to be asked about itself");
    }
    return true;
}

static size_t power_of_two(size_t wanted)
{
    size_t size = CACHE_SIZE_MIN;
    while (size < wanted && size < ((size_t)1 << 24)) {
        size *= 2;
    }
    return size;
}

static bool set_up(OcspResponder *responder, Error *err)
{
    const OcspResponderConfig *config = &responder->config;
    if (!certificate_parse(config->certificate, &responder->certificate, err)) {
        return error_context(err, "the OCSP responder's certificate");
    }
    for (OcspHash hash = 0; hash < OCSP_HASH_UNKNOWN; hash++) {
        if (!ocsp_issuer_hash(config->issuer, hash, &responder->issuers[hash], err)) {
            return false;
        }
    }
    size_t size = config->cache_size == 0 ? CACHE_SIZE_DEFAULT : config->cache_size;
    responder->cache = ocsp_cache_new(power_of_two(size));
    return responder->cache != NULL ? check_certificate(responder, err) : error_memory(err);
}

bool ocsp_responder_new(const OcspResponderConfig *config, OcspResponder **ret, Error *err)
{
    OcspResponder *responder = calloc(1, sizeof *responder);
    if (responder == NULL) {
        return error_memory(err);
    }
    responder->config = *config;
    if (!set_up(responder, err)) {
        ocsp_responder_free(responder);
        return false;
    }
    *ret = responder;
    return true;
}

void ocsp_responder_free(OcspResponder *responder)
{
    if (responder != NULL) {
        ocsp_cache_free(responder->cache);
        free(responder);
    }
}

// --- one answer -------------------------------------------------------------------------------

static bool is_ours(const OcspResponder *responder, const OcspCertificateId *id)
{
    return id->hash != OCSP_HASH_UNKNOWN &&
           ocsp_certificate_id_is_by(id, &responder->issuers[id->hash]);
}

static bool find_standing(const OcspResponder *responder, const OcspCertificateId *id, Arena *arena,
                          CertificateStanding *ret, Error *err)
{
    *ret = (CertificateStanding){0};
    if (!is_ours(responder, id) || id->serial.len > SERIAL_MAX_SIZE) {
        return true;
    }
    const Certificate named = {.serial = id->serial};
    const char *serial = certificate_serial_text(arena, &named);
    return serial != NULL
               ? certificate_record_get_standing(responder->config.store, serial, arena, ret, err)
               : error_memory(err);
}

static Time whole_second(Time time)
{
    return time - time % TIME_SECOND;
}

// All that was issued is kept: a certificate that has expired is answered for as before, back to
// the beginning of the CA, and the answer says so.
static OcspAnswer answer_of(const OcspResponder *responder, const OcspCertificateId *id,
                            const CertificateStanding *standing, Time now)
{
    OcspAnswer answer = {.id = *id,
                         .status = OCSP_UNKNOWN,
                         .this_update = whole_second(now),
                         .next_update = whole_second(now) + responder->config.lifetime};
    if (standing->is_known && standing->expires_at < now) {
        answer.archive_cutoff = responder->config.issuer->not_before;
    }
    if (standing->is_known) {
        bool is_good = standing->state == CERTIFICATE_ACTIVE;
        answer.status = is_good ? OCSP_GOOD : OCSP_REVOKED;
        answer.revoked_at = is_good ? 0 : standing->revoked_at;
        answer.reason = is_good ? REASON_UNSPECIFIED : (RevocationReason)standing->reason;
    }
    return answer;
}

// --- signing ----------------------------------------------------------------------------------

static bool sign_nothing(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer;
    (void)e;
    (void)err;
    *ret = (Sm2Signature){.r = {[SM2_SCALAR_SIZE - 1] = 1}, .s = {[SM2_SCALAR_SIZE - 1] = 1}};
    return true;
}

// Build, lint, and only then sign; what is signed is what was linted, to the byte.
static bool sign_linted(const OcspResponder *responder, const OcspResponseTemplate *template,
                        const OcspLintRules *rules, Writer *ret, Error *err)
{
    const Signer nobody = {.sign_digest = sign_nothing,
                           .public_key = responder->config.signer->public_key};
    CLEANUP(writer_free) Writer candidate = writer_new(OCSP_RESPONSE_MAX_SIZE);
    OcspResponse linted, signed_response;
    if (!ocsp_response_build(template, &nobody, &candidate, err) ||
        !ocsp_response_parse(writer_bytes(&candidate), &linted, err) ||
        !lint_ocsp(&linted, rules, err) ||
        !ocsp_response_build(template, responder->config.signer, ret, err) ||
        !ocsp_response_parse(writer_bytes(ret), &signed_response, err)) {
        return error_context(err, "signing an OCSP response");
    }
    return bytes_equal(linted.tbs, signed_response.tbs) ||
           error_set(err, ERROR_INTERNAL, "certification.not_linted", NULL,
                     "the OCSP response that was signed is not the one that was checked");
}

static bool sign_answers(const OcspResponder *responder, const OcspRequest *request,
                         const OcspAnswer *answers, Time now, Arena *arena, Bytes *ret, Error *err)
{
    OcspRequest answered = *request;
    answered.nonce = responder->config.ignores_nonces ? BYTES_EMPTY : request->nonce;
    const OcspResponseTemplate template = {.responder = &responder->certificate,
                                           .produced_at = whole_second(now),
                                           .answers = answers,
                                           .answer_count = request->count,
                                           .nonce = answered.nonce};
    const OcspLintRules rules = {.issuer = responder->config.issuer,
                                 .responder = &responder->certificate,
                                 .request = &answered,
                                 .now = now,
                                 .max_life = responder->config.lifetime};
    CLEANUP(writer_free) Writer der = writer_new(OCSP_RESPONSE_MAX_SIZE);
    if (!sign_linted(responder, &template, &rules, &der, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&der));
    return ret->data != NULL || error_memory(err);
}

// --- requests ---------------------------------------------------------------------------------

static bool sign_all(const OcspResponder *responder, const OcspRequest *request, Arena *arena,
                     OcspReply *ret, Error *err)
{
    Time now = clock_now(responder->config.clock);
    OcspAnswer *answers = arena_alloc(arena, request->count * sizeof *answers);
    size_t position = 0;
    OcspCertificateId id;
    if (answers == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < request->count && ocsp_request_next(request, &position, &id); i++) {
        CertificateStanding standing;
        if (!find_standing(responder, &id, arena, &standing, err)) {
            return false;
        }
        answers[i] = answer_of(responder, &id, &standing, now);
    }
    return sign_answers(responder, request, answers, now, arena, &ret->der, err);
}

// An answer that was signed before, if it still says what is true and half of its life is left.
static bool find_signed(const OcspResponder *responder, const OcspCertificateId *id,
                        const CertificateStanding *standing, uint64_t generation, Time now,
                        OcspCached *cached)
{
    if (now < cached->this_update || now >= cached->next_update - responder->config.lifetime / 2) {
        return false;
    }
    if (standing == NULL) {
        return cached->generation == generation;
    }
    if (!certificate_standing_equal(standing, &cached->standing)) {
        return false;
    }
    ocsp_cache_confirm(responder->cache, id->der, generation);
    return true;
}

// One certificate without a nonce. The store's generation is read before its content: an answer of
// the present generation is true, whoever writes at the same time.
static bool answer_one(const OcspResponder *responder, const OcspRequest *request,
                       const OcspCertificateId *id, Arena *arena, OcspReply *ret, Error *err)
{
    Time now = clock_now(responder->config.clock);
    uint64_t generation = store_generation(responder->config.store);
    OcspCached cached = {0};
    CertificateStanding standing;
    bool is_cached = ocsp_cache_find(responder->cache, id->der, arena, &cached);
    bool is_true = is_cached && find_signed(responder, id, NULL, generation, now, &cached);
    if (!is_true) {
        if (!find_standing(responder, id, arena, &standing, err)) {
            return false;
        }
        is_true = is_cached && find_signed(responder, id, &standing, generation, now, &cached);
    }
    if (!is_true) {
        OcspAnswer answer = answer_of(responder, id, &standing, now);
        cached = (OcspCached){.standing = standing,
                              .generation = generation,
                              .this_update = answer.this_update,
                              .next_update = answer.next_update};
        if (!sign_answers(responder, request, &answer, now, arena, &cached.der, err)) {
            return false;
        }
        // What does not exist is asked for without end, and may exist in a moment.
        if (standing.is_known) {
            ocsp_cache_put(responder->cache, id->der, &cached);
        }
    }
    bool may_be_kept = is_cached || standing.is_known;
    *ret = (OcspReply){cached.der, may_be_kept ? cached.this_update : 0,
                       may_be_kept ? cached.next_update : 0};
    return true;
}

static bool reply_error(OcspResponseStatus status, Arena *arena, OcspReply *ret, Error *err)
{
    CLEANUP(writer_free) Writer der = writer_new(16);
    ocsp_error_encode(status, &der);
    *ret = (OcspReply){.der = arena_copy(arena, writer_bytes(&der))};
    return ret->der.data != NULL || error_memory(err);
}

static bool asks_about_ours(const OcspResponder *responder, const OcspRequest *request)
{
    size_t position = 0;
    for (OcspCertificateId id; ocsp_request_next(request, &position, &id);) {
        if (is_ours(responder, &id)) {
            return true;
        }
    }
    return false;
}

bool ocsp_responder_answer(OcspResponder *responder, Bytes der, Arena *arena, OcspReply *ret,
                           Error *err)
{
    OcspRequest request;
    OcspCertificateId first;
    size_t position = 0;
    *ret = (OcspReply){0};
    if (!ocsp_request_parse(der, &request, NULL)) {
        return reply_error(OCSP_MALFORMED_REQUEST, arena, ret, err);
    }
    if (!asks_about_ours(responder, &request)) {
        return reply_error(OCSP_UNAUTHORIZED, arena, ret, err);
    }
    bool wants_nonce = request.nonce.len > 0 && !responder->config.ignores_nonces;
    if (request.count > 1 || wants_nonce || !ocsp_request_next(&request, &position, &first)) {
        return sign_all(responder, &request, arena, ret, err);
    }
    return answer_one(responder, &request, &first, arena, ret, err);
}
