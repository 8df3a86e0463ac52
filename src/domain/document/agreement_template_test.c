// SPDX-License-Identifier: Apache-2.0
#include "domain/document/agreement_template.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/template_lint.h"

static const AgreementValue parameters[] = {
    {"party_name", "示例银行股份有限公司"},
    {"party_uscc", "91110000MA00EXAMP1"},
    {"party_address", "示例市示例区示例路 1 号"},
    {"party_contact", "privacy@bank.example，95000 转 9"},
    {"party_hotline", "95000"},
    {"bureau_names", "金融信用信息基础数据库（由中国人民银行征信中心运行）"},
    {"verifier_names", "示例身份核验服务有限公司"},
    {"ca_name", "示例电子认证有限公司"},
    {"cps_url", "https://ca.example/cps"},
    {"evidence_name", "示例电子存证服务有限公司"},
    {"pbc_branch", "中国人民银行示例市分行：12363"},
};

enum { FIELDS = 29 };

typedef struct {
    FontFamily fonts;
    AgreementTemplate *template;
    AgreementValue values[FIELDS];
    Writer pdf;
} Letter;

static void value_set(Letter *letter, const char *name, const char *text)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (strcmp(letter->values[i].name, name) == 0) {
            letter->values[i].text = text;
            return;
        }
    }
    test_fail(__FILE__, __LINE__, "the letter has no field %s", name);
}

static Letter letter_open(void)
{
    Error err = {0};
    Letter letter = {.pdf = writer_new(1 << 22)};
    CHECK_OK(font_family_open(NULL, &letter.fonts, &err));
    CHECK_OK(agreement_template_load(&letter.fonts, agreement_builtin_source(), parameters,
                                     COUNT_OF(parameters), &letter.template, &err));
    size_t count = 0;
    const AgreementField *fields = agreement_template_fields(letter.template, &count);
    CHECK_INT(count, FIELDS);
    for (size_t i = 0; i < count; i++) {
        bool ticked = fields[i].is_required || strcmp(fields[i].name, "purpose_02") == 0;
        letter.values[i] = (AgreementValue){fields[i].name, ticked ? "yes" : "no"};
    }
    value_set(&letter, "agreement_number", "A-20261125-000001");
    value_set(&letter, "person_name", "张三");
    value_set(&letter, "document_type", "居民身份证");
    value_set(&letter, "document_number", "999999199001010016");
    value_set(&letter, "phone", "19900000000");
    value_set(&letter, "business_name", "个人消费贷款");
    value_set(&letter, "application_number", "L-20261125-000001");
    value_set(&letter, "start_date", "2026年11月25日");
    value_set(&letter, "end_date", "2029年11月24日");
    value_set(&letter, "signing_date", "2026年11月25日");
    return letter;
}

static void letter_close(Letter *letter)
{
    writer_free(&letter->pdf);
    agreement_template_free(letter->template);
    font_family_close(&letter->fonts);
}

static bool letter_fill(Letter *letter, Error *err)
{
    letter->pdf.len = 0;
    return agreement_fill(letter->template, letter->values, FIELDS, BYTES_EMPTY, &letter->pdf, err);
}

TEST(letter_is_clean_and_its_values_can_be_extracted_exactly)
{
    static const char *const names[] = {"张三", "䶮𠅤", "阿卜杜拉·买买提", "𠅤䶮龘靐齉",
                                        "Müller Ångström"};
    Error err = {0};
    Letter letter = letter_open();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        value_set(&letter, "person_name", names[i]);
        CHECK_OK(letter_fill(&letter, &err));
        CHECK(oracle_is_clean(test_directory(), writer_bytes(&letter.pdf)));
        const char *text = oracle_text(test_directory(), writer_bytes(&letter.pdf));
        CHECK(strstr(text, names[i]) != NULL);
        CHECK(strstr(text, "999999199001010016") != NULL);
        CHECK(strstr(text, "示例银行股份有限公司") != NULL);
        CHECK(strstr(text, "✓ 贷款审批（02）") != NULL);
        CHECK(strstr(text, "× 贷后管理（01）") != NULL);
    }
    letter_close(&letter);
}

TEST(same_values_give_the_same_bytes_and_others_another_identifier)
{
    Error err = {0};
    Letter letter = letter_open();
    Writer again = writer_new(1 << 22);
    CHECK_OK(letter_fill(&letter, &err));
    CHECK_OK(agreement_fill(letter.template, letter.values, FIELDS, BYTES_EMPTY, &again, &err));
    CHECK_BYTES(writer_bytes(&again), writer_bytes(&letter.pdf));
    again.len = 0;
    CHECK_OK(agreement_fill(letter.template, letter.values, FIELDS, BYTES_LITERAL("salt"), &again,
                            &err));
    CHECK_INT(again.len, letter.pdf.len);
    CHECK(!bytes_equal(writer_bytes(&again), writer_bytes(&letter.pdf)));
    value_set(&letter, "phone", "19900000001");
    CHECK_OK(letter_fill(&letter, &err));
    CHECK(!bytes_equal(writer_bytes(&again), writer_bytes(&letter.pdf)));
    writer_free(&again);
    letter_close(&letter);
}

TEST(letter_has_three_pages_at_most_and_a_place_for_the_seal)
{
    Letter letter = letter_open();
    PagePlace place = agreement_seal_place(letter.template);
    CHECK(place.page <= 2);
    CHECK(place.width >= 60 && place.height >= 60);
    CHECK(place.x > 0 && place.x + place.width < PAGE_WIDTH);
    CHECK(place.y > 0 && place.y + place.height < PAGE_HEIGHT);
    CHECK_TEXT(agreement_template_id(letter.template), "credit-authorization");
    CHECK_TEXT(agreement_template_version(letter.template), "1.0.0");
    CHECK_TEXT(agreement_template_title(letter.template), "个人征信查询授权书");
    size_t offset = 0;
    Bytes text = agreement_template_text(letter.template);
    CHECK(bytes_find(text, bytes_of_text("[{{query}}] **查询授权：**"), 0, &offset));
    CHECK(!bytes_find(text, bytes_of_text("${"), 0, &offset));
    CHECK(!bytes_find(text, bytes_of_text("@"), 0, &offset) || text.data[offset - 1] == 'y');
    letter_close(&letter);
}

TEST(long_value_shrinks_then_wraps_then_is_refused)
{
    Error err = {0};
    Letter letter = letter_open();
    char value[400 * 3 + 1] = "";
    size_t refused_from = 0;
    for (size_t count = 1; count <= 390 && refused_from == 0; count += count < 30 ? 7 : 20) {
        value[0] = 0;
        for (size_t i = 0; i < count; i++) {
            strcat(value, "龘");
        }
        value_set(&letter, "business_name", value);
        if (!letter_fill(&letter, &err)) {
            CHECK_TEXT(err.code, "agreement.value_too_long");
            CHECK(strstr(err.text, "龘") == NULL);
            refused_from = count;
        }
    }
    CHECK(refused_from > 90);
    letter_close(&letter);
}

// Covers: 征信业管理条例 18, 19; 个人信息保护法 14, 17, 29; D07.
TEST(letter_with_wrong_values_is_refused)
{
    static const struct {
        const char *name, *text, *code;
    } cases[] = {
        {"phone", "", "agreement.value_missing"},
        {"phone", NULL, "agreement.value_missing"},
        {"query", "no", "agreement.consent_missing"},
        {"understood", "no", "agreement.consent_missing"},
        {"purpose_02", "no", "agreement.consent_missing"},
        {"report", "maybe", "agreement.tick_malformed"},
        {"person_name", "张\n三", "font.character_missing"},
        {"person_name", "张\xf3\xb0\x80\x80", "font.character_missing"},
        {"person_name", "张\xff", "document.encoding"},
    };
    Error err = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Letter letter = letter_open();
        value_set(&letter, cases[i].name, cases[i].text);
        CHECK_FAILS_WITH(letter_fill(&letter, &err), ERROR_INPUT, cases[i].code);
        CHECK(strstr(err.text, "张") == NULL);
        letter_close(&letter);
    }
    Letter letter = letter_open();
    CHECK_FAILS_WITH(
        agreement_fill(letter.template, letter.values, FIELDS - 1, BYTES_EMPTY, &letter.pdf, &err),
        ERROR_INPUT, "agreement.value_missing");
    letter.values[1].name = letter.values[0].name;
    CHECK_FAILS_WITH(letter_fill(&letter, &err), ERROR_INPUT, "agreement.value_repeated");
    letter.values[1].name = "nonsense";
    CHECK_FAILS_WITH(letter_fill(&letter, &err), ERROR_INPUT, "agreement.value_unknown");
    letter_close(&letter);
}

TEST(template_with_wrong_parameters_is_refused)
{
    Error err = {0};
    FontFamily fonts;
    AgreementTemplate *template = NULL;
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    AgreementValue changed[COUNT_OF(parameters) + 1];
    memcpy(changed, parameters, sizeof parameters);
    CHECK_FAILS_WITH(agreement_template_load(&fonts, agreement_builtin_source(), changed,
                                             COUNT_OF(parameters) - 1, &template, &err),
                     ERROR_INPUT, "template.parameter_missing");
    changed[COUNT_OF(parameters)] = (AgreementValue){"more", "x"};
    CHECK_FAILS_WITH(agreement_template_load(&fonts, agreement_builtin_source(), changed,
                                             COUNT_OF(changed), &template, &err),
                     ERROR_INPUT, "template.parameter_unknown");
    changed[0].text = "示例银行**";
    CHECK_FAILS_WITH(agreement_template_load(&fonts, agreement_builtin_source(), changed,
                                             COUNT_OF(parameters), &template, &err),
                     ERROR_INPUT, "template.parameter_malformed");
    changed[0].text = "示例银行及其合作机构";
    CHECK_FAILS_WITH(agreement_template_load(&fonts, agreement_builtin_source(), changed,
                                             COUNT_OF(parameters), &template, &err),
                     ERROR_INPUT, "template.unfair");
    font_family_close(&fonts);
}

// Covers: 民法典 497; 征信业管理条例 15, 18; 个人信息保护法 14, 15, 16, 23; D12.
TEST(unfair_letter_shows_every_finding)
{
    static const char *const expected[] = {
        "lint.irrevocable",         "lint.unconditional",       "lint.unlimited",
        "lint.sublicense",          "lint.blanket_purpose",     "lint.blanket_scope",
        "lint.unnamed_partner",     "lint.marketing",           "lint.no_notice",
        "lint.frequency_open",      "lint.preticked",           "lint.missing_term",
        "lint.missing_purpose",     "lint.missing_withdrawal",  "lint.not_prominent",
        "lint.scopes_not_separate", "lint.purposes_not_listed", "lint.missing_negative",
    };
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const LintFinding *findings = NULL;
    size_t count = template_lint(arena, test_file("src/domain/document/testdata/unfair_letter.txt"),
                                 &findings);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++) {
            found = found || strcmp(findings[k].code, expected[i]) == 0;
        }
        if (!found) {
            test_fail(__FILE__, __LINE__, "%s was not found", expected[i]);
        }
    }
    CHECK_INT(template_lint(arena, agreement_builtin_source(), &findings), 0);
    arena_free(arena);
}
