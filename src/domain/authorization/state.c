// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/state.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *chinese;
} StateText;

static const StateText state_texts[STATE_COUNT] = {
    [STATE_CREATED] = {"CREATED", "已创建"},
    [STATE_CONSENTED] = {"CONSENTED", "已告知并同意"},
    [STATE_IDENTIFIED] = {"IDENTIFIED", "身份鉴别通过"},
    [STATE_CERTIFIED] = {"CERTIFIED", "证书已签发"},
    [STATE_PRESENTED] = {"PRESENTED", "协议已展示"},
    [STATE_ACTIVATED] = {"ACTIVATED", "签署前已再次验证"},
    [STATE_SIGNED] = {"SIGNED", "已签署"},
    [STATE_DEPOSITED] = {"DEPOSITED", "已存证"},
    [STATE_ACTIVE] = {"ACTIVE", "已生效"},
    [STATE_DISPUTED] = {"DISPUTED", "异议处理中"},
    [STATE_FROZEN] = {"FROZEN", "已冻结"},
    [STATE_MANUAL] = {"MANUAL", "待人工核实"},
    [STATE_WITHDRAWN] = {"WITHDRAWN", "已撤回"},
    [STATE_EXPIRED] = {"EXPIRED", "已到期"},
    [STATE_REJECTED] = {"REJECTED", "身份鉴别未通过"},
    [STATE_CANCELLED] = {"CANCELLED", "已取消"},
    [STATE_VOID] = {"VOID", "签署无效"},
};

static const char *const event_names[EVENT_COUNT] = {
    [EVENT_CONSENT] = "CONSENT",     [EVENT_IDENTIFY] = "IDENTIFY",
    [EVENT_REFER] = "REFER",         [EVENT_REJECT] = "REJECT",
    [EVENT_CERTIFY] = "CERTIFY",     [EVENT_PRESENT] = "PRESENT",
    [EVENT_ACTIVATE] = "ACTIVATE",   [EVENT_LOSE_KEY] = "LOSE_KEY",
    [EVENT_REPRESENT] = "REPRESENT", [EVENT_SIGN] = "SIGN",
    [EVENT_DEPOSIT] = "DEPOSIT",     [EVENT_TAKE_EFFECT] = "TAKE_EFFECT",
    [EVENT_WITHDRAW] = "WITHDRAW",   [EVENT_DISPUTE] = "DISPUTE",
    [EVENT_SETTLE] = "SETTLE",       [EVENT_FREEZE] = "FREEZE",
    [EVENT_UNFREEZE] = "UNFREEZE",   [EVENT_EXPIRE] = "EXPIRE",
    [EVENT_CANCEL] = "CANCEL",       [EVENT_VOID] = "VOID",
};

// Everything that is permitted. What is not here is a conflict.
static const struct {
    AuthorizationState from;
    AuthorizationEvent event;
    AuthorizationState to;
} transitions[] = {
    {STATE_CREATED, EVENT_CONSENT, STATE_CONSENTED},
    {STATE_CREATED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_CREATED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_CONSENTED, EVENT_IDENTIFY, STATE_IDENTIFIED},
    {STATE_CONSENTED, EVENT_REFER, STATE_MANUAL},
    {STATE_CONSENTED, EVENT_REJECT, STATE_REJECTED},
    {STATE_CONSENTED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_CONSENTED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_MANUAL, EVENT_IDENTIFY, STATE_IDENTIFIED},
    {STATE_MANUAL, EVENT_REJECT, STATE_REJECTED},
    {STATE_MANUAL, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_MANUAL, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_IDENTIFIED, EVENT_CERTIFY, STATE_CERTIFIED},
    {STATE_IDENTIFIED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_IDENTIFIED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_CERTIFIED, EVENT_PRESENT, STATE_PRESENTED},
    // A key that lived in a page is gone with the page: nothing was signed by it, and nothing will
    // be.
    {STATE_CERTIFIED, EVENT_LOSE_KEY, STATE_IDENTIFIED},
    {STATE_CERTIFIED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_CERTIFIED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_PRESENTED, EVENT_PRESENT, STATE_PRESENTED},
    {STATE_PRESENTED, EVENT_ACTIVATE, STATE_ACTIVATED},
    {STATE_PRESENTED, EVENT_LOSE_KEY, STATE_IDENTIFIED},
    {STATE_PRESENTED, EVENT_REPRESENT, STATE_CERTIFIED},
    {STATE_PRESENTED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_PRESENTED, EVENT_EXPIRE, STATE_EXPIRED},
    // Shown again, changed or not: what was authenticated for is no longer what would be signed.
    {STATE_ACTIVATED, EVENT_PRESENT, STATE_PRESENTED},
    {STATE_ACTIVATED, EVENT_LOSE_KEY, STATE_IDENTIFIED},
    {STATE_ACTIVATED, EVENT_REPRESENT, STATE_CERTIFIED},
    {STATE_ACTIVATED, EVENT_SIGN, STATE_SIGNED},
    {STATE_ACTIVATED, EVENT_VOID, STATE_VOID},
    {STATE_ACTIVATED, EVENT_CANCEL, STATE_CANCELLED},
    {STATE_ACTIVATED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_SIGNED, EVENT_DEPOSIT, STATE_DEPOSITED},
    {STATE_SIGNED, EVENT_VOID, STATE_VOID},
    {STATE_SIGNED, EVENT_WITHDRAW, STATE_WITHDRAWN},
    {STATE_DEPOSITED, EVENT_TAKE_EFFECT, STATE_ACTIVE},
    {STATE_DEPOSITED, EVENT_VOID, STATE_VOID},
    {STATE_DEPOSITED, EVENT_WITHDRAW, STATE_WITHDRAWN},
    {STATE_ACTIVE, EVENT_WITHDRAW, STATE_WITHDRAWN},
    {STATE_ACTIVE, EVENT_DISPUTE, STATE_DISPUTED},
    {STATE_ACTIVE, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_ACTIVE, EVENT_VOID, STATE_VOID},
    {STATE_ACTIVE, EVENT_FREEZE, STATE_FROZEN},
    {STATE_DISPUTED, EVENT_FREEZE, STATE_FROZEN},
    {STATE_FROZEN, EVENT_UNFREEZE, STATE_ACTIVE},
    {STATE_FROZEN, EVENT_WITHDRAW, STATE_WITHDRAWN},
    {STATE_FROZEN, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_FROZEN, EVENT_VOID, STATE_VOID},
    {STATE_DISPUTED, EVENT_SETTLE, STATE_ACTIVE},
    {STATE_DISPUTED, EVENT_WITHDRAW, STATE_WITHDRAWN},
    {STATE_DISPUTED, EVENT_EXPIRE, STATE_EXPIRED},
    {STATE_DISPUTED, EVENT_VOID, STATE_VOID},
};

bool authorization_state_next(AuthorizationState state, AuthorizationEvent event,
                              AuthorizationState *ret, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(transitions); i++) {
        if (transitions[i].from == state && transitions[i].event == event) {
            *ret = transitions[i].to;
            return true;
        }
    }
    return error_set(err, ERROR_CONFLICT, "authorization.transition", NULL,
                     "%s is not possible for an authorization that is %s", event_names[event],
                     state_texts[state].name);
}

bool authorization_state_is_final(AuthorizationState state)
{
    for (size_t i = 0; i < COUNT_OF(transitions); i++) {
        if (transitions[i].from == state) {
            return false;
        }
    }
    return true;
}

const char *authorization_state_name(AuthorizationState state)
{
    return state_texts[state].name;
}

const char *authorization_state_chinese(AuthorizationState state)
{
    return state_texts[state].chinese;
}

bool authorization_state_from_name(const char *name, AuthorizationState *ret)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcmp(state_texts[i].name, name) == 0) {
            *ret = (AuthorizationState)i;
            return true;
        }
    }
    return false;
}

const char *authorization_event_name(AuthorizationEvent event)
{
    return event_names[event];
}
