// SPDX-License-Identifier: Apache-2.0
//
// Within deposit.c: reading and writing the form of deposit_encode, without building a tree of it.
#ifndef ASSENT_DOMAIN_EVIDENCE_DEPOSIT_CANONICAL_H
#define ASSENT_DOMAIN_EVIDENCE_DEPOSIT_CANONICAL_H

#include "domain/evidence/deposit.h"

// Longest texts of a deposit, in bytes.
enum {
    DEPOSIT_TYPE_MAX = 64,
    DEPOSIT_NAME_MAX = 128,
    DEPOSIT_DETAIL_MAX = 2048,
};

// Read a payload of exactly the canonical form, its texts of printable ASCII without escapes. What
// it reads is what json_parse and the views would give; what is across several fields (names that
// repeat, the sum of contents) is the caller's to check. False, with nothing decided, for anything
// else: also for every fault, which is the other reader's to name.
bool deposit_read_canonical(Arena *arena, Bytes payload, Deposit *ret);

// Append a deposit, one of its events, or one of its items with or without the content, as
// json_write would. False when a text is not printable ASCII without escapes, a required one is
// missing, or there is no room; what was appended by then is to be taken back.
bool deposit_write_canonical(const Deposit *deposit, Writer *ret) MUST_CHECK;
bool deposit_write_canonical_event(const DepositEvent *event, Writer *ret) MUST_CHECK;
bool deposit_write_canonical_item(const DepositItem *item, bool with_content,
                                  Writer *ret) MUST_CHECK;

#endif
