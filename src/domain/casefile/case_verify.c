// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/case_verify.h"

#include <string.h>

#include "domain/casefile/case_scene.h"
#include "domain/pki/timestamp.h"

// Where the format of the archive is laid down.
static const char case_clause[] = "docs/case-file.md";

Time case_signing_time(const CaseScene *scene)
{
    return scene->has_signature ? scene->signature.signing_time : scene->filed_at;
}

const char *case_enter(CaseScene *scene, CasePart part)
{
    return verdict_enter(scene->verdict, case_part_path(part));
}

void case_note_signer(CaseScene *scene, const char *what, CaseRole role,
                      const Certificate *certificate)
{
    if (scene->signer_count < CASE_SIGNERS_MAX) {
        scene->signers[scene->signer_count++] = (CaseSigner){what, role, *certificate};
    }
}

// Whose statement each part is; the person's own are not here.
static const struct {
    CasePart part;
    CaseRole role;
} statement_roles[] = {
    {CASE_DECISION, ROLE_PARTY},      {CASE_M6_SUBMISSION, ROLE_PARTY},
    {CASE_M8_SUBMISSION, ROLE_PARTY}, {CASE_REPORT_A_JSON, ROLE_PARTY},
    {CASE_ISSUE, ROLE_AUTHORITY},     {CASE_REPORT_B_JSON, ROLE_AUTHORITY},
    {CASE_M7_SUBMISSION, ROLE_ANY},   {CASE_REPORT_C_JSON, ROLE_KEEPER},
};

bool case_take_statement(CaseScene *scene, CasePart part, const char *type, Statement *ret)
{
    Error err = {0};
    Bytes text = scene->content->parts[part];
    if (text.len == 0) {
        return false;
    }
    if (!statement_parse(scene->arena, text, ret, &err)) {
        add_format_failure(scene->verdict, &err);
        return false;
    }
    (void)statement_check(ret, type, scene->trust, scene->policy->institutions, ret->signed_at,
                          scene->verdict);
    for (size_t i = 0; i < COUNT_OF(statement_roles); i++) {
        if (statement_roles[i].part == part) {
            case_note_signer(scene, case_part_path(part), statement_roles[i].role, &ret->signer);
        }
    }
    return true;
}

bool case_take_json(CaseScene *scene, CasePart part, VerdictArea area, const char *code,
                    json_t **ret)
{
    Error err = {0};
    Bytes text = scene->content->parts[part];
    if (text.len == 0) {
        return false;
    }
    return json_parse(text, ret, &err) ||
           verdict_take(scene->verdict, false, area, code, "RFC 8259 2", &err);
}

// --- the archive ------------------------------------------------------------------------------

static bool open_archive(Bytes archive, Verdict *verdict, CaseFile *ret)
{
    Error err = {0};
    if (case_file_parse(verdict->arena, archive, ret, &err)) {
        verdict_add(verdict, AREA_FORMAT, CHECK_PASSED, "case.archive", case_clause,
                    "%zu files as the manifest lists them", ret->zip.count);
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_PASSED, "case.digests",
                    "Electronic Signature Law 5", "every file has the digest of the manifest");
        return true;
    }
    if (strcmp(err.code, "case.type") == 0) {
        verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "case.type", case_clause, "%s", err.text);
    } else if (strcmp(err.code, "case.digest") == 0) {
        verdict_add(verdict, AREA_CRYPTOGRAPHY, CHECK_FAILED, "case.digests",
                    "Electronic Signature Law 5", "%s", err.text);
    } else if (err.kind == ERROR_INTERNAL) {
        verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "case.archive", case_clause, "%s",
                    err.text);
    } else {
        verdict_add(verdict, AREA_FORMAT, CHECK_FAILED, "case.archive", case_clause, "%s (%s)",
                    err.text, err.code);
    }
    return false;
}

// Of each pair one has to be there: what the key says of itself is one statement or the other, and
// a list may be too large to be carried about.
static bool is_needed(const CaseFile *file, CasePart part)
{
    static const struct {
        CasePart part, instead;
    } rows[] = {{CASE_DESTRUCTION, CASE_KEY_USE}, {CASE_CRL, CASE_OCSP}};
    bool is_needed = case_part_is_required(part);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        is_needed =
            is_needed || (rows[i].part == part && file->content.parts[rows[i].instead].len == 0 &&
                          !file->is_withheld[rows[i].instead]);
    }
    return is_needed;
}

static void judge_parts(CaseScene *scene)
{
    bool complete = true;
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (is_needed(scene->file, (CasePart)part) && scene->content->parts[part].len == 0 &&
            !scene->file->is_withheld[part]) {
            verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_FAILED, "case.parts",
                        "JR/T 0299-2024 8.3", "%s is missing", case_part_path((CasePart)part));
            complete = false;
        }
    }
    if (complete) {
        verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_PASSED, "case.parts",
                    "JR/T 0299-2024 8.3", "every file that a case needs is there%s",
                    scene->file->is_copy ? " or withheld" : "");
    }
}

// Lists and OCSP responses, in blocks that say which they are.
static bool add_institutions(TrustStore *trust, Bytes pem, Error *err)
{
    size_t at;
    bool has_lists = bytes_find(pem, BYTES_LITERAL("-----BEGIN X509 CRL"), 0, &at);
    bool has_answers = bytes_find(pem, BYTES_LITERAL("-----BEGIN OCSP RESPONSE"), 0, &at);
    if (!has_lists && !has_answers) {
        return error_set(err, ERROR_INPUT, "case.content", case_clause,
                         "there is neither a list nor an OCSP response in it");
    }
    return (!has_lists || trust_store_add_crls(trust, pem, err)) &&
           (!has_answers || trust_store_add_ocsp(trust, pem, err));
}

// Certificates and lists in the file are material for chains, never a starting point.
static bool gather_trust(CaseScene *scene)
{
    Error err = {0};
    TrustStore *trust = trust_store_extend(scene->arena, scene->policy->trust);
    if (trust == NULL) {
        scene->verdict->exhausted = true;
        return false;
    }
    for (size_t i = 0; i < scene->content->list_counts[CASE_CHAIN]; i++) {
        if (!trust_store_add_certificates(trust, scene->content->lists[CASE_CHAIN][i], &err)) {
            add_format_failure(scene->verdict, &err);
        }
    }
    static const struct {
        CasePart part;
        bool (*add)(TrustStore *store, Bytes der_or_pem, Error *err);
    } rows[] = {{CASE_CRL, trust_store_add_crls},
                {CASE_OCSP, trust_store_add_ocsp},
                {CASE_INSTITUTIONS, add_institutions}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes content = scene->content->parts[rows[i].part];
        if (content.len > 0 && !rows[i].add(trust, content, &err)) {
            add_format_failure(scene->verdict, &err);
        }
    }
    scene->trust = trust;
    return true;
}

// --- the manifest -----------------------------------------------------------------------------

static void judge_manifest_stamp(CaseScene *scene, Time signed_at)
{
    TimestampToken token;
    Error err = {0};
    const char *outer = verdict_enter(scene->verdict, "manifest.tst");
    Sm3Digest imprint = case_manifest_imprint(scene->file->manifest_signature);
    if (!timestamp_token_parse(scene->file->manifest_stamp, &token, &err)) {
        add_parse_failure(scene->verdict, scene->file->manifest_stamp, &err);
    } else {
        bool holds = timestamp_token_check(&token, &imprint, scene->trust,
                                           scene->policy->institutions, NULL, scene->verdict);
        scene->filed_at = holds ? token.time : scene->filed_at;
        if (token.time > scene->policy->at + CASE_CLOCK_SKEW) {
            verdict_add(scene->verdict, AREA_TIME, CHECK_UNKNOWN, "case.manifest_time",
                        "JR/T 0299-2024 7.3",
                        "the manifest was stamped later than the moment as of which it is judged");
        }
        Time distance = token.time > signed_at ? token.time - signed_at : signed_at - token.time;
        (void)verdict_require(scene->verdict, distance <= CASE_CLOCK_SKEW, AREA_TIME,
                              "case.manifest_time", "JR/T 0299-2024 7.3",
                              "the manifest was signed and stamped %lld s apart",
                              (long long)(distance / TIME_SECOND));
    }
    verdict_leave(scene->verdict, outer);
}

static void judge_manifest(CaseScene *scene)
{
    Statement statement;
    Error err = {0};
    const char *outer = verdict_enter(scene->verdict, "manifest.sig");
    if (!statement_parse(scene->arena, scene->file->manifest_signature, &statement, &err)) {
        add_format_failure(scene->verdict, &err);
        verdict_leave(scene->verdict, outer);
        return;
    }
    (void)verdict_require(scene->verdict, bytes_equal(statement.payload, scene->file->manifest),
                          AREA_CRYPTOGRAPHY, "case.manifest_payload", "Electronic Signature Law 5",
                          "what is signed is manifest.json");
    (void)statement_check(&statement, CASE_MANIFEST_TYPE, scene->trust, scene->policy->institutions,
                          statement.signed_at, scene->verdict);
    scene->institution = text_of_name(scene->verdict, statement.signer.subject);
    case_note_signer(scene, "manifest.sig", ROLE_PARTY, &statement.signer);
    verdict_leave(scene->verdict, outer);
    judge_manifest_stamp(scene, statement.signed_at);
}

// --- the record ----------------------------------------------------------------------------------

static void judge_history(CaseScene *scene)
{
    Bytes rest = scene->content->parts[CASE_HISTORY];
    size_t lines = 0, end;
    while (rest.len > 0) {
        CLEANUP(json_cleanup) json_t *entry = NULL;
        Error err = {0};
        if (!bytes_find(rest, BYTES_LITERAL("\n"), 0, &end) ||
            !json_parse(bytes_slice(rest, 0, end), &entry, &err)) {
            verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_FAILED, "case.history",
                        "JR/T 0299-2024 8.3 d", "line %zu of the record cannot be read", lines + 1);
            return;
        }
        rest = bytes_from(rest, end + 1);
        lines++;
    }
    if (lines > 0) {
        verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_PASSED, "case.history",
                    "JR/T 0299-2024 8.3 d", "the institution's own record has %zu entries", lines);
    }
}

static void judge_platform(CaseScene *scene)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    const char *outer = case_enter(scene, CASE_PLATFORM);
    if (case_take_json(scene, CASE_PLATFORM, AREA_FORMAT, "case.platform", &json)) {
        verdict_add(scene->verdict, AREA_FORMAT, CHECK_PASSED, "case.platform",
                    "JR/T 0299-2024 8.3", "what the institution says of its systems can be read");
    }
    verdict_leave(scene->verdict, outer);
}

static void take_findings(const CaseScene *scene, CaseFindings *ret)
{
    *ret = (CaseFindings){
        .authorization_id =
            arena_text(scene->arena, bytes_of_text(scene->content->authorization_id)),
        .created_at = scene->content->created_at,
        .issuer = scene->institution,
        .signing_time = scene->has_signature ? scene->signature.signing_time : 0,
        .file_count = scene->file->zip.count,
    };
    if (scene->has_certificate) {
        ret->signer = text_of_name(scene->verdict, scene->certificate.subject);
    }
}

bool case_verify(Bytes archive, const VerificationPolicy *policy, Verdict *verdict,
                 CaseFindings *ret)
{
    const VerdictCheck *before = verdict->last;
    CaseFindings found = {0};
    CaseFile *file = arena_alloc(verdict->arena, sizeof *file);
    CaseScene *scene = arena_alloc(verdict->arena, sizeof *scene);
    if (file == NULL || scene == NULL) {
        verdict->exhausted = true;
        return false;
    }
    *scene = (CaseScene){.file = file,
                         .content = &file->content,
                         .policy = policy,
                         .verdict = verdict,
                         .arena = verdict->arena,
                         .filed_at = policy->at};
    if (open_archive(archive, verdict, file) && gather_trust(scene)) {
        judge_parts(scene);
        case_judge_withheld(scene);
        judge_manifest(scene);
        case_judge_signature(scene);
        case_judge_certificate(scene);
        case_judge_identity(scene);
        case_judge_signing(scene);
        case_judge_evidence(scene);
        case_judge_log(scene);
        case_judge_reports(scene);
        case_judge_institutions(scene);
        case_judge_order(scene);
        judge_history(scene);
        judge_platform(scene);
        take_findings(scene, &found);
    }
    if (ret != NULL) {
        *ret = found;
    }
    return verdict_passed_since(verdict, before);
}
