// SPDX-License-Identifier: Apache-2.0
//
// assent report: compute reports again from a case file, offline and without a key, and say where
// they are not what was issued.
#include <stdio.h>
#include <string.h>

#include "domain/casefile/case_file.h"
#include "domain/document/pdf_file.h"
#include "domain/judgement/trust_material.h"
#include "domain/report/report_basis.h"
#include "domain/report/report_pages_compare.h"
#include "domain/report/report_verify.h"
#include "program/command.h"
#include "program/file.h"
#include "program/trust_directory.h"

enum { REPORT_ARENA_SIZE = 512 * 1024 * 1024 };

typedef struct {
    const char *check, *case_file, *pdf, *trust;
    bool is_json;
} ReportOptions;

// What was found of one report; texts are in the arena.
typedef struct {
    const char *name;
    Bytes statement, pdf;
    CheckOutcome outcome;
    const char *code, *path, *stated, *computed;
    const ReportRecomputed *recomputed;
} Found;

typedef struct {
    Arena *arena;
    CaseFile *file;
    ReportSources sources;
    bool has_anchor;
    FontFamily fonts;
} Check;

// --- what there is ----------------------------------------------------------------------------

static bool gather_trust(Check *check, const TrustStore *base, Error *err)
{
    const CaseContent *content = &check->file->content;
    TrustStore *trust = trust_store_extend(check->arena, base);
    if (trust == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < content->list_counts[CASE_CHAIN]; i++) {
        if (!trust_store_add_certificates(trust, content->lists[CASE_CHAIN][i], err)) {
            return false;
        }
    }
    Bytes crl = content->parts[CASE_CRL], ocsp = content->parts[CASE_OCSP];
    check->sources.trust = trust;
    check->has_anchor = trust_store_anchor_count(base) > 0;
    return (crl.len == 0 || trust_store_add_crls(trust, crl, err)) &&
           (ocsp.len == 0 || trust_store_add_ocsp(trust, ocsp, err));
}

// The seal signature is kept apart when it is made; in a case file it is inside the agreement.
static Bytes find_signature(Check *check)
{
    PdfFile *pdf = NULL;
    size_t count = 0;
    Bytes agreement = check->file->content.parts[CASE_AGREEMENT];
    if (agreement.len == 0 || !pdf_open(check->arena, agreement, &pdf, NULL)) {
        return BYTES_EMPTY;
    }
    const PdfSignature *signatures = pdf_signatures(pdf, &count);
    return count == 0 ? BYTES_EMPTY : signatures[0].der;
}

static bool gather_files(Check *check, Error *err)
{
    const Zip *zip = &check->file->zip;
    Bytes *files = arena_alloc(check->arena, (zip->count + 1) * sizeof *files);
    if (files == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < zip->count; i++) {
        files[i] = zip->entries[i].content;
    }
    files[zip->count] = find_signature(check);
    check->sources.files = files;
    check->sources.file_count = zip->count + 1;
    check->sources.history = check->file->content.parts[CASE_HISTORY];
    check->sources.person = check->file->content.parts[CASE_PERSON];
    return true;
}

static bool load_trust(Check *check, const ReportOptions *options, const char *beside,
                       TrustStore **ret, Error *err)
{
    const char *directory = options->trust;
    if (directory == NULL) {
        const char *parent = file_directory(check->arena, beside);
        const char *usual = parent == NULL ? NULL : file_join(check->arena, parent, "trust");
        directory = usual != NULL && file_exists(usual) ? usual : NULL;
    }
    if (directory == NULL) {
        *ret = trust_store_new(check->arena);
        return *ret != NULL || error_memory(err);
    }
    return trust_directory_load(check->arena, directory, ret, err);
}

static bool load(Check *check, const ReportOptions *options, Error *err)
{
    const char *path = options->case_file == NULL ? options->check : options->case_file;
    Bytes archive;
    TrustStore *trust;
    check->file = arena_alloc(check->arena, sizeof *check->file);
    if (check->file == NULL) {
        return error_memory(err);
    }
    if (!file_read(check->arena, path, CASE_MAX_SIZE, &archive, err) ||
        !load_trust(check, options, path, &trust, err)) {
        return false;
    }
    return (case_file_parse(check->arena, archive, check->file, err) ||
            error_context(err, "%s", path)) &&
           gather_trust(check, trust, err) && gather_files(check, err);
}

// --- comparing --------------------------------------------------------------------------------

static void conclude(Found *found, CheckOutcome outcome, const char *code, const char *path)
{
    found->outcome = outcome;
    found->code = code;
    found->path = path;
}

static bool compare_json(Check *check, Bytes payload, const Report *report, Found *found,
                         Error *err)
{
    CLEANUP(json_cleanup) json_t *stated = NULL;
    CLEANUP(json_cleanup) json_t *computed = report_to_json(report);
    ReportDifference difference = {.path = "$"};
    Bytes text;
    if (computed == NULL || !json_text(check->arena, computed, &text, err) ||
        !json_parse(payload, &stated, err)) {
        return computed != NULL || error_memory(err);
    }
    if (bytes_equal(text, payload)) {
        conclude(found, CHECK_PASSED, "report.identical", "");
        return true;
    }
    // The same members in another form are other bytes too: then the whole differs.
    (void)report_find_difference(stated, computed, check->arena, &difference);
    conclude(found, CHECK_FAILED, "report.differs", difference.path);
    found->stated = difference.stated;
    found->computed = difference.computed;
    return true;
}

static bool compare_pages(Check *check, Bytes payload, const Report *report, Found *found,
                          Error *err)
{
    ReportPagesFound pages;
    Sm3Digest digest = sm3_digest(payload);
    if (!report_pages_compare(report, &digest, &check->fonts, found->pdf, &pages, err)) {
        return false;
    }
    if (pages.outcome != CHECK_PASSED) {
        conclude(found, pages.outcome, pages.code, pages.place);
        found->stated = pages.stated;
        found->computed = pages.computed;
    }
    return true;
}

// Signature of the statement, and that the pages go with it.
static void judge_statement(Check *check, Found *found)
{
    Verdict verdict = verdict_new(check->arena);
    ReportSummary summary;
    bool holds = report_check(found->statement, found->pdf, check->sources.trust,
                              clock_now(clock_system()), &verdict, &summary);
    // What only cannot be decided takes nothing from what is not decided already.
    if (!holds && (found->outcome == CHECK_PASSED || verdict_outcome(&verdict) == CHECK_FAILED)) {
        const VerdictCheck *reason = verdict_reason(&verdict);
        conclude(found, verdict_outcome(&verdict),
                 reason == NULL ? "report.not_verified" : reason->code, "");
    }
}

static bool check_one(Check *check, Found *found, Error *err)
{
    Statement statement;
    ReportRecomputed *recomputed = arena_alloc(check->arena, sizeof *recomputed);
    if (recomputed == NULL) {
        return error_memory(err);
    }
    found->stated = found->computed = "";
    if (!statement_parse(check->arena, found->statement, &statement, err) ||
        !report_recompute(statement.payload, &check->sources, check->arena, recomputed, err)) {
        return false;
    }
    found->recomputed = recomputed;
    if (!check->has_anchor) {
        conclude(found, CHECK_UNKNOWN, "report.no_anchor", "no trust anchors: see --trust");
        return true;
    }
    if (recomputed->report == NULL) {
        conclude(found, CHECK_UNKNOWN, "report.basis_missing", recomputed->missing[0]);
        return true;
    }
    if (!compare_json(check, statement.payload, recomputed->report, found, err)) {
        return false;
    }
    if (found->outcome == CHECK_PASSED && found->pdf.len > 0 &&
        !compare_pages(check, statement.payload, recomputed->report, found, err)) {
        return false;
    }
    if (found->outcome != CHECK_FAILED) {
        judge_statement(check, found);
    }
    return true;
}

// --- telling ----------------------------------------------------------------------------------

static const char *outcome_text(CheckOutcome outcome)
{
    return outcome == CHECK_PASSED   ? "identical"
           : outcome == CHECK_FAILED ? "NOT identical"
                                     : "cannot be decided";
}

static void print_found(const Found *found)
{
    printf("%s: %s", found->name, outcome_text(found->outcome));
    if (found->outcome != CHECK_PASSED) {
        printf(" (%s) %s", found->code, found->path);
    }
    printf("\n");
    if (found->stated[0] != '\0' || found->computed[0] != '\0') {
        printf("  stated    %s\n  computed  %s\n", found->stated, found->computed);
    }
    for (size_t i = 0; i < found->recomputed->missing_count; i++) {
        printf("  missing   %s\n", found->recomputed->missing[i]);
    }
}

static json_t *found_to_json(const Found *found)
{
    json_t *json = json_make_object();
    json_t *missing = json_array();
    for (size_t i = 0; i < found->recomputed->missing_count; i++) {
        json_array_append_new(missing, json_string(found->recomputed->missing[i]));
    }
    json_put_text(json, "file", found->name);
    json_put_text(json, "outcome", check_outcome_name(found->outcome));
    json_put_text(json, "code", found->code);
    json_put_text(json, "path", found->path);
    json_put_text(json, "stated", found->stated);
    json_put_text(json, "computed", found->computed);
    json_put(json, "missing", missing);
    return json;
}

static bool tell(Arena *arena, const Found *found, size_t count, bool is_json, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *reports = json_array();
    Bytes text = BYTES_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (!is_json) {
            print_found(&found[i]);
        }
        json_array_append_new(reports, found_to_json(&found[i]));
    }
    json_put(json, "reports", reports);
    if (is_json && !json_text(arena, json, &text, err)) {
        return false;
    }
    if (is_json) {
        printf("%.*s\n", (int)text.len, (const char *)text.data);
    }
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           error_set(err, ERROR_INTERNAL, "report.output", NULL, "cannot write the result");
}

static int exit_code(const Found *found, size_t count)
{
    int code = EXIT_VALID;
    for (size_t i = 0; i < count; i++) {
        if (found[i].outcome == CHECK_FAILED) {
            return EXIT_INVALID;
        }
        code = found[i].outcome == CHECK_UNKNOWN ? EXIT_UNDECIDED : code;
    }
    return code;
}

// --- the command ------------------------------------------------------------------------------

// The statements of a case file, or the one that was named.
static bool list_reports(Check *check, const ReportOptions *options, Found *ret, size_t *ret_count,
                         Error *err)
{
    static const CasePart parts[REPORT_KINDS][2] = {{CASE_REPORT_A_JSON, CASE_REPORT_A_PDF},
                                                    {CASE_REPORT_B_JSON, CASE_REPORT_B_PDF},
                                                    {CASE_REPORT_C_JSON, CASE_REPORT_C_PDF}};
    const CaseContent *content = &check->file->content;
    *ret_count = 0;
    if (options->case_file != NULL) {
        ret[(*ret_count)++].name = options->check;
        return file_read(check->arena, options->check, STATEMENT_MAX_SIZE, &ret[0].statement,
                         err) &&
               (options->pdf == NULL ||
                file_read(check->arena, options->pdf, CASE_MAX_SIZE, &ret[0].pdf, err));
    }
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        Bytes statement = content->parts[parts[i][0]];
        if (statement.len > 0) {
            ret[(*ret_count)++] = (Found){.name = case_part_path(parts[i][0]),
                                          .statement = statement,
                                          .pdf = content->parts[parts[i][1]]};
        }
    }
    return *ret_count > 0 || error_set(err, ERROR_NOT_FOUND, "report.none", NULL,
                                       "there are no reports in this case file");
}

static bool run(Check *check, const ReportOptions *options, int *ret_code, Error *err)
{
    Found found[REPORT_KINDS] = {{.name = NULL}};
    size_t count;
    if (!load(check, options, err) || !list_reports(check, options, found, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!check_one(check, &found[i], err)) {
            return error_context(err, "%s", found[i].name);
        }
    }
    *ret_code = exit_code(found, count);
    return tell(check->arena, found, count, options->is_json, err);
}

int command_report(int argc, char **argv)
{
    ReportOptions options = {.check = NULL};
    const CommandOption named[] = {{"--check", &options.check},
                                   {"--case", &options.case_file},
                                   {"--pdf", &options.pdf},
                                   {"--trust", &options.trust}};
    Error err = {0};
    int code = EXIT_FAULT;
    // The one option without a value may only be the last.
    options.is_json = argc > 1 && strcmp(argv[argc - 1], "--json") == 0;
    if (!command_take_options(argc - (options.is_json ? 1 : 0), argv, named, COUNT_OF(named)) ||
        options.check == NULL || (options.pdf != NULL && options.case_file == NULL)) {
        return command_usage(argv[0]);
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(REPORT_ARENA_SIZE);
    Check check = {.arena = arena};
    if (arena == NULL) {
        (void)error_memory(&err);
        return command_fail(&err);
    }
    if (!font_family_open(NULL, &check.fonts, &err)) {
        return command_fail(&err);
    }
    bool ok = run(&check, &options, &code, &err);
    font_family_close(&check.fonts);
    return ok ? code : command_fail(&err);
}
