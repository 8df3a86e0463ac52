// SPDX-License-Identifier: Apache-2.0
//
// Bank card with four elements, operator with three; operators without a network of their own
// are asked elsewhere, where 1 means match and 0 means mismatch.
#include "domain/identity/adapter_table.h"

static json_t *bank_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "Seq", request_id);
    json_put_text(object, "CertType", "0");
    json_put_text(object, "Name", input->person->name);
    json_put_text(object, "IdCard", input->person->id_number);
    json_put_text(object, "BankCard", input->bank_card);
    json_put_text(object, "Phone", input->phone);
    return object;
}

static const ResultCode bank_codes[] = {
    {"0", RESULT_PASS, "match"},
    {"-1", RESULT_FAIL, "not_passed"},
    {"-2", RESULT_FAIL, "name_wrong"},
    {"-3", RESULT_FAIL, "number_wrong"},
    {"-4", RESULT_INPUT_INVALID, "card_format"},
    {"-5", RESULT_INPUT_INVALID, "phone_format"},
    {"-6", RESULT_FAIL, "holder_information_wrong"},
    {"-7", RESULT_FAIL, "not_enabled_without_card"},
    {"-8", RESULT_RISK_REJECT, "confiscated"},
    {"-9", RESULT_FAIL, "card_invalid"},
    {"-10", RESULT_FAIL, "no_issuer"},
    {"-11", RESULT_FAIL, "not_initialised"},
    {"-12", RESULT_RISK_REJECT, "cheat_or_swallowed"},
    {"-13", RESULT_RISK_REJECT, "reported_lost"},
    {"-14", RESULT_FAIL, "card_expired"},
    {"-15", RESULT_RISK_REJECT, "restricted"},
    {"-16", RESULT_RATE_LIMITED, "pin_tries_exceeded"},
    {"-17", RESULT_UNAVAILABLE, "issuer_does_not_support"},
    {"-18", RESULT_UNAVAILABLE, "busy"},
    {"-19", RESULT_RATE_LIMITED, "limit_until_tomorrow"},
    {"-20", RESULT_INPUT_INVALID, "document_type"},
    {"-21", RESULT_FAIL, "status_abnormal"},
};

const ProviderAdapter adapter_bank = {
    .name = "bank.four_elements",
    .means = "bank_card_4",
    .provider = "bank",
    .data_source = "card_organisation",
    .path = "/bank/v1/four-elements",
    .family = FAMILY_BANK_CARD,
    .needs = NEEDS_PHONE | NEEDS_BANK_CARD,
    .possession_needed = true,
    .build = bank_build,
    .echo_path = "Response.Seq",
    .code_path = "Response.Result",
    .codes = bank_codes,
    .code_count = COUNT_OF(bank_codes),
    .billed_path = "Response.Billed",
};

static json_t *operator_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "serialNo", request_id);
    json_put_text(object, "userName", input->person->name);
    json_put_text(object, "certNo", input->person->id_number);
    json_put_text(object, "mobile", input->phone);
    return object;
}

static const ResultCode operator_codes[] = {
    {"0", RESULT_PASS, "match"},
    {"-4", RESULT_FAIL, "mismatch"},
    {"-6", RESULT_INPUT_INVALID, "phone_format"},
    {"-7", RESULT_FAIL, "number_wrong"},
    {"-8", RESULT_FAIL, "name_wrong"},
    {"-9", RESULT_NO_RECORD, "no_record"},
    {"-11", RESULT_UNAVAILABLE, "busy"},
    {"-12", RESULT_RATE_LIMITED, "limit_of_the_day"},
    {"-13", RESULT_UNAVAILABLE, "range_not_supported"},
};

const ProviderAdapter adapter_operator = {
    .name = "operator.three_elements",
    .means = "operator_3",
    .provider = "operator",
    .data_source = "operator_real_name",
    .path = "/operator/v1/three-elements",
    .family = FAMILY_OPERATOR,
    .needs = NEEDS_PHONE,
    .possession_needed = true,
    .build = operator_build,
    .echo_path = "serialNo",
    .code_path = "resultCode",
    .codes = operator_codes,
    .code_count = COUNT_OF(operator_codes),
    .billed_path = "charged",
};

static json_t *virtual_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "OutId", request_id);
    json_put_text(object, "CertName", input->person->name);
    json_put_text(object, "CertNo", input->person->id_number);
    json_put_text(object, "PhoneNumber", input->phone);
    return object;
}

static const ResultCode virtual_envelope[] = {
    {"OK", RESULT_PASS, "received"},
    {"PhoneNumberIllegal", RESULT_INPUT_INVALID, "phone_format"},
    {"Throttling", RESULT_RATE_LIMITED, "too_many_requests"},
    {"ServiceUnavailable", RESULT_UNAVAILABLE, "source_down"},
};

static const ResultCode virtual_codes[] = {
    {"1", RESULT_PASS, "match"},
    {"0", RESULT_FAIL, "mismatch"},
    {"2", RESULT_NO_RECORD, "no_record"},
};

const ProviderAdapter adapter_virtual_operator = {
    .name = "operator.virtual_three_elements",
    .means = "operator_3",
    .provider = "virtual_operator",
    .data_source = "operator_real_name",
    .path = "/operator/v1/virtual-three-elements",
    .family = FAMILY_OPERATOR,
    .needs = NEEDS_PHONE,
    .possession_needed = true,
    .build = virtual_build,
    .echo_path = "OutId",
    .envelope_path = "Code",
    .envelope_codes = virtual_envelope,
    .envelope_code_count = COUNT_OF(virtual_envelope),
    .code_path = "IsConsistent",
    .codes = virtual_codes,
    .code_count = COUNT_OF(virtual_codes),
};
