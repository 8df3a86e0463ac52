// SPDX-License-Identifier: Apache-2.0
#include "component/business/possession.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/identity/one_time_code.h"

static bool send_own_code(Work *work, const Applicant *applicant, json_t *pending, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Sm3Digest purpose = possession_digest(applicant_salt(applicant), "phone", applicant->phone);
    OneTimeCode code;
    char digits[ONE_TIME_CODE_SIZE];
    if (!one_time_code_new(&purpose, &work->business->policy.code, work->now, config->random, &code,
                           digits, err)) {
        return false;
    }
    char *text =
        arena_format(work->arena, "【%s】验证码 %s，用于身份鉴别，5 分钟内有效，请勿告知他人。",
                     config->profile->party.name, digits);
    json_put_base64(pending, "one_time_code", bytes_of(&code, sizeof code));
    return text != NULL ? config->notification.send(&config->notification, applicant->phone, text,
                                                    work->arena, err)
                        : error_memory(err);
}

bool possession_send(Work *work, const Measuring *measuring, const MeasureInput *input, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    int64_t sequence = (int64_t)measuring->latest;
    CLEANUP(json_cleanup) json_t *pending = json_make_object();
    json_put_int(pending, "measure", sequence);
    if (measuring->measures[measuring->latest].family == FAMILY_BANK_CARD) {
        const char *code_id = "";
        if (!bank_code_send(&config->providers, input, config->random, work->arena, &code_id,
                            err)) {
            return false;
        }
        json_put_text(pending, "bank_code", code_id);
    } else if (!send_own_code(work, &measuring->applicant, pending, err)) {
        return false;
    }
    return work_put_json(work, "pending_code", sequence, json_incref(pending), err);
}

static bool confirm_code(Work *work, const json_t *pending, const char *code, Measure *measure,
                         Error *err)
{
    const BusinessConfig *config = &work->business->config;
    const char *bank_code = json_string_value(json_object_get(pending, "bank_code"));
    if (bank_code != NULL) {
        return bank_code_confirm(&config->providers, bank_code, code, work->arena, measure, err);
    }
    Bytes stored;
    OneTimeCode own;
    const char *text = json_string_value(json_object_get(pending, "one_time_code"));
    if (!base64_decode_arena(work->arena, bytes_of_text(text), &stored, err) ||
        stored.len != sizeof own) {
        return error_set(err, ERROR_INTERNAL, "code.stored", NULL, "the stored code is damaged");
    }
    memcpy(&own, stored.data, sizeof own);
    bool confirmed = one_time_code_confirm(&own, code, work->now, err);
    json_t *updated = json_deep_copy(pending);
    json_put_base64(updated, "one_time_code", bytes_of(&own, sizeof own));
    int64_t sequence = json_integer_value(json_object_get(pending, "measure"));
    Error failure = {0};
    if (!work_put_json(work, "pending_code", sequence, updated, &failure)) {
        *err = failure;
        return false;
    }
    measure->possession_confirmed = confirmed;
    return confirmed;
}

static bool take_code(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Measuring measuring;
    Bytes text;
    CLEANUP(json_cleanup) json_t *pending = NULL;
    JsonView view = json_view(body, "code", err);
    const char *code = json_view_text(&view, "code", ONE_TIME_CODE_SIZE - 1);
    if (!json_view_done(&view) || !work_get(work, "pending_code", &text, err) ||
        !json_parse(text, &pending, err) || !measuring_load(work, &measuring, err)) {
        return false;
    }
    measuring.latest = (size_t)json_integer_value(json_object_get(pending, "measure"));
    if (measuring.latest >= measuring.count) {
        return error_set(err, ERROR_INTERNAL, "code.stored", NULL, "the stored code is damaged");
    }
    Error wrong = {0};
    if (confirm_code(work, pending, code, &measuring.measures[measuring.latest], &wrong)) {
        return measuring_conclude(work, &measuring, response, err);
    }
    // The wrong try is kept, so that tries are limited whatever happens to this process.
    if (wrong.kind != ERROR_UNAVAILABLE &&
        (!work_note_refusal(work, "code", wrong.code, err) || !work_commit(work, err))) {
        return false;
    }
    *err = wrong;
    return false;
}

bool handle_measure_code(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    static const Step step = {"code", STEP_FROM(STATE_CONSENTED), "JR/T 0299-2024 4 a", take_code,
                              NULL};
    return step_run(&step, component, request, response, err);
}
