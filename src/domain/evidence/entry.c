// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/entry.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "domain/evidence/note.h"

static const char *const TYPES[] = {
    [ENTRY_DEPOSIT] = "assent.entry/1",     [ENTRY_REFUSAL] = "assent.refusal/1",
    [ENTRY_ERASURE] = "assent.erasure/1",   [ENTRY_ENVIRONMENT] = "assent.environment/1",
    [ENTRY_ISSUANCE] = "assent.issuance/1", [ENTRY_RENEWAL] = "assent.renewal/1",
    [ENTRY_CLOSING] = "assent.closing/1",   [ENTRY_SUCCESSION] = "assent.succession/1",
};

static const char *const STAGES[] = {"M6", "M7", "M8", "OTHER"};

static void put_digest(json_t *object, const char *key, const Sm3Digest *digest)
{
    json_put_hex(object, key, sm3_bytes(digest));
}

// What a refused attempt has in common with a deposit.
static void put_submission(json_t *object, const EvidenceEntry *entry)
{
    put_digest(object, "authorization", &entry->authorization);
    put_digest(object, "depositor", &entry->depositor);
    json_put_text(object, "mode", entry->is_batch ? "batch" : "staged");
    json_put_int(object, "sequence", entry->sequence);
    json_put_text(object, "stage", deposit_stage_name(entry->stage));
    put_digest(object, "submission", &entry->submission);
    if (entry->has_previous) {
        put_digest(object, "previous", &entry->previous);
    }
}

static void write_digest(Writer *ret, const char *before, const Sm3Digest *digest)
{
    writer_put_text(ret, before);
    hex_encode(sm3_bytes(digest), ret);
}

// The entry of a deposit without building a tree of it: its keys in their sorted order and values
// that need no escapes.
static bool encode_deposit(const EvidenceEntry *entry, Writer *ret, Error *err)
{
    char received[TIME_TEXT_SIZE];
    time_to_text(entry->received, received);
    write_digest(ret, "{\"authorization\":\"", &entry->authorization);
    write_digest(ret, "\",\"commitment\":\"", &entry->commitment);
    write_digest(ret, "\",\"depositor\":\"", &entry->depositor);
    writer_format(ret, "\",\"mode\":\"%s\",\"parts\":%llu", entry->is_batch ? "batch" : "staged",
                  (unsigned long long)entry->part_count);
    if (entry->has_previous) {
        write_digest(ret, ",\"previous\":\"", &entry->previous);
        writer_put_text(ret, "\"");
    }
    writer_format(ret, ",\"received\":\"%s\",\"sequence\":%lld,\"stage\":\"%s\"", received,
                  (long long)entry->sequence, deposit_stage_name(entry->stage));
    write_digest(ret, ",\"submission\":\"", &entry->submission);
    writer_format(ret, "\",\"type\":\"%s\"}", TYPES[entry->kind]);
    return !ret->failed || error_set(err, ERROR_LIMIT, "json.too_large", NULL,
                                     "a log entry does not fit into %zu bytes", ret->limit);
}

bool entry_encode(const EvidenceEntry *entry, Writer *ret, Error *err)
{
    if (entry->kind == ENTRY_DEPOSIT) {
        return encode_deposit(entry, ret, err);
    }
    CLEANUP(json_cleanup) json_t *object = json_make_object();
    json_put_text(object, "type", TYPES[entry->kind]);
    json_put_time(object, "received", entry->received);
    switch (entry->kind) {
    case ENTRY_DEPOSIT:
        break;
    case ENTRY_REFUSAL:
        put_submission(object, entry);
        json_put_text(object, "code", entry->code);
        break;
    case ENTRY_ERASURE:
        json_put_int(object, "subject", (int64_t)entry->subject);
        break;
    case ENTRY_ENVIRONMENT:
        put_digest(object, "commitment", &entry->commitment);
        break;
    case ENTRY_ISSUANCE:
        put_digest(object, "commitment", &entry->commitment);
        put_digest(object, "depositor", &entry->depositor);
        put_digest(object, "label", &entry->label);
        json_put_base64(object, "sealed", entry->sealed);
        break;
    case ENTRY_RENEWAL:
        put_digest(object, "stamp", &entry->commitment);
        json_put_int(object, "stamps", (int64_t)entry->part_count);
        break;
    case ENTRY_SUCCESSION:
        json_put_base64(object, "checkpoint", entry->checkpoint);
        put_digest(object, "sha256", &entry->sha256);
        json_put_text(object, "log", entry->log);
        break;
    case ENTRY_CLOSING:
        json_put_text(object, "log", entry->log);
        break;
    }
    return json_write(object, ret, err);
}

static void take_digest(JsonView *view, const char *key, Sm3Digest *ret)
{
    json_view_hex(view, key, ret->bytes, SM3_SIZE);
}

// Index of a text among a few, or a failure of the view.
static size_t take_choice(JsonView *view, const char *key, const char *const *names, size_t count)
{
    const char *text = json_view_text(view, key, ENTRY_CODE_MAX);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return i;
        }
    }
    json_view_fail(view, key, "is unknown");
    return 0;
}

static void take_submission(JsonView *view, EvidenceEntry *entry)
{
    static const char *const modes[] = {"staged", "batch"};
    take_digest(view, "authorization", &entry->authorization);
    take_digest(view, "depositor", &entry->depositor);
    take_digest(view, "submission", &entry->submission);
    entry->is_batch = take_choice(view, "mode", modes, COUNT_OF(modes)) == 1;
    entry->sequence = json_view_int(view, "sequence", 0, DEPOSIT_MAX_SEQUENCE);
    entry->stage = (DepositStage)take_choice(view, "stage", STAGES, COUNT_OF(STAGES));
    entry->has_previous = json_object_get(view->object, "previous") != NULL;
    if (entry->has_previous) {
        take_digest(view, "previous", &entry->previous);
    }
}

static const char *take_text(JsonView *view, Arena *arena, const char *key, size_t max)
{
    const char *text = arena_text(arena, bytes_of_text(json_view_text(view, key, max)));
    if (text == NULL) {
        json_view_fail(view, key, "does not fit into memory");
    }
    return text;
}

static void take_kind(JsonView *view, Arena *arena, EvidenceEntry *entry)
{
    switch (entry->kind) {
    case ENTRY_DEPOSIT:
        take_submission(view, entry);
        take_digest(view, "commitment", &entry->commitment);
        entry->part_count = (uint64_t)json_view_int(view, "parts", 1, 1024);
        break;
    case ENTRY_REFUSAL:
        take_submission(view, entry);
        entry->code = take_text(view, arena, "code", ENTRY_CODE_MAX);
        break;
    case ENTRY_ERASURE:
        entry->subject = (uint64_t)json_view_int(view, "subject", 0, INT64_MAX);
        break;
    case ENTRY_ENVIRONMENT:
        take_digest(view, "commitment", &entry->commitment);
        break;
    case ENTRY_ISSUANCE:
        take_digest(view, "commitment", &entry->commitment);
        take_digest(view, "depositor", &entry->depositor);
        take_digest(view, "label", &entry->label);
        entry->sealed = json_view_base64(view, arena, "sealed", ENTRY_SEALED_MAX);
        break;
    case ENTRY_RENEWAL:
        take_digest(view, "stamp", &entry->commitment);
        entry->part_count = (uint64_t)json_view_int(view, "stamps", 1, INT64_MAX);
        break;
    case ENTRY_SUCCESSION:
        entry->checkpoint = json_view_base64(view, arena, "checkpoint", ENTRY_TEXT_MAX);
        take_digest(view, "sha256", &entry->sha256);
        entry->log = take_text(view, arena, "log", NOTE_KEY_TEXT_MAX);
        break;
    case ENTRY_CLOSING:
        entry->log = take_text(view, arena, "log", NOTE_KEY_TEXT_MAX);
        break;
    }
}

bool entry_parse(Arena *arena, Bytes text, EvidenceEntry *ret, Error *err)
{
    if (text.len > ENTRY_TEXT_MAX) {
        return error_set(err, ERROR_LIMIT, "entry.size", NULL,
                         "a log entry is longer than %d bytes", ENTRY_TEXT_MAX);
    }
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(text, &json, err)) {
        return false;
    }
    EvidenceEntry entry = {0};
    JsonView view = json_view(json, "entry", err);
    entry.kind = (EntryKind)take_choice(&view, "type", TYPES, COUNT_OF(TYPES));
    entry.received = json_view_time(&view, "received");
    if (!view.failed) {
        take_kind(&view, arena, &entry);
    }
    if (!json_view_done(&view)) {
        return false;
    }
    // One entry has one text: what is not canonical was not written by us.
    CLEANUP(writer_free) Writer canonical = writer_new(ENTRY_TEXT_MAX * 2);
    if (!entry_encode(&entry, &canonical, err)) {
        return false;
    }
    if (!bytes_equal(writer_bytes(&canonical), text)) {
        return error_set(err, ERROR_INPUT, "entry.malformed", NULL,
                         "a log entry is not canonical JSON");
    }
    *ret = entry;
    return true;
}

Sm3Digest entry_authorization(Bytes salt, const char *authorization_id)
{
    return sm3_hmac(salt, bytes_of_text(authorization_id));
}

static bool has_stage(const EvidenceEntry *entries, size_t count, DepositStage stage)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].kind == ENTRY_DEPOSIT && entries[i].stage == stage) {
            return true;
        }
    }
    return false;
}

typedef struct {
    bool order, links, authorization;
} ChainFindings;

static ChainFindings chain_findings(const EvidenceEntry *entries, size_t count)
{
    ChainFindings found = {true, true, true};
    const EvidenceEntry *last = NULL;
    const EvidenceEntry *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const EvidenceEntry *entry = &entries[i];
        if (entry->kind != ENTRY_DEPOSIT) {
            continue;
        }
        first = first == NULL ? entry : first;
        found.authorization =
            found.authorization && sm3_digest_equal(&entry->authorization, &first->authorization);
        DepositChain chain = {.has_last = last != NULL};
        if (last != NULL) {
            chain.stage = last->stage;
            chain.sequence = last->sequence;
            chain.submission = last->submission;
        }
        Deposit deposit = {.stage = entry->stage,
                           .sequence = entry->sequence,
                           .has_previous = entry->has_previous,
                           .previous = entry->previous};
        Error err = {0};
        if (!deposit_check_order(&chain, &deposit, &err)) {
            bool is_link = strcmp(err.code, "deposit.previous") == 0;
            found.links = found.links && !is_link;
            found.order = found.order && is_link;
        }
        last = entry->stage == DEPOSIT_OTHER ? last : entry;
    }
    return found;
}

bool entry_chain_check(const EvidenceEntry *entries, size_t count, Verdict *verdict)
{
    bool ok = verdict_require(verdict, has_stage(entries, count, DEPOSIT_M6), AREA_COMPLETENESS,
                              "entry_chain.identity", "JR/T 0299-2024 8.3 a",
                              "deposit of the identity verification, M6");
    ok &= verdict_require(verdict, has_stage(entries, count, DEPOSIT_M7), AREA_COMPLETENESS,
                          "entry_chain.certificate", "JR/T 0299-2024 8.3 b",
                          "deposit of the certificate registration, M7");
    ok &= verdict_require(verdict, has_stage(entries, count, DEPOSIT_M8), AREA_COMPLETENESS,
                          "entry_chain.signing", "JR/T 0299-2024 8.3 c",
                          "deposit of the signing, M8");
    ChainFindings found = chain_findings(entries, count);
    ok &= verdict_require(verdict, found.order, AREA_COMPLETENESS, "entry_chain.order",
                          "JR/T 0299-2024 4", "deposits in the order M6, M7, M8 without a gap");
    ok &= verdict_require(verdict, found.links, AREA_COMPLETENESS, "entry_chain.links",
                          "JR/T 0299-2024 4", "every deposit names the one before it");
    ok &= verdict_require(verdict, found.authorization, AREA_COMPLETENESS,
                          "entry_chain.authorization", "JR/T 0299-2024 8.3",
                          "all deposits are of one authorization");
    return ok;
}
