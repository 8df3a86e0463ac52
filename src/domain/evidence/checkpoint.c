// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/checkpoint.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "checkpoint.malformed", "C2SP tlog-checkpoint",
                     "a checkpoint %s", why);
}

bool checkpoint_parse(Arena *arena, Bytes whole, Checkpoint *ret, Error *err)
{
    Checkpoint parsed = {0};
    if (!note_parse(arena, whole, &parsed.note, err)) {
        return false;
    }
    Bytes text = parsed.note.text;
    Bytes size;
    Bytes root;
    if (!proof_text_take_line(&text, &parsed.origin) || parsed.origin.len == 0 ||
        !proof_text_take_line(&text, &size) || !proof_text_take_line(&text, &root) ||
        text.len != 0) {
        return malformed("is not three lines", err);
    }
    if (!proof_text_parse_size(size, &parsed.head.size)) {
        return malformed("has a wrong size line", err);
    }
    Bytes decoded;
    if (!base64_decode_arena(arena, root, &decoded, err)) {
        return error_context(err, "checkpoint root");
    }
    if (decoded.len != SM3_SIZE) {
        return malformed("has a root that is no SM3 digest", err);
    }
    memcpy(parsed.head.root.bytes, decoded.data, SM3_SIZE);
    *ret = parsed;
    return true;
}

bool checkpoint_verify(const Checkpoint *checkpoint, const NoteKey *log_key, Error *err)
{
    if (!bytes_equal_text(checkpoint->origin, log_key->name)) {
        return error_set(err, ERROR_UNTRUSTED, "checkpoint.origin", "C2SP tlog-checkpoint",
                         "the checkpoint is of another log than %s", log_key->name);
    }
    if (!note_verify(&checkpoint->note, log_key, NULL, err)) {
        return error_set(err, ERROR_UNTRUSTED, "checkpoint.signature", "C2SP tlog-checkpoint",
                         "the checkpoint has no signature of log %s that holds", log_key->name);
    }
    return true;
}

bool checkpoint_verify_witnesses(const Checkpoint *checkpoint, const NoteKey *witnesses,
                                 size_t witness_count, size_t *ret_count, Time *ret_latest,
                                 Error *err)
{
    size_t count = 0;
    Time latest = 0;
    for (size_t i = 0; i < witness_count; i++) {
        Error why = {0};
        Time time = 0;
        if (note_verify(&checkpoint->note, &witnesses[i], &time, &why)) {
            count++;
            latest = time > latest ? time : latest;
        } else if (why.kind != ERROR_NOT_FOUND) {
            return error_set(err, why.kind, "checkpoint.cosignature", "C2SP tlog-cosignature", "%s",
                             why.text);
        }
    }
    *ret_count = count;
    if (ret_latest != NULL) {
        *ret_latest = latest;
    }
    return true;
}

bool checkpoint_sign(const MerkleHead *head, const NoteKey *log_key, const Signer *signer,
                     Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(NOTE_MAX_BYTES);
    writer_format(&text, "%s\n%llu\n", log_key->name, (unsigned long long)head->size);
    base64_encode(sm3_bytes(&head->root), &text);
    writer_put_text(&text, "\n");
    if (text.failed) {
        return error_memory(err);
    }
    writer_put(ret, writer_bytes(&text));
    writer_put_text(ret, "\n");
    return note_sign(writer_bytes(&text), log_key, signer, 0, ret, err);
}

bool checkpoint_cosign(const Checkpoint *checkpoint, const NoteKey *witness, const Signer *signer,
                       Time time, Writer *ret, Error *err)
{
    return note_sign(checkpoint->note.text, witness, signer, time, ret, err);
}

bool checkpoint_add_lines(const Checkpoint *checkpoint, Bytes lines, Writer *ret, Error *err)
{
    writer_put(ret, checkpoint->note.whole);
    writer_put(ret, lines);
    return ret->failed ? error_memory(err) : true;
}
