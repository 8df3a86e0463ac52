// SPDX-License-Identifier: Apache-2.0
//
// What the SM core asks of a process, answered for wasm32: no variants of the CPU, one thread, no
// memory to lock, no tables of keys that return.
#include <stdlib.h>

#include "base/core/cpu.h"
#include "base/crypto/sm2_key_table.h"
#include "base/curve/once.h"
#include "base/curve/path.h"
#include "base/secret/locked.h"
#include "base/secret/secret.h"
#include "base/sm3/sm3_backend.h"
#include "base/sm4/sm4_backend.h"

bool cpu_has(unsigned features)
{
    return features == 0;
}

bool cpu_could(unsigned features)
{
    return features == 0;
}

bool cpu_setting_is_known(void)
{
    return true;
}

const Sm3Backend *sm3_backend_avx2(void)
{
    return NULL;
}

const Sm3Backend *sm3_backend_avx512(void)
{
    return NULL;
}

const Sm4Backend *sm4_backend_aesni(void)
{
    return NULL;
}

const Sm4Backend *sm4_backend_avx512(void)
{
    return NULL;
}

const CurvePath *curve_path(void)
{
    return &CURVE_PATH_NARROW;
}

void curve_once(CurveOnce *once, void (*compute)(void))
{
    if (*once == CURVE_ONCE_INIT) {
        compute();
        *once = CURVE_ONCE_INIT + 1;
    }
}

void *locked_alloc(size_t size)
{
    return calloc(1, size);
}

void locked_free(void *memory, size_t size)
{
    if (memory != NULL) {
        secret_wipe(memory, size);
        free(memory);
    }
}

KeyTable *key_table_acquire(const Sm2PublicKey *key)
{
    (void)key;
    return NULL;
}

void key_table_release(KeyTable *table)
{
    (void)table;
}

const CurveTable *key_table_points(const KeyTable *table)
{
    (void)table;
    return NULL;
}

void key_table_note(const Sm2PublicKey *key, const CurvePoint *point)
{
    (void)key;
    (void)point;
}
