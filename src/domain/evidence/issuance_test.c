// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/issuance.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/receipt.h"

static const uint8_t secret_bytes[ISSUANCE_SECRET_SIZE] = {1, 2, 3};
static const uint8_t other_bytes[ISSUANCE_SECRET_SIZE] = {3, 2, 1};
#define SECRET BYTES_OF_ARRAY(secret_bytes)
#define OTHER BYTES_OF_ARRAY(other_bytes)

static Error err;

static IssuanceRecord record_of(const char *serial)
{
    return (IssuanceRecord){.certificate = sm3_digest(bytes_of_text(serial)),
                            .issuer = sm3_digest(BYTES_LITERAL("issuer")),
                            .issuer_name = "示范电子认证",
                            .serial = serial};
}

static Issuance sealed(Arena *arena, Bytes secret, uint64_t number, const char *serial)
{
    IssuanceRecord record = record_of(serial);
    Issuance issuance;
    CHECK_OK(issuance_seal(arena, secret, number, &record, &issuance, &err));
    return issuance;
}

TEST(who_has_the_secret_reads_what_was_logged)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Issuance issuance = sealed(arena, SECRET, 7, "0A1B");
    IssuanceRecord record;
    CHECK_OK(issuance_open(arena, SECRET, 7, &issuance, &record, &err));
    CHECK_TEXT(record.serial, "0A1B");
    CHECK_TEXT(record.issuer_name, "示范电子认证");
    Sm3Digest salt = issuance_salt(SECRET, 7);
    CHECK_OK(issuance_verify(&salt, &record, &issuance.commitment, &err));
    record.serial = "0A1C";
    CHECK_FAILS_WITH(issuance_verify(&salt, &record, &issuance.commitment, &err), ERROR_UNTRUSTED,
                     "issuance.commitment");
}

TEST(a_pair_is_logged_with_both_certificates)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    IssuanceRecord pair = record_of("00FFEEDDCCBBAA99887766554433221100FFEEDD"), read, alone;
    Sm3Digest salt = issuance_salt(SECRET, 7);
    Issuance issuance;
    alone = pair;
    pair.encryption_serial = "11FFEEDDCCBBAA99887766554433221100FFEEDD";
    pair.encryption = sm3_digest(bytes_of_text(pair.encryption_serial));
    CHECK_OK(issuance_seal(arena, SECRET, 7, &pair, &issuance, &err));
    CHECK_OK(issuance_open(arena, SECRET, 7, &issuance, &read, &err));
    CHECK_TEXT(read.encryption_serial, pair.encryption_serial);
    CHECK(issuance_record_equal(&read, &pair));
    CHECK(!issuance_record_equal(&alone, &pair) && !issuance_record_equal(&pair, &alone));
    CHECK_FAILS_WITH(issuance_verify(&salt, &alone, &issuance.commitment, &err), ERROR_UNTRUSTED,
                     "issuance.commitment");
    read.encryption.bytes[0] ^= 1;
    CHECK(!issuance_record_equal(&read, &pair));
    CHECK_FAILS_WITH(issuance_verify(&salt, &read, &issuance.commitment, &err), ERROR_UNTRUSTED,
                     "issuance.commitment");
}

TEST(the_same_issue_gives_the_same_bytes)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Issuance first = sealed(arena, SECRET, 0, "01"), again = sealed(arena, SECRET, 0, "01");
    CHECK(sm3_digest_equal(&first.label, &again.label));
    CHECK(sm3_digest_equal(&first.commitment, &again.commitment));
    CHECK_BYTES(first.sealed, again.sealed);
}

TEST(another_secret_or_number_opens_nothing)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Issuance issuance = sealed(arena, SECRET, 7, "0A1B");
    IssuanceRecord record;
    CHECK_FAILS_WITH(issuance_open(arena, OTHER, 7, &issuance, &record, &err), ERROR_UNTRUSTED,
                     "issuance.label");
    CHECK_FAILS_WITH(issuance_open(arena, SECRET, 8, &issuance, &record, &err), ERROR_UNTRUSTED,
                     "issuance.label");
    issuance.label = issuance_label(SECRET, 8);
    CHECK_FAILS_WITH(issuance_open(arena, SECRET, 8, &issuance, &record, &err), ERROR_UNTRUSTED,
                     "issuance.sealed");
    issuance = sealed(arena, SECRET, 7, "0A1B");
    issuance.commitment.bytes[31] ^= 1;
    CHECK_FAILS_WITH(issuance_open(arena, SECRET, 7, &issuance, &record, &err), ERROR_UNTRUSTED,
                     "issuance.commitment");
}

TEST(labels_are_found_by_number_within_the_limit)
{
    Sm3Digest label = issuance_label(SECRET, 5);
    uint64_t number = 99;
    CHECK(issuance_find_number(SECRET, &label, 6, &number));
    CHECK_INT(number, 5);
    CHECK(!issuance_find_number(SECRET, &label, 5, &number));
    CHECK(!issuance_find_number(OTHER, &label, 100, &number));
}

// No two labels, salts or sealed records of one person have anything in common.
TEST(two_certificates_of_one_person_look_unrelated)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Issuance first = sealed(arena, SECRET, 0, "01"), second = sealed(arena, SECRET, 1, "01");
    CHECK(!sm3_digest_equal(&first.label, &second.label));
    CHECK(!sm3_digest_equal(&first.commitment, &second.commitment));
    CHECK(memcmp(first.sealed.data, second.sealed.data, 16) != 0);
}

TEST(a_statement_of_issues_reads_back_and_only_whole)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Issuance made[2] = {sealed(arena, SECRET, 0, "01"), sealed(arena, SECRET, 1, "02")};
    CLEANUP(json_cleanup) json_t *json = issuances_to_json(made, 2);
    Bytes text;
    Issuance *parsed;
    size_t count;
    CHECK_OK(json_text(arena, json, &text, &err));
    CHECK_OK(issuances_parse(arena, text, &parsed, &count, &err));
    CHECK_INT(count, 2);
    CHECK_BYTES(parsed[1].sealed, made[1].sealed);
    CHECK(sm3_digest_equal(&parsed[1].commitment, &made[1].commitment));
    for (size_t len = 0; len < text.len; len++) {
        CHECK(!issuances_parse(arena, bytes_slice(text, 0, len), &parsed, &count, &err));
    }
    CHECK_FAILS(issuances_parse(arena, BYTES_LITERAL("{\"issuances\":[]}"), &parsed, &count, &err),
                ERROR_INPUT);
}

// --- receipts ---------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    Sm2PrivateKey *key;
    EvidenceEntry entry;
} Log;

static Log log_of(Arena *arena)
{
    uint8_t scalar[SM2_SCALAR_SIZE] = {[31] = 5};
    Issuance issuance = sealed(arena, SECRET, 3, "0A1B");
    Log log = {.arena = arena,
               .entry = {.kind = ENTRY_ISSUANCE,
                         .received = 1795593600 * TIME_SECOND,
                         .label = issuance.label,
                         .commitment = issuance.commitment,
                         .sealed = issuance.sealed}};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &log.key, &err));
    return log;
}

// The receipt of the entry in a log of two.
static Bytes receipt_of(const Log *log)
{
    NoteKey key;
    Signer signer = signer_of_key(log->key);
    CLEANUP(writer_free) Writer entry = writer_new(ENTRY_TEXT_MAX);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(entry_encode(&log->entry, &entry, &err));
    Receipt receipt = {.entry = writer_bytes(&entry), .index = 1};
    Sm3Digest leaves[2] = {merkle_leaf_hash(BYTES_LITERAL("{}")), merkle_leaf_hash(receipt.entry)};
    MerkleLeaves source = {leaves, 2};
    MerkleHead head = {.size = 2};
    CHECK_OK(merkle_root(merkle_nodes_of_leaves(&source), 2, &head.root, &err));
    CHECK_OK(merkle_inclusion_prove(merkle_nodes_of_leaves(&source), 1, 2, &receipt.proof, &err));
    CHECK_OK(note_key_new("log.example", NOTE_SM2, sm2_public_key(log->key), &key, &err));
    CHECK_OK(checkpoint_sign(&head, &key, &signer, &note, &err));
    receipt.checkpoint.note.whole = writer_bytes(&note);
    CHECK_OK(receipt_encode(&receipt, &text, &err));
    return arena_copy(log->arena, writer_bytes(&text));
}

TEST(a_receipt_of_an_issue_verifies_and_every_changed_byte_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *owner = NULL;
    Log log = log_of(arena);
    owner = log.key;
    Bytes receipt = receipt_of(&log);
    Issuance issuance;
    Time received;
    CHECK_OK(issuance_receipt_verify(arena, receipt, sm2_public_key(log.key), &issuance, &received,
                                     &err));
    CHECK_INT(received, log.entry.received);
    CHECK_BYTES(issuance.sealed, log.entry.sealed);
    for (size_t i = 0; i < receipt.len; i += 3) {
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        Bytes changed = arena_copy(scratch, receipt);
        ((uint8_t *)(uintptr_t)changed.data)[i] ^= 1;
        CHECK(!issuance_receipt_verify(scratch, changed, sm2_public_key(log.key), &issuance,
                                       &received, &err));
    }
}

TEST(a_receipt_about_something_else_or_of_another_log_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *owner = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *stranger = NULL;
    Log log = log_of(arena);
    owner = log.key;
    uint8_t scalar[SM2_SCALAR_SIZE] = {[31] = 6};
    Issuance issuance;
    Time received;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &stranger, &err));
    CHECK_FAILS(issuance_receipt_verify(arena, receipt_of(&log), sm2_public_key(stranger),
                                        &issuance, &received, &err),
                ERROR_UNTRUSTED);
    log.entry.kind = ENTRY_ENVIRONMENT;
    CHECK_FAILS_WITH(issuance_receipt_verify(arena, receipt_of(&log), sm2_public_key(log.key),
                                             &issuance, &received, &err),
                     ERROR_UNTRUSTED, "issuance.receipt");
}

TEST(a_checkpoint_that_was_verified_before_spares_its_signature_and_nothing_else)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *owner = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *stranger = NULL;
    Log log = log_of(arena);
    owner = log.key;
    uint8_t scalar[SM2_SCALAR_SIZE] = {[31] = 6};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &stranger, &err));
    Log other = log;
    other.key = stranger;
    Bytes receipt = receipt_of(&log), others = receipt_of(&other), checkpoint;
    IssuanceLog known = {.key = sm2_public_key(owner)};
    Issuance issuance;
    Time received;
    CHECK_FAILS(issuance_receipt_checkpoint(arena, others, known.key, &checkpoint, &err),
                ERROR_UNTRUSTED);
    CHECK_OK(issuance_receipt_checkpoint(arena, receipt, known.key, &known.checkpoint, &err));
    CHECK_OK(issuance_receipt_verify_in(arena, receipt, &known, &issuance, &received, &err));
    CHECK_BYTES(issuance.sealed, log.entry.sealed);
    CHECK_FAILS(issuance_receipt_verify_in(arena, others, &known, &issuance, &received, &err),
                ERROR_UNTRUSTED);
    for (size_t i = 0; i < receipt.len; i += 3) {
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        Bytes changed = arena_copy(scratch, receipt);
        ((uint8_t *)(uintptr_t)changed.data)[i] ^= 1;
        CHECK(!issuance_receipt_verify_in(scratch, changed, &known, &issuance, &received, &err));
    }
}
