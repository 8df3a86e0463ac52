// SPDX-License-Identifier: Apache-2.0
//
// Deposits: what the systems C1 and C2 send to C5, as the payload of a signed statement of type
// DEPOSIT_TYPE (domain/pki/statement.h). Texts may hold personal data: they are kept encrypted.
#ifndef ASSENT_DOMAIN_EVIDENCE_DEPOSIT_H
#define ASSENT_DOMAIN_EVIDENCE_DEPOSIT_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"

#define DEPOSIT_TYPE "assent.deposit/1"

enum {
    DEPOSIT_MAX_EVENTS = 512,
    DEPOSIT_MAX_ITEMS = 64,
    DEPOSIT_MAX_CONTENT = 16 * 1024 * 1024,  // all contents of one deposit
    DEPOSIT_MAX_SEQUENCE = 9999,
    DEPOSIT_ID_MAX = 64,
    DEPOSIT_TEXT_MAX = 512,
};

// Source: JR/T 0299-2024 4 f-h, 8.3 a-d.
typedef enum {
    DEPOSIT_M6,     // identity: means, process and result, by C1
    DEPOSIT_M7,     // certificate: application, issue, hand-over, by C2
    DEPOSIT_M8,     // signing: display, intention, signature, by C1
    DEPOSIT_OTHER,  // login, browsing, query, withdrawal, objection ...
} DepositStage;

const char *deposit_stage_name(DepositStage stage);  // "M6"

// One event of the process, at its own time by the source's clock.
typedef struct {
    Time time;
    const char *type;     // "identity.liveness", at most 64 bytes
    const char *actor;    // hash of a person, "system" or an operator; "" when unknown
    const char *device;   // "" when unknown
    const char *address;  // network address; "" when unknown
    const char *outcome;  // "passed", "failed", a result code; "" when none
    const char *detail;   // "" when none
    bool has_digest;      // of something that the event produced
    Sm3Digest digest;
} DepositEvent;

// One object. Without content it is deposited by digest only and can be matched later.
typedef struct {
    const char *name;  // "agreement.pdf", unique within the deposit
    const char *media_type;
    uint64_t size_bytes;
    Sm3Digest digest;  // of the content
    bool has_content;
    Bytes content;
} DepositItem;

typedef struct {
    const char *authorization_id;
    DepositStage stage;
    int64_t sequence;  // counts the deposits of this authorization and stage from 0
    bool is_batch;     // deposited together afterwards; event times are the original ones
    bool has_previous;
    Sm3Digest previous;  // deposit_submission_digest of the deposit before: the causal link
    const char *system;  // id of the source system
    const char *system_version;
    DepositEvent *events;
    size_t event_count;
    DepositItem *items;
    size_t item_count;
} Deposit;

// Make an item of content: size and digest are computed.
DepositItem deposit_item_of(const char *name, const char *media_type, Bytes content);

// Append the payload as canonical JSON. Fails with ERROR_INPUT when the deposit breaks a limit.
bool deposit_encode(const Deposit *deposit, Writer *ret, Error *err) MUST_CHECK;
// Parse a payload; everything is in the arena. Digests of given contents are recomputed.
// Fails with ERROR_INPUT "deposit.malformed" (or as json.h says), ERROR_UNTRUSTED
// "deposit.digest" when a content does not have the stated size and digest, ERROR_LIMIT.
// Source: JR/T 0299-2024 8.3.
bool deposit_parse(Arena *arena, Bytes payload, Deposit *ret, Error *err) MUST_CHECK;
// The two halves of it, for who has to know whose deposit it is that contradicts itself.
bool deposit_read(Arena *arena, Bytes payload, Deposit *ret, Error *err) MUST_CHECK;
bool deposit_check_contents(const Deposit *deposit, Error *err) MUST_CHECK;

// The parts that C5 commits to (commitment.h): the statement as sent, then each event, then each
// item without its content, each as canonical JSON, in order.
bool deposit_parts(Arena *arena, const Deposit *deposit, Bytes statement, Bytes **ret,
                   size_t *ret_count, Error *err) MUST_CHECK;

// Digest by which later deposits refer to this one: SM3 of the whole statement as sent.
Sm3Digest deposit_submission_digest(Bytes statement);

// The last accepted deposit of the chain M6, M7, M8 of one authorization.
typedef struct {
    bool has_last;
    DepositStage stage;
    int64_t sequence;
    Sm3Digest submission;
} DepositChain;

// Check that a deposit continues the chain: M6 first, then M7, then M8; more of one stage under
// the next sequence; `previous` is the last one. DEPOSIT_OTHER stands outside of the chain.
// Fails with ERROR_CONFLICT "deposit.order" or "deposit.previous".
// Source: JR/T 0299-2024 4 f-h.
bool deposit_check_order(const DepositChain *chain, const Deposit *deposit, Error *err) MUST_CHECK;

#endif
