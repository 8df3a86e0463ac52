// SPDX-License-Identifier: Apache-2.0
//
// Requests survive the round trip; tokens and responses that parse are within their limits.
#include <stdlib.h>

#include "domain/pki/timestamp.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes input = bytes_of(data, size);
    TimestampRequest request;
    TimestampRequest again;
    if (timestamp_request_parse(input, &request, NULL)) {
        CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
        timestamp_request_encode(&request, &der);
        require(timestamp_request_parse(writer_bytes(&der), &again, NULL));
        require(timestamp_imprint_equal(&again.imprint, &request.imprint));
        require(bytes_equal(again.policy, request.policy));
        require(again.wants_certificate == request.wants_certificate);
    }
    TimestampResponse response;
    if (timestamp_response_parse(input, &response, NULL)) {
        require((response.token.len > 0) == (response.status <= TIMESTAMP_GRANTED_WITH_MODS));
    }
    TimestampToken token;
    if (timestamp_token_parse(input, &token, NULL)) {
        require(token.version == 1 || token.version == 2);
        require(token.accuracy_us >= 0 && token.policy.len > 0);
        require(timestamp_token_read(input, &token, NULL));
    }
    if (timestamp_token_read(input, &token, NULL)) {
        require(token.signed_data.signer_count == 1 && token.policy.len > 0);
    }
    return 0;
}
