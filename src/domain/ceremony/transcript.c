// SPDX-License-Identifier: Apache-2.0
#include "domain/ceremony/transcript.h"

#include <string.h>

static const char transcript_clause[] = "GB/T 22081-2016 12.4";

const char *ceremony_action_name(CeremonyAction action)
{
    static const char *const names[CEREMONY_ACTION_COUNT] = {
        "root.created",  "certificate.issued", "certificate.revoked", "list.issued",
        "key.backed_up", "key.restored",       "key.destroyed"};
    return names[action];
}

static CeremonyAction action_from_name(const char *name)
{
    size_t i = 0;
    while (i < CEREMONY_ACTION_COUNT &&
           strcmp(ceremony_action_name((CeremonyAction)i), name) != 0) {
        i++;
    }
    return (CeremonyAction)i;
}

void transcript_cleanup(Transcript *transcript)
{
    json_decref(transcript->details);
    transcript->details = NULL;
}

// What may come after what is there.
static bool check_order(const Transcript *transcript, CeremonyAction action, Time at, Error *err)
{
    bool is_first = transcript->count == 0;
    bool follows = is_first == (action == CEREMONY_ROOT_CREATED) &&
                   (!transcript->is_destroyed || action == CEREMONY_KEY_RESTORED);
    if (!follows) {
        return error_set(err, ERROR_CONFLICT, "transcript.order", transcript_clause,
                         "entry %zu, %s, may not stand there", transcript->count + 1,
                         ceremony_action_name(action));
    }
    return is_first || at >= transcript->entries[transcript->count - 1].at ||
           error_set(err, ERROR_CONFLICT, "transcript.order", transcript_clause,
                     "entry %zu is earlier than the one before", transcript->count + 1);
}

static bool malformed(size_t number, const char *what, Error *err)
{
    return error_set(err, ERROR_INPUT, "transcript.malformed", transcript_clause,
                     "line %zu of the transcript %s", number, what);
}

static bool check_signer(Transcript *transcript, const Statement *statement, Error *err)
{
    size_t number = transcript->count + 1;
    if (transcript->root.der.len == 0) {  // nobody said whose it has to be
        transcript->root = statement->signer;
        if (!certificate_verify_signature(&statement->signer, &statement->signer, err)) {
            return error_context(err, "line %zu", number);
        }
    }
    if (!certificate_equal(&statement->signer, &transcript->root)) {
        return error_set(err, ERROR_UNTRUSTED, "transcript.signer", transcript_clause,
                         "line %zu is signed with another certificate", number);
    }
    return statement_verify_signature(statement, TRANSCRIPT_ENTRY_TYPE, NULL) ||
           error_set(err, ERROR_UNTRUSTED, "transcript.signature", transcript_clause,
                     "the signature of line %zu does not hold", number);
}

static bool read_entry(Transcript *transcript, Bytes payload, TranscriptEntry *ret, Error *err)
{
    size_t number = transcript->count + 1;
    json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    json_array_append_new(transcript->details, json);
    JsonView view = json_view(json, "entry", err);
    Sm3Digest previous;
    ret->action = action_from_name(json_view_text(&view, "action", 32));
    ret->at = json_view_time(&view, "at");
    int64_t sequence = json_view_int(&view, "sequence", 1, INT32_MAX);
    json_view_hex(&view, "previous", previous.bytes, SM3_SIZE);
    ret->details = json_object_get(json, "details");
    if (view.failed || ret->action == CEREMONY_ACTION_COUNT || !json_is_object(ret->details) ||
        json_object_size(json) != 5) {
        return malformed(number, "is no entry of a kind that is known", err);
    }
    if ((size_t)sequence != number || !sm3_digest_equal(&previous, &transcript->head)) {
        return error_set(err, ERROR_UNTRUSTED, "transcript.chain", transcript_clause,
                         "line %zu does not follow the line before", number);
    }
    return check_order(transcript, ret->action, ret->at, err) ||
           error_set(err, ERROR_UNTRUSTED, err == NULL ? "" : err->code, transcript_clause, "%s",
                     err == NULL ? "" : err->text);
}

static bool take_line(Arena *arena, Bytes line, Transcript *transcript, Error *err)
{
    Statement statement;
    TranscriptEntry entry = {.digest = sm3_digest(line)};
    if (line.len > TRANSCRIPT_LINE_MAX || !statement_parse(arena, line, &statement, err)) {
        return malformed(transcript->count + 1, "is no signed statement", err);
    }
    if (!check_signer(transcript, &statement, err) ||
        !read_entry(transcript, statement.payload, &entry, err)) {
        return false;
    }
    transcript->entries[transcript->count++] = entry;
    transcript->head = entry.digest;
    transcript->is_destroyed = entry.action == CEREMONY_KEY_DESTROYED;
    return true;
}

static size_t count_lines(Bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == '\n' ? 1 : 0;
    }
    return count;
}

bool transcript_verify(Arena *arena, Bytes text, const Certificate *root, Transcript *ret,
                       Error *err)
{
    Transcript transcript = {.details = json_array()};
    size_t lines = count_lines(text), end = 0;
    transcript.entries = arena_alloc(arena, (lines + 1) * sizeof *transcript.entries);
    if (transcript.details == NULL || transcript.entries == NULL) {
        transcript_cleanup(&transcript);
        return error_memory(err);
    }
    if (root != NULL) {
        transcript.root = *root;
    }
    while (text.len > 0) {
        bool taken = bytes_find(text, BYTES_LITERAL("\n"), 0, &end)
                         ? take_line(arena, bytes_slice(text, 0, end), &transcript, err)
                         : malformed(transcript.count + 1, "is not written to its end", err);
        if (!taken) {
            transcript_cleanup(&transcript);
            return false;
        }
        text = bytes_from(text, end + 1);
    }
    *ret = transcript;
    return true;
}

bool transcript_sign_next(const Transcript *transcript, const TranscriptAddition *addition,
                          const Signer *root, Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer payload = writer_new(TRANSCRIPT_LINE_MAX);
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    if (!check_order(transcript, addition->action, addition->at, err)) {
        return false;
    }
    json_put_text(json, "action", ceremony_action_name(addition->action));
    json_put_time(json, "at", addition->at);
    json_put(json, "details", json_deep_copy(addition->details));
    json_put_hex(json, "previous", sm3_bytes(&transcript->head));
    json_put_int(json, "sequence", (int64_t)transcript->count + 1);
    if (!json_write(json, &payload, err)) {
        return false;
    }
    StatementTemplate statement = {TRANSCRIPT_ENTRY_TYPE, writer_bytes(&payload), addition->at,
                                   transcript->root.der};
    if (!statement_sign(&statement, root, ret, err)) {
        return false;
    }
    writer_put_u8(ret, '\n');
    return !ret->failed || error_memory(err);
}
