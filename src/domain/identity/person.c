// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/person.h"

#include <string.h>

#include "base/codec/utf8.h"

enum { ID_NUMBER_LEN = ID_NUMBER_SIZE - 1, REGION_MOCK = 999999, MIDDLE_DOT = 0xb7 };

// First two digits of the regions of GB/T 2260 and of the residence permits for residents of
// Hong Kong, Macao (81, 82) and Taiwan (83).
static const unsigned char person_provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                                 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                                 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};

// Ranges of ideographs, with all extensions up to Unicode 15 and the compatibility ideographs,
// which GB 18030-2022 can write. 3007 is the numeral zero, which occurs in names.
static const struct {
    uint32_t first, last;
} person_ideographs[] = {
    {0x3007, 0x3007},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xf900, 0xfaff},   {0x20000, 0x2a6df}, {0x2a700, 0x2ebe0},
    {0x2ebf0, 0x2ee5d}, {0x2f800, 0x2fa1d}, {0x30000, 0x323af},
};

static bool is_ideograph(uint32_t character)
{
    for (size_t i = 0; i < COUNT_OF(person_ideographs); i++) {
        if (character >= person_ideographs[i].first && character <= person_ideographs[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_latin(uint32_t character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

static bool is_blank(uint32_t character)
{
    return character == ' ' || character == '\t' || character == 0xa0 || character == 0x3000;
}

// One width, one middle dot, one blank.
static uint32_t person_fold(uint32_t character)
{
    static const uint32_t dots[] = {0x2022, 0x2027, 0x22c5, 0x30fb, 0xff65, 0x2219, 0x00b7, 0x0387};
    for (size_t i = 0; i < COUNT_OF(dots); i++) {
        if (character == dots[i]) {
            return MIDDLE_DOT;
        }
    }
    if (character >= 0xff01 && character <= 0xff5e) {
        character -= 0xff01 - 0x21;
    }
    return is_blank(character) ? ' ' : character;
}

static bool name_refuse(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_INPUT, code, NULL, "the name %s", why);
}

// Characters of a name, folded and trimmed.
typedef struct {
    uint32_t at[PERSON_NAME_CHARACTERS];
    size_t count;
} NameCharacters;

static bool name_read(Bytes name, NameCharacters *ret, Error *err)
{
    Reader reader = reader_of(name);
    size_t blanks = 0;
    while (reader_peek(&reader) >= 0) {
        uint32_t character = 0;
        if (!utf8_next(&reader, &character)) {
            return name_refuse(err, "person.name_utf8", "is not valid UTF-8");
        }
        character = person_fold(character);
        if (character == ' ') {
            blanks++;
            continue;
        }
        if (ret->count + (blanks > 0) >= PERSON_NAME_CHARACTERS) {
            return name_refuse(err, "person.name_too_long", "has more than 30 characters");
        }
        if (blanks > 1 && ret->count > 0) {
            return name_refuse(err, "person.name_characters", "has blanks beside one another");
        }
        if (blanks == 1 && ret->count > 0) {
            ret->at[ret->count++] = ' ';
        }
        blanks = 0;
        ret->at[ret->count++] = character;
    }
    return ret->count >= 2 ||
           name_refuse(err, "person.name_too_short", "has less than two characters");
}

// Letters of one script with single separators between them.
static bool name_check(const NameCharacters *name, Error *err)
{
    const bool is_chinese = !is_latin(name->at[0]);
    const uint32_t separator = is_chinese ? MIDDLE_DOT : ' ';
    bool after_separator = true;
    for (size_t i = 0; i < name->count; i++) {
        const uint32_t character = name->at[i];
        // Old systems kept rare characters there: nobody else can read them.
        if (character >= 0xe000 && character <= 0xf8ff) {
            return name_refuse(err, "person.name_private_use",
                               "has a character of the private use area");
        }
        const bool is_separator = character == separator || character == MIDDLE_DOT;
        const bool is_letter = is_chinese ? is_ideograph(character) : is_latin(character);
        if ((!is_letter && !is_separator) || (is_separator && after_separator)) {
            return name_refuse(err, "person.name_characters",
                               "has a character that does not belong there");
        }
        after_separator = is_separator;
    }
    return !after_separator || name_refuse(err, "person.name_characters", "ends with a separator");
}

bool person_name_normalise(Bytes name, char ret[PERSON_NAME_SIZE], Error *err)
{
    NameCharacters characters = {0};
    if (!name_read(name, &characters, err) || !name_check(&characters, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer out = writer_new(PERSON_NAME_SIZE - 1);
    for (size_t i = 0; i < characters.count; i++) {
        utf8_put(&out, characters.at[i]);
    }
    if (out.failed) {
        return error_memory(err);
    }
    memcpy(ret, out.data, out.len);
    ret[out.len] = '\0';
    return true;
}

static bool id_refuse(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_INPUT, code, "GB 11643-1999 5", "the ID number %s", why);
}

static int id_digits(const char *text, size_t offset, size_t len)
{
    int value = 0;
    for (size_t i = offset; i < offset + len; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

// 17 digits and a digit or X; the text with X in upper case.
static bool id_number_read(Bytes id_number, char ret[ID_NUMBER_SIZE])
{
    if (id_number.len != ID_NUMBER_LEN) {
        return false;
    }
    for (size_t i = 0; i < ID_NUMBER_LEN; i++) {
        const char c = (char)id_number.data[i];
        const bool is_x = i + 1 == ID_NUMBER_LEN && (c == 'x' || c == 'X');
        if ((c < '0' || c > '9') && !is_x) {
            return false;
        }
        ret[i] = is_x ? 'X' : c;
    }
    ret[ID_NUMBER_LEN] = '\0';
    return ret[0] != '0';
}

static bool id_check_digit_holds(const char *text)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        sum += weights[i] * (text[i] - '0');
    }
    return text[ID_NUMBER_LEN - 1] == "10X98765432"[sum % 11];
}

static bool id_region_is_known(const char *text)
{
    const int province = id_digits(text, 0, 2);
    for (size_t i = 0; i < COUNT_OF(person_provinces); i++) {
        if (person_provinces[i] == province) {
            return true;
        }
    }
    return false;
}

bool id_number_check(Bytes id_number, bool mock_allowed, Person *ret, Error *err)
{
    Person person = {0};
    if (!id_number_read(id_number, person.id_number)) {
        return id_refuse(err, "person.id_format", "has not 17 digits and a check digit");
    }
    if (!id_check_digit_holds(person.id_number)) {
        return id_refuse(err, "person.id_check_digit", "has a wrong check digit");
    }
    person.is_mock = id_digits(person.id_number, 0, 6) == REGION_MOCK;
    if (person.is_mock && !mock_allowed) {
        return id_refuse(err, "person.id_mock", "is a mock number, which is not accepted here");
    }
    if (!person.is_mock && !id_region_is_known(person.id_number)) {
        return id_refuse(err, "person.id_region", "has an unknown region");
    }
    person.birth = (Date){id_digits(person.id_number, 6, 4), id_digits(person.id_number, 10, 2),
                          id_digits(person.id_number, 12, 2)};
    if (person.birth.year < 1800 || person.birth.year > 2099 ||
        !civil_date_exists(person.birth.year, person.birth.month, person.birth.day)) {
        return id_refuse(err, "person.id_date", "has a birth date that does not exist");
    }
    person.sex = (person.id_number[16] - '0') % 2 == 1 ? SEX_MALE : SEX_FEMALE;
    if (ret != NULL) {
        *ret = person;
    }
    return true;
}

bool person_new(Bytes name, Bytes id_number, bool mock_allowed, Time at, Person *ret, Error *err)
{
    char normal_name[PERSON_NAME_SIZE];
    Person person;
    if (!person_name_normalise(name, normal_name, err) ||
        !id_number_check(id_number, mock_allowed, &person, err)) {
        return false;
    }
    if (date_compare(person.birth, date_in_china(at)) > 0) {
        return id_refuse(err, "person.id_date", "has a birth date in the future");
    }
    memcpy(person.name, normal_name, sizeof(normal_name));
    *ret = person;
    return true;
}

int person_age(const Person *person, Time at)
{
    const Date today = date_in_china(at);
    const bool is_before_birthday =
        today.month < person->birth.month ||
        (today.month == person->birth.month && today.day < person->birth.day);
    return today.year - person->birth.year - (is_before_birthday ? 1 : 0);
}

bool person_age_check(const Person *person, Time at, Error *err)
{
    const int age = person_age(person, at);
    if (age < PERSON_CHILD_AGE) {
        return error_set(err, ERROR_FORBIDDEN, "person.child", "PIPL 31",
                         "the person is below 14: nothing may be collected here");
    }
    return age >= PERSON_ADULT_AGE ||
           error_set(err, ERROR_FORBIDDEN, "person.minor", "Civil Code 17",
                     "the person is below 18 and cannot authorise online");
}

bool person_equal(const Person *a, const Person *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->id_number, b->id_number) == 0;
}

static void commitment_update(Sm3 *sm3, Bytes part)
{
    const uint8_t len[4] = {(uint8_t)(part.len >> 24), (uint8_t)(part.len >> 16),
                            (uint8_t)(part.len >> 8), (uint8_t)part.len};
    sm3_update(sm3, BYTES_OF_ARRAY(len));
    sm3_update(sm3, part);
}

Sm3Digest person_commitment(const Person *person, Bytes salt)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    commitment_update(&sm3, BYTES_LITERAL("assent-person/1"));
    commitment_update(&sm3, salt);
    commitment_update(&sm3, bytes_of_text(person->name));
    commitment_update(&sm3, bytes_of_text(person->id_number));
    sm3_finish(&sm3, &digest);
    return digest;
}

Sm3Digest person_name_salt(Bytes salt)
{
    return sm3_hmac(salt, BYTES_LITERAL("assent-person-name-salt/1"));
}

Sm3Digest person_name_commitment(const char *name, Bytes name_salt)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    commitment_update(&sm3, BYTES_LITERAL("assent-person-name/1"));
    commitment_update(&sm3, name_salt);
    commitment_update(&sm3, bytes_of_text(name));
    sm3_finish(&sm3, &digest);
    return digest;
}
