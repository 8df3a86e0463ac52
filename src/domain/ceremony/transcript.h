// SPDX-License-Identifier: Apache-2.0
//
// The transcript of a CA's key: what was ever done with it, one signed statement on each line, each
// naming the digest of the one before. It begins with the key's making, signed by the new key
// itself, and it is the only record: which certificates and lists were signed, what was revoked,
// which backups there are follow from it. Whoever holds the digest of the last line (for example in
// the minutes of the ceremony) notices lines that were cut off.
#ifndef ASSENT_DOMAIN_CEREMONY_TRANSCRIPT_H
#define ASSENT_DOMAIN_CEREMONY_TRANSCRIPT_H

#include "base/codec/json.h"
#include "domain/pki/statement.h"

enum { TRANSCRIPT_MAX_SIZE = 32 * 1024 * 1024, TRANSCRIPT_LINE_MAX = 256 * 1024 };

#define TRANSCRIPT_ENTRY_TYPE "assent.ca-ceremony/1"

typedef enum {
    CEREMONY_ROOT_CREATED,
    CEREMONY_CERTIFICATE_ISSUED,
    CEREMONY_CERTIFICATE_REVOKED,
    CEREMONY_LIST_ISSUED,
    CEREMONY_KEY_BACKED_UP,
    CEREMONY_KEY_RESTORED,
    CEREMONY_KEY_DESTROYED,
    CEREMONY_ACTION_COUNT
} CeremonyAction;

const char *ceremony_action_name(CeremonyAction action);  // "root.created"

// One entry; everything lies in the arena it was read into.
typedef struct {
    CeremonyAction action;
    Time at;
    const json_t *details;  // an object, by the action
    Sm3Digest digest;       // of the line, without its end
} TranscriptEntry;

// A transcript that was verified.
typedef struct {
    Certificate root;
    TranscriptEntry *entries;
    size_t count;
    Sm3Digest head;     // digest of the last line; all zero for none
    json_t *details;    // owns what the entries point to
    bool is_destroyed;  // the last that was done with the key was its destruction
} Transcript;

void transcript_cleanup(Transcript *transcript);

// Verify all lines: signed by `root` (NULL: by the one certificate that the first names, which is
// self-signed), chained, numbered, in the order of time, beginning with the key's making; after its
// destruction nothing but a restoration follows. Fails with ERROR_UNTRUSTED "transcript.signature",
// "transcript.signer", "transcript.chain", "transcript.order", ERROR_INPUT "transcript.malformed".
// Source: GB/T 22081-2016 9.2.3, 12.4.
bool transcript_verify(Arena *arena, Bytes text, const Certificate *root, Transcript *ret,
                       Error *err) MUST_CHECK;
// Append the next line, signed now. `details` is borrowed. Fails as statement_sign does, and with
// ERROR_CONFLICT "transcript.order" when this may not follow.
typedef struct {
    CeremonyAction action;
    Time at;
    const json_t *details;
} TranscriptAddition;
bool transcript_sign_next(const Transcript *transcript, const TranscriptAddition *addition,
                          const Signer *root, Writer *ret, Error *err) MUST_CHECK;

#endif
