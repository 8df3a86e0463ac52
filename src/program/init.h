// SPDX-License-Identifier: Apache-2.0
//
// Making a deployment: the work of `assent init`, also used by demo and bench.
#ifndef ASSENT_PROGRAM_INIT_H
#define ASSENT_PROGRAM_INIT_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "program/deployment.h"

// The name of the evidence log of a deployment.
#define INIT_LOG_ORIGIN "evidence.example.cn/log1"

enum { INIT_LOGINS = 7, INIT_PASSWORD_SIZE = 24 };

// How somebody of the staff logs in to a portal. It is told once and written down nowhere.
typedef struct {
    ComponentId portal;
    const char *user;
    char password[INIT_PASSWORD_SIZE];  // the caller wipes it
    const char *otp;                    // otpauth:// URI for an authenticator app
} InitLogin;

typedef struct {
    const char *directory;
    uint16_t base_port;  // components listen on base_port, base_port + 1, ...; 0: any free
    Time now;
    Bytes sandbox_persons;         // JSON of the sandbox's persons
    bool sandbox_knows_everybody;  // for load tests
} InitPlan;

// Make all keys, certificates and the configuration. Fails with CONFLICT "init.exists" when the
// directory is there and not empty.
bool init_deployment(const InitPlan *plan, Arena *arena, Error *err) MUST_CHECK;
// Make the first accounts: an officer's and an auditor's of the bank, one of the CA's and one of
// the evidence provider's staff, each in the file of their own portal, with random passwords. Takes
// some tenths of a second; a deployment without it has no staff. Fails as file_write does.
bool init_staff(const InitPlan *plan, Arena *arena, InitLogin ret[INIT_LOGINS],
                Error *err) MUST_CHECK;
// Make the witnesses that stand in for a court, a notary and a CA, and the policy that asks for two
// of them; part of init_deployment. init_witnesses.c.
bool init_witnesses(const InitPlan *plan, Arena *arena, Error *err) MUST_CHECK;
// The fictitious persons that come with assent.
Bytes init_default_persons(void);

#endif
