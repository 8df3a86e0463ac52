// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/authorization/gate.h"

#define PARTY "P"
#define SOURCE "S"
#define RECIPIENT "R"

static const Time start = 1764057600 * TIME_SECOND;
static const Time end = (Time)1800000000 * TIME_SECOND;

static Authorization sample(void)
{
    return (Authorization){.party = {.uscc = PARTY},
                           .sources = {{.uscc = SOURCE}},
                           .source_count = 1,
                           .recipients = {{.uscc = RECIPIENT}},
                           .recipient_count = 1,
                           .may_query = true,
                           .purposes = {purpose_find("02"), purpose_find("01")},
                           .purpose_count = 2,
                           .starts_at = start,
                           .ends_at = end,
                           .end = TERM_UNTIL_SETTLED,
                           .frequency = {2, PERIOD_MONTH}};
}

// What one case changes in a query that would pass; what is not set is as it should be.
typedef struct {
    const char *purpose, *party, *source, *recipient;
    bool other_person, is_settled, is_report, no_query_scope, no_purpose;
    AuthorizationState state;
    Time now;
    uint64_t used;
    ErrorKind kind;
    const char *code;
} GateCase;

static const char *text_or(const char *text, const char *otherwise)
{
    return text == NULL ? otherwise : text;
}

static bool run(const GateCase *gate_case, Error *err)
{
    Authorization authorization = sample();
    authorization.may_query = !gate_case->no_query_scope;
    const GateSubject subject = {
        .authorization = &authorization,
        .state = gate_case->state == STATE_CREATED ? STATE_ACTIVE : gate_case->state,
        .person_index = {{1}},
        .signed_at = start + TIME_MINUTE,
        .is_settled = gate_case->is_settled,
        .business = {.application_open = true},
        .used_in_period = gate_case->used};
    const GateQuery query = {
        .kind = gate_case->is_report ? USE_REPORT : USE_QUERY,
        .purpose = gate_case->no_purpose ? NULL : text_or(gate_case->purpose, "02"),
        .party_uscc = text_or(gate_case->party, PARTY),
        .source_uscc = text_or(gate_case->source, SOURCE),
        .recipient_uscc = gate_case->recipient,
        .person_index = {{gate_case->other_person ? 2 : 1}},
        .now = gate_case->now == 0 ? end : gate_case->now};
    return gate_check(&subject, &query, err);
}

// Covers: Regulation on the Credit Reporting Industry 18, 20, 28, 29;
// D01, D02, D05, D06, D13, D14, K09.
TEST(gate_lets_pass_what_is_authorised_and_names_why_not)
{
    static const GateCase cases[] = {
        {.code = ""},
        {.now = start + TIME_MINUTE, .code = ""},
        {.recipient = RECIPIENT, .code = ""},
        {.used = 1, .code = ""},
        {.purpose = "77", .kind = ERROR_INPUT, .code = "purpose.unknown"},
        {.no_purpose = true, .kind = ERROR_INPUT, .code = "purpose.unknown"},
        {.purpose = "09", .kind = ERROR_FORBIDDEN, .code = "purpose.never"},
        {.purpose = "03", .kind = ERROR_FORBIDDEN, .code = "gate.other_purpose"},
        {.purpose = "01", .kind = ERROR_FORBIDDEN, .code = "purpose.not_in_this_state"},
        {.party = "X", .kind = ERROR_FORBIDDEN, .code = "gate.other_party"},
        {.party = RECIPIENT, .kind = ERROR_FORBIDDEN, .code = "gate.other_party"},
        {.other_person = true, .kind = ERROR_FORBIDDEN, .code = "gate.other_person"},
        {.state = STATE_WITHDRAWN, .kind = ERROR_FORBIDDEN, .code = "gate.withdrawn"},
        {.state = STATE_DISPUTED, .kind = ERROR_FORBIDDEN, .code = "gate.disputed"},
        {.state = STATE_FROZEN, .kind = ERROR_FORBIDDEN, .code = "gate.frozen"},
        {.state = STATE_EXPIRED, .kind = ERROR_FORBIDDEN, .code = "gate.expired"},
        {.state = STATE_SIGNED, .kind = ERROR_FORBIDDEN, .code = "gate.not_in_force"},
        {.state = STATE_DEPOSITED, .kind = ERROR_FORBIDDEN, .code = "gate.not_in_force"},
        {.state = STATE_VOID, .kind = ERROR_FORBIDDEN, .code = "gate.not_in_force"},
        {.now = start - 1, .kind = ERROR_FORBIDDEN, .code = "gate.before_term"},
        {.now = start + TIME_SECOND, .kind = ERROR_FORBIDDEN, .code = "gate.before_term"},
        {.now = end + TIME_SECOND, .kind = ERROR_FORBIDDEN, .code = "gate.after_term"},
        {.is_settled = true, .kind = ERROR_FORBIDDEN, .code = "gate.settled"},
        {.no_query_scope = true, .kind = ERROR_FORBIDDEN, .code = "gate.scope"},
        {.is_report = true, .kind = ERROR_FORBIDDEN, .code = "gate.scope"},
        {.source = "X", .kind = ERROR_FORBIDDEN, .code = "gate.other_source"},
        {.recipient = "X", .kind = ERROR_FORBIDDEN, .code = "gate.other_recipient"},
        {.used = 2, .kind = ERROR_LIMIT, .code = "gate.count_exceeded"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        const bool ok = run(&cases[i], &err);
        CHECK_TEXT(err.code, cases[i].code);
        CHECK_INT(err.kind, cases[i].kind);
        CHECK(ok == (cases[i].kind == ERROR_NONE));
    }
}

TEST(periods_start_at_midnight_in_shanghai)
{
    static const struct {
        FrequencyPeriod period;
        const char *now, *start;
    } cases[] = {
        {PERIOD_DAY, "2026-05-31T15:59:59Z", "2026-05-30T16:00:00Z"},
        {PERIOD_DAY, "2026-05-31T16:00:00Z", "2026-05-31T16:00:00Z"},
        {PERIOD_MONTH, "2026-05-31T16:00:00Z", "2026-05-31T16:00:00Z"},
        {PERIOD_MONTH, "2026-05-31T15:59:59Z", "2026-04-30T16:00:00Z"},
        {PERIOD_QUARTER, "2026-06-30T15:00:00Z", "2026-03-31T16:00:00Z"},
        {PERIOD_QUARTER, "2026-12-31T16:00:00Z", "2026-12-31T16:00:00Z"},
        {PERIOD_TOTAL, "2026-12-31T16:00:00Z", "1970-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Time at = 0;
        char text[TIME_TEXT_SIZE];
        CHECK_OK(time_from_text(bytes_of_text(cases[i].now), &at, &err));
        time_to_text(frequency_period_start(cases[i].period, at), text);
        CHECK_TEXT(text, cases[i].start);
    }
}
