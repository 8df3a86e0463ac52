// SPDX-License-Identifier: Apache-2.0
//
// M5, second half: activation bound to the digest, the person's signature, the time stamp.
#include "component/business/signing.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/business/identity.h"
#include "component/business/letter_sealing.h"
#include "component/business/outages.h"
#include "component/business/remote_key.h"
#include "component/business/routes.h"
#include "component/business/signing_status.h"
#include "component/business/step.h"
#include "component/business/watching.h"
#include "component/port/message.h"
#include "component/port/registration.h"
#include "domain/authorization/activation.h"
#include "domain/document/pdf_signature.h"
#include "domain/pki/statement.h"

static const char signed_digest_artifact[] = "signed_agreement_digest";

enum { RECORD_MAX_SIZE = 16 * 1024, DIGEST_HINT_BYTES = 4 };

Sm3Digest signing_digest(Bytes tbs)
{
    return sm3_digest(tbs);
}

bool signing_trust(Work *work, const TrustStore **ret, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Bytes kept;
    RegistrationResult registration;
    TrustStore *trust = trust_store_extend(work->arena, config->trust);
    if (trust == NULL) {
        return error_memory(err);
    }
    if (!work_get(work, "registration", &kept, err) ||
        !registration_result_parse(kept, work->arena, &registration, err)) {
        return false;
    }
    for (size_t i = 0; i < registration.chain_count; i++) {
        if (!trust_store_add_certificates(trust, registration.chain[i], err)) {
            return false;
        }
    }
    *ret = trust;
    return signing_status_add(work, trust, err);
}

// --- activation -------------------------------------------------------------------------------

// Fix what is to be signed: the letter with its signature field, and the TBS_Sign over it.
static bool prepare_tbs(Work *work, PdfPrepared *ret_prepared, Bytes *ret_tbs, Error *err)
{
    Bytes agreement, seal;
    PdfSealing sealing;
    if (!work_get(work, "agreement", &agreement, err) || !work_get(work, "seal", &seal, err) ||
        !letter_sealing_plan(work, seal, &sealing, err) ||
        !pdf_signature_prepare(work->arena, agreement, &sealing, ret_prepared, err)) {
        return false;
    }
    const uint64_t *range = ret_prepared->slot.byte_range;
    char *property =
        arena_format(work->arena, "{\"field\":\"%s\",\"byte_range\":[%llu,%llu,%llu,%llu]}",
                     sealing.field_name, (unsigned long long)range[0], (unsigned long long)range[1],
                     (unsigned long long)range[2], (unsigned long long)range[3]);
    TbsSignPlan plan = {.seal = seal,
                        .signed_at = work->now,
                        .data_hash = ret_prepared->digest,
                        .property = bytes_of_text(property)};
    CLEANUP(writer_free) Writer tbs = writer_new(SEAL_MAX_BYTES);
    if (property == NULL) {
        return error_memory(err);
    }
    if (!tbs_sign_build(&plan, &tbs, err)) {
        return false;
    }
    *ret_tbs = arena_adopt(work->arena, &tbs);
    return ret_tbs->len > 0 || error_memory(err);
}

static bool send_activation(Work *work, const Sm3Digest *digest, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Applicant applicant;
    Activation activation;
    char code[ONE_TIME_CODE_SIZE];
    if (!applicant_load(work, &applicant, err) ||
        !activation_start(digest, &work->business->policy.code, work->now, config->random,
                          &activation, code, err)) {
        return false;
    }
    char *hint = hex_text(work->arena, bytes_slice(sm3_bytes(digest), 0, DIGEST_HINT_BYTES));
    char *text = hint == NULL ? NULL
                              : arena_format(work->arena,
                                             "【%s】您正在签署征信授权书，验证码 %s，"
                                             "5 分钟内有效，请勿告知他人。签署内容校验码 %s。",
                                             config->profile->party.name, code, hint);
    Bytes stored = arena_copy(work->arena, bytes_of(&activation, sizeof activation));
    if (text == NULL || stored.len == 0) {
        return error_memory(err);
    }
    return config->notification.send(&config->notification, applicant.phone, text, work->arena,
                                     err) &&
           work_put(work, "activation", 0, stored, err);
}

static bool activation_load(Work *work, Activation *ret, Error *err)
{
    Bytes stored;
    if (!work_get(work, "activation", &stored, err)) {
        return false;
    }
    if (stored.len != sizeof *ret) {
        return error_set(err, ERROR_INTERNAL, "activation.stored", NULL,
                         "the stored activation is damaged");
    }
    memcpy(ret, stored.data, sizeof *ret);
    return true;
}

static bool activation_store(Work *work, const Activation *activation, Error *err)
{
    Bytes stored = arena_copy(work->arena, bytes_of(activation, sizeof *activation));
    return stored.len > 0 ? work_put(work, "activation", 0, stored, err) : error_memory(err);
}

static bool reply_prepared(Work *work, ServiceResponse *response, Error *err)
{
    Bytes appended, tbs;
    if (!work_get(work, "prepared", &appended, err) || !work_get(work, "tbs", &tbs, err)) {
        return false;
    }
    Sm3Digest digest = signing_digest(tbs);
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_base64(reply, "appended", appended);
    json_put_base64(reply, "to_be_signed", tbs);
    json_put_hex(reply, "digest", sm3_bytes(&digest));
    return service_reply_json(response, work->arena, 200, reply, err);
}

// What was found out about the prepared file, so that the signature need not find it again.
typedef struct {
    PdfSlot slot;
    Sm3Digest digest;
    Sm3Digest agreement;
} PreparedFacts;

static bool keep_prepared(Work *work, const PdfPrepared *prepared, Bytes agreement, Error *err)
{
    PreparedFacts facts = {prepared->slot, prepared->digest, prepared->original};
    Bytes stored = arena_copy(work->arena, bytes_of(&facts, sizeof facts));
    // The prepared file is the agreement with an incremental update behind it.
    return stored.len > 0
               ? work_put(work, "prepared", 0, bytes_from(prepared->pdf, agreement.len), err) &&
                     work_put(work, "prepared_facts", 0, stored, err)
               : error_memory(err);
}

static bool activate(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    PdfPrepared prepared;
    Bytes tbs, agreement;
    if (!step_no_fields(body, err) || !prepare_tbs(work, &prepared, &tbs, err) ||
        !work_get(work, "agreement", &agreement, err)) {
        return false;
    }
    Sm3Digest digest = signing_digest(tbs);
    return send_activation(work, &digest, err) && keep_prepared(work, &prepared, agreement, err) &&
           work_put(work, "tbs", 0, tbs, err) &&
           work_note(work, "activate", "code_sent", "", err) &&
           reply_prepared(work, response, err) && answer_keep_digest(work, response, err) &&
           work_commit(work, err);
}

bool handle_activation(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    static const Step step = {"activate", STEP_FROM(STATE_PRESENTED), "JR/T 0299-2024 4 e",
                              activate, reply_prepared};
    return step_run(&step, component, request, response, err);
}

static bool take_activation_code(Work *work, const json_t *body, ServiceResponse *response,
                                 Error *err)
{
    Activation activation;
    JsonView view = json_view(body, "activation", err);
    const char *code = json_view_text(&view, "code", ONE_TIME_CODE_SIZE - 1);
    if (!json_view_done(&view) || !activation_load(work, &activation, err)) {
        return false;
    }
    Error refusal = {0};
    if (!activation_confirm(&activation, code, work->now, &refusal)) {
        // The wrong try is kept, so that tries are limited whatever happens to this process.
        if (activation_store(work, &activation, err) &&
            work_note_refusal(work, "activation_code", refusal.code, err) &&
            work_commit(work, err)) {
            *err = refusal;
        }
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(STATE_ACTIVATED));
    return activation_store(work, &activation, err) && work_apply(work, EVENT_ACTIVATE, err) &&
           work_note(work, "activation_code", "ok", "", err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_activation_code(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    static const Step step = {"activation_code", STEP_FROM(STATE_PRESENTED), "JR/T 0299-2024 4 e",
                              take_activation_code, NULL};
    return step_run(&step, component, request, response, err);
}

// --- the signature ----------------------------------------------------------------------------

// What the terminal sends: the signature value, the behaviour of reading and agreeing, and the
// key's own record: that it has been destroyed, or the token that it stays in.
typedef struct {
    Sm2Signature value;
    Behaviour *behaviour;
    json_t *behaviour_json;
    Bytes key_record;
    const json_t *grant;  // for a key that is kept, in place of signature and record
} SignatureRequest;

static bool signature_request_parse(const json_t *body, Arena *arena, SignatureRequest *ret,
                                    Error *err)
{
    JsonView view = json_view(body, "signature", err);
    Bytes der = message_optional_base64(&view, arena, "signature", SM2_SIGNATURE_DER_MAX);
    ret->grant = json_view_optional_object(&view, "grant");
    ret->behaviour_json = json_view_object(&view, "behaviour");
    Bytes destruction = message_optional_base64(&view, arena, "destruction", RECORD_MAX_SIZE);
    Bytes use = message_optional_base64(&view, arena, "key_use", RECORD_MAX_SIZE);
    if (!view.failed && (ret->grant == NULL) != (der.len > 0)) {
        json_view_fail(&view, "signature", "is given, or a grant, and not both");
    }
    if (!view.failed && (destruction.len > 0) + (use.len > 0) + (ret->grant != NULL ? 1 : 0) != 1) {
        json_view_fail(&view, "destruction", "is given, or key_use, or a grant, and only one");
    }
    ret->key_record = destruction.len > 0 ? destruction : use;
    ret->behaviour = arena_alloc(arena, sizeof *ret->behaviour);
    if (ret->behaviour == NULL) {
        return error_memory(err);
    }
    return json_view_done(&view) &&
           (ret->grant != NULL || sm2_signature_parse(der, &ret->value, err)) &&
           behaviour_parse(ret->behaviour_json, ret->behaviour, err);
}

static bool check_behaviour(Work *work, const SignatureRequest *request, const Sm3Digest *agreement,
                            Error *err)
{
    Bytes shown, ticks_text;
    CLEANUP(json_cleanup) json_t *ticks = NULL;
    const char *items[AUTHORIZATION_PURPOSES_MAX + CONSENTS_MAX];
    size_t count = 0;
    if (!work_get(work, "presentation", &shown, err) ||
        !work_get(work, "ticks", &ticks_text, err) || !json_parse(ticks_text, &ticks, err)) {
        return false;
    }
    const char *name;
    json_t *value;
    json_object_foreach(ticks, name, value)
    {
        if (json_is_true(value) && count < COUNT_OF(items)) {
            items[count++] = name;
        }
    }
    Reader reader = reader_of(shown);
    Bytes nonce = reader_bytes(&reader, BEHAVIOUR_NONCE_SIZE);
    BehaviourRules rules = {.nonce = nonce.data,
                            .document_digest = *agreement,
                            .required_items = items,
                            .required_count = count,
                            .dwell_minimum_ms = work->business->config.dwell_minimum_ms,
                            .presented_at = (Time)reader_u64_be(&reader),
                            .now = work->now};
    if (reader.failed) {
        return error_set(err, ERROR_INTERNAL, "presentation.stored", NULL,
                         "the stored presentation is damaged");
    }
    return behaviour_check(request->behaviour, &rules, err);
}

static bool assemble(Work *work, const SignatureRequest *request, Bytes tbs, Bytes token,
                     Bytes *ret, Error *err)
{
    SealSignatureParts parts = {.tbs = tbs, .value = request->value, .time_stamp = token};
    CLEANUP(writer_free) Writer der = writer_new(SEAL_MAX_BYTES);
    if (!work_get(work, "certificate", &parts.certificate, err) ||
        !seal_signature_assemble(&parts, &der, err)) {
        return false;
    }
    *ret = arena_adopt(work->arena, &der);
    return ret->len > 0 || error_memory(err);
}

static bool judge(Work *work, Bytes seal_signature, const PdfPrepared *prepared, bool is_stamped,
                  const TrustStore *trust, SealSignatureFindings *ret, Error *err)
{
    SealOriginal original = {.digest = &prepared->digest};
    SealPolicy policy = {.trust = trust,
                         .revocation = REVOCATION_IF_GIVEN,
                         .now = work->now,
                         .time_stamp_is_optional = !is_stamped};
    return seal_signature_verify(seal_signature, &original, &policy, ret, err);
}

// Everything that does not need the time stamp is judged before one is asked for, so that nothing
// worthless gets stamped.
static bool stamp_signature(Work *work, const SignatureRequest *request, Bytes tbs,
                            const PdfPrepared *prepared, const TrustStore *trust,
                            Bytes *ret_signature, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Sm3Digest imprint = seal_signature_imprint(&request->value);
    SealSignatureFindings findings;
    Bytes unstamped, token;
    return assemble(work, request, tbs, BYTES_EMPTY, &unstamped, err) &&
           judge(work, unstamped, prepared, false, trust, &findings, err) &&
           outage_judge(
               work->business, OUTAGE_SIGNING,
               config->timestamp.stamp(&config->timestamp, &imprint, work->arena, &token, err),
               err) &&
           assemble(work, request, tbs, token, ret_signature, err) &&
           work_put(work, "timestamp", 0, token, err) && watching_note_stamp(work->business, token);
}

// A stamp that is off by more than 300 s, or lies before the signature, makes the signature void:
// it is kept as evidence, and the person has to sign again. Source: JR/T 0299-2024 7.3.
static bool void_signature(Work *work, Error *err)
{
    Error deviation = *err;
    bool is_deviation = strcmp(deviation.code, "seal_signature.time_deviation") == 0 ||
                        strcmp(deviation.code, "seal_signature.time_order") == 0;
    if (!is_deviation) {
        return false;
    }
    if (work_apply(work, EVENT_VOID, err) && work_note_refusal(work, "sign", deviation.code, err) &&
        work_commit(work, err)) {
        *err = deviation;
        err->kind = ERROR_CONFLICT;
    }
    return false;
}

static bool load_prepared(Work *work, PdfPrepared *ret, Error *err)
{
    Bytes agreement, appended, stored;
    PreparedFacts facts;
    if (!work_get(work, "agreement", &agreement, err) ||
        !work_get(work, "prepared", &appended, err) ||
        !work_get(work, "prepared_facts", &stored, err)) {
        return false;
    }
    Bytes pdf = arena_join(work->arena, agreement, appended);
    if (pdf.len == 0) {
        return error_memory(err);
    }
    if (stored.len != sizeof facts) {
        return error_set(err, ERROR_INTERNAL, "prepared.stored", NULL,
                         "the stored letter is damaged");
    }
    memcpy(&facts, stored.data, sizeof facts);
    *ret = (PdfPrepared){pdf, facts.slot, facts.digest, facts.agreement};
    return true;
}

static bool keep_signed_digest(Work *work, Bytes signed_pdf, Error *err)
{
    Sm3Digest digest = sm3_digest(signed_pdf);
    Bytes stored = arena_copy(work->arena, sm3_bytes(&digest));
    return stored.len > 0 ? work_put(work, signed_digest_artifact, 0, stored, err)
                          : error_memory(err);
}

bool signing_get_signed_digest(Work *work, Sm3Digest *ret, Error *err)
{
    Bytes stored;
    if (!work_get(work, signed_digest_artifact, &stored, err)) {
        return false;
    }
    if (stored.len != SM3_SIZE) {
        return error_set(err, ERROR_INTERNAL, "signing.stored", NULL,
                         "the stored digest of the signed letter is damaged");
    }
    memcpy(ret->bytes, stored.data, SM3_SIZE);
    return true;
}

// A key that is kept signs now, as the person granted.
static bool have_signed(Work *work, SignatureRequest *request, Bytes tbs, Error *err)
{
    KeyHome home;
    KeptKeySignature kept;
    if (!key_home_get_newest(work, &home, err)) {
        return false;
    }
    if (key_home_is_kept(&home) != (request->grant != NULL)) {
        return error_set(err, ERROR_INPUT, "signature.home", "JR/T 0299-2024 4 d",
                         "a grant is for a key that is kept, and for such a key only");
    }
    if (request->grant == NULL) {
        return true;
    }
    if (!remote_key_sign(work, &home, tbs, request->grant, &kept, err)) {
        return false;
    }
    request->key_record = kept.destruction;
    return sm2_signature_parse(kept.signature, &request->value, err);
}

static bool accept_signature(Work *work, SignatureRequest *request, Error *err)
{
    Bytes tbs, seal_signature, signed_pdf;
    PdfPrepared prepared;
    Activation activation;
    const TrustStore *trust;
    SealSignatureFindings findings;
    if (!work_get(work, "tbs", &tbs, err) || !load_prepared(work, &prepared, err) ||
        !activation_load(work, &activation, err)) {
        return false;
    }
    Sm3Digest digest = signing_digest(tbs);
    if (!activation_spend(&activation, &digest, work->now, err) ||
        !check_behaviour(work, request, &prepared.original, err) ||
        !signing_trust(work, &trust, err) || !have_signed(work, request, tbs, err) ||
        !key_home_take_record(work, request->key_record, &digest, trust, err) ||
        !stamp_signature(work, request, tbs, &prepared, trust, &seal_signature, err)) {
        return false;
    }
    bool embedded =
        activation_store(work, &activation, err) &&
        work_put_json(work, "behaviour", 0, json_incref(request->behaviour_json), err) &&
        work_put(work, "seal_signature", 0, seal_signature, err) &&
        pdf_signature_embed(work->arena, prepared.pdf, &prepared.slot, seal_signature, &signed_pdf,
                            err) &&
        work_put(work, "signed_agreement", 0, signed_pdf, err) &&
        keep_signed_digest(work, signed_pdf, err);
    if (!embedded) {
        return false;
    }
    if (!judge(work, seal_signature, &prepared, true, trust, &findings, err)) {
        return void_signature(work, err);
    }
    return work_apply(work, EVENT_SIGN, err) && work_note(work, "sign", "ok", "", err) &&
           answer_keep_digest(work, NULL, err) && work_commit(work, err);
}

// Have everything deposited that is not yet, and answer: first time and again.
static bool complete_and_reply(Work *work, ServiceResponse *response, Error *err)
{
    Sm3Digest digest;
    if (!deposits_complete(work, err) || !signing_get_signed_digest(work, &digest, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "authorization_id", work->row.authorization_id);
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    json_put_hex(reply, "document_digest", sm3_bytes(&digest));
    return service_reply_json(response, work->arena, 200, reply, err);
}

static bool sign(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    SignatureRequest signature;
    return signature_request_parse(body, work->arena, &signature, err) &&
           accept_signature(work, &signature, err) && complete_and_reply(work, response, err);
}

bool handle_signature(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    static const Step step = {"sign", STEP_FROM(STATE_ACTIVATED), "JR/T 0299-2024 4 e", sign,
                              complete_and_reply};
    return step_run(&step, component, request, response, err);
}
