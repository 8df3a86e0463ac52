// SPDX-License-Identifier: Apache-2.0
#include "program/bench_place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto/sm2_batch.h"
#include "domain/pki/csr.h"
#include "program/file.h"
#include "program/init.h"

bool bench_place_open(BenchPlace *place, bool sandbox_knows_everybody, Arena *arena, Error *err)
{
    snprintf(place->directory, sizeof place->directory, "/tmp/assent-bench-XXXXXX");
    if (mkdtemp(place->directory) == NULL) {
        place->directory[0] = '\0';
        return error_set(err, ERROR_INTERNAL, "bench.directory", NULL, "cannot make a directory");
    }
    InitPlan init = {.directory = place->directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons(),
                     .sandbox_knows_everybody = sandbox_knows_everybody};
    const char *configuration = file_join(arena, place->directory, "assent.yaml");
    return configuration == NULL
               ? error_memory(err)
               : init_deployment(&init, arena, err) &&
                     deployment_load(arena, configuration, &place->deployment, err);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

void bench_place_close(const BenchPlace *place)
{
    if (place->directory[0] != '\0') {
        nftw(place->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

static bool build_csr(Arena *arena, Bytes subject, const Sm2PrivateKey *key, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    Signer signer = signer_of_key(key);
    if (!csr_build(subject, &signer, &csr, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&csr));
    return ret->data != NULL || error_memory(err);
}

bool bench_csr(Arena *arena, Bytes *ret, Error *err)
{
    Bytes subject;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return sm2_key_generate(random_system(), &key, err) &&
           name_build(arena, NULL, 0, &subject, err) && build_csr(arena, subject, key, ret, err);
}

bool bench_csrs(Arena *arena, size_t count, Bytes *ret, Error *err)
{
    Bytes subject;
    Sm2PrivateKey **keys = arena_alloc(arena, count * sizeof(Sm2PrivateKey *));
    if (keys == NULL) {
        return error_memory(err);
    }
    if (!name_build(arena, NULL, 0, &subject, err) ||
        !sm2_key_generate_many(random_system(), keys, count, err)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok = ok && build_csr(arena, subject, keys[i], &ret[i], err);
        sm2_private_key_free(keys[i]);
    }
    return ok;
}
