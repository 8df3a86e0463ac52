// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/number_commitment.h"

#include <string.h>

#include "base/test/test.h"

#define NUMBER "99999919900101001X"
#define SALT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OPENING(type, number, salt) \
    "{\"type\":\"" type "\",\"number\":\"" number "\",\"salt\":\"" salt "\"}"

static Error err;

TEST(a_commitment_is_opened_by_its_number_and_salt_only)
{
    NumberOpening opening;
    Sm3Digest digest, other;
    CHECK_OK(number_opening_parse(BYTES_LITERAL(OPENING("assent.number-opening/1", NUMBER, SALT)),
                                  &opening, &err));
    CHECK_OK(number_commitment(sm3_bytes(&opening.salt), BYTES_LITERAL(NUMBER), &digest, &err));
    CHECK(number_opening_fits(&opening, &digest));
    // A small x is the same number.
    CHECK_OK(number_commitment(sm3_bytes(&opening.salt), BYTES_LITERAL("99999919900101001x"),
                               &other, &err));
    CHECK(sm3_digest_equal(&digest, &other));
    opening.salt.bytes[0] ^= 1;
    CHECK(!number_opening_fits(&opening, &digest));
    opening.salt.bytes[0] ^= 1;
    opening.number[0] = '8';
    CHECK(!number_opening_fits(&opening, &digest));
}

TEST(what_is_no_opening_is_refused_without_naming_its_values)
{
    static const struct {
        const char *json, *code;
    } cases[] = {
        {"", "json.malformed"},
        {"[]", "json.field"},
        {OPENING("assent.number-opening/2", NUMBER, SALT), "json.field"},
        {OPENING("assent.number-opening/1", "999999199001010", SALT), "person_number.format"},
        {OPENING("assent.number-opening/1", "X99999199001010016", SALT), "person_number.format"},
        {OPENING("assent.number-opening/1", NUMBER, "00"), "json.field"},
        {"{\"type\":\"assent.number-opening/1\",\"number\":\"" NUMBER "\",\"salt\":\"" SALT
         "\",\"name\":\"x\"}",
         "json.unknown_field"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        NumberOpening opening;
        CHECK(!number_opening_parse(bytes_of_text(cases[i].json), &opening, &err));
        CHECK_TEXT(err.code, cases[i].code);
        CHECK(strstr(err.text, "9999991990") == NULL);
    }
}
