// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/fork_proof.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"

static const char CLAUSE[] = "RFC 9162 2.1.4";

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "fork.malformed", "", "a fork proof %s", why);
}

bool fork_proof_encode(const ForkProof *proof, Writer *ret, Error *err)
{
    writer_put_text(ret, FORK_PROOF_FIRST_LINE "\nlog ");
    if (!note_key_encode(&proof->log, ret, err)) {
        return false;
    }
    writer_put_text(ret, "\n");
    proof_text_put(&proof->proof, ret);
    writer_put(ret, proof->older.note.whole);
    writer_put_text(ret, "\n");
    writer_put(ret, proof->newer.note.whole);
    return !ret->failed || error_memory(err);
}

// The first of the two checkpoints: its text, an empty line, its signature lines; then an empty
// line again.
static bool take_checkpoint(Arena *arena, Bytes *text, Checkpoint *ret, Error *err)
{
    size_t before, after;
    if (!bytes_find(*text, BYTES_LITERAL("\n\n"), 0, &before) ||
        !bytes_find(*text, BYTES_LITERAL("\n\n"), before + 2, &after)) {
        return malformed("does not have two checkpoints", err);
    }
    if (!checkpoint_parse(arena, bytes_slice(*text, 0, after + 1), ret, err)) {
        return false;
    }
    *text = bytes_from(*text, after + 2);
    return true;
}

bool fork_proof_parse(Arena *arena, Bytes text, ForkProof *ret, Error *err)
{
    ForkProof proof = {.proof = {.count = 0}};
    Bytes line;
    if (text.len > FORK_PROOF_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "fork.size", "", "a fork proof is longer than %d bytes",
                         FORK_PROOF_MAX_BYTES);
    }
    if (!proof_text_take_line(&text, &line) || !bytes_equal_text(line, FORK_PROOF_FIRST_LINE)) {
        return malformed("does not begin with its name", err);
    }
    if (!proof_text_take_line(&text, &line) || !bytes_start_with(line, BYTES_LITERAL("log "))) {
        return malformed("does not name the log's key", err);
    }
    if (!note_key_parse(bytes_from(line, 4), &proof.log, err)) {
        return false;
    }
    if (proof.log.algorithm != NOTE_SM2) {
        return malformed("names a key that is no log's", err);
    }
    const char *why = proof_text_take(arena, &text, MERKLE_PROOF_MAX, &proof.proof);
    if (why != NULL) {
        return malformed(why, err);
    }
    if (!take_checkpoint(arena, &text, &proof.older, err) ||
        !checkpoint_parse(arena, text, &proof.newer, err)) {
        return false;
    }
    if (proof.older.head.size > proof.newer.head.size) {
        return malformed("has the larger checkpoint first", err);
    }
    *ret = proof;
    return true;
}

// --- what it shows ----------------------------------------------------------------------------

// Compute from a proof that begins with the subtree which ends where the old tree ends: the root of
// the new tree and the root that its first old_size entries have. False: it has not the right
// length. 0 < old_size < new_size. Source: RFC 9162 2.1.4.2.
static bool compute_roots(uint64_t old_size, uint64_t new_size, const MerkleProof *proof,
                          Sm3Digest *ret_old, Sm3Digest *ret_new)
{
    uint64_t node = old_size - 1;
    uint64_t last = new_size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    if (proof->count == 0) {
        return false;
    }
    *ret_old = *ret_new = proof->hashes[0];
    for (size_t i = 1; i < proof->count; i++) {
        const Sm3Digest *sibling = &proof->hashes[i];
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            *ret_old = merkle_node_hash(sibling, ret_old);
            *ret_new = merkle_node_hash(sibling, ret_new);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            *ret_new = merkle_node_hash(ret_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0;
}

static bool verify_signatures(const ForkProof *proof, Error *err)
{
    return checkpoint_verify(&proof->older, &proof->log, err) &&
           checkpoint_verify(&proof->newer, &proof->log, err);
}

static bool not_shown(const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "fork.contradiction", CLAUSE,
                     "the two checkpoints are not shown to contradict each other: %s", why);
}

// What the new tree has as root of its first entries, by what the proof holds.
static bool find_old_root(const ForkProof *proof, Sm3Digest *ret, Error *err)
{
    const MerkleHead *old = &proof->older.head, *latest = &proof->newer.head;
    Sm3Digest new_root;
    if (old->size == latest->size || old->size == 0) {
        *ret = old->size == 0 ? merkle_empty_root() : latest->root;
        return proof->proof.count == 0 || not_shown("there are hashes that prove nothing", err);
    }
    if (!compute_roots(old->size, latest->size, &proof->proof, ret, &new_root)) {
        return not_shown("the hashes are not of this shape", err);
    }
    return sm3_digest_equal(&new_root, &latest->root) ||
           not_shown("the hashes are not those of the larger tree", err);
}

static bool verify_contradiction(const ForkProof *proof, Error *err)
{
    Sm3Digest root;
    if (proof->older.head.size > proof->newer.head.size) {
        return not_shown("the larger one is first", err);
    }
    return find_old_root(proof, &root, err) && (!sm3_digest_equal(&root, &proof->older.head.root) ||
                                                not_shown("the larger one extends the other", err));
}

bool fork_proof_verify(const ForkProof *proof, Error *err)
{
    return verify_signatures(proof, err) && verify_contradiction(proof, err);
}

bool fork_proof_check(const ForkProof *proof, Verdict *verdict)
{
    Error err = {0};
    bool is_signed = verdict_take(verdict, verify_signatures(proof, &err), AREA_CRYPTOGRAPHY,
                                  "fork.signatures", "C2SP tlog-checkpoint", &err);
    if (!verify_contradiction(proof, &err)) {
        return verdict_take(verdict, false, AREA_CRYPTOGRAPHY, "fork.contradiction", CLAUSE, &err);
    }
    verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_PASSED, "fork.contradiction", CLAUSE,
                "the checkpoints of %llu and %llu entries cannot be of one history: the log showed "
                "two",
                (unsigned long long)proof->older.head.size,
                (unsigned long long)proof->newer.head.size);
    return is_signed;
}

// --- making one -------------------------------------------------------------------------------

static bool is_power_of_two(uint64_t size)
{
    return (size & (size - 1)) == 0;
}

// A consistency proof leaves the first subtree out where the old tree is one subtree itself.
static bool put_first(MerkleProof *proof, const Sm3Digest *first)
{
    if (proof->count == MERKLE_PROOF_MAX) {
        return false;
    }
    memmove(&proof->hashes[1], &proof->hashes[0], proof->count * sizeof proof->hashes[0]);
    proof->hashes[0] = *first;
    proof->count++;
    return true;
}

bool fork_proof_make(const NoteKey *log, const Checkpoint *a, const Checkpoint *b,
                     MerkleNodes nodes, ForkProof *ret, Error *err)
{
    bool in_order = a->head.size <= b->head.size;
    ForkProof proof = {.log = *log, .older = in_order ? *a : *b, .newer = in_order ? *b : *a};
    uint64_t old_size = proof.older.head.size, new_size = proof.newer.head.size;
    Sm3Digest root, old_root;
    if (old_size != 0 && old_size != new_size) {
        if (!merkle_root(nodes, old_size, &root, err) ||
            !merkle_consistency_prove(nodes, old_size, new_size, &proof.proof, err)) {
            return false;
        }
        if (is_power_of_two(old_size) && !put_first(&proof.proof, &root)) {
            return error_memory(err);
        }
    }
    if (!find_old_root(&proof, &old_root, err) || !verify_signatures(&proof, err)) {
        return false;
    }
    if (sm3_digest_equal(&old_root, &proof.older.head.root)) {
        return error_set(err, ERROR_NOT_FOUND, "fork.none", CLAUSE,
                         "the two checkpoints are of one history");
    }
    *ret = proof;
    return true;
}

bool fork_proof_from_consistency(const NoteKey *log, const Checkpoint *older,
                                 const Checkpoint *newer, const MerkleProof *consistency,
                                 ForkProof *ret)
{
    Error ignored = {0};
    ForkProof proof = {.log = *log, .proof = *consistency, .older = *older, .newer = *newer};
    if (older->head.size != 0 && older->head.size < newer->head.size &&
        is_power_of_two(older->head.size) && !put_first(&proof.proof, &older->head.root)) {
        return false;
    }
    if (!fork_proof_verify(&proof, &ignored)) {
        return false;
    }
    *ret = proof;
    return true;
}
