// SPDX-License-Identifier: Apache-2.0
//
// Script: who exists in the sandbox and what each provider says about them.
#ifndef ASSENT_COMPONENT_SANDBOX_SCRIPT_H
#define ASSENT_COMPONENT_SANDBOX_SCRIPT_H

#include "base/codec/json.h"
#include "base/core/arena.h"

typedef enum {
    PROVIDER_POLICE,
    PROVIDER_AGENCY,
    PROVIDER_FACE,
    PROVIDER_BANK,
    PROVIDER_OPERATOR,
    PROVIDER_VIRTUAL_OPERATOR,
    PROVIDER_BUREAU,
    PROVIDER_COUNT
} ScriptProvider;

// What goes wrong besides the answer.
typedef enum {
    FAULT_NONE,
    FAULT_HTTP_500,
    FAULT_GARBAGE,        // something that is no JSON
    FAULT_TIMEOUT,        // an answer that comes too late
    FAULT_OTHER_REQUEST,  // the answer to somebody else's request
} ScriptFault;

// A provider's answer about one person; texts NULL: what follows from the person's data.
typedef struct {
    const char *code;        // in the provider's own code
    const char *envelope;    // outer code, where the provider has one
    const char *alarms;      // of documents
    const char *similarity;  // of faces, as decimal text
    const char *liveness_risk;
    int64_t delay_ms;
    ScriptFault fault;
} ScriptAnswer;

typedef struct {
    const char *name;
    const char *id_number;
    const char *phone;
    const char *bank_phone;  // reserved at the bank; the same as phone unless given
    const char *bank_card;   // "" when none
    int64_t accounts;        // in the fictitious credit report
    int64_t overdue_accounts;
    ScriptAnswer answers[PROVIDER_COUNT];
} ScriptPerson;

typedef struct {
    const ScriptPerson *persons;
    size_t count;
} Script;

// Parse into the arena. Fails with ERROR_INPUT "sandbox.…" or as JsonView does.
bool script_parse(Bytes json, Arena *arena, Script *ret, Error *err) MUST_CHECK;
// NULL when nobody has the number.
const ScriptPerson *script_find(const Script *script, const char *id_number);
const ScriptPerson *script_find_card(const Script *script, const char *bank_card);

#endif
