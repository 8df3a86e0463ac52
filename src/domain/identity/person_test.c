// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/identity/document.h"
#include "domain/identity/person.h"

static Time time_of(const char *text)
{
    Error err = {0};
    Time time = 0;
    CHECK_OK(time_from_text(bytes_of_text(text), &time, &err));
    return time;
}

static Person person_born(const char *id_number)
{
    Error err = {0};
    Person person;
    CHECK_OK(person_new(BYTES_LITERAL("张三"), bytes_of_text(id_number), true,
                        time_of("2026-01-01T00:00:00Z"), &person, &err));
    return person;
}

// An ID number of a mock person, with its check digit.
static const char *mock_number(const char *birth, char ret[ID_NUMBER_SIZE])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    memcpy(ret, "999999", 6);
    memcpy(ret + 6, birth, 8);
    memcpy(ret + 14, "001", 3);
    int sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += weights[i] * (ret[i] - '0');
    }
    ret[17] = "10X98765432"[sum % 11];
    ret[18] = '\0';
    return ret;
}

// Covers: GB 11643-1999 5; B20.
TEST(id_numbers_are_judged_as_the_standard_says)
{
    static const struct {
        const char *number;
        bool mock_allowed;
        const char *code;  // NULL: valid
    } cases[] = {
        {"11010519491231002X", false, NULL},
        {"11010519491231002x", false, NULL},
        {"110105194912310021", false, "person.id_check_digit"},
        {"310104196202290028", false, "person.id_date"},
        {"500105200402300033", false, "person.id_date"},
        {"999999199001010016", true, NULL},
        {"999999199001010016", false, "person.id_mock"},
        {"999998199001010011", true, "person.id_check_digit"},
        {"", true, "person.id_format"},
        {"11010519491231002", false, "person.id_format"},
        {"11010519491231002XX", false, "person.id_format"},
        {"1101051949123100X2", false, "person.id_format"},
        {"1101051949123100 2", false, "person.id_format"},
        {"01010519491231002X", false, "person.id_format"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Person person;
        const Bytes number = bytes_of_text(cases[i].number);
        if (cases[i].code == NULL) {
            CHECK_OK(id_number_check(number, cases[i].mock_allowed, &person, &err));
        } else {
            CHECK_FAILS_WITH(id_number_check(number, cases[i].mock_allowed, &person, &err),
                             ERROR_INPUT, cases[i].code);
        }
    }
}

// Covers: B20.
TEST(every_other_check_digit_is_refused)
{
    char number[] = "11010519491231002X";
    for (const char *digit = "0123456789X"; *digit != '\0'; digit++) {
        Error err = {0};
        number[17] = *digit;
        const bool ok = id_number_check(bytes_of_text(number), false, NULL, &err);
        CHECK(ok == (*digit == 'X'));
    }
}

TEST(every_changed_digit_is_refused)
{
    const char *valid = "11010519491231002X";
    for (size_t i = 0; i < 17; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            char number[19];
            memcpy(number, valid, sizeof(number));
            number[i] = digit;
            Error err = {0};
            CHECK(digit == valid[i] || !id_number_check(bytes_of_text(number), true, NULL, &err));
        }
    }
}

TEST(unknown_province_is_refused)
{
    // One of the eleven check digits is right.
    int regions = 0;
    for (size_t i = 0; i < 11; i++) {
        Error err = {0};
        char number[] = "990105194912310020";
        number[17] = "10X98765432"[i];
        CHECK_FAILS(id_number_check(bytes_of_text(number), true, NULL, &err), ERROR_INPUT);
        regions += strcmp(err.code, "person.id_region") == 0;
    }
    CHECK_INT(regions, 1);
}

TEST(sex_and_birth_come_from_the_number)
{
    const Person man = person_born("999999199001010016");
    const Person woman = person_born("11010519491231002X");
    CHECK_INT(man.sex, SEX_MALE);
    CHECK_INT(woman.sex, SEX_FEMALE);
    CHECK_INT(woman.birth.year, 1949);
    CHECK_INT(woman.birth.month, 12);
    CHECK_INT(woman.birth.day, 31);
    CHECK(man.is_mock);
    CHECK(!woman.is_mock);
}

TEST(birth_in_the_future_is_refused)
{
    Error err = {0};
    Person person;
    char number[ID_NUMBER_SIZE];
    CHECK_FAILS_WITH(
        person_new(BYTES_LITERAL("张三"), bytes_of_text(mock_number("20260102", number)), true,
                   time_of("2026-01-01T12:00:00Z"), &person, &err),
        ERROR_INPUT, "person.id_date");
    // It is the second already in Shanghai.
    CHECK_OK(person_new(BYTES_LITERAL("张三"), bytes_of_text(mock_number("20260102", number)), true,
                        time_of("2026-01-01T16:00:00Z"), &person, &err));
}

TEST(names_are_normalised)
{
    static const struct {
        const char *name;
        const char *normal;  // NULL: refused with
        const char *code;
    } cases[] = {
        {"张三", "张三", NULL},
        {"  张三\t", "张三", NULL},
        {"\xe3\x80\x80张三", "张三", NULL},
        {"䶮𠅤", "䶮𠅤", NULL},
        {"李㛃", "李㛃", NULL},
        {"王\xf0\x9f\x98\x80", NULL, "person.name_characters"},
        {"王\xf0\xb0\xbb\x9d", "王\xf0\xb0\xbb\x9d", NULL},
        {"王〇", "王〇", NULL},
        {"阿依古丽·买买提", "阿依古丽·买买提", NULL},
        {"阿依古丽•买买提", "阿依古丽·买买提", NULL},
        {"阿依古丽・买买提", "阿依古丽·买买提", NULL},
        {"阿依古丽‧买买提", "阿依古丽·买买提", NULL},
        {"Ｊｏｈｎ Ｓｍｉｔｈ", "John Smith", NULL},
        {"张", NULL, "person.name_too_short"},
        {"", NULL, "person.name_too_short"},
        {"·张三", NULL, "person.name_characters"},
        {"张三·", NULL, "person.name_characters"},
        {"张··三", NULL, "person.name_characters"},
        {"张 三", NULL, "person.name_characters"},
        {"张3", NULL, "person.name_characters"},
        {"张a", NULL, "person.name_characters"},
        {"张<三", NULL, "person.name_characters"},
        {"张\n三", NULL, "person.name_characters"},
        {"John  Smith", NULL, "person.name_characters"},
        {"张\xee\x80\x80", NULL, "person.name_private_use"},
        {"张\xff", NULL, "person.name_utf8"},
        {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一", NULL,
         "person.name_too_long"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        char name[PERSON_NAME_SIZE];
        if (cases[i].normal != NULL) {
            CHECK_OK(person_name_normalise(bytes_of_text(cases[i].name), name, &err));
            CHECK_TEXT(name, cases[i].normal);
        } else {
            CHECK_FAILS_WITH(person_name_normalise(bytes_of_text(cases[i].name), name, &err),
                             ERROR_INPUT, cases[i].code);
        }
    }
}

// Covers: Civil Code 17, 18; Personal Information Protection Law 28, 31; B23.
TEST(age_turns_on_the_birthday_in_shanghai)
{
    static const struct {
        const char *birth, *at;
        int age;
        const char *code;  // NULL: may authorise
    } cases[] = {
        {"20080102", "2026-01-01T15:59:59Z", 17, "person.minor"},
        {"20080102", "2026-01-01T16:00:00Z", 18, NULL},
        {"20080229", "2026-02-28T15:00:00Z", 17, "person.minor"},
        {"20080229", "2026-02-28T16:00:00Z", 18, NULL},
        {"20120102", "2026-01-01T15:59:59Z", 13, "person.child"},
        {"20120102", "2026-01-01T16:00:00Z", 14, "person.minor"},
        {"19000101", "2026-06-01T00:00:00Z", 126, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        char number[ID_NUMBER_SIZE];
        Person person;
        CHECK_OK(id_number_check(bytes_of_text(mock_number(cases[i].birth, number)), true, &person,
                                 &err));
        const Time at = time_of(cases[i].at);
        CHECK_INT(person_age(&person, at), cases[i].age);
        if (cases[i].code == NULL) {
            CHECK_OK(person_age_check(&person, at, &err));
        } else {
            CHECK_FAILS_WITH(person_age_check(&person, at, &err), ERROR_FORBIDDEN, cases[i].code);
        }
    }
}

// Covers: Resident Identity Card Law 5; B21.
TEST(card_periods_are_judged_by_law_and_age)
{
    static const struct {
        const char *from, *until;
        const char *code;  // NULL: accepted
        DocumentNote note;
    } cases[] = {
        {"2020-03-04", "2040-03-04", NULL, DOCUMENT_PLAUSIBLE},
        {"2016-03-04", "2026-03-04", NULL, DOCUMENT_ODD_FOR_AGE},
        {"2015-12-31", "2025-12-31", "document.expired", DOCUMENT_PLAUSIBLE},
        {"2016-01-01", "2026-01-01", NULL, DOCUMENT_ODD_FOR_AGE},
        {"2020-03-04", "长期", NULL, DOCUMENT_ODD_FOR_AGE},
        {"2020-03-04", "2035-03-04", "document.period", DOCUMENT_PLAUSIBLE},
        {"2020-03-04", "2040-03-05", "document.period", DOCUMENT_PLAUSIBLE},
        {"2026-01-02", "2046-01-02", "document.not_yet_valid", DOCUMENT_PLAUSIBLE},
        {"1980-01-01", "2000-01-01", "document.period", DOCUMENT_PLAUSIBLE},
        {"2016-02-29", "2026-02-28", NULL, DOCUMENT_ODD_FOR_AGE},
        {"2016-02-29", "2026-03-01", NULL, DOCUMENT_ODD_FOR_AGE},
    };
    char number[ID_NUMBER_SIZE];
    const Person person = person_born(mock_number("19900101", number));
    const Time at = time_of("2026-01-01T04:00:00Z");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        DocumentNote note = DOCUMENT_PLAUSIBLE;
        DocumentValidity validity;
        CHECK_OK(document_validity_parse(cases[i].from, cases[i].until, &validity, &err));
        if (cases[i].code == NULL) {
            CHECK_OK(document_validity_check(&person, &validity, at, &note, &err));
            CHECK_INT(note, cases[i].note);
        } else {
            CHECK(!document_validity_check(&person, &validity, at, &note, &err));
            CHECK_TEXT(err.code, cases[i].code);
        }
    }
}

// Covers: B21.
TEST(ten_year_card_of_a_person_of_fifty_is_odd)
{
    Error err = {0};
    char number[ID_NUMBER_SIZE];
    DocumentNote note = DOCUMENT_PLAUSIBLE;
    DocumentValidity validity;
    const Person person = person_born(mock_number("19700101", number));
    CHECK_OK(document_validity_parse("2020-06-01", "2030-06-01", &validity, &err));
    CHECK_OK(
        document_validity_check(&person, &validity, time_of("2026-01-01T00:00:00Z"), &note, &err));
    CHECK_INT(note, DOCUMENT_ODD_FOR_AGE);
}

TEST(malformed_dates_are_refused)
{
    static const char *const bad[] = {"",           "2026-1-01",   "2026-02-29",
                                      "2026-13-01", "2026-01-01 ", "20260101",
                                      "+026-01-01", "0000-01-01"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        Date date;
        CHECK_FAILS_WITH(date_parse(bytes_of_text(bad[i]), &date, &err), ERROR_INPUT,
                         "date.malformed");
    }
}

TEST(commitments_depend_on_salt_name_and_number)
{
    const Person a = person_born("999999199001010016");
    Person b = a;
    memcpy(b.name, "张四", sizeof("张四"));
    const Sm3Digest first = person_commitment(&a, BYTES_LITERAL("salt"));
    const Sm3Digest again = person_commitment(&a, BYTES_LITERAL("salt"));
    const Sm3Digest other_salt = person_commitment(&a, BYTES_LITERAL("tlas"));
    const Sm3Digest other_name = person_commitment(&b, BYTES_LITERAL("salt"));
    CHECK(sm3_digest_equal(&first, &again));
    CHECK(!sm3_digest_equal(&first, &other_salt));
    CHECK(!sm3_digest_equal(&first, &other_name));
    CHECK(!person_equal(&a, &b));
}
