// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/authorization/state.h"

// Covers: JR/T 0299-2024 4.
TEST(main_job_runs_through_its_states_in_order)
{
    static const struct {
        AuthorizationEvent event;
        AuthorizationState state;
    } steps[] = {
        {EVENT_CONSENT, STATE_CONSENTED},  {EVENT_IDENTIFY, STATE_IDENTIFIED},
        {EVENT_CERTIFY, STATE_CERTIFIED},  {EVENT_PRESENT, STATE_PRESENTED},
        {EVENT_ACTIVATE, STATE_ACTIVATED}, {EVENT_SIGN, STATE_SIGNED},
        {EVENT_DEPOSIT, STATE_DEPOSITED},  {EVENT_TAKE_EFFECT, STATE_ACTIVE},
        {EVENT_DISPUTE, STATE_DISPUTED},   {EVENT_SETTLE, STATE_ACTIVE},
        {EVENT_WITHDRAW, STATE_WITHDRAWN},
    };
    Error err = {0};
    AuthorizationState state = STATE_CREATED;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        CHECK_OK(authorization_state_next(state, steps[i].event, &state, &err));
        CHECK_INT(state, steps[i].state);
    }
    CHECK(authorization_state_is_final(state));
}

// Covers: H25.
TEST(nothing_is_signed_or_in_force_by_a_short_cut)
{
    for (int from = 0; from < STATE_COUNT; from++) {
        for (int event = 0; event < EVENT_COUNT; event++) {
            Error err = {0};
            AuthorizationState to = STATE_COUNT;
            const bool ok = authorization_state_next((AuthorizationState)from,
                                                     (AuthorizationEvent)event, &to, &err);
            CHECK(ok || (err.kind == ERROR_CONFLICT && to == STATE_COUNT));
            CHECK(!ok || to != STATE_SIGNED || from == STATE_ACTIVATED);
            CHECK(!ok || to != STATE_ACTIVE || from == STATE_DEPOSITED || from == STATE_DISPUTED ||
                  from == STATE_FROZEN);
            CHECK(!ok || to != STATE_CERTIFIED || from == STATE_IDENTIFIED ||
                  from == STATE_PRESENTED || from == STATE_ACTIVATED);
            CHECK(!ok || to != STATE_IDENTIFIED || from == STATE_CONSENTED ||
                  from == STATE_MANUAL || event == EVENT_LOSE_KEY);
        }
    }
}

TEST(ended_authorizations_stay_ended)
{
    static const AuthorizationState ended[] = {STATE_WITHDRAWN, STATE_EXPIRED, STATE_REJECTED,
                                               STATE_CANCELLED, STATE_VOID};
    for (size_t i = 0; i < COUNT_OF(ended); i++) {
        CHECK(authorization_state_is_final(ended[i]));
    }
    CHECK(!authorization_state_is_final(STATE_ACTIVE));
}

TEST(changed_text_takes_the_activation_back)
{
    Error err = {0};
    AuthorizationState state = STATE_ACTIVATED;
    CHECK_OK(authorization_state_next(state, EVENT_REPRESENT, &state, &err));
    CHECK_FAILS_WITH(authorization_state_next(state, EVENT_SIGN, &state, &err), ERROR_CONFLICT,
                     "authorization.transition");
    CHECK_INT(state, STATE_CERTIFIED);
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(a_lost_key_leads_back_to_the_application_until_it_has_signed)
{
    for (int from = 0; from < STATE_COUNT; from++) {
        Error err = {0};
        AuthorizationState to = STATE_COUNT;
        const bool may =
            from == STATE_CERTIFIED || from == STATE_PRESENTED || from == STATE_ACTIVATED;
        CHECK_INT(authorization_state_next((AuthorizationState)from, EVENT_LOSE_KEY, &to, &err),
                  may);
        CHECK_INT(to, may ? STATE_IDENTIFIED : STATE_COUNT);
    }
}

TEST(every_state_has_names_and_is_found_by_them)
{
    for (int i = 0; i < STATE_COUNT; i++) {
        AuthorizationState state = STATE_COUNT;
        const char *name = authorization_state_name((AuthorizationState)i);
        CHECK(authorization_state_from_name(name, &state));
        CHECK_INT(state, i);
        CHECK(strlen(authorization_state_chinese(state)) > 0);
    }
    for (int i = 0; i < EVENT_COUNT; i++) {
        CHECK(strlen(authorization_event_name((AuthorizationEvent)i)) > 0);
    }
    AuthorizationState state = STATE_COUNT;
    CHECK(!authorization_state_from_name("active", &state));
}
