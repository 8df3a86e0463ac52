// SPDX-License-Identifier: Apache-2.0
//
// A submission on its way in. Its worker parses, verifies and seals it; then one thread takes what
// waits as a group through store and log, each with one durable write, and hands it back:
//
//   1. accepted: one transaction checks place and order of each, and keeps payload, entry, chain
//   and
//      custody. The same transaction notes index and checkpoint of the group before, whose workers
//      then answer.
//   2. logged: one append, one checkpoint. From here on the receipt is determined.
//   3. noted: with the next group, or at once when nobody waits.
//
// A crash after 1 or 2 is finished at the next opening (finish_deposits.c).
#ifndef ASSENT_COMPONENT_PRESERVATION_ACCEPTANCE_H
#define ASSENT_COMPONENT_PRESERVATION_ACCEPTANCE_H

#include "component/preservation/intake.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/submission.h"
#include "domain/pki/statement.h"

typedef struct {
    Preservation *preservation;
    const ServiceRequest *request;
    Arena *arena;
    DepositorAccount *account;
    const char *caller;
    Bytes body;  // as sent
    Submission submission;
    Bytes text;  // the statement in it
    Statement statement;
    Deposit deposit;
    EvidenceEntry entry;
    bool is_refused;  // what its depositor signed is against the rules: to be logged
    Bytes *parts;
    size_t part_count;
    uint8_t salt[COMMITMENT_SALT_SIZE];
    uint8_t fresh_salt[AUTHORIZATION_SALT_SIZE];  // for an authorization not seen before
    const char *transfer;
    Bytes sealed;
    InFlight flight;

    // Of the group's thread, from deposit_groups_run until it returns.
    DepositRecord record;
    bool exists;  // was deposited before, with the same bytes
    bool has_proof;
    MerkleProof proof;  // for record.checkpoint, of a deposit that is new
    bool ok;
    Error failure;
} Acceptance;

// What a worker does, one step after the other. Find the account and parse the statement.
bool acceptance_parse(Acceptance *acceptance, Error *err) MUST_CHECK;
// Check what was parsed and whose signature holds (statement_verify_signature), which needs no
// other's work. A failure with `is_refused` is for acceptance_log_refusal.
bool acceptance_check(Acceptance *acceptance, Error *err) MUST_CHECK;
// Draw the salts of those that were read, and digest and commit to them all at once.
bool acceptance_commit(Acceptance *acceptances, size_t count, Error *err) MUST_CHECK;
// Seal one, and claim it until it is taken in.
bool acceptance_seal(Acceptance *acceptance, Error *err) MUST_CHECK;
// Take in what is sealed, while nobody else may take in the same bytes. Returns how many were taken
// in, with the failure of the next in `err`.
size_t acceptance_take_in(Acceptance *acceptances, size_t count, Error *err);
// An attempt that is refused is evidence too. The refusal stands even if it cannot be logged.
void acceptance_log_refusal(Acceptance *acceptance, const Error *reason);
// The receipt of an acceptance that is through.
bool acceptance_receipt(const Acceptance *acceptance, Bytes *ret, Error *err) MUST_CHECK;

enum { DEPOSIT_BATCH_MAX = 256 };

// Start the thread. Fails with ERROR_INTERNAL (memory).
bool deposit_groups_open(Preservation *preservation, DepositGroups **ret, Error *err) MUST_CHECK;
// Finish what waits, and end. NULL is harmless.
void deposit_groups_close(DepositGroups *groups);
// Take in the acceptances of one request in this order, at most DEPOSIT_BATCH_MAX, and wait. Each
// tells in `ok` and `failure` what became of it, and in `record` its place; after the first that
// fails, the others are not taken in.
void deposit_groups_run(DepositGroups *groups, Acceptance *acceptances, size_t count);

#endif
