// SPDX-License-Identifier: Apache-2.0
//
// Witness policies (C2SP tlog-policy in the profile of docs/evidence-log.md): which witnesses are
// known, by their keys, and how many of which groups have to cosign a checkpoint. A text file:
//
//     log <key>                                  (zero or more: what it is about; none: any log)
//     witness court <key> [<url>]
//     witness notary <key> [<url>]
//     witness ca <key> [<url>]
//     group two-of-three 2 court notary ca       (or: any, all, in place of the number)
//     quorum two-of-three                        (a group, a witness, or none)
#ifndef ASSENT_DOMAIN_EVIDENCE_WITNESS_POLICY_H
#define ASSENT_DOMAIN_EVIDENCE_WITNESS_POLICY_H

#include "domain/evidence/checkpoint.h"
#include "domain/verdict/verdict.h"

enum {
    WITNESS_POLICY_MAX_BYTES = 64 * 1024,
    WITNESS_POLICY_LOGS_MAX = 32,
    WITNESS_POLICY_NAMES_MAX = 64,  // witnesses and groups
};

// A witness or a group of what stands above it in the file. Texts are in the arena.
typedef struct {
    const char *name;  // within the file
    bool is_witness;
    NoteKey key;      // of a witness
    const char *url;  // of a witness, where it takes checkpoints; "": not said
    size_t needed;    // of a group: how many of its members have to cosign
    uint8_t members[WITNESS_POLICY_NAMES_MAX];  // places in WitnessPolicy.nodes
    size_t member_count;
    bool is_member;  // of a group
} WitnessNode;

typedef struct {
    NoteKey logs[WITNESS_POLICY_LOGS_MAX];
    size_t log_count;
    WitnessNode nodes[WITNESS_POLICY_NAMES_MAX];
    size_t node_count;
    bool has_quorum;  // false: "quorum none"
    size_t quorum;    // a place in nodes
} WitnessPolicy;

// Parse a policy. Fails with ERROR_INPUT "witness_policy.malformed", naming the line: unknown
// words, names that are not defined above or twice, a key of another kind or twice, a log that is
// its own witness, a member of two groups, no quorum or two; ERROR_LIMIT "witness_policy.size".
bool witness_policy_parse(Arena *arena, Bytes text, const WitnessPolicy **ret,
                          Error *err) MUST_CHECK;

// True when the policy is about this checkpoint: it names no log, or one whose key signed it.
bool witness_policy_applies(const WitnessPolicy *policy, const Checkpoint *checkpoint);

// Who cosigned. Times are 0 for who did not; places are those of WitnessPolicy.nodes.
typedef struct {
    Time times[WITNESS_POLICY_NAMES_MAX];
    bool holds[WITNESS_POLICY_NAMES_MAX];  // of a group: enough of its members
    size_t count;                          // of witnesses
    Time latest;
    bool is_met;  // the quorum
} WitnessFindings;

// Look for every known witness. Fails with ERROR_UNTRUSTED "checkpoint.cosignature" when a line
// by a known witness does not hold; who is missing is told by `ret`.
bool witness_policy_evaluate(const WitnessPolicy *policy, const Checkpoint *checkpoint,
                             WitnessFindings *ret, Error *err) MUST_CHECK;

// What a judge asks of witnesses: the policies of a trust directory. All zero: nothing. Borrowed.
typedef struct {
    const WitnessPolicy *const *policies;
    size_t count;
} WitnessRules;

// Add receipt.witnesses for a checkpoint whose log's signature is judged elsewhere: PASSED when
// every policy about it is met, FAILED when a line by a known witness does not hold, UNKNOWN when
// a quorum is not reached or there are policies and none is about this log: who is missing may
// yet cosign, and nothing speaks against the log. Without rules nothing is added.
void witness_rules_check(const WitnessRules *rules, const Checkpoint *checkpoint, Verdict *verdict);

#endif
