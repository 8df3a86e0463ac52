// SPDX-License-Identifier: Apache-2.0
//
// For tests: a directory of keys for the software device, and its faults.
#ifndef ASSENT_BASE_DEVICE_SDF_FIXTURE_H
#define ASSENT_BASE_DEVICE_SDF_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/crypto/key.h"
#include "base/crypto/key_public.h"

#define SDF_FIXTURE_PASSWORD BYTES_LITERAL("12345678")

static inline bool sdf_fixture_write(const char *directory, const char *name, Bytes content)
{
    char path[512], fresh[520];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = fopen(fresh, "we");
    bool written = file != NULL && fwrite(content.data, 1, content.len, file) == content.len;
    // At once, so that a device in another thread never reads half a file.
    return file != NULL && fclose(file) == 0 && written && rename(fresh, path) == 0;
}

// Put a key pair into the directory as "sign-1" or the like.
static inline bool sdf_fixture_put_key(const char *directory, const char *name,
                                       const Sm2PrivateKey *key, Bytes password)
{
    char file[64];
    CLEANUP(writer_free) Writer private_pem = writer_new(KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer public_pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    key_public_pem_encode(sm2_public_key(key), &public_pem);
    if (!key_pem_encode(key, password, random_system(), &private_pem, NULL)) {
        return false;
    }
    snprintf(file, sizeof file, "%s.key", name);
    bool written = sdf_fixture_write(directory, file, writer_bytes(&private_pem));
    snprintf(file, sizeof file, "%s.pub", name);
    return written && sdf_fixture_write(directory, file, writer_bytes(&public_pem));
}

// Have the software device of this process, before it is loaded, use the directory.
static inline void sdf_fixture_use(const char *directory)
{
    char faults[512];
    snprintf(faults, sizeof faults, "%s/faults", directory);
    setenv("ASSENT_SOFTSDF_DIR", directory, 1);
    setenv("ASSENT_SOFTSDF_FAULTS", faults, 1);
}

// Make it misbehave: lines of softsdf_fault.h, "" for none.
static inline bool sdf_fixture_fault(const char *directory, const char *lines)
{
    return sdf_fixture_write(directory, "faults", bytes_of_text(lines));
}

#endif
