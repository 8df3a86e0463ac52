// SPDX-License-Identifier: Apache-2.0
//
// Signed notes (C2SP signed-note) in the SM2/SM3 profile of docs/evidence-log.md: a text, an
// empty line, and signature lines "— <key name> base64(key id || signature)".
#ifndef ASSENT_DOMAIN_EVIDENCE_NOTE_H
#define ASSENT_DOMAIN_EVIDENCE_NOTE_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"

enum {
    NOTE_NAME_MAX = 128,       // bytes of a key name
    NOTE_SIGNATURES_MAX = 16,  // signature lines of one note
    NOTE_MAX_BYTES = 8192,
    NOTE_KEY_TEXT_MAX = 300,
};

typedef enum {
    NOTE_SM2,              // SM2 over the text: the log's own signature
    NOTE_SM2_COSIGNATURE,  // SM2 over "cosignature/v1\ntime <t>\n" and the text: a witness
} NoteAlgorithm;

// A verification key: what a signature line is looked up by. Plain data.
typedef struct {
    char name[NOTE_NAME_MAX + 1];
    NoteAlgorithm algorithm;
    Sm2PublicKey key;
    uint32_t id;  // first 4 bytes of SM3(name || 0x0a || 0xff || algorithm name || point)
} NoteKey;

// Make a key and compute its id. Fails with ERROR_INPUT when the name is empty, too long, or
// has a space, a plus sign or a control character.
bool note_key_new(const char *name, NoteAlgorithm algorithm, const Sm2PublicKey *key, NoteKey *ret,
                  Error *err) MUST_CHECK;
// Text form "<name>+<id in hex>+<base64 of 0xff, algorithm name, point>"; parse is strict and
// recomputes the id. Fails with ERROR_INPUT.
bool note_key_encode(const NoteKey *key, Writer *ret, Error *err) MUST_CHECK;
bool note_key_parse(Bytes text, NoteKey *ret, Error *err) MUST_CHECK;
bool note_key_equal(const NoteKey *a, const NoteKey *b);

// One signature line. Borrows from the arena of the parse.
typedef struct {
    Bytes name;
    uint32_t key_id;
    Bytes signature;  // after the key id
} NoteSignature;

typedef struct {
    Bytes whole;  // as received
    Bytes text;   // what is signed, with its last line break
    NoteSignature signatures[NOTE_SIGNATURES_MAX];
    size_t signature_count;
} Note;

// Parse one note; borrows `whole`. At least one signature line. Fails with ERROR_INPUT, code
// "note.malformed"; ERROR_LIMIT above NOTE_MAX_BYTES or NOTE_SIGNATURES_MAX.
bool note_parse(Arena *arena, Bytes whole, Note *ret, Error *err) MUST_CHECK;
// Verify that the key signed the note. ret_time (may be NULL) receives the time that a
// cosignature states, otherwise 0. Fails with ERROR_NOT_FOUND when no line is by this key,
// ERROR_UNTRUSTED when a line by this key does not hold.
bool note_verify(const Note *note, const NoteKey *key, Time *ret_time, Error *err) MUST_CHECK;
// Append the note's signature lines by this key, as they are. Says nothing about whether they hold.
bool note_put_lines_of(const Note *note, const NoteKey *key, Writer *ret, Error *err) MUST_CHECK;
// Append a signature line over `text` to `ret`. `key` must be the signer's; a cosignature states
// `time` in whole seconds. Fails as the signer fails, or ERROR_INPUT when the key differs.
bool note_sign(Bytes text, const NoteKey *key, const Signer *signer, Time time, Writer *ret,
               Error *err) MUST_CHECK;

#endif
