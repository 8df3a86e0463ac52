// SPDX-License-Identifier: Apache-2.0
//
// Succession: a log that ends because its key or its algorithms do is closed by an entry that names
// the key of another log, and nothing may follow that entry. The other log, of another name and
// key, begins with an entry that has the closed log's last checkpoint and the root of the same
// entries over SHA-256. So each key vouches for the other, and whoever trusts the old one learns
// the new one from a text that is checked offline:
//
//     assent.succession-proof/1
//     log <key of the closed log>
//     closing <base64 of the receipt of its last entry>
//     opening <base64 of the receipt of the successor's first entry>
#ifndef ASSENT_DOMAIN_EVIDENCE_SUCCESSION_H
#define ASSENT_DOMAIN_EVIDENCE_SUCCESSION_H

#include "domain/evidence/entry.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/receipt.h"

enum { SUCCESSION_MAX_BYTES = 64 * 1024 };

// Close a log in favour of another. Doing it again for the same successor is harmless. Fails with
// ERROR_CONFLICT "log.closed" when it was closed for another one, ERROR_INPUT "succession.key" when
// the successor has the same name or the same key, or as evidence_log_append does.
bool succession_close(EvidenceLog *closed, const NoteKey *successor, Time now,
                      Error *err) MUST_CHECK;
// Begin the successor, empty so far, with its first entry. Again is harmless.
//
// sha256  root over the entries of the closed log with SHA-256 in place of SM3.
//
// Fails with ERROR_CONFLICT "succession.opening" when the successor begins with something else,
// "succession.last" when the log is not closed, or closed for another; or as evidence_log_append.
bool succession_open(EvidenceLog *closed, EvidenceLog *successor, const Sm3Digest *sha256, Time now,
                     Error *err) MUST_CHECK;
// Append the proof of a succession to `ret`. Fails as the logs do.
bool succession_prove(EvidenceLog *closed, EvidenceLog *successor, Writer *ret,
                      Error *err) MUST_CHECK;

// What a proof says; borrows the text and the arena.
typedef struct {
    NoteKey closed;     // the log that ended, as the text names it
    NoteKey successor;  // as the closing entry names it
    Receipt closing, opening;
    EvidenceEntry first;  // of the successor
} Succession;

// Parse a proof that fills `text`. Fails with ERROR_INPUT "succession.malformed", ERROR_LIMIT
// "succession.size", or as note_key_parse, receipt_parse and entry_parse do.
bool succession_parse(Arena *arena, Bytes text, Succession *ret, Error *err) MUST_CHECK;
// Verify it for who trusts `closed`: then proof->successor is the key of the log that follows.
// Fails with ERROR_UNTRUSTED "succession.log" (of another log), "succession.last" (the closing
// entry is not the last), "succession.opening" (the successor does not begin with this log's last
// checkpoint), "succession.key" (no other key and name), or as receipt_verify does.
bool succession_verify(Arena *arena, const Succession *proof, const NoteKey *closed,
                       Error *err) MUST_CHECK;

#endif
