// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/document.h"

#include <string.h>

#define DOCUMENT_CLAUSE "Resident Identity Card Law 5"

// The periods of the law with the ages at issue for which they are made.
static const struct {
    int years;  // 0: long-term
    int age_first, age_last;
} document_periods[] = {{5, 0, 15}, {10, 16, 25}, {20, 26, 45}, {0, 46, 200}};

static int document_age_at_issue(const Person *person, Date issue)
{
    const bool is_before_birthday =
        issue.month < person->birth.month ||
        (issue.month == person->birth.month && issue.day < person->birth.day);
    return issue.year - person->birth.year - (is_before_birthday ? 1 : 0);
}

// True if `until` is `years` after `from`; a card of 29 February ends on the 28th or the next 1st.
static bool document_spans(const DocumentValidity *validity, int years)
{
    if (years == 0) {
        return validity->is_long_term;
    }
    const Date end = {validity->from.year + years, validity->from.month, validity->from.day};
    if (validity->is_long_term) {
        return false;
    }
    if (end.month == 2 && end.day == 29 && !civil_date_exists(end.year, 2, 29)) {
        return date_compare(validity->until, (Date){end.year, 2, 28}) == 0 ||
               date_compare(validity->until, (Date){end.year, 3, 1}) == 0;
    }
    return date_compare(validity->until, end) == 0;
}

bool document_validity_check(const Person *person, const DocumentValidity *validity, Time at,
                             DocumentNote *ret, Error *err)
{
    const Date today = date_in_china(at);
    const int age = document_age_at_issue(person, validity->from);
    DocumentNote note = DOCUMENT_ODD_FOR_AGE;
    bool is_period = false;
    for (size_t i = 0; i < COUNT_OF(document_periods); i++) {
        if (document_spans(validity, document_periods[i].years)) {
            is_period = true;
            if (age >= document_periods[i].age_first && age <= document_periods[i].age_last) {
                note = DOCUMENT_PLAUSIBLE;
            }
        }
    }
    if (!is_period || age < 0) {
        return error_set(err, ERROR_INPUT, "document.period", DOCUMENT_CLAUSE,
                         "the card's period is not 5, 10 or 20 years or long-term");
    }
    if (date_compare(validity->from, today) > 0) {
        return error_set(err, ERROR_INPUT, "document.not_yet_valid", DOCUMENT_CLAUSE,
                         "the card's period has not begun");
    }
    if (!validity->is_long_term && date_compare(validity->until, today) < 0) {
        return error_set(err, ERROR_FORBIDDEN, "document.expired", DOCUMENT_CLAUSE,
                         "the card has expired");
    }
    *ret = note;
    return true;
}

bool document_validity_parse(const char *from, const char *until, DocumentValidity *ret, Error *err)
{
    DocumentValidity validity = {0};
    validity.is_long_term = strcmp(until, "long-term") == 0 || strcmp(until, "长期") == 0;
    if (!date_parse(bytes_of_text(from), &validity.from, err) ||
        (!validity.is_long_term && !date_parse(bytes_of_text(until), &validity.until, err))) {
        return false;
    }
    *ret = validity;
    return true;
}
