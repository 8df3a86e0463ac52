// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/number_commitment.h"

#include <string.h>

#include "base/codec/json.h"

#define OPENING_TYPE "assent.number-opening/1"

bool person_number_normalise(Bytes number, char ret[PERSON_NUMBER_LEN + 1], Error *err)
{
    bool is_sound = number.len == PERSON_NUMBER_LEN;
    for (size_t i = 0; is_sound && i < PERSON_NUMBER_LEN; i++) {
        uint8_t c = number.data[i];
        bool is_last = i + 1 == PERSON_NUMBER_LEN;
        is_sound = (c >= '0' && c <= '9') || (is_last && (c == 'X' || c == 'x'));
        ret[i] = (char)(c == 'x' ? 'X' : c);
    }
    ret[PERSON_NUMBER_LEN] = '\0';
    return is_sound || error_set(err, ERROR_INPUT, "person_number.format", "GB 11643-1999",
                                 "a personal number has 17 digits and a digit or X");
}

static void update(Sm3 *sm3, Bytes part)
{
    const uint8_t len[4] = {(uint8_t)(part.len >> 24), (uint8_t)(part.len >> 16),
                            (uint8_t)(part.len >> 8), (uint8_t)part.len};
    sm3_update(sm3, BYTES_OF_ARRAY(len));
    sm3_update(sm3, part);
}

Sm3Digest number_commitment_salt(Bytes secret)
{
    return sm3_hmac(secret, BYTES_LITERAL("assent-person-number-salt/1"));
}

bool number_commitment(Bytes salt, Bytes number, Sm3Digest *ret, Error *err)
{
    char normalised[PERSON_NUMBER_LEN + 1];
    Sm3 sm3;
    if (!person_number_normalise(number, normalised, err)) {
        return false;
    }
    sm3_start(&sm3);
    update(&sm3, BYTES_LITERAL("assent-person-number/1"));
    update(&sm3, salt);
    update(&sm3, bytes_of_text(normalised));
    sm3_finish(&sm3, ret);
    return true;
}

bool number_opening_parse(Bytes json, NumberOpening *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (json.len > NUMBER_OPENING_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "person_number.opening", NULL,
                         "an opening has at most %d bytes", NUMBER_OPENING_MAX_SIZE);
    }
    if (!json_parse(json, &root, err)) {
        return false;
    }
    JsonView view = json_view(root, "opening", err);
    const char *type = json_view_text(&view, "type", sizeof OPENING_TYPE);
    const char *number = json_view_text(&view, "number", PERSON_NUMBER_LEN);
    NumberOpening opening = {0};
    json_view_hex(&view, "salt", opening.salt.bytes, SM3_SIZE);
    if (!view.failed && strcmp(type, OPENING_TYPE) != 0) {
        json_view_fail(&view, "type", "is " OPENING_TYPE);
    }
    if (!json_view_done(&view) ||
        !person_number_normalise(bytes_of_text(number), opening.number, err)) {
        return false;
    }
    *ret = opening;
    return true;
}

bool number_opening_fits(const NumberOpening *opening, const Sm3Digest *commitment)
{
    Sm3Digest digest;
    return number_commitment(sm3_bytes(&opening->salt), bytes_of_text(opening->number), &digest,
                             NULL) &&
           sm3_digest_equal(&digest, commitment);
}
