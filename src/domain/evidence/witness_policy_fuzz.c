// SPDX-License-Identifier: Apache-2.0
//
// Whatever a policy says, members stand above their groups and no group asks for more than it has.
#include <stdlib.h>

#include "domain/evidence/witness_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const WitnessPolicy *policy;
    Error err;
    if (arena == NULL || !witness_policy_parse(arena, bytes_of(data, size), &policy, &err)) {
        return 0;
    }
    for (size_t i = 0; i < policy->node_count; i++) {
        const WitnessNode *node = &policy->nodes[i];
        for (size_t m = 0; m < node->member_count; m++) {
            if (node->members[m] >= i || !policy->nodes[node->members[m]].is_member) {
                abort();
            }
        }
        if (!node->is_witness && (node->needed == 0 || node->needed > node->member_count)) {
            abort();
        }
    }
    if (policy->has_quorum && policy->quorum >= policy->node_count) {
        abort();
    }
    return 0;
}
