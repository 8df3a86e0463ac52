// SPDX-License-Identifier: Apache-2.0
//
// Adapters: one table per provider says how its request is built and what its answers mean. No
// two adapters share codes, because providers give the same code opposite meanings.
#ifndef ASSENT_DOMAIN_IDENTITY_ADAPTER_H
#define ASSENT_DOMAIN_IDENTITY_ADAPTER_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/secret/random.h"
#include "domain/identity/contact.h"
#include "domain/identity/document.h"
#include "domain/identity/measure.h"
#include "domain/identity/person.h"

// The way to a provider: POST `body` (JSON) to `path` and return status and body (arena).
// Fails with ERROR_UNAVAILABLE when there is no answer in time.
typedef struct {
    bool (*post)(void *state, const char *path, Bytes body, Arena *arena, int *ret_status,
                 Bytes *ret_body, Error *err);
    void *state;
} ProviderPort;

// What the person gave. An adapter takes only what its request needs (minimum information).
// Source: JR/T 0299-2024 5.1.
typedef struct {
    const Person *person;
    DocumentValidity validity;
    const char *phone;             // NULL when not given
    const char *bank_card;         // NULL when not given
    Bytes document_image;          // front of the ID card, as captured
    Bytes face_image;              // best frame
    const char *liveness_nonce;    // issued by the server for this capture
    const char *liveness_actions;  // "blink,nod"
    const char *place_of_business;
    const char *business_type;
} MeasureInput;

// What the outcome depends on besides the answer.
typedef struct {
    Bytes salt;          // of the session, for commitments
    int face_threshold;  // 0 to SCORE_FULL; 7000 by default
    int liveness_threshold;
    Clock clock;
    Random random;
} MeasureRules;

typedef struct ProviderAdapter ProviderAdapter;

// All adapters, in the order of their table: "police.id_card_check", "agency.id_card_check",
// "face.liveness_compare", "bank.four_elements", "operator.three_elements" and
// "operator.virtual_three_elements".
const ProviderAdapter *const *provider_adapters(size_t *ret_count);
const ProviderAdapter *provider_adapter_find(const char *name);  // NULL when unknown
const char *provider_adapter_name(const ProviderAdapter *adapter);
FactorFamily provider_adapter_family(const ProviderAdapter *adapter);
const char *provider_adapter_means(const ProviderAdapter *adapter);
// The operator's adapter for a phone: virtual operators are asked at another interface.
const ProviderAdapter *provider_adapter_for_phone(PhoneKind kind);

// Ask a provider and write down what came back.
//
// Succeeds whenever there is a measure to record: an outage, a time-out, an answer that cannot
// be understood, one for another request or an unknown code all become RESULT_UNAVAILABLE.
// Fails with ERROR_INPUT when the input lacks what the adapter needs ("measure.input_missing"),
// ERROR_INTERNAL otherwise; nothing was asked then.
bool provider_adapter_ask(const ProviderAdapter *adapter, const ProviderPort *port,
                          const MeasureInput *input, const MeasureRules *rules, Arena *arena,
                          Measure *ret, Error *err) MUST_CHECK;

// Ask the bank to send a one-time code to the phone reserved for the card; *ret_code_id (arena)
// names it. Fails with ERROR_UNAVAILABLE or, when the bank says no, ERROR_FORBIDDEN.
bool bank_code_send(const ProviderPort *port, const MeasureInput *input, Random random,
                    Arena *arena, const char **ret_code_id, Error *err) MUST_CHECK;
// Let the bank compare the code and, when it agrees, mark the measure's possession confirmed.
// Fails with ERROR_FORBIDDEN "measure.code_wrong", ERROR_CONFLICT "measure.code_expired",
// ERROR_LIMIT "measure.code_tries" or ERROR_UNAVAILABLE.
bool bank_code_confirm(const ProviderPort *port, const char *code_id, const char *code,
                       Arena *arena, Measure *measure, Error *err) MUST_CHECK;

// Digest of a possessed thing with the session's salt: "phone" and its number.
Sm3Digest possession_digest(Bytes salt, const char *kind, const char *value);

#endif
