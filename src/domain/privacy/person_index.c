// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/person_index.h"

enum { PERSON_ID_NUMBER_LEN = 18 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool person_index(const Secret *key, Bytes id_number, Sm3Digest *ret, Error *err)
{
    char normal[PERSON_ID_NUMBER_LEN + 1] = {0};
    bool ok = id_number.len == PERSON_ID_NUMBER_LEN;
    for (size_t i = 0; ok && i < PERSON_ID_NUMBER_LEN; i++) {
        const uint8_t c = id_number.data[i];
        const bool is_last = i + 1 == PERSON_ID_NUMBER_LEN;
        ok = is_digit(c) || (is_last && (c == 'X' || c == 'x'));
        normal[i] = (char)(c == 'x' ? 'X' : c);
    }
    if (!ok) {
        return error_set(err, ERROR_INPUT, "person_index.id_number", NULL,
                         "an ID number has 17 digits and a check digit");
    }
    *ret = identifier_index(key, "id_number", bytes_of(normal, PERSON_ID_NUMBER_LEN));
    return true;
}

Sm3Digest identifier_index(const Secret *key, const char *kind, Bytes identifier)
{
    // The inner digest makes the HMAC's message short and unambiguous without an allocation.
    const Sm3Digest kind_digest = sm3_digest(bytes_of_text(kind));
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&kind_digest));
    sm3_update(&sm3, identifier);
    Sm3Digest message;
    sm3_finish(&sm3, &message);
    return sm3_hmac(secret_expose(key), sm3_bytes(&message));
}
