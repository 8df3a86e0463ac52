// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "domain/seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Whatever parses has all its views inside, and as many list entries as it says.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Seal seal;
    Bytes entry;
    Error err = {0};
    if (!seal_parse(bytes_of(data, size), &seal, &err)) {
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
        return 0;
    }
    assert(seal.info.len + seal.maker_certificate.len + seal.value_der.len < size);
    size_t count = 0;
    while (seal_list_entry(&seal, count, &entry)) {
        count++;
    }
    assert(count == seal.list_count);
    return 0;
}
