// SPDX-License-Identifier: Apache-2.0
//
// What a document's content means for a verdict over its signatures: they cover it, so that none of
// it makes them invalid; but what may look different elsewhere or later was perhaps never seen.
#include "domain/document/pdf_content.h"
#include "domain/document/pdf_coverage.h"

static const struct {
    const char *code;
    CheckOutcome outcome;
} findings[PDF_CONTENT_KINDS] = {
    [PDF_CONTENT_SCRIPT] = {"pdf_coverage.active_content", CHECK_UNKNOWN},
    [PDF_CONTENT_ACTION] = {"pdf_coverage.actions", CHECK_INFORMED},
    [PDF_CONTENT_EXTERNAL] = {"pdf_coverage.external", CHECK_UNKNOWN},
    [PDF_CONTENT_ATTACHMENT] = {"pdf_coverage.attachments", CHECK_INFORMED},
    [PDF_CONTENT_OPTIONAL] = {"pdf_coverage.optional_content", CHECK_UNKNOWN},
    [PDF_CONTENT_FORM] = {"pdf_coverage.form", CHECK_INFORMED},
    [PDF_CONTENT_FONT] = {"pdf_coverage.fonts", CHECK_INFORMED},
    [PDF_CONTENT_ANNOTATION] = {"pdf_coverage.annotations", CHECK_INFORMED},
    [PDF_CONTENT_UNUSED] = {"pdf_coverage.unused", CHECK_INFORMED},
};

bool pdf_coverage_judge_content(Verdict *verdict, PdfFile *file)
{
    PdfContent content;
    Error err = {0};
    bool sound = true;
    if (!pdf_content_search(file, &content, &err)) {
        verdict_add(verdict, AREA_COVERAGE, err.kind == ERROR_INPUT ? CHECK_FAILED : CHECK_UNKNOWN,
                    "pdf_coverage.readable", "ISO 32000-1 7", "%s", err.text);
        return false;
    }
    for (size_t kind = 0; kind < PDF_CONTENT_KINDS; kind++) {
        const char *clause = pdf_content_clause((PdfContentKind)kind);
        const char *rule = pdf_content_rule((PdfContentKind)kind);
        if (content.first[kind] == 0) {
            verdict_add(verdict, AREA_COVERAGE, CHECK_PASSED, findings[kind].code, clause, "%s",
                        rule);
            continue;
        }
        sound = sound && findings[kind].outcome == CHECK_INFORMED;
        verdict_add(verdict, AREA_COVERAGE, findings[kind].outcome, findings[kind].code, clause,
                    "not true: %s (object %u)", rule, (unsigned)content.first[kind]);
    }
    return sound;
}
