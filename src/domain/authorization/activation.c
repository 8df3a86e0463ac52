// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/activation.h"

#define ACTIVATION_CLAUSE "Electronic Signature Law 13"

bool activation_start(const Sm3Digest *to_be_signed, const OneTimeCodeRules *rules, Time now,
                      Random random, Activation *ret, char ret_code[ONE_TIME_CODE_SIZE], Error *err)
{
    Activation activation = {.to_be_signed = *to_be_signed};
    if (!one_time_code_new(to_be_signed, rules, now, random, &activation.code, ret_code, err)) {
        return false;
    }
    *ret = activation;
    return true;
}

bool activation_confirm(Activation *activation, const char *code, Time now, Error *err)
{
    return one_time_code_confirm(&activation->code, code, now, err);
}

bool activation_spend(Activation *activation, const Sm3Digest *to_be_signed, Time now, Error *err)
{
    if (activation->is_spent) {
        return error_set(err, ERROR_CONFLICT, "activation.spent", ACTIVATION_CLAUSE,
                         "this authentication was used for a signature before");
    }
    if (!activation->code.is_confirmed) {
        return error_set(err, ERROR_FORBIDDEN, "activation.not_confirmed", ACTIVATION_CLAUSE,
                         "the person has not authenticated for this signature");
    }
    if (now >= activation->code.expires_at) {
        return error_set(err, ERROR_CONFLICT, "activation.expired", ACTIVATION_CLAUSE,
                         "the authentication for this signature has expired");
    }
    if (!sm3_digest_equal(&activation->to_be_signed, to_be_signed) ||
        !sm3_digest_equal(&activation->code.purpose, to_be_signed)) {
        return error_set(err, ERROR_CONFLICT, "activation.other_document", ACTIVATION_CLAUSE,
                         "the person authenticated for another document");
    }
    activation->is_spent = true;
    return true;
}
