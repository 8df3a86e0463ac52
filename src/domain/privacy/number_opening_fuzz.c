// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as an opening has a number in its one form, and opens what is made of it.
#include <stdlib.h>
#include <string.h>

#include "domain/privacy/number_commitment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    NumberOpening opening;
    Sm3Digest digest;
    char number[PERSON_NUMBER_LEN + 1];
    Error err = {0};
    if (!number_opening_parse(bytes_of(data, size), &opening, &err)) {
        return 0;
    }
    bool holds =
        person_number_normalise(bytes_of_text(opening.number), number, &err) &&
        strcmp(number, opening.number) == 0 &&
        number_commitment(sm3_bytes(&opening.salt), bytes_of_text(number), &digest, &err) &&
        number_opening_fits(&opening, &digest);
    if (!holds) {
        abort();
    }
    return 0;
}
