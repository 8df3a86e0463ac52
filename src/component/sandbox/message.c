// SPDX-License-Identifier: Apache-2.0
//
// Short messages and the bank's one-time codes.
#include <string.h>

#include "component/sandbox/provider.h"

static json_t *code_reply(int result, const char *code_id)
{
    json_t *reply = json_make_object();
    json_t *inner = json_make_object();
    char text[4] = {(char)('0' + result), '\0'};
    json_put_text(inner, "Result", text);
    json_put_text(inner, "OtpId", code_id);
    json_put(reply, "Response", inner);
    return reply;
}

// The code goes to the phone that the bank knows, if it is the one that was named.
static bool bank_code_start(Sandbox *sandbox, const json_t *body, json_t **ret, Error *err)
{
    enum { REFUSED = 9 };
    char id[RANDOM_UUID_SIZE] = "";
    const char *phone = request_text(body, "Phone");
    const ScriptPerson *owner = script_find_card(&sandbox->script, request_text(body, "BankCard"));
    const bool is_known = owner != NULL ? strcmp(owner->bank_phone, phone) == 0
                                        : sandbox->config.unlisted_persons_match;
    if (is_known && !mailbox_code_send(&sandbox->mailbox, phone, clock_now(sandbox->config.clock),
                                       sandbox->config.random, id, err)) {
        return false;
    }
    *ret = code_reply(is_known ? 0 : REFUSED, id);
    return true;
}

bool sandbox_bank_code(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Sandbox *sandbox = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    const char *action = request_text(body, "Action");
    if (strcmp(action, "send") == 0) {
        if (!bank_code_start(sandbox, body, &reply, err)) {
            return false;
        }
    } else if (strcmp(action, "verify") == 0) {
        const char *id = request_text(body, "OtpId");
        const CodeAnswer answer = mailbox_code_check(
            &sandbox->mailbox, id, request_text(body, "Code"), clock_now(sandbox->config.clock));
        reply = code_reply((int)answer, id);
    } else {
        return error_set(err, ERROR_INPUT, "sandbox.action", NULL, "the action is send or verify");
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool sandbox_message(void *component, const ServiceRequest *request, ServiceResponse *response,
                     Error *err)
{
    Sandbox *sandbox = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "message", err);
    const char *phone = json_view_text(&view, "phone", MAILBOX_PHONE_SIZE - 1);
    const char *text = json_view_text(&view, "text", MAILBOX_TEXT_SIZE - 1);
    if (!json_view_done(&view)) {
        return false;
    }
    mailbox_deliver(&sandbox->mailbox, phone, text, clock_now(sandbox->config.clock));
    json_put_bool(reply, "accepted", true);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool sandbox_inbox(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    Sandbox *sandbox = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "inbox", err);
    const char *phone = json_view_text(&view, "phone", MAILBOX_PHONE_SIZE - 1);
    const int64_t after = json_view_int(&view, "after", 0, INT64_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    json_put(reply, "messages", mailbox_list(&sandbox->mailbox, phone, after));
    return service_reply_json(response, request->arena, 200, reply, err);
}
