// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/merkle.h"

#include <string.h>

#include "base/test/test.h"

enum { SIZES = 130 };

static Sm3Digest leaf_of(size_t i)
{
    uint8_t entry[2] = {(uint8_t)(i >> 8), (uint8_t)i};
    return merkle_leaf_hash(BYTES_OF_ARRAY(entry));
}

static void fill_leaves(Sm3Digest leaves[SIZES])
{
    for (size_t i = 0; i < SIZES; i++) {
        leaves[i] = leaf_of(i);
    }
}

// The definition of RFC 9162 2.1.1, word for word: the oracle for everything else.
static Sm3Digest defined_root(const Sm3Digest *leaves, size_t n)
{
    if (n == 0) {
        return sm3_digest(BYTES_EMPTY);
    }
    if (n == 1) {
        return leaves[0];
    }
    size_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    Sm3Digest left = defined_root(leaves, k);
    Sm3Digest right = defined_root(leaves + k, n - k);
    uint8_t message[65] = {0x01};
    memcpy(message + 1, left.bytes, 32);
    memcpy(message + 33, right.bytes, 32);
    return sm3_digest(BYTES_OF_ARRAY(message));
}

// PATH(m, D[n]) of RFC 9162 2.1.3.1, recursively.
static void defined_path(const Sm3Digest *leaves, size_t m, size_t n, MerkleProof *ret)
{
    if (n == 1) {
        return;
    }
    size_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    if (m < k) {
        defined_path(leaves, m, k, ret);
        ret->hashes[ret->count++] = defined_root(leaves + k, n - k);
    } else {
        defined_path(leaves + k, m - k, n - k, ret);
        ret->hashes[ret->count++] = defined_root(leaves, k);
    }
}

static bool proof_equal(const MerkleProof *a, const MerkleProof *b)
{
    return a->count == b->count &&
           memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

// Computed with `openssl dgst -sm3` over bytes made by xxd.
TEST(hashes_are_those_of_an_independent_tool)
{
    Sm3Digest leaf = merkle_leaf_hash(BYTES_LITERAL("abc"));
    Sm3Digest node = merkle_node_hash(&leaf, &leaf);
    Sm3Digest empty = merkle_empty_root();
    CHECK_BYTES(sm3_bytes(&empty),
                test_hex("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"));
    CHECK_BYTES(sm3_bytes(&leaf),
                test_hex("a7fe0cdcc2194aa7a9c6bfad5637581bf051d935a10bb6a9ccabfce125c27d96"));
    CHECK_BYTES(sm3_bytes(&node),
                test_hex("2726583fa41a936bfd4fbd8d575045d0b74929a10e02acbd53273a005c985d0e"));
}

// Covers: RFC 9162 2.1.1.
TEST(frontier_and_nodes_give_the_defined_root_at_every_size)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    MerkleLeaves source = {leaves, SIZES};
    MerkleFrontier frontier = {0};
    for (size_t n = 0; n <= SIZES; n++) {
        Sm3Digest expected = defined_root(leaves, n);
        Sm3Digest grown = merkle_frontier_root(&frontier);
        Sm3Digest computed;
        MerkleFrontier loaded;
        CHECK_OK(merkle_root(merkle_nodes_of_leaves(&source), n, &computed, &err));
        CHECK_OK(merkle_frontier_load(merkle_nodes_of_leaves(&source), n, &loaded, &err));
        CHECK(sm3_digest_equal(&grown, &expected) && sm3_digest_equal(&computed, &expected));
        Sm3Digest reloaded = merkle_frontier_root(&loaded);
        CHECK(sm3_digest_equal(&reloaded, &expected));
        if (n < SIZES) {
            merkle_frontier_append(&frontier, &leaves[n]);
        }
    }
}

// Covers: RFC 9162 2.1.1.
TEST(leaves_hashed_together_have_the_hashes_of_leaves_hashed_alone)
{
    // Equal and unequal lengths, empty ones, and some that are too long to be gathered.
    enum { COUNT = 300 };
    static uint8_t bytes[40000];
    static Sm3Digest hashes[COUNT];
    Bytes entries[COUNT];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < COUNT; i++) {
        size_t len = i % 5 == 0 ? i * 3 : 512;
        len = i % 97 == 1 ? 32767 + i % 3 : len;
        entries[i] = bytes_of(&bytes[i], len);
    }
    entries[COUNT - 1] = BYTES_EMPTY;
    merkle_leaf_hashes(entries, hashes, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        Sm3Digest alone = merkle_leaf_hash(entries[i]);
        CHECK(sm3_digest_equal(&hashes[i], &alone));
    }
}

// Covers: RFC 9162 2.1.1.
TEST(a_frontier_grows_the_same_by_many_leaves_and_by_one)
{
    enum { COUNT = 700 };
    static Sm3Digest leaves[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        leaves[i] = leaf_of(i);
    }
    for (size_t before = 0; before <= 258; before += 43) {
        for (size_t count = 0; before + count <= COUNT; count += count < 9 ? 1 : 61) {
            MerkleFrontier one_by_one = {0}, together = {0};
            for (size_t i = 0; i < before + count; i++) {
                merkle_frontier_append(&one_by_one, &leaves[i]);
            }
            for (size_t i = 0; i < before; i++) {
                merkle_frontier_append(&together, &leaves[i]);
            }
            merkle_frontier_append_many(&together, &leaves[before], count);
            CHECK_INT(together.size, one_by_one.size);
            Sm3Digest root = merkle_frontier_root(&one_by_one);
            Sm3Digest grown = merkle_frontier_root(&together);
            CHECK(sm3_digest_equal(&grown, &root));
        }
    }
}

TEST(node_hashes_may_take_the_place_of_their_children)
{
    enum { PAIRS = 300 };
    static Sm3Digest row[2 * PAIRS];
    static Sm3Digest expected[PAIRS];
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        row[i] = leaf_of(i);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        expected[i] = merkle_node_hash(&row[2 * i], &row[2 * i + 1]);
    }
    merkle_node_hashes(row, row, PAIRS);
    CHECK(memcmp(row, expected, sizeof expected) == 0);
}

// Covers: RFC 9162 2.1.3.1, 2.1.3.2.
TEST(every_inclusion_proof_is_the_defined_path_and_verifies)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    MerkleLeaves source = {leaves, SIZES};
    for (size_t n = 1; n <= SIZES; n++) {
        Sm3Digest root = defined_root(leaves, n);
        for (size_t i = 0; i < n; i++) {
            MerkleProof proof;
            MerkleProof expected = {.count = 0};
            CHECK_OK(merkle_inclusion_prove(merkle_nodes_of_leaves(&source), i, n, &proof, &err));
            defined_path(leaves, i, n, &expected);
            CHECK(proof_equal(&proof, &expected));
            CHECK_OK(merkle_inclusion_verify(&leaves[i], i, n, &proof, &root, &err));
        }
    }
}

// Covers: RFC 9162 2.1.4.1, 2.1.4.2; E09.
TEST(every_consistency_proof_verifies_and_no_other_old_root_does)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    MerkleLeaves source = {leaves, SIZES};
    MerkleHead heads[SIZES + 1];
    for (size_t n = 0; n <= SIZES; n++) {
        heads[n] = (MerkleHead){n, defined_root(leaves, n)};
    }
    for (size_t n = 0; n <= SIZES; n++) {
        for (size_t m = 0; m <= n; m++) {
            MerkleProof proof;
            CHECK_OK(merkle_consistency_prove(merkle_nodes_of_leaves(&source), m, n, &proof, &err));
            CHECK_OK(merkle_consistency_verify(&heads[m], &heads[n], &proof, &err));
            MerkleHead forged = heads[m];
            forged.root.bytes[m % 32] ^= 1;
            CHECK_FAILS_WITH(merkle_consistency_verify(&forged, &heads[n], &proof, &err),
                             ERROR_UNTRUSTED, "merkle.consistency");
        }
    }
}

// RFC 9162 2.1.5 shows these proofs for seven leaves a0..a6.
TEST(the_examples_of_the_rfc_have_the_named_nodes)
{
    Error err = {0};
    Sm3Digest d[7];
    for (size_t i = 0; i < 7; i++) {
        d[i] = leaf_of(i);
    }
    MerkleLeaves source = {d, 7};
    MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    Sm3Digest g = merkle_node_hash(&d[0], &d[1]);
    Sm3Digest h = merkle_node_hash(&d[2], &d[3]);
    Sm3Digest i = merkle_node_hash(&d[4], &d[5]);
    Sm3Digest k = merkle_node_hash(&g, &h);
    Sm3Digest l = merkle_node_hash(&i, &d[6]);
    const struct {
        bool is_inclusion;
        uint64_t first, size;
        MerkleProof expected;
    } cases[] = {
        {true, 0, 7, {.hashes = {d[1], h, l}, .count = 3}},
        {true, 3, 7, {.hashes = {d[2], g, l}, .count = 3}},
        {true, 4, 7, {.hashes = {d[5], d[6], k}, .count = 3}},
        {true, 6, 7, {.hashes = {i, k}, .count = 2}},
        {false, 3, 7, {.hashes = {d[2], d[3], g, l}, .count = 4}},
        {false, 4, 7, {.hashes = {l}, .count = 1}},
        {false, 6, 7, {.hashes = {i, d[6], k}, .count = 3}},
    };
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        MerkleProof proof;
        if (cases[c].is_inclusion) {
            CHECK_OK(merkle_inclusion_prove(nodes, cases[c].first, cases[c].size, &proof, &err));
        } else {
            CHECK_OK(merkle_consistency_prove(nodes, cases[c].first, cases[c].size, &proof, &err));
        }
        CHECK(proof_equal(&proof, &cases[c].expected));
    }
}

TEST(a_changed_inclusion_proof_is_refused)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    MerkleLeaves source = {leaves, SIZES};
    const struct {
        uint64_t index, size;
    } cases[] = {{0, 1}, {0, 2}, {5, 7}, {64, 100}, {129, 130}, {127, 128}, {128, 129}};
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        uint64_t i = cases[c].index, n = cases[c].size;
        Sm3Digest root = defined_root(leaves, n);
        MerkleProof proof;
        CHECK_OK(merkle_inclusion_prove(merkle_nodes_of_leaves(&source), i, n, &proof, &err));
        for (size_t bit = 0; bit < proof.count * SM3_SIZE; bit++) {
            MerkleProof changed = proof;
            changed.hashes[bit / SM3_SIZE].bytes[bit % SM3_SIZE] ^= (uint8_t)(1U << (bit % 8));
            CHECK_FAILS_WITH(merkle_inclusion_verify(&leaves[i], i, n, &changed, &root, &err),
                             ERROR_UNTRUSTED, "merkle.inclusion");
        }
        MerkleProof longer = proof;
        longer.hashes[longer.count++] = root;
        CHECK_FAILS(merkle_inclusion_verify(&leaves[i], i, n, &longer, &root, &err),
                    ERROR_UNTRUSTED);
        if (proof.count > 0) {
            MerkleProof shorter = proof;
            shorter.count--;
            CHECK_FAILS(merkle_inclusion_verify(&leaves[i], i, n, &shorter, &root, &err),
                        ERROR_UNTRUSTED);
        }
        Sm3Digest other = leaf_of(1000);
        CHECK_FAILS(merkle_inclusion_verify(&other, i, n, &proof, &root, &err), ERROR_UNTRUSTED);
        CHECK_FAILS(merkle_inclusion_verify(&leaves[i], n, n, &proof, &root, &err),
                    ERROR_UNTRUSTED);
        CHECK_FAILS(merkle_inclusion_verify(&leaves[i], i, 0, &proof, &root, &err),
                    ERROR_UNTRUSTED);
    }
}

TEST(a_changed_consistency_proof_is_refused)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    MerkleLeaves source = {leaves, SIZES};
    const struct {
        size_t old, latest;
    } cases[] = {{1, 2}, {3, 7}, {4, 7}, {6, 8}, {64, 130}, {65, 129}, {100, 101}};
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        MerkleHead old = {cases[c].old, defined_root(leaves, cases[c].old)};
        MerkleHead latest = {cases[c].latest, defined_root(leaves, cases[c].latest)};
        MerkleProof proof;
        CHECK_OK(merkle_consistency_prove(merkle_nodes_of_leaves(&source), old.size, latest.size,
                                          &proof, &err));
        for (size_t i = 0; i < proof.count; i++) {
            MerkleProof changed = proof;
            changed.hashes[i].bytes[7] ^= 0x80;
            CHECK_FAILS(merkle_consistency_verify(&old, &latest, &changed, &err), ERROR_UNTRUSTED);
        }
        MerkleProof longer = proof;
        longer.hashes[longer.count++] = latest.root;
        CHECK_FAILS(merkle_consistency_verify(&old, &latest, &longer, &err), ERROR_UNTRUSTED);
        MerkleProof shorter = proof;
        shorter.count--;
        CHECK_FAILS(merkle_consistency_verify(&old, &latest, &shorter, &err), ERROR_UNTRUSTED);
        CHECK_FAILS(merkle_consistency_verify(&latest, &old, &proof, &err), ERROR_UNTRUSTED);
    }
}

TEST(indexes_and_sizes_outside_the_tree_are_refused)
{
    Error err = {0};
    Sm3Digest leaf = leaf_of(0);
    MerkleLeaves source = {&leaf, 1};
    MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    MerkleProof proof;
    Sm3Digest root;
    CHECK_FAILS(merkle_inclusion_prove(nodes, 1, 1, &proof, &err), ERROR_NOT_FOUND);
    CHECK_FAILS(merkle_inclusion_prove(nodes, 0, MERKLE_SIZE_LIMIT, &proof, &err), ERROR_INPUT);
    CHECK_FAILS(merkle_consistency_prove(nodes, 2, 1, &proof, &err), ERROR_INPUT);
    CHECK_FAILS(merkle_root(nodes, UINT64_MAX, &root, &err), ERROR_INPUT);
    CHECK_FAILS(merkle_root(nodes, 2, &root, &err), ERROR_NOT_FOUND);
}
