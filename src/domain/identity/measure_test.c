// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/measure.h"
#include "base/test/test.h"

static const Measure sample = {
    .family = FAMILY_BIOMETRIC,
    .means = "liveness_face",
    .provider = "face",
    .data_source = "authority_photo",
    .provider_request_id = "r-1",
    .request_digest = {{1}},
    .person = {{2}},
    .result = RESULT_PASS,
    .raw_code = "200",
    .raw_message = "same_person",
    .score = {true, "83.21", 8321, 7000},
    .liveness = {true, "3.2", 9680, 7000},
    .authenticity = {true, "chip", "copy,border", RESULT_FAIL},
    .is_billed = true,
    .possession_needed = true,
    .possession_confirmed = true,
    .possession = {{3}},
    .latency_ms = 12,
    .occurred_at = 1764057600 * TIME_SECOND,
};

// Covers: JR/T 0299-2024 Annex C 3; B26.
TEST(measure_survives_encoding_and_parsing)
{
    Error err = {0};
    Measure parsed;
    CLEANUP(json_cleanup) json_t *first = measure_to_json(&sample);
    CHECK_OK(measure_parse(first, &parsed, &err));
    CLEANUP(json_cleanup) json_t *second = measure_to_json(&parsed);
    CHECK(json_equal(first, second));
    CHECK_TEXT(parsed.authenticity.alarms, "copy,border");
}

// Covers: B01.
TEST(measure_without_one_of_its_fields_or_with_another_is_refused)
{
    static const char *const required[] = {"family",     "result",      "means",
                                           "provider",   "billed",      "person",
                                           "latency_ms", "occurred_at", "request_digest"};
    for (size_t i = 0; i < COUNT_OF(required); i++) {
        Error err = {0};
        Measure parsed;
        CLEANUP(json_cleanup) json_t *json = measure_to_json(&sample);
        CHECK_INT(json_object_del(json, required[i]), 0);
        CHECK_FAILS(measure_parse(json, &parsed, &err), ERROR_INPUT);
    }
    Error err = {0};
    Measure parsed;
    CLEANUP(json_cleanup) json_t *json = measure_to_json(&sample);
    json_put_text(json, "remark", "x");
    CHECK_FAILS_WITH(measure_parse(json, &parsed, &err), ERROR_INPUT, "json.unknown_field");
}

// Two providers, opposite directions, one scale.
// Covers: B15, B16.
TEST(scores_are_brought_to_one_scale_and_direction)
{
    static const struct {
        const char *raw;
        int full;
        bool lower_is_better;
        int value;  // -1: refused
    } cases[] = {
        {"70", 100, false, 7000},     {"69.99", 100, false, 6999},  {"69.9999", 100, false, 6999},
        {"100", 100, false, 10000},   {"0", 100, false, 0},         {"850", 1000, false, 8500},
        {"0.85", 1, false, 8500},     {"3.2", 100, true, 9680},     {"30", 100, true, 7000},
        {"30.0001", 100, true, 6999}, {"100.0001", 100, false, -1}, {"-1", 100, false, -1},
        {"", 100, false, -1},         {"NaN", 100, false, -1},      {"7e1", 100, false, -1},
        {".5", 1, false, -1},         {"5.", 100, false, -1},       {"1.2.3", 100, false, -1},
        {" 70", 100, false, -1},      {"99999999", 100, false, -1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Score score;
        const Bytes raw = bytes_of_text(cases[i].raw);
        if (cases[i].value < 0) {
            CHECK_FAILS_WITH(
                score_normalise(raw, cases[i].full, cases[i].lower_is_better, 7000, &score, &err),
                ERROR_INPUT, "measure.score");
            continue;
        }
        CHECK_OK(score_normalise(raw, cases[i].full, cases[i].lower_is_better, 7000, &score, &err));
        CHECK_INT(score.value, cases[i].value);
        CHECK_TEXT(score.raw, cases[i].raw);
    }
}

TEST(only_pass_counts_and_only_with_possession_and_authenticity)
{
    for (int result = 0; result < RESULT_COUNT; result++) {
        const Measure measure = {.family = FAMILY_BIOMETRIC, .result = (MeasureResult)result};
        CHECK(measure_counts(&measure) == (result == RESULT_PASS));
    }
    Measure card = {.family = FAMILY_BANK_CARD, .result = RESULT_PASS, .possession_needed = true};
    CHECK(!measure_counts(&card));
    card.possession_confirmed = true;
    CHECK(measure_counts(&card));
    Measure document = {.family = FAMILY_ID_DOCUMENT, .result = RESULT_PASS};
    CHECK(!measure_counts(&document));
    document.authenticity = (Authenticity){true, "chip", "", RESULT_PASS};
    CHECK(measure_counts(&document));
    document.authenticity.result = RESULT_UNAVAILABLE;
    CHECK(!measure_counts(&document));
}
