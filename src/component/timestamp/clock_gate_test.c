// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/clock_gate.h"

#include "base/test/test.h"

static Error err;

typedef struct {
    Time now, steady;
    Time offset, measured_at;
    bool is_silent;
    ClockReference reference;
    ClockGate gate;
} Clocks;

static bool measure(void *state, Time *ret_offset, Time *ret_measured_at, Error *error)
{
    const Clocks *clocks = state;
    if (clocks->is_silent) {
        return error_set(error, ERROR_UNAVAILABLE, "test.silent", NULL, "silent");
    }
    *ret_offset = clocks->offset;
    *ret_measured_at = clocks->measured_at;
    return true;
}

static void start(Clocks *clocks, bool has_reference, Time not_before)
{
    *clocks = (Clocks){.now = 1000 * TIME_DAY, .steady = TIME_DAY, .measured_at = 1000 * TIME_DAY};
    clocks->reference = (ClockReference){measure, clocks};
    ClockGateConfig config = {.clock = clock_manual(&clocks->now),
                              .steady = clock_manual(&clocks->steady),
                              .reference = has_reference ? &clocks->reference : NULL,
                              .not_before = not_before};
    CHECK_OK(clock_gate_start(&clocks->gate, &config, &err));
}

static void pass(Clocks *clocks, Time duration)
{
    clocks->now += duration;
    clocks->steady += duration;
}

TEST(an_undisturbed_clock_is_let_through)
{
    Clocks clocks;
    Time now;
    start(&clocks, false, 0);
    for (int i = 0; i < 10; i++) {
        pass(&clocks, TIME_HOUR);
        CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
        CHECK_INT(now, clocks.now);
    }
    clock_gate_stop(&clocks.gate);
}

// Covers: D24.
TEST(a_clock_that_was_set_closes_the_gate_in_both_directions)
{
    static const Time steps[] = {TIME_SECOND, -TIME_SECOND, 400 * TIME_DAY};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        Clocks clocks;
        Time now;
        start(&clocks, false, 0);
        clocks.now += steps[i];
        CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE,
                         "clock.stepped");
        pass(&clocks, TIME_HOUR);
        CHECK_FAILS(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE);
        clocks.now -= steps[i];
        CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
        clock_gate_stop(&clocks.gate);
    }
}

TEST(a_small_step_back_does_not_make_time_run_backwards)
{
    Clocks clocks;
    Time first, second;
    start(&clocks, false, 0);
    CHECK_OK(clock_gate_take(&clocks.gate, &first, &err));
    clocks.now -= 400 * TIME_MILLISECOND;
    CHECK_OK(clock_gate_take(&clocks.gate, &second, &err));
    CHECK_INT(second, first);
    clock_gate_stop(&clocks.gate);
}

TEST(a_reference_decides_whether_a_step_was_a_repair)
{
    Clocks clocks;
    Time now;
    start(&clocks, true, 0);
    clocks.now += TIME_MINUTE;
    clocks.measured_at = clocks.now;
    CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
    clocks.offset = 501 * TIME_MILLISECOND;
    CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE, "clock.offset");
    clocks.offset = -501 * TIME_MILLISECOND;
    CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE, "clock.offset");
    clocks.offset = -500 * TIME_MILLISECOND;
    CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
    clock_gate_stop(&clocks.gate);
}

TEST(a_reference_that_is_silent_or_stale_closes_the_gate)
{
    Clocks clocks;
    Time now;
    start(&clocks, true, 0);
    clocks.is_silent = true;
    CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE,
                     "clock.reference");
    clocks.is_silent = false;
    pass(&clocks, 5 * TIME_MINUTE + TIME_SECOND);
    CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE,
                     "clock.reference");
    clocks.measured_at = clocks.now;
    CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
    clock_gate_stop(&clocks.gate);
}

TEST(a_clock_behind_a_time_that_was_given_out_before_the_start_is_refused)
{
    Clocks clocks;
    Time now;
    start(&clocks, false, 1001 * TIME_DAY);
    CHECK_FAILS_WITH(clock_gate_take(&clocks.gate, &now, &err), ERROR_UNAVAILABLE, "clock.behind");
    pass(&clocks, TIME_DAY);
    CHECK_OK(clock_gate_take(&clocks.gate, &now, &err));
    clock_gate_stop(&clocks.gate);
}
