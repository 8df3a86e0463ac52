// SPDX-License-Identifier: Apache-2.0
//
// What is authorised: who lets whom query or report what, from where, why, and how long.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_AUTHORIZATION_H
#define ASSENT_DOMAIN_AUTHORIZATION_AUTHORIZATION_H

#include <jansson.h>

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/time.h"
#include "domain/authorization/purposes.h"
#include "domain/identity/person.h"

enum {
    AUTHORIZATION_PURPOSES_MAX = 16,
    AUTHORIZATION_PARTIES_MAX = 8,
    AUTHORIZATION_ITEMS_MAX = 16,
    USCC_SIZE = 19,
};

// A legal person with its unified social credit code (GB 32100-2015).
typedef struct {
    const char *name;
    const char *uscc;     // 18 characters with a right check character
    const char *contact;  // "" when not needed. Source: PIPL 17
} Party;

// How the authorization ends, besides withdrawal.
typedef enum {
    TERM_UNTIL_DATE,
    TERM_UNTIL_SETTLED,  // the business is fully settled, or the application was refused
} TermEnd;

// How often a purpose may be used; 0 = not limited by number, only by purpose and term.
typedef enum { PERIOD_TOTAL, PERIOD_DAY, PERIOD_MONTH, PERIOD_QUARTER } FrequencyPeriod;

typedef struct {
    int count;
    FrequencyPeriod period;
} Frequency;

typedef struct {
    const char *id;  // UUID
    const char *template_id;
    const char *template_version;
    Sm3Digest template_digest;
    Party party;                               // the one authorised party
    Party sources[AUTHORIZATION_PARTIES_MAX];  // whose data is queried
    size_t source_count;
    Party recipients[AUTHORIZATION_PARTIES_MAX];  // third parties that may receive data, each named
    size_t recipient_count;
    bool may_query;  // each scope has a tick of its own. Source: Reg 18, 28, 29
    bool may_report;
    const Purpose *purposes[AUTHORIZATION_PURPOSES_MAX];
    size_t purpose_count;
    const char *report_items[AUTHORIZATION_ITEMS_MAX];  // data items that are reported
    size_t report_item_count;
    Time starts_at;
    TermEnd end;
    Time ends_at;  // the hard end, also for TERM_UNTIL_SETTLED
    Frequency frequency;
    const char *business;  // product and application number, no personal data
} Authorization;

// Take an authorization from JSON ("assent.authorization/1"); all texts are copied into the
// arena. Every field is checked: at least one scope, a purpose when there is a query, report
// items when there is reporting, no purpose twice, a party with a right credit code, named
// sources, an end at most ten years after the start.
// Fails with ERROR_INPUT "authorization.…"/"purpose.unknown", ERROR_FORBIDDEN "purpose.never".
// Source: Regulation on the Credit Reporting Industry 13, 18, 28, 29; PIPL 17, 23.
bool authorization_parse(const json_t *value, Arena *arena, Authorization *ret,
                         Error *err) MUST_CHECK;
// Strict inverse. The caller owns the result; NULL when out of memory.
json_t *authorization_to_json(const Authorization *authorization);

// True if the purpose is among those authorised.
bool authorization_covers_purpose(const Authorization *authorization, const Purpose *purpose);
// True if a party with this credit code is named as recipient, or is the authorised party.
bool authorization_names_recipient(const Authorization *authorization, const char *uscc);

// Check a unified social credit code: alphabet, registration authority and check character.
// Fails with ERROR_INPUT "party.credit_code". Source: GB 32100-2015 4.
bool credit_code_check(const char *uscc, Error *err) MUST_CHECK;

// "自签署之日起至2027年11月25日止" and the like, for the agreement; NULL when out of memory.
const char *authorization_term_chinese(const Authorization *authorization, Arena *arena);
// "每季度不超过1次" or "以实现授权用途所必需为限".
const char *authorization_frequency_chinese(const Authorization *authorization, Arena *arena);

#endif
