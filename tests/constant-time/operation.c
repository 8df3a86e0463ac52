// SPDX-License-Identifier: Apache-2.0
#include "operation.h"

#include <stdlib.h>
#include <string.h>

void operation_must(bool good)
{
    operation_reveal(&good, sizeof good);
    if (!good) {
        abort();
    }
}

void operation_tame_scalar(uint8_t d[SM2_SCALAR_SIZE])
{
    d[0] &= 0x7f;
    d[SM2_SCALAR_SIZE - 1] |= 1;
}

Sm2PrivateKey *operation_make_key(const uint8_t d[SM2_SCALAR_SIZE])
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    operation_must(sm2_private_key_new(bytes_of(d, SM2_SCALAR_SIZE), &key, &err));
    return key;
}

static bool fill_from_secret(void *state, uint8_t *ret, size_t len, Error *err)
{
    Material *material = state;
    (void)err;
    operation_must(len <= OPERATION_SECRET_MAX - material->drawn);
    memcpy(ret, &material->secret[material->drawn], len);
    material->drawn += len;
    return true;
}

Random operation_random(Material *material)
{
    return (Random){fill_from_secret, material};
}

void operation_prepare(const Operation *operation, const uint8_t *secret, Material *ret)
{
    *ret = (Material){.input = writer_new(2 * OPERATION_DATA_MAX),
                      .output = writer_new(2 * OPERATION_DATA_MAX)};
    memcpy(ret->secret, secret, operation->secret_size);
    // So that no run has to ask for memory.
    writer_put_repeated(&ret->output, 0, 2 * OPERATION_DATA_MAX);
    ret->output.len = 0;
    if (operation->prepare != NULL) {
        operation->prepare(ret);
    } else {
        operation_conceal(ret->secret, operation->secret_size);
    }
}

void operation_release(Material *material)
{
    sm2_private_key_free(material->key);
    sm2_private_key_free(material->ephemeral);
    for (size_t i = 0; i < OPERATION_BATCH; i++) {
        sm2_private_key_free(material->many[i]);
    }
    writer_free(&material->input);
    writer_free(&material->output);
}

static void run_leaky_branch(Material *material)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < 256; i++) {
        if (material->secret[i] != 0) {
            sum = sum * 31 + material->secret[i];
        }
        __asm__ volatile("" : "+r"(sum));
    }
}

static void run_leaky_index(Material *material)
{
    static const uint8_t table[256 * 256] = {[77] = 1};
    uint8_t at = 0;
    for (size_t i = 0; i < 256; i++) {
        at ^= table[256 * material->secret[i] + at];
        __asm__ volatile("" : "+r"(at));
    }
}

static void run_leaky_compare(Material *material)
{
    static const uint8_t zeros[256];
    bool same = true;
    for (size_t i = 0; i < sizeof zeros && same; i++) {
        same = material->secret[i] == zeros[i];
        __asm__ volatile("" : "+r"(same));
    }
}

const Operation OPERATIONS_LEAKY[] = {
    {"leaky branch", 256, NULL, run_leaky_branch, PUBLIC_NOTHING},
    {"leaky index", 256, NULL, run_leaky_index, PUBLIC_NOTHING},
    {"leaky comparison", 256, NULL, run_leaky_compare, PUBLIC_NOTHING},
    {0},
};
