// SPDX-License-Identifier: Apache-2.0
//
// Rules: what C3 works by and changes only under dual control: profiles, the practice statement,
// the registration authorities, the issuing keys. They are in the store; the configuration gives
// the start values, and is not looked at again.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RULES_H
#define ASSENT_COMPONENT_CERTIFICATION_RULES_H

#include "base/store/store.h"
#include "component/certification/certification.h"
#include "component/certification/profile.h"
#include "component/port/partner.h"

enum { REGISTRARS_MAX = 128, PRACTICE_MAX_SIZE = 256 * 1024 };

typedef enum {
    RULE_PROFILE,
    RULE_PRACTICE,
    RULE_REGISTRAR,
    RULE_ISSUING_KEY,
    RULE_KIND_COUNT
} RuleKind;

const char *rule_kind_name(RuleKind kind);  // "profile"

// One rule as it is kept; the newest of a kind and name is in force.
typedef struct {
    RuleKind kind;
    const char
        *name;  // of the profile or registrar, version of the practice statement, SM3 of the key
    Bytes content;           // JSON, text, JSON, DER; empty: taken out of force
    const char *control_id;  // by which decision of two officers; "": start value
    Time created_at;
} RuleRow;

// All rules at one time. Never changes; lives until its arena is freed.
typedef struct Rules Rules;
struct Rules {
    Arena *arena;
    Rules *older;               // in force before, which requests may still be looking at
    ProfileCatalogue profiles;  // with version and digest of the practice statement
    Bytes practice;             // its text
    Registrar registrars[REGISTRARS_MAX];
    size_t registrar_count;
    Partners pinned;  // their certificates
};

// Write the start values, when there are none yet. Fails with ERROR_INPUT "certification.config".
bool rules_begin(Store *store, const CertificationConfig *config, Error *err) MUST_CHECK;
// Read what is in force. The caller frees it with rules_free.
bool rules_load(Store *store, Clock clock, Rules **ret, Error *err) MUST_CHECK;
// It and all that are older. NULL is harmless.
void rules_free(Rules *rules);
// True if the CA may issue with this certificate's key.
bool rules_have_issuing_key(Store *store, Bytes certificate, bool *ret, Error *err) MUST_CHECK;

// Content of a registrar's rule. Fails with ERROR_INPUT "certification.registrar".
bool registrar_to_text(const Registrar *registrar, Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
bool registrar_parse(const char *name, Bytes content, Arena *arena, Registrar *ret,
                     Error *err) MUST_CHECK;

// Within a session: keep a rule, when what is in force then is sound. records_rule.c.
bool rule_record_insert(StoreSession *session, const RuleRow *row, Error *err) MUST_CHECK;
// The newest of each kind and name that is in force, in the order in which they were kept; for the
// practice statement all versions. At most `max`.
bool rule_record_list(Store *store, Arena *arena, RuleRow *ret, size_t max, size_t *ret_count,
                      Error *err) MUST_CHECK;
// Within a session: whether there ever was one of this kind and name.
bool rule_record_is_there(StoreSession *session, RuleKind kind, const char *name, bool *ret,
                          Error *err) MUST_CHECK;
// The newest of a kind and name; without one, ret->name is NULL.
bool rule_record_find(Store *store, RuleKind kind, const char *name, Arena *arena, RuleRow *ret,
                      Error *err) MUST_CHECK;

#endif
