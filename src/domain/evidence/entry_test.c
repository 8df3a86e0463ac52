// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/entry.h"

#include <string.h>

#include "base/test/test.h"

static EvidenceEntry example(EntryKind kind)
{
    EvidenceEntry entry = {.kind = kind, .received = 1795593600 * TIME_SECOND};
    if (kind == ENTRY_DEPOSIT || kind == ENTRY_REFUSAL) {
        entry.authorization = sm3_digest(BYTES_LITERAL("authorization"));
        entry.submission = sm3_digest(BYTES_LITERAL("submission"));
        entry.depositor = sm3_digest(BYTES_LITERAL("depositor"));
        entry.stage = DEPOSIT_M8;
        entry.sequence = 2;
        entry.has_previous = true;
        entry.previous = sm3_digest(BYTES_LITERAL("previous"));
        entry.code = kind == ENTRY_REFUSAL ? "deposit.order" : NULL;
    }
    if (kind == ENTRY_DEPOSIT || kind == ENTRY_ENVIRONMENT || kind == ENTRY_ISSUANCE) {
        entry.commitment = sm3_digest(BYTES_LITERAL("commitment"));
    }
    entry.part_count = kind == ENTRY_DEPOSIT ? 5 : 0;
    entry.subject = kind == ENTRY_ERASURE ? 77 : 0;
    if (kind == ENTRY_ISSUANCE) {
        entry.depositor = sm3_digest(BYTES_LITERAL("depositor"));
        entry.label = sm3_digest(BYTES_LITERAL("label"));
        entry.sealed = BYTES_LITERAL("sealed record");
    }
    return entry;
}

static Bytes encode(Arena *arena, const EvidenceEntry *entry)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    CHECK_OK(entry_encode(entry, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

TEST(entries_of_all_kinds_read_back)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (EntryKind kind = ENTRY_DEPOSIT; kind <= ENTRY_ISSUANCE; kind++) {
        Error err = {0};
        EvidenceEntry entry = example(kind);
        EvidenceEntry parsed;
        Bytes text = encode(arena, &entry);
        CHECK_OK(entry_parse(arena, text, &parsed, &err));
        CHECK_INT(parsed.kind, kind);
        CHECK_BYTES(encode(arena, &parsed), text);
    }
}

TEST(entries_of_all_kinds_are_canonical_json)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (EntryKind kind = ENTRY_DEPOSIT; kind <= ENTRY_ISSUANCE; kind++) {
        for (unsigned has_previous = 0; has_previous < 2; has_previous++) {
            Error err = {0};
            EvidenceEntry entry = example(kind);
            entry.has_previous = entry.has_previous && has_previous == 1;
            entry.is_batch = has_previous == 1;
            entry.received += has_previous;
            Bytes text = encode(arena, &entry), again;
            CLEANUP(json_cleanup) json_t *json = NULL;
            CHECK_OK(json_parse(text, &json, &err));
            CHECK_OK(json_text(arena, json, &again, &err));
            CHECK_BYTES(again, text);
        }
    }
}

TEST(an_entry_is_one_line_below_600_bytes)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EvidenceEntry entry = example(ENTRY_DEPOSIT);
    Bytes text = encode(arena, &entry);
    CHECK(text.len < 600);
    CHECK(!bytes_find(text, BYTES_LITERAL("\n"), 0, &(size_t){0}));
}

TEST(entries_that_are_not_canonical_are_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    EvidenceEntry parsed;
    const char *const cases[] = {
        "{\"type\":\"assent.erasure/1\",\"received\":\"2026-11-25T08:00:00Z\",\"subject\":1}",
        "{\"received\":\"2026-11-25T08:00:00Z\", \"subject\":1,\"type\":\"assent.erasure/1\"}",
        "{\"received\":\"2026-11-25T16:00:00+08:00\",\"subject\":1,\"type\":\"assent.erasure/1\"}",
        "{\"received\":\"2026-11-25T08:00:00Z\",\"subject\":1,\"type\":\"assent.other/1\"}",
        "{\"received\":\"2026-11-25T08:00:00Z\",\"subject\":-1,\"type\":\"assent.erasure/1\"}",
        ("{\"e\":1,\"received\":\"2026-11-25T08:00:00Z\",\"subject\":1,\"type\":\"assent.erasure/"
         "1\"}"),
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_FAILS(entry_parse(arena, bytes_of_text(cases[i]), &parsed, &err), ERROR_INPUT);
    }
}

// M6, M7, M8 of one authorization, each linked to the one before.
static void fill_chain(EvidenceEntry entries[3])
{
    for (size_t i = 0; i < 3; i++) {
        entries[i] = example(ENTRY_DEPOSIT);
        entries[i].stage = (DepositStage)i;
        entries[i].sequence = 0;
        entries[i].submission = sm3_digest(bytes_of(&i, sizeof i));
        entries[i].has_previous = i > 0;
        entries[i].previous = i > 0 ? entries[i - 1].submission : (Sm3Digest){{0}};
    }
}

static const char *failed_code(const EvidenceEntry *entries, size_t count)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Verdict verdict = verdict_new(arena);
    bool ok = entry_chain_check(entries, count, &verdict);
    const VerdictCheck *reason = verdict_reason(&verdict);
    CHECK(ok == (reason == NULL));
    return reason == NULL ? "" : reason->code;
}

// Covers: JR/T 0299-2024 8.3 a-c; E15.
TEST(a_chain_is_complete_only_with_all_stages_linked_and_in_order)
{
    EvidenceEntry entries[4];
    fill_chain(entries);
    CHECK_TEXT(failed_code(entries, 3), "");
    CHECK_TEXT(failed_code(entries, 2), "entry_chain.signing");
    CHECK_TEXT(failed_code(entries + 1, 2), "entry_chain.identity");
    CHECK_TEXT(failed_code(entries, 0), "entry_chain.identity");
    entries[1].previous.bytes[3] ^= 1;
    CHECK_TEXT(failed_code(entries, 3), "entry_chain.links");
    fill_chain(entries);
    entries[1].sequence = 1;
    CHECK_TEXT(failed_code(entries, 3), "entry_chain.order");
    fill_chain(entries);
    entries[2].authorization.bytes[0] ^= 1;
    CHECK_TEXT(failed_code(entries, 3), "entry_chain.authorization");
    fill_chain(entries);
    EvidenceEntry swapped = entries[1];
    entries[1] = entries[2];
    entries[2] = swapped;
    CHECK_TEXT(failed_code(entries, 3), "entry_chain.order");
}

TEST(refusals_and_other_deposits_do_not_break_the_chain)
{
    EvidenceEntry chain[3];
    fill_chain(chain);
    EvidenceEntry entries[5] = {chain[0], example(ENTRY_REFUSAL), chain[1], example(ENTRY_DEPOSIT),
                                chain[2]};
    entries[3].stage = DEPOSIT_OTHER;
    CHECK_TEXT(failed_code(entries, 5), "");
}
