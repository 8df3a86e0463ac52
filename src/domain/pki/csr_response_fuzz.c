// SPDX-License-Identifier: Apache-2.0
//
// What parses as a response has certificates that parse, and both halves of a pair or none.
#include <stdlib.h>

#include "domain/pki/csr_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_set(const CertificateSet *set)
{
    check(set->count > 0 && set->count <= CSR_RESPONSE_MAX_CERTIFICATES);
    for (size_t i = 0; i < set->count; i++) {
        Certificate certificate, found;
        check(certificate_parse(set->certificates[i], &certificate, NULL));
        check(csr_response_find(set, &certificate.public_key, &found));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CsrResponse response;
    Error err = {0};
    if (!csr_response_parse(bytes_of(data, size), &response, &err)) {
        check(err.kind == ERROR_INPUT);
        return 0;
    }
    check_set(&response.sign);
    if (response.has_pair) {
        check_set(&response.encryption);
        check(response.enveloped_key.wrapped_key.len > 0);
    } else {
        check(response.encryption.count == 0);
    }
    return 0;
}
