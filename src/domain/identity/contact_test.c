// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/contact.h"
#include "base/test/test.h"

static PhonePlan *default_plan(void)
{
    Error err = {0};
    PhonePlan *plan = NULL;
    CHECK_OK(phone_plan_default(&plan, &err));
    return plan;
}

// Covers: B22.
TEST(phone_ranges_come_from_the_plan)
{
    static const struct {
        const char *phone;
        PhoneKind kind;
        const char *operator_name;
    } cases[] = {
        {"13800000000", PHONE_MOBILE, "中国移动"},    {"19200000000", PHONE_MOBILE, "中国广电"},
        {"17000000000", PHONE_VIRTUAL, "中国电信"},   {"17050000000", PHONE_VIRTUAL, "中国移动"},
        {"17100000000", PHONE_VIRTUAL, "中国联通"},   {"16200000000", PHONE_VIRTUAL, "中国电信"},
        {"16500000000", PHONE_VIRTUAL, "中国移动"},   {"16700000000", PHONE_VIRTUAL, "中国联通"},
        {"14700000000", PHONE_DATA_ONLY, "中国移动"}, {"13490000000", PHONE_SATELLITE, "中国电信"},
        {"13480000000", PHONE_MOBILE, "中国移动"},    {"15400000000", PHONE_UNKNOWN, ""},
        {"19400000000", PHONE_UNKNOWN, ""},           {"14200000000", PHONE_UNKNOWN, ""},
        {"17900000000", PHONE_UNKNOWN, ""},
    };
    CLEANUP(phone_plan_cleanup) PhonePlan *plan = default_plan();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        PhoneRange range;
        CHECK_OK(phone_check(plan, bytes_of_text(cases[i].phone), &range, &err));
        CHECK_INT(range.kind, cases[i].kind);
        CHECK_TEXT(range.operator_name, cases[i].operator_name);
    }
}

TEST(malformed_phone_numbers_are_refused)
{
    static const char *const bad[] = {
        "",           "1380000000", "138000000000", "23800000000", "1380000000a", "+8613800000",
        "1380000 000"};
    CLEANUP(phone_plan_cleanup) PhonePlan *plan = default_plan();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        PhoneRange range;
        CHECK_FAILS_WITH(phone_check(plan, bytes_of_text(bad[i]), &range, &err), ERROR_INPUT,
                         "phone.format");
    }
}

TEST(malformed_phone_plans_are_refused)
{
    static const char *const bad[] = {
        "[]",
        "{}",
        "{\"type\":\"assent.phone-plan/2\",\"version\":\"1\",\"ranges\":[]}",
        "{\"type\":\"assent.phone-plan/1\",\"version\":\"1\",\"ranges\":[{}]}",
        "{\"type\":\"assent.phone-plan/1\",\"version\":\"1\",\"ranges\":[{\"prefix\":\"2\","
        "\"kind\":\"mobile\",\"operator\":\"\"}]}",
        "{\"type\":\"assent.phone-plan/1\",\"version\":\"1\",\"ranges\":[{\"prefix\":\"13\","
        "\"kind\":\"fixed\",\"operator\":\"\"}]}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        PhonePlan *plan = NULL;
        CHECK_FAILS(phone_plan_parse(bytes_of_text(bad[i]), &plan, &err), ERROR_INPUT);
        CHECK(plan == NULL);
    }
}

// Covers: ISO/IEC 7812-1 Annex B.
TEST(luhn_digit_is_a_warning_and_every_changed_digit_is_seen)
{
    static const char *const valid[] = {"6225768888888888", "6222021234567890128"};
    for (size_t i = 0; i < COUNT_OF(valid); i++) {
        Error err = {0};
        bool holds = false;
        uint8_t number[20];
        const Bytes whole = bytes_of_text(valid[i]);
        CHECK_OK(bank_card_check(whole, &holds, &err));
        CHECK(holds);
        for (size_t at = 1; at < whole.len; at++) {
            for (size_t j = 0; j < whole.len; j++) {
                number[j] = whole.data[j];
            }
            number[at] = (uint8_t)('0' + (number[at] - '0' + 1) % 10);
            CHECK_OK(bank_card_check(bytes_of(number, whole.len), &holds, &err));
            CHECK(!holds);
        }
    }
}

TEST(malformed_card_numbers_are_refused)
{
    static const char *const bad[] = {"", "622576888888888", "62257688888888888888",
                                      "622576888888888a", "0225768888888888"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        bool holds = false;
        CHECK_FAILS_WITH(bank_card_check(bytes_of_text(bad[i]), &holds, &err), ERROR_INPUT,
                         "bank_card.format");
    }
}
