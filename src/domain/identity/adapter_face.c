// SPDX-License-Identifier: Apache-2.0
//
// Liveness and comparison with the authority's photo. The risk score runs the other way round:
// lower is more alive.
#include "domain/identity/adapter_table.h"

static json_t *face_build(const MeasureInput *input, const char *request_id)
{
    json_t *object = json_make_object();
    json_put_text(object, "request_no", request_id);
    json_put_text(object, "cert_name", input->person->name);
    json_put_text(object, "cert_no", input->person->id_number);
    json_put_text(object, "mode", "motion");
    json_put_text(object, "actions", input->liveness_actions);
    json_put_text(object, "nonce", input->liveness_nonce);
    json_put_base64(object, "best_frame", input->face_image);
    return object;
}

static const ResultCode face_envelope[] = {
    {"0", RESULT_PASS, "received"},
    {"401", RESULT_INPUT_INVALID, "parameter_invalid"},
    {"414", RESULT_INPUT_INVALID, "device_not_supported"},
    {"415", RESULT_INPUT_INVALID, "sdk_not_supported"},
    {"416", RESULT_INPUT_INVALID, "system_not_supported"},
    {"418", RESULT_RATE_LIMITED, "too_many_failures_today"},
    {"427", RESULT_RATE_LIMITED, "limit_of_policy"},
    {"500", RESULT_UNAVAILABLE, "system_error"},
};

static const ResultCode face_codes[] = {
    {"200", RESULT_PASS, "same_person"},
    {"201", RESULT_FAIL, "name_or_number_mismatch"},
    {"202", RESULT_NO_RECORD, "identity_not_found"},
    {"203", RESULT_NO_RECORD, "no_usable_photo"},
    {"204", RESULT_FAIL, "face_mismatch"},
    {"205", RESULT_RISK_REJECT, "liveness_risk"},
    {"206", RESULT_INPUT_INVALID, "no_face"},
};

const ProviderAdapter adapter_face = {
    .name = "face.liveness_compare",
    .means = "liveness_face",
    .provider = "face",
    .data_source = "authority_photo",
    .path = "/face/v1/liveness-compare",
    .family = FAMILY_BIOMETRIC,
    .needs = NEEDS_FACE,
    .build = face_build,
    .echo_path = "request_no",
    .envelope_path = "code",
    .envelope_codes = face_envelope,
    .envelope_code_count = COUNT_OF(face_envelope),
    .code_path = "sub_code",
    .codes = face_codes,
    .code_count = COUNT_OF(face_codes),
    .score = {"similarity", 100, false},
    .liveness = {"liveness_risk", 100, true},
    .billed_path = "charged",
};
