// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement_many.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

enum { MANY = 150 };

static StatementTemplate template_of(const FixturePki *pki, size_t number)
{
    return (StatementTemplate){
        .type = number % 3 == 0 ? "assent.deposit/1" : "assent.issuance/1",
        .payload = bytes_of_text(arena_format(pki->arena, "%0*zu", (int)(number % 90), number)),
        .signed_at = FIXTURE_NOW + (Time)number * TIME_SECOND,
        .certificate = pki->component.certificate.der};
}

TEST(each_of_many_statements_is_one_that_verifies)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    StatementTemplate templates[MANY];
    Sm2Signature signatures[MANY];
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < MANY; i++) {
        templates[i] = template_of(&pki, i);
    }
    CHECK_OK(statement_sign_many(templates, MANY, &pki.component.signer, signatures, &err));
    for (size_t i = 0; i < MANY; i++) {
        CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
        Statement statement;
        statement_encode(&templates[i], &signatures[i], &text);
        CHECK_OK(statement_parse(pki.arena, writer_bytes(&text), &statement, &err));
        CHECK_OK(statement_verify_signature(&statement, templates[i].type, &err));
        CHECK_BYTES(statement.payload, templates[i].payload);
        CHECK_INT(statement.signed_at, templates[i].signed_at);
    }
    CHECK_OK(statement_sign_many(templates, 0, &pki.component.signer, signatures, &err));
}

TEST(one_of_many_that_cannot_be_signed_fails_them_all)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    StatementTemplate templates[3] = {template_of(&pki, 1), template_of(&pki, 2),
                                      template_of(&pki, 4)};
    Sm2Signature signatures[3];
    templates[2].type = "no type";
    CHECK_FAILS_WITH(statement_sign_many(templates, 3, &pki.component.signer, signatures, &err),
                     ERROR_INPUT, "statement.type");
    templates[2] = template_of(&pki, 4);
    templates[2].certificate = pki.person.certificate.der;
    CHECK_FAILS_WITH(statement_sign_many(templates, 3, &pki.component.signer, signatures, &err),
                     ERROR_INPUT, "statement.signer");
}

// One of a long payload, one of another type, one with a changed payload and one with a changed
// signature are among them.
TEST(each_of_many_statements_is_judged_by_itself)
{
    enum { LONG = 5, OTHER = 70, CHANGED = 71, FALSE_SIGNATURE = 149, LONG_SIZE = 100 * 1024 };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    StatementTemplate templates[MANY];
    Sm2Signature signatures[MANY];
    Statement parsed[MANY];
    const Statement *statements[MANY];
    bool holds[MANY];
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < MANY; i++) {
        templates[i] = template_of(&pki, i);
        templates[i].type = i == OTHER ? "assent.issuance/1" : "assent.deposit/1";
    }
    uint8_t *bytes = arena_alloc(pki.arena, LONG_SIZE);
    CHECK(bytes != NULL);
    memset(bytes, 'x', LONG_SIZE);
    templates[LONG].payload = bytes_of(bytes, LONG_SIZE);
    CHECK_OK(statement_sign_many(templates, MANY, &pki.component.signer, signatures, &err));
    for (size_t i = 0; i < MANY; i++) {
        CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
        statement_encode(&templates[i], &signatures[i], &text);
        Bytes kept = arena_copy(pki.arena, writer_bytes(&text));
        CHECK_OK(statement_parse(pki.arena, kept, &parsed[i], &err));
        statements[i] = &parsed[i];
    }
    parsed[CHANGED].payload = parsed[CHANGED - 1].payload;
    parsed[FALSE_SIGNATURE].signature = parsed[0].signature;
    CHECK_OK(statement_verify_signatures(statements, MANY, "assent.deposit/1", holds, &err));
    for (size_t i = 0; i < MANY; i++) {
        bool expected = i != OTHER && i != CHANGED && i != FALSE_SIGNATURE;
        CHECK(holds[i] == expected);
        CHECK(statement_verify_signature(&parsed[i], "assent.deposit/1", &err) == expected);
    }
    CHECK_OK(statement_verify_signatures(statements, 0, "assent.deposit/1", holds, &err));
}
