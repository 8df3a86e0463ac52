// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/witness_policy.h"

#include <string.h>

enum { WORDS_MAX = 3 + WITNESS_POLICY_NAMES_MAX, NUMBER_DIGITS_MAX = 2 };

static const char CLAUSE[] = "C2SP tlog-policy";

typedef struct {
    Arena *arena;
    WitnessPolicy *policy;
    Bytes words[WORDS_MAX];
    size_t word_count;
    size_t line;
    bool has_quorum_line;
} PolicyReading;

static bool malformed(const PolicyReading *reading, const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "witness_policy.malformed", CLAUSE,
                     "line %zu of a witness policy %s", reading->line, why);
}

// --- words and names --------------------------------------------------------------------------

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool split_words(PolicyReading *reading, Bytes line, Error *err)
{
    reading->word_count = 0;
    while (line.len > 0) {
        size_t len = 0;
        if (is_blank(line.data[0])) {
            line = bytes_from(line, 1);
            continue;
        }
        while (len < line.len && !is_blank(line.data[len])) {
            if (line.data[len] < 0x20 || line.data[len] == 0x7f) {
                return malformed(reading, "has a control character", err);
            }
            len++;
        }
        if (reading->word_count == WORDS_MAX) {
            return malformed(reading, "has too many words", err);
        }
        reading->words[reading->word_count++] = bytes_slice(line, 0, len);
        line = bytes_from(line, len);
    }
    return true;
}

static bool find_node(const WitnessPolicy *policy, Bytes name, size_t *ret)
{
    for (size_t i = 0; i < policy->node_count; i++) {
        if (bytes_equal_text(name, policy->nodes[i].name)) {
            *ret = i;
            return true;
        }
    }
    return false;
}

// Make the node of a new name; it counts once the caller has filled it.
static bool new_node(PolicyReading *reading, Bytes name, WitnessNode **ret, Error *err)
{
    WitnessPolicy *policy = reading->policy;
    size_t found;
    if (bytes_equal_text(name, "none") || find_node(policy, name, &found)) {
        return malformed(reading, "defines a name that is taken", err);
    }
    if (policy->node_count == WITNESS_POLICY_NAMES_MAX) {
        return malformed(reading, "defines one name too many", err);
    }
    WitnessNode *node = &policy->nodes[policy->node_count];
    *node = (WitnessNode){.name = arena_text(reading->arena, name), .url = ""};
    *ret = node;
    return node->name != NULL || error_memory(err);
}

static bool parse_key(const PolicyReading *reading, Bytes text, NoteAlgorithm algorithm,
                      NoteKey *ret, Error *err)
{
    if (!note_key_parse(text, ret, err)) {
        return error_context(err, "line %zu of a witness policy", reading->line);
    }
    if (ret->algorithm != algorithm) {
        return malformed(reading, "has a key of another kind", err);
    }
    // One key is one party, whatever it is called; and a log that vouches for itself says nothing.
    const WitnessPolicy *policy = reading->policy;
    for (size_t i = 0; i < policy->log_count; i++) {
        if (sm2_public_key_equal(&policy->logs[i].key, &ret->key)) {
            return malformed(reading, "has a key that stands above already", err);
        }
    }
    for (size_t i = 0; i < policy->node_count; i++) {
        if (policy->nodes[i].is_witness &&
            sm2_public_key_equal(&policy->nodes[i].key.key, &ret->key)) {
            return malformed(reading, "has a key that stands above already", err);
        }
    }
    return true;
}

// --- lines ------------------------------------------------------------------------------------

static bool take_log(PolicyReading *reading, Error *err)
{
    WitnessPolicy *policy = reading->policy;
    if (reading->word_count < 2 || reading->word_count > 3) {
        return malformed(reading, "is not: log <key> [<url>]", err);
    }
    if (policy->log_count == WITNESS_POLICY_LOGS_MAX) {
        return malformed(reading, "names one log too many", err);
    }
    if (!parse_key(reading, reading->words[1], NOTE_SM2, &policy->logs[policy->log_count], err)) {
        return false;
    }
    policy->log_count++;
    return true;
}

static bool take_witness(PolicyReading *reading, Error *err)
{
    WitnessNode *node;
    if (reading->word_count < 3 || reading->word_count > 4) {
        return malformed(reading, "is not: witness <name> <key> [<url>]", err);
    }
    if (!new_node(reading, reading->words[1], &node, err) ||
        !parse_key(reading, reading->words[2], NOTE_SM2_COSIGNATURE, &node->key, err)) {
        return false;
    }
    node->is_witness = true;
    if (reading->word_count == 4) {
        node->url = arena_text(reading->arena, reading->words[3]);
    }
    if (node->url == NULL) {
        return error_memory(err);
    }
    reading->policy->node_count++;
    return true;
}

static bool parse_needed(Bytes word, size_t member_count, size_t *ret)
{
    size_t value = 0;
    if (bytes_equal_text(word, "any") || bytes_equal_text(word, "all")) {
        *ret = word.data[1] == 'n' ? 1 : member_count;
        return true;
    }
    if (word.len == 0 || word.len > NUMBER_DIGITS_MAX || word.data[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') {
            return false;
        }
        value = value * 10 + (size_t)(word.data[i] - '0');
    }
    *ret = value;
    return value <= member_count;
}

static bool take_group(PolicyReading *reading, Error *err)
{
    WitnessPolicy *policy = reading->policy;
    WitnessNode *node;
    if (reading->word_count < 4) {
        return malformed(reading, "is not: group <name> <number> <name>...", err);
    }
    if (!new_node(reading, reading->words[1], &node, err)) {
        return false;
    }
    node->member_count = reading->word_count - 3;
    if (!parse_needed(reading->words[2], node->member_count, &node->needed)) {
        return malformed(reading, "asks for a number that is not 1 to that of its members", err);
    }
    for (size_t i = 0; i < node->member_count; i++) {
        size_t member;
        if (!find_node(policy, reading->words[3 + i], &member)) {
            return malformed(reading, "has a member that is not defined above", err);
        }
        if (policy->nodes[member].is_member) {
            return malformed(reading, "has a member that is one already", err);
        }
        policy->nodes[member].is_member = true;
        node->members[i] = (uint8_t)member;
    }
    policy->node_count++;
    return true;
}

static bool take_quorum(PolicyReading *reading, Error *err)
{
    WitnessPolicy *policy = reading->policy;
    if (reading->word_count != 2 || reading->has_quorum_line) {
        return malformed(reading, "is not the only: quorum <name>", err);
    }
    reading->has_quorum_line = true;
    policy->has_quorum = !bytes_equal_text(reading->words[1], "none");
    return !policy->has_quorum || find_node(policy, reading->words[1], &policy->quorum) ||
           malformed(reading, "asks for a name that is not defined above", err);
}

static bool take_line(PolicyReading *reading, Bytes line, Error *err)
{
    static const struct {
        const char *word;
        bool (*take)(PolicyReading *reading, Error *err);
    } rows[] = {{"log", take_log},
                {"witness", take_witness},
                {"group", take_group},
                {"quorum", take_quorum}};
    if (!split_words(reading, line, err)) {
        return false;
    }
    if (reading->word_count == 0 || reading->words[0].data[0] == '#') {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (bytes_equal_text(reading->words[0], rows[i].word)) {
            return rows[i].take(reading, err);
        }
    }
    return malformed(reading, "begins with no word that is known", err);
}

bool witness_policy_parse(Arena *arena, Bytes text, const WitnessPolicy **ret, Error *err)
{
    PolicyReading reading = {.arena = arena, .policy = arena_alloc(arena, sizeof *reading.policy)};
    if (text.len > WITNESS_POLICY_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "witness_policy.size", CLAUSE,
                         "a witness policy is longer than %d bytes", WITNESS_POLICY_MAX_BYTES);
    }
    if (reading.policy == NULL) {
        return error_memory(err);
    }
    memset(reading.policy, 0, sizeof *reading.policy);
    while (text.len > 0) {
        size_t end;
        reading.line++;
        if (!bytes_find(text, BYTES_LITERAL("\n"), 0, &end)) {
            return malformed(&reading, "does not end with a line break", err);
        }
        if (!take_line(&reading, bytes_slice(text, 0, end), err)) {
            return false;
        }
        text = bytes_from(text, end + 1);
    }
    if (!reading.has_quorum_line) {
        return malformed(&reading, "is the last and there was no quorum", err);
    }
    *ret = reading.policy;
    return true;
}

// --- checkpoints ------------------------------------------------------------------------------

bool witness_policy_applies(const WitnessPolicy *policy, const Checkpoint *checkpoint)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        if (checkpoint_verify(checkpoint, &policy->logs[i], NULL)) {
            return true;
        }
    }
    return policy->log_count == 0;
}

bool witness_policy_evaluate(const WitnessPolicy *policy, const Checkpoint *checkpoint,
                             WitnessFindings *ret, Error *err)
{
    WitnessFindings found = {.is_met = !policy->has_quorum};
    for (size_t i = 0; i < policy->node_count; i++) {
        const WitnessNode *node = &policy->nodes[i];
        size_t count = 0;
        if (node->is_witness) {
            if (!checkpoint_verify_witnesses(checkpoint, &node->key, 1, &count, &found.times[i],
                                             err)) {
                return false;
            }
            found.holds[i] = count == 1;
            found.count += count;
            found.latest = found.times[i] > found.latest ? found.times[i] : found.latest;
            continue;
        }
        // Its members stand above it, so they are known already.
        for (size_t m = 0; m < node->member_count; m++) {
            count += found.holds[node->members[m]] ? 1 : 0;
        }
        found.holds[i] = count >= node->needed;
    }
    found.is_met = !policy->has_quorum || found.holds[policy->quorum];
    *ret = found;
    return true;
}

// --- judging ----------------------------------------------------------------------------------

// "court, notary", in the verdict's arena.
static const char *names_of(const WitnessPolicy *policy, const WitnessFindings *found,
                            Verdict *verdict)
{
    CLEANUP(writer_free) Writer names = writer_new(WITNESS_POLICY_MAX_BYTES);
    for (size_t i = 0; i < policy->node_count; i++) {
        if (policy->nodes[i].is_witness && found->holds[i]) {
            writer_format(&names, "%s%s", names.len == 0 ? "" : ", ", policy->nodes[i].name);
        }
    }
    char *text = arena_text(verdict->arena, writer_bytes(&names));
    return text == NULL || text[0] == '\0' ? "nobody" : text;
}

static void check_policy(const WitnessPolicy *policy, const Checkpoint *checkpoint,
                         Verdict *verdict)
{
    WitnessFindings found;
    Error err = {0};
    char latest[TIME_TEXT_SIZE] = "";
    if (!witness_policy_evaluate(policy, checkpoint, &found, &err)) {
        (void)verdict_take(verdict, false, AREA_CRYPTOGRAPHY, "receipt.witnesses",
                           "C2SP tlog-cosignature", &err);
        return;
    }
    if (found.count > 0) {
        time_to_text(found.latest, latest);
    }
    verdict_add(verdict, AREA_TRUST, found.is_met ? CHECK_PASSED : CHECK_UNKNOWN,
                "receipt.witnesses", CLAUSE, "cosigned by %s%s%s; the quorum (%s) is %s",
                names_of(policy, &found, verdict), found.count > 0 ? ", the last at " : "", latest,
                policy->has_quorum ? policy->nodes[policy->quorum].name : "none",
                found.is_met ? "reached" : "not reached");
}

void witness_rules_check(const WitnessRules *rules, const Checkpoint *checkpoint, Verdict *verdict)
{
    bool is_known = rules->count == 0;
    for (size_t i = 0; i < rules->count; i++) {
        if (witness_policy_applies(rules->policies[i], checkpoint)) {
            check_policy(rules->policies[i], checkpoint, verdict);
            is_known = true;
        }
    }
    // Whoever is watched could else escape by giving its log another name.
    if (!is_known) {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, "receipt.witnesses", CLAUSE,
                    "the trust asks for witnesses, and none of its policies is about this log");
    }
}
