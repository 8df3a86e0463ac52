// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/witness_fixture.h"

typedef struct {
    Arena *arena;
    Sm2PrivateKey *key;
    NoteKey log_key;
    Bytes text;
} Example;

static void example_cleanup(Example *example)
{
    arena_free(example->arena);
    sm2_private_key_free(example->key);
}

// A receipt of entry 3 in a log of 7.
static Example example_of(void)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {[31] = 5};
    Example example = {.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &example.key, &err));
    CHECK_OK(note_key_new("evidence.example.cn/log1", NOTE_SM2, sm2_public_key(example.key),
                          &example.log_key, &err));
    Sm3Digest leaves[7];
    for (unsigned i = 0; i < 7; i++) {
        char entry[16];
        snprintf(entry, sizeof entry, "{\"n\":%u}", i);
        leaves[i] = merkle_leaf_hash(bytes_of_text(entry));
    }
    MerkleLeaves source = {leaves, 7};
    MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    MerkleHead head = {.size = 7};
    Receipt receipt = {.entry = BYTES_LITERAL("{\"n\":3}"), .index = 3};
    CHECK_OK(merkle_root(nodes, 7, &head.root, &err));
    CHECK_OK(merkle_inclusion_prove(nodes, 3, 7, &receipt.proof, &err));
    Signer signer = signer_of_key(example.key);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(checkpoint_sign(&head, &example.log_key, &signer, &note, &err));
    receipt.checkpoint.note.whole = writer_bytes(&note);
    CHECK_OK(receipt_encode(&receipt, &text, &err));
    example.text = arena_copy(example.arena, writer_bytes(&text));
    return example;
}

static bool is_accepted(const Example *example, Bytes text)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Receipt receipt;
    Error err = {0};
    ReceiptTrust trust = {.log_key = &example->log_key};
    return receipt_parse(arena, text, &receipt, &err) && receipt_verify(&receipt, &trust, &err);
}

// Covers: E07.
TEST(a_receipt_reads_back_and_verifies)
{
    CLEANUP(example_cleanup) Example example = example_of();
    Error err = {0};
    Receipt receipt;
    CHECK_OK(receipt_parse(example.arena, example.text, &receipt, &err));
    CHECK_INT(receipt.index, 3);
    CHECK_BYTES(receipt.entry, BYTES_LITERAL("{\"n\":3}"));
    CHECK(is_accepted(&example, example.text));
    CLEANUP(writer_free) Writer again = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(receipt_encode(&receipt, &again, &err));
    CHECK_BYTES(writer_bytes(&again), example.text);
}

TEST(no_changed_bit_of_a_receipt_is_accepted)
{
    CLEANUP(example_cleanup) Example example = example_of();
    uint8_t copy[4096];
    CHECK(example.text.len < sizeof copy);
    for (size_t bit = 0; bit < example.text.len * 8; bit++) {
        memcpy(copy, example.text.data, example.text.len);
        copy[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        CHECK(!is_accepted(&example, bytes_of(copy, example.text.len)));
    }
}

TEST(no_truncated_receipt_is_accepted)
{
    CLEANUP(example_cleanup) Example example = example_of();
    for (size_t len = 0; len < example.text.len; len++) {
        CHECK(!is_accepted(&example, bytes_slice(example.text, 0, len)));
    }
}

TEST(a_receipt_of_another_log_or_without_a_key_is_not_believed)
{
    CLEANUP(example_cleanup) Example example = example_of();
    Error err = {0};
    Receipt receipt;
    CHECK_OK(receipt_parse(example.arena, example.text, &receipt, &err));
    NoteKey other;
    CHECK_OK(
        note_key_new("evidence.example.cn/log2", NOTE_SM2, &example.log_key.key, &other, &err));
    ReceiptTrust trust = {.log_key = &other};
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNTRUSTED, "receipt.checkpoint");
    trust = (ReceiptTrust){.log_key = NULL};
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNAVAILABLE,
                     "receipt.certificate");
}

// Source: C2SP tlog-policy.
TEST(a_receipt_without_the_witnesses_that_are_asked_for_is_undecided)
{
    CLEANUP(example_cleanup) Example example = example_of();
    CLEANUP(party_cleanup) Party court = party_of(9, "court.example.cn", NOTE_SM2_COSIGNATURE);
    Error err = {0};
    Receipt receipt;
    const WitnessPolicy *policy;
    CHECK_OK(receipt_parse(example.arena, example.text, &receipt, &err));
    const char *rules = arena_format(example.arena, "witness court %s\nquorum court\n",
                                     key_text(example.arena, &court.note_key));
    CHECK_OK(witness_policy_parse(example.arena, bytes_of_text(rules), &policy, &err));
    ReceiptTrust trust = {.log_key = &example.log_key, .witnesses = {&policy, 1}};
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNAVAILABLE,
                     "receipt.witnesses");
    // The witness signs; the line goes below the log's.
    CLEANUP(writer_free) Writer line = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(checkpoint_cosign(&receipt.checkpoint, &court.note_key, &court.signer, TIME_DAY, &line,
                               &err));
    writer_put(&text, example.text);
    writer_put(&text, writer_bytes(&line));
    CHECK_OK(receipt_parse(example.arena, writer_bytes(&text), &receipt, &err));
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    text.data[text.len - 20] = text.data[text.len - 20] == 'A' ? 'B' : 'A';
    CHECK_OK(receipt_parse(example.arena, writer_bytes(&text), &receipt, &err));
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNTRUSTED, "receipt.witnesses");
}

TEST(an_entry_with_control_characters_gets_no_receipt)
{
    Error err = {0};
    Receipt receipt = {.entry = BYTES_LITERAL("a\nb")};
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    CHECK_FAILS_WITH(receipt_encode(&receipt, &text, &err), ERROR_INPUT, "receipt.malformed");
}

TEST(a_renewal_is_read_back_and_stands_only_after_a_stamp)
{
    static const char stamp[] = "\nstamp AQID", renewal[] = "\nrenewal BAUG";
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    const struct {
        const char *first, *second;
        bool is_read;
    } rows[] = {{stamp, renewal, true},
                {stamp, "", true},
                {"", renewal, false},
                {renewal, stamp, false},
                {stamp, "\nrenewal ", false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *text =
            arena_format(arena,
                         "assent.receipt/1\nentry {}%s%s\nindex 0\n\nlog.example/1\n1\n"
                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
                         "\xe2\x80\x94 log.example/1 AAAAAAAAAAAAAAAA\n",
                         rows[i].first, rows[i].second);
        Receipt receipt;
        bool ok = receipt_parse(arena, bytes_of_text(text), &receipt, &err);
        CHECK_INT(ok, rows[i].is_read);
        if (ok) {
            CLEANUP(writer_free) Writer again = writer_new(RECEIPT_MAX_BYTES);
            CHECK_OK(receipt_encode(&receipt, &again, &err));
            CHECK_BYTES(writer_bytes(&again), bytes_of_text(text));
        }
    }
}
