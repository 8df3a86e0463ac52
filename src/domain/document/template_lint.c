// SPDX-License-Identifier: Apache-2.0
#include "domain/document/template_lint.h"

#include "domain/document/template_source.h"

// A term that must not occur on a line, unless one of the words in `unless` is there too.
typedef struct {
    const char *term;
    const char *unless;  // NULL: never acceptable
    const char *code, *clause, *detail;
} BannedTerm;

#define UNFAIR "民法典 497"
static const BannedTerm banned[] = {
    {"不可撤销", NULL, "lint.irrevocable", "个人信息保护法 15", "授权不得约定不可撤销"},
    {"不可撤回", NULL, "lint.irrevocable", "个人信息保护法 15", "授权不得约定不可撤回"},
    {"不得撤回", NULL, "lint.irrevocable", "个人信息保护法 15", "授权不得约定不得撤回"},
    {"不得撤销", NULL, "lint.irrevocable", "个人信息保护法 15", "授权不得约定不得撤销"},
    {"无条件", NULL, "lint.unconditional", UNFAIR, "授权不得约定无条件"},
    {"无限期", NULL, "lint.unlimited", UNFAIR, "授权不得约定无限期"},
    {"永久", NULL, "lint.unlimited", UNFAIR, "授权不得约定永久有效"},
    {"长期有效", NULL, "lint.unlimited", UNFAIR, "授权应当有明确的终止时间"},
    {"任意转授权", NULL, "lint.sublicense", UNFAIR, "不得约定可任意转授权"},
    {"可转授权", NULL, "lint.sublicense", UNFAIR, "不得约定可转授权"},
    {"有权转授权", NULL, "lint.sublicense", UNFAIR, "不得约定可转授权"},
    {"任何其他业务", NULL, "lint.blanket_purpose", "征信业管理条例 18", "用途应当逐项列明"},
    {"其他任何业务", NULL, "lint.blanket_purpose", "征信业管理条例 18", "用途应当逐项列明"},
    {"其他一切", NULL, "lint.blanket_purpose", "征信业管理条例 18", "用途应当逐项列明"},
    {"任何用途", NULL, "lint.blanket_purpose", "征信业管理条例 18", "用途应当逐项列明"},
    {"其他用途", "不得", "lint.blanket_purpose", "征信业管理条例 18", "用途应当逐项列明"},
    {"任何信息", NULL, "lint.blanket_scope", "征信业管理条例 18", "信息范围应当列明"},
    {"包括但不限于", NULL, "lint.blanket_scope", "征信业管理条例 18", "范围应当列明，不得留有余地"},
    {"合作机构", NULL, "lint.unnamed_partner", "个人信息保护法 23", "接收方应当写明名称"},
    {"合作方", NULL, "lint.unnamed_partner", "个人信息保护法 23", "接收方应当写明名称"},
    {"合作伙伴", NULL, "lint.unnamed_partner", "个人信息保护法 23", "接收方应当写明名称"},
    {"关联公司", NULL, "lint.unnamed_partner", "个人信息保护法 23", "接收方应当写明名称"},
    {"第三方机构", NULL, "lint.unnamed_partner", "个人信息保护法 23", "接收方应当写明名称"},
    {"营销", "不得用于营销", "lint.marketing", "个人信息保护法 16", "查询授权不得捆绑营销"},
    {"推广", NULL, "lint.marketing", "个人信息保护法 16", "查询授权不得捆绑推广"},
    {"另行通知", NULL, "lint.no_notice", "征信业管理条例 15", "报送不良信息应当事先告知"},
    {"不再告知", NULL, "lint.no_notice", "征信业管理条例 15", "报送不良信息应当事先告知"},
    {"一次或多次", NULL, "lint.frequency_open", UNFAIR, "查询频次应当有明确的限制"},
    {"视为同意", NULL, "lint.deemed_consent", "个人信息保护法 14", "同意应当由本人明确作出"},
    {"默认同意", NULL, "lint.deemed_consent", "个人信息保护法 14", "同意应当由本人明确作出"},
};

// A clause that the letter must have; with `is_prominent` it has bold text.
typedef struct {
    const char *name;
    bool is_prominent;
    const char *code, *clause, *detail;
} RequiredClause;

static const RequiredClause required[] = {
    {"person", false, "lint.missing_person", "JR/T 0299-2024 7", "缺少授权人信息"},
    {"party", true, "lint.missing_party", "个人信息保护法 17", "缺少被授权人及其联系方式"},
    {"sources", true, "lint.missing_sources", "个人信息保护法 23", "缺少信息来源与接收方"},
    {"scope", true, "lint.missing_scope", "征信业管理条例 28, 29", "缺少授权范围"},
    {"purpose", true, "lint.missing_purpose", "征信业管理条例 18", "缺少查询用途"},
    {"term", true, "lint.missing_term", UNFAIR, "缺少授权期限"},
    {"frequency", false, "lint.missing_frequency", UNFAIR, "缺少查询频次"},
    {"negative", true, "lint.missing_negative", "征信业管理条例 15", "缺少不良信息告知"},
    {"sensitive", true, "lint.missing_sensitive", "个人信息保护法 29", "缺少敏感信息的单独同意"},
    {"certificate", true, "lint.missing_certificate", "JR/T 0299-2024 6.3", "缺少证书申请告知"},
    {"evidence", true, "lint.missing_evidence", "个人信息保护法 23", "缺少电子存证告知"},
    {"risk", true, "lint.missing_risk", "征信业管理条例 19", "缺少风险提示"},
    {"withdrawal", true, "lint.missing_withdrawal", "个人信息保护法 15", "缺少撤回方式"},
    {"objection", false, "lint.missing_objection", "征信业管理条例 25, 26", "缺少异议与投诉渠道"},
    {"signature", false, "lint.missing_signature", "JR/T 0299-2024 7", "缺少签署栏"},
};

// What the lines of the letter have shown so far.
typedef struct {
    LintFinding *findings;
    size_t count;
    size_t clause;  // index into `required`, or its count
    bool has_clause[COUNT_OF(required)];
    bool has_bold[COUNT_OF(required)];
    size_t queries, reports, purposes;  // ticks declared
} Linting;

static void add_finding(Linting *linting, const char *code, const char *clause, const char *detail,
                        size_t line)
{
    if (linting->count < LINT_MAX_FINDINGS) {
        linting->findings[linting->count++] = (LintFinding){code, clause, detail, line};
    }
}

static bool contains(Bytes text, const char *word)
{
    size_t offset = 0;
    return bytes_find(text, bytes_of_text(word), 0, &offset);
}

static void lint_terms(Linting *linting, const TemplateLine *line)
{
    for (size_t i = 0; i < COUNT_OF(banned); i++) {
        const BannedTerm *term = &banned[i];
        if (contains(line->text, term->term) &&
            (term->unless == NULL || !contains(line->text, term->unless))) {
            add_finding(linting, term->code, term->clause, term->detail, line->number);
        }
    }
    bool preticked = line->kind == LINE_TICK &&
                     (bytes_equal_text(line->head, "x") || bytes_equal_text(line->head, "X") ||
                      bytes_equal_text(line->head, "✓") || bytes_equal_text(line->head, "√"));
    if (preticked || contains(line->text, "☑") || contains(line->text, "[x]")) {
        add_finding(linting, "lint.preticked", "个人信息保护法 14", "事项不得预先勾选",
                    line->number);
    }
}

static void lint_directive(Linting *linting, const TemplateLine *line)
{
    Bytes parts[TEMPLATE_MAX_PARTS] = {BYTES_EMPTY};
    if (bytes_equal_text(line->head, "clause")) {
        linting->clause = COUNT_OF(required);
        for (size_t i = 0; i < COUNT_OF(required); i++) {
            if (bytes_equal_text(line->text, required[i].name)) {
                linting->clause = i;
                linting->has_clause[i] = true;
            }
        }
    } else if (bytes_equal_text(line->head, "tick")) {
        (void)template_split(line->text, parts);
        linting->queries += bytes_equal_text(parts[0], "query");
        linting->reports += bytes_equal_text(parts[0], "report");
        linting->purposes += bytes_equal_text(parts[1], "purpose");
        if (bytes_equal_text(parts[0], "purpose_09")) {
            add_finding(linting, "lint.judicial_purpose", "征信业管理条例 18",
                        "司法调查不是本人授权的用途", line->number);
        }
        bool bundles =
            (bytes_equal_text(parts[1], "sensitive") || bytes_equal_text(parts[0], "report")) &&
            bytes_equal_text(parts[2], "required");
        if (bundles) {
            add_finding(linting, "lint.bundled", "个人信息保护法 16",
                        "报送和敏感信息的同意不得作为必选项", line->number);
        }
    }
}

static void lint_whole(Linting *linting)
{
    for (size_t i = 0; i < COUNT_OF(required); i++) {
        if (!linting->has_clause[i]) {
            add_finding(linting, required[i].code, required[i].clause, required[i].detail, 0);
        } else if (required[i].is_prominent && !linting->has_bold[i]) {
            add_finding(linting, "lint.not_prominent", "民法典 496", "重点条款应当以加粗等方式提示",
                        0);
        }
    }
    if (linting->queries != 1 || linting->reports != 1) {
        add_finding(linting, "lint.scopes_not_separate", "征信业管理条例 28, 29",
                    "查询与报送应当分别勾选", 0);
    }
    if (linting->purposes == 0) {
        add_finding(linting, "lint.purposes_not_listed", "征信业管理条例 18", "用途应当逐项勾选",
                    0);
    }
}

size_t template_lint(Arena *arena, Bytes source, const LintFinding **ret)
{
    Linting linting = {.clause = COUNT_OF(required)};
    linting.findings = arena_alloc(arena, LINT_MAX_FINDINGS * sizeof(LintFinding));
    *ret = linting.findings;
    if (linting.findings == NULL) {
        return 1;
    }
    size_t number = 0;
    TemplateLine line;
    for (Bytes rest = source; template_next_line(&rest, &number, &line);) {
        if (line.kind == LINE_DIRECTIVE) {
            lint_directive(&linting, &line);
        } else if (line.kind != LINE_EMPTY) {
            lint_terms(&linting, &line);
            bool is_bold = contains(line.text, "**") || line.kind == LINE_CALLOUT;
            if (linting.clause < COUNT_OF(required) && is_bold) {
                linting.has_bold[linting.clause] = true;
            }
        }
    }
    lint_whole(&linting);
    return linting.count;
}
