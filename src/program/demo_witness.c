// SPDX-License-Identifier: Apache-2.0
#include "program/demo_witness.h"

#include <string.h>
#include <time.h>

#include "domain/evidence/witness_policy.h"
#include "program/file.h"

enum { POLL_MS = 20 };
#define PATIENCE (6 * TIME_SECOND)

static bool fetch(Peer *peer, const char *target, Arena *arena, Checkpoint *ret, Error *err)
{
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    return peer_call(peer, &request, arena, &response, err) &&
           checkpoint_parse(arena, response.body, ret, err);
}

static size_t count_witnesses(const WitnessPolicy *policy)
{
    size_t count = 0;
    for (size_t i = 0; i < policy->node_count; i++) {
        count += policy->nodes[i].is_witness ? 1 : 0;
    }
    return count;
}

static const char *describe(Arena *arena, const WitnessPolicy *policy,
                            const WitnessFindings *findings, uint64_t size)
{
    CLEANUP(writer_free) Writer text = writer_new(WITNESS_POLICY_MAX_BYTES);
    writer_format(&text, "%zu 家见证机构联署检查点（%llu 条）：", findings->count,
                  (unsigned long long)size);
    const char *separator = "";
    for (size_t i = 0; i < policy->node_count; i++) {
        if (policy->nodes[i].is_witness && findings->holds[i]) {
            writer_format(&text, "%s%s", separator, policy->nodes[i].key.name);
            separator = "、";
        }
    }
    return arena_text(arena, writer_bytes(&text));
}

// One look at what enough witnesses cosigned; nothing is found while that does not cover `size`.
static bool look(Peer *preservation, const WitnessPolicy *policy, uint64_t size, Arena *arena,
                 WitnessFindings *ret, Checkpoint *ret_checkpoint, Error *err)
{
    Error why = {0};
    *ret = (WitnessFindings){0};
    if (!fetch(preservation, "/v1/checkpoint/cosigned", arena, ret_checkpoint, &why)) {
        *err = why;
        return why.kind == ERROR_NOT_FOUND;
    }
    return ret_checkpoint->head.size < size ||
           witness_policy_evaluate(policy, ret_checkpoint, ret, err);
}

bool demo_witness_wait(Peer *preservation, const char *policy_file, Arena *arena,
                       const char **ret_text, Error *err)
{
    Bytes text;
    const WitnessPolicy *policy;
    Checkpoint newest, cosigned = {0};
    WitnessFindings findings = {0};
    Time until = clock_monotonic() + PATIENCE;
    if (!file_read(arena, policy_file, WITNESS_POLICY_MAX_BYTES, &text, err) ||
        !witness_policy_parse(arena, text, &policy, err) ||
        !fetch(preservation, "/v1/checkpoint", arena, &newest, err)) {
        return false;
    }
    while (findings.count < count_witnesses(policy) && clock_monotonic() < until) {
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000}, NULL);
        if (!look(preservation, policy, newest.head.size, arena, &findings, &cosigned, err)) {
            return false;
        }
    }
    if (!findings.is_met || findings.count == 0) {
        return error_set(err, ERROR_UNAVAILABLE, "demo.witnesses", "C2SP tlog-policy",
                         "not enough witnesses cosigned in time");
    }
    *ret_text = describe(arena, policy, &findings, cosigned.head.size);
    return *ret_text != NULL || error_memory(err);
}
