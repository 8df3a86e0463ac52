// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint that parses lies within its note, and signing what it states gives the same text.
#include <stdlib.h>
#include <string.h>

#include "domain/evidence/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool sign_nothing(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer;
    (void)e;
    (void)err;
    memset(ret, 1, sizeof *ret);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(2 * NOTE_MAX_BYTES);
    Checkpoint checkpoint;
    NoteKey key;
    Error err;
    if (arena == NULL || !checkpoint_parse(arena, bytes_of(data, size), &checkpoint, &err)) {
        return 0;
    }
    const Sm2PublicKey point = {{4}};
    char *origin = arena_text(arena, checkpoint.origin);
    if (origin == NULL || !note_key_new(origin, NOTE_SM2, &point, &key, &err)) {
        return 0;  // an origin that is no key name cannot be signed by anybody
    }
    const Signer signer = {.sign_digest = sign_nothing, .public_key = &point};
    if (checkpoint_verify(&checkpoint, &key, &err) ||
        !checkpoint_sign(&checkpoint.head, &key, &signer, &again, &err) ||
        !bytes_start_with(writer_bytes(&again), checkpoint.note.text)) {
        abort();
    }
    return 0;
}
