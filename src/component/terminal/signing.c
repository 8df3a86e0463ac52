// SPDX-License-Identifier: Apache-2.0
//
// M4 and M5 as the terminal sees them: the key is born in memory, signs exactly what was shown,
// states its own destruction, and is wiped. Source: JR/T 0299-2024 6.6 c.
#include <string.h>

#include "base/codec/hex.h"
#include "component/terminal/journey.h"
#include "domain/document/pdf_signature.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"
#include "domain/pki/statement.h"
#include "domain/seal/seal_signature.h"

enum {
    DOCUMENT_MAX_SIZE = 8 * 1024 * 1024,
    TBS_MAX_SIZE = 512 * 1024,
    CERTIFICATE_LIMIT = 8192,
    ITEMS_MAX = 64,
};

static const char key_destruction_type[] = "assent.key-destruction/1";

// --- the certificate --------------------------------------------------------------------------

static bool make_key(Journey *journey, Error *err)
{
    if (!sm2_key_generate(journey->config->random, &journey->key, err)) {
        return false;
    }
    journey->signer = signer_of_key(journey->key);
    return true;
}

static bool make_csr(Journey *journey, json_t *body, Error *err)
{
    NameAttribute name[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, journey->config->person->name}};
    Bytes subject;
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    if (!name_build(journey->arena, name, COUNT_OF(name), &subject, err) ||
        !csr_build(subject, &journey->signer, &csr, err)) {
        return false;
    }
    json_put_base64(body, "csr", writer_bytes(&csr));
    return true;
}

// A certificate is taken only when it is for this key and this person. Source: Beijing High
// Court practice: nobody signs with a certificate that was not issued with his knowledge.
static bool check_certificate(Journey *journey, Error *err)
{
    Certificate certificate;
    if (!certificate_parse(journey->certificate, &certificate, err)) {
        return false;
    }
    const char *name = name_common_name(journey->arena, certificate.subject);
    if (name == NULL) {
        return error_memory(err);
    }
    if (!sm2_public_key_equal(&certificate.public_key, journey->signer.public_key) ||
        strcmp(name, journey->config->person->name) != 0) {
        return error_set(err, ERROR_UNTRUSTED, "terminal.other_certificate", "JR/T 0299-2024 6.2 b",
                         "the certificate is not for this key and this person");
    }
    return true;
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
    return check_certificate(journey, err);
}

// --- the agreement ----------------------------------------------------------------------------

static bool ask_ticks(Journey *journey, const json_t *offer, json_t *ticks, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    const json_t *items = json_object_get(offer, "items");
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MAX; i++) {
        JsonView view = json_view(json_array_get(items, i), "tick", err);
        TerminalQuestion question = {.id = json_view_text(&view, "name", TERMINAL_ITEM_SIZE),
                                     .title = json_view_text(&view, "label", DOCUMENT_MAX_SIZE),
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

bool journey_agreement(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *offer = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_t *ticks = json_make_object();
    json_put(body, "ticks", ticks);
    if (!journey_call(journey, "GET", "/v1/session/agreement", NULL, &offer, err) ||
        !ask_ticks(journey, offer, ticks, err) ||
        !journey_call(journey, "POST", "/v1/session/agreement", body, &reply, err) ||
        !show_agreement(journey, reply, ticks, err)) {
        return false;
    }
    journey->state = STATE_PRESENTED;
    return true;
}

// --- activation -------------------------------------------------------------------------------

static bool refuse(Error *err, const char *what)
{
    return error_set(err, ERROR_UNTRUSTED, "terminal.other_document", "GB/T 38540-2020 7.2 b",
                     "what is to be signed is not what was shown: %s", what);
}

// Parse a TBS_Sign with the parser for whole seal signatures, around a stand-in value.
static bool parse_tbs(Journey *journey, Bytes tbs, SealSignature *ret, Error *err)
{
    SealSignatureParts parts = {.tbs = tbs, .certificate = journey->certificate};
    parts.value.r[SM2_SCALAR_SIZE - 1] = 1;
    parts.value.s[SM2_SCALAR_SIZE - 1] = 1;
    CLEANUP(writer_free) Writer der = writer_new(TBS_MAX_SIZE);
    if (!seal_signature_assemble(&parts, &der, err)) {
        return false;
    }
    Bytes copy = arena_adopt(journey->arena, &der);
    return copy.len > 0 ? seal_signature_parse(copy, ret, err) : error_memory(err);
}

// The file to be signed is the file that was shown, with nothing but the signature field appended,
// and the TBS_Sign is over exactly this file. Source: GB/T 38540-2020 7.2 b.
static bool check_to_be_signed(Journey *journey, Bytes appended, Error *err)
{
    PdfPrepared prepared;
    SealSignature signature;
    CLEANUP(writer_free) Writer joined = writer_new(DOCUMENT_MAX_SIZE);
    writer_put(&joined, journey->agreement);
    writer_put(&joined, appended);
    Bytes document = arena_adopt(journey->arena, &joined);
    if (document.len == 0) {
        return error_memory(err);
    }
    if (!pdf_signature_find_slot(journey->arena, document, &prepared, err) ||
        !parse_tbs(journey, journey->to_be_signed, &signature, err)) {
        return false;
    }
    if (!bytes_equal(signature.data_hash, sm3_bytes(&prepared.digest))) {
        return refuse(err, "dataHash is not the digest of the document");
    }
    return true;
}

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
    Bytes appended = json_view_base64(&view, journey->arena, "appended", DOCUMENT_MAX_SIZE);
    journey->to_be_signed = json_view_base64(&view, journey->arena, "to_be_signed", TBS_MAX_SIZE);
    json_view_hex(&view, "digest", stated.bytes, SM3_SIZE);
    if (!json_view_done(&view) || !check_to_be_signed(journey, appended, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(journey->to_be_signed);
    if (!sm3_digest_equal(&digest, &stated)) {
        return refuse(err, "the digest that the code is bound to is another one");
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

// The key's last act: a signed record of what it signed and that it is gone.
static bool state_destruction(Journey *journey, json_t *body, Error *err)
{
    Sm3Digest digest = sm3_digest(journey->to_be_signed);
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    CLEANUP(writer_free) Writer statement = writer_new(TBS_MAX_SIZE);
    Time now = clock_now(journey->config->clock);
    json_put_time(payload, "destroyed_at", now);
    json_put_int(payload, "signatures", 1);
    json_put_hex(payload, "signed_digest", sm3_bytes(&digest));
    StatementTemplate template = {
        .type = key_destruction_type, .signed_at = now, .certificate = journey->certificate};
    if (!json_text(journey->arena, payload, &template.payload, err) ||
        !statement_sign(&template, &journey->signer, &statement, err)) {
        return false;
    }
    json_put_base64(body, "destruction", writer_bytes(&statement));
    return true;
}

bool journey_signature(Journey *journey, Error *err)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    if (!journey_note(journey, BEHAVIOUR_SIGN, "", 0, err) ||
        !signer_sign_der(&journey->signer, journey->to_be_signed, der, &len, err) ||
        !state_destruction(journey, body, err)) {
        return false;
    }
    journey_destroy_key(journey);
    json_put_base64(body, "signature", bytes_of(der, len));
    json_put(body, "behaviour", behaviour_to_json(&journey->behaviour));
    if (!journey_call(journey, "POST", "/v1/session/signature", body, &reply, err)) {
        return false;
    }
    return journey_take_state(journey, json_string_value(json_object_get(reply, "state")), err);
}
