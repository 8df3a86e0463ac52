// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/succession.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"

static const char FIRST_LINE[] = "assent.succession-proof/1";
static const char clause[] = "docs/evidence-log.md";

// --- making -----------------------------------------------------------------------------------

static bool key_text(Arena *arena, const NoteKey *key, const char **ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(NOTE_KEY_TEXT_MAX);
    if (!note_key_encode(key, &text, err)) {
        return false;
    }
    *ret = arena_text(arena, writer_bytes(&text));
    return *ret != NULL || error_memory(err);
}

static bool are_apart(const NoteKey *closed, const NoteKey *successor, Error *err)
{
    return (strcmp(closed->name, successor->name) != 0 &&
            !sm2_public_key_equal(&closed->key, &successor->key)) ||
           error_set(err, ERROR_INPUT, "succession.key", clause,
                     "the successor of %s has the same name or the same key", closed->name);
}

static bool read_entry(EvidenceLog *log, uint64_t index, Arena *arena, Bytes *ret_text,
                       EvidenceEntry *ret, Error *err)
{
    return evidence_log_entry(log, index, arena, ret_text, err) &&
           entry_parse(arena, *ret_text, ret, err);
}

static bool append_entry(EvidenceLog *log, const EvidenceEntry *entry, Error *err)
{
    uint64_t index;
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!entry_encode(entry, &text, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    return evidence_log_append(log, &bytes, 1, &index, err);
}

// The last checkpoint of a closed log, and that it is closed for this one.
static bool find_last(EvidenceLog *closed, const NoteKey *successor, Arena *arena, Bytes *ret_note,
                      MerkleHead *ret_head, Error *err)
{
    Bytes text;
    EvidenceEntry entry;
    const char *key;
    if (!key_text(arena, successor, &key, err) ||
        !evidence_log_checkpoint(closed, arena, ret_note, ret_head, err)) {
        return false;
    }
    bool is_for = evidence_log_is_closed(closed);
    if (is_for) {
        if (!read_entry(closed, ret_head->size - 1, arena, &text, &entry, err)) {
            return false;
        }
        is_for = entry.kind == ENTRY_CLOSING && strcmp(entry.log, key) == 0;
    }
    return is_for || error_set(err, ERROR_CONFLICT, "succession.last", clause,
                               "the log is not closed in favour of %s", successor->name);
}

bool succession_close(EvidenceLog *closed, const NoteKey *successor, Time now, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EvidenceEntry entry = {.kind = ENTRY_CLOSING, .received = now};
    Bytes note;
    MerkleHead head;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!are_apart(evidence_log_key(closed), successor, err) ||
        !key_text(arena, successor, &entry.log, err)) {
        return false;
    }
    if (evidence_log_is_closed(closed) && find_last(closed, successor, arena, &note, &head, NULL)) {
        return true;
    }
    return append_entry(closed, &entry, err);
}

// The text and the log's own signature, without cosignatures that may come or not.
static bool strip(Arena *arena, const NoteKey *key, Bytes note, Bytes *ret, Error *err)
{
    Checkpoint checkpoint;
    CLEANUP(writer_free) Writer bare = writer_new(NOTE_MAX_BYTES);
    if (!checkpoint_parse(arena, note, &checkpoint, err)) {
        return false;
    }
    writer_put(&bare, checkpoint.note.text);
    writer_put_text(&bare, "\n");
    if (!note_put_lines_of(&checkpoint.note, key, &bare, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&bare));
    return ret->data != NULL || error_memory(err);
}

bool succession_open(EvidenceLog *closed, EvidenceLog *successor, const Sm3Digest *sha256, Time now,
                     Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EvidenceEntry entry = {.kind = ENTRY_SUCCESSION, .received = now, .sha256 = *sha256}, first;
    Bytes note, present, text;
    MerkleHead head, present_head;
    if (arena == NULL) {
        return error_memory(err);
    }
    const NoteKey *key = evidence_log_key(closed);
    if (!find_last(closed, evidence_log_key(successor), arena, &note, &head, err) ||
        !strip(arena, key, note, &entry.checkpoint, err) ||
        !key_text(arena, key, &entry.log, err) ||
        !evidence_log_checkpoint(successor, arena, &present, &present_head, err)) {
        return false;
    }
    if (present_head.size == 0) {
        return append_entry(successor, &entry, err);
    }
    bool is_same = read_entry(successor, 0, arena, &text, &first, NULL) &&
                   first.kind == ENTRY_SUCCESSION && strcmp(first.log, entry.log) == 0 &&
                   bytes_equal(first.checkpoint, entry.checkpoint) &&
                   sm3_digest_equal(&first.sha256, sha256);
    return is_same || error_set(err, ERROR_CONFLICT, "succession.opening", clause,
                                "the successor begins with another entry");
}

static bool put_receipt(EvidenceLog *log, uint64_t index, const char *name, Writer *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    Receipt receipt = {.index = index};
    MerkleHead head;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_checkpoint(log, arena, &receipt.checkpoint.note.whole, &head, err)) {
        return false;
    }
    receipt.index = index == UINT64_MAX ? head.size - 1 : index;
    if (!evidence_log_entry(log, receipt.index, arena, &receipt.entry, err) ||
        !evidence_log_prove_inclusion(log, receipt.index, head.size, &receipt.proof, err) ||
        !receipt_encode(&receipt, &text, err)) {
        return false;
    }
    writer_format(ret, "%s ", name);
    base64_encode(writer_bytes(&text), ret);
    writer_put_text(ret, "\n");
    return !ret->failed || error_memory(err);
}

bool succession_prove(EvidenceLog *closed, EvidenceLog *successor, Writer *ret, Error *err)
{
    writer_format(ret, "%s\nlog ", FIRST_LINE);
    if (!note_key_encode(evidence_log_key(closed), ret, err)) {
        return false;
    }
    writer_put_text(ret, "\n");
    return put_receipt(closed, UINT64_MAX, "closing", ret, err) &&
           put_receipt(successor, 0, "opening", ret, err);
}

// --- reading ----------------------------------------------------------------------------------

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "succession.malformed", clause, "a proof of succession %s",
                     why);
}

// The value of the next line, which begins with this word.
static bool take_value(Bytes *text, const char *word, Bytes *ret, Error *err)
{
    Bytes line, name = bytes_of_text(word);
    if (!proof_text_take_line(text, &line) || !bytes_start_with(line, name) ||
        line.len <= name.len + 1 || line.data[name.len] != ' ') {
        return malformed("lacks a line", err);
    }
    *ret = bytes_from(line, name.len + 1);
    return true;
}

static bool take_receipt(Arena *arena, Bytes *text, const char *word, Receipt *ret,
                         EvidenceEntry *ret_entry, Error *err)
{
    Bytes encoded, decoded;
    return take_value(text, word, &encoded, err) &&
           base64_decode_arena(arena, encoded, &decoded, err) &&
           receipt_parse(arena, decoded, ret, err) &&
           entry_parse(arena, ret->entry, ret_entry, err);
}

bool succession_parse(Arena *arena, Bytes text, Succession *ret, Error *err)
{
    Bytes line, key;
    EvidenceEntry last;
    Succession proof = {.first.kind = ENTRY_DEPOSIT};
    if (text.len > SUCCESSION_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "succession.size", clause,
                         "a proof of succession is longer than %d bytes", SUCCESSION_MAX_BYTES);
    }
    if (!proof_text_take_line(&text, &line) || !bytes_equal_text(line, FIRST_LINE)) {
        return malformed("does not begin with its name", err);
    }
    if (!take_value(&text, "log", &key, err) || !note_key_parse(key, &proof.closed, err) ||
        !take_receipt(arena, &text, "closing", &proof.closing, &last, err) ||
        !take_receipt(arena, &text, "opening", &proof.opening, &proof.first, err)) {
        return false;
    }
    if (text.len > 0 || last.kind != ENTRY_CLOSING || proof.first.kind != ENTRY_SUCCESSION) {
        return malformed("is of entries that close and open no log", err);
    }
    if (!note_key_parse(bytes_of_text(last.log), &proof.successor, err)) {
        return error_context(err, "successor");
    }
    *ret = proof;
    return true;
}

// --- judging ----------------------------------------------------------------------------------

static bool differs(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_UNTRUSTED, code, clause, "%s", why);
}

static bool verify_receipt(const Receipt *receipt, const NoteKey *key, Error *err)
{
    const ReceiptTrust trust = {.log_key = key};
    return receipt_verify(receipt, &trust, err) || error_context(err, "%s", key->name);
}

// The successor's first entry has exactly the checkpoint that ends with the closing entry.
static bool verify_opening(Arena *arena, const Succession *proof, Error *err)
{
    Checkpoint named;
    NoteKey key;
    const Checkpoint *last = &proof->closing.checkpoint;
    if (proof->opening.index != 0 || !note_key_parse(bytes_of_text(proof->first.log), &key, NULL) ||
        !note_key_equal(&key, &proof->closed) ||
        !checkpoint_parse(arena, proof->first.checkpoint, &named, NULL) ||
        !bytes_equal(named.note.text, last->note.text)) {
        return differs(err, "succession.opening",
                       "the successor does not begin with the last checkpoint of the closed log");
    }
    return checkpoint_verify(&named, &proof->closed, err);
}

bool succession_verify(Arena *arena, const Succession *proof, const NoteKey *closed, Error *err)
{
    if (!note_key_equal(closed, &proof->closed)) {
        return differs(err, "succession.log", "the proof is about another log");
    }
    if (!verify_receipt(&proof->closing, &proof->closed, err)) {
        return false;
    }
    if (proof->closing.index + 1 != proof->closing.checkpoint.head.size) {
        return differs(err, "succession.last", "entries follow the one that closes the log");
    }
    if (!are_apart(&proof->closed, &proof->successor, NULL)) {
        return differs(err, "succession.key", "the successor has the same name or the same key");
    }
    return verify_receipt(&proof->opening, &proof->successor, err) &&
           verify_opening(arena, proof, err);
}
