// SPDX-License-Identifier: Apache-2.0
//
// The directory of a witness: witness.key (PKCS#8 PEM, mode 0600, encrypted when
// ASSENT_KEY_PASSWORD is set), witness.vkey (its public key, one line, for policies), logs (the
// keys of the logs that it takes, one a line), and its memory.
#ifndef ASSENT_PROGRAM_WITNESS_HOME_H
#define ASSENT_PROGRAM_WITNESS_HOME_H

#include "component/witness/witness.h"

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    NoteKey note_key;
    NoteKey logs[WITNESS_LOGS_MAX];
    size_t log_count;
    Witness *witness;
} WitnessHome;

// Make the directory with a new key. Fails with ERROR_CONFLICT "witness.exists" when it is there
// and not empty; ERROR_INPUT for a name that is none.
bool witness_home_create(Arena *arena, const char *directory, const char *name, const NoteKey *logs,
                         size_t log_count, NoteKey *ret, Error *err) MUST_CHECK;
// Read the public key alone.
bool witness_home_key(Arena *arena, const char *directory, NoteKey *ret, Error *err) MUST_CHECK;
// Read everything and open the memory. Fails as witness_open does, and with ERROR_INPUT
// "witness.key_differs" when the two keys are not a pair. `ret` must not move afterwards.
bool witness_home_open(Arena *arena, const char *directory, Clock clock, WitnessHome *ret,
                       Error *err) MUST_CHECK;
void witness_home_close(WitnessHome *home);
// Read a verification key from text, with or without a line break.
bool witness_key_read(Bytes text, NoteKey *ret, Error *err) MUST_CHECK;

#endif
