// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a revocation list has as many entries as it says, and each is found.
#include <stdlib.h>

#include "domain/pki/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Crl crl;
    Error err = {0};
    if (!crl_parse(bytes_of(data, size), &crl, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
        return 0;
    }
    size_t position = 0;
    size_t count = 0;
    for (Revocation entry; crl_next(&crl, &position, &entry); count++) {
        Revocation found;
        if (!crl_find(&crl, entry.serial, &found)) {
            abort();
        }
    }
    if (count != crl.entry_count) {
        abort();
    }
    return 0;
}
