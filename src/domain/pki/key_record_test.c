// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/key_record.h"

#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

static Bytes sign(const FixturePki *pki, const KeyRecord *record)
{
    Error err = {0};
    Writer *text = arena_alloc(pki->arena, sizeof *text);
    *text = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(key_record_sign(record, pki->person.certificate.der, &pki->person.signer, pki->arena,
                             text, &err));
    return arena_adopt(pki->arena, text);
}

static KeyRecord read_back(const FixturePki *pki, Bytes text, const char *type)
{
    Error err = {0};
    Statement statement;
    KeyRecord record;
    CHECK_OK(statement_parse(pki->arena, text, &statement, &err));
    CHECK_OK(statement_verify_signature(&statement, type, &err));
    CHECK_OK(key_record_parse(&statement, pki->arena, &record, &err));
    return record;
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(a_destroyed_key_says_what_it_signed_once)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    KeyRecord record = {true, FIXTURE_NOW, sm3_digest(BYTES_LITERAL("tbs")), NULL, NULL};
    KeyRecord back = read_back(&pki, sign(&pki, &record), "assent.key-destruction/1");
    CHECK(back.is_destroyed && back.at == FIXTURE_NOW);
    CHECK(sm3_digest_equal(&back.signed_digest, &record.signed_digest));
    CHECK_TEXT(back.label, "");
}

// Covers: JR/T 0299-2024 6.6 a.
TEST(a_key_in_a_carrier_says_which_one_it_stays_in)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    KeyRecord record = {false, FIXTURE_NOW, sm3_digest(BYTES_LITERAL("tbs")), "token", "0001"};
    KeyRecord back = read_back(&pki, sign(&pki, &record), "assent.key-use/1");
    CHECK(!back.is_destroyed && back.at == FIXTURE_NOW);
    CHECK_TEXT(back.label, "token");
    CHECK_TEXT(back.serial, "0001");
}

TEST(records_of_another_kind_or_of_two_signatures_are_refused)
{
    Error err = {0};
    KeyRecord record;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static const char digest[] =
        "\"signed_digest\":\"0000000000000000000000000000000000000000000000000000000000000000\"";
    const struct {
        const char *type, *payload;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {"assent.key-destruction/1",
         "{%s,\"destroyed_at\":\"2026-01-01T00:00:00Z\",\"signatures\":2}", ERROR_UNTRUSTED,
         "key_record.signatures"},
        {"assent.key-destruction/1", "{%s,\"used_at\":\"2026-01-01T00:00:00Z\"}", ERROR_INPUT,
         "json.field"},
        {"assent.key-use/1", "{%s,\"used_at\":\"2026-01-01T00:00:00Z\"}", ERROR_INPUT,
         "json.field"},
        {"assent.key-use/1",
         "{%s,\"used_at\":\"2026-01-01T00:00:00Z\",\"carrier\":{\"label\":\"a\",\"serial\":\"b\","
         "\"pin\":\"c\"}}",
         ERROR_INPUT, "json.unknown_field"},
        {"assent.deposit/1", "{%s}", ERROR_INPUT, "key_record.type"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer text = writer_new(1024);
        size_t at = 0;
        Bytes payload = bytes_of_text(rows[i].payload);
        CHECK(bytes_find(payload, BYTES_LITERAL("%s"), 0, &at));
        writer_put(&text, bytes_slice(payload, 0, at));
        writer_put_text(&text, digest);
        writer_put(&text, bytes_from(payload, at + 2));
        Statement statement = {.type = rows[i].type, .payload = writer_bytes(&text)};
        CHECK_FAILS_WITH(key_record_parse(&statement, arena, &record, &err), rows[i].kind,
                         rows[i].code);
    }
}
