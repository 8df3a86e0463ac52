// SPDX-License-Identifier: Apache-2.0
#include "component/sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/sandbox/embedded.h"
#include "component/sandbox/provider.h"

enum { TIMEOUT_MS = 20000 };

static void really_wait(void *state, int64_t milliseconds)
{
    (void)state;
    const struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

bool sandbox_start(const SandboxConfig *config, Sandbox **ret, Error *err)
{
    if (config->script.len > SANDBOX_SCRIPT_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "sandbox.script", NULL, "the script is too long");
    }
    Sandbox *sandbox = calloc(1, sizeof(*sandbox));
    if (sandbox == NULL) {
        return error_memory(err);
    }
    sandbox->config = *config;
    if (config->wait == NULL) {
        sandbox->config.wait = really_wait;
    }
    mailbox_init(&sandbox->mailbox);
    (void)pthread_mutex_init(&sandbox->bureau_lock, NULL);
    sandbox->service = (Service){.name = "sandbox",
                                 .routes = sandbox_routes,
                                 .route_count = sandbox_route_count,
                                 .component = sandbox};
    sandbox->arena = arena_new(ARENA_DEFAULT_LIMIT);
    const bool ok =
        (sandbox->arena != NULL || error_memory(err)) &&
        script_parse(config->script, sandbox->arena, &sandbox->script, err) &&
        service_check(&sandbox->service, err) &&
        sandbox_authority_new(config->clock, config->random, &sandbox->authority, err) &&
        (config->time_address == NULL || ntp_stand_in_start(config->time_address, config->time_port,
                                                            config->clock, &sandbox->time, err));
    if (!ok) {
        sandbox_stop(sandbox);
        return error_context(err, "starting the sandbox");
    }
    *ret = sandbox;
    return true;
}

void sandbox_stop(Sandbox *sandbox)
{
    if (sandbox != NULL) {
        ntp_stand_in_stop(sandbox->time);
        sandbox_authority_free(sandbox->authority);
        mailbox_destroy(&sandbox->mailbox);
        (void)pthread_mutex_destroy(&sandbox->bureau_lock);
        arena_free(sandbox->arena);
        free(sandbox);
    }
}

uint16_t sandbox_time_port(const Sandbox *sandbox)
{
    return sandbox->time == NULL ? 0 : ntp_stand_in_port(sandbox->time);
}

const Service *sandbox_service(const Sandbox *sandbox)
{
    return &sandbox->service;
}

Bytes sandbox_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

const ScriptPerson *sandbox_person(const Sandbox *sandbox, const char *id_number,
                                   bool *ret_unlisted)
{
    const ScriptPerson *person = script_find(&sandbox->script, id_number);
    *ret_unlisted = person == NULL && sandbox->config.unlisted_persons_match &&
                    strncmp(id_number, "999999", 6) == 0;
    return person;
}

const char *request_text(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text == NULL ? "" : text;
}

bool sandbox_misbehave(const Sandbox *sandbox, const ScriptAnswer *answer,
                       ServiceResponse *response, bool *ret_done, Error *err)
{
    const SandboxConfig *config = &sandbox->config;
    *ret_done = false;
    if (answer->delay_ms > 0) {
        config->wait(config->wait_state, answer->delay_ms);
    }
    switch (answer->fault) {
    case FAULT_HTTP_500:
        return error_set(err, ERROR_INTERNAL, "sandbox.http_500", NULL, "the script says so");
    case FAULT_TIMEOUT:
        config->wait(config->wait_state, answer->delay_ms > 0 ? 0 : TIMEOUT_MS);
        return error_set(err, ERROR_UNAVAILABLE, "sandbox.timeout", NULL, "the script says so");
    case FAULT_GARBAGE:
        service_reply_bytes(response, 200, "text/html",
                            BYTES_LITERAL("<html><body>It works!</body></html>"));
        *ret_done = true;
        return true;
    case FAULT_NONE:
    case FAULT_OTHER_REQUEST:
        return true;
    }
    return true;
}
