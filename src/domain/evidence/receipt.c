// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/receipt.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"
#include "domain/pki/timestamp.h"

static const char FIRST_LINE[] = "assent.receipt/1";

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "receipt.malformed", "C2SP tlog-proof", "a receipt %s", why);
}

static bool is_one_line(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20) {
            return false;
        }
    }
    return text.len > 0;
}

bool receipt_encode(const Receipt *receipt, Writer *ret, Error *err)
{
    if (!is_one_line(receipt->entry)) {
        return malformed("is asked for an entry that is not one line", err);
    }
    writer_format(ret, "%s\nentry ", FIRST_LINE);
    writer_put(ret, receipt->entry);
    if (receipt->stamp.len > 0) {
        writer_put_text(ret, "\nstamp ");
        base64_encode(receipt->stamp, ret);
    }
    if (receipt->renewal.len > 0) {
        writer_put_text(ret, "\nrenewal ");
        base64_encode(receipt->renewal, ret);
    }
    writer_format(ret, "\nindex %llu\n", (unsigned long long)receipt->index);
    proof_text_put(&receipt->proof, ret);
    writer_put(ret, receipt->checkpoint.note.whole);
    return ret->failed ? error_memory(err) : true;
}

// Take a line "<word> <value>".
static bool take_field(Bytes *text, const char *word, Bytes *ret)
{
    Bytes rest = *text;
    Bytes line;
    Bytes name = bytes_of_text(word);
    if (!proof_text_take_line(&rest, &line) || !bytes_start_with(line, name) ||
        line.len <= name.len + 1 || line.data[name.len] != ' ') {
        return false;
    }
    *ret = bytes_from(line, name.len + 1);
    *text = rest;
    return true;
}

// Take a line "<word> <base64>" if there is one.
static bool take_binary(Arena *arena, Bytes *text, const char *word, Bytes *ret, Error *err)
{
    Bytes encoded;
    if (!take_field(text, word, &encoded)) {
        return true;
    }
    if (!base64_decode_arena(arena, encoded, ret, err)) {
        return error_context(err, "receipt %s", word);
    }
    return ret->len > 0 || malformed("has an empty stamp or renewal", err);
}

bool receipt_parse(Arena *arena, Bytes text, Receipt *ret, Error *err)
{
    if (text.len > RECEIPT_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "receipt.size", NULL,
                         "a receipt is longer than %d bytes", RECEIPT_MAX_BYTES);
    }
    Receipt receipt = {.stamp = BYTES_EMPTY, .renewal = BYTES_EMPTY};
    Bytes line;
    Bytes index;
    if (!proof_text_take_line(&text, &line) || !bytes_equal_text(line, FIRST_LINE)) {
        return malformed("does not begin with its name", err);
    }
    if (!take_field(&text, "entry", &receipt.entry) || !is_one_line(receipt.entry)) {
        return malformed("has no entry line", err);
    }
    if (!take_binary(arena, &text, "stamp", &receipt.stamp, err) ||
        (receipt.stamp.len > 0 && !take_binary(arena, &text, "renewal", &receipt.renewal, err))) {
        return false;
    }
    if (!take_field(&text, "index", &index) || !proof_text_parse_size(index, &receipt.index)) {
        return malformed("has no index line", err);
    }
    const char *why = proof_text_take(arena, &text, MERKLE_PROOF_MAX, &receipt.proof);
    if (why != NULL) {
        return malformed(why, err);
    }
    if (!checkpoint_parse(arena, text, &receipt.checkpoint, err)) {
        return false;
    }
    *ret = receipt;
    return true;
}

Sm3Digest receipt_stamp_imprint(const Checkpoint *checkpoint)
{
    return sm3_digest(checkpoint->note.text);
}

static void check_inclusion(const Receipt *receipt, Verdict *verdict)
{
    Error err = {0};
    const MerkleHead *head = &receipt->checkpoint.head;
    Sm3Digest leaf = merkle_leaf_hash(receipt->entry);
    bool ok = merkle_inclusion_verify(&leaf, receipt->index, head->size, &receipt->proof,
                                      &head->root, &err);
    verdict_take(verdict, ok, AREA_CRYPTOGRAPHY, "receipt.inclusion", "RFC 9162 2.1.3.2", &err);
}

// The stamp, when there is one; *ret_time receives its time if it holds.
static void check_stamp(const Receipt *receipt, const ReceiptTrust *trust, Time *ret_time,
                        Verdict *verdict)
{
    if (receipt->stamp.len == 0) {
        verdict_add(verdict, AREA_TIME, CHECK_INFORMED, "receipt.stamp", "RFC 3161",
                    "the checkpoint of the receipt carries no time stamp");
        return;
    }
    if (trust->trust == NULL) {
        verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, "receipt.stamp", "RFC 3161",
                    "no trust anchors were given to judge the time stamp");
        return;
    }
    Error err = {0};
    TimestampToken token;
    if (!verdict_take(verdict, timestamp_token_parse(receipt->stamp, &token, &err), AREA_FORMAT,
                      "receipt.stamp", "RFC 3161", &err)) {
        return;
    }
    const char *subject = verdict_enter(verdict, "stamp");
    Sm3Digest imprint = receipt_stamp_imprint(&receipt->checkpoint);
    if (timestamp_token_check(&token, &imprint, trust->trust, trust->revocation, NULL, verdict)) {
        *ret_time = token.time;
    }
    verdict_leave(verdict, subject);
}

// The key that has to have signed the checkpoint. False when there is none to be believed.
static bool find_log_key(const Receipt *receipt, const ReceiptTrust *trust, Time at, NoteKey *ret,
                         Verdict *verdict)
{
    if (trust->log_key != NULL) {
        *ret = *trust->log_key;
        return true;
    }
    if (trust->log_certificate == NULL || trust->trust == NULL) {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, "receipt.certificate", "C2SP signed-note",
                    "neither the log's key nor its certificate and anchors were given");
        return false;
    }
    char origin[NOTE_NAME_MAX + 1] = "";
    Bytes name = receipt->checkpoint.origin;
    if (name.len <= NOTE_NAME_MAX) {
        memcpy(origin, name.data, name.len);
        origin[name.len] = '\0';
    }
    Error err = {0};
    bool ok = note_key_new(origin, NOTE_SM2, &trust->log_certificate->public_key, ret, &err);
    verdict_take(verdict, ok, AREA_TRUST, "receipt.certificate", "C2SP signed-note", &err);
    const char *subject = verdict_enter(verdict, "log");
    PathPolicy policy = {.trust = trust->trust,
                         .at = at,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = trust->revocation};
    path_check(&policy, trust->log_certificate, verdict);
    verdict_leave(verdict, subject);
    return ok;
}

// True when nothing that was added after `before` failed or is unknown.
static bool passed_since(const Verdict *verdict, const VerdictCheck *before)
{
    const VerdictCheck *check = before == NULL ? verdict->first : before->next;
    bool passed = check != NULL && !verdict->exhausted;
    for (; check != NULL; check = check->next) {
        passed = passed && check->outcome != CHECK_FAILED && check->outcome != CHECK_UNKNOWN;
    }
    return passed;
}

bool receipt_check(const Receipt *receipt, const ReceiptTrust *trust, Verdict *verdict)
{
    const VerdictCheck *before = verdict->last;
    Time at = trust->at;
    check_inclusion(receipt, verdict);
    check_stamp(receipt, trust, &at, verdict);
    NoteKey key;
    if (find_log_key(receipt, trust, at, &key, verdict)) {
        Error err = {0};
        bool ok = checkpoint_verify(&receipt->checkpoint, &key, &err);
        verdict_take(verdict, ok, AREA_CRYPTOGRAPHY, "receipt.checkpoint", "C2SP tlog-checkpoint",
                     &err);
    }
    witness_rules_check(&trust->witnesses, &receipt->checkpoint, verdict);
    return passed_since(verdict, before);
}

bool receipt_verify(const Receipt *receipt, const ReceiptTrust *trust, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    Verdict verdict = verdict_new(arena);
    if (receipt_check(receipt, trust, &verdict)) {
        return true;
    }
    const VerdictCheck *reason = verdict_reason(&verdict);
    bool undecided = verdict_outcome(&verdict) == CHECK_UNKNOWN;
    return error_set(err, undecided ? ERROR_UNAVAILABLE : ERROR_UNTRUSTED,
                     reason == NULL ? "receipt.undecided" : reason->code, NULL, "%s",
                     reason == NULL ? "the receipt could not be judged" : reason->detail);
}
