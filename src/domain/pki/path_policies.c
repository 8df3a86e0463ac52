// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_policies.h"

#include <limits.h>

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"

// What hostile certificates may make us look at: more is refused.
enum { MOST_POLICIES = 64 };

// A policy that holds for the path so far. It is expected below under its own name, or under those
// that `mappings`, the content of PolicyMappings, gives it.
typedef struct {
    Bytes policy;
    Bytes mappings;
    bool is_wanted;  // goes back to a policy that the caller asked for
} PolicyNode;

// The policies of one depth. Those of the depths above are of no more use: what has no child here
// reaches no certificate below.
typedef struct {
    PolicyNode nodes[MOST_POLICIES];
    size_t count;
} PolicyLevel;

// RFC 5280 6.1.2, with the counts of certificates that may still do what they allow.
typedef struct {
    PolicyLevel level;
    const PathDemands *demands;
    int explicit_policy;
    int policy_mapping;
    int inhibit_any_policy;
    bool is_overfull;
} PolicyState;

static bool is_any(Bytes policy)
{
    return bytes_equal(policy, OID_ANY_POLICY);
}

static bool next_mapping(Reader *mappings, Bytes *ret_from, Bytes *ret_to)
{
    if (mappings->rest.len == 0) {
        return false;
    }
    Reader mapping = der_enter(mappings, DER_SEQUENCE);
    *ret_from = der_oid(&mapping);
    *ret_to = der_oid(&mapping);
    return !mapping.failed;
}

static PolicyNode *find_node(PolicyLevel *level, Bytes policy)
{
    for (size_t i = 0; i < level->count; i++) {
        if (bytes_equal(level->nodes[i].policy, policy)) {
            return &level->nodes[i];
        }
    }
    return NULL;
}

// Add a node, or what one more parent says to the node that is there.
static void add_node(PolicyState *state, PolicyLevel *level, Bytes policy, bool is_wanted)
{
    PolicyNode *node = find_node(level, policy);
    if (node != NULL) {
        node->is_wanted = node->is_wanted || is_wanted;
    } else if (level->count == MOST_POLICIES) {
        state->is_overfull = true;
    } else {
        level->nodes[level->count++] = (PolicyNode){policy, BYTES_EMPTY, is_wanted};
    }
}

static bool expects(const PolicyNode *node, Bytes policy)
{
    if (node->mappings.len == 0) {
        return bytes_equal(node->policy, policy);
    }
    Reader mappings = reader_of(node->mappings);
    Bytes from, to;
    while (next_mapping(&mappings, &from, &to)) {
        if (bytes_equal(from, node->policy) && bytes_equal(to, policy)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const PolicyState *state, Bytes policy)
{
    const PathDemands *demands = state->demands;
    for (size_t i = 0; i < demands->policy_count; i++) {
        if (bytes_equal(demands->policies[i], policy) || is_any(demands->policies[i])) {
            return true;
        }
    }
    return demands->policy_count == 0;
}

// 6.1.3 (d)(1): a policy of the certificate, below the nodes that expect it, else below anyPolicy.
static void take_policy(PolicyState *state, PolicyLevel *next, Bytes policy)
{
    bool has_parent = false;
    for (size_t i = 0; i < state->level.count; i++) {
        const PolicyNode *parent = &state->level.nodes[i];
        if (expects(parent, policy)) {
            add_node(state, next, policy, parent->is_wanted);
            has_parent = true;
        }
    }
    if (!has_parent && find_node(&state->level, OID_ANY_POLICY) != NULL) {
        add_node(state, next, policy, is_wanted(state, policy));
    }
}

// 6.1.3 (d)(2): anyPolicy, for everything that is expected and was not named.
static void take_any_policy(PolicyState *state, PolicyLevel *next)
{
    PolicyLevel named = *next;
    for (size_t i = 0; i < state->level.count; i++) {
        const PolicyNode *parent = &state->level.nodes[i];
        if (parent->mappings.len == 0 && find_node(&named, parent->policy) == NULL) {
            add_node(state, next, parent->policy, parent->is_wanted);
        }
        Reader mappings = reader_of(parent->mappings);
        Bytes from, to;
        while (next_mapping(&mappings, &from, &to)) {
            if (bytes_equal(from, parent->policy) && find_node(&named, to) == NULL) {
                add_node(state, next, to, parent->is_wanted);
            }
        }
    }
}

static size_t count_items(Bytes sequence)
{
    Reader items = reader_of(sequence);
    size_t count = 0;
    while (items.rest.len > 0 && !items.failed) {
        der_any(&items);
        count++;
    }
    return count;
}

// 6.1.3 (d) and (e).
static void process_policies(PolicyState *state, const Certificate *certificate, bool is_last)
{
    PolicyLevel next = {.count = 0};
    Reader policies = reader_of(certificate->policies);
    bool has_any = false;
    Bytes policy;
    state->is_overfull = state->is_overfull || count_items(certificate->policies) > MOST_POLICIES ||
                         count_items(certificate->policy_mappings) > MOST_POLICIES;
    while (!state->is_overfull && extension_next_policy(&policies, &policy)) {
        if (is_any(policy)) {
            has_any = true;
        } else {
            take_policy(state, &next, policy);
        }
    }
    bool any_counts =
        state->inhibit_any_policy > 0 || (!is_last && certificate_is_self_issued(certificate));
    if (has_any && any_counts) {
        take_any_policy(state, &next);
    }
    state->level = next;
}

static void remove_node(PolicyLevel *level, Bytes policy)
{
    PolicyNode *node = find_node(level, policy);
    if (node != NULL) {
        *node = level->nodes[--level->count];
    }
}

// 6.1.4 (b).
static void process_mappings(PolicyState *state, const Certificate *certificate)
{
    Reader mappings = reader_of(certificate->policy_mappings);
    Bytes from, to;
    while (!state->is_overfull && next_mapping(&mappings, &from, &to)) {
        if (state->policy_mapping == 0) {
            remove_node(&state->level, from);
            continue;
        }
        if (find_node(&state->level, from) == NULL &&
            find_node(&state->level, OID_ANY_POLICY) != NULL) {
            add_node(state, &state->level, from, is_wanted(state, from));
        }
        PolicyNode *node = find_node(&state->level, from);
        if (node != NULL) {
            node->mappings = certificate->policy_mappings;
        }
    }
}

static void lower_to(int *count, int limit)
{
    if (limit >= 0 && limit < *count) {
        *count = limit;
    }
}

static void count_down(int *count)
{
    *count -= *count > 0 ? 1 : 0;
}

// 6.1.4 (h)-(j).
static void process_constraints(PolicyState *state, const Certificate *certificate)
{
    if (!certificate_is_self_issued(certificate)) {
        count_down(&state->explicit_policy);
        count_down(&state->policy_mapping);
        count_down(&state->inhibit_any_policy);
    }
    lower_to(&state->explicit_policy, certificate->require_explicit_policy);
    lower_to(&state->policy_mapping, certificate->inhibit_policy_mapping);
    lower_to(&state->inhibit_any_policy, certificate->inhibit_any_policy);
}

// True if what is left has a policy that the caller asked for.
static bool has_wanted(PolicyState *state)
{
    for (size_t i = 0; i < state->level.count; i++) {
        if (state->level.nodes[i].is_wanted) {
            return true;
        }
    }
    return find_node(&state->level, OID_ANY_POLICY) != NULL;
}

// From the certificate below the anchor to the last. False when a certificate above the last has
// no policy although one is required there.
static bool process_path(PolicyState *state, const PathChain *chain)
{
    for (size_t i = chain->len - 1; i-- > 0;) {
        const Certificate *certificate = chain->certificates[i];
        process_policies(state, certificate, i == 0);
        if (state->is_overfull || (state->explicit_policy == 0 && state->level.count == 0)) {
            return false;
        }
        if (i > 0) {
            process_mappings(state, certificate);
            process_constraints(state, certificate);
        }
    }
    // 6.1.5 (a)-(b), for the last.
    count_down(&state->explicit_policy);
    if (chain->certificates[0]->require_explicit_policy == 0) {
        state->explicit_policy = 0;
    }
    return state->explicit_policy > 0 || has_wanted(state);
}

static bool is_constrained(const PathChain *chain)
{
    for (size_t i = 0; i + 1 < chain->len; i++) {
        const Certificate *certificate = chain->certificates[i];
        if (certificate->require_explicit_policy >= 0 || certificate->inhibit_policy_mapping >= 0 ||
            certificate->inhibit_any_policy >= 0 || certificate->policy_mappings.len > 0) {
            return true;
        }
    }
    return false;
}

void path_policies_report(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    const PathDemands *demands = &policy->demands;
    if (demands->policy_count == 0 && !is_constrained(chain)) {
        return;
    }
    PolicyState state = {
        .level = {.nodes = {{OID_ANY_POLICY, BYTES_EMPTY, false}}, .count = 1},
        .demands = demands,
        .explicit_policy = demands->policy_count > 0 ? 0 : INT_MAX,
        .policy_mapping = demands->inhibits_mapping ? 0 : INT_MAX,
        .inhibit_any_policy = demands->inhibits_any_policy ? 0 : INT_MAX,
    };
    bool fits = process_path(&state, chain);
    const char *detail = state.is_overfull ? "a certificate of the chain has too many policies"
                         : fits            ? "the chain holds for a policy that is asked for"
                                           : "the chain holds for no policy that is asked for";
    path_report_add(report, "path.policy", "RFC 5280 6.1.5 (g)", fits ? CHECK_PASSED : CHECK_FAILED,
                    "%s", detail);
}
