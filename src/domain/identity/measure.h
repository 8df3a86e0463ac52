// SPDX-License-Identifier: Apache-2.0
//
// Measures: what was asked about a person, of whom, and what came back, in one form for all
// providers.
#ifndef ASSENT_DOMAIN_IDENTITY_MEASURE_H
#define ASSENT_DOMAIN_IDENTITY_MEASURE_H

#include <jansson.h>

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"

// Families of independent factors; two measures of one family count once.
// Source: JR/T 0299-2024 5.2.1.
typedef enum {
    FAMILY_ID_DOCUMENT,
    FAMILY_BIOMETRIC,
    FAMILY_BANK_CARD,
    FAMILY_OPERATOR,
    FAMILY_CERTIFICATE,
    FAMILY_COUNT
} FactorFamily;

typedef enum {
    RESULT_PASS,
    RESULT_FAIL,           // the source says: not this person
    RESULT_NO_RECORD,      // the source does not know: neither passed nor failed
    RESULT_INPUT_INVALID,  // repeat with better input
    RESULT_UNAVAILABLE,    // no answer, or none that can be understood
    RESULT_RATE_LIMITED,
    RESULT_RISK_REJECT,  // the source sees an attack or a blocked card
    RESULT_COUNT
} MeasureResult;

enum {
    MEASURE_TEXT_SIZE = 64,
    MEASURE_ALARMS_SIZE = 160,
    SCORE_FULL = 10000,  // scores are hundredths of a percent, higher is better
};

// A similarity or liveness score, brought to one scale and direction; the raw text is kept.
typedef struct {
    bool is_present;
    char raw[24];
    int value;      // 0 to SCORE_FULL
    int threshold;  // passed when value >= threshold
} Score;

// Whether the document itself is genuine. Source: JR/T 0299-2024 5.2.1 a.
typedef struct {
    bool is_present;
    char method[MEASURE_TEXT_SIZE];    // "image-forensics", "chip"
    char alarms[MEASURE_ALARMS_SIZE];  // names joined by commas: "copy,reflection"; "" = none
    MeasureResult result;
} Authenticity;

typedef struct {
    FactorFamily family;
    char means[MEASURE_TEXT_SIZE];  // "id_card_check", "liveness_face", ...
    char provider[MEASURE_TEXT_SIZE];
    char data_source[MEASURE_TEXT_SIZE];
    char provider_request_id[MEASURE_TEXT_SIZE];
    Sm3Digest request_digest;  // HMAC-SM3 under the session's salt of the request as sent
    Sm3Digest person;          // person_commitment with the session's salt
    MeasureResult result;
    char raw_code[MEASURE_TEXT_SIZE];
    char raw_message[MEASURE_TEXT_SIZE];  // its meaning in our words; no personal data
    Score score;
    Score liveness;
    Authenticity authenticity;
    bool is_billed;
    bool possession_needed;  // counts only once a one-time code was confirmed
    bool possession_confirmed;
    Sm3Digest possession;  // salted digest of what was possessed: the phone
    int64_t latency_ms;
    Time occurred_at;
} Measure;

const char *factor_family_name(FactorFamily family);     // "id_document"
const char *factor_family_chinese(FactorFamily family);  // "居民身份证件"
bool factor_family_from_name(const char *name, FactorFamily *ret);
const char *measure_result_name(MeasureResult result);     // "NO_RECORD"
const char *measure_result_chinese(MeasureResult result);  // "无记录"
bool measure_result_from_name(const char *name, MeasureResult *ret);
// Means in Chinese for reports, "联网核查公民身份信息"; the means itself when unknown.
const char *measure_means_chinese(const char *means);

// True if the measure counts: PASS, with possession confirmed where it is needed and, for a
// document, with authenticity PASS.
bool measure_counts(const Measure *measure);

// Bring a raw score to the common scale: `raw` is a decimal number in [0, full] of which at
// most four decimal places count (the rest is cut); lower_is_better turns it round. Fails with
// ERROR_INPUT "measure.score" when it is no number or outside.
bool score_normalise(Bytes raw, int full, bool lower_is_better, int threshold, Score *ret,
                     Error *err) MUST_CHECK;

// {family, means, provider, data_source, provider_request_id, request_digest, person, result,
// raw_code, raw_message, score?, liveness?, authenticity?, billed, possession?, latency_ms,
// occurred_at}. The caller owns the result; NULL when out of memory.
json_t *measure_to_json(const Measure *measure);
// Strict inverse. Fails with ERROR_INPUT.
bool measure_parse(const json_t *value, Measure *ret, Error *err) MUST_CHECK;

#endif
