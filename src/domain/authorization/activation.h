// SPDX-License-Identifier: Apache-2.0
//
// Activation: re-authentication at signing, bound to exactly the digest that will be signed.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_ACTIVATION_H
#define ASSENT_DOMAIN_AUTHORIZATION_ACTIVATION_H

#include "base/core/time.h"
#include "base/secret/random.h"
#include "base/sm3/sm3.h"
#include "domain/identity/one_time_code.h"

// One activation; plain data that a component stores. It holds no code, only a digest of it.
typedef struct {
    OneTimeCode code;
    Sm3Digest to_be_signed;  // what the person saw and will sign
    bool is_spent;
} Activation;

// Start one: the code is in ret_code, to be sent to the person's phone together with the first
// characters of the digest. Fails with ERROR_INTERNAL.
// Source: Electronic Signature Law 13 (2).
bool activation_start(const Sm3Digest *to_be_signed, const OneTimeCodeRules *rules, Time now,
                      Random random, Activation *ret, char ret_code[ONE_TIME_CODE_SIZE],
                      Error *err) MUST_CHECK;
// Compare the code. The caller stores the activation whatever the result, since tries count.
// Fails as one_time_code_confirm does.
bool activation_confirm(Activation *activation, const char *code, Time now, Error *err) MUST_CHECK;
// Use the confirmed activation for one signature. Fails with ERROR_FORBIDDEN
// "activation.not_confirmed", ERROR_CONFLICT "activation.other_document" (the document changed
// after the person authenticated), "activation.spent", "activation.expired".
bool activation_spend(Activation *activation, const Sm3Digest *to_be_signed, Time now,
                      Error *err) MUST_CHECK;

#endif
