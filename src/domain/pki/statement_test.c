// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

#define TYPE "assent.deposit/1"

static Bytes sign(const FixturePki *pki, const char *type, const char *payload)
{
    Error err = {0};
    const StatementTemplate template = {.type = type,
                                        .payload = bytes_of_text(payload),
                                        .signed_at = FIXTURE_NOW,
                                        .certificate = pki->component.certificate.der};
    CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(statement_sign(&template, &pki->component.signer, &text, &err));
    return arena_copy(pki->arena, writer_bytes(&text));
}

TEST(statement_is_canonical_json_and_verifies)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes text = sign(&pki, TYPE, "{\"a\":1}");
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(text, &json, &err));
    Bytes canonical;
    CHECK_OK(json_text(pki.arena, json, &canonical, &err));
    CHECK_BYTES(text, canonical);
    Statement statement;
    CHECK_OK(statement_parse(pki.arena, text, &statement, &err));
    CHECK_TEXT(statement.type, TYPE);
    CHECK(bytes_equal_text(statement.payload, "{\"a\":1}"));
    CHECK_INT(statement.signed_at, FIXTURE_NOW);
    CHECK(certificate_equal(&statement.signer, &pki.component.certificate));
    CHECK_OK(statement_verify(&statement, TYPE, pki.trust, REVOCATION_REQUIRED, FIXTURE_NOW, &err));
    Verdict verdict = verdict_new(pki.arena);
    CHECK(statement_check(&statement, TYPE, pki.trust, REVOCATION_REQUIRED, FIXTURE_NOW, &verdict));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
}

TEST(nothing_of_a_statement_can_be_changed)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Statement good;
    CHECK_OK(statement_parse(pki.arena, sign(&pki, TYPE, "payload"), &good, &err));
    Statement wrong = good;
    wrong.payload = BYTES_LITERAL("Payload");
    CHECK_FAILS_WITH(
        statement_verify(&wrong, TYPE, pki.trust, REVOCATION_REQUIRED, FIXTURE_NOW, &err),
        ERROR_UNTRUSTED, "statement.signature");
    wrong = good;
    wrong.type = "assent.deposit/2";
    CHECK_FAILS_WITH(statement_verify(&wrong, "assent.deposit/2", pki.trust, REVOCATION_REQUIRED,
                                      FIXTURE_NOW, &err),
                     ERROR_UNTRUSTED, "statement.signature");
    wrong = good;
    wrong.signed_at_text = "2026-11-25T08:00:01Z";
    CHECK_FAILS_WITH(
        statement_verify(&wrong, TYPE, pki.trust, REVOCATION_REQUIRED, FIXTURE_NOW, &err),
        ERROR_UNTRUSTED, "statement.signature");
    wrong = good;
    wrong.signer = pki.person.certificate;
    CHECK_FAILS_WITH(
        statement_verify(&wrong, TYPE, pki.trust, REVOCATION_REQUIRED, FIXTURE_NOW, &err),
        ERROR_UNTRUSTED, "statement.signature");
    CHECK_FAILS_WITH(statement_verify(&good, "assent.receipt/1", pki.trust, REVOCATION_REQUIRED,
                                      FIXTURE_NOW, &err),
                     ERROR_UNTRUSTED, "statement.type");
    CHECK_FAILS_WITH(statement_verify(&good, TYPE, trust_store_new(pki.arena), REVOCATION_REQUIRED,
                                      FIXTURE_NOW, &err),
                     ERROR_UNAVAILABLE, "path.anchor");
}

TEST(statements_that_cannot_be_signed_are_refused)
{
    static const char *const types[] = {"", "a", "/1", "a/", "a/1/2", "A/1", "a/1\nx", "a b/1"};
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    StatementTemplate template = {.certificate = pki.component.certificate.der};
    CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        template.type = types[i];
        CHECK_FAILS_WITH(statement_sign(&template, &pki.component.signer, &text, &err), ERROR_INPUT,
                         "statement.type");
    }
    template.type = TYPE;
    CHECK_FAILS_WITH(statement_sign(&template, &pki.person.signer, &text, &err), ERROR_INPUT,
                     "statement.signer");
}

TEST(malformed_statements_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const char *good = arena_text(pki.arena, sign(&pki, TYPE, "x"));
    static const struct {
        const char *find;
        const char *put;
    } rows[] = {
        {"2026-11-25T08:00:00Z", "2026-11-25T16:00:00+08:00"},
        {"2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000Z"},
        {"\"type\":\"assent.deposit/1\"", "\"type\":\"Assent/1\""},
        {"\"type\":", "\"more\":1,\"type\":"},
        {"\"signer\":\"MII", "\"signer\":\"AAA"},
        {"\"signature\":\"ME", "\"signature\":\"AA"},
        {"\"payload\":\"eA==\"", "\"payload\":\"eA\""},
        {"\"payload\":\"eA==\",", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *at = strstr(good, rows[i].find);
        CHECK(at != NULL);
        char *text = arena_format(pki.arena, "%.*s%s%s", (int)(at - good), good, rows[i].put,
                                  at + strlen(rows[i].find));
        Statement statement;
        CHECK_FAILS(statement_parse(pki.arena, bytes_of_text(text), &statement, &err), ERROR_INPUT);
    }
}
