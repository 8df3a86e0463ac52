// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/commitment.h"

#include "base/test/test.h"

static const uint8_t SALT[COMMITMENT_SALT_SIZE] = {1, 2, 3};

TEST(every_part_opens_alone_and_no_other_part_does)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Bytes parts[] = {BYTES_LITERAL("a"), BYTES_LITERAL("b"), BYTES_LITERAL(""),
                           BYTES_LITERAL("a"), BYTES_LITERAL("e")};
    Error err = {0};
    for (size_t count = 1; count <= COUNT_OF(parts); count++) {
        Sm3Digest commitment;
        CHECK_OK(commitment_compute(BYTES_OF_ARRAY(SALT), parts, count, &commitment, &err));
        for (size_t i = 0; i < count; i++) {
            CommitmentOpening opening;
            CHECK_OK(commitment_open(BYTES_OF_ARRAY(SALT), parts, count, i, arena, &opening, &err));
            CHECK_OK(commitment_verify(&opening, &commitment, &err));
            CommitmentOpening changed = opening;
            changed.part = BYTES_LITERAL("x");
            CHECK_FAILS_WITH(commitment_verify(&changed, &commitment, &err), ERROR_UNTRUSTED,
                             "commitment.opening");
            changed = opening;
            changed.salt.bytes[0] ^= 1;
            CHECK_FAILS(commitment_verify(&changed, &commitment, &err), ERROR_UNTRUSTED);
            changed = opening;
            changed.index = count;
            CHECK_FAILS(commitment_verify(&changed, &commitment, &err), ERROR_UNTRUSTED);
        }
    }
}

TEST(equal_parts_look_different_and_another_salt_gives_another_commitment)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Bytes parts[] = {BYTES_LITERAL("same"), BYTES_LITERAL("same")};
    static const uint8_t other_salt[COMMITMENT_SALT_SIZE] = {9};
    Error err = {0};
    CommitmentOpening opening;
    Sm3Digest a, b;
    CHECK_OK(commitment_open(BYTES_OF_ARRAY(SALT), parts, 2, 0, arena, &opening, &err));
    Sm3Digest own = merkle_leaf_hash(parts[0]);
    CHECK(!sm3_digest_equal(&opening.proof.hashes[0], &own));
    CHECK_OK(commitment_compute(BYTES_OF_ARRAY(SALT), parts, 2, &a, &err));
    CHECK_OK(commitment_compute(BYTES_OF_ARRAY(other_salt), parts, 2, &b, &err));
    CHECK(!sm3_digest_equal(&a, &b));
}

// The rule of docs/evidence-log.md by hand, for one part.
TEST(one_part_is_the_leaf_over_its_salt_and_itself)
{
    static const uint8_t message[] = {'p', 'a', 'r', 't', 0, 0, 0, 0};
    Sm3Digest salt = sm3_hmac(BYTES_OF_ARRAY(SALT), BYTES_OF_ARRAY(message));
    CLEANUP(writer_free) Writer entry = writer_new(64);
    writer_put(&entry, sm3_bytes(&salt));
    writer_put_text(&entry, "part");
    Sm3Digest expected = merkle_leaf_hash(writer_bytes(&entry));
    const Bytes part = BYTES_LITERAL("part");
    Sm3Digest commitment;
    Error err = {0};
    CHECK_OK(commitment_compute(BYTES_OF_ARRAY(SALT), &part, 1, &commitment, &err));
    CHECK(sm3_digest_equal(&commitment, &expected));
}

TEST(no_parts_and_too_many_parts_are_refused)
{
    Error err = {0};
    Sm3Digest commitment;
    static Bytes parts[COMMITMENT_PARTS_MAX + 1];
    CHECK_FAILS(commitment_compute(BYTES_OF_ARRAY(SALT), parts, 0, &commitment, &err), ERROR_LIMIT);
    CHECK_FAILS(commitment_compute(BYTES_OF_ARRAY(SALT), parts, COUNT_OF(parts), &commitment, &err),
                ERROR_LIMIT);
}

TEST(many_commitments_at_once_are_those_one_by_one)
{
    enum { RECORDS = 150, MOST = 8 };
    static uint8_t bytes[70 * 1024];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CommitmentInput inputs[RECORDS];
    Sm3Digest many[RECORDS];
    Error err = {0};
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    for (size_t i = 0; i < RECORDS; i++) {
        Bytes *parts = arena_alloc(arena, MOST * sizeof *parts);
        uint8_t *salt = arena_alloc(arena, COMMITMENT_SALT_SIZE);
        CHECK(parts != NULL && salt != NULL);
        for (size_t k = 0; k < MOST; k++) {
            // Some are longer than what is joined, and some are nothing.
            parts[k] =
                bytes_of(bytes + i, i % 50 == 7 && k == 1 ? 68 * 1024 : (i * 31 + k * 977) % 3000);
        }
        for (size_t k = 0; k < COMMITMENT_SALT_SIZE; k++) {
            salt[k] = (uint8_t)(i + k);
        }
        inputs[i] = (CommitmentInput){bytes_of(salt, COMMITMENT_SALT_SIZE), parts, 1 + i % MOST};
    }
    CHECK_OK(commitment_compute_many(inputs, RECORDS, many, &err));
    for (size_t i = 0; i < RECORDS; i++) {
        Sm3Digest one;
        CHECK_OK(commitment_compute(inputs[i].salt, inputs[i].parts, inputs[i].count, &one, &err));
        CHECK(sm3_digest_equal(&many[i], &one));
    }
    inputs[3].count = 0;
    CHECK_FAILS(commitment_compute_many(inputs, RECORDS, many, &err), ERROR_LIMIT);
    CHECK_OK(commitment_compute_many(inputs, 0, many, &err));
}
