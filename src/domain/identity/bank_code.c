// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/identity/adapter_table.h"

#define BANK_CODE_PATH "/bank/v1/otp"

static bool bank_code_ask(const ProviderPort *port, const json_t *request, Arena *arena,
                          json_t **ret, const char **ret_result, Error *err)
{
    Bytes body = BYTES_EMPTY;
    if (!provider_exchange(port, BANK_CODE_PATH, request, arena, &body, ret, err)) {
        return error_context(err, "one-time code of the bank");
    }
    *ret_result = answer_text_at(*ret, "Response.Result", arena);
    return *ret_result != NULL || error_set(err, ERROR_UNAVAILABLE, "provider.garbage", NULL,
                                            "the bank's answer about a code has no result");
}

bool bank_code_send(const ProviderPort *port, const MeasureInput *input, Random random,
                    Arena *arena, const char **ret_code_id, Error *err)
{
    char seq[RANDOM_UUID_SIZE];
    const char *result = NULL;
    CLEANUP(json_cleanup) json_t *answer = NULL;
    CLEANUP(json_cleanup) json_t *request = json_make_object();
    if (input->phone == NULL || input->bank_card == NULL) {
        return error_set(err, ERROR_INPUT, "measure.input_missing", NULL,
                         "a code of the bank needs card and phone");
    }
    if (!random_uuid(random, seq, err)) {
        return false;
    }
    json_put_text(request, "Action", "send");
    json_put_text(request, "Seq", seq);
    json_put_text(request, "BankCard", input->bank_card);
    json_put_text(request, "Phone", input->phone);
    if (!bank_code_ask(port, request, arena, &answer, &result, err)) {
        return false;
    }
    const char *code_id = answer_text_at(answer, "Response.OtpId", arena);
    if (strcmp(result, "0") != 0 || code_id == NULL || code_id[0] == '\0') {
        return error_set(err, ERROR_FORBIDDEN, "measure.code_refused", NULL,
                         "the bank sends no code");
    }
    *ret_code_id = arena_text(arena, bytes_of_text(code_id));
    return *ret_code_id != NULL || error_memory(err);
}

bool bank_code_confirm(const ProviderPort *port, const char *code_id, const char *code,
                       Arena *arena, Measure *measure, Error *err)
{
    // The bank's own codes for a code. Everything else is an outage.
    static const struct {
        const char *result;
        ErrorKind kind;
        const char *code;
    } refusals[] = {
        {"1", ERROR_FORBIDDEN, "measure.code_wrong"},
        {"2", ERROR_CONFLICT, "measure.code_expired"},
        {"3", ERROR_LIMIT, "measure.code_tries"},
    };
    const char *result = NULL;
    CLEANUP(json_cleanup) json_t *answer = NULL;
    CLEANUP(json_cleanup) json_t *request = json_make_object();
    json_put_text(request, "Action", "verify");
    json_put_text(request, "OtpId", code_id);
    json_put_text(request, "Code", code);
    if (!bank_code_ask(port, request, arena, &answer, &result, err)) {
        return false;
    }
    const char *echo = answer_text_at(answer, "Response.OtpId", arena);
    if (strcmp(result, "0") == 0 && echo != NULL && strcmp(echo, code_id) == 0) {
        measure->possession_confirmed = true;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (strcmp(result, refusals[i].result) == 0) {
            return error_set(err, refusals[i].kind, refusals[i].code, NULL,
                             "the bank refused the code");
        }
    }
    return error_set(err, ERROR_UNAVAILABLE, "provider.garbage", NULL,
                     "the bank's answer about a code is unknown");
}
