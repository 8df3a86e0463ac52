// SPDX-License-Identifier: Apache-2.0
//
// M4 and M5 as the terminal sees them: the key is born in memory, signs exactly what was shown,
// states its own destruction, and is wiped; or it is made in the person's token and stays there.
// Source: JR/T 0299-2024 6.6 a, c.
#include <string.h>

#include "base/codec/hex.h"
#include "component/port/registration.h"
#include "component/terminal/journey.h"
#include "domain/holder/grant.h"
#include "domain/holder/holder.h"
#include "domain/holder/pair.h"
#include "domain/pki/csr.h"
#include "domain/pki/key_record.h"

enum { CERTIFICATE_LIMIT = 8192, ITEMS_MAX = 64 };

// Time for C1 to be reached, also when the call has to be repeated.
#define GRANT_LIFE (2 * TIME_MINUTE)

// --- the certificate --------------------------------------------------------------------------

static bool make_key(Journey *journey, Error *err)
{
    SkfToken *token = journey->config->key_token;
    if (token != NULL) {
        return skf_token_generate(token, err) && skf_token_signer(token, &journey->signer, err);
    }
    if (!sm2_key_generate(journey->config->random, &journey->key, err)) {
        return false;
    }
    journey->signer = signer_of_key(journey->key);
    return true;
}

// Say where the key is. Source: JR/T 0299-2024 4 d, 6.6 a.
static void put_home(const Journey *journey, json_t *body)
{
    const SkfToken *token = journey->config->key_token;
    if (token != NULL) {
        json_t *carrier = json_make_object();
        json_put_text(carrier, "label", skf_token_label(token));
        json_put_text(carrier, "serial", skf_token_serial(token));
        json_put(body, "carrier", carrier);
        if (journey->config->wants_pair) {
            json_put_bool(body, "pair", true);
        }
        json_put_text(body, "storage", STORAGE_TOKEN);
        if (journey->config->renews != NULL) {
            json_put_text(body, "renews", journey->config->renews);
        }
    }
}

static bool make_csr(Journey *journey, json_t *body, Error *err)
{
    if (journey->config->key_is_kept) {
        json_put_text(body, "storage", STORAGE_SEALING);
        json_put_base64(body, "grant_key", sm2_public_key_bytes(journey->signer.public_key));
        return true;
    }
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    if (!holder_request_build(journey->arena, journey->config->person->name, &journey->signer, &csr,
                              err)) {
        return false;
    }
    json_put_base64(body, "csr", writer_bytes(&csr));
    put_home(journey, body);
    return true;
}

// M4: what was issued goes to where the key is.
static bool deliver(Journey *journey, Error *err)
{
    SkfToken *token = journey->config->key_token;
    Certificate certificate;
    // Of a key that is kept the terminal knows no more than the certificate says.
    if (!certificate_parse(journey->certificate, &certificate, err)) {
        return false;
    }
    const Sm2PublicKey *key =
        journey->config->key_is_kept ? &certificate.public_key : journey->signer.public_key;
    return holder_certificate_check(journey->arena, journey->certificate, key,
                                    journey->config->person->name, err) &&
           (token == NULL ||
            skf_token_import_certificate(token, SKF_SIGN_KEY, journey->certificate, err));
}

// The companion for encryption: checked, and with its key brought into the token, which opens the
// envelope itself and has then to hold the certified key.
static bool take_pair(Journey *journey, const json_t *reply, Error *err)
{
    SkfToken *token = journey->config->key_token;
    const char *text = json_string_value(json_object_get(reply, "csr_response"));
    Bytes response;
    HolderPair pair;
    if (!journey->config->wants_pair) {
        return true;
    }
    if (text == NULL || token == NULL ||
        !base64_decode_arena(journey->arena, bytes_of_text(text), &response, NULL)) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the answer holds no pair of certificates");
    }
    if (!holder_pair_check(response, journey->signer.public_key, &pair, err)) {
        return false;
    }
    if (!bytes_equal(pair.sign.der, journey->certificate)) {
        return error_set(err, ERROR_UNTRUSTED, "terminal.other_pair", "GM/T 0015-2012 annex C",
                         "the pair comes with another signing certificate");
    }
    const SkfEnvelope envelope = {pair.enveloped_key.wrapped_key, pair.enveloped_key.public_key,
                                  pair.enveloped_key.encrypted_scalar};
    journey->encryption_certificate = pair.encryption.der;
    return skf_token_import_pair(token, &envelope, err) &&
           skf_token_import_certificate(token, SKF_ENCRYPTION_KEY, pair.encryption.der, err);
}

bool journey_certificate(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    if (!make_key(journey, err) || !make_csr(journey, body, err) ||
        !journey_call(journey, "POST", "/v1/session/certificate", body, &reply, err)) {
        return false;
    }
    const char *text = json_string_value(json_object_get(reply, "certificate"));
    if (text == NULL || strlen(text) > 2 * CERTIFICATE_LIMIT ||
        !base64_decode_arena(journey->arena, bytes_of_text(text), &journey->certificate, err)) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the answer holds no certificate");
    }
    journey->state = STATE_CERTIFIED;
    return deliver(journey, err) && take_pair(journey, reply, err);
}

// --- the agreement ----------------------------------------------------------------------------

static bool ask_ticks(Journey *journey, const json_t *offer, json_t *ticks, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    const json_t *items = json_object_get(offer, "items");
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MAX; i++) {
        JsonView view = json_view(json_array_get(items, i), "tick", err);
        TerminalQuestion question = {
            .id = json_view_text(&view, "name", TERMINAL_ITEM_SIZE),
            .title = json_view_text(&view, "label", HOLDER_DOCUMENT_MAX_SIZE),
            .text = ""};
        question.is_required = json_view_bool(&view, "is_required");
        question.is_sensitive = json_view_bool(&view, "is_sensitive");
        bool yes = false;
        if (!json_view_done(&view) || !person->ask(person->state, &question, &yes, err)) {
            return false;
        }
        json_put_bool(ticks, question.id, yes);
    }
    return true;
}

static bool note_ticks(Journey *journey, const json_t *ticks, Error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)ticks, name, value)
    {
        if (json_is_true(value) && !journey_note(journey, BEHAVIOUR_TICK, name, 0, err)) {
            return false;
        }
    }
    return true;
}

static bool show_agreement(Journey *journey, const json_t *reply, const json_t *ticks, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    Bytes text = BYTES_EMPTY;
    JsonView view = json_view(reply, "agreement", err);
    json_view_hex(&view, "nonce", journey->behaviour.nonce, BEHAVIOUR_NONCE_SIZE);
    json_view_text(&view, "state", TERMINAL_ITEM_SIZE);
    if (!json_view_done(&view) ||
        !journey_fetch(journey, "/v1/session/agreement/document", &journey->agreement, err) ||
        (person->wants_text && !journey_fetch(journey, "/v1/session/agreement/text", &text, err))) {
        return false;
    }
    journey->behaviour.document_digest = sm3_digest(journey->agreement);
    return journey_note(journey, BEHAVIOUR_OPEN, "", 0, err) &&
           person->read(person->state, journey->agreement, text, err) &&
           journey_note(journey, BEHAVIOUR_SCROLL, "", 100, err) &&
           note_ticks(journey, ticks, err) && journey_note(journey, BEHAVIOUR_CONFIRM, "", 0, err);
}

static bool put_seal(const Journey *journey, json_t *body, Error *err)
{
    const char *text = journey->config->person->seal;
    json_t *seal;
    if (text == NULL) {
        return true;
    }
    if (!json_parse(bytes_of_text(text), &seal, err)) {
        return error_context(err, "how the seal shall look");
    }
    json_put(body, "seal", seal);
    return true;
}

bool journey_agreement(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *offer = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_t *ticks = json_make_object();
    json_put(body, "ticks", ticks);
    if (!put_seal(journey, body, err) ||
        !journey_call(journey, "GET", "/v1/session/agreement", NULL, &offer, err) ||
        !ask_ticks(journey, offer, ticks, err) ||
        !journey_call(journey, "POST", "/v1/session/agreement", body, &reply, err) ||
        !show_agreement(journey, reply, ticks, err)) {
        return false;
    }
    journey->state = STATE_PRESENTED;
    return true;
}

// --- activation -------------------------------------------------------------------------------

bool journey_activation(Journey *journey, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *confirmed = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    Sm3Digest stated;
    char code[TERMINAL_CODE_SIZE];
    if (!journey_call(journey, "POST", "/v1/session/activation", body, &reply, err)) {
        return false;
    }
    JsonView view = json_view(reply, "activation", err);
    Bytes appended = json_view_base64(&view, journey->arena, "appended", HOLDER_DOCUMENT_MAX_SIZE);
    journey->to_be_signed =
        json_view_base64(&view, journey->arena, "to_be_signed", HOLDER_TBS_MAX_SIZE);
    json_view_hex(&view, "digest", stated.bytes, SM3_SIZE);
    HolderSigning signing = {.shown = journey->agreement,
                             .appended = appended,
                             .to_be_signed = journey->to_be_signed,
                             .certificate = journey->certificate,
                             .code_digest = &stated};
    if (!json_view_done(&view) || !holder_signing_check(journey->arena, &signing, err)) {
        return false;
    }
    if (!person->code(person->state, "signing", code, err)) {
        return false;
    }
    json_put_text(body, "code", code);
    if (!journey_call(journey, "POST", "/v1/session/activation/code", body, &confirmed, err)) {
        return false;
    }
    journey->state = STATE_ACTIVATED;
    return journey_note(journey, BEHAVIOUR_REAUTHENTICATE, "", 0, err);
}

// --- the signature ----------------------------------------------------------------------------

// The key's last act: a signed record of what it signed, and that it is gone or where it stays.
static bool put_record(Journey *journey, json_t *body, Error *err)
{
    SkfToken *token = journey->config->key_token;
    const KeyRecord record = {
        .is_destroyed = token == NULL,
        .at = clock_now(journey->config->clock),
        .signed_digest = sm3_digest(journey->to_be_signed),
        .label = token == NULL ? "" : skf_token_label(token),
        .serial = token == NULL ? "" : skf_token_serial(token),
    };
    CLEANUP(writer_free) Writer statement = writer_new(HOLDER_TBS_MAX_SIZE);
    if (!key_record_sign(&record, journey->certificate, &journey->signer, journey->arena,
                         &statement, err)) {
        return false;
    }
    json_put_base64(body, record.is_destroyed ? "destruction" : "key_use",
                    writer_bytes(&statement));
    return true;
}

// The signature with the key's record.
static bool sign(Journey *journey, json_t *body, Error *err)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    if (!signer_sign_der(&journey->signer, journey->to_be_signed, der, &len, err) ||
        !put_record(journey, body, err)) {
        return false;
    }
    json_put_base64(body, "signature", bytes_of(der, len));
    return true;
}

// The grant for a key that is kept: for exactly this, now.
static bool put_grant(Journey *journey, json_t *body, Error *err)
{
    json_t *json = NULL;
    const Grant grant = {.digest = sm3_digest(journey->to_be_signed),
                         .expires_at = clock_now(journey->config->clock) + GRANT_LIFE};
    if (!grant_sign(&grant, &journey->signer, &json, err)) {
        return false;
    }
    json_put(body, "grant", json);
    return true;
}

bool journey_signature(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    if (!journey_note(journey, BEHAVIOUR_SIGN, "", 0, err) ||
        !(journey->config->key_is_kept ? put_grant : sign)(journey, body, err)) {
        return false;
    }
    journey_destroy_key(journey);
    json_put(body, "behaviour", behaviour_to_json(&journey->behaviour));
    if (!journey_call(journey, "POST", "/v1/session/signature", body, &reply, err)) {
        return false;
    }
    return journey_take_state(journey, json_string_value(json_object_get(reply, "state")), err);
}
