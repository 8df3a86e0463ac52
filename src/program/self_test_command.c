// SPDX-License-Identifier: Apache-2.0
//
// assent self-test: every test by name, the state of the cryptography, and a device if one is
// named.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/cpu.h"
#include "base/crypto/key_public.h"
#include "base/crypto/self_test.h"
#include "base/device/sdf_device.h"
#include "base/secret/crypto_state.h"
#include "program/command.h"

enum { INDEX_MAX = 9999 };

static void print_outcome(void *context, const char *name, bool holds)
{
    (void)context;
    printf("%-18s %s\n", name, holds ? "holds" : "FAILS");
}

static bool print_public_key(const Sm2PublicKey *key, Error *err)
{
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    key_public_pem_encode(key, &pem);
    if (pem.failed) {
        return error_memory(err);
    }
    printf("%.*s", (int)pem.len, (const char *)pem.data);
    return true;
}

static bool test_device(const char *library, unsigned index, Error *err)
{
    uint8_t drawn[512];
    Signer signer;
    SdfDevice *device = NULL;
    const char *password = getenv("ASSENT_DEVICE_PASSWORD");
    const SdfKeyConfig key = {SDF_SIGN_KEY, index, bytes_of_text(password)};
    if (!sdf_device_open(&(SdfConfig){.library = library}, &device, err)) {
        return false;
    }
    bool holds = random_fill(sdf_random(device), drawn, sizeof drawn, err);
    print_outcome(NULL, "device, random", holds);
    if (holds) {
        holds = sdf_key_open(device, &key, &signer, err);
        print_outcome(NULL, "device, signature", holds);
    }
    holds = holds && print_public_key(signer.public_key, err);
    sdf_device_close(device);
    return holds;
}

static bool parse_index(const char *text, unsigned *ret)
{
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    *ret = (unsigned)index;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && index >= 1 && index <= INDEX_MAX;
}

int command_self_test(int argc, char **argv)
{
    Error err = {0};
    const char *library = NULL;
    unsigned index = 0;
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--library") == 0) {
            library = argv[++i];
        } else if (!has_value || strcmp(argv[i], "--index") != 0 ||
                   !parse_index(argv[++i], &index)) {
            return command_usage("self-test");
        }
    }
    if ((library == NULL) != (index == 0)) {
        return command_usage("self-test");
    }
    printf("%s\n", cpu_name());
    const SelfTestListener listener = {print_outcome, NULL};
    bool holds = crypto_self_test_with(&listener, &err) &&
                 (library == NULL || test_device(library, index, &err));
    printf("state: %s\n", crypto_state_name(crypto_state()));
    fflush(stdout);
    return holds ? EXIT_VALID : command_fail(&err);
}
