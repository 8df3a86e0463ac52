// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/kept_key.h"

#include <string.h>

#include "component/port/message.h"
#include "component/sealing/kept_key_records.h"
#include "domain/holder/grant.h"
#include "domain/holder/holder.h"
#include "domain/pki/csr.h"
#include "domain/pki/enveloped_key.h"
#include "domain/pki/key_record.h"
#include "domain/privacy/sealed_field.h"

enum { FIELD_MAX_SIZE = 64 * 1024, ANSWER_MAX_SIZE = 32 * 1024 };

// A key that was not used by then belongs to an authorization that was given up.
#define KEY_MAX_LIFE (2 * TIME_DAY)

// --- fields -----------------------------------------------------------------------------------

static bool seal_field(const KeptKeyCall *call, const char *key_id, const char *column,
                       Bytes content, Bytes *ret, Error *err)
{
    const SealingConfig *config = &call->sealing->config;
    const FieldPlace place = {"kept_key", column, key_id};
    CLEANUP(writer_free) Writer sealed = writer_new(FIELD_MAX_SIZE);
    if (!sealed_field_seal(config->field_key, config->random, &place, content, &sealed, err)) {
        return false;
    }
    *ret = arena_adopt(call->arena, &sealed);
    return ret->len > 0 || error_memory(err);
}

static bool open_field(const KeptKeyCall *call, const char *key_id, const char *column,
                       Bytes sealed, Bytes *ret, Error *err)
{
    const FieldPlace place = {"kept_key", column, key_id};
    CLEANUP(writer_free) Writer clear = writer_new(FIELD_MAX_SIZE);
    if (!sealed_field_open(call->sealing->config.field_key, &place, sealed, &clear, err)) {
        return error_context(err, "what is stored of a key");
    }
    *ret = arena_adopt(call->arena, &clear);
    return ret->len > 0 || error_memory(err);
}

static bool find(const KeptKeyCall *call, const char *key_id, KeptKeyRow *ret, Error *err)
{
    bool found;
    if (!kept_key_record_find(call->sealing->store, key_id, call->arena, &found, ret, err)) {
        return false;
    }
    return (found && strcmp(ret->institution, call->institution) == 0) ||
           error_set(err, ERROR_NOT_FOUND, "key_store.unknown", NULL,
                     "no such key is kept for the caller");
}

static bool state_error(const KeptKeyRow *row, Error *err)
{
    return error_set(err, ERROR_CONFLICT, "key_store.state", "JR/T 0299-2024 6.6",
                     "that is not possible for a key that is %s", row->state);
}

// --- making -----------------------------------------------------------------------------------

bool kept_key_order_parse(const json_t *json, Arena *arena, KeptKeyOrder *ret, Error *err)
{
    JsonView view = json_view(json, "order for a key", err);
    KeptKeyOrder order = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .holder_name = message_text(&view, arena, "holder_name", MESSAGE_NAME_SIZE)};
    Bytes point = json_view_base64(&view, arena, "grant_key", SM2_POINT_SIZE);
    if (!json_view_done(&view) || !sm2_public_key_new(point, &order.grant_key, err)) {
        return false;
    }
    *ret = order;
    return true;
}

static Sm3Digest digest_of(const KeptKeyOrder *order)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(order->request_id, strlen(order->request_id) + 1));
    sm3_update(&sm3, bytes_of(order->holder_name, strlen(order->holder_name) + 1));
    sm3_update(&sm3, sm2_public_key_bytes(&order->grant_key));
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool make_row(const KeptKeyCall *call, const KeptKeyOrder *order, const char *key_id,
                     KeptKeyRow *ret, Bytes *ret_csr, Error *err)
{
    const SealingConfig *config = &call->sealing->config;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    *ret = (KeptKeyRow){.key_id = key_id,
                        .institution = call->institution,
                        .request_id = order->request_id,
                        .order_digest = digest_of(order),
                        .created_at = clock_now(config->clock)};
    memcpy(ret->grant_key, order->grant_key.point, sizeof ret->grant_key);
    if (!sm2_key_generate(config->random, &key, err)) {
        return false;
    }
    Signer signer = signer_of_key_with(key, config->random);
    if (!holder_request_build(call->arena, order->holder_name, &signer, &csr, err) ||
        !enveloped_key_seal(key, config->storage_key->public_key, config->random, &envelope, err) ||
        !seal_field(call, key_id, "key", writer_bytes(&envelope), &ret->key, err) ||
        !seal_field(call, key_id, "csr", writer_bytes(&csr), &ret->csr, err)) {
        return false;
    }
    *ret_csr = arena_adopt(call->arena, &csr);
    return ret_csr->len > 0 || error_memory(err);
}

// The request of a key that was made for the same order before.
static bool answer_again(const KeptKeyCall *call, const KeptKeyOrder *order, const KeptKeyRow *row,
                         Bytes *ret_csr, Error *err)
{
    Sm3Digest digest = digest_of(order);
    if (strcmp(row->institution, call->institution) != 0 ||
        !sm3_digest_equal(&digest, &row->order_digest)) {
        return error_set(err, ERROR_CONFLICT, "key_store.order_changed", NULL,
                         "another key was made for this grant key or request id");
    }
    return open_field(call, row->key_id, "csr", row->csr, ret_csr, err);
}

bool kept_key_create(const KeptKeyCall *call, const KeptKeyOrder *order, Bytes *ret_csr, Error *err)
{
    Sealing *sealing = call->sealing;
    bool found;
    int64_t swept;
    KeptKeyRow row;
    char key_id[GRANT_KEY_ID_SIZE];
    Time now = clock_now(sealing->config.clock);
    if (sealing->config.storage_key == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "key_store.none", "JR/T 0299-2024 4 d",
                         "this sealing service keeps no persons' keys");
    }
    grant_key_id(&order->grant_key, key_id);
    if (!kept_key_record_find(sealing->store, key_id, call->arena, &found, &row, err)) {
        return false;
    }
    if (found) {
        return answer_again(call, order, &row, ret_csr, err);
    }
    if (!kept_key_record_destroy_old(sealing->store, now - KEY_MAX_LIFE, now, &swept, err) ||
        !make_row(call, order, key_id, &row, ret_csr, err)) {
        return false;
    }
    if (kept_key_record_insert(sealing->store, &row, err)) {
        return true;
    }
    // Somebody made it at the same time, or another order has this request id.
    if (err != NULL && err->kind == ERROR_CONFLICT &&
        kept_key_record_find(sealing->store, key_id, call->arena, &found, &row, err)) {
        return found ? answer_again(call, order, &row, ret_csr, err)
                     : error_set(err, ERROR_CONFLICT, "key_store.order_changed", NULL,
                                 "another key was made for this request id");
    }
    return false;
}

// --- certifying -------------------------------------------------------------------------------

static bool is_for_key(const KeptKeyCall *call, const KeptKeyRow *row,
                       const Certificate *certificate, bool *ret, Error *err)
{
    Bytes der;
    Csr csr;
    if (!open_field(call, row->key_id, "csr", row->csr, &der, err) || !csr_parse(der, &csr, err)) {
        return false;
    }
    const char *wanted = name_common_name(call->arena, csr.subject);
    const char *found = name_common_name(call->arena, certificate->subject);
    if (wanted == NULL || found == NULL) {
        return error_memory(err);
    }
    *ret = sm2_public_key_equal(&csr.public_key, &certificate->public_key) &&
           strcmp(wanted, found) == 0;
    return true;
}

static bool check_certificate(const KeptKeyCall *call, const KeptKeyRow *row, Bytes der, Error *err)
{
    const SealingConfig *config = &call->sealing->config;
    bool fits;
    Certificate certificate;
    PathPolicy policy = {.trust = config->trust,
                         .at = clock_now(config->clock),
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = config->revocation};
    if (!certificate_parse(der, &certificate, err) || !path_verify(&policy, &certificate, err) ||
        !is_for_key(call, row, &certificate, &fits, err)) {
        return error_context(err, "the certificate for the key");
    }
    return fits ||
           error_set(err, ERROR_UNTRUSTED, "key_store.other_certificate", "JR/T 0299-2024 6.2 b",
                     "the certificate is not for this key and this name");
}

bool kept_key_certify(const KeptKeyCall *call, const char *key_id, Bytes certificate, Error *err)
{
    KeptKeyRow row;
    Bytes kept, sealed;
    bool changed;
    if (!find(call, key_id, &row, err)) {
        return false;
    }
    if (row.certificate.len > 0) {
        if (!open_field(call, key_id, "certificate", row.certificate, &kept, err)) {
            return false;
        }
        return bytes_equal(kept, certificate) ? true : state_error(&row, err);
    }
    if (strcmp(row.state, "new") != 0) {
        return state_error(&row, err);
    }
    return check_certificate(call, &row, certificate, err) &&
           seal_field(call, key_id, "certificate", certificate, &sealed, err) &&
           kept_key_record_certify(call->sealing->store, key_id, sealed, &changed, err) &&
           (changed || state_error(&row, err));
}

// --- signing ----------------------------------------------------------------------------------

static bool read_answer(const KeptKeyCall *call, Bytes text, KeptKeySignature *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(text, &json, err)) {
        return error_context(err, "the stored answer");
    }
    JsonView view = json_view(json, "answer", err);
    ret->signature = json_view_base64(&view, call->arena, "signature", SM2_SIGNATURE_DER_MAX);
    ret->destruction = json_view_base64(&view, call->arena, "destruction", ANSWER_MAX_SIZE);
    return json_view_done(&view);
}

// Open the key, sign, and have it state its end; it is wiped on the way out, whatever happens.
static bool sign_with_key(const KeptKeyCall *call, const KeptKeyRow *row, const KeptKeyUse *use,
                          json_t *answer, Error *err)
{
    const SealingConfig *config = &call->sealing->config;
    Bytes envelope_der, certificate;
    EnvelopedKey envelope;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    KeyRecord record = {.is_destroyed = true,
                        .at = clock_now(config->clock),
                        .signed_digest = sm3_digest(use->to_be_signed)};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer statement = writer_new(ANSWER_MAX_SIZE);
    if (!open_field(call, row->key_id, "key", row->key, &envelope_der, err) ||
        !open_field(call, row->key_id, "certificate", row->certificate, &certificate, err) ||
        !enveloped_key_parse(envelope_der, &envelope, err) ||
        !enveloped_key_open(&envelope, config->storage_key, &key, err)) {
        return false;
    }
    Signer signer = signer_of_key_with(key, config->random);
    if (!signer_sign_der(&signer, use->to_be_signed, der, &len, err) ||
        !key_record_sign(&record, certificate, &signer, call->arena, &statement, err)) {
        return false;
    }
    json_put_base64(answer, "signature", bytes_of(der, len));
    json_put_base64(answer, "destruction", writer_bytes(&statement));
    return true;
}

static bool sign_now(const KeptKeyCall *call, const KeptKeyRow *row, const KeptKeyUse *use,
                     KeptKeySignature *ret, Error *err)
{
    Bytes text, sealed, certificate;
    bool changed;
    Sm3Digest digest = sm3_digest(use->to_be_signed);
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    // It may have been revoked since it was handed over.
    if (!open_field(call, row->key_id, "certificate", row->certificate, &certificate, err) ||
        !check_certificate(call, row, certificate, err) ||
        !sign_with_key(call, row, use, answer, err) ||
        !json_text(call->arena, answer, &text, err) ||
        !seal_field(call, row->key_id, "answer", text, &sealed, err)) {
        return false;
    }
    const KeptKeyEnd end = {row->key_id, &digest, sealed, clock_now(call->sealing->config.clock)};
    return kept_key_record_use(call->sealing->store, &end, &changed, err) &&
           (changed || state_error(row, err)) && read_answer(call, text, ret, err);
}

// What it signed before, when that is the same.
static bool sign_again(const KeptKeyCall *call, const KeptKeyRow *row, const Sm3Digest *digest,
                       KeptKeySignature *ret, Error *err)
{
    Bytes text;
    if (!bytes_equal(row->signed_digest, sm3_bytes(digest))) {
        return error_set(err, ERROR_CONFLICT, "key_store.used", "JR/T 0299-2024 6.6 c",
                         "the key signed something else, and is destroyed");
    }
    return open_field(call, row->key_id, "answer", row->answer, &text, err) &&
           read_answer(call, text, ret, err);
}

bool kept_key_sign(const KeptKeyCall *call, const KeptKeyUse *use, KeptKeySignature *ret,
                   Error *err)
{
    KeptKeyRow row;
    Sm2PublicKey grant_key;
    Sm3Digest digest = sm3_digest(use->to_be_signed);
    Time now = clock_now(call->sealing->config.clock);
    if (!find(call, use->key_id, &row, err) ||
        !sm2_public_key_new(BYTES_OF_ARRAY(row.grant_key), &grant_key, err)) {
        return false;
    }
    if (strcmp(row.state, "used") == 0) {
        return sign_again(call, &row, &digest, ret, err);
    }
    if (strcmp(row.state, "certified") != 0) {
        return state_error(&row, err);
    }
    return grant_check(use->grant, &grant_key, &digest, now, err) &&
           sign_now(call, &row, use, ret, err);
}

bool kept_key_destroy(const KeptKeyCall *call, const char *key_id, Error *err)
{
    KeptKeyRow row;
    bool changed;
    return find(call, key_id, &row, err) &&
           kept_key_record_destroy(call->sealing->store, key_id,
                                   clock_now(call->sealing->config.clock), &changed, err);
}
