// SPDX-License-Identifier: Apache-2.0
//
// A key file that parses without password can be written, and what is written parses to the same
// key and is written the same again.
#include <stdlib.h>

#include "base/crypto/key.h"

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
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *again = NULL;
    if (!key_pem_parse(bytes_of(data, size), BYTES_EMPTY, &key, &err)) {
        check(err.kind == ERROR_INPUT || err.kind == ERROR_FORBIDDEN);
        return 0;
    }
    CLEANUP(writer_free) Writer first = writer_new(KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer second = writer_new(KEY_PEM_MAX_SIZE);
    check(key_pem_encode(key, BYTES_EMPTY, random_system(), &first, &err));
    check(key_pem_parse(writer_bytes(&first), BYTES_EMPTY, &again, &err));
    check(sm2_public_key_equal(sm2_public_key(key), sm2_public_key(again)));
    check(key_pem_encode(again, BYTES_EMPTY, random_system(), &second, &err));
    check(bytes_equal(writer_bytes(&first), writer_bytes(&second)));
    return 0;
}
