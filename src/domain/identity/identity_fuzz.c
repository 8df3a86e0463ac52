// SPDX-License-Identifier: Apache-2.0
//
// Persons, policies and decisions from hostile bytes: what is accepted is well-formed.
#include <assert.h>
#include <string.h>

#include "base/codec/utf8.h"
#include "domain/identity/decision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_person(Bytes input)
{
    Person person;
    const Bytes name = bytes_from(input, 18);
    if (person_new(name, bytes_slice(input, 0, 18), true, TIME_DAY * 20000, &person, NULL)) {
        char again[PERSON_NAME_SIZE];
        size_t characters = 0;
        assert(person_name_normalise(bytes_of_text(person.name), again, NULL));
        assert(strcmp(again, person.name) == 0);
        assert(utf8_count(bytes_of_text(person.name), &characters) && characters >= 2);
        assert(civil_date_exists(person.birth.year, person.birth.month, person.birth.day));
    }
}

static void fuzz_policy(Bytes input)
{
    IdentityPolicy policy;
    if (identity_policy_parse(input, &policy, NULL)) {
        assert(policy.additional_minimum >= 2);
        assert(!policy.family_accepted[FAMILY_ID_DOCUMENT]);
        assert(!policy.exemption_accepted[CARRIER_SOFTWARE]);
    }
}

static void fuzz_decision(Bytes input)
{
    static IdentityDecision first;
    static IdentityDecision second;
    if (identity_decision_parse(input, &first, NULL)) {
        CLEANUP(writer_free) Writer text = writer_new(4 * DECISION_MAX_SIZE);
        assert(identity_decision_encode(&first, &text, NULL));
        assert(identity_decision_parse(writer_bytes(&text), &second, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const Bytes input = bytes_of(data, size);
    fuzz_person(input);
    fuzz_policy(input);
    fuzz_decision(input);
    return 0;
}
