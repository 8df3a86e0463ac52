// SPDX-License-Identifier: Apache-2.0
//
// Fuzz target: a response is refused as input or holds as many answers as it says, each with times
// in order; an error response holds none.
#include <stdlib.h>

#include "domain/pki/ocsp_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OcspResponse response;
    Error err = {0};
    if (!ocsp_response_parse(bytes_of(data, size), &response, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
        return 0;
    }
    size_t position = 0, count = 0;
    for (OcspAnswer answer; ocsp_response_next(&response, &position, &answer); count++) {
        if ((answer.next_update != 0 && answer.next_update < answer.this_update) ||
            (answer.status != OCSP_REVOKED && answer.revoked_at != 0)) {
            abort();
        }
    }
    if (count != response.answer_count || (count == 0) != (response.status != OCSP_SUCCESSFUL)) {
        abort();
    }
    return 0;
}
