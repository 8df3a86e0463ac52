// SPDX-License-Identifier: Apache-2.0
//
// Sandbox: stand-ins for the outside world, reached over HTTPS like the real providers: citizen
// check, liveness, bank card, operator, short messages, credit bureau, a time server. Fictitious
// persons only; never part of a production deployment.
#ifndef ASSENT_COMPONENT_SANDBOX_SANDBOX_H
#define ASSENT_COMPONENT_SANDBOX_SANDBOX_H

#include "base/core/time.h"
#include "base/net/service.h"
#include "base/secret/random.h"

enum { SANDBOX_SCRIPT_MAX_SIZE = 4 * 1024 * 1024 };

typedef struct Sandbox Sandbox;

// Borrowed until sandbox_stop.
typedef struct {
    Bytes script;                 // JSON "assent.sandbox/1", see README.md; examples/sandbox.json
    bool unlisted_persons_match;  // persons of region 999999 that are not in the script pass
                                  // everything (for load tests); otherwise nobody knows them
    Clock clock;
    Random random;
    const char *time_address;  // numeric, where a time server answers over UDP; NULL: none
    uint16_t time_port;        // 0: any
    // Wait as a slow provider does; NULL: really sleep.
    void (*wait)(void *state, int64_t milliseconds);
    void *wait_state;
} SandboxConfig;

// Parse the script. Fails with ERROR_INPUT, naming the person by position only. A person outside
// region 999999 is refused: real ones have no place here.
bool sandbox_start(const SandboxConfig *config, Sandbox **ret, Error *err) MUST_CHECK;
// Release. NULL is harmless. No request may be running.
void sandbox_stop(Sandbox *sandbox);
// The port of the time server; 0: there is none.
uint16_t sandbox_time_port(const Sandbox *sandbox);
// The routes, to be served or called locally. Lives as long as the sandbox.
const Service *sandbox_service(const Sandbox *sandbox);
// OpenAPI description, JSON.
Bytes sandbox_openapi(void);

#endif
