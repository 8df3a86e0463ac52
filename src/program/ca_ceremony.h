// SPDX-License-Identifier: Apache-2.0
//
// A CA's root key in a directory that is kept offline: root.key, root.pem, transcript.jsonl. What
// is done with the key goes into the transcript, durably, before its result is handed out.
#ifndef ASSENT_PROGRAM_CA_CEREMONY_H
#define ASSENT_PROGRAM_CA_CEREMONY_H

#include "base/crypto/signer.h"
#include "domain/ceremony/share.h"
#include "domain/ceremony/transcript.h"

enum { CUSTODIANS_PASSWORD_SIZE = 2 * 64 + 1 };

typedef struct {
    Arena *arena;
    const char *directory;
    Transcript transcript;
    Certificate root;
    Sm2PrivateKey *key;  // NULL: locked
    Signer signer;
} Ceremony;

// Read the directory and verify its transcript. The caller closes it. Fails as transcript_verify
// does, and with ERROR_NOT_FOUND.
bool ceremony_open(Arena *arena, const char *directory, Ceremony *ret, Error *err) MUST_CHECK;
// Open the key with both custodians' passphrases. Fails with ERROR_FORBIDDEN "key.password",
// ERROR_CONFLICT "ceremony.destroyed", as ceremony_custodians does.
bool ceremony_unlock(Ceremony *ceremony, Error *err) MUST_CHECK;
// Append an entry and sync it. `details` is taken over. Needs the key.
bool ceremony_record(Ceremony *ceremony, CeremonyAction action, json_t *details,
                     Error *err) MUST_CHECK;
// Begin the transcript of a new key; what root.pem and root.key hold.
bool ceremony_begin(Ceremony *ceremony, const char *control, Error *err) MUST_CHECK;
void ceremony_close(Ceremony *ceremony);

// What a transcript keeps of a certificate; the caller hands it to ceremony_record.
json_t *ceremony_certificate_details(const Certificate *certificate);

// Ask both custodians for their passphrases, each of 12 bytes at least and not the same: from
// ASSENT_CUSTODIAN_1 and _2, or at the terminal, twice when they are new. Together they are the
// password of the key's file. The caller wipes it. Fails with ERROR_INPUT "ceremony.custodians".
// Source: GB/T 22081-2016 9.2.3.
bool ceremony_custodians(bool is_new, char ret[CUSTODIANS_PASSWORD_SIZE], Error *err) MUST_CHECK;
// Ask the holder of a share for the passphrase: from ASSENT_SHARE_<index>, or at the terminal.
bool ceremony_passphrase(unsigned index, bool is_new, char ret[PASSPHRASE_MAX + 2],
                         Error *err) MUST_CHECK;

// One command each; the ceremony is open and locked. ca_actions.c, ca_backup.c.
typedef struct {
    const char *csr, *out, *serial, *name;
    unsigned days, reason, threshold, shares;
    bool is_confirmed;
    char **files;
    size_t file_count;
} CeremonyOrder;

typedef bool CeremonyVerb(Ceremony *ceremony, const CeremonyOrder *order, Error *err);
CeremonyVerb ceremony_issue, ceremony_revoke, ceremony_list, ceremony_backup, ceremony_restore,
    ceremony_destroy;
// ceremony_list with a key that is open already.
CeremonyVerb ceremony_sign_list;

#endif
