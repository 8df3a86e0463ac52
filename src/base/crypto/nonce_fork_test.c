// SPDX-License-Identifier: Apache-2.0
//
// Nonces across fork: whatever a process had in memory when it forked, parent and children sign the
// same digest with different nonces. r tells the nonce apart: r = e + x(k G) modulo n.
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto/signer_batch.h"
#include "base/crypto/sm2_batch.h"
#include "base/test/test.h"

enum { PROCESSES = 4, SIGNATURES = 20, MANY = PROCESSES * SIGNATURES };

static const Sm3Digest DIGEST = {{1, 2, 3}};

// What the children write is read by the parent.
typedef struct {
    Sm2Signature made[PROCESSES][SIGNATURES];
} Shared;

typedef bool Sign(const void *state, Sm2Signature ret[SIGNATURES], Error *err);

// The parent is the last of the processes; all sign after the forks.
static void sign_everywhere(Shared *shared, Sign *sign, const void *state)
{
    Error err = {0};
    pid_t children[PROCESSES - 1];
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(sign(state, shared->made[i], &err) ? 0 : 1);
        }
    }
    bool signed_here = sign(state, shared->made[PROCESSES - 1], &err);
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status = -1;
        CHECK(children[i] > 0 && waitpid(children[i], &status, 0) == children[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK(signed_here);
}

static void check_nonces_differ(const Sm2PublicKey *key, Sign *sign, const void *state)
{
    Shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    // Before the forks too, so that whatever signing keeps is there to be inherited.
    Sm2Signature warm[SIGNATURES];
    Error err = {0};
    CHECK_OK(sign(state, warm, &err));
    sign_everywhere(shared, sign, state);
    const Sm2Signature *all = shared->made[0];
    for (size_t i = 0; i < MANY; i++) {
        CHECK(sm2_verify_digest(key, &DIGEST, &all[i]));
        for (size_t k = 0; k < i; k++) {
            CHECK(memcmp(all[i].r, all[k].r, sizeof all[i].r) != 0);
        }
        for (size_t k = 0; k < SIGNATURES; k++) {
            CHECK(memcmp(all[i].r, warm[k].r, sizeof all[i].r) != 0);
        }
    }
    munmap(shared, sizeof *shared);
}

static bool sign_one_by_one(const void *state, Sm2Signature ret[SIGNATURES], Error *err)
{
    for (size_t i = 0; i < SIGNATURES; i++) {
        if (!signer_sign_digest(state, &DIGEST, &ret[i], err)) {
            return false;
        }
    }
    return true;
}

static bool sign_in_a_batch(const void *state, Sm2Signature ret[SIGNATURES], Error *err)
{
    const Sm2PrivateKey *keys[SIGNATURES];
    Sm3Digest digests[SIGNATURES];
    for (size_t i = 0; i < SIGNATURES; i++) {
        keys[i] = state;
        digests[i] = DIGEST;
    }
    return sm2_sign_many(keys, digests, SIGNATURES, random_system(), ret, err);
}

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

TEST(parent_and_children_never_share_a_nonce)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const Signer signer = signer_of_key(key);
    check_nonces_differ(signer.public_key, sign_one_by_one, &signer);
}

TEST(parent_and_children_never_share_a_nonce_of_a_batch)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    check_nonces_differ(sm2_public_key(key), sign_in_a_batch, key);
}

TEST(parent_and_children_of_a_batch_signer_never_share_a_nonce)
{
    Error err = {0};
    SignerBatch *batch = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CHECK_OK(signer_batch_new(key, random_system(), &batch, &err));
    const Signer signer = signer_of_batch(batch);
    check_nonces_differ(signer.public_key, sign_one_by_one, &signer);
    signer_batch_free(batch);
}
