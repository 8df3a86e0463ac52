// SPDX-License-Identifier: Apache-2.0
//
// A public key file that parses can be written, and what is written parses to the same key.
#include <stdlib.h>

#include "base/crypto/key_public.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Sm2PublicKey key, again;
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    if (!key_public_pem_parse(bytes_of(data, size), &key, &err)) {
        check(err.kind == ERROR_INPUT);
        return 0;
    }
    key_public_pem_encode(&key, &pem);
    check(key_public_pem_parse(writer_bytes(&pem), &again, &err));
    check(sm2_public_key_equal(&key, &again));
    return 0;
}
