// SPDX-License-Identifier: Apache-2.0
//
// The personal number in a certificate: not the number, but a salted digest of it, which tells
// nobody anything until the person shows number and salt.
#ifndef ASSENT_DOMAIN_PRIVACY_NUMBER_COMMITMENT_H
#define ASSENT_DOMAIN_PRIVACY_NUMBER_COMMITMENT_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/sm3/sm3.h"

enum { PERSON_NUMBER_LEN = 18, NUMBER_OPENING_MAX_SIZE = 1024 };

// A resident's number has 17 digits and a digit or X; x counts as X. ret keeps a zero at the end.
// Fails with ERROR_INPUT "person_number.format".
bool person_number_normalise(Bytes number, char ret[PERSON_NUMBER_LEN + 1], Error *err) MUST_CHECK;

// The salt of one certificate's commitment, from what a system keeps secret about the person.
Sm3Digest number_commitment_salt(Bytes secret);
// SM3 over the kind of commitment, salt and normalised number, each after its length in 4 bytes.
// Fails as person_number_normalise does.
bool number_commitment(Bytes salt, Bytes number, Sm3Digest *ret, Error *err) MUST_CHECK;

// What opens a commitment: a JSON object {"type":"assent.number-opening/1","number":18 characters,
// "salt":64 hexadecimal digits}. Personal data: never logged.
typedef struct {
    char number[PERSON_NUMBER_LEN + 1];
    Sm3Digest salt;
} NumberOpening;

// Fails with ERROR_INPUT, naming fields and never values.
bool number_opening_parse(Bytes json, NumberOpening *ret, Error *err) MUST_CHECK;
// True if it opens this commitment.
bool number_opening_fits(const NumberOpening *opening, const Sm3Digest *commitment);

#endif
