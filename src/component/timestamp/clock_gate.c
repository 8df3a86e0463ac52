// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/clock_gate.h"

#include "base/core/log.h"

static Time monotonic_now(void *state)
{
    (void)state;
    return clock_monotonic();
}

static Time distance(Time a, Time b)
{
    return a > b ? a - b : b - a;
}

bool clock_gate_start(ClockGate *gate, const ClockGateConfig *config, Error *err)
{
    *gate = (ClockGate){.config = *config, .is_open = true};
    ClockGateConfig *own = &gate->config;
    if (own->steady.now == NULL) {
        own->steady = (Clock){monotonic_now, NULL};
    }
    own->max_step = own->max_step == 0 ? 500 * TIME_MILLISECOND : own->max_step;
    own->max_offset = own->max_offset == 0 ? 500 * TIME_MILLISECOND : own->max_offset;
    own->max_reference_age = own->max_reference_age == 0 ? 5 * TIME_MINUTE : own->max_reference_age;
    gate->highest = own->not_before;
    gate->baseline = clock_now(own->clock) - clock_now(own->steady);
    if (pthread_mutex_init(&gate->lock, NULL) != 0) {
        return error_memory(err);
    }
    return true;
}

void clock_gate_stop(ClockGate *gate)
{
    (void)pthread_mutex_destroy(&gate->lock);
}

static bool check_reference(const ClockGateConfig *config, Time now, Error *err)
{
    Time offset, measured_at;
    if (!config->reference->measure(config->reference->state, &offset, &measured_at, err)) {
        return error_set(err, ERROR_UNAVAILABLE, "clock.reference", "RFC 3161 2.1",
                         "the time reference does not answer");
    }
    if (distance(now, measured_at) > config->max_reference_age) {
        return error_set(err, ERROR_UNAVAILABLE, "clock.reference", "RFC 3161 2.1",
                         "the clock was last compared with its reference %lld s ago",
                         (long long)(distance(now, measured_at) / TIME_SECOND));
    }
    if (distance(offset, 0) > config->max_offset) {
        return error_set(err, ERROR_UNAVAILABLE, "clock.offset", "RFC 3161 2.1",
                         "the clock is %lld ms off its reference",
                         (long long)(offset / TIME_MILLISECOND));
    }
    return true;
}

static bool look(ClockGate *gate, Time now, Error *err)
{
    const ClockGateConfig *config = &gate->config;
    Time difference = now - clock_now(config->steady);
    if (config->reference != NULL) {
        // The reference settles the matter: a step to the right time is a repair.
        if (!check_reference(config, now, err)) {
            return false;
        }
        gate->baseline = difference;
    } else if (distance(difference, gate->baseline) > config->max_step) {
        return error_set(err, ERROR_UNAVAILABLE, "clock.stepped", "RFC 3161 2.1",
                         "the clock was set by %lld ms and nothing confirms it",
                         (long long)((difference - gate->baseline) / TIME_MILLISECOND));
    }
    if (now < gate->highest - config->max_step) {
        return error_set(err, ERROR_UNAVAILABLE, "clock.behind", "RFC 3161 2.1",
                         "the clock is %lld ms behind a time that was already given out",
                         (long long)((gate->highest - now) / TIME_MILLISECOND));
    }
    return true;
}

bool clock_gate_take(ClockGate *gate, Time *ret, Error *err)
{
    Error why = {0};
    (void)pthread_mutex_lock(&gate->lock);
    Time now = clock_now(gate->config.clock);
    bool is_open = look(gate, now, &why);
    bool has_changed = is_open != gate->is_open;
    gate->is_open = is_open;
    if (is_open) {
        // Within the tolerated step, time as given out does not run backwards.
        now = now < gate->highest ? gate->highest : now;
        gate->highest = now;
    }
    (void)pthread_mutex_unlock(&gate->lock);
    if (has_changed) {
        LOG(is_open ? LOG_INFO : LOG_ERROR, is_open ? "clock.trusted" : "clock.untrusted",
            log_text("code", why.code));
    }
    if (!is_open) {
        return error_set(err, why.kind, why.code, why.clause, "%s", why.text);
    }
    *ret = now;
    return true;
}
