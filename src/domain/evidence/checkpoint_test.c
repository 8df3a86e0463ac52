// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/checkpoint.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"

static const char ORIGIN[] = "evidence.example.cn/log1";

static Sm2PrivateKey *key_of(uint8_t value)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = value;
    Sm2PrivateKey *key;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &key, &err));
    return key;
}

static NoteKey note_key_of(const Sm2PrivateKey *key, const char *name, NoteAlgorithm algorithm)
{
    Error err = {0};
    NoteKey ret;
    CHECK_OK(note_key_new(name, algorithm, sm2_public_key(key), &ret, &err));
    return ret;
}

static Bytes signed_checkpoint(Arena *arena, const Sm2PrivateKey *key, uint64_t size)
{
    Error err = {0};
    NoteKey note_key = note_key_of(key, ORIGIN, NOTE_SM2);
    Signer signer = signer_of_key(key);
    MerkleHead head = {size, merkle_empty_root()};
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CHECK_OK(checkpoint_sign(&head, &note_key, &signer, &note, &err));
    return arena_copy(arena, writer_bytes(&note));
}

TEST(a_checkpoint_is_three_lines_and_a_signature_line)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    Bytes note = signed_checkpoint(arena, key, 20852163);
    Bytes expected = BYTES_LITERAL(
        "evidence.example.cn/log1\n20852163\n"
        "GrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n"
        "\xe2\x80\x94 evidence.example.cn/log1 ");
    CHECK(bytes_start_with(note, expected));
    Checkpoint checkpoint;
    Error err = {0};
    CHECK_OK(checkpoint_parse(arena, note, &checkpoint, &err));
    CHECK_INT(checkpoint.head.size, 20852163);
    NoteKey note_key = note_key_of(key, ORIGIN, NOTE_SM2);
    CHECK_OK(checkpoint_verify(&checkpoint, &note_key, &err));
}

// The key id computed by `openssl dgst -sm3` over the same bytes.
TEST(the_key_id_is_that_of_the_written_rule)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(1);
    NoteKey note_key = note_key_of(key, ORIGIN, NOTE_SM2);
    NoteKey cosigner = note_key_of(key, ORIGIN, NOTE_SM2_COSIGNATURE);
    CHECK_INT(note_key.id, 0xab62748a);
    CHECK_INT(cosigner.id, 0x32ecf739);
}

TEST(a_key_text_reads_back)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(9);
    const NoteAlgorithm algorithms[] = {NOTE_SM2, NOTE_SM2_COSIGNATURE};
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        Error err = {0};
        NoteKey note_key = note_key_of(key, "w1.example.cn", algorithms[i]);
        CLEANUP(writer_free) Writer text = writer_new(NOTE_KEY_TEXT_MAX);
        CHECK_OK(note_key_encode(&note_key, &text, &err));
        NoteKey parsed;
        CHECK_OK(note_key_parse(writer_bytes(&text), &parsed, &err));
        CHECK(note_key_equal(&note_key, &parsed));
        CHECK_INT(parsed.id, note_key.id);
        for (size_t at = 0; at < text.len; at++) {
            CHECK_FAILS(note_key_parse(bytes_slice(writer_bytes(&text), 0, at), &parsed, &err),
                        ERROR_INPUT);
        }
    }
}

TEST(key_names_with_spaces_plus_or_control_characters_are_refused)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(9);
    const char *const names[] = {"", "a b", "a+b", "a\nb", "\xe4\xb8\xad"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Error err = {0};
        NoteKey ret;
        CHECK_FAILS_WITH(note_key_new(names[i], NOTE_SM2, sm2_public_key(key), &ret, &err),
                         ERROR_INPUT, "note.key_name");
    }
}

TEST(every_flipped_bit_of_a_checkpoint_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    NoteKey note_key = note_key_of(key, ORIGIN, NOTE_SM2);
    Bytes note = signed_checkpoint(arena, key, 5);
    uint8_t copy[NOTE_MAX_BYTES];
    for (size_t at = 0; at < note.len * 8; at += 3) {
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        memcpy(copy, note.data, note.len);
        copy[at / 8] ^= (uint8_t)(1U << (at % 8));
        Checkpoint checkpoint;
        Error err = {0};
        bool accepted = checkpoint_parse(scratch, bytes_of(copy, note.len), &checkpoint, &err) &&
                        checkpoint_verify(&checkpoint, &note_key, &err);
        CHECK(!accepted);
    }
}

TEST(every_truncation_of_a_checkpoint_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    Bytes note = signed_checkpoint(arena, key, 5);
    for (size_t len = 0; len < note.len; len++) {
        Checkpoint checkpoint;
        Error err = {0};
        CHECK_FAILS(checkpoint_parse(arena, bytes_slice(note, 0, len), &checkpoint, &err),
                    ERROR_INPUT);
    }
}

TEST(malformed_checkpoints_are_refused)
{
    const char *const cases[] = {
        "o\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n",
        "o\n05\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o AAAAAAA=\n",
        "o\n-5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o AAAAAAA=\n",
        ("o\n9999999999999999999\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o "
         "AAAAAAA=\n"),
        "o\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CC\n\n\xe2\x80\x94 o AAAAAAA=\n",
        "o\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\nmore\n\n\xe2\x80\x94 o AAAAAAA=\n",
        "\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o AAAAAAA=\n",
        "o\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n- o AAAAAAA=\n",
        "o\n5\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o AAAA\n",
        "o\n5\r\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n\xe2\x80\x94 o AAAAAAA=\n",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Checkpoint checkpoint;
        Error err = {0};
        CHECK_FAILS(checkpoint_parse(arena, bytes_of_text(cases[i]), &checkpoint, &err),
                    ERROR_INPUT);
    }
}

TEST(a_note_with_too_many_signatures_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    writer_put_text(&note, "text\n\n");
    for (unsigned i = 0; i <= NOTE_SIGNATURES_MAX; i++) {
        writer_put_text(&note, "\xe2\x80\x94 o AAAAAAA=\n");
    }
    Note parsed;
    Error err = {0};
    CHECK_FAILS(note_parse(arena, writer_bytes(&note), &parsed, &err), ERROR_LIMIT);
}

TEST(another_log_or_key_is_not_believed)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *other = key_of(8);
    Checkpoint checkpoint;
    Error err = {0};
    CHECK_OK(checkpoint_parse(arena, signed_checkpoint(arena, key, 5), &checkpoint, &err));
    NoteKey other_key = note_key_of(other, ORIGIN, NOTE_SM2);
    NoteKey other_log = note_key_of(key, "evidence.example.cn/log2", NOTE_SM2);
    NoteKey as_witness = note_key_of(key, ORIGIN, NOTE_SM2_COSIGNATURE);
    CHECK_FAILS_WITH(checkpoint_verify(&checkpoint, &other_key, &err), ERROR_UNTRUSTED,
                     "checkpoint.signature");
    CHECK_FAILS_WITH(checkpoint_verify(&checkpoint, &other_log, &err), ERROR_UNTRUSTED,
                     "checkpoint.origin");
    CHECK_FAILS(checkpoint_verify(&checkpoint, &as_witness, &err), ERROR_UNTRUSTED);
}

// Covers: C2SP tlog-cosignature; E10.
TEST(witnesses_are_counted_and_a_forged_cosignature_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *court = key_of(21);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *notary = key_of(22);
    NoteKey witnesses[] = {note_key_of(court, "court.example.cn", NOTE_SM2_COSIGNATURE),
                           note_key_of(notary, "notary.example.cn", NOTE_SM2_COSIGNATURE)};
    Checkpoint checkpoint;
    Error err = {0};
    CHECK_OK(checkpoint_parse(arena, signed_checkpoint(arena, key, 5), &checkpoint, &err));
    Signer signer = signer_of_key(court);
    CLEANUP(writer_free) Writer line = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer whole = writer_new(NOTE_MAX_BYTES);
    Time time = 1700000000 * TIME_SECOND;
    CHECK_OK(checkpoint_cosign(&checkpoint, &witnesses[0], &signer, time, &line, &err));
    CHECK_OK(checkpoint_add_lines(&checkpoint, writer_bytes(&line), &whole, &err));
    Checkpoint cosigned;
    CHECK_OK(checkpoint_parse(arena, writer_bytes(&whole), &cosigned, &err));
    size_t count;
    Time latest;
    CHECK_OK(checkpoint_verify_witnesses(&cosigned, witnesses, 2, &count, &latest, &err));
    CHECK_INT(count, 1);
    CHECK_INT(latest, time);
    // The same line under a checkpoint of another size.
    Checkpoint later;
    CHECK_OK(checkpoint_parse(arena, signed_checkpoint(arena, key, 6), &later, &err));
    CLEANUP(writer_free) Writer forged = writer_new(NOTE_MAX_BYTES);
    CHECK_OK(checkpoint_add_lines(&later, writer_bytes(&line), &forged, &err));
    CHECK_OK(checkpoint_parse(arena, writer_bytes(&forged), &cosigned, &err));
    CHECK_FAILS_WITH(checkpoint_verify_witnesses(&cosigned, witnesses, 2, &count, NULL, &err),
                     ERROR_UNTRUSTED, "checkpoint.cosignature");
}

TEST(signing_with_another_key_than_named_is_refused)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(7);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *other = key_of(8);
    NoteKey note_key = note_key_of(key, ORIGIN, NOTE_SM2);
    Signer signer = signer_of_key(other);
    MerkleHead head = {0, merkle_empty_root()};
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    Error err = {0};
    CHECK_FAILS_WITH(checkpoint_sign(&head, &note_key, &signer, &note, &err), ERROR_INPUT,
                     "note.key_differs");
}
