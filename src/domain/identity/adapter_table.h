// SPDX-License-Identifier: Apache-2.0
//
// What an adapter consists of; for the adapters' own tables only.
#ifndef ASSENT_DOMAIN_IDENTITY_ADAPTER_TABLE_H
#define ASSENT_DOMAIN_IDENTITY_ADAPTER_TABLE_H

#include "domain/identity/adapter.h"

// What the request takes from the input besides the person.
enum {
    NEEDS_PHONE = 1 << 0,
    NEEDS_BANK_CARD = 1 << 1,
    NEEDS_DOCUMENT = 1 << 2,
    NEEDS_FACE = 1 << 3,
};

// One code of one provider. The meaning is ours: the provider's own message may hold personal
// data and is dropped.
typedef struct {
    const char *code;
    MeasureResult result;
    const char *meaning;
} ResultCode;

// One position of an alarm string of '0' and '1'.
typedef struct {
    const char *name;
    MeasureResult result;
} AlarmCode;

// Where a score stands in the answer and how it counts. path NULL: none.
typedef struct {
    const char *path;
    int full;
    bool lower_is_better;
} ScoreRule;

struct ProviderAdapter {
    const char *name;
    const char *means;
    const char *provider;
    const char *data_source;
    const char *path;
    FactorFamily family;
    unsigned needs;
    bool possession_needed;
    // The request as JSON; NULL when out of memory.
    json_t *(*build)(const MeasureInput *input, const char *request_id);
    const char *echo_path;      // where the request id comes back: the answer is to this request
    const char *envelope_path;  // outer code, judged first; PASS in its table means "look inside"
    const ResultCode *envelope_codes;
    size_t envelope_code_count;
    const char *code_path;
    const ResultCode *codes;
    size_t code_count;
    ScoreRule score;
    ScoreRule liveness;
    const char *alarm_path;  // NULL: no authenticity
    const char *alarm_method_path;
    const AlarmCode *alarms;
    size_t alarm_count;
    const char *billed_path;  // NULL: never billed
};

extern const ProviderAdapter adapter_police;
extern const ProviderAdapter adapter_agency;
extern const ProviderAdapter adapter_face;
extern const ProviderAdapter adapter_bank;
extern const ProviderAdapter adapter_operator;
extern const ProviderAdapter adapter_virtual_operator;

// Value at a dotted path, "data.checkResult"; NULL when it is not there.
const json_t *answer_at(const json_t *answer, const char *path);
// Text or number at a path, as arena text; NULL when it is neither or not there.
const char *answer_text_at(const json_t *answer, const char *path, Arena *arena);
// POST canonical JSON and parse what comes back. Steals nothing. Fails with ERROR_LIMIT (429) or
// ERROR_UNAVAILABLE: no answer, not 2xx, too long, not JSON.
bool provider_exchange(const ProviderPort *port, const char *path, const json_t *request,
                       Arena *arena, Bytes *ret_body, json_t **ret, Error *err) MUST_CHECK;

#endif
