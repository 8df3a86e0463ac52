// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "domain/seal/seal_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Whatever parses is the same after its padding is cut, and its seal parses alone.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SealSignature signature;
    Seal seal;
    Bytes trimmed;
    Error err = {0};
    Bytes der = bytes_of(data, size);
    if (seal_signature_trim(der, &trimmed, &err)) {
        assert(trimmed.len <= size);
    }
    if (!seal_signature_parse(der, &signature, &err)) {
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
        return 0;
    }
    assert(seal_signature_trim(der, &trimmed, &err) && bytes_equal(trimmed, der));
    assert(seal_parse(signature.seal.der, &seal, &err) && bytes_equal(seal.id, signature.seal.id));
    assert(signature.data_hash.len == SM3_SIZE);
    return 0;
}
