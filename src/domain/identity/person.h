// SPDX-License-Identifier: Apache-2.0
//
// Persons: name and ID number of a citizen, checked before anything is asked about them.
#ifndef ASSENT_DOMAIN_IDENTITY_PERSON_H
#define ASSENT_DOMAIN_IDENTITY_PERSON_H

#include <stdbool.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "domain/identity/date.h"

enum {
    PERSON_NAME_SIZE = 128,  // bytes of UTF-8 with the terminating zero
    PERSON_NAME_CHARACTERS = 30,
    ID_NUMBER_SIZE = 19,
    PERSON_ADULT_AGE = 18,  // Source: Civil Code 17, 18
    PERSON_CHILD_AGE = 14,  // Source: Personal Information Protection Law 28, 31
};

typedef enum { SEX_MALE = 1, SEX_FEMALE = 2 } Sex;

// A person whose name and number are well-formed. Personal data: never logged.
typedef struct {
    char name[PERSON_NAME_SIZE];     // normalised by person_name_normalise
    char id_number[ID_NUMBER_SIZE];  // final X in upper case
    Date birth;
    Sex sex;
    bool is_mock;  // region 999999, which is assigned to nobody
} Person;

// Take a person. `mock_allowed`: accept the region code 999999 (sandboxes and tests only).
// `at` is the signing time: the birth date must not lie after it.
// Fails with ERROR_INPUT, code "person.name_...", "person.id_format", "person.id_check_digit",
// "person.id_date", "person.id_region" or "person.id_mock". Age is a question of its own.
// Source: GB 11643-1999 4, 5.
bool person_new(Bytes name, Bytes id_number, bool mock_allowed, Time at, Person *ret,
                Error *err) MUST_CHECK;

// Normalise a name: full-width letters and spaces to half width, every kind of middle dot to
// U+00B7, white space at the ends removed. At least two characters, Chinese (all planes,
// rare ones included) with single dots between them, or Latin letters with single spaces.
// Fails with ERROR_INPUT, code "person.name_...".
bool person_name_normalise(Bytes name, char ret[PERSON_NAME_SIZE], Error *err) MUST_CHECK;

// Check the form of an ID number: 17 digits and a check digit by ISO 7064 MOD 11-2, a real
// birth date, a known province. Fails as person_new does. `ret` may be NULL.
// Source: GB 11643-1999 5.
bool id_number_check(Bytes id_number, bool mock_allowed, Person *ret, Error *err) MUST_CHECK;

// Age in full years on the calendar day of `at` in Asia/Shanghai; somebody born on 29 February
// comes of age on 1 March. Negative before birth.
int person_age(const Person *person, Time at);
// Fails with ERROR_FORBIDDEN: "person.child" below 14 (nothing may be collected at all),
// "person.minor" below 18.
bool person_age_check(const Person *person, Time at, Error *err) MUST_CHECK;

// True if name and ID number are the same.
bool person_equal(const Person *a, const Person *b);

// Commitment to the person: SM3 over salt, name and ID number, each with its length. Salts are
// random and kept with the evidence, so that the person can be shown but not guessed.
Sm3Digest person_commitment(const Person *person, Bytes salt);

// Commitment to the name alone, for those who must not learn the number: its salt comes from the
// session's salt, which it does not reveal.
Sm3Digest person_name_salt(Bytes salt);
Sm3Digest person_name_commitment(const char *name, Bytes name_salt);

#endif
