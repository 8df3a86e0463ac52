// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lifecycle.h"

#include <string.h>

#include "base/test/test.h"

static Error err;

// The picture of domain 2.3, row by row: what an operation makes of each state, by its first
// letter;
// "." where it is refused. Columns: issue reject deliver accept update suspend resume revoke
// expire.
static const char *const wanted[CERTIFICATE_STATE_COUNT] = {
    [CERTIFICATE_REQUESTED] = "ij.......", [CERTIFICATE_REJECTED] = ".........",
    [CERTIFICATE_ISSUED] = "..d..s.rx",    [CERTIFICATE_DELIVERED] = "...a.s.rx",
    [CERTIFICATE_ACTIVE] = "....us.rx",    [CERTIFICATE_UPDATED] = ".....s.rx",
    [CERTIFICATE_SUSPENDED] = "......arx", [CERTIFICATE_REVOKED] = ".........",
    [CERTIFICATE_EXPIRED] = ".........",
};

static const char letters[CERTIFICATE_STATE_COUNT + 1] = "?jidausrx";

// Who may ask, by the same columns; h g k a c t for holder, registrar, risk, authority, court,
// clock.
static const char *const askers[OPERATION_COUNT] = {"g",    "a",  "g",     "h", "h",
                                                    "hgka", "ha", "hgact", "t"};

static void check_step(CertificateState from, CertificateOperation operation, Requester requester)
{
    CertificateState to = CERTIFICATE_STATE_COUNT;
    char letter = wanted[from][operation];
    bool may_ask = strchr(askers[operation], "hgkact"[requester]) != NULL;
    bool done = certificate_state_next(from, operation, requester, &to, &err);
    CHECK(done == (may_ask && letter != '.'));
    if (done) {
        CHECK_INT(letters[to], letter);
    } else {
        CHECK_TEXT(err.code, may_ask ? "certificate.state" : "certificate.requester");
        CHECK_INT(to, CERTIFICATE_STATE_COUNT);
    }
}

// Covers: JR/T 0299-2024 6.5; C09.
TEST(each_operation_is_possible_from_its_states_and_for_its_requesters_only)
{
    for (int i = 0; i < CERTIFICATE_STATE_COUNT * OPERATION_COUNT * REQUESTER_COUNT; i++) {
        check_step((CertificateState)(i / (OPERATION_COUNT * REQUESTER_COUNT)),
                   (CertificateOperation)(i / REQUESTER_COUNT % OPERATION_COUNT),
                   (Requester)(i % REQUESTER_COUNT));
    }
}

TEST(what_is_no_reason_is_no_operation)
{
    static const int reasons[] = {-1, 7, 11};
    CertificateOperation operation;
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        CHECK_FAILS_WITH(certificate_operation_of_reason(reasons[i], &operation, &err), ERROR_INPUT,
                         "certificate.reason");
    }
    CHECK_OK(certificate_operation_of_reason(6, &operation, &err));
    CHECK_INT(operation, OPERATION_SUSPEND);
    CHECK_OK(certificate_operation_of_reason(8, &operation, &err));
    CHECK_INT(operation, OPERATION_RESUME);
    CHECK_OK(certificate_operation_of_reason(0, &operation, &err));
    CHECK_INT(operation, OPERATION_REVOKE);
}

TEST(states_and_requesters_have_names_that_can_be_read_back)
{
    for (int state = 0; state < CERTIFICATE_STATE_COUNT; state++) {
        CertificateState back;
        CHECK(certificate_state_from_name(certificate_state_name((CertificateState)state), &back));
        CHECK_INT(back, state);
    }
    for (int requester = 0; requester < REQUESTER_COUNT; requester++) {
        Requester back;
        CHECK(requester_from_name(requester_name((Requester)requester), &back));
        CHECK_INT(back, requester);
    }
    CertificateState unknown;
    Requester nobody;
    CHECK(!certificate_state_from_name("LOST", &unknown));
    CHECK(!requester_from_name("police", &nobody));
}

TEST(the_state_follows_from_the_record_and_the_time)
{
    static const struct {
        CertificateLife life;
        Time now;
        CertificateState state;
    } cases[] = {
        {{.stored = CERTIFICATE_ACTIVE, .expires_at = 100}, 50, CERTIFICATE_ISSUED},
        {{.stored = CERTIFICATE_ACTIVE, .delivered_at = 10, .expires_at = 100},
         50,
         CERTIFICATE_DELIVERED},
        {{.stored = CERTIFICATE_ACTIVE, .delivered_at = 10, .accepted_at = 20, .expires_at = 100},
         50,
         CERTIFICATE_ACTIVE},
        {{.stored = CERTIFICATE_ACTIVE,
          .accepted_at = 20,
          .expires_at = 100,
          .has_successor = true},
         50,
         CERTIFICATE_UPDATED},
        {{.stored = CERTIFICATE_ACTIVE, .accepted_at = 20, .expires_at = 100},
         100,
         CERTIFICATE_ACTIVE},
        {{.stored = CERTIFICATE_ACTIVE, .accepted_at = 20, .expires_at = 100},
         101,
         CERTIFICATE_EXPIRED},
        {{.stored = CERTIFICATE_SUSPENDED, .hold_until = 60, .expires_at = 100},
         59,
         CERTIFICATE_SUSPENDED},
        {{.stored = CERTIFICATE_SUSPENDED, .hold_until = 60, .expires_at = 100},
         60,
         CERTIFICATE_REVOKED},
        // That it was revoked by the clock stays true after its end.
        {{.stored = CERTIFICATE_SUSPENDED, .hold_until = 60, .expires_at = 100},
         200,
         CERTIFICATE_REVOKED},
        {{.stored = CERTIFICATE_SUSPENDED, .expires_at = 100}, 101, CERTIFICATE_EXPIRED},
        {{.stored = CERTIFICATE_REVOKED, .expires_at = 100}, 101, CERTIFICATE_REVOKED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(certificate_life_at(&cases[i].life, cases[i].now), cases[i].state);
    }
}
