// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement_many.h"

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
