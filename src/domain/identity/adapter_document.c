// SPDX-License-Identifier: Apache-2.0
//
// ID card with photo and authenticity: the citizen check of the police, and the same data through
// an agency that gives 00 and 01 the opposite meaning.
#include "domain/identity/adapter_table.h"

static void put_validity(json_t *object, const DocumentValidity *validity)
{
    char from[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    date_text(validity->from, from);
    date_text(validity->until, until);
    json_put_text(object, "validFrom", from);
    json_put_text(object, "validUntil", validity->is_long_term ? "长期" : until);
}

static json_t *police_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "requestId", request_id);
    json_put_text(object, "name", input->person->name);
    json_put_text(object, "idNumber", input->person->id_number);
    json_put_text(object, "placeOfBusiness",
                  input->place_of_business != NULL ? input->place_of_business : "online");
    json_put_text(object, "businessType",
                  input->business_type != NULL ? input->business_type : "02");
    json_put_base64(object, "image", input->document_image);
    put_validity(object, &input->validity);
    return object;
}

static const ResultCode police_envelope[] = {
    {"90000", RESULT_PASS, "received"},
    {"90001", RESULT_UNAVAILABLE, "system_busy"},
    {"90002", RESULT_RATE_LIMITED, "too_many_requests"},
    {"90009", RESULT_UNAVAILABLE, "no_access"},
};

// Source: domain practice of the PBC online citizen check.
static const ResultCode police_codes[] = {
    {"00", RESULT_PASS, "match_without_photo"},
    {"01", RESULT_PASS, "match_with_photo"},
    {"02", RESULT_FAIL, "name_differs"},
    {"03", RESULT_NO_RECORD, "number_does_not_exist"},
    {"04", RESULT_FAIL, "not_exist_or_mismatch"},
    {"-1", RESULT_INPUT_INVALID, "number_empty"},
    {"-2", RESULT_INPUT_INVALID, "name_empty"},
    {"-3", RESULT_INPUT_INVALID, "place_empty"},
    {"-4", RESULT_INPUT_INVALID, "business_type_empty"},
    {"-5", RESULT_INPUT_INVALID, "number_format"},
    {"-9", RESULT_UNAVAILABLE, "other"},
};

// Genuine cards only: what is copied, re-shot, edited or temporary fails, what is badly shown is
// to be shown again. Source: JR/T 0299-2024 5.2.1 a.
static const AlarmCode document_alarms[] = {
    {"border", RESULT_INPUT_INVALID},
    {"copy", RESULT_FAIL},
    {"temporary", RESULT_FAIL},
    {"reshot", RESULT_FAIL},
    {"edited", RESULT_FAIL},
    {"occluded", RESULT_INPUT_INVALID},
    {"reflection", RESULT_INPUT_INVALID},
    {"quality", RESULT_INPUT_INVALID},
};

const ProviderAdapter adapter_police = {
    .name = "police.id_card_check",
    .means = "id_card_check",
    .provider = "police",
    .data_source = "national_population_database",
    .path = "/police/v1/id-card-check",
    .family = FAMILY_ID_DOCUMENT,
    .needs = NEEDS_DOCUMENT,
    .build = police_build,
    .echo_path = "requestId",
    .envelope_path = "returnCode",
    .envelope_codes = police_envelope,
    .envelope_code_count = COUNT_OF(police_envelope),
    .code_path = "data.checkResult",
    .codes = police_codes,
    .code_count = COUNT_OF(police_codes),
    .alarm_path = "data.antiForgery.alarms",
    .alarm_method_path = "data.antiForgery.method",
    .alarms = document_alarms,
    .alarm_count = COUNT_OF(document_alarms),
};

static json_t *agency_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "biz_no", request_id);
    json_put_text(object, "cert_name", input->person->name);
    json_put_text(object, "cert_no", input->person->id_number);
    json_put_base64(object, "cert_image", input->document_image);
    return object;
}

static const ResultCode agency_codes[] = {
    {"00", RESULT_PASS, "match_with_photo"},         {"01", RESULT_PASS, "match_without_photo"},
    {"02", RESULT_NO_RECORD, "not_in_the_source"},   {"03", RESULT_FAIL, "mismatch"},
    {"10", RESULT_INPUT_INVALID, "request_invalid"}, {"20", RESULT_RATE_LIMITED, "limit_reached"},
    {"99", RESULT_UNAVAILABLE, "source_down"},
};

const ProviderAdapter adapter_agency = {
    .name = "agency.id_card_check",
    .means = "id_card_check",
    .provider = "agency",
    .data_source = "national_population_database",
    .path = "/agency/v1/id-card-check",
    .family = FAMILY_ID_DOCUMENT,
    .needs = NEEDS_DOCUMENT,
    .build = agency_build,
    .echo_path = "biz_no",
    .code_path = "result",
    .codes = agency_codes,
    .code_count = COUNT_OF(agency_codes),
    .alarm_path = "warnings",
    .alarm_method_path = "warning_method",
    .alarms = document_alarms,
    .alarm_count = COUNT_OF(document_alarms),
    .billed_path = "fee",
};
