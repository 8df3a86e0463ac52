// SPDX-License-Identifier: Apache-2.0
#include "base/secret/secret.h"

#include <string.h>

#include "base/secret/locked.h"
#include "base/secret/random.h"

struct Secret {
    size_t len;
    uint8_t bytes[SECRET_MAX_SIZE];
};

static bool secret_alloc(size_t len, Secret **ret, Error *err)
{
    if (len == 0 || len > SECRET_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "secret.size", NULL,
                         "a secret has 1 to %d bytes, not %zu", SECRET_MAX_SIZE, len);
    }
    Secret *secret = locked_alloc(sizeof *secret);
    if (secret == NULL) {
        return error_memory(err);
    }
    secret->len = len;
    *ret = secret;
    return true;
}

bool secret_new(Bytes bytes, Secret **ret, Error *err)
{
    Secret *secret = NULL;
    if (!secret_alloc(bytes.len, &secret, err)) {
        return false;
    }
    memcpy(secret->bytes, bytes.data, bytes.len);
    *ret = secret;
    return true;
}

bool secret_generate(size_t len, Secret **ret, Error *err)
{
    CLEANUP(secret_cleanup) Secret *secret = NULL;
    if (!secret_alloc(len, &secret, err) ||
        !random_fill(random_system(), secret->bytes, len, err)) {
        return false;
    }
    *ret = secret;
    secret = NULL;
    return true;
}

void secret_free(Secret *secret)
{
    locked_free(secret, sizeof *secret);
}

void secret_cleanup(Secret **secret)
{
    secret_free(*secret);
    *secret = NULL;
}

size_t secret_len(const Secret *secret)
{
    return secret->len;
}

Bytes secret_expose(const Secret *secret)
{
    return bytes_of(secret->bytes, secret->len);
}

bool secret_equal(Bytes a, Bytes b)
{
    if (a.len != b.len) {
        return false;
    }
    // volatile: the compiler must not leave the loop at the first difference.
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.len; i++) {
        difference |= a.data[i] ^ b.data[i];
    }
    return difference == 0;
}

void secret_wipe(void *data, size_t len)
{
    if (len > 0) {
        explicit_bzero(data, len);
    }
}
