// SPDX-License-Identifier: Apache-2.0
#include "component/business/signing_status.h"

#include <string.h>

#include "base/core/log.h"
#include "domain/pki/ocsp_response.h"
#include "domain/pki/oid.h"
#include "domain/seal/seal.h"

static const char list_artifact[] = "crl", answer_artifact[] = "ocsp";

enum { ASKED_MAX = 8, NONCE_SIZE = 32 };

// About which certificates is asked.
typedef struct {
    Work *work;
    const Certificate *issuer;
    OcspIssuer hashed;
    Bytes ids[ASKED_MAX];
    size_t count;
} Question;

static bool is_asked(const Question *question, Bytes id)
{
    for (size_t i = 0; i < question->count; i++) {
        if (bytes_equal(question->ids[i], id)) {
            return true;
        }
    }
    return false;
}

static void ask_about(Question *question, const Certificate *certificate)
{
    const Certificate *issuer = question->issuer;
    Bytes key = certificate->authority_key_identifier;
    CLEANUP(writer_free) Writer id = writer_new(1024);
    if (question->count == ASKED_MAX || !name_equal(certificate->issuer, issuer->subject) ||
        (key.len > 0 && !bytes_equal(key, issuer->subject_key_identifier))) {
        return;
    }
    ocsp_certificate_id_put(&question->hashed, certificate->serial, &id);
    Bytes copy = arena_copy(question->work->arena, writer_bytes(&id));
    if (copy.len > 0 && !is_asked(question, copy)) {
        question->ids[question->count++] = copy;
    }
}

// --- asking -----------------------------------------------------------------------------------

static bool check_answer(const Question *question, Bytes request_der, const TrustStore *trust,
                         Bytes der, Error *err)
{
    OcspRequest request;
    OcspResponse response;
    Certificate responder;
    return ocsp_request_parse(request_der, &request, err) &&
           ocsp_response_parse(der, &response, err) &&
           ocsp_response_verify(&response, question->issuer, trust, &responder, err) &&
           ocsp_response_match(&response, &request, err);
}

static bool ask(Question *question, const TrustStore *trust, Bytes *ret, Error *err)
{
    const BusinessConfig *config = &question->work->business->config;
    Arena *arena = question->work->arena;
    uint8_t nonce[NONCE_SIZE];
    CLEANUP(writer_free) Writer request = writer_new(OCSP_REQUEST_MAX_SIZE);
    if (!random_fill(config->random, nonce, sizeof nonce, err)) {
        return false;
    }
    ocsp_request_encode(question->ids, question->count, BYTES_OF_ARRAY(nonce), &request);
    return config->status.answer(&config->status, writer_bytes(&request), arena, ret, err) &&
           check_answer(question, writer_bytes(&request), trust, *ret, err);
}

bool signing_status_ask(Work *work, const TrustStore *trust, const Certificate *issuer,
                        const Certificate *certificates, size_t count, Bytes *ret, Error *err)
{
    Question question = {.work = work, .issuer = issuer};
    Error why = {0};
    *ret = BYTES_EMPTY;
    if (work->business->config.status.answer == NULL) {
        return true;
    }
    if (!ocsp_issuer_hash(issuer, OCSP_HASH_SM3, &question.hashed, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        ask_about(&question, &certificates[i]);
    }
    if (question.count > 0 && !ask(&question, trust, ret, &why)) {
        LOG(LOG_WARNING, "status.not_answered", log_text("code", why.code));
        *ret = BYTES_EMPTY;  // no failure here: there are lists
    }
    return true;
}

// The person's certificate first, then who else may be certified by the same CA.
static bool gather(Work *work, const TrustStore *trust, Certificate ret[ASKED_MAX],
                   size_t *ret_count, Error *err)
{
    Bytes person, seal_der;
    bool has_seal;
    Seal seal;
    const Certificate *other;
    if (!work_get(work, "certificate", &person, err) || !certificate_parse(person, &ret[0], err) ||
        !work_find(work, "seal", &seal_der, &has_seal, err)) {
        return false;
    }
    size_t count = 1;
    if (has_seal && seal_parse(seal_der, &seal, NULL) &&
        certificate_parse(seal.maker_certificate, &ret[count], NULL)) {
        count++;
    }
    if (certificate_parse(work->business->config.institution.certificate, &ret[count], NULL)) {
        count++;
    }
    for (size_t i = 0; count < ASKED_MAX && (other = trust_store_certificate(trust, i)) != NULL;
         i++) {
        if (certificate_has_extended_key_usage(other, OID_USE_TIMESTAMPING)) {
            ret[count++] = *other;
        }
    }
    *ret_count = count;
    return true;
}

static bool take_answer(Work *work, TrustStore *trust, bool *ret_found, Error *err)
{
    Certificate asked[ASKED_MAX];
    size_t count;
    Bytes answer;
    *ret_found = false;
    if (!gather(work, trust, asked, &count, err)) {
        return false;
    }
    const Certificate *issuer =
        trust_store_find_subject(trust, asked[0].issuer, asked[0].authority_key_identifier, 0);
    if (issuer == NULL) {
        return true;
    }
    if (!signing_status_ask(work, trust, issuer, asked, count, &answer, err)) {
        return false;
    }
    *ret_found = answer.len > 0;
    return !*ret_found || (trust_store_add_ocsp(trust, answer, err) &&
                           work_put(work, answer_artifact, 0, answer, err));
}

static bool is_too_large(const Error *err)
{
    return err->kind == ERROR_LIMIT || strcmp(err->code, "peer.response_too_large") == 0;
}

bool signing_status_add(Work *work, TrustStore *trust, Error *err)
{
    const StatusPort *port = &work->business->config.status;
    Bytes list = BYTES_EMPTY;
    bool is_answered;
    Error why = {0};
    if (!take_answer(work, trust, &is_answered, err)) {
        return false;
    }
    if (is_answered && atomic_load(&work->business->list_is_large)) {
        return true;
    }
    if (!port->crl(port, work->arena, &list, &why) && !(is_answered && is_too_large(&why))) {
        *err = why;
        return false;
    }
    if (is_answered && (list.len == 0 || list.len > SIGNING_STATUS_MAX_LIST)) {
        atomic_store(&work->business->list_is_large, true);
        return true;
    }
    return trust_store_add_crls(trust, list, err) && work_put(work, list_artifact, 0, list, err);
}
