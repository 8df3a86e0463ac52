// SPDX-License-Identifier: Apache-2.0
//
// Phone and bank card numbers.
#ifndef ASSENT_DOMAIN_IDENTITY_CONTACT_H
#define ASSENT_DOMAIN_IDENTITY_CONTACT_H

#include "base/core/bytes.h"
#include "base/core/error.h"

enum { PHONE_SIZE = 12, BANK_CARD_SIZE = 20 };

typedef enum {
    PHONE_MOBILE,     // one of the network operators
    PHONE_VIRTUAL,    // an operator without a network of its own: asked at another interface
    PHONE_DATA_ONLY,  // data card or machine: no person answers
    PHONE_SATELLITE,
    PHONE_UNKNOWN,  // a well-formed number of a range that the plan does not know: a warning
} PhoneKind;

// The numbering plan: which ranges belong to whom. Immutable once made.
typedef struct PhonePlan PhonePlan;

// Parse a plan: {"type":"assent.phone-plan/1","version":..,"ranges":[{"prefix","kind",
// "operator"}]}; the longest prefix wins. Fails with ERROR_INPUT.
bool phone_plan_parse(Bytes json, PhonePlan **ret, Error *err) MUST_CHECK;
// The plan that is built in (data/phone_plan.json).
bool phone_plan_default(PhonePlan **ret, Error *err) MUST_CHECK;
void phone_plan_free(PhonePlan *plan);
void phone_plan_cleanup(PhonePlan **plan);

// What one number is. The operator's name is borrowed from the plan; "" when unknown.
typedef struct {
    PhoneKind kind;
    const char *operator_name;
} PhoneRange;

// Look up a number: 11 digits that begin with 1, else ERROR_INPUT "phone.format". A range that
// is not in the plan is PHONE_UNKNOWN, not an error.
bool phone_check(const PhonePlan *plan, Bytes phone, PhoneRange *ret, Error *err) MUST_CHECK;

// Check a bank card number: 16 to 19 digits, else ERROR_INPUT "bank_card.format". A wrong Luhn
// digit is only a warning, since some issuers do not use it. Source: ISO/IEC 7812-1 Annex B.
bool bank_card_check(Bytes number, bool *ret_luhn_holds, Error *err) MUST_CHECK;

#endif
